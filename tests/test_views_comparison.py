"""port_comparison and shares: only what is equal in scope is compared, and every bound is a true bound."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookmaker import Q1, Q1_BEFORE, Book, clean_book


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


def test_ports_side_by_side(book: Book) -> None:
    article = book.article()
    big = book.add(article, "khorgos", "trains", "total", 1800, low=1800, high=2000)
    small = book.add(article, "alashankou", "trains", "total", 900, low=850, high=None)
    book.add(article, "manzhouli", "trains", "total", 450)
    columns = (
        "rank, port, value, ratio, ratio_low, ratio_high, per_day, per_day_low, per_day_high, ports, largest"
    )
    assert book.rows("port_comparison", columns) == [
        (1, "khorgos", 1800, 1, 1, 1, 20, 20, round(2000 / 90, 6), 3, "khorgos"),
        (2, "alashankou", 900, 0.5, 0.425, None, 10, round(850 / 90, 6), None, 3, "khorgos"),
        (3, "manzhouli", 450, 0.25, 0.225, 0.25, 5, 5, 5, 3, "khorgos"),
    ]
    ids = book.rows("port_comparison", "observation_id, largest_observation_id")
    assert (big, big) in ids
    assert (small, big) in ids
    assert len(set(book.rows("port_comparison", "comparison"))) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"breakdown": "cars"},
        {"partner": "kz"},
        {"nature": "plan"},
        {"nature": "capacity"},
        {"unit": "wagon"},
        {"period": Q1_BEFORE},
        {"period": "2025-01-01..2025-03-30"},
        {"period": "..2025-03-31"},
        {"period": "2025-01-01.."},
        {"measure": "daily_mean"},
        {"metric": "teu"},
        {"port": "xian"},
        {"port": "cn"},
        {"port": "cn-xj"},
        {"port": "cust-urumqi"},
    ],
)
def test_what_differs_is_not_compared(book: Book, other: dict[str, str]) -> None:
    article = book.article()
    book.add(article, "khorgos", "trains", "total", 1800)
    about = {
        "port": "alashankou",
        "metric": "trains",
        "measure": "total",
        "value": 900,
        "period": Q1,
        **other,
    }
    book.add(article, **about)
    assert book.rows("port_comparison") == []
    # The same pair of figures, alike in all but the place, is compared: but for an unknown end,
    # and for places of which there is one kind each.
    if "port" not in other:
        book.add(article, **{**about, "port": "manzhouli"})
        expected = 0 if other == {"period": "2025-01-01.."} else 2
        assert len(book.rows("port_comparison where largest = 'alashankou'")) == expected


@pytest.mark.parametrize(
    "other",
    [
        {"scope": "company"},
        {"service": "china_europe"},
        {"service": "china_europe_central_asia"},
        {"direction": "export"},
        {"direction": "both"},
        {"mode": "rail"},
        {"service": "china_europe", "mode": "rail"},
    ],
)
def test_what_is_not_equal_in_scope_says_so_and_has_no_rank(book: Book, other: dict[str, str]) -> None:
    article = book.article()
    columns = "port, rank, ratio, ports, unequal_in"
    book.add(article, "khorgos", "trains", "total", 1800)
    book.add(article, "alashankou", "trains", "total", 900, **other)
    words = ", ".join(other)
    assert book.rows("port_comparison", columns) == [
        ("alashankou", None, 0.5, 1, words),
        ("khorgos", 1, 1, 1, None),
    ]
    # Two that are equal are ranked, and the third beside them says what it differs in.
    book.add(article, "manzhouli", "trains", "total", 600, **other)
    assert book.rows("port_comparison", columns) == [
        ("alashankou", 1, 1, 2, None),
        ("khorgos", None, 2, 2, words),
        ("manzhouli", 2, round(600 / 900, 6), 2, None),
    ]
    # A port with a figure in equal terms has no place by its other figures.
    book.add(article, "khorgos", "trains", "total", 450, **other)
    assert book.rows("port_comparison", columns) == [
        ("alashankou", 1, 1, 3, None),
        ("khorgos", 3, 0.5, 3, None),
        ("manzhouli", 2, round(600 / 900, 6), 3, None),
    ]


def test_a_port_is_placed_by_the_figure_that_differs_least(book: Book) -> None:
    article = book.article()
    for port in ("khorgos", "manzhouli"):
        book.add(article, port, "trains", "total", 1800, service="china_europe", mode="rail")
    book.add(
        article, "alashankou", "trains", "total", 90, service="china_europe", mode="road", direction="export"
    )
    book.add(article, "alashankou", "trains", "total", 30, service="china_europe")
    assert book.rows("port_comparison where rank is null", "port, value, unequal_in, largest") == [
        ("alashankou", 30, "mode", "khorgos")
    ]


def test_hubs_are_compared_with_hubs(book: Book) -> None:
    article = book.article()
    for port, value in (("xian", 500), ("chengdu", 400), ("khorgos", 900), ("khorgos-road", 30)):
        book.add(article, port, "trains", "total", value)
    assert book.rows("port_comparison", "place, rank, port") == [
        ("inland_hub", 1, "xian"),
        ("inland_hub", 2, "chengdu"),
        ("port", 1, "khorgos"),
        ("port", 2, "khorgos-road"),
    ]


def test_a_part_of_another_port_says_so(book: Book) -> None:
    article = book.article()
    for port, value in (("khorgos", 900), ("khorgos-road", 300), ("alashankou", 500)):
        book.add(article, port, "passengers", "total", value)
    assert book.rows("port_comparison", "rank, port, part_of") == [
        (1, "khorgos", None),
        (2, "alashankou", None),
        (3, "khorgos-road", "khorgos"),
    ]


@pytest.mark.parametrize(
    "measure", ["yoy_pct", "share_pct", "change_pct", "mom_pct", "rank", "single", "lead_days"]
)
def test_changes_shares_and_shipments_are_no_levels(book: Book, measure: str) -> None:
    article = book.article()
    for port in ("khorgos", "alashankou"):
        book.add(article, port, "trains", measure, 5)
        book.add(article, port, "trains", "total", 5, scope="shipment")
        book.add(article, port, "trains", "total", 5, scope="route")
    assert book.rows("port_comparison") == []


def test_equal_values_share_a_rank(book: Book) -> None:
    article = book.article()
    for port, value in (("khorgos", 20), ("alashankou", 20), ("manzhouli", 10)):
        book.add(article, port, "trains", "daily_mean", value)
    assert book.rows("port_comparison", "rank, port, ratio, per_day, largest") == [
        (1, "alashankou", 1, 20, "alashankou"),
        (1, "khorgos", 1, 20, "alashankou"),
        (3, "manzhouli", 0.5, 10, "alashankou"),
    ]


def test_two_ports_of_nothing(book: Book) -> None:
    article = book.article()
    for port in ("khorgos", "alashankou"):
        book.add(article, port, "trains", "total", 0)
    assert book.rows("port_comparison", "rank, port, ratio, ratio_low, ratio_high, per_day") == [
        (1, "alashankou", 1, 1, 1, 0),
        (1, "khorgos", None, None, None, 0),
    ]


def test_stocks_compare_within_a_month_each_with_its_last(book: Book) -> None:
    article = book.article()
    for port, day, value in (
        ("khorgos", "2025-05-02", 14),
        ("khorgos", "2025-05-29", 16),
        ("alashankou", "2025-05-19", 12),
        ("manzhouli", "2025-06-01", 9),
    ):
        book.add(article, port, "routes", "level", value, f"{day}..{day}")
    columns = "rank, port, value, period_start, period_end, as_of, per_day"
    assert book.rows("port_comparison", columns) == [
        (1, "khorgos", 16, "2025-05-01", "2025-05-31", "2025-05-29", None),
        (2, "alashankou", 12, "2025-05-01", "2025-05-31", "2025-05-19", None),
    ]


def test_of_two_publishers_the_latest_statement_is_compared(book: Book) -> None:
    book.add(book.article("Post", "2025-04-08"), "khorgos", "trains", "total", 1000)
    late = book.article("Herald", "2025-05-01")
    book.add(late, "khorgos", "trains", "total", 1010)
    book.add(late, "alashankou", "trains", "total", 505)
    assert book.rows("port_comparison", "port, value, ratio, publisher, values_differ") == [
        ("alashankou", 505, 0.5, "Herald", False),
        ("khorgos", 1010, 1, "Herald", True),
    ]


def shared_by(book: Book, share: float, part: float | None, **about: object) -> dict[str, object]:
    article = book.article()
    of = None if part is None else book.add(article, "khorgos", "trains", "total", part)
    book.add(article, "khorgos", "trains", "share_pct", share, **{"whole": "cn", "relates_to": of, **about})
    return book.row("shares")


def test_the_whole_that_a_share_implies(book: Book) -> None:
    row = shared_by(book, 20, 1835, low=18, high=22)
    assert (row["whole_port"], row["part"], row["link"]) == ("cn", 1835, "words")
    assert row["implied_whole"] == 9175
    assert row["implied_whole_low"] == pytest.approx(1835 / 0.22, abs=1e-5)
    assert row["implied_whole_high"] == pytest.approx(1835 / 0.18, abs=1e-5)
    assert (row["whole_level"], row["computed_share"], row["agrees"]) == (None, None, None)


@pytest.mark.parametrize(
    ("low", "high", "bounds"), [(50, None, (None, 200)), (None, 50, (200, None)), (0, 50, (200, None))]
)
def test_an_open_share(book: Book, low: int | None, high: int | None, bounds: tuple[object, object]) -> None:
    row = shared_by(book, 50, 100, low=low, high=high)
    assert (row["implied_whole_low"], row["implied_whole_high"]) == bounds


def test_a_share_of_nothing_implies_no_whole(book: Book) -> None:
    row = shared_by(book, 0, 0)
    assert (row["implied_whole"], row["implied_whole_low"], row["implied_whole_high"]) == (None, None, None)


def test_a_share_with_no_part(book: Book) -> None:
    row = shared_by(book, 20, None)
    assert (row["share"], row["part"], row["link"], row["implied_whole"]) == (20, None, None, None)


@pytest.mark.parametrize(("whole", "agrees"), [(9000, True), (8000, False), (12000, False)])
def test_the_whole_that_the_book_has(book: Book, whole: float, agrees: bool) -> None:
    other = book.article("Herald", "2025-05-01")
    known = book.add(other, "cn", "trains", "total", whole, low=whole - 100, high=whole + 100)
    row = shared_by(book, 20, 1800, low=19, high=21)
    assert (row["whole_level"], row["whole_low"], row["whole_observation_id"]) == (whole, whole - 100, known)
    assert row["computed_share"] == pytest.approx(180000 / whole, abs=1e-6)
    assert row["computed_low"] == pytest.approx(180000 / (whole + 100), abs=1e-6)
    assert row["computed_high"] == pytest.approx(180000 / (whole - 100), abs=1e-6)
    assert row["agrees"] is agrees


def test_the_whole_must_be_of_the_same_kind(book: Book) -> None:
    article = book.article("Herald")
    for other in (
        {"service": "china_europe"},
        {"direction": "export"},
        {"mode": "rail"},
        {"breakdown": "cars"},
        {"partner": "kz"},
        {"nature": "plan"},
        {"scope": "company"},
        {"period": Q1_BEFORE},
    ):
        book.add(article, **{"port": "cn", "metric": "trains", "measure": "total", "value": 9000, **other})
    book.add(article, "cn", "trains", "daily_mean", 100)
    assert shared_by(book, 20, 1800)["whole_level"] is None


def test_a_partners_share_is_of_all_partners(book: Book) -> None:
    article = book.article()
    of = book.add(article, "cn-xj", "trade_value", "total", 150, unit="CNY", partner="asean")
    book.add(article, "cn-xj", "trade_value", "total", 1000, unit="CNY")
    book.add(article, "cn-xj", "trade_value", "total", 140, unit="USD")
    book.add(article, "cn-xj", "trade_value", "share_pct", 15, partner="asean", whole="cn-xj", relates_to=of)
    assert book.rows("shares", "part, whole_port, whole_level, computed_share, agrees") == [
        (150, "cn-xj", 1000, 15, True)
    ]


def test_people_of_a_kind_are_a_share_of_all_people_of_the_place(book: Book) -> None:
    article = book.article()
    of = book.add(article, "khorgos", "passengers", "total", 60, breakdown="visa-free")
    book.add(article, "khorgos", "passengers", "total", 100)
    book.add(article, "khorgos", "passengers", "share_pct", 60, breakdown="visa-free", relates_to=of)
    book.add(article, "khorgos", "trains", "share_pct", 70)
    assert book.rows("shares", "metric, whole_port, whole_level, agrees") == [
        ("passengers", "khorgos", 100, True),
        ("trains", None, None, None),
    ]


def test_goods_share_of_the_country_is_of_the_same_goods(book: Book) -> None:
    article = book.article()
    of = book.add(article, "khorgos", "cargo_tonnes", "total", 30, breakdown="cotton")
    book.add(article, "cn", "cargo_tonnes", "total", 100, breakdown="cotton")
    book.add(article, "cn", "cargo_tonnes", "total", 5000)
    book.add(
        article, "khorgos", "cargo_tonnes", "share_pct", 30, breakdown="cotton", whole="cn", relates_to=of
    )
    assert book.rows("shares", "whole_level, agrees") == [(100, True)]


@pytest.mark.parametrize(("whole", "stated"), [(None, None), ("khorgos", "both")])
def test_one_direction_is_a_share_of_both(book: Book, whole: str | None, stated: str | None) -> None:
    article = book.article()
    of = book.add(article, "khorgos", "passengers", "total", 92, direction="import")
    book.add(article, "khorgos", "passengers", "total", 130, direction=stated)
    book.add(article, "khorgos", "passengers", "total", 38, direction="export")
    about = {"direction": "import", "whole": whole, "relates_to": of}
    book.add(article, "khorgos", "passengers", "share_pct", 70.8, **about)
    assert book.rows("shares", "part, whole_port, whole_level") == [(92, "khorgos", 130)]


def test_goods_of_one_direction_are_a_share_of_that_direction(book: Book) -> None:
    article = book.article()
    about = {"unit": "CNY", "direction": "export"}
    of = book.add(article, "cn-xj", "trade_value", "total", 30, breakdown="cars", **about)
    book.add(article, "cn-xj", "trade_value", "total", 100, **about)
    book.add(article, "cn-xj", "trade_value", "total", 170, unit="CNY", direction="both")
    book.add(
        article, "cn-xj", "trade_value", "share_pct", 30, breakdown="cars", direction="export", whole="cn-xj",
        relates_to=of,
    )  # fmt: skip
    assert book.rows("shares", "whole_level, agrees") == [(100, True)]


def test_one_direction_of_the_country_is_of_that_direction(book: Book) -> None:
    article = book.article()
    of = book.add(article, "khorgos", "trains", "total", 30, direction="export")
    book.add(article, "cn", "trains", "total", 100, direction="export")
    book.add(article, "cn", "trains", "total", 170)
    book.add(article, "khorgos", "trains", "share_pct", 30, direction="export", whole="cn", relates_to=of)
    assert book.rows("shares", "whole_level, agrees") == [(100, True)]


def test_a_total_is_no_whole_of_itself(book: Book) -> None:
    article = book.article()
    of = book.add(article, "khorgos", "trains", "total", 1800)
    book.add(article, "khorgos", "trains", "share_pct", 20, whole="khorgos", relates_to=of)
    book.add(book.article("Herald", "2025-05-01"), "khorgos", "trains", "total", 1810)
    assert book.rows("shares", "part, whole_level, agrees") == [(1800, None, None)]


def test_a_share_that_the_words_tie_to_its_whole_has_no_part_of_that(book: Book) -> None:
    # Trade reached 3,256; exports accounted for nine-tenths of that.
    article = book.article()
    of = book.add(article, "khorgos", "trade_value", "total", 3256, unit="CNY", low=3255, high=3257)
    book.add(
        article, "khorgos", "trade_value", "share_pct", 90, low=89, high=91, direction="export", relates_to=of
    )
    row = book.row("shares")
    assert (row["part"], row["link"], row["implied_whole"], row["agrees"]) == (None, None, None, None)
    assert (row["whole_port"], row["whole_level"], row["whole_observation_id"]) == ("khorgos", 3256, of)
    assert (row["part_unit"], row["part_measure"], row["computed_share"]) == ("CNY", "total", None)
    assert row["implied_part"] == pytest.approx(2930.4)
    assert row["implied_part_low"] == pytest.approx(3255 * 0.89)
    assert row["implied_part_high"] == pytest.approx(3257 * 0.91)


@pytest.mark.parametrize(
    ("of_what", "share_of"),
    [
        ({"port": "cn-xj"}, {}),
        ({"direction": "both"}, {"direction": "import"}),
        ({"direction": None, "breakdown": "foreigners"}, {"direction": "import", "breakdown": "foreigners"}),
        ({}, {"partner": "asean"}),
        ({}, {"breakdown": "cars"}),
        ({}, {"scope": "company"}),
    ],
)
def test_what_is_wider_than_the_share_is_its_whole(
    book: Book, of_what: dict[str, str | None], share_of: dict[str, str]
) -> None:
    article = book.article()
    of = book.add(
        article, **{"port": "khorgos", "metric": "passengers", "measure": "total", "value": 200, **of_what}
    )
    # The book has another whole of the same key, which the words do not mean.
    book.add(book.article("Herald", "2025-06-01"), "khorgos", "passengers", "total", 999)
    book.add(article, "khorgos", "passengers", "share_pct", 70, relates_to=of, **share_of)
    assert book.rows("shares", "whole_level, implied_part, whole_observation_id") == [(200, 140, of)]


def test_a_direction_not_said_beside_both_is_no_narrower(book: Book) -> None:
    article = book.article()
    of = book.add(article, "khorgos", "passengers", "total", 97)
    book.add(article, "khorgos", "passengers", "share_pct", 50, direction="both", relates_to=of)
    assert book.rows("shares", "part, implied_whole") == [(97, 194)]


@pytest.mark.parametrize(
    ("share_of", "of_what"),
    [
        ({"direction": "export", "partner": "eu"}, {"partner": "asean"}),
        ({"direction": "export", "breakdown": "cars"}, {"breakdown": "ships"}),
        ({"direction": "export", "breakdown": "cars"}, {"direction": "import"}),
        ({"whole": "cn"}, {"port": "cn-xj"}),
    ],
)
def test_what_contradicts_the_share_is_neither_part_nor_whole(
    book: Book, share_of: dict[str, str], of_what: dict[str, str]
) -> None:
    article = book.article()
    of = book.add(
        article, **{"port": "khorgos", "metric": "teu", "measure": "total", "value": 200, **of_what}
    )
    book.add(article, "khorgos", "teu", "share_pct", 70, relates_to=of, **share_of)
    assert book.rows("shares", "part, whole_level, implied_part") == [(None, None, None)]


def test_a_level_of_the_own_place_is_no_whole_where_the_words_name_another(book: Book) -> None:
    article = book.article()
    of = book.add(article, "khorgos", "teu", "total", 200)
    book.add(article, "khorgos", "teu", "share_pct", 10, direction="export", whole="cn", relates_to=of)
    assert book.rows("shares", "part, whole_port, implied_whole, whole_level") == [(200, "cn", 2000, None)]


def test_goods_of_a_place_may_be_a_share_of_a_wider_places(book: Book) -> None:
    article = book.article()
    of = book.add(article, "cn-xj", "teu", "total", 200, breakdown="cars")
    book.add(article, "khorgos", "teu", "share_pct", 70, breakdown="cars", relates_to=of)
    assert book.rows("shares", "part, whole_port, whole_level, implied_part") == [(None, "cn-xj", 200, 140)]


def test_a_daily_mean_is_no_part_of_a_tied_total(book: Book) -> None:
    article = book.article()
    of = book.add(article, "khorgos", "trains", "total", 200)
    book.add(article, "khorgos", "trains", "daily_mean", 2, direction="export")
    book.add(article, "khorgos", "trains", "share_pct", 60, direction="export", relates_to=of)
    assert book.rows("shares", "part, part_measure, whole_level, computed_share") == [
        (None, "total", 200, None)
    ]


def test_the_part_of_a_tied_whole_may_stand_in_another_article(book: Book) -> None:
    first, second = book.article(), book.article("Herald")
    of = book.add(first, "khorgos", "trains", "total", 200)
    book.add(first, "khorgos", "trains", "share_pct", 60, direction="export", relates_to=of)
    part = book.add(second, "khorgos", "trains", "total", 150, direction="export")
    assert book.rows("shares", "part, part_observation_id, link, whole_level, computed_share, agrees") == [
        (150, part, "other article", 200, 75, False)
    ]


def test_a_part_in_another_unit_is_not_divided_by_a_tied_whole(book: Book) -> None:
    article = book.article()
    of = book.add(article, "khorgos", "trade_value", "total", 200, unit="CNY")
    book.add(article, "khorgos", "trade_value", "total", 15, unit="USD", direction="export")
    book.add(article, "khorgos", "trade_value", "share_pct", 60, direction="export", relates_to=of)
    assert book.rows("shares", "part, part_unit, link, whole_level, implied_whole, agrees") == [
        (None, "CNY", None, 200, None, None)
    ]


def test_points_of_a_share_are_no_share(book: Book) -> None:
    book.add(book.article(), "khorgos", "trains", "share_pct", 2, unit="pp")
    assert book.rows("shares") == []


def test_two_publishers_state_one_share_twice(book: Book) -> None:
    for publisher in ("Post", "Herald"):
        book.add(book.article(publisher), "khorgos", "trains", "share_pct", 20, whole="cn")
    assert book.rows("shares", "share, publisher") == [(20, "Herald"), (20, "Post")]


number = st.integers(1, 10**12)
eighth = st.integers(0, 8)


@given(a=number, b=number, widths=st.tuples(eighth, eighth), at=st.tuples(eighth, eighth))
def test_the_true_ratio_lies_within_its_bounds(
    a: int, b: int, widths: tuple[int, int], at: tuple[int, int]
) -> None:
    bounds = [(v * (16 - w), v * (16 + w)) for v, w in ((a, widths[0]), (b, widths[1]))]
    with clean_book() as book:
        article = book.article()
        for port, value, (low, high) in zip(("khorgos", "alashankou"), (a, b), bounds, strict=True):
            book.add(article, port, "trains", "total", value * 16, low=low, high=high)
        found = {
            port: (low, high, largest)
            for port, low, high, largest in book.con.execute(
                "select port, ratio_low, ratio_high, largest from port_comparison"
            ).fetchall()
        }
    # Any two values that the words support.
    true = [Fraction(low) + Fraction(k, 8) * (high - low) for (low, high), k in zip(bounds, at, strict=True)]
    largest = found["khorgos"][2]
    assert largest == ("khorgos" if a > b else "alashankou")
    ratio = float(true[1] / true[0] if largest == "khorgos" else true[0] / true[1])
    low, high, _ = found["alashankou" if largest == "khorgos" else "khorgos"]
    assert low <= ratio * (1 + 1e-12)
    assert ratio <= high * (1 + 1e-12)
