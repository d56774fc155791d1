"""Periods of languages that part their words with blanks, read with the grammar's templates.

A template says how an expression is written; its name says what it means, and here that
meaning becomes the same `Period` that Chinese gives. Words before an expression turn it
into until, since, a base of comparison, or the day on which something was merely said.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tallybook.lexicon.grammar import PeriodRules
from tallybook.recognise.periods import Kind, Period, Today, month_end

_SENTENCE = re.compile(r"[.!?]\s+(?=[A-ZА-ЯЁ\"“«])|\n")
_GRAINS = frozenset({"month", "months", "quarter", "half", "year", "range", "day"})
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


@dataclass(slots=True)
class _Reader:
    """One text being read: what the words stand for, and the year and month last named."""

    text: str
    rules: PeriodRules
    today: Today
    year: int | None = None
    month: tuple[int, int] | None = None
    day: date | None = None
    named: bool = False

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


def find_spaced_periods(text: str, rules: PeriodRules, today: Today) -> list[Period]:
    """Find the period expressions of a folded text, in order, never overlapping."""
    found: list[tuple[int, int, int, str, re.Match[str]]] = []
    for rank, (name, pattern) in enumerate(rules.templates):
        for m in pattern.finditer(text):
            if m.end() > m.start():
                found.append((m.start(), -m.end(), rank, name, m))
    found.sort(key=lambda t: t[:3])
    reader = _Reader(text, rules, today)
    out: list[Period] = []
    last_stop = 0
    for start, negative, _, name, m in found:
        if out and start < out[-1].end:
            continue
        if _SENTENCE.search(text, last_stop, start + 1):
            reader.year = None
        last_stop = start
        period = _READERS[name](reader, m)
        if period is None:
            continue
        if reader.stated(m) is not None and period.low and period.kind in ("span", "point"):
            reader.year = period.low.year
        if period.grain in ("month", "day") and period.high and period.kind in ("span", "point"):
            reader.month = (period.high.year, period.high.month)
        if period.low and period.grain in _GRAINS:
            reader.named = True
        if (
            period.low
            and period.grain in ("day", "year", "launch")
            and period.kind in ("point", "span", "since")
        ):
            reader.day = period.low
        out.append(_around(reader, replace(period, end=-negative)))
    return out


# ------------------------------------------------------------------ what the templates mean


def _make(
    r: _Reader,
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
        and not _ahead(r, m.start())
        and (
            low > published
            or (grain in ("months", "month") and high > month_end(published.year, published.month))
        )
    ):
        low, high = _back(low), _back(high)
    digits = any(c.isdigit() for c in m.group())
    spelled = r.get(m, "n") is not None
    return Period(m.start(), m.end(), kind, low, high, grain, digits or spelled)


def _ahead(r: _Reader, start: int) -> bool:
    return bool(r.rules.ahead.search(r.text, max(0, start - 60), start))


def _back(day: date) -> date:
    if day.month == 2 and day.day >= 28:
        return month_end(day.year - 1, 2)
    return day.replace(year=day.year - 1)


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month, day) if year and month and day else None
    except ValueError:
        return None


def _year(r: _Reader, m: re.Match[str]) -> tuple[int | None, bool]:
    """The year of an expression and whether it is only taken from the context."""
    stated = r.stated(m)
    if stated is not None:
        return stated, False
    if r.year is not None:
        return r.year, False
    return r.today.this_year, True


def _span_of_months(
    year: int | None, first: int | None, last: int | None, last_year: int | None = None
) -> tuple[date | None, date | None]:
    if year is None or first is None or last is None or not (1 <= first <= 12 and 1 <= last <= 12):
        return None, None
    until = last_year or (year + 1 if last < first else year)
    return date(year, first, 1), month_end(until, last)


def _sure_month(r: _Reader, m: re.Match[str]) -> bool:
    """Tell whether May and March are months here."""
    name = r.get(m, "month")
    if name is None or name not in r.rules.unsure_months or r.get(m, "year") or r.get(m, "rel"):
        return True
    return bool(
        r.rules.month_lead.search(r.text, max(0, m.start() - 24), m.start())
        or r.rules.month_tail.match(r.text, m.end())
    )


def _read_date(r: _Reader, m: re.Match[str]) -> Period | None:
    year, free = _year(r, m)
    when = _day(year, r.month_of(m), r.number(m, "day"))
    return _make(r, m, "point", when, when, "day", free)


def _read_iso(r: _Reader, m: re.Match[str]) -> Period | None:
    when = _day(r.number(m, "year"), int(m["mm"]), r.number(m, "day"))
    return _make(r, m, "point", when, when, "day")


def _read_numeric(r: _Reader, m: re.Match[str]) -> Period | None:
    a, b, year = int(m["a"]), int(m["b"]), int(m["year"])
    when = (
        _day(year, a, b)
        if (a <= 12 and b > 12) or r.rules.month_lead.pattern == ""
        else (_day(year, b, a) if b <= 12 and a > 12 else None)
    )
    return _make(r, m, "point", when, when, "day")


def _read_day_range(r: _Reader, m: re.Match[str]) -> Period | None:
    year, free = _year(r, m)
    end_year = r.number(m, "year2") or year
    last = r.month_of(m, "month2")
    first = r.month_of(m) or last
    last = last or first
    if r.number(m, "year") is None and r.number(m, "year2"):
        year, free = r.number(m, "year2"), False
    low, high = _day(year, first, r.number(m, "day")), _day(end_year, last, r.number(m, "day2"))
    if low and high and high < low and r.number(m, "year2") is None and first != last:
        high = high.replace(year=high.year + 1) if (high.month, high.day) != (2, 29) else None
    if low and high and high < low:
        return None
    return _make(r, m, "span", low, high, "range", free)


def _read_month_range(r: _Reader, m: re.Match[str]) -> Period | None:
    first_year = r.number(m, "year1")
    year, free = _year(r, m)
    first, last = r.month_of(m), r.month_of(m, "month2")
    if first_year and r.stated(m) is None:
        year, free = first_year, False
    if first_year and year:
        return _make(
            r,
            m,
            "span",
            *_span_of_months(first_year, first, last, year if year > first_year else None),
            "months",
        )
    if first and last and last < first and year is not None and r.stated(m) is not None:
        return _make(r, m, "span", *_span_of_months(year - 1, first, last, year), "months")
    return _make(r, m, "span", *_span_of_months(year, first, last), "months", free)


def _read_month_list(r: _Reader, m: re.Match[str]) -> Period | None:
    first, last = r.month_of(m), r.month_of(m, "month2")
    return _read_month_range(r, m) if first and last and last == first + 1 else None


def _read_month(r: _Reader, m: re.Match[str]) -> Period | None:
    if not _sure_month(r, m):
        return None
    year, free = _year(r, m)
    month = r.month_of(m)
    return _make(r, m, "span", *_span_of_months(year, month, month), "month", free)


def _read_first_months(r: _Reader, m: re.Match[str]) -> Period | None:
    year, free = _year(r, m)
    n = r.number(m, "n")
    month = r.month_of(m)
    if month is not None and n is not None and year is not None:
        return _read_back_months(r, m)
    return _make(r, m, "span", *_span_of_months(year, 1, n), "months", free)


def _read_back_months(r: _Reader, m: re.Match[str]) -> Period | None:
    year, free = _year(r, m)
    n, month = r.number(m, "n"), r.month_of(m)
    if year is None or n is None or month is None or not 1 <= n <= 24:
        return _make(r, m, "span", None, None, "months")
    first = year * 12 + month - n
    return _make(r, m, "span", date(first // 12, first % 12 + 1, 1), month_end(year, month), "months", free)


def _read_fiscal_to(r: _Reader, m: re.Match[str]) -> Period | None:
    year, free = _year(r, m)
    month = r.month_of(m)
    if year is None or month is None:
        return _make(r, m, "span", None, None, "year")
    last = month_end(year, month)
    low = date(year - 1, month + 1, 1) if month < 12 else date(year, 1, 1)
    return _make(r, m, "span", low, last, "months", free)


def _read_in_months(r: _Reader, m: re.Match[str]) -> Period | None:
    """Read "in ten months" as the first ten of the year where just so many are over."""
    published, n = r.today.published, r.number(m, "n")
    if published is None or n is None or n not in (published.month - 1, published.month + 11):
        return None
    year = published.year if n == published.month - 1 else published.year - 1
    return _make(r, m, "span", *_span_of_months(year, 1, n), "months")


def _read_half_year(r: _Reader, m: re.Match[str]) -> Period | None:
    """Read half-year figures as those of the half that ended last."""
    published = r.today.published
    if published is None:
        return _make(r, m, "span", None, None, "half")
    if published.month > 6:
        return _make(r, m, "span", *_span_of_months(published.year, 1, 6), "half")
    return _make(r, m, "span", *_span_of_months(published.year - 1, 7, 12), "half")


def _read_weekend(r: _Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    if published is None:
        return _make(r, m, "span", None, None, "range")
    sunday = published - timedelta((published.weekday() + 1) % 7)
    return _make(r, m, "span", sunday - timedelta(1), sunday, "weekend")


def _read_last_months(r: _Reader, m: re.Match[str]) -> Period | None:
    year, n = r.stated(m), r.number(m, "n")
    if year is None or n is None or not 1 <= n <= 12:
        return None
    return _make(r, m, "span", *_span_of_months(year, 13 - n, 12), "months")


def _read_part_of_month(r: _Reader, m: re.Match[str]) -> Period | None:
    """Read early July, the first half of July, the first ten days of July."""
    year, free = _year(r, m)
    month = r.month_of(m)
    if year is None or month is None:
        return _make(r, m, "span", None, None, "range")
    last = month_end(year, month).day
    part, n, weeks = (r.get(m, "part") or "").lower(), r.number(m, "n"), r.get(m, "weeks")
    first_day, last_day = _PARTS.get(part, (1, 10))
    if n is not None:
        first_day, last_day = 1, min(last, n * 7 if weeks else n)
    return _make(
        r, m, "span", date(year, month, first_day), date(year, month, min(last_day, last)), "part", free
    )


_PARTS = {"first half": (1, 15), "second half": (16, 31), "early": (1, 10), "mid": (11, 20), "late": (21, 31)}


def _read_period_to(r: _Reader, m: re.Match[str]) -> Period | None:
    """Read the quarter ended June 30, the June quarter, the week to August 3."""
    year, free = _year(r, m)
    month, day = r.month_of(m), r.number(m, "day")
    if (r.get(m, "unit") or "").lower() == "week":
        high = _day(year, month, day)
        return _make(r, m, "span", high - timedelta(6) if high else None, high, "range", free)
    if year is None or month is None:
        return _make(r, m, "span", None, None, "quarter")
    first = year * 12 + month - 3
    return _make(r, m, "span", date(first // 12, first % 12 + 1, 1), month_end(year, month), "quarter", free)


def _read_first_quarters(r: _Reader, m: re.Match[str]) -> Period | None:
    year, free = _year(r, m)
    n = r.number(m, "n") or 0
    return _make(
        r, m, "span", *(_span_of_months(year, 1, 3 * n) if n in (2, 3, 4) else (None, None)), "quarter", free
    )


def _read_quarter(r: _Reader, m: re.Match[str]) -> Period | None:
    year, free = _year(r, m)
    ordinal = r.get(m, "ord")
    q = r.number(m, "q") or (r.rules.ordinals.get(ordinal.lower()) if ordinal else None)
    if q is None or not 1 <= q <= 4 or ((ordinal or "").lower() == "last" and r.stated(m) is None):
        return _read_last_quarter(r, m) if q else None
    return _make(r, m, "span", *_span_of_months(year, 3 * q - 2, 3 * q), "quarter", free)


def _read_half(r: _Reader, m: re.Match[str]) -> Period | None:
    year, free = _year(r, m)
    word = (r.get(m, "h") or r.get(m, "h1") or "").lower()
    second = bool(r.rules.phrases["second"].match(word))
    return _make(r, m, "span", *_span_of_months(year, 7 if second else 1, 12 if second else 6), "half", free)


def _read_since_ytd(r: _Reader, m: re.Match[str]) -> Period | None:
    year = r.stated(m) or r.today.this_year
    return _make(r, m, "open", date(year, 1, 1) if year else None, r.today.published, "year")


def _read_launch(r: _Reader, m: re.Match[str]) -> Period | None:
    year = r.number(m, "year")
    if m.group()[0].isupper() and not m.group().lower().startswith(("since", "с ", "со ")):
        opens = not r.text[: m.start()].strip() or r.text[: m.start()].rstrip(' “"')[-1:] in ".\n"
        if not opens:
            return None
    low = None
    if year is not None:
        low = _day(year, r.month_of(m) or 1, r.number(m, "day") or 1)
    return _make(r, m, "since", low, r.today.published, "launch" if low is None else "year")


def _read_year_end(r: _Reader, m: re.Match[str]) -> Period | None:
    year = r.stated(m) or r.today.this_year
    when = date(year, 12, 31) if year else None
    published = r.today.published
    if year and when and published and when > published:
        return _make(r, m, "span", date(year, 1, 1), when, "year")  # what will be by then is the year's
    return _make(r, m, "point", when, when, "year_end")


def _read_month_end(r: _Reader, m: re.Match[str]) -> Period | None:
    year, free = _year(r, m)
    month = r.month_of(m) or r.month_of(m, "month3")
    when = month_end(year, month) if year and month else None
    return _make(r, m, "point", when, when, "month_end", free)


def _read_month_end_rel(r: _Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    when = published.replace(day=1) - timedelta(1) if published and "last" in m.group().lower() else published
    return _make(r, m, "point", when, when, "month_end")


def _read_year_start(r: _Reader, m: re.Match[str]) -> Period | None:
    year = r.stated(m)
    when = date(year, 1, 1) if year else None
    return _make(r, m, "point", when, when, "year_start")


def _read_plan_period(r: _Reader, m: re.Match[str]) -> Period | None:
    key = r.get(m, "plan") or ""
    year = _PLANS.get(re.sub(r"\D", "", key) or key.lower())
    if year is None:
        return None
    end, published = date(year + 4, 12, 31), r.today.published
    high = published if published and published < end else end
    return _make(r, m, "since" if high != end else "span", date(year, 1, 1), high, "plan")


def _read_year_range(r: _Reader, m: re.Match[str]) -> Period | None:
    first = r.number(m, "year") or r.number(m, "year3")
    last = r.number(m, "year2") or r.number(m, "year4")
    if last is None and first is not None and (short := r.get(m, "yy2")):
        last = first // 100 * 100 + int(short)
    if first is None or last is None or last <= first or last - first > 60:
        return None
    return _make(r, m, "span", date(first, 1, 1), date(last, 12, 31), "years")


_YEAR_ENDS = re.compile(
    r"[,;:)](?!\d)|\.(?:\s|$)|$|\n|\s(?:with|when|was|were|is|by|at|on|for|but|as|which|saw|brought|ended|total|"
    r"figures?|volumes?|levels?|results?)\b",
    re.I,
)
"""What stands behind a year and not behind a count."""


def _read_year(r: _Reader, m: re.Match[str]) -> Period | None:
    year = r.stated(m) or (r.today.this_year if r.get(m, "year") is None else None)
    if year is None:
        return _make(r, m, "span", None, None, "year")
    bare = m.group() == r.get(m, "year")
    if (
        bare
        and not r.rules.year_lead.search(r.text, max(0, m.start() - 14), m.start())
        and not (1990 <= year <= 2040 and _YEAR_ENDS.match(r.text, m.end()))
    ):
        return None
    return _make(r, m, "span", date(year, 1, 1), date(year, 12, 31), "year")


def _read_relative_year(r: _Reader, m: re.Match[str]) -> Period | None:
    year = r.relative(m)
    offset = r.rules.relative_years.get((r.get(m, "rel") or "").lower(), 0)
    if year is None:
        return _make(r, m, "span", None, None, "year")
    if offset == 0:
        published = r.today.published
        word = m.group().lower()
        if word in ("that year", "the same year") and r.year:
            return _make(r, m, "span", date(r.year, 1, 1), date(r.year, 12, 31), "year")
        if word == "the year":
            return _make(r, m, "same", None, None, "word")
        return _make(r, m, "open", date(year, 1, 1), published, "year")
    return _make(r, m, "span", date(year, 1, 1), date(year, 12, 31), "year")


def _read_since_then(r: _Reader, m: re.Match[str]) -> Period | None:
    return _make(r, m, "since", r.day, r.today.published, "launch")


def _read_last_month(r: _Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    if published is None:
        return _make(r, m, "span", None, None, "month")
    high = published.replace(day=1) - timedelta(1)
    return _make(r, m, "span", high.replace(day=1), high, "month")


def _read_this_month(r: _Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    if r.month and published and r.month != (published.year, published.month):
        return _make(r, m, "same", None, None, "word")  # a record for this month: the one that was named
    return _read_month_to_date(r, m)


def _read_month_to_date(r: _Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    return _make(r, m, "open", published.replace(day=1) if published else None, published, "month")


def _read_last_quarter(r: _Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    if published is None:
        return _make(r, m, "span", None, None, "quarter")
    index = published.year * 4 + (published.month - 1) // 3 - 1
    return _make(r, m, "span", *_span_of_months(index // 4, index % 4 * 3 + 1, index % 4 * 3 + 3), "quarter")


def _read_last_week(r: _Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    low = published - timedelta(published.weekday() + 7) if published else None
    return _make(r, m, "span", low, low + timedelta(6) if low else None, "week")


def _read_this_week(r: _Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    return _make(
        r, m, "span", published - timedelta(published.weekday()) if published else None, published, "week"
    )


def _read_back(r: _Reader, m: re.Match[str]) -> Period | None:
    """The past three years end at publication; they are `since` like 近三年."""
    unit = (r.get(m, "unit") or "").lower()
    n = r.number(m, "n") or 1
    unit = r.rules.unit_of(unit)
    if ("decade" in m.re.groupindex and r.get(m, "decade")) or unit == "decade":
        n, unit = 10 * n, "year"
    elif not unit:
        return None
    published = r.today.published
    low = None
    if published is not None:
        if unit == "year":
            low = _day(
                published.year - n,
                published.month,
                min(published.day, 28) if published.month == 2 else published.day,
            )
        elif unit == "month":
            at = published.year * 12 + published.month - 1 - n
            low = date(
                at // 12, at % 12 + 1, min(published.day, calendar.monthrange(at // 12, at % 12 + 1)[1])
            )
        elif unit == "week":
            low = published - timedelta(7 * n)
        elif unit == "day":
            low = published - timedelta(n)
        else:
            low = published - timedelta(1)
    return _make(r, m, "since", low, published, "back")


def _days_ago(days: int) -> Callable[[_Reader, re.Match[str]], Period | None]:
    def read(r: _Reader, m: re.Match[str]) -> Period | None:
        when = r.today.published - timedelta(days) if r.today.published else None
        return _make(r, m, "point", when, when, "day")

    return read


def _read_weekday(r: _Reader, m: re.Match[str]) -> Period | None:
    name = (r.get(m, "weekday") or "").lower()
    index = (
        next((i for i, day in enumerate(r.rules.weekdays) if day.lower().rstrip("?.") == name.rstrip(".")), 0)
        % 7
    )
    published = r.today.published
    when = None
    if published is not None:
        when = published - timedelta((published.weekday() - index) % 7)
    return _make(r, m, "point", when, when, "day")


def _read_now(r: _Reader, m: re.Match[str]) -> Period | None:
    return _make(r, m, "now", r.today.published, r.today.published, "word")


def _read_base(r: _Reader, m: re.Match[str]) -> Period | None:
    """The same period of another year is a base; with nothing said of a year it is the period in force."""
    year = r.number(m, "year")
    earlier = year is not None or r.get(m, "baserel") or r.rules.phrases["earlier"].search(m.group())
    if not earlier:
        return _make(r, m, "same", None, None, "word")
    this = r.today.this_year
    back = 1 if year is None or this is None else this - year
    grain = "base" if back == 1 or r.get(m, "baserel") or year is None else "base_far"
    return _make(
        r, m, "base", date(year, 1, 1) if year else None, date(year, 12, 31) if year else None, grain
    )


def _elapsed(months: int) -> Callable[[_Reader, re.Match[str]], Period | None]:
    """Read "in the half-year" as the one just past, where the text has named no period that it could mean."""

    def read(r: _Reader, m: re.Match[str]) -> Period | None:
        published = r.today.published
        if r.named or published is None or ((published + timedelta(5)).month - 1) % months >= min(3, months):
            return _make(r, m, "same", None, None, "word")
        published += timedelta(5)  # half-years are told of in their last days
        index = (published.year * 12 + published.month - 1) // months * months - months
        year, first = divmod(index, 12)
        grain = {1: "month", 3: "quarter", 6: "half", 12: "year"}[months]
        return _make(r, m, "span", *_span_of_months(year, first + 1, first + months), grain)

    return read


def _read_month_base(r: _Reader, m: re.Match[str]) -> Period | None:
    return _make(r, m, "base", None, None, "base_month")


def _word(kind: Kind) -> Callable[[_Reader, re.Match[str]], Period | None]:
    return lambda r, m: _make(r, m, kind, None, None, "word")


def _read_holiday(r: _Reader, m: re.Match[str]) -> Period | None:
    words = (r.get(m, "hol") or "").lower()
    name = next((n for n, form in r.rules.holidays if form.search(words)), "")
    year = r.today.this_year
    span = r.today.holidays.get((name, year)) if year else None
    if span and r.today.published and span[0] > r.today.published and year:
        span = r.today.holidays.get((name, year - 1))
    if span is None:
        return None
    high = min(span[1], r.today.published) if r.today.published else span[1]
    return _make(r, m, "span", span[0], high, "holiday")


_READERS: dict[str, Callable[[_Reader, re.Match[str]], Period | None]] = {
    "date": _read_date,
    "iso": _read_iso,
    "numeric": _read_numeric,
    "day_range": _read_day_range,
    "month_range": _read_month_range,
    "month_list": _read_month_list,
    "month": _read_month,
    "first_months": _read_first_months,
    "back_months": _read_back_months,
    "weekend": _read_weekend,
    "in_months": _read_in_months,
    "half_year": _read_half_year,
    "last_months": _read_last_months,
    "part_of_month": _read_part_of_month,
    "period_to": _read_period_to,
    "fiscal_to": _read_fiscal_to,
    "first_quarters": _read_first_quarters,
    "quarter": _read_quarter,
    "half": _read_half,
    "since_ytd": _read_since_ytd,
    "since_back": _word("same"),
    "since_then": _read_since_then,
    "launch": _read_launch,
    "year_end": _read_year_end,
    "month_end": _read_month_end,
    "month_end_rel": _read_month_end_rel,
    "year_start": _read_year_start,
    "plan_period": _read_plan_period,
    "year_range": _read_year_range,
    "year": _read_year,
    "relative_year": _read_relative_year,
    "last_month": _read_last_month,
    "this_month": _read_this_month,
    "month_to_date": _read_month_to_date,
    "last_quarter": _read_last_quarter,
    "last_week": _read_last_week,
    "this_week": _read_this_week,
    "back": _read_back,
    "yesterday": _days_ago(1),
    "last_day": _days_ago(1),
    "today": _days_ago(0),
    "weekday": _read_weekday,
    "now": _read_now,
    "base": _read_base,
    "month_base": _read_month_base,
    "same": _word("same"),
    "elapsed_month": _elapsed(1),
    "elapsed_quarter": _elapsed(3),
    "elapsed_half": _elapsed(6),
    "elapsed_year": _elapsed(12),
    "holiday": _read_holiday,
    "former": _word("former"),
}
TEMPLATES = frozenset(_READERS)
"""Names that a grammar's templates may have."""


# ------------------------------------------------------------------ the words around


def _around(r: _Reader, p: Period) -> Period:
    """Let the words before an expression turn it into until, since, or a base."""
    rules, text = r.rules, r.text
    if p.kind in ("now", "same", "former") or p.kind == "base":
        return p
    start = max(0, p.start - 48)
    base = rules.base_before.search(text, start, p.start)
    if base and p.kind in ("span", "open", "point") and p.grain not in ("day", "holiday", "range"):
        words = base.group().strip()
        unsure = rules.base_unsure.match(words)
        floor = max(text.rfind(c, 0, base.start()) for c in (". ", ";", "\n")) + 1
        toward = rules.phrases["base_toward"].match(words) and (
            p.high is None or r.today.published is None or p.high < r.today.published
        )
        if not unsure or (
            p.kind != "open"
            and (
                rules.phrases["changed"].search(text, max(floor, base.start() - 40), base.start())
                or (toward and rules.phrases["changed"].search(text, p.end, p.end + 40))
            )
        ):
            return replace(p, kind="base")
    if p.kind not in ("span", "point", "future"):
        return p
    since = rules.since.search(text, start, p.start)
    if since and rules.record.search(text, max(0, since.start() - 30), since.start()):
        return replace(p, kind="same", start=since.start())
    if (
        since
        and p.grain
        in ("month", "day", "year", "year_start", "month_end", "quarter", "half", "plan", "holiday")
        and not (
            rules.phrases["since_unsure"].fullmatch(since.group().strip()) and not _opens(text, p, rules)
        )
    ):
        return replace(p, kind="since", start=since.start(), high=r.today.published)
    until = rules.until.search(text, start, p.start)
    if until and (p.grain in rules.until_grains or rules.phrases["until_sure"].match(until.group())):
        lead = until.group().lower().split()[0]
        if p.high and r.today.published and p.high > r.today.published:
            return p
        if (lead == "at" and p.grain == "day") or (lead in ("to", "at") and p.grain in ("month", "year")):
            return p
        if rules.phrases["until_year_not"].fullmatch(lead) and p.grain == "year":
            return p
        low = p.low if lead == "through" and p.grain in ("months", "half", "quarter") else None
        if low:
            return p  # through the first seven months
        if lead == "through" and p.high and p.grain in ("month", "month_end"):
            return replace(p, kind="span", low=p.high.replace(month=1, day=1), grain="months")
        return replace(p, kind="until", start=until.start())
    return p


def _opens(text: str, p: Period, rules: PeriodRules) -> bool:
    """Tell whether "from March" opens a span without end: nothing goes on with "to"."""
    return not rules.phrases["goes_on"].match(text[p.end : p.end + 32]) and bool(
        rules.phrases["onwards"].match(text[p.end : p.end + 9])
        or rules.phrases["since_next"].search(text[max(0, p.start - 6) : p.start])
    )


_DATELINE_END = re.compile(
    r"[.,]?\s?(?:\([A-ZА-ЯЁ][^)\n]{1,30}\)|/[A-ZА-ЯЁ][\w ]*/)[.,]?\s?(?:-|—|–|$)|[.,]?\s(?:--?|—|–)\s"
)


_DATELINE_START = re.compile(r"\s*[A-ZА-ЯЁ][\w.'’ /-]{1,40},\s?")


def said_only(text: str, rules: PeriodRules, p: Period, clause: tuple[int, int]) -> bool:
    """Tell whether a day is merely the day on which something was said."""
    if p.kind != "point" or p.grain != "day":
        return False
    line = text.rfind("\n", 0, p.start) + 1
    if _DATELINE_END.match(text, p.end) and _DATELINE_START.fullmatch(text, line, p.start):
        return True
    start, end = clause
    return (
        bool(rules.said.search(text, start, end)) and not re.search(r"\d", text[start : p.start])
    ) or bool(
        rules.said.search(text, max(start, p.start - 40), p.start)
        or rules.said.search(text, p.end, min(end, p.end + 30))
    )


def overlap(periods: Sequence[Period], start: int, end: int) -> bool:
    """Tell whether a period lies over [start, end)."""
    return any(p.start < end and start < p.end for p in periods)
