"""current_observation and latest: which statement stands for a key that several articles state."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bookmaker import Q1, Q1_BEFORE, Book, clean_book


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


COLUMNS = "value, publisher, statements, publishers, lowest, highest"


def test_the_base_view_has_date_publisher_and_days(book: Book) -> None:
    article = book.article(publisher="Post", published_on="2025-04-08")
    book.add(article, "khorgos", "trains", "total", 1482, low=None, high=1500)
    book.add(article, "khorgos", "trains", "total", 90000, "..2025-03-31")
    book.add(article, "khorgos", "trains", "total", 7, None)
    book.add(article, "khorgos", "trains", "total", 148, superseded_run=1)
    found = book.rows("current_observation", "value, low, high, period_start, days, published_on, publisher")
    assert found == [
        (7, 7, 7, None, None, "2025-04-08", "Post"),
        (1482, None, 1500, "2025-01-01", 90, "2025-04-08", "Post"),
        (90000, 90000, 90000, None, None, "2025-04-08", "Post"),
    ]


def test_the_later_publication_stands(book: Book) -> None:
    for day, value in (("2025-04-08", 1482), ("2025-05-01", 1490), ("2025-04-30", 1485)):
        book.add(book.article(publisher=day, published_on=day), "khorgos", "trains", "total", value)
    assert book.rows("latest", COLUMNS) == [(1490, "2025-05-01", 3, 3, 1482, 1490)]


def test_an_undated_article_yields_to_a_dated_one(book: Book) -> None:
    book.add(book.article(publisher="Post", published_on=None), "khorgos", "trains", "total", 1)
    book.add(book.article(publisher="Herald", published_on="2001-01-01"), "khorgos", "trains", "total", 2)
    assert book.rows("latest", "value") == [(2,)]


def test_of_one_day_the_narrower_interval_stands(book: Book) -> None:
    for publisher, value, low, high in (
        ("A", 1500, 1350, 1650),
        ("B", 1482, 1482, 1482),
        ("C", 1400, 1400, None),
        ("D", 1480, 1470, 1490),
    ):
        book.add(book.article(publisher), "khorgos", "trains", "total", value, low=low, high=high)
    assert book.rows("latest", COLUMNS) == [(1482, "B", 4, 4, 1400, 1500)]


def test_of_equal_width_the_value_that_more_publishers_state_stands(book: Book) -> None:
    for publisher, value in (("A", 10), ("B", 20), ("C", 20), ("A", 10), ("A", 10)):
        article = book.article(publisher, text=f"{publisher}{value}{book._figures}")
        book.add(article, "khorgos", "trains", "total", value)
    assert book.rows("latest", "value, statements, publishers") == [(20, 5, 3)]


def test_of_equal_publishers_the_smaller_id_stands(book: Book) -> None:
    first = book.add(book.article("A"), "khorgos", "trains", "total", 10)
    book.add(book.article("B"), "khorgos", "trains", "total", 20)
    assert book.rows("latest", "observation_id") == [(first,)]


def test_every_part_of_the_key_parts(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "trains", "total", 1)
    for part in (
        {"partner": "kz"},
        {"direction": "both"},
        {"mode": "rail"},
        {"service": "other"},
        {"breakdown": "cars"},
        {"nature": "plan"},
        {"scope": "company"},
        {"unit": "wagon"},
    ):
        book.add(article, "khorgos", "trains", "total", 1, **part)
    book.add(article, "khorgos", "trains", "daily_mean", 1)
    book.add(article, "khorgos", "teu", "total", 1)
    book.add(article, "alashankou", "trains", "total", 1)
    for period in (Q1_BEFORE, "..2025-03-31", "2025-01-01..", None):
        book.add(article, "khorgos", "trains", "total", 1, period)
    for whole in (None, "cn", "cn-xj"):
        book.add(article, "khorgos", "trains", "share_pct", 1, whole=whole)
    assert len(book.rows("latest")) == len(book.rows("current_observation")) == 19
    assert {row[0] for row in book.rows("latest", "statements")} == {1}


def test_reporter_and_confidence_are_no_part_of_the_key(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "trains", "total", 1, reporter="customs")
    book.add(article, "khorgos", "trains", "total", 1, reporter="railway", confidence=0.5)
    assert book.rows("latest", "value, statements, publishers") == [(1, 2, 1)]


def test_a_superseded_reading_stands_for_nothing(book: Book) -> None:
    late = book.article("A", "2025-06-01")
    book.add(late, "khorgos", "trains", "total", 14820, Q1, superseded_run=1)
    book.add(book.article("B", "2025-04-08"), "khorgos", "trains", "total", 1482, Q1)
    assert book.rows("latest", COLUMNS) == [(1482, "B", 1, 1, 1482, 1482)]
