"""`tallybook run` and `tallybook add`: the job, for a scheduler and for a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date, datetime
from os.path import realpath
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tallybook.alarm import sound
from tallybook.cli import SOME_REJECTED, say
from tallybook.config import DEFAULT_NAME, Config, load_config, shipped_config
from tallybook.errors import LockedError, TallybookError
from tallybook.job import Heard, Report, run_job
from tallybook.read import read_paths
from tallybook.read.seen import Seen, Unchanged
from tallybook.records import Article, Rejection
from tallybook.sources import make_fetcher, make_seen, offered
from tallybook.store.load import Counts

_WIDTH = 100
"""Of the table where no terminal says how wide it is."""
_LOG = click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Words, or JSON: one object a line on standard error, the summary on standard output.",
)
CONFIG = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help=f"Configuration; {DEFAULT_NAME} where one stands, else the shipped samples.",
)


@click.command("run")
@CONFIG
@click.option("--jobs", type=click.IntRange(0), help="How many processes extract; 0 takes all cores.")
@_LOG
@click.pass_context
def run_command(ctx: click.Context, config_path: Path | None, jobs: int | None, log: str) -> None:
    """Run the job: sources, extraction, load, audit, publish, export.

    Articles that the book has are not read again; with nothing new the published file is left
    alone. Input that cannot be read is named on standard error, the rest is loaded, and the exit
    code is 3.
    """
    with _log(log) as told:
        config = find_config(config_path, told, samples=True)
        if jobs is not None:
            config = replace(config, jobs=jobs)
        with alarmed(config, told):
            seen = make_seen(config)
            _do(ctx, config, offered(config, seen), "run", told, seen)


@click.command("add")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--published",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Publication date of the articles that state none, as YYYY-MM-DD.",
)
@click.option("--database", type=click.Path(path_type=Path), help="The book; by default the configuration's.")
@CONFIG
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
    input. The book is published at once, and its exports with it; those of the configuration are
    left alone where --database names another book.
    """
    with _log(log) as told:
        config = find_config(config_path, told)
        if database is not None and realpath(database) != realpath(config.database):
            config = replace(config, database=database, exports=None)
        day: date | None = published.date() if published else None
        _do(ctx, config, read_paths(files, day, make_fetcher(config)), "add", told)


class Told(Heard):
    """Tells in words; on a terminal the progress stands in one line that goes away."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("reading")

    def start(self) -> None:
        self._bar.start()

    def stop(self) -> None:
        self._bar.stop()

    def note(self, message: str) -> None:
        say(message)

    def progress(self, counts: Counts) -> None:
        line = f"{counts.offered} offered, {counts.loaded} loaded, {counts.figures} figures"
        self._bar.update(self._task, description=line)

    def rejected(self, rejection: Rejection) -> None:
        say(f"{rejection.source}: {rejection.message}")

    def done(self, report: Report, command: str, config: Config) -> None:
        counts = report.counts
        if report.loaded:
            _show(report)
        click.echo(
            f"{counts.offered} offered: {counts.loaded} loaded, {counts.duplicate} already in the book, "
            f"{counts.rejected} rejected"
        )
        if report.migrated:
            click.echo(f"migrated {report.database}: {', '.join(report.migrated)}")
        if report.published:
            click.echo(
                f"{counts.figures} figures: {counts.observations} observations, "
                f"{counts.unkeyed} unkeyed with a reason"
            )
            click.echo(f"published {report.database} (run {report.run_id})")
        elif report.database.exists():
            click.echo(f"nothing new: {report.database} is as it was")
        else:
            click.echo(f"nothing to keep: {report.database} was not made")
        if report.exported is not None:
            click.echo(f"exported {len(report.exported)} Parquet files to {config.exports}")
        if report.older:
            say(
                f"{report.older} articles of the book were read by another version of Tallybook or its "
                "words: `tallybook reextract` reads them again, with --dry-run it only tells what changes"
            )


class _JsonTold(Told):
    """Tells in JSON, one object a line, for a program that watches the job."""

    def start(self) -> None:
        self._event("started")

    def stop(self) -> None:
        pass

    def note(self, message: str) -> None:
        self._event("note", message=message)

    def progress(self, counts: Counts) -> None:
        self._event("progress", **_numbers(counts))

    def rejected(self, rejection: Rejection) -> None:
        self._event("rejected", source=rejection.source, message=rejection.message)

    def failed(self, error: TallybookError) -> None:
        self._event("failed", message=str(error), exit_code=error.exit_code)

    def done(self, report: Report, command: str, config: Config) -> None:
        summary = {
            "command": command,
            "database": str(report.database),
            "published": report.published,
            "run": report.run_id,
            **_numbers(report.counts),
            "older_extractor": report.older,
            "migrated": report.migrated,
            "exported": None if report.exported is None else len(report.exported),
            "rejections": [asdict(r) for r in report.rejected],
        }
        self._event("done", published=report.published)
        click.echo(json.dumps(summary, ensure_ascii=False))

    def _event(self, event: str, **more: object) -> None:
        # ASCII: a log goes where nobody knows the encoding.
        click.echo(json.dumps({"event": event, **more}), err=True)


@contextmanager
def _log(form: str) -> Iterator[Told]:
    if form == "text":
        yield Told()
        return
    told = _JsonTold()
    try:
        yield told
    except TallybookError as error:
        told.failed(error)
        click.get_current_context().exit(error.exit_code)


@contextmanager
def alarmed(config: Config, told: Told) -> Iterator[None]:
    """Tell whom the configuration names of a run that failed; the lock of another job is no failure."""
    try:
        yield
    except (LockedError, click.exceptions.Exit):
        raise
    except Exception as error:
        event = {
            "event": "failed",
            "command": "run",
            "database": str(config.database),
            "message": str(error) or repr(error),
            "exit_code": error.exit_code if isinstance(error, TallybookError) else 1,
        }
        for fault in sound(config.alarm, event):
            told.note(fault)
        raise


def find_config(path: Path | None, told: Told, samples: bool = False) -> Config:
    """Read the configuration that is named, or that stands here, or is shipped."""
    if path is not None:
        return load_config(path)
    if Path(DEFAULT_NAME).exists():
        return load_config(Path(DEFAULT_NAME))
    if samples:
        told.note(f"no {DEFAULT_NAME} here: reading the shipped samples into {shipped_config().database}")
    return shipped_config()


def _do(
    ctx: click.Context,
    config: Config,
    offered: Iterable[Article | Rejection | Unchanged],
    command: str,
    told: Told,
    seen: Seen | None = None,
) -> None:
    told.start()
    try:
        report = run_job(config, offered, command, told, seen)
    finally:
        told.stop()
    told.done(report, command, config)
    if report.rejected:
        ctx.exit(SOME_REJECTED)


def _show(report: Report) -> None:
    table = Table(box=None, pad_edge=False, header_style="", show_edge=False)
    table.add_column("article", overflow="ellipsis", no_wrap=True)
    for name in ("language", "published"):
        table.add_column(name, no_wrap=True)
    for name in ("observations", "unkeyed"):
        table.add_column(name, justify="right", no_wrap=True)
    for a in report.loaded:
        table.add_row(Text(_shown(a.name)), a.lang, a.published, str(a.observations), str(a.unkeyed))
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    console.print(table)
    more = report.counts.loaded - len(report.loaded)
    if more > 0:
        click.echo(f"… and {more} more")


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def _numbers(counts: Counts) -> dict[str, int]:
    return {
        "offered": counts.offered,
        "loaded": counts.loaded,
        "duplicate": counts.duplicate,
        "rejected": counts.rejected,
        "figures": counts.figures,
        "observations": counts.observations,
        "unkeyed": counts.unkeyed,
    }
