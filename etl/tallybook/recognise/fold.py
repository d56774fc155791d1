"""The folded view of a text: what the recognisers read, with the way back to the original.

Folding makes one spelling of many: full width becomes half width, Traditional characters
become Simplified (one for one, so no span moves), lines that a page cut in mid-sentence are
joined, blanks beside Chinese characters go. Every folded character knows the original
offset it came from, so a span of the view is a span of the article.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

from tallybook.frozen import record

_HALF = {0x3000: " ", 0x00A0: " ", 0x202F: " ", 0x2009: " ", 0x2007: " ", 0x2002: " ", 0x2003: " "}
_HALF.update({c: chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)})
_HALF.update({ord("，"): "，", ord("；"): "；", ord("："): "：", ord("！"): "！", ord("？"): "？"})
_HALF.update({ord(c): "-" for c in "–—―‐‑‒−－"})
_HALF.update({ord(c): "~" for c in "～〜∼"})
_HALF.update({ord("﹪"): "%", ord("﹐"): ",", ord("﹒"): ".", ord("．"): ".", ord("’"): "'"})
_HALF.update({ord("◯"): "〇", ord("Ｏ"): "O"})
_HALF.update({ord("「"): "“", ord("」"): "”", ord("『"): "“", ord("』"): "”"})
_HALF.update({ord("〔"): "(", ord("〕"): ")", ord("﹙"): "(", ord("﹚"): ")"})

_CJK = r"\u2e80-\u2fdf\u3040-\u9fff\uf900-\ufaff"
_IS_CJK = re.compile(f"[{_CJK}]")
_WIDE = re.compile(f"[{_CJK}，。、；：]")
_SENTENCE_END = re.compile(r"[。！？!?….]['\"”’)〉》】]*$")
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
"""Soft hyphens, joiners and marks of direction: a page carries them, and nobody sees them."""
_BLANK = re.compile(rf"[ \t\r\f\v\u00a0\u3000\u202f\u2000-\u200a{_UNSEEN}]+")
_INK = re.compile(rf"[^{_UNSEEN}]")
_SOFT_HYPHEN = "\u00ad"
_LINE = re.compile(r"[^\n\u2028\u2029\x0b\x0c]+")
_CHINESE_COMMA = re.compile(rf"(?<=[{_CJK}%)”》]),|,(?=[{_CJK}“《(])")
"""A narrow comma beside Chinese words parts clauses as the wide one does."""
_WIDE_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
_NARROW = re.compile(f"(?<=[{_CJK}])[,;:]|[,;:](?= ?[{_CJK}“])")
_WIDENED = {",": "，", ";": "；", ":": "："}
_INDENT = re.compile(r"[ \u3000]{2}")
_NO_BREAK_AFTER = re.compile(r"[，、,：:；;（(《〈—\-]$")
_LATIN_END = re.compile(r"[^\W\d_]-$")
# Blanks that a scanner put into a number: 1, 482列, 开行1 482列, 5 . 2%. Without a Chinese unit behind them,
# or in the cells of a table, two numbers may well be two.
_CUT_NUMBER = re.compile(
    rf"(?<![\d.,])\d{{1,3}}(?:,[ ]?\d{{3}})+(?:[ ]?\.[ ]?\d+)?(?=[ ]?(?![一二三四五六七八九])[{_CJK}%])"
    rf"|(?<=[{_CJK}])\d{{1,3}}(?:[ ]\d{{3}})+(?=[ ]?[{_CJK}%])"
    rf"|\d+[ ]\.[ ]\d+|(?<![\d.,])\d+[ ]?\.[ ]?\d+(?=[ ]?[%‰万亿倍])"
)
_MAYBE_CUT = re.compile(r"\d(?:[.,] | [.\d])")
_DIGITS_END = re.compile(r"\d[.,]?$")
_DIGITS_GO_ON = re.compile(r"[.,]?\d|[%‰]")


@record
class Block:
    """A paragraph or heading of the folded view, half open."""

    start: int
    end: int
    heading: bool


@record
class Folded:
    """A folded text, and where the runs of characters that it took from the original began."""

    text: str
    blocks: tuple[Block, ...]
    starts: list[int]
    """Offset in the view of each run."""
    origins: list[int]
    """Offset in the original of each run."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the original span of the folded span [start, end), which must not be empty."""
        return self._origin(start), self._origin(end - 1) + 1

    def _origin(self, at: int) -> int:
        run = bisect_right(self.starts, at) - 1
        return self.origins[run] + at - self.starts[run]


def folding(simplified: Mapping[int, str]) -> Sequence[str]:
    """Give the table that `fold` takes; `simplified` maps Traditional code points to Simplified characters.

    One character for one, or spans would move; whole, for `str.translate` finds a character
    in a list faster than it learns that a mapping lacks it.
    """
    table = list(map(chr, range(0x10000)))
    for code, character in {**simplified, **_HALF}.items():
        if code < len(table):
            table[code] = character
    return table


def fold(text: str, table: Sequence[str]) -> Folded:
    """Fold a text by the table that `folding` made."""
    plain = text.translate(table)
    if "," in plain and _IS_CJK.search(plain):
        plain = _CHINESE_COMMA.sub("，", plain)
    if wide := [m.start() for m in _WIDE_COMMA.finditer(text)]:
        letters = list(plain)  # ６，００５列: the comma of a full-width number is as wide as its digits
        for at in wide:
            letters[at] = ","
        plain = "".join(letters)
    plain = _NARROW.sub(lambda m: _WIDENED[m[0]], plain)  # 增长7%,其中…: a Chinese comma, typed narrow
    lines = [_trim(plain, m.start(), m.end()) for m in _LINE.finditer(plain)]
    lines = [line for line in lines if line[0] < line[1]]
    view = _View()
    blocks: list[Block] = []
    cut: set[int] = set()
    if _MAYBE_CUT.search(plain):
        for m in _CUT_NUMBER.finditer(plain):
            cut.update(at for at in range(m.start(), m.end()) if plain[at] == " ")
    for group, heading in _paragraphs(plain, lines):
        first = view.length
        for start, end in group:
            _append(plain, start, end, view, first, cut)
        if view.length > first:
            blocks.append(Block(first, view.length, heading))
            view.add("\n", group[-1][1] - 1)
    return Folded("".join(view.pieces), tuple(blocks), view.starts, view.origins)


class _View:
    """A view in the making."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.starts: list[int] = []
        self.origins: list[int] = []
        self.length = 0

    def add(self, piece: str, origin: int) -> None:
        """Append characters that stand together in the original from `origin` on."""
        self.pieces.append(piece)
        self.starts.append(self.length)
        self.origins.append(origin)
        self.length += len(piece)

    def drop(self) -> None:
        """Take the last character away."""
        self.pieces[-1] = self.pieces[-1][:-1]
        self.length -= 1


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    lead = _BLANK.match(text, start, end)
    if lead:
        start = lead.end()
    while end > start and _BLANK.match(text[end - 1]):
        end -= 1
    return start, end


def _append(plain: str, start: int, end: int, view: _View, first: int, cut: set[int]) -> None:
    """Append one line to the block that began at `first`, joined to what stands before it.

    `cut` has the blanks that stand within a number.
    """
    if view.length > first:
        before = view.pieces[-1]
        if before[-1:] == "-" and len(before) > 1 and _LATIN_END.search(before) and plain[start].islower():
            view.drop()
        elif plain[:start].rstrip("\n\r ").endswith(_SOFT_HYPHEN) and before[-1:].isalpha():
            pass  # con-tainers, with a hyphen that shows at the end of a line alone
        elif (
            _DIGITS_END.search(before)
            and _DIGITS_GO_ON.match(plain, start)
            and _IS_CJK.search(before)
            and _WIDE.search(plain, start, end)
        ):
            pass  # a Chinese column breaks in mid-number
        elif not (
            _IS_CJK.match(before[-1:])
            or _IS_CJK.match(plain[start])
            or before[-1:] in "，、。；：-"
            or (before[-1:].isdigit() and plain[start].isdigit() is False and _has_cjk_near(plain, start))
        ):
            view.add(" ", start - 1)
    piece = plain[start:end]
    if not _BLANK.search(piece):
        view.add(piece, start)
        return
    at = start
    for gap in _BLANK.finditer(plain, start, end):
        if gap.start() > at:
            view.add(plain[at : gap.start()], at)
        if gap.start() in cut or not _INK.search(plain, gap.start(), gap.end()):
            at = gap.end()
            continue
        left, right = plain[gap.start() - 1], plain[gap.end()]
        joined = bool(_IS_CJK.match(left)) != bool(_IS_CJK.match(right)) and (
            left.isalnum() and right.isalnum()
        )
        if not joined:  # a blank between two Chinese words parts them; beside a number it is spacing
            view.add(" ", gap.start())
        at = gap.end()
    view.add(plain[at:end], at)


def _has_cjk_near(text: str, at: int) -> bool:
    return bool(_IS_CJK.search(text, at, at + 4))


def _width(text: str, span: tuple[int, int]) -> float:
    return 0.5 * (span[1] - span[0] + len(_WIDE.findall(text, *span)))


def _paragraphs(text: str, lines: list[tuple[int, int]]) -> list[tuple[list[tuple[int, int]], bool]]:
    """Group lines into paragraphs: a line that a page wrapped joins the next one.

    A wrapped line ends in mid-sentence and is about as wide as its neighbours; a heading
    ends without a stop but is shorter than the column, or stands before a longer line.
    """
    if not lines:
        return []
    widths = [_width(text, line) for line in lines]
    open_end = [not _SENTENCE_END.search(text, max(line[0], line[1] - 4), line[1]) for line in lines]
    indented = [bool(_INDENT.search(text, max(0, line[0] - 2), line[0])) for line in lines]
    widths = [width + 2 * shift for width, shift in zip(widths, indented, strict=True)]
    cut = sum(1 for i in range(len(lines) - 1) if open_end[i] and widths[i] < 60)
    wrapped = len(lines) > 2 and cut >= 0.4 * (len(lines) - 1)
    parted = [text.count("\n", a[1], b[0]) > 1 for a, b in pairwise(lines)]
    by_gaps = any(parted) and not all(parted)
    groups: list[tuple[list[tuple[int, int]], bool]] = []
    current: list[tuple[int, int]] = []
    for i, line in enumerate(lines):
        current.append(line)
        last = i == len(lines) - 1
        apart = not last and (
            _BULLET.match(text, lines[i + 1][0])
            or (by_gaps and parted[i] and text[lines[i + 1][0]].isupper())
        )
        if not (last or apart) and open_end[i] and _joins(text, lines, widths, i, wrapped, len(current) > 1):
            continue
        if (
            not last
            and wrapped
            and any(indented)
            and (indented[i] or len(current) > 1)
            and not indented[i + 1]
            and _full(widths, i)
        ):
            continue  # a sentence that ends with its line; a new paragraph would be indented
        if not last and wrapped and by_gaps and not (parted[i] or open_end[i]) and _full(widths, i):
            continue  # so too where an empty line would part paragraphs
        heading = len(current) <= 2 and open_end[i] and (widths[i] < 45) and not last
        if heading and _BULLET.match(text, line[0]):
            heading = False
        if heading and _NO_BREAK_AFTER.search(text, line[0], line[1]):
            heading = False
        groups.append((current, heading))
        current = []
    return groups


_BULLET = re.compile(r"[-–—•▪·*■●] (?=[^\W\d_])")
"""What begins a line of a list, which goes on none."""


def _full(widths: list[float], i: int) -> bool:
    """Tell whether a line is as wide as the lines beside it."""
    return widths[i] >= 0.7 * min(60.0, max(widths[max(0, i - 1) : i + 2]))


_WANTS = re.compile(r"(?:增长|下降|增加|减少|上升|增至|升至|达到?|约为?|超过?|突破)$")
"""What ends a line in the middle of a sentence: the number comes next."""


def _joins(
    text: str, lines: list[tuple[int, int]], widths: list[float], i: int, wrapped: bool, inside: bool
) -> bool:
    if _WANTS.search(text, lines[i][0], lines[i][1]) and text[lines[i + 1][0]].isdigit():
        return True  # 同比增长 and, on the next line, 28.3%
    if not wrapped:
        return False
    end = text[lines[i][1] - 1]
    if end in "，、,（(《—-" or text[lines[i + 1][0]].islower():
        return True  # no paragraph of Latin or Cyrillic begins with a small letter
    if end in "：:;" or (text[lines[i + 1][1] - 1] in "：:" and widths[i + 1] < 12):
        return False  # a label of a fact box stands alone
    # Inside a paragraph the line before is of the same column; the next may begin another, wider one.
    column = min(widths[i - 1], widths[i + 1]) if inside else widths[i + 1]
    return widths[i] >= 0.72 * min(column, 60.0)
