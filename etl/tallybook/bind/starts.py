"""When a running count began, where the words leave it open: what other figures tell of it.

A story on this year's 3,000 trains goes on with 累计开行2.4万列. No year is told of anew, so the
year would be carried on; but the year's count was just told, and is a fraction of this one.
And a count until a day that has grown on the year before, or came earlier than then, is one of
the year: 至11月4日累计发送121.4万标箱，较去年同期增长63.2%.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tallybook.bind.drafts import Draft
from tallybook.frozen import replace

_ON_A_YEAR = frozenset({"yoy_pct", "yoy_abs", "lead_days"})
_BACK = 60
"""How many figures back the longer period of a day's part may have been told."""
_AT_MOST = 2
"""How many times as fast as before a count may run on and still be of the same period."""


def unbound(drafts: Sequence[Draft], published: date | None) -> None:
    """Let each running count that has outgrown the same count told before it run to the day of publication.

    Its period was carried, and so was its end: 上半年8641列…累计7.3万列 is as of the day of the article.
    """
    told: list[Draft] = []
    for i, d in enumerate(drafts):
        if not _total(d):
            continue
        if d.running and not _dated(d) and any(_outgrows(d, e) for e in told):
            carried = d.frame
            end = None if any(p.kind == "until" for p in carried.marks) else published
            for other in drafts[i:]:
                if other.sentence != d.sentence:
                    break
                if _total(other) and other.frame == carried:
                    other.frame = replace(
                        carried, low=None, high=end or carried.high, kind="until", inherited=False
                    )
        else:
            told.append(d)


def of_the_year(drafts: Sequence[Draft]) -> None:
    """Let a count until a day begin with its year, where a growth on the year before is told of it."""
    for d in drafts:
        e, reading = d.relates, d.reading
        if e is None or reading is None or reading.measure not in _ON_A_YEAR or d.reason or e.reason:
            continue
        told = e.frame
        opened = told.kind == "until" and told.low is None
        opened = opened or (told.kind == "point" and e.running)  # 至11月4日累计
        if not opened or told.high is None or not (e.reading and e.reading.measure == "total"):
            continue
        ends = told.kind, told.low, told.high
        for other in drafts:
            f = other.frame
            goes_on = other.sentence > e.sentence and f.inherited
            if (goes_on or other.sentence == e.sentence) and (f.kind, f.low, f.high) == ends:
                other.frame = replace(f, low=date(told.high.year, 1, 1), kind="until")


def of_the_whole(drafts: Sequence[Draft]) -> None:
    """Give a part that is more than its carried day had the longer period that was told before that day.

    假期出入境848万人次…5月1日当天达185万人次，为单日最高。其中内地居民出境367万人次: of the holiday.
    """
    for i, d in enumerate(drafts):
        if not (_total(d) and d.frame.inherited and _days(d) == 1 and (d.direction or d.breakdown)):
            continue
        like = [
            e
            for e in drafts[max(0, i - _BACK) : i]
            if _total(e) and (e.metric, e.ports) == (d.metric, d.ports)
        ]
        day = [e for e in like if _span(e) == _span(d) and e.breakdown is None and e.direction != d.direction]
        if not day or day[-1].figure.value >= d.figure.value:
            continue
        longer = [e for e in like if _holds(e, d) and e.figure.value >= d.figure.value]
        if longer:
            carried = d.frame
            for other in drafts[i:]:
                if other.sentence == d.sentence and other.frame == carried:
                    other.frame = replace(longer[-1].frame, inherited=True)


def _span(d: Draft) -> tuple[date | None, date | None]:
    return d.frame.low, d.frame.high


def _holds(e: Draft, d: Draft) -> bool:
    """Tell whether a count runs over more days than another, and over all of its days."""
    (low, high), (first, last) = _span(e), _span(d)
    if low is None or high is None or first is None or last is None or (low, high) == (first, last):
        return False
    return low <= first and last <= high


def _total(d: Draft) -> bool:
    return (
        d.reason is None
        and d.reading is not None
        and d.reading.measure == "total"
        and not d.reading.change
        and d.nature == "actual"
        and d.frame.low is not None
        and d.frame.high is not None
    )


def _outgrows(d: Draft, e: Draft) -> bool:
    """Tell whether a count is beyond what the same count, told before, can have become in its period."""
    same = (d.metric, d.ports, d.scope, d.direction, d.partner, d.breakdown) == (
        *(e.metric, e.ports, e.scope, e.direction, e.partner, e.breakdown),
    )
    if not same or d.frame.low != e.frame.low or d.figure.unit != e.figure.unit:
        return False
    days, before = _days(d), _days(e)
    return d.figure.value * before > _AT_MOST * e.figure.value * max(days, before)


def _days(d: Draft) -> int:
    low, high = d.frame.low, d.frame.high
    return (high - low).days + 1 if low and high else 0


def _dated(d: Draft) -> bool:
    """Tell whether the sentence itself says from when the count runs."""
    return not d.frame.inherited and any(p.kind not in ("now", "until") for p in d.frame.marks)
