"""What claims say of one another: shares of a whole, ranks beside totals, percent beside units; more sums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bookmaker import Q1, Q1_BEFORE, Book, clean_book

APRIL, MAY, Q2 = "2025-04-01..2025-04-30", "2025-05-01..2025-05-31", "2025-04-01..2025-06-30"
HALF = "2025-01-01..2025-06-30"


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


def told(book: Book, port: str, measure: str, value: Any, period: str = Q1, **more: Any) -> str:
    """Add a figure in an article of its own."""
    article = book.article(more.pop("publisher", "Post"), more.pop("published_on", "2025-12-08"))
    if measure == "rank":
        more.setdefault("unit", "rank")
    return book.add(article, port, more.pop("metric", "trains"), measure, value, period, **more)


def accused(book: Book) -> list[tuple[str, str]]:
    return book.rows("contradictions", "identity, port")


# share_sum


def test_shares_of_places_beside_one_another(book: Book) -> None:
    west = told(book, "alashankou", "share_pct", 45, low=44, high=46, whole="cn")
    east = told(book, "manzhouli", "share_pct", 30, low=29, high=31, whole="cn")
    told(book, "khorgos-road", "share_pct", 90, whole="cn")  # another kind of place
    told(book, "khorgos", "share_pct", 90, whole="cust-urumqi")  # another whole
    row = book.row("share_sum")
    assert (row["whole_port"], row["parted_by"], row["parts"]) == ("cn", "places: rail", 2)
    assert (row["shares_sum"], row["shares_low"], row["shares_high"]) == (75, 73, 77)
    assert (row["is_complete"], row["agrees"], row["share_observation_ids"]) == (False, True, [west, east])
    told(book, "khorgos", "share_pct", 28, low=28, high=29, whole="cn")
    assert book.row("share_sum")["agrees"] is False
    assert accused(book) == [("share_sum", "cn")]


def test_shares_that_could_be_all_are_not_accused(book: Book) -> None:
    told(book, "alashankou", "share_pct", 60, low=55, high=65, whole="cn")
    told(book, "khorgos", "share_pct", 45, low=45, high=46, whole="cn")
    assert (book.row("share_sum")["shares_sum"], book.row("share_sum")["agrees"]) == (105, True)
    assert accused(book) == []


@pytest.mark.parametrize(("inbound", "agrees"), [(40, True), (45, False), (35, False)])
def test_shares_of_both_directions_are_all(inbound: float, agrees: bool, book: Book) -> None:
    told(book, "khorgos", "share_pct", 60, direction="export")
    told(book, "khorgos", "share_pct", inbound, direction="import", whole="khorgos")
    row = book.row("share_sum")
    assert (row["parted_by"], row["is_complete"], row["agrees"]) == ("directions", True, agrees)
    assert accused(book) == ([] if agrees else [("share_sum", "khorgos")])


def test_shares_of_goods_may_overlap(book: Book) -> None:
    for goods in ("machines", "cars"):
        told(book, "khorgos", "share_pct", 70, breakdown=goods, whole="khorgos")
    assert book.rows("share_sum") == []


# rank_check


def test_a_rank_in_a_whole_that_names_who_is_above(book: Book) -> None:
    told(book, "khorgos", "total", 1800)
    told(book, "khorgos", "rank", 1, whole="cn")
    assert book.row("rank_check", "rank, total, rank_at_least, agrees") == {
        "rank": 1, "total": 1800, "rank_at_least": 1, "agrees": True,
    }  # fmt: skip
    above = told(book, "alashankou", "total", 1900, low=1850, high=1950)
    told(book, "xian", "total", 3000)  # a hub is no port
    row = book.row("rank_check")
    assert (row["rank_at_least"], row["agrees"], row["above_observation_ids"]) == (2, False, [above])
    assert accused(book) == [("rank", "khorgos")]


def test_a_rank_without_its_whole_tells_of_no_order(book: Book) -> None:
    told(book, "khorgos", "total", 1800)
    told(book, "khorgos", "rank", 1)
    told(book, "alashankou", "total", 1900)
    assert (book.row("rank_check")["rank_at_least"], book.row("rank_check")["agrees"]) == (None, None)
    assert accused(book) == []
    # Unless the same paper ranks the other behind it.
    rank = told(book, "alashankou", "rank", 2)
    (row,) = book.rows("rank_check where not agrees", "port, behind_observation_ids")
    assert row == ("khorgos", [rank, "o003"])
    assert accused(book) == [("rank", "khorgos")]


def test_totals_that_may_be_equal_leave_the_rank(book: Book) -> None:
    told(book, "khorgos", "total", 1800, low=1700, high=1900)
    told(book, "khorgos", "rank", 1, whole="cn")
    told(book, "alashankou", "total", 1900)
    assert book.row("rank_check")["agrees"] is True


# growth_pair


def test_percent_and_units_of_one_growth(book: Book) -> None:
    level = told(book, "khorgos", "total", 1482)
    percent = told(book, "khorgos", "yoy_pct", 7.39, low=7.38, high=7.40)
    units = told(book, "khorgos", "yoy_abs", 102)
    row = book.row("growth_pair")
    assert row["implied_abs"] == pytest.approx(101.98, abs=0.01)
    assert (row["implied_low"] < 102 < row["implied_high"], row["agrees"], row["level"]) == (True, True, 1482)
    assert (row["pct_observation_id"], row["abs_observation_id"]) == (percent, units)
    assert row["level_observation_id"] == level
    told(book, "khorgos", "yoy_abs", 120, published_on="2025-12-20")
    assert accused(book) == [("growth_pair", "khorgos")]


@pytest.mark.parametrize(("units", "agrees"), [(138, True), (160, False), (-138, False)])
def test_units_of_the_base_where_no_level_is_known(units: int, agrees: bool, book: Book) -> None:
    told(book, "khorgos", "total", 1380, Q1_BEFORE)
    told(book, "khorgos", "yoy_pct", 10, low=9.5, high=10.5)
    told(book, "khorgos", "yoy_abs", units)
    row = book.row("growth_pair")
    assert (row["base"], row["implied_low"], row["implied_high"]) == (1380, 131.1, 144.9)
    assert row["agrees"] is agrees


def test_what_grew_has_not_shrunk(book: Book) -> None:
    told(book, "khorgos", "yoy_pct", -5, low=-6, high=-4)
    told(book, "khorgos", "yoy_abs", 50)
    row = book.row("growth_pair")
    assert (row["implied_low"], row["implied_high"], row["agrees"]) == (None, 0, False)
    assert accused(book) == [("growth_pair", "khorgos")]


# more ways to fill a total, and bounds


def test_several_periods_of_any_length_fill_a_total(book: Book) -> None:
    parts = [
        told(book, "khorgos", "total", 200, "2025-01-01..2025-02-28"),
        told(book, "khorgos", "total", 100, "2025-03-01..2025-03-31"),
        told(book, "khorgos", "total", 300, Q2, low=290, high=310),
    ]
    told(book, "khorgos", "total", 612, HALF)
    row = book.row("part_sum")
    assert (row["parted_by"], row["parts_sum"], row["parts_low"], row["parts_high"]) == (
        "several periods", 600, 590, 610,
    )  # fmt: skip
    assert (row["agrees"], row["part_observation_ids"]) == (False, parts)
    assert accused(book) == [("several periods", "khorgos")]


def test_totals_since_the_launch_and_the_days_between(book: Book) -> None:
    told(book, "khorgos", "total", 40000, "..2024-12-31")
    told(book, "khorgos", "total", 4600, HALF)
    told(book, "khorgos", "total", 44600, "..2025-06-30")
    assert book.rows("part_sum", "parted_by, parts_sum, agrees") == [("since launch", 44600, True)]
    told(book, "khorgos", "total", 45100, "..2025-06-30", published_on="2025-12-20")
    assert accused(book) == [("since launch", "khorgos")]
    # Two papers may count from two beginnings.
    told(book, "khorgos", "total", 45100, "..2025-06-30", publisher="Herald", published_on="2025-12-21")
    assert book.rows("part_sum") == []


def test_all_corridors_make_the_country(book: Book) -> None:
    for side in ("west", "east"):
        book.con.execute(
            "insert into port (slug, name_en, kind, parent) values (?, ?, 'region', 'cn')",
            [f"corridor-{side}", side],
        )
    for port, value in (("corridor-west", 400), ("corridor-east", 300), ("cn", 710)):
        told(book, port, "total", value, service="china_europe")
        told(book, port, "total", value, service="other")
    assert book.rows("balance", "service, parted_by, is_complete, agrees") == [
        ("china_europe", "corridors", True, False),
        ("other", "corridors", False, None),
    ]


def test_growth_on_the_month_before(book: Book) -> None:
    told(book, "khorgos", "total", 500, APRIL)
    told(book, "khorgos", "total", 550, MAY)
    told(book, "khorgos", "mom_pct", 10, MAY, low=9.9, high=10.1)
    assert accused(book) == []
    told(book, "khorgos", "mom_pct", 12, MAY, low=11.9, high=12.1, published_on="2025-12-20")
    row = book.row("bound_broken")
    assert (row["identity"], row["stated_value"], row["other_value"]) == ("growth_on_month", 12, 10)


def test_growth_of_a_mean_on_the_month_is_not_that_of_the_total(book: Book) -> None:
    told(book, "khorgos", "total", 500, APRIL)
    told(book, "khorgos", "total", 550, MAY)
    article = book.article()
    mean = book.add(article, "khorgos", "trains", "daily_mean", 18, MAY)
    book.add(article, "khorgos", "trains", "mom_pct", 6.5, MAY, relates_to=mean)
    assert accused(book) == []


def test_no_day_is_above_the_peak_of_the_days_around_it(book: Book) -> None:
    told(book, "khorgos", "daily_max", 40, Q2)
    told(book, "khorgos", "daily_max", 40, MAY)
    told(book, "khorgos", "total", 40, "2025-05-11..2025-05-11")
    assert accused(book) == []
    told(book, "khorgos", "total", 44, "2025-05-12..2025-05-12")
    assert accused(book) == [("peak_of_part", "khorgos"), ("peak_of_part", "khorgos")]


def test_days_inside_others_have_no_more(book: Book) -> None:
    told(book, "khorgos", "total", 500, APRIL)
    told(book, "khorgos", "total", 510, "2025-04-02..2025-04-29")
    told(book, "khorgos", "total", 9000, "2022-01-01..2024-12-31")
    told(book, "khorgos", "total", 9001, "2024-01-01..2024-12-31")
    assert accused(book) == [("part_above_whole", "khorgos"), ("part_above_whole", "khorgos")]


def test_points_of_a_share_in_another_article(book: Book) -> None:
    told(book, "khorgos", "share_pct", 30, Q1_BEFORE, low=29.9, high=30.1, whole="cn")
    told(book, "khorgos", "share_pct", 32, low=31.9, high=32.1, whole="cn")
    told(book, "khorgos", "yoy_abs", 2, unit="pp", low=1.9, high=2.1, whole="cn")
    row = book.row("yoy_growth")
    assert (row["level"], row["base"], row["computed_growth"], row["agrees"]) == (32, 30, 2, True)
