"""The command line: one group whose commands are loaded when they are called.

Data goes to stdout and words to stderr; the exit codes in the help are an interface.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import click

from tallybook import __version__
from tallybook.errors import TallybookError
from tallybook.records import Article, Rejection

SOME_REJECTED = 3
READER_GONE = 141
"""What a shell reports for a program that SIGPIPE ended."""

# Importing a command costs more (duckdb, pyarrow, the lexicon) than printing the help, so the
# help has its one-line texts here; a test holds them against the commands' own.
_COMMANDS = {
    "run": ("job", "Run the job: sources, extraction, load, audit, publish, export."),
    "add": ("job", "Add articles from FILES to the book."),
    "extract": ("extract", "Print what each number in FILES says, without a database."),
    "explain": ("explain", "Show why each number of FILES was keyed as it was."),
    "query": ("query", "List the saved views, or run one."),
    "series": ("series", "List the monthly series, or print their months."),
    "plot": ("plot", "List the charts, or draw one."),
    "sql": ("query", "Open a read-only DuckDB shell on the book."),
    "export": ("query", "Write the book to DIRECTORY as Parquet."),
    "load-table": ("table", "Load the published series in FILES (CSV) into the book."),
    "check": ("check", "Check the book: contradictions, jumps, slips, overdue series, quiet sources."),
    "reextract": ("vintage", "Read the stored articles again with the newest rules and words."),
    "correct": ("correct", "Give fields of an OBSERVATION other values."),
    "reject": ("correct", "Take an OBSERVATION out of all views but provenance."),
    "corrections": ("correct", "List what people corrected and rejected, undone ones too."),
    "undo": ("correct", "Take correction N back."),
    "eval": ("extract", "Score extraction of FILES against the facts in GOLD."),
}

_EPILOG = """\b
Exit codes:
  0    done, or nothing new to do
  1    the job failed
  2    the command line is wrong
  3    some input was rejected, the rest is done
  4    another job holds the lock
  5    the audit failed, nothing was published
  6    the database is missing, unreadable, of another version, or cannot be migrated
  7    the configuration is wrong
  8    check found something to look at
  141  the reader of the output went away
"""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"tallybook.cli.{_COMMANDS[cmd_name][0]}")
        for item in vars(module).values():
            if isinstance(item, click.Command) and item.name == cmd_name:
                return item
        raise LookupError(f"{module.__name__} has no command {cmd_name}")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        _use_utf8()
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except TallybookError as error:
            say(str(error))
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            _drop_stdout()
            ctx.exit(READER_GONE)
        except OSError as error:
            say(str(error))
            _drop_stdout()
            ctx.exit(1)
        return result


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tallybook", message="%(prog)s %(version)s")
def main() -> None:
    """Keep a book of the trade figures that newspapers print, each with the words it comes from.

    Data goes to standard output, messages to standard error.
    """


def say(message: str) -> None:
    """Print one line for people on stderr; control characters in it are shown, not sent."""
    click.echo("tallybook: " + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in message), err=True)


def articles_only(items: Iterable[Article | Rejection], rejected: list[Rejection]) -> Iterator[Article]:
    """Pass the articles on; say each rejection on stderr and add it to `rejected`."""
    for item in items:
        if isinstance(item, Article):
            yield item
        else:
            rejected.append(item)
            say(f"{item.source}: {item.message}")


def _use_utf8() -> None:
    # Output that goes to a file or a pipe is data: UTF-8 and \n, whatever the locale says. A
    # terminal keeps its own encoding, and shows what it cannot as an escape.
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is None:
        return
    if sys.stdout.isatty():
        reconfigure(errors="backslashreplace")
    else:
        reconfigure(encoding="utf-8", errors="strict", newline="\n")


def _drop_stdout() -> None:
    # What is still buffered would fail again, with a traceback, when the interpreter ends.
    try:
        fd = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, fd)
    os.close(null)
