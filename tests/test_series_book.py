"""Monthly series in a book: filled by the job, brought up to date, asked from the command line."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from bookmaker import Q1, Q1_BEFORE, Book, clean_book
from jobmaker import ask, job
from tallybook.cli import main
from tallybook.config import Config
from tallybook.corrections import correct, reject
from tallybook.records import Article
from tallybook.store.months import forget, refresh_months


def paper(name: str, text: str, day: date, publisher: str = "边境日报") -> Article:
    return Article(name, text, published_on=day, publisher=publisher)


Q1_PAPER = paper("q1", "2025年一季度，霍尔果斯铁路口岸通行中欧班列1482列，同比增长7.39%。", date(2025, 4, 8))
FEB_PAPER = paper("feb", "2025年1至2月，霍尔果斯铁路口岸通行中欧班列950列。", date(2025, 3, 3))
MAR_PAPER = paper("mar", "2025年3月，霍尔果斯铁路口岸通行中欧班列548列。", date(2025, 4, 2), "晚报")
OTHER = paper("other", "2025年3月，满洲里铁路口岸通行中欧班列410列。", date(2025, 4, 3))
MONTHS = (
    "select port, strftime(period_start, '%Y-%m'), low, high, is_exact from monthly_series order by port, 2"
)


def test_the_job_fills_the_series_and_keeps_them_with_what_the_book_says(tmp_path: Path) -> None:
    database = tmp_path / "book.duckdb"
    job(tmp_path, [Q1_PAPER, OTHER], exports=True)
    assert ask(database, MONTHS)[-3:] == [
        ("khorgos", "2025-02", 0, 1482, False),
        ("khorgos", "2025-03", 0, 1482, False),
        ("manzhouli", "2025-03", 410, 410, True),
    ]
    job(tmp_path, [FEB_PAPER], exports=True)
    assert ask(database, MONTHS)[-3:] == [
        ("khorgos", "2025-02", 0, 950, False),
        ("khorgos", "2025-03", 532, 532, True),
        ("manzhouli", "2025-03", 410, 410, True),
    ]
    exported = pq.read_table(tmp_path / "exports" / "view" / "monthly_series.parquet")
    assert exported.num_rows == len(ask(database, MONTHS))
    sentences = ask(
        database,
        """select p.sentence from (select unnest(observation_ids) as observation_id from monthly_series
           where period_start = '2025-03-01' and port = 'khorgos') join provenance as p using (observation_id)
           order by p.published_on""",
    )
    assert [sentence for (sentence,) in sentences] == [FEB_PAPER.text, Q1_PAPER.text]


def test_the_order_of_the_articles_does_not_matter(tmp_path: Path) -> None:
    for name, batches in (
        ("one", [[Q1_PAPER, FEB_PAPER, MAR_PAPER]]),
        ("two", [[MAR_PAPER], [FEB_PAPER, Q1_PAPER]]),
    ):
        (tmp_path / name).mkdir()
        for batch in batches:
            job(tmp_path / name, batch)
    for view in ("monthly_series", "series_slips", "series_index", "series_fact"):
        sql = f"select * from {view} order by all"
        assert ask(tmp_path / "one" / "book.duckdb", sql) == ask(tmp_path / "two" / "book.duckdb", sql)


def test_what_cannot_be_true_is_left_out_until_people_correct_it(tmp_path: Path) -> None:
    database = tmp_path / "book.duckdb"
    config = Config(sources=("-",), database=database, exports=None, ports=(), jobs=1)
    job(tmp_path, [Q1_PAPER, FEB_PAPER, MAR_PAPER])
    slips = "select value, gap, observation_ids[1], len(against_observation_ids) from series_slips"
    ((value, gap, observation, against),) = ask(database, slips)
    assert (value, gap, against) == (950, 16, 2)  # the oldest word of three that are alike
    correct(config, observation, {"value": "934"}, "me", "a slip of the pen")
    assert ask(database, slips) == []
    assert ("khorgos", "2025-03", 548, 548, True) in ask(database, MONTHS)
    reject(config, observation, "me", "counts another line")
    assert ask(database, "select claims from series_index") == [(3,)]


def test_only_series_whose_claims_changed_are_solved_anew() -> None:
    with clean_book() as book:
        article = book.article()
        book.add(article, "khorgos", "trains", "total", 1482)
        book.add(article, "khorgos", "parcels", "total", 900)
        book.add(article, "khorgos", "trains", "total", 9000, "2025-01-01..2025-12-31", nature="plan")
        assert refresh_months(book.con) == 3
        assert refresh_months(book.con) == 0
        more = book.add(article, "khorgos", "trains", "total", 500, "2025-01-01..2025-01-31")
        forget(book.con)  # rows came without a run
        assert refresh_months(book.con) == 1
        book.con.execute("delete from observation where observation_id = ? or metric = 'parcels'", [more])
        forget(book.con)
        assert refresh_months(book.con) == 1
        assert book.rows("series_index", "metric, nature, months, exact_months, claims") == [
            ("trains", "actual", 3, 0, 1),
            ("trains", "plan", 12, 0, 1),
        ]


@pytest.mark.parametrize(
    ("more", "low", "high"),
    [
        # A mean is cut off at its last digit; one of a single day is a rate, and no count of that day.
        (("daily_mean", 16, Q1, {}), 15 * 90, 17 * 90),
        (("daily_mean", 16, "2025-03-31..2025-03-31", {}), None, None),
        (("monthly_mean", 500, Q1, {}), 1497, 1503),
        (("weekly_mean", 140, "2025-01-01..2025-01-14", {}), None, None),
        (("total", 1482, Q1, {"scope": "shipment"}), None, None),
        (("total", 1482, Q1, {"direction": "export"}), None, None),
    ],
)
def test_what_bounds_a_quarter(
    more: tuple[str, int, str, dict[str, str]], low: int | None, high: int | None
) -> None:
    measure, value, period, key = more
    with clean_book() as book:
        article = book.article()
        book.add(article, "khorgos", "trains", "total", 400, "2025-01-01..2025-01-31")
        book.add(article, "khorgos", "trains", "total", 300, "2025-02-01..2025-02-28")
        book.add(article, "khorgos", "trains", measure, value, period, **key)
        refresh_months(book.con)
        found = book.rows(
            "monthly_series where period_start = '2025-03-01' and direction is null", "low, high"
        )
        assert found == ([] if low is None or high is None else [(low - 700, high - 700)])


def test_growth_shares_and_milestones_reach_other_years_and_places() -> None:
    with clean_book() as book:
        article = book.article()
        level = book.add(article, "khorgos", "trains", "total", 1500)
        book.add(article, "khorgos", "trains", "yoy_pct", 25, low=24, high=26, relates_to=level)
        book.add(article, "cn", "trains", "total", 6000)
        book.add(article, "alashankou", "trains", "share_pct", 20, low=19, high=21, whole="cn")
        book.add(article, "alashankou", "trains", "total", 1150)
        until = "2025-01-01..2025-08-08"
        count = book.add(article, "manzhouli", "trains", "total", 3000, until)
        book.add(article, "manzhouli", "trains", "lead_days", 46, until, unit="day", relates_to=count)
        facts = book.rows(
            "series_fact where measure in ('yoy_pct', 'share_pct', 'lead_days')",
            "port, measure, of_measure, period_start, period_end, base_start, low, high",
        )
        assert facts == [
            ("alashankou", "share_pct", "part", "2025-01-01", "2025-03-31", None, 1139.999999, 1260.000001),
            ("cn", "share_pct", "whole", "2025-01-01", "2025-03-31", None, 5476.190471, 6052.631585),
            ("khorgos", "yoy_pct", "total", "2025-01-01", "2025-03-31", "2024-01-01", 24, 26),
            ("manzhouli", "lead_days", None, "2024-01-01", "2024-09-23", None, 3000, None),
        ]
        refresh_months(book.con)
        start, _, _ = Q1_BEFORE.partition("..")
        assert book.rows(f"monthly_series where port = 'khorgos' and period_start = '{start}'", "high") == [
            (1209,)
        ]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("series") / "book.duckdb"
    book = Book(path)
    old, new = book.article("Post", "2025-04-08"), book.article("Herald", "2025-05-01")
    book.add(old, "khorgos", "trains", "total", 1482, service="china_europe")
    book.add(new, "khorgos", "trains", "total", 1500, service="china_europe")
    book.add(new, "khorgos", "trains", "total", 500, "2025-02-01..2025-02-28")
    refresh_months(book.con)
    book.close()
    return path


def series(database: Path, *args: str) -> Result:
    return CliRunner().invoke(main, ["series", *args, "--database", str(database)], prog_name="tallybook")


def records(done: Result) -> list[dict[str, str]]:
    assert done.exit_code == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_the_list_tells_the_series_apart(database: Path) -> None:
    rows = records(series(database, "--port", "Khorgos", "--format", "csv"))
    assert sorted((row["service"], row["claims"], row["left_out"]) for row in rows) == [
        ("", "1", "0"),
        ("china_europe", "2", "1"),
    ]


def test_the_months_of_one_series_and_what_was_left_out(database: Path) -> None:
    done = series(database, "--monthly", "--port", "khorgos", "--service", "china_europe", "--format", "csv")
    assert [(row["period_start"], row["low"], row["high"]) for row in records(done)] == [
        ("2025-01-01", "0", "1500"),
        ("2025-02-01", "0", "1500"),
        ("2025-03-01", "0", "1500"),
    ]
    assert done.stderr == (
        "tallybook: left out of khorgos trains (service china_europe): total 1482 train of "
        "2025-01-01..2025-03-31 (o001), 18 off what the others leave for it, 1500 to 1500; against o002\n"
    )
    none = series(database, "--monthly", "--service", "none", "--format", "csv")
    assert [(row["period_start"], row["is_exact"]) for row in records(none)] == [("2025-02-01", "true")]
    both = series(database, "--monthly", "--format", "csv")
    assert "2 series: khorgos trains (service china_europe); khorgos trains\n" in both.stderr or (
        "2 series: khorgos trains; khorgos trains (service china_europe)\n" in both.stderr
    )


def test_the_months_of_a_day(database: Path) -> None:
    done = series(
        database, "--monthly", "--service", "china_europe", "--as-of", "2025-04-30", "--format", "csv"
    )
    assert [row["high"] for row in records(done)] == ["1482"] * 3
    assert done.stderr == ""


def test_a_series_that_is_not_there_names_those_that_are(database: Path) -> None:
    done = series(database, "--monthly", "--port", "khorgos", "--direction", "export")
    assert done.exit_code == 2
    assert done.stderr.startswith("tallybook: there is no such monthly series; there are khorgos trains")
    done = series(database, "--monthly", "--port", "alashankou")
    assert done.stderr == "tallybook: there is no such monthly series: `tallybook series` lists them\n"
