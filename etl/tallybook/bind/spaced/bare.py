"""Numbers without a noun: what they must count, and trips."""

from __future__ import annotations

import re
from decimal import Decimal

from tallybook.bind.drafts import Draft
from tallybook.bind.heads import OTHER, Head
from tallybook.bind.spaced.heads import Headed
from tallybook.bind.spaced.words import PER_TIME
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.lexicon import Mark
from tallybook.lexicon.model import Metric
from tallybook.recognise.figures import MONEY, TIME, Figure, bounds

_SCALES = tuple(Decimal(10) ** n for n in (12, 9, 6, 3))
_NO_UNIT = frozenset({"time", "money", "%"})
"""What a metric of durations, prices or rates has in place of a unit."""


_MOST_STOCK = 100_000
"""More routes, lands or goods than there are."""
_GOING = frozenset({"train", "vehicle", "vessel", "flight", "person", "container", "teu", "wagon"})
"""What departs and arrives."""


class Nouned(Headed):
    """Finds what a number without a noun counts."""

    def _bare(self, s: Sentence, d: Draft, earlier: list[Draft]) -> Figure:
        """Give a number without a noun the unit of what it must count: numbered 1,872; up from 12."""
        f, ways = d.figure, self.grammar.phrases
        start = self._start(f)
        if ways["plural_behind"].match(self.text, f.end):
            return f  # vehicles of 12 Chinese makers
        if f.unit is None and ways["uncounted"].match(self.text, f.end):
            return f
        last = next(
            (
                e
                for e in reversed(earlier)
                if not e.figure.sense and e.figure.unit and e.figure.reason is None
            ),
            None,
        )
        left = within(s.marks, max(s.start, last.figure.end if last else s.start), f.start)
        last = self._like(f, last, earlier)
        if last is not None and last.figure.unit in (*MONEY, *TIME) and self._per_time(left):
            last = next(
                (
                    e
                    for e in reversed(earlier)
                    if not e.figure.sense and e.figure.unit not in (None, "other", *MONEY, *TIME)
                ),
                last,
            )
        for m in reversed(
            [m for m in left if m.start >= d.clause.start or f.start - m.start < 110 or self._number_of(s, m)]
        ):
            for e in m.entries:
                known = None
                if (
                    e.kind == "metric"
                    and (not e.attrs.get("weak") or e.value in ("flights", "vessels", "cargo_types"))
                    and (not e.attrs.get("goods") or e.value == "vehicles_shipped")
                ):
                    known = self.lexicon.metric.get(self._as_last(e.value.split("|"), last))
                elif e.kind == "service":
                    known = self.lexicon.metric.get("trains")
                elif e.kind == "unit" and not m.get("metric") and not self._is_noun(s, m):
                    known = self.lexicon.of_unit.get(e.value)  # cargo train trips had exceeded 9,000
                    known = None if known and known.stock else known
                units = (
                    (
                        known.alone | known.nouns | (known.units if known.stock else frozenset())
                        or self._only(known)
                    )
                    if known
                    else frozenset()
                )
                if (by := e.attrs.get("by")) is not None:
                    units = frozenset({by})  # cargo tonnage decreased to 981,000
                if known and known.unit and f.unit == "piece" and not known.stock:
                    units = frozenset({known.unit})
                between = self.text[m.end : start].strip()
                verb = ways["verb_qual"].match(self.text, start, f.start) is not None
                generic = ways["any_unit"].match(self.text, f.end + 1) is not None
                near = len(between) < (110 if verb or generic else 60) or self._number_of(s, m)
                if between.endswith("from") and not generic and not ways["closes"].match(self.text, f.end):
                    continue  # vehicles from 12 makers
                counted = ways["counts"].search(between) or ways["verb_qual"].match(self.text, start, f.start)
                if not (near and counted):
                    continue
                if e.kind == "unit" and ways["trip_word"].fullmatch(self.text, m.start, m.end):
                    return replace(f, unit="trip")
                if known and (units <= {"time", "money"} or (known.stock and f.value >= 100000)):
                    continue
                if len(units) == 1 and known and self._world(within(left, m.end, f.start), next(iter(units))):
                    d.head = Head(OTHER, m, "world")  # the number of trucks operated by carriers
                    return replace(f, unit=next(iter(units)))
                if units & _NO_UNIT or (known and known.stock and f.value >= _MOST_STOCK):
                    continue
                if len(units) == 1 and known:
                    d.head = Head(known.metric, m, "counted")
                    return replace(f, unit=next(iter(units)))
        whole = self._set_out(f, earlier)
        if whole is not None:
            d.head = replace(whole.head, rule="list") if whole.head else None
            return replace(f, unit=whole.figure.unit)
        part = self._of_told(s, f)
        if part is not None:
            return replace(f, unit=part)
        before = self.text[max(s.start, start - 80) : start]
        behind = self.text[f.end : f.end + 24]
        if ways["trips"].search(before):
            return replace(f, unit="trip")
        money = self._money_before(s, d, last)
        if money is not None:
            return replace(f, unit=money)
        spoken = self.state.last
        if self.listed and last is None and spoken is not None and spoken.figure.unit == self.listed:
            d.head = replace(spoken.head, rule="list") if spoken.head else None
            d.direction = spoken.direction
            return replace(f, unit=self.listed)
        if f.unit == "piece" and (told := self._told_of(d, earlier)) is not None and told.head is not None:
            d.head, d.direction = replace(told.head, rule="list"), told.direction
            return replace(f, unit=self.lexicon.metric[told.head.metric].unit, noun=None)
        if ways["made_by"].match(behind) and (trips := self._passages(d)) is not None:
            d.head = replace(trips.head, rule="list") if trips.head else None
            return replace(f, unit=trips.figure.unit)
        since = d.sentence - self.state.last.sentence if self.state.last else 9
        shared = (
            f.number.step > 0
            and any(m.get("dir") for m in left)
            and ways["falls_on"].search(self.text, s.start, f.start)
        )
        if last is None and (spoken_of := self._of_spoken(d, behind)) is not None:
            d.head = replace(spoken_of, rule="spoken")
            return replace(f, unit=self.lexicon.metric[spoken_of.metric].unit)
        if last is None:
            gone = self._goes_on_counting(s, d, f, start)
            if gone is not None:
                return replace(f, unit=gone)
        carried = last or (self.state.last if since <= (3 if shared else 1) else None)
        if (
            carried is None
            or carried.reason is not None
            or carried.figure.unit in (None, "other")
            or carried.figure.sense
            or carried.scope == "shipment"
        ):
            return f
        named = within(s.marks, last.figure.end if last else s.start, f.start)
        placed = [m for m in named if m.get("place")]
        between = self.text[placed[-1].end : start] if placed else ""
        if (
            (last is not None and (ways["led"].search(before) or ways["each_time"].match(behind)))
            or (last is not None and ways["of_them_behind"].match(behind) is not None)
            or self._part_of_list(f, last)
            or self._other_kind(f, last)
            or (
                last is not None
                and ways["more_behind"].match(behind)
                and last.figure.unit not in (*MONEY, *TIME)
            )
            or (
                last is None
                and f.value >= 2
                and ways["that_is"].fullmatch(self.text, s.start, start) is not None
            )
            or any((x := m.get("measure")) is not None and x.value in PER_TIME for m in named)
            or (placed and ways["place_has"].fullmatch(between) is not None)
            or ways["figure_was"].search(before)
            or ways["of_them"].search(before)
            or (
                any(m.get("dir") for m in within(s.marks, f.end, f.end + 30))
                and re.match(r"\s(?:- )?\w", behind) is not None
                and f.number.step == 0
            )
            or ways["so_far"].match(behind) is not None
            or (
                last is not None
                and last.figure.unit not in (*MONEY, *TIME)
                and ways["any_unit"].match(self.text, f.end + 1) is not None
            )
            or shared
            or (
                last is not None
                and any(last.figure.end <= p.start < f.start for p in s.periods)
                and not any(m.get("metric") for m in named)
            )
            or (f.number.step > 0 and re.search(r"[:–—-]\s$", before) is not None)
            or (
                last is not None
                and ways["ends"].match(behind)
                and (f.number.step > 0 or f.value >= 10)
                and not f.number.words
                and last.figure.unit not in TIME
                and last.figure.unit not in MONEY
            )
            or (last is not None and last.figure.unit in MONEY and f.number.step >= 1000)
            or (ways["base_led"].search(before) and f.value >= 2)
            or (last is not None and self._goods_behind(s, f, last))
            or (f.number.step >= 1000 and ways["another"].search(before) is not None)
            or (placed and last is None and ways["handled"].search(before) is not None)
        ):
            d.head = replace(carried.head, rule="list") if carried.head else None
            return replace(self._scaled(f, carried.figure), unit=carried.figure.unit)
        return f

    def _goods_behind(self, s: Sentence, f: Figure, last: Draft) -> bool:
        """Tell whether a number of a list of tonnes stands before its goods: 6,000 - steel."""
        return (
            last.figure.unit == "tonne"
            and last.reason is None
            and f.number.step > 0
            and any(self._is_goods(m) for m in within(s.marks, f.end, f.end + 20) if m.start - f.end <= 14)
        )

    def _passages(self, d: Draft) -> Draft | None:
        """Give the trips or crossings told of a little before, of which a number was made by someone."""
        told = [self.state.recent[u] for u in ("person", "vehicle", "trip") if u in self.state.recent]
        near = [x for x in told if x.reason is None and x.head and d.sentence - x.sentence <= 3]
        return max(near, key=lambda x: x.figure.start, default=None)

    def _of_spoken(self, d: Draft, behind: str) -> Head | None:
        """Give what was spoken of without a figure, of which a number is told: it handled 503 of them."""
        spoken, last = self.spoken, self.state.last
        if spoken is None or not self.grammar.phrases["of_them_behind"].match(behind):
            return None
        if d.sentence - spoken[0] > 2 or (last is not None and last.sentence > spoken[0]):
            return None
        metric = self.lexicon.metric.get(spoken[1].metric)
        return spoken[1] if metric is not None and metric.unit in metric.units else None

    def _of_told(self, s: Sentence, f: Figure) -> str | None:
        """Give the unit of a part of what was told: residents made 55 million of the trips."""
        of = self.grammar.phrases["of_these"].match(self.text, f.end)
        if of is None:
            return None
        noun = next((m for m in within(s.marks, of.end(), of.end() + 24) if m.get("unit")), None)
        entry = noun.get("unit") if noun is not None else None
        if noun is None or entry is None or entry.value == "other":
            return None
        between = self.text[of.end() : noun.start]
        return entry.value if len(between.split()) <= 2 and between.isascii() else None

    def _only(self, metric: Metric) -> frozenset[str]:
        """Give the one unit of things that a metric counts: cars as cargo are vehicles."""
        return (
            metric.units
            if len(metric.units) == 1 and metric.units & {"vehicle", "container", "teu"}
            else frozenset()
        )

    def _scaled(self, f: Figure, last: Figure) -> Figure:
        """Give a number the scale of its list: China (12.2 million tonnes), Singapore (3.2)."""
        bracketed = self.text[f.start - 1 : f.start] == "(" and self.text[f.end : f.end + 1] == ")"
        listed = 0 < f.number.step < 1 and self.text[max(0, self._start(f) - 3) : self._start(f)] == " - "
        scale = next((x for x in _SCALES if last.value >= x and last.number.step * 1000 >= x), None)
        if not (bracketed or listed) or scale is None or f.value >= 1000 or not last.number.step:
            return f
        number = replace(f.number, value=f.value * scale, step=(f.number.step or Decimal(1)) * scale)
        low, high, value = bounds(f.qualifier, number.value, number, False)
        return replace(f, number=number, value=value, low=low, high=high)

    def _is_noun(self, s: Sentence, m: Mark) -> bool:
        """Tell whether a unit word is the noun of another number."""
        return any(g.noun is not None and g.noun[0] <= m.start < g.noun[1] for g in s.figures)

    def _told_of(self, d: Draft, earlier: list[Draft]) -> Draft | None:
        """What "632,300 pieces" are of: what the figure before them was of, where that has one unit."""
        before = next(
            (
                e
                for e in reversed([*self.drafts, *earlier])
                if e.reason is None and e.metric not in (None, OTHER)
            ),
            None,
        )
        if before is None or before.head is None or d.sentence - before.sentence > 2:
            return None
        metric = self.lexicon.metric.get(before.head.metric)
        return before if metric is not None and metric.unit in metric.units else None

    def _other_kind(self, f: Figure, last: Draft | None) -> bool:
        """Tell whether a number is of the other kind counted: 176 thousand domestic and 246 international."""
        if last is None or last.figure.unit in (None, "other", *MONEY, *TIME) or last.figure.sense:
            return False
        ways, start = self.grammar.phrases, self._start(f)
        if start - last.figure.end > 90 or not Decimal("0.001") < f.value / (last.figure.value or 1) < 1000:
            return False
        return bool(
            ways["ones_before"].search(self.text, last.figure.end, start)
            or (
                ways["and_next"].search(self.text, last.figure.end, start)
                and ways["kind_behind"].match(self.text, f.end)
            )
        )

    def _part_of_list(self, f: Figure, last: Draft | None) -> bool:
        """Tell whether a number goes on a list of parts: of these 3,129 for cargo and 1,122 for people."""
        if last is None or last.figure.noun is not None or last.head is None or last.head.rule != "list":
            return False
        gap = self.text[last.figure.end : self._start(f)]
        exact = (f.number.step == 0) == (last.figure.number.step == 0)
        return exact and len(gap) < 56 and self.grammar.listing.search(gap) is not None

    def _money_before(self, s: Sentence, d: Draft, last: Draft | None) -> str | None:
        """Give the currency of the amounts told last, where a bare million can only be of trade."""
        if d.figure.number.step < 100000 or d.figure.few:
            return None
        if last is not None and last.figure.unit not in MONEY:
            return None
        marks = within(s.marks, max(s.start, d.clause.start - 60), d.figure.start)
        if not any(
            ((e := m.get("dir")) is not None and e.attrs.get("trade"))
            or ((x := m.get("metric")) is not None and x.value == "trade_value")
            for m in marks
        ):
            return None
        told = [x for unit, x in self.state.recent.items() if unit in MONEY and x.metric == "trade_value"]
        recent = max(told, key=lambda x: x.figure.start, default=None)
        if recent is None or d.sentence - recent.sentence > 3:
            return None
        return recent.figure.unit

    def _goes_on_counting(self, s: Sentence, d: Draft, f: Figure, start: int) -> str | None:
        """Give the unit of the amount just before, where the count goes on: This July it was 340."""
        told = [x for x in self.state.recent.values() if d.sentence - x.sentence <= 1 and not x.figure.sense]
        last = max(told, key=lambda x: x.figure.start, default=None)
        if (
            last is None
            or last.reason is not None
            or last.figure.unit in (None, "other", *MONEY, *TIME)
            or last.metric is None
            or not last.figure.value
            or not Decimal("0.02") < f.value / last.figure.value < 50
            or f.value < 10
        ):
            return None
        if self.grammar.phrases["went_on"].search(self.text[s.start : start]) is None:
            return None
        if not self.grammar.phrases["closes"].match(self.text, f.end):
            return None
        marks = within(s.marks, s.start, f.start)
        if any((m.get("metric") and not self._weak_mark(m)) or m.get("world") for m in marks):
            return None
        return last.figure.unit

    def _set_out(self, f: Figure, earlier: list[Draft]) -> Draft | None:
        """Give what a bare number is one part of that left or arrived: of these 815 trains 431 departed."""
        told = [e for e in earlier if e.reason is None and not e.figure.sense and e.figure.unit in _GOING]
        whole = max(told, key=lambda e: e.figure.value, default=None)
        if whole is None or f.value >= whole.figure.value:
            return None
        return whole if self.grammar.phrases["set_out"].match(self.text, f.end) else None

    def _per_time(self, marks: list[Mark]) -> bool:
        return any((e := m.get("measure")) is not None and e.value in PER_TIME for m in marks)

    def _as_last(self, metrics: list[str], last: Draft | None) -> str:
        """Choose what "loaded exports" counts by what the sentence or the story has counted."""
        source = last or self.state.last
        return next((m for m in metrics if source is not None and source.metric == m), metrics[0])

    def _like(self, f: Figure, last: Draft | None, earlier: list[Draft]) -> Draft | None:
        """Take the amount of the sentence that a bare number is compared with: the one of its size."""
        if last is None or not last.figure.value or not f.value:
            return last
        ratio = f.value / last.figure.value
        if Decimal("0.05") < ratio < 20:
            return last
        near = [
            e
            for e in earlier
            if not e.figure.sense
            and e.figure.unit not in (None, "other", *MONEY, *TIME)
            and e.figure.value
            and Decimal("0.4") < f.value / e.figure.value < Decimal("2.5")
        ]
        return near[-1] if near else last

    def _goal(self, s: Sentence, f: Figure) -> Figure:
        """Read "grew 12% to 45" as a level and not as a bound: in some languages "up to" is the same word."""
        if (
            f.qualifier != "<="
            or f.qual_start is None
            or not self.grammar.phrases["goal_word"].match(self.text[f.qual_start : f.start])
        ):
            return f
        clause = s.clause_of(f.start)
        if not any(
            m.get("change") for m in within(s.marks, max(s.start, clause.start - 80), f.start)
        ) and not any(g.sense and g.end <= f.start and f.start - g.end < 30 for g in s.figures):
            return f
        low, high, value = bounds("=", f.value, f.number, False)
        return replace(f, qualifier="=", low=low, high=high, value=value)

    def _trips(self, s: Sentence, figure: Figure) -> Figure:
        """Tell what made the trips: trains where the story is of trains, people where it is of travellers."""
        near = within(s.marks, s.start, s.end)
        if self.grammar.phrases["by_vehicles"].match(self.text, self._tail(figure)):
            return replace(figure, unit="vehicle")
        if self.grammar.phrases["by_ships"].match(self.text, self._tail(figure)):
            return replace(figure, unit="vessel")
        if any((e := m.get("mode")) is not None and e.value == "air" for m in near):
            return replace(figure, unit="flight")
        if any(
            m.get("service")
            or ((e := m.get("metric")) is not None and e.value == "trains")
            or ((u := m.get("unit")) is not None and u.value == "train")
            for m in near
        ):
            return replace(figure, unit="train")
        if any((e := m.get("metric")) is not None and e.value == "passengers" for m in near):
            return replace(figure, unit="person")
        last = self.state.last
        if last is not None and last.figure.unit in ("train", "person", "vehicle"):
            return replace(figure, unit=last.figure.unit)
        if self.state.service or self.title_service or (last is not None and self.state.recent.get("train")):
            return replace(figure, unit="train")
        return replace(figure, unit=None)
