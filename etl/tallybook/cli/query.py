"""`tallybook query`, `sql` and `export`: what the book says, read-only."""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click
import duckdb

from tallybook.cli import say
from tallybook.config import DEFAULT_NAME, load_config, shipped_config
from tallybook.errors import DatabaseError
from tallybook.query import Answer, QueryError, as_lines, find_view, resolve, saved_views
from tallybook.render import TEXT_WRITERS, write_parquet, write_screen
from tallybook.shell import Shell, find_program, run_program
from tallybook.store import months
from tallybook.store.publish import reading
from tallybook.store.vintage import book_of

_SCREEN_ROWS = 100
FORMATS = [*TEXT_WRITERS, "parquet"]
_DATE = click.DateTime(["%Y-%m-%d"])


def _database(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path:
    if value is not None:
        return value
    if Path(DEFAULT_NAME).exists():
        return load_config(Path(DEFAULT_NAME)).database
    return shipped_config().database


DATABASE = click.option(
    "--database",
    type=click.Path(path_type=Path),
    callback=_database,
    help="The book; by default the one that tallybook.toml names, else tallybook.duckdb.",
)


@click.command("query")
@click.argument("name", required=False)
@click.argument("given", nargs=-1, metavar="[ARGUMENT=VALUE]...")
@click.option(
    "--as-of", "as_of", type=_DATE, metavar="DATE", help="What the articles published up to DATE say."
)
@click.option("--port", "ports", multiple=True, metavar="PORT", help="Slug, UN/LOCODE or name; repeatable.")
@click.option("--metric", "metrics", multiple=True, metavar="METRIC", help="Id or name; repeatable.")
@click.option("--since", type=_DATE, metavar="DATE", help="Periods that end on DATE or later.")
@click.option("--until", type=_DATE, metavar="DATE", help="Periods that end on DATE or before.")
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
def query_command(
    name: str | None,
    given: tuple[str, ...],
    as_of: datetime | None,
    ports: tuple[str, ...],
    metrics: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    form: str | None,
    output: Path | None,
    database: Path,
) -> None:
    """List the saved views, or run one.

    NAME is a saved view, or a macro with what it takes; docs/views.md says what each has. With
    --as-of, every view is that of a book which holds only the articles published up to that day. A
    filter that the view has no column for is an error. On a terminal the table is cut to what fits,
    and says so; a pipe or a FILE gets every row and column. Rows come in the order of their columns
    from the left.
    """
    with opened(database, as_of.date() if as_of else None) as con:
        if name is None:
            if any((as_of, ports, metrics, since, until, limit is not None, form, output)):
                raise click.UsageError(
                    "name a view: without NAME the views are listed, and no option applies"
                )
            for line in as_lines(saved_views(con)):
                click.echo(line)
            return
        view = find_view(con, name, given)
        if as_of and view.name in months.VIEWS:
            months.refresh_months(con)
        first, last = (day.date() if day else None for day in (since, until))
        answer = Answer(con, view, resolve(con, ports, metrics, first, last), limit)
        write(answer, form or form_of(output), output, limit)
        if left_out := answer.left_out():
            say(f"{left_out} more rows match; --limit kept them back")


@contextmanager
def opened(database: Path, day: date | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the book, or what it was on a day; what DuckDB cannot do with it is an error of the book."""
    with reading(database) if day is None else book_of(database, day) as con:
        try:
            yield con
        except duckdb.ConversionException as error:
            raise QueryError(f"a macro was given what it cannot use: {str(error).splitlines()[0]}") from None
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise DatabaseError(
                f"{database}: {reason}; if the file is damaged, put a copy of the book in its place"
            ) from error


def form_of(output: Path | None) -> str:
    """Give the form that a name ends with, else table."""
    suffix = output.suffix.lstrip(".").lower() if output else ""
    return suffix if suffix in FORMATS else "table"


def write(answer: Answer, form: str, output: Path | None, limit: int | None) -> None:
    """Write rows to a file or standard output; a terminal gets what fits, and is told."""
    if form == "parquet":
        if output is None and sys.stdout.isatty():
            raise click.UsageError("Parquet is not for a terminal: name a file with --output, or use a pipe")
        if output is None:
            write_parquet(answer.table(), sys.stdout.buffer)
        else:
            with replacing(output) as unfinished, unfinished.open("wb") as binary:
                write_parquet(answer.table(), binary)
        return
    if form == "table" and output is None and sys.stdout.isatty():
        most = _SCREEN_ROWS if limit is None else None
        width = shutil.get_terminal_size().columns
        for note in write_screen(answer.columns, answer.rows(), sys.stdout, width, most):
            say(f"shown: {note}; --format csv or a pipe gives all")
        return
    writer = TEXT_WRITERS[form]
    if output is None:
        writer(answer.columns, answer.rows(), sys.stdout)
    else:
        with replacing(output) as unfinished, unfinished.open("w", encoding="utf-8", newline="\n") as text:
            writer(answer.columns, answer.rows(), text)


@contextmanager
def replacing(output: Path) -> Iterator[Path]:
    """Give a name to write under; what is written gets the name of `output` when it is complete."""
    output = output.resolve()  # a link goes on pointing at what it points at
    if output.exists() and not output.is_file():
        yield output  # a device or a named pipe: a file in its place would be its end
        return
    unfinished = output.with_name(f".{output.name}.{uuid.uuid4().hex[:8]}")
    try:
        yield unfinished
        os.replace(unfinished, output)
    finally:
        unfinished.unlink(missing_ok=True)


@click.command("sql")
@click.option("-c", "statements", multiple=True, metavar="SQL", help="Run SQL and end; repeatable.")
@click.option("--builtin", is_flag=True, help="Use the small shell of this program, not duckdb's.")
@DATABASE
@click.pass_context
def sql_command(ctx: click.Context, statements: tuple[str, ...], builtin: bool, database: Path) -> None:
    """Open a read-only DuckDB shell on the book.

    It is the duckdb program where that is installed (`pip install duckdb-cli`), else a small
    shell that reads statements up to a semicolon. An open shell keeps the book as it was when
    it was opened; a new one sees what has been published since.
    """
    with reading(database) as con:
        program = None if builtin else find_program()
        if program is None:
            _own_shell(ctx, Shell(con, sys.stdout, say, _width()), statements)
            return
    sys.stdout.flush()
    ctx.exit(run_program(program, database, statements))


def _width() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _own_shell(ctx: click.Context, shell: Shell, statements: tuple[str, ...]) -> None:
    if not statements and sys.stdin.isatty():
        shell.interact()
        return
    shell.run((f"{sql};" for sql in statements) if statements else sys.stdin)
    if shell.failed:
        ctx.exit(1)


@click.command("export")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@DATABASE
def export_command(directory: Path, database: Path) -> None:
    """Write the book to DIRECTORY as Parquet.

    One file a table, `observation` as a folder with one file a port, and the comparing views in
    `view/`. The same articles give the same bytes; a file that would not change is left alone.
    """
    from tallybook.store.export import export_parquet

    written = export_parquet(database, directory)
    say(f"{len(written)} Parquet files are in {directory}")
