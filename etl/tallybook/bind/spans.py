"""Which period a figure is about: of the expressions around it, those that govern it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from tallybook.bind import frames
from tallybook.bind.context import Context
from tallybook.bind.drafts import Draft
from tallybook.bind.frames import Frame
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.recognise.figures import Figure
from tallybook.recognise.periods import Period

_LEVEL_OF_BASE = re.compile(r"[(仅只有为是达约近超逾则共的了不到]{0,5}")
_YEAR_NAMED = re.compile(r"((?:19|20)\d\d)年")
_FROM_LEAD = re.compile(r"[从由]")

_NO_DAY = {"passengers": 5_000_000, "vehicles": 500_000, "flights": 5_000}
"""Counts that no single day reaches: what passes them has run for longer."""
_RUNS = frozenset(
    {"trains", "teu", "containers", "cargo_tonnes", "trade_value", "wagons", "vehicles_shipped"}
)
"""Metrics whose thresholds are passed by counts over a time; people and cars are counted by the day, too."""
_ONE_DAY = re.compile(r"单日|当日|当天|一天|日均|\d日进|日吞吐|日处理")
_IN_YEAR = re.compile(r"年内(?:首次|首度|已|累计|第|突破|实现|开行|完成)")
_BY_YEAR = re.compile(r"年内|今年|本年|年度|全年|年(?=货|集装箱|吞吐|箱|运|到发|开行|外贸|进出口)")
_YEAR_EARLIER = re.compile(r",? ?(?:in |за |в )?", re.I)
_FROM_WEST = re.compile(r"\b(?:from|с|со) (?:\S+ )?$", re.I)
_TO_WEST = re.compile(r"\b(?:to|до) (?:\S+ )?$", re.I)


_SAID = re.compile(
    r"(?:[从在自向][^，。；\d]{2,20}?)?(?:上午|下午|晚间?|凌晨|傍晚)?(?:对外|首次|最新)?(?:通报|公布|发布|发表|披露|透露|表示|介绍|消息|获悉|宣布|公告|统计|说(?!明)|称|讯|电|指出|举行|召开)"
)
_COMPARING = frozenset("较比与同和")
_COUNTED_THEN = re.compile(r"[^，。；\d]{0,10}")
_ON_TOP = re.compile(r"在[^。；\n]{2,40}?基础上")
"""在2020年完成4350万标箱的基础上: what there was before."""
_RATE_THEN = re.compile(r"的?(?:按年|同比|年)?(?:[升跌增减降涨]幅)?(?:则|只|仅)?(?:为|是|有|达)[约近逾超]?")
"""Between a month and how much was its growth: what the month before had."""
_ENDS = re.compile(r"(?:结束|扭转|延续|改变|摆脱|终止|终结|告别|止住|打破|承接)了?$")
_COURSE = re.compile(
    r"的?[^，。；\d]{0,6}?(?:走势|势头|态势|局面|颓势|跌势|涨势|升势|趋势|下滑|下跌|下降|负增长|增长|低迷)"
)
"""结束前两个月的下跌走势，增长6.2%: the months before are over, and not the growth's."""
_BRACKETED = re.compile(r"\([^()\n]{4,60}\)")


class Timed(Context):
    """Finds the period of a figure."""

    def _within_part(self, s: Sentence, periods: list[Period], figure: Figure) -> list[Period]:
        """Leave out a record's day of another part of the sentence: 上半年…，于2月11日…；横琴口岸为…"""
        parted = self.text.rfind("；", s.start, figure.start)
        spans = [p.end for p in periods if p.kind in ("span", "since", "open", "until")]
        if parted < 0 or not spans:
            return periods
        return [
            p
            for p in periods
            if not ((p.kind, p.grain) == ("point", "day") and spans[0] <= p.start and p.end <= parted)
        ]

    def _frame(self, s: Sentence, figure: Figure, before: Frame, earlier: list[Draft]) -> Frame:
        periods = [p for p in s.periods if p.end <= figure.start]
        periods = [
            p
            for p in periods
            if p.kind != "former"
            or not (
                self._led_from(s, p, figure)
                or any(p.end <= f.start < figure.start and f.reason is None for f in s.figures)
            )
        ]
        periods = self._within_part(s, periods, figure)
        if s.western:
            frame = frames.run(before, self._around(s, figure, periods, before), self.published)
            following = next((p for p in s.periods if p.start >= figure.end), None)
            if (
                following is not None
                and following.kind == "base"
                and not figure.sense
                and earlier
                and not any(figure.end <= f.start < following.start for f in s.figures)
                and _YEAR_EARLIER.fullmatch(self.text, figure.end, following.start)
            ):
                return frames.year_back(frame)  # from 320,000 a year earlier
            return frame
        periods = self._lasting(s, self._not_said(periods, before), figure)
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
        ):
            if last.low and last.grain in ("year", "month"):  # 超过2023年全年的2988万, 仅次于12月的97万
                return Frame(last.low, last.high, "span", last.grain, frame.marks)
            named = _YEAR_NAMED.search(self.text, last.start, last.end)
            if named and frame.low:
                return frames.year_back(frame, frame.low.year - int(named[1]))
            return frames.year_back(frame)  # 去年同期为3000列
        if (
            last
            and last.kind == "base"
            and last.low
            and last.grain in ("year", "month")
            and self.text[last.start - 1 : last.start] in _COMPARING
            and not any(m.get("change") or m.get("measure") for m in within(s.marks, last.end, figure.start))
            and not figure.sense
            and _COUNTED_THEN.fullmatch(self.text, last.end, figure.start)
        ):
            return Frame(last.low, last.high, "span", last.grain, frame.marks)  # 较1月柜量115.7万TEU减少
        if (
            last
            and last.kind == "base"
            and not figure.sense
            and self.text[s.start : last.start].strip(" “\u3000") in ("", "而", "相比之下，")
            and not any(m.get("change") or m.get("measure") for m in within(s.marks, last.end, figure.start))
            and self.text[last.start - 1 : last.start] not in ("较", "比")
        ):
            return frames.year_back(frame)  # 去年同期，该口岸通行2733列
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

    def _not_said(self, periods: Sequence[Period], before: Frame) -> list[Period]:
        """Leave out the day that an office said so, where another time is told: 移民局今天通报，假期内…"""
        said = [p for p in periods if p.grain == "day" and _SAID.match(self.text, p.end)]
        others = len(said) < len([p for p in periods if p.kind not in ("base", "same", "former")])
        return [p for p in periods if p not in said] if said and (others or before.known) else list(periods)

    def _led_from(self, s: Sentence, p: Period, figure: Figure) -> bool:
        """Tell whether 由 stands before a period and 拓展至 between it and the figure: that is what was."""
        return self.text[p.start - 1 : p.start] in ("由", "从") and any(
            m.get("reach") for m in within(s.marks, p.end, figure.start)
        )

    def _span_told(self, s: Sentence, draft: Draft) -> Frame:
        """Give all the years that a mean growth is over: 从2020年的A增至2024年的B，年均增长64%."""
        since = next((p for p in s.periods if p.kind == "since" and p.end <= draft.figure.start), None)
        if since is not None and since.low:
            return replace(draft.frame, low=since.low, high=since.high, kind="since", inherited=False)
        years = [
            p for p in s.periods if p.end <= draft.figure.start and p.grain == "year" and p.low and p.high
        ]
        lows = [p.low for p in years if p.low]
        highs = [p.high for p in years if p.high]
        if len(years) < 2 or min(lows) == max(lows):
            return draft.frame
        return replace(draft.frame, low=min(lows), high=max(highs), kind="span", inherited=False)

    def _running(self, s: Sentence, draft: Draft, before: Frame) -> Frame:
        """Give the period of a count that passes a mark on a day: from the beginning of what runs.

        4月13日中欧班列突破1万列 counts all until that day; in a story of one year, or of a
        count by the year, those of the year.
        """
        frame, reading = draft.frame, draft.reading
        day = frame.high
        if not (
            reading
            and day
            and reading.measure == "total"
            and not frame.inherited
            and (
                draft.metric in _RUNS
                or draft.figure.value >= _NO_DAY.get(draft.metric or "", reading.value + 1)
            )
            and frame.low in (None, day)
            and (
                (
                    (reading.qualifier == ">=" or draft.figure.ordinal)
                    and (frame.kind, frame.grain) == ("point", "day")
                )
                or (frame.kind == "until" and _IN_YEAR.search(self.text, s.start, s.end))
            )
            and not _ONE_DAY.search(self.text, draft.clause.start, draft.figure.start)
        ):
            return frame
        year = date(day.year, 1, 1)
        told = [f for f in (before, self.state.main) if f.low == year and f.grain in ("year", "months")]
        by_year = (
            frame.kind == "until"
            or told
            or _BY_YEAR.search(self.text, draft.clause.start, draft.figure.start)
        )
        return replace(frame, low=year if by_year else None, kind="until")

    def _around(self, s: Sentence, figure: Figure, before: list[Period], inherited: Frame) -> list[Period]:
        """Give the periods that govern a figure where they may stand behind it."""
        clause = s.clause_of(figure.start)
        stop = min([clause.end, *(f.start for f in s.figures if f.start >= figure.end and f.reason is None)])
        told = [p for p in s.periods if p.kind not in ("base", "same")]
        behind = [p for p in told if figure.end <= p.start < stop]
        own = [p for p in told if clause.start <= p.start < figure.start]
        old = self._old_west(s, figure)
        if old is not None:
            own = [p for p in own if p.start < old]
            before = [p for p in before if p.start < old]
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
        return list(before) if inherited.known else later[:1] or list(before)

    def _old_west(self, s: Sentence, figure: Figure) -> int | None:
        """Give where the A of "from A in 2021 to B" ends, for B: the period behind A is A's."""
        a = next((f for f in reversed(s.figures) if f.end <= figure.start and f.reason is None), None)
        if a is None or not _FROM_WEST.search(self.text, max(s.start, a.start - 12), a.start):
            return None
        return a.end if _TO_WEST.search(self.text, a.end, figure.start) else None

    def _lasting(self, s: Sentence, periods: Sequence[Period], figure: Figure | None) -> list[Period]:
        """Leave out the periods of old levels (由2017年的71个拓展至…), which are those levels' alone.

        So are those of an amount in brackets, 超出历史最高值(2019年2100.9万吨)6.6%, and the days
        that brackets add to a base, 较去年春节同期(2022年1月31日至2月6日)增长.
        """
        own = [
            m.span()
            for m in _BRACKETED.finditer(self.text, s.start, s.end)
            if not (figure and m.start() <= figure.start < m.end())
            and (
                any(m.start() < f.start < m.end() and f.reason is None and f.unit for f in s.figures)
                or any(0 <= m.start() - p.end <= 3 and p.kind in ("same", "base") for p in s.periods)
            )
        ]
        own += [
            m.span()
            for m in _ON_TOP.finditer(self.text, s.start, s.end)
            if not (figure and m.start() <= figure.start < m.end())
        ]
        for f in s.figures:
            if f.sense == "percent" and f is not figure:
                told = next((p for p in reversed(s.periods) if p.end <= f.start), None)
                clause = s.clause_of(f.start)
                if (
                    told is not None
                    and told.grain == "month"
                    and clause.start <= told.start
                    and _RATE_THEN.fullmatch(self.text, told.end, f.start)
                    and any(p.grain == "month" and p.end <= told.start for p in s.periods)
                ):
                    own.append((told.start, f.start))  # 按年升7.4%，10月升幅为1.4%；进口…
        for f in s.figures:
            lead = None if f.reason or f is figure else self._start_of(s, f)
            if lead is not None:
                own.append((lead, f.start))
        return [p for p in periods if not any(a <= p.start < b for a, b in own) and not self._over(s, p)]

    def _over(self, s: Sentence, p: Period) -> bool:
        """Tell whether a period is only one whose course is over: 结束前两个月的下跌走势."""
        ends = _ENDS.search(self.text, max(s.start, p.start - 6), p.start)
        return ends is not None and _COURSE.match(self.text, p.end) is not None

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

    def _goal_of(self, s: Sentence, figure: Figure, dated: bool = False) -> tuple[int, int] | None:
        """Give the span of 从…A before "增至B": its period is A's own, not B's.

        With `dated` also where B names its own: 从年初的12列增至目前的15列.
        """
        earlier = [f for f in s.figures if f.end <= figure.start and f.reason is None]
        if not earlier:
            return None
        a = earlier[-1]
        gap = self.text[a.end : figure.start]
        if (
            len(gap) > 14
            or (not dated and any(p.start >= a.end and p.end <= figure.start for p in s.periods))
            or not any(m.get("reach") for m in within(s.marks, a.end, figure.start))
        ):
            return None
        lead = max(
            (m.start() for m in _FROM_LEAD.finditer(self.text, max(s.start, a.start - 20), a.start)),
            default=None,
        )
        return None if lead is None else (lead, a.end)
