"""Every saved view: its header, its comments, its place in docs/views.md, and the plain DuckDB program."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from bookmaker import Q1_BEFORE, Book, clean_book
from tallybook.resources import query_files
from tallybook.store.build import create, create_views, made_of, needs, once
from tallybook.store.months import refresh_months

FILES = sorted(query_files())
MACROS = [name for name in FILES if re.search(r"^create or replace macro ", query_files()[name], re.M)]
VIEWS = [name for name in FILES if name not in MACROS]
PROGRAM = Path(sys.executable).with_name("duckdb")


def test_there_is_a_view_for_each_question() -> None:
    assert {
        "balance",
        "coverage",
        "cumulative_flow",
        "daily_train_counts",
        "growth_check",
        "intensity",
        "mean_peak_capacity",
        "milestones",
        "month_estimate",
        "parcel_totals",
        "plan_actual",
        "port_comparison",
        "provenance",
        "revisions",
        "shares",
        "statements",
        "unkeyed",
        "yoy_growth",
    } <= set(VIEWS)


@pytest.mark.parametrize("name", FILES)
def test_the_header_says_the_grain(name: str) -> None:
    lines = query_files()[name].splitlines()
    assert lines[0].startswith("-- One row per ")
    assert lines[0].endswith(".")
    made = rf"^create or replace (view {name} as|macro {name}\(\w+(, \w+)*\) as table)$"
    assert re.search(made, query_files()[name], re.M)


@pytest.mark.parametrize("name", FILES)
def test_the_header_names_the_views_that_it_reads(name: str) -> None:
    sql = query_files()[name]
    body = re.sub(r"--.*|'[^']*'", "", sql.split("select * from final;")[0])
    read = {other for other in FILES if re.search(rf"\b(?:from|join) {other}\b", body)}
    assert set(needs(sql)) == read
    assert not read or sql.splitlines()[1].startswith("-- needs: ")


def test_what_a_view_wants_worked_out_once_is_worked_out_once() -> None:
    files = query_files()
    wanting = [name for name in FILES if once(files[name])]
    assert wanting != []
    for name in wanting:
        read = [*needs(files[name])]
        for other in read:
            read += [more for more in needs(files[other]) if more not in read]
        assert set(once(files[name])) <= set(read)
        # Nothing that it is made of reads one of them from the book.
        sql = re.sub(r"--.*|'[^']*'", "", made_of(name, files).split("select * from final;\ncomment")[0])
        for other in once(files[name]):
            assert re.search(rf"\b{other} as materialized \(", sql)


@pytest.mark.parametrize("name", FILES)
def test_the_style(name: str) -> None:
    sql = query_files()[name]
    code = re.sub(r"--.*|'[^']*'", "", sql)
    assert code == code.lower()
    assert re.search(r"\nselect \* from final;\ncomment on (view|macro table) ", sql)
    assert "\t" not in sql
    assert sql.endswith(";\n")


def test_every_view_and_column_has_a_comment() -> None:
    with clean_book() as book:
        views = book.con.execute(
            "select view_name, comment from duckdb_views() where not internal"
        ).fetchall()
        columns = book.con.execute(
            "select table_name, column_name, comment from duckdb_columns() where not internal"
        ).fetchall()
    assert sorted(name for name, _ in views) == VIEWS
    assert [name for name, comment in views if not (comment and comment.strip())] == []
    # One line each, as `tallybook query` lists them.
    assert [name for name, comment in views if "\n" in comment or len(comment) > 130] == []
    assert [(table, name) for table, name, comment in columns if not (comment and comment.strip())] == []


def test_the_docs_name_every_view(root: Path) -> None:
    text = (root / "docs" / "views.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^## `(\w+)(?:\([\w, ]+\))?`$", text, re.M)) == FILES


def test_views_are_made_twice_without_harm() -> None:
    con = duckdb.connect()
    create(con)
    assert sorted(create_views(con)) == sorted(create_views(con)) == FILES


@pytest.mark.parametrize("name", VIEWS)
def test_an_empty_book_has_empty_views(name: str) -> None:
    with clean_book() as book:
        assert book.rows(name) == []


@pytest.mark.skipif(not PROGRAM.exists(), reason="needs the duckdb program: pip install duckdb-cli")
def test_the_plain_duckdb_program_reads_every_view(tmp_path: Path) -> None:
    path = tmp_path / "book.duckdb"
    book = Book(path)
    book.con.execute("update port set note = 'composite of alashankou + khorgos' where slug = 'cust-urumqi'")
    article = book.article(text="霍尔果斯 1200 列")
    of = book.add(article, "khorgos", "trains", "total", 1200, words="1200 列")
    book.add(article, "khorgos", "trains", "yoy_pct", 20, relates_to=of)
    book.add(article, "khorgos", "trains", "share_pct", 20, relates_to=of, whole="cn")
    book.add(article, "alashankou", "trains", "share_pct", 10, whole="cn")
    book.add(article, "khorgos", "trains", "yoy_abs", 200, relates_to=of)
    book.add(article, "khorgos", "trains", "rank", 1, unit="rank", whole="cn")
    book.add(article, "khorgos", "trains", "total", 1000, Q1_BEFORE)
    book.add(article, "alashankou", "trains", "total", 600)
    book.add(article, "khorgos", "trains", "daily_mean", 13)
    book.add(article, "khorgos", "parcels", "total", 13)
    book.add(article, "khorgos", "parcel_value", "total", 130, unit="CNY")
    book.add(article, "khorgos", "trains", "total", 2000, "2025-01-01..2025-12-31", nature="plan")
    book.add(article, "khorgos", "trains", "total", 1300, "2025-01-01..2025-04-30")
    book.add(article, "cust-urumqi", "trains", "total", 1700)
    period = "2025-01-01..2025-08-08"
    count = book.add(article, "khorgos", "trains", "total", 6000, period)
    book.add(article, "khorgos", "trains", "lead_days", 46, period, unit="day", relates_to=count)
    book.add(article, "khorgos", "trains", "total", 7000, period, breakdown="cars")
    book.figure(article, reason="date")
    book.figure(article, superseded_run=1)
    book.add(book.article("Herald"), "khorgos", "trains", "total", 1210)
    refresh_months(book.con)
    book.con.execute(
        "insert into correction values (1, 'partner', ?, 0, 9, null, 'cn', 'me', 'why', 1, 1, 'me')",
        [article],
    )
    book.close()

    def ask(sql: str) -> list[dict[str, object]]:
        done = subprocess.run(
            [PROGRAM, "-readonly", "-no-init", "-json", path, "-c", sql],
            capture_output=True,
            check=True,
            encoding="utf-8",
            env={"PATH": "", "HOME": str(tmp_path)},
        )
        found: list[dict[str, object]] = json.loads(done.stdout)
        return found

    listed = ask(
        "select view_name as name from duckdb_views() where not internal and comment <> '' order by 1"
    )
    assert [row["name"] for row in listed] == VIEWS
    for name in VIEWS:
        assert ask(f"select count(*) > 0 as some from {name}") == [{"some": True}], name
    asked = ask(
        "select g.agrees, p.sentence from yoy_growth g join provenance p "
        "on g.level_observation_id = p.observation_id where g.measure = 'yoy_pct'"
    )
    assert asked == [{"agrees": True, "sentence": "霍尔果斯 1200 列"}]
