"""What every step of binding knows: the text, the lexicon, the places, and what is in force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from tallybook.bind.drafts import Draft, State
from tallybook.bind.frames import Frame
from tallybook.bind.places import NOWHERE, Mention
from tallybook.bind.structure import Sentence
from tallybook.lexicon import Lexicon
from tallybook.spans import begun

_PLACE_LIKE = frozenset({"rail", "road", "sea", "air", "inland_hub"})
LINES = ("corridor", "nlstc", "titr", "china-laos", "cku")
"""Beginnings of the slugs of lines and corridors, which are told of like ports."""
_HOME = frozenset({"CN", "HK", "MO", "TW"})
"""Lands whose press is read; another one's place is a far end unless it stands alone."""

_LEAD, _OF_PLACE = 4, 3
"""How many words stand at most before what a sentence is about, and between that and its place."""
_PARTED = re.compile(r"[,.;:()]")


class Context:
    """The article being bound, and the geography of its places."""

    def __init__(
        self, text: str, lexicon: Lexicon, published: date | None, mentions: Sequence[Mention]
    ) -> None:
        self.text = text
        self.lexicon = lexicon
        self.published = published
        self.mentions = mentions
        self.state = State()
        self.drafts: list[Draft] = []
        self.title_topic: tuple[str, ...] = ()
        self.border = False
        """True where the article speaks of a border, a port or customs at all."""
        self.lang = ""
        self.words_said: dict[str, bool] = {}
        """Words that were looked for in the whole article, and whether it has them."""
        self.of_ports = False
        """True where the title tells that the story is of sea ports."""
        self.freight = True
        """True where the article speaks of goods, trains of goods, ports or borders at all."""
        self.national: str | None = None
        """Country whose national office speaks (海关总署, 政府统计处)."""
        self.section: tuple[str, ...] = ()
        """The place of the title or heading that the paragraph stands under."""
        self.title_frame = Frame()
        self.title_service: str | None = None
        self.default_country: str | None = None
        self.of_country = False
        """True where the paper's own country is meant by trade and travellers of no named place."""

    def _named(self, start: int, end: int) -> Sequence[Mention]:
        """Give the mentions that begin in [start, end)."""
        return begun(self.mentions, start, end)

    def _home(self, slug: str) -> bool:
        if slug == NOWHERE:
            return True
        place = self.lexicon.place.get(slug)
        return place is not None and (
            place.country in _HOME or place.kind in _PLACE_LIKE or place.slug.startswith(LINES)
        )

    def _foreign(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return (
            place is not None
            and place.country not in _HOME
            and place.kind in ("country", "region")
            and not slug.startswith(LINES)
        )

    def _is_port(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind in ("rail", "road") and self._home(slug)

    def _about(self, s: Sentence, m: Mention) -> bool:
        """Tell whether a sentence opens with what it counts of a place: throughput at Oslo was flat."""
        head = next((x for x in s.marks if x.get("metric") and x.end <= m.start), None)
        if head is None or m.end > s.clauses[0].end:
            return False
        lead, gap = self.text[s.start : head.start], self.text[head.end : m.start]
        return len(lead.split()) <= _LEAD and len(gap.split()) <= _OF_PLACE and not _PARTED.search(lead + gap)

    def _group(
        self, mentions: Sequence[Mention], last: int
    ) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
        """Give the place or list that ends with mention `last`: a list stays a list, a chain its last."""
        group = [mentions[last]]
        i = last
        while (
            i > 0
            and (mentions[i].linked or mentions[i].adjacent)
            and mentions[i - 1].role in ("subject", "ref")
        ):
            if mentions[i].linked:
                group.insert(0, mentions[i - 1])
            elif mentions[i - 1].slug in self._umbrellas(tuple(m.slug for m in group)):
                group = [mentions[i - 1]]
            i -= 1
        slugs = tuple(dict.fromkeys(m.slug for m in group))
        if len(slugs) > 1:
            containers = self._umbrellas(slugs)
            if containers:
                slugs = containers[:1]
        return slugs, tuple((m.start, m.end) for m in group)

    def _umbrellas(self, slugs: tuple[str, ...]) -> tuple[str, ...]:
        return self.lexicon.groups.get(frozenset(slugs), ())

    def _set_topic(self, slugs: tuple[str, ...], spans: tuple[tuple[int, int], ...]) -> None:
        state = self.state
        state.topic, state.topic_span, state.topic_block = slugs, spans, state.block
        place = self.lexicon.place.get(slugs[-1])
        if place and (place.kind in _PLACE_LIKE or place.kind == "customs_district"):
            self.state.local = slugs
        elif place and slugs[-1] != "cn":
            self.state.region = slugs
