"""True series of days, and the claims that newspapers would print of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from itertools import accumulate

from tallybook.series.claims import Claim

START = date(2023, 1, 1)
_DAY = timedelta(days=1)


def claim(
    measure: str,
    period: str,
    value: object,
    low: object = ...,
    high: object = ...,
    *,
    base: str = "",
    name: str = "",
    **more: object,
) -> Claim:
    """Make a claim; a period is `2025-01-01..2025-03-31`, and exact where it has no ends of its own."""
    start, _, end = period.partition("..")
    base_start, _, base_end = base.partition("..")
    number = Decimal(str(value))
    ends = (
        number if given is ... else None if given is None else Decimal(str(given)) for given in (low, high)
    )
    row = {
        "of_measure": None, "published_on": None, "publishers": 1, "is_official": False, "confidence": 1.0,
        "observation_ids": (name or f"{measure} {period} {value}",), **more,
    }  # fmt: skip
    least, most = ends
    return Claim(
        measure=measure,
        period_start=date.fromisoformat(start) if start else None,
        period_end=date.fromisoformat(end),
        base_start=date.fromisoformat(base_start) if base_start else None,
        base_end=date.fromisoformat(base_end) if base_end else None,
        value=number, low=least, high=most, **row,
    )  # type: ignore[arg-type]  # fmt: skip


class Truth:
    """What passed on each day from START, and before it; claims drawn from it are true."""

    def __init__(self, days: Sequence[int], before: int, seed: int) -> None:
        self.days, self.before = days, before
        self._until = [0, *accumulate(days)]
        self._random = random.Random(seed)
        self._names = 0

    def total(self, start: date | None, end: date) -> int:
        """Sum the days; from the launch where `start` is None."""
        last = self._until[(end - START).days + 1]
        return self.before + last if start is None else last - self._until[(start - START).days]

    def months(self) -> list[tuple[date, date]]:
        """Give the whole months."""
        found, start = [], START
        while (end := _month_end(start)) < START + _DAY * (len(self.days) + 1) - _DAY:
            found.append((start, end))
            start = end + _DAY
        return found

    def draw(self, kinds: Sequence[str]) -> Claim:
        """Draw a claim of one of these kinds, worded in some way that fits."""
        kind = self._random.choice(kinds)
        if kind in ("yoy_pct", "yoy_abs", "mom_pct"):
            return self._change(kind)
        start, end = self._period(kind)
        if kind == "daily_max":
            days = self.days[(start - START).days : (end - START).days + 1] if start else []
            return self._claim(kind, start, end, *self._worded(max(days)))
        total = self.total(start, end)
        if kind == "daily_mean":
            assert start is not None
            mean = Decimal(total) / ((end - start).days + 1)
            unit = self._random.choice([Decimal(1), Decimal("0.1")])
            way = self._random.choice([ROUND_FLOOR, ROUND_HALF_EVEN])
            value = mean.quantize(unit, rounding=way)
            return self._claim(kind, start, end, value, value - unit, value + unit)
        return self._claim("total", start, end, *self._worded(total))

    def _change(self, kind: str) -> Claim:
        months = self.months()
        if kind == "mom_pct":
            place = self._random.randrange(1, len(months))
            (start, end), (before, before_end) = months[place], months[place - 1]
        else:
            first = self._random.randrange(12, len(months))
            last = self._random.randrange(first, min(first + 12, len(months)))
            start, end = months[first][0], months[last][1]
            before, before_end = months[first - 12][0], months[last - 12][1]
        level, base = self.total(start, end), self.total(before, before_end)
        if kind == "yoy_abs" or not base:
            return self._claim("yoy_abs", start, end, *self._worded(level - base), (before, before_end))
        growth = 100 * (Decimal(level) / Decimal(base) - 1)
        unit = self._random.choice([Decimal(1), Decimal("0.1"), Decimal("0.01")])
        value = growth.quantize(unit, rounding=self._random.choice([ROUND_FLOOR, ROUND_HALF_EVEN]))
        return self._claim(kind, start, end, value, value - unit, value + unit, (before, before_end))

    def _period(self, kind: str) -> tuple[date | None, date]:
        months = self.months()
        first = self._random.randrange(len(months))
        last = self._random.randrange(first, len(months))
        start, end = months[first][0], months[last][1]
        if self._random.random() < 0.3:  # a day in the middle of a month
            end = max(start + _DAY, end - _DAY * self._random.randrange(1, 28))
        if self._random.random() < 0.1:
            start = min(start + _DAY * self._random.randrange(1, 20), end - _DAY)
        if kind == "launch":
            return None, end
        if kind == "ytd":
            return date(end.year, 1, 1), end
        return start, end

    def _worded(self, number: int) -> tuple[Decimal, Decimal | None, Decimal | None]:
        exact = Decimal(number)
        way = self._random.choice(["exact", "exact", "exact", "rounded", "about", "over", "under"])
        size = Decimal(10) ** max(len(str(abs(number))) - 2, 0)
        floor = (exact / size).to_integral_value(ROUND_FLOOR) * size
        if way == "rounded" and number > 99:
            return floor, floor - size, floor + size
        if way == "about" and number > 0:
            return floor, *sorted((floor * Decimal("0.9"), floor * Decimal("1.1")))
        if way == "over":
            return floor, floor, None
        if way == "under":
            return floor + size, None, floor + size
        return exact, exact, exact

    def _claim(
        self,
        measure: str,
        start: date | None,
        end: date,
        value: Decimal,
        low: Decimal | None,
        high: Decimal | None,
        base: tuple[date, date] | None = None,
    ) -> Claim:
        self._names += 1
        of = None if base is None else "total"
        return Claim(
            measure, of, start, end, *(base or (None, None)), value, low, high, None, 1, False, 1.0,
            (f"o{self._names}",),
        )  # fmt: skip


def _month_end(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - _DAY
