"""Whose figure it is, where a place may stand behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tallybook.bind.drafts import Draft
from tallybook.bind.geography import holds
from tallybook.bind.places import Mention
from tallybook.bind.spaced.attributes import Detailed
from tallybook.bind.structure import Sentence, within
from tallybook.lexicon import Mark
from tallybook.recognise.figures import Figure

_WAY = re.compile(
    r"\b(?:corridor|route|railway|railroad|line|canal|bridge|tunnel|passage|mainline|expressway)\b|[-–]bahn",
    re.I,
)
"""Words in the name of a way that goods take, which is told of like a port."""


_WITH_PARTNERS = ("trade_value", "cargo_tonnes", "teu", "passengers")
"""What a land tells of by partners, too."""
_COUNT = 10
"""A smaller number without a unit may be the number of anything."""
_OF_A_LAND = ("china_europe", "central_asia", "china_europe_central_asia")
"""Services whose figures are a whole country's where its national railway tells them."""
_BESIDE_PARTNER = "partner told"
"""Why a figure is the story's: the land that stands before it is only its partner."""


class Owned(Detailed):
    """Finds the place of a figure."""

    def _place(self, s: Sentence, draft: Draft, mentions: Sequence[Mention], earlier: list[Draft]) -> None:
        f, at = draft.figure, draft.figure.start
        if draft.relates is not None:
            source = draft.relates
            if not any(m.role == "subject" and source.figure.end <= m.start < at for m in mentions):
                draft.ports, draft.port_marks, draft.port_rule = source.ports, source.port_marks, "related"
                return
        if draft.reading and draft.reading.share and self._share_of_other(draft, mentions):
            return
        if self._goes_on_shares(draft, earlier):
            return
        if (
            draft.reading
            and draft.reading.share
            and self.state.topic
            and self.grammar.phrases["falls_on_it"].search(self.text, draft.clause.start, draft.clause.end)
        ):
            draft.ports, draft.port_marks, draft.port_rule = (
                self.state.topic,
                self.state.topic_span,
                "carried",
            )
            return  # it accounts for 18.3% of what the land's ports handle
        partner = self._bracket_partner(s, draft, mentions)
        if partner is not None:
            draft.partner, draft.partner_span = partner.slug, (partner.start, partner.end)
            draft.ports, draft.port_marks, draft.port_rule = (
                self.state.topic,
                self.state.topic_span,
                _BESIDE_PARTNER,
            )
            return
        told = earlier[-1] if earlier else None
        if (
            told is not None
            and told.port_rule == _BESIDE_PARTNER
            and told.reason is None
            and not any(told.figure.end <= m.start < f.start for m in mentions)
        ):  # Russia (5.7 billion) with exports of 1.9
            draft.partner, draft.partner_span = told.partner, told.partner_span
            draft.ports, draft.port_marks, draft.port_rule = told.ports, told.port_marks, _BESIDE_PARTNER
            return
        beside = [
            m
            for m in mentions
            if m.end <= at and self.grammar.phrases["beside"].fullmatch(self.text, m.end, self._start(f))
        ]
        if (
            beside
            and beside[-1].role == "modifier"
            and (
                self._aside(beside[-1])
                or (self.text.endswith(" (", s.start, self._start(f)) and self._point(beside[-1].slug))
            )
        ):
            self._take(draft, beside[-1:], "beside")
            return
        last = self.state.last
        if (
            last is not None
            and not earlier
            and not any(m.role == "subject" and m.end <= at for m in mentions)
            and self.grammar.phrases["of_them"].search(self.text, s.start, self._start(f))
        ):
            draft.ports, draft.port_marks, draft.port_rule = last.ports, last.port_marks, "carried"
            return
        previous, following = self._previous(s, f), self._next(s, f)
        subjects = [m for m in mentions if m.role == "subject" and m.end <= at]
        fresh = [
            m
            for m in subjects
            if m.start >= previous
            and not (
                previous > s.start and m.strong and m.start - previous <= 24 and self._close_behind(s, f, m)
            )
        ]
        behind = [
            m
            for m in mentions
            if m.role == "subject" and f.end <= m.start < min(following, draft.clause.end)
            if not self._opens_next(s, f, m)
        ]
        strong = [m for m in behind if m.strong]
        ref = self._refers(s, at) if strong and self._country(strong[0].slug) else None
        if ref:  # the trains of the corridor serve 60 cities in China
            draft.ports, draft.port_marks, draft.port_rule = *ref, "reference"
            return
        if strong and not any(m.start >= draft.clause.start for m in fresh):
            group = [m for m in behind if m.start >= strong[0].start]
            self._take(draft, group, "behind", first=True)
            return
        known = self.state.topic or self.title_topic
        if (
            len(known) == 1
            and self._is_area(subjects, s, draft)
            and self._lies_within(known[0], subjects[-1].slug)
        ):
            subjects = []
        inner = [m for m in subjects if m.start >= draft.clause.start]
        pointed = self._pointed(s, at, inner or subjects)
        if pointed:
            draft.ports, draft.port_marks, draft.port_rule = *pointed, "reference"
            return
        if inner or subjects:
            self._take(draft, self._nearest_point(inner or subjects, subjects, previous), "subject")
            return
        horizon = self._horizon(s, f) if self.state.topic else s.end
        later = [
            m
            for m in mentions
            if m.role == "subject" and f.end <= m.start < horizon and not self._opens_next(s, f, m)
        ]
        ref = self._refers(s, at)
        office = next((e for m in s.marks if (e := m.get("national")) is not None), None)
        if office is not None and not ref and not later and draft.service in _OF_A_LAND:
            draft.ports, draft.port_rule = (office.value,), "national"
            return
        if ref and not later[:1]:
            draft.ports, draft.port_marks, draft.port_rule = *ref, "reference"
            return
        if (behind or later) and (not self.state.topic or any(m.strong for m in later)):
            chosen = behind or [m for m in later if m.strong] or later
            if not behind and self.title_topic and following < chosen[0].start:
                chosen = []
        else:
            chosen = []
        if chosen:
            self._take(draft, chosen, "behind", first=True)
            return
        ref = ref or self._refers_behind(s, f, following)
        if ref:
            draft.ports, draft.port_marks, draft.port_rule = *ref, "reference"
            return
        land = self._whole_land(s)
        if land:
            self._set_topic((land,), ())
        if self.state.topic:
            draft.ports, draft.port_marks, draft.port_rule = (
                self.state.topic,
                self.state.topic_span,
                "carried",
            )
            self._not_its_own_partner(draft)
            return
        if self.title_topic:
            draft.ports, draft.port_rule = self.title_topic, "title"
            return
        points = {m.slug: m for m in mentions if m.role == "modifier" and self._point(m.slug)}
        if len(points) == 1:
            only = next(iter(points.values()))
            draft.ports, draft.port_marks, draft.port_rule = (only.slug,), ((only.start, only.end),), "named"
            return
        opening = self.mentions[0] if self.mentions else None
        if opening and opening.role == "modifier" and self._dateline(opening):
            draft.ports, draft.port_rule = (opening.slug,), "dateline"
            draft.port_marks = ((opening.start, opening.end),)
            return
        for role in ("reporter", "origin"):
            named = [m for m in mentions if m.role == role and (role == "reporter" or self._reports(m.slug))]
            if named:
                draft.ports, draft.port_marks, draft.port_rule = (
                    (named[-1].slug,),
                    ((named[-1].start, named[-1].end),),
                    role,
                )
                return
        if (
            self.default_country
            and draft.metric == "trade_value"
            and (f.unit == "CNY" or (draft.relates and draft.relates.figure.unit == "CNY"))
        ):
            draft.ports, draft.port_rule, draft.confidence = (self.default_country,), "default_country", 0.7
            return
        if self.national and self.national != self.default_country:
            draft.ports, draft.port_rule, draft.confidence = (self.national,), "national", 0.8
            return
        if self.default_country and draft.service in (
            "china_europe",
            "central_asia",
            "china_europe_central_asia",
        ):
            draft.ports, draft.port_rule, draft.confidence = (self.default_country,), "default_country", 0.7
            return
        if self.national:
            draft.ports, draft.port_rule, draft.confidence = (self.national,), "national", 0.8

    def _goes_on_list(self, s: Sentence, named: Mention, at: int) -> bool:
        """Tell whether a land is one of a list of partners: Russia - 230 million dollars."""
        ways = self.grammar.phrases
        return (
            ways["partner_gap"].fullmatch(self.text, named.end, at) is not None
            and ways["partner_shares"].search(self.text, s.start, at) is not None
        )

    def _bracket_partner(self, s: Sentence, d: Draft, mentions: Sequence[Mention]) -> Mention | None:
        """Give the land of "China (12.2 million tonnes), Singapore (3.2)" in a story of one port."""
        at = self._start(d.figure)
        named = [m for m in mentions if m.end <= at]
        topic = self.lexicon.place.get(self.state.topic[0]) if len(self.state.topic) == 1 else None
        if (
            (self.listed or self.partners_listed)
            and named
            and topic is not None
            and d.metric in ("trade_value", "vehicles_shipped", "cargo_tonnes")
            and topic.slug != named[-1].slug
            and self._country(named[-1].slug)
            and self.grammar.phrases["list_line"].fullmatch(self.text, named[-1].end, at)
        ):
            return named[-1]  # - China: 1.2 billion;
        if not named or topic is None:
            return None
        if not self._opens_bracket(named[-1].end, at) and not self._goes_on_list(s, named[-1], at):
            return None
        if topic.slug == named[-1].slug or (topic.kind == "country" and d.metric not in _WITH_PARTNERS):
            return None
        place = self.lexicon.place.get(named[-1].slug)
        if place is None or not (place.kind == "country" or (place.kind == "region" and not place.country)):
            return None
        return named[-1]

    def _opens_bracket(self, end: int, at: int) -> bool:
        """Tell whether an offset stands in a bracket that tells of a name before it."""
        opened = self.text.rfind("(", end, at)
        return opened >= 0 and ")" not in self.text[opened:at] and self._beside_bracket(end, opened)

    def _goes_on_shares(self, d: Draft, earlier: list[Draft]) -> bool:
        """Read "5% of the land's trade ($1bn), and Korea 4% ($0.8bn)" as of that land, with its partners."""
        told = earlier[-1] if earlier else None
        if told is None or told.port_rule != "whole" or told.reason or d.metric != told.metric:
            return False
        between = [m for m in self._named(told.figure.end, d.figure.start) if (m.slug,) != told.ports]
        if d.reading and d.reading.share and len(between) == 1 and self._country(between[0].slug):
            d.partner, d.partner_span = between[0].slug, (between[0].start, between[0].end)
            d.whole = told.whole
        elif not between and self.text[self._start(d.figure) - 1] == "(":
            d.partner, d.partner_span = told.partner, told.partner_span
        else:
            return False
        d.ports, d.port_marks, d.port_rule = told.ports, told.port_marks, "whole"
        return True

    def _share_of_other(self, d: Draft, mentions: Sequence[Mention]) -> bool:
        """Read "China accounts for 27% of Kazakhstan's transit" as of Kazakhstan, with China as partner."""
        last = min(d.clause.end, d.figure.end + 30)
        wholes = [m for m in mentions if m.role == "whole" and d.figure.end <= m.start < last]
        before = [m for m in mentions if m.role in ("subject", "modifier") and m.end <= d.figure.start]
        if not wholes or not before:
            return False
        whole, land = (self.lexicon.place.get(m.slug) for m in (wholes[0], before[-1]))
        if whole is None or land is None or land.kind != "country" or land.country == whole.country:
            return False
        d.ports, d.port_marks, d.port_rule = (whole.slug,), ((wholes[0].start, wholes[0].end),), "whole"
        d.partner, d.partner_span, d.whole = land.slug, (before[-1].start, before[-1].end), whole.slug
        return True

    def _country(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind == "country"

    def _is_area(self, subjects: Sequence[Mention], s: Sentence, d: Draft) -> bool:
        """Tell whether the only place before a figure is a land named in passing, in another clause."""
        if len({m.slug for m in subjects}) != 1:
            return False
        place = self.lexicon.place.get(subjects[-1].slug)
        last = subjects[-1]
        return (
            place is not None
            and place.kind == "country"
            and self.grammar.phrases["in_land"].search(self.text, max(0, last.start - 20), last.start)
            is not None
            and last.end <= d.clause.start
            and last.start - s.start > 6
        )

    def _lies_within(self, slug: str, land: str) -> bool:
        place, area = self.lexicon.place.get(slug), self.lexicon.place.get(land)
        return (
            place is not None
            and area is not None
            and place.kind != "country"
            and place.country == area.country
        )

    def _reports(self, slug: str) -> bool:
        """Tell whether a place is no mere part of the world."""
        place = self.lexicon.place.get(slug)
        return place is not None and (place.kind != "region" or place.country is not None)

    def _nearest_point(self, chosen: list[Mention], subjects: list[Mention], floor: int) -> list[Mention]:
        """Leave out a land behind its own crossing: through Khorgos there were exported from China …"""
        points = [m for m in subjects if m.strong and m.start >= floor and self._point(m.slug)]
        if points and points[-1] is not chosen[-1] and holds(self.lexicon, chosen[-1].slug, points[-1].slug):
            return points[-1:]
        return chosen

    def _not_its_own_partner(self, draft: Draft) -> None:
        """Let the land whose office speaks report what another one's trade with itself cannot be."""
        partner = draft.partner
        if partner is None or draft.ports != (partner,):
            return
        other = self.national if self.national and self.national != partner else self.state.partner
        if other and other != partner:
            draft.ports, draft.port_rule = (other,), "national"

    def _whole_land(self, s: Sentence) -> str | None:
        """Give the land of the story's place where a sentence turns to the whole country."""
        here = self.lexicon.place.get(self.state.topic[0]) if self.state.topic else None
        if here is None or not here.country or here.kind == "country":
            return None
        turned = self.grammar.phrases["whole_land"].match(self.text, s.start, s.end)
        return here.country.lower() if turned else None

    def _horizon(self, s: Sentence, f: Figure) -> int:
        """Where the next amount begins that is no part of one list with this: its place is not this one's."""
        tail = self._tail(f)
        for g in s.figures:
            if g.start < f.end or g.reason is not None or g.sense or g.unit == "other":
                continue
            if g.unit is None and g.value < _COUNT:
                continue
            if not self.grammar.listing.fullmatch(self.text[tail : self._start(g)]):
                return g.start
            tail = self._tail(g)
        return s.end

    def _pointed(
        self, s: Sentence, at: int, subjects: Sequence[Mention]
    ) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]] | None:
        """Read "this crossing in Xinjiang" as the crossing told of before, not as Xinjiang."""
        for mark in reversed(within(s.marks, s.start, at)):
            entry = mark.get("ref")
            if entry is None:
                continue
            told = [m.slug for m in self._named(s.start, mark.start) if self._point(m.slug)][-1:]
            here = tuple(told) or self.state.local or self.state.topic or self.title_topic
            if not here or not subjects or not all(holds(self.lexicon, m.slug, here[0]) for m in subjects):
                return None
            lies = self.grammar.phrases["lies_in"].fullmatch(self.text, mark.end, subjects[-1].start)
            if entry.attrs.get("this") or (lies and self._point(here[0])):
                return here, ((mark.start, mark.end),)  # the port in Xinjiang
        return None

    def _opens_next(self, s: Sentence, f: Figure, m: Mention) -> bool:
        """Tell whether a place behind a figure leads the next one: 21 million, of it through Dostyk - 17."""
        g = next((g for g in s.figures if g.start >= m.end and g.reason is None), None)
        return (
            g is not None
            and "," in self.text[f.end : m.start]
            and self.grammar.phrases["list_line"].fullmatch(self.text, m.end, self._start(g)) is not None
        )

    def _close_behind(self, s: Sentence, f: Figure, m: Mention) -> bool:
        """Tell whether a place is of the figure that it stands behind: 308,100 in Riga and 156,900 in …"""
        owner = next((g for g in reversed(s.figures) if g.end <= m.start and g.reason is None), None)
        return owner is not None and len(self.text[self._tail(owner) : m.start].split()) <= 3

    def _point(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind in ("rail", "road", "sea", "air")

    def _dateline(self, m: Mention) -> bool:
        """Tell whether a text opens with the name of a port, station or airport that it is then about."""
        place = self.lexicon.place.get(m.slug)
        return (
            place is not None
            and place.kind in ("rail", "road", "sea", "air")
            and not self.text[: m.start].strip()
        )

    def _whole_country(self, s: Sentence, d: Draft) -> None:
        """Read "of the national total" as a share of the country that the place lies in."""
        if not (d.reading and d.reading.share) or d.whole or len(d.ports) != 1:
            return
        place = self.lexicon.place.get(d.ports[0])
        if place is None or not place.country or place.kind == "country":
            return
        if self.grammar.phrases["national"].search(self.text, d.figure.end, min(s.end, d.figure.end + 50)):
            d.whole = place.country.lower()

    def _is_way(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and _WAY.search(place.name_en) is not None

    def _aside(self, m: Mention) -> bool:
        """Tell whether a place that another is compared with reports figures: Singapore, not Asia."""
        place = self.lexicon.place.get(m.slug)
        lead = self.text[max(0, m.start - 30) : m.start].lower()
        return place is not None and self.grammar.phrases["compared"].search(lead) is not None

    def _take(self, draft: Draft, group: Sequence[Mention], rule: str, first: bool = False) -> None:
        if first:
            last = 0
            while last + 1 < len(group) and group[last + 1].linked:
                last += 1
            if last == 0 and len(group) > 1 and self._is_part(group[0], group[1]):
                group = group[1:2]  # Sri Lanka's Port of Colombo
        else:
            last = len(group) - 1
        draft.ports, draft.port_marks = self._group(group, last)
        draft.port_rule = rule

    def _is_part(self, land: Mention, point: Mention) -> bool:
        """Tell whether a name is followed by one of what lies in it."""
        return (
            self.grammar.phrases["its_own"].fullmatch(self.text, land.end, point.start) is not None
            and holds(self.lexicon, land.slug, point.slug)
        )

    def _refers_behind(
        self, s: Sentence, f: Figure, following: int
    ) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]] | None:
        """Read "made via the corridor" and "through the port" behind a figure."""
        through = self.lexicon.words("through", self.grammar.lang)
        for mark in within(s.marks, f.end, following):
            if (
                mark.get("ref")
                and self.text[f.end : mark.start].rstrip().rsplit(" ", 1)[-1].lower() in through
            ):
                return self._refers(s, mark.end, f.end)
        return None

    def _refers(
        self, s: Sentence, at: int, start: int | None = None
    ) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]] | None:
        """Give what "the port" or "the corridor" before an offset of the sentence means."""
        for mark in reversed(within(s.marks, s.start if start is None else start, at)):
            entry = mark.get("ref")
            if entry is None or entry.value != "same":
                continue
            if entry.attrs.get("way"):
                before = reversed(self._named(0, mark.start))
                way = next((m for m in before if m.end <= mark.start and self._is_way(m.slug)), None)
                if way:
                    return (way.slug,), ((mark.start, mark.end),)
                continue
            wants_area = bool(entry.attrs.get("area"))
            slugs = (
                (self.state.region or self.state.topic)
                if wants_area
                else (self.state.local or self.state.topic)
            )
            kind = entry.attrs.get("of")
            if kind in ("region", "country"):
                slugs = self._area_meant(s, mark, slugs, kind) or slugs
            elif kind is not None and not self._all_of(slugs, kind):
                slugs = self._last_of(kind, mark.start) or slugs
            if slugs:
                return slugs, ((mark.start, mark.end),)
        return None

    def _area_meant(self, s: Sentence, mark: Mark, slugs: Sequence[str], kind: str) -> tuple[str, ...]:
        """Give the area around the story's place: "the region" is no port, nor its largest port one."""
        said = s.clause_of(mark.start).start
        if (
            not slugs
            or self._all_of(slugs, kind)
            or self.grammar.phrases["largest"].match(self.text, mark.end)
            or any(said <= g.start < mark.start and g.reason is None for g in s.figures)
        ):
            return ()  # 5,000 trains, half of the country's total
        for m in reversed(self._named(0, mark.start)):
            if self._all_of((m.slug,), kind) and all(holds(self.lexicon, m.slug, slug) for slug in slugs):
                return (m.slug,)
        around = self.lexicon.place.get(slugs[0])
        while around is not None and around.kind not in (kind, "country"):
            around = self.lexicon.place.get(around.parent or (around.country or "").lower())
        if (
            around is None
            or around.kind != kind
            or not all(holds(self.lexicon, around.slug, slug) for slug in slugs)
        ):
            return ()
        return (around.slug,)

    def _all_of(self, slugs: Sequence[str], kind: str) -> bool:
        places = [self.lexicon.place.get(slug) for slug in slugs]
        return bool(places) and all(p is not None and p.kind == kind for p in places)

    def _last_of(self, kind: str, at: int) -> tuple[str, ...]:
        """Give the place of a kind that was told of last, or that the title names: the airport."""
        for m in reversed(self._named(0, at)):
            if m.role == "subject" and self._all_of((m.slug,), kind):
                return (m.slug,)
        return self.title_topic if self._all_of(self.title_topic, kind) else ()
