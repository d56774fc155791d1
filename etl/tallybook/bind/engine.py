"""Bind: from figures, periods, places and words to observations, sentence by sentence.

The engine walks the article once. It keeps a small state (the place, the period, the head,
the partner in force) and gives each figure the nearest of each, by the rules of the
modules beside it. Everything that decided is kept as evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tallybook.bind import frames, heads, measures, parts
from tallybook.bind.frames import Frame
from tallybook.bind.heads import OTHER, Head
from tallybook.bind.measures import Reading
from tallybook.bind.places import NOWHERE, Mention
from tallybook.bind.structure import Clause, Sentence, within
from tallybook.lexicon import Entry, Lexicon, Mark
from tallybook.recognise.figures import MONEY, TIME, Figure
from tallybook.recognise.periods import Period
from tallybook.records import Reason

_PLACE_LIKE = frozenset({"rail", "road", "sea", "air", "inland_hub"})
_CARRY = re.compile(r"^[\s“]*(?:其中|此外|同期|另外|同时|而|其|出口|进口|一般贸易|对)")


_SAME_AMOUNT = re.compile(r"\s?[,，]?[(（]?(?:约合|折合|合|约|相当于|about |or about |approximately )*", re.I)
_LEVEL_OF_BASE = re.compile(r"[仅只有为是达约近超逾则共的了不到]{0,5}")
_AGAINST = re.compile(r"[较比与同和于超]$|相较|超过$")
_HOME = frozenset({"CN", "HK", "MO", "TW"})
"""Countries and customs territories whose press is read; another one's place is a far end unless it stands alone."""
_OF_A_COUNTRY = frozenset({"china_europe", "central_asia", "china_europe_central_asia"})
"""Services that are the country's where no place is named."""
_OLD_LEVEL = re.compile(r"[由从较比][^，。；]{0,8}$")
_PER_TIME = frozenset({"daily_mean", "daily_max", "weekly_mean", "monthly_mean"})
_RISES_TO = re.compile(r"(?: year[ -]on[ -]year)?,? (?:to|до) (?:[a-zа-я]+ ){0,3}", re.I)
_LIST_GOES_ON = re.compile(r"、[\u4e00-\u9fff]{0,8}")
_PARTED = frozenset(
    {"passengers", "vehicles", "cargo_tonnes", "teu", "containers", "parcels", "declarations"}
)
"""Metrics whose parts a list names by a noun alone."""
_FROM_LEAD = re.compile(r"[从由]")
_COUNT_SO_FAR = re.compile(r"今年|以来|累计|去年|20\d\d年|this year|so far|since|с начала", re.I)
"""Words that make an ordinal a count: 今年…的第6001列 says that 6001 have run."""


@dataclass(slots=True)
class Draft:
    """A figure on its way to an observation; None means not found yet."""

    figure: Figure
    sentence: int
    clause: Clause
    head: Head | None = None
    reading: Reading | None = None
    ports: tuple[str, ...] = ()
    port_marks: tuple[tuple[int, int], ...] = ()
    port_rule: str = ""
    frame: Frame = field(default_factory=Frame)
    partner: str | None = None
    partner_span: tuple[int, int] | None = None
    direction: str | None = None
    mode: str | None = None
    service: str | None = None
    breakdown: str | None = None
    nature: str = "actual"
    scope: str = "port"
    reporter: str | None = None
    whole: str | None = None
    relates: Draft | None = None
    reason: Reason | None = None
    missing: str | None = None
    begins: bool = False
    """True for the A of 由A增至B: what once was."""
    present: bool = False
    """True where no period stands before it and the sentence before spoke of now."""
    ahead: bool = False
    """True for a lead whose count stands behind it."""
    running: bool = False
    """True where 累计 says that the count runs from the beginning."""
    confidence: float = 0.95

    @property
    def metric(self) -> str | None:
        """Metric id, OTHER, or None."""
        return self.head.metric if self.head else None


@dataclass(slots=True)
class State:
    """What is in force as the engine reads on."""

    topic: tuple[str, ...] = ()
    topic_span: tuple[tuple[int, int], ...] = ()
    local: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    frame: Frame = field(default_factory=Frame)
    main: Frame = field(default_factory=Frame)
    """The first period of the story: what a new paragraph speaks of."""
    present: bool = False
    """True where the sentence before spoke of now."""
    partner: str | None = None
    service: str | None = None
    block: int = -1
    label: bool = False
    """True behind a line that ends with a colon."""
    launch: date | None = None
    last: Draft | None = None
    counted: Draft | None = None
    """The last keyed amount that is no time."""
    recent: dict[str, Draft] = field(default_factory=dict)
    """The last keyed amount of each unit."""


class Binder:
    """Binds the figures of one article; make one for each article."""

    def __init__(
        self, text: str, lexicon: Lexicon, published: date | None, mentions: Sequence[Mention]
    ) -> None:
        self.text = text
        self.lexicon = lexicon
        self.published = published
        self.mentions = mentions
        self.state = State()
        self.drafts: list[Draft] = []
        self.title_topic: tuple[str, ...] = ()
        self.border = False
        """True where the article speaks of a border, a port or customs at all."""
        self.national: str | None = None
        """Country whose national office speaks (海关总署, 政府统计处)."""
        self.section: tuple[str, ...] = ()
        """The place of the title or heading that the paragraph stands under."""
        self.title_frame = Frame()
        self.title_service: str | None = None
        self.default_country: str | None = None
        self.of_country = False
        """True where the paper's own country is meant by trade and travellers of no named place."""

    # ---------------------------------------------------------------- context

    def prime(self, sentence: Sentence | None, mentions: Sequence[Mention], text: str) -> None:
        """Take place, period and service from a separate title."""
        if sentence is None:
            return
        subjects = [m for m in mentions if m.role in ("subject", "endpoint") and self._home(m.slug)]
        subjects = [m for m in subjects if m.role == "subject"] or subjects[:0]
        if subjects:
            self.title_topic = self.section = self._group(subjects, len(subjects) - 1)[0]
        frame = frames.run(Frame(), sentence.periods, self.published)
        if frame.kind in ("span", "open", "since") or any(p.kind == "open" for p in sentence.periods):
            self.title_frame = replace(frame, marks=(), inherited=True)
        for mark in sentence.marks:
            service = mark.get("service")
            if service:
                self.title_service = service.value
        self.state.frame = self.state.main = self.title_frame

    def _home(self, slug: str) -> bool:
        if slug == NOWHERE:
            return True
        place = self.lexicon.place.get(slug)
        return place is not None and (
            place.country in _HOME or place.kind in _PLACE_LIKE or place.slug.startswith("corridor")
        )

    def _foreign(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return (
            place is not None
            and place.country not in _HOME
            and place.kind in ("country", "region")
            and not slug.startswith(("corridor", "nlstc", "titr", "china-laos"))
        )

    def _group(
        self, mentions: Sequence[Mention], last: int
    ) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
        """Give the place or list of places that ends with mention `last`: a list stays a list, a chain its last."""
        group = [mentions[last]]
        i = last
        while (
            i > 0
            and (mentions[i].linked or mentions[i].adjacent)
            and mentions[i - 1].role in ("subject", "ref")
        ):
            if mentions[i].linked:
                group.insert(0, mentions[i - 1])
            elif mentions[i - 1].slug in self._umbrellas(tuple(m.slug for m in group)):
                group = [mentions[i - 1]]
            i -= 1
        slugs = tuple(dict.fromkeys(m.slug for m in group))
        if len(slugs) > 1:
            containers = self._umbrellas(slugs)
            if containers:
                slugs = containers[:1]
        return slugs, tuple((m.start, m.end) for m in group)

    def _umbrellas(self, slugs: tuple[str, ...]) -> tuple[str, ...]:
        return self.lexicon.groups.get(frozenset(slugs), ())

    # ---------------------------------------------------------------- sentences

    def sentence(self, number: int, s: Sentence) -> None:
        """Bind the figures of one sentence and leave the state for the next."""
        state = self.state
        if s.block != state.block:
            state.block, state.partner, state.present = s.block, None, False
            if frames.inside(state.frame, state.main):
                state.frame = state.main  # a new paragraph goes back from 其中12月 to the year of the story
            label = self.text[s.end - 1 : s.end] in ("：", ":")
            if self.section and not (label or state.label):  # a fact box goes on from label to label
                state.topic, state.topic_span = self.section, ()
        elif state.partner and not _CARRY.match(self.text[s.start : s.end]):
            state.partner = None
        state.label = self.text[s.end - 1 : s.end] in ("：", ":")
        mentions = [m for m in self.mentions if s.start <= m.start < s.end]
        if s.heading:
            self._heading(s, mentions)
            return
        before = state.frame
        drafts: list[Draft] = []
        for figure in s.figures:
            drafts.append(self._draft(number, s, figure, drafts, mentions, before))
        self._distribute(s, drafts, mentions)
        self.drafts += drafts
        self._leave(number, s, mentions, before)

    def _heading(self, s: Sentence, mentions: Sequence[Mention]) -> None:
        for figure in s.figures:
            self.drafts.append(
                Draft(
                    figure,
                    -1,
                    s.clauses[0],
                    reason="headline",
                    missing="a heading repeats the body more loosely",
                )
            )
        subjects = [m for m in mentions if m.role == "subject" and self._home(m.slug)]
        if subjects:
            self._set_topic(*self._group(subjects, len(subjects) - 1))
            self.section = self.state.topic
        frame = frames.run(Frame(), s.periods, self.published)
        if frame.kind in ("span", "open"):
            self.state.frame = replace(frame, inherited=True)

    def _set_topic(self, slugs: tuple[str, ...], spans: tuple[tuple[int, int], ...]) -> None:
        self.state.topic, self.state.topic_span = slugs, spans
        place = self.lexicon.place.get(slugs[-1])
        if place and (place.kind in _PLACE_LIKE or place.kind == "customs_district"):
            self.state.local = slugs
        elif place and slugs[-1] != "cn":
            self.state.region = slugs

    def _leave(self, number: int, s: Sentence, mentions: Sequence[Mention], before: Frame) -> None:
        state = self.state
        subjects = [
            m
            for m in mentions
            if m.role == "subject"
            and (self._home(m.slug) or not state.topic)
            and not self._foreign(m.slug)
            and m.slug != NOWHERE
        ]
        slugs, spans = self._group(subjects, len(subjects) - 1) if subjects else ((), ())
        if subjects and not (
            len(slugs) > 1 and state.topic
        ):  # A、B、C分别… speaks of each, then the story goes on
            self._set_topic(slugs, spans)
        elif not subjects and not state.topic:
            reporters = [m for m in mentions if m.role == "reporter"]
            origins = [m for m in mentions if m.role == "origin" and self._home(m.slug)]
            first = (reporters or origins)[-1:]
            if first and not self.title_topic:
                self._set_topic((first[0].slug,), ((first[0].start, first[0].end),))
        frame = frames.run(before, self._lasting(s, s.periods, None), self.published)
        state.frame = frames.leave(frame, before)
        if state.frame.known and (
            not state.main.known
            or (state.main is self.title_frame and frames.inside(state.main, state.frame))
        ):
            state.main = state.frame
        if s.periods:
            state.present = s.periods[-1].kind == "now"
        for mark in (*s.marks, *(m for f in s.figures for m in f.inside)):
            service = mark.get("service")
            if service:
                state.service = service.value
        for p in s.periods:
            if p.low and p.kind in ("point", "since", "span"):
                around = self.text[max(0, p.start - 14) : p.start] + "|" + self.text[p.end : p.end + 26]
                if (
                    p.kind == "point"
                    and re.search(r"(?:时间|日期)：$|^[^|]*[从自]\|?[^，。]*", around)
                    and re.search(r"开展|开通|开行|启动|运营|开办|首发|时间：", around)
                ):
                    state.launch = p.low

    # ---------------------------------------------------------------- one figure

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
        if figure.reason:
            draft.reason = figure.reason
            return draft
        if figure.ordinal and not _COUNT_SO_FAR.search(
            self.text, s.start, s.end if s.western else figure.start
        ):
            draft.reason = "ordinal"
            return draft
        if figure.few:
            draft.reason, draft.missing = "ambiguous", "the words give a size and no number"
            return draft
        if (
            earlier
            and figure.unit in MONEY
            and earlier[-1].figure.unit in MONEY
            and earlier[-1].figure.unit != figure.unit
            and _SAME_AMOUNT.fullmatch(self.text, earlier[-1].figure.end, figure.start)
        ):
            draft.reason, draft.missing = "ambiguous", "the amount before it in another currency"
            return draft
        if figure.unit is None and s.western:
            figure = self._bare(s, draft, earlier)
        if figure.unit is None:
            draft.reason, draft.missing = "no_metric", "a unit"
            return draft
        ends = [d.figure.end for d in earlier if d.figure.reason is None and d.figure.end > clause.start]
        previous = ends[-1] if ends else clause.start
        window = within(s.marks, previous, figure.start)
        in_clause = within(s.marks, clause.start, figure.start)
        draft.frame = self._frame(s, figure, before, earlier)
        draft.running = any(
            (e := m.get("measure")) is not None
            and e.value == "cumulative"
            and m.end - m.start > 1
            and self.text[m.start : m.end] not in ("合计", "共计", "一共", "总共", "总计")
            for m in in_clause
        ) or bool(earlier and earlier[-1].running and earlier[-1].frame == draft.frame)
        year = (
            draft.frame.high.year if draft.frame.high else (self.published.year if self.published else None)
        )
        relative = figure.sense != ""
        change = relative
        draft.head = draft.head or self._head(s, draft, figure, window, in_clause, earlier, change)
        stock = bool(draft.metric and draft.metric != OTHER and self.lexicon.metric[draft.metric].stock)
        # A figure later in the clause shares its 日均 or 同比 with the ones before it only in a list.
        reading = measures.read(
            self.text,
            figure,
            window if relative else in_clause_window(in_clause, earlier, self.text),
            previous if relative else clause.start,
            year,
            stock,
            self._behind(s, figure, clause),
        )
        if (
            self._goal_of(s, figure)
            and earlier
            and earlier[-1].reading
            and heads.unit_class(earlier[-1].figure.unit) == heads.unit_class(figure.unit)
            and (reading.measure is None or reading.mark is None)
            and not earlier[-1].reading.change
        ):
            # 由12万单增长到30万单: the goal is measured as its start is
            a = earlier[-1].reading
            reading = replace(reading, measure=a.measure, share=a.share, change=False)
        if (
            reading.measure is None
            and figure.sense == "percent"
            and earlier
            and earlier[-1].figure.sense == "points"
            and self.text[earlier[-1].figure.end : figure.start] in ("至", "到", "达到", "达")
        ):
            reading = replace(reading, measure="share_pct", share=True)  # 占比提升2.1个百分点至48.6%
        if reading.measure is None and draft.metric == "load_ratio" and figure.sense == "percent":
            reading = replace(reading, measure="mean")
        if (
            reading.mark is None
            and not figure.sense
            and earlier
            and earlier[-1].clause is clause
            and earlier[-1].reading
            and earlier[-1].reading.measure in _PER_TIME
            and _LIST_GOES_ON.fullmatch(self.text, earlier[-1].figure.end, figure.start)
        ):
            reading = replace(reading, measure=earlier[-1].reading.measure)
        draft.reading = reading
        draft.begins = self._start_of(s, figure) is not None
        draft.present = self.state.present and not [p for p in s.periods if p.end <= figure.start]
        if reading.measure == "lead_days":
            self._lead(draft, earlier)
        elif relative or reading.change:
            self._relate(s, draft, earlier, window)
        if (
            relative
            and reading.change
            and draft.head
            and self.lexicon.metric.get(draft.head.metric)
            and reading.measure == "yoy_pct"
            and self.lexicon.metric[draft.head.metric].flow in ("duration", "price")
            and not measures.says_year(window)
        ):
            draft.reading = replace(
                reading, measure="change_pct"
            )  # a shorter way is compared with another way, not with last year
        self._attributes(s, draft, in_clause, earlier, mentions)
        self._place(s, draft, mentions, earlier)
        return draft

    def _frame(self, s: Sentence, figure: Figure, before: Frame, earlier: list[Draft]) -> Frame:
        periods = [p for p in s.periods if p.end <= figure.start]
        periods = [
            p
            for p in periods
            if p.kind != "former"
            or not any(p.end <= f.start < figure.start and f.reason is None for f in s.figures)
        ]
        if s.western:
            return frames.run(before, self._around(s, figure, periods), self.published)
        periods = self._lasting(s, periods, figure)
        pair = self._start_of(s, figure)
        if pair is not None and not any(pair <= p.start < figure.start for p in periods):
            starts = [
                d
                for d in earlier
                if self._start_of(s, d.figure) is not None and d.figure.sense == "" and d.frame.known
            ]
            if starts:
                return starts[-1].frame  # the second 由A增至B of a sentence is of the first one's years
        start = self._goal_of(s, figure)
        if start is not None:
            periods = [p for p in periods if not start[0] <= p.start < start[1]]
        frame = frames.run(before, periods, self.published)
        last = periods[-1] if periods else None
        if (
            last
            and last.kind == "base"
            and not figure.sense
            and _LEVEL_OF_BASE.fullmatch(self.text, last.end, figure.start)
            and not _AGAINST.search(self.text, max(s.start, last.start - 3), last.start)
        ):
            return frames.year_back(frame)  # 去年同期为3000列
        if not periods or all(p.kind in ("same", "base", "now") for p in periods):
            clause = s.clause_of(figure.start)
            behind = [
                p
                for p in s.periods
                if figure.end <= p.start < clause.end
                and p.kind in ("span", "point", "until")
                and self.text[figure.end : p.start].strip() in ("(", "（", "")
            ]
            if behind:
                frame = frames.run(before, behind, self.published)
        return frame

    def _around(self, s: Sentence, figure: Figure, before: list[Period]) -> list[Period]:
        """Give the periods that govern a figure where they may stand behind it: of its clause, else of the sentence."""
        clause = s.clause_of(figure.start)
        stop = min([clause.end, *(f.start for f in s.figures if f.start >= figure.end and f.reason is None)])
        told = [p for p in s.periods if p.kind not in ("base", "same")]
        behind = [p for p in told if figure.end <= p.start < stop]
        own = [p for p in told if clause.start <= p.start < figure.start]
        if behind or own:
            kept = (
                [p for p in before if p.kind in ("until", "open", "since", "now") and p not in own]
                if behind and not own
                else []
            )
            return [*kept, *own, *behind]
        if [p for p in before if p.kind not in ("base", "same")]:
            return list(before)
        later = [p for p in told if p.start >= figure.end]
        return later[:1] or list(before)

    def _lasting(self, s: Sentence, periods: Sequence[Period], figure: Figure | None) -> list[Period]:
        """Leave out the periods of old levels (由2017年的71个拓展至…), which are those levels' alone."""
        own: list[tuple[int, int]] = []
        for f in s.figures:
            lead = None if f.reason or f is figure else self._start_of(s, f)
            if lead is not None:
                own.append((lead, f.start))
        return [p for p in periods if not any(a <= p.start < b for a, b in own)]

    def _start_of(self, s: Sentence, figure: Figure) -> int | None:
        """Give where 从 or 由 stands before "从A" of a 从A增至B, or None."""
        lead = max(
            (
                m.start()
                for m in _FROM_LEAD.finditer(self.text, max(s.start, figure.start - 20), figure.start)
            ),
            default=None,
        )
        goal = next((f for f in s.figures if f.start >= figure.end and f.reason is None), None)
        if lead is None or goal is None or goal.start - figure.end > 14:
            return None
        return lead if any(m.get("reach") for m in within(s.marks, figure.end, goal.start)) else None

    def _bare(self, s: Sentence, draft: Draft, earlier: list[Draft]) -> Figure:
        """Give a number without a noun the unit of what it must count: with a record of 17; trains numbered 1,872."""
        figure = draft.figure
        last = next(
            (d for d in reversed(earlier) if not d.figure.sense and d.head and d.reason is None), None
        )
        marks = within(s.marks, last.figure.end if last else s.start, figure.start)
        if (
            last
            and last.head
            and any((e := m.get("measure")) is not None and e.value in _PER_TIME for m in marks)
        ):
            draft.head = replace(last.head, rule="list")
            draft.figure = replace(figure, unit=last.figure.unit)
            return draft.figure
        near = within(s.marks, draft.clause.start, figure.start)
        for i, mark in enumerate(near):
            metric = mark.get("metric")
            known = self.lexicon.metric.get(
                metric.value if metric else "trains" if mark.get("service") else ""
            )
            units = (known.alone | known.nouns) if known else frozenset()
            if (
                len(units) == 1
                and figure.start - mark.end < 70
                and (
                    figure.qual_start is not None
                    or any(m.get("reach") or m.get("measure") for m in near[i + 1 :])
                )
            ):
                assert known is not None
                draft.head = Head(known.metric, mark, "counted")
                draft.figure = replace(figure, unit=next(iter(units)))
        return draft.figure

    def _behind(self, s: Sentence, figure: Figure, clause: Clause) -> list[Mark] | None:
        """The marks behind a figure to the next one; None where the language never says there what a number is."""
        if not s.western:
            return None
        stop = min([clause.end, *(f.start for f in s.figures if f.start >= figure.end)])
        return within(s.marks, figure.end, stop)

    def _goal_of(self, s: Sentence, figure: Figure) -> tuple[int, int] | None:
        """Give the span of 从…A before "增至B": its period is A's own, not B's."""
        earlier = [f for f in s.figures if f.end <= figure.start and f.reason is None]
        if not earlier:
            return None
        a = earlier[-1]
        gap = self.text[a.end : figure.start]
        if (
            len(gap) > 14
            or any(p.start >= a.end and p.end <= figure.start for p in s.periods)
            or not any(m.get("reach") for m in within(s.marks, a.end, figure.start))
        ):
            return None
        lead = max(
            (m.start() for m in _FROM_LEAD.finditer(self.text, max(s.start, a.start - 20), a.start)),
            default=None,
        )
        return None if lead is None else (lead, a.end)

    def _head(
        self,
        s: Sentence,
        draft: Draft,
        figure: Figure,
        window: list[Mark],
        in_clause: list[Mark],
        earlier: list[Draft],
        change: bool,
    ) -> Head | None:
        lex, unit = self.lexicon, figure.unit
        if change:
            base = measures.base_span(self.text, window[0].start if window else figure.start, figure.start)
            outside = [m for m in window if not (base and base[0] <= m.start and m.end <= base[1])]
            window = outside or window
        found = heads.nearest(window, unit, lex, change, "clause")
        if found:
            return self._parcels(s, figure, found)
        if change:  # a bare change is of the figure before it: see _relate
            if self.text.startswith("的", figure.end):  # 降低15%的运输成本
                return heads.first(
                    within(s.marks, figure.end, self._tail_end(s, draft)), unit, lex, change, "behind"
                )
            return None
        tail = within(s.marks, figure.end, self._tail_end(s, draft))
        found = heads.first(tail, unit, lex, change, "behind")
        if found:
            return found
        found = heads.nearest(in_clause, unit, lex, change, "clause")
        if found:
            return self._parcels(s, figure, found)
        for other in reversed(earlier):
            if other.head and other.figure.unit == unit and other.figure.sense == figure.sense:
                return replace(other.head, rule="list")
        found = heads.nearest(within(s.marks, s.start, draft.clause.start), unit, lex, change, "sentence")
        if found:
            return self._parcels(s, figure, found)
        lone = heads.alone(figure, lex, s.western)
        if lone:
            return lone
        last = self.state.recent.get(unit or "")
        if last and last.head and last.reason is None and draft.sentence - last.sentence <= 2:
            return replace(last.head, rule="carried")
        return None

    def _parcels(self, s: Sentence, figure: Figure, head: Head) -> Head:
        """Money of parcels is parcel_value: where parcels are counted before it in the sentence."""
        if (
            head.metric == "trade_value"
            and figure.unit in MONEY
            and head.mark
            and head.mark.get("metric")
            and any(
                (e := m.get("metric")) is not None and e.value == "parcels"
                for m in within(s.marks, s.start, figure.start)
            )
            and any(f.unit == "parcel" for f in s.figures if f.end <= figure.start)
        ):
            return Head("parcel_value", head.mark, head.rule)
        return head

    def _tail_end(self, s: Sentence, draft: Draft) -> int:
        following = [f.start for f in s.figures if f.start >= draft.figure.end]
        return min([draft.clause.end, draft.figure.end + (48 if s.western else 16), *following])

    def _relate(self, s: Sentence, draft: Draft, earlier: list[Draft], window: list[Mark]) -> None:
        """Tie a change, share or lead to the figure it qualifies; without a head of its own it takes that one's."""
        own = draft.head
        pool = [d for d in earlier if d.figure.sense == "" and d.reading and not d.reading.change]
        if (
            pool and draft.reading and draft.reading.share
        ):  # what stands behind 占 names the whole, not what is counted
            draft.relates = pool[-1]
            draft.head = replace(pool[-1].head, rule="related") if pool[-1].head else draft.head
            return
        if own is not None and own.metric != OTHER:
            matching = [d for d in pool if d.metric == own.metric and d.clause is not draft.clause]
            same_subject = matching and not self._new_subject(draft, window)
            draft.relates = matching[-1] if same_subject else None
            return
        if own is not None:
            return
        if (
            len(pool) > 1
            and pool[-1].metric == pool[-2].metric
            and _OLD_LEVEL.search(self.text, pool[-2].figure.end, pool[-1].figure.start)
            and not any(m.get("reach") for m in window)
        ):
            pool = pool[:-1]
        candidates = pool or [d for d in earlier if d.figure.sense]
        target = candidates[-1] if candidates else None
        if (
            target is None
            and self.state.last is not None
            and draft.sentence - self.state.last.sentence == 1
            and s.block == self.state.block
            and self._continues(s, draft)
        ):
            target = self.state.last
        if target is None:
            between = within(s.marks, s.start, draft.clause.start)
            draft.head = heads.nearest(between, draft.figure.unit, self.lexicon, True, "sentence")
            return
        draft.relates = target if target.figure.sense == "" else target.relates
        draft.head = replace(target.head, rule="related") if target.head else None
        nearer = heads.nearest(
            within(s.marks, target.figure.end, draft.figure.start),
            draft.figure.unit,
            self.lexicon,
            True,
            "sentence",
        )
        if nearer and nearer.metric != (target.metric or ""):
            draft.head, draft.relates = nearer, None

    def _lead(self, draft: Draft, earlier: list[Draft]) -> None:
        """Tie "46 days earlier" to the count that came earlier: the amount before it, never a time."""
        pool = [
            d
            for d in earlier
            if d.figure.sense == "" and d.figure.unit not in TIME and d.head and d.metric != OTHER
        ]
        target = pool[-1] if pool else self.state.counted
        if target is None:
            draft.ahead = True  # 提前4天完成1000列: it tells of the count behind it
            return
        draft.relates = target if target.reason is None else None
        draft.head = replace(target.head, rule="related") if target.head else draft.head

    def _new_subject(self, draft: Draft, window: list[Mark]) -> bool:
        return any(m.get("place") or m.get("partner") for m in window)

    def _continues(self, s: Sentence, draft: Draft) -> bool:
        lead = self.text[s.start : draft.figure.start]
        return len(lead) < 14 and bool(re.match(r"[\s“]*(?:同比|环比|较|比|增长|下降|占|其中)", lead))

    # ---------------------------------------------------------------- attributes

    def _attributes(
        self,
        s: Sentence,
        draft: Draft,
        in_clause: list[Mark],
        earlier: list[Draft],
        mentions: Sequence[Mention],
    ) -> None:
        source = draft.relates
        sentence_before = within(s.marks, s.start, draft.figure.start)
        clause_marks = [*within(s.marks, draft.clause.start, draft.figure.start), *draft.figure.inside]
        behind = within(s.marks, draft.figure.end, self._tail_end(s, draft))
        own_direction = _last_value(clause_marks, "dir")
        if (
            own_direction is None
            and draft.head
            and draft.head.mark
            and draft.head.mark.end <= draft.figure.start
        ):
            own_direction = _last_value(
                [
                    m
                    for m in sentence_before
                    if m.start >= draft.head.mark.start - 12 and m.end <= draft.head.mark.end + 1
                ],
                "dir",
            )
        if own_direction is None and draft.head and draft.head.mark and draft.head.rule == "behind":
            own_direction = _last_value(within(s.marks, draft.figure.end, draft.head.mark.end), "dir")
        draft.direction = own_direction
        if draft.direction is None and source is not None:
            draft.direction = source.direction
        elif (
            draft.direction is None
            and draft.figure.sense == ""
            and earlier
            and earlier[-1].metric
            and draft.metric != OTHER
        ):
            same = [
                d
                for d in earlier
                if d.clause.start <= draft.clause.start and d.direction and d.reason is None
            ]
            if same and not within(s.marks, same[-1].figure.end, draft.figure.start) == []:
                draft.direction = same[-1].direction if same[-1].metric != draft.metric else None
        draft.service = (
            _last_value(clause_marks, "service")
            or (_last_value(behind, "service"))
            or _last_value(sentence_before, "service")
        )
        if draft.service is None and source is not None:
            draft.service = source.service
        if draft.service is None and draft.metric in (
            "trains",
            "teu",
            "cargo_tonnes",
            "containers",
            "routes",
            "wagons",
        ):
            if draft.metric != "routes":
                draft.service = self.state.service or self.title_service
        draft.mode = self._mode(clause_marks, draft)
        draft.nature = _last_value(clause_marks, "nature") or self._planned(s, draft) or "actual"
        if (
            draft.nature == "actual"
            and draft.frame.low
            and self.published
            and draft.frame.low > self.published
        ):
            draft.nature = "plan"
        if draft.nature == "actual" and any(
            p.kind == "future" for p in s.periods if p.end <= draft.figure.start
        ):
            draft.nature = "plan"
        draft.scope = self._scope(s, draft, clause_marks, behind)
        draft.reporter = _last_value(sentence_before, "reporter")
        self._partner(s, draft, mentions, source, earlier)
        if source is not None and (draft.head is None or draft.head.rule == "related"):
            draft.breakdown = source.breakdown
        elif draft.head and draft.metric not in (None, OTHER):
            if (
                draft.head.rule in ("list", "carried", "sentence")
                and draft.figure.sense == ""
                and draft.metric in _PARTED
            ):
                draft.breakdown = parts.before(self.text, s, draft.figure, self.lexicon)
            else:
                draft.breakdown = parts.part(
                    self.text, s, draft.figure, draft.head.mark, draft.head.metric, self.lexicon
                )
        if draft.reading and draft.reading.share:
            draft.whole = self._whole(draft, mentions)

    def _whole(self, draft: Draft, mentions: Sequence[Mention]) -> str | None:
        """Give the place that a share is of: the one named behind 占, else the place itself for a part of its trade."""
        mark = draft.reading.mark if draft.reading else None
        start = mark.end if mark else draft.clause.start
        named = [m for m in mentions if m.role == "whole" and start <= m.start < draft.figure.start]
        return named[-1].slug if named else None

    def _planned(self, s: Sentence, draft: Draft) -> str | None:
        """Carry a plan word over a list of goals (力争新设A，新增B) until a period or 已 ends it."""
        before = within(s.marks, s.start, draft.clause.start)
        for mark in reversed(before):
            entry = mark.get("nature")
            if entry and entry.value == "plan":
                between = self.text[mark.end : draft.figure.start]
                open_list = not any(mark.end <= p.start < draft.figure.start for p in s.periods)
                return (
                    "plan"
                    if open_list and "已" not in between and "；" not in between and between.count("，") <= 2
                    else None
                )
        return None

    def _mode(self, marks: list[Mark], draft: Draft) -> str | None:
        own = _last_value(marks, "mode")
        if draft.metric in ("trains", "wagons") or draft.service in (
            "china_europe",
            "central_asia",
            "china_europe_central_asia",
        ):
            return "rail"
        return {"vessels": "sea", "flights": "air"}.get(draft.metric or "") or own

    def _scope(self, s: Sentence, draft: Draft, marks: list[Mark], behind: list[Mark]) -> str:
        value = _last_value(marks, "scope") or _last_value(behind, "scope")
        if value is None and self._quoted_by_company(draft):
            value = "company"
        if value == "shipment" and draft.metric in (
            "routes",
            "countries_reached",
            "cities_reached",
            "companies",
            "trains",
        ):
            return "port"
        return value or "port"

    def _quoted_by_company(self, draft: Draft) -> bool:
        """Tell whether the figure stands in a quotation whose speaker, named behind it, is of a company."""
        speaker = self._speaker(draft)
        return bool(speaker and re.search(r"公司|企业|集团|厂", self.text[speaker[0] : speaker[1]]))

    def _speaker(self, draft: Draft) -> tuple[int, int] | None:
        at = draft.figure.start
        opening = self.text.rfind("“", max(0, at - 400), at)
        closing = self.text.find("”", at, at + 400)
        if opening < 0 or closing < 0 or self.text.find("”", opening, at) >= 0 or closing - opening < 20:
            return None
        stop = re.compile(r"[。\n]").search(self.text, closing)
        end = stop.start() if stop else len(self.text)
        words = self.text[closing + 1 : end]
        said = re.search(r"说|表示|介绍|称|告诉", words)
        return (closing + 1, closing + 1 + said.end()) if said and said.end() < 60 else None

    def _partner(
        self,
        s: Sentence,
        draft: Draft,
        mentions: Sequence[Mention],
        source: Draft | None,
        earlier: list[Draft],
    ) -> None:
        clause_start = draft.clause.start
        before = [m for m in mentions if m.role == "partner" and m.end <= draft.figure.start]
        words = [m for m in within(s.marks, s.start, draft.figure.start) if m.get("partner")]
        if before and before[-1].start >= clause_start:
            draft.partner, draft.partner_span = before[-1].slug, (before[-1].start, before[-1].end)
        elif words and words[-1].start >= clause_start:
            entry = words[-1].get("partner")
            draft.partner = entry.value if entry else None
            draft.partner_span = (words[-1].start, words[-1].end)
        elif source is not None:
            draft.partner, draft.partner_span = source.partner, source.partner_span
        elif draft.metric not in ("trade_value", "parcel_value"):
            pass  # only values are told of one partner clause after clause
        elif before:
            draft.partner, draft.partner_span = before[-1].slug, (before[-1].start, before[-1].end)
        elif words:
            entry = words[-1].get("partner")
            draft.partner = entry.value if entry else None
        elif self.state.partner and draft.metric == "trade_value":
            draft.partner = self.state.partner
        if draft.metric not in (
            "trade_value",
            "cargo_tonnes",
            "passengers",
            "trains",
            "teu",
            "containers",
            "flights",
            "vehicles",
            "parcel_value",
        ):
            draft.partner, draft.partner_span = None, None

    # ---------------------------------------------------------------- place

    def _place(self, s: Sentence, draft: Draft, mentions: Sequence[Mention], earlier: list[Draft]) -> None:
        at = draft.figure.start
        if draft.relates is not None:
            source = draft.relates
            nearer = [
                m
                for m in mentions
                if m.role == "subject" and source.figure.end <= m.start < at and self._home(m.slug)
            ]
            if not nearer:
                draft.ports, draft.port_marks, draft.port_rule = source.ports, source.port_marks, "related"
                return
        if s.western:
            through = [
                m
                for m in mentions
                if m.role == "subject"
                and m.strong
                and draft.figure.end <= m.start < draft.clause.end
                and not any(draft.figure.end <= f.start < m.start and f.reason is None for f in s.figures)
            ]
            if through:  # 1,482 trains passed through Khorgos
                last = 0
                while last + 1 < len(through) and through[last + 1].linked:
                    last += 1
                draft.ports, draft.port_marks = self._group(through, last)
                draft.port_rule = "through"
                return
        subjects = [
            m for m in mentions if m.role == "subject" and m.end <= at and self._may_own(m, draft, mentions)
        ]
        if subjects:
            draft.ports, draft.port_marks = self._group(subjects, len(subjects) - 1)
            draft.port_rule = "subject"
            return
        ref = self._reference(s, at)
        if ref:
            draft.ports, draft.port_marks, draft.port_rule = *ref, "reference"
            return
        speaker = self._speaker(draft)
        if speaker:
            said = [m for m in self.mentions if speaker[0] <= m.start < speaker[1] and self._home(m.slug)]
            if said:
                draft.ports, draft.port_marks, draft.port_rule = (
                    (said[0].slug,),
                    ((said[0].start, said[0].end),),
                    "speaker",
                )
                return
        until = s.end if s.western and not self.state.topic else draft.clause.end
        behind = [
            m
            for m in mentions
            if m.role == "subject" and at < m.start < until and (self._home(m.slug) or s.western)
        ]
        if behind and (behind[0].strong or not self.state.topic):
            last = 0
            while last + 1 < len(behind) and (behind[last + 1].linked or behind[last + 1].adjacent):
                last += 1
            draft.ports, draft.port_marks = self._group(behind, last)
            draft.port_rule = "behind"
            return
        if self.state.topic:
            draft.ports, draft.port_marks, draft.port_rule = (
                self.state.topic,
                self.state.topic_span,
                "carried",
            )
            return
        if self.title_topic:
            draft.ports, draft.port_rule = self.title_topic, "title"
            return
        reporters = [m for m in mentions if m.role == "reporter"]
        if reporters:
            draft.ports, draft.port_rule = (reporters[-1].slug,), "reporter"
            draft.port_marks = ((reporters[-1].start, reporters[-1].end),)
            return
        origins = [m for m in mentions if m.role == "origin" and m.end <= at and self._home(m.slug)]
        if origins:
            draft.ports, draft.port_rule = (origins[-1].slug,), "origin"
            draft.port_marks = ((origins[-1].start, origins[-1].end),)
            return
        if self.default_country and self.national:
            draft.ports, draft.port_rule, draft.confidence = (self.national,), "national", 0.8
            return
        if self.default_country and (
            (self.of_country
            and draft.metric in ("trade_value", "passengers"))
            or (draft.service in _OF_A_COUNTRY)
        ):
            draft.ports, draft.port_rule, draft.confidence = (self.default_country,), "default_country", 0.7

    def _may_own(self, m: Mention, draft: Draft, mentions: Sequence[Mention]) -> bool:
        """Tell whether a place can be the figure's: a foreign one only where no home place is in play."""
        if self._home(m.slug) and not self._foreign(m.slug):
            return True
        return (
            not self.state.topic
            and not self.title_topic
            and not any(self._home(o.slug) for o in mentions if o.role in ("subject", "reporter"))
        )

    def _reference(self, s: Sentence, at: int) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]] | None:
        for mark in reversed(within(s.marks, s.start, at)):
            entry = mark.get("ref")
            if entry is None or entry.value != "same":
                continue
            word = self.text[mark.start : mark.end]
            inside = [
                m
                for m in self.mentions
                if s.start <= m.start < mark.start
                and m.role in ("modifier", "origin", "subject")
                and self._home(m.slug)
                and m.slug != NOWHERE
                and self.lexicon.place[m.slug].kind in _PLACE_LIKE
            ]
            if inside and word[0] == "该" and word not in ("该省", "该市"):
                return (inside[-1].slug,), ((inside[-1].start, inside[-1].end),)
            slugs = (
                self.state.region
                if word in ("全省", "该省", "全区", "全市", "该市", "全州") and self.state.region
                else self.state.local
            )
            if slugs:
                return slugs, ((mark.start, mark.end),)
        return None

    # ---------------------------------------------------------------- lists

    def _distribute(self, s: Sentence, drafts: list[Draft], mentions: Sequence[Mention]) -> None:
        """Pair the items of a list with the figures behind 分别, in order."""
        self._share_head(drafts)
        done: set[int] = set()
        for m in re.finditer(r"分别|各为|依次为", self.text[s.start : s.end]):
            at = s.start + m.end()
            run = self._figure_run(drafts, at, s.marks)
            if len(run) < 2:
                continue
            done.update(d.figure.start for d in run)
            self._pair(s, run, s.start + m.start(), drafts, mentions)
        for m in re.finditer(r"(?i)\brespectively\b|\bсоответственно\b", self.text[s.start : s.end]):
            run = self._run_before(drafts, s.start + m.start())
            if len(run) > 1:
                done.update(d.figure.start for d in run)
                self._pair(s, run, run[0].figure.start, drafts, mentions)
        for i, d in enumerate(drafts):  # 分别为1980辆次和420辆次，同比增长16%、9%
            if (
                d.figure.start in done
                or not d.figure.sense
                or d.figure.growth
                or (i and drafts[i - 1].figure.sense)
            ):
                continue
            run = self._figure_run(drafts[i:], d.figure.start, s.marks)
            amounts = drafts[max(0, i - len(run)) : i]
            if (
                len(run) > 1
                and len(amounts) == len(run)
                and all(a.figure.sense == "" and a.reason is None for a in amounts)
                and len({a.figure.unit for a in amounts}) == 1
                and all(x.reason is None for x in run)
            ):
                self._pair(s, run, d.figure.start, drafts, [])

    def _share_head(self, drafts: list[Draft]) -> None:
        """Give a figure the head of the one behind it where only that has one, or says it better."""
        for a, b in zip(drafts, drafts[1:], strict=False):
            if (
                a.reading
                and a.reading.change
                and a.figure.sense
                and b.head
                and not b.figure.sense
                and b.reason is None
                and a.head
                and a.head.metric != b.head.metric
                and _RISES_TO.fullmatch(self.text, a.figure.end, b.figure.start)
            ):
                a.head, a.relates = replace(b.head, rule="goal"), b  # exports rose 4% to 124,988 TEU
        for a, b in zip(drafts, drafts[1:], strict=False):
            if a.ahead and b.head and b.reason is None and b.figure.sense == "":
                a.head, a.ports, a.port_marks, a.port_rule, a.frame = (
                    b.head,
                    b.ports,
                    b.port_marks,
                    b.port_rule,
                    b.frame,
                )
                a.relates, a.service, a.mode, a.direction = b, b.service, b.mode, b.direction
        self._share_unit(drafts)

    def _share_unit(self, drafts: list[Draft]) -> None:
        """Let 与19个国家的23个城市通航 count both by the one word behind them."""
        for a, b in zip(drafts, drafts[1:], strict=False):
            if (
                a.head is None
                and b.head
                and a.figure.unit == "country"
                and b.metric == "cities_reached"
                and self.text[a.figure.end : b.figure.start].strip() in ("的", "、", "和", "")
            ):
                a.head, a.ports, a.port_marks, a.port_rule = (
                    Head("countries_reached", b.head.mark, b.head.rule),
                    b.ports,
                    b.port_marks,
                    b.port_rule,
                )

    def _run_before(self, drafts: list[Draft], at: int) -> list[Draft]:
        """The figures of one list that ends at `at` (7 percent, 9 percent and 12 percent, respectively)."""
        run: list[Draft] = []
        edge = at
        for d in reversed([d for d in drafts if d.figure.end <= at]):
            gap = self.text[d.figure.end : edge]
            if not re.fullmatch(r"(?:\s|,|and|и|to|by|на|до|year on year|year-on-year)*", gap) or (
                run and not _alike(d.figure, run[0].figure)
            ):
                break
            run.insert(0, d)
            edge = d.figure.start
        return run

    def _figure_run(self, drafts: list[Draft], at: int, s_marks: Sequence[Mark]) -> list[Draft]:
        """The figures behind `at` that form one list: parted by 、和 and nothing else."""
        run: list[Draft] = []
        for d in drafts:
            if d.figure.start < at:
                continue
            if not run:
                if len(self.text[at : d.figure.start]) > 24 or "，" in self.text[at : d.figure.start]:
                    break
            else:
                gap = self.text[run[-1].figure.end : d.figure.start]
                for mark in within(s_marks, run[-1].figure.end, d.figure.start):
                    if mark.get("change"):  # 分别增长8.1%和下降2.4%
                        gap = gap.replace(self.text[mark.start : mark.end], "", 1)
                if (
                    len(gap) > 6
                    or not re.fullmatch(
                        r"(?:以上|左右|多)?\s?[、，和及与]*\s?(?:以及)?(?:超过?|近|约|逾)?", gap
                    )
                    or not _alike(d.figure, run[0].figure)
                ):
                    break
            run.append(d)
        return run

    def _pair(
        self, s: Sentence, run: list[Draft], at: int, drafts: list[Draft], mentions: Sequence[Mention]
    ) -> None:
        n = len(run)
        clause_start = s.clause_of(at).start
        months = [p for p in s.periods if p.end <= at and p.kind == "span"][-n:]
        if (
            len(months) == n
            and all(
                self.text[a.end : b.start] in ("、", "和", "及", "与")
                for a, b in zip(months, months[1:], strict=False)
            )
            and at - months[-1].end <= 14
            and run[0].figure.sense == ""
        ):
            for d, p in zip(run, months, strict=True):  # 4月、5月、6月分别为…
                d.frame = frames.run(Frame(), [p], self.published)
            for d in run[1:]:
                d.head = run[0].head
            self._same_measure(run)
            return
        for role in ("partner", "subject"):
            items = [m for m in mentions if m.role == role and m.end <= at]
            block = _tail_list(items)
            if len(block) == n and block[0].start >= clause_start - 40:
                abroad = role == "subject" and all(self._foreign(m.slug) for m in block)
                for d, m in zip(run, block, strict=True):
                    if role == "partner" or abroad:
                        d.partner, d.partner_span = m.slug, (m.start, m.end)
                    else:
                        d.ports, d.port_marks, d.port_rule = (m.slug,), ((m.start, m.end),), "respectively"
                    if role == "partner" or abroad:
                        d.relates = None
                    if run[0].head:
                        d.head = d.head or run[0].head
                if run[0].figure.sense == "":
                    for d in run[1:]:
                        d.head = run[0].head
                else:
                    self._same_head(run)
                return
        amounts = [
            d
            for d in drafts
            if d.figure.end <= at
            and d.figure.sense == ""
            and d.metric not in (None, OTHER)
            and d.reading
            and not d.reading.change
        ]
        if run[0].figure.sense and len(amounts) >= n and not self._own_items(run[0], at, clause_start, n):
            for d, a in zip(run, amounts[-n:], strict=True):
                d.relates, d.head = a, replace(a.head, rule="respectively") if a.head else None
                d.ports, d.port_marks, d.port_rule = a.ports, a.port_marks, "respectively"
                d.frame, d.direction, d.partner, d.service, d.mode = (
                    a.frame,
                    a.direction,
                    a.partner,
                    a.service,
                    a.mode,
                )
                d.breakdown, d.scope = a.breakdown, a.scope
                if d.reading and d.reading.measure is None and run[0].reading:
                    d.reading = replace(d.reading, measure=run[0].reading.measure, change=True)
            self._same_measure(run)
            return
        items_text = self._own_items(run[0], at, clause_start, n)
        if items_text:
            for d, name in zip(run, items_text, strict=True):
                d.breakdown = name
                d.relates = None
        self._same_head(run)
        self._same_measure(run)

    def _same_head(self, run: list[Draft]) -> None:
        first = run[0]
        for d in run[1:]:
            d.head = first.head
            d.ports = d.ports if d.port_rule == "respectively" else first.ports
            d.direction = first.direction
            if d.partner is None:
                d.partner = first.partner
        self._same_measure(run)

    def _same_measure(self, run: list[Draft]) -> None:
        first = run[0].reading
        if first is None:
            return
        for d in run[1:]:
            r = d.reading
            if r is None or (r.measure == first.measure and r.change == first.change):
                continue
            sign = -1 if first.change and first.value < 0 else 1
            f = d.figure
            value, low, high = f.value, f.low, f.high
            if f.sense == "fold" and first.unit == "%":  # 增长38.5%及1.1倍
                value, low, high = value * 100, low and low * 100, high and high * 100
            if sign < 0:
                value, low, high = -value, None if high is None else -high, None if low is None else -low
            d.reading = replace(
                first, value=value, low=low, high=high, qualifier=f.qualifier, unit=first.unit
            )

    def _own_items(self, first: Draft, at: int, clause_start: int, n: int) -> list[str]:
        """Give the n nouns of the list before 分别, in its clause or the one before, or nothing where there is none."""
        before = max(self.text.rfind(c, 0, max(0, clause_start - 1)) for c in "，。；：\n") + 1
        return self._items(clause_start, at, n) or self._items(before, max(before, clause_start - 1), n)

    def _items(self, start: int, end: int, n: int) -> list[str]:
        for m in within(self.mentions, start, end):
            if self.text[m.end : m.end + 1] not in "、和及与":
                start = max(start, m.end)
        words = self.text[start:end]
        words = re.sub(r"(?:同比|环比|较上年同期|比去年同期)?(?:则)?$", "", words)
        lead = re.search(r".*(?:出口|进口|进出口|其中|对\S{1,6}?出口)(?=.*[、和])", words)
        if lead:
            words = words[lead.end() :]
        words = re.sub(
            r"(?:进出口|出口|进口)(?:增速|增势|额|值|量)?[^、]{0,4}$", "", words.strip("，；：,; ")
        )
        for parting in (r"、|以及", r"、|以及|(?<=[\u4e00-\u9fff])[和及与](?=[\u4e00-\u9fff])"):
            items = [p for p in re.split(parting, words) if p]
            if len(items) == n and all(1 < len(p) <= 14 and not re.search(r"\d", p) for p in items):
                return [re.sub(r"(?:出口|进口)$", "", p) for p in items]
        return []


def _alike(a: Figure, b: Figure) -> bool:
    """Tell whether two figures can stand in one list: both amounts, or both growths (38.5%及1.1倍)."""
    relative = {"percent", "fold", "doubling"}
    return a.sense == b.sense or (a.sense in relative and b.sense in relative)


def in_clause_window(marks: list[Mark], earlier: list[Draft], text: str) -> list[Mark]:
    """The marks of the clause before a figure, cut behind the last figure unless only a list parts them."""
    if not earlier or not marks:
        return marks
    last = earlier[-1].figure.end
    kept = [m for m in marks if m.start >= last]
    if len(kept) == len(marks):
        return marks
    between = text[last : marks[-1].end] if marks[-1].end > last else ""
    return kept if kept or between else marks


def _last_value(marks: Sequence[Mark], kind: str) -> str | None:
    for mark in reversed(marks):
        entry: Entry | None = mark.get(kind)
        if entry is not None and entry.value:
            return entry.value
    return None


def _tail_list(items: Sequence[Mention]) -> list[Mention]:
    out: list[Mention] = []
    for m in reversed(items):
        out.insert(0, m)
        if not m.linked:
            break
    return out
