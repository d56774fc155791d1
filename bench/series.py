"""Monthly series: how long a book takes, and the bounds beside SciPy's front door to the same solver.

    .venv/bin/python bench/series.py [SERIES] [CLAIMS]

Claims are drawn from true series of five years, as tests/seriesmaker.py does, and so all can be true.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from bookmaker import Book
from seriesmaker import START, Truth
from tallybook.series.axis import axis_of, rows_of
from tallybook.series.claims import Claim
from tallybook.series.solve import solve
from tallybook.store.months import refresh_months

KINDS = ("total", "total", "ytd", "launch", "daily_mean", "yoy_pct", "mom_pct")
DAYS = 5 * 365 + 1


def peer(claims: list[Claim]) -> int:
    """Find the same bounds by one call of scipy.optimize.linprog for each end of each month."""
    axis = axis_of(tuple(claims))
    rows = rows_of(tuple(claims), axis)
    left, right = [], []
    for row in rows:
        line = np.zeros(len(axis))
        for by, first, stop in row.parts:
            line[first:stop] += float(by)
        for sign, end in ((1, row.high), (-1, row.low)):
            if end is not None:
                left.append(sign * line)
                right.append(sign * float(end))
    matrix = csr_matrix(np.array(left))
    months = axis.months()
    for _, _, first, stop in months:
        cost = np.zeros(len(axis))
        for sign in (1, -1):
            cost[first:stop] = sign
            linprog(cost, A_ub=matrix, b_ub=right, method="highs")
    return len(months)


def main() -> None:
    """Print what each takes, and the ratios."""
    count, each = (int(word) for word in (sys.argv[1:] + ["40", "40"][len(sys.argv) - 1 :])[:2])
    made = []
    for seed in range(count):
        truth = Truth(np.random.default_rng(seed).integers(0, 60, DAYS).tolist(), 20_000, seed)
        made.append([truth.draw(KINDS) for _ in range(each)])
    solve(made[0], "train")
    start = time.process_time()
    months = sum(len(solve(claims, "train").months) for claims in made)
    own = time.process_time() - start
    start = time.process_time()
    theirs = sum(peer(claims) for claims in made)
    scipy = time.process_time() - start
    print(f"{count} series of {each} claims from {START}: {months} months, {theirs} by the peer")
    print(f"bounds, proof, estimate, contradictions: {own:.2f} s, {1000 * own / months:.2f} ms a month")
    print(f"bounds alone by scipy.optimize.linprog:  {scipy:.2f} s, {scipy / own:.1f} times as long")

    book = Book()
    article = book.article()
    for number, claims in enumerate(made):
        for claim in claims:
            if claim.base_start is None and claim.measure != "mom_pct":
                ends = (claim.period_start or "", claim.period_end)
                book.add(
                    article, "khorgos", "trains", claim.measure, claim.value, "..".join(map(str, ends)),
                    low=claim.low, high=claim.high, breakdown=f"goods {number}",
                )  # fmt: skip
    start = time.process_time()
    solved = refresh_months(book.con)
    first = time.process_time() - start
    start = time.process_time()
    refresh_months(book.con)
    again = time.process_time() - start
    print(
        f"a book of {solved} series: {first:.2f} s; again with nothing new {again:.2f} s, {again / first:.3f}"
    )


if __name__ == "__main__":
    main()
