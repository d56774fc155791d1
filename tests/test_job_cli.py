"""`tallybook run` and `tallybook add` as a person and a scheduler see them."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jobmaker import (
    ALASHANKOU,
    COMMAND,
    KHORGOS,
    MANZHOULI,
    UNDATED,
    ask,
    environment,
    names,
    place,
    state,
    tallybook,
)
from tallybook.cli import main

BOOK = "book.duckdb"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TALLYBOOK_FAULT", raising=False)
    return place(tmp_path, alashankou=ALASHANKOU, khorgos=KHORGOS)


def run(*args: str, code: int = 0) -> Result:
    done = CliRunner().invoke(main, args)
    assert done.exit_code == code, done.output
    return done


def test_run_prints_what_it_loaded(folder: Path) -> None:
    done = tallybook(folder, "run")
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["article", "language", "published", "observations", "unkeyed"]
    assert lines[1].split()[:2] == ["alashankou", "zh-hans"]
    assert lines[2].split()[:2] == ["khorgos", "zh-hans"]
    observed, unkeyed = ask(
        folder / BOOK, "select sum((status = 'observation')::int), sum((status = 'unkeyed')::int) from figure"
    )[0]
    assert lines[3:] == [
        "2 offered: 2 loaded, 0 already in the book, 0 rejected",
        f"{observed + unkeyed} figures: {observed} observations, {unkeyed} unkeyed with a reason",
        f"published {BOOK} (run 1)",
    ]
    again = tallybook(folder, "run")
    assert again.returncode == 0
    assert again.stdout.splitlines() == [
        "2 offered: 0 loaded, 2 already in the book, 0 rejected",
        f"nothing new: {BOOK} is as it was",
    ]


def test_run_without_a_configuration_reads_the_samples(tmp_path: Path, root: Path) -> None:
    done = tallybook(tmp_path, "run")
    assert done.returncode == 0
    assert "no tallybook.toml here: reading the shipped samples into tallybook.duckdb" in done.stderr
    files = [p for p in (root / "data" / "samples").iterdir() if p.suffix == ".txt"]
    assert ask(tmp_path / "tallybook.duckdb", "select count(*) from article")[0][0] >= len(files)
    assert names(tmp_path) == ["exports", "tallybook.duckdb", "tallybook.duckdb.exported"]
    assert list((tmp_path / "exports").rglob("*.parquet"))


@pytest.mark.parametrize("command", ["run", "add"])
def test_input_that_cannot_be_read_is_named_and_the_rest_is_loaded(command: str, folder: Path) -> None:
    source = folder / "in"
    bad = {"empty.txt": b"", "junk.txt": bytes(range(256)) * 64, "long.txt": b"1" * 100_000_000}
    good = {
        "gb.txt": MANZHOULI.encode("gb18030"),
        "big.txt": "基隆港2025年7月貨櫃吞吐量12萬標箱。".encode("big5"),
        "wide.txt": UNDATED.encode("utf-16"),
        "day.txt": "2025年2月30日，霍尔果斯口岸通行中欧班列25列。".encode(),
        "evil.txt": f"<script>x</script>\x07\x1b[31m'; drop table article; --\r\n{KHORGOS}".encode(),
    }
    for name, data in {**bad, **good}.items():
        (source / name).write_bytes(data)
    (source / "folder.txt").mkdir()
    (source / "folder.txt" / "inside.txt").write_text(f"在夹里。{KHORGOS}", encoding="utf-8")
    paths = ["in", "nosuch.txt"]
    (folder / "tallybook.toml").write_text(f'sources = {paths}\ndatabase = "{BOOK}"\n', encoding="utf-8")
    args = ["run"] if command == "run" else ["add", *paths]
    done = tallybook(folder, *args)
    assert done.returncode == 3
    lines = [line.split(": ")[:2] for line in done.stderr.splitlines()]
    assert sorted(lines) == [
        ["tallybook", name] for name in sorted(["nosuch.txt", *(f"in/{n}" for n in bad)])
    ]
    found = dict(ask(folder / BOOK, "select name, text from article"))
    assert set(found) == {"alashankou", "khorgos", "inside", "gb", "big", "wide", "day", "evil"}
    assert found["gb"] == MANZHOULI
    assert found["wide"] == UNDATED
    assert ask(folder / BOOK, "select offered, loaded, rejected from run") == [(12, 8, 4)]
    # A day that does not exist is no period.
    keyed = "select figure from provenance where article = 'day' and period_start is not null"
    assert ask(folder / BOOK, keyed) == []
    # The same again is nothing new, and still an exit code that tells of the rejected.
    before = state(folder / BOOK)
    again = tallybook(folder, *args)
    assert again.returncode == 3
    assert "nothing new" in again.stdout
    assert again.stderr == done.stderr
    assert state(folder / BOOK) == before


def test_own_places_and_words_of_the_configuration_are_read(folder: Path) -> None:
    (folder / "ports.csv").write_text(
        "slug,name_en,name_zh_hans,kind\nlanterngate,Lanterngate,灯笼门,rail\n", encoding="utf-8"
    )
    (folder / "words.csv").write_text("kind,value,words\nmetric,trains,月球车队\n", encoding="utf-8")
    config = folder / "tallybook.toml"
    plain = config.read_text(encoding="utf-8")
    (folder / "in" / "own.txt").write_text("2025年上半年，灯笼门口岸开行月球车队77列。", encoding="utf-8")
    keyed = "select port, metric, value::int from observation where value = 77"
    assert tallybook(folder, "run").returncode == 0
    assert ask(folder / BOOK, keyed) == []
    (folder / BOOK).unlink()
    config.write_text(plain + 'ports = ["ports.csv"]\nwords = ["words.csv"]\n', encoding="utf-8")
    assert tallybook(folder, "run").returncode == 0
    assert ask(folder / BOOK, keyed) == [("lanterngate", "trains", 77)]
    assert ask(folder / BOOK, "select name_en, name_zh_hans, kind from port where slug = 'lanterngate'") == [
        ("Lanterngate", "灯笼门", "rail")
    ]
    # A row that changes with no new article is published.
    (folder / "ports.csv").write_text(
        "slug,name_en,name_zh_hans,kind\nlanterngate,Lantern Gate,灯笼门,rail\n", encoding="utf-8"
    )
    done = tallybook(folder, "run")
    assert done.returncode == 0
    assert "published" in done.stdout
    assert ask(folder / BOOK, "select name_en from port where slug = 'lanterngate'") == [("Lantern Gate",)]
    assert "nothing new" in tallybook(folder, "run").stdout


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("key", ["ports", "words"])
def test_an_own_file_that_does_not_fit_is_told_with_its_line(key: str) -> None:
    Path("mine.csv").write_text("kind,value,words\nnonsense,x,y\n", encoding="utf-8")
    with Path("tallybook.toml").open("a", encoding="utf-8") as stream:
        stream.write(f'{key} = ["mine.csv"]\n')
    done = run("run", code=7)
    assert "mine.csv" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not Path(BOOK).exists()


@pytest.mark.usefixtures("folder")
def test_add_puts_files_into_the_book_of_the_configuration() -> None:
    Path("one.txt").write_text("满洲里口岸7月进出境中欧班列310列。", encoding="utf-8")
    done = run("add", "one.txt", "--published", "2025-08-05")
    assert "1 offered: 1 loaded" in done.stdout
    found = ask(Path(BOOK), "select published_on::varchar, published_inferred from article")
    assert found == [("2025-08-05", False)]
    assert ask(Path(BOOK), "select period_end::varchar from observation") == [("2025-07-31",)]
    assert ask(Path(BOOK), "select command from run") == [("add",)]


@pytest.mark.usefixtures("folder")
def test_add_to_another_book_leaves_this_ones_alone() -> None:
    run("add", "in/khorgos.txt", "--database", "other.duckdb")
    assert ask(Path("other.duckdb"), "select name from article") == [("khorgos",)]
    assert not Path(BOOK).exists()


def test_add_keeps_the_exports_up_to_date(folder: Path) -> None:
    with (folder / "tallybook.toml").open("a", encoding="utf-8") as stream:
        stream.write('exports = "exports"\n')
    run("run")
    (folder / "one.txt").write_text(MANZHOULI, encoding="utf-8")
    assert "exported" in run("add", "one.txt", "--database", BOOK).stdout
    assert (folder / "exports" / "observation" / "port=manzhouli").is_dir()


@pytest.mark.usefixtures("folder")
def test_add_of_a_name_that_is_not_there_makes_no_book() -> None:
    done = run("add", "nosuch.txt", code=3)
    assert "nosuch.txt: there is no such file" in done.stderr
    assert f"nothing to keep: {BOOK} was not made" in done.stdout
    assert not Path(BOOK).exists()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["add"], 2),
        (["run", "--jobs", "many"], 2),
        (["add", "x.txt", "--published", "2025-02-30"], 2),
        (["run", "--config", "none.toml"], 7),
        (["run", "--config", "in"], 7),
    ],
)
def test_mistakes_have_their_exit_code(args: list[str], code: int) -> None:
    done = run(*args, code=code)
    assert done.stdout == ""
    assert done.stderr
    assert not Path(BOOK).exists()


@pytest.mark.usefixtures("folder")
def test_a_damaged_book_has_its_exit_code() -> None:
    Path(BOOK).write_text("not a book")
    done = run("run", code=6)
    assert done.stderr.count("\n") == 1
    assert Path(BOOK).read_text() == "not a book"


@pytest.mark.usefixtures("folder")
def test_more_articles_than_fit_are_counted() -> None:
    lines = [json.dumps({"id": f"a{n:02}", "text": KHORGOS, "publisher": f"p{n}"}) for n in range(35)]
    Path("many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run("add", "many.jsonl")
    assert "a29 " in done.stdout
    assert "a30 " not in done.stdout
    assert "… and 5 more" in done.stdout
    assert "35 offered: 35 loaded" in done.stdout


@pytest.mark.usefixtures("folder")
def test_names_that_play_with_the_terminal_are_shown_not_sent() -> None:
    evil = "x\x1b[31m[red]\u202ey\n"
    Path("evil.jsonl").write_text(json.dumps({"id": evil, "text": KHORGOS}), encoding="utf-8")
    done = run("add", "evil.jsonl")
    assert r"x\x1b[31m[red]\u202ey\n" in done.stdout
    assert "\x1b" not in done.stdout
    assert ask(Path(BOOK), "select name from article") == [(evil,)]


def test_json_lines_tell_a_program_what_happens(folder: Path) -> None:
    (folder / "in" / "empty.txt").touch()
    done = tallybook(folder, "run", "--log", "json")
    assert done.returncode == 3
    summary = json.loads(done.stdout)
    assert (summary["offered"], summary["loaded"], summary["rejected"]) == (3, 2, 1)
    assert summary["figures"] == summary["observations"] + summary["unkeyed"] > 0
    assert (summary["published"], summary["run"], summary["database"]) == (True, 1, BOOK)
    assert [r["source"] for r in summary["rejections"]] == ["in/empty.txt"]
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [e["event"] for e in events] == ["started", "rejected", "progress", "done"]
    assert events[1]["source"] == "in/empty.txt"


def test_a_terminal_sees_the_progress_and_a_pipe_does_not(folder: Path) -> None:
    terminal, end = os.openpty()
    command = [str(COMMAND), "run"]
    with subprocess.Popen(command, cwd=folder, stderr=end, stdout=subprocess.PIPE) as process:
        os.close(end)
        shown = b""
        with suppress(OSError):  # Linux tells the end of a terminal so
            while data := os.read(terminal, 4096):
                shown += data
        out = process.stdout.read() if process.stdout else b""
    os.close(terminal)
    assert process.returncode == 0
    assert b"2 offered, 2 loaded" in shown
    assert b"\x1b[" in shown
    assert b"\x1b[" not in out
    assert b"2 offered: 2 loaded" in out
    assert tallybook(folder, "run").stderr == ""


def test_a_failure_is_a_json_line_too(folder: Path) -> None:
    (folder / BOOK).write_text("not a book")
    done = tallybook(folder, "run", "--log", "json")
    assert done.returncode == 6
    assert done.stdout == ""
    last = json.loads(done.stderr.splitlines()[-1])
    assert (last["event"], last["exit_code"]) == ("failed", 6)
    assert "cannot be opened" in last["message"]


def test_an_extraction_process_that_dies_fails_the_run_with_a_hint(folder: Path) -> None:
    """Plays the kernel ending a process for lack of memory."""
    lines = [json.dumps({"id": f"a{n}", "text": KHORGOS, "publisher": f"p{n}"}) for n in range(270)]
    (folder / "in" / "many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = tallybook(folder, "run", "--jobs", "2", fault="extract a68")
    assert done.returncode == 1
    assert "try again with --jobs 1" in done.stderr
    assert "Traceback" not in done.stderr
    assert names(folder) == ["in", "tallybook.toml"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see processes")
def test_a_killed_job_leaves_no_processes(folder: Path) -> None:
    """Plays `kill -9` of a job that has a pool at work."""
    lines = [json.dumps({"id": f"a{n}", "text": KHORGOS, "publisher": f"p{n}"}) for n in range(270)]
    (folder / "in" / "many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    # What the job starts holds its standard output open: run() comes back when all have ended.
    done = subprocess.run(
        [str(COMMAND), "run", "--jobs", "2"],
        cwd=folder,
        env=environment("rows-loaded"),
        capture_output=True,
        check=False,
    )
    assert done.returncode == -9

    def left() -> list[str]:
        return [
            p.name
            for p in Path("/proc").glob("[0-9]*")
            if int(p.name) != os.getpid() and _folder_of(p) == folder.resolve()
        ]

    assert left() == []


def _folder_of(process: Path) -> Path | None:
    try:
        return (process / "cwd").resolve(strict=True)
    except OSError:  # it ended, or is another user's
        return None
