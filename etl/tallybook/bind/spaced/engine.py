"""Binding in languages that part their words with blanks: the same engine, another order of words.

The state, the frames, the heads and what is done with a draft are the engine's. What differs
is few and named here: the noun stands behind its number, a period may stand behind the
figure, a change before the amount that it led to ("up 7 percent to 1,482"), a rate behind
("14 trains a day"), a place behind ("passed through Khorgos"), "respectively" at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tallybook.bind import frames
from tallybook.bind.drafts import Draft
from tallybook.bind.frames import Frame
from tallybook.bind.heads import OTHER, Head
from tallybook.bind.places import Mention
from tallybook.bind.spaced.lists import Paired
from tallybook.bind.spaced.words import PER_TIME
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.recognise.figures import MONEY, TIME, Figure
from tallybook.records import Reason

_ITEM = re.compile(r"\s*[^\d\n.:;]{2,60}\s-\s\d[^\n]{0,40}")
_MEANS = PER_TIME - {"daily_max"}


class Spaced(Paired):
    """Binds the sentences of such languages; shares all that it remembers with the article's Binder."""

    def sentence(self, number: int, s: Sentence) -> None:
        """Bind one sentence; let each figure's span take in the unit that adjectives part from it."""
        self._number = number
        s.marks = [own for m in s.marks if (own := self._of_this_world(m)) is not None]
        if self._same_months(self.state.frame, self.state.main):
            self.state.frame = self.state.main
        if s.block != self.state.block and self._to_date(self.state.frame, self.state.main):
            self.state.frame = self.state.main
        line = self.text[s.start : s.end].rstrip()
        if self.text[s.start - 1 : s.start] in ("", "\n") and not _ITEM.match(line):
            self.itemised = False
        super().sentence(number, s)
        self.itemised = self.itemised or line.endswith(":")
        self._list_unit(s)
        if self.state.label and s.block == self.state.block and not any(f.reason is None for f in s.figures):
            self._label_period(s)
        for d in self.drafts[-len(s.figures) :] if s.figures else ():
            noun = d.figure.noun
            if (
                noun
                and noun[1] > d.figure.end
                and not any(d.figure.end <= f.start < noun[1] for f in s.figures)
            ):
                d.figure = replace(d.figure, end=noun[1])

    def _list_unit(self, s: Sentence) -> None:
        """Remember the unit that a line names in brackets before a list: as follows (in US dollars):"""
        line = self.text[s.start : s.end].rstrip()
        if line.endswith(":"):
            opened = s.start + line.rfind("(") if line.endswith("):") else s.end if s.figures else s.start
            units = [e.value for m in within(s.marks, opened, s.end) if (e := m.get("unit")) is not None]
            self.listed = units[0] if len(units) == 1 else None
            self.partners_listed = self.grammar.phrases["partners"].search(line) is not None
        elif not line.lstrip().startswith(("-", "•", "*")) and not self._goes_on_listing(line):
            self.listed, self.partners_listed = None, False

    def _goes_on_listing(self, line: str) -> bool:
        """Tell whether a line without a bullet is one of a list of partners: USA - 8,286 cars;"""
        return self.partners_listed and _ITEM.fullmatch(line) is not None

    def _to_date(self, frame: Frame, main: Frame) -> bool:
        """Tell whether a year to date closed a paragraph of a story on a month: the next is of that month."""
        return (
            main.kind == "span"
            and main.grain in ("month", "quarter")
            and frames.inside(main, frame)
            and (
                (frame.kind == "span" and frame.grain in ("months", "half") and frame.high == main.high)
                or (frame.kind in ("open", "since") and self._opens_year(frame, main))
            )
        )

    def _same_months(self, frame: Frame, main: Frame) -> bool:
        """Tell whether "this year" goes on with the months that the story reports, told in looser words."""
        if not (self.grammar.reported_to_date and frame.kind == "open" and frame.inherited):
            return False
        return (
            main.kind == "span"
            and main.grain in ("months", "half", "quarter")
            and main.low is not None
            and main.low == frame.low
            and main.high is not None
            and frame.high == self.published
            and frames.inside(main, frame)
        )

    def _opens_year(self, frame: Frame, main: Frame) -> bool:
        low = frame.low
        return low is not None and main.low is not None and low == main.low.replace(month=1, day=1)

    def _heading(self, s: Sentence, mentions: Sequence[Mention]) -> None:
        super()._heading(s, mentions)
        self._label_period(s)

    def _nameless(self, m: Mention, text: str) -> bool:
        """Tell whether a title means some port of an area, to be named: Xinjiang's border port."""
        place = self.lexicon.place.get(m.slug)
        area = place is not None and place.kind in ("region", "country")
        return (
            area
            and self.grammar.phrases["nameless"].search(text, m.start, min(len(text), m.end + 14)) is not None
        )

    def _label_period(self, s: Sentence) -> None:
        """Let the period of a heading, or of a line that ends with a colon, hold for the lines under it."""
        if any(p.kind == "span" and p.low for p in s.periods) and self.state.frame.kind == "span":
            self.state.main = self.state.frame

    def prime(self, sentence: Sentence | None, mentions: Sequence[Mention], text: str) -> None:
        """Take place, period and service from a title; of two places side by side, neither."""
        subjects = [m for m in mentions if m.role == "subject"]
        lands = [m for m in mentions if m.role in ("endpoint", "partner")]
        if not subjects and len(mentions) == len(lands) == 2 and self.text is not text:
            both = all(self._country(m.slug) for m in lands)
            beside = self.grammar.phrases["border_of"].search(text, lands[1].start, lands[1].end + 12) is None
            if both and beside:  # Kazakhstan-China rail freight grows
                mentions = [replace(lands[0], role="subject"), lands[1]]
        nameless = [m for m in subjects if self._nameless(m, text)]
        if nameless and len(nameless) == len(subjects):
            mentions = [m for m in mentions if m not in nameless]
        if len({m.slug for m in subjects}) > 1:
            mentions = [m for m in mentions if m.role != "subject"]
        super().prime(sentence, mentions, text)

    def _leave(self, number: int, s: Sentence, mentions: Sequence[Mention], before: Frame) -> None:
        state = self.state
        topic = state.topic, state.topic_span, state.local, state.region
        told = [d for d in self.drafts[-len(s.figures) :] if d.reason is None] if s.figures else []
        self.changed = next(
            (d for d in reversed(told) if d.reading and d.reading.change and d.metric not in (None, OTHER)),
            self.changed,
        )
        if not any(d.metric not in (None, OTHER) for d in told):
            head = self._first([m for m in s.marks if m.get("metric")], None, "spoken", True, change=True)
            if head is None and (trains := next((m for m in s.marks if m.get("service")), None)) is not None:
                head = Head("trains", trains, "spoken")
            if head is not None and head.metric != OTHER:
                self.spoken = (number, head)
        elif self.spoken is not None and told[-1].head is not None and told[-1].head.rule == "spoken":
            self.spoken = (number, self.spoken[1])
        partners = {d.partner_span for d in told if d.partner_span}
        mentions = [
            replace(m, role="partner") if m.role == "subject" and (m.start, m.end) in partners else m
            for m in mentions
        ]
        super()._leave(number, s, mentions, before)
        main, frame = state.main, state.frame
        if (
            main is self.title_frame
            and (
                main.kind == "open"
                or (main.kind == "span" and main.grain not in ("months", "half", "quarter"))
            )
            and frame.kind == "span"
            and (frame.low == main.low or frames.inside(frame, main))
            and any(p.kind == "span" and (p.low, p.high) == (frame.low, frame.high) for p in s.periods)
        ):
            state.main = frame  # "this year" of a title is the half-year of the text
        if (
            main.kind == "open"
            and main.high == self.published
            and frame.kind in ("open", "until")
            and frame.grain == "day"
            and frame.low == main.low
            and frame.high
            and (main.high is None or frame.high < main.high)
        ):
            state.main = frame  # this year as of December 26: so long is "this year" from here on
        if told and topic[0] and all(d.scope == "company" for d in told):
            state.topic, state.topic_span, state.local, state.region = topic
        if told and all(d.port_rule == "national" for d in told):
            state.topic, state.topic_span = (
                told[-1].ports,
                (),
            )  # of the land's trains, till a place is named again
        if self.grammar.phrases["caption"].match(self.text[s.start : s.end].lstrip()) or (
            topic[0] and self._list_line(s, mentions)
        ):
            state.topic, state.topic_span, state.local, state.region = topic

    def _unsaid(self, s: Sentence, subjects: list[Mention]) -> list[Mention]:
        said = self.grammar.phrases["according"].search(self.text, s.start, s.end)
        kept = [m for m in subjects if said is None or m.start < said.start()]
        return kept or subjects

    def _list_line(self, s: Sentence, mentions: Sequence[Mention]) -> bool:
        """Tell whether a line is one of a list, "Poti Port - 7.9 million t": what follows is not Poti's."""
        if not mentions or not s.figures or self.text[s.start : mentions[0].start].strip(" \n-•*"):
            return False
        between = self.text[mentions[0].end : self._start(s.figures[0])]
        return self.grammar.phrases["list_line"].fullmatch(between) is not None

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
        if figure.noun and self._any_unit(figure):
            draft.figure = figure = replace(figure, unit=None, end=figure.number.end, noun=None)
        last = earlier[-1].figure if earlier else None
        bracketed = last is not None and (
            self.text[last.end : figure.start] == " (" and self.text[figure.end : figure.end + 1] == ")"
        )
        if bracketed and figure.unit is None and not figure.sense and last and last.unit in MONEY:
            draft.reason, draft.missing = "ambiguous", "the amount before it in another currency"
            return draft
        if figure.unit in (None, "piece") and not figure.reason and not figure.few:
            figure = self._bare(s, draft, earlier)
            draft.figure = figure = replace(figure, unit=None) if figure.unit == "piece" else figure
        draft.figure = figure = self._goal(s, figure)
        if figure.unit == "trip" or (
            figure.unit == "person"
            and figure.noun
            and any(
                self.grammar.phrases[by].match(self.text, figure.noun[1])
                for by in ("by_vehicles", "by_ships")
            )
        ):
            draft.figure = figure = self._trips(s, figure)
        if figure.unit == "person" and figure.value < 1000 and self._of_crossings(figure):
            draft.figure = figure = replace(figure, unit=None)  # the two crossings are places
        if figure.unit == "vehicle" and self._of_train(s, figure, earlier):
            draft.figure = figure = replace(figure, unit="wagon")
        reason = self._dead(figure, earlier) or self._no_amount(s, figure)
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
        draft.running = any(
            (e := m.get("measure")) is not None and bool(e.attrs.get("running"))
            for m in within(s.marks, clause.start, min(self._next(s, figure), clause.end))
        )
        if draft.reading and (
            draft.reading.measure in _MEANS
            or (draft.reading.measure == "daily_max" and figure.qualifier == "<=")
        ):
            if self.published and self._present_rate(s, draft):
                draft.frame = Frame(None, self.published, "now", "word")  # 200 trains daily use the line
            elif self.grammar.phrases["past"].search(self.text, clause.start, clause.end):
                draft.frame = replace(draft.frame, inherited=False)
        draft.compared = not figure.sense and (
            self._compared(s, figure)
            or any(p.kind == "base" or self._bracketed(s, p, None) for p in draft.frame.marks)
        )
        if draft.begins and draft.reading and self._undated(s, draft):
            draft.frame = Frame(None, None, "former")
        self._own_period(s, draft)
        if draft.reason is None:
            self._attributes_of(s, draft, earlier, mentions)
            self._place(s, draft, mentions, earlier)
            draft.direction = draft.direction or self._way_from(s, draft, mentions)
            self._whole_country(s, draft)
            if draft.parted is not None:
                draft.relates = None
            self._check(s, draft)
        return draft

    def _undated(self, s: Sentence, d: Draft) -> bool:
        """Tell whether an old level that something rose from has no date: from one train a month."""
        metric = self.lexicon.metric.get(d.metric or "")
        if not ((metric and metric.stock) or (d.reading and d.reading.measure in PER_TIME)):
            return False
        return d.frame.inherited or all(p.start > self._next(s, d.figure) for p in d.frame.marks)

    def _own_period(self, s: Sentence, d: Draft) -> None:
        """Part a change from a figure told before where it has a period of its own; a lead has none."""
        tied = d.relates
        if tied is None or tied.sentence == self._number or not d.reading or not d.reading.change:
            return
        if d.reading.measure == "lead_days":
            d.frame = replace(tied.frame, inherited=True)  # the total of 2024 was reached 38 days earlier
            return
        told = [
            p
            for p in d.frame.marks
            if s.start <= p.start < s.end and p.kind in ("span", "open", "since") and p.low
        ]
        if told and (d.frame.low, d.frame.high) != (tied.frame.low, tied.frame.high):
            d.parted = tied

    def _of_train(self, s: Sentence, figure: Figure, earlier: list[Draft]) -> bool:
        """Tell whether the cars counted are those of trains: of these wagons, 6,446 cars went by ferry."""
        last = next(
            (d for d in reversed(earlier) if not d.figure.sense and d.reason is None), self.state.last
        )
        return (
            last is not None
            and last.metric == "wagons"
            and self._number - last.sentence <= 1
            and figure.noun is not None
            and self.grammar.phrases["cars"].search(self.text, *figure.noun) is not None
        )

    def _no_amount(self, s: Sentence, figure: Figure) -> tuple[Reason, str | None] | None:
        lead, ways = (
            self.text[max(s.start, figure.start - 30) : figure.start],
            self.grammar.phrases,
        )
        if ways["to_within"].search(lead):
            return "no_metric", "a distance between two figures"
        if ways["ship_size"].search(self.text, max(s.start, figure.start - 60), self._start(figure)):
            return "no_metric", "the size of a ship or a train"
        if figure.unit not in TIME and ways["how_long"].search(self.text, s.start, self._start(figure)):
            return "no_metric", "a count that something took so long to reach"
        if figure.number.words and figure.value < 10 and ways["definite"].search(lead):
            return "no_metric", "a few that were named before"
        if figure.unit in TIME and ways["each_so_long"].search(lead):
            return "no_metric", "a rate: one every so long"
        return None

    def _present_rate(self, s: Sentence, d: Draft) -> bool:
        """Tell whether a mean of no period of its own is of now: its sentence speaks in the present tense."""
        if (d.frame.known and not d.frame.inherited) or d.figure.sense or d.nature != "actual":
            return False
        start, end = self._said_from(s, d.figure.start), d.clause.end
        if not self.grammar.phrases["present"].search(self.text, start, end):
            return False
        return self.grammar.phrases["past"].search(self.text, start, end) is None

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
