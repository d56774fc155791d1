"""What a period is, and the arithmetic of days and months that its readers share."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from tallybook.frozen import record
from tallybook.recognise.numbers import chinese_value

Kind = Literal["span", "until", "since", "point", "now", "open", "same", "former", "base", "future"]


@record
class Period:
    """A period expression: folded span, what it does to the period in force, its bounds."""

    start: int
    end: int
    kind: Kind
    low: date | None
    high: date | None
    grain: str
    """day, month, quarter, half, year, range, back, holiday or word."""
    digits: bool = True
    """True where the expression holds a number, which is then a figure `date`."""


@record
class Today:
    """What relative words are resolved against: the publication date, or none."""

    published: date | None
    holidays: Mapping[tuple[str, int], tuple[date, date]]
    year: int | None = None
    """Year in force where the publication date is not known."""

    @property
    def this_year(self) -> int | None:
        """The year that 今年 means."""
        return self.published.year if self.published else self.year


def number(text: str | None) -> int | None:
    """Give the value of a number in digits or characters."""
    if not text:
        return None
    return int(text) if text.isdigit() and text.isascii() else chinese_value(text)


def day(year: int | None, month: int | None, day: int | None) -> date | None:
    """Give the date, or None where it does not exist (2月30日) or a part is not known."""
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_end(year: int, month: int) -> date:
    """Give the last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def months(
    year: int | None, first: int | None, last: int | None, last_year: int | None = None
) -> tuple[date, date] | None:
    """Give the bounds of some months of a year."""
    if year is None or first is None or last is None or not (1 <= first <= 12 and 1 <= last <= 12):
        return None
    end_year = last_year or (year + 1 if last < first else year)
    return date(year, first, 1), month_end(end_year, last)


def ends(span: tuple[date, date] | None) -> tuple[date | None, date | None]:
    """Give both ends of a span, or none."""
    return span if span else (None, None)


_DAYS = frozenset({"day", "range"})
_TO_COME = timedelta(31)
"""Days that lie so soon after publication are those to come: nobody tells last year's without saying so."""


@record
class Maker:
    """Makes a Period of one match; an unstated year falls back so that the start is not in the future."""

    start: int
    end: int
    today: Today
    stated: bool

    def __call__(
        self, kind: Kind, low: date | None, high: date | None, grain: str, digits: bool = True
    ) -> Period:
        published = self.today.published
        ahead = low and published and low - published > (_TO_COME if grain in _DAYS else timedelta(0))
        if grain == "months" and high and published and high > month_end(published.year, published.month):
            ahead = True  # 1至7月 told in June is last year's
        if low and high and not self.stated and ahead:
            low, high = back_a_year(low), back_a_year(high)
        return Period(self.start, self.end, kind, low, high, grain, digits)


def back_a_year(day: date) -> date:
    """Give the day a year before."""
    if day.month == 2 and day.day == 29:
        return date(day.year - 1, 2, 28)
    back = day.replace(year=day.year - 1)
    return month_end(back.year, 2) if day.month == 2 and day.day == 28 else back


def month_before(day: date, number: int) -> tuple[int, int]:
    """Give the month that 'the Nth' names when said on `day`: this one, or the last where N is to come."""
    if number <= day.day:
        return day.year, day.month
    return (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
