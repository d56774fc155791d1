"""The months of a series: true bounds, exact months, and the claim that is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from seriesmaker import START, Truth, claim
from tallybook.series.axis import axis_of, rows_of, times
from tallybook.series.claims import Claim, Month
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
@settings(max_examples=50)
def test_the_truth_lies_inside_the_bounds_and_the_estimate_fits_every_claim(truth: Truth, count: int) -> None:
    claims = [truth.draw(KINDS) for _ in range(count)]
    solved = solve(claims, "train")
    assert solved.slips == ()
    true = {start: truth.total(start, end) for start, end in truth.months()}
    for month in solved.months:
        if month.start in true:
            assert month.low <= true[month.start]
            assert month.high is None or true[month.start] <= month.high
        if month.estimate is not None:
            assert float(month.low) <= month.estimate
            assert month.high is None or month.estimate <= float(month.high)
    estimates = {m.start: m.estimate for m in solved.months if m.estimate is not None}
    for said in claims:
        start, end = said.period_start, said.period_end
        if said.base_start is not None or said.measure == "daily_max" or start is None or start.day > 1:
            continue
        within = [a for a, b in truth.months() if start <= a and b <= end]
        if (end + timedelta(days=1)).day == 1 and all(a in estimates for a in within):
            total = sum(estimates[a] for a in within) / float(times(said))
            loose = 1e-3 + 1e-6 * abs(float(said.value))
            assert said.low is None or total >= float(said.low) - loose
            assert said.high is None or total <= float(said.high) + loose


@given(truths(), st.integers(1, 14))
@settings(max_examples=25)
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


@given(truths(), st.integers(14, 26), st.sampled_from([-1, 1]))
@settings(max_examples=12, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_a_planted_slip_is_the_one_that_is_named(truth: Truth, count: int, sign: int) -> None:
    """Where the slip is the only claim without which all others can be true, no other is named."""
    true_claims = [truth.draw(KINDS) for _ in range(count)]
    for place, said in enumerate(true_claims):
        moved = _moved(said, sign * max(abs(said.value) / 4, Decimal(3)))
        claims = [*true_claims[:place], moved, *true_claims[place + 1 :]]
        others = (claims[:i] + claims[i + 1 :] for i in range(count) if i != place)
        if fits([moved]) and not fits(claims) and not any(fits(other) for other in others):
            break
    else:
        assume(False)
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


Q1, Q1_BEFORE = "2025-01-01..2025-03-31", "2024-01-01..2024-03-31"


def test_what_the_claims_determine_comes_out_exactly() -> None:
    solved = solve(
        [
            claim("total", Q1, 1482, name="q1"),
            claim("total", "2025-01-01..2025-02-28", 950, name="feb"),
            claim("total", "2025-01-01..2025-01-31", 500, name="jan"),
            claim("total", "..2025-04-30", 87000, name="since"),
            claim("total", "..2025-06-15", 87800, name="since june"),
            claim("total", "2025-06-01..2025-06-15", 260, name="june"),
        ],
        "train",
    )
    found = by_start(solved.months)
    assert [(str(day)[:7], month.low, month.high) for day, month in found.items()] == [
        ("2025-01", 500, 500),
        ("2025-02", 450, 450),
        ("2025-03", 532, 532),
        ("2025-05", 540, 540),
        ("2025-06", 260, None),
    ]
    assert found[date(2025, 3, 1)].low_ids == found[date(2025, 3, 1)].high_ids == ("feb", "q1")
    # What nobody speaks of to its end has a least, and is not guessed.
    assert (found[date(2025, 6, 1)].estimate, found[date(2025, 6, 1)].low_ids) == (None, ("june",))
    assert [month.estimate for month in solved.months[:4]] == [500, 450, 532, 540]


def test_growth_bounds_the_year_before_and_whole_trains_leave_one_number() -> None:
    stated = [
        claim("total", "2025-03-01..2025-03-31", 1482, name="level"),
        claim(
            "yoy_pct", "2025-03-01..2025-03-31", "7.39", "7.38", "7.40", base="2024-03-01..2024-03-31",
            of_measure="total", name="growth",
        ),
    ]  # fmt: skip
    (before, _) = solve(stated, "train").months
    assert (before.start, before.low, before.high, before.estimate) == (date(2024, 3, 1), 1380, 1380, 1380)
    assert before.low_ids == ("growth", "level")
    (before, _) = solve(stated, "tonne").months
    assert (before.low, before.high) == (Decimal("1379.8882681564"), Decimal("1380.1452784504"))


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ({}, "old"),
        ({"publishers": 2}, "new"),
        ({"is_official": True}, "new"),
    ],
)
def test_of_two_words_the_one_less_trusted_is_left_out(more: dict[str, object], left: str) -> None:
    solved = solve(
        [
            claim("total", Q1, 1482, name="old", published_on=date(2025, 4, 1), **more),
            claim("total", Q1, 1428, name="new", published_on=date(2025, 4, 2)),
        ],
        "train",
    )
    (slip,) = solved.slips
    assert slip.claim.observation_ids == (left,)
    assert (slip.gap, slip.against) == (54, ("new" if left == "old" else "old",))


def test_a_growth_that_cannot_be_is_told_with_what_it_could_have_been() -> None:
    stated = [
        claim("total", Q1, 1482, name="level"),
        claim("total", Q1_BEFORE, 1380, name="base"),
        claim("yoy_pct", Q1, "17.39", "17.38", "17.40", base=Q1_BEFORE, of_measure="total", name="growth"),
    ]
    (slip,) = solve(stated, "train").slips
    assert slip.claim.observation_ids == ("growth",)
    assert slip.allowed_low == pytest.approx(slip.allowed_high) == pytest.approx(100 * (1482 / 1380 - 1))
    assert slip.gap == pytest.approx(17.38 - 100 * (1482 / 1380 - 1))
    assert slip.against == ("base", "level")


def test_a_peak_bounds_each_part_of_a_month() -> None:
    (month,) = solve(
        [
            claim("daily_max", "2025-03-01..2025-03-31", 20, name="peak"),
            claim("total", "2025-03-01..2025-03-10", 100, name="ten days"),
        ],
        "train",
    ).months
    assert (month.low, month.high) == (100, 100 + 21 * 20)
    assert month.high_ids == ("peak", "ten days")


def test_the_same_claims_in_any_number_of_calls_give_the_same() -> None:
    truth = Truth([7, 3, 9, 4] * 150, 500, 5)
    claims = [truth.draw(KINDS) for _ in range(12)]
    assert solve(claims, "train") == solve(claims, "train")


def _moved(said: Claim, by: Decimal) -> Claim:
    low, high = (None if end is None else end + by for end in (said.low, said.high))
    return replace(said, value=said.value + by, low=low, high=high, observation_ids=("slip",))


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
