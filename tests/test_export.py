"""Parquet exports: what three readers find in them, to the byte, and what is left after a crash."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from bookmaker import Q1, Q1_BEFORE, Book
from jobmaker import ALASHANKOU, ERENHOT, KHORGOS, MANZHOULI, place, tallybook
from tallybook.errors import DatabaseError
from tallybook.resources import schema_sql
from tallybook.store import export as export_module
from tallybook.store.export import ExportError, export_parquet


def fill(book: Book) -> None:
    one = book.article(text="霍尔果斯1482列😀，同比增长7.39%。\n", title="<b>标题</b>")
    two = book.article(publisher="Herald", published_on="2025-05-01")
    of = book.add(one, "khorgos", "trains", "total", 1482, words="1482列")
    book.add(one, "khorgos", "trains", "yoy_pct", 7.39, words="7.39%", relates_to=of, low=7.38, high=None)
    book.add(two, "alashankou", "trains", "total", 1200)
    book.add(two, "alashankou", "trains", "total", 1000, Q1_BEFORE)
    book.figure(two, reason="date")


def made(path: Path, filled: Callable[[Book], None] = fill) -> Path:
    book = Book(path)
    filled(book)
    book.close()
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return made(tmp_path / "book.duckdb")


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_files(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    written = export_parquet(database, out)
    assert [str(path.relative_to(out)) for path in written] == [
        "article.parquet",
        "correction.parquet",
        "figure.parquet",
        "metric.parquet",
        "observation/port=alashankou/observation.parquet",
        "observation/port=khorgos/observation.parquet",
        "port.parquet",
        "view/daily_train_counts.parquet",
        "view/monthly_series.parquet",
        "view/parcel_totals.parquet",
        "view/port_comparison.parquet",
        "view/series_slips.parquet",
        "view/shares.parquet",
        "view/yoy_growth.parquet",
    ]
    assert sorted(digests(out)) == sorted(str(path.relative_to(out)) for path in written)


def test_pandas_polars_and_duckdb_read_the_same(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_parquet(database, out)
    expected = [
        ("alashankou", "trains", "total", Decimal(1000), None),
        ("alashankou", "trains", "total", Decimal(1200), None),
        ("khorgos", "trains", "total", Decimal(1482), None),
        ("khorgos", "trains", "yoy_pct", Decimal("7.39"), "f001"),
    ]
    columns = ["port", "metric", "measure", "value", "relates_to"]

    frame = pd.read_parquet(out / "observation")
    by_pandas = frame.astype(object).where(frame.notna(), None)[columns].itertuples(index=False, name=None)
    by_polars = pl.read_parquet(out / "observation", hive_partitioning=True).select(columns).rows()
    by_duckdb = duckdb.sql(
        f"select {', '.join(columns)} "
        f"from read_parquet('{out}/observation/*/*.parquet', hive_partitioning=true)"
    ).fetchall()
    for rows in (by_pandas, by_polars, by_duckdb):
        assert sorted(rows, key=lambda row: (row[0], row[3])) == [
            expected[0], expected[1], expected[3], expected[2],
        ]  # fmt: skip


def test_types_and_words_survive(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_parquet(database, out)
    article = pd.read_parquet(out / "article.parquet").set_index("publisher").loc["Post"]
    assert (article["text"], article["title"]) == ("霍尔果斯1482列😀，同比增长7.39%。\n", "<b>标题</b>")
    assert article["published_on"] == date(2025, 4, 8)
    figures = pl.read_parquet(out / "figure.parquet")
    assert figures["superseded"].to_list() == [False] * 5
    assert pl.read_parquet(out / "view" / "yoy_growth.parquet")["level"].to_list() == [Decimal(1482)]


def test_comments_are_in_the_files(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for path in export_parquet(database, out):
        schema = pq.read_schema(path)
        assert schema.metadata[b"comment"], path
        for field in schema:
            assert (field.metadata or {}).get(b"comment"), (path, field.name)


def test_equal_articles_loaded_at_other_times_give_equal_bytes(tmp_path: Path) -> None:
    def later(book: Book) -> None:
        book.con.execute(
            "insert into run values (2, '2026-01-01', '2026-01-02', 'add', 'x1', 0, 0, 0, 0, 0, 0, 0)"
        )
        book.run = 2
        fill(book)

    one = made(tmp_path / "one.duckdb")
    two = made(tmp_path / "two.duckdb", later)
    export_parquet(one, tmp_path / "one")
    export_parquet(two, tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert len(digests(tmp_path / "one")) == 14


def test_the_order_of_loading_leaves_no_trace(tmp_path: Path) -> None:
    def reversed_rows(book: Book) -> None:
        fill(book)
        for table in ("observation", "figure", "article"):
            book.con.execute(f"create temp table t_{table} as select * from {table} order by all desc")
            book.con.execute(f"delete from {table}")
        for table in ("article", "figure", "observation"):
            book.con.execute(f"insert into {table} select * from t_{table}")

    export_parquet(made(tmp_path / "one.duckdb"), tmp_path / "one")
    export_parquet(made(tmp_path / "two.duckdb", reversed_rows), tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_other_processes_and_thread_counts_give_equal_bytes(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_module, "_ROW_GROUP", 700)
    book = Book(tmp_path / "many.duckdb")
    book.con.execute(
        "insert into article select printf('%016d', i), 'n' || i, null, repeat('文', i % 90), 'und', 'P', "
        "null, '2025-01-01', false, repeat('0', 64), 1 from range(20000) t(i)"
    )
    book.close()
    code = (
        "import sys, pyarrow as pa; from pathlib import Path; pa.set_cpu_count(int(sys.argv[3]));"
        "from tallybook.store import export; export._ROW_GROUP = 700;"
        "export.export_parquet(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    for threads in ("1", "4"):
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "many.duckdb"), str(tmp_path / threads), threads],
            check=True,
        )
    export_parquet(tmp_path / "many.duckdb", tmp_path / "here")
    assert digests(tmp_path / "here") == digests(tmp_path / "1") == digests(tmp_path / "4")
    found = pq.ParquetFile(tmp_path / "here" / "article.parquet").metadata
    assert (found.num_rows, found.num_row_groups) == (20000, 29)
    assert {found.row_group(i).num_rows for i in range(28)} == {700}


def test_unchanged_files_are_left_alone(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    before = {path: path.stat() for path in export_parquet(database, out)}
    again = export_parquet(database, out)
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in again} == {
        path: (stat.st_ino, stat.st_mtime_ns) for path, stat in before.items()
    }


def test_a_port_without_rows_loses_its_file_and_nothing_else_does(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_parquet(database, out)
    own = out / "observation" / "port=khorgos" / "notes.txt"
    own.write_text("mine", encoding="utf-8")
    (out / "observation" / "readme.md").write_text("mine", encoding="utf-8")
    with duckdb.connect(str(database)) as con:
        con.execute("delete from observation")
    written = export_parquet(database, out)
    assert not list(out.glob("observation/*/observation.parquet"))
    assert not (out / "observation" / "port=alashankou").exists()
    assert own.read_text(encoding="utf-8") == "mine"
    assert (out / "observation" / "readme.md").exists()
    assert len(written) == 12


@pytest.mark.parametrize("slug", ["../../evil", "a/b", "..", ".", "", "a b", "A", "a\n", "中国", "a%2e"])
def test_a_slug_that_is_no_name_for_a_folder_is_refused(slug: str, tmp_path: Path) -> None:
    # A file that another hand made: the schema itself refuses such a slug.
    lax, found = re.subn(r"check \(regexp_full_match\(slug, '[^']*'\)\)", "", schema_sql())
    assert found == 1
    book = Book(tmp_path / "book.duckdb", schema=lax)
    book.con.execute("insert into port (slug, name_en, kind) values (?, 'Evil', 'rail')", [slug])
    book.add(book.article(), slug, "trains", "total", 1)
    book.close()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ExportError, match="cannot be the name of a folder"):
        export_parquet(tmp_path / "book.duckdb", tmp_path / "out")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_missing_book(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="tallybook run"):
        export_parquet(tmp_path / "none.duckdb", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


CODE = (
    "import sys; from pathlib import Path; from tallybook.store.export import export_parquet;"
    "export_parquet(Path(sys.argv[1]), Path(sys.argv[2]))"
)


def test_a_killed_export_leaves_whole_files_and_the_next_one_sweeps(database: Path, tmp_path: Path) -> None:
    """Crash: the process is killed with a file written and synced, but not yet renamed."""
    out = tmp_path / "out"
    export_parquet(database, out)
    before = digests(out)
    with duckdb.connect(str(database)) as con:
        con.execute("update article set title = 'changed'")
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(database), str(out)],
        env={**os.environ, "TALLYBOOK_FAULT": "export-written"},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    left = digests(out)
    assert set(left) - set(before) == {".article.parquet.unfinished"}
    assert {name: left[name] for name in before} == before
    assert len(pd.read_parquet(out / "observation")) == 4
    export_parquet(database, out)
    assert set(digests(out)) == set(before)
    assert pd.read_parquet(out / "article.parquet")["title"].tolist() == ["changed"] * 2


def test_an_export_waits_for_another_and_then_writes_the_newest_book(database: Path, tmp_path: Path) -> None:
    newer, out = tmp_path / "newer.duckdb", tmp_path / "out"
    shutil.copy(database, newer)
    with duckdb.connect(str(newer)) as con:
        con.execute("update port set note = 'newer'")
    export_parquet(database, out)
    unfinished = out / ".port.parquet.unfinished"
    other = os.open(out, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    unfinished.write_bytes(b"half of what the other export has to write")
    ours = subprocess.Popen(
        [sys.executable, "-m", "tallybook", "export", str(out), "--database", str(database)]
    )
    # One that did not wait would be through long before.
    with pytest.raises(subprocess.TimeoutExpired):
        ours.wait(3)
    assert unfinished.exists()
    os.replace(newer, database)
    os.close(other)
    assert ours.wait() == 0
    assert not unfinished.exists()
    assert set(pq.read_table(out / "port.parquet")["note"].to_pylist()) == {"newer"}


def test_a_full_disk_leaves_no_half_file(database: Path, tmp_path: Path) -> None:
    """Crash: no room is left when a file has been written."""
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(database), str(out)],
        env={**os.environ, "TALLYBOOK_FAULT": "export-written:full"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert digests(out) == {}


def test_comparisons_are_exported(database: Path, tmp_path: Path) -> None:
    export_parquet(database, tmp_path / "out")
    ranks = pl.read_parquet(tmp_path / "out" / "view" / "port_comparison.parquet")
    assert ranks.select("rank", "port", "period_start").rows() == [
        (1, "khorgos", date.fromisoformat(Q1[:10])),
        (2, "alashankou", date.fromisoformat(Q1[:10])),
    ]


def test_what_changed_is_written_anew_and_the_rest_is_left(tmp_path: Path) -> None:
    """As a run exports: with the memory of what it exported before."""
    folder = place(tmp_path, alashankou=ALASHANKOU, khorgos=KHORGOS)
    with (folder / "tallybook.toml").open("a", encoding="utf-8") as stream:
        stream.write('jobs = 1\nexports = "exports"\nexport_views = ["latest", "shares"]\n')

    def exported() -> dict[str, tuple[int, bytes]]:
        base = folder / "exports"
        files = [path for path in base.rglob("*") if path.is_file()]
        return {str(p.relative_to(base)): (p.stat().st_ino, p.read_bytes()) for p in files}

    def run() -> str:
        done = tallybook(folder, "run")
        assert done.returncode == 0, done.stderr
        return done.stdout

    run()
    before = exported()
    assert {name for name in before if name.startswith("view/")} == {
        "view/latest.parquet",
        "view/shares.parquet",
    }
    (folder / "in" / "more.txt").write_text(MANZHOULI, encoding="utf-8")
    run()
    after = exported()
    changed = {name for name in after if after[name] != before.get(name)}
    assert "observation/port=manzhouli/observation.parquet" in changed
    assert "observation/port=alashankou/observation.parquet" not in changed
    assert "view/latest.parquet" in changed
    # A new folder, without a memory, gets the same bytes.
    export_parquet(folder / "book.duckdb", tmp_path / "fresh", ["latest", "shares"])
    assert {name: data for name, (_, data) in after.items()} == {
        str(p.relative_to(tmp_path / "fresh")): p.read_bytes()
        for p in (tmp_path / "fresh").rglob("*")
        if p.is_file()
    }
    # Files that are lost or spoilt come back; a view that is not asked for any more goes.
    (folder / "exports" / "article.parquet").unlink()
    (folder / "exports" / "port.parquet").write_bytes(b"spoilt")
    assert "exported" in run()
    assert {name: data for name, (_, data) in exported().items()} == {n: d for n, (_, d) in after.items()}
    text = (folder / "tallybook.toml").read_text(encoding="utf-8").replace(', "shares"', "")
    (folder / "tallybook.toml").write_text(text, encoding="utf-8")
    (folder / "in" / "last.txt").write_text(ERENHOT, encoding="utf-8")
    run()
    assert "view/shares.parquet" not in exported()
