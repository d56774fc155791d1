"""Fiscal years: the twelve months that a land or a port authority counts by, and parts of them.

The grammar's table `fiscal` says in which month such a year begins, by the lands and offices that a
text speaks of; with none of them it is the calendar's.
"""

from __future__ import annotations

import re
from datetime import date

from tallybook.recognise.periods import Period, month_end
from tallybook.recognise.spaced_reader import Reader, make

_MONTHS = {"quarter": 3, "half": 6, "q": 3, "h": 6}


def read_fiscal_year(r: Reader, m: re.Match[str]) -> Period | None:
    """Read FY25, fiscal year 2023-24, the last fiscal; the current one ends with publication."""
    first = _first_month(r)
    year = _start(r, m, first, 12)
    published = r.today.published
    if year is None:
        return make(r, m, "span", None, None, "year")
    low, high = _span(year, first, 1, 12)
    if published is not None and low <= published < high:
        return make(r, m, "open", low, published, "year")
    return make(r, m, "span", low, high, "year")


def read_fiscal_months(r: Reader, m: re.Match[str]) -> Period | None:
    """Read the first seven months of the current fiscal."""
    n, first = r.number(m, "n"), _first_month(r)
    if n is None or not 1 <= n <= 12:
        return None
    year = _start(r, m, first, n)
    low, high = _span(year, first, 1, n) if year is not None else (None, None)
    return make(r, m, "span", low, high, "months")


def read_fiscal_part(r: Reader, m: re.Match[str]) -> Period | None:
    """Read the second quarter of fiscal 2025, H1 FY25."""
    ordinal, first = r.get(m, "ord"), _first_month(r)
    part = (r.get(m, "fpart") or "").lower()
    n = r.number(m, "fnum") or (r.rules.ordinals.get(ordinal.lower()) if ordinal else None)
    length = _MONTHS.get(part)
    if n is None or length is None or n * length > 12:
        return None
    year = _start(r, m, first, n * length)
    low, high = _span(year, first, (n - 1) * length + 1, n * length) if year is not None else (None, None)
    return make(r, m, "span", low, high, "quarter" if length == 3 else "half")


def read_fiscal_range(r: Reader, m: re.Match[str]) -> Period | None:
    """Read April-October last fiscal, March of FY24."""
    first, month = _first_month(r), r.month_of(m)
    last = r.month_of(m, "month2") or month
    if month is None or last is None:
        return None
    a, b = ((x - first) % 12 + 1 for x in (month, last))
    year = _start(r, m, first, b)
    if year is None or b < a:
        return make(r, m, "span", None, None, "months")
    return make(r, m, "span", *_span(year, first, a, b), "month" if a == b else "months")


def _first_month(r: Reader) -> int:
    """The month in which the fiscal years of a text begin, by what it names first."""
    if r.fiscal is None:
        told = [
            (found.start(), month, opens)
            for month, opens, form in r.rules.fiscal
            if (found := form.search(r.text)) is not None
        ]
        r.fiscal = min(told, default=(0, 1, True))[1:]
    return r.fiscal[0]


def _start(r: Reader, m: re.Match[str], first: int, length: int) -> int | None:
    """The calendar year in which the fiscal year of an expression begins."""
    assert r.fiscal is not None
    year = r.number(m, "fy")
    if year is None and (short := r.get(m, "fys")):
        year = 2000 + int(short)
    if year is not None:
        if r.get(m, "fy2"):
            return year if first > 1 else None  # 2023-24 of nobody knows which months
        return year if first == 1 or r.fiscal[1] else year - 1
    published = r.today.published
    if published is None:
        return None
    running = published.year if published.month >= first else published.year - 1
    word = (r.get(m, "frel") or "").lower()
    if word:
        return running + r.rules.relative_years.get(f"{word} year", -1 if word in _PAST else 0)
    return running if _span(running, first, 1, length)[1] <= published else running - 1


_PAST = frozenset({"previous", "past", "preceding", "prior"})


def _span(year: int, first: int, a: int, b: int) -> tuple[date, date]:
    """Give the first and last day of months `a` to `b` of the fiscal year that begins in `year`."""
    low, high = year * 12 + first + a - 2, year * 12 + first + b - 2
    return date(low // 12, low % 12 + 1, 1), month_end(high // 12, high % 12 + 1)
