"""The point estimate: of all series that fit the claims, the smoothest that is near to their numbers.

Least squares inside the bounds, by the interior-point solver Clarabel: the squares of the jumps of the daily
rate, as Boot, Feibes and Lisman (1967) part yearly figures into months, and of how far a sum is from the
number that a claim gives it, by the width of its interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import clarabel
import numpy as np
from scipy import sparse

from tallybook.series.axis import Axis, Row, times
from tallybook.series.claims import Claim
from tallybook.series.highs import entries

_ONE = Fraction(1)
_SMOOTH = 1.0
"""How much a jump by all of the daily rate in a month weighs, against a claim missed by half its width."""
_WIDTH = 0.05
"""What stands for half the width of an interval with one end, as a part of its number."""
_FLAT = 1e-6
"""Weight of a cell's size alone, so that there is one best point."""
_Ends = tuple[Decimal, Decimal | None]


def estimate(
    claims: Sequence[Claim],
    rows: Sequence[Row],
    axis: Axis,
    months: Sequence[tuple[int, int, _Ends]],
) -> Sequence[float] | None:
    """Find the cells; None where the solver finds none.

    `months` has the first cell of each, the one after its last, and its bounds, which may be narrower
    than the rows alone make them.
    """
    if not months:
        return None
    # In units of what a month has, so that the numbers of the solver are near 1.
    size = 30 * _daily(rows, axis)
    bounded = [(row.parts, row.low, row.high) for row in rows]
    for first, stop, (low, high) in months:
        bounded.append((((_ONE, first, stop),), Fraction(low), None if high is None else Fraction(high)))
    matrix, right, equal = _constraints(bounded, len(axis), size)
    quadratic, linear = _objective(claims, rows, axis, size)
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    cones = [clarabel.ZeroConeT(equal), clarabel.NonnegativeConeT(matrix.shape[0] - equal)]
    solution = clarabel.DefaultSolver(quadratic, linear, matrix, right, cones, settings).solve()
    if str(solution.status) not in ("Solved", "AlmostSolved"):
        return None
    found: Sequence[float] = (np.maximum(np.array(solution.x), 0) * size).tolist()
    return found


def _constraints(
    bounded: Sequence[tuple[Any, Fraction | None, Fraction | None]], cells: int, size: float
) -> tuple[Any, Any, int]:
    """Write rows as A x + s = b, with s zero for the first ones and at least zero for the others."""
    equal: list[tuple[Any, float, float]] = []
    unequal: list[tuple[Any, float, float]] = []
    for parts, low, high in bounded:
        if low is not None and low == high:
            equal.append((parts, 1.0, float(low) / size))
            continue
        if high is not None:
            unequal.append((parts, 1.0, float(high) / size))
        if low is not None:
            unequal.append((parts, -1.0, -float(low) / size))
    row, column, value, right = [], [], [], []
    for i, (parts, sign, end) in enumerate((*equal, *unequal)):
        index, by = entries(parts)
        row.append(np.full(len(index), i))
        column.append(index)
        value.append(sign * by)
        right.append(end)
    count = len(right)
    row.append(np.arange(count, count + cells))
    column.append(np.arange(cells))
    value.append(np.full(cells, -1.0))
    right += [0.0] * cells
    matrix = sparse.csc_matrix(
        (np.concatenate(value), (np.concatenate(row), np.concatenate(column))), shape=(count + cells, cells)
    )
    return matrix, np.array(right), len(equal)


def _objective(claims: Sequence[Claim], rows: Sequence[Row], axis: Axis, size: float) -> tuple[Any, Any]:
    """Write the squares as x' P x / 2 + q' x."""
    index, value, right = [], [], []

    def square(columns: Any, by: Any, wanted: float, weight: float) -> None:
        index.append(columns)
        value.append(np.sqrt(weight) * by)
        right.append(np.sqrt(weight) * wanted)

    first = int(axis.from_launch)
    for i in range(first, len(axis) - 1):
        days, after = axis.days(i), axis.days(i + 1)
        months = (days + after) / 60
        square(np.array([i, i + 1]), np.array([-30 / days, 30 / after]), 0.0, _SMOOTH / months)
    for row in rows:
        claim = claims[row.claim]
        if claim.low == claim.high or len(row.parts) > 1 or claim.measure == "daily_max":
            continue
        wanted = float(claim.value) * float(times(claim)) / size
        ends = [float(end) / size for end in (row.low, row.high) if end is not None]
        margin = (ends[-1] - ends[0]) / 2 if len(ends) > 1 else _WIDTH * abs(wanted)
        columns, by = entries(row.parts)
        square(columns, by, wanted, 1 / max(margin, 1e-4) ** 2)
    for i in range(len(axis)):
        square(np.array([i]), np.array([1.0]), 0.0, _FLAT)
    rows_at = np.repeat(np.arange(len(index)), [len(columns) for columns in index])
    squares = sparse.csc_matrix(
        (np.concatenate(value), (rows_at, np.concatenate(index))), shape=(len(index), len(axis))
    )
    quadratic = sparse.triu(squares.T @ squares, format="csc")
    return quadratic, -(squares.T @ np.array(right))


def _daily(rows: Sequence[Row], axis: Axis) -> float:
    """Give about how much a day has, over the days that sums are told of; 1 where there are none."""
    sums = [
        (float(row.high or row.low or 0), sum(map(axis.days, range(*row.parts[0][1:]))), row.parts[0][1])
        for row in rows
        if len(row.parts) == 1
    ]
    dated = [(total, days) for total, days, first in sums if first or not axis.from_launch]
    if not dated and sums:  # counts since the launch only: what is between the first and the last
        totals, spans = [total for total, _, _ in sums], [days for _, days, _ in sums]
        dated = [(max(totals) - min(totals), max(spans) - min(spans))]
    return sum(total for total, _ in dated) / max(sum(days for _, days in dated), 1) or 1.0
