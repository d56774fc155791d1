"""Which period a figure is about: the expressions before it, composed from left to right.

A frame is the period in force. Each expression changes it: 今年 opens it, 截至 closes it, a
month replaces it, 目前 moves its end. What a sentence leaves behind is where the next one
starts, except moments (today, a day of an event), which nothing inherits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tallybook.frozen import record, replace
from tallybook.recognise.periods import Period


@record
class Frame:
    """A period in force: its bounds, whether its end is open, and the expressions that made it."""

    low: date | None = None
    high: date | None = None
    kind: str = "none"
    """none, span, open, since, until, point, now or former."""
    grain: str = ""
    marks: tuple[Period, ...] = ()
    inherited: bool = False

    @property
    def known(self) -> bool:
        """True where an expression has set the frame."""
        return self.kind != "none"


def step(frame: Frame, p: Period, published: date | None) -> Frame:
    """Give the frame after one more expression of the same sentence."""
    marks = (*frame.marks, p) if not frame.inherited else (p,)
    same = not frame.inherited
    if p.kind in ("same", "base", "future"):
        return frame
    if p.kind == "former":
        return Frame(None, None, "former", p.grain, marks)
    if p.kind == "now":
        if same and frame.kind == "until":
            return replace(frame, marks=marks)
        if frame.kind in ("open", "since") and (same or frame.kind == "open"):
            return replace(frame, high=published, kind=frame.kind, marks=marks, inherited=False)
        return Frame(None, published, "now", p.grain, marks)
    if p.kind == "open":
        end = published
        if same and frame.kind in ("until", "point") and frame.high and p.low and frame.high >= p.low:
            return Frame(p.low, frame.high, "open", p.grain, marks)
        if same and frame.kind == "now":
            end = frame.high
        return Frame(p.low, end, "open", p.grain, marks)
    if p.kind == "until":
        return _until(frame, p, same, marks)
    if p.kind == "since":
        end = (frame.high or published) if p.grain == "thus" else p.high
        if same and p.low is None and frame.kind == "since" and frame.low is not None:
            return replace(frame, marks=marks)  # over the past three months since its launch
        if same and frame.kind in ("until", "now") and frame.high:
            end = frame.high
            if p.grain == "back" and p.low and published and end < published:
                return Frame(_as_long(p.low, published, end), end, "since", p.grain, marks)
        return Frame(p.low, end, "since", p.grain, marks)
    if p.kind == "point":
        if same and frame.kind in ("open", "since") and p.grain == "day" and _is_ytd(frame) and p.high:
            return replace(frame, high=p.high, marks=marks)
        return Frame(p.low, p.high, "point", p.grain, marks)
    if (
        same
        and p.grain == "year"
        and (
            frame.kind in ("until", "point", "now")
            or (frame.kind == "open" and frame.marks[-1].kind == "now")
        )
        and p.low
        and p.high
        and frame.high
        and p.low <= frame.high <= p.high
        and frame.marks
        and p.start - frame.marks[-1].end <= (2 if frame.kind == "point" else 16)
    ):
        return Frame(p.low, frame.high, "until", p.grain, marks)  # 截至9月7日，2023年…
    if (
        p.grain == "holiday"
        and frame.grain != "holiday"
        and same
        and (frame.kind == "span" or (frame.kind == "point" and frame.high != published))
        and _are_days_of(frame, p)
    ):
        return replace(frame, marks=marks)  # 2月9日、10日两天，…迎来春节假期: the dates say which days
    return Frame(p.low, p.high, "span", p.grain, marks)


def _are_days_of(frame: Frame, p: Period) -> bool:
    return bool(
        frame.low
        and frame.high
        and frame.high - frame.low < timedelta(16)
        and p.low
        and p.high
        and frame.low <= p.high + timedelta(3)
        and p.low <= frame.high + timedelta(3)
    )


def _as_long(low: date, published: date, end: date) -> date:
    """Count a span back from the day told, not from that of publication: 截至8月15日，两年来."""
    if (low.month, low.day) == (published.month, published.day) and (end.month, end.day) != (2, 29):
        return end.replace(year=end.year - (published.year - low.year))
    return end - (published - low)


def _is_ytd(frame: Frame) -> bool:
    return frame.low is not None and frame.low.month == 1 and frame.low.day == 1


def _until(frame: Frame, p: Period, same: bool, marks: tuple[Period, ...]) -> Frame:
    if same and frame.kind in ("since", "open") and frame.low and p.high and frame.low <= p.high:
        return Frame(frame.low, p.high, frame.kind, p.grain, marks)
    if (
        same
        and frame.kind == "span"
        and frame.grain == "year"
        and frame.low
        and frame.high
        and p.high
        and frame.low <= p.high <= frame.high
        and frame.marks
        and p.start - frame.marks[-1].end <= 1
    ):
        return Frame(frame.low, p.high, "until", p.grain, marks)  # 2023年，截至9月7日
    if (
        same
        and frame.kind == "span"
        and frame.grain == "month"
        and frame.low
        and frame.high
        and p.high
        and frame.low <= p.high <= frame.high
    ):
        return Frame(frame.low, p.high, "until", p.grain, marks)  # in February … till February 8
    if (
        frame.inherited
        and frame.kind == "open"
        and _is_ytd(frame)
        and p.high
        and frame.low
        and frame.low.year == p.high.year
    ):
        return Frame(frame.low, p.high, "until", p.grain, (*frame.marks, p))
    return Frame(None, p.high, "until", p.grain, marks)


def run(start: Frame, periods: Sequence[Period], published: date | None) -> Frame:
    """Apply the expressions in order to the frame that the sentence began with."""
    frame = start if start.inherited else replace(start, inherited=True)
    for p in periods:
        frame = step(frame, p, published)
    return frame


def inside(frame: Frame, other: Frame) -> bool:
    """Tell whether a period lies within another and is shorter."""
    if frame.low is None or frame.high is None or other.low is None or other.high is None:
        return False
    return (
        other.low <= frame.low
        and frame.high <= other.high
        and frame.high - frame.low < other.high - other.low
    )


def year_back(frame: Frame, years: int = 1) -> Frame:
    """Give the same period of the year before, or of as many years before."""
    low, high = frame.low, frame.high
    for _ in range(max(0, years)):
        low, high = _earlier(low), _earlier(high)
    return replace(frame, low=low, high=high, kind="span", inherited=False)


def year_on(day: date, years: int = 1) -> date:
    """Give the same day of a later year; the end of February stays its end."""
    last = day.month == 2 and (day + timedelta(1)).month == 3
    return (date(day.year + years, 3, 1) - timedelta(1)) if last else day.replace(year=day.year + years)


def _earlier(day: date | None) -> date | None:
    if day is None:
        return None
    last = day.month == 2 and (day + timedelta(1)).month == 3
    return (date(day.year - 1, 3, 1) - timedelta(1)) if last else day.replace(year=day.year - 1)


def leave(frame: Frame, before: Frame) -> Frame:
    """Give the frame that the next sentence inherits: spans stay, moments do not."""
    if frame.kind in ("span", "open", "since", "until"):
        return frame if frame.inherited else replace(frame, inherited=True)
    return before
