"""Which claims to leave out where not all can be true: the set of the least trust whose rest agrees.

Claims that contradict each other are found one small set at a time; whatever is left out must have
one of each set. The cheapest such choice is tried; where the rest still does not agree, that is one
more set. When it does, no cheaper choice could have done (an implicit hitting set).
"""

from __future__ import annotations

from collections.abc import Sequence

from tallybook.series.axis import Row
from tallybook.series.highs import cheapest_cover, conflict

_MOST = 400
"""Sets after which the cheapest choice is no longer looked for, and any that agrees will do."""


def left_out(
    rows: Sequence[Row], cells: int, weights: Sequence[float]
) -> tuple[frozenset[int], list[frozenset[int]]]:
    """Give the claims to leave out, and the smallest sets found that contradict themselves."""
    found: list[frozenset[int]] = []
    out: frozenset[int] = frozenset()
    while one := _conflict_without(rows, cells, out):
        one = _smallest(rows, cells, one, weights)
        # Others that share no claim with it cost no new choice.
        apart = out | one
        found.append(one)
        while other := _conflict_without(rows, cells, apart):
            other = _smallest(rows, cells, other, weights)
            found.append(other)
            apart |= other
        if len(found) > _MOST:
            out |= {min(one, key=lambda claim: (weights[claim], claim)) for one in found if not one & out}
        else:
            out = cheapest_cover(found, weights)
    return out, found


def _conflict_without(rows: Sequence[Row], cells: int, out: frozenset[int]) -> frozenset[int]:
    return conflict([row for row in rows if row.claim not in out], cells)


def _smallest(
    rows: Sequence[Row], cells: int, claims: frozenset[int], weights: Sequence[float]
) -> frozenset[int]:
    """Take claims out of a contradicting set as long as the others still contradict themselves."""
    for claim in sorted(claims, key=lambda claim: (weights[claim], claim)):
        if claim in claims and len(claims) > 1:
            rest = conflict([row for row in rows if row.claim in claims and row.claim != claim], cells)
            claims = rest or claims
    return claims
