"""`tallybook sql`: the duckdb program where there is one, else the built-in loop; never a write."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from bookmaker import Book
from tallybook.shell import Shell, find_program

PROGRAM = pytest.mark.skipif(
    find_program() is None, reason="needs the duckdb program: pip install duckdb-cli"
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "tallybook.duckdb"
    book = Book(path)
    book.add(book.article(text="1200列"), "khorgos", "trains", "total", 1200)
    book.close()
    return path


def sql(database: Path, *args: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tallybook", "sql", "--database", str(database), *args]
    return subprocess.run(
        command, input=given, capture_output=True, encoding="utf-8", timeout=60, check=False
    )


BOTH = pytest.mark.parametrize("own", [pytest.param([], marks=PROGRAM), ["--builtin"]])


@BOTH
def test_a_statement_on_the_command_line(database: Path, own: list[str]) -> None:
    done = sql(database, *own, "-c", "select port, sum(value)::integer as n from observation group by port")
    assert done.returncode == 0
    assert "khorgos" in done.stdout
    assert "1200" in done.stdout


@BOTH
def test_several_statements_and_a_semicolon_in_each(database: Path, own: list[str]) -> None:
    done = sql(database, *own, "-c", "select 41 + 1;", "-c", "select 'b;c' as x; select 43")
    assert done.returncode == 0
    assert ["42" in done.stdout, "b;c" in done.stdout, "43" in done.stdout] == [True] * 3


@BOTH
def test_statements_on_a_pipe(database: Path, own: list[str]) -> None:
    done = sql(database, *own, given="select sentence\nfrom provenance;\nselect 'last'\n")
    assert done.returncode == 0
    assert "1200列" in done.stdout
    assert "last" in done.stdout


@BOTH
@pytest.mark.parametrize(
    "write", ["delete from observation", "create table t (i integer)", "drop view yoy_growth"]
)
def test_nothing_can_be_written(database: Path, own: list[str], write: str) -> None:
    before = database.read_bytes()
    done = sql(database, *own, "-c", write)
    assert done.returncode == 1
    assert "read-only" in done.stderr
    assert database.read_bytes() == before


@BOTH
def test_a_wrong_statement_fails(database: Path, own: list[str]) -> None:
    done = sql(database, *own, "-c", "select nonsense")
    assert (done.returncode, done.stdout) == (1, "")
    assert "nonsense" in done.stderr


@BOTH
def test_a_missing_book(tmp_path: Path, own: list[str]) -> None:
    done = sql(tmp_path / "none.duckdb", *own, "-c", "select 1")
    assert (done.returncode, done.stdout) == (6, "")
    assert "tallybook run" in done.stderr
    assert list(tmp_path.iterdir()) == []


@BOTH
def test_another_database_is_no_book(tmp_path: Path, own: list[str]) -> None:
    path = tmp_path / "other.duckdb"
    duckdb.connect(str(path)).close()
    done = sql(path, *own, "-c", "select 1")
    assert (done.returncode, done.stdout) == (6, "")
    assert "no tally book" in done.stderr


def test_a_script_ends_at_its_first_error(database: Path) -> None:
    done = sql(database, "--builtin", given="select 1 as one;\nselect nonsense;\nselect 2 as two;\n")
    assert done.returncode == 1
    assert done.stdout == "one\n───\n  1\n"


@pytest.fixture
def shell(database: Path) -> Iterator[tuple[Shell, io.StringIO, list[str]]]:
    out, said = io.StringIO(), []
    with duckdb.connect(str(database), read_only=True) as con:
        yield Shell(con, out, said.append), out, said


def test_a_statement_ends_with_a_semicolon_outside_quotes(
    shell: tuple[Shell, io.StringIO, list[str]],
) -> None:
    loop, out, said = shell
    for line in ("select 'it''s;", '霍尔果斯;\' as "a;b" -- no;', "  , 2 as n;", "", "   "):
        assert loop.feed(line)
    assert out.getvalue().splitlines()[0].split() == ["a;b", "n"]
    assert out.getvalue().splitlines()[2] == r"it's;\n霍尔果斯;   2"
    assert said == []


def test_an_error_ends_nothing(shell: tuple[Shell, io.StringIO, list[str]]) -> None:
    loop, out, said = shell
    for line in ("selct 1;", "select 1/;", "select 7 as seven;"):
        assert loop.feed(line)
    assert out.getvalue() == "seven\n─────\n    7\n"
    assert [line for line in said if "rror" in line] != []
    assert loop.failed


def test_dot_commands(shell: tuple[Shell, io.StringIO, list[str]]) -> None:
    loop, out, said = shell
    assert loop.feed(".tables")
    assert "yoy_growth" in out.getvalue()
    assert "One row per article" in out.getvalue()
    assert loop.feed(".what")
    assert any(".quit" in line for line in said)
    assert not loop.feed("  .quit")
    assert not loop.feed(".exit")


def test_statements_without_rows_print_nothing(shell: tuple[Shell, io.StringIO, list[str]]) -> None:
    loop, out, said = shell
    loop.feed("set threads = 1; create temp table t as select 5 as five; select * from t;")
    assert (out.getvalue(), said) == ("five\n────\n   5\n", [])


def test_a_person_at_a_terminal(database: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tallybook", "sql", "--builtin", "--database", str(database)],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "dumb"},
    )  # fmt: skip
    os.close(theirs)
    shown = ""

    def until(text: str) -> None:
        nonlocal shown
        while text not in shown:
            shown += os.read(ours, 4096).decode(errors="replace")

    until("tallybook> ")
    for typed, answer in (
        ("select nonsense;", "Binder Error"),
        ("select 40", "...> "),
        ("  + 2 as answer;", "answer"),
        ("select 5\x03", "tallybook> "),
        ("select 'again' as word;", "again\r\n"),
    ):
        shown = ""
        os.write(ours, f"{typed}\n".encode())
        until(answer)
    shown = ""
    os.write(ours, b".quit\n")
    assert process.wait(timeout=60) == 0
    os.close(ours)
