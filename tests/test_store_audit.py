"""The audit: each rule finds the rows that break it, and names them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from jobmaker import ARTICLES, job
from tallybook.errors import AuditError
from tallybook.records import Rejection
from tallybook.store.audit import CHECKS, audit
from tallybook.store.load import Counts, finish_run


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    job(folder, [*ARTICLES, Rejection("bad.txt", "is empty")])
    return folder / "book.duckdb"


@pytest.fixture
def loose(book: Path) -> duckdb.DuckDBPyConnection:
    """The book's rows in tables without keys and checks, so that a test can make any of them wrong."""
    con = duckdb.connect()
    con.execute(f"attach '{book}' as made (read_only)")
    for (table,) in con.execute(
        "select table_name from duckdb_tables() where database_name = 'made'"
    ).fetchall():
        con.execute(f"create table {table} as from made.{table}")
    return con


ONE_FIGURE = "figure_id = (select min(figure_id) from figure)"
ONE = "observation_id = (select min(observation_id) from observation)"
SPOILS = [
    ("articles-add-up", "update run set offered = offered + 1"),
    ("articles-add-up", "update run set loaded = loaded + 1, offered = offered + 1"),
    ("articles-add-up", "delete from article where name = 'undated'"),
    ("articles-add-up", "delete from rejection"),
    ("articles-add-up", "update rejection set times = 2"),
    ("readings-add-up", "delete from reading where article_id = (select min(article_id) from article)"),
    ("readings-add-up", "update reading set superseded_run = 1"),
    ("readings-add-up", "insert into reading select * replace (0 as run_id) from reading"),
    (
        "one-reading-stands",
        """insert into figure by name select * replace (figure_id || 'b' as figure_id, 0 as recorded_run)
           from figure where status = 'unkeyed' limit 1""",
    ),
    ("figures-add-up", "update run set figures = figures + 1"),
    ("figures-add-up", f"delete from figure where {ONE_FIGURE}"),
    ("figures-add-up", f"delete from observation where {ONE}"),
    ("references-are-met", f"update observation set port = 'atlantis' where {ONE}"),
    ("references-are-met", f"update observation set metric = 'whales' where {ONE}"),
    ("references-are-met", f"update observation set article_id = 'x' where {ONE}"),
    ("references-are-met", f"update observation set figure_id = 'x' where {ONE}"),
    ("references-are-met", "update article set article_id = 'x' where name = 'khorgos'"),
    ("spans-are-true", f"update figure set text = text || '!' where {ONE_FIGURE}"),
    ("spans-are-true", f"update figure set span_start = span_start + 1 where {ONE_FIGURE}"),
    ("spans-are-true", f"update figure set sentence_end = span_end - 1 where {ONE_FIGURE}"),
    ("spans-are-true", "update article set text = '。' || text where name = 'khorgos'"),
    (
        "figures-do-not-overlap",
        """insert into figure by name select * replace (
             figure_id || 'b' as figure_id, span_start + 1 as span_start, substring(text, 2) as text)
           from figure where len(text) > 2 and status = 'unkeyed' limit 1;
           update run set figures = figures + 1, unkeyed = unkeyed + 1""",
    ),
    (
        "keyed-figures-have-one-observation",
        "update figure set status = 'observation' where status = 'unkeyed'",
    ),
    (
        "keyed-figures-have-one-observation",
        """update observation set observation_id = 'twice', figure_id = (
             select figure_id from observation where observation_id not in ('twice') order by 1 desc limit 1)
           where """
        + ONE,
    ),
    ("intervals-hold-their-value", f"update observation set low = value + 1 where {ONE}"),
    ("intervals-hold-their-value", f"update observation set high = value - 1 where {ONE}"),
    ("units-fit", "update observation set unit = 'teu' where metric = 'trains' and measure = 'total'"),
    ("units-fit", "update observation set unit = 'train' where measure = 'yoy_pct'"),
    (
        "evidence-is-true",
        f"update observation set evidence = replace(evidence, '\"end\": ', '\"end\": 1') where {ONE}",
    ),
    ("wholes-are-places", f"update observation set whole = 'atlantis' where {ONE}"),
    ("relations-stay-in-the-article", "update observation set relates_to = 'x' where measure = 'yoy_pct'"),
    (
        "relations-stay-in-the-article",
        "update observation set relates_to = (select max(figure_id) from figure) where measure = 'yoy_pct'",
    ),
    ("parents-are-places", "update port set parent = 'atlantis' where slug = 'alashankou'"),
]


def test_a_sound_run_passes(loose: duckdb.DuckDBPyConnection) -> None:
    audit(loose, 1)


@pytest.mark.parametrize(("name", "spoil"), SPOILS, ids=[f"{n}-{i}" for i, (n, _) in enumerate(SPOILS)])
def test_a_rule_finds_what_breaks_it(name: str, spoil: str, loose: duckdb.DuckDBPyConnection) -> None:
    loose.execute(spoil)
    (check,) = [c for c in CHECKS if c.name == name]
    found = loose.execute(check.sql, {"run": 1}).fetchall()
    assert found
    with pytest.raises(AuditError, match="not so for ") as caught:
        audit(loose, 1)
    # Another rule may see it first; the rule that is named must hold of what it says.
    (named,) = [c for c in CHECKS if f"({c.name})" in str(caught.value)]
    assert named.rule in str(caught.value)
    breakers = loose.execute(f"select * from ({named.sql}) order by 1", {"run": 1}).fetchall()
    assert str(breakers[0][0]) in str(caught.value)


def test_every_rule_has_a_test_that_breaks_it() -> None:
    assert {name for name, _ in SPOILS} == {check.name for check in CHECKS}


def test_the_audit_names_three_rows_and_says_that_there_are_more(loose: duckdb.DuckDBPyConnection) -> None:
    loose.execute("update figure set text = text || '!'")
    with pytest.raises(AuditError) as caught:
        audit(loose, 1)
    assert str(caught.value).count("-000") == 3
    assert ", … (spans-are-true)" in str(caught.value)


def test_the_rows_of_other_runs_are_not_looked_at_again(loose: duckdb.DuckDBPyConnection) -> None:
    loose.execute("insert into run select * replace (2 as run_id) from run")
    finish_run(loose, 2, Counts(), [])
    loose.execute("update figure set text = text || '!'")
    audit(loose, 2)
