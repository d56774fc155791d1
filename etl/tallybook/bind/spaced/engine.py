"""Binding in languages that part their words with blanks: the same engine, another order of words.

The state, the frames, the heads and what is done with a draft are the engine's. What differs
is few and named here: the noun stands behind its number, a period may stand behind the
figure, a change before the amount that it led to ("up 7 percent to 1,482"), a rate behind
("14 trains a day"), a place behind ("passed through Khorgos"), "respectively" at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tallybook.bind.drafts import Draft
from tallybook.bind.frames import Frame
from tallybook.bind.places import Mention
from tallybook.bind.spaced.lists import Paired
from tallybook.bind.spaced.words import PER_TIME
from tallybook.bind.structure import Sentence, within
from tallybook.recognise.figures import MONEY, Figure
from tallybook.records import Reason


class Spaced(Paired):
    """Binds the sentences of such languages; shares all that it remembers with the article's Binder."""

    def sentence(self, number: int, s: Sentence) -> None:
        """Bind one sentence; let each figure's span take in the unit that adjectives part from it."""
        self._number = number
        super().sentence(number, s)
        for d in self.drafts[-len(s.figures) :] if s.figures else ():
            noun = d.figure.noun
            if (
                noun
                and noun[1] > d.figure.end
                and not any(d.figure.end <= f.start < noun[1] for f in s.figures)
            ):
                d.figure = replace(d.figure, end=noun[1])

    def prime(self, sentence: Sentence | None, mentions: Sequence[Mention], text: str) -> None:
        """Take place, period and service from a title; of two places side by side, neither."""
        subjects = [m for m in mentions if m.role == "subject"]
        if len({m.slug for m in subjects}) > 1:
            mentions = [m for m in mentions if m.role != "subject"]
        super().prime(sentence, mentions, text)

    def _draft(
        self,
        number: int,
        s: Sentence,
        figure: Figure,
        earlier: list[Draft],
        mentions: Sequence[Mention],
        before: Frame,
    ) -> Draft:
        clause = s.clause_of(figure.start)
        draft = Draft(figure, number, clause)
        if figure.unit is None and not figure.reason and not figure.few:
            draft.figure = figure = self._bare(s, draft, earlier)
        draft.figure = figure = self._goal(s, figure)
        if figure.unit == "trip":
            draft.figure = figure = self._trips(s, figure)
        if figure.unit == "person" and figure.value < 1000 and self._of_crossings(figure):
            draft.figure = figure = replace(figure, unit=None)  # the two crossings are places
        reason = self._dead(figure, earlier)
        if reason:
            draft.reason, draft.missing = reason
            return draft
        left = within(s.marks, max(self._previous(s, figure), s.start), figure.start)
        right = within(s.marks, figure.end, min(self._next(s, figure), s.end))
        draft.frame = self._frame_of(s, figure, before, earlier)
        if figure.ordinal:
            draft.frame = self._until_now(s, draft.frame)
        if figure.sense:
            self._change(s, draft, left, right, earlier)
        else:
            self._amount(s, draft, left, right, earlier)
        if draft.begins and draft.reading and self._undated(s, draft):
            draft.frame = Frame(None, None, "former")
        if draft.reason is None:
            self._attributes_of(s, draft, earlier, mentions)
            self._place(s, draft, mentions, earlier)
            self._whole_country(s, draft)
            self._check(s, draft)
        return draft

    def _undated(self, s: Sentence, d: Draft) -> bool:
        """Tell whether an old level that something rose from has no date: from one train a month."""
        metric = self.lexicon.metric.get(d.metric or "")
        if not ((metric and metric.stock) or (d.reading and d.reading.measure in PER_TIME)):
            return False
        return d.frame.inherited or all(p.start > self._next(s, d.figure) for p in d.frame.marks)

    def _of_crossings(self, figure: Figure) -> bool:
        return "crossing" in self.text[figure.start : self._tail(figure)].lower()

    def _dead(self, figure: Figure, earlier: list[Draft]) -> tuple[Reason, str | None] | None:
        if figure.reason:
            return figure.reason, None
        if figure.few:
            return "ambiguous", "the words give a size and no number"
        last = earlier[-1].figure if earlier else None
        if (
            last
            and figure.unit in MONEY
            and last.unit in MONEY
            and last.unit != figure.unit
            and self.grammar.phrases["same_amount"].fullmatch(self.text, last.end, figure.start)
        ):
            return "ambiguous", "the amount before it in another currency"
        if figure.unit is None:
            return "no_metric", "a unit"
        return None
