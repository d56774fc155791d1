"""`tallybook load-table`: official tables into the same book."""

from __future__ import annotations

from pathlib import Path

import click

from tallybook.cli import SOME_REJECTED
from tallybook.cli.job import CONFIG, Told, find_config
from tallybook.job import run_table
from tallybook.lexicon import load_lexicon
from tallybook.table import load_map, read_table


@click.command("load-table")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--map", "map_path", required=True, type=click.Path(path_type=Path), help="What each column is."
)
@CONFIG
@click.pass_context
def load_table_command(
    ctx: click.Context, files: tuple[Path, ...], map_path: Path, config_path: Path | None
) -> None:
    """Load the published series in FILES (CSV) into the book.

    A row is stored like an article of its own that states one figure, and cites its cell; official
    figures and those of articles meet in the same views. docs/tables.md describes the map.
    """
    told = Told()
    config = find_config(config_path, told)
    table_map = load_map(map_path)
    lexicon = load_lexicon(config.ports, config.words)
    rows = (row for path in files for row in read_table(path, table_map, lexicon))
    told.start()
    try:
        report = run_table(config, rows, told)
    finally:
        told.stop()
    told.done(report, "load-table", config)
    if report.rejected:
        ctx.exit(SOME_REJECTED)
