"""Counts too large for the period that they seem to be of: they run from the beginning.

A story on this year's 3,000 trains goes on with 累计开行2.4万列. No year is told of anew, so the
year would be carried on; but the year's count was just told, and is a fraction of this one.
"""

from __future__ import annotations

from collections.abc import Sequence

from tallybook.bind.drafts import Draft
from tallybook.frozen import replace

_AT_MOST = 2
"""How many times as fast as before a count may run on and still be of the same period."""


def unbound(drafts: Sequence[Draft]) -> None:
    """Take the carried start from each running count that has outgrown the same count told before it."""
    told: list[Draft] = []
    for i, d in enumerate(drafts):
        if not _total(d):
            continue
        if d.running and not _dated(d) and any(_outgrows(d, e) for e in told):
            carried = d.frame
            for other in drafts[i:]:
                if other.sentence != d.sentence:
                    break
                if _total(other) and other.frame == carried:
                    other.frame = replace(carried, low=None, kind="until", inherited=False)
        else:
            told.append(d)


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
