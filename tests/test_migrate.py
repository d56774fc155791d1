"""Migrations: a book of an older layout comes out as a new one would, or is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from jobmaker import ARTICLES, ask, job, names, place, rows, state, tallybook
from tallybook.errors import DatabaseError
from tallybook.resources import migration_files
from tallybook.store.build import SCHEMA_VERSION, create
from tallybook.store.migrate import MigrationError, differences, migrate
from tallybook.store.publish import reading

BOOK = "book.duckdb"
LAYOUTS = sorted((Path(__file__).parent / "layouts").glob("v*.sql"))
"""schema.sql as each layout had it, kept as they were."""


@pytest.fixture(params=LAYOUTS, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with a book of an older layout: the test articles, and views that nobody makes any more."""
    job(tmp_path / "new")
    with duckdb.connect(str(tmp_path / BOOK), config={"storage_compatibility_version": "v1.0.0"}) as con:
        con.execute(request.param.read_text(encoding="utf-8"))
        con.execute(f"attach '{tmp_path / 'new' / BOOK}' as source (read_only)")
        for table in ("run", "rejection", "port", "metric", "article", "figure", "observation"):
            columns = ", ".join(
                c for (c,) in con.execute(f"select column_name from (describe {table})").fetchall()
            )
            con.execute(f"insert into {table} ({columns}) select {columns} from source.main.{table}")
        # As if the views were of this version: a migration makes them anew all the same.
        con.execute("update book set shape = (select shape from source.main.book)")
        con.execute("create view current_observation as select port, value from observation")
        con.execute("create view forgotten as select * from article")
    return tmp_path


def layout(con: duckdb.DuckDBPyConnection) -> dict[str, list[object]]:
    """All that a file says of itself: tables, columns, rules, views, macros, comments."""
    listings = {
        "tables": "select table_name, comment, column_count, index_count from duckdb_tables()",
        "columns": "select table_name, column_index, column_name, data_type, is_nullable, column_default, "
        "comment from duckdb_columns()",
        "rules": "select table_name, constraint_type, constraint_text, expression, constraint_column_names, "
        "referenced_table, referenced_column_names from duckdb_constraints()",
        "views": "select view_name, sql, comment from duckdb_views()",
        "macros": "select function_name, parameters, macro_definition, comment from duckdb_functions()",
    }
    found: dict[str, list[object]] = {}
    for name, sql in listings.items():
        where = "" if name == "rules" else " where not internal"
        found[name] = list(con.execute(f"select * from ({sql}{where}) order by all").fetchall())
    found["book"] = list(con.execute("from book").fetchall())
    return found


def test_a_migrated_book_is_what_a_new_one_is(old: Path) -> None:
    report = job(old, [])
    assert report.published
    with reading(old / BOOK) as migrated, reading(old / "new" / BOOK) as new:
        made, wanted = layout(migrated), layout(new)
        for name in wanted:
            assert made[name] == wanted[name], name
        assert differences(migrated) == []
    assert rows(old / BOOK) == rows(old / "new" / BOOK)
    kept = "select article_id, extractor, lang, published_on, published_inferred, superseded_run from reading"
    assert sorted(ask(old / BOOK, kept), key=str) == sorted(ask(old / "new" / BOOK, kept), key=str)
    assert ask(old / BOOK, "select command, loaded from run order by run_id") == [("run", 5), ("run", 0)]
    assert not job(old, []).published  # once


def test_an_older_book_is_read_on(old: Path) -> None:
    """The same articles are known, a new one is added."""
    report = job(old, ARTICLES)
    assert (report.counts.duplicate, report.counts.loaded, report.older) == (len(ARTICLES), 0, 0)


def test_the_command_says_what_it_did(old: Path) -> None:
    place(old, more="2025年5月，霍尔果斯口岸通行中欧班列700列。")
    asked = tallybook(old, "query", "latest")
    assert asked.returncode == 6
    assert asked.stderr == (
        "tallybook: book.duckdb has layout 1, this Tallybook reads "
        f"{SCHEMA_VERSION}: `tallybook run` brings it there\n"
    )
    done = tallybook(old, "run")
    assert done.returncode == 0
    assert "migrated book.duckdb: 002_readings_and_corrections" in done.stdout
    assert "1 loaded" in done.stdout
    assert tallybook(old, "query", "latest").returncode == 0


def test_a_migration_that_fails_is_published_nowhere(old: Path) -> None:
    """Plays a book in which somebody made a table of his own, of the name that a migration makes."""
    with duckdb.connect(str(old / BOOK)) as con:
        con.execute("create table correction (mine integer)")
    before = state(old / BOOK)
    with pytest.raises(MigrationError) as raised:
        job(old)
    assert re.fullmatch(
        r"\S+book\.duckdb has layout 1, and migration 002_readings_and_corrections failed \(Catalog Error: "
        r'Table with name "correction" already exists!\): nothing published, the book is as it was; use the '
        r"Tallybook that wrote it, and report this",
        str(raised.value),
    )
    assert raised.value.exit_code == 6
    assert state(old / BOOK) == before
    assert names(old) == [BOOK, "new"]


@pytest.mark.parametrize("fault", [f"migrate {SCHEMA_VERSION}", "rows-loaded"])
def test_a_job_killed_in_or_after_a_migration_leaves_the_old_book(old: Path, fault: str) -> None:
    """Plays kill -9 in the transaction of the last migration, and when rows were loaded after it."""
    place(old, more="2025年5月，霍尔果斯口岸通行中欧班列700列。")
    before = state(old / BOOK)
    assert tallybook(old, "run", fault=fault).returncode == -9
    assert state(old / BOOK) == before
    assert tallybook(old, "run").returncode == 0
    assert [n for n in names(old) if n.startswith("book.duckdb.staging")] == []
    assert ask(old / BOOK, "select schema_version from book") == [(SCHEMA_VERSION,)]


def test_a_full_disk_in_a_migration_is_told_as_such(old: Path) -> None:
    """Plays a disk that fills up in the migration."""
    place(old)
    before = state(old / BOOK)
    done = tallybook(old, "run", fault=f"migrate {SCHEMA_VERSION}:full")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "No space left on device" in done.stderr
    assert "nothing published" in done.stderr
    assert state(old / BOOK) == before


def test_a_book_of_a_newer_layout_is_refused(tmp_path: Path) -> None:
    job(tmp_path)
    with duckdb.connect(str(tmp_path / BOOK)) as con:
        con.execute(f"update book set schema_version = {SCHEMA_VERSION + 1}")
    before = state(tmp_path / BOOK)
    for use in (lambda: reading(tmp_path / BOOK), lambda: job(tmp_path)):
        with pytest.raises(DatabaseError, match=rf"has layout {SCHEMA_VERSION + 1}, this Tallybook writes"):
            use()
    assert state(tmp_path / BOOK) == before


def test_the_migrations_lead_to_this_layout_one_by_one() -> None:
    numbers = [int(name[:3]) for name in migration_files()]
    assert numbers == list(range(2, SCHEMA_VERSION + 1))
    assert [path.stem for path in LAYOUTS] == [f"v{n}" for n in range(1, SCHEMA_VERSION)]
    for name, sql in migration_files().items():
        # The mechanism puts each in one transaction with its record.
        assert not re.search(r"^\s*(begin|commit|rollback|checkpoint)\b", sql, re.M), name
        assert re.match(r"-- From layout \d+ to \d+: .*\.\n", sql), name


def test_differences_are_named(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        create(con)
        assert differences(con) == []
        con.execute("create table mine (i integer)")
        assert differences(con) == []
        con.execute("alter table rejection add column more integer")
        con.execute("comment on column port.slug is 'other'")
        con.execute("comment on table metric is null")
        assert differences(con) == ["column port.slug", "column rejection.more", "table metric"]


def test_a_migration_that_makes_another_layout_is_not_published(tmp_path: Path) -> None:
    """Plays a book whose table was altered by hand: its migration makes no layout of ours."""
    with duckdb.connect(str(tmp_path / BOOK)) as con:
        con.execute(LAYOUTS[0].read_text(encoding="utf-8"))
        con.execute("alter table rejection add column mine integer")
    before = state(tmp_path / BOOK)
    with pytest.raises(MigrationError, match=r"it made another column rejection\.mine than schema\.sql"):
        job(tmp_path)
    assert state(tmp_path / BOOK) == before


def test_nothing_is_migrated_twice(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        create(con)
        assert migrate(con, tmp_path / BOOK) == []
        con.execute(f"update book set schema_version = {SCHEMA_VERSION - 1}")
        with pytest.raises(MigrationError):
            migrate(con, tmp_path / BOOK)
        assert ask_version(con) == SCHEMA_VERSION - 1  # the record is undone with the rest


def ask_version(con: duckdb.DuckDBPyConnection) -> int:
    (found,) = con.execute("select schema_version from book").fetchall()
    return int(found[0])
