"""Bytes to text: UTF-8, UTF-16 and UTF-32, GB18030, Big5, windows-1251 and windows-1252.

UTF-8 and byte order marks prove themselves. The others do not: nearly any bytes are valid
GB18030 or windows-1251, so each is tried, and the one whose characters look most like
running Chinese, Russian or English wins. charset-normalizer, which knows every language,
found none of the windows-1251 texts of eight letters and a third of the GB18030 ones; these
rules found all of both, hence they are our own.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Byte order marks; the longer first, for UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_NARROW = ("gb18030", "big5hkscs", "cp1251", "cp1252")

_SAMPLE = 16 * 1024
_MINIMUM = 0.5
"""Least mean score of a text; running text is above 0.9, bytes read wrongly below 0.2."""

# The five hundred most frequent characters of modern Chinese and the words of trade reports,
# in both scripts. Read in the wrong encoding, Chinese turns into rarer characters than these.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种"
    "面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本"
    "去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比"
    "或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总"
    "次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做"
    "必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权"
    "收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信"
    "马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连"
    "断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存"
    "候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严岸班"
    "欧港箱货吨跨境贸额裹超占降环累监亿辆架艘客航输疆告零售店季截尔阿奖這爲個國時來們於對會發動過說產種後"
    "學經進電裏現實兩體機當點從業應開還義間樣與關線內數麼質氣變條沒結問無軍並題黨員總設長頭資邊級圖統較將"
    "組見計別論運農幾區強決幹戰據處隊給門規熱領東導壓爭濟階術極聯權證採轉單帶場車務萬積議聲報鬥類離華確張"
    "馬節話況溫傳許羣廣記觀織裝衆書覆兒須際驗連斷難礦備辦習響約勞團歷構稱準號維劃選標寫親養層卻專狀廠識適"
    "屬圓調滿縣參紅細聽該鐵價嚴歐貨噸貿額佔環監億輛輸爾獎為著裡眾説則認風達"
)
_CJK_MARKS = frozenset(
    "，。、：；！？“”‘’（）《》〈〉「」『』【】〔〕％＋－～…—·●○◆■□▲△★※→　℃／０１２３４５６７８９"
)
_LATIN_MARKS = frozenset("“”‘’–—…•€£°§©®·«»№²³½×±\u00a0")


class UndecodableError(ValueError):
    """The bytes are not text, or in no encoding that we read; the message says which."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and the encoding that it was in."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """Decode text of unknown encoding; a byte order mark is not part of the text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                text = data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise UndecodableError(
                    f"begins with a {encoding.upper()} mark but byte {len(mark) + error.start} is not valid:"
                    " save it again as UTF-8"
                ) from None
            if _is_binary(text):
                raise UndecodableError("is binary, not text: give the article as UTF-8 text")
            return Decoded(text, encoding)
    # UTF-16 without a mark can be valid UTF-8, full of controls: hence it is looked at again.
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _is_binary(text):
            return Decoded(text, encoding)
    raise UndecodableError(
        "is binary, or text in an encoding other than UTF-8, UTF-16, GB18030, Big5 and windows-1251:"
        " save it as UTF-8 text"
    )


def _candidates(data: bytes) -> Iterator[str]:
    yield "utf-8"  # what most files are: the others are weighed only where it will not do
    yield from _ranked(data)


def _is_binary(text: str) -> bool:
    # A stray form feed or escape is text with dirt in it; a NUL, or many controls, is no text.
    head = text[:_SAMPLE]
    controls = sum(1 for c in head if c < " " and c not in "\t\n\r\f")
    return "\x00" in text or controls * 10 > len(head)


def _ranked(data: bytes) -> list[str]:
    """Give the encodings that read the data as plausible text, the best first."""
    scores: list[tuple[float, int, str]] = []
    # In the narrow encodings all before the first high byte is ASCII and tells nothing.
    found = re.search(rb"[\x80-\xff]", data)
    high = max(found.start() - 1, 0) if found else 0
    for place, encoding in enumerate(_WIDE if b"\x00" in data else _WIDE[:2] + _NARROW):
        wide = encoding in _WIDE
        if wide and len(data) % (2 if "16" in encoding else 4):
            continue
        start = 0 if wide else high
        sample = data[start : start + _SAMPLE]
        # Incremental: the sample may end inside a character.
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            text = decoder.decode(sample, final=start + len(sample) == len(data))
        except UnicodeDecodeError:
            continue
        # Any even number of bytes is nearly UTF-16; where not one is NUL, ask for more.
        doubt = 0.2 if wide and b"\x00" not in data else 0.0
        scores.append((doubt - _score(text, encoding), place, encoding))
    return [encoding for score, _, encoding in sorted(scores) if -score >= _MINIMUM]


def _score(text: str, encoding: str) -> float:
    """Say how much the text looks like running Chinese, Russian or English: the mean over its characters.

    Printing ASCII is the same in every narrow encoding and so does not count; in a wide one it does.
    """
    total = 0.0
    count = 0
    before = " "
    for char in text:
        if char < "\x7f":
            if not (char.isprintable() or char in "\t\n\r"):
                count += 1
                total -= 3.0
            elif encoding in _WIDE:
                count += 1
                total += 1.0
        else:
            count += 1
            total += _weight(char, before, encoding)
        before = char
    return total / count if count else 0.0


def _weight(char: str, before: str, encoding: str) -> float:
    if char in _FREQUENT:
        return 1.3
    if "\u4e00" <= char <= "\u9fff":
        return 0.7 if _schooled(char) else -0.5
    if encoding == "cp1252":
        return _western(char, before)
    if char in _CJK_MARKS:
        return 1.0
    if "\u0410" <= char <= "\u044f" or char in "Ёё":
        return _russian(char, before)
    if char in _LATIN_MARKS:
        return 0.5
    if encoding in _WIDE and char.isalpha() and char < "\u0180":
        # An accented letter among plain ones; alone it is not enough to make a text.
        return 0.4
    if unicodedata.category(char) in ("Co", "Cn", "Cc", "Cs"):
        return -3.0
    return -1.5


def _schooled(char: str) -> bool:
    """True for the common half of either script: the first level of GB 2312 or of Big5."""
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            if first <= char.encode(encoding)[0] <= last:
                return True
        except UnicodeEncodeError:
            continue
    return False


def _russian(char: str, before: str) -> float:
    # Cyrillic read from other bytes mixes its cases inside words and sticks to ASCII letters.
    if before.isascii() and before.isalpha():
        return -1.0
    if char.isupper() and before.islower():
        return -2.0
    return 1.0 if char.islower() else 0.8


def _western(char: str, before: str) -> float:
    # An accent stands inside a Latin word, a quotation mark or dash between words: never two
    # accents in a row, which is what Chinese or Russian bytes look like in this encoding.
    if char in _LATIN_MARKS:
        return 1.0 if before.isascii() else -0.5
    if char.isalpha():
        return 0.7 if before.isascii() and (before.isalpha() or before == " ") else -2.0
    return -2.0
