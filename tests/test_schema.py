"""schema.sql and queries/: everything has a comment, and the tables refuse what is wrong."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import duckdb
import pytest

from jobmaker import ARTICLES
from tallybook import records
from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.resources import data_path
from tallybook.store import build, load
from tallybook.store.load import Counts
from tallybook.store.migrate import differences, migrate


@pytest.fixture(scope="module")
def filled(lexicon: Lexicon) -> duckdb.DuckDBPyConnection:
    """A book in memory with the test articles in it."""
    con = duckdb.connect()
    build.create(con)
    build.refresh(con, lexicon)
    run = load.begin_run(con, "run", "x1", load.now())
    load.load(con, [(a, extract(a, lexicon)) for a in ARTICLES], run, "x1", Counts())
    return con


@pytest.fixture
def con(filled: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same; what a test does is undone."""
    filled.execute("begin")
    try:
        yield filled
    finally:
        filled.execute("rollback")


@pytest.mark.parametrize(
    ("kind", "listing"),
    [
        ("table", "select table_name from duckdb_tables() where not internal and comment is null"),
        ("view", "select view_name from duckdb_views() where not internal and comment is null"),
        (
            "column",
            """select table_name || '.' || column_name from duckdb_columns()
               where not internal and comment is null""",
        ),
        (
            "macro",
            """select function_name from duckdb_functions()
               where not internal and function_type like '%macro' and comment is null""",
        ),
    ],
)
def test_nothing_lacks_a_comment(kind: str, listing: str, con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute(listing).fetchall() == []


def test_the_book_has_the_tables_that_the_views_and_later_versions_need(
    con: duckdb.DuckDBPyConnection,
) -> None:
    tables = {
        t for (t,) in con.execute("select table_name from duckdb_tables() where not internal").fetchall()
    }
    assert tables == {
        "book", "run", "rejection", "port", "metric", "article", "reading", "figure", "observation",
        "correction", "band", "series", "series_claim", "series_month", "series_slip", "series_state",
    }  # fmt: skip


def test_a_change_of_a_table_has_its_migration(root: Path) -> None:
    """What is new in schema.sql is in the newest file of migrations/ too (CONTRIBUTING.md)."""
    with duckdb.connect() as con:
        con.execute((root / "tests" / "layouts" / "v1.sql").read_text(encoding="utf-8"))
        migrate(con, root / "book.duckdb")
        assert differences(con) == []


def test_the_port_table_has_the_columns_of_the_gazetteer(con: duckdb.DuckDBPyConnection) -> None:
    with data_path("ports.csv").open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    columns = [c for (c,) in con.execute("select column_name from (describe port)").fetchall()]
    assert columns == [name for name in header if name != "needs"]


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("qualifier", records.Qualifier),
        ("scope", records.Scope),
        ("direction", records.Direction),
        ("nature", records.Nature),
        ("reason", records.Reason),
    ],
)
def test_a_check_allows_what_the_records_may_hold(
    column: str, kind: object, con: duckdb.DuckDBPyConnection
) -> None:
    checks = con.execute(
        "select constraint_text from duckdb_constraints() where constraint_type = 'CHECK'"
    ).fetchall()
    (allowed,) = {
        m[1] for (text,) in checks if (m := re.fullmatch(rf'CHECK\(\("?{column}"? IN \((.*)\)\)\)', text))
    }
    assert sorted(re.findall("'([^']*)'", allowed)) == sorted(get_args(kind))


BAD_ROWS = [
    ("port", "kind = 'station'", "slug = 'alashankou'"),
    ("port", "lat = 91", "slug = 'alashankou'"),
    ("port", "lon = -181", "slug = 'alashankou'"),
    ("port", "unlocode = 'cnala'", "slug = 'alashankou'"),
    ("port", "country = 'CHN'", "slug = 'alashankou'"),
    ("port", "name_en = null", "slug = 'alashankou'"),
    ("metric", "flow = 'river'", "metric = 'trains'"),
    ("metric", "definition = null", "metric = 'trains'"),
    ("run", "offered = 99", "run_id = 1"),
    ("run", "figures = 99", "run_id = 1"),
    ("run", "loaded = -1, duplicate = 1", "run_id = 1"),
    ("article", "text = null", "name = 'khorgos'"),
    ("article", "content_hash = 'abc'", "name = 'khorgos'"),
    ("article", "published_inferred = null", "name = 'khorgos'"),
    ("figure", "span_start = -1", "true"),
    ("figure", "span_end = span_start", "true"),
    ("figure", "sentence_end = span_end - 1", "true"),
    ("figure", "status = 'perhaps'", "true"),
    ("figure", "reason = 'other', status = 'unkeyed'", "true"),
    ("figure", "reason = null", "status = 'unkeyed'"),
    ("figure", "reason = 'date'", "status = 'observation'"),
    ("observation", "measure = 'sum'", "true"),
    ("observation", "qualifier = '=='", "true"),
    ("observation", "low = value + 1", "true"),
    ("observation", "high = value - 1", "true"),
    ("observation", "period_start = '2026-01-02', period_end = '2026-01-01'", "true"),
    ("observation", "scope = 'town'", "true"),
    ("observation", "direction = 'up'", "true"),
    ("observation", "mode = 'foot'", "true"),
    ("observation", "service = 'bus'", "true"),
    ("observation", "nature = 'hope'", "true"),
    ("observation", "reporter = 'me'", "true"),
    ("observation", "confidence = 1.5", "true"),
    ("observation", "unit = null", "true"),
    ("observation", "port = 'atlantis'", "true"),
    ("observation", "metric = 'whales'", "true"),
    ("observation", "figure_id = 'none'", "true"),
    ("observation", "article_id = 'none'", "true"),
    ("figure", "article_id = 'none'", "true"),
    ("article", "recorded_run = 77", "true"),
]


@pytest.mark.parametrize(("table", "change", "where"), BAD_ROWS, ids=[f"{t}: {c}" for t, c, _ in BAD_ROWS])
def test_a_table_refuses_a_bad_row(
    table: str, change: str, where: str, con: duckdb.DuckDBPyConnection
) -> None:
    before = con.execute(f"select count(*) from {table} where {where}").fetchone()
    assert before is not None
    assert before[0] > 0
    # Inserted under a new key, as a load does, so that only the change can be at fault.
    key = con.execute(f"select column_name from (describe {table}) limit 1").fetchone()
    assert key is not None
    new = "77" if table == "run" else "'0123456789abcdef'"
    con.execute(f"create temp table one as select * from {table} where {where} limit 1")
    con.execute(f"update one set {key[0]} = {new}")
    good = con.execute("from one").fetchall()
    con.execute(f"insert into {table} select * from one")
    assert con.execute(f"select * from {table} where {key[0]} = {new}").fetchall() == good
    con.execute(f"delete from {table} where {key[0]} = {new}")
    con.execute(f"update one set {change}")
    with pytest.raises(duckdb.ConstraintException):
        con.execute(f"insert into {table} select * from one")


@pytest.mark.parametrize("table", ["port", "metric", "article", "figure", "observation", "run"])
def test_a_key_is_there_once(table: str, con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.ConstraintException):
        con.execute(f"insert into {table} from {table} limit 1")


def test_the_comments_of_the_file_speak_of_its_columns(root: Path) -> None:
    """A column that was renamed must not leave its comment behind."""
    sql = (root / "schema.sql").read_text(encoding="utf-8")
    with duckdb.connect() as con:
        con.execute(sql)
        told = {(t, c) for t, c in re.findall(r"comment on column (\w+)\.(\w+) is", sql)}
        there = set(
            con.execute("select table_name, column_name from duckdb_columns() where not internal").fetchall()
        )
    assert told == there
