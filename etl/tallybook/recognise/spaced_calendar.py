"""Templates that name days, months, quarters and years of the calendar, and what they mean."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tallybook.frozen import replace
from tallybook.recognise.periods import Period, month_end
from tallybook.recognise.spaced_reader import (
    Reader,
    day_of,
    make,
    span_of_months,
    year_before,
    year_of,
)
from tallybook.recognise.spaced_relative import read_last_quarter

_PLANS = {
    "11": 2006,
    "12": 2011,
    "13": 2016,
    "14": 2021,
    "15": 2026,
    "eleventh": 2006,
    "twelfth": 2011,
    "thirteenth": 2016,
    "fourteenth": 2021,
    "fifteenth": 2026,
}


def _sure_month(r: Reader, m: re.Match[str]) -> bool:
    """Tell whether May and March are months here."""
    name = r.get(m, "month")
    if name is None or name not in r.rules.unsure_months or r.get(m, "year") or r.get(m, "rel"):
        return True
    return bool(
        r.rules.month_lead.search(r.text, max(0, m.start() - 24), m.start())
        or r.rules.month_tail.match(r.text, m.end())
    )


def read_date(r: Reader, m: re.Match[str]) -> Period | None:
    year, free = year_of(r, m)
    when = day_of(year, r.month_of(m), r.number(m, "day"))
    return make(r, m, "point", when, when, "day", free)


def read_iso(r: Reader, m: re.Match[str]) -> Period | None:
    when = day_of(r.number(m, "year"), int(m["mm"]), r.number(m, "day"))
    return make(r, m, "point", when, when, "day")


def read_numeric(r: Reader, m: re.Match[str]) -> Period | None:
    a, b, year = int(m["a"]), int(m["b"]), int(m["year"])
    when = (
        day_of(year, a, b)
        if (a <= 12 and b > 12) or r.rules.month_lead.pattern == ""
        else (day_of(year, b, a) if b <= 12 and a > 12 else None)
    )
    return make(r, m, "point", when, when, "day")


def read_day_range(r: Reader, m: re.Match[str]) -> Period | None:
    year, free = year_of(r, m)
    end_year = r.number(m, "year2") or year
    last = r.month_of(m, "month2")
    first = r.month_of(m) or last
    last = last or first
    if r.number(m, "year") is None and r.number(m, "year2"):
        year, free = r.number(m, "year2"), False
    low, high = day_of(year, first, r.number(m, "day")), day_of(end_year, last, r.number(m, "day2"))
    if low and high and high < low and r.number(m, "year2") is None and first != last:
        high = high.replace(year=high.year + 1) if (high.month, high.day) != (2, 29) else None
    if low and high and high < low:
        return None
    return make(r, m, "span", low, high, "range", free)


def read_month_range(r: Reader, m: re.Match[str]) -> Period | None:
    first_year = r.number(m, "year1")
    year, free = year_of(r, m)
    first, last = r.month_of(m), r.month_of(m, "month2")
    if first_year and r.stated(m) is None:
        year, free = first_year, False
    if first_year and year:
        return make(
            r,
            m,
            "span",
            *span_of_months(first_year, first, last, year if year > first_year else None),
            "months",
        )
    if first and last and last < first and year is not None and r.stated(m) is not None:
        return make(r, m, "span", *span_of_months(year - 1, first, last, year), "months")
    return make(r, m, "span", *span_of_months(year, first, last), "months", free)


def read_month_list(r: Reader, m: re.Match[str]) -> Period | None:
    first, last = r.month_of(m), r.month_of(m, "month2")
    return read_month_range(r, m) if first and last and last == first + 1 else None


def read_month(r: Reader, m: re.Match[str]) -> Period | None:
    if not _sure_month(r, m):
        return None
    year, free = year_of(r, m)
    month = r.month_of(m)
    return make(r, m, "span", *span_of_months(year, month, month), "month", free)


def read_last_named_month(r: Reader, m: re.Match[str]) -> Period | None:
    """Read "last May" as the one before, where the story is of this May: compared to last May's record."""
    found = read_month(r, m)
    if found is None or found.low is None or found.high is None or r.month is None:
        return found
    if r.month != (found.low.year, found.low.month):
        return found
    return replace(found, low=year_before(found.low), high=year_before(found.high))


def read_first_months(r: Reader, m: re.Match[str]) -> Period | None:
    year, free = year_of(r, m)
    n = r.number(m, "n")
    month = r.month_of(m)
    if month is not None and n is not None and year is not None:
        return read_back_months(r, m)
    return make(r, m, "span", *span_of_months(year, 1, n), "months", free)


def read_back_months(r: Reader, m: re.Match[str]) -> Period | None:
    year, free = year_of(r, m)
    n, month = r.number(m, "n"), r.month_of(m)
    if year is None or n is None or month is None or not 1 <= n <= 24:
        return make(r, m, "span", None, None, "months")
    first = year * 12 + month - n
    return make(r, m, "span", date(first // 12, first % 12 + 1, 1), month_end(year, month), "months", free)


def read_rolling_year(r: Reader, m: re.Match[str]) -> Period | None:
    """Read "on a 12-month rolling basis" as the twelve months to the one told of last, else to the last one over."""
    published = r.today.published
    told = r.month or (
        ((published.year * 12 + published.month - 2) // 12, (published.month - 2) % 12 + 1)
        if published
        else None
    )
    if told is None:
        return make(r, m, "span", None, None, "months")
    first = told[0] * 12 + told[1] - 12
    return make(r, m, "span", date(first // 12, first % 12 + 1, 1), month_end(*told), "months")


def read_fiscal_to(r: Reader, m: re.Match[str]) -> Period | None:
    year, free = year_of(r, m)
    month = r.month_of(m)
    if year is None or month is None:
        return make(r, m, "span", None, None, "year")
    last = month_end(year, month)
    low = date(year - 1, month + 1, 1) if month < 12 else date(year, 1, 1)
    return make(r, m, "span", low, last, "months", free)


_NEARLY_OVER = 25
"""From which day on a month's figures may be out before it ends."""


def read_in_months(r: Reader, m: re.Match[str]) -> Period | None:
    """Read "in ten months" as the first ten of the year where just so many are over, or one more."""
    published, n = r.today.published, r.number(m, "n")
    if published is None or n is None:
        return None
    over = published.month if published.day >= _NEARLY_OVER else published.month - 1
    late = n > 3 and n in (over - 1, over + 11)  # the figures of eleven months come out in January, too
    if n not in (published.month - 1, published.month + 11, over) and not late:
        return None
    year = published.year if n <= over else published.year - 1
    return make(r, m, "span", *span_of_months(year, 1, n), "months")


def read_half_year(r: Reader, m: re.Match[str]) -> Period | None:
    """Read half-year figures as those of the half that ended last."""
    published = r.today.published
    if published is None:
        return make(r, m, "span", None, None, "half")
    if published.month > 6:
        return make(r, m, "span", *span_of_months(published.year, 1, 6), "half")
    return make(r, m, "span", *span_of_months(published.year - 1, 7, 12), "half")


def read_weekend(r: Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    if published is None:
        return make(r, m, "span", None, None, "range")
    sunday = published - timedelta((published.weekday() + 1) % 7)
    return make(r, m, "span", sunday - timedelta(1), sunday, "weekend")


def read_last_months(r: Reader, m: re.Match[str]) -> Period | None:
    year, n = r.stated(m), r.number(m, "n")
    if year is None or n is None or not 1 <= n <= 12:
        return None
    return make(r, m, "span", *span_of_months(year, 13 - n, 12), "months")


def read_part_of_month(r: Reader, m: re.Match[str]) -> Period | None:
    """Read early July, the first half of July, the first ten days of July."""
    year, free = year_of(r, m)
    month = r.month_of(m)
    if year is None or month is None:
        return make(r, m, "span", None, None, "range")
    last = month_end(year, month).day
    part, n, weeks = (r.get(m, "part") or "").lower(), r.number(m, "n"), r.get(m, "weeks")
    first_day, last_day = _PARTS.get(part, (1, 10))
    if n is not None:
        first_day, last_day = 1, min(last, n * 7 if weeks else n)
    return make(
        r, m, "span", date(year, month, first_day), date(year, month, min(last_day, last)), "part", free
    )


_PARTS = {"first half": (1, 15), "second half": (16, 31), "early": (1, 10), "mid": (11, 20), "late": (21, 31)}


def read_period_to(r: Reader, m: re.Match[str]) -> Period | None:
    """Read the quarter ended June 30, the June quarter, the week to August 3."""
    year, free = year_of(r, m)
    month, day = r.month_of(m), r.number(m, "day")
    if (r.get(m, "unit") or "").lower() == "week":
        high = day_of(year, month, day)
        return make(r, m, "span", high - timedelta(6) if high else None, high, "range", free)
    if year is None or month is None:
        return make(r, m, "span", None, None, "quarter")
    first = year * 12 + month - 3
    return make(r, m, "span", date(first // 12, first % 12 + 1, 1), month_end(year, month), "quarter", free)


def read_ytd_to(r: Reader, m: re.Match[str]) -> Period | None:
    """Read "from the beginning of the year to November" as those months."""
    year, free = year_of(r, m)
    return make(r, m, "span", *span_of_months(year, 1, r.month_of(m)), "months", free)


def read_first_quarters(r: Reader, m: re.Match[str]) -> Period | None:
    year, free = year_of(r, m)
    n = r.number(m, "n") or 0
    return make(
        r, m, "span", *(span_of_months(year, 1, 3 * n) if n in (2, 3, 4) else (None, None)), "quarter", free
    )


def read_quarter(r: Reader, m: re.Match[str]) -> Period | None:
    year, free = year_of(r, m)
    ordinal = r.get(m, "ord")
    q = r.number(m, "q") or (r.rules.ordinals.get(ordinal.lower()) if ordinal else None)
    if q is None or not 1 <= q <= 4 or ((ordinal or "").lower() == "last" and r.stated(m) is None):
        return read_last_quarter(r, m) if q else None
    return make(r, m, "span", *span_of_months(year, 3 * q - 2, 3 * q), "quarter", free)


def read_nth_month(r: Reader, m: re.Match[str]) -> Period | None:
    """Read "the first month of 2026"."""
    year, free = year_of(r, m)
    n = r.rules.ordinals.get((r.get(m, "ord") or "").lower())
    return make(r, m, "span", *span_of_months(year, n, n), "month", free) if n else None


def read_half(r: Reader, m: re.Match[str]) -> Period | None:
    year, free = year_of(r, m)
    word = (r.get(m, "h") or r.get(m, "h1") or "").lower()
    second = bool(r.rules.phrases["second"].match(word))
    return make(r, m, "span", *span_of_months(year, 7 if second else 1, 12 if second else 6), "half", free)


def read_plan_period(r: Reader, m: re.Match[str]) -> Period | None:
    key = r.get(m, "plan") or ""
    year = _PLANS.get(re.sub(r"\D", "", key) or key.lower())
    if year is None:
        return None
    end, published = date(year + 4, 12, 31), r.today.published
    high = published if published and published < end else end
    return make(r, m, "since" if high != end else "span", date(year, 1, 1), high, "plan")


def read_year_range(r: Reader, m: re.Match[str]) -> Period | None:
    first = r.number(m, "year") or r.number(m, "year3")
    last = r.number(m, "year2") or r.number(m, "year4")
    if last is None and first is not None and (short := r.get(m, "yy2")):
        last = first // 100 * 100 + int(short)
    if first is None or last is None or last <= first or last - first > 60:
        return None
    return make(r, m, "span", date(first, 1, 1), date(last, 12, 31), "years")


_YEAR_ENDS = re.compile(
    r"[,;:)](?!\d)|\.(?:\s|$)|$|\n|\s(?:with|when|was|were|is|by|at|on|for|but|as|which|saw|brought|ended|total|"
    r"figures?|volumes?|levels?|results?)\b",
    re.I,
)
"""What stands behind a year and not behind a count."""


def read_year(r: Reader, m: re.Match[str]) -> Period | None:
    year = r.stated(m) or (r.today.this_year if r.get(m, "year") is None else None)
    if year is None:
        return make(r, m, "span", None, None, "year")
    bare = m.group() == r.get(m, "year")
    if (
        bare
        and not r.rules.year_lead.search(r.text, max(0, m.start() - 14), m.start())
        and not (1990 <= year <= 2040 and _YEAR_ENDS.match(r.text, m.end()))
    ):
        return None
    return make(r, m, "span", date(year, 1, 1), date(year, 12, 31), "year")
