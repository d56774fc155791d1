"""yoy_growth and level_link: which level grew, the base that follows, the growth that stored levels give."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bookmaker import Q1_BEFORE, Book, clean_book


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


def grown(book: Book, level: float, growth: float, **about: object) -> dict[str, object]:
    """One article with a level and the growth that belongs to it; the row of the view."""
    article = book.article()
    of = book.add(article, "khorgos", "trains", "total", level)
    book.add(article, "khorgos", "trains", "yoy_pct", growth, relates_to=of, **about)
    return book.row("yoy_growth")


def test_the_base_that_a_growth_implies(book: Book) -> None:
    row = grown(book, 1482, 7.39, low=7.38, high=7.40)
    assert row["level"] == 1482
    assert row["link"] == "words"
    assert (row["base_period_start"], row["base_period_end"]) == ("2024-01-01", "2024-03-31")
    assert row["implied_base"] == pytest.approx(1380.016, abs=1e-3)
    assert row["implied_base_low"] == pytest.approx(1482 / 1.0740)
    assert row["implied_base_high"] == pytest.approx(1482 / 1.0738)
    assert (row["base"], row["computed_growth"], row["agrees"]) == (None, None, None)


def test_a_fall_implies_a_larger_base(book: Book) -> None:
    row = grown(book, 300, -25, low=-26, high=-24)
    assert row["implied_base"] == 400
    assert row["implied_base_low"] == pytest.approx(300 / 0.76)
    assert row["implied_base_high"] == pytest.approx(300 / 0.74)


def test_no_growth_and_no_level(book: Book) -> None:
    assert grown(book, 1000, 0)["implied_base"] == 1000
    article = book.article(publisher="Lone")
    book.add(article, "manzhouli", "trains", "yoy_pct", 5)
    found = book.rows(
        "yoy_growth where port = 'manzhouli'", "growth, level, link, implied_base, base_period_end"
    )
    assert found == [(5, None, None, None, None)]


def test_a_fall_to_nothing_divides_by_nothing(book: Book) -> None:
    row = grown(book, 0, -100)
    assert (row["implied_base"], row["implied_base_low"], row["implied_base_high"]) == (None, None, None)


@pytest.mark.parametrize(
    ("low", "high", "bounds"),
    [(10, None, (None, 1000)), (None, 10, (1000, None)), (None, None, (None, None))],
)
def test_an_open_end_of_the_growth_is_the_other_open_end_of_the_base(
    book: Book, low: int | None, high: int | None, bounds: tuple[float | None, float | None]
) -> None:
    row = grown(book, 1100, 10, low=low, high=high)
    assert row["implied_base_low"] == (None if bounds[0] is None else pytest.approx(bounds[0]))
    assert row["implied_base_high"] == (None if bounds[1] is None else pytest.approx(bounds[1]))


def test_growth_from_the_level_of_the_year_before(book: Book) -> None:
    before = book.article(published_on="2024-04-05")
    book.add(before, "khorgos", "trains", "total", 1000, Q1_BEFORE, low=990, high=1010)
    row = grown(book, 1200, 20, low=19, high=21)
    assert (row["base"], row["base_low"], row["base_high"]) == (1000, 990, 1010)
    assert row["computed_growth"] == pytest.approx(20)
    assert row["computed_low"] == pytest.approx(100 * (1200 / 1010 - 1))
    assert row["computed_high"] == pytest.approx(100 * (1200 / 990 - 1))
    assert row["agrees"] is True


@pytest.mark.parametrize(
    ("stated", "agrees"), [(12, False), (26.04, False), (26.05, True), (26.24, True), (26.25, False)]
)
def test_a_growth_that_stored_levels_contradict(book: Book, stated: float, agrees: bool) -> None:
    # 12,210 after 9,679 is +26.149; a growth may be one tenth off.
    before = book.article(published_on="2024-04-05")
    book.add(before, "khorgos", "trains", "total", 9679, Q1_BEFORE)
    row = grown(book, 12210, stated, low=round(stated - 0.1, 2), high=round(stated + 0.1, 2))
    assert row["agrees"] is agrees


def test_bounds_that_touch_agree(book: Book) -> None:
    before = book.article(published_on="2024-04-05")
    book.add(before, "khorgos", "trains", "total", 3, Q1_BEFORE)
    # 100 * (3.3 / 3 - 1) is 10.000000000000009 in double.
    assert grown(book, 3.3, 9, low=8, high=10)["agrees"] is True


def test_an_open_level_contradicts_nothing(book: Book) -> None:
    before = book.article(published_on="2024-04-05")
    book.add(before, "khorgos", "trains", "total", 1000, Q1_BEFORE, low=None, high=None)
    row = grown(book, 1200, 90)
    assert (row["computed_low"], row["computed_high"], row["agrees"]) == (None, None, True)


def test_a_base_of_nothing_gives_no_growth(book: Book) -> None:
    before = book.article(published_on="2024-04-05")
    book.add(before, "khorgos", "trains", "total", 0, Q1_BEFORE)
    row = grown(book, 1200, 90)
    assert (row["base"], row["computed_growth"], row["computed_low"]) == (0, None, None)


def test_the_base_must_be_of_the_same_series(book: Book) -> None:
    before = book.article(published_on="2024-04-05")
    for other in (
        {"direction": "export"},
        {"mode": "rail"},
        {"service": "china_europe"},
        {"breakdown": "cars"},
        {"partner": "kz"},
        {"nature": "plan"},
        {"scope": "company"},
    ):
        book.add(before, "khorgos", "trains", "total", 1000, Q1_BEFORE, **other)
    book.add(before, "khorgos", "trains", "daily_mean", 11, Q1_BEFORE)
    book.add(before, "alashankou", "trains", "total", 1000, Q1_BEFORE)
    book.add(before, "khorgos", "trains", "total", 990, "2024-01-01..2024-03-30")
    assert grown(book, 1200, 20)["base"] is None


def test_months_end_on_their_last_day_in_leap_years_too(book: Book) -> None:
    article = book.article()
    for port, period, before in (
        ("khorgos", "2025-01-01..2025-02-28", "2024-01-01..2024-02-29"),
        ("alashankou", "2024-02-01..2024-02-29", "2023-02-01..2023-02-28"),
        ("manzhouli", "2025-01-01..2025-02-27", "2024-01-01..2024-02-27"),
    ):
        book.add(article, port, "trains", "total", 100, before)
        of = book.add(article, port, "trains", "total", 110, period)
        book.add(article, port, "trains", "yoy_pct", 10, period, relates_to=of)
    assert book.rows("yoy_growth", "port, base, base_period_end") == [
        ("alashankou", 100, "2023-02-28"),
        ("khorgos", 100, "2024-02-29"),
        ("manzhouli", 100, "2024-02-27"),
    ]


def test_the_base_of_a_plan_is_what_happened(book: Book) -> None:
    article = book.article()
    book.add(article, "xian", "trains", "total", 5000, "2024-01-01..2024-12-31")
    of = book.add(article, "xian", "trains", "total", 6000, "2025-01-01..2025-12-31", nature="plan")
    book.add(article, "xian", "trains", "yoy_pct", 20, "2025-01-01..2025-12-31", nature="plan", relates_to=of)
    assert book.row("yoy_growth", "nature, base, agrees") == {"nature": "plan", "base": 5000, "agrees": True}


def test_the_articles_own_base_comes_before_a_later_one(book: Book) -> None:
    article = book.article(published_on="2025-04-08")
    of = book.add(article, "khorgos", "trains", "total", 1200)
    book.add(article, "khorgos", "trains", "total", 1000, Q1_BEFORE)
    book.add(article, "khorgos", "trains", "yoy_pct", 20, relates_to=of)
    later = book.article(publisher="Herald", published_on="2025-05-01")
    book.add(later, "khorgos", "trains", "total", 1100, Q1_BEFORE)
    assert book.row("yoy_growth", "base, agrees") == {"base": 1000, "agrees": True}


def test_an_absolute_growth(book: Book) -> None:
    article = book.article()
    book.add(article, "khorgos", "trains", "total", 890, Q1_BEFORE, low=885, high=895)
    of = book.add(article, "khorgos", "trains", "total", 1200, low=1190, high=1210)
    book.add(article, "khorgos", "trains", "yoy_abs", 300, low=295, high=305, relates_to=of)
    row = book.row("yoy_growth")
    assert (row["growth"], row["unit"], row["measure"]) == (300, "train", "yoy_abs")
    assert (row["implied_base"], row["implied_base_low"], row["implied_base_high"]) == (900, 885, 915)
    assert (row["computed_growth"], row["computed_low"], row["computed_high"]) == (310, 295, 325)
    assert row["agrees"] is True


def test_points_belong_to_a_share_and_trains_to_no_tonnes(book: Book) -> None:
    article = book.article()
    share = book.add(article, "khorgos", "trains", "share_pct", 30, whole="cn")
    book.add(article, "khorgos", "trains", "yoy_abs", 2.5, unit="pp", relates_to=share)
    tonnes = book.add(article, "alashankou", "cargo_tonnes", "total", 5000)
    book.add(article, "alashankou", "cargo_tonnes", "yoy_abs", 30, unit="train", relates_to=tonnes)
    assert book.rows("yoy_growth", "port, level, level_unit, implied_base") == [
        ("alashankou", None, None, None),
        ("khorgos", 30, "%", 27.5),
    ]


def test_the_words_tie_a_growth_to_its_level(book: Book) -> None:
    # Mean and total have one key but for the measure; the words say that the mean grew.
    article = book.article()
    book.add(article, "khorgos", "trains", "total", 1200)
    mean = book.add(article, "khorgos", "trains", "daily_mean", 13)
    book.add(article, "khorgos", "trains", "yoy_pct", 20, relates_to=mean)
    assert book.row("yoy_growth", "level, level_measure, link") == {
        "level": 13,
        "level_measure": "daily_mean",
        "link": "words",
    }


def test_words_that_tie_it_to_another_metric_do_not_count(book: Book) -> None:
    article = book.article()
    tonnes = book.add(article, "khorgos", "cargo_tonnes", "total", 99)
    book.add(article, "khorgos", "trains", "total", 1200)
    book.add(article, "khorgos", "trains", "yoy_pct", 20, relates_to=tonnes)
    assert book.row("yoy_growth", "level, link") == {"level": 1200, "link": "same article"}


@pytest.mark.parametrize(
    ("grew", "level"),
    [
        ({"direction": "import"}, {"direction": "export"}),
        ({"direction": "import"}, {"direction": "both"}),
        ({"partner": "hk"}, {"partner": "eu"}),
        ({"breakdown": "solar cells"}, {"breakdown": "computers"}),
        ({"breakdown": "solar cells"}, {}),
        ({}, {"partner": "eu"}),
        ({"port": "khorgos-road"}, {}),
    ],
)
def test_words_that_tie_what_contradicts_do_not_count(
    book: Book, grew: dict[str, str], level: dict[str, str]
) -> None:
    article = book.article()
    both = {"port": "khorgos", "metric": "teu"}
    of = book.add(article, **{**both, "measure": "total", "value": 110, **level})
    own = book.add(article, **{**both, "measure": "total", "value": 220, **grew})
    book.add(article, **{**both, "measure": "yoy_pct", "value": 10, "relates_to": of, **grew})
    assert book.rows("yoy_growth", "level, link, implied_base, level_observation_id") == [
        (220, "same article", 200, own)
    ]


@pytest.mark.parametrize(
    ("grew", "level"),
    [
        ({}, {"direction": "export"}),
        ({"direction": "export"}, {}),
        ({}, {"mode": "sea"}),
        ({}, {"service": "china_europe"}),
        ({}, {"scope": "shipment"}),
    ],
)
def test_what_one_of_them_leaves_open_is_no_contradiction(
    book: Book, grew: dict[str, str], level: dict[str, str]
) -> None:
    article = book.article()
    of = book.add(article, "khorgos", "teu", "total", 110, **level)
    book.add(article, "khorgos", "teu", "yoy_pct", 10, relates_to=of, **grew)
    assert book.rows("yoy_growth", "level, link") == [(110, "words")]


def test_without_words_the_article_then_another_one(book: Book) -> None:
    first = book.article(publisher="Post")
    other = book.article(publisher="Herald")
    book.add(first, "khorgos", "trains", "daily_mean", 13)
    book.add(first, "khorgos", "trains", "total", 1200)
    book.add(first, "khorgos", "trains", "yoy_pct", 20)
    book.add(first, "alashankou", "trains", "yoy_pct", 10)
    book.add(other, "alashankou", "trains", "total", 1835)
    book.add(other, "khorgos", "trains", "total", 1250)
    assert book.rows("yoy_growth", "port, level, link") == [
        ("alashankou", 1835, "other article"),
        ("khorgos", 1200, "same article"),
    ]


def test_no_level_where_yuan_and_dollars_would_both_do(book: Book) -> None:
    article = book.article()
    book.add(article, "cn-xj", "trade_value", "total", 1000, unit="CNY")
    book.add(article, "cn-xj", "trade_value", "total", 140, unit="USD")
    book.add(article, "cn-xj", "trade_value", "yoy_pct", 5)
    assert book.rows("yoy_growth", "growth, level") == [(5, None)]


def test_two_publishers_are_two_rows(book: Book) -> None:
    for publisher, growth in (("Post", 20), ("Herald", 25)):
        article = book.article(publisher=publisher)
        of = book.add(article, "khorgos", "trains", "total", 1200)
        book.add(article, "khorgos", "trains", "yoy_pct", growth, relates_to=of)
    assert book.rows("yoy_growth", "growth, publisher, implied_base") == [
        (20, "Post", 1000),
        (25, "Herald", 960),
    ]


def test_every_id_has_its_sentence(book: Book) -> None:
    before = book.article(published_on="2024-04-05")
    book.add(before, "khorgos", "trains", "total", 1000, Q1_BEFORE)
    grown(book, 1200, 20)
    for column in ("observation_id", "level_observation_id", "base_observation_id"):
        found = book.con.execute(
            f"select count(*) from yoy_growth as g join provenance as p on g.{column} = p.observation_id"
        )
        assert found.fetchone() == (1,)


def test_a_superseded_reading_is_gone(book: Book) -> None:
    article = book.article()
    old = book.add(article, "khorgos", "trains", "total", 120, superseded_run=1)
    book.add(article, "khorgos", "trains", "yoy_pct", 50, superseded_run=1, relates_to=old)
    of = book.add(article, "khorgos", "trains", "total", 1200)
    book.add(article, "khorgos", "trains", "yoy_pct", 20, relates_to=of)
    assert book.rows("yoy_growth", "growth, level") == [(20, 1200)]


amount = st.decimals("0.01", "100000000", places=2)
spread = st.decimals("0", "0.5", places=3)


@given(level=amount, growth=st.decimals("-99", "500", places=2), spread=spread, at=st.tuples(spread, spread))
def test_the_true_base_lies_within_its_bounds(
    level: Decimal, growth: Decimal, spread: Decimal, at: tuple[Decimal, Decimal]
) -> None:
    lows = (level * (1 - spread), growth - 100 * spread)
    highs = (level * (1 + spread), growth + 100 * spread)
    assume(highs[1] > -100)
    with clean_book() as book:
        article = book.article()
        of = book.add(article, "khorgos", "trains", "total", level, low=lows[0], high=highs[0])
        book.add(article, "khorgos", "trains", "yoy_pct", growth, low=lows[1], high=highs[1], relates_to=of)
        ((low, high),) = book.con.execute(
            "select implied_base_low, implied_base_high from yoy_growth"
        ).fetchall()
    # Any level and any growth that the words support, and the base that they make together.
    true_level = Fraction(lows[0]) + 2 * Fraction(at[0]) * Fraction(highs[0] - lows[0])
    true_growth = Fraction(lows[1]) + 2 * Fraction(at[1]) * Fraction(highs[1] - lows[1])
    assume(true_growth > -100)
    base = float(true_level / (1 + true_growth / 100))
    slack = 1e-9 * (1 + base)
    assert low is not None
    assert low <= base + slack
    assert high is None or base <= high + slack
    if lows[1] > -100:
        assert high is not None
