"""What is recognised in a paragraph of a language that parts its words with blanks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal

from tallybook.lexicon import Lexicon, Mark
from tallybook.lexicon.grammar import Grammar
from tallybook.recognise.figures import Figure, of_words
from tallybook.recognise.numbers import Number
from tallybook.recognise.periods import Period, Today
from tallybook.recognise.spaced_figures import Nouns, compose_spaced, noun_behind, nouns_of
from tallybook.recognise.spaced_numbers import find_spaced
from tallybook.recognise.spaced_periods import find_spaced_periods
from tallybook.records import Reason


def recognise_spaced(
    text: str, lexicon: Lexicon, today: Today, marks: list[Mark], grammar: Grammar
) -> tuple[list[Period], list[Figure]]:
    """Find the periods and the figures of a text in one language, all else in it blanked; no two figures overlap."""
    periods = find_spaced_periods(text, grammar.period, today)
    nouns = nouns_of(lexicon, grammar, text)
    taken: list[tuple[int, int, Reason]] = []
    counts: list[Figure] = []
    others = sorted(
        (m.start(), -m.end(), reason)
        for reason, form in grammar.others
        for m in form.finditer(text)
        if m.end() > m.start()
    )
    for start, negative, reason in others:
        end = -negative
        if any(p.start < end and start < p.end for p in _about(periods, start, end)) or (
            taken and start < taken[-1][1]
        ):
            continue
        count = _nth(text, start, end, grammar, nouns) if reason == "ordinal" else None
        if count:
            counts.append(count)
        taken.append((start, end, reason))
    skip = [(p.start, p.end) for p in periods] + [(s, e) for s, e, _ in taken]
    skip += [(m.start, m.end) for m in marks if m.get("shadow") or m.get("place") or m.get("service")]
    skip += [
        (m.start, m.end)
        for m in marks
        if (m.get("number") or m.get("partner") or m.get("national")) and not m.get("qual")
    ]
    skip.sort()
    numbers = find_spaced(
        text,
        grammar.number,
        skip,
        lambda at: nouns.at(text, at + 1 if text[at : at + 1] == " " else at) is not None,
    )
    quals = [m for m in marks if m.get("qual")]
    stops = [(p.start, p.end) for p in periods]
    names = {
        m.start: m.end
        for m in marks
        if (m.get("shadow") or m.get("partner") or m.get("place")) and " " in text[m.start : m.end]
    }
    figures = compose_spaced(text, numbers, grammar, nouns, quals, stops, names)
    figures += of_words(marks)
    figures += counts
    figures += [_dead(p.start, p.end, "date") for p in periods if p.digits]
    counted = {c.start for c in counts}
    figures += [_dead(s, e, r) for s, e, r in taken if s not in counted]
    figures.sort(key=lambda f: (f.start, -f.end))
    clean: list[Figure] = []
    for f in figures:
        if not clean or f.start >= clean[-1].end:
            clean.append(f)
    return periods, _with_every_digit(text, clean)


def _about(periods: list[Period], start: int, end: int) -> list[Period]:
    i = bisect_left(periods, start, key=lambda p: p.end)
    return periods[i : i + 2]


def _nth(text: str, start: int, end: int, grammar: Grammar, nouns: Nouns) -> Figure | None:
    """Read "the 10,000th train" as a count of 10,000; None for a name or a small ordinal."""
    digits = re.match(r"\d[\d, ]*", text[start:end])
    if not digits:
        return None
    value = Decimal(re.sub(r"\D", "", digits.group()))
    if value < 100:
        return None
    found = noun_behind(text, end, grammar, nouns, set())
    if found is None or found[0].value not in (
        "train",
        "container",
        "teu",
        "parcel",
        "vehicle",
        "tonne",
        "person",
        "flight",
    ):
        return None
    number = Number(start, end, value, Decimal(0))
    return Figure(
        start,
        end,
        number,
        value,
        found[0].value,
        low=value,
        high=value,
        ordinal=True,
        noun=(found[1], found[2]),
    )


def _dead(start: int, end: int, reason: Reason) -> Figure:
    return Figure(start, end, Number(start, end, Decimal(0), Decimal(0)), Decimal(0), None, reason=reason)


_DIGITS = re.compile(r"\d+")


def _with_every_digit(text: str, figures: Sequence[Figure]) -> list[Figure]:
    """Add the digits that no rule read, because two readings met or a letter stood beside them."""
    out: list[Figure] = []
    at = 0
    for figure in [*figures, None]:
        end = figure.start if figure else len(text)
        out += [_dead(m.start(), m.end(), "no_metric") for m in _DIGITS.finditer(text, at, end)]
        if figure:
            out.append(figure)
            at = figure.end
    return out
