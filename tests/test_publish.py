"""Publishing: readers never wait, a run that dies or fails leaves the old book."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from jobmaker import (
    ALASHANKOU,
    ARTICLES,
    COMMAND,
    KHORGOS,
    MANZHOULI,
    ask,
    environment,
    job,
    names,
    offered,
    place,
    rows,
    state,
    tallybook,
)
from tallybook.errors import AuditError, DatabaseError, LockedError, TallybookError
from tallybook.records import Article
from tallybook.store.faults import POINTS

BOOK = "book.duckdb"
STAGES = [point for point in POINTS if point not in ("export-written", "exported")]


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published book of one article."""
    folder = place(tmp_path_factory.mktemp("old"), alashankou=ALASHANKOU)
    job(folder, offered(folder))
    return folder


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of three articles, as a run that nothing disturbed makes it."""
    folder = place(
        tmp_path_factory.mktemp("new"), alashankou=ALASHANKOU, khorgos=KHORGOS, manzhouli=MANZHOULI
    )
    job(folder, offered(folder))
    return folder / BOOK


@pytest.fixture
def folder(old: Path, tmp_path: Path) -> Path:
    """The published book of one article, with two more articles to read."""
    shutil.copytree(old, tmp_path, dirs_exist_ok=True)
    return place(tmp_path, khorgos=KHORGOS, manzhouli=MANZHOULI)


@pytest.mark.parametrize("point", STAGES)
def test_a_run_that_is_killed_leaves_a_whole_book_and_the_next_run_is_clean(
    point: str, folder: Path, wanted: Path
) -> None:
    """Plays `kill -9`, or a power cut, at each step of a run."""
    before = state(folder / BOOK)
    done = tallybook(folder, "run", fault=point)
    assert done.returncode == -9
    if point in ("renamed", "published"):
        assert rows(folder / BOOK) == rows(wanted)
    else:
        assert state(folder / BOOK) == before
    report = job(folder, offered(folder))
    assert report.published == (point not in ("renamed", "published"))
    assert rows(folder / BOOK) == rows(wanted)
    assert names(folder) == [BOOK, "in", "tallybook.toml"]


@pytest.mark.parametrize("point", ["locked", "rows-loaded", "closed", "renamed"])
def test_a_first_run_that_is_killed_leaves_no_book_or_a_whole_one(
    point: str, wanted: Path, tmp_path: Path
) -> None:
    """Plays `kill -9` while there is no book yet."""
    place(tmp_path, alashankou=ALASHANKOU, khorgos=KHORGOS, manzhouli=MANZHOULI)
    assert tallybook(tmp_path, "run", fault=point).returncode == -9
    assert (tmp_path / BOOK).exists() == (point in ("renamed", "published"))
    job(tmp_path, offered(tmp_path))
    assert rows(tmp_path / BOOK) == rows(wanted)
    assert names(tmp_path) == [BOOK, "in", "tallybook.toml"]


@pytest.mark.parametrize("point", ["export-written", "exported"])
def test_an_export_that_is_killed_is_made_good_by_the_next_run(point: str, tmp_path: Path) -> None:
    """Plays `kill -9` between publishing and the end of the export."""
    (tmp_path / "killed").mkdir()
    (tmp_path / "whole").mkdir()
    for folder in (tmp_path / "killed", tmp_path / "whole"):
        place(folder, alashankou=ALASHANKOU)
        with (folder / "tallybook.toml").open("a", encoding="utf-8") as stream:
            stream.write('exports = "exports"\n')
    folder = tmp_path / "killed"
    assert tallybook(folder, "run", fault=point).returncode == -9
    assert ask(folder / BOOK, "select count(*) from article") == [(1,)]
    done = tallybook(folder, "run")
    assert done.returncode == 0
    assert "nothing new" in done.stdout
    assert "exported" in done.stdout
    assert "exported" not in tallybook(folder, "run").stdout
    tallybook(tmp_path / "whole", "run")

    def exported(folder: Path) -> dict[str, bytes]:
        base = folder / "exports"
        return {str(p.relative_to(base)): p.read_bytes() for p in base.rglob("*") if p.is_file()}

    assert exported(folder) == exported(tmp_path / "whole")
    assert any(name.endswith(".parquet") for name in exported(folder))


@pytest.mark.parametrize("point", [p for p in STAGES if p not in ("renamed", "published")])
def test_a_full_disk_fails_the_run_and_leaves_the_book(
    point: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plays a disk that is full when a step begins."""
    before = state(folder / BOOK)
    monkeypatch.setenv("TALLYBOOK_FAULT", f"{point}:full")
    with pytest.raises(
        TallybookError, match=r"book\.duckdb: No space left on device.*nothing published"
    ) as e:
        job(folder, offered(folder))
    assert e.value.exit_code == 1
    assert "\n" not in str(e.value)
    assert state(folder / BOOK) == before
    assert names(folder) == [BOOK, "in", "tallybook.toml"]


@pytest.mark.parametrize("room", [0.5, 1.02, 1.2])
def test_a_disk_with_too_little_room_fails_the_run_and_leaves_the_book(room: float, folder: Path) -> None:
    """Plays a disk that fills up in the copy, in the log and in the checkpoint, by a limit on files."""
    many = [{"id": f"a{n}", "text": KHORGOS * 8, "publisher": f"p{n}"} for n in range(150)]
    (folder / "in" / "many.jsonl").write_text("\n".join(map(json.dumps, many)), encoding="utf-8")
    before = state(folder / BOOK)
    limit = f"ulimit -f {int(len(before[2]) * room) // 1024}; exec '{COMMAND}' run --jobs 1"
    done = subprocess.run(
        ["bash", "-c", limit], cwd=folder, env=environment(), capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1, done.stderr
    assert "nothing published, the book is as it was" in done.stderr
    assert "Traceback" not in done.stderr
    assert state(folder / BOOK) == before
    assert names(folder) == [BOOK, "in", "tallybook.toml"]


@pytest.mark.parametrize("point", ["renamed", "published"])
def test_a_disk_that_fails_after_the_rename_is_not_called_nothing_published(
    point: str, folder: Path, wanted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plays a disk that cannot sync the folder."""
    monkeypatch.setenv("TALLYBOOK_FAULT", f"{point}:full")
    with pytest.raises(TallybookError, match="is published, but its folder could not be synced"):
        job(folder, offered(folder))
    assert rows(folder / BOOK) == rows(wanted)


@pytest.mark.parametrize("point", ["export-written", "exported"])
def test_an_export_on_a_full_disk_is_told_apart_from_the_book(point: str, folder: Path, wanted: Path) -> None:
    """Plays a disk that is full after the book is published."""
    with (folder / "tallybook.toml").open("a", encoding="utf-8") as stream:
        stream.write('exports = "exports"\n')
    done = tallybook(folder, "run", fault=f"{point}:full")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"{BOOK} is published, but the export to exports failed (No space left" in done.stderr
    assert rows(folder / BOOK) == rows(wanted)


def test_a_failed_audit_publishes_nothing_and_keeps_what_was_built(folder: Path, wanted: Path) -> None:
    """Plays a defect that stores a figure whose text is not the article's."""
    before = state(folder / BOOK)
    done = tallybook(folder, "run", fault="rows-loaded:wrong")
    assert done.returncode == 5
    assert "a figure's text is the article's characters at its span" in done.stderr
    assert "nothing published" in done.stderr
    assert "Traceback" not in done.stderr
    assert state(folder / BOOK) == before
    kept = folder / f"{BOOK}.failed"
    assert str(kept) in done.stderr
    assert ask(kept, "select count(*) from figure where text = '!'") == [(1,)]
    assert names(folder) == [BOOK, kept.name, "in", "tallybook.toml"]
    # It happens again, and is mended: neither is in the way of the next.
    assert tallybook(folder, "run", fault="rows-loaded:wrong").returncode == 5
    assert tallybook(folder, "run").returncode == 0
    assert rows(folder / BOOK) == rows(wanted)


def test_a_power_cut_finds_each_step_on_the_disk_before_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Watches the order: a file's bytes are synced, then it is renamed, then its folder is synced."""
    seen: list[tuple[str, str]] = []
    fsync, rename = os.fsync, os.replace

    def watched_fsync(fd: int) -> None:
        seen.append(("sync", os.path.basename(os.readlink(f"/proc/self/fd/{fd}"))))
        fsync(fd)

    def watched_rename(old: str | Path, new: str | Path) -> None:
        seen.append((f"rename {os.path.basename(old)}", os.path.basename(new)))
        rename(old, new)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_rename)
    job(folder, offered(folder), exports=True)
    staging = f"{BOOK}.staging-{os.getpid()}"
    at = seen.index((f"rename {staging}", BOOK))
    assert seen[at - 1 : at + 2] == [("sync", staging), (f"rename {staging}", BOOK), ("sync", folder.name)]
    exported = [n for n, (what, _) in enumerate(seen) if what.endswith(".parquet.unfinished")]
    assert len(exported) > 5
    for n in exported:
        assert seen[n - 1] == ("sync", seen[n][0].removeprefix("rename "))
        assert seen[n + 1][0] == "sync"
    # A new folder is in its parent for good before a file is in it.
    assert ("sync", folder.name) in seen[at + 2 : exported[0]]


READER = """
import select, sys, duckdb
print("reading", flush=True)
seen, told = set(), False
while not told:
    told = bool(select.select([sys.stdin], [], [], 0.05)[0])  # one look more, once all is published
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        seen.add(con.execute(
            "select (select count(*) from article), (select sum(loaded)::int from run), "
            "(select count(*) from figure), (select sum(figures)::int from run), "
            "(select count(*) from provenance), (select sum(observations)::int from run)"
        ).fetchone())
print(*sorted(seen), sep="\\n")
"""


def test_readers_that_poll_never_fail_and_see_whole_books_only(folder: Path) -> None:
    """Two programs open the book again and again while another publishes twenty."""
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(folder / BOOK)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        )
        for _ in range(2)
    ]  # fmt: skip
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
    for n in range(20):
        assert job(folder, [replace(ARTICLES[1], publisher=str(n))]).published
    seen = set()
    for reader in readers:
        out, _ = reader.communicate("stop\n")
        assert reader.returncode == 0
        seen.update(out.splitlines())
    counts = [ast.literal_eval(line) for line in seen]
    assert len(counts) > 5
    assert all(a == b and c == d and e == f for a, b, c, d, e, f in counts)
    assert max(counts)[0] == 21


def test_an_open_session_keeps_its_book(folder: Path, wanted: Path) -> None:
    with duckdb.connect(str(folder / BOOK), read_only=True) as con:
        assert con.execute("select count(*) from article").fetchone() == (1,)
        subprocess.run([str(COMMAND), "run"], cwd=folder, env=environment(), check=True, capture_output=True)
        assert con.execute("select count(*), max(len(text)) from article").fetchone() == (1, len(ALASHANKOU))
    assert rows(folder / BOOK) == rows(wanted)


def test_a_second_job_ends_at_once(folder: Path) -> None:
    before = state(folder / BOOK)
    with FileLock(f"{folder / BOOK}.lock"):
        done = tallybook(folder, "run")
        assert done.returncode == 4
        assert "another job is writing" in done.stderr
        assert state(folder / BOOK) == before
    assert tallybook(folder, "run").returncode == 0


def test_of_two_jobs_at_once_each_is_done_or_told_to_wait(folder: Path, wanted: Path) -> None:
    running = [
        subprocess.Popen([str(COMMAND), "run"], cwd=folder, env=environment(), stdout=-3, stderr=-3)
        for _ in range(2)
    ]
    codes = {process.wait() for process in running}
    assert 0 in codes
    assert codes <= {0, 4}
    assert rows(folder / BOOK) == rows(wanted)
    assert names(folder) == [BOOK, "in", "tallybook.toml"]


def test_a_book_that_is_open_for_writing_elsewhere_is_left_alone(folder: Path) -> None:
    with duckdb.connect(str(folder / BOOK)):
        done = tallybook(folder, "run")
    assert done.returncode == 4
    assert "open for writing" in done.stderr


@pytest.mark.parametrize(
    "data",
    [b"", b"not a database\n", os.urandom(100_000), b"SQLite format 3\x00" + bytes(4096)],
    ids=["empty", "text", "noise", "sqlite"],
)
def test_a_file_that_is_no_database_is_never_overwritten(data: bytes, folder: Path) -> None:
    (folder / BOOK).write_bytes(data)
    before = state(folder / BOOK)
    with pytest.raises(DatabaseError, match=r"book\.duckdb cannot be opened as a DuckDB file"):
        job(folder)
    assert state(folder / BOOK) == before
    assert names(folder) == [BOOK, "in", "tallybook.toml"]


def test_a_folder_named_for_a_lock_makes_no_lock_of_a_damaged_book(tmp_path: Path) -> None:
    folder = tmp_path / "blocked by a lock"
    folder.mkdir()
    (folder / BOOK).write_bytes(b"not a database\n")
    with pytest.raises(DatabaseError, match="cannot be opened as a DuckDB file"):
        job(folder)


@pytest.mark.parametrize("is_new", [True, False])
def test_what_another_program_wrote_during_the_run_is_not_overwritten(is_new: bool, folder: Path) -> None:
    """Plays a person who changes the book, or puts a file in its place, while a job runs."""
    if is_new:
        (folder / BOOK).unlink()

    def slow() -> Iterator[Article]:
        yield ARTICLES[1]
        # Past the first batch, so that the copy is made.
        yield from (replace(ARTICLES[1], publisher=str(n)) for n in range(512))
        code = f"import duckdb; duckdb.connect({BOOK!r}).execute('create table mine as select 42')"
        subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)

    with pytest.raises(DatabaseError, match=r"another program changed .*book\.duckdb during the run"):
        job(folder, slow())
    assert ask(folder / BOOK, "from mine") == [(42,)]
    assert names(folder) == [BOOK, "in", "tallybook.toml"]


def test_links_in_a_circle_are_told(tmp_path: Path) -> None:
    (tmp_path / BOOK).symlink_to(tmp_path / BOOK)
    done = tallybook(tmp_path, "add", "x.txt", "--database", BOOK)
    assert done.returncode == 6
    assert "leads nowhere" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("part", [0.02, 0.3, 0.9, 0.999])
def test_a_book_that_is_cut_off_is_never_overwritten(part: float, folder: Path) -> None:
    """Plays a copy that was broken off."""
    data = (folder / BOOK).read_bytes()
    (folder / BOOK).write_bytes(data[: int(len(data) * part)])
    before = state(folder / BOOK)
    with pytest.raises(DatabaseError) as caught:
        job(folder)
    assert caught.value.exit_code == 6
    assert "\n" not in str(caught.value)
    assert state(folder / BOOK) == before


def test_a_book_with_a_damaged_block_is_never_overwritten(folder: Path) -> None:
    """Plays a disk that lost a block of the article texts."""
    data = bytearray((folder / BOOK).read_bytes())
    at = data.index("通行中欧班列1500列".encode())
    data[at : at + 3] = b"???"
    (folder / BOOK).write_bytes(data)
    before = state(folder / BOOK)
    with pytest.raises(DatabaseError, match="the book is damaged; it is left as it is"):
        job(folder, offered(folder))
    assert state(folder / BOOK) == before
    assert names(folder) == [BOOK, "in", "tallybook.toml"]


def test_a_book_that_shrank_is_whole(tmp_path: Path) -> None:
    """DuckDB cuts free blocks off a file: that is no damage."""
    assert job(tmp_path, ARTICLES[:1]).published
    with duckdb.connect(str(tmp_path / BOOK)) as con:
        con.execute("create table ballast as select md5(i::varchar) as word from range(500_000) as r (i)")
    with duckdb.connect(str(tmp_path / BOOK)) as con:
        con.execute("drop table ballast")
    before = (tmp_path / BOOK).stat().st_size
    assert job(tmp_path, ARTICLES[:2]).published
    assert (tmp_path / BOOK).stat().st_size < before
    assert job(tmp_path, ARTICLES[:3]).published


def test_another_programs_database_is_never_overwritten(folder: Path) -> None:
    (folder / BOOK).unlink()
    with duckdb.connect(str(folder / BOOK)) as con:
        con.execute("create table book (title varchar)")
    before = state(folder / BOOK)
    with pytest.raises(DatabaseError, match="is a DuckDB file, but no tally book"):
        job(folder)
    assert state(folder / BOOK) == before


def test_a_book_of_another_layout_is_left_alone(folder: Path) -> None:
    with duckdb.connect(str(folder / BOOK)) as con:
        con.execute("update book set schema_version = 99")
    before = state(folder / BOOK)
    with pytest.raises(DatabaseError, match="has layout 99, this Tallybook writes 2"):
        job(folder)
    assert state(folder / BOOK) == before


def test_nothing_is_published_beside_a_stale_log(folder: Path) -> None:
    """Plays a shell that wrote to the book in place and was killed."""
    log = folder / f"{BOOK}.wal"
    log.write_bytes(b"left behind")
    before = state(folder / BOOK)
    with pytest.raises(DatabaseError, match=r"book\.duckdb\.wal lies beside the book"):
        job(folder)
    assert state(folder / BOOK) == before
    log.unlink()
    assert job(folder).published


def test_a_log_that_appears_during_the_run_stops_the_rename(folder: Path) -> None:
    before = state(folder / BOOK)

    def slow() -> Iterator[object]:
        yield ARTICLES[1]
        (folder / f"{BOOK}.wal").write_bytes(b"left behind")

    with pytest.raises(DatabaseError, match="lies beside the book"):
        job(folder, slow())  # type: ignore[arg-type]
    assert state(folder / BOOK) == before
    assert names(folder) == [BOOK, f"{BOOK}.wal", "in", "tallybook.toml"]


def test_the_next_run_sweeps_what_dead_runs_left_and_nothing_else(folder: Path) -> None:
    (folder / f"{BOOK}.staging-1").write_bytes(b"x")
    (folder / f"{BOOK}.staging-1.wal").write_bytes(b"x")
    (folder / f"{BOOK}.staging-1.tmp").mkdir()
    (folder / f"{BOOK}.staging-1.tmp" / "spilled").write_bytes(b"x")
    others = ["other.duckdb.staging-1", f"my-{BOOK}.staging-1", f"{BOOK}.bak"]
    for name in others:
        (folder / name).write_bytes(b"x")
    job(folder, offered(folder))
    assert names(folder) == sorted([BOOK, "in", "tallybook.toml", *others])


def test_a_book_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "a [b] * 'c' \"d\" 雪 # %20"
    folder.mkdir()
    assert job(folder, ARTICLES[:1]).published
    assert not job(folder, ARTICLES[:1]).published
    assert names(folder) == [BOOK]


def test_a_name_that_duckdb_would_take_apart_is_refused(tmp_path: Path) -> None:
    """DuckDB reads what follows a ? as parameters, and would put its log elsewhere."""
    (tmp_path / "a?b").mkdir()
    with pytest.raises(DatabaseError, match=r"cannot hold a book: .* without \?"):
        job(tmp_path / "a?b")
    assert list((tmp_path / "a?b").iterdir()) == []


def test_a_link_to_a_book_stays_a_link(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / BOOK).rename(folder / "elsewhere" / "real.duckdb")
    (folder / BOOK).symlink_to(folder / "elsewhere" / "real.duckdb")
    assert job(folder, offered(folder)).published
    assert (folder / BOOK).is_symlink()
    assert ask(folder / "elsewhere" / "real.duckdb", "select count(*) from article") == [(3,)]
    assert names(folder / "elsewhere") == ["real.duckdb"]


def test_rights_of_the_book_stay(folder: Path) -> None:
    (folder / BOOK).chmod(0o640)
    assert job(folder, offered(folder)).published
    assert (folder / BOOK).stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("error", [AuditError("x"), DatabaseError("x"), LockedError("x")])
def test_exit_codes_are_an_interface(error: TallybookError) -> None:
    assert error.exit_code == {"AuditError": 5, "DatabaseError": 6, "LockedError": 4}[type(error).__name__]


def test_the_file_is_of_a_version_that_every_duckdb_since_1_5_reads(old: Path) -> None:
    found = ask(
        old / BOOK,
        "select tags['storage_version'] from duckdb_databases() where not internal and path is not null",
    )
    assert "v1.0.0" in str(found)


VIEWS = "select view_name, comment from duckdb_views() where not internal order by 1"


def test_a_plain_duckdb_shows_tables_views_and_comments(old: Path, tmp_path: Path) -> None:
    """The CLI of another package, with no Python, no extension and no network."""
    env = {"HOME": str(tmp_path), "PATH": ""}

    def cli(sql: str) -> str:
        done = subprocess.run(
            [str(COMMAND.with_name("duckdb")), "-readonly", "-csv", str(old / BOOK), "-c", sql],
            env=env, capture_output=True, encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    off = "set autoinstall_known_extensions = false; set autoload_known_extensions = false; "
    tables = cli(off + "select table_name, comment from duckdb_tables() where not internal order by 1")
    assert "article,One row per article, its words" not in tables  # quoted, as it has a comma
    assert '"One row per article, its words kept as they were read."' in tables
    views = [line.split(",")[0] for line in cli(off + VIEWS).splitlines()[1:]]
    assert {"port_comparison", "yoy_growth", "provenance", "unkeyed", "daily_train_counts"} <= set(views)
    for view in views:
        assert cli(off + f"from {view}").count("\n") >= 1
    assert "1500" in cli(off + "select value::int from provenance where metric = 'trains'")
