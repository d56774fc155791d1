"""Bind: from figures, periods, places and words to observations, sentence by sentence.

The engine walks the article once. It keeps a small state (the place, the period, the head,
the partner in force) and gives each figure the nearest of each, by the rules of the
modules beside it. Everything that decided is kept as evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tallybook.bind import frames, heads, measures
from tallybook.bind.counts import in_clause_window
from tallybook.bind.drafts import Draft
from tallybook.bind.frames import Frame
from tallybook.bind.geography import holds
from tallybook.bind.heads import OTHER
from tallybook.bind.lists import Listed
from tallybook.bind.owners import OF_A_COUNTRY
from tallybook.bind.places import NOWHERE, Mention
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.lexicon import Mark
from tallybook.recognise.figures import MONEY, Figure
from tallybook.recognise.periods import Period

_TO_SHARE = re.compile(r"[，,]?(?:升|降|增|提升|提高|上升|下降)?(?:至|到了?|达到?|为)[约近超逾]?")
"""What leads from the points that a share moved to the share: 提高4个百分点，达到60.2%."""
_CARRY = re.compile(r"^[\s“]*(?:其中|此外|同期|另外|同时|而|其|出口|进口|一般贸易|对)")
_SAME_AMOUNT = re.compile(r"\s?[,，]?[(（]?(?:约合|折合|合|约|相当于|about |or about |approximately )*", re.I)
_PER_TIME = frozenset({"daily_mean", "daily_max", "weekly_mean", "monthly_mean"})
_AGAINST = re.compile(r"[比较由从与和]“?$")
_OVER_YEARS = {"yoy_pct": "change_pct", "yoy_abs": "change_abs"}
"""A growth of the years of a plan is on the plan before it, not on the year before."""
_PER_DAY = frozenset({"daily_mean", "daily_max"})
_PEAK = re.compile(r"(?:最高|最多|峰值)[时达为到超近约]*$")
_YEARLY = re.compile(r"年均|年平均|年复合|平均每年|每年平均")
_MEANS = frozenset({"daily_mean", "weekly_mean", "monthly_mean"})
_BY_DAY = frozenset({"passengers", "vehicles"})
"""Metrics that are told of one day clause after clause."""
_STILL_APART = re.compile(r"[\s“]*(?:出口|进口|同比|环比|按年|按月|较|比)")
_SEA_PORTS = re.compile(r"货柜港|集装箱港|港口|大港|海港|港集装箱|港货柜|港吞吐|吞吐量|码头")
_TITLE_PART = re.compile(r"[\s，,;；|｜/]|——")
"""What parts the lines of a title: the first that names a place is the story's."""
_ONE_OF = re.compile(r"(?:[\u3400-\u9fff]{0,12})之一")
"""首批13个沿边开放城市之一: how many others there are is no count of the place."""
_AT_PEAK = re.compile(r"(?:高峰|尖峰|峰值)[^，。；：]*$")
"""高峰料为初三至初五: days of what is told, and not its time."""
_IN_BRACKETS = re.compile(r"\([^()\n]*?\d[^()\n]*\)")
_LIST_GOES_ON = re.compile(r"、[\u4e00-\u9fff]{0,8}")
_NOW_AT = re.compile(
    r"[，,](?:目前|如今|现在|现已|现|已)*(?:增[加长]?|提[升高]|上?升|扩大|降|下降|减少|拓展|攀升)[至到为][约近超逾]?"
)
"""What goes on from a rate to what it is now: 日均980辆，目前增加到1600辆."""
_AND_OF = re.compile(r"[，,；;](?:其中)?[，,]?[\u4e00-\u9fff]{2,10}?(?:为|达|有|约|近|超|逾)*")
_SUMMED = re.compile(
    r"累计|合计|总计|共|单日|全[年天月日]|同比|环比|[较比]|增|减|升|降|实现|完成|发送|开行|运送|突破|去年|今年|当[天日月]|历史|最"
)
_OTHER_PLACE = re.compile(r"[、，；,和及与则为达有约是 ]*")
_CROSSINGS = frozenset({"rail", "road", "sea", "air"})
_ITEM = re.compile(r"\s*(?:[(（]?[一二三四五六七八九十\d]{1,2}[)）、.．]|[•·●■◆▪-])")
"""What begins a paragraph that is one of a list."""
_SECTION = re.compile(r"\s*[\u3400-\u9fff]{2,8}(?:方面|部分|当中|而言)")
"""What begins a paragraph on one side of the story: 入境方面，…"""
_CLASS_OF = re.compile(
    r"(?:以上|以下|以内)的?[\u3400-\u9fff]{0,4}(?:机场|企业|港口|口岸|船舶|船只|城市|国家|客户|商家|泊位|班轮|货轮|邮轮)"
    r"|(?:的)?区间(?:内|之间)?(?:波动|浮动|徘徊|运行|震荡)"
)
"""年货邮吞吐量1万吨以上的运输机场: which airports, and no amount."""
_PLACED = re.compile(r"[前首]\S{1,3}[位名强甲]$")
"""居前三位: who is placed, and no people."""
_COUNT_SO_FAR = re.compile(
    r"全年|本年|年度|年内|今年|以来|累计|去年|20\d\d年|this year|so far|since|с начала", re.I
)
"""Words that make an ordinal a count: 今年…的第6001列 says that 6001 have run."""


def _short(frame: Frame) -> bool:
    """Tell whether a period is as short as a holiday, whose days a story goes through one by one."""
    return frame.low is not None and frame.high is not None and (frame.high - frame.low).days <= 16


def _one_month(frame: Frame) -> int | None:
    """Give the month of a frame that is one month."""
    same = (
        frame.low and frame.high and (frame.low.year, frame.low.month) == (frame.high.year, frame.high.month)
    )
    return frame.low.month if frame.grain == "month" and same and frame.low else None


def _one_quarter(frame: Frame) -> int | None:
    return (frame.low.month + 2) // 3 if frame.grain == "quarter" and frame.low else None
_TOOK = re.compile(
    r"(?:(?:增长?[至到]|到|至)[\d.]+[万千百]?[列趟])?[，,](?:仅|只|又)?(?:用时|耗时|历时|用了)"
)
"""从1万列增长到2万列，用时18个月: counts that were passed once, and nobody says when."""


class Binder(Listed):
    """Binds the figures of one article; make one for each article."""

    def prime(self, sentence: Sentence | None, mentions: Sequence[Mention], text: str) -> None:
        """Take place, period and service from a separate title."""
        if sentence is None:
            return
        subjects = [m for m in mentions if m.role in ("subject", "endpoint") and self._home(m.slug)]
        subjects = [m for m in subjects if m.role == "subject"] or subjects[:0]
        if subjects and not sentence.western:
            end = _TITLE_PART.search(text, subjects[0].end)
            subjects = [m for m in subjects if end is None or m.start < end.start()]
        land = self.default_country
        if subjects and not sentence.western and subjects[0].slug != land:
            subjects = [m for m in subjects if m.slug != land]  # 武汉港增速领跑全国港口
        if subjects:
            self.title_topic = self.section = self._group(subjects, len(subjects) - 1)[0]
        self.of_ports = _SEA_PORTS.search(text) is not None
        frame = frames.run(Frame(), sentence.periods, self.published)
        if frame.kind in ("span", "open", "since") or any(p.kind == "open" for p in sentence.periods):
            self.title_frame = replace(frame, marks=(), inherited=True)
        for mark in sentence.marks:
            service = mark.get("service")
            if service:
                self.title_service = service.value
        self.state.frame = self.state.main = self.title_frame

    def sentence(self, number: int, s: Sentence) -> None:
        """Bind the figures of one sentence and leave the state for the next."""
        state = self.state
        if s.block != state.block:
            state.block, state.partner, state.present = s.block, None, False
            day = state.frame.kind == "point" and state.main.known and not _short(state.main)
            if (day or frames.inside(state.frame, state.main)) and not state.label:
                state.frame = state.main  # a new paragraph goes back from 其中12月 to the year of the story
            label = self.text[s.end - 1 : s.end] in ("：", ":")
            item = _ITEM.match(self.text, s.start) is not None
            section = _SECTION.match(self.text, s.start) is not None and state.story in self.lexicon.haven
            if state.story and not item and (len(state.parts) > 1 or (section and state.parts)):
                state.topic, state.topic_span = (
                    (state.story,),
                    (),
                )  # its parts told one by one, the whole again
            if not item:
                state.parts = set()
            if self.section and not (label or state.label):  # a fact box goes on from label to label
                state.topic, state.topic_span = self.section, ()
        elif state.partner and not _CARRY.match(self.text[s.start : s.end]):
            state.partner = None
        if state.label:
            s.marks = [*state.label_marks, *s.marks]  # a fact box names on one line what the next one counts
        state.label = self.text[s.end - 1 : s.end] in ("：", ":")
        state.label_marks = s.marks if state.label else []
        mentions = self._named(s.start, s.end)
        if s.heading:
            self._heading(s, mentions)
            return
        if state.apart and state.apart[0] == s.start and _STILL_APART.match(self.text, s.start):
            state.frame = state.apart[1]  # 其中，7月进出口X。出口Y，进口Z。
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

    def _leave(self, number: int, s: Sentence, mentions: Sequence[Mention], before: Frame) -> None:
        state = self.state
        subjects = [
            m
            for m in mentions
            if m.role == "subject"
            and (self._home(m.slug) or not state.topic)
            and (not self._foreign(m.slug) or (s.western and not state.topic))
            and m.slug != NOWHERE
        ]
        of_which = self.text.find("其中", s.start, s.end)
        parts = [m for m in subjects if m.start > of_which >= 0]
        if len({m.slug for m in parts}) > 1 and (state.topic or len(parts) < len(subjects)):
            subjects = [
                m for m in subjects if m not in parts
            ]  # 其中A口岸…、B口岸…: the story is of the whole
        if not s.western:
            subjects = self._at_home(s, subjects)
            subjects = self._not_of_all(number, s, subjects)
        if s.western and not state.topic and len(subjects) > 1:
            subjects = self._unsaid(s, subjects)
        if subjects:
            state.story = state.story or subjects[0].slug
            state.parts |= {m.slug for m in subjects if self._part_of(m.slug, state.story)}
        slugs, spans = self._group(subjects, len(subjects) - 1) if subjects else ((), ())
        if len(slugs) > 1:
            state.listed = slugs
        if s.western and subjects:
            counted = {
                p
                for d in self.drafts[-len(s.figures) or len(self.drafts) :]
                if d.sentence == number and d.head and d.reason is None
                for p in d.ports
            }
            mine = [m for m in subjects if m.slug in counted]
            if mine and not state.topic and not counted & set(slugs):
                subjects = mine  # trips via the corridor, backed by trade between China and others
                slugs, spans = self._group(subjects, len(subjects) - 1)
            elif state.topic and not counted & set(slugs):
                # A place in passing (the gauge in China is 1,435 mm) and not what the sentence is about.
                subjects = [m for m in subjects if not counted and self._about(s, m)]
                slugs, spans = self._group(subjects, len(subjects) - 1) if subjects else ((), ())
        regional = [
            d
            for d in (self.drafts[-len(s.figures) :] if s.figures else ())
            if d.port_rule == "reference" and d.head and not d.reason and d.ports[:1] != self.state.topic[:1]
        ]
        if regional and not subjects and not s.western and regional[-1].ports[0].startswith("cn-"):
            self._set_topic(regional[-1].ports, regional[-1].port_marks)  # 福州海关获悉，我省…
            subjects = []
        elif not subjects and not s.western and (ours := self._our_province(s)):
            self._set_topic(ours, ())
        offices = [d for d in self.drafts if d.sentence == number and d.port_rule == "office"]
        if offices and not subjects:
            self._set_topic(offices[-1].ports, offices[-1].port_marks)
            state.story = state.story or offices[-1].ports[0]
        if subjects and not (
            len(slugs) > 1 and state.topic
        ):  # A、B、C分别… speaks of each, then the story goes on
            self._set_topic(slugs, spans)
        elif not subjects and not state.topic:
            reporters = [m for m in mentions if m.role == "reporter"]
            origins = [m for m in mentions if m.role == "origin" and self._home(m.slug)]
            first = (reporters or origins)[-1:]
            if first and not self.title_topic and not self._of_the_land(s):
                self._set_topic((first[0].slug,), ((first[0].start, first[0].end),))
        lasting = self._whole_again(s, self._periods_told(s, self._lasting(s, s.periods, None)), before)
        spans_told = [p for p in lasting if not (p.kind == "point" and p.grain == "day")]
        if any(p.kind in ("span", "since", "open") for p in spans_told):
            lasting = spans_told  # the day that an office said so is not what it spoke of
        frame = frames.run(before, lasting, self.published)
        state.frame = frames.leave(frame, before)
        days = [
            d.frame
            for d in (self.drafts[-len(s.figures) :] if s.figures else ())
            if d.metric in _BY_DAY and d.reason is None and (d.frame.kind, d.frame.grain) == ("point", "day")
        ]
        if days and frame.kind == "point":
            state.whole = state.frame
            state.frame = replace(days[-1], inherited=True)  # the story goes on with that day's travellers
        if (
            state.frame.known
            and state.frame.kind != "point"
            and (
                not state.main.known
                or (
                    state.main is self.title_frame
                    and frames.inside(state.main, state.frame)
                    and state.frame.grain != "plan"
                )
            )
        ):
            state.main = state.frame
        elif state.main is self.title_frame and (frame.low, frame.high) == (state.main.low, state.main.high):
            state.main = state.frame  # the body says so too: a longer period told later is not the story's
        if (
            state.main.kind in ("open", "since")
            and state.frame.kind == "span"
            and state.frame.grain in ("months", "quarter", "half", "range")
            and state.frame.low == state.main.low
        ):
            state.main = state.frame  # 今年以来, and then the months that the figures are of
        if s.periods:
            state.present = s.periods[-1].kind == "now"
        for mark in (*s.marks, *(m for f in s.figures for m in f.inside)):
            service = mark.get("service")
            if service:
                state.service = service.value
        for p in s.periods:
            if p.low and p.kind in ("point", "since", "span"):
                before_it = self.text[max(0, p.start - 14) : p.start].rstrip("\n")
                around = before_it + "|" + self.text[p.end : p.end + 26]
                if (
                    p.kind == "point"
                    and re.search(r"(?:时间|日期)：$|^[^|]*[从自]\|?[^，。]*", around)
                    and re.search(r"开展|开通|开行|启动|运营|开办|首发|开航|首航|通车|开港|时间：", around)
                ):
                    state.launch = p.low

    def _at_home(self, s: Sentence, subjects: list[Mention]) -> list[Mention]:
        """Leave out what brackets name, and lands in a list of lands abroad: 东盟、美国、台湾."""
        asides = [m.span() for m in _IN_BRACKETS.finditer(self.text, s.start, s.end)]
        kept = []
        for m in subjects:
            listed = [o for o in self._named(max(s.start, m.start - 60), m.start) if o.end <= m.start]
            abroad = m.linked and bool(listed) and self._foreign(listed[-1].slug)
            if not (abroad or (self.state.topic and any(a < m.start < b for a, b in asides))):
                kept.append(m)
        return kept

    def _not_of_all(self, number: int, s: Sentence, subjects: list[Mention]) -> list[Mention]:
        """Leave out 全国 and 中国 that a story of a port only names: 满洲里站…，运量居全国之首."""
        land = self.default_country
        near = [m for m in subjects if m.slug != land]
        if len(near) == len(subjects) or (not near and not self.state.topic):
            return subjects
        if near and subjects[0].slug == land:
            return subjects
        counted = any(
            d.sentence == number and d.reason is None and d.head and d.ports == (land,)
            for d in (self.drafts[-len(s.figures) :] if s.figures else ())
        )
        return near if near or not counted else subjects

    def _part_of(self, slug: str, story: str) -> bool:
        """Tell whether a place is one of those that a land, province or city is told of by."""
        if story in self.lexicon.haven:  # the crossings of Hong Kong and Macao lie on both sides
            place = self.lexicon.place.get(slug)
            return slug != story and place is not None and place.kind in _CROSSINGS
        return holds(self.lexicon, story, slug)

    def _of_the_land(self, s: Sentence) -> bool:
        """Tell whether a sentence counts the trains of a whole country, whose station is named in passing."""
        return self.national is not None and any(
            (e := m.get("service")) is not None and e.value in OF_A_COUNTRY for m in s.marks
        )

    def _unsaid(self, s: Sentence, subjects: list[Mention]) -> list[Mention]:
        """Leave out the places of those who say so, in languages that tell this at the end of a sentence."""
        return subjects

    def _periods_told(self, s: Sentence, periods: Sequence[Period]) -> Sequence[Period]:
        """Leave out the periods that no figure follows in a sentence of figures: 增长5%，创今年新高."""
        counted = [
            d
            for d in (self.drafts[-len(s.figures) :] if s.figures else ())
            if d.figure.reason is None and d.figure.unit
        ]
        if s.western:
            return periods
        periods = [p for p in periods if not _AT_PEAK.search(self.text, max(s.start, p.start - 24), p.start)]
        if not counted:
            return periods
        used = {p.start for d in counted for p in d.frame.marks}
        last = counted[-1].figure.start
        return [p for p in periods if p.start < last or p.start in used]

    def _whole_again(self, s: Sentence, periods: Sequence[Period], before: Frame) -> list[Period]:
        """Leave out a month that 其中 makes a part: the next sentence tells of the whole again."""
        kept: list[Period] = []
        for p in periods:
            whole = frames.run(before, kept, self.published)
            aside = self.text[max(s.start, p.start - 4) : p.start].strip("，, ")
            own = frames.run(before, [p], self.published)
            if not (aside.endswith(("其中", "仅")) and frames.inside(own, whole)):
                kept.append(p)
            elif self.text.startswith("其中", s.start):
                self.state.apart = (s.end, replace(own, inherited=True))
        return kept

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
        if not s.western and _PLACED.search(self.text, figure.start - 1, figure.end):
            draft.reason = "ordinal"
            return draft
        if not s.western and not figure.sense and _CLASS_OF.match(self.text, figure.end):
            draft.reason, draft.missing = "no_metric", "a count: it tells which ones are meant"
            return draft
        if not s.western and not figure.sense and _ONE_OF.match(self.text, figure.end):
            draft.reason, draft.missing = "no_metric", "a count: it is one of so many"
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
        if figure.unit is None:
            figure = self._bare(s, draft, earlier) if s.western else self._plain_count(s, draft)
        elif figure.unit == "other" and not s.western:
            figure = self._by_head(s, draft)
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
        clause_words = in_clause
        if not s.western and relative:
            window = self._how_many(s, clause, figure, window) if previous == clause.start else window
        elif not s.western:
            clause_words = self._how_many(s, clause, figure, in_clause)
        reading = measures.read(
            self.text,
            figure,
            window
            if relative
            else clause_words
            if clause_words is not in_clause
            else in_clause_window(in_clause, earlier, self.text),
            previous if relative else clause.start,
            year,
            stock,
            self._behind(s, figure, clause),
            _one_month(draft.frame),
            _one_quarter(draft.frame),
        )
        if (
            self._goal_of(s, figure, dated=True)
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
            and _TO_SHARE.fullmatch(self.text, earlier[-1].figure.end, figure.start)
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
        if reading.mark is None and not figure.sense and earlier:
            reading = self._as_before(reading, figure, earlier[-1], mentions, window)
        if (
            reading.measure == "total"
            and _PEAK.search(self.text, max(clause.start, figure.start - 6), figure.start)
            and any(
                d.reading and d.reading.measure in _PER_DAY and d.figure.unit == figure.unit for d in earlier
            )
        ):
            reading = replace(reading, measure="daily_max")  # 日均18列，最高达27列
        draft.reading = reading
        if reading.measure in _MEANS and draft.frame.inherited and draft.frame.kind == "point":
            draft.frame = self.state.whole  # a mean is not of the day that was told of before
        if not figure.sense and _TOOK.match(self.text, figure.end):
            draft.frame = Frame(None, None, "former")
        draft.frame = self._running(s, draft, before)
        if (
            reading.measure == "change_pct"
            and figure.sense
            and _YEARLY.search(self.text, previous, figure.start)
        ):
            draft.frame = self._span_told(s, draft)
        draft.begins = self._start_of(s, figure) is not None
        draft.present = self.state.present and not [p for p in s.periods if p.end <= figure.start]
        if reading.measure == "lead_days":
            self._lead(s, draft, earlier)
        elif relative or reading.change:
            self._relate(s, draft, earlier, window)
        if reading.measure in _OVER_YEARS and (draft.relates or draft).frame.grain == "plan":
            draft.reading = reading = replace(reading, measure=_OVER_YEARS[reading.measure])
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
        self._of_place(draft)
        if (
            draft.frame.kind in ("span", "since")
            and relative
            and _YEARLY.search(self.text, previous, figure.start)
        ):
            draft.relates = None  # 年均增长 is of no one year
        lead = self._start_of(s, figure) if reading.share and draft.relates is not None else None
        if lead is not None and any(lead < p.start < figure.start for p in s.periods):
            draft.relates = None  # 占比由2021年的20%升至45%: a share of that year, not of the amount told
        tied = draft.relates
        if tied is not None and any(
            p.kind == "span"
            and tied.figure.end <= p.start < figure.start
            and not _AGAINST.search(self.text, max(0, p.start - 3), p.start)
            for p in draft.frame.marks
        ):
            draft.relates = None  # 进出口21.79万亿元，二季度增长4.5%: of the same series, not of that figure
        return draft

    def _as_before(
        self,
        reading: measures.Reading,
        figure: Figure,
        last: Draft,
        mentions: Sequence[Mention],
        window: Sequence[Mark],
    ) -> measures.Reading:
        """Measure a count as the one before it is, where they are a list of places or a mean and its peak."""
        if (
            last.reading is None
            or last.reading.measure not in _PER_TIME
            or heads.unit_class(last.figure.unit) != heads.unit_class(figure.unit)
        ):
            return reading
        between = self.text[last.figure.end : figure.start]
        own = [m for m in window if m.get("measure") and m.start >= last.figure.end]
        if (
            last.clause.end <= figure.start
            and not own
            and figure.value < 5 * last.figure.value
            and (_NOW_AT.fullmatch(between) or (_AND_OF.fullmatch(between) and not _SUMMED.search(between)))
        ):
            return replace(reading, measure=last.reading.measure)
        if last.reading.measure == "daily_mean" and measures.says_peak(window, last.figure.end, figure.start):
            return replace(reading, measure="daily_max")  # 日均20列，最高时达26列
        gap = self.text[last.figure.end : figure.start]
        for m in mentions:
            if m.role == "subject" and last.figure.end <= m.start and m.end <= figure.start:
                gap = gap.replace(self.text[m.start : m.end], "", 1)
                if _OTHER_PLACE.fullmatch(gap):
                    return replace(reading, measure=last.reading.measure)  # 罗湖日均21万，福田18万
        return reading
