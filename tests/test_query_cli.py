"""`tallybook query` and `tallybook export` as a shell and a terminal see them."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from bookmaker import Book
from tallybook.cli import main
from tallybook.errors import DatabaseError


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "tallybook.duckdb"
    book = Book(path)
    article = book.article("Post|\x1b[31m", "2025-04-08", "“1200列”, <b>1/3</b>\n\u202e结束。", name="a1")
    of = book.add(article, "khorgos", "trains", "total", 1200, words="1200列")
    book.add(article, "khorgos", "trains", "yoy_pct", "-0.5", low="-0.6", high=None, relates_to=of)
    book.add(article, "alashankou", "parcels", "total", "1234567890123.0000000001", "..2025-03-31")
    book.con.execute(
        "create view odd as select * from (values "
        "('a|b', 1.5::decimal(38,10), 1/3, true, date '2025-01-01', ['1', '2'], null), "
        "('<i>\n\"', -1200::decimal(38,10), 1e-7, false, null, ['x'], 1e300), "
        "('', 0, 0, null, null, [], 2)) t(words, exact, ratio, flag, day, list, big)"
    )
    book.con.execute(
        "create view tall as select i, 'row ' || i as name, null as nothing from range(250) t(i)"
    )
    book.close()
    return path


def run(database: Path, *args: str | Path) -> Result:
    return CliRunner().invoke(
        main, ["query", *map(str, args), "--database", str(database)], prog_name="tallybook"
    )


def test_the_list_of_views(database: Path) -> None:
    done = run(database)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    told = {line.split()[0]: line.partition(" ")[2].strip() for line in lines}
    assert told["level_link"] == "Which level each stated growth or share belongs to."
    assert [line.split()[0] for line in lines] == sorted(line.split()[0] for line in lines)
    assert done.stderr == ""


GOLDEN = {
    "csv": (
        "words,exact,ratio,flag,day,list,big\n"
        ",0,0.0,,,[],2.0\n"
        '"<i>\n""",-1200,1e-07,false,,"[""x""]",1e+300\n'
        'a|b,1.5,0.3333333333333333,true,2025-01-01,"[""1"", ""2""]",\n'
    ),
    "json": (
        "[\n"
        '{"words": "", "exact": 0, "ratio": 0.0, "flag": null, "day": null, "list": [], "big": 2.0},\n'
        '{"words": "<i>\\n\\"", "exact": -1200, "ratio": 1e-07, "flag": false, "day": null, "list": ["x"],'
        ' "big": 1e+300},\n'
        '{"words": "a|b", "exact": 1.5, "ratio": 0.3333333333333333, "flag": true, "day": "2025-01-01",'
        ' "list": ["1", "2"], "big": null}\n'
        "]\n"
    ),
    "jsonl": (
        '{"words": "", "exact": 0, "ratio": 0.0, "flag": null, "day": null, "list": [], "big": 2.0}\n'
        '{"words": "<i>\\n\\"", "exact": -1200, "ratio": 1e-07, "flag": false, "day": null, "list": ["x"],'
        ' "big": 1e+300}\n'
        '{"words": "a|b", "exact": 1.5, "ratio": 0.3333333333333333, "flag": true, "day": "2025-01-01",'
        ' "list": ["1", "2"], "big": null}\n'
    ),
    "md": (
        "| words | exact | ratio | flag | day | list | big |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "|  | 0 | 0.0 |  |  | \\[\\] | 2.0 |\n"
        '| &lt;i&gt; " | -1200 | 1e-07 | false |  | \\["x"\\] | 1e+300 |\n'
        '| a\\|b | 1.5 | 0.3333333333333333 | true | 2025-01-01 | \\["1", "2"\\] |  |\n'
    ),
    "table": (
        "words    exact    ratio   flag    day          list            big\n"
        "──────────────────────────────────────────────────────────────────\n"
        "             0        0                        []                2\n"
        '<i>\\n"   -1200    1e-07   false                ["x"]        1e+300\n'
        'a|b        1.5   0.3333   true    2025-01-01   ["1", "2"]\n'
    ),
}


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "md", "table"])
def test_each_format_to_the_letter(database: Path, form: str, tmp_path: Path) -> None:
    done = run(database, "odd", "--format", form)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == GOLDEN[form]
    to_file = run(database, "odd", "--format", form, "--output", tmp_path / "out.x")
    assert (to_file.exit_code, to_file.stdout, to_file.stderr) == (0, "", "")
    assert (tmp_path / "out.x").read_bytes() == GOLDEN[form].encode()
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "md", "table", "parquet"])
def test_no_rows_are_no_error(database: Path, form: str) -> None:
    done = run(database, "shares", "--format", form)
    assert (done.exit_code, done.stderr) == (0, "")
    if form == "json":
        assert done.stdout == "[]\n"
    elif form == "jsonl":
        assert done.stdout == ""
    elif form == "parquet":
        assert pq.read_table(io.BytesIO(done.stdout_bytes)).num_rows == 0
    else:
        assert done.stdout.splitlines()[0].strip("| ").startswith("port")


def test_parquet_keeps_the_types(database: Path, tmp_path: Path) -> None:
    done = run(database, "current_observation", "--format", "parquet", "--metric", "parcels")
    assert pq.read_table(io.BytesIO(done.stdout_bytes))["value"].to_pylist() == [
        Decimal("1234567890123.0000000001")
    ]
    to_file = run(database, "odd", "--output", tmp_path / "odd.parquet")
    assert to_file.exit_code == 0
    assert pq.read_table(tmp_path / "odd.parquet")["flag"].to_pylist() == [None, False, True]


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.csv", "words,"), ("a.MD", "| words"), ("a.jsonl", '{"words"'), ("a.txt", "words   ")],
)
def test_the_name_of_the_file_tells_the_format(database: Path, name: str, start: str, tmp_path: Path) -> None:
    assert run(database, "odd", "--output", tmp_path / name).exit_code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


def test_a_link_as_output_goes_on_pointing_at_its_file(database: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "kept.csv", tmp_path / "link.csv"
    target.write_text("old")
    link.symlink_to(target.name)
    assert run(database, "odd", "--output", link).exit_code == 0
    assert link.is_symlink()
    assert target.read_text() == GOLDEN["csv"]


def test_a_pipe_as_output_is_written_to_and_not_replaced(database: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    # Open both ends, so that neither waits for the other; the rows fit the pipe's buffer.
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        assert run(database, "odd", "--output", pipe).exit_code == 0
        assert pipe.is_fifo()
        assert os.read(end, 10_000).decode() == GOLDEN["csv"]
    finally:
        os.close(end)


def test_no_digit_is_lost_in_csv(database: Path) -> None:
    done = run(database, "current_observation", "--metric", "parcels", "--format", "csv")
    assert ",1234567890123.0000000001," in done.stdout


def test_filters(database: Path) -> None:
    done = run(
        database, "current_observation", "--port", "Khorgos", "--since", "2025-03-31", "--format", "csv"
    )
    assert [line.split(",")[:4] for line in done.stdout.splitlines()[1:]] == [
        ["khorgos", "", "trains", "total"],
        ["khorgos", "", "trains", "yoy_pct"],
    ]
    none = run(database, "current_observation", "--until", "2024-12-31", "--format", "csv")
    assert len(none.stdout.splitlines()) == 1


def test_a_limit_says_what_it_keeps_back(database: Path) -> None:
    done = run(database, "tall", "--limit", "3", "--format", "csv")
    assert done.stdout == "i,name,nothing\n0,row 0,\n1,row 1,\n2,row 2,\n"
    assert done.stderr == "tallybook: 247 more rows match; --limit kept them back\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["yoy"], "there is no saved view yoy: "),
        (["odd", "--port", "khorgos"], "the view odd has no column port, so --port means nothing to it"),
        (["unkeyed", "--since", "2025-01-01"], "the view unkeyed has no column period_end, so --since means"),
        (["shares", "--port", "khorgoss"], "there is no port khorgoss in the book: did you mean khorgos"),
        (["shares", "--metric", "train"], "there is no metric train: did you mean trains?"),
    ],
)
def test_a_question_that_cannot_be_asked(database: Path, args: list[str], message: str) -> None:
    done = run(database, *args)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"tallybook: {message}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "args",
    [["--port", "khorgos"], ["--limit", "0"], ["odd", "--since", "2025-02-30"], ["odd", "--limit", "-1"]],
)
def test_a_wrong_command_line(database: Path, args: list[str]) -> None:
    done = run(database, *args)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Usage: tallybook query" in done.stderr


def test_a_missing_book_names_the_next_command(tmp_path: Path) -> None:
    done = run(tmp_path / "none.duckdb", "shares")
    assert (done.exit_code, done.stdout) == (DatabaseError.exit_code, "")
    assert done.stderr.startswith(f"tallybook: there is no book {tmp_path / 'none.duckdb'}: `tallybook run`")
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photo.duckdb"
    path.write_bytes(b"\x89PNG" * 1000)
    for command in ("query", "sql", "export"):
        args = [command, "--database", str(path), *([str(tmp_path / "out")] if command == "export" else [])]
        done = CliRunner().invoke(main, args)
        assert (done.exit_code, done.stdout) == (6, "")
        assert done.stderr.count("\n") == 1
    assert path.read_bytes() == b"\x89PNG" * 1000


def test_the_configuration_names_the_book(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    missing = CliRunner().invoke(main, ["query"])
    assert "there is no book tallybook.duckdb" in missing.stderr
    text = f'sources = ["in"]\ndatabase = "{database}"\n'
    (tmp_path / "tallybook.toml").write_text(text, encoding="utf-8")
    found = CliRunner().invoke(main, ["query", "odd", "--format", "csv"])
    assert found.stdout == GOLDEN["csv"]


def test_a_file_that_cannot_be_written_is_one_line(database: Path, tmp_path: Path) -> None:
    done = run(database, "odd", "--output", tmp_path / "none" / "a.csv")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1


def test_an_error_half_way_leaves_the_old_file(database: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.duckdb"
    book = Book(path)
    book.con.execute(
        "create view bad as select cast(i as varchar)::integer as i, error('broken') as e from range(3) t(i)"
    )
    book.close()
    out = tmp_path / "out.csv"
    out.write_text("old", encoding="utf-8")
    done = run(path, "bad", "--output", out)
    assert (done.exit_code, done.stdout) == (6, "")
    assert "broken" in done.stderr
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.duckdb", "out.csv"]


def terminal(width: int, *args: str | Path) -> tuple[str, int]:
    """Run the command on a terminal of its own; give what it shows, and the exit code."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    env = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    done = subprocess.Popen(
        [sys.executable, "-m", "tallybook", *map(str, args)],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**env, "TERM": "xterm", "PYTHONUTF8": "1"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return shown.decode().replace("\r\n", "\n"), done.wait(timeout=60)


def test_a_terminal_gets_what_fits_and_is_told(database: Path) -> None:
    shown, code = terminal(60, "query", "tall", "--database", database)
    lines = shown.splitlines()
    assert code == 0
    assert lines[0].split() == ["i", "name"]
    assert lines[2:4] == [" 0   row 0", " 1   row 1"]
    assert lines[-3].split() == ["99", "row", "99"]
    assert lines[-2:] == [
        "tallybook: shown: 100 of 250 rows; --format csv or a pipe gives all",
        "tallybook: shown: 2 of 3 columns (1 of the others are empty); --format csv or a pipe gives all",
    ]


def test_columns_that_do_not_fit_are_counted(database: Path) -> None:
    shown, _ = terminal(40, "query", "current_observation", "--database", database)
    lines = shown.splitlines()
    assert lines[0].split() == ["port", "metric", "measure"]
    assert all(len(line) <= 40 for line in lines[:-1])
    assert "3 of 29 columns" in lines[-1]


def test_what_an_article_holds_cannot_act_on_the_terminal(database: Path) -> None:
    shown, _ = terminal(2000, "query", "provenance", "--database", database)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert r"“1200列”, <b>1/3</b>\n\u202e结束。" in shown
    assert r"Post|\x1b[31m" in shown


def test_a_limit_on_a_terminal_is_the_persons_own(database: Path) -> None:
    shown, _ = terminal(60, "query", "tall", "--limit", "120", "--database", database)
    assert "119   row 119" in shown
    assert "130 more rows match" in shown


def test_parquet_is_not_for_a_terminal(database: Path) -> None:
    shown, code = terminal(80, "query", "odd", "--format", "parquet", "--database", database)
    assert code == 2
    assert "PAR1" not in shown
    assert "--output" in shown


def test_export(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["export", str(out), "--database", str(database)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"tallybook: 14 Parquet files are in {out}\n"
    assert len(list(out.rglob("*.parquet"))) == 14
    onto_a_file = CliRunner().invoke(main, ["export", str(database), "--database", str(database)])
    assert onto_a_file.exit_code == 2
