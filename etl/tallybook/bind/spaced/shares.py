"""Shares: whether a percentage is a part of a whole, and no growth."""

from __future__ import annotations

import re

from tallybook.bind.drafts import Draft
from tallybook.bind.heads import Head
from tallybook.bind.spaced.spans import Dated
from tallybook.bind.structure import Sentence, within
from tallybook.lexicon import Mark
from tallybook.recognise.figures import Figure


class Sharing(Dated):
    """Tells shares from growth."""

    def _shared_on(self, s: Sentence, d: Draft, earlier: list[Draft]) -> Draft | None:
        """Give the share that a percentage without a verb goes on from: rail took 49%, road 41%."""
        last = next((e for e in reversed(earlier) if e.figure.sense == "percent"), None)
        if (
            last is None
            or not last.reading
            or not last.reading.share
            or last.reason
            or not (last.head or last.ahead)
        ):
            return None
        gap = self.text[last.figure.end : self._start(d.figure)]
        return last if len(gap) < 160 and not re.search(r"[.;(]\s", gap) else None

    def _share_of_amount(
        self, s: Sentence, f: Figure, told: Draft, left: list[Mark], right: list[Mark]
    ) -> bool:
        """Tell whether a percentage repeats a partner's amount: Russia - 230 million (19.5%)."""
        start = self._start(f)
        if told.partner is None or told.figure.sense or told.metric != "trade_value" or f.sense != "percent":
            return False
        if f.growth or (told.reading and told.reading.change):
            return False
        gap, ways = self.text[self._tail(told.figure) : start], self.grammar.phrases
        bracketed = gap == " (" and self.text[f.end : f.end + 1] == ")"
        if not bracketed and not ways["or_that"].fullmatch(gap):
            return False
        near = [m for m in [*left, *right] if abs(m.start - f.end) < 12 or told.figure.end <= m.start < start]
        return ways["partner_shares"].search(self.text, s.start, start) is not None and not any(
            m.get("change") and not m.get("qual") for m in near
        )

    def _share_of_partner(self, s: Sentence, f: Figure) -> Head | None:
        """Read a percentage in brackets behind a land as its share: Russia (18.3% or $767 million)."""
        start = self._start(f)
        opened = self.text.rfind("(", max(s.start, start - 40), start)
        if opened < 0 or f.sense != "percent" or f.growth or ")" in self.text[opened:start]:
            return None
        beside = next((g for g in reversed(s.figures) if opened < g.start and g.end <= start), None)
        gap = self.text[beside.end if beside else opened + 1 : start]
        if gap and not (beside and self.grammar.phrases["or_that"].fullmatch(gap)):
            return None
        place = next((m for m in reversed(s.marks) if m.get("place") and m.end <= opened), None)
        if place is None or not self._beside_bracket(place.end, opened):
            return None
        if not self.grammar.phrases["partner_shares"].search(self.text, s.start, start):
            return None
        if any(m.get("change") and not m.get("qual") for m in within(s.marks, s.start, f.end + 12)):
            return None
        named = next(
            (m for m in s.marks if (e := m.get("metric")) is not None and e.value == "trade_value"), None
        )
        traded = next((m for m in s.marks if (e := m.get("dir")) is not None and e.attrs.get("trade")), None)
        last = self.state.last
        if named or traded or (last is not None and last.metric == "trade_value"):
            return Head("trade_value", named, "list")
        return None

    def _beside_bracket(self, end: int, opened: int) -> bool:
        """Tell whether a bracket tells of a name before it: Russia (…, China had the largest part (…"""
        gap = self.text[end:opened]
        if not gap.strip():
            return True
        return re.search(r"[.,;:\d]", gap) is None and bool(
            self.grammar.phrases["partner_shares"].search(gap)
        )

    def _ratio_head(self, left: list[Mark], right: list[Mark], f: Figure) -> Head | None:
        for m in [*reversed(left), *right[:2]]:
            e = m.get("metric")
            if e is not None and e.value == "load_ratio":
                return Head("load_ratio", m, "clause")
        return None

    def _share(self, s: Sentence, f: Figure, left: list[Mark], right: list[Mark]) -> Mark | bool:
        if f.sense != "percent" or f.growth:
            return False
        start = self._start(f)
        if (
            self.text[start - 1 : start] == "("
            and self.text[f.end : f.end + 1] == ")"
            and self.grammar.phrases["of_them"].search(self.text[s.start : self._previous_start(s, f)])
        ):
            return True  # of them, 6,446 cars (46.8%) and 7,342 cars (53.2%)
        for m in reversed(left):
            e = m.get("measure")
            of_number = any(
                g.end <= m.start <= g.end + 1 and not g.sense and g.reason is None for g in s.figures
            )
            if of_number and self.grammar.phrases["of_them"].search(self.text, m.start, m.end):
                continue  # it handled 503 of them, 27.9 percent more
            if e is not None and e.value == "share" and m.end <= start + 1:
                words = self.text[m.end : start]
                if self.grammar.phrases["rise_behind"].match(self.text, f.end) and not self.grammar.phrases[
                    "of_whole"
                ].match(self.text[f.end : f.end + 24]):
                    break  # representing a 40% increase
                if (
                    not any(x.get("change") and not x.get("qual") for x in left if m.end <= x.start)
                    and len(words) < 50
                ):
                    return m
            if m.get("change") and not m.get("qual"):
                break
        ways = self.grammar.phrases
        more = ways["by"].search(self.text, max(s.start, start - 4), start) and ways["up_down"].search(
            self.text, f.end, min(s.end, f.end + 24)
        )
        if more:
            return False  # by 10.9% of goods more
        if ways["of_whole"].match(self.text[f.end : f.end + 24]) and not self._change_before(f, left, 12):
            return True
        before = next((g for g in reversed(s.figures) if g.end <= f.start and g.reason is None), None)
        if (
            before is not None
            and before.sense == "points"
            and self.grammar.phrases["goal_gap"].search(self.text[before.end : start])
        ):
            return True  # raising the proportion by 2.2 points to 30.7 per cent
        part = self.grammar.phrases["of_them"].search(self.text, s.start, self._previous_start(s, f))
        if (
            before is not None
            and not before.sense
            and part is not None
            and self.grammar.phrases["or_that"].fullmatch(self.text, before.end, start)
        ):
            return True  # of them, 4,897 wagons or 74 percent
        if self.grammar.phrases["were_of"].match(self.text, f.end) and not self._change_before(f, left, 14):
            return True  # 39.5 percent were general cargo
        if self.grammar.phrases["share_was"].search(self.text, s.clause_of(f.start).start, start):
            return True
        if (
            self.text[start - 2 : start] == "- "
            and self.grammar.phrases["shares_listed"].search(self.text, s.start, start)
            and not any(m.get("change") and not m.get("qual") for m in within(s.marks, s.start, start))
        ):
            return True  # most of the exports were goods of industry - 24.1%, food - 7.5%
        for m in right:
            e = m.get("measure")
            if (
                e is not None
                and e.value == "share"
                and m.start - f.end <= 4
                and "," not in self.text[f.end : m.start]
            ):
                return m
        return False

    def _previous_start(self, s: Sentence, f: Figure) -> int:
        """Give where the first amount that may be a part begins: the sentence's first one before a share."""
        return next((self._start(g) for g in s.figures if g.end <= f.start and g.reason is None), s.start)

    def _share_of_list(self, s: Sentence, f: Figure, left: list[Mark], earlier: list[Draft]) -> bool:
        """Tell whether a percentage goes on a list of shares: Kazakhstan 8.3%, Korea 6.7%."""
        last = earlier[-1] if earlier else None
        if last is None or not last.reading or not last.reading.share or f.sense != "percent" or f.growth:
            return False
        gap = self.text[last.figure.end : self._start(f)]
        return (
            len(gap) < 60
            and re.search(r"[.;:]", gap) is None
            and (
                any(m.get("place") or m.get("partner") for m in left)
                or any(last.figure.end <= p.start < f.start for p in s.periods)
            )
            and not any(m.get("change") or m.get("metric") or m.get("reach") for m in left)
        )

    def _change_before(self, f: Figure, left: list[Mark], reach: int) -> tuple[Mark, int] | None:
        start = self._start(f)
        for m in reversed(left):
            if m.start >= start:
                continue
            entry = m.get("change")
            if start - m.end > reach:
                return None
            if entry is not None and not (
                m.get("qual") and not self.grammar.phrases["up_down"].search(self.text[m.start : m.end])
            ):
                return m, 1 if entry.value == "+" else -1
        return None
