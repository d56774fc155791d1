"""One text whose periods are being read: what its words stand for, and how a period is made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from tallybook.lexicon.grammar import PeriodRules
from tallybook.recognise.periods import Kind, Period, Today, month_end


@dataclass(slots=True)
class Reader:
    """One text being read: what the words stand for, and the year and month last named."""

    text: str
    rules: PeriodRules
    today: Today
    year: int | None = None
    month: tuple[int, int] | None = None
    months: dict[int, int] = field(default_factory=dict)
    """The months that the sentence has named, and their years."""
    day: date | None = None
    named: bool = False
    fiscal: tuple[int, bool] | None = None
    """First month of the text's fiscal years and whether they are named for it, once it was asked for."""

    def get(self, m: re.Match[str], name: str) -> str | None:
        """Give the first filled group of that name."""
        groups = m.re.groupindex
        k = 1
        key = name
        while key in groups:
            if m[key] is not None:
                return m[key]
            k += 1
            key = f"{name}__{k}"
        return None

    def number(self, m: re.Match[str], name: str) -> int | None:
        text = self.get(m, name)
        if text is None:
            return None
        return int(text) if text.isdigit() else self.rules.n.get(text.lower())

    def month_of(self, m: re.Match[str], name: str = "month") -> int | None:
        text = self.get(m, name)
        return None if text is None else self.rules.months.get(text.lower())

    def relative(self, m: re.Match[str], name: str = "rel") -> int | None:
        text = self.get(m, name)
        base = self.today.this_year
        if text is None or base is None:
            return None
        return base + self.rules.relative_years.get(text.lower(), 0)

    def stated(self, m: re.Match[str]) -> int | None:
        """The year that the expression names: in digits, two digits, or by a word."""
        year = self.number(m, "year")
        if year is None and (short := self.get(m, "yy")):
            year = 2000 + int(short)
        return year if year is not None else self.relative(m)


def make(
    r: Reader,
    m: re.Match[str],
    kind: Kind,
    low: date | None,
    high: date | None,
    grain: str,
    free: bool = False,
) -> Period:
    """Make a period; where its year is not stated, the past reading wins."""
    published = r.today.published
    if (
        low
        and high
        and published
        and free
        and not lies_ahead(r, m.start(), m.end())
        and (
            low > published
            or (grain in ("months", "month") and high > month_end(published.year, published.month))
        )
    ):
        low, high = year_before(low), year_before(high)
    digits = any(c.isdigit() for c in m.group())
    spelled = r.get(m, "n") is not None
    return Period(m.start(), m.end(), kind, low, high, grain, digits or spelled)


def lies_ahead(r: Reader, start: int, end: int) -> bool:
    """Tell whether an expression is said of what is to come: by words before it, or right behind it."""
    floor = max(r.text.rfind(c, 0, start) for c in (". ", ";", "\n")) + 1
    return bool(
        r.rules.ahead.search(r.text, max(floor, start - _SAID_BEFORE), start)
        or r.rules.phrases["to_come"].match(r.text, end)
    )


_SAID_BEFORE = 180
"""How far before a month its sentence may say that it is to come."""


def year_before(day: date) -> date:
    if day.month == 2 and day.day >= 28:
        return month_end(day.year - 1, 2)
    return day.replace(year=day.year - 1)


def day_of(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month, day) if year and month and day else None
    except ValueError:
        return None


def year_of(r: Reader, m: re.Match[str]) -> tuple[int | None, bool]:
    """The year of an expression and whether it is only taken from the context."""
    stated = r.stated(m)
    if stated is not None:
        return stated, False
    if r.year is not None:
        return r.year, False
    return r.today.this_year, True


def span_of_months(
    year: int | None, first: int | None, last: int | None, last_year: int | None = None
) -> tuple[date | None, date | None]:
    if year is None or first is None or last is None or not (1 <= first <= 12 and 1 <= last <= 12):
        return None, None
    until = last_year or (year + 1 if last < first else year)
    return date(year, first, 1), month_end(until, last)
