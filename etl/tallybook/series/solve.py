"""From the claims of one series to its months: what must go, true bounds, and a point between them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction

from tallybook.series.axis import Axis, Row, axis_of, ratio, rows_of, times
from tallybook.series.blame import left_out
from tallybook.series.claims import Claim, Month, Slip, Solved, is_whole, trust
from tallybook.series.highs import Bound, Polytope, Sum
from tallybook.series.smooth import estimate

_ONE = Fraction(1)
_STEP = Decimal("1e-10")
_PLACES = 4
"""Decimals of an estimate: what is behind them is the solver's."""


def solve(claims: Sequence[Claim], unit: str) -> Solved:
    """Give the months that claims of one series speak of, in order, and the claims left out.

    The same claims in the same order give the same months.
    """
    stated = tuple(claims)
    axis = axis_of(stated)
    rows = rows_of(stated, axis)
    out, sets = left_out(rows, len(axis), trust(stated))
    kept = [row for row in rows if row.claim not in out]
    polytope = Polytope(kept, len(axis))
    spoken = _spoken_of(stated, out, axis)
    whole = is_whole(unit)
    exact = _exact(kept)
    found = []
    for start, end, first, stop in axis.months():
        if any(spoken[first:stop]):
            low, high = _bounds(polytope, exact, first, stop)
            ends = _rounded(low.value, high.value, whole)
            ids = (_ids(stated, bound.claims) for bound in (low, high))
            found.append((start, end, first, stop, ends, tuple(ids)))
    point = estimate(stated, kept, axis, [(first, stop, ends) for _, _, first, stop, ends, _ in found])
    if point is None:
        point = polytope.a_point()
    months = []
    for start, end, first, stop, (least, most), (low_ids, high_ids) in found:
        value = None
        if point is not None and all(spoken[first:stop]):
            value = round(float(sum(point[first:stop])), _PLACES)
            value = min(max(value, float(least)), math.inf if most is None else float(most))
        months.append(Month(start, end, value, least, most, low_ids, high_ids))
    slips = tuple(_slip(stated, number, rows, axis, polytope, sets) for number in sorted(out))
    return Solved(tuple(months), slips)


def _spoken_of(claims: tuple[Claim, ...], out: frozenset[int], axis: Axis) -> list[bool]:
    """Tell of each cell whether a claim that stands speaks of its days."""
    spoken = [False] * len(axis)
    ends = []
    for number, claim in enumerate(claims):
        if number in out:
            continue
        first, stop = axis.cells(claim.period_start, claim.period_end)
        if claim.period_start is None:
            ends.append(stop)  # of two counts since the launch, only what is between them has dates
            continue
        spoken[first:stop] = [True] * (stop - first)
        if claim.base_start is not None and claim.base_end is not None:
            first, stop = axis.cells(claim.base_start, claim.base_end)
            spoken[first:stop] = [True] * (stop - first)
    if ends:
        spoken[min(ends) : max(ends)] = [True] * (max(ends) - min(ends))
    return spoken


def _exact(rows: Sequence[Row]) -> dict[tuple[int, int], Bound]:
    """Give the sums of cells that a row states to the last digit; of several the first one."""
    found: dict[tuple[int, int], Bound] = {}
    for row in rows:
        if row.low is not None and row.low == row.high and len(row.parts) == 1 and row.parts[0][0] == 1:
            found.setdefault(row.parts[0][1:], Bound(row.low, frozenset({row.claim})))
    return found


def _bounds(
    polytope: Polytope, stated: Mapping[tuple[int, int], Bound], first: int, stop: int
) -> tuple[Bound, Bound]:
    if (first, stop) in stated:
        return stated[first, stop], stated[first, stop]
    parts: Sum = ((_ONE, first, stop),)
    return polytope.least(parts), polytope.most(parts)


def _rounded(low: Fraction | None, high: Fraction | None, whole: bool) -> tuple[Decimal, Decimal | None]:
    """Round ends outward to the decimals of the book; to whole numbers inward, where there are no others."""
    least = max(low or Fraction(0), Fraction(0))
    if whole:
        ceiling = Fraction(math.ceil(least))
        floor = None if high is None else Fraction(math.floor(high))
        if floor is None or ceiling <= floor:  # else it is not the number of whole things that fits
            least, high = ceiling, floor
    if high is not None and high < least:
        high = least  # they only just meet
    return _decimal(least, ROUND_FLOOR), None if high is None else _decimal(high, ROUND_CEILING)


def _decimal(number: Fraction, rounding: str) -> Decimal:
    with localcontext(prec=60, rounding=rounding):
        return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(_STEP)


def _slip(
    claims: tuple[Claim, ...],
    number: int,
    rows: Sequence[Row],
    axis: Axis,
    polytope: Polytope,
    sets: Sequence[frozenset[int]],
) -> Slip:
    claim = claims[number]
    against = frozenset().union(*(one for one in sets if number in one)) - {number}
    if claim.measure in ("yoy_pct", "mom_pct"):
        low, high = _allowed_growth(claim, axis, polytope)
    else:
        own = [row for row in rows if row.claim == number]
        parts: Sum = own[0].parts
        by = float(times(claim))
        least, most = polytope.least(parts).value, polytope.most(parts).value
        low = None if least is None else float(least) / by
        high = None if most is None else float(most) / by
        if claim.measure == "daily_max":
            low, high = _allowed_peak(own, axis, polytope), None
    gap = max(
        -math.inf if claim.low is None or high is None else float(claim.low) - high,
        -math.inf if claim.high is None or low is None else low - float(claim.high),
    )
    return Slip(claim, low, high, max(gap, 0.0), _ids(claims, against))


def _allowed_peak(own: Sequence[Row], axis: Axis, polytope: Polytope) -> float | None:
    """Give the least that the greatest day can be: the mean of the fullest days."""
    found = [
        (polytope.least(row.parts).value or Fraction(0)) / axis.days(row.parts[0][1])
        for row in own
        if row.high is not None
    ]
    return float(max(found)) if found else None


def _allowed_growth(claim: Claim, axis: Axis, polytope: Polytope) -> tuple[float | None, float | None]:
    """Give the growth, in percent, that other claims leave, by Dinkelbach's method for a ratio of sums."""
    assert claim.base_start is not None
    assert claim.base_end is not None
    level = axis.cells(claim.period_start, claim.period_end)
    base = axis.cells(claim.base_start, claim.base_end)
    untold = ratio(claim)
    percent = (None if end is None else 1 + Fraction(end) / 100 for end in (claim.low, claim.high))
    found: list[float | None] = []
    for sign, own, plain in zip((1, -1), untold, percent, strict=True):
        at = Fraction(1)
        known: float | None = None
        for _ in range(20):
            cells = polytope.at_least(((Fraction(sign), *level), (-sign * at, *base)))
            if cells is None or sum(cells[slice(*base)]) <= 1e-9 * polytope.scale:
                known = None
                break
            now = float(sum(cells[slice(*level)]) / sum(cells[slice(*base)]))
            if known is not None and abs(now - known) < 1e-12 * abs(known):
                break
            known, at = now, Fraction(now)
        by = float(plain / own) if own and plain else 1.0
        found.append(None if known is None else (known * by - 1) * 100)
    return found[0], found[1]


def _ids(claims: tuple[Claim, ...], numbers: frozenset[int]) -> tuple[str, ...]:
    return tuple(
        sorted({name for number in numbers if number >= 0 for name in claims[number].observation_ids})
    )
