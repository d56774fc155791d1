"""Lists: "respectively", growths behind the amounts that they belong to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from tallybook.bind import heads
from tallybook.bind.drafts import Draft
from tallybook.bind.heads import OTHER
from tallybook.bind.places import Mention
from tallybook.bind.spaced.owners import Owned
from tallybook.bind.spaced.words import PER_TIME
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.lexicon import Mark
from tallybook.recognise.figures import TIME, bounds

_SCALES = tuple(Decimal(10) ** n for n in (12, 9, 6, 3))


class Paired(Owned):
    """Pairs figures with what they belong to."""

    def _distribute(self, s: Sentence, drafts: list[Draft], mentions: Sequence[Mention]) -> None:
        self._share_rate(s, drafts)
        for i, a in enumerate(drafts):
            if not a.ahead or a.reason:
                continue
            ahead = [x for x in drafts[i + 1 :] if x.figure.sense == "" and x.reason is None and x.head]
            b = next((x for x in ahead if not x.begins), ahead[0] if ahead else None)
            if b is None:
                continue
            a.relates, a.head = b, replace(b.head, rule="goal") if b.head else None
            a.breakdown = b.breakdown = b.breakdown or a.breakdown
            if b.clause is not a.clause:  # imports rose by 7.6%, to 358,400: of imports, too
                b.direction, b.partner = b.direction or a.direction, b.partner or a.partner
            a.ports, a.port_marks, a.port_rule = b.ports, b.port_marks, b.port_rule
            a.service, a.mode, a.direction, a.partner, a.nature = (
                b.service,
                b.mode,
                b.direction,
                b.partner,
                b.nature,
            )
            if a.reading and a.reading.measure == "lead_days":
                a.frame = b.frame
        for a, b in pairwise(drafts):  # from 80 in 2016 to 300 types of goods
            if (
                a.reason == "no_metric"
                and a.figure.unit is None
                and b.head
                and b.reason is None
                and b.figure.sense == ""
                and self._shift(s, a.figure) == "from"
                and not b.figure.sense
            ):
                self._copy_head(a, b)
        self._pair_percents(drafts)
        for m in self.grammar.respectively.finditer(self.text, s.start, s.end):
            self._respectively(s, drafts, mentions, m.start(), m.end())
            for d in drafts:
                if d.relates in drafts and d.reading and d.reading.change:
                    d.partner, d.partner_span = d.relates.partner, d.relates.partner_span

    def _share_rate(self, s: Sentence, drafts: list[Draft]) -> None:
        """Let a list share the rate behind its last amount: 840 lorries and 5,400 people a day."""
        for a, b in reversed(list(pairwise(drafts))):
            mark = b.reading.mark if b.reading else None
            if (
                mark is None
                or b.reading is None
                or b.reading.measure not in PER_TIME
                or mark.start < b.figure.end
                or a.reading is None
                or a.reading.measure != "total"
                or a.reading.mark is not None
                or a.reason is not None
                or a.figure.unit in TIME
            ):
                continue
            gap = self.text[self._tail(a.figure) : self._start(b.figure)]
            alike = gap.startswith(", ") and gap.endswith(" - ") and a.figure.unit == b.figure.unit
            if not self.grammar.listing.fullmatch(gap) and not alike:
                continue
            measure = b.reading.measure
            if measure == "daily_mean" and any(
                (e := m.get("nature")) is not None and e.value == "capacity"
                for m in within(s.marks, s.start, a.figure.start)
            ):
                measure = "daily_max"
                b.reading = replace(b.reading, measure=measure)
            a.reading = replace(a.reading, measure=measure, mark=mark)
            a.frame = b.frame if a.frame.inherited or not a.frame.known else a.frame

    def _pair_percents(self, drafts: list[Draft]) -> None:
        """Pair "rises of 19.4 and 16.8 percent" with the two amounts before them."""
        i = 0
        while i < len(drafts):
            j = i
            while (
                j < len(drafts)
                and drafts[j].figure.sense == "percent"
                and drafts[j].reason is None
                and (
                    j == i
                    or self.grammar.phrases["plain_list"].fullmatch(
                        self.text[drafts[j - 1].figure.end : self._start(drafts[j].figure)]
                    )
                )
            ):
                j += 1
            n = j - i
            amounts = drafts[max(0, i - n) : i]
            goals = drafts[j : j + n]
            if (
                n > 1
                and len(goals) == n
                and all(
                    g.figure.sense == "" and g.reason is None and g.metric not in (None, OTHER) for g in goals
                )
                and self.grammar.phrases["goal_gap"].search(
                    self.text[drafts[j - 1].figure.end : self._start(goals[0].figure)]
                )
            ):
                for d, a in zip(drafts[i:j], goals, strict=True):
                    d.relates, d.head, d.frame = a, replace(a.head, rule="goal") if a.head else None, a.frame
                    d.ports, d.port_marks, d.port_rule = a.ports, a.port_marks, "related"
                    d.service, d.mode, d.direction, d.partner = a.service, a.mode, a.direction, a.partner
                self._same_reading(drafts[i:j])
                i = max(j, i + 1)
                continue
            if (
                n > 1
                and len(amounts) == n
                and all(
                    a.figure.sense == "" and a.reason is None and a.metric not in (None, OTHER)
                    for a in amounts
                )
                and (first := drafts[i].reading) is not None
                and first.change
                and not any(d.relates is None and d.head and d.head.rule == "clause" for d in drafts[i:j])
            ):
                for d, a in zip(drafts[i:j], amounts, strict=True):
                    d.relates, d.head, d.frame = (
                        a,
                        replace(a.head, rule="related") if a.head else None,
                        a.frame,
                    )
                    d.ports, d.port_marks, d.port_rule = a.ports, a.port_marks, "related"
                    d.service, d.mode, d.direction, d.partner = a.service, a.mode, a.direction, a.partner
                self._same_reading(drafts[i:j])
            i = max(j, i + 1)

    def _copy_head(self, a: Draft, b: Draft) -> None:
        number = a.figure.number
        value = a.figure.value
        if number.step and value < 1000 and b.figure.number.step >= 10:  # from 0.8 to 4.5 million
            scale = next((size for size in _SCALES if b.figure.value >= size), Decimal(1))
            value, number = value * scale, replace(number, value=value * scale, step=number.step * scale)
        a.figure = replace(a.figure, unit=b.figure.unit, value=value, number=number)
        low, high, _ = bounds("=", value, number, False)
        a.head, a.reason, a.missing = b.head, None, None
        a.reading = replace(b.reading, value=value, low=low, high=high, qualifier="=") if b.reading else None
        a.ports, a.port_marks, a.port_rule = b.ports, b.port_marks, b.port_rule
        a.service, a.mode, a.direction, a.scope = b.service, b.mode, b.direction, b.scope

    def _respectively(
        self, s: Sentence, drafts: list[Draft], mentions: Sequence[Mention], start: int, end: int
    ) -> None:
        """Pair the figures of the list beside "respectively" with the places or the amounts before them."""
        run: list[Draft] = []
        edge = start
        for d in reversed([d for d in drafts if d.figure.end <= start]):
            gap = self.text[
                self._tail(d.figure) if self._tail(d.figure) <= edge else d.figure.end : self._start(
                    run[0].figure
                )
                if run
                else start
            ]
            plain = re.sub(r"[\s,()]", "", self.grammar.phrases["list_words"].sub("", gap))
            if not run and len(gap) < 70 and not re.search(r"[.;\n]", gap):
                plain = ""
            if plain or (
                run and d.figure.sense != run[0].figure.sense and not (d.figure.sense and run[0].figure.sense)
            ):
                break
            run.insert(0, d)
            edge = d.figure.start
        if len(run) < 2:
            run = [d for d in drafts if d.figure.start >= end][:4]
            if len(run) < 2:
                return
        at = run[0].figure.start
        n = len(run)
        amounts = [
            d
            for d in drafts
            if d.figure.end <= at
            and d.figure.sense == ""
            and d.metric not in (None, OTHER)
            and d.reading
            and not d.reading.change
        ]
        for role in ("subject", "partner"):
            named = [m for m in mentions if m.role == role and m.end <= at] or [
                m for m in mentions if m.role == role and m.start >= start
            ]
            block: list[Mention] = []
            for m in reversed(named):
                block.insert(0, m)
                if not m.linked:
                    break
            if len(block) == n:
                for d, m in zip(run, block, strict=True):
                    if role == "subject":
                        d.ports, d.port_marks, d.port_rule = (m.slug,), ((m.start, m.end),), "respectively"
                        base = [a for a in amounts if a.ports == (m.slug,)]
                        d.relates = base[-1] if d.figure.sense and base else None
                    else:
                        d.partner, d.partner_span, d.relates = m.slug, (m.start, m.end), None
                if (
                    run[0].figure.sense
                    and role == "subject"
                    and len(amounts) >= n
                    and len({a.ports for a in amounts[-n:]}) == 1
                ):
                    for d, a, m in zip(
                        run, amounts[-n:], block, strict=True
                    ):  # A and B handled 900 and 800 trains
                        a.ports, a.port_marks, a.port_rule = (m.slug,), ((m.start, m.end),), "respectively"
                        d.relates, d.head = a, a.head
                self._same(run)
                return
        told = [
            d
            for d in drafts
            if d.figure.end <= at
            and d.figure.sense == ""
            and not d.figure.reason
            and d.figure.unit not in TIME
        ][-n:]
        if run[0].figure.sense and len(told) == n and any(d.reason or d.metric == OTHER for d in told):
            amounts = told  # one of the two counts something else, and its growth too
        if run[0].figure.sense and not amounts and all(d.relates or d.head is None for d in run):
            before = [
                d
                for d in self.drafts
                if d.sentence == self._number - 1 and not d.figure.sense and not d.reason and d.head
            ]
            if len(before) < n:  # trains in one sentence, their boxes in the next
                before = [
                    d
                    for d in self.drafts
                    if d.sentence >= self._number - 2 and not d.figure.sense and not d.reason and d.head
                ]
            amounts = before if len(before) == n else []
        if run[0].figure.sense and len(amounts) >= n:
            for d, a in zip(run, amounts[-n:], strict=True):
                d.relates, d.head = a, replace(a.head, rule="respectively") if a.head else None
                d.ports, d.port_marks, d.port_rule, d.frame = a.ports, a.port_marks, "respectively", a.frame
                d.direction, d.partner, d.service, d.mode = a.direction, a.partner, a.service, a.mode
            self._same_reading(run)
            return
        words = within(s.marks, s.start, at)
        items = [m for m in words if m.get("dir") or m.get("metric")][-n:]
        if not run[0].figure.sense and len(counted := [m for m in words if self._countable(m)]) >= n:
            items = counted[-n:]
        if len(items) == n:
            for d, item in zip(run, items, strict=True):
                self._count_as(d, item)
                direction = item.get("dir")
                head = heads.of_mark(item, d.figure.unit, self.lexicon, bool(d.figure.sense), "respectively")
                ways = all(x.get("dir") for x in items) and d.metric not in (None, OTHER)
                if head and not self._weak(head) and not ways:
                    d.head, d.relates = head, None
                d.direction = direction.value if direction else d.direction
            if run[0].figure.sense:
                self._same_reading(run)
            for d in drafts:
                if d.relates in run and d.relates.head:
                    d.head, d.direction = replace(d.relates.head, rule="related"), d.relates.direction

    def _countable(self, m: Mark) -> bool:
        """Tell whether a word names a metric that has one unit to count by."""
        entry = m.get("metric")
        known = self.lexicon.metric.get(entry.value.split("|")[0]) if entry is not None else None
        return known is not None and len(known.alone | known.nouns) == 1 and not entry.attrs.get("weak")  # type: ignore[union-attr]

    def _count_as(self, d: Draft, item: Mark) -> None:
        """Give a number without a noun the unit of what stands in its place of a list before it."""
        entry = item.get("metric")
        known = self.lexicon.metric.get(entry.value.split("|")[0]) if entry is not None else None
        units = known.alone | known.nouns if known else frozenset()
        if d.figure.sense or d.figure.noun or len(units) != 1:
            return
        unit = next(iter(units))
        d.figure = replace(d.figure, unit=unit)
        d.reading = replace(d.reading, unit=unit) if d.reading else None

    def _same(self, run: list[Draft]) -> None:
        lead = next((d for d in run if d.head and d.metric != OTHER), run[0])
        for d in run:
            d.head = d.head if d.head and d.metric != OTHER and d.head.rule != "related" else lead.head
            d.frame = lead.frame if not d.frame.known else d.frame
            if d.reason == "no_metric" and lead.reason is None:
                d.reason = None
        self._same_reading(run)

    def _same_reading(self, run: list[Draft]) -> None:
        first = next((d.reading for d in run if d.reading and d.reading.measure), None)
        if first is None:
            return
        sign = -1 if first.change and first.value < 0 else 1
        for d in run:
            r = d.reading
            if (r is not None and r.measure is None) or r is None:
                value, low, high = d.figure.value, d.figure.low, d.figure.high
                if sign < 0:
                    value, low, high = -value, None if high is None else -high, None if low is None else -low
                d.reading = replace(first, value=value, low=low, high=high, qualifier=d.figure.qualifier)
