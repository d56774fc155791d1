"""What an amount counts: its noun, what stands "of" it, the clause, the sentence."""

from __future__ import annotations

import re

from tallybook.bind import heads
from tallybook.bind.drafts import Draft
from tallybook.bind.heads import OTHER, Head
from tallybook.bind.measures import Reading
from tallybook.bind.spaced.subjects import Changed
from tallybook.bind.spaced.words import PER_TIME, signed
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.lexicon import Mark, mark_of
from tallybook.recognise.figures import MONEY, TIME, Figure

_RATE = ("daily_mean", "weekly_mean", "monthly_mean", "yearly", "hourly")
_OF_CARGO = ("cargo_tonnes", "teu", "containers")
_TO_THE_END = re.compile(r"[^\d,;:.()\n]{0,90}")
_ENDS = re.compile(r"\s*(?:[.,;\n]|$)")


class Headed(Changed):
    """Finds what an amount counts and how it is measured."""

    def _head_of(
        self, s: Sentence, d: Draft, left: list[Mark], right: list[Mark], earlier: list[Draft]
    ) -> Head | None:
        """The noun, what stands "of" it, then before in the clause, behind in it, in the sentence."""
        f, unit, lex = d.figure, d.figure.unit, self.lexicon
        if unit == "other":
            return Head(OTHER, None, "unit")
        tail = self._tail(f)
        begin = d.clause.start
        if self._led_by_growth(earlier, f):  # exports of wheat rose by 12% to 45,000 tons
            if (part := self._of_elided(d, earlier)) is not None:
                return part
            told = earlier[-2].figure.end if len(earlier) > 1 else earlier[-1].clause.start
            begin = min(begin, told)
            left = within(s.marks, begin, f.start)
        right = [m for m in right if not self._has_its_own(s, m, f)]
        noun = [m for m in s.marks if m.end > f.end and m.start < tail]
        if unit == "container" and (boxes := self._boxes_as_teu(s, d)) is not None:
            d.figure = replace(f, unit="teu")
            return boxes
        if f.noun and f.noun[0] <= f.end:
            noun = [
                mark_of(f.noun[0], f.noun[1], entries)
                for entries in [self._entries(self.text[f.noun[0] : f.noun[1]])]
                if entries
            ] + noun
        close = [
            m
            for m in right
            if m.start >= f.end
            and m.start - tail <= 26
            and not re.search(r"[,;:(]", self.text[tail : m.start])
        ]
        direct = [
            m
            for m in close
            if self.grammar.phrases["of_link"].match(self.text[tail : m.start])
            and len(self.text[tail : m.start]) <= 18
        ]
        clause_left = [m for m in left if m.start >= begin]
        world = self._world(noun + close + clause_left, unit)
        for marks, rule in ((noun, "noun"), (direct, "behind")):
            found = self._first(marks, unit, rule, strong=True)
            if found:
                return (
                    Head(OTHER, found.mark, rule)
                    if world and found.metric != OTHER and rule == "noun" and self._governed(world, found)
                    else found
                )
        found = heads.nearest(self._outside_base(s, clause_left), unit, lex, False, "clause")
        if found and not self._weak(found):
            return (
                Head(OTHER, world, "world")
                if world and unit != "train" and self._nearer(world, found, f)
                else found
            )
        behind = self._first(close, unit, "behind", strong=True) or self._first(
            [m for m in right if m.start < d.clause.end], unit, "behind", strong=True
        )
        if world and not (
            behind and behind.metric != OTHER and behind.mark and not self._nearer(world, behind, f)
        ):
            return Head(OTHER, world, "world")
        if behind:
            return behind
        weak = (
            found
            or self._first(noun + close, unit, "behind", strong=False)
            or self._first(right, unit, "behind", strong=False)
        )
        moved = any(
            m.get("dir") or ((e := m.get("metric")) is not None and e.attrs.get("weak")) for m in left + right
        )
        if weak:
            return weak
        if begin < d.clause.start and unit == "tonne":
            named = next((m for m in reversed(clause_left) if self._is_goods(m)), None)
            if named is not None:
                return Head("cargo_tonnes", named, "clause")  # coal fell by 3% to 27 tons, oil by 5% to 26
        for other in reversed(earlier):
            if other.head and other.figure.unit == unit and other.figure.sense == "" and other.reason is None:
                return replace(other.head, rule="list")
        for marks in (left, within(s.marks, s.start, f.start)):
            found = heads.nearest(marks, unit, lex, False, "sentence")
            if found and (unit != "tonne" or moved or not self._weak(found)):
                return found
        if (
            unit in ("country", "city")
            and (
                any(m.get("transport") or m.get("service") for m in s.marks)
                or any(g.unit in ("route", "train") for g in s.figures)
            )
            and (
                (
                    unit == "country"
                    and self.grammar.phrases["to_country"].search(
                        self.text[max(s.start, self._start(f) - 24) : self._start(f)]
                    )
                )
                or self.grammar.phrases["to_city"].search(
                    self.text[max(s.start, self._start(f) - 24) : self._start(f)]
                )
            )
        ):
            return Head("countries_reached" if unit == "country" else "cities_reached", None, "to")
        goods = next(
            (m for m in reversed(within(s.marks, d.clause.start, f.start) + noun) if self._is_goods(m)), None
        )
        if goods and unit == "tonne" and self._in_story(d):
            return Head("cargo_tonnes", goods, "clause")
        if unit == "tonne" and not world and self._ports_named(left):
            return Head("cargo_tonnes", None, "port")  # Georgia's ports took in 9.8 million tonnes
        grown = earlier[-1] if earlier else None
        if grown is not None and grown.figure.sense and grown.head is not None and not grown.reason:
            known = lex.metric.get(grown.metric or "")
            if known is not None and heads.unit_class(unit) in known.units:
                return replace(grown.head, rule="goal")  # it grew by 51 percent and amounted to 290,833 tons
        moved_units = ("teu", "train", "wagon", "container", "vessel", "flight", "parcel")
        if unit == "tonne" and any(
            e.figure.unit in moved_units and e.reason is None and e.metric not in (None, OTHER)
            for e in earlier
        ):
            return Head("cargo_tonnes", None, "with")  # 23,000 TEUs, totaling 178,000 tons
        if (
            unit == "tonne"
            and not world
            and any((e := m.get("nature")) is not None and e.value == "capacity" for m in clause_left)
        ):
            return Head("cargo_tonnes", None, "capacity")
        if unit in MONEY and not world and self._of_partners(s, f):
            return Head(
                "trade_value", None, "list"
            )  # among the suppliers China is first: 1.4 billion dollars
        lone = heads.alone(f, lex, True)
        if lone:
            return lone
        last = self.state.recent.get(unit or "")
        if last and last.head and last.reason is None and d.sentence - last.sentence <= 2:
            return replace(last.head, rule="carried")
        meant = self._by_pronoun(s, d)
        return meant if meant and not world and unit in lex.metric[meant.metric].units else None

    def _of_partners(self, s: Sentence, f: Figure) -> bool:
        """Tell whether money stands behind a trading partner in a story that has told of trade."""
        said = self.grammar.phrases["partner_shares"].search(self.text, s.start, f.start)
        trade = any(d.metric == "trade_value" and d.reason is None for d in self.drafts[-40:])
        return said is not None and trade and any(m.get("place") for m in within(s.marks, s.start, f.start))

    def _boxes_as_teu(self, s: Sentence, d: Draft) -> Head | None:
        """Read the boxes of one direction as TEU where the story has just counted all of them so."""
        last = self.state.counted
        parts = any(
            (e := m.get("dir")) is not None and e.attrs.get("trade")
            for m in within(s.marks, s.clause_of(d.figure.start).start, d.figure.start)
        )
        if last is None or not parts or last.metric != "teu" or d.sentence - last.sentence > 2:
            return None
        return replace(last.head, rule="list") if last.head and d.figure.value < last.figure.value else None

    def _of_elided(self, d: Draft, earlier: list[Draft]) -> Head | None:
        """Give what an amount counts that a growth without a verb led to: exports grew by 9% to 2 t, *steel
        by 5% to 1.4 t*."""
        grown = earlier[-1]
        if grown.head is None or grown.head.rule != "elided":
            return None
        for e in reversed(earlier[:-1]):
            if not e.figure.sense and e.reason is None and e.head and e.figure.unit == d.figure.unit:
                d.direction = e.direction
                return replace(e.head, rule="elided")
        return None

    def _led_by_growth(self, earlier: list[Draft], f: Figure) -> bool:
        """Tell whether the figure before is a growth that led to an amount."""
        grown = earlier[-1] if earlier else None
        if grown is None or grown.reason or not grown.figure.sense:
            return False
        gap = self.text[grown.figure.end : self._start(f)]
        return grown.ahead or (len(gap) < 30 and self.grammar.phrases["goal_gap"].match(gap) is not None)

    def _has_its_own(self, s: Sentence, m: Mark, f: Figure) -> bool:
        """Tell whether a word of another world has its own amount: up 5%, with a deficit of $3 million."""
        if m.get("world") is None or m.get("metric") is not None:
            return False
        own = next((g for g in s.figures if g.start >= m.end), None)
        return (
            own is not None
            and own.start > f.start
            and self.grammar.phrases["own_amount"].match(self.text[m.end : self._start(own)]) is not None
        )

    def _governed(self, world: Mark, found: Head) -> bool:
        """Tell whether a word of another world decides over the noun: tourists *visited* the city."""
        entry = world.get("world")
        return self._weak(found) or (entry is not None and bool(entry.attrs.get("over")))

    def _is_goods(self, m: Mark) -> bool:
        entry = m.get("metric")
        return entry is not None and bool(entry.attrs.get("goods")) and entry.value == "cargo_tonnes"

    def _is_goods_head(self, head: Head) -> bool:
        return head.mark is not None and self._is_goods(head.mark)

    def _ports_named(self, marks: list[Mark]) -> bool:
        """Tell whether ports, a terminal or a crossing stand before a figure."""
        return any(m.get("border") and m.get("transport") for m in marks) or any(
            (e := m.get("place")) is not None
            and (p := self.lexicon.place.get(e.value)) is not None
            and p.kind in ("rail", "road", "sea")
            and self.grammar.phrases["place_has"].fullmatch(self.text, m.end, m.end + 2) is not None
            for m in marks
        )

    def _in_story(self, d: Draft) -> bool:
        """Tell whether the sentences before spoke of what a port moves: "bulk" then is cargo."""
        spoken, last = self.spoken, self.state.last
        if spoken is not None and d.sentence - spoken[0] <= 2 and spoken[1].metric in _OF_CARGO:
            return True
        return (
            last is not None
            and d.sentence - last.sentence <= 2
            and last.metric in ("cargo_tonnes", "teu", "containers")
            and bool(last.ports)
        )

    def _shift(self, s: Sentence, f: Figure) -> str | None:
        """Tell whether a figure is the A or the B of "from A to B" (in either order)."""
        start, ways = self._start(f), self.grammar.phrases
        lead = self.text[max(s.start, start - 40) : start]
        following = next((g for g in s.figures if g.start >= f.end and g.reason is None), None)
        if (
            ways["from_lead"].search(lead)
            and following is not None
            and ways["goal_between"].search(self.text[self._tail(f) : following.start])
            and following.start - f.end < 60
        ):
            return "from"
        if ways["goal_lead"].search(lead):
            return "to"
        if ways["old_lead"].search(lead):
            return "from"
        return None

    def _amount(
        self, s: Sentence, d: Draft, left: list[Mark], right: list[Mark], earlier: list[Draft]
    ) -> None:
        f = d.figure
        lead = self._days_ahead(s, d, right, earlier)
        if lead:
            return
        d.head = d.head or self._of_the_share(d, earlier) or self._head_of(s, d, left, right, earlier)
        metric = self.lexicon.metric.get(d.metric or "")
        stock = bool(metric and metric.stock)
        changed = self._adjacent_change(s, f, left, right) or self._sign_of(f, earlier)
        shift = self._shift(s, f)
        if changed and not shift:
            mark, sign = changed
            kind = self._kind(s, d, left, right)
            if kind == "bare" and (f.unit in TIME or stock):
                kind = "change"
            d.reading = signed(f, "yoy_abs" if kind in ("yoy", "bare") else "change_abs", sign, mark)
            if d.head is None or d.head.rule in ("unit", "carried", "list", "sentence"):
                self._relate_to(d, earlier)
            return
        d.begins = shift == "from"
        measure, word = self._rate(s, d, left, right, stock, earlier)
        start = earlier[-1] if earlier else None
        if (
            shift == "to"
            and start is not None
            and start.begins
            and start.reading
            and start.figure.unit == f.unit
            and start.metric == d.metric
            and word is None
        ):
            d.reading = Reading(
                start.reading.measure, f.value, f.low, f.high, f.unit or "", f.qualifier, start.reading.mark
            )
            return
        d.reading = Reading(
            measure, f.value, f.low, f.high, f.unit or "", f.qualifier, word, rate=measure is None
        )

    def _of_the_share(self, d: Draft, earlier: list[Draft]) -> Head | None:
        """Give what a share is of to its amount: Russia (18.3 percent or $766.7 million)."""
        share = earlier[-1] if earlier else None
        if share is None or not share.reading or not share.reading.share or share.head is None:
            return None
        told = self.grammar.phrases["or_that"].fullmatch(self.text, share.figure.end, self._start(d.figure))
        known = self.lexicon.metric.get(share.metric or "")
        if told is None or known is None or heads.unit_class(d.figure.unit) not in known.units:
            return None
        return replace(share.head, rule="list")

    def _governs(self, s: Sentence, m: Mark, f: Figure) -> bool:
        """Tell whether a word before the clause is said of the figure: Every week, 12 trains leave."""
        entry = m.get("measure")
        between = self.text[m.end : f.start]
        if entry is None or entry.value not in (*PER_TIME, "mean"):
            return False
        if entry.value == "daily_max":
            return len(between) <= 12
        if m.start - s.start <= 3 and len(between) <= 60:
            return True
        return f.unit in TIME and len(between) <= 100 and "," not in between

    def _days_ahead(self, s: Sentence, d: Draft, right: list[Mark], earlier: list[Draft]) -> bool:
        if d.figure.unit != "day":
            return False
        mark = next((m for m in right if m.get("lead") or m.get("measure")), None)
        entry = mark.get("measure") if mark else None
        if (
            mark is None
            or entry is None
            or entry.value != "lead"
            or len(self.text[d.figure.end : mark.start]) > 3
        ):
            return False
        d.reading = signed(d.figure, "lead_days", -1 if entry.attrs.get("neg") else 1, mark)
        pool = [
            e
            for e in earlier
            if e.figure.sense == "" and e.figure.unit not in TIME and e.head and e.metric != OTHER
        ]
        target = pool[-1] if pool else self.state.counted
        if target is None:
            d.ahead = True
        else:
            d.relates = target if target.reason is None else None
            d.head = replace(target.head, rule="related") if target.head else None
        return True

    def _closing_rate(self, m: Mark, tail: int) -> bool:
        """Tell whether a rate closes what an amount opened: 14 trains run between A and B *every week*."""
        entry = m.get("measure")
        return (
            entry is not None
            and entry.value in PER_TIME
            and not entry.attrs.get("weak")
            and _TO_THE_END.fullmatch(self.text, tail, m.start) is not None
            and _ENDS.match(self.text, m.end) is not None
        )

    def _rate(
        self, s: Sentence, d: Draft, left: list[Mark], right: list[Mark], stock: bool, earlier: list[Draft]
    ) -> tuple[str | None, Mark | None]:
        """Tell total, mean, peak or level by the words on both sides of an amount."""
        f = d.figure
        tail = self._tail(f)
        if d.head and d.head.mark and 0 <= d.head.mark.start - tail <= 4:
            tail = d.head.mark.end  # consignments of parcels were exported each day
        aside = self.grammar.phrases["aside"].match(self.text, tail)
        tail = aside.end() if aside else tail
        if self.grammar.phrases["every_so"].match(self.text, tail):
            return None, None
        time = f.unit in TIME or d.metric in ("freight_cost", "load_ratio")
        timed = [p for p in s.periods if p.kind in ("since", "point", "span")]
        right = [m for m in right if not any(p.start <= m.start and m.end <= p.end for p in timed)]
        left = [m for m in left if not any(p.start <= m.start and m.end <= p.end for p in timed)]
        behind = [
            m
            for m in right
            if m.get("measure")
            and (
                m.start <= tail
                or (m.start - tail <= 24 and not re.search(r"[,;(]|\bto\b", self.text[tail : m.start]))
                or self._closing_rate(m, tail)
            )
        ]
        begin = self._said_from(s, f.start)
        ahead = [
            m
            for m in left
            if (e := m.get("measure")) is not None
            and m.start >= begin
            and f.start - m.end <= (110 if e.value in PER_TIME and not e.attrs.get("weak") else 60)
        ]
        ahead += [m for m in left if m not in ahead and m.get("measure") and self._governs(s, m, f)]
        ahead.sort(key=lambda m: m.start)
        rated = [e for m in s.marks if (e := m.get("measure")) is not None and e.value in PER_TIME]
        if all(e.attrs.get("weak") for e in rated) and not (
            earlier and earlier[-1].reading and earlier[-1].reading.measure in PER_TIME
        ):  # a record, a peak: of days only where days are spoken of
            ahead = [m for m in ahead if not m.get("measure").attrs.get("weak")]  # type: ignore[union-attr]
            behind = [m for m in behind if not m.get("measure").attrs.get("weak")]  # type: ignore[union-attr]
        top = next((m for m in [*reversed(ahead), *behind] if m.get("measure").value == "daily_max"), None)  # type: ignore[union-attr]
        capacity = any((e := m.get("nature")) is not None and e.value == "capacity" for m in [*left, *right])
        planned = any((e := m.get("nature")) is not None and e.value == "plan" for m in left)
        for m in behind:
            value = m.get("measure").value  # type: ignore[union-attr]
            if value in _RATE and not (stock and f.unit not in TIME and d.metric != "freight_cost"):
                if value == "hourly":
                    return None, m
                if value == "yearly":
                    return ("total", m) if d.metric and (capacity or planned) else (None, m)
                if value == "daily_mean" and (top is not None or capacity or f.qualifier == "<="):
                    return "daily_max", top or m
                if f.unit in TIME:
                    continue
                return value, m
        if top is not None and not time:
            return "daily_max", top
        for m in reversed(ahead):
            value = m.get("measure").value  # type: ignore[union-attr]
            if value == "yearly":
                break  # up to 12 trains a day, and its annual capacity is 540,000 TEU
            if value in ("daily_mean", "weekly_mean", "monthly_mean") and f.unit not in TIME:
                return value, m
            if (
                value == "added"
                and stock
                and m.start > f.start - 26
                and self.grammar.phrases["added"].search(self.text[m.start : m.end])
                and not (
                    self.grammar.phrases["perfect"].search(self.text, max(s.start, m.start - 30), m.start)
                    and (d.frame.inherited or d.frame.kind not in ("open", "span"))
                )
            ):
                return "change_abs", m
        if not stock and any(m.get("measure").value == "mean" for m in ahead):  # type: ignore[union-attr]
            peak = [e for m in s.marks if (e := m.get("measure")) is not None and e.value == "daily_max"]
            rates = [
                e.value
                for m in within(s.marks, f.end, d.clause.end)
                if (e := m.get("measure")) is not None and e.value in PER_TIME and e.value != "daily_max"
            ]
            if rates:
                return rates[0], None  # on average, 1,310 vehicles went through customs each day
            if any(not e.attrs.get("weak") for e in peak):
                return "daily_mean", None  # an average of 19 trains, and at most 27 in one day
        if time:
            for m in [*reversed(ahead), *behind]:
                value = m.get("measure").value  # type: ignore[union-attr]
                if value in ("mean", "minimum", "maximum"):
                    return value, m
        if d.metric == "load_ratio":
            return "mean", None
        source = next(
            (e for e in reversed(earlier) if e.figure.unit == f.unit and not e.figure.sense and e.reading),
            None,
        )
        if (
            d.head
            and d.head.rule == "list"
            and f.noun is None
            and source
            and source.reading
            and source.reading.measure in PER_TIME
            and (
                self.text[f.start : f.end].strip()[-1:].isdigit()
                or not self.text.startswith(" of", f.end)
            )
        ):
            return source.reading.measure, None
        told = self.state.last
        if (
            not earlier
            and f.noun is None
            and told is not None
            and told.reading is not None
            and told.reading.measure in PER_TIME
            and d.sentence - told.sentence == 1
            and told.figure.unit == f.unit
            and self.grammar.phrases["pronoun_was"].search(self.text, s.start, self._start(f))
        ):
            return told.reading.measure, None  # in the year before it had been 35 to 40
        if (
            not stock
            and earlier
            and earlier[-1].reading
            and earlier[-1].reading.measure in PER_TIME
            and earlier[-1].clause is d.clause
            and self.grammar.listing.search(self.text[self._tail(earlier[-1].figure) : self._start(f)])
        ):
            return earlier[-1].reading.measure, None
        return ("level" if stock else "total"), None
