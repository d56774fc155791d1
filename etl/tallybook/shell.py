"""A SQL shell on the book: the duckdb program where there is one, else a small loop of our own."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import duckdb

from tallybook.render import write_screen, write_table

PROMPT, MORE = "tallybook> ", "      ...> "
_SCREEN_ROWS = 100
_TABLES = (
    "select table_name as name, 'table' as kind, comment from duckdb_tables() where not internal "
    "union all select view_name, 'view', comment from duckdb_views() where not internal order by all"
)
_HELP = "Statements end with ;   .tables lists what there is   .quit leaves"


def find_program() -> str | None:
    """Find the duckdb program: the one installed beside this Python, else the one on PATH."""
    return shutil.which("duckdb", path=str(Path(sys.executable).parent)) or shutil.which("duckdb")


def run_program(program: str, database: Path, statements: Sequence[str]) -> int:
    """Hand the terminal to the duckdb program, which may only read; give its exit code."""
    command = [program, "-readonly", str(database.resolve())]
    for statement in statements:
        command += ["-c", statement]
    # Ctrl-C is the program's: it stops a statement, not this process.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


class Shell:
    """A loop that reads statements and prints tables; an error of one is told and ends nothing."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        out: TextIO,
        say: Callable[[str], None],
        width: int | None = None,
    ) -> None:
        self._con, self._out, self._say, self._width = con, out, say, width
        self._waiting = ""
        self.failed = False

    def interact(self) -> None:
        """Talk with a person until .quit or the end of input."""
        with suppress(ImportError):
            import readline  # noqa: F401  its import gives input() a history and editing
        self._say(_HELP)
        while True:
            try:
                line = input(MORE if self._waiting else PROMPT)
            except EOFError:
                return
            except KeyboardInterrupt:
                self._waiting = ""
                self._out.write("\n")
                continue
            if not self.feed(line):
                return

    def run(self, lines: Iterable[str]) -> None:
        """Run a script: the statements in the lines, up to the first that fails."""
        for line in lines:
            if not self.feed(line) or self.failed:
                return
        if self._waiting:
            self._execute(self._waiting)

    def feed(self, line: str) -> bool:
        """Take one line, and run what is complete with it; False where the line says to leave."""
        if not self._waiting and line.lstrip().startswith("."):
            if line.split()[0] in (".quit", ".exit"):
                return False
            self._command(line.split()[0])
            return True
        sql = f"{self._waiting}\n{line}".strip()
        self._waiting = "" if _complete(sql) else sql
        if not self._waiting and sql:
            self._execute(sql)
        return True

    def _command(self, name: str) -> None:
        if name == ".tables":
            self._execute(_TABLES)
        else:
            self._say(_HELP)

    def _execute(self, sql: str) -> None:
        try:
            for statement in self._con.extract_statements(sql):
                self._con.execute(statement)
                if statement.expected_result_type == [duckdb.ExpectedResultType.QUERY_RESULT]:
                    self._print()
        except duckdb.Error as error:
            self.failed = True
            for line in str(error).splitlines():
                self._say(line)
        except KeyboardInterrupt:
            self._con.interrupt()
            self._say("stopped")

    def _print(self) -> None:
        if not self._con.description:
            return
        columns = [str(column[0]) for column in self._con.description]
        rows = _fetched(self._con)
        if self._width is None:
            write_table(columns, rows, self._out)
            return
        for note in write_screen(columns, rows, self._out, self._width, _SCREEN_ROWS):
            self._say(f"shown: {note}")


def _fetched(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    while batch := con.fetchmany(1000):
        yield from batch


def _complete(text: str) -> bool:
    """Tell whether the text ends a statement: its last token is a semicolon, and no quote is open."""
    tokens = duckdb.tokenize(text)
    # Offsets count bytes; a token that is not finished is not among them.
    return bool(tokens) and text.encode()[tokens[-1][0] :][:1] == b";"
