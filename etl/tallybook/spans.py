"""Spans in text order: what lies within one, what overlaps one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
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
    out = list(begun(items, start, end))
    while out and out[-1].end > end:
        out.pop()
    return out


def begun(items: Sequence[S], start: int, end: int) -> Sequence[S]:
    """Give the items, sorted by where they begin, that begin in [start, end)."""
    first = bisect_left(items, start, key=_START)
    return items[first : bisect_left(items, end, first, key=_START)]


def beyond(items: Sequence[S], start: int, end: int, most: int) -> Sequence[S]:
    """Give each item past `most` others of those that begin in [start, end)."""
    return begun(items, start, end)[most::most]


def apart(items: Iterable[S], spans: Sequence[tuple[int, int]]) -> list[S]:
    """Give the items, in order, that share no character with any of the spans; both are sorted."""
    out = []
    i = 0
    for item in items:
        while i < len(spans) and spans[i][1] <= item.start:
            i += 1
        if i == len(spans) or spans[i][0] >= item.end:
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
