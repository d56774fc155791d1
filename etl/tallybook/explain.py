"""Explain an extraction to a person: the article with its figures marked, and what keyed each.

Everything shown comes from the records; nothing is extracted or decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from tallybook.records import Article, Extraction, Observation, Unkeyed

Figure = Observation | Unkeyed

# Colours say keyed, unkeyed, and what was never a trade figure; the number in brackets says
# the same without colour.
_KEYED = "bold black on green"
_UNKEYED = "bold black on yellow"
_NO_FIGURE = "dim"
_FORM = frozenset({"date", "clock", "ordinal", "identifier", "regime", "headline"})
_REST = ("partner", "direction", "mode", "service", "breakdown", "nature", "scope", "reporter", "whole")
_PARTS = {"port": "blue", "metric": "magenta", "measure": "cyan", "period": "yellow"}


@dataclass(frozen=True, slots=True)
class Numbered:
    """A figure with its number in the article, from 1 in text order."""

    number: int
    figure: Figure


def numbered(found: Extraction) -> list[Numbered]:
    """Give the figures of an article in text order with their numbers; dates and the like have none."""
    figures: list[Figure] = [*found.observations]
    figures += [u for u in found.unkeyed if u.reason not in _FORM]
    figures.sort(key=lambda f: f.start)
    return [Numbered(n, f) for n, f in enumerate(figures, 1)]


def marked_text(article: Article, found: Extraction) -> Text:
    """Give the article's text with each figure coloured and numbered."""
    out = Text()
    at = 0
    marks = {f.figure.start: f for f in numbered(found)}
    every: list[Figure] = [*found.observations, *found.unkeyed]
    for figure in sorted(every, key=lambda f: f.start):
        out.append(_safe(article.text[at : figure.start]))
        entry = marks.get(figure.start)
        style = _KEYED if isinstance(figure, Observation) else _UNKEYED if entry else _NO_FIGURE
        out.append(_safe(figure.text), style)
        if entry:
            out.append(f"[{entry.number}]", "bold")
        at = figure.end
    out.append(_safe(article.text[at:]))
    return out


def key_line(entry: Numbered) -> Text:
    """Say one figure's key, or why it has none, on one line."""
    figure = entry.figure
    out = Text(f"[{entry.number}] ", "bold")
    out.append(_flat(figure.text), _KEYED if isinstance(figure, Observation) else _UNKEYED)
    out.append("  ")
    if isinstance(figure, Unkeyed):
        out.append(figure.reason)
        if figure.missing:
            out.append(f": {_flat(figure.missing)}")
        return out
    out.append(figure.port, _PARTS["port"])
    if figure.partner:
        out.append(f" → {figure.partner}")
    out.append("  ")
    out.append(figure.metric, _PARTS["metric"])
    out.append(" ")
    out.append(figure.measure, _PARTS["measure"])
    out.append(f"  {figure.qualifier} {figure.value:f} {figure.unit}  ")
    out.append(_period(figure), _PARTS["period"])
    rest = [figure.direction, figure.mode, figure.service, figure.breakdown]
    rest += [v for v, usual in ((figure.nature, "actual"), (figure.scope, "port")) if v != usual]
    if said := [r for r in rest if r]:
        out.append("  " + ", ".join(said), "dim")
    return out


def details(article: Article, entry: Numbered) -> Iterator[Text]:
    """Say everything about one figure: its sentence's words, its key, and what decided each part."""
    yield key_line(entry)
    figure = entry.figure
    if isinstance(figure, Unkeyed):
        return
    yield Text(f"    characters {figure.start} to {figure.end} of the text")
    yield Text(f"    interval   {_bound(figure.low)} … {_bound(figure.high)} {figure.unit}")
    for part in _PARTS:
        told = [e for e in figure.evidence if e.part == part]
        line = Text(f"    {part:<10} ")
        line.append(_value(figure, part), _PARTS[part])
        for e in told:
            line.append(f"  “{_flat(e.text)}” at {e.start} ({e.rule})", "dim" if len(told) > 3 else "")
        if not told:
            line.append("  no word says it: it follows from the figure or the article", "dim")
        yield line
    for name in _REST:
        value = getattr(figure, name)
        if value:
            yield Text(f"    {name:<10} {_flat(str(value))}")
    if figure.relates_to:
        start, end = figure.relates_to
        yield Text(f"    qualifies  {_flat(article.text[start:end])} at {start}")
    yield Text(f"    confidence {figure.confidence:.2f}")


def _value(o: Observation, part: str) -> str:
    return _period(o) if part == "period" else str(getattr(o, part))


def _period(o: Observation) -> str:
    start = o.period_start.isoformat() if o.period_start else "…"
    end = o.period_end.isoformat() if o.period_end else "…"
    return start if start == end else f"{start} to {end}"


def _bound(value: object) -> str:
    return "unbounded" if value is None else f"{value:f}"


def _flat(text: str) -> str:
    return _safe("".join(text.split("\n")))


def _safe(text: str) -> str:
    # An article is foreign text: a control character must not reach the terminal.
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)
