"""Spans in text order: what lies within one, what overlaps one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Protocol, TypeVar


class Spanned(Protocol):
    """Anything with a folded span."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


S = TypeVar("S", bound=Spanned)
_START = attrgetter("start")


def within(items: Sequence[S], start: int, end: int) -> list[S]:
    """Give the items that lie in [start, end); `items` is sorted and does not overlap."""
    first = bisect_left(items, start, key=_START)
    out = []
    for item in items[first:]:
        if item.start >= end:
            break
        if item.end <= end:
            out.append(item)
    return out


def overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether one of the sorted spans shares a character with [start, end)."""
    i = bisect_left(spans, (start, -1))
    return any(s < end and start < e for s, e in spans[max(0, i - 1) : i + 1])


def lies_in(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether one of the sorted spans holds [start, end), as "a year earlier" holds "a year"."""
    i = bisect_right(spans, (start, len(spans) + (1 << 40))) - 1
    return i >= 0 and spans[i][0] <= start and end <= spans[i][1]
