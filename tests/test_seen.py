"""Files that did not change are not read again, and nothing is missed for it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from jobmaker import ALASHANKOU, KHORGOS, MANZHOULI, ask, place, rows
from tallybook.cli import main
from tallybook.read import seen

BOOK = "book.duckdb"
_opened: list[str] = []
_hooked: list[bool] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(args[0], str) and "/in/" in os.path.abspath(args[0]):
        _opened.append(Path(args[0]).name)


@pytest.fixture
def opened() -> Callable[[], list[str]]:
    """Tell which files of in/ this process opened since it was asked last."""
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)

    def told() -> list[str]:
        names = sorted(_opened)
        _opened.clear()
        return names

    told()
    return told


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    # The files of a test are as young as its first run.
    monkeypatch.setattr(seen, "_RACY", 0)
    return place(tmp_path, alashankou=ALASHANKOU, khorgos=KHORGOS)


def run(code: int = 0) -> Result:
    done = CliRunner().invoke(main, ["run", "--jobs", "1"])
    assert done.exit_code == code, done.output
    return done


def test_files_that_did_not_change_are_not_opened(folder: Path, opened: Callable[[], list[str]]) -> None:
    run()
    assert opened() == ["alashankou.txt", "khorgos.txt"]
    again = run()
    assert opened() == []
    assert "2 offered: 0 loaded, 2 already in the book, 0 rejected" in again.output
    place(folder, manzhouli=MANZHOULI)
    opened()
    third = run()
    assert opened() == ["manzhouli.txt"]
    assert "3 offered: 1 loaded, 2 already in the book, 0 rejected" in third.output
    assert ask(folder / BOOK, "select offered, loaded, duplicate from run order by run_id") == [
        (2, 2, 0), (3, 1, 2),
    ]  # fmt: skip
    run()
    assert opened() == []


def test_a_file_that_changed_is_read(folder: Path, opened: Callable[[], list[str]]) -> None:
    """Even one of the same size and with its old time put back."""
    run()
    opened()
    path = folder / "in" / "khorgos.txt"
    found = path.stat()
    path.write_text(KHORGOS.replace("4200", "4300"), encoding="utf-8")
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert path.stat().st_size == found.st_size
    opened()
    assert "1 loaded, 1 already" in run().output
    assert opened() == ["khorgos.txt"]


def test_a_file_that_was_just_written_is_read_once_more(
    folder: Path, opened: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plays two writes within one tick of the file system's clock."""
    monkeypatch.setattr(seen, "_RACY", 60)
    run()
    opened()
    run()
    assert opened() == ["alashankou.txt", "khorgos.txt"]


def test_a_lost_or_broken_memory_costs_one_reading(folder: Path, opened: Callable[[], list[str]]) -> None:
    run()
    memory = folder / f"{BOOK}.seen"

    def of_other_readers() -> None:
        with sqlite3.connect(memory) as con:
            con.execute("update about set version = 'older'")
        con.close()

    for spoil in (memory.unlink, lambda: memory.write_bytes(b"no database"), of_other_readers):
        spoil()
        opened()
        assert "2 already in the book" in run().output
        assert opened() == ["alashankou.txt", "khorgos.txt"]
    run()
    assert opened() == []


def test_a_book_that_lost_something_gets_it_again(folder: Path, opened: Callable[[], list[str]]) -> None:
    """Plays an older copy of the book that was put back, and a book that was deleted."""
    run()
    shutil.copy(folder / BOOK, folder / "copy")
    place(folder, manzhouli=MANZHOULI)
    run()
    whole = rows(folder / BOOK)
    opened()
    os.replace(folder / "copy", folder / BOOK)
    assert "1 loaded, 2 already" in run().output
    assert opened() == ["manzhouli.txt"]
    assert rows(folder / BOOK) == whole
    (folder / BOOK).unlink()
    assert "3 loaded" in run().output
    assert rows(folder / BOOK) == whole


def test_what_is_not_in_the_book_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty file, and an article that a defect in extraction keeps out."""
    (folder / "in" / "empty.txt").write_bytes(b"")
    monkeypatch.setenv("TALLYBOOK_FAULT", "extract khorgos:raise")
    assert "2 rejected" in run(3).output
    assert "2 rejected" in run(3).output
    monkeypatch.delenv("TALLYBOOK_FAULT")
    assert "1 loaded, 1 already in the book, 1 rejected" in run(3).output


def test_another_publisher_for_a_source_reads_its_files_again(folder: Path) -> None:
    config = 'database = "book.duckdb"\n[[source]]\npaths = ["in"]\npublisher = "{}"\n'
    (folder / "tallybook.toml").write_text(config.format("Post"), encoding="utf-8")
    run()
    (folder / "tallybook.toml").write_text(config.format("Daily"), encoding="utf-8")
    assert "2 loaded" in run().output
    assert ask(folder / BOOK, "select distinct publisher from article order by 1") == [("Daily",), ("Post",)]


def test_a_file_that_has_another_name_now_gives_the_lower_one(folder: Path) -> None:
    """Of several names of one article the first of the alphabet stays, as if all were read at once."""
    run()
    os.rename(folder / "in" / "khorgos.txt", folder / "in" / "a.txt")
    run()
    assert ask(folder / BOOK, "select name from article order by 1") == [("a",), ("alashankou",)]
