"""Keep the monthly series of a book: those whose claims changed are solved anew, the others stay.

The tables `series`, `series_month` and `series_slip` follow from the view `series_fact` and data/series.toml
alone, so that the same articles give the same months, in whatever order they were loaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import groupby
from typing import Any

import duckdb
import pyarrow as pa

from tallybook.resources import data_path
from tallybook.series.claims import CLAIM, KEY, Claim, Solved
from tallybook.store.once import computed

TABLES = ("series", "series_month", "series_slip")
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

    `told` hears after each batch how many of how many are done. The book must have its views.
    """
    _gather(con)
    try:
        changed = con.execute(
            "select series_id from claims_now as n left join series as s using (series_id) "
            "where s.fingerprint is distinct from n.fingerprint order by series_id"
        ).fetchall()
        stale = (
            "series_id in (select s.series_id from series as s left join claims_now as n using (series_id) "
            "where s.fingerprint is distinct from n.fingerprint)"
        )
        for table in ("series_month", "series_slip", "series"):
            con.execute(f"delete from {table} where {stale}")
        ids = [name for (name,) in changed]
        for start in range(0, len(ids), _BATCH):
            _solve(con, ids[start : start + _BATCH])
            if told is not None:
                told(min(start + _BATCH, len(ids)), len(ids))
        return len(ids)
    finally:
        con.execute("drop table if exists temp.claim_now")
        con.execute("drop table if exists temp.claims_now")


def _gather(con: duckdb.DuckDBPyConnection) -> None:
    rules = f"{_REVISION}|{hashlib.sha256(data_path('series.toml').read_bytes()).hexdigest()}"
    with computed(con, "series_fact"):
        con.execute(
            f"""create or replace temp table claim_now as
                select left(sha256(concat_ws(chr(31), {_KEY_TEXT})), 16) as series_id, f.*
                from series_fact as f"""
        )
    # In one order whatever the order of loading, so that one digest is of one set of claims.
    con.execute(
        """create or replace temp table claims_now as
           select
               series_id,
               count(*) as claims,
               sha256(? || string_agg(cast(c as varchar), chr(10) order by cast(c as varchar))) as fingerprint
           from claim_now as c
           group by series_id""",
        [rules],
    )


def _solve(con: duckdb.DuckDBPyConnection, ids: list[str]) -> None:
    # Solvers take half a second to load: a job that changes no series goes without.
    from tallybook.series.solve import solve

    wanted = ", ".join((*KEY, *CLAIM))
    rows = con.execute(
        f"select series_id, {wanted} from claim_now as c where list_contains(?, series_id) "
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
            from claim_now inner join claims_now as n using (series_id)
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
