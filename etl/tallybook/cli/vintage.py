"""`tallybook reextract`: the stored articles, read by this version."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import duckdb

from tallybook.cli import SOME_REJECTED, say
from tallybook.cli.job import CONFIG, Told, find_config
from tallybook.job import run_reread
from tallybook.render import TEXT_WRITERS, write_screen


@click.command("reextract")
@click.option("--dry-run", is_flag=True, help="Only tell what would change; nothing is published.")
@click.option("--all", "everything", is_flag=True, help="Also articles that this version has read.")
@click.option("--jobs", type=click.IntRange(0), help="How many processes extract; 0 takes all cores.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*TEXT_WRITERS]),
    default="table",
    show_default=True,
    help="Form of the difference on standard output.",
)
@CONFIG
@click.pass_context
def reextract_command(
    ctx: click.Context,
    dry_run: bool,
    everything: bool,
    jobs: int | None,
    form: str,
    config_path: Path | None,
) -> None:
    """Read the stored articles again with the newest rules and words.

    What is added, gone or changed goes to standard output before the book is published; the view
    rereading keeps it. Readings that are replaced stay in the book, superseded: no view takes them
    for a revision by the source.
    """
    told = Told()
    config = find_config(config_path, told)
    if jobs is not None:
        config = replace(config, jobs=jobs)
    found: dict[str, int] = {}
    lost: list[str] = []

    def show(con: duckdb.DuckDBPyConnection, run_id: int) -> None:
        told.stop()
        found.update(
            con.execute(
                "select change, count(*) from rereading where run_id = ? group by all", [run_id]
            ).fetchall()
        )
        lost.extend(
            str(number)
            for (number,) in con.execute(
                "select distinct correction_id from corrections where state = 'without figure' order by 1"
            ).fetchall()
        )
        rows = con.execute(
            "select * exclude (run_id, span_end, article_id, figure_before, figure_after) from rereading "
            "where run_id = ? order by article, article_id, span_start, span_end",
            [run_id],
        )
        columns = [column[0] for column in rows.description or ()]
        lines: Iterator[tuple[object, ...]] = iter(rows.fetchone, None)
        if form == "table" and sys.stdout.isatty():
            for note in write_screen(columns, lines, sys.stdout, shutil.get_terminal_size().columns, None):
                say(f"shown: {note}; --format csv or a pipe gives all")
        else:
            TEXT_WRITERS[form](columns, lines, sys.stdout)
        sys.stdout.flush()

    told.start()
    try:
        report = run_reread(config, show, everything, not dry_run, told)
    finally:
        told.stop()
    counts = report.counts
    say(
        f"{counts.offered} articles read again, {counts.rejected} of them rejected: figures "
        f"{found.get('added', 0)} added, {found.get('gone', 0)} gone, {found.get('changed', 0)} changed"
    )
    if lost:
        say(
            f"corrections {', '.join(lost)} have no observation any more at their place: see `tallybook "
            "corrections`, and correct what is read now"
        )
    if report.migrated:
        say(f"migrated {report.database}: {', '.join(report.migrated)}")
    if report.published:
        say(f"published {report.database} (run {report.run_id})")
    else:
        say(f"nothing published: {report.database} is as it was")
    if report.exported is not None:
        say(f"exported {len(report.exported)} Parquet files to {config.exports}")
    if report.rejected:
        ctx.exit(SOME_REJECTED)
