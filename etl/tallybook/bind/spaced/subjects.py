"""What changes: a head of its own, the amount before it, or the one that it led to."""

from __future__ import annotations

import re

from tallybook.bind.drafts import Draft
from tallybook.bind.heads import OTHER, Head
from tallybook.bind.spaced.changes import Changing
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.lexicon import Mark
from tallybook.recognise.figures import MONEY, TIME, Figure

_SHARED = ("trade_value", "cargo_tonnes", "teu", "containers", "parcels", "vehicles_shipped")
"""What a share is of where the sentence before it told of that."""
_COUNTED_FEW = ("countries_reached", "cities_reached", "companies", "cargo_types")
"""What seldom grows by percent where an amount stands beside it."""


_CARGO = ("cargo_tonnes", "teu", "containers")
_MOVED = frozenset({"tonne", "teu", "container", "parcel", "vehicle", "wagon", "train"})


class Changed(Changing):
    """Finds what changes."""

    def _undated_length(self, s: Sentence, start: int, end: int) -> int:
        """Give how many characters of [start, end) are no period: up 3% on the same months of 2024 to 9 t."""
        return end - start - sum(p.end - p.start for p in s.periods if start <= p.start and p.end <= end)

    def _subject(
        self, s: Sentence, d: Draft, left: list[Mark], right: list[Mark], earlier: list[Draft], share: bool
    ) -> None:
        """Find what changes: a head of its own, the amount before it, or the one that it led to."""
        f = d.figure
        pool = [
            e
            for e in earlier
            if e.figure.sense == "" and e.reading and not e.reading.change and e.reason is None
        ]
        amount = pool[-1] if pool else None
        if amount is not None and amount.metric in _COUNTED_FEW:
            amount = next((e for e in reversed(pool) if e.metric not in _COUNTED_FEW), amount)
        if amount is not None and amount.compared and not share:
            spoken_of = self.state.last
            follows = (
                spoken_of is not None
                and spoken_of.metric == amount.metric
                and d.sentence - spoken_of.sentence == 1
            )
            based = follows and any(p.kind == "base" for p in amount.frame.marks)
            levels = [e for e in pool if e.metric == amount.metric and not e.compared]
            amount = levels[-1] if levels else None if based else amount
        last = self.state.last
        if not share and self.grammar.phrases["their_number"].search(self.text, s.start, f.start):
            things = [x for unit, x in self.state.recent.items() if unit not in MONEY and unit not in TIME]
            counted = max(things, key=lambda x: x.figure.start, default=None)
            if counted is not None and d.sentence - counted.sentence <= 2 and amount is None:
                d.relates = counted
                d.head = replace(counted.head, rule="related") if counted.head else None
                return
        which = self.grammar.phrases["which_of_two"].search(
            self.text, max(s.start, f.start - 50), self._start(f)
        )
        if which is not None and not share and len(pool) >= 2:
            d.relates = pool[-2] if which["former"] else pool[-1]
            d.head = replace(d.relates.head, rule="related") if d.relates.head else None
            return  # the former rose 70 percent and the latter 38 percent
        if not share and last is not None and amount is None and d.sentence - last.sentence == 1:
            lead = self.text[s.start : self._start(f)]
            if s.block - self.state.block <= 1 and self.grammar.phrases["this_figure"].search(lead):
                d.relates = last
                d.head = replace(last.head, rule="related") if last.head else None
                return
        clause = s.clause_of(f.start)
        floor = clause.start if not share else f.start
        turns = [
            m.end() for m in self.grammar.phrases["turn"].finditer(self.text, self._previous(s, f), f.start)
        ]
        if turns and not share:
            floor = min(floor, turns[-1])
        mark = d.reading.mark if d.reading else None
        own_left = [
            m
            for m in left
            if m.start >= floor and (mark is None or m.start < mark.start or m.start < self._start(f))
        ]
        if mark is not None and mark.start >= f.end:
            own_left = [
                m
                for m in own_left
                if not self.grammar.phrases["with_gap"].search(self.text[m.end : m.end + 6])
            ]
        following = next(
            (
                g
                for g in s.figures
                if g.start >= f.end
                and g.reason is None
                and g.sense == ""
                and g.unit != "other"
                and (g.unit is not None or g.value >= 100)
            ),
            None,
        )
        leads = (
            following is not None
            and following.unit not in TIME
            and (
                self.grammar.phrases["goal_gap"].search(self.text[f.end : self._start(following)])
                or self.grammar.phrases["goal_gap"].match(self.text[f.end : following.start])
            )
            is not None
            and self._undated_length(s, f.end, following.start) < 60
            and not any(g.sense and f.end <= g.start < following.start for g in s.figures)
        )
        before = None if share else self._grown_before(s, f, earlier)
        if before is not None and before.head is not None and self._elided_part(s, f) is not None:
            d.head = replace(before.head, rule="elided")  # coal rose by 12%, building materials by 6%
            d.ahead = leads  # …, by 6% to 1.4 million tonnes
            return
        own = self._own(own_left, f)
        if own is None and not share:
            tail = mark.end if mark is not None and mark.start >= f.end else f.end
            for m in right:
                gap = self.text[tail : m.start]
                if mark is not None and f.end <= m.start and self.text[m.end : mark.start] == " ":
                    own = self._own([m], f)  # 10.9% of goods more
                    if own is not None:
                        break
                if m.start < tail:
                    continue
                if (
                    len(gap) > 30
                    or re.search(r"[,;:(]", gap)
                    or self.grammar.phrases["other_side"].search(gap)
                ):
                    break
                if not gap.strip() or re.match(r"\s?\w+\s", gap + " "):
                    head = self._own([m], f)
                    if head and (
                        (mark is not None and mark.start >= f.end)
                        or self.grammar.phrases["more_of"].match(gap)
                    ):
                        own = head
                        break
        behind = next((g for g in s.figures if g.start >= f.end and g.reason is None), None)
        if (
            not share
            and behind is not None
            and behind.unit == "other"
            and not self._any_unit(behind)
            and self.grammar.phrases["goal_gap"].match(self.text[f.end : behind.start])
        ):
            d.head = Head(OTHER, None, "goal")  # it grew by 0.7% to 205.3 billion tonne-kilometres
            return
        if leads and not share:
            d.ahead = True
            d.head = own
            return
        if own is not None and not share:
            own = self._as_counted(own)
            entry = own.mark.get("metric") if own.mark else None
            if entry is not None and "|" in entry.value:
                source = amount or self.state.last
                same = source.metric if source is not None else None
                if same and same != own.metric and same in entry.value.split("|"):
                    own = replace(own, metric=same)
        if own is not None and own.metric == OTHER and not share:
            named = [m for m in own_left if self._number_of(s, m) and not m.get("world")]
            own = (self._own(named, f) if named else None) or own
        appended = mark is not None and self.grammar.phrases["appended"].search(
            self.text, max(s.start, mark.start - 24), mark.start
        )
        trailing = own is not None and own.mark is not None and amount is not None
        if trailing and own is not None and own.mark is not None and amount is not None:
            trailing = own.metric == OTHER or own.mark.start > amount.figure.end
        if trailing and not share and appended:
            own = None  # 687,100 TEUs were carried on the line jointly built by them, up 18.9 percent
        if (
            share
            and own is None
            and following is not None
            and self.grammar.phrases["share_of"].fullmatch(self.text, f.end, self._start(following))
        ):
            d.ahead = True  # 49.4% of the 90 million tonnes
            return
        if own is None and not share and (kind := self._of_kind(s, f)) is not None:
            d.relates = kind
            d.head = replace(kind.head, rule="related") if kind.head else None
            return
        if own is None and amount is None:
            between = within(s.marks, s.start, f.start)
            own = self._own(between, f)
        if share and amount is None:
            whole = self._own([m for m in reversed(right) if m.start - f.end < 60], f)
            if whole is not None and not (whole.metric == OTHER and own is not None):
                own = self._as_counted(
                    whole
                )  # imports accounted for 40 percent of the transactions: of imports
        if own is not None:
            d.head = own
            matching = [e for e in pool if e.metric == own.metric and e.clause.start <= clause.start]
            if share and amount is not None:
                d.relates, d.head = amount, replace(amount.head, rule="related") if amount.head else own
            elif (
                matching
                and own.metric != OTHER
                and not self._new_subject_between(s, matching[-1], f)
                and own.mark is not None
                and own.mark.start < matching[-1].figure.end
            ):
                d.relates = matching[-1]
            return
        if own is None and not share and (goods := self._goods_moved(d, own_left)) is not None:
            d.head = goods
            return
        if amount is not None and not leads:
            d.relates = amount
            d.head = replace(amount.head, rule="related") if amount.head else None
            return
        if leads:
            d.ahead = True
            return
        before = earlier[-1] if earlier else None
        if (
            before is not None
            and before.relates is not None
            and before.reading
            and before.reading.change
            and not share
            and not any(
                m.get("metric") or m.get("place") for m in within(s.marks, before.figure.end, f.start)
            )
        ):
            d.relates = before.relates  # an increase of 114 percent, with the largest growth (+131 percent)
            d.head = replace(before.relates.head, rule="related") if before.relates.head else None
            return
        if (
            last is not None
            and (
                (d.sentence - last.sentence == 1 and f.start - s.start < 60)
                or (
                    d.sentence - last.sentence in (1, 2)
                    and not any(m.get("metric") or m.get("place") for m in left)
                )
            )
            and s.block == self.state.block
        ):
            d.relates = last
            d.head = replace(last.head, rule="related") if last.head else None
            return
        grown = [e for e in earlier if e.reading and e.reading.change and e.reason is None and e.head]
        before = grown[-1] if grown else self.changed
        if (
            before is not None
            and not share
            and d.sentence - before.sentence <= 2
            and before.head is not None
            and not any((m.get("metric") and not self._weak_mark(m)) or m.get("world") for m in left)
        ):
            d.head = replace(
                before.head, rule="carried"
            )  # volume also grew with the United States (6.9 percent)
            return
        if not share and (meant := self._by_pronoun(s, d)) is not None:
            d.head = meant
            return
        if share and d.head is None:
            self._share_on(d, earlier)

    def _any_unit(self, figure: Figure) -> bool:
        """Tell whether the noun says nothing of what is counted: 7,253 units."""
        return figure.noun is not None and bool(
            self.grammar.phrases["any_unit"].fullmatch(self.text, *figure.noun)
        )

    def _by_pronoun(self, s: Sentence, d: Draft) -> Head | None:
        """Give what the sentence before spoke of without a figure: rail freight is growing. It rose by 18%"""
        spoken = self.spoken
        if spoken is None or d.sentence - spoken[0] != 1:
            return None
        said = self.grammar.phrases["pronoun"].search(self.text, s.start, d.figure.start)
        return replace(spoken[1], rule="spoken") if said else None

    def _of_kind(self, s: Sentence, f: Figure) -> Draft | None:
        """Give what "volume" or "value" means where the sentence before told of goods and of money."""
        said = self.grammar.phrases["volume_or_value"].search(self.text, max(s.start, f.start - 50), f.start)
        told = [
            d
            for d in self.drafts[-12:]
            if self._number - d.sentence == 1 and not d.figure.sense and d.reason is None and d.head
        ]
        money = [d for d in told if d.figure.unit in MONEY]
        goods = [d for d in told if d.figure.unit in _MOVED]
        if said is None or not money or not goods:
            return None
        return money[0] if said["value"] else goods[0]

    def _share_on(self, d: Draft, earlier: list[Draft]) -> None:
        """Let a share go on what the one before it was of: 16.9% of trade; 8.3% fell to Kazakhstan."""
        before = next((e for e in reversed([*self.drafts, *earlier]) if e.reason is None and e.head), None)
        if (
            before is not None
            and before.reading is not None
            and before.reading.share
            and d.sentence - before.sentence <= 1
        ):
            d.relates = before.relates
            d.head = replace(before.head, rule="list") if before.head else None
            return
        last = self.state.last
        if (
            last is not None
            and last.head is not None
            and d.sentence - last.sentence == 1
            and last.metric in _SHARED
        ):
            d.head = replace(last.head, rule="carried")  # Russia came first with a share of 12.8%

    def _goods_moved(self, d: Draft, marks: list[Mark]) -> Head | None:
        """Read "breakbulk was down by 22.6%" in a story of what a port moves as cargo of that kind."""
        told = [
            x
            for x in (self.state.last, self.changed)
            if x is not None and x.metric in _CARGO and d.sentence - x.sentence <= 2
        ]
        if not told:
            return None
        for m in reversed(marks):
            entry = m.get("metric")
            if entry is not None and entry.attrs.get("goods") and entry.value == "cargo_tonnes":
                return Head("cargo_tonnes", m, "clause")
        return None

    def _as_counted(self, head: Head) -> Head:
        """Read "exports rose 5%" in a story of boxes or tonnes as a change of those, not of value."""
        last = self.state.last
        if (
            head.metric != "trade_value"
            or head.mark is None
            or head.mark.get("metric")
            or last is None
            or last.head is None
        ):
            return head
        return (
            replace(last.head, mark=head.mark, rule="clause")
            if last.metric in ("teu", "containers", "cargo_tonnes", "trains")
            else head
        )

    def _new_subject_between(self, s: Sentence, a: Draft, f: Figure) -> bool:
        return any(m.get("place") or m.get("partner") for m in within(s.marks, a.figure.end, f.start))
