"""Growth: whether and how a figure changes another one, and what it is that changes."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from tallybook.bind.drafts import Draft
from tallybook.bind.frames import Frame
from tallybook.bind.heads import Head
from tallybook.bind.measures import Reading
from tallybook.bind.spaced.amounts import Amounts
from tallybook.bind.spaced.words import signed
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.lexicon import Mark
from tallybook.recognise.figures import Figure
from tallybook.recognise.periods import Period

_PCT = {"yoy": "yoy_pct", "mom": "mom_pct", "change": "change_pct", "bare": "yoy_pct"}
_SPENDS = frozenset({"duration", "price"})
_SIGN = re.compile(r"(?:^|[\s(])([+-])$")
_GROWN = re.compile(r"\([+-]$")
"""A sign in brackets is of a growth: oil (-6.9%, to 6.6 million tonnes)."""
_APART = 10
"""Characters between "exceeded" and a percent by which it did: nearer, it only says more than so many."""


class Changing(Amounts):
    """Reads growth and falls."""

    def _subject(
        self, s: Sentence, d: Draft, left: list[Mark], right: list[Mark], earlier: list[Draft], share: bool
    ) -> None:
        raise NotImplementedError

    def _change(
        self, s: Sentence, d: Draft, left: list[Mark], right: list[Mark], earlier: list[Draft]
    ) -> None:
        f = d.figure
        unit = "pp" if f.sense == "points" else "%"
        plain = Reading(None, f.value, f.low, f.high, unit, f.qualifier)
        ratio = self._ratio_head(left, right, f)
        if ratio and f.sense == "percent" and not self._change_mark(s, f, left, right):
            d.head, d.reading = ratio, replace(plain, measure="mean")
            return
        based = f.value > 20 and self.grammar.phrases["to_base"].match(self.text, f.end) is not None
        by_sign = f.sense == "percent" and _GROWN.search(self.text, max(0, f.start - 2), f.start)
        share: Mark | bool = False
        if not based and not by_sign:
            share = self._share(s, f, left, right) or self._share_of_list(s, f, left, earlier)
        told = earlier[-1] if earlier else None
        if share is False and told is not None and self._share_of_amount(s, f, told, left, right):
            d.reading = replace(plain, measure="share_pct", share=True)
            d.relates, d.head = told, replace(told.head, rule="related") if told.head else None
            return
        if share is False and not based and (trade := self._share_of_partner(s, f)) is not None:
            d.head, d.reading = trade, replace(plain, measure="share_pct", share=True)
            return
        found = None if share else self._change_mark(s, f, left, right)
        if found is None and not share and f.sense == "percent" and not f.growth:
            found = self._change_of_list(s, f, left) or self._change_elided(s, f, earlier)
        if (
            (share is True or not share)
            and found is None
            and not based
            and (other := self._shared_on(s, d, earlier)) is not None
        ):
            d.reading = replace(plain, measure="share_pct", share=True)
            whole = next(
                (e for e in earlier if e.figure.start > other.figure.end and not e.figure.sense), None
            )
            d.relates = other.relates or whole
            d.head, d.whole = other.head or (whole.head if whole else None), other.whole
            return
        if share:
            d.reading = replace(
                plain, measure="share_pct", mark=share if isinstance(share, Mark) else None, share=True
            )
            self._subject(s, d, left, right, earlier, share=True)
            return
        kind = self._kind(s, d, left, right)
        measure = _PCT[kind]
        if f.growth or f.sense == "fold":
            d.reading = self._times(s, d, found, measure, left, right)
        elif found is None and f.value > 20 and self.grammar.phrases["to_base"].match(self.text, f.end):
            rest = replace(
                f,
                value=f.value - 100,
                low=None if f.low is None else f.low - 100,
                high=None if f.high is None else f.high - 100,
            )
            d.reading = signed(rest, "yoy_pct" if kind == "bare" else measure, 1, None, "%")
        elif found is None and (other := self._changed_alike(s, f, earlier)) is not None:
            assert other.reading is not None
            way = -1 if other.reading.value < 0 else 1
            d.reading = signed(f, other.reading.measure or "yoy_pct", way, other.reading.mark, "%")
            d.head = replace(other.head, rule="list") if other.head else None
            d.frame = other.frame if d.frame.inherited else d.frame
            return
        elif found is None:
            d.reading = self._gapped(d, earlier, left, plain)
        elif f.sense == "points":
            d.reading = signed(f, "yoy_abs" if kind != "change" else "change_abs", found[1], found[0], "pp")
        else:
            d.reading = signed(f, measure, found[1], found[0], "%")
        if d.reading.measure is not None and d.head is not None and found is None:
            return
        counted = (
            "teu"
            if self.grammar.phrases["in_teu"].match(self.text, f.end)
            else "cargo_tonnes"
            if self.grammar.phrases["in_tonnes"].match(self.text, f.end)
            else "trade_value"
            if self.grammar.phrases["in_value"].match(self.text, f.end)
            else None
        )
        last = next((e for e in reversed(earlier) if e.figure.sense == "percent"), None)
        if (
            d.reading.measure is not None
            and counted is None
            and last is not None
            and last.reading
            and d.reading.mark is last.reading.mark
            and d.reading.mark is not None
            and last.head is not None
            and self.grammar.phrases["gapped_in"].match(self.text, f.end)
        ):
            own = self._grown_in(d, right)
            d.relates, d.head = (None, own) if own else (last.relates, last.head)
            return  # a 13% growth in cars, 30% in steel
        if d.reading.measure is not None and counted is not None:
            d.head = Head(counted, None, "counted_in")  # 6.1% in TEU, 4.6% in tonnes
            return
        if (
            d.reading.measure is not None
            and found is None
            and last is not None
            and last.head is not None
            and last.head.rule == "counted_in"
        ):
            d.head = last.head  # 52.5% by value and those by rail 44.5%
            return
        if d.reading.measure is not None:
            self._subject(s, d, left, right, earlier, share=False)
            grown = None if d.head or d.ahead else self._grown_before(s, f, earlier)
            if grown is not None and grown.head is not None:
                d.head = replace(grown.head, rule="elided")
            metric = self.lexicon.metric.get(d.metric or "")
            if d.reading.measure == "yoy_pct" and metric and metric.flow in _SPENDS and kind == "bare":
                d.reading = replace(d.reading, measure="change_pct")

    def _grown_in(self, d: Draft, right: list[Mark]) -> Head | None:
        """Give what a growth is said to be in: 5.1% in containers."""
        link = self.grammar.phrases["gapped_in"].match(self.text, d.figure.end)
        if link is None:
            return None
        for m in right:
            if link.end() <= m.start <= link.end() + 4:
                entry = m.get("metric")
                if entry is not None and entry.value in ("flights", "vessels"):
                    return Head(entry.value, m, "grown_in")
                head = self._first([m], None, "grown_in", True, change=True)
                if head is not None:
                    return self._as_told(head)
        return None

    def _as_told(self, head: Head) -> Head:
        """Choose what a word of two metrics means by which of them the story has told: containers, in TEU."""
        entry = head.mark.get("metric") if head.mark else None
        told = {d.metric for d in self.drafts[-12:] if d.reason is None}
        for other in entry.value.split("|") if entry is not None else ():
            if other in told and head.metric not in told:
                return replace(head, metric=other)
        return head

    def _elided(self, s: Sentence, f: Figure) -> re.Match[str] | None:
        """Give what leads a growth that has no verb: coal rose by 12%, *oil by* 6%; `part` names it."""
        return self.grammar.phrases["elided_part"].search(self.text, self._previous(s, f), self._start(f))

    def _grown_before(self, s: Sentence, f: Figure, earlier: list[Draft]) -> Draft | None:
        """Give the growth that a part without a verb goes on from."""
        grown = next((e for e in reversed(earlier) if e.figure.sense == "percent"), None)
        told = grown.reading if grown is not None and not grown.reason else None
        return grown if told is not None and told.change and self._elided(s, f) else None

    def _elided_part(self, s: Sentence, f: Figure) -> str | None:
        """Give what a list of growths goes on with, where it is goods: no way, no place and no metric."""
        gap = self._elided(s, f)
        if gap is None:
            return None
        for m in within(s.marks, gap.start("part"), gap.end("part")):
            entry = m.get("metric")
            if m.get("dir") or m.get("place") or (entry is not None and not entry.attrs.get("goods")):
                return None
        return gap["part"]

    def _change_elided(self, s: Sentence, f: Figure, earlier: list[Draft]) -> tuple[Mark | None, int] | None:
        grown = self._grown_before(s, f, earlier)
        if grown is None or grown.reading is None:
            return None
        return grown.reading.mark, -1 if grown.reading.value < 0 else 1

    def _change_of_list(self, s: Sentence, f: Figure, left: list[Mark]) -> tuple[Mark | None, int] | None:
        """The word behind the last of a list, which all have: 2% and 2.6% more, 2% (or 300 tons) more."""
        following = next((g for g in s.figures if g.start >= f.end and g.reason is None), None)
        if following is None:
            return None
        ways, start = self.grammar.phrases, self._start(following)
        of_percents = following.sense == "percent"
        joints = (ways["plain_list"], ways["elided_list"]) if of_percents else (ways["or_that"],)
        if not any(joint.fullmatch(self.text, f.end, start) for joint in joints):
            return None
        right = within(s.marks, following.end, min(self._next(s, following), s.end))
        return self._change_mark(s, following, left, right)

    def _changed_alike(self, s: Sentence, f: Figure, earlier: list[Draft]) -> Draft | None:
        """Give the change that one in brackets behind a place goes on from: Cochin (13%), Paradip (11%)."""
        start = self._start(f)
        if self.text[start - 1 : start] != "(" or f.sense != "percent" or self.text[f.end : f.end + 1] != ")":
            return None
        if not any(m.get("place") and start - 2 <= m.end < start for m in s.marks):
            return None
        told = [e for e in earlier if e.reading and e.reading.change and e.reason is None and e.head]
        before = told[-1] if told else self.changed if s.block == self.state.block else None
        if before is None or before.head is None or self._number - before.sentence > 2:
            return None
        if before.reading is None or before.figure.sense != "percent":
            return None
        return before

    def _gapped(self, d: Draft, earlier: list[Draft], left: list[Mark], plain: Reading) -> Reading:
        """Read a percent without a verb as the one before it: exports rose 28.1%, imports 25.9%."""
        f = d.figure
        last = next(
            (
                e
                for e in reversed(earlier)
                if e.figure.sense in ("percent", "fold") and e.reading and e.reading.change
            ),
            None,
        )
        start = self._start(f)
        before = earlier[-1] if earlier else None
        if (
            before is not None
            and before.reading is not None
            and before.reading.change
            and not before.figure.sense
            and f.sense == "percent"
            and self.grammar.phrases["or_that"].fullmatch(self.text, before.figure.end, start)
        ):  # by 282,729 tons, or 31.3%
            way = -1 if before.reading.value < 0 else 1
            d.relates, d.head = before.relates, before.head
            measure = {"yoy_abs": "yoy_pct", "change_abs": "change_pct"}.get(
                before.reading.measure or "", "yoy_pct"
            )
            return signed(f, measure, way, before.reading.mark, "%")
        if (
            last is None
            or last.reading is None
            or f.sense != "percent"
            or not (
                any(m.get("dir") or m.get("metric") or m.get("place") or m.get("partner") for m in left)
                or self.grammar.phrases["gapped_in"].match(self.text, f.end)
                or self.grammar.phrases["plain_list"].fullmatch(self.text, last.figure.end, start)
                or (
                    self.grammar.phrases["and_next"].search(self.text, last.figure.end, start)
                    and self.grammar.phrases["goal_next"].match(self.text, f.end)
                )
                or re.fullmatch(r",? (?:and|or|и) (?:by|на) ", self.text[last.figure.end : start])
                or re.search(r"(?:and|or|и) (?:by|на) $", self.text[last.figure.end : start])
            )
            or start - last.figure.end > 70
            or re.search(r";\s|\.\s(?=[A-ZА-ЯЁ])", self.text[last.figure.end : start])
        ):
            return plain
        return signed(
            f, last.reading.measure or "yoy_pct", -1 if last.reading.value < 0 else 1, last.reading.mark, "%"
        )

    def _change_mark(
        self, s: Sentence, f: Figure, left: list[Mark], right: list[Mark]
    ) -> tuple[Mark | None, int] | None:
        """The word of growth or fall that governs, and its sign: next to it, else before in the clause."""
        if f.growth:
            return None
        near = self._change_before(f, left, 14)
        if near:
            return near
        lead = self.text[max(0, f.start - 8) : f.start]
        sign = _SIGN.search(lead)
        if sign:
            return None, -1 if sign[1] == "-" else 1
        for word, way in (("plus", 1), ("minus", -1)):
            if self.grammar.phrases[word].search(lead):
                return None, way
        for m in right:
            gap = self.text[f.end : m.start]
            if len(gap) > 30 or re.search(r"[,;:(]", gap):
                break
            entry = m.get("change")
            if m.get("qual") and not (entry and entry.attrs.get("than")):
                break
            if entry is not None:
                return m, 1 if entry.value == "+" else -1
            if not (m.get("measure") or m.get("place") or m.get("dir")) and len(gap) > 8:
                break
        start = self._said_from(s, f.start)
        before = self._change_before(f, [m for m in left if m.start >= start], 48)
        return before or self._change_in_clause(s, f)

    def _change_in_clause(self, s: Sentence, f: Figure) -> tuple[Mark | None, int] | None:
        """The verb of "by 7 percent", however far: before it in its clause, else at the end of it."""
        start = self._start(f)
        if not (
            self.grammar.phrases["by"].search(self.text, max(s.start, start - 4), start)
            or f.sense == "fold"
            or self.grammar.phrases["growth_was"].search(self.text, s.clause_of(f.start).start, start)
        ):
            return None
        clause = s.clause_of(f.start)
        words = [
            (m, 1 if e.value == "+" else -1)
            for m in within(s.marks, clause.start, clause.end)
            if (e := m.get("change")) is not None
            and (not m.get("qual") or (e.attrs.get("verb") and f.start - m.end > _APART))
        ]
        before = [w for w in words if w[0].end <= f.start]
        if before:
            return before[-1][0], before[-1][1]
        ways = self.grammar.phrases
        for way, form in ((1, ways["more_than_by"]), (-1, ways["less_than_by"])):
            if form.search(self.text, s.start, start):
                return None, way  # fewer than in June, by 4.2%
        behind = next((w for w in words if w[0].start >= f.end), None)
        return behind or self._change_of_colon(s, start) or self._change_told(s, f)

    def _change_told(self, s: Sentence, f: Figure) -> tuple[Mark, int] | None:
        """The word of the clause before, where no figure had it: it fell, too, but less sharply, by 2%."""
        for m in reversed(within(s.marks, max(self._previous(s, f), f.start - 70), f.start)):
            e = m.get("change")
            if e is not None and not m.get("qual"):
                return m, 1 if e.value == "+" else -1
        return None

    def _change_of_colon(self, s: Sentence, start: int) -> tuple[Mark, int] | None:
        """The word before the colon of a list: the largest growth was in: Riga, by 5%, Tallinn, by 3%."""
        colon = self.text.rfind(":", s.start, start)
        if colon < 0:
            return None
        for m in reversed(within(s.marks, s.start, colon)):
            e = m.get("change")
            if e is not None and not m.get("qual"):
                return m, 1 if e.value == "+" else -1
        return None

    def _kind(self, s: Sentence, d: Draft, left: list[Mark], right: list[Mark]) -> str:
        """Tell yoy, mom or another change: by its own words, else by the period that it is compared with."""
        f = d.figure
        clause = s.clause_of(f.start)
        near = [m for m in right if m.start < clause.end] + [m for m in left if m.start >= clause.start]
        for m in near:
            e = m.get("measure")
            if e is None:
                continue
            if e.value in ("yoy", "mom"):
                return e.value
            if e.value == "yearly":
                return "change"
        following = self._next(s, f)
        old = next((g for g in s.figures if g.start >= f.end and g.reason is None), None)
        if (
            old is not None
            and not old.sense
            and self.grammar.phrases["against"].search(self.text[f.end : self._start(old)])
        ):
            following = self._next(s, old)  # a rise from 861,080 in the same period of 2019
            year = (d.frame.high or self.published or date.max).year
            if any(
                p.low and p.high and p.high.year < year - 1
                for p in s.periods
                if old.end <= p.start < following
            ):
                return "change"  # up from 178 in 2017
        elif (
            old is not None
            and not old.sense
            and self.grammar.phrases["goal_gap"].search(self.text[f.end : self._start(old)])
        ):
            behind = within(s.marks, old.end, min(self._next(s, old), clause.end))
            said = next(
                (e.value for m in behind if (e := m.get("measure")) and e.value in ("yoy", "mom")), None
            )
            if said is not None:
                return said  # rose by 1.1% to $9.99 bln over the month
        periods = (
            [p for p in s.periods if f.end <= p.start < following]
            + [p for p in s.periods if clause.start <= p.start < f.start]
            + [p for p in s.periods if p.kind == "base" and f.end <= p.start < clause.end]
        )
        for p in periods:
            if p.kind == "base":
                return self._compare(p, d.frame)
            if p.grain == "back" and p.low and p.high and 365 <= (p.high - p.low).days <= 366:
                return "yoy"  # over the past year
            if (p.kind == "since" and p.start >= f.end and p.start - f.end < 30) or (
                p.grain in ("back", "years", "plan") and p.kind in ("since", "span") and p.start - f.end < 40
            ):
                return "change"
        every = [p for p in s.periods if p.kind == "base" and p.end <= f.start]
        return self._compare(every[-1], d.frame) if every else self._said_first(s) or "bare"

    def _said_first(self, s: Sentence) -> str | None:
        """Give what the opening of a sentence says its changes are by: On a quarter-to-quarter basis."""
        first = next((g.start for g in s.figures if g.reason is None), s.end)
        for m in within(s.marks, s.start, first):
            e = m.get("measure")
            if e is not None and e.value in ("yoy", "mom"):
                comma = self.text.find(",", m.end, first)
                return e.value if comma >= 0 and m.start - s.start < 60 else None
        return None

    def _compare(self, p: Period, frame: Frame) -> str:
        if p.grain == "base_month":
            return "mom"
        if p.grain == "base" or p.low is None or p.high is None:
            return "yoy"
        low, high = frame.low, frame.high or self.published
        if high is None:
            return "bare"
        if p.grain in ("month", "quarter") and low is not None:
            months = (low.year - p.low.year) * 12 + low.month - p.low.month
            if months == (1 if p.grain == "month" else 3):
                return "mom"
            return "yoy" if months == 12 else "change"
        return "yoy" if p.high.year == high.year - 1 else "change"

    def _times(
        self,
        s: Sentence,
        d: Draft,
        found: tuple[Mark | None, int] | None,
        measure: str,
        left: list[Mark],
        right: list[Mark],
    ) -> Reading:
        """Turn doubled, fivefold, 1.8 times into percent; a fall of so many times is the other way round."""
        f = d.figure
        fall = (found or self._change_before(f, left, 24) or (None, 1))[1] < 0

        def pct(x: Decimal | None) -> Decimal | None:
            if x is None:
                return None
            times = x if f.sense == "fold" else x / 100 + 1
            if fall and times > 0:
                return (1 / times - 1) * 100
            return (times - 1) * 100

        if (
            f.sense == "fold"
            and found is None
            and not self.grammar.phrases["more_times"].match(self.text[f.end : f.end + 12])
        ):
            return Reading(None, f.value, f.low, f.high, "fold", f.qualifier)
        value = f.value if f.value < 0 else pct(f.value)
        assert value is not None
        low, high = (pct(f.low), pct(f.high)) if not fall else (pct(f.high), pct(f.low))
        if f.value < 0:
            low, high = f.low, f.high
        return Reading(measure, value, low, high, "%", f.qualifier, found[0] if found else None, change=True)
