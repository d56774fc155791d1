"""What the engine knows: words with their meanings, the gazetteer, the metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal

from tallybook.frozen import record


@record
class Entry:
    """One meaning of one word: a row of a lexicon file."""

    kind: str
    value: str
    word: str
    attrs: Mapping[str, str] = field(default_factory=dict)
    stem: bool = False
    """True where letters may follow to the end of the word (inflection)."""
    exact: bool = False
    """True where the word counts only in this very case (acronyms)."""
    lang: str = ""
    """Language of the word's file; empty for a name or a user's own word."""

    @property
    def factor(self) -> Decimal:
        """What one of the word's unit is in base units."""
        return Decimal(self.attrs.get("factor", "1"))


@record
class Place:
    """One row of the gazetteer; fields are the columns of table `port`."""

    slug: str
    unlocode: str | None
    name_en: str
    name_zh_hans: str | None
    name_zh_hant: str | None
    name_ru: str | None
    aliases: tuple[str, ...]
    kind: str
    country: str | None
    parent: str | None
    customs_code: str | None
    lat: float | None
    lon: float | None
    source: str | None
    note: str | None
    needs: tuple[str, ...] = ()
    """Words one of which must follow the name for it to count as this place."""


@record
class Metric:
    """One row of the metric list, with the units its levels may have."""

    metric: str
    name_en: str
    definition: str
    unit: str | None
    flow: str
    pitfalls: str | None
    basis: str | None
    units: frozenset[str]
    alone: frozenset[str]
    stock: bool
    nouns: frozenset[str] = frozenset()
    """Units that name the metric in a language that puts the noun behind its number."""
    gate: str | None = None


@record
class Mark:
    """A lexicon word in the folded view: its span and all meanings that the word has."""

    start: int
    end: int
    entries: tuple[Entry, ...]
    first: Mapping[str, Entry] = field(repr=False, compare=False)
    """The first meaning of each kind that the word has."""

    def get(self, kind: str) -> Entry | None:
        """Give the first meaning of that kind, or None."""
        return self.first.get(kind)


def mark_of(start: int, end: int, entries: tuple[Entry, ...]) -> Mark:
    """Make a mark of meanings that no table holds together."""
    return Mark(start, end, entries, first_of(entries))


def first_of(entries: tuple[Entry, ...]) -> dict[str, Entry]:
    """Give the first meaning of each kind."""
    return {entry.kind: entry for entry in reversed(entries)}
