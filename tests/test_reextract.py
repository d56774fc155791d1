"""`tallybook reextract`: a newer reading stands, the one before stays, and nothing looks like a revision."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jobmaker import ask, names, place, rows, state, tallybook
from tallybook.config import Config
from tallybook.errors import DatabaseError
from tallybook.job import Report, run_job, run_reread
from tallybook.read import read_paths

BOOK = "book.duckdb"
TEXTS = {
    # No place of the gazetteer until the words of `newer` know it.
    "hushan": "published_on: 2025-04-08\n\n虎山口岸2025年一季度通行中欧班列1500列，同比增长5%。\n",
    # The unit takes one character more.
    "wider": "published_on: 2025-04-09\n\n霍尔果斯口岸2025年一季度通行中欧班列1200列火车。\n",
    "same": "published_on: 2025-07-04\n\n阿拉山口口岸2025年上半年通行中欧班列4200列，同比增长8%。\n",
    "undated": "截至2025年5月19日，满洲里口岸今年累计通行中欧班列2000列。\n",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = place(tmp_path_factory.mktemp("made"), **TEXTS)
    run_job(config(folder), read_paths([str(folder / "in")]), "run")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A book of the four articles, of each test's own."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def config(folder: Path, newer: bool = False) -> Config:
    """The configuration; a newer reader knows a place and a unit more."""
    ports, words = folder / "ports.csv", folder / "words.csv"
    if newer:
        ports.write_text(
            "slug,name_en,name_zh_hans,kind,country\nhushan,Hushan,虎山,rail,CN\n", encoding="utf-8"
        )
        words.write_text("kind,value,words,attrs,example\nunit,train,列火,,1200列火\n", encoding="utf-8")
    return Config(
        sources=(str(folder / "in"),),
        database=folder / BOOK,
        exports=None,
        ports=(ports,) if newer else (),
        words=(words,) if newer else (),
        jobs=1,
    )


def make_newer(folder: Path) -> None:
    """The same as a configuration file."""
    config(folder, newer=True)
    (folder / "tallybook.toml").write_text(
        'sources = ["in"]\ndatabase = "book.duckdb"\nports = ["ports.csv"]\nwords = ["words.csv"]\n',
        encoding="utf-8",
    )


def reread(folder: Path, newer: bool = True, **more: Any) -> tuple[Report, list[tuple[Any, ...]]]:
    """Read again and give the report and what was shown before anything was published."""
    shown: list[tuple[Any, ...]] = []
    before = state(folder / BOOK)

    def show(con: duckdb.DuckDBPyConnection, run_id: int) -> None:
        assert state(folder / BOOK) == before
        shown.extend(
            con.execute(
                "select change, article, figure from rereading where run_id = ? order by all", [run_id]
            ).fetchall()
        )

    return run_reread(config(folder, newer), show, **more), shown


DIFFERENCE = [
    ("added", "wider", "1200列火"),
    ("changed", "hushan", "1500列"),
    ("changed", "hushan", "5%"),
    ("gone", "wider", "1200列"),
]
SAID = """select a.name, f.span_start, f.span_end, f.text, f.status, f.reason, f.missing, f.sentence_start,
    f.sentence_end, g.span_start, o.* exclude (observation_id, figure_id, relates_to)
    from figure f join article a using (article_id) left join observation o using (figure_id)
    left join figure g on o.relates_to = g.figure_id where f.superseded_run is null order by all"""


def test_what_stands_after_is_what_a_new_book_would_have(folder: Path, tmp_path_factory: Any) -> None:
    other = tmp_path_factory.mktemp("new")
    place(other, **TEXTS)
    run_job(config(other, newer=True), read_paths([str(other / "in")]), "run")
    assert ask(folder / BOOK, SAID) != ask(other / BOOK, SAID)
    report, shown = reread(folder)
    assert report.published
    assert shown == DIFFERENCE
    assert ask(folder / BOOK, SAID) == ask(other / BOOK, SAID)
    about = "select article_id, lang, published_on, published_inferred from article order by 1"
    assert ask(folder / BOOK, about) == ask(other / BOOK, about)


def test_no_row_is_lost_and_an_unchanged_article_keeps_its_ids(folder: Path) -> None:
    ids = "select figure_id from figure join article using (article_id) where name = 'same' order by 1"
    before, kept = rows(folder / BOOK), ask(folder / BOOK, ids)
    reread(folder)
    assert set(before["observation"]) < set(rows(folder / BOOK)["observation"])
    assert ask(folder / BOOK, ids) == kept
    assert ask(
        folder / BOOK,
        """select name, count(*), count(f.superseded_run) from figure f join article using (article_id)
           group by name order by name""",
    ) == [("hushan", 6, 3), ("same", 3, 0), ("undated", 2, 0), ("wider", 4, 2)]
    assert ask(
        folder / BOOK, "select value, superseded from provenance where article = 'wider' order by superseded"
    ) == [(1200, False), (1200, True)]


def test_the_counts_of_the_run_add_up(folder: Path) -> None:
    report, _ = reread(folder)
    counts = "command, offered, loaded, duplicate, rejected, figures, observations, unkeyed"
    assert ask(folder / BOOK, f"select {counts} from run order by run_id desc limit 1") == [
        ("reextract", 4, 0, 4, 0, 5, 3, 2)
    ]
    assert (report.counts.offered, report.counts.figures) == (4, 5)
    assert ask(folder / BOOK, "select count(*) from figure where recorded_run = 2") == [(5,)]
    assert ask(
        folder / BOOK, "select run_id, count(*), count(superseded_run) from reading group by 1 order by 1"
    ) == [(1, 4, 4), (2, 4, 0)]


def test_a_better_reading_is_no_revision(folder: Path) -> None:
    reread(folder)
    assert ask(folder / BOOK, "select distinct release, releases from revisions") == [(1, 1)]
    known = "select port, value, figure_id from as_of('2025-04-08') where measure = 'total' order by 1"
    with duckdb.connect(str(folder / BOOK), read_only=True) as con:
        ((port, value, figure),) = con.execute(known).fetchall()
        assert (port, value) == ("hushan", Decimal(1500))
        # Read in the second run, known on the day that the source said it.
        assert con.execute("select recorded_run from figure where figure_id = ?", [figure]).fetchall() == [
            (2,)
        ]


def test_it_is_done_once(folder: Path) -> None:
    reread(folder)
    before = state(folder / BOOK)
    report, shown = reread(folder)
    assert (report.published, report.counts.offered, shown) == (False, 0, [])
    assert state(folder / BOOK) == before


def test_a_run_tells_of_articles_that_another_version_read_until_they_are_read_again(folder: Path) -> None:
    def older() -> int:
        return run_job(config(folder, newer=True), read_paths([str(folder / "in")]), "run").older

    assert older() == 4
    reread(folder)
    assert older() == 0


def test_a_version_that_comes_back_reads_again_and_keeps_both(folder: Path) -> None:
    before = ask(folder / BOOK, SAID)
    reread(folder)
    report, shown = reread(folder, newer=False)
    assert report.published
    assert {change for change, _, _ in shown} == {"added", "changed", "gone"}
    assert ask(folder / BOOK, SAID) == before
    assert ask(folder / BOOK, "select count(*), count(superseded_run) from figure") == [(5 + 5 + 10, 10)]


def test_everything_can_be_read_again(folder: Path) -> None:
    report, shown = reread(folder, newer=False, everything=True)
    assert (report.published, report.counts.offered, report.counts.figures, shown) == (True, 4, 0, [])


def test_an_inferred_day_is_inferred_anew(folder: Path) -> None:
    """Plays an older version that inferred another day: the article's words decide, not what it stored."""
    with duckdb.connect(str(folder / BOOK)) as con:
        con.execute("update article set published_on = '2020-01-01', lang = 'en' where name = 'undated'")
        con.execute("update reading set published_on = '2020-01-01' where published_inferred")
    reread(folder)
    assert ask(
        folder / BOOK, "select lang, published_on, published_inferred from article where name = 'undated'"
    ) == [("zh-hans", date(2025, 5, 19), True)]
    told = "select published_on, superseded_run from reading where published_inferred order by run_id"
    assert ask(folder / BOOK, told) == [(date(2020, 1, 1), 2), (date(2025, 5, 19), None)]


def test_a_dry_run_only_tells(folder: Path) -> None:
    before, lying = state(folder / BOOK), names(folder)
    report, shown = reread(folder, publish=False)
    assert shown == DIFFERENCE
    assert not report.published
    assert state(folder / BOOK) == before
    assert sorted({*lying, "ports.csv", "words.csv"}) == names(folder)


def test_the_command(folder: Path) -> None:
    make_newer(folder)
    told = tallybook(folder, "run")
    assert "4 articles of the book were read by another version" in told.stderr
    assert "`tallybook reextract`" in told.stderr
    before = state(folder / BOOK)
    tried = tallybook(folder, "reextract", "--dry-run", "--format", "json")
    assert tried.returncode == 0
    assert [(r["change"], r["article"], r["figure"]) for r in json.loads(tried.stdout)] == [
        ("changed", "hushan", "1500列"),
        ("changed", "hushan", "5%"),
        ("gone", "wider", "1200列"),
        ("added", "wider", "1200列火"),
    ]
    assert json.loads(tried.stdout)[0]["before"].startswith("status=unkeyed, reason=no_port, missing=")
    assert "port=hushan, metric=trains, measure=total" in json.loads(tried.stdout)[0]["after"]
    assert tried.stderr.splitlines() == [
        "tallybook: 4 articles read again, 0 of them rejected: figures 1 added, 1 gone, 2 changed",
        "tallybook: nothing published: book.duckdb is as it was",
    ]
    assert state(folder / BOOK) == before
    done = tallybook(folder, "reextract", "--format", "csv")
    assert done.stdout.splitlines()[0] == "change,article,figure,before,after,fields,span_start"
    assert len(done.stdout.splitlines()) == 5
    assert "tallybook: published book.duckdb (run 3)" in done.stderr
    assert tallybook(folder, "reextract").stdout == ""


def test_an_article_that_cannot_be_read_again_keeps_its_reading(folder: Path) -> None:
    """Plays an extractor that fails on one article."""
    make_newer(folder)
    done = tallybook(folder, "reextract", "--jobs", "1", fault="extract hushan:raise")
    assert done.returncode == 3
    assert "hushan: cannot be read (RuntimeError" in done.stderr
    assert ask(
        folder / BOOK,
        """select reason from figure join article using (article_id)
           where name = 'hushan' and figure.text = '1500列'""",
    ) == [("no_port",)]
    assert ask(
        folder / BOOK, "select offered, duplicate, rejected from run order by run_id desc limit 1"
    ) == [(4, 3, 1)]
    again = tallybook(folder, "reextract", "--format", "csv")
    assert again.returncode == 0
    assert len(again.stdout.splitlines()) == 3


@pytest.mark.parametrize("point", ["staging-copied", "rows-loaded", "run-committed", "audited", "closed"])
def test_a_kill_leaves_the_old_reading(folder: Path, point: str) -> None:
    """Plays kill -9 at a point of the job."""
    make_newer(folder)
    before = state(folder / BOOK)
    assert tallybook(folder, "reextract", fault=point).returncode == -9
    assert state(folder / BOOK) == before
    assert tallybook(folder, "reextract").returncode == 0


def test_there_must_be_a_book(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="there is no book"):
        run_reread(config(tmp_path), lambda con, run_id: None)
    assert names(tmp_path) == []
