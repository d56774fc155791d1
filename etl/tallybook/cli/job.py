"""`tallybook run` and `tallybook add`: the job, for a scheduler and for a person."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tallybook.cli import SOME_REJECTED, say
from tallybook.config import DEFAULT_NAME, Config, load_config, shipped_config
from tallybook.job import Report, run_job
from tallybook.read import read_paths
from tallybook.records import Article, Rejection
from tallybook.store.load import Counts

_LOG = click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What the command prints: words, or one JSON object.",
)
_CONFIG = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help=f"Configuration; {DEFAULT_NAME} where one stands, else the shipped samples.",
)


@click.command("run")
@_CONFIG
@click.option("--jobs", type=click.IntRange(0), help="How many processes extract; 0 takes all cores.")
@_LOG
@click.pass_context
def run_command(ctx: click.Context, config_path: Path | None, jobs: int | None, log: str) -> None:
    """Run the job: sources, extraction, load, audit, publish, export.

    Articles that the book has are not read again; with nothing new the published file is left
    alone. Input that cannot be read is named on standard error, the rest is loaded, and the exit
    code is 3.
    """
    config = _config(config_path)
    if jobs is not None:
        config = replace(config, jobs=jobs)
    _do(ctx, config, read_paths(config.sources), "run", log)


@click.command("add")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--published",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Publication date of the articles that state none, as YYYY-MM-DD.",
)
@click.option("--database", type=click.Path(path_type=Path), help="The book; by default the configuration's.")
@_CONFIG
@_LOG
@click.pass_context
def add_command(
    ctx: click.Context,
    files: tuple[str, ...],
    published: datetime | None,
    database: Path | None,
    config_path: Path | None,
    log: str,
) -> None:
    """Add articles from FILES to the book.

    FILES are text files, JSON or JSON Lines of articles, folders, globs, or - for standard
    input. The book is published at once, and its exports with it.
    """
    config = _config(config_path, quiet=True)
    if database is not None:
        config = replace(config, database=database, exports=None)
    day: date | None = published.date() if published else None
    _do(ctx, config, read_paths(files, day), "add", log)


def _config(path: Path | None, quiet: bool = False) -> Config:
    if path is not None:
        return load_config(path)
    if Path(DEFAULT_NAME).exists():
        return load_config(Path(DEFAULT_NAME))
    if not quiet:
        say(f"no {DEFAULT_NAME} here: reading the shipped samples")
    return shipped_config()


def _do(ctx: click.Context, config: Config, offered: Iterator[Article | Rejection], command: str, log: str) -> None:
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal or log == "json",
    ) as progress:
        task = progress.add_task("reading")

        def told(counts: Counts) -> None:
            progress.update(task, description=f"{counts.offered} offered, {counts.loaded} loaded, {counts.figures} figures")

        report = run_job(config, _saying(offered, progress.console if log == "text" else None), command, told)
    if log == "json":
        click.echo(json.dumps(_as_json(report, command), ensure_ascii=False))
    else:
        _print(report, config)
    if report.rejected:
        ctx.exit(SOME_REJECTED)


def _saying(offered: Iterable[Article | Rejection], console: Console | None) -> Iterator[Article | Rejection]:
    """Say each rejection as it is met."""
    for item in offered:
        if isinstance(item, Rejection) and console is not None:
            say(f"{item.source}: {item.message}")
        yield item


def _print(report: Report, config: Config) -> None:
    counts = report.counts
    click.echo(
        f"{counts.offered} articles offered: {counts.loaded} loaded, {counts.duplicate} already in the book, "
        f"{counts.rejected} rejected"
    )
    if not report.published:
        click.echo(f"nothing new: {report.database} is as it was")
    else:
        click.echo(
            f"{counts.figures} figures: {counts.observations} observations, {counts.unkeyed} unkeyed, each with its reason"
        )
        click.echo(f"published {report.database} (run {report.run_id})")
    if report.exported:
        click.echo(f"exported {len(report.exported)} Parquet files to {config.exports}")
    if report.older:
        say(f"{report.older} articles of the book were read by an older extractor; their rows are kept")
    sys.stdout.flush()


def _as_json(report: Report, command: str) -> dict[str, object]:
    counts = report.counts
    return {
        "command": command,
        "database": str(report.database),
        "published": report.published,
        "run": report.run_id,
        "offered": counts.offered,
        "loaded": counts.loaded,
        "duplicate": counts.duplicate,
        "rejected": counts.rejected,
        "figures": counts.figures,
        "observations": counts.observations,
        "unkeyed": counts.unkeyed,
        "rejections": [{"source": r.source, "message": r.message} for r in report.rejected],
    }
