"""daily_train_counts, parcel_totals and coverage on given rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bookmaker import Q1, Book, clean_book

MONTH = "2025-03-01..2025-03-31"


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


def test_mean_and_peak_of_one_period_are_one_row(book: Book) -> None:
    article = book.article()
    mean = book.add(article, "khorgos", "trains", "daily_mean", 14, MONTH, low=13, high=None, mode="rail")
    peak = book.add(article, "khorgos", "trains", "daily_max", 17, MONTH, mode="rail")
    book.add(article, "khorgos", "trains", "total", 434, MONTH, mode="rail")
    book.add(article, "khorgos", "parcels", "daily_mean", 9000, MONTH, mode="rail")
    row = book.row("daily_train_counts")
    assert (row["port"], row["period_start"], row["period_end"], row["days"]) == (
        "khorgos", "2025-03-01", "2025-03-31", 31,
    )  # fmt: skip
    assert (row["mean"], row["mean_low"], row["mean_high"]) == (14, 13, None)
    assert (row["peak"], row["peak_low"], row["peak_high"]) == (17, 17, 17)
    assert (row["capacity"], row["nature"], row["mode"], row["values_differ"]) == (
        None,
        "actual",
        "rail",
        False,
    )
    assert (row["mean_observation_id"], row["peak_observation_id"]) == (mean, peak)
    assert row["capacity_observation_id"] is None


def test_other_periods_and_other_trains_are_other_rows(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "trains", "daily_mean", 14, MONTH)
    book.add(article, "khorgos", "trains", "daily_max", 17, Q1)
    book.add(article, "khorgos", "trains", "daily_max", 16, MONTH, service="china_europe")
    book.add(article, "alashankou", "trains", "daily_max", 15, MONTH)
    book.add(article, "khorgos", "trains", "daily_mean", 12, "..2025-03-31")
    assert book.rows("daily_train_counts", "port, period_start, days, service, mean, peak") == [
        ("alashankou", "2025-03-01", 31, None, None, 15),
        ("khorgos", "2025-01-01", 90, None, None, 17),
        ("khorgos", "2025-03-01", 31, "china_europe", None, 16),
        ("khorgos", "2025-03-01", 31, None, 14, None),
        ("khorgos", None, None, None, 12, None),
    ]


@pytest.mark.parametrize(("period", "rows"), [("..", 2), ("2025-01-01..", 2), ("..2025-03-31", 1)])
def test_a_period_that_two_articles_leave_open_is_not_the_same(book: Book, period: str, rows: int) -> None:
    first, second = book.article(), book.article("Herald")
    book.add(first, "khorgos", "trains", "daily_mean", 3, period)
    book.add(second, "khorgos", "trains", "daily_max", 20, period)
    book.add(first, "khorgos", "parcels", "total", 100, period)
    book.add(second, "khorgos", "parcel_value", "total", 5000, period, unit="CNY")
    assert len(book.rows("daily_train_counts")) == rows
    assert len(book.rows("parcel_totals")) == rows


def test_a_period_that_one_article_leaves_open_is_one(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "trains", "daily_mean", 3, None)
    book.add(article, "khorgos", "trains", "daily_max", 5, None)
    book.add(article, "khorgos", "parcels", "total", 100, None)
    book.add(article, "khorgos", "parcel_value", "total", 5000, None, unit="CNY")
    assert book.rows("daily_train_counts", "mean, peak") == [(3, 5)]
    assert book.rows("parcel_totals", "parcels, amount, value_per_parcel") == [(100, 5000, 50)]


def test_capacity_and_plan_stand_apart(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "trains", "daily_mean", 14, MONTH)
    cap = book.add(article, "khorgos", "trains", "daily_max", 24, MONTH, nature="capacity", low=24, high=None)
    book.add(article, "khorgos", "trains", "daily_mean", 20, MONTH, nature="capacity")
    book.add(article, "khorgos", "trains", "daily_mean", 18, MONTH, nature="plan")
    columns = "nature, mean, peak, capacity, capacity_low, capacity_high, capacity_observation_id"
    assert book.rows("daily_train_counts", columns) == [
        ("actual", 14, None, None, None, None, None),
        ("capacity", None, None, 24, 24, None, cap),
        ("plan", 18, None, None, None, None, None),
    ]


def test_two_publishers_are_one_row_that_says_so(book: Book) -> None:
    book.add(book.article("Post", "2025-04-08"), "khorgos", "trains", "daily_mean", 14, MONTH)
    book.add(book.article("Herald", "2025-04-09"), "khorgos", "trains", "daily_mean", 15, MONTH)
    assert book.rows("daily_train_counts", "mean, values_differ") == [(15, True)]


def test_no_train_is_a_count_too(book: Book) -> None:
    book.add(book.article(), "khorgos", "trains", "daily_mean", 0, MONTH)
    assert book.rows("daily_train_counts", "mean, mean_low, mean_high, peak") == [(0, 0, 0, None)]


def test_parcels_and_their_value(book: Book) -> None:
    article = book.article()
    count = book.add(article, "khorgos", "parcels", "total", 900, low=890, high=910, direction="export")
    value = book.add(
        article, "khorgos", "parcel_value", "total", 9000, low=8900, high=None, unit="CNY", direction="export"
    )
    mean = book.add(article, "khorgos", "parcels", "daily_mean", 10, direction="export")
    row = book.row("parcel_totals")
    assert (row["parcels"], row["amount"], row["currency"], row["days"]) == (900, 9000, "CNY", 90)
    assert (row["per_day"], row["per_day_low"]) == (10, pytest.approx(890 / 90, abs=1e-6))
    assert row["per_day_high"] == pytest.approx(910 / 90, abs=1e-6)
    assert row["value_per_parcel"] == 10
    assert row["value_per_parcel_low"] == pytest.approx(8900 / 910, abs=1e-6)
    assert row["value_per_parcel_high"] is None
    assert (row["stated_per_day"], row["values_differ"]) == (10, False)
    ids = ("parcels_observation_id", "amount_observation_id", "per_day_observation_id")
    assert tuple(row[name] for name in ids) == (count, value, mean)


def test_an_open_count_bounds_the_value_of_a_parcel_on_one_side(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "parcels", "total", 100, low=100, high=None)
    book.add(article, "khorgos", "parcel_value", "total", 5000, unit="USD")
    columns = "value_per_parcel, value_per_parcel_low, value_per_parcel_high, per_day_high"
    assert book.rows("parcel_totals", columns) == [(50, None, 50, None)]


def test_parcels_without_value_and_value_without_parcels(book: Book) -> None:
    article = book.article()
    book.add(article, "alashankou", "parcels", "total", 100, "..2025-03-31")
    book.add(article, "khorgos", "parcel_value", "total", 5000, unit="CNY", direction="export")
    book.add(article, "khorgos", "parcels", "total", 70, direction="import")
    columns = "port, direction, parcels, amount, currency, per_day, value_per_parcel"
    assert book.rows("parcel_totals", columns) == [
        ("alashankou", None, 100, None, None, None, None),
        ("khorgos", "export", None, 5000, "CNY", None, None),
        ("khorgos", "import", 70, None, None, 0.777778, None),
    ]


def test_a_since_launch_count_meets_its_value(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "parcels", "total", 100, "..2025-03-31")
    book.add(article, "khorgos", "parcel_value", "total", 5000, "..2025-03-31", unit="CNY")
    assert book.rows("parcel_totals", "parcels, amount, value_per_parcel, per_day") == [(100, 5000, 50, None)]


def test_two_currencies_are_two_rows(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "parcels", "total", 100)
    book.add(article, "khorgos", "parcel_value", "total", 7000, unit="CNY")
    book.add(article, "khorgos", "parcel_value", "total", 1000, unit="USD")
    assert book.rows("parcel_totals", "parcels, currency, value_per_parcel") == [
        (100, "CNY", 70),
        (100, "USD", 10),
    ]


def test_no_parcels_have_no_value_each(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "parcels", "total", 0)
    book.add(article, "khorgos", "parcel_value", "total", 0, unit="CNY")
    columns = "parcels, per_day, value_per_parcel, value_per_parcel_low, value_per_parcel_high"
    assert book.rows("parcel_totals", columns) == [(0, 0, None, None, None)]


def test_publishers_that_differ_on_parcels_are_one_row_that_says_so(book: Book) -> None:
    book.add(book.article("Post", "2025-04-08"), "khorgos", "parcels", "total", 100)
    book.add(book.article("Herald", "2025-04-09"), "khorgos", "parcels", "total", 101)
    assert book.rows("parcel_totals", "parcels, values_differ") == [(101, True)]


def test_coverage_counts_a_figure_in_each_month_of_its_period(book: Book) -> None:
    one = book.article("Post", "2025-04-08")
    two = book.article("Herald", "2025-05-01")
    quarter = book.add(one, "khorgos", "trains", "total", 1482, Q1)
    month = book.add(two, "khorgos", "trains", "total", 500, MONTH)
    day = book.add(two, "khorgos", "trains", "daily_max", 20, "2025-03-09..2025-03-09")
    book.add(one, "khorgos", "trains", "total", 9, None)
    columns = "port, metric, period_start, period_end, observations, within, measures, articles, publishers"
    assert book.rows("coverage", f"{columns}, last_published_on, observation_ids") == [
        ("khorgos", "trains", "2025-01-01", "2025-01-31", 1, 0, 1, 1, 1, "2025-04-08", [quarter]),
        ("khorgos", "trains", "2025-02-01", "2025-02-28", 1, 0, 1, 1, 1, "2025-04-08", [quarter]),
        ("khorgos", "trains", "2025-03-01", "2025-03-31", 3, 2, 2, 2, 2, "2025-05-01", [quarter, month, day]),
    ]


def test_coverage_of_an_open_start_is_the_month_of_the_end(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "trains", "total", 90000, "..2025-03-15")
    book.add(article, "xian", "trains", "total", 5, "2024-12-20..2025-01-02")
    assert book.rows("coverage", "port, period_start, period_end, observations, within") == [
        ("khorgos", "2025-03-01", "2025-03-31", 1, 0),
        ("xian", "2024-12-01", "2024-12-31", 1, 0),
        ("xian", "2025-01-01", "2025-01-31", 1, 0),
    ]


def test_coverage_tells_gaps_from_the_start_of_the_series_and_what_is_overdue(book: Book) -> None:
    for month, last in ((1, 31), (2, 28), (4, 30), (5, 31)):
        article = book.article("Post", f"2025-{month + 1:02}-08")
        book.add(article, "khorgos", "trains", "total", 500, f"2025-{month:02}-01..2025-{month:02}-{last}")
    later = book.article("Herald", "2025-08-05")
    book.add(later, "xian", "trains", "total", 700, "2025-07-01..2025-07-31")
    book.add(later, "khorgos", "trains", "total", 9000, "2026-01-01..2026-01-31", nature="plan")
    columns = "period_start, observations, publishers, is_gap, gap_months, overdue_since, months_since_start"
    assert book.rows("coverage where port = 'khorgos'", columns) == [
        ("2025-01-01", 1, 1, False, 0, None, 0),
        ("2025-02-01", 1, 1, False, 0, None, 1),
        ("2025-03-01", 0, 0, True, 1, "2025-04-09", 2),
        ("2025-04-01", 1, 1, False, 0, None, 3),
        ("2025-05-01", 1, 1, False, 0, None, 4),
        ("2025-06-01", 0, 0, True, 1, "2025-07-09", 5),
        ("2025-07-01", 0, 0, True, 2, None, 6),  # due on 9 August, and the book ends on the 5th
        ("2025-08-01", 0, 0, True, 3, None, 7),
        ("2026-01-01", 1, 1, False, 0, None, None),
    ]
    # One figure is no rhythm: nothing can be late.
    assert book.rows("coverage where port = 'xian'", "every_months, overdue_since, is_gap") == [
        (None, None, False)
    ]


def test_coverage_of_a_yearly_figure_is_due_by_the_year(book: Book) -> None:
    for year in (2021, 2022, 2023):
        article = book.article("Post", f"{year + 1}-01-20")
        book.add(article, "khorgos", "trains", "total", 500, f"{year}-01-01..{year}-12-31")
    book.add(book.article("Herald", "2025-03-01"), "xian", "trains", "level", 3, "2025-03-01..2025-03-01")
    assert book.rows(
        "coverage where port = 'khorgos' and overdue_since is not null",
        "period_start, every_months, usual_delay_days, overdue_since",
    ) == [("2024-12-01", 12, 20, "2025-01-21")]
