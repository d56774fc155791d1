"""The words, periods and figures of a whole text, each paragraph by its own language.

The one entry of this stage: `recognise`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal

from tallybook.frozen import replace
from tallybook.lexicon import Lexicon, Mark
from tallybook.lexicon.grammar import Grammar
from tallybook.recognise.figures import Figure, compose, of_words
from tallybook.recognise.fold import Block
from tallybook.recognise.language import grammars_of
from tallybook.recognise.numbers import Number, find_chinese
from tallybook.recognise.others import find_others
from tallybook.recognise.periods import Period, Today, find_periods, join_ranges
from tallybook.recognise.spaced import recognise_spaced
from tallybook.records import Reason
from tallybook.spans import apart, begun, lies_in, overlaps, within

_SHADOWS = frozenset(
    {
        "shadow",
        "nowhere",
        "place",
        "service",
        "metric",
        "world",
        "measure",
        "dir",
        "scope",
        "nature",
        "suffix",
        "partner",
        "placelist",
        "ref",
        "number",
    }
)
_CN_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千万亿几数半壹贰叁肆伍陆柒捌玖拾佰仟]")


def recognise(
    text: str,
    lexicon: Lexicon,
    today: Today,
    blocks: Sequence[Block] = (),
    grammars: Sequence[Grammar | None] = (),
) -> tuple[list[Mark], list[Period], list[Figure]]:
    """Find the words, periods and figures of a folded text; no two figures overlap.

    Each paragraph is read by the grammar of its own language: a Chinese story may have an
    English caption. Dates, clocks, ordinals and identifiers come back as figures that have
    a reason.
    """
    blocks = blocks or [Block(0, len(text), False)]
    grammars = grammars or grammars_of(text, blocks, lexicon)
    spoken = list(dict.fromkeys(grammars))
    marks = _spoken(text, lexicon, blocks, grammars)
    if spoken == [None]:
        return _recognise_chinese(text, lexicon, today, marks)
    periods: list[Period] = []
    figures: list[Figure] = []
    for grammar in spoken:
        own = [b for b, g in zip(blocks, grammars, strict=True) if g is grammar]
        only = _masked(text, own)
        inside = [m for b in own for m in begun(marks, b.start, b.end)] if len(spoken) > 1 else marks
        if grammar is None:
            _, found, counted = _recognise_chinese(only, lexicon, today, inside)
        else:
            found, counted = recognise_spaced(only, lexicon, today, inside, grammar)
        periods += found
        figures += counted
    periods.sort(key=lambda p: p.start)
    figures.sort(key=lambda f: f.start)
    covered = [(f.start, f.end) for f in figures]
    whens = [(p.start, p.end) for p in periods] if any(spoken) else []
    marks = [m for m in marks if not overlaps(covered, m.start, m.end) and not lies_in(whens, m.start, m.end)]
    return marks, periods, figures


def _spoken(
    text: str, lexicon: Lexicon, blocks: Sequence[Block], grammars: Sequence[Grammar | None]
) -> list[Mark]:
    """Find in each paragraph the words of its own language, and those of none."""
    langs = ["zh" if g is None else g.lang for g in grammars]
    if len(set(langs)) == 1:
        return lexicon.scan(text, langs[0])
    starts = [b.start for b in blocks]
    return sorted(
        (
            mark
            for lang in dict.fromkeys(langs)
            for mark in lexicon.scan(text, lang)
            if langs[max(0, bisect_right(starts, mark.start) - 1)] == lang
        ),
        key=lambda m: m.start,
    )


def _masked(text: str, blocks: Sequence[Block]) -> str:
    """Blank all but the blocks, so that offsets stay."""
    out, at = [], 0
    for block in blocks:
        out.append("\n" * (block.start - at))
        out.append(text[block.start : block.end])
        at = block.end
    out.append("\n" * (len(text) - at))
    return "".join(out)


def _recognise_chinese(
    text: str, lexicon: Lexicon, today: Today, marks: list[Mark]
) -> tuple[list[Mark], list[Period], list[Figure]]:
    periods = join_ranges(text, find_periods(text, today))
    taken: list[tuple[int, int, Reason]] = []
    counted = {m.end(m.lastindex or 1) for m in _COUNTED.finditer(text)}
    whens = [(p.start, p.end) for p in periods]
    for start, end, reason in sorted(find_others(text)):
        if reason == "ordinal" and any(start < at <= end for at in counted):
            continue
        if not overlaps(whens, start, end) and (not taken or start >= taken[-1][1]):
            taken.append((start, end, reason))
    skip = whens + [(s, e) for s, e, _ in taken]
    skip += [(m.start, m.end) for m in marks if _shadows(m, text)]
    skip.sort()
    quals = [m for m in marks if "qual" in m.first]
    numbers = [n for n in find_chinese(text, 0, len(text), skip) if not _article_word(text, n)]
    figures = compose(text, numbers, lexicon, quals)
    figures = [
        replace(f, ordinal=True)
        if text[f.start - 1 : f.start] == "第" or _NTH.search(text, f.start, f.number.end)
        else f
        for f in figures
    ]
    figures += of_words(marks)
    figures += [_dead(p.start, p.end, "date") for p in periods if p.digits]
    figures += [_dead(s, e, reason) for s, e, reason in taken]
    figures.sort(key=lambda f: (f.start, -f.end))
    clean: list[Figure] = []
    for f in figures:
        if clean and f.start < clean[-1].end:
            continue
        clean.append(f)
    clean = _every_digit(text, clean)
    clean = [
        replace(f, inside=tuple(within(marks, f.number.end, f.end)))
        if f.reason is None and f.end > f.number.end + 12
        else f
        for f in clean
    ]
    covered = [(f.start, f.end) for f in clean]
    marks = _parted(text, marks, [f.end for f in clean if f.reason == "date"], lexicon)
    return apart(marks, covered), periods, clean


def _parted(text: str, marks: list[Mark], ends: Sequence[int], lexicon: Lexicon) -> list[Mark]:
    """Read again the words that the end of a date cuts: 2023年增长 is no 年增."""
    out: list[Mark] = []
    i = 0
    for mark in marks:
        while i < len(ends) and ends[i] <= mark.start:
            i += 1
        if i == len(ends) or ends[i] >= mark.end:
            out.append(mark)
            continue
        cut = ends[i]
        for again in lexicon.scan(text[cut : mark.end + 6]):
            if cut + again.start < mark.end:
                out.append(replace(again, start=cut + again.start, end=cut + again.end))
    return out


_COUNTED = re.compile(
    r"第\s?((?:\d[\d,.]{0,20}|[零〇○一二两三四五六七八九十百千万亿]{2,12})[万亿]?)"
    r"(?=[列标箱T件票单吨]|个?标准?箱|个集装箱|辆|人次|名旅客|位旅客|架次|艘次)"
    r"|\b(\d[\d,]{2,20})(?:st|nd|rd|th) (?=(?:\S+ ){0,3}(?:train|TEU|parcel|container|truck))"
)
"""An ordinal of something counted: 第6001列 may tell how many there have been."""
_NTH = re.compile(r"\d(?:st|nd|rd|th)$")


def _every_digit(text: str, figures: list[Figure]) -> list[Figure]:
    """Add the digits that no grammar read, because two readings met or a letter stood beside them."""
    spans = [(f.start, f.end) for f in figures]
    lost = [m.span() for m in _DIGIT_RUN.finditer(text) if not overlaps(spans, *m.span())]
    if not lost:
        return figures
    return sorted([*figures, *(_dead(start, end, "no_metric") for start, end in lost)], key=lambda f: f.start)


_DIGIT_RUN = re.compile(r"\d+")


def _shadows(mark: Mark, text: str) -> bool:
    return (
        mark.end - mark.start >= 2
        and bool(_CN_NUMERAL.search(text, mark.start, mark.end))
        and any(e.kind in _SHADOWS for e in mark.entries)
    )


def _article_word(text: str, n: Number) -> bool:
    """Tell whether a lone 一, 两, 几 … is no number but part of a word."""
    if not n.words or n.kind or n.end - n.start > 1:
        return False
    if text.startswith(("一倍", "一番", "万余", "千余", "百余", "万多", "千多", "百多"), n.start):
        return False
    return text[n.start] in "一万千百亿几数" and text[max(0, n.start - 1) : n.start] not in (
        "超",
        "近",
        "破",
        "上",
        "逾",
        "过",
        "约",
    )


def _dead(start: int, end: int, reason: Reason) -> Figure:
    return Figure(start, end, Number(start, end, Decimal(0), Decimal(0)), Decimal(0), None, reason=reason)
