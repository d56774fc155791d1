"""Which period a figure is about, where it may be said before the figure or behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from tallybook.bind import frames
from tallybook.bind.drafts import Draft
from tallybook.bind.frames import Frame
from tallybook.bind.heads import OTHER
from tallybook.bind.places import Mention
from tallybook.bind.spaced.words import Worded
from tallybook.bind.structure import Sentence
from tallybook.frozen import replace
from tallybook.recognise.figures import TIME, Figure
from tallybook.recognise.periods import Period
from tallybook.recognise.spaced_periods import said_only

_REPORTED = ("month", "months", "quarter", "half")


def only_period(sentences: Sequence[Sentence]) -> Frame:
    """Give the period of an article that tells of only one, for the figures before it is told."""
    told = [
        p
        for s in sentences
        for p in s.periods
        if p.kind == "span" and p.low and p.grain in (*_REPORTED, "year")
    ]
    counted = [
        s
        for s in sentences
        if any(g.sense == "percent" or (g.unit and g.unit not in TIME) for g in s.figures)
    ]
    if len({(p.low, p.high) for p in told}) != 1 or not any(p in s.periods for s in counted for p in told):
        return Frame()
    return Frame(told[0].low, told[0].high, "span", told[0].grain, (), inherited=True)


class Dated(Worded):
    """Finds the period of a figure."""

    only_frame = Frame()

    def _frame_of(self, s: Sentence, figure: Figure, before: Frame, earlier: list[Draft]) -> Frame:
        """The period in force; a year to date ends where the story's last reported month does."""
        frame = self._said_of(s, figure, before, earlier)
        old = self.drafts[-1] if self.drafts else None
        if (
            frame.inherited
            and not earlier
            and old is not None
            and old.compared
            and self._number - old.sentence == 1
            and self.grammar.phrases["of_them"].search(self.text, s.start, self._start(figure))
        ):
            frame = replace(old.frame, inherited=True)  # last year it was 902,577; of that 557,508
        if not frame.known and not self.title_frame.known:
            frame = self._year_after(s)
            if not frame.known and not self.grammar.phrases["perfect_before"].search(
                self.text, s.clause_of(figure.start).start, self._start(figure)
            ):
                frame = self.only_frame
        frame = self._as_long_as_base(s, figure, frame)
        if (
            frame.kind not in ("open", "since")
            or (frame.kind == "since" and (frame.low is None or frame.low.day != 1 or frame.low.month != 1))
            or not (self.grammar.reported_to_date or self.published is None)
            or not (frame.grain == "year" or (frame.kind == "since" and frame.grain == "month"))
            or frame.low is None
            or frame.high != self.published
            or (not frame.inherited and any(p.kind in ("now", "point", "until") for p in frame.marks))
        ):
            return frame
        told = [
            p
            for p in s.periods
            if p.end <= figure.start and p.kind == "span" and p.grain in _REPORTED and p.high and p.low
            if not self._in_passing(s, p)
        ]
        ends = (
            [told[-1].high]
            if told
            else [
                f.high
                for f in (before, self.state.main, self.title_frame)
                if f.kind == "span" and f.grain in _REPORTED and f.high
            ]
        )
        ends += [
            f.high
            for f in (before, self.state.main)
            if f.kind in ("until", "open", "since") and f.high and f.low == frame.low and not told
        ]
        last = frame.high
        fit = [
            h
            for h in ends
            if h and frame.low < h and (last is None or (h < last and (last - h).days <= 62))
            if h.year == frame.low.year
        ]
        return replace(frame, high=max(fit)) if fit else frame

    def _as_long_as_base(self, s: Sentence, figure: Figure, frame: Frame) -> Frame:
        """End a year to date where its base does: since January, up on the first eight months."""
        if frame.kind not in ("open", "since") or frame.low is None or frame.high != self.published:
            return frame
        if not self.grammar.reported_to_date:
            return frame
        for p in s.periods:
            if (
                p.kind == "base"
                and p.start >= figure.start
                and p.grain in _REPORTED
                and p.low
                and p.high
                and (p.low.month, p.low.day) == (frame.low.month, frame.low.day)
                and p.low.year < frame.low.year
            ):
                high = frames.year_on(p.high, frame.low.year - p.low.year)
                return replace(frame, high=high) if not self.published or high <= self.published else frame
        return frame

    def _said_of(self, s: Sentence, figure: Figure, before: Frame, earlier: list[Draft]) -> Frame:
        """The periods before a figure and those behind it, to the next figure, in the order of the text."""
        clause = s.clause_of(figure.start)
        rules = self.grammar.period
        lasting = [
            p
            for p in s.periods
            if not said_only(self.text, rules, p, self._phrase(s, p))
            and not self._bound(s, p, figure)
            and not self._bracketed(s, p, figure)
            and not self._in_passing(s, p)
            and not self._now_of_span(s, p)
        ]
        led = next((p for p in lasting if p.kind == "base" and p.low and p.end == figure.start - 2), None)
        if (
            led is not None
            and led.grain != "year"
            and led.high
            and not figure.sense
            and self.text[led.end : figure.start] == " ("
        ):
            told = frames.run(before, [p for p in lasting if p.end <= led.start], self.published)
            if led.grain.startswith("base") and told.low and told.high:
                return self._earlier_than(told, led)  # than in the same period of 2018 (4,673 TEU)
            return Frame(
                led.low, led.high, "span", led.grain, (led,)
            )  # compared to January 2020 ($913 million)
        last_draft = earlier[-1] if earlier else None
        if (
            last_draft is not None
            and last_draft.reason is None
            and not figure.sense
            and not last_draft.figure.sense
            and not last_draft.frame.inherited
            and last_draft.frame.known
            and self.grammar.listing.fullmatch(self.text[self._tail(last_draft.figure) : self._start(figure)])
            and figure.noun is None
        ):
            return last_draft.frame
        stop = self._next(s, figure)
        own = [p for p in lasting if figure.end <= p.start < min(stop, self._past_brackets(s, clause.end))]
        base = own[0] if own and own[0].kind == "base" else None
        if (
            base
            and not figure.sense
            and not self.grammar.phrases["its_amount"].match(self.text, base.end)
            and (
                len(self.text[self._tail(figure) : base.start]) <= (40 if self._compared(s, figure) else 8)
                and not re.search(r"[,;(]", self.text[self._tail(figure) : base.start])
            )
        ):
            told = frames.run(before, [p for p in lasting if p.end <= figure.start], self.published)
            if base.low and base.high and not (base.grain.startswith("base") and told.low and told.high):
                return Frame(base.low, base.high, "span", "year", (base,))
            for _ in range(max(1, (told.high.year - base.low.year) if base.low and told.high else 1)):
                told = frames.year_back(told) if told.low else told
            return told
        earlier_periods = [p for p in lasting if p.end <= figure.start]
        if any(p.kind in ("span", "point") and p.low for p in earlier_periods):
            earlier_periods = [
                p for p in earlier_periods if p.kind != "former"
            ]  # in 2019, before the pandemic
        last = earlier_periods[-1] if earlier_periods else None
        between = self.text[last.end : self._start(figure)] if last else ""
        if last and last.kind == "same" and len(earlier_periods) > 1 and earlier_periods[-2].kind == "base":
            between = self.text[earlier_periods[-2].end : last.start].rstrip() + between
            last = earlier_periods[-2]  # a year earlier over the same period it was 47,157
        if (
            last
            and last.kind == "base"
            and (last.grain == "base" or (last.grain == "year" and self.text[figure.start - 1] == "("))
            and not figure.sense
            and not self.grammar.phrases["goal_word"].match(self.text, self._start(figure), figure.start)
            and self.grammar.phrases["base_was"].fullmatch(between)
        ):
            told = frames.run(before, earlier_periods, self.published)
            return frames.year_back(told) if told.low or told.high else told
        if last and last.kind == "base" and not figure.sense and self._leads(s, last) and before.low:
            return self._earlier_than(before, last)
        behind = [
            p
            for p in own
            if p.kind not in ("base", "same", "former")
            or (
                p.kind == "former"
                and (not earlier_periods or p.start - self._tail(figure) <= 3)
                and (stop == s.end or stop - p.end > 1)  # 1 to 2 days instead of 3: of the next
                and not self.grammar.phrases["compared_gap"].search(self.text, self._tail(figure), p.start)
            )
        ]
        if figure.sense and behind and behind[0].kind in ("since",):
            behind = []
        if (
            behind
            and behind[0].kind == "now"
            and self.published
            and behind[0].start - self._tail(figure) <= 12
            and before.known
            and not [p for p in earlier_periods if p.kind not in ("base", "same", "former")]
        ):
            return Frame(None, self.published, "now", "word", (behind[0],))
        level = None if figure.sense else self._level_of_year(s, figure, before, earlier_periods, own)
        if level is not None:
            return level
        periods = earlier_periods + behind
        stated = [p for p in periods if p.kind not in ("base", "same")]
        if not stated:
            rest = [
                p
                for p in lasting
                if p.start >= figure.end
                and p.kind in ("span", "open", "until", "since", "point")
                and (p.kind != "point" or p.grain != "day" or p.start < clause.end)
            ]
            later = [
                p
                for p in rest
                if p.start < clause.end
                or (
                    not any(
                        g.reason is None and not g.sense and s.clause_of(p.start).start <= g.start < p.start
                        for g in s.figures
                        if g.start > figure.end
                    )
                    and not any(
                        g.reason is None and g.start > p.start and self._said_from(s, g.start) <= p.start
                        for g in s.figures
                    )
                )
            ]
            periods = periods + (later[:1] if before.known else rest[:1])
        if self._the_month(lasting, figure, clause.end, stated, before):
            return replace(self.state.main, inherited=True)
        if (
            any(p.kind == "same" for p in lasting if p.end <= figure.start)
            and not stated
            and self.state.main.known
            and before.known
        ):
            return frames.run(before, periods, self.published)
        return frames.run(before, periods, self.published)

    def _the_month(
        self, periods: Sequence[Period], figure: Figure, end: int, stated: Sequence[Period], before: Frame
    ) -> bool:
        """Tell whether "in the month" goes back from a year to date to the month that the story is of."""
        main = self.state.main
        if stated or main.kind != "span" or main.grain not in ("month", "quarter") or before == main:
            return False
        near = [p for p in periods if p.kind == "same" and (p.end <= figure.start or p.start < end)]
        rules = self.grammar.period
        return any(
            rules.unit_of(self.text[p.start : p.end].lower().rsplit(" ", 1)[-1]) == main.grain for p in near
        )

    def _compared(self, s: Sentence, figure: Figure) -> bool:
        """Tell whether a level is one that another is compared with: from 861,080, against 300."""
        start = self._start(figure)
        return (
            self.grammar.phrases["old_level"].search(self.text[max(s.start, start - 40) : start]) is not None
        )

    def _level_of_year(
        self, s: Sentence, figure: Figure, before: Frame, told: Sequence[Period], own: Sequence[Period]
    ) -> Frame | None:
        """Read "(2023: 426)" and "compared to 426 last year" as of the months that the story tells of."""
        inside = self._bracket(s, figure.start)
        beside = [p for p in s.periods if inside and inside[0] <= p.start < inside[1]] if inside else []
        if not beside and self._compared(s, figure):
            start = self._start(figure)
            beside = [
                p
                for p in s.periods
                if 0 <= start - p.end <= 20
                and (
                    self.text[p.end : start].strip() in ("'s", "")
                    or self.grammar.phrases["level_named"].fullmatch(self.text[p.end : start].rstrip())
                )
            ]
            if beside and beside[0].kind in ("base", "span") and beside[0].grain == "month" and beside[0].low:
                return replace(frames.run(before, [], self.published), low=beside[0].low, high=beside[0].high)
        if not beside and self._compared(s, figure):
            beside = [p for p in own[:1] if p.start - self._tail(figure) <= 4]
        if not beside or beside[0].grain != "year" or beside[0].low is None:
            return None
        if beside[0].kind == "base" and not inside and beside[0].start >= figure.end:
            return None
        outer = [p for p in told if p not in beside]
        frame = frames.run(before, outer, self.published)
        years = frame.high.year - beside[0].low.year if frame.high else 0
        if frame.kind not in ("span", "open", "since") or not frame.low or not frame.high or years < 1:
            return None
        if frame.low.year != frame.high.year or (frame.high - frame.low).days > 360:
            return None
        return replace(frames.year_back(frame, years), marks=(*frame.marks, beside[0]))

    def _bracket(self, s: Sentence, at: int) -> tuple[int, int] | None:
        """Give the brackets that an offset of a sentence stands in."""
        start = self.text.rfind("(", s.start, at)
        if start < 0 or ")" in self.text[start:at]:
            return None
        end = self.text.find(")", at, s.end)
        return (start, end) if end >= 0 else None

    def _bracketed(self, s: Sentence, p: Period, figure: Figure | None) -> bool:
        """Tell whether a period stands in brackets beside a figure of its own: 913 trains (2019: 426)."""
        inside = self._bracket(s, p.start)
        if inside is None or (figure is not None and inside[0] < figure.start < inside[1]):
            return False
        return any(f.reason is None and not f.sense and inside[0] < f.start < inside[1] for f in s.figures)

    def _in_passing(self, s: Sentence, p: Period) -> bool:
        """Tell whether a period is of what is said of a name in passing: Tongjiang, opened in 2013, saw 8."""
        clause = s.clause_of(p.start)
        return (
            p.end <= clause.end < s.end
            and self.text[clause.start - 1] in ",("
            and self.grammar.phrases["in_passing"].match(self.text, clause.start, clause.end) is not None
            and not any(f.reason is None and clause.start <= f.start < clause.end for f in s.figures)
            and not any(q.end == clause.start - 1 for q in s.periods)  # week 8, which ended on 24 February
        )

    def _now_of_span(self, s: Sentence, p: Period) -> bool:
        """Tell whether "now" is said of a span before it: nine-month throughput now stands at 3 million."""
        return p.kind == "now" and any(
            q.kind == "span" and q.high and re.fullmatch(r"[^,;.\d]{0,30}", self.text[q.end : p.start])
            for q in s.periods
            if q.end <= p.start
        )

    def _past_brackets(self, s: Sentence, end: int) -> int:
        """Give the end of a clause that goes on behind brackets without a figure: 300 boxes (TEU) in 2021."""
        while self.text[end - 1 : end] == "(":
            close = self.text.find(")", end, s.end)
            if close < 0 or any(end <= f.start < close and f.reason is None for f in s.figures):
                break
            end = s.clause_of(min(close + 1, s.end - 1)).end
        return end

    def _leads(self, s: Sentence, p: Period) -> bool:
        """Tell whether an expression opens its sentence: (In) the same month of 2023 it …"""
        return self.grammar.phrases["opening"].fullmatch(self.text[s.start : p.start].strip()) is not None

    def _earlier_than(self, before: Frame, base: Period) -> Frame:
        """Give the month or the year before the period that the sentences before spoke of."""
        if base.grain == "base_month" and before.low and before.low.day == 1:
            last = before.low - timedelta(1)
            return Frame(last.replace(day=1), last, "span", "month", (base,))
        years = before.high.year - base.low.year if base.low and before.high else 1
        return frames.year_back(before, max(1, years))

    def _year_after(self, s: Sentence) -> Frame:
        """Take the period of a level from what it is compared with: up 7% from July last year."""
        year = self.published.year if self.published else None
        for p in s.periods:
            if p.kind == "base" and p.low and p.high and p.low.year + 1 == year and p.grain in _REPORTED:
                low, high = frames.year_on(p.low), frames.year_on(p.high)
                if self.published and high < self.published:
                    return Frame(low, high, "span", p.grain, (p,))
        return Frame()

    def _until_now(self, s: Sentence, frame: Frame) -> Frame:
        """The 10,000th train tells of the count up to it: of the year if so said, else of all time."""
        high = frame.high or self.published
        number, moment = self.moment
        if moment and s is not None and self._number - number == 1 and not self._own_day(s):
            high = moment
        if high is None or (
            frame.kind in ("since", "open", "until") and frame.low is not None and not frame.inherited
        ):
            return replace(frame, high=high) if high and frame.low and frame.low <= high else frame
        of_year = self.grammar.phrases["of_year"].search(self.text[s.start : s.end])
        low = frame.low if frame.kind == "span" and frame.low and not frame.inherited and of_year else None
        return Frame(
            low or (high.replace(month=1, day=1) if of_year else None), high, "until", "day", frame.marks
        )

    def _own_day(self, s: Sentence) -> bool:
        return any(p.kind in ("point", "until") and p.grain == "day" for p in s.periods)

    def _bound(self, s: Sentence, p: Period, figure: Figure | None) -> bool:
        """Tell whether a period stands right behind another figure, one compared with: 7,000 in 2023."""
        owner = next((f for f in reversed(s.figures) if f.reason is None and f.end <= p.start), None)
        if (
            owner is None
            or owner.sense
            or (figure is not None and owner.start == figure.start)
            or p.kind in ("base", "same")
        ):
            return False
        lead = self.text[max(s.start, self._start(owner) - 40) : self._start(owner)]
        return (
            bool(self.grammar.phrases["against"].search(lead))
            and len(self.text[self._tail(owner) : p.start]) <= 22
        )

    def _lasting(self, s: Sentence, periods: Sequence[Period], figure: Figure | None) -> list[Period]:
        """Leave out the periods of old levels and the days on which something was said."""
        rules = self.grammar.period
        kept = [
            p
            for p in periods
            if not self._bound(s, p, figure)
            and not self._bracketed(s, p, figure)
            and not self._in_passing(s, p)
            and not said_only(self.text, rules, p, self._phrase(s, p))
        ]
        today = self.published
        told = [p for p in kept if today and p.kind == "span" and p.high and p.high <= today]
        if told:  # 2025 set the course for 2026: the story is of 2025
            kept = [p for p in kept if not (p.kind == "span" and p.high and today and p.high > today)]
        return kept

    def _leave(self, number: int, s: Sentence, mentions: Sequence[Mention], before: Frame) -> None:
        main = self.state.main
        super()._leave(number, s, mentions, before)
        taken = self.state.frame if self.state.main is self.state.frame is not main else None
        self._settle_frame(number, s, before)
        if taken is not None and self.state.frame is not taken:
            self.state.main = self.state.frame if self.state.frame.known else main

    def _settle_frame(self, number: int, s: Sentence, before: Frame) -> None:
        """Let a sentence leave the period that its figures are of, not a level or a day told in passing."""
        reached = [d for d in self.drafts[-len(s.figures) :] if d.figure.ordinal and d.reason is None]
        if s.figures and reached and reached[-1].frame.low and not reached[-1].frame.inherited:
            self.state.frame = replace(reached[-1].frame, inherited=True)  # until the day of the 2,000th
        days = [
            p.high
            for p in s.periods
            if p.kind == "point"
            and p.grain in ("day", "word")
            and not said_only(self.text, self.grammar.period, p, self._phrase(s, p))
        ]
        self.moment = (number, days[-1]) if days else self.moment
        left = self.state.frame
        if left.kind == "until" and left.low is None and before.kind in ("span", "open", "since"):
            self.state.frame = before  # what stands at a date does not end the period of the story
        if (
            self.published
            and left.kind == "span"
            and left.high
            and left.high > self.published
            and before.known
        ):
            self.state.frame = before  # what is expected of next month does not end it either
        dated = [
            d
            for d in self.drafts[-len(s.figures) or len(self.drafts) :]
            if d.sentence == number and d.reason is None and d.frame.known
        ]
        told = [d.frame for d in dated if d.metric not in (None, OTHER)]
        if (
            len(dated) > 1
            and (first := dated[0].frame).kind == left.kind == "span"
            and first.low
            and left.high
            and left.high < first.low
        ):
            self.state.frame = first  # in February 16, in January 18: the story is February's
        if left.kind in ("open", "since") and told and told[-1].low == left.low and told[-1].high:
            self.state.frame = replace(left, high=min(told[-1].high, left.high or told[-1].high))
        back = self.grammar.phrases["pluperfect"].search(self.text, s.start, s.end)
        if (not told or back) and self._long_past(left, before):
            self.state.frame = before  # its first train ran in 2013: the story is still of this year

    def _long_past(self, left: Frame, before: Frame) -> bool:
        """Tell whether a sentence without a figure of its own looked back to before the story's period."""
        return (
            left.kind in ("span", "since", "until")
            and before.kind in ("span", "open", "since", "until")
            and before.low is not None
            and left.high is not None
            and left.high < before.low
        )
