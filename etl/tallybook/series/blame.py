"""Which claims to leave out where not all can be true: the set of the least trust whose rest agrees.

Claims that contradict each other are found one small set at a time; whatever is left out must have
one of each set. The cheapest such choice is tried; where the rest still does not agree, that is one
more set. When it does, no cheaper choice could have done (an implicit hitting set).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tallybook.series.axis import Row
from tallybook.series.highs import cheapest_cover, conflict

_MOST = 100
"""Sets after which the cheapest choice is no longer looked for, and a cheap one that agrees will do: to prove
that none is cheaper would take minutes."""


def left_out(
    rows: Sequence[Row], cells: int, weights: Sequence[float]
) -> tuple[frozenset[int], list[frozenset[int]]]:
    """Give the claims to leave out, and the smallest sets found that contradict themselves."""
    found: list[frozenset[int]] = []
    out: frozenset[int] = frozenset()
    is_last = True
    while True:
        one = _conflict_without(rows, cells, out)
        if not one and (is_last or len(found) > _MOST):
            return out, found
        if not one:
            out, is_last = cheapest_cover(found, weights), True
            continue
        one = _smallest(rows, cells, one, weights)
        # Others that share no claim with it cost no new choice.
        apart = out | one
        found.append(one)
        while other := _conflict_without(rows, cells, apart):
            other = _smallest(rows, cells, other, weights)
            found.append(other)
            apart |= other
        # The cheapest is looked for when nothing is wrong any more with one that is quickly chosen.
        out, is_last = cheap_cover(found, weights), False


def cheap_cover(sets: Sequence[frozenset[int]], weights: Sequence[float]) -> frozenset[int]:
    """Choose members such that each set has one, each time the one that costs least for what it serves."""
    chosen: set[int] = set()
    waiting = list(sets)
    while waiting:
        served = Counter(member for one in waiting for member in one)
        best = min(served, key=lambda member: (weights[member] / served[member], member))
        chosen.add(best)
        waiting = [one for one in waiting if best not in one]
    for member in sorted(chosen, key=lambda member: (-weights[member], member)):
        rest = chosen - {member}
        if all(one & rest for one in sets):
            chosen = rest
    return frozenset(chosen)


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
