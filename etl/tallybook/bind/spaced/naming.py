"""Which place a name means in languages that part their words with blanks.

A word for a kind of place beside a name (port, customs, airport) chooses among the places of that name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tallybook.bind.geography import holds
from tallybook.bind.places import Mention
from tallybook.lexicon import Lexicon, Mark
from tallybook.lexicon.grammar import Grammar

_POINTS = frozenset({"rail", "road", "sea", "air"})
_AREAS = frozenset({"country", "region", "customs_district"})


class Naming:
    """Resolves the place marks of one text; the base of what reads their part."""

    def __init__(
        self, text: str, marks: Sequence[Mark], lexicon: Lexicon, grammar: Grammar, starts: frozenset[int]
    ) -> None:
        self.text = text
        self.marks = marks
        self.lexicon = lexicon
        self.grammar = grammar
        self.starts = starts
        self.paired = -1
        self.told: list[Mention] = []

    def _resolve(self, i: int) -> tuple[int, int, str, bool]:
        mark = self.marks[i]
        entry = mark.get("place")
        assert entry is not None
        slug, start, end = entry.value, mark.start, mark.end
        customs = slug.startswith("cust-")
        own = self.lexicon.place.get(slug)
        kinds = []
        if (
            i + 1 < len(self.marks)
            and (suffix := self.marks[i + 1].get("suffix"))
            and self.text[end : self.marks[i + 1].start] in (" ", "'s ", "-")
            and not self._leads_next(i + 1, suffix.value)
        ):
            kinds.append(suffix.value)
            end = self.marks[i + 1].end
        if (
            i
            and (prefix := self.marks[i - 1].get("suffix"))
            and self._kind_of(prefix.value, self.text[self.marks[i - 1].end : start])
            and not (own and own.kind == "country" and self._variant(slug, prefix.value) == slug)
        ):  # the port of Hong Kong is one, a port of China is not
            kinds.append(prefix.value)
            start = self.marks[i - 1].start
        for kind in kinds:
            customs = customs or kind == "customs"
            slug = self._variant(slug, kind)
        return start, end, slug, customs

    def _leads_next(self, i: int, kind: str) -> bool:
        """Tell whether a word such as port belongs to the name behind it: Sri Lanka's Port of Colombo."""
        named = self.marks[i + 1] if i + 1 < len(self.marks) else None
        if named is None or named.get("place") is None:
            return False
        return self._kind_of(kind, self.text[self.marks[i].end : named.start])

    def _kind_of(self, kind: str, between: str) -> bool:
        ways = self.grammar.phrases
        return bool(
            ways["kind_of"].fullmatch(between)
            or (kind == "customs" and ways["customs_in"].fullmatch(between))
        )

    def _variant(self, slug: str, kind: str) -> str:
        place = self.lexicon.place.get(slug)
        if place is None:
            return slug
        if kind == "road" and f"{slug}-road" in self.lexicon.place:
            return f"{slug}-road"
        if kind == "customs":
            for name in (f"{place.name_en} customs".lower(),):
                entry = self.lexicon.words("place", self.grammar.lang).get(name)
                if entry:
                    return entry.value
        wanted = {"sea": "sea", "air": "air"}.get(kind)
        if wanted and place.kind not in _POINTS:
            name = re.sub(r"\s*\(.*", "", place.name_en)
            for other in self.lexicon.ports:
                if (
                    other.kind == wanted
                    and other.country == place.country
                    and (
                        other.name_en.startswith((f"{name} ", f"Port of {name}"))
                        or other.name_en.split("-")[0] == name
                        or other.slug == f"{slug.removesuffix('-hub')}-port"
                    )
                ):
                    return other.slug
        return slug

    def _holds(self, area: str, slug: str) -> bool:
        """Tell whether a place lies in an area, by the gazetteer's parents and countries."""
        return holds(self.lexicon, area, slug)

    def _vague_region(self, slug: str) -> bool:
        """Tell whether a place is a part of the world that reports nothing of its own."""
        place = self.lexicon.place.get(slug)
        return (
            place is not None
            and place.kind == "region"
            and not place.country
            and not place.parent
            and not slug.startswith(("corridor", "nlstc", "titr", "china-laos", "gba", "xj-", "jing"))
        )

    def _is_spot(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and (place.kind in _POINTS or place.kind == "inland_hub")

    def _is_sea(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind == "sea"

    def _province(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind == "region" and place.country is not None

    def _is_area(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind in _AREAS

    def _is_land(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind == "country"

    def _is_point(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind in _POINTS
