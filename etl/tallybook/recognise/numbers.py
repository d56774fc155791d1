"""Numbers: where they stand in the folded view, what they are worth, how finely they are written.

A number here is the numeral alone; units, qualifiers and meaning come later. Composition,
not a list of phrases: digits or Chinese numerals, a scale, a vague tail, a second end.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from tallybook.frozen import record

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")}
_DIGIT.update(
    {
        "〇": 0,
        "○": 0,
        "0": 0,
        "两": 2,
        "壹": 1,
        "贰": 2,
        "叁": 3,
        "肆": 4,
        "伍": 5,
        "陆": 6,
        "柒": 7,
        "捌": 8,
        "玖": 9,
    }
)
_TEN = {"十": 10, "拾": 10, "廿": 20, "卅": 30, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIAD = {"万": 10**4, "亿": 10**8}
_CN = "零〇○一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟廿卅"

_LONGEST = 100
"""Characters of a Chinese numeral; a longer run of them is no number."""
_FORMAL = frozenset("壹贰叁肆伍陆柒捌玖拾佰仟")
"""Formal numerals are also common words (陆, 伍): alone they are no number."""

_SCALE = r"万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百|兆(?=[余多]?[元美欧日人韩新港英澳]|\d{1,4}亿)"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_ZH_ARABIC = re.compile(
    rf"(?P<num>{_ARABIC})(?P<mid>[余多几])?(?P<scale>{_SCALE})?"
    rf"(?P<half>半(?![年月天日小个]))?"
)
_NEXT = re.compile(
    rf"(?P<num>{_ARABIC})(?P<mid>[余多])?(?P<scale>千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?(?![\d年月日号时点:%呎尺]|英尺)"
)
"""The next part of a numeral that mixes digits and scales: 1亿3200万, 7万6000."""
_ZH_WORDS = re.compile(
    rf"(?P<vague>[数几]|上(?=[百千万亿]))?(?P<cn>[{_CN}]{{1,40}})(?:[点.·](?P<frac>[零〇○一二三四五六七八九]{{1,40}})(?P<fscale>万亿|亿|万)?)?(?P<tail>几)?(?:(?P<more>[余多])(?P<mscale>万亿|亿|万))?"
    rf"(?P<scale>(?<=[几])(?:万|亿))?(?P<half>半(?![年月天日小个]))?"
)
_POINT = re.compile(r"[点.·]")
"""A decimal point among Chinese numerals: 三十四点一, and in print of Taiwan 三十四．一."""
_FRACTION = re.compile(
    rf"(?P<den>百|千|万|[{_CN}\d]{{1,40}})分之(?P<num>[{_CN}]{{1,40}}(?:[点.·][{_CN}]{{1,40}})?|\d+(?:\.\d+)?)"
)
_TENTHS = re.compile(
    rf"(?P<n>[{_CN}]{{1,40}}|\d+(?:\.\d+)?)成(?P<half>半|[一二三四五六七八九]|[1-9](?![\d.,]))?(?![员立熟长效果品都本绩交功]|为(?![来自非边进出民国内外本东]))"
)
_TENTHS_ARE = re.compile(rf"(?<=[约近超逾过占有达中])(?P<n>[{_CN}]|\d)成(?=为)")
"""约七成为港澳单牌车: a share, where 成为 is no word."""
_HALVES = re.compile(r"(?P<over>过)?(?:一?半数|一半|过半(?!数))|(?<=[逾超近约])半(?=[，。、；）)]|$)")
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+(?![\d])(?:,\d+)?")


@record
class Number:
    """A numeral: its folded span, its worth, and the worth of one step of its last digit.

    `step` is 0 for a whole number written out (a count). `high` is the second end of a
    range that one numeral holds (两三天, 三四十列). `kind` is '' or 'percent' for
    fractions and tenths, whose value is already in percent.
    """

    start: int
    end: int
    value: Decimal
    step: Decimal
    high: Decimal | None = None
    kind: str = ""
    vague: str = ""
    """'few' for 几/数/十几: no value can be given; 'over' for 余/多 inside the numeral; 'least' for 上百."""
    words: bool = False
    """True where the numeral is spelled out."""


def chinese_value(text: str) -> int | None:
    """Read a Chinese numeral: 一千二百, 二〇二四, 十二, 百万; None where it is not one."""
    if not text or len(text) > _LONGEST:
        return None
    if all(c in _DIGIT for c in text):
        if len(text) == 1:
            return _DIGIT[text]
        return int("".join(str(_DIGIT[c]) for c in text))
    if text[-1] in _MYRIAD and 3 <= len(text) <= 5 and all(c in _DIGIT for c in text[:-1]):
        if len(text) == 3 and _DIGIT[text[1]] == _DIGIT[text[0]] + 1:
            return None  # 五六亿 is five or six
        return int("".join(str(_DIGIT[c]) for c in text[:-1])) * _MYRIAD[text[-1]]  # 五八四亿
    total = section = 0
    digit: int | None = None
    last_unit = 0
    for c in text:
        if c in _DIGIT:
            if digit is not None and digit != 0:
                return None
            digit = _DIGIT[c]
        elif c in _TEN:
            unit = _TEN[c]
            if unit in (20, 30):
                section += unit
                digit = None
                last_unit = 10
                continue
            section += (digit or 1) * unit
            digit = None
            last_unit = unit
        else:
            unit = _MYRIAD[c]
            section += digit or 0
            if section == 0 and total == 0:
                section = 1
            if unit == 10**8:
                total = (total + section) * unit
            else:
                total += section * unit
            section = 0
            digit = None
            last_unit = unit
    if digit is not None:
        # 两万五 is 25,000: a digit after a unit, with no 零 between, counts tenths of that unit.
        short = last_unit >= 100 and len(text) >= 2 and text[-2] not in "零〇○"
        section += digit * (last_unit // 10) if short else digit
    return total + section


def _cn_range(text: str) -> tuple[int, int] | None:
    """Read two neighbouring digits as a range: 两三, 三四十, 七八百; None where it is not one."""
    if len(text) > _LONGEST:
        return None
    for i in range(len(text) - 1):
        a, b = text[i], text[i + 1]
        if a in _DIGIT and b in _DIGIT and _DIGIT[b] == _DIGIT[a] + 1 and _DIGIT[a] > 0:
            rest = text[i + 2 :]
            if any(c in _DIGIT for c in rest) or (any(c in _DIGIT for c in text[:i]) and not rest and i == 0):
                return None
            low = chinese_value(text[:i] + a + rest)
            high = chinese_value(text[:i] + b + rest)
            if low is not None and high is not None and all(c not in _DIGIT for c in text[:i]):
                return low, high
    return None


def _scale(word: str | None) -> int:
    if word == "兆":
        return 10**12  # as papers of Taiwan count
    return (chinese_value(word) or 1) if word else 1


def _decimal_step(digits: str) -> Decimal:
    point = digits.find(".")
    return Decimal(1) if point < 0 else Decimal(1).scaleb(-(len(digits) - point - 1))


def _read(text: str) -> Decimal | None:
    if text and text[0].isdigit() and text[0] in "0123456789":
        return Decimal(text.replace(",", ""))
    if point := _POINT.search(text):
        whole, frac = text[: point.start()], text[point.end() :]
        w = chinese_value(whole)
        f = "".join(str(_DIGIT[c]) for c in frac if c in _DIGIT)
        return None if w is None or not f else Decimal(f"{w}.{f}")
    value = chinese_value(text)
    return None if value is None else Decimal(value)


def _percent(top: Decimal, bottom: Decimal) -> Decimal:
    share = Fraction(top) * 100 / Fraction(bottom)
    exact = Decimal(share.numerator) / Decimal(share.denominator)
    return (
        exact.quantize(Decimal("1e-10")).normalize() if share.denominator != 1 else Decimal(share.numerator)
    )


def fraction_at(text: str, at: int) -> Number | None:
    """Match a fraction or tenths at `at`: 三分之一, 百分之六点五, 两成半, 一半."""
    m = _FRACTION.match(text, at)
    if m:
        bottom, top = _read(m["den"]), _read(m["num"])
        if bottom and top is not None:
            plain = m["den"] in ("百", "千", "万")
            step = _decimal_step(m["num"]) * 100 / bottom if plain and m["num"][0].isdigit() else Decimal(0)
            if plain and not step:
                step = Decimal(100) / bottom
            return Number(at, m.end(), _percent(top, bottom), step, kind="percent", words=True)
    m = _TENTHS_ARE.match(text, at)
    if m and (tenths := _read(m["n"])):
        return Number(at, m.end(), tenths * 10, Decimal(10), kind="percent", words=True)
    m = _TENTHS.match(text, at)
    if m:
        value = _read(m["n"])
        if value is not None and 0 < value <= 10:
            high = None
            pair = _cn_range(m["n"])
            if pair:
                value, high = Decimal(pair[0]) * 10, Decimal(pair[1]) * 10
            else:
                value = value * 10
            if m["half"]:
                value += 5 if m["half"] == "半" else _DIGIT.get(m["half"], 0) or int(m["half"])
            step = Decimal(10) if not m["half"] else Decimal(1)
            return Number(at, m.end(), value, step, high=high, kind="percent", words=True)
    m = _HALVES.match(text, at)
    if m:
        over = bool(m["over"]) or m.group().startswith("过")
        return Number(
            at, m.end(), Decimal(50), Decimal(5), kind="percent", vague="over" if over else "", words=True
        )
    return None


def chinese_at(text: str, at: int) -> Number | None:
    """Match a number as Chinese prose writes it at `at`; None where none starts there."""
    found = fraction_at(text, at)
    if found:
        return found
    first = text[at]
    if first.isdigit() and first.isascii():
        m = _ZH_ARABIC.match(text, at)
        if not m:
            return None
        scale = _scale(m["scale"])
        value = Decimal(m["num"].replace(",", "")) * scale
        step = _decimal_step(m["num"]) * scale
        end = m.end()
        over = m["mid"]
        least = scale
        while not over and not m["half"] and least > 1 and (more := _NEXT.match(text, end)):
            scale, word = _scale(more["scale"]), more["scale"] or ""
            if least <= 1000 and len(word) == 2 and _scale(word[0]) < least:  # 2千5百万
                value, least = value * _scale(word[1]), least * _scale(word[1])
            part = Decimal(more["num"].replace(",", "")) * scale
            if part >= least or (scale == 1 and "." in more["num"]):
                break
            value, step, least = value + part, _decimal_step(more["num"]) * scale, scale
            end, over = more.end(), more["mid"]
        if m["half"]:
            if not m["scale"]:
                end = m.start("half")
            else:
                value += Decimal(scale) / 2
                step = Decimal(scale) / 10
        if m["mid"] and not m["scale"]:
            return Number(at, m.start("mid"), value, step if "." in m["num"] else Decimal(0))
        written_out = least == 1 and "." not in m["num"]
        vague = {"几": "few", None: ""}.get(over, "over")
        return Number(at, end, value, Decimal(0) if written_out else step, vague=vague)
    m = _ZH_WORDS.match(text, at)
    if not m:
        return None
    return _chinese_words(m, at)


def _chinese_words(m: re.Match[str], at: int) -> Number | None:
    body = m["cn"]
    end = m.end()
    if len(body) == 1 and body in _FORMAL:
        return None
    if m["half"] and body[-1] not in "万亿千百":
        end = m.start("half")
    pair = None if m["vague"] else _cn_range(body)
    if pair and not m["frac"]:
        return Number(at, end, Decimal(pair[0]), Decimal(0), high=Decimal(pair[1]), words=True)
    value = chinese_value(body)
    if value is None:
        return None
    number = Decimal(value)
    step = Decimal(0)
    if m["frac"]:
        digits = "".join(str(_DIGIT[c]) for c in m["frac"])
        number += Decimal(f"0.{digits}")
        step = Decimal(1).scaleb(-len(digits))
    if m["fscale"]:
        number *= _scale(m["fscale"])
        step *= _scale(m["fscale"])
    if m["mscale"]:
        number *= _scale(m["mscale"])
    if m["scale"]:
        number *= _MYRIAD[m["scale"]]
    if m["half"] and end == m.end():
        number += Decimal(_scale(body[-1])) / 2
    if not step and body[-1] in "百千万亿":
        step = Decimal(_scale(body[-1]))
    vague = "over" if m["more"] else ""
    if m["vague"] in ("数", "几") or m["tail"]:
        vague = "few"
    elif m["vague"] == "上":
        vague = "least"
    return Number(at, end, number, step, vague=vague, words=True)


_ZH_START = re.compile(
    rf"[\d{_CN}数几]|上[百千万亿]|过半|百分之|千分之|半数|(?<=[逾超近约])半(?=[，。、；）)]|$)"
)


def find_chinese(text: str, start: int, end: int, skip: list[tuple[int, int]]) -> list[Number]:
    """Find the numbers of text[start:end], passing over the sorted spans in `skip`."""
    out: list[Number] = []
    at = start
    gap = 0
    while at < end:
        m = _ZH_START.search(text, at, end)
        if not m:
            break
        at = m.start()
        while gap < len(skip) and skip[gap][1] <= at:
            gap += 1
        if gap < len(skip) and skip[gap][0] <= at:
            at = skip[gap][1]
            continue
        found = chinese_at(text, at)
        if found is None or found.end > end:
            at += 1
            continue
        out.append(found)
        at = found.end
    return out
