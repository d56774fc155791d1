"""Loading: rows say what extraction said, whatever the text has in it and however it is cut in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobmaker import ALASHANKOU, ARTICLES, KHORGOS, ROWS
from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Article, Extraction, Observation, Rejection
from tallybook.store import build, load
from tallybook.store.audit import audit
from tallybook.store.load import Counts

ARTICLE = ARTICLES[0]
Read = Sequence[tuple[Article, Extraction]]


@pytest.fixture(scope="module")
def shared(lexicon: Lexicon) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        build.create(con)
        build.refresh(con, lexicon)
        load.begin_run(con, "run", "x1", load.now())
        yield con


@pytest.fixture
def con(shared: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A book with its places and metrics, no articles, and one open run."""
    empty(shared)
    return shared


def empty(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("rejection", "observation", "figure", "reading", "article"):
        con.execute(f"delete from {table}")


def stored(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: con.execute(f"select {columns} from {table} order by all").fetchall()
        for table, columns in ROWS.items()
    }


def read(articles: Sequence[Article], lexicon: Lexicon) -> Read:
    return [(a, extract(a, lexicon)) for a in articles]


def changed(found: Extraction, **changes: object) -> Extraction:
    first, *rest = found.observations
    return replace(found, observations=(replace(first, **changes), *rest))  # type: ignore[arg-type]


def test_an_observation_says_all_that_extraction_said(
    con: duckdb.DuckDBPyConnection, lexicon: Lexicon
) -> None:
    ((_, found),) = batch = read([ARTICLE], lexicon)
    load.load(con, batch, 1, "x1", Counts())
    same = [f for f in Observation.__slots__ if f not in ("start", "end", "text", "relates_to", "evidence")]
    kept = con.execute(
        f"select {', '.join(same)} from observation join figure using (figure_id) order by span_start"
    ).fetchall()
    assert kept == [tuple(getattr(o, f) for f in same) for o in found.observations]


def test_a_figure_says_all_that_extraction_said(con: duckdb.DuckDBPyConnection, lexicon: Lexicon) -> None:
    batch = read(ARTICLES, lexicon)
    load.load(con, batch, 1, "x1", Counts())
    for article, found in batch:
        kept = con.execute(
            """select span_start, span_end, text, status, reason, missing, [sentence_start, sentence_end]
               from figure where article_id = ? order by 1""",
            [article.article_id],
        ).fetchall()
        expected = [
            *((o.start, o.end, o.text, "observation", None, None) for o in found.observations),
            *((u.start, u.end, u.text, "unkeyed", u.reason, u.missing) for u in found.unkeyed),
        ]
        assert [row[:6] for row in kept] == sorted(expected)
        # The sentence around a figure is one that extraction saw.
        assert all(tuple(row[6]) in found.sentences for row in kept)


@settings(max_examples=12)
@given(st.permutations(ARTICLES), st.lists(st.integers(1, len(ARTICLES) - 1), unique=True).map(sorted))
def test_any_order_in_any_batches_gives_the_same_rows(
    shared: duckdb.DuckDBPyConnection, lexicon: Lexicon, order: Sequence[Article], cuts: list[int]
) -> None:
    expected = []
    for articles, bounds in (ARTICLES, [0, len(ARTICLES)]), (order, [0, *cuts, len(order)]):
        empty(shared)
        counts = Counts()
        for start, end in pairwise(bounds):
            assert load.load(shared, read(articles[start:end], lexicon), 1, "x1", counts) == []
        expected.append((stored(shared), counts))
    assert expected[0] == expected[1]


BEFORE = [
    "e\u0301 Cafe\u0301 \u0e01\u0e33 ",  # marks that join the letter before them
    "🚂🇨🇳👩‍🔧🏽 ",  # beyond the first plane, joined by U+200D
    "第一行\r\n第二行\r\n\r\n",
    "\x00\x01\u202e\u200b\ufeff\t",
    "𠮷林 \U0010ffff ",
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spans_are_true_in_sql_for_any_text(
    before: str, end: str, con: duckdb.DuckDBPyConnection, lexicon: Lexicon
) -> None:
    article = replace(ARTICLE, text=f"{before}{ALASHANKOU}{end}{before}{KHORGOS}")
    counts = Counts()
    assert load.load(con, read([article], lexicon), 1, "x1", counts) == []
    kept = con.execute(
        """select f.text, substring(a.text, f.span_start + 1, f.span_end - f.span_start), contains(
             substring(a.text, f.sentence_start + 1, f.sentence_end - f.sentence_start), f.text)
           from figure f join article a using (article_id) order by f.span_start"""
    ).fetchall()
    assert [text for text, _, _ in kept if text in ("1500列", "4200列")] == ["1500列", "4200列"]
    assert all(text == cited and inside for text, cited, inside in kept)
    load.finish_run(con, 1, counts, [])
    audit(con, 1)


@settings(max_examples=40)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_stored_as_it_is(
    shared: duckdb.DuckDBPyConnection, lexicon: Lexicon, before: str, after: str
) -> None:
    empty(shared)
    article = Article(before, f"{before}，{KHORGOS}{after}", title=after, publisher=before, url=after)
    counts = Counts()
    assert load.load(shared, read([article], lexicon), 1, "x1", counts) == []
    kept = shared.execute("select name, text, title, publisher, url from article").fetchall()
    assert kept == [(article.name, article.text, article.title, article.publisher, article.url)]
    load.finish_run(shared, 1, counts, [])
    audit(shared, 1)


def test_a_relation_joins_the_figure_that_it_qualifies(
    con: duckdb.DuckDBPyConnection, lexicon: Lexicon
) -> None:
    load.load(con, read(ARTICLES, lexicon), 1, "x1", Counts())
    kept = con.execute(
        """select f.text, g.text from observation o join figure f using (figure_id)
           join figure g on g.figure_id = o.relates_to order by all"""
    ).fetchall()
    assert kept == [("2.1%", "2800列"), ("3.5%", "3010列"), ("5.2%", "1500列"), ("8%", "4200列")]


@pytest.mark.parametrize("value", [Decimal(10) ** 28 - 1, Decimal("0.0000000001"), -(Decimal(10) ** 28) + 1])
def test_the_largest_and_smallest_numbers_are_stored_as_they_are(
    value: Decimal, con: duckdb.DuckDBPyConnection, lexicon: Lexicon
) -> None:
    ((_, sound),) = read([ARTICLE], lexicon)
    found = changed(sound, value=value, low=None, high=value)
    assert load.load(con, [(ARTICLE, found)], 1, "x1", Counts()) == []
    assert (value,) in con.execute("select value from observation").fetchall()


def test_an_article_that_the_tables_refuse_is_rejected_and_the_others_are_stored(
    con: duckdb.DuckDBPyConnection, lexicon: Lexicon
) -> None:
    batch = list(read(ARTICLES, lexicon))
    for i in (1, 3):
        batch[i] = (batch[i][0], changed(batch[i][1], mode="foot"))
    counts = Counts()
    refused = load.load(con, batch, 1, "x1", counts)
    assert [r.source for r in refused] == ["khorgos", "erenhot"]
    assert all("CHECK constraint failed" in r.message and "\n" not in r.message for r in refused)
    kept = con.execute("select name from article order by name").fetchall()
    assert kept == [("alashankou",), ("manzhouli",), ("undated",)]
    counts.rejected = len(refused)
    load.finish_run(con, 1, counts, refused)
    audit(con, 1)


def test_counts_add_up_and_are_kept(con: duckdb.DuckDBPyConnection, lexicon: Lexicon) -> None:
    counts = Counts(duplicate=2, rejected=3)
    batch = read(ARTICLES, lexicon)
    load.load(con, batch, 1, "x1", counts)
    bad = Rejection("bad.txt", "is empty")
    load.finish_run(con, 1, counts, [bad, Rejection("worse.txt", "is empty"), bad])
    observations = sum(len(found.observations) for _, found in batch)
    unkeyed = sum(len(found.unkeyed) for _, found in batch)
    kept = con.execute(
        "select offered, loaded, duplicate, rejected, figures, observations, unkeyed from run"
    ).fetchall()
    assert kept == [(10, 5, 2, 3, observations + unkeyed, observations, unkeyed)]
    assert con.execute("select source, times from rejection order by all").fetchall() == [
        ("bad.txt", 2),
        ("worse.txt", 1),
    ]
    assert load.all_recorded(con, [bad])
    assert not load.all_recorded(con, [bad, Rejection("bad.txt", "is binary")])


def test_another_reading_of_an_article_has_rows_of_its_own(
    con: duckdb.DuckDBPyConnection, lexicon: Lexicon
) -> None:
    """What a newer extractor reads must stand beside what an older one read."""
    ((article, found),) = read([ARTICLE], lexicon)
    ids = []
    for extractor in ("x1", "x2"):
        rows = load.Rows()
        load.add_figures(rows, article, found, 1, extractor)
        ids.append({row["figure_id"] for row in rows.figure})
        kept = {row["figure_id"] for row in rows.figure}
        assert {row["relates_to"] for row in rows.observation} - {None} <= kept
    assert len(ids[0]) == len(found.observations) + len(found.unkeyed)
    assert not ids[0] & ids[1]
