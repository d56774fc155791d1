"""The finer parts of a key: direction, service, mode, partner, scope, nature, reporter, part and whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tallybook.bind import parts
from tallybook.bind.counts import Counted
from tallybook.bind.drafts import Draft, last_value
from tallybook.bind.heads import OTHER
from tallybook.bind.places import Mention
from tallybook.bind.structure import Sentence, within
from tallybook.lexicon import Mark

_PARTED = frozenset(
    {
        *("passengers", "vehicles", "vehicles_shipped", "cargo_tonnes"),
        *("teu", "containers", "parcels", "declarations", "routes"),
    }
)
"""Metrics whose parts a list names by a noun alone."""

_GOODS = frozenset({"cargo_tonnes", "vehicles_shipped", "teu", "containers"})
"""Metrics of goods, whose value may be told behind them."""

_GOODS_OF_ONE = frozenset({"cargo_tonnes", "teu", "containers", "trade_value", "vehicles_shipped", "wagons"})
"""What one train or ship may carry."""
_BEYOND = re.compile(r"累计|今年|去年|全年|以来|截至|\d月|同比|本月|每|日均|。")
_BY_PLACE = frozenset(
    {"teu", "containers", "cargo_tonnes", "vehicles_shipped", "routes", "countries_reached", "cities_reached"}
)
"""Metrics that take their mode from the place where no word says it."""
_OF_PROVINCE = re.compile(r"全[省区疆]|全自治区|[该我]省")
_OFFICE = ("海关", "关区", "口岸", "铁路", "站")
_AT_SEA = re.compile(r"港口|港区|货柜港|集装箱港|海港|码头|航运|船舶|大港|港排名|抵港|离港|远洋|内河")
_BY_LAND = re.compile(r"班列|铁路|通道|公铁|列车|陆港|火车")
_GLOSSED = re.compile(r"\([^()，。；\d]{0,6}")
"""Between a partner and its own growth in brackets: 韩国(升28.0%)."""
_SAME_LANDS = re.compile(r"(?:亚洲|欧洲|国家|地区|[的、和超近余约])*")
_NAMED_MODE = (("铁路", "rail"), ("公路", "road"))

_ON_TRAINS = frozenset({"trains", "teu", "cargo_tonnes", "containers", "wagons"})
"""Metrics that a service of trains is carried over to from the sentences before."""

_NOT_BY_TRAIN = frozenset(
    {"parcels", "parcel_value", "declarations", "passengers", "vehicles", "vessels", "flights"}
)
"""Metrics that a service of trains is not carried over to from the clause before."""

_PART_OF_IT = re.compile(r"[\s“]*(?:其中|其(?![他它余])|[对从自向]其)")


class Described(Counted):
    """Finds the attributes of a figure."""

    def _attributes(
        self,
        s: Sentence,
        draft: Draft,
        in_clause: list[Mark],
        earlier: list[Draft],
        mentions: Sequence[Mention],
    ) -> None:
        sentence_before = within(s.marks, s.start, draft.figure.start)
        clause_marks = [*within(s.marks, draft.clause.start, draft.figure.start), *draft.figure.inside]
        behind = within(s.marks, draft.figure.end, self._tail_end(s, draft))
        own_direction = last_value(clause_marks, "dir")
        if (
            own_direction is None
            and draft.head
            and draft.head.mark
            and draft.head.mark.end <= draft.figure.start
        ):
            own_direction = last_value(
                [
                    m
                    for m in sentence_before
                    if m.start >= draft.head.mark.start - 12 and m.end <= draft.head.mark.end + 1
                ],
                "dir",
            )
        if own_direction is None and draft.head and draft.head.mark and draft.head.rule == "behind":
            own_direction = last_value(within(s.marks, draft.figure.end, draft.head.mark.end), "dir")
        draft.direction = own_direction
        if draft.relates is not None and own_direction:
            draft.relates = _same_way(draft.relates, own_direction, earlier)
        source = draft.relates
        if draft.direction is None and source is not None:
            draft.direction = source.direction
        elif draft.direction is None and draft.head and draft.head.rule == "partner":
            told = (*reversed(earlier), *reversed(self.drafts))
            draft.direction = next(d.direction for d in told if d.head)
        elif (
            draft.direction is None
            and draft.figure.sense == ""
            and earlier
            and earlier[-1].metric
            and draft.metric != OTHER
        ):
            same = [
                d
                for d in earlier
                if d.clause.start <= draft.clause.start and d.direction and d.reason is None
            ]
            if same and within(s.marks, same[-1].figure.end, draft.figure.start):
                alike = same[-1].metric == draft.metric
                draft.direction = None if alike and not self._of_it(same[-1], draft) else same[-1].direction
        draft.service = (
            last_value(clause_marks, "service")
            or (last_value(behind, "service"))
            or (None if draft.metric in _NOT_BY_TRAIN else last_value(sentence_before, "service"))
        )
        if draft.service is None and source is not None:
            draft.service = source.service
        draft.own_service = draft.service is not None
        if draft.service is None and draft.metric in _ON_TRAINS:
            draft.service = self.state.service or self.title_service
        draft.mode = self._mode(clause_marks, draft)
        if draft.mode is None and source is not None:
            draft.mode = source.mode
        draft.nature = self._nature(draft, clause_marks) or self._planned(s, draft) or "actual"
        if (
            earlier
            and earlier[-1].nature == "plan"
            and draft.reading
            and draft.reading.change
            and earlier[-1].frame == draft.frame
        ):
            draft.nature = "plan"  # 估计增加20万箱…，合计增50万箱: the sum of what will be
        if (
            draft.nature == "actual"
            and draft.frame.low
            and self.published
            and draft.frame.low > self.published
        ):
            draft.nature = "plan"
        if draft.nature == "actual" and any(
            p.kind == "future" for p in s.periods if p.end <= draft.figure.start
        ):
            draft.nature = "plan"
        draft.scope = self._scope(s, draft, clause_marks, behind, earlier)
        draft.reporter = last_value(sentence_before, "reporter")
        self._partner(s, draft, mentions, source, earlier)
        if source is not None and (draft.head is None or draft.head.rule == "related"):
            draft.breakdown = source.breakdown
        elif draft.head and draft.metric not in (None, OTHER):
            if (
                draft.head.rule in ("list", "carried", "sentence")
                and draft.figure.sense == ""
                and draft.metric in _PARTED
            ):
                draft.breakdown = parts.before(self.text, s, draft.figure, self.lexicon)
                if draft.breakdown and self._names_place(draft, mentions):
                    draft.breakdown = None  # 福田口岸18.7万人次: a place, and no part of one
            else:
                draft.breakdown = parts.part(
                    self.text, s, draft.figure, draft.head.mark, draft.head.metric, self.lexicon
                )
        if draft.breakdown is None and draft.reading and draft.reading.share:
            draft.breakdown = self._part_of_share(s, draft)
        if draft.breakdown is None and source is not None and source.metric == draft.metric:
            draft.breakdown = source.breakdown
        if draft.breakdown is None and draft.metric not in (None, OTHER):
            since = max(draft.clause.start, _end_of(earlier))
            if earlier and earlier[-1].metric == "companies" and earlier[-1].sentence == draft.sentence:
                since = max(s.start, earlier[-1].figure.start - 16)  # 民营企业54.7万家，进出口12.48万亿元
            draft.breakdown = parts.named(
                within(s.marks, since, draft.figure.start), draft.metric
            ) or self._reach_of(s, draft, earlier)
        if (
            source is not None
            and draft.breakdown
            and source.metric == draft.metric
            and draft.breakdown != source.breakdown
        ):
            draft.relates = _of_part(draft, earlier)  # 其中外贸箱增长三成: of the part, not of the whole
        carried = draft.partner is not None and draft.partner == self.state.partner and not mentions
        if carried and draft.breakdown and not _PART_OF_IT.match(self.text, s.start):
            draft.partner = self.state.partner = None  # 对东盟进出口…。出口机电产品…: the goods of all trade
        if draft.breakdown is None and draft.figure.sense == "":
            draft.breakdown = self._goods_of_value(draft, earlier)
        if draft.reading and draft.reading.share:
            draft.whole = self._whole(draft, mentions)

    def _names_place(self, draft: Draft, mentions: Sequence[Mention]) -> bool:
        last = max((m for m in mentions if m.end <= draft.figure.start), key=lambda m: m.end, default=None)
        return bool(
            last
            and last.role == "subject"
            and last.start >= draft.clause.start
            and draft.breakdown
            and draft.breakdown in self.text[last.start : last.end]
        )

    def _of_it(self, whole: Draft, draft: Draft) -> bool:
        """Tell whether 其中 makes a figure a part of the one before it."""
        return "其中" in self.text[whole.figure.end : draft.figure.start]

    def _part_of_share(self, s: Sentence, draft: Draft) -> str | None:
        """Give the part that 外国人占比21.4% names directly before its share word."""
        mark = draft.reading.mark if draft.reading else None
        start = draft.relates.figure.end if draft.relates else draft.clause.start
        before = within(s.marks, start, mark.start) if mark else []
        entry = before[-1].get("metric") if before else None
        if (
            mark
            and entry
            and before[-1].end == mark.start
            and (entry.attrs.get("narrow") or entry.attrs.get("goods"))
        ):
            return self.text[before[-1].start : before[-1].end]
        return None

    def _reach_of(self, s: Sentence, draft: Draft, earlier: list[Draft]) -> str | None:
        """Carry 欧洲 from the countries to their cities: 通达欧洲26个国家的235个城市."""
        if draft.metric == "countries_reached":
            behind = within(s.marks, draft.figure.end, draft.figure.end + 5)
            return parts.named(behind, draft.metric)
        if draft.metric != "cities_reached" or not earlier or earlier[-1].metric != "countries_reached":
            return None
        gap = self.text[earlier[-1].figure.end : draft.figure.start]
        return earlier[-1].breakdown if _SAME_LANDS.fullmatch(gap) else None

    def _goods_of_value(self, draft: Draft, earlier: list[Draft]) -> str | None:
        """Give the goods that 货值31.2亿元 is the value of: those of the amount before it."""
        head = draft.head.mark if draft.head else None
        if not earlier or head is None or draft.metric != "trade_value":
            return None
        last = next((d for d in reversed(earlier) if not d.figure.sense), None)
        between = self.text[earlier[-1].figure.end : head.start]
        if last is None or last.metric == "trade_value" or last.reason:
            return None
        goods = last.breakdown or self._goods_counted(last)
        if not goods:
            return None
        if between.strip("，、,总") or last.metric not in _GOODS:
            return None
        draft.direction = draft.direction or last.direction
        draft.partner, draft.partner_span = last.partner, last.partner_span
        return goods

    def _goods_counted(self, draft: Draft) -> str | None:
        """Name the goods that are all of a metric and a part of trade: the 汽车 of 出口汽车37.8万辆."""
        mark = draft.head.mark if draft.head else None
        entry = mark.get("metric") if mark else None
        return self.text[mark.start : mark.end] if mark and entry and entry.attrs.get("whole") else None

    def _partner(
        self,
        s: Sentence,
        draft: Draft,
        mentions: Sequence[Mention],
        source: Draft | None,
        earlier: list[Draft],
    ) -> None:
        clause_start = draft.clause.start
        before = [m for m in mentions if m.role == "partner" and m.end <= draft.figure.start]
        words = [m for m in within(s.marks, s.start, draft.figure.start) if m.get("partner")]
        glossed = bool(before) and _GLOSSED.fullmatch(self.text, before[-1].end, draft.figure.start)
        if before and (glossed or before[-1].start >= clause_start):
            draft.partner, draft.partner_span = before[-1].slug, (before[-1].start, before[-1].end)
        elif words and words[-1].start >= clause_start:
            entry = words[-1].get("partner")
            draft.partner = entry.value if entry else None
            draft.partner_span = (words[-1].start, words[-1].end)
        elif source is not None:
            draft.partner, draft.partner_span = source.partner, source.partner_span
        elif draft.metric not in ("trade_value", "parcel_value"):
            pass  # only values are told of one partner clause after clause
        elif before:
            draft.partner, draft.partner_span = before[-1].slug, (before[-1].start, before[-1].end)
        elif words:
            entry = words[-1].get("partner")
            draft.partner = entry.value if entry else None
        elif self.state.partner and draft.metric == "trade_value":
            draft.partner = self.state.partner
        if draft.metric not in (
            "trade_value",
            "cargo_tonnes",
            "passengers",
            "trains",
            "teu",
            "containers",
            "flights",
            "vehicles",
            "parcel_value",
        ):
            draft.partner, draft.partner_span = None, None

    def _mode(self, marks: list[Mark], draft: Draft) -> str | None:
        own = last_value(marks, "mode")
        if draft.metric in ("trains", "wagons") or draft.service in (
            "china_europe",
            "central_asia",
            "china_europe_central_asia",
        ):
            return "rail"
        return {"vessels": "sea", "flights": "air", "vehicles": "road"}.get(draft.metric or "") or own

    def _of_place(self, draft: Draft) -> None:
        """Settle what hangs on the place: its mode, and that no train calls at an airport or a quay."""
        place = self.lexicon.place.get(draft.ports[0]) if len(draft.ports) == 1 else None
        if (
            place
            and place.kind in ("sea", "air")
            and draft.service
            and draft.metric in ("teu", "cargo_tonnes", "containers")
            and draft.service == (self.state.service or self.title_service)
            and not draft.own_service
        ):
            draft.service = None
            draft.mode = None
        self._haven(draft)
        draft.mode = draft.mode or self._mode_of_place(draft)
        if place and place.kind == "sea" and draft.metric == "flights":
            draft.reason, draft.missing = "no_metric", "aircraft: what sails from a quay is no flight"
        if draft.breakdown is None and place and draft.metric == "trade_value":
            draft.breakdown = self._zone(draft)
        share = draft.reading.mark if draft.reading and draft.reading.share else None
        if share and draft.whole is None and _OF_PROVINCE.search(self.text, share.end, draft.figure.start):
            draft.whole = self._province(draft)

    def _haven(self, draft: Draft) -> None:
        """Take a city for its sea port where boxes or ships of ports are counted: 上海1147万TEU."""
        if (
            len(draft.ports) != 1
            or draft.metric not in ("teu", "vessels", "cargo_tonnes")
            or (draft.metric == "cargo_tonnes" and not draft.port_rule.endswith(("national", "related")))
            or draft.service
            or draft.mode == "rail"
            or draft.reading is None
            or draft.partner is not None
        ):
            return
        haven = self.lexicon.haven.get(draft.ports[0])
        if haven is None or any(self.text.endswith(_OFFICE, a, b) for a, b in draft.port_marks):
            return
        start = max(0, draft.clause.start - 60)
        if not _BY_LAND.search(self.text, start, draft.figure.end) and (
            self.of_ports or _AT_SEA.search(self.text, start, draft.figure.end)
        ):
            draft.ports = (haven,)

    def _zone(self, draft: Draft) -> str | None:
        """Name the bonded zone of a port, whose trade is not the port's."""
        for start, end in draft.port_marks:
            for word in self.lexicon.spelled("suffix", "bonded"):
                if self.text.endswith(word, start, end):
                    return "综合保税区" if word == "综保区" else word
        return None

    def _mode_of_place(self, draft: Draft) -> str | None:
        """Give the mode that the place itself has: an airport, a sea port, a railway or road crossing."""
        place = self.lexicon.place.get(draft.ports[0]) if len(draft.ports) == 1 else None
        if place is None or draft.metric in (None, OTHER):
            return None
        if place.kind == "air" and (draft.metric in _BY_PLACE or draft.metric == "passengers"):
            return "air"
        if draft.metric not in _BY_PLACE:
            return None
        if place.kind in ("road", "sea"):
            return place.kind
        said = "".join(self.text[a:b] for a, b in draft.port_marks)
        modes = {mode for word, mode in _NAMED_MODE if word in said}
        return modes.pop() if len(modes) == 1 else None

    def _of_shipment(self, s: Sentence, draft: Draft, earlier: list[Draft]) -> bool:
        """Tell whether a figure goes on about one shipment: 满载55个集装箱…，总重1100吨，货值2800万元."""
        last = next((d for d in reversed(earlier) if d.reason is None and d.head), None)
        return bool(
            last
            and last.scope == "shipment"
            and draft.metric in _GOODS_OF_ONE
            and draft.reading
            and draft.reading.measure == "total"
            and not s.western
            and not _BEYOND.search(self.text, last.figure.end, draft.figure.start)
        )

    def _scope(
        self, s: Sentence, draft: Draft, marks: list[Mark], behind: list[Mark], earlier: list[Draft]
    ) -> str:
        value = last_value(marks, "scope") or last_value(behind, "scope")
        if value is None and self._quoted_by_company(draft):
            value = "company"
        if value is None and self._of_shipment(s, draft, earlier):
            value = "shipment"
        if value == "shipment" and draft.metric in (
            "routes",
            "countries_reached",
            "cities_reached",
            "companies",
            "trains",
        ):
            return "port"
        return value or "port"

    def _nature(self, draft: Draft, marks: list[Mark]) -> str | None:
        """Give plan or capacity, where the clause says so; an estimate of a past time is no plan."""
        for mark in reversed(marks):
            entry = mark.get("nature")
            if entry is not None:
                high = draft.frame.high
                past = high is not None and self.published is not None and high < self.published
                return None if entry.attrs.get("weak") and past else entry.value
        return None

    def _planned(self, s: Sentence, draft: Draft) -> str | None:
        """Carry a plan word over a list of goals (力争新设A，新增B) until a period or 已 ends it."""
        before = within(s.marks, s.start, draft.clause.start)
        for mark in reversed(before):
            entry = mark.get("nature")
            if entry and entry.value == "plan":
                between = self.text[mark.end : draft.figure.start]
                open_list = not any(mark.end <= p.start < draft.figure.start for p in s.periods)
                return (
                    "plan"
                    if open_list and "已" not in between and "；" not in between and between.count("，") <= 2
                    else None
                )
        return None

    def _whole(self, draft: Draft, mentions: Sequence[Mention]) -> str | None:
        """Give the place that a share is of, where one is named behind 占."""
        mark = draft.reading.mark if draft.reading else None
        start = mark.end if mark else draft.clause.start
        named = [m for m in mentions if m.role == "whole" and start <= m.start < draft.figure.start]
        return named[-1].slug if named else None

    def _province(self, draft: Draft) -> str | None:
        """Give what 全省 and 全区 mean: the province told of, else the one that the place lies in."""
        for slug in (*draft.ports, *self.state.region):
            if slug.startswith("cn-"):
                return slug
        return self._province_of(draft.ports[0]) if draft.ports else None

    def _province_of(self, slug: str) -> str | None:
        """Give the province that a place lies in, by the customs districts above it."""
        place = self.lexicon.place.get(slug)
        while place is not None:
            entry = self.lexicon.words("province").get(place.slug)
            if entry is not None:
                return entry.value
            place = self.lexicon.place.get(place.parent or "")
        return None

    def _quoted_by_company(self, draft: Draft) -> bool:
        """Tell whether the figure stands in a quotation whose speaker, named behind it, is of a company."""
        speaker = self._speaker(draft)
        return bool(speaker and re.search(r"公司|企业|集团|厂", self.text[speaker[0] : speaker[1]]))

    def _speaker(self, draft: Draft) -> tuple[int, int] | None:
        at = draft.figure.start
        opening = self.text.rfind("“", max(0, at - 400), at)
        closing = self.text.find("”", at, at + 400)
        if opening < 0 or closing < 0 or self.text.find("”", opening, at) >= 0 or closing - opening < 20:
            return None
        stop = re.compile(r"[。\n]").search(self.text, closing)
        end = stop.start() if stop else len(self.text)
        words = self.text[closing + 1 : end]
        said = re.search(r"说|表示|介绍|称|告诉", words)
        return (closing + 1, closing + 1 + said.end()) if said and said.end() < 60 else None


def _end_of(earlier: list[Draft]) -> int:
    return earlier[-1].figure.end if earlier else 0


def _of_part(growth: Draft, earlier: list[Draft]) -> Draft | None:
    """Give the amount of a growth's own part."""
    return next(
        (
            d
            for d in reversed(earlier)
            if not d.figure.sense and d.metric == growth.metric and d.breakdown == growth.breakdown
        ),
        None,
    )


def _same_way(tied: Draft, direction: str, earlier: list[Draft]) -> Draft | None:
    """Give the figure that a growth with a direction of its own is of: never the other direction's."""
    if tied.direction in (None, direction):
        return tied
    return next(
        (
            d
            for d in reversed(earlier)
            if d.figure.sense == "" and d.metric == tied.metric and d.direction == direction
        ),
        None,
    )
