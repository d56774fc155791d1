"""`tallybook series`: which monthly series there are, their months, claims, and what was left out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import duckdb

from tallybook.cli import say
from tallybook.cli.filters import filter_options
from tallybook.cli.query import DATABASE, FORMATS, form_of, opened, write
from tallybook.query import Answer, Filters, QueryError, find_view, resolve
from tallybook.store import months

_SHOWN = 8
_KEY = ("service", "direction", "mode", "scope", "partner", "breakdown", "nature")
_USUAL = {"scope": "port", "nature": "actual"}


@click.command("series")
@click.option("--monthly", "view", flag_value="monthly_series", help="The months, with bounds and estimate.")
@click.option("--claims", "view", flag_value="series_fact", help="What the series is made of.")
@click.option(
    "--left-out", "view", flag_value="series_slips", help="Claims that cannot be true beside others."
)
@filter_options
@click.option("--limit", type=click.IntRange(0), metavar="N", help="The first N rows.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Form of the output; by default what the name of FILE ends with, else table.",
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write to FILE."
)
@DATABASE
def series_command(
    view: str | None,
    as_of: datetime | None,
    ports: tuple[str, ...],
    metrics: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    form: str | None,
    output: Path | None,
    database: Path,
    **key: tuple[str, ...],
) -> None:
    """List the monthly series, or print their months.

    A series is what a place counts of one metric, with one unit, service, direction, mode, scope, partner,
    breakdown and nature; two that differ in any of these are never mixed. With --monthly each month
    has the least and the most that all claims of the book allow at once, and an estimate between;
    claims that cannot be true beside others are left out, and told on standard error.
    """
    with opened(database, as_of.date() if as_of else None) as con:
        if as_of and view != "series_fact":
            months.refresh_months(con)
        first, last = (day.date() if day else None for day in (since, until))
        filters = resolve(con, ports, metrics, first, last, key)
        answer = Answer(con, find_view(con, view or "series_index"), filters, limit)
        if view is not None:
            _refuse_none(con, filters)
        write(answer, form or form_of(output), output, limit)
        if left_out := answer.left_out():
            say(f"{left_out} more rows match; --limit kept them back")
        if view == "monthly_series":
            _tell(con, filters)


def _rows(con: duckdb.DuckDBPyConnection, view: str, filters: Filters) -> list[dict[str, Any]]:
    answer = Answer(con, find_view(con, view), filters)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows()]


def _refuse_none(con: duckdb.DuckDBPyConnection, filters: Filters) -> None:
    """Raise QueryError where no series matches, with those that nearly do."""
    wanted = Filters(filters.ports, filters.metrics, others=filters.others)
    if _rows(con, "series_index", wanted):
        return
    alike = _rows(con, "series_index", Filters(filters.ports, filters.metrics))
    if not alike:
        alike = _rows(con, "series_index", Filters(filters.ports)) if filters.ports else []
    if not alike:
        raise QueryError("there is no such monthly series: `tallybook series` lists them")
    names = "; ".join(_name(row) for row in alike[:_SHOWN])
    more = f"; and {len(alike) - _SHOWN} more" if len(alike) > _SHOWN else ""
    raise QueryError(f"there is no such monthly series; there are {names}{more}")


def _tell(con: duckdb.DuckDBPyConnection, filters: Filters) -> None:
    chosen = Filters(filters.ports, filters.metrics, others=filters.others)
    found = _rows(con, "series_index", chosen)
    if len(found) > 1:
        names = "; ".join(_name(row) for row in found[:_SHOWN])
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        say(f"{len(found)} series: {names}{more}")
    for row in _rows(con, "series_slips", chosen):
        period = f"{row['period_start'] or ''}..{row['period_end']}"
        least, most = (_short(row[name]) for name in ("allowed_low", "allowed_high"))
        say(
            f"left out of {_name(row)}: {row['measure']} {_short(row['value'])} {row['claim_unit']} "
            f"of {period} ({', '.join(row['observation_ids'])}), {_short(row['gap'])} off what the others "
            f"leave for it, {least} to {most}; against {', '.join(row['against_observation_ids'])}"
        )


def _name(row: dict[str, Any]) -> str:
    words = [f"{name} {row[name]}" for name in _KEY if row[name] not in (None, _USUAL.get(name))]
    return f"{row['port']} {row['metric']}" + (f" ({', '.join(words)})" if words else "")


def _short(number: Any) -> str:
    return "any" if number is None else f"{float(number):.10g}"
