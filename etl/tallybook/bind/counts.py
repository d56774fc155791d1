"""What a figure counts, and which figure a change, share or lead qualifies."""

from __future__ import annotations

import re

from tallybook.bind import frames, heads, measures
from tallybook.bind.context import LINES
from tallybook.bind.drafts import Draft
from tallybook.bind.heads import OTHER, Head
from tallybook.bind.spans import Timed
from tallybook.bind.structure import Clause, Sentence, within
from tallybook.frozen import replace
from tallybook.lexicon import Mark
from tallybook.recognise.figures import MONEY, TIME, Figure

_HARBOUR = re.compile(r"机场|空港|口岸|港口")
_ENTRY = re.compile(r"口岸|小三通|跨境旅客|出入境|两岸")
"""What makes travellers carried ones that cross a border."""
_CROSSING = re.compile(r"进出境|出入境|口岸")
_DOMESTIC = re.compile(r"铁路|民航|公路|水路|春运|航空|全省|全国|国内")
_OLD_LEVEL = re.compile(r"[由从较比][^，。；]{0,8}$")
_COMPARED_WITH = (
    (  # 较2024年的922.8万箱减少
        re.compile(r"(?:较之?|(?<![占对])比|相较于?)(?:(?:19|20)\d\d年|去年|上年|前年)[^，。；\d]{0,8}$"),
        re.compile(r"[大小微略]?[幅]?(?:增|减|升|跌|降|下|上|成长|衰退|多|少)"),
    ),
    (  # 与2017年全年的377列相比
        re.compile(r"[与同和](?:(?:19|20)\d\d年|去年|上年|前年)[^，。；\d]{0,10}$"),
        re.compile(r"[^，。；\d]{0,4}相比"),
    ),
)
"""What stands before and behind an amount that another is compared with."""
_THEN_PASSED = re.compile(
    r"[，,]?(?:首次|率先|再次)?(?:突破|达到?|完成|实现|破|超过?|迈过|跨越|跨过|迈上|过)了?"
)
_PORT_NAME = re.compile(r"(?:口岸|关|边检站|管制站)$")
_PLAIN = re.compile(
    r"(?:今年|单日|日均|平均|每日|每天|累计|共计|共|分别|依次|各自|各|录得|验放|查验|通关|最高|达到?|为|有|约|近|超过?|逾|突破|[，,])*"
)
_ATTAINS = re.compile(r"(?:达到|突破|完成|实现|迈上|跨越|破|超过?|冲破)[\u3400-\u9fff]{0,6}\d")
"""提前27天达到3000列: the count that came earlier stands behind."""
_OF_IT = re.compile(r"[\u4e00-\u9fff]{0,3}，?(?:同比|环比|按年|按月|较[^，。；]{1,8}|比[^，。；]{1,8})?")
_PER_TIME = frozenset({"daily_mean", "daily_max", "weekly_mean", "monthly_mean"})

_GOES_ON = re.compile(r"\s*(?:That|This|It|Это|Что)\b[^.]*$")
_SAME_KIND = re.compile(
    r",? (?:compared (?:with|to)|versus|vs\.?|against|up from|down from|from|and|или|и|против|вместо|с) "
    r"(?:about |some |just )?"
    r"|, (?:[а-яё]+ ){1,2}|, (?:до|to) ",
    re.I,
)


_LINE = re.compile(r"(?:线路|路线|航线)$")
_LARGE = 10_000
_OPENED = re.compile(r"\([约近超逾共达为]{0,2}$")
_PARTS = re.compile(r"[，。；：、\d)]")
_NAME_REACH = 12
"""Characters before a bracket in which the name stands that it speaks of."""
_COUNTS = {
    "passengers": "person",
    "teu": "teu",
    "vehicles": "vehicle",
    "trains": "train",
    "parcels": "parcel",
}
"""The unit that a number has which stands bare behind its head."""
_ARE = re.compile(r"(?:是|为|属|系)[\u4e00-\u9fff]{0,6}(?:居民|旅客|访客|人士|外国人|港人|同胞|游客)")
_OF_WHICH = re.compile(r"其中|当中|中有")
_COUNTED_SO = re.compile(
    r"(?:首度|首次|再次|已经?|就|更|便|一举|连续|累计|共|总计|料|将|预计|分别|录得|约|近|超过?|逾|突破|破|达到?|增至|升至|至|为|有|的|了|同比|历史性|人次|数量|总量)*"
)
_SO_MANY = re.compile(
    r"[“\s]*(?:估计|预计|大约|分别|依次|各自?|则|约)*(?:为|达到?|共|有|计|是|录得)[约近超逾达]{0,2}"
)
_COUNT_ENDS = re.compile(r"(?:大关|关口|以上|左右|余)?[，,。；、)\n]|$")


_CARS = re.compile(r"车(?=以上|左右|[，。；、,;)\n]|$)")

_NEVER_GROWS = frozenset({"country", "city", "other", "month", "year", "week", *TIME})
"""Units of what no growth is told of where nothing names it: 连续10个月保持增长，增长12%."""


class Counted(Timed):
    """Finds the head of a figure and the figure that it qualifies."""

    def _head(
        self,
        s: Sentence,
        draft: Draft,
        figure: Figure,
        window: list[Mark],
        in_clause: list[Mark],
        earlier: list[Draft],
        change: bool,
    ) -> Head | None:
        lex, unit = self.lexicon, figure.unit
        inside = heads.nearest(figure.inside, unit, lex, change, "inside")
        if inside:
            return inside  # two passenger trains are of another world, 40 freight trains are not
        if change:
            base = measures.base_span(self.text, window[0].start if window else figure.start, figure.start)
            outside = [m for m in window if not (base and base[0] <= m.start and m.end <= base[1])]
            window = outside or window
        found = heads.nearest(window, unit, lex, change, "clause")
        if found:
            found = self._of_counted(self._settled(s, figure, found), change, earlier)
            return self._of_cars(found, window, earlier) if change else found
        if change:  # a bare change is of the figure before it: see _relate
            if self.text.startswith(("的", ")的"), figure.end):  # 降低15%的运输成本, (跌10.4%)的进口货值
                return heads.first(
                    within(s.marks, figure.end, self._tail_end(s, draft)), unit, lex, change, "behind"
                )
            return self._told_before(s, draft)
        tail = within(s.marks, figure.end, self._tail_end(s, draft))
        found = heads.first(tail, unit, lex, change, "behind")
        if found:
            return found
        found = heads.nearest(in_clause, unit, lex, change, "clause")
        if found:
            return self._settled(s, figure, found)
        opened = _OPENED.search(self.text, max(s.start, figure.start - 8), figure.start)
        if opened and not s.western:  # 总出口货值(77.9亿元)上升5.8%
            named = within(s.marks, max(s.start, opened.start() - _NAME_REACH), opened.start())
            found = heads.nearest(named, unit, lex, change, "bracket")
            if found and found.mark and not _PARTS.search(self.text, found.mark.end, opened.start()):
                return self._settled(s, figure, found)
        for other in reversed(earlier):
            if other.head and other.figure.unit == unit and other.figure.sense == figure.sense:
                return replace(other.head, rule="list")
        found = heads.nearest(within(s.marks, s.start, draft.clause.start), unit, lex, change, "sentence")
        if found:
            return self._settled(s, figure, found)
        lines = not figure.number.words and _LINE.search(self.text, figure.number.end, figure.end)
        if unit == "route" and lines and self._by_train(s):
            return Head("routes", None, "unit")  # 拥有51条路线, said of a train service
        lone = heads.alone(figure, lex, s.western)
        if lone:
            return lone
        crossing = {"person": "passengers", "vehicle": "vehicles"}.get(unit or "")
        if crossing and any(d.metric in ("passengers", "vehicles") for d in earlier):
            return Head(crossing, None, "list")  # 19.4万人次、2.6万辆次
        if crossing and self._at_crossing(draft):
            return Head(crossing, None, "crossing")
        last = None if unit in TIME else self.state.recent.get(unit or "")
        if last and last.head and last.reason is None and draft.sentence - last.sentence <= 2:
            return replace(last.head, rule="carried")
        return None

    def _told_before(self, s: Sentence, draft: Draft) -> Head | None:
        """Give what the sentence before told, for the change of one more partner or of a part.

        其中输往越南升38% goes on with the trade told, 其中盐田港升8% with the port's boxes.
        """
        last = next((d for d in reversed(self.drafts) if d.reason is None and d.head), None)
        if last is None or last.head is None or draft.sentence - last.sentence > 1:
            return None
        named = self._named(draft.clause.start - _NAME_REACH, draft.figure.start)
        parts = _OF_WHICH.match(self.text, s.start) is not None and s.block == self.state.block
        if parts and any(m.role == "subject" and m.start >= s.start for m in named):
            return replace(last.head, rule="partner")
        if last.metric != "trade_value" and last.partner is None:
            return None
        at = next((m.end for m in reversed(named) if m.role == "partner"), 0)
        own = at > draft.clause.start or self.text[at : draft.clause.start + 1].startswith("(")
        return replace(last.head, rule="partner") if at and own else None

    def _at_crossing(self, draft: Draft) -> bool:
        """Tell whether a count of passages (人次, 辆次) stands right behind a port: 罗湖口岸日均21万人次."""
        figure = draft.figure
        if not self.text[figure.start : figure.end].endswith("次"):
            return False
        before = [m for m in self._named(draft.clause.start, figure.start) if m.end <= figure.start]
        return bool(
            before
            and before[-1].role == "subject"
            and (
                _PORT_NAME.search(self.text, before[-1].start, before[-1].end)
                or (len(self._group(before, len(before) - 1)[0]) > 1 and self._is_port(before[-1].slug))
            )
            and _PLAIN.fullmatch(self.text, before[-1].end, figure.start)
        )

    def _bare(self, s: Sentence, draft: Draft, earlier: list[Draft]) -> Figure:
        """Give a number without a noun its unit: with a record of 17; trains numbered 1,872."""
        figure = draft.figure
        last = next(
            (d for d in reversed(earlier) if not d.figure.sense and d.head and d.reason is None), None
        )
        marks = within(s.marks, last.figure.end if last else s.start, figure.start)
        if (
            last
            and last.head
            and any((e := m.get("measure")) is not None and e.value in _PER_TIME for m in marks)
        ):
            draft.head = replace(last.head, rule="list")
            draft.figure = replace(figure, unit=last.figure.unit)
            return draft.figure
        placed = any(m.role == "subject" for m in self._named(draft.clause.start, figure.start))
        if (
            last
            and last.head
            and (
                _SAME_KIND.fullmatch(self.text, last.figure.end, figure.start)
                or (
                    placed
                    and s.start <= last.figure.start
                    and ";" in self.text[last.figure.end : figure.start]
                )
            )
        ):
            # 61.1 million a year before; 2 204 the other way; Futian Port, 1.72 million
            draft.head = replace(last.head, rule="list")
            draft.figure = replace(figure, unit=last.figure.unit)
            return draft.figure
        near = within(s.marks, draft.clause.start, figure.start)
        for i, mark in enumerate(near):
            metric = mark.get("metric")
            known = self.lexicon.metric.get(
                metric.value if metric else "trains" if mark.get("service") else ""
            )
            units = (known.alone | known.nouns) if known else frozenset()
            if (
                len(units) == 1
                and not units & {"time", "money"}
                and figure.start - mark.end < 70
                and (
                    figure.qual_start is not None
                    or any(m.get("reach") or m.get("measure") or m.get("change") for m in near[i + 1 :])
                )
            ):
                assert known is not None
                draft.head = Head(known.metric, mark, "counted")
                draft.figure = replace(figure, unit=next(iter(units)))
        return draft.figure

    def _behind(self, s: Sentence, figure: Figure, clause: Clause) -> list[Mark] | None:
        """The marks from a figure to the next; None where the language never says there what a number is."""
        if not s.western:
            return None
        stop = min([clause.end, *(f.start for f in s.figures if f.start >= figure.end)])
        return within(s.marks, figure.end, stop)

    def _settled(self, s: Sentence, figure: Figure, head: Head) -> Head:
        return self._carried(s, figure, self._parcels(s, figure, head))

    def _how_many(self, s: Sentence, clause: Clause, figure: Figure, marks: list[Mark]) -> list[Mark]:
        """Add the words of the clause before where one only says how many: 最多的一天是8日，为20万."""
        if not _SO_MANY.fullmatch(self.text, clause.start, figure.start):
            return marks
        before = s.clause_of(max(s.start, clause.start - 1))
        told = any(before.start <= f.start < before.end and f.unit not in (None, "other") for f in s.figures)
        if before.start == clause.start or told:
            return marks
        return [*within(s.marks, before.start, before.end), *marks]

    def _by_train(self, s: Sentence) -> bool:
        return bool(self.state.service or any(m.get("service") for m in s.marks))

    def _of_counted(self, head: Head, change: bool, earlier: list[Draft]) -> Head:
        """Take a growth of 吞吐量, which is of tonnes or boxes, for one of what was counted last."""
        entry = head.mark.get("metric") if change and head.mark else None
        choices = entry.value.split("|") if entry else []
        if len(choices) < 2:
            return head
        counted = [d.metric for d in (*reversed(earlier), self.state.counted) if d and d.reason is None]
        told = next((m for m in counted if m in choices), None)
        return replace(head, metric=told) if told else head

    def _of_people(self, s: Sentence, figure: Figure) -> bool:
        """Tell whether a bare number is a part of the people counted before it: 其中出境占49.8万."""
        if figure.number.kind or figure.value < 1000:
            return False
        before = [f for f in s.figures if f.end <= figure.start and f.reason is None]
        if not before or before[0].unit != "person":
            return False
        if _ARE.match(self.text, figure.end):
            return True
        return bool(
            _OF_WHICH.search(self.text, before[-1].end, figure.start)
            and _COUNT_ENDS.match(self.text, figure.end)
        )

    def _of_wagons(self, s: Sentence, figure: Figure) -> bool:
        """Tell whether a number of 车 counts what was loaded or unloaded before it: 日均装车16.8万车."""
        return _CARS.match(self.text, figure.end) is not None and any(
            (e := m.get("metric")) is not None and e.value == "wagons"
            for m in within(s.marks, s.start, figure.start)
        )

    def _plain_count(self, s: Sentence, draft: Draft) -> Figure:
        """Give a large number behind its head the unit that the head counts in: 客运量突破7000万."""
        figure = draft.figure
        near = within(s.marks, draft.clause.start, figure.start)
        if self._of_wagons(s, figure):
            draft.figure = replace(figure, unit="wagon", end=figure.end + 1)
            return draft.figure
        if self._of_people(s, figure):
            draft.figure = replace(figure, unit="person")
            return draft.figure
        mark = next((m for m in reversed(near) if m.get("metric") or m.get("world")), None)
        entry = (mark.get("metric") or mark.get("world")) if mark else None
        if mark is None or entry is None or figure.number.kind or figure.value < _LARGE:
            return figure
        carried = entry.attrs.get("carried") and mark.get("world")
        unit = "person" if carried else _COUNTS.get(entry.value.split("|")[0])
        if (
            unit
            and not (entry.attrs.get("weak") or entry.attrs.get("goods"))
            and _COUNTED_SO.fullmatch(self.text, mark.end, figure.start)
            and _COUNT_ENDS.match(self.text, figure.end)
        ):
            draft.figure = replace(figure, unit=unit)
        return draft.figure

    def _by_head(self, s: Sentence, draft: Draft) -> Figure:
        """Give a measure word of many things the unit that it has of what is counted: 出口汽车3.2万台."""
        figure = draft.figure
        word = self.text[figure.number.end : figure.end].strip().lstrip("余多")
        entry = next((e for e in self.lexicon.units.get(word, ()) if e.attrs.get("of")), None)
        if entry is None or figure.value < int(entry.attrs.get("least", "1")):
            return figure
        of = frozenset(entry.attrs["of"].split())
        near = within(s.marks, draft.clause.start, figure.start)
        near += within(s.marks, figure.end, self._tail_end(s, draft))
        named = [m for m in near if m.get("metric") or m.get("world")]
        counted = self.state.counted
        if any((e := m.get("metric")) is not None and of.intersection(e.value.split("|")) for m in named) or (
            not named and counted and counted.reason is None and counted.metric in of
        ):
            draft.figure = replace(figure, unit=entry.attrs["counts"])
        return draft.figure

    def _carried(self, s: Sentence, figure: Figure, head: Head) -> Head:
        """Count the passengers of an airport or of an international line, not of all railways."""
        entry = head.mark.get("world") if head.mark and head.metric == OTHER else None
        if entry is None or not entry.attrs.get("carried"):
            return head
        carried = replace(head, metric="trains" if figure.unit == "train" else "passengers")
        told = [m for m in self._named(s.start, figure.start) if m.role == "subject"]
        if told and _HARBOUR.search(self.text[told[-1].start : told[-1].end]):
            return carried
        if _ENTRY.search(self.text, s.start, figure.start):
            return carried  # 全区口岸客运量121.8万人
        last = self.state.last
        if (
            s.block == self.state.block
            and last is not None
            and last.reason is None
            and _CROSSING.search(self.text, last.clause.start - 60, figure.start)
            and not _DOMESTIC.search(self.text, s.start, figure.start)
        ):
            return carried  # 进出境货运量2239万吨。客运量45.7万人
        slugs = [m.slug for m in told] or [*(self.state.topic or self.title_topic)[-1:]]
        places = [p for slug in slugs if (p := self.lexicon.place.get(slug)) is not None]
        if places and (places[-1].kind == "air" or any(p.slug.startswith(LINES) for p in places)):
            return carried  # 中老铁路中国段单日旅客发送量10.3万人次
        return head

    def _parcels(self, s: Sentence, figure: Figure, head: Head) -> Head:
        """Money of parcels is parcel_value: where parcels are counted before it in the sentence."""
        if (
            head.metric == "trade_value"
            and figure.unit in MONEY
            and head.mark
            and head.mark.get("metric")
            and any(
                (e := m.get("metric")) is not None and e.value == "parcels"
                for m in within(s.marks, s.start, figure.start)
            )
            and any(f.unit == "parcel" for f in s.figures if f.end <= figure.start)
        ):
            return Head("parcel_value", head.mark, head.rule)
        return head

    def _tail_end(self, s: Sentence, draft: Draft) -> int:
        following = [f.start for f in s.figures if f.start >= draft.figure.end]
        return min([draft.clause.end, draft.figure.end + (48 if s.western else 16), *following])

    def _relate(self, s: Sentence, draft: Draft, earlier: list[Draft], window: list[Mark]) -> None:
        """Tie a change or share to the figure it qualifies; without a head of its own it takes that one's."""
        own = draft.head
        pool = [d for d in earlier if d.figure.sense == "" and d.reading and not d.reading.change]
        if not s.western:  # 888万箱，较2024年的922万箱减少3.7%: of the first amount
            pool = [d for d in pool if d.head or d.figure.unit not in _NEVER_GROWS]
            pool = [d for d in pool if not self._compared_with(d)]
            pool = [d for d in pool if not self._set_apart(d, draft)] or pool
        if pool and draft.reading and draft.reading.share:
            self._share_of(draft, pool, window)
            return
        if own is not None and own.metric != OTHER:
            matching = [d for d in pool if d.metric == own.metric and d.clause is not draft.clause]
            same_subject = matching and not self._new_subject(draft, window)
            draft.relates = matching[-1] if same_subject else None
            return
        if own is not None:
            return
        if len(pool) > 1 and pool[-1].metric == pool[-2].metric and _a_year_before(pool[-1], pool[-2]):
            pool = pool[:-1]  # 计108万TEU，去年同期为102万TEU，增幅5.7%: of the first amount
        if (
            len(pool) > 1
            and pool[-1].metric == pool[-2].metric
            and _OLD_LEVEL.search(self.text, pool[-2].figure.end, pool[-1].figure.start)
            and not any(m.get("reach") for m in window)
        ):
            pool = pool[:-1]
        dead = earlier[-1] if earlier else None
        if (
            dead
            and dead.reason == "no_metric"
            and dead.figure.unit is None
            and window
            and _OF_IT.fullmatch(self.text, dead.figure.end, max(dead.figure.end, window[-1].start))
        ):
            draft.relates = dead  # 日均装车18.1万车，同比增长4.1%: the growth of what is not keyed
            return
        candidates = pool or [d for d in earlier if d.figure.sense]
        summed = earlier[-1] if earlier and not candidates else None
        if summed and summed.head and summed.reading and summed.metric != OTHER and not s.western:
            draft.head = replace(summed.head, rule="related")  # 共增50万标箱，年增5.6%
            return
        target = candidates[-1] if candidates else None
        if (
            target is None
            and self.state.last is not None
            and draft.sentence - self.state.last.sentence == 1
            and (s.block == self.state.block or _OF_WHICH.match(self.text, s.start))
            and self._continues(s, draft)
        ):
            target = self.state.last
        if target is None:
            between = within(s.marks, s.start, draft.clause.start)
            found = heads.nearest(between, draft.figure.unit, self.lexicon, True, "sentence")
            draft.head = self._of_counted(found, True, earlier) if found else self._of_trade_told(s, draft)
            return
        known = self.lexicon.metric.get(target.metric or "")
        if not draft.figure.sense and known and heads.unit_class(draft.figure.unit) not in known.units:
            return  # days saved are no change of a count of trains
        draft.relates = target if target.figure.sense == "" else target.relates
        draft.head = replace(target.head, rule="related") if target.head else None
        wholes = [
            (d.reading.mark.end, d.figure.end)
            for d in earlier
            if d.reading and d.reading.share and d.reading.mark
        ]
        nearer = heads.nearest(
            [
                m
                for m in within(s.marks, target.figure.end, draft.figure.start)
                if not any(a <= m.start < b for a, b in wholes)  # 占口岸汽车出口量的六成: of what, not what
                and not self.text.startswith("相当于", s.clause_of(m.start).start)
            ],
            draft.figure.unit,
            self.lexicon,
            True,
            "sentence",
        )
        if nearer:
            nearer = self._of_counted(nearer, True, earlier)
        if nearer and nearer.metric != (target.metric or ""):
            draft.head, draft.relates = nearer, None

    def _of_trade_told(self, s: Sentence, draft: Draft) -> Head | None:
        """Take the growth or share of a land or a declarant for one of the trade that was told just before.

        民营企业占47.6%; 俄罗斯、中东各增64%、9.2%.
        """
        told = self.state.counted
        if (
            s.western
            or told is None
            or told.metric != "trade_value"
            or s.block != self.state.block
            or draft.sentence - told.sentence > 3
        ):
            return None
        start, at = draft.clause.start, draft.figure.start
        parts = [e for m in within(s.marks, start, at) if (e := m.get("part")) is not None]
        lands = [m for m in self._named(start, at) if m.role == "partner" or self._foreign(m.slug)]
        of_trade = any("trade_value" in e.attrs.get("metrics", "").split() for e in parts)
        return Head("trade_value", None, "carried") if of_trade or lands else None

    def _of_cars(self, head: Head, window: list[Mark], earlier: list[Draft]) -> Head:
        """Take the growth of exports of cars for one of their number, where cars were counted before."""
        if head.metric != "trade_value" or not any(
            (e := m.get("metric")) is not None and e.value == "vehicles_shipped" for m in window
        ):
            return head
        counted = (*earlier, *self.drafts)
        return (
            replace(head, metric="vehicles_shipped")
            if any(d.metric == "vehicles_shipped" and not d.figure.sense for d in counted)
            else head
        )

    def _compared_with(self, d: Draft) -> bool:
        """Tell whether an amount is what another is compared with: 较2024年的922.8万箱减少."""
        before = max(d.clause.start, d.figure.start - 20)
        return any(
            lead.search(self.text, before, d.figure.start) and tail.match(self.text, d.figure.end)
            for lead, tail in _COMPARED_WITH
        )

    def _set_apart(self, d: Draft, draft: Draft) -> bool:
        """Tell whether an amount with a period of its own stands in brackets that close before the draft."""
        opened = self.text.rfind("(", max(0, d.figure.start - 40), d.figure.start)
        closed = self.text.find(")", d.figure.end, draft.figure.start)
        return 0 <= opened < closed and any(opened < p.start < d.figure.start for p in d.frame.marks)

    def _share_of(self, draft: Draft, pool: list[Draft], window: list[Mark]) -> None:
        """Tie a share to the amount it is of: behind 占 stands the whole, before it the part."""
        mark = draft.reading.mark if draft.reading else None
        before = [m for m in window if mark and m.end <= mark.start]
        part = heads.nearest(before, draft.figure.unit, self.lexicon, True, "clause")
        named = [d for d in pool if part and d.metric == part.metric]
        draft.relates = (named or pool)[-1]  # 回程班列占比四成 is of the trains, not of the last amount
        if draft.relates.head:
            draft.head = replace(draft.relates.head, rule="related")

    def _lead(self, s: Sentence, draft: Draft, earlier: list[Draft]) -> None:
        """Tie "46 days earlier" to the count that came earlier: the amount before it, never a time."""
        pool = [
            d
            for d in earlier
            if d.figure.sense == "" and d.figure.unit not in TIME and d.head and d.metric != OTHER
        ]
        behind = next((f for f in s.figures if f.start >= draft.figure.end and f.reason is None), None)
        if (
            behind is not None
            and not behind.sense
            and behind.unit is not None
            and behind.unit not in TIME
            and _THEN_PASSED.fullmatch(self.text, draft.figure.end, behind.start)
            and not (pool and heads.unit_class(pool[-1].figure.unit) == heads.unit_class(behind.unit))
        ):
            draft.ahead = True  # 提前26天突破1000列, with boxes told between
            return
        target = pool[-1] if pool else self.state.counted
        load = target is not None and target.scope == "shipment"
        if target is None or (load and _ATTAINS.match(self.text, draft.figure.end)):
            draft.ahead = True  # 提前4天完成1000列: it tells of the count behind it
            return
        draft.relates = target if target.reason is None else None
        draft.head = replace(target.head, rule="related") if target.head else draft.head

    def _new_subject(self, draft: Draft, window: list[Mark]) -> bool:
        return any(m.get("place") or m.get("partner") for m in window)

    def _continues(self, s: Sentence, draft: Draft) -> bool:
        lead = self.text[s.start : draft.figure.start]
        if s.western:
            return len(lead) < 40 and bool(_GOES_ON.match(lead))
        share = draft.reading is not None and draft.reading.share
        if share and len(lead) < 26 and _OF_WHICH.match(lead):
            return True  # 当中经陆路往来的约占74%
        return len(lead) < 14 and bool(re.match(r"[\s“]*(?:同比|环比|较|比|增长|下降|占|其中|当中)", lead))


def _a_year_before(d: Draft, e: Draft) -> bool:
    """Tell whether an amount is the base of the one before it: the same period of the year before."""
    told, old = e.frame, d.frame
    back = frames.year_back(told)
    return told.low is not None and (back.low, back.high) == (old.low, old.high)


def in_clause_window(marks: list[Mark], earlier: list[Draft], text: str) -> list[Mark]:
    """The marks of the clause before a figure, cut behind the last figure unless only a list parts them."""
    if not earlier or not marks:
        return marks
    last = earlier[-1].figure.end
    kept = [m for m in marks if m.start >= last]
    if len(kept) == len(marks):
        return marks
    between = text[last : marks[-1].end] if marks[-1].end > last else ""
    return kept if kept or between else marks
