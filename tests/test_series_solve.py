"""The months of a series: true bounds, exact months, and the claim that is left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from seriesmaker import START, Truth, claim
from tallybook.series.axis import axis_of, rows_of, times
from tallybook.series.claims import Claim, Month, trust
from tallybook.series.solve import solve

SUMS = ("total", "total", "ytd", "launch")
KINDS = (*SUMS, "daily_mean", "daily_max", "yoy_pct", "yoy_abs", "mom_pct")


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    months = draw(st.integers(14, 26))
    length = (date(START.year + months // 12, months % 12 + 1, 1) - START).days
    most = draw(st.sampled_from([3, 40, 5000]))
    seed = draw(st.integers(0, 2**32))
    days = np.random.default_rng(seed).integers(0, most, length).tolist()
    return Truth(days, draw(st.sampled_from([0, 20_000])), seed)


def by_start(months: Sequence[Month]) -> dict[date, Month]:
    return {month.start: month for month in months}


@given(truths(), st.integers(1, 14))
@settings(max_examples=60)
def test_the_truth_lies_inside_the_bounds_and_the_estimate_fits_every_claim(truth: Truth, count: int) -> None:
    claims = [truth.draw(KINDS) for _ in range(count)]
    solved = solve(claims, "train")
    assert solved.slips == ()
    true = {start: truth.total(start, end) for start, end in truth.months()}
    estimates = {}
    for month in solved.months:
        if month.start in true:
            assert month.low <= true[month.start]
            assert month.high is None or true[month.start] <= month.high
        if month.estimate is not None:
            assert month.low <= month.estimate
            assert month.high is None or month.estimate <= month.high
            estimates[month.start, month.end] = month.estimate
    for said in claims:
        if said.measure != "total" or said.period_start is None:
            continue
        within = [v for (a, b), v in estimates.items() if said.period_start <= a and b <= said.period_end]
        whole = [a for a, b in estimates if said.period_start <= a and b <= said.period_end]
        if whole and said.period_start == min(whole) and said.period_end == max(b for _, b in estimates if b <= said.period_end):
            loose = 1e-3 + 1e-5 * float(said.value)
            assert said.low is None or sum(within) >= float(said.low) - loose
            assert said.high is None or sum(within) <= float(said.high) + loose


@given(truths(), st.integers(1, 14))
@settings(max_examples=40)
def test_of_totals_alone_the_bounds_are_the_tightest_there_are(truth: Truth, count: int) -> None:
    """Sums of days are differences of running totals, whose tightest bounds are shortest ways."""
    claims = [truth.draw(SUMS) for _ in range(count)]
    axis = axis_of(tuple(claims))
    size = len(axis) + 1
    way: list[list[Fraction | None]] = [[None] * size for _ in range(size)]
    for i in range(size):
        way[i][i] = Fraction(0)
        if i:
            way[i][i - 1] = Fraction(0)  # a running total never falls
    for row in rows_of(tuple(claims), axis):
        ((_, first, stop),) = row.parts
        for a, b, end in ((first, stop, row.high), (stop, first, None if row.low is None else -row.low)):
            old = way[a][b]
            if end is not None and (old is None or end < old):
                way[a][b] = end
    for k in range(size):
        for i in range(size):
            for j in range(size):
                one, two, old = way[i][k], way[k][j], way[i][j]
                if one is not None and two is not None and (old is None or one + two < old):
                    way[i][j] = one + two
    months = by_start(solve(claims, "tonne").months)
    for start, _, first, stop in axis.months():
        if start in months:
            high, low = way[first][stop], way[stop][first]
            assert low is not None
            assert (months[start].low, months[start].high) == (-low, high)


@given(truths(), st.integers(4, 14), st.integers(0, 13), st.sampled_from([-1, 1]))
@settings(max_examples=60)
def test_a_planted_slip_is_the_one_that_is_named(truth: Truth, count: int, place: int, sign: int) -> None:
    claims = [truth.draw(KINDS) for _ in range(count)]
    place %= count
    said = claims[place]
    by = sign * max(abs(said.value) / 5, Decimal(3))
    moved = Claim(
        said.measure, said.of_measure, said.period_start, said.period_end, said.base_start, said.base_end,
        said.value + by, said.low and said.low + by, said.high and said.high + by,
        None, 1, False, 1.0, ("slip",),
    )  # fmt: skip
    claims[place] = moved
    assume(fits([moved]) and not fits(claims))
    assume(not any(fits(claims[:i] + claims[i + 1 :]) for i in range(count) if i != place))
    solved = solve(claims, "train")
    assert [slip.claim.observation_ids for slip in solved.slips] == [("slip",)]
    (slip,) = solved.slips
    assert slip.gap > 0
    assert slip.against
    true = {start: truth.total(start, end) for start, end in truth.months()}
    for month in solved.months:
        if month.start in true:
            assert month.low <= true[month.start]
            assert month.high is None or true[month.start] <= month.high


def fits(claims: Sequence[Claim]) -> bool:
    """Ask another program's front door whether all claims can be true: SciPy."""
    if not claims:
        return True
    axis = axis_of(tuple(claims))
    left, right = [], []
    for row in rows_of(tuple(claims), axis):
        line = np.zeros(len(axis))
        for by, first, stop in row.parts:
            line[first:stop] += float(by)
        for sign, end in ((1, row.high), (-1, row.low)):
            if end is not None:
                left.append(sign * line)
                right.append(sign * float(end) + 1e-6)
    found = linprog(np.zeros(len(axis)), A_ub=np.array(left), b_ub=np.array(right), method="highs")
    return bool(found.status == 0)
