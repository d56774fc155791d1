"""Periods of Chinese prose, resolved against the day of publication."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallybook.bind.frames import Frame, run
from tallybook.lexicon import Lexicon
from tallybook.recognise.fold import fold, folding
from tallybook.recognise.periods import Today, find_periods, join_ranges, month_end

P = date(2025, 6, 2)


def resolve(text: str, lexicon: Lexicon, published: date | None = P) -> tuple[str | None, str | None]:
    """Give the ends of the period in force after all the expressions of one sentence."""
    today = Today(published, lexicon.holidays)
    text = fold(text, lexicon.folding).text
    frame = run(Frame(), join_ranges(text, find_periods(text, today)), published)
    return (
        frame.low.isoformat() if frame.low else None,
        frame.high.isoformat() if frame.high else None,
    )


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("今年一季度，", "2025-01-01", "2025-03-31"),
        ("前5个月，", "2025-01-01", "2025-05-31"),
        ("今年前三季度，", "2025-01-01", "2025-09-30"),
        ("1至7月，", "2024-01-01", "2024-07-31"),
        ("1—4月，", "2025-01-01", "2025-04-30"),
        ("上半年，", "2025-01-01", "2025-06-30"),
        ("去年四季度，", "2024-10-01", "2024-12-31"),
        ("去年，", "2024-01-01", "2024-12-31"),
        ("2023年度，", "2023-01-01", "2023-12-31"),
        ("2016—2018年，", "2016-01-01", "2018-12-31"),
        ("今年以来，", "2025-01-01", "2025-06-02"),
        ("今年3月以来，", "2025-03-01", "2025-06-02"),
        ("自2017年以来，", "2017-01-01", "2025-06-02"),
        ("“十四五”以来，", "2021-01-01", "2025-06-02"),
        ("三年来，", "2022-06-02", "2025-06-02"),
        ("近十年，", "2015-06-02", "2025-06-02"),
        ("开行以来，", None, "2025-06-02"),
        ("截至5月19日，", None, "2025-05-19"),
        ("截至5月19日，今年累计", "2025-01-01", "2025-05-19"),
        ("今年截至5月19日，", "2025-01-01", "2025-05-19"),
        ("从1月21日开展业务，至4月11日", "2025-01-21", "2025-04-11"),
        ("5月仅用29天", "2025-05-01", "2025-05-29"),
        ("11月24日至30日，", "2024-11-24", "2024-11-30"),
        ("12月，", "2024-12-01", "2024-12-31"),
        ("上月，", "2025-05-01", "2025-05-31"),
        ("昨天，", "2025-06-01", "2025-06-01"),
        ("截至昨天（6月1日），今年", "2025-01-01", "2025-06-01"),
        ("5月当月，", "2025-05-01", "2025-05-31"),
        ("春节假期，", "2025-01-28", "2025-02-04"),
        ("2025年5月29日17时20分，", "2025-05-29", "2025-05-29"),
        ("民国113年，", "2024-01-01", "2024-12-31"),
        ("２０２４年，", "2024-01-01", "2024-12-31"),
        ("2月30日，", None, None),
        ("13月，", None, None),
        ("目前，", None, "2025-06-02"),
    ],
)
def test_period(text: str, low: str | None, high: str | None, lexicon: Lexicon) -> None:
    assert resolve(text, lexicon) == (low, high)


@given(
    st.dates(date(2000, 1, 1), date(2035, 12, 31)),
    st.sampled_from(["{y}年{m}月{d}日", "{y}年 {m} 月 {d} 日"]),
)
def test_a_full_date_is_that_day_whenever_it_is_published(day: date, form: str) -> None:
    text = form.format(y=day.year, m=day.month, d=day.day)
    for published in (None, P):
        (found,) = find_periods(fold(text, folding({})).text, Today(published, {}))
        assert (found.low, found.high) == (day, day)


@given(st.dates(date(2010, 1, 31), date(2035, 12, 31)), st.integers(1, 12))
def test_a_month_without_a_year_has_begun_when_it_is_told(published: date, month: int) -> None:
    (found,) = find_periods(f"{month}月份，", Today(published, {}))
    assert found.low is not None
    assert found.high is not None
    assert found.low <= published < found.low + timedelta(366)
    assert found.high == month_end(found.low.year, month)


@given(st.dates(date(2010, 1, 31), date(2035, 12, 31)), st.integers(1, 12), st.integers(1, 12))
def test_a_span_of_months_never_ends_before_it_starts(published: date, first: int, last: int) -> None:
    for found in find_periods(f"{first}至{last}月，", Today(published, {})):
        assert found.low is None or found.high is None or found.low <= found.high
