"""Whose figure it is: the place that the words around a figure give it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from tallybook.bind.attributes import Described
from tallybook.bind.drafts import Draft
from tallybook.bind.heads import OTHER
from tallybook.bind.places import NOWHERE, Mention, variant
from tallybook.bind.structure import Sentence, within

_PLACE_LIKE = frozenset({"rail", "road", "sea", "air", "inland_hub"})
OF_A_COUNTRY = frozenset({"china_europe", "central_asia", "china_europe_central_asia"})
"""Services that are the country's where no place is named."""
_LINES = ("nlstc", "titr", "china-laos")


_AT_AIRPORTS = frozenset({"cargo_tonnes", "passengers", "flights"})
_OF_LANDS = frozenset({"passengers", "trade_value"})
_EACH = re.compile(r"分别|合计|共|均|都|各|两|三|上述|依次")
"""Words that speak of all the places of a list."""
_PORT_COUNTS = frozenset({"teu", "containers", "cargo_tonnes", "vessels", "passengers", "flights"})
_OF_REGION = frozenset({"全省", "该省", "我省", "全区", "我区", "全市", "该市", "我市", "全州", "我州"})
_NO_HUB = 10_000
"""Trains that no one hub runs in a year: the 10,000th is the country's, wherever it leaves from."""
_OF_WHOLE = re.compile(r"占[^，。；\d]*$")
_AT_ONCE = re.compile(r"[(达为约有以]?")


class Placed(Described):
    """Finds the place of a figure."""

    def _place(self, s: Sentence, draft: Draft, mentions: Sequence[Mention], earlier: list[Draft]) -> None:
        at = draft.figure.start
        compared = next((m for m in mentions if m.role == "compared" and m.end == at), None)
        if compared is not None:
            draft.ports, draft.port_rule, draft.relates = (compared.slug,), "compared", None
            draft.port_marks = ((compared.start, compared.end),)
            return
        if draft.relates is not None:
            source = draft.relates
            nearer = [
                m
                for m in mentions
                if m.role == "subject" and source.figure.end <= m.start < at and self._home(m.slug)
            ]
            if not nearer:
                draft.ports, draft.port_marks, draft.port_rule = source.ports, source.port_marks, "related"
                return
        if s.western:
            through = [
                m
                for m in mentions
                if m.role == "subject"
                and m.strong
                and draft.figure.end <= m.start < draft.clause.end
                and not any(draft.figure.end <= f.start < m.start and f.reason is None for f in s.figures)
            ]
            if through:  # 1,482 trains passed through Khorgos
                last = 0
                while last + 1 < len(through) and through[last + 1].linked:
                    last += 1
                draft.ports, draft.port_marks = self._group(through, last)
                draft.port_rule = "through"
                return
        subjects = [
            m for m in mentions if m.role == "subject" and m.end <= at and self._may_own(m, draft, mentions)
        ]
        airport = self._bare_airport(s, draft, subjects)
        if airport:
            draft.ports, draft.port_marks, draft.port_rule = *airport, "reference"
            return
        subjects = self._not_passed_by(subjects, draft)
        whole = self._reference(s, at, subjects[-1].end) if subjects and not s.western else None
        if whole:
            draft.ports, draft.port_marks, draft.port_rule = *whole, "reference"
            return  # 黄骅港通了福州，全省航线共69条
        if subjects:
            draft.ports, draft.port_marks = self._group(subjects, len(subjects) - 1)
            draft.port_rule = "subject"
            return
        ref = self._reference(s, at)
        if ref:
            draft.ports, draft.port_marks, draft.port_rule = *ref, "reference"
            return
        speaker = self._speaker(draft)
        if speaker:
            said = [m for m in self._named(*speaker) if self._home(m.slug)]
            if said:
                draft.ports, draft.port_marks, draft.port_rule = (
                    (said[0].slug,),
                    ((said[0].start, said[0].end),),
                    "speaker",
                )
                return
        until = s.end if s.western and not self.state.topic else draft.clause.end
        behind = [
            m
            for m in mentions
            if m.role == "subject" and at < m.start < until and (self._home(m.slug) or s.western)
        ]
        if behind and (behind[0].strong or not self.state.topic):
            last = 0
            while last + 1 < len(behind) and (behind[last + 1].linked or behind[last + 1].adjacent):
                last += 1
            draft.ports, draft.port_marks = self._group(behind, last)
            draft.port_rule = "behind"
            return
        starts = [m for m in mentions if m.role == "origin" and self._home(m.slug)]
        if draft.figure.ordinal and starts and draft.clause.start <= starts[0].start < draft.clause.end:
            first = next((m for m, n in pairwise(starts) if not n.adjacent), starts[-1])
            told = draft.frame.low is not None and draft.figure.value >= _NO_HUB
            if not told and first.start > at:  # 今年第3000列中欧班列从成都驶出
                draft.ports, draft.port_rule = (first.slug,), "origin"
                draft.port_marks = ((first.start, first.end),)
                return
        if draft.scope == "shipment" and starts:  # 一列满载50个集装箱的班列从西安驶出: of its hub
            first = next((m for m, n in pairwise(starts) if not n.adjacent), starts[-1])  # 四川成都 is 成都
            draft.ports, draft.port_rule = (first.slug,), "origin"
            draft.port_marks = ((first.start, first.end),)
            return
        office = self._office(s, draft)
        if office is not None:
            draft.ports, draft.port_rule = (office.slug,), "office"
            draft.port_marks = ((office.start, office.end),)
            return
        land = self.state.land or self.national
        of_country = draft.own_service and draft.service in OF_A_COUNTRY and land is not None
        if (
            of_country
            and self.state.land
            and draft.scope != "shipment"
            and not self.title_topic
            and (len(self.state.topic) > 1 or s.block != self.state.topic_block)
        ):
            draft.ports, draft.port_rule, draft.confidence = (self.state.land,), "national", 0.8
            return  # 中欧班列已通达…: the network that the story began with, not the port in between
        if self.state.topic and not (of_country and self._line(self.state.topic)):
            draft.ports, draft.port_marks, draft.port_rule = (
                self.state.topic,
                self.state.topic_span,
                "carried",
            )
            return
        if self.title_topic and not (of_country and self._line(self.title_topic)):
            draft.ports, draft.port_rule = self.title_topic, "title"
            return
        reporters = [m for m in mentions if m.role == "reporter"]
        if reporters:
            draft.ports, draft.port_rule = (reporters[-1].slug,), "reporter"
            draft.port_marks = ((reporters[-1].start, reporters[-1].end),)
            return
        origins = [m for m in mentions if m.role == "origin" and m.end <= at and self._home(m.slug)]
        if origins and of_country and draft.scope != "shipment" and origins[-1].end <= draft.clause.start:
            origins = []  # 列车从义乌西站开出，标志着今年中欧班列突破万列
        if origins:
            draft.ports, draft.port_rule = (origins[-1].slug,), "origin"
            draft.port_marks = ((origins[-1].start, origins[-1].end),)
            return
        arrived = [m for m in mentions if m.role != "partner" and m.end <= at and self._is_port(m.slug)]
        if len({m.slug for m in arrived}) == 1 and draft.service:
            draft.ports, draft.port_rule = (arrived[-1].slug,), "endpoint"
            draft.port_marks = ((arrived[-1].start, arrived[-1].end),)
            draft.confidence = 0.8
            return  # 列车抵达满洲里站，今年第1000列: no other place is named
        if draft.scope == "shipment":
            return  # one train is never the country's
        if self.default_country and self.national:
            draft.ports, draft.port_rule, draft.confidence = (self.national,), "national", 0.8
            self._told_of_land(draft)
            return
        if any(d.metric not in (None, OTHER) and d.reason is None and not d.ports for d in earlier):
            return  # the figure before it in the sentence is nobody's either
        if self.default_country and (
            (self.of_country and draft.metric in ("trade_value", "passengers"))
            or (draft.service in OF_A_COUNTRY)
        ):
            draft.ports, draft.port_rule, draft.confidence = (self.default_country,), "default_country", 0.7
            self._told_of_land(draft)

    def _office(self, s: Sentence, draft: Draft) -> Mention | None:
        """Give the land whose national office tells the sentence, which names no other place.

        Not where the title has the port that the story is of in a land of many.
        """
        if draft.metric not in _OF_LANDS or draft.scope != "port":
            return None
        for mark in reversed(within(s.marks, s.start, draft.figure.start)):
            entry = mark.get("national")
            if entry is None or entry.attrs.get("lang", self.lang) != self.lang:
                continue
            named = self.state.topic or self.title_topic
            inside = any(
                p is not None and (p.slug == entry.value or p.country == entry.value.upper())
                for p in map(self.lexicon.place.get, named)
            )
            if entry.attrs.get("lang") and (not named or named == self.title_topic or not inside):
                return Mention(mark.start, mark.end, entry.value, "subject")
            return None
        return None

    def _told_of_land(self, draft: Draft) -> None:
        if draft.own_service and draft.service in OF_A_COUNTRY:
            self.state.land = draft.ports[0]

    def _not_passed_by(self, subjects: list[Mention], draft: Draft) -> list[Mention]:
        """Leave out the lists of places in earlier clauses that a story of one place only passes by."""
        while subjects:
            slugs, spans = self._group(subjects, len(subjects) - 1)
            kept = [m for m in subjects if m.end <= spans[0][0]]
            if (
                len(slugs) < 2
                or not (kept or len(self.state.topic) == 1)
                or subjects[-1].end > draft.clause.start
                or _EACH.search(self.text, subjects[-1].end, draft.figure.start)
            ):
                break
            subjects = kept
        return subjects

    def _our_province(self, s: Sentence) -> tuple[str, ...]:
        """Give the province where a sentence tells of it as 我省 or 全省 at the head of a clause."""
        for mark in s.marks:
            entry = mark.get("ref")
            if entry is None or self.text[mark.start : mark.end] not in ("我省", "全省"):
                continue
            if s.clause_of(mark.start).start in (mark.start, mark.start - 1):
                return self.state.region or self._own_province()
        return ()

    def _own_province(self) -> tuple[str, ...]:
        """Give the province that most home places of the article lie in: what its paper calls 我省."""
        slugs = [m.slug for m in self.mentions if m.role != "endpoint" and self._is_home_port(m.slug)]
        found = Counter(p for slug in slugs if (p := self._province_of(slug)) is not None)
        most = found.most_common(1)
        return (most[0][0],) if most and most[0][1] * 2 > len(slugs) else ()

    def _is_home_port(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return (
            place is not None and place.country == "CN" and place.kind in (*_PLACE_LIKE, "customs_district")
        )

    def _bare_airport(
        self, s: Sentence, draft: Draft, subjects: Sequence[Mention]
    ) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]] | None:
        """Give the airport of the city told of, where a bare 机场 counts what airports count."""
        if draft.metric not in _AT_AIRPORTS:
            return None
        for mark in reversed(within(s.marks, s.start, draft.figure.start)):
            suffix = mark.get("suffix")
            if suffix is None or suffix.value != "air":
                continue
            if any(mark.start < m.end for m in self._named(s.start, mark.start + 1)):
                return None
            if any(m.start >= mark.end for m in subjects):
                return None
            before = [m.slug for m in subjects if m.end <= mark.start]
            told = (*reversed(before), *self.state.topic[:1], *self.title_topic[:1], *self.state.region[:1])
            for base in (*told, *((self.national,) if self.national else ())):
                slug = variant(base, "air", self.lexicon) if base != NOWHERE else base
                if slug != base:
                    return (slug,), ((mark.start, mark.end),)
            return None
        return None

    def _line(self, slugs: tuple[str, ...]) -> bool:
        """Tell whether a topic is one line, whose trains are not all of the country's."""
        return all(slug.startswith(_LINES) for slug in slugs)

    def _may_own(self, m: Mention, draft: Draft, mentions: Sequence[Mention]) -> bool:
        """Tell whether a place can be the figure's: a foreign one only where no home place is in play."""
        if self._home(m.slug) and not self._foreign(m.slug):
            return draft.partner is None or m.slug != draft.partner
        span = draft.partner_span if draft.partner == self.default_country else None
        if span and m.end <= span[0] and self.text[span[0]] in "对自从":
            return True  # 蒙古国…对华进口: its trade with the paper's own country
        own = m.start >= draft.clause.start and m.slug in self.lexicon.haven
        if own and draft.metric in ("teu", "vessels"):
            return True  # 同期新加坡处理879万标箱: a city state is told of as its port
        if draft.metric in _PORT_COUNTS and _AT_ONCE.fullmatch(self.text, m.end, draft.figure.start):
            return True  # 新加坡(4112万TEU)
        place = self.lexicon.place.get(m.slug)
        if self.of_country and place and place.kind == "region" and place.country is None:
            return False  # no paper of this country tells Asia's figures without naming whose they are
        return (
            not self.state.topic
            and not self.title_topic
            and not any(self._home(o.slug) for o in mentions if o.role in ("subject", "reporter"))
        )

    def _reference(
        self, s: Sentence, at: int, since: int | None = None
    ) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]] | None:
        """Give what 该口岸 or 全省 before a figure means; with `since` only 全省 and the like behind it."""
        for mark in reversed(within(s.marks, s.start if since is None else since, at)):
            entry = mark.get("ref")
            if entry is None or entry.value != "same":
                continue
            word = self.text[mark.start : mark.end]
            if since is not None and (
                word not in _OF_REGION
                or mark.start == since
                or _OF_WHOLE.search(self.text, s.start, mark.start)
            ):
                continue
            inside = [
                m
                for m in self._named(s.start, mark.start)
                if m.role in ("modifier", "origin", "subject")
                and self._home(m.slug)
                and m.slug != NOWHERE
                and self.lexicon.place[m.slug].kind in _PLACE_LIKE
            ]
            if inside and word[0] == "该" and word not in ("该省", "该市"):
                return (inside[-1].slug,), ((inside[-1].start, inside[-1].end),)
            slugs = self.state.region if word in _OF_REGION else ()
            if not slugs and "省" in word:
                slugs = self._own_province()
            if not slugs and since is None:
                slugs = self.state.local
            if slugs:
                return slugs, ((mark.start, mark.end),)
        return None
