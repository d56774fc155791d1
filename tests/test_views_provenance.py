"""provenance and unkeyed: the words behind a number, by code points, whatever the script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookmaker import Book, clean_book


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


def test_the_sentence_and_the_article(book: Book) -> None:
    article = book.article(
        "Post",
        "2025-04-08",
        "第一句。霍尔果斯通行1482列。第三句。",
        title="标题",
        url="https://example.org/1",
        name="p1",
    )
    of = book.add(
        article, "khorgos", "trains", "total", 1482, words="1482列", sentence="霍尔果斯通行1482列。"
    )
    row = book.row("provenance")
    assert row["observation_id"] == of
    assert (row["figure"], row["sentence"]) == ("1482列", "霍尔果斯通行1482列。")
    assert (row["publisher"], row["published_on"], row["title"], row["url"], row["article"]) == (
        "Post", "2025-04-08", "标题", "https://example.org/1", "p1",
    )  # fmt: skip
    assert (row["port"], row["metric"], row["value"], row["superseded"]) == ("khorgos", "trains", 1482, False)
    assert book.rows("current_observation", "sentence_start, sentence_end") == [(4, 16)]


def test_a_superseded_reading_keeps_its_sentence(book: Book) -> None:
    article = book.article(text="khorgos 1482 trains")
    book.add(article, "khorgos", "trains", "total", 148, words="148", superseded_run=1)
    assert book.rows("provenance", "figure, superseded") == [("148", True)]


# What a reader sees as one character, and what DuckDB's [a:b] counts as one, may be several
# code points: accents apart from their letter, flags, families, Hangul, a line end of two.
PIECES = [
    "e\u0301",
    "\U0001f1e8\U0001f1f3",
    "👨‍👩‍👧",
    "각",
    "\r\n",
    "中",
    "a",
    " ",
    "é",
    "ё",
    "\u200d",
    "\u0e33",
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
)
def test_spans_count_code_points(before: str, after: str) -> None:
    words = "1\u03001 列"
    with clean_book() as book:
        article = book.article(text=f"{before}«{words}»{after}")
        book.add(article, "khorgos", "trains", "total", 11, words=words, sentence=f"«{words}»{after}")
        book.figure(article, words=words, reason="date", sentence=f"{before}«{words}")
        figure, sentence = book.con.execute("select figure, sentence from provenance").fetchall()[0]
        rest = book.con.execute("select sentence from unkeyed").fetchall()[0][0]
    assert (figure, sentence, rest) == (words, f"«{words}»{after}", f"{before}«{words}")


def test_unkeyed_figures_with_their_reasons(book: Book) -> None:
    article = book.article("Post", "2025-04-08", "于2025年1月1日起，有3种。", title="T")
    book.figure(article, words="2025年1月1日", reason="date")
    book.figure(article, words="3种", reason="no_metric", missing="a unit", sentence="有3种。")
    book.figure(article, words="3", reason="no_port", superseded_run=1)
    book.add(article, "khorgos", "trains", "total", 1)
    assert book.rows(
        "unkeyed", "reason, missing, figure, sentence, publisher, published_on, title, span_start"
    ) == [
        ("date", None, "2025年1月1日", "于2025年1月1日起，有3种。", "Post", "2025-04-08", "T", 1),
        ("no_metric", "a unit", "3种", "有3种。", "Post", "2025-04-08", "T", 13),
    ]
