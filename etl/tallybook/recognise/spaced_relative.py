"""Templates that count from the day of publication or from what was told before, and what they mean."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from tallybook.recognise.periods import Kind, Period, month_end
from tallybook.recognise.spaced_reader import Reader, day_of, make, span_of_months, year_before, year_of


def read_since_ytd(r: Reader, m: re.Match[str]) -> Period | None:
    year = r.stated(m) or r.today.this_year
    return make(r, m, "open", date(year, 1, 1) if year else None, r.today.published, "year")


def read_day_to_now(r: Reader, m: re.Match[str]) -> Period | None:
    """Read "between January 24 and now" as the days since the last such day."""
    published = r.today.published
    year = r.number(m, "year") or r.today.this_year
    low = day_of(year, r.month_of(m), r.number(m, "day"))
    if low and published and low > published:
        low = year_before(low)
    return make(r, m, "since", low, published, "day")


def read_launch(r: Reader, m: re.Match[str]) -> Period | None:
    year = r.number(m, "year")
    if m.group()[0].isupper() and not m.group().lower().startswith(("since", "с ", "со ")):
        opens = not r.text[: m.start()].strip() or r.text[: m.start()].rstrip(' “"')[-1:] in ".\n"
        if not opens:
            return None
    low = None
    if year is not None:
        low = day_of(year, r.month_of(m) or 1, r.number(m, "day") or 1)
    elif month := r.month_of(m):
        low = day_of(year_of(r, m)[0], month, r.number(m, "day") or 1)
        if low and r.today.published and low > r.today.published:
            low = year_before(low)
    return make(r, m, "since", low, r.today.published, "launch" if low is None else "year")


def read_year_end(r: Reader, m: re.Match[str]) -> Period | None:
    year = r.stated(m) or r.today.this_year
    when = date(year, 12, 31) if year else None
    published = r.today.published
    if year and when and published and when > published:
        return make(r, m, "span", date(year, 1, 1), when, "year")  # what will be by then is the year's
    return make(r, m, "point", when, when, "year_end")


def read_month_end(r: Reader, m: re.Match[str]) -> Period | None:
    year, free = year_of(r, m)
    month = r.month_of(m) or r.month_of(m, "month3")
    when = month_end(year, month) if year and month else None
    return make(r, m, "point", when, when, "month_end", free)


def read_month_end_rel(r: Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    when = published.replace(day=1) - timedelta(1) if published and "last" in m.group().lower() else published
    return make(r, m, "point", when, when, "month_end")


def read_year_start(r: Reader, m: re.Match[str]) -> Period | None:
    year = r.stated(m)
    when = date(year, 1, 1) if year else None
    return make(r, m, "point", when, when, "year_start")


def read_relative_year(r: Reader, m: re.Match[str]) -> Period | None:
    year = r.relative(m)
    offset = r.rules.relative_years.get((r.get(m, "rel") or "").lower(), 0)
    if year is None:
        return make(r, m, "span", None, None, "year")
    if offset == 0:
        published = r.today.published
        word = m.group().lower()
        if word in ("that year", "the same year") and r.year:
            return make(r, m, "span", date(r.year, 1, 1), date(r.year, 12, 31), "year")
        if word == "the year":
            return make(r, m, "same", None, None, "word")
        return make(r, m, "open", date(year, 1, 1), published, "year")
    return make(r, m, "span", date(year, 1, 1), date(year, 12, 31), "year")


def read_since_then(r: Reader, m: re.Match[str]) -> Period | None:
    return make(r, m, "since", r.day, r.today.published, "launch")


def read_last_month(r: Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    if published is None:
        return make(r, m, "span", None, None, "month")
    high = published.replace(day=1) - timedelta(1)
    return make(r, m, "span", high.replace(day=1), high, "month")


def read_this_month(r: Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    if r.month and published and r.month != (published.year, published.month):
        return make(r, m, "same", None, None, "word")  # a record for this month: the one that was named
    return read_month_to_date(r, m)


def read_month_to_date(r: Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    return make(r, m, "open", published.replace(day=1) if published else None, published, "month")


def read_next_month(r: Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    if published is None:
        return make(r, m, "span", None, None, "month")
    year, month = divmod(published.year * 12 + published.month, 12)
    return make(r, m, "span", *span_of_months(year, month + 1, month + 1), "month")


def read_turn_of_year(r: Reader, m: re.Match[str]) -> Period | None:
    """Read "at the turn of the year" as the year that ends, in its last months or the first of the next."""
    published = r.today.published
    year = published.year - (published.month < 10) if published else None
    return make(
        r, m, "span", date(year, 1, 1) if year else None, date(year, 12, 31) if year else None, "year"
    )


def read_last_quarter(r: Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    if published is None:
        return make(r, m, "span", None, None, "quarter")
    index = published.year * 4 + (published.month - 1) // 3 - 1
    return make(r, m, "span", *span_of_months(index // 4, index % 4 * 3 + 1, index % 4 * 3 + 3), "quarter")


def read_last_week(r: Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    low = published - timedelta(published.weekday() + 7) if published else None
    return make(r, m, "span", low, low + timedelta(6) if low else None, "week")


def read_this_week(r: Reader, m: re.Match[str]) -> Period | None:
    published = r.today.published
    return make(
        r, m, "span", published - timedelta(published.weekday()) if published else None, published, "week"
    )


def read_back(r: Reader, m: re.Match[str]) -> Period | None:
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
            low = day_of(
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
    return make(r, m, "since", low, published, "back")


def days_ago(days: int) -> Callable[[Reader, re.Match[str]], Period | None]:
    def read(r: Reader, m: re.Match[str]) -> Period | None:
        when = r.today.published - timedelta(days) if r.today.published else None
        return make(r, m, "point", when, when, "day")

    return read


def read_weekday(r: Reader, m: re.Match[str]) -> Period | None:
    name = (r.get(m, "weekday") or "").lower()
    index = (
        next((i for i, day in enumerate(r.rules.weekdays) if day.lower().rstrip("?.") == name.rstrip(".")), 0)
        % 7
    )
    published = r.today.published
    when = None
    if published is not None:
        when = published - timedelta((published.weekday() - index) % 7)
    return make(r, m, "point", when, when, "day")


def read_weekday_range(r: Reader, m: re.Match[str]) -> Period | None:
    """Read "from Thursday to Sunday" as the days that ended with the last such Sunday."""
    days = [_weekday_index(r, m[name]) for name in ("weekday", "weekday__2")]
    published = r.today.published
    if published is None:
        return make(r, m, "span", None, None, "range")
    high = published - timedelta((published.weekday() - days[1]) % 7)
    return make(r, m, "span", high - timedelta((days[1] - days[0]) % 7), high, "range")


def _weekday_index(r: Reader, name: str) -> int:
    word = name.lower().rstrip(".")
    return next((i for i, day in enumerate(r.rules.weekdays) if day.lower().rstrip("?.") == word), 0) % 7


def read_now(r: Reader, m: re.Match[str]) -> Period | None:
    return make(r, m, "now", r.today.published, r.today.published, "word")


def read_base(r: Reader, m: re.Match[str]) -> Period | None:
    """The same period of another year is a base; with nothing said of a year it is the period in force."""
    year = r.number(m, "year")
    earlier = year is not None or r.get(m, "baserel") or r.rules.phrases["earlier"].search(m.group())
    if not earlier:
        return make(r, m, "same", None, None, "word")
    this = r.today.this_year
    back = 1 if year is None or this is None else this - year
    grain = "base" if back == 1 or r.get(m, "baserel") or year is None else "base_far"
    return make(r, m, "base", date(year, 1, 1) if year else None, date(year, 12, 31) if year else None, grain)


def elapsed(months: int) -> Callable[[Reader, re.Match[str]], Period | None]:
    """Read "in the half-year" as the one just past, where the text has named no period that it could mean."""

    def read(r: Reader, m: re.Match[str]) -> Period | None:
        published = r.today.published
        if r.named or published is None or ((published + timedelta(5)).month - 1) % months >= min(3, months):
            return make(r, m, "same", None, None, "word")
        published += timedelta(5)  # half-years are told of in their last days
        index = (published.year * 12 + published.month - 1) // months * months - months
        year, first = divmod(index, 12)
        grain = {1: "month", 3: "quarter", 6: "half", 12: "year"}[months]
        return make(r, m, "span", *span_of_months(year, first + 1, first + months), grain)

    return read


def read_month_base(r: Reader, m: re.Match[str]) -> Period | None:
    return make(r, m, "base", None, None, "base_month")


def just(kind: Kind) -> Callable[[Reader, re.Match[str]], Period | None]:
    return lambda r, m: make(r, m, kind, None, None, "word")


def read_holiday(r: Reader, m: re.Match[str]) -> Period | None:
    words = (r.get(m, "hol") or "").lower()
    name = next((n for n, form in r.rules.holidays if form.search(words)), "")
    year = r.stated(m) or r.today.this_year
    span = r.today.holidays.get((name, year)) if year else None
    if span and r.stated(m) is None and r.today.published and span[0] > r.today.published and year:
        span = r.today.holidays.get((name, year - 1))
    if span is None:
        return None
    high = min(span[1], r.today.published) if r.today.published else span[1]
    return make(r, m, "span", span[0], high, "holiday")


def read_whole_year(r: Reader, m: re.Match[str]) -> Period | None:
    """Read "by the results of the year" as the year named, the one just over, or the one that ends."""
    published, year = r.today.published, r.year or r.today.this_year
    if year is not None and r.year is None and published is not None and published.month <= 6:
        stop = r.text.find(".", m.end())
        if not r.rules.ahead.search(r.text, m.end(), stop if stop > 0 else len(r.text)):
            year -= 1
    if year is None:
        return make(r, m, "same", None, None, "word")
    return make(r, m, "span", date(year, 1, 1), date(year, 12, 31), "year")
