"""Amounts that are a change: rose by 300, 300 more than, $870 million or 17 percent less."""

from __future__ import annotations

import re

from tallybook.bind.drafts import Draft
from tallybook.bind.spaced.shares import Sharing
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.lexicon import Mark
from tallybook.recognise.figures import TIME, Figure


class Amounts(Sharing):
    """Tells amounts of growth from levels."""

    def _adjacent_change(
        self, s: Sentence, f: Figure, left: list[Mark], right: list[Mark]
    ) -> tuple[Mark, int] | None:
        """The word of growth or fall next before ("rose by 300") or behind ("300 more than") an amount."""
        start, ways = self._start(f), self.grammar.phrases
        if any(m.get("reach") and start - 1 <= m.end <= start for m in left):
            return None  # it lost 17.3% and stopped at 209,900 TEU
        if f.unit not in TIME and ways["by_amount"].search(self.text, max(s.start, start - 6), start):
            verbs = [m for m in within(s.marks, s.clause_of(f.start).start, start) if m.get("change")]
            entry = verbs[-1].get("change") if verbs else None
            if entry is not None and start - verbs[-1].end > 1:
                return verbs[
                    -1
                ], 1 if entry.value == "+" else -1  # exceeding the figure of 2024 by 1,250 vehicles
            last = self._last_change_of(s, f) if not verbs else None
            if last is not None:
                return last  # imports rose by 31,915 TEUs, exports by 30,923
        if ways["goal_word"].match(self.text[start : f.start]):
            return None
        for m in reversed(left):
            entry = m.get("change")
            gap = self.text[m.end : start]
            if len(gap) > 14:
                break
            if m.get("qual") and m.end <= f.start and m.start >= start - 1:
                continue
            if entry is not None:
                bare = self.text[m.start : m.end].lower()
                if ways["by_gap"].fullmatch(gap) and (
                    f.unit in TIME
                    or ways["by"].search(gap)
                    or ways["by"].search(bare)
                    or ways["by_itself"].fullmatch(bare)
                ):
                    return m, 1 if entry.value == "+" else -1
                break
        same = self._same_change(s, f)
        if same is not None:
            return same
        tail = self._tail(f)
        for m in right:
            if m.start - tail > 3 or m.start < tail or re.search(r"[,;:.]", self.text[tail : m.start]):
                if m.start >= tail:
                    break
                continue
            entry = m.get("change")
            if (
                entry is not None
                and entry.attrs.get("than")
                and self.text[tail : m.start] in ("", " ")
                and not re.match(r"\s?\d", self.text[m.end : m.end + 3])
            ):
                return m, 1 if entry.value == "+" else -1
            if (
                entry is not None
                and not m.get("qual")
                and (
                    f.unit in TIME
                    or (
                        not self.text[tail : m.start].strip()  # and not 180 tonnes with a rise on
                        and ways["than_next"].match(self.text[m.end : m.end + 14])
                    )
                )
            ):
                return m, 1 if entry.value == "+" else -1
        return None

    def _sign_of(self, f: Figure, earlier: list[Draft]) -> tuple[None, int] | None:
        """The sign before an amount in brackets behind its growth: 27.3% more (+$6.8 billion)."""
        sign = self.text[max(0, self._start(f) - 2) : self._start(f)]
        before = earlier[-1].reading if earlier else None
        if sign not in ("(+", "(-") or f.unit in TIME or before is None or not before.change:
            return None
        return None, -1 if sign == "(-" else 1

    def _same_change(self, s: Sentence, f: Figure) -> tuple[Mark, int] | None:
        """The word of a change told in percent, too, behind or before: $870 million or 17 percent less."""
        ways = self.grammar.phrases
        behind = next((g for g in s.figures if g.start >= f.end and g.reason is None), None)
        if (
            behind is not None
            and behind.sense == "percent"
            and not behind.growth
            and (
                self.text[self._tail(f)] != ","
                or ways["by"].search(self.text, max(s.start, self._start(f) - 4), self._start(f))
            )
            and ways["or_that"].fullmatch(self.text, self._tail(f), self._start(behind))
        ):
            for m in within(s.marks, behind.end, behind.end + 24):
                gap = self.text[behind.end : m.start]
                if gap in ("", " ", ", ") and (entry := m.get("change")) is not None:
                    return m, 1 if entry.value == "+" else -1
        before = next((g for g in reversed(s.figures) if g.end <= f.start and g.reason is None), None)
        if (
            before is not None
            and before.sense == "percent"
            and not before.growth
            and f.unit not in TIME
            and ways["or_that"].fullmatch(self.text, before.end, self._start(f))
            and ways["by"].search(self.text, max(s.start, self._start(before) - 4), self._start(before))
        ):
            found = self._change_before(before, within(s.marks, s.start, before.start), 14)
            if found is not None and found[0] is not None:
                return found  # grew by 9 percent, or 255,786 units
        return None

    def _last_change_of(self, s: Sentence, f: Figure) -> tuple[Mark, int] | None:
        """The word of the amount of the same unit before, by which that one had changed."""
        before = next((g for g in reversed(s.figures) if g.end <= f.start and g.unit == f.unit), None)
        if before is None or f.start - before.end > 60:
            return None
        start = self._start(before)
        if not self.grammar.phrases["by_amount"].search(self.text, max(s.start, start - 6), start):
            return None
        verbs = [m for m in within(s.marks, s.clause_of(before.start).start, start) if m.get("change")]
        entry = verbs[-1].get("change") if verbs else None
        return (verbs[-1], 1 if entry.value == "+" else -1) if entry is not None else None

    def _relate_to(self, d: Draft, earlier: list[Draft]) -> None:
        pool = [
            e
            for e in earlier
            if e.figure.sense == ""
            and e.figure.unit == d.figure.unit
            and e.reading
            and not e.reading.change
            and e.head
        ]
        if pool:
            d.relates = next((e for e in reversed(pool) if not e.compared), pool[-1])
            d.head = replace(d.relates.head, rule="related") if d.relates.head else d.head
