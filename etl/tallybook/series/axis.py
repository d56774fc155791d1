"""The time axis of a series, and its claims as linear rows over the cells of that axis, exactly.

Time is cut at the ends of all months and claims, so that each claim is about whole cells, and each
month is a run of cells. Growth is a ratio of two sums, and a bound of a ratio is linear in the
two: between (1 + g_low) and (1 + g_high) times the base is two rows.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tallybook.series.claims import Claim

_LONGEST = 600
"""Months of the longest series: what lies before is one cell, and no month of it is told."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Axis:
    """Cells of days: cell i is from cuts[i] to the day before cuts[i + 1].

    With `from_launch` cell 0 has the days before cuts[1], since whatever beginning.
    """

    cuts: tuple[date, ...]
    from_launch: bool

    def __len__(self) -> int:
        return len(self.cuts) - 1

    def cells(self, start: date | None, end: date) -> tuple[int, int]:
        """Give the first cell of a period and the one after its last; `start` None is the launch."""
        first = 0 if start is None else bisect_left(self.cuts, start, lo=int(self.from_launch))
        return first, bisect_left(self.cuts, end + _DAY, lo=int(self.from_launch))

    def days(self, cell: int) -> int:
        """Count the days of a cell; 0 of the one since the launch."""
        return 0 if cell == 0 and self.from_launch else (self.cuts[cell + 1] - self.cuts[cell]).days

    def months(self) -> list[tuple[date, date, int, int]]:
        """Give each month: first and last day, first cell and the one after its last."""
        found = []
        starts = [i for i, cut in enumerate(self.cuts) if cut.day == 1 and i >= int(self.from_launch)]
        for first, stop in itertools.pairwise(starts):
            if _next_month(self.cuts[first]) == self.cuts[stop]:
                found.append((self.cuts[first], self.cuts[stop] - _DAY, first, stop))
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """low <= sum of coefficients times cells <= high.

    A part is (coefficient, first cell, the one after the last).
    """

    parts: tuple[tuple[Fraction, int, int], ...]
    low: Fraction | None
    high: Fraction | None
    claim: int


def axis_of(claims: tuple[Claim, ...]) -> Axis:
    """Cut time at the ends of months and of all that the claims speak of."""
    cuts: set[date] = set()
    from_launch = False
    for claim in claims:
        from_launch |= claim.period_start is None
        periods = [(claim.period_start, claim.period_end)]
        if claim.base_start is not None and claim.base_end is not None:
            periods.append((claim.base_start, claim.base_end))
        for start, end in periods:
            if start is not None:
                cuts.add(start)
            cuts.add(end + _DAY)
    first, last = min(cuts).replace(day=1), max(cuts)
    months = [last if last.day == 1 else _next_month(last)]
    while months[-1] > first and len(months) <= _LONGEST:
        months.append((months[-1] - _DAY).replace(day=1))
    cuts.update(months)
    return Axis(((date.min,) if from_launch else ()) + tuple(sorted(cuts)), from_launch)


def rows_of(claims: tuple[Claim, ...], axis: Axis) -> list[Row]:
    """Write each claim as rows over the cells of an axis that was made of it."""
    return [row for i, claim in enumerate(claims) for row in _rows(claim, i, axis)]


def times(claim: Claim) -> Fraction:
    """Give what a mean is multiplied with to be a sum: days, weeks or months; 1 of all else."""
    if claim.period_start is None or not claim.measure.endswith("_mean"):
        return Fraction(1)
    return _spans(claim.measure, claim.period_start, claim.period_end)


def ratio(claim: Claim) -> tuple[Fraction | None, Fraction | None]:
    """Give the bounds of a growth in percent as bounds of level over base, both of them sums."""
    assert claim.period_start is not None
    assert claim.base_start is not None
    assert claim.base_end is not None
    # Two means of years unlike in length grow otherwise than their sums; untold, it may be either.
    longer = Fraction(
        (claim.period_end - claim.period_start).days + 1, (claim.base_end - claim.base_start).days + 1
    )
    if claim.measure == "mom_pct" and claim.of_measure is None:
        likely = [Fraction(1)]
    elif claim.of_measure in ("daily_mean", "weekly_mean"):
        likely = [longer]
    elif claim.of_measure is None:
        likely = [Fraction(1), longer]
    else:
        likely = [Fraction(1)]
    low, high = (None if end is None else 1 + Fraction(end) / 100 for end in (claim.low, claim.high))
    return (
        None if low is None else min(low * by for by in likely),
        None if high is None else max(high * by for by in likely),
    )


def _rows(claim: Claim, number: int, axis: Axis) -> list[Row]:
    low = None if claim.low is None else Fraction(claim.low)
    high = None if claim.high is None else Fraction(claim.high)
    one = Fraction(1)
    first, stop = axis.cells(claim.period_start, claim.period_end)
    if claim.measure == "daily_max":
        rows = [Row(((one, first, stop),), low, None, number)] if low is not None else []
        if high is not None:
            rows += [Row(((one, i, i + 1),), None, high * axis.days(i), number) for i in range(first, stop)]
        return rows
    if claim.base_start is None or claim.base_end is None:
        by = times(claim)
        least, most = (None if end is None else end * by for end in (low, high))
        return [Row(((one, first, stop),), least, most, number)]
    base = axis.cells(claim.base_start, claim.base_end)
    if claim.measure == "yoy_abs":
        assert claim.period_start is not None
        of = claim.of_measure or "total"
        level = 1 / _spans(of, claim.period_start, claim.period_end)
        before = 1 / _spans(of, claim.base_start, claim.base_end)
        return [Row(((level, first, stop), (-before, *base)), low, high, number)]
    least, most = ratio(claim)
    rows = []
    if least is not None:
        rows.append(Row(((one, first, stop), (-least, *base)), Fraction(0), None, number))
    if most is not None:
        rows.append(Row(((one, first, stop), (-most, *base)), None, Fraction(0), number))
    return rows


def _spans(measure: str, start: date, end: date) -> Fraction:
    """Count what a mean is of: days, weeks or months; 1 where it is no mean."""
    days = Fraction((end - start).days + 1)
    if measure == "monthly_mean":
        return Fraction(12 * (end.year - start.year) + end.month - start.month + 1)
    return {"daily_mean": days, "weekly_mean": days / 7}.get(measure, Fraction(1))


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
