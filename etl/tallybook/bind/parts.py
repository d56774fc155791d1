"""What is counted where it is narrower than the metric: goods, people, declarants.

A part and its whole must never share a key, so "机电产品出口3.39万亿元" is told apart from
"出口5.74万亿元". A head word may be a part by itself (煤炭, 免签外国人: `goods` or `narrow` in
the lexicon); a trade value takes the words that stand directly at its direction word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tallybook.bind.structure import Sentence, within
from tallybook.lexicon import Entry, Lexicon, Mark
from tallybook.recognise.figures import Figure

_STRUCTURE = (
    "place",
    "measure",
    "change",
    "reach",
    "qual",
    "partner",
    "partnerlead",
    "ref",
    "nature",
    "reporter",
    "national",
    "nowhere",
    "aside",
    "scope",
    "dir",
    "service",
    "endpoint",
)
_NOUN = re.compile(r"[\u3400-\u9fffA-Za-z、“”]")
_EDGE = re.compile(r"^[、和及与的在以了等由将并从中是]+|[、和及与的在以了等方面则均为共约达]+$")
_DIRECTED = re.compile(r"^(?:出入境|进出境|入出境|进出口|出境|入境|进境|出口|进口)(?=..)")
_QUOTED = re.compile(r"“([^“”，。]{2,10})”$")
_TRADED = re.compile(r"(?:进口|出口|进出口)量?")
_RANK = re.compile(r"自治[区州县]|地区|关区|口岸|[省市县区州港]")
_LONGEST = 16


def part(
    text: str, s: Sentence, figure: Figure, head: Mark | None, metric: str, lexicon: Lexicon
) -> str | None:
    """Name the part that a figure counts, as written in the folded text; None for the whole."""
    if head is None:
        return None
    entry = head.get("metric")
    if entry is not None and entry.attrs.get("part"):
        return entry.attrs["part"]
    if entry is not None and entry.attrs.get("whole"):
        return None  # 汽车 are what vehicles_shipped counts, and no part of it
    if entry is not None and (entry.attrs.get("goods") or entry.attrs.get("narrow")):
        return _DIRECTED.sub("", text[head.start : head.end]) or text[head.start : head.end]
    quoted = _QUOTED.search(text, s.start, head.start)
    if (
        quoted
        and quoted.end() == head.start
        and not {quoted[1]} & (lexicon.words("place").keys() | lexicon.words("service").keys())
    ):
        return quoted[1]
    goods = metric in ("cargo_tonnes", "vehicles_shipped", "teu")
    if metric not in ("trade_value", "parcel_value") and not (
        goods and _TRADED.fullmatch(text, head.start, head.end)
    ):
        return None
    beside = within(s.marks, _floor(s, head.start), head.start)
    if beside and beside[-1].end == head.start and (own := named(beside[-1:], metric)):
        return own
    # 机电产品出口3.39万亿元, and 出口机电产品3.39万亿元
    return _words(text, s, _floor(s, head.start), head.start, lexicon, left=True) or (
        _words(text, s, head.end, figure.qual_start or figure.start, lexicon, left=False)
        if head.end <= figure.start and _trades(head)
        else None
    )


def named(marks: Sequence[Mark], metric: str) -> str | None:
    """Give the part that the nearest word of its own names (海铁联运 of a port's containers)."""
    for mark in reversed(marks):
        entry = mark.get("part")
        if entry is not None and metric in entry.attrs.get("metrics", "").split():
            return entry.value
    return None


def before(text: str, s: Sentence, figure: Figure, lexicon: Lexicon) -> str | None:
    """Name the part where a figure of a list has only that before it (其中木材320万吨，香港居民326万人次)."""
    start = _floor(s, figure.start)
    end = figure.qual_start if figure.qual_start is not None else figure.start
    ends = {f.end for f in s.figures}
    blocked = [
        m
        for m in within(s.marks, start, end)
        if _structural(m) and not m.get("place") and not (_behind(m) and m.start not in ends)
    ]
    if blocked:
        start = blocked[-1].end
    words = text[start:end]
    run = len(words)
    while run and _NOUN.match(words[run - 1]) and words[run - 1] not in "“”":
        run -= 1
    plain = lexicon.words("plain")
    words = _bare(words[run:], plain)
    return (
        words if 2 <= len(words) <= 8 and words not in plain and words not in lexicon.words("place") else None
    )


def _trades(mark: Mark) -> bool:
    direction = mark.get("dir")
    return direction is not None and bool(direction.attrs.get("trade"))


def _floor(s: Sentence, at: int) -> int:
    """Where the words of the clause before `at` begin: behind the last figure and period."""
    clause = s.clause_of(max(s.start, at - 1))
    ends = [f.end for f in s.figures if f.end <= at] + [p.end for p in s.periods if p.end <= at]
    return max([clause.start, *ends])


def _words(text: str, s: Sentence, start: int, end: int, lexicon: Lexicon, left: bool) -> str | None:
    """Give the unclaimed words of [start, end) that touch its inner edge (the end where `left`)."""
    blocked: Sequence[Mark] = [m for m in within(s.marks, start, end) if _structural(m)]
    if blocked:
        if left:
            start = blocked[-1].end
            if blocked[-1].get("place") and (rank := _RANK.match(text, start, end)):
                start = rank.end()  # 福建省民营企业
        else:
            end = blocked[0].start
    words = text[start:end]
    if left:
        run = len(words)
        while run and _NOUN.match(words[run - 1]):
            run -= 1
        words = words[run:]
    else:
        run = 0
        while run < len(words) and _NOUN.match(words[run]):
            run += 1
        if run < len(words):
            return None
    plain = lexicon.words("plain")
    words = _bare(words, plain)
    return words if 2 <= len(words) <= _LONGEST and words not in plain else None


def _bare(words: str, plain: Mapping[str, Entry]) -> str:
    """Strip the words that narrow nothing from both ends; those marked `alone` only where they are all."""

    def empty(word: str) -> bool:
        entry = plain.get(word)
        return entry is not None and not entry.attrs.get("alone")

    while True:
        before = words
        words = _EDGE.sub("", words).strip("“”")
        for length in range(min(6, len(words)), 1, -1):
            if empty(words[:length]):
                words = words[length:]
                break
            if empty(words[-length:]):
                words = words[:-length]
                break
        if words == before:
            return words


def _behind(mark: Mark) -> bool:
    """Tell whether a word bounds the number before it (30分钟内), and says nothing without one (内河)."""
    entry = mark.get("qual")
    return entry is not None and entry.attrs.get("pos") == "after"


def _structural(mark: Mark) -> bool:
    metric = mark.get("metric")
    if metric is not None and metric.value.startswith(("trade_value", "parcel")):
        return True
    measure = mark.get("measure")
    if measure is not None and measure.value == "cumulative":
        return False
    return any(e.kind in _STRUCTURE and (e.value or e.kind != "dir") for e in mark.entries)
