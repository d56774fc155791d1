"""Totals beside the parts that fill them, and what of it contradicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bookmaker import Book, clean_book

JUNE = "2025-06-01..2025-06-30"
HALF = "2025-01-01..2025-06-30"
MONTHS = [f"2025-{m:02}-01..2025-{m:02}-{d}" for m, d in enumerate((31, 28, 31, 30, 31, 30), 1)]


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


def trains(
    book: Book, measure: str, value: Any, period: str = JUNE, port: str = "khorgos", **more: Any
) -> str:
    """Add a figure in an article of its own."""
    article = book.article(published_on=more.pop("published_on", "2025-12-08"))
    return book.add(article, port, "trains", measure, value, period, **more)


def identities(book: Book) -> list[str]:
    return [identity for (identity,) in book.rows("contradictions", "identity")]


def test_two_periods_need_not_be_neighbours_in_the_book(book: Book) -> None:
    trains(book, "total", 12605, "2025-01-01..2025-10-31")
    trains(book, "total", 12800, "2025-01-01..2025-11-05")
    trains(book, "total", 1246, "2025-11-01..2025-11-30")
    trains(book, "total", 13851, "2025-01-01..2025-11-30")
    assert book.rows("part_sum", "parted_by, parts_sum, agrees") == [("two periods", 13851, True)]
    assert identities(book) == []
    trains(book, "total", 13817, "2025-01-01..2025-11-30", published_on="2026-01-01")
    row = book.row("contradictions")
    assert (row["identity"], row["stated_value"], row["other_value"], row["gap"]) == (
        "difference",
        1246,
        1212,
        34,
    )


def test_a_quarter_and_the_months_after_it(book: Book) -> None:
    trains(book, "total", 300, "2025-01-01..2025-03-31")
    for month in MONTHS[3:5]:
        trains(book, "total", 100, month, low=99, high=101)
    trains(book, "total", 503, "2025-01-01..2025-05-31")
    row = book.row("part_sum")
    assert (row["parted_by"], row["parts_sum"], row["parts_low"], row["parts_high"]) == (
        "period and months", 500, 498, 502,
    )  # fmt: skip
    assert identities(book) == ["period and months"]


def test_quarters_make_their_year(book: Book) -> None:
    for n, month in enumerate(("03-31", "06-30", "09-30", "12-31")):
        trains(book, "total", 100, f"2025-{3 * n + 1:02}-01..2025-{month}")
    trains(book, "total", 402, "2025-01-01..2025-12-31")
    assert identities(book) == ["quarters"]


def test_places_that_are_counted_jointly(book: Book) -> None:
    book.con.execute("update port set note = 'composite of alashankou + khorgos' where slug = 'cn-xj'")
    trains(book, "total", 444, port="alashankou")
    trains(book, "total", 960, port="cn-xj")
    assert (book.row("part_sum")["agrees"], identities(book)) == (None, [])
    trains(book, "total", 512)
    assert (book.row("part_sum")["parts_sum"], identities(book)) == (956, ["joint count"])


def test_a_month_that_has_more_than_the_year_so_far(book: Book) -> None:
    trains(book, "total", 1246, "2025-03-01..2025-03-31")
    trains(book, "total", 1200, HALF)
    trains(book, "total", 1240, "2025-01-01..2025-07-31")
    assert identities(book) == ["part_above_whole"]


def test_a_total_that_falls_behind_one_that_is_rounded_is_told_once(book: Book) -> None:
    trains(book, "total", 3000, "2025-01-01..2025-03-31")
    trains(book, "total", 3000, "2025-01-01..2025-04-30", low=2700, high=3300)
    trains(book, "total", 2900, "2025-01-01..2025-05-31")
    trains(book, "total", 2950, HALF)
    assert identities(book) == ["falling"]


def test_cities_of_one_district_may_be_one_inside_the_other(book: Book) -> None:
    trains(book, "total", 700, port="xian")
    trains(book, "total", 600, port="chengdu")
    trains(book, "total", 1000, port="cn")
    assert identities(book) == []
