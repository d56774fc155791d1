"""What the steps of binding share: the words around a figure, and which of them count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Self

from tallybook.bind import heads
from tallybook.bind.drafts import Draft
from tallybook.bind.engine import Binder
from tallybook.bind.heads import Head
from tallybook.bind.measures import Reading
from tallybook.bind.places import NOWHERE
from tallybook.bind.structure import Sentence
from tallybook.lexicon import Mark, mark_of
from tallybook.lexicon.grammar import Grammar
from tallybook.recognise.figures import MONEY, Figure
from tallybook.recognise.periods import Period

PER_TIME = frozenset({"daily_mean", "daily_max", "weekly_mean", "monthly_mean"})


def gap_to(mark: Mark, f: Figure) -> int:
    return f.start - mark.end if mark.end <= f.start else mark.start - f.end


def signed(f: Figure, measure: str, sign: int, mark: Mark | None, unit: str | None = None) -> Reading:
    value, low, high = f.value, f.low, f.high
    if sign < 0:
        value, low, high = -value, None if high is None else -high, None if low is None else -low
    return Reading(measure, value, low, high, unit or f.unit or "", f.qualifier, mark, change=True)
_OF_TIME = 45
"""Characters between the time that something takes and what takes it."""


class Worded(Binder):
    """Finds words around figures."""

    grammar: Grammar
    moment: tuple[int, date | None] = (-9, None)
    """The last sentence that told of the day of an event, and that day."""
    _number = 0
    listed: str | None = None
    """The unit of the numbers of a list, which the line before it names."""
    partners_listed = False
    itemised = False
    """True in the lines of a list, behind a line that ends with a colon."""
    """True in a list of partners: the line before it speaks of buyers or suppliers."""
    spoken: tuple[int, Head] | None = None
    """The last sentence that spoke of a metric without a figure, and that metric."""
    changed: Draft | None = None
    """The last keyed change."""

    @classmethod
    def beside(cls, binder: Binder) -> Self:
        """Make a reader that shares the state, the drafts and the context of `binder`."""
        twin = cls.__new__(cls)
        twin.__dict__ = binder.__dict__
        return twin

    def use(self, grammar: Grammar) -> None:
        """Read the next sentences by this grammar."""
        self.grammar = grammar

    def _home(self, slug: str) -> bool:
        return slug == NOWHERE or slug in self.lexicon.place

    def _foreign(self, slug: str) -> bool:
        return False

    def _said_from(self, s: Sentence, at: int) -> int:
        """Where what is said of an offset begins: its clause, and the one before over a mere dash."""
        start = s.clause_of(at).start
        if start > s.start and self.text[start - 1] == "(":
            start = s.clause_of(start - 1).start
        if self.text[s.start : start].endswith(("- ", "-")) and start > s.start:
            start = s.clause_of(start - 1).start
        return start

    def _next(self, s: Sentence, figure: Figure) -> int:
        """Where the next amount or change of the sentence begins."""
        last = figure
        for f in s.figures:
            if f.start < figure.end or f.reason is not None:
                continue
            if (
                f.unit in MONEY
                and last.unit in MONEY
                and self.grammar.phrases["same_amount"].fullmatch(self.text, last.end, f.start)
            ):
                last = f  # the same amount in another currency
                continue
            return f.start
        return s.end

    def _previous(self, s: Sentence, figure: Figure) -> int:
        return max([f.end for f in s.figures if f.end <= figure.start and f.reason is None], default=s.start)

    def _start(self, figure: Figure) -> int:
        return figure.qual_start if figure.qual_start is not None else figure.start

    def _tail(self, figure: Figure) -> int:
        return max(figure.end, figure.noun[1]) if figure.noun else figure.end

    def _phrase(self, s: Sentence, p: Period) -> tuple[int, int]:
        clause = s.clause_of(p.start)
        return clause.start, clause.end

    def _number_of(self, s: Sentence, m: Mark) -> bool:
        """Tell whether "the number of" stands before a word."""
        of = self.grammar.phrases["number_of"]
        lead = self.text[max(s.start, m.start - 40) : m.start]
        return of.search(lead) is not None or of.search(self.text[m.start : m.end] + " ") is not None

    def _weak_mark(self, m: Mark) -> bool:
        entry = m.get("metric")
        return entry is not None and bool(entry.attrs.get("weak"))

    def _weak(self, head: Head) -> bool:
        entry = head.mark.get("metric") if head.mark else None
        return entry is not None and bool(entry.attrs.get("weak") or entry.attrs.get("goods"))

    def _entries(self, word: str) -> tuple:  # type: ignore[type-arg]
        marks = self.lexicon.scan(word, self.grammar.lang)
        return (
            tuple(
                e
                for m in marks
                for e in m.entries
                if e.kind in ("metric", "world", "service") and e.lang in ("", self.grammar.lang)
            )
            if len(marks) == 1 and marks[0].end == len(word)
            else ()
        )

    def _world(self, marks: Sequence[Mark], unit: str | None) -> Mark | None:
        kind = heads.unit_class(unit)
        for m in marks:
            e = m.get("world")
            if (
                e is not None
                and not m.get("metric")
                and ("*" in e.attrs.get("units", "*").split() or kind in e.attrs.get("units", "").split())
            ):
                return m
        return None

    def _of_this_world(self, m: Mark) -> Mark | None:
        """Take from a mark the other world that this story gives it none of; None where nothing is left."""
        e = m.get("world")
        if e is None or not ("story" in e.attrs or "unless" in e.attrs):
            return m
        if not (self._of_story(e.attrs.get("story")) or self._speaks_of(e.attrs.get("unless"))):
            return m
        rest = tuple(x for x in m.entries if x is not e)
        return mark_of(m.start, m.end, rest) if rest else None

    def _of_story(self, metric: str | None) -> bool:
        """Tell whether the sentence before told of the metric that a word of another world then means."""
        last = self.state.last
        return (
            metric is not None
            and last is not None
            and last.metric == metric
            and self._number - last.sentence <= 1
        )

    def _speaks_of(self, word: str | None) -> bool:
        """Tell whether the article has a word that takes another world's one in: aboard a cruise ship."""
        if word is None:
            return False
        if word not in self.words_said:
            self.words_said[word] = re.search(rf"\b{word}\b", self.text, re.I) is not None
        return self.words_said[word]

    def _nearer(self, a: Mark, b: Head, f: Figure) -> bool:
        if b.mark is None:
            return True
        return gap_to(a, f) < gap_to(b.mark, f)

    def _first(
        self, marks: Sequence[Mark], unit: str | None, rule: str, strong: bool, change: bool = False
    ) -> Head | None:
        for m in marks:
            head = heads.of_mark(m, unit, self.lexicon, change, rule)
            if head and not (strong and self._weak(head)):
                return head
        return None

    def _outside_base(self, s: Sentence, marks: list[Mark]) -> list[Mark]:
        return [
            m
            for m in marks
            if not self.grammar.phrases["than_lead"].search(self.text[max(s.start, m.start - 30) : m.start])
        ] or marks

    def _own(self, marks: Sequence[Mark], f: Figure) -> Head | None:
        trade = any((e := m.get("dir")) is not None and e.attrs.get("trade") for m in marks)
        for m in reversed(marks):
            entry, world = m.get("metric"), m.get("world")
            if trade and entry is None and world is not None and world.attrs.get("weak"):
                continue  # exports of mobile phones grew
            if (
                entry is not None
                and entry.value == "routes"
                and self.grammar.phrases["along"].search(self.text, max(0, m.start - 12), m.start)
            ):
                continue  # freight on the route grew
            if entry is not None and entry.value in ("flights", "vessels"):
                return Head(entry.value, m, "clause")
            head = heads.of_mark(m, f.unit, self.lexicon, True, "clause")
            if head and (not self._weak(head) or head.metric in ("flights", "vessels", "freight_cost")):
                return self._time_of(marks, m) or head
        return None

    def _time_of(self, marks: Sequence[Mark], goods: Mark) -> Head | None:
        """Give the time that something takes, told right before it: the time of clearance of goods fell."""
        for m in marks:
            entry = m.get("metric")
            if entry is None or entry.value not in ("clearance_time", "transit_time") or m.end > goods.start:
                continue
            gap = self.text[m.end : goods.start]
            if not entry.attrs.get("weak") and len(gap) <= _OF_TIME and not re.search(r"[,.;:\d]", gap):
                return Head(entry.value, m, "clause")
        return None
