"""Direction, service, mode, nature, scope, reporter and partner of a figure; and figures of other worlds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tallybook.bind.context import LINES
from tallybook.bind.drafts import Draft
from tallybook.bind.frames import Frame
from tallybook.bind.heads import OTHER, Head
from tallybook.bind.places import Mention
from tallybook.bind.spaced.bare import Nouned
from tallybook.bind.spaced.goods import traded
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.lexicon import Mark, Place
from tallybook.recognise.figures import MONEY, Figure
from tallybook.recognise.spaced_periods import said_only

_NEED_TRANSPORT = frozenset(
    {
        "containers",
        "routes",
        "countries_reached",
        "cities_reached",
        "cargo_types",
        "companies",
        "flights",
        "vessels",
    }
)
_OF_PORTS = frozenset({"routes", "vessels", "flights", "containers"})
_MOVED = frozenset({"train", "teu", "wagon", "tonne"})
_GOODS_OF = frozenset({"cargo_tonnes", "teu", "containers", "wagons", "trade_value"})
_OF_GOODS = frozenset({"cargo_tonnes", "cargo_types"})
_BEFORE_LABEL = " \n);,.•*-"
_LABEL = re.compile(r"([^\d;:()\n]{3,60}?)(?=\s-\s|\s\()")
_FREIGHT = frozenset({"trains", "teu", "wagons", "cargo_tonnes"})
"""What a story is of whose routes are told of at its end."""
_PASSING = _FREIGHT | {"vehicles", "containers"}
"""What passes a crossing one way or the other."""
_TOLD = 600
"""Characters before a sentence that tell what it is of."""
_NEED_CROSSING = frozenset({"passengers", "vehicles", "parcels"})

SAME_FIGURE = re.compile(
    r"\b(?:the (?:figure|number|total|tally|volume|value)|it|that) (?:was|stood|came|had been|reached|is)\b",
    re.I,
)
_CARRIERS = frozenset({"trains", "flights", "vessels"})
_TRADE_WAY = re.compile(r"(?:\w+ )?(?:exports|imports|shipments)\b|the (?:former|latter)", re.I)


class Detailed(Nouned):
    """Describes a figure."""

    def _attributes_of(
        self, s: Sentence, d: Draft, earlier: list[Draft], mentions: Sequence[Mention]
    ) -> None:
        f, source = d.figure, d.relates
        if source is None and d.compared:  # against $941,190 a year before: as what it is compared with
            source = next((e for e in reversed(earlier) if self._alike(e, d)), None)
        tail = self._tail(f)
        left = within(s.marks, max(d.clause.start, self._previous(s, f)), f.start)
        clause_left = within(s.marks, d.clause.start, f.start)
        right = within(s.marks, f.end, min(self._next(s, f), d.clause.end))
        noun = [m for m in right if m.start <= tail + 24]

        def pick(kind: str, *groups: Sequence[Mark]) -> str | None:
            for group in groups:
                for m in group:
                    e = m.get(kind)
                    if e is not None and e.value:
                        return e.value
            return None

        own = [
            m
            for m in right
            if m.end <= tail or self.grammar.phrases["says_way"].fullmatch(self.text, tail, m.start)
        ]
        own += [
            m
            for m in within(s.marks, self._previous(s, f), f.start)
            if self.grammar.phrases["way_label"].fullmatch(self.text, m.end, self._start(f))
        ]
        noun = [m for m in noun if not self.grammar.phrases["parts"].search(self.text, tail, m.start)]
        pronoun = self.grammar.phrases["stands_for"].search(self.text, d.clause.start, f.start)
        # exports to Korea rose, and those to Japan
        meant = within(s.marks, s.start, pronoun.start()) if pronoun else []
        kept = [
            m for m in clause_left if not (m.get("dir") and m.get("metric") and m.end <= self._previous(s, f))
        ]
        d.direction = pick(
            "dir", own, list(reversed(left)), noun, list(reversed(kept)), list(reversed(meant))
        ) or (source.direction if source else d.direction)
        if d.direction is None and d.metric != "trade_value":
            d.direction = self._way_of(s, f)
        d.service = pick(
            "service",
            noun,
            list(reversed(clause_left)),
            right,
            list(reversed(within(s.marks, s.start, f.start))),
        ) or (source.service if source else None)
        if d.service is None and d.metric in ("trains", "teu", "cargo_tonnes", "containers", "wagons"):
            d.service = self.state.service or self.title_service
        own_mode = pick("mode", noun, list(reversed(left)), right)
        d.mode = (
            "rail"
            if d.metric in ("trains", "wagons")
            or d.service in ("china_europe", "central_asia", "china_europe_central_asia")
            else {"vessels": "sea", "flights": "air"}.get(d.metric or "") or own_mode
        )
        said = within(s.marks, self._said_from(s, f.start), f.start)
        near = [m for m in said if f.start - m.end < 80] + [
            m
            for m in right
            if m.start - tail < 40 and (e := m.get("nature")) is not None and e.value == "plan"
        ]
        before = within(s.marks, s.start, f.start)
        d.nature = pick("nature", list(reversed(near))) or self._still_planned(s, d, before) or "actual"
        if source is not None and d.nature == "actual":
            d.nature = source.nature
        if d.nature == "actual" and (
            (d.frame.low and self.published and d.frame.low > self.published)
            or any(
                p.kind == "future"
                for p in s.periods
                if abs(p.start - f.start) < 120 and (p.end <= f.start or p.start < self._next(s, f))
            )
        ):
            d.nature = "plan"
        d.scope = self._scope_of(s, d, earlier, clause_left, right)
        if d.scope == "port" and earlier and earlier[-1].scope == "shipment" and d.figure.unit not in MONEY:
            gap = self.text[self._tail(earlier[-1].figure) : self._start(f)]
            if self.grammar.listing.fullmatch(gap):
                d.scope = "shipment"  # a plane with 80,000 packages, 77 tons in all
        if d.scope == "shipment":
            self._day_of_shipment(s, d)
        d.reporter = pick("reporter", list(reversed(before)), within(s.marks, f.end, s.end))
        named = [m for m in mentions if m.role == "partner"]
        last = min(self._next(s, f), s.end)
        if any(m.start < d.clause.start for m in named):
            last = min(last, d.clause.end)  # trade of A with B grew, by 5% to 7: exports of B to A …
        partners = [
            m for m in named if d.clause.start <= m.start < f.start or f.end <= m.start < last
        ]
        words = [m for m in [*clause_left, *right] if m.get("partner")]
        if d.metric in (
            "trade_value",
            "cargo_tonnes",
            "passengers",
            "trains",
            "teu",
            "containers",
            "vehicles",
            "parcel_value",
        ):
            if partners:
                chosen = min(partners, key=lambda m: abs(m.start - f.start))
                d.partner, d.partner_span = chosen.slug, (chosen.start, chosen.end)
            elif words:
                d.partner = words[-1].get("partner").value  # type: ignore[union-attr]
            elif source is not None:
                d.partner, d.partner_span = source.partner, source.partner_span
            elif d.metric == "trade_value":
                self._same_partner(s, d, earlier, mentions)
                self._goes_on(s, d)
        if d.metric == "trade_value" and d.direction is None:  # exports to Italy (7), Iraq (5)
            d.direction = pick("dir", list(reversed(within(s.marks, s.start, f.start))))
        label = None if f.sense or source or d.metric not in _GOODS_OF else self._label(s, f)
        if label is not None:
            d.breakdown = label
        elif source is not None:
            d.breakdown = source.breakdown
        elif d.head and d.head.mark and d.head.rule != "related":
            d.breakdown = self._goods_of_head(s, f, d.head)
        if d.breakdown is None and source is None and d.metric in ("trade_value", "cargo_tonnes"):
            d.breakdown = traded(self.text, (d.clause.start, f.start, self._tail(f)), s.marks, self.grammar)
        if d.head and d.head.rule == "elided":
            d.breakdown = self._elided_part(s, f if f.sense else earlier[-1].figure)
        if d.reading and d.reading.share:
            last = min(d.clause.end, f.end + 60)
            wholes = [m for m in mentions if m.role == "whole" and f.end <= m.start < last]
            d.whole = wholes[0].slug if wholes else None
            parts = [m for m in mentions if m.role == "whole" and d.clause.start <= m.start < f.start]
            part = self.lexicon.place.get(parts[-1].slug) if parts else None
            if part is not None and part.kind == "country" and not d.partner and d.metric == "trade_value":
                d.partner = parts[-1].slug  # China's share of the land's trade
                d.partner_span = (parts[-1].start, parts[-1].end)

    def _goods_of_head(self, s: Sentence, f: Figure, head: Head) -> str | None:
        """Give the goods that the word for what is counted names; none that another figure has."""
        mark = head.mark
        entry = mark.get("metric") if mark else None
        if mark is None or entry is None:
            return None
        if entry.attrs.get("part"):
            return entry.attrs["part"]
        if self._of_previous(s, f, mark) or (head.rule == "carried" and mark.end <= s.start):
            return None  # 4 tonnes of iron ore, 2 of paper
        named = entry.attrs.get("goods") or entry.attrs.get("narrow")
        return self.text[mark.start : mark.end] if named else None

    def _of_previous(self, s: Sentence, f: Figure, word: Mark) -> bool:
        """Tell whether goods stand right behind another figure, whose they are."""
        before = next((g for g in reversed(s.figures) if g.end <= word.start and g.reason is None), None)
        if before is None or word.end > f.start:
            return False
        gap = self.text[self._tail(before) : word.start]
        return "," not in gap and self.grammar.phrases["of_link"].fullmatch(gap) is not None

    def _label(self, s: Sentence, f: Figure) -> str | None:
        """Give the goods that stand before a dash in a list: "timber - 67,300 TEU; ores - 18,000"."""
        floor = max(self._previous(s, f), s.start)
        begin = max(floor, self.text.rfind(":", floor, f.start) + 1)
        begin += len(self.text[begin : f.start]) - len(self.text[begin : f.start].lstrip(_BEFORE_LABEL))
        for lead in self.grammar.phrases["label_lead"].finditer(self.text, begin, f.start):
            if lead.start() == begin or self.text[lead.start() - 2 : lead.start()] == ", ":
                begin = lead.end()  # dry cargo, including coal - 3.6 tonnes
        label = _LABEL.match(self.text, begin)
        listed = self.itemised or ":" in self.text[s.start : f.start] or floor > s.start
        if label is None or not listed:
            return None
        gap = self.text[label.end(1) : self._start(f)]
        if not self.grammar.phrases["list_line"].fullmatch(gap) and gap != " (":
            return None
        if label[1].split()[0].lower() in self.grammar.stop:
            return None
        for m in within(s.marks, label.start(1), label.end(1)):
            entry = m.get("metric")
            counted = entry is not None and not entry.attrs.get("goods")
            if counted and (m.start == label.start(1) or entry is None or entry.value not in _OF_GOODS):
                return None  # turnover: 5 million tonnes; but timber cargo is goods
            if any(m.get(kind) for kind in ("dir", "place", "partner", "measure", "change")):
                return None
        return None if any(p.start < label.end(1) and p.end > label.start(1) for p in s.periods) else label[1]

    def _day_of_shipment(self, s: Sentence, d: Draft) -> None:
        """Give a shipment the day that its sentence, or the one before, tells of its way."""
        if d.frame.known and not d.frame.inherited:
            return
        days = [
            p
            for p in s.periods
            if p.kind == "point"
            and p.grain == "day"
            and p.high
            and not said_only(self.text, self.grammar.period, p, self._phrase(s, p))
        ]
        if days:
            d.frame = Frame(days[0].low, days[0].high, "point", "day", (days[0],))
            return
        number, day = self.moment
        if day is not None and d.sentence - number == 1:
            d.frame = Frame(day, day, "point", "day")

    def _way_of(self, s: Sentence, f: Figure) -> str | None:
        """Give the only way that the opening of a sentence tells: Inbound, so the port, 300."""
        first = next((g.start for g in s.figures if g.reason is None), f.start)
        told = {
            (e.value, m.start < first and not m.get("metric"))
            for m in s.marks
            if (e := m.get("dir")) is not None and e.value and not e.attrs.get("trade")
        }
        return next(iter(told))[0] if len(told) == 1 and all(opens for _, opens in told) else None

    def _way_from(self, s: Sentence, d: Draft, mentions: Sequence[Mention]) -> str | None:
        """Give the way by the lands that what passes comes from or goes to: 1,790 trains from China."""
        here = self.lexicon.place.get(d.ports[0]) if len(d.ports) == 1 else None
        if d.metric not in _PASSING or here is None or not here.country:
            return None
        f, previous, following = d.figure, self._previous(s, d.figure), self._next(s, d.figure)
        ways = set()
        for m in mentions:
            land = self.lexicon.place.get(m.slug)
            if m.role not in ("origin", "endpoint") or land is None or land.kind not in ("country", "region"):
                continue
            if self.grammar.phrases["with_land"].search(self.text, max(0, m.start - 12), m.start):
                continue
            ahead = max(previous, d.clause.start) <= m.start < f.start
            behind = f.end <= m.start < following and not re.search(r"[,;:(]", self.text[f.end : m.start])
            if ahead or behind:
                comes_in = (m.role == "origin") != (land.country == here.country)
                ways.add("import" if comes_in else "export")
        return next(iter(ways)) if len(ways) == 1 else None  # from China to Europe: through it

    def _trade_story(self, d: Draft) -> bool:
        """Tell whether the sentence before told what trade was worth."""
        last = self.state.last
        return last is not None and last.metric == "trade_value" and d.sentence - last.sentence <= 1

    def _at_a_port(self, d: Draft) -> bool:
        places = [self.lexicon.place.get(slug) for slug in d.ports]
        return any(
            p is not None
            and (
                p.kind in ("rail", "road", "sea", "air")
                or (p.kind == "region" and re.match(r"[a-z]{2}(?:-|$)", p.slug) is None)
            )
            for p in places
        )

    def _alike(self, e: Draft, d: Draft) -> bool:
        same = e.metric == d.metric and e.figure.unit == d.figure.unit
        return same and not e.compared and not e.figure.sense

    def _goes_on(self, s: Sentence, d: Draft) -> None:
        """Let "in 2023 the figure was 31.5" and "exports amounted to 7.7" keep the partner."""
        last = self.state.last
        if (
            last is None
            or d.partner is not None
            or last.partner is None
            or d.sentence - last.sentence != 1
            or s.block != self.state.block
            or last.metric != d.metric
            or last.figure.unit != d.figure.unit
            or last.figure.sense
        ):
            return
        opening = self.text[s.start : d.figure.start].lstrip()
        trade = any(
            m.start - s.start <= 4 and (e := m.get("dir")) is not None and e.attrs.get("trade")
            for m in s.marks[:3]
        )
        two_way = last.metric == "trade_value" and self.grammar.phrases["two_way"].search(opening)
        if two_way or SAME_FIGURE.search(opening) or (
            (trade or _TRADE_WAY.match(opening))
            and d.figure.value < last.figure.value
            and last.direction in (None, "both")
        ):
            d.partner = last.partner

    def _same_partner(self, s: Sentence, d: Draft, earlier: list[Draft], mentions: Sequence[Mention]) -> None:
        """Take the partner of the sentence where nothing says another: while imports rose 12.7%."""
        named = [m for m in mentions if m.role == "partner" and m.end <= d.figure.start]
        last = named[-1] if named else None
        if last is None or any(
            m.role == "subject" and last.end <= m.start < d.figure.start for m in mentions
        ):
            return
        if ";" in self.text[last.end : d.figure.start]:
            return
        d.partner, d.partner_span = last.slug, (last.start, last.end)

    def _named_port(self, d: Draft) -> bool:
        """Tell whether a figure's place is a crossing, or is called a port, a terminal or an airport."""
        place = self.lexicon.place.get(d.ports[0]) if len(d.ports) == 1 else None
        if place is None or place.kind not in ("rail", "road", "sea", "air"):
            return False
        return any(
            word in self.lexicon.words("suffix", self.grammar.lang)
            for a, b in d.port_marks
            for word in re.findall(r"[^\W\d_]+", self.text[max(0, a - 20) : b].lower())
        )

    def _is_exported(self, s: Sentence, d: Draft) -> bool:
        """Tell whether vehicles are what is exported: 450,000 vehicles were exported via the port."""
        noun = d.figure.noun
        if noun is not None and self.grammar.phrases["trucks"].search(self.text, *noun):
            return False  # trucks that export coal
        return any(
            (e := m.get("dir")) is not None
            and e.attrs.get("trade")
            and self.grammar.phrases["exported"].search(self.text, m.start, m.end + 4) is not None
            for m in within(s.marks, d.clause.start, min(d.clause.end, d.figure.end + 40))
            if abs(m.end - d.figure.start) < 30 or 0 <= m.start - self._tail(d.figure) < 16
        )

    def _cleared(self, s: Sentence, d: Draft) -> bool:
        """Tell whether vehicles are goods that customs cleared, here or where the story counted them last."""
        noun = d.figure.noun
        if noun is None or self.grammar.phrases["trucks"].search(self.text, *noun):
            return False
        if self.grammar.phrases["cars"].search(self.text, *noun) is None:
            return False
        if self.grammar.phrases["cleared"].search(self.text, d.clause.start, self._start(d.figure)):
            return (
                self.grammar.phrases["as_cargo"].search(self.text, max(0, s.start - 500), s.end) is not None
            )
        last = self.state.recent.get("vehicle")
        crossed = any(m.get("crossing") for m in within(s.marks, d.clause.start, d.clause.end))
        return (
            last is not None and last.metric == "vehicles_shipped" and not crossed and last.ports == d.ports
        )

    def _both_sea(self, slugs: tuple[str, ...], place: Place) -> bool:
        """Tell whether the story has told of a part of the same land's seaport, as of a terminal of Baku."""
        other = self.lexicon.place.get(slugs[0]) if len(slugs) == 1 else None
        return other is not None and other.kind == place.kind == "sea" and other.country == place.country

    def _is_line(self, slug: str) -> bool:
        """Tell whether a place is a railway line, which carries travellers as a port lets them pass."""
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind == "region" and "railway" in place.name_en.lower()

    def _port_story(self, d: Draft) -> bool:
        """Tell whether the story has told what the same seaport or crossing handles."""
        last = self.state.counted
        place = self.lexicon.place.get(d.ports[0]) if len(d.ports) == 1 else None
        if place is not None and place.kind == "country" and last is not None:
            # the ports of a land, which pass boxes and people
            return d.metric == "passengers" and last.ports == d.ports and last.metric in ("teu", "containers")
        return (
            d.metric in ("vehicles", "passengers")
            and place is not None
            and place.kind in ("sea", "rail", "road")
            and last is not None
            and (last.ports == d.ports or self._both_sea(last.ports, place))
            and last.metric in ("teu", "cargo_tonnes", "containers", "wagons", "vessels", "vehicles")
        )

    def _still_planned(self, s: Sentence, d: Draft, before: list[Mark]) -> str | None:
        for m in reversed(before):
            e = m.get("nature")
            if e is not None and e.value == "plan":
                between = self.text[m.end : d.figure.start]
                goes_on = between.count(",") <= 1 and len(between) < 120
                return "plan" if goes_on and not self.grammar.phrases["turn"].search(between) else None
        return None

    def _scope_of(
        self, s: Sentence, d: Draft, earlier: list[Draft], left: list[Mark], right: list[Mark]
    ) -> str:
        for m in [*reversed(left), *(m for m in right if m.start - self._tail(d.figure) < 30)]:
            e = m.get("scope")
            if e is None or not e.value:
                continue
            if e.value == "shipment":
                words = self.text[m.start : m.end].lower()
                if d.metric in (
                    "routes",
                    "countries_reached",
                    "cities_reached",
                    "companies",
                    "trains",
                    "trade_value",
                ):
                    return "port"
                if self.grammar.phrases["laden"].fullmatch(words):
                    # since the first train in 2013, 14,000 trips carrying 1.6 million TEUs: of all of them
                    start = max((e.figure.end for e in earlier if e.metric in _CARRIERS), default=s.start)
                    single = any(
                        (x := k.get("scope")) is not None and x.value == "shipment" and k is not m
                        for k in within(s.marks, start, d.figure.start)
                    )
                    if not single and not self.grammar.phrases["one_vehicle"].search(
                        self.text, start, m.start
                    ):
                        continue
            return e.value
        return "port"

    def _check(self, s: Sentence, d: Draft) -> None:
        """Leave a figure unkeyed that only its noun makes one of trade, in a sentence that speaks of none."""
        if d.head is None or d.metric in (None, OTHER):
            return
        metric = d.metric
        if (
            metric in _NEED_TRANSPORT
            and d.relates is None
            and not (d.ports and d.ports[0].startswith(LINES))
            and not (d.head.mark and (e := d.head.mark.get("metric")) is not None and e.attrs.get("trade"))
            and not any(
                m.get("transport")
                or m.get("service")
                or m.get("mode")
                or ((way := m.get("dir")) is not None and way.attrs.get("trade"))
                or ((e := m.get("scope")) is not None and e.value == "shipment")
                for m in s.marks
                if not (d.head.mark and m.start == d.head.mark.start)
            )
            and not any(g.unit in _MOVED and g is not d.figure for g in s.figures)
        ):
            last = self.state.last
            near = 5 if last and last.metric in _FREIGHT else 2
            if not (last and last.metric and d.sentence - last.sentence <= near) and not (
                self._named_port(d) or (metric in _OF_PORTS and d.figure.noun and self._at_a_port(d))
            ):
                d.reason, d.missing = "no_metric", "a word of transport"
        if (
            metric == "cargo_tonnes"
            and d.relates is None
            and d.head.rule != "carried"
            and self._weak(d.head)
            and not self._in_story(d)
            and not self._at_a_port(d)
            and not any(
                m.get("transport")
                or m.get("service")
                or (m.get("mode") and not self._is_goods_head(d.head))
                or m.get("dir")
                or m.get("scope")
                or m.get("partner")
                or (
                    (e := m.get("metric")) is not None
                    and e.value.startswith(("cargo_tonnes", "trade_value", "teu", "parcels"))
                    and (bool(e.attrs.get("weak")) != bool(self._is_goods_head(d.head)) or not e.attrs)
                    and (m.start != d.head.mark.start if d.head.mark else True)
                )
                for m in s.marks
            )
            and not any(g.unit in _MOVED and g is not d.figure and not g.reason for g in s.figures)
        ):
            d.reason, d.missing = "no_metric", "a word of transport"
        if (
            metric == "trade_value"
            and d.relates is None
            and self._weak(d.head)
            and not self._trade_story(d)
            and not any(
                ((e := m.get("dir")) is not None and e.attrs.get("trade"))
                or m.get("service")
                or (
                    (x := m.get("metric")) is not None
                    and not x.attrs.get("weak")
                    and x.value.startswith(("cargo", "trade", "teu", "parcel", "trains"))
                )
                for m in s.marks
            )
            and not any(
                g.unit in ("tonne", "teu", "train", "parcel", "container", "wagon")
                for g in s.figures
                if g is not d.figure
            )
        ):
            d.reason, d.missing = "no_metric", "a word of trade"
        if (
            metric in ("trade_value", None)
            and d.figure.unit in MONEY
            and (
                any(g.unit == "parcel" and g.end <= d.figure.start and not g.reason for g in s.figures)
                or any(
                    (e := m.get("metric")) is not None and e.value == "parcels" and "trade" not in e.word
                    for m in within(s.marks, s.start, d.figure.start)
                )
            )
            and (self._weak(d.head) or d.head.rule in ("sentence", "list"))
        ):
            d.head = replace(d.head, metric="parcel_value")
        place = self.lexicon.place.get(d.ports[0]) if d.ports else None
        if (
            metric == "vehicles"
            and d.relates is None
            and place is not None
            and (place.kind == "sea" or self._is_exported(s, d))
            and (self._is_exported(s, d) or not any(m.get("crossing") for m in s.marks))
        ):
            mark = d.head.mark
            noun = d.figure.noun or ((mark.start, mark.end) if mark else (0, 0))
            exported = any(
                (e := m.get("dir")) is not None and e.attrs.get("trade")
                for m in within(s.marks, d.clause.start, min(s.end, d.figure.end + 30))
            ) or self.grammar.phrases["as_cargo"].search(self.text, max(0, s.start - 500), s.end)
            if exported or self.grammar.phrases["cars"].search(self.text, *noun):
                metric = "vehicles_shipped"
                d.head = replace(d.head, metric=metric)
        if metric == "vehicles" and d.relates is None and self._cleared(s, d):
            metric = "vehicles_shipped"
            d.head = replace(d.head, metric=metric)
        if metric == "vehicles" and d.scope == "shipment":
            metric = "vehicles_shipped"  # a train with 165 vehicles
            d.head = replace(d.head, metric=metric)
        if (
            metric in ("countries_reached", "cities_reached")
            and self.grammar.phrases["located"].search(self.text, s.start, self._start(d.figure))
            and not any(
                (e := m.get("metric")) is not None
                and e.value in ("countries_reached", "cities_reached", "routes")
                for m in within(s.marks, s.start, d.figure.start)
            )
            and not any(
                g.unit in ("city", "country", "route", "train") and g.end <= d.figure.start for g in s.figures
            )
        ):
            d.reason, d.missing = "no_metric", "a word of reaching"
        if (
            metric in _NEED_CROSSING
            and not self._port_story(d)
            and not (
                metric == "vehicles"
                and self.border
                and any((e := m.get("dir")) is not None and e.attrs.get("trade") for m in s.marks)
            )
            and not (
                metric in ("passengers", "vehicles")
                and self._ports_named(within(s.marks, s.start, d.figure.start))
            )
            and not (metric == "passengers" and len(d.ports) == 1 and self._is_line(d.ports[0]))
            and d.relates is None
            and not any(m.get("crossing") for m in s.marks)
            and not self.grammar.phrases["customs"].search(self.text, max(0, s.start - _TOLD), s.end)
            and not (
                d.figure.noun
                and self.grammar.phrases["across"].search(self.text, d.figure.start, self._tail(d.figure))
            )
            and not (metric == "parcels" and self.grammar.phrases["across"].search(self.text, s.start, s.end))
        ):
            counted = self.lexicon.metric[metric].unit
            known = self.state.recent.get(d.figure.unit or "") or self.state.recent.get(counted or "")
            place = self.lexicon.place.get(d.ports[0]) if d.ports else None
            if (
                not (known and known.metric == metric)
                and not (place and place.kind in ("road", "rail", "air"))
                and not (metric == "parcels" and self.border and place and place.kind == "inland_hub")
                and not self._named_port(d)
            ):
                d.reason, d.missing = "no_metric", "a border or customs"
