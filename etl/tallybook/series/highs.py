"""The solver: HiGHS on the rows of a series, with bounds that are proved in exact arithmetic.

HiGHS computes in floating point. What it gives for a bound is therefore only its multipliers: by weak
duality any multipliers prove a bound, and that is worked out here in fractions. So a bound holds
whatever the solver's tolerance, and where its multipliers are right, it is exact.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import highspy
import numpy as np

from tallybook.series.axis import Row

Sum = tuple[tuple[Fraction, int, int], ...]
"""Coefficients over runs of cells, as in Row.parts."""
_INF = highspy.kHighsInf
_LARGEST = 1000.0
"""The greatest number that the solver is given: its tolerances are absolute, near 1e-7."""
_SLACK = 1e-10
"""Rows are given to the solver a little wider, so that what only just meets is not parted by rounding."""
_SEEN = 1e-9


class _Silent(highspy.Highs):
    """A solver that keeps standard output clean: the usual one greets on it before it can be told not to."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()
        for name, value in (
            ("output_flag", False), ("threads", 1), ("presolve", "off"), ("random_seed", 0),
            ("primal_feasibility_tolerance", 1e-9), ("dual_feasibility_tolerance", 1e-9),
        ):  # fmt: skip
            self.setOptionValue(name, value)


@dataclass(frozen=True, slots=True)
class Bound:
    """A proved end of a sum, and the claims that prove it; None where there is none."""

    value: Fraction | None
    claims: frozenset[int]


class Polytope:
    """All series that fit some rows: each cell is zero or more."""

    def __init__(self, rows: Sequence[Row], cells: int) -> None:
        self.rows, self.cells = rows, cells
        largest = max((abs(float(end)) for row in rows for end in (row.low, row.high) if end), default=1.0)
        self.scale = largest / _LARGEST or 1.0
        self._caps = _caps(rows, cells)
        self._solver = _Silent()
        self._solver.addVars(cells, np.zeros(cells), np.full(cells, _INF))
        for row in rows:
            low, high = self._ends(row)
            index, value = entries(row.parts)
            self._solver.addRow(low, high, len(index), index, value)
        self._points: list[Any] = []

    def least(self, parts: Sum) -> Bound:
        """Prove a lower end of a sum of cells."""
        index, value = entries(parts)
        if all(by > 0 for by, _, _ in parts) and any(
            point[index].sum() < _SEEN for point in reversed(self._points)
        ):
            return Bound(Fraction(0), frozenset())  # it was nothing in what fits
        solver = self._solver
        solver.changeColsCost(len(index), index, value)
        solver.run()
        found = Bound(None, frozenset())
        if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            solution = solver.getSolution()
            self._points.append(np.array(solution.col_value))
            found = _proved(self.rows, solution.row_dual, parts, self._caps)
        solver.changeColsCost(len(index), index, np.zeros(len(index)))
        return found

    def most(self, parts: Sum) -> Bound:
        """Prove an upper end of a sum of cells."""
        found = self.least(tuple((-by, first, stop) for by, first, stop in parts))
        return found if found.value is None else Bound(-found.value, found.claims)

    def at_least(self, parts: Sum) -> Any:
        """Give the cells, in the unit of the series, where a sum is least; None where that has no end."""
        before = len(self._points)
        self.least(parts)
        return self._points.pop() * self.scale if len(self._points) > before else None

    def a_point(self) -> Any:
        """Give cells that fit, in the unit of the series: the mean of all that the bounds came from."""
        return np.mean(self._points, axis=0) * self.scale if self._points else None

    def _ends(self, row: Row) -> tuple[float, float]:
        low, high = (None if end is None else float(end) / self.scale for end in (row.low, row.high))
        slack = _SLACK * _LARGEST
        return -_INF if low is None else low - slack, _INF if high is None else high + slack


def conflict(rows: Sequence[Row], cells: int) -> frozenset[int]:
    """Give claims that cannot all be true, of those that the rows are of; none where all can."""
    if not rows:
        return frozenset()
    largest = max((abs(float(end)) for row in rows for end in (row.low, row.high) if end), default=1.0)
    scale = largest / _LARGEST or 1.0
    solver = _Silent()
    # Behind the cells two columns a row: what it lacks, and what it has too much.
    more = 2 * len(rows)
    solver.addVars(cells + more, np.zeros(cells + more), np.full(cells + more, _INF))
    solver.changeColsCost(more, np.arange(cells, cells + more, dtype=np.int32), np.ones(more))
    starts = [0]
    indices: list[int] = []
    values: list[float] = []
    for number, row in enumerate(rows):
        for by, first, stop in row.parts:
            indices += range(first, stop)
            values += [float(by)] * (stop - first)
        indices += (cells + 2 * number, cells + 2 * number + 1)
        values += (1.0, -1.0)
        starts.append(len(indices))
    solver.addRows(
        len(rows),
        np.array([-_INF if row.low is None else float(row.low) / scale for row in rows]),
        np.array([_INF if row.high is None else float(row.high) / scale for row in rows]),
        len(indices),
        np.array(starts[:-1], dtype=np.int32),
        np.array(indices, dtype=np.int32),
        np.array(values),
    )
    solver.run()
    if solver.getInfo().objective_function_value < _SLACK * _LARGEST:
        return frozenset()
    duals = solver.getSolution().row_dual
    return frozenset(row.claim for row, dual in zip(rows, duals, strict=True) if abs(dual) > _SEEN)


def cheapest_cover(sets: Sequence[frozenset[int]], weights: Sequence[float]) -> frozenset[int]:
    """Choose members of the least weight such that each set has one."""
    members = sorted(set().union(*sets))
    place = {member: i for i, member in enumerate(members)}
    solver = _Silent()
    n = len(members)
    solver.addVars(n, np.zeros(n), np.ones(n))
    # The shift makes the choice the same where two weigh the same.
    cost = np.array([weights[member] * (1 + 1e-6 * i) for i, member in enumerate(members)])
    every = np.arange(n, dtype=np.int32)
    solver.changeColsCost(n, every, cost)
    solver.changeColsIntegrality(n, every, np.full(n, highspy.HighsVarType.kInteger))
    for one in sets:
        index = np.array(sorted(place[member] for member in one), dtype=np.int32)
        solver.addRow(1.0, _INF, len(index), index, np.ones(len(index)))
    solver.run()
    chosen = solver.getSolution().col_value
    return frozenset(member for member, value in zip(members, chosen, strict=True) if value > 0.5)


def entries(parts: Sum) -> tuple[Any, Any]:
    index = np.concatenate([np.arange(first, stop, dtype=np.int32) for _, first, stop in parts])
    value = np.concatenate([np.full(stop - first, float(by)) for by, first, stop in parts])
    return index, value


def _proved(
    rows: Sequence[Row], duals: Sequence[float], parts: Sum, caps: Sequence[Fraction | None]
) -> Bound:
    """Work out what multipliers of the rows prove of a sum of cells that are zero or more."""
    bound = Fraction(0)
    claims = set()
    # What the rows leave of the sum, as steps at the cells where it changes.
    steps: dict[int, Fraction] = {}
    for by, first, stop in parts:
        _step(steps, by, first, stop)
    for i in np.flatnonzero(np.abs(duals) >= _SEEN).tolist():
        row, dual = rows[i], duals[i]
        end = row.low if dual > 0 else row.high
        if end is None:
            continue
        by = _tidied(dual)
        bound += by * end
        claims.add(row.claim)
        for of, first, stop in row.parts:
            _step(steps, -by * of, first, stop)
    left = Fraction(0)
    cuts = sorted(steps)
    for first, stop in itertools.pairwise(cuts):
        left += steps[first]
        if left < 0:  # by rounding: it costs what the cells may have at most
            for cap in caps[first:stop]:
                if cap is None:
                    return Bound(None, frozenset())
                bound += left * cap
    return Bound(bound, frozenset(claims))


def _step(steps: dict[int, Fraction], by: Fraction, first: int, stop: int) -> None:
    steps[first] = steps.get(first, Fraction(0)) + by
    steps[stop] = steps.get(stop, Fraction(0)) - by


def _tidied(number: float) -> Fraction:
    near = Fraction(number).limit_denominator(1000)
    return near if abs(near - Fraction(number)) < Fraction(1, 10**9) else Fraction(number)


def _caps(rows: Sequence[Row], cells: int) -> list[Fraction | None]:
    """Give each cell something that it is never above, where the rows bound it one by one."""
    caps: list[Fraction | None] = [None] * cells
    for _ in range(3):  # growth carries a cap from level to base and on to the base of the base
        for row in rows:
            if row.high is not None:
                _cap(row.parts, row.high, caps)
            if row.low is not None:
                _cap(tuple((-by, first, stop) for by, first, stop in row.parts), -row.low, caps)
    return caps


def _cap(parts: Sum, high: Fraction, caps: list[Fraction | None]) -> None:
    room = high
    for by, first, stop in parts:
        if by < 0:
            for cap in caps[first:stop]:
                if cap is None:
                    return
                room -= by * cap
    for by, first, stop in parts:
        if by > 0:
            for i in range(first, stop):
                cap = caps[i]
                if cap is None or cap > room / by:
                    caps[i] = max(room / by, Fraction(0))
