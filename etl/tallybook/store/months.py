"""Keep the monthly series of a book: those whose claims changed are solved anew, the others stay.

The tables `series`, `series_month` and `series_slip` follow from the view `series_fact` and data/series.toml
alone, so that the same articles give the same months, in whatever order they were loaded. `series_claim` has
the rows of that view as they were solved, so that a run gathers only those that it can have changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from typing import Any

import duckdb
import pyarrow as pa

from tallybook.resources import data_path
from tallybook.series.claims import CLAIM, KEY, Claim, Solved
from tallybook.store.once import computed, drop
from tallybook.store.touched import claim_end, narrow, rules_digest

TABLES = ("series", "series_month", "series_slip")
KEPT = (*TABLES, "series_claim", "series_state")
"""Those, and what the next refresh goes on from."""
VIEWS = ("monthly_series", "series_index", "series_slips")
"""The views that have what is kept."""
_REVISION = 1
"""Changes when other months come of the same claims, so that books are brought up to date."""
_BATCH = 500
_KEY_TEXT = ", ".join(f"coalesce({name}, chr(30))" for name in KEY)
_MONTH_FIELDS: list[tuple[str, Any]] = [
    ("series_id", pa.string()),
    ("period_start", pa.date32()),
    ("period_end", pa.date32()),
    ("estimate", pa.float64()),
    ("low", pa.decimal128(38, 10)),
    ("high", pa.decimal128(38, 10)),
    ("low_observation_ids", pa.list_(pa.string())),
    ("high_observation_ids", pa.list_(pa.string())),
]
_SLIP_FIELDS: list[tuple[str, Any]] = [
    ("series_id", pa.string()),
    ("measure", pa.string()),
    ("of_measure", pa.string()),
    ("period_start", pa.date32()),
    ("period_end", pa.date32()),
    ("base_start", pa.date32()),
    ("base_end", pa.date32()),
    ("value", pa.decimal128(38, 10)),
    ("low", pa.decimal128(38, 10)),
    ("high", pa.decimal128(38, 10)),
    ("allowed_low", pa.float64()),
    ("allowed_high", pa.float64()),
    ("gap", pa.float64()),
    ("observation_ids", pa.list_(pa.string())),
    ("against_observation_ids", pa.list_(pa.string())),
]


def refresh_months(con: duckdb.DuckDBPyConnection, told: Callable[[int, int], None] | None = None) -> int:
    """Solve the series whose claims or rules changed, drop those that are gone; give how many were solved.

    Claims are gathered for what the runs since the last refresh touched, for all of the book where
    there was none or the rules are others now. Rows that changed without a run are not noticed: `forget`
    goes before. `told` hears after each batch how many of how many are done. The book must have its views.
    """
    rules = f"{_REVISION}|{hashlib.sha256(data_path('series.toml').read_bytes()).hexdigest()}"
    try:
        _gather(con)
        changed = _changed(con, rules)
        stale = "series_id in (select series_id from stale)"
        for table in ("series_month", "series_slip", "series"):
            con.execute(f"delete from {table} where {stale}")
        for start in range(0, len(changed), _BATCH):
            _solve(con, changed[start : start + _BATCH])
            if told is not None:
                told(min(start + _BATCH, len(changed)), len(changed))
        return len(changed)
    finally:
        drop(con, ("touched", "claim_now", "claims_now", "stale"))


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Have the next refresh gather the claims of the whole book."""
    con.execute("delete from series_state")


def _gather(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the claims of the book up to date; their series are in the temporary table `touched`."""
    digest = rules_digest(con)
    state = con.execute("select run_id from series_state where rules = ?", [digest]).fetchone()
    series = f"left(sha256(concat_ws(chr(31), {_KEY_TEXT})), 16)"
    if state is None:
        narrowed: AbstractContextManager[None] = nullcontext()
        old = new = "true"
    else:
        narrowed = narrow(con, state[0])
        old, new = (
            f"{claim_end(claim)} in (select (metric, is_lead, of_end) from touched_end)"
            for claim in ("series_claim", "f")
        )
    with narrowed:
        with computed(con, "series_fact"):
            con.execute(
                f"create temp table claim_now as select {series} as series_id, f.* "
                f"from series_fact as f where {new}"
            )
        con.execute(
            f"""create temp table touched as
                select distinct series_id from claim_now
                union
                select distinct series_id from series_claim where {old}"""
        )
        con.execute(f"delete from series_claim where {old}")
    con.execute("insert into series_claim by name select * from claim_now order by all")
    con.execute("delete from series_state")
    con.execute("insert into series_state select coalesce(max(run_id), 0), ? from run", [digest])


def _changed(con: duckdb.DuckDBPyConnection, rules: str) -> list[str]:
    """Give the series to solve; those whose rows are out of date are in the temporary table `stale`."""
    # In one order whatever the order of loading, so that one digest is of one set of claims.
    con.execute(
        """create temp table claims_now as
           select
               series_id,
               count(*) as claims,
               sha256(? || string_agg(cast(c as varchar), chr(10) order by cast(c as varchar))) as fingerprint
           from series_claim as c
           where series_id in (select series_id from touched)
           group by series_id""",
        [rules],
    )
    con.execute(
        """create temp table stale as
           select s.series_id
           from series as s
           inner join touched as t on s.series_id = t.series_id
           left join claims_now as n on s.series_id = n.series_id
           where s.fingerprint is distinct from n.fingerprint"""
    )
    rows = con.execute(
        "select series_id from claims_now as n left join series as s using (series_id) "
        "where s.fingerprint is distinct from n.fingerprint order by series_id"
    ).fetchall()
    return [name for (name,) in rows]


def _solve(con: duckdb.DuckDBPyConnection, ids: list[str]) -> None:
    # Solvers take half a second to load: a job that changes no series goes without.
    from tallybook.series.solve import solve

    wanted = ", ".join((*KEY, *CLAIM))
    rows = con.execute(
        f"select series_id, {wanted} from series_claim as c where list_contains(?, series_id) "
        "order by series_id, cast(c as varchar)",
        [ids],
    ).fetchall()
    months: list[tuple[Any, ...]] = []
    slips: list[tuple[Any, ...]] = []
    for series_id, group in groupby(rows, key=lambda row: row[0]):
        found = list(group)
        claims = [Claim.of(row[1 + len(KEY) :]) for row in found]
        solved = solve(claims, found[0][1 + KEY.index("unit")])
        months += _month_rows(series_id, solved)
        slips += _slip_rows(series_id, solved)
    for table, fields, made in (
        ("series_month", _MONTH_FIELDS, months),
        ("series_slip", _SLIP_FIELDS, slips),
    ):
        if made:
            columns = zip(fields, zip(*made, strict=True), strict=True)
            con.register("made", pa.table({name: pa.array(cells, kind) for (name, kind), cells in columns}))
            con.execute(f"insert into {table} by name select * from made")
            con.unregister("made")
    keys = ", ".join(KEY)
    con.execute(
        f"""insert into series (series_id, {keys}, claims, fingerprint)
            select distinct series_id, {keys}, n.claims, n.fingerprint
            from series_claim inner join claims_now as n using (series_id)
            where list_contains(?, series_id) order by series_id""",
        [ids],
    )


def _month_rows(series_id: str, solved: Solved) -> list[tuple[Any, ...]]:
    return [
        (
            series_id, m.start, m.end, m.estimate, m.low, m.high, list(m.low_ids), list(m.high_ids),
        )
        for m in solved.months
    ]  # fmt: skip


def _slip_rows(series_id: str, solved: Solved) -> list[tuple[Any, ...]]:
    return [
        (
            series_id, c.measure, c.of_measure, c.period_start, c.period_end, c.base_start, c.base_end,
            c.value, c.low, c.high, slip.allowed_low, slip.allowed_high, slip.gap, list(c.observation_ids),
            list(slip.against),
        )
        for slip in solved.slips
        for c in (slip.claim,)
    ]  # fmt: skip
