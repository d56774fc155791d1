"""Figures against one another: means and peaks, sums, running totals, ratios, plans, contradictions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookmaker import Book, clean_book

JUNE = "2025-06-01..2025-06-30"
HALF = "2025-01-01..2025-06-30"
MONTHS = [f"2025-{m:02}-01..2025-{m:02}-{d}" for m, d in enumerate((31, 28, 31, 30, 31, 30), 1)]


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


def trains(
    book: Book, measure: str, value: Any, period: str | None = JUNE, port: str = "khorgos", **more: Any
) -> str:
    """Add a figure in an article of its own."""
    publisher = more.pop("publisher", "Post")
    published_on = more.pop("published_on", "2025-07-08")
    article = book.article(publisher=publisher, published_on=published_on)
    return book.add(article, port, more.pop("metric", "trains"), measure, value, period, **more)


# mean_peak_capacity


def test_mean_peak_and_capacity_side_by_side(book: Book) -> None:
    trains(book, "daily_mean", 24, low=23.5, high=24.5)
    trains(book, "daily_max", 31)
    trains(book, "daily_max", 40, "2025-01-01..2025-01-31", nature="capacity")
    trains(book, "total", 725)
    row = book.row("mean_peak_capacity")
    assert (row["mean"], row["peak"], row["capacity"]) == (24, 31, 40)
    assert (row["implied_total"], row["implied_total_low"], row["implied_total_high"]) == (720, 705, 735)
    assert (row["use_pct"], row["peak_to_mean"]) == (60, pytest.approx(31 / 24, abs=1e-6))
    assert (row["mean_within_peak"], row["peak_within_capacity"], row["total_agrees"]) == (True, True, True)


@pytest.mark.parametrize(("total", "agrees"), [(691, True), (749, True), (689, False), (751, False)])
def test_a_mean_in_whole_trains_may_be_rounded_or_cut_off(total: int, agrees: bool, book: Book) -> None:
    trains(book, "daily_mean", 24)
    trains(book, "total", total)
    assert book.row("mean_peak_capacity")["total_agrees"] is agrees


def test_a_peak_above_the_capacity_is_told(book: Book) -> None:
    trains(book, "daily_max", 41)
    trains(book, "daily_mean", 40, nature="capacity")
    row = book.row("mean_peak_capacity")
    assert (row["peak_within_capacity"], row["mean_within_peak"]) == (False, None)


def test_the_capacity_of_other_trains_is_not_taken(book: Book) -> None:
    trains(book, "daily_max", 41)
    trains(book, "daily_max", 40, nature="capacity", service="china_europe")
    assert book.row("mean_peak_capacity")["capacity"] is None


# balance


def test_outbound_and_inbound_make_the_whole(book: Book) -> None:
    trains(book, "total", 8641, HALF, direction="both")
    out = trains(book, "total", 4620, HALF, direction="export")
    back = trains(book, "total", 4021, HALF, direction="import")
    row = book.row("balance")
    assert (row["parted_by"], row["parts_sum"], row["difference"]) == ("directions", 8641, 0)
    assert (row["is_complete"], row["agrees"], row["part_observation_ids"]) == (True, True, [out, back])


def test_one_direction_alone_is_no_balance(book: Book) -> None:
    trains(book, "total", 8641, HALF)
    trains(book, "total", 9620, HALF, direction="export")
    assert book.rows("balance") == []


def test_months_make_their_half_year(book: Book) -> None:
    trains(book, "total", 605, HALF)
    for n, month in enumerate(MONTHS):
        trains(book, "total", 100 + (n == 0), month)
    row = book.row("balance")
    assert (row["parted_by"], row["parts"], row["parts_sum"], row["agrees"]) == ("months", 6, 601, False)


def test_months_that_are_missing_can_only_make_too_much(book: Book) -> None:
    trains(book, "total", 605, HALF)
    for month in MONTHS[:4]:
        trains(book, "total", 100, month)
    assert (book.row("balance")["is_complete"], book.row("balance")["agrees"]) == (False, None)
    trains(book, "total", 399, HALF, publisher="Later", published_on="2025-09-01")
    assert book.row("balance")["agrees"] is False


def test_places_of_one_kind_are_not_more_than_the_place_around_them(book: Book) -> None:
    trains(book, "total", 9000, HALF, port="cust-urumqi")
    trains(book, "total", 5027, HALF, port="alashankou")
    trains(book, "total", 4652, HALF, port="khorgos")
    row = book.row("balance")
    assert (row["parted_by"], row["parts_sum"], row["agrees"]) == ("places: rail", 9679, False)


def test_parts_of_other_trains_are_no_parts(book: Book) -> None:
    trains(book, "total", 8641, HALF)
    trains(book, "total", 4620, HALF, direction="export", service="china_europe")
    trains(book, "total", 4021, HALF, direction="import", service="china_europe")
    row = book.row("balance")
    assert (row["whole"], row["agrees"], row["difference"]) == (None, None, None)
    assert (row["outbound"], row["inbound"], row["service"]) == (4620, 4021, "china_europe")


def test_outbound_against_inbound_needs_no_total(book: Book) -> None:
    trains(book, "total", 600, HALF, direction="export", low=590, high=610)
    trains(book, "total", 400, HALF, direction="import", low=380, high=None)
    row = book.row("balance")
    assert (row["outbound_to_inbound"], row["outbound_to_inbound_low"]) == (1.5, None)
    assert row["outbound_to_inbound_high"] == pytest.approx(610 / 380, abs=1e-6)
    assert len(row["part_observation_ids"]) == 2


# cumulative_flow


def test_what_passed_between_two_running_totals(book: Book) -> None:
    trains(book, "total", 3210, "2025-01-01..2025-05-31")
    trains(book, "total", 4120, HALF, low=4115, high=4125)
    row = book.row("cumulative_flow")
    assert (row["period_start"], row["period_end"], row["is_month"]) == ("2025-06-01", "2025-06-30", True)
    assert (row["flow"], row["flow_low"], row["flow_high"]) == (910, 905, 915)
    assert (row["days"], row["per_day"], row["never_falls"]) == (30, pytest.approx(910 / 30, abs=1e-6), True)


def test_totals_since_the_beginning_are_neighbours_too(book: Book) -> None:
    for value, end in ((40000, "2024-12-31"), (42000, "2025-06-30"), (43000, "2025-09-30")):
        trains(book, "total", value, f"..{end}")
    assert book.rows("cumulative_flow", "flow, period_start, runs_from") == [
        (1000, "2025-07-01", None),
        (2000, "2025-01-01", None),
    ]


def test_a_total_that_falls_is_told(book: Book) -> None:
    trains(book, "total", 3210, "2025-01-01..2025-05-31")
    trains(book, "total", 3110, HALF)
    assert book.row("cumulative_flow")["never_falls"] is False
    assert book.row("contradictions")["identity"] == "falling"


def test_more_than_a_count_that_was_told_before_is_no_neighbour(book: Book) -> None:
    trains(book, "total", 3895, HALF)
    trains(book, "total", 3000, "2025-01-01..2025-07-03", low=3000, high=None)
    trains(book, "total", 4594, "2025-01-01..2025-07-31")
    row = book.row("cumulative_flow")
    assert (row["flow"], row["is_month"]) == (699, True)


# milestones and month_estimate


def milestone(book: Book, days: float, **more: Any) -> tuple[str, str]:
    """6,000 by 8 August, so many days earlier."""
    article = book.article(published_on="2025-08-09")
    period = "2025-01-01..2025-08-08"
    count = book.add(article, "khorgos", "trains", "total", 6000, period, high=None, qualifier=">=")
    lead = book.add(
        article, "khorgos", "trains", "lead_days", days, period, unit="day", relates_to=count, **more
    )
    return count, lead


@pytest.mark.parametrize(("days", "before"), [(46, "2024-09-23"), (-10, "2024-07-29"), (0, "2024-08-08")])
def test_days_earlier_give_the_day_of_the_year_before(days: int, before: str, book: Book) -> None:
    count, lead = milestone(book, days)
    row = book.row("milestones")
    assert (row["count_reached"], row["reached_on"], row["reached_before_on"]) == (6000, "2025-08-08", before)
    assert (row["count_observation_id"], row["observation_id"]) == (count, lead)
    assert row["per_day"] == pytest.approx(6000 / 220, abs=1e-6)


def test_a_day_outside_of_the_year_is_none(book: Book) -> None:
    milestone(book, 150)
    assert book.rows("milestones") == []


def test_the_day_of_a_milestone_bounds_the_months_of_the_year_before(book: Book) -> None:
    count, lead = milestone(book, 46)
    whole = trains(book, "total", 7480, "2024-01-01..2024-12-31")
    half = trains(book, "total", 4120, "2024-01-01..2024-06-30")
    found = book.rows(
        "month_estimate where period_start >= '2024-09-01'",
        "period_start, flow_low, flow_high, is_stated, observation_ids",
    )
    assert found[1:] == [
        ("2024-10-01", 0, 1480, False, sorted([count, lead, whole])),
        ("2024-11-01", 0, 1480, False, sorted([count, lead, whole])),
        ("2024-12-01", 0, 1480, False, sorted([count, lead, whole])),
    ]
    assert found[0] == ("2024-09-01", 0, 3360, False, sorted([count, lead, whole, half]))


def test_months_between_running_totals(book: Book) -> None:
    trains(book, "total", 2000, "2025-01-01..2025-03-31")
    trains(book, "total", 2300, "2025-01-01..2025-04-10")
    trains(book, "total", 2740, "2025-01-01..2025-05-02")
    trains(book, "total", 3400, "2025-01-01..2025-05-31")
    columns = "period_start, flow, flow_low, flow_high, is_stated"
    assert book.rows("month_estimate where period_start >= '2025-04-01'", columns) == [
        ("2025-04-01", 700, 300, 740, False),
        ("2025-05-01", 700, 660, 1100, False),
    ]


def test_a_month_between_two_month_ends_is_exact(book: Book) -> None:
    trains(book, "total", 2000, "..2025-03-31")
    trains(book, "total", 2700, "..2025-04-30", low=2690, high=2710)
    row = book.row("month_estimate")
    assert (row["flow"], row["flow_low"], row["flow_high"]) == (700, 690, 710)
    assert (row["is_stated"], row["is_impossible"], row["runs_from"]) == (True, False, None)


def test_one_total_is_not_parted_into_months(book: Book) -> None:
    trains(book, "total", 2000, HALF)
    assert book.rows("month_estimate") == []


def test_running_totals_that_fall_leave_no_month(book: Book) -> None:
    trains(book, "total", 2000, "2025-01-01..2025-03-31")
    trains(book, "total", 1900, "2025-01-01..2025-04-30")
    assert book.rows("month_estimate where is_impossible", "period_start")[-1] == ("2025-04-01",)


# growth_check


def test_level_growth_and_base_at_once(book: Book) -> None:
    article = book.article()
    level = book.add(article, "khorgos", "trains", "total", 1482, HALF)
    book.add(article, "khorgos", "trains", "yoy_pct", 7.39, HALF, low="7.38", high="7.40", relates_to=level)
    row = book.row("growth_check")
    assert row["implied_base"] == pytest.approx(1380.0, abs=0.05)
    assert (row["base"], row["agrees"], row["base_redefined"], row["growth_misstated"]) == (None,) * 4
    old = trains(book, "total", 1380, "2024-01-01..2024-06-30", published_on="2024-07-02")
    row = book.row("growth_check")
    assert (row["base_observation_id"], row["agrees"], row["base_redefined"]) == (old, True, False)
    assert row["computed"] == pytest.approx(7.391304, abs=1e-6)
    assert row["base_shift_low"] < 0 < row["base_shift_high"]


def test_a_base_that_was_redefined(book: Book) -> None:
    trains(book, "total", 1450, "2024-01-01..2024-06-30", published_on="2024-07-02", publisher="Old")
    article = book.article()
    level = book.add(article, "khorgos", "trains", "total", 1482, HALF)
    book.add(article, "khorgos", "trains", "yoy_pct", 7.39, HALF, relates_to=level)
    row = book.row("growth_check")
    assert (row["base_redefined"], row["growth_misstated"], row["base_publisher"]) == (True, False, "Old")
    assert row["base_shift"] == pytest.approx(70, abs=0.1)
    book.add(article, "khorgos", "trains", "total", 1440, "2024-01-01..2024-06-30")
    row = book.row("growth_check")
    assert (row["base"], row["base_redefined"], row["growth_misstated"]) == (1440, False, True)


# shares


def test_a_whole_of_other_trains_neither_agrees_nor_disagrees(book: Book) -> None:
    article = book.article()
    whole = book.add(article, "cn", "trains", "total", 9000, HALF, service="china_europe_central_asia")
    book.add(article, "khorgos", "trains", "total", 1000, HALF, service="china_europe")
    book.add(
        article, "khorgos", "trains", "share_pct", 50, HALF, service="china_europe", whole="cn",
        relates_to=whole,
    )  # fmt: skip
    row = book.row("shares")
    assert (row["whole_level"], row["unequal_in"], row["agrees"]) == (9000, "service", None)


# intensity


def test_a_ratio_in_its_band(book: Book) -> None:
    trains(book, "total", 1000, HALF)
    trains(book, "total", 104000, HALF, metric="teu", low=103900, high=104100)
    row = book.row("intensity")
    assert (row["ratio"], row["ratio_low"], row["ratio_high"]) == (104, 103.9, 104.1)
    assert (row["is_plausible"], row["slip"]) == (True, None)


@pytest.mark.parametrize(("teu", "slip"), [(10.4, 4), (104, 3), (1_040_000_000, -4)])
def test_a_power_of_ten_that_slipped(teu: float, slip: int, book: Book) -> None:
    trains(book, "total", 1000, HALF)
    trains(book, "total", teu, HALF, metric="teu")
    row = book.row("intensity")
    assert row["is_plausible"] is False
    assert abs(row["slip"] - slip) <= 1
    assert 30 <= row["ratio"] * 10.0 ** row["slip"] <= 1300


def test_money_has_a_band_for_each_currency(book: Book) -> None:
    trains(book, "total", 1000, HALF, metric="parcels")
    trains(book, "total", 1_000_000, HALF, metric="parcel_value", unit="CNY")
    trains(book, "total", 1_000_000, HALF, metric="parcel_value", unit="USD")
    found = book.rows("intensity", "over_unit, ratio, is_plausible, slip")
    assert found == [("CNY", 1000, True, None), ("USD", 1000, False, -1)]


def test_trains_of_another_mode_are_not_divided_by(book: Book) -> None:
    trains(book, "total", 1000, HALF, mode="rail")
    trains(book, "total", 104000, HALF, metric="teu", mode="sea")
    assert book.rows("intensity") == []


# plan_actual


def test_a_plan_and_what_came_of_it(book: Book) -> None:
    year = "2025-01-01..2025-12-31"
    trains(book, "total", 9000, year, nature="plan", published_on="2025-01-20")
    assert book.row("plan_actual")["actual"] is None
    trains(book, "total", 4500, HALF)
    row = book.row("plan_actual")
    assert (row["reached_pct"], row["actual_until"], row["is_met"]) == (50, "2025-06-30", None)
    trains(book, "total", 8900, year, published_on="2026-01-20")
    row = book.row("plan_actual")
    assert (row["actual"], row["is_met"], row["planned_on"]) == (8900, False, "2025-01-20")


def test_a_plan_is_met_as_soon_as_it_is_reached(book: Book) -> None:
    trains(book, "total", 9000, "2025-01-01..2025-12-31", nature="plan")
    trains(book, "total", 9001, "2025-01-01..2025-11-30", published_on="2025-12-20")
    assert book.row("plan_actual")["is_met"] is True


def test_planned_growth_stands_beside_what_grew(book: Book) -> None:
    year = "2025-01-01..2025-12-31"
    trains(book, "yoy_pct", 10, year, nature="plan", low=9, high=11)
    trains(book, "yoy_pct", 12, HALF)
    row = book.row("plan_actual")
    assert (row["planned"], row["actual"], row["reached_pct"], row["is_met"]) == (10, 12, None, None)
    trains(book, "yoy_pct", 8, year)
    assert book.row("plan_actual")["is_met"] is False


def test_a_plan_of_other_trains_is_not_measured(book: Book) -> None:
    trains(book, "total", 9000, HALF, nature="plan", service="china_europe")
    trains(book, "total", 9001, HALF)
    assert book.row("plan_actual")["actual"] is None


def test_a_mean_without_total_implies_one_and_a_peak_alone_none(book: Book) -> None:
    trains(book, "daily_max", 31)
    row = book.row("mean_peak_capacity")
    assert (row["implied_total"], row["implied_total_low"], row["implied_total_high"]) == (None, None, None)


# contradictions


def identities(book: Book) -> list[str]:
    return [identity for (identity,) in book.rows("contradictions", "identity")]


def test_two_publishers_that_cannot_both_be_right(book: Book) -> None:
    one = trains(book, "total", 13817, publisher="A", low=13816, high=13818)
    two = trains(book, "total", 13187, publisher="B")
    row = book.row("contradictions")
    assert (row["identity"], row["stated_value"], row["other_value"]) == ("same_key", 13817, 13187)
    assert row["gap"] == 13816 - 13187
    assert (row["publishers"], row["observation_ids"]) == (["A", "B"], [one, two])
    assert row["sentences"] == ["Article 0 of A.", "Article 1 of B."]


def test_what_a_publisher_corrects_is_a_revision(book: Book) -> None:
    trains(book, "total", 13187, publisher="A", published_on="2025-07-08")
    trains(book, "total", 13817, publisher="A", published_on="2025-07-10")
    assert identities(book) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service", "china_europe"),
        ("direction", "export"),
        ("partner", "kz"),
        ("breakdown", "coal"),
        ("mode", "rail"),
        ("nature", "plan"),
        ("scope", "company"),
        ("period_end", "2025-06-29"),
    ],
)
def test_figures_of_different_things_do_not_contradict_each_other(field: str, value: str, book: Book) -> None:
    trains(book, "total", 13817, publisher="A", **{field: value})
    trains(book, "total", 23187, publisher="B")
    assert "same_key" not in identities(book)


def test_open_ends_contradict_nothing_that_they_allow(book: Book) -> None:
    trains(book, "total", 13000, publisher="A", low=13000, high=None)
    trains(book, "total", 13187, publisher="B")
    assert identities(book) == []
    trains(book, "total", 12000, publisher="C", low=None, high=12500)
    assert identities(book) == ["same_key"]


def test_a_month_against_two_running_totals(book: Book) -> None:
    trains(book, "total", 12605, "2025-01-01..2025-05-31")
    trains(book, "total", 13817, HALF)
    trains(book, "total", 1246, JUNE)
    row = book.row("contradictions")
    assert (row["identity"], row["gap"]) == ("difference", 34)
    assert (row["stated_value"], row["other_value"]) == (1246, 1212)
    assert len(row["sentences"]) == 3


def test_a_growth_that_stored_levels_deny(book: Book) -> None:
    trains(book, "total", 9679, "2024-01-01..2024-06-30")
    article = book.article(publisher="A")
    level = book.add(article, "khorgos", "trains", "total", 12210, HALF)
    book.add(article, "khorgos", "trains", "yoy_pct", 21.5, HALF, low=21.4, high=21.6, relates_to=level)
    row = book.row("contradictions")
    assert (row["identity"], row["stated_value"]) == ("growth", 21.5)
    assert row["other_value"] == pytest.approx(26.15, abs=0.01)


def test_a_growth_that_implies_less_than_had_passed_before(book: Book) -> None:
    trains(book, "total", 4043, "2024-01-01..2024-06-17", port="manzhouli")
    article = book.article(publisher="A")
    level = book.add(article, "manzhouli", "trains", "total", 4818, HALF)
    book.add(article, "manzhouli", "trains", "yoy_pct", 37.6, HALF, low=37.5, high=37.7, relates_to=level)
    row = book.row("contradictions")
    assert (row["identity"], row["other_value"]) == ("implied_base", 4043)
    assert row["stated_value"] == pytest.approx(3501.45, abs=0.01)
    trains(book, "total", 3400, "2024-01-01..2024-06-17", port="manzhouli", published_on="2025-08-01")
    assert identities(book) == []


def test_each_rule_has_its_name(book: Book) -> None:
    trains(book, "daily_mean", 24)
    trains(book, "daily_max", 20)
    trains(book, "total", 9000)
    trains(book, "total", 4620, direction="export")
    trains(book, "total", 4021, direction="import")
    assert sorted(identities(book)) == ["directions", "mean_days", "peak", "peak_days"]


def test_rates_of_many_things_differ_without_contradiction(book: Book) -> None:
    book.con.execute("update metric set flow = 'rate' where metric = 'load_ratio'")
    trains(book, "mean", 98, metric="load_ratio", publisher="A")
    trains(book, "mean", 90, metric="load_ratio", publisher="B")
    assert identities(book) == []


counts = st.integers(0, 5000)


@settings(max_examples=15, deadline=None)
@given(
    out=st.lists(counts, min_size=6, max_size=6),
    back=st.lists(counts, min_size=6, max_size=6),
    step=st.sampled_from([1, 10, 100]),
    told=st.sets(st.integers(0, 29), max_size=30),
)
def test_what_is_true_and_rounded_is_never_accused(
    out: list[int], back: list[int], step: int, told: set[int]
) -> None:
    """Facts drawn from one true series, in any selection and rounding, contradict nothing."""
    facts: list[tuple[str, str, int, str | None]] = []
    for n, month in enumerate(MONTHS):
        facts += [("total", month, out[n], "export"), ("total", month, back[n], "import")]
        facts += [("total", month, out[n] + back[n], None)]
        first, last = MONTHS[0][:10], month[-10:]
        facts += [("total", f"{first}..{last}", sum(out[: n + 1]) + sum(back[: n + 1]), None)] if n else []
        facts += [("total", f"{first}..{last}", sum(out[: n + 1]), "export")] if n else []
    with clean_book() as book:
        for place in sorted(told & set(range(len(facts)))):
            measure, period, value, direction = facts[place]
            stated = value // step * step
            trains(
                book, measure, stated, period, direction=direction, publisher=str(place),
                low=max(0, stated - step), high=stated + step,
            )  # fmt: skip
        assert book.rows("contradictions", "identity") == []


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 10**6), st.integers(2, 10**6), st.integers(0, 1000), st.integers(0, 1000))
def test_a_pair_is_accused_just_where_its_intervals_do_not_meet(
    a: int, gap: int, wide_a: int, wide_b: int
) -> None:
    b = a + gap
    with clean_book() as book:
        trains(book, "total", a, publisher="A", low=a - wide_a, high=a + wide_a)
        trains(book, "total", b, publisher="B", low=b - wide_b, high=b + wide_b)
        assert (identities(book) == ["same_key"]) is (a + wide_a < b - wide_b)


FLAGS = {
    "mean_peak_capacity": "not (coalesce(total_agrees, true) and coalesce(mean_within_peak, true) "
    "and coalesce(peak_within_capacity, true))",
    "balance": "not agrees",
    "growth_check": "not agrees",
    "cumulative_flow": "not never_falls",
    "month_estimate": "is_impossible or flow < flow_low - 1e-6 or flow > flow_high + 1e-6",
    "intensity": "not is_plausible",
    "shares": "not agrees",
    "contradictions": "true",
}


def story(book: Book, out: list[int], back: list[int], before: list[int], step: int) -> dict[str, str]:
    """Tell true figures of one half-year, cut off at `step`; give the observation of each by name."""
    article, told = book.article(), {}

    def tell(name: str, metric: str, measure: str, value: float, period: str, **more: Any) -> str:
        unit = step if measure == "total" else 1
        cut = value // unit * unit
        wide = 0 if unit == 1 and measure == "total" else unit
        port = more.pop("port", "khorgos")
        told[name] = book.add(
            article, port, metric, measure, cut, period,
            low=cut - wide if measure == "yoy_pct" else max(0, cut - wide), high=cut + wide, **more,
        )  # fmt: skip
        return told[name]

    for n, month in enumerate(MONTHS):
        tell(f"month{n}", "trains", "total", out[n] + back[n], month)
        if n in (2, 4, 5):
            so_far = f"{HALF[:10]}..{month[-10:]}"
            tell(f"running{n}", "trains", "total", sum(out[: n + 1]) + sum(back[: n + 1]), so_far)
    whole, base = sum(out) + sum(back), sum(before)
    tell("out", "trains", "total", sum(out), HALF, direction="export")
    tell("back", "trains", "total", sum(back), HALF, direction="import")
    tell("base", "trains", "total", base, "2024-01-01..2024-06-30")
    tell("growth", "trains", "yoy_pct", 100 * (whole / base - 1), HALF, relates_to=told["running5"])
    tell("teu", "teu", "total", 90 * whole, HALF)
    tell("mean", "trains", "daily_mean", whole / 181, HALF)
    tell("peak", "trains", "daily_max", max(out) // 20 + max(back) // 20 + 5, HALF)
    tell("district", "trains", "total", 2 * whole, HALF, port="cust-urumqi")
    tell("share", "trains", "share_pct", 50, HALF, whole="cust-urumqi", relates_to=told["running5"])
    return told


months = st.lists(st.integers(500, 2000), min_size=6, max_size=6)


@settings(max_examples=20, deadline=None)
@given(out=months, back=months, before=months, step=st.sampled_from([1, 10, 100]))
def test_a_true_story_raises_no_flag(out: list[int], back: list[int], before: list[int], step: int) -> None:
    with clean_book() as book:
        story(book, out, back, before, step)
        for view, flag in FLAGS.items():
            assert book.rows(f"{view} where {flag}") == [], view


@pytest.mark.parametrize(
    ("name", "factor", "view"),
    [
        ("teu", 10_000, "intensity"),
        ("teu", 0.0001, "intensity"),
        ("teu", 0.001, "intensity"),
        ("mean", 10, "mean_peak_capacity"),
        ("peak", 0.1, "mean_peak_capacity"),
        ("month3", 10, "balance"),
        ("out", 10, "balance"),
        ("running4", 0.1, "cumulative_flow"),
        ("base", 10, "growth_check"),
        ("share", 0.1, "shares"),
    ],
)
@settings(max_examples=5, deadline=None)
@given(out=months, back=months, before=months, step=st.sampled_from([1, 10]))
def test_a_slip_is_flagged_by_its_view(
    name: str, factor: float, view: str, out: list[int], back: list[int], before: list[int], step: int
) -> None:
    with clean_book() as book:
        slipped = story(book, out, back, before, step)[name]
        book.con.execute(
            "update observation set value = value * $1, low = low * $1, high = high * $1 "
            "where observation_id = $2",
            [factor, slipped],
        )
        assert book.rows(f"{view} where {FLAGS[view]}") != []
