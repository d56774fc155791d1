"""Periods of languages that part their words with blanks, read with the grammar's templates.

A template says how an expression is written; its name says what it means, and here that
meaning becomes the same `Period` that Chinese gives. Words before an expression turn it
into until, since, a base of comparison, or the day on which something was merely said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from tallybook.frozen import replace
from tallybook.lexicon.grammar import PeriodRules
from tallybook.recognise import spaced_calendar as calendar
from tallybook.recognise import spaced_fiscal as fiscal
from tallybook.recognise import spaced_relative as relative
from tallybook.recognise.periods import Period, Today, month_end
from tallybook.recognise.spaced_reader import Reader, day_of

_SENTENCE = re.compile(r"[.!?]\s+(?=[A-ZА-ЯЁ\"“«])|\n")
_GRAINS = frozenset({"month", "months", "quarter", "half", "year", "range", "day"})


def find_spaced_periods(text: str, rules: PeriodRules, today: Today) -> list[Period]:
    """Find the period expressions of a folded text, in order, never overlapping."""
    reader = Reader(text, rules, today)
    out: list[Period] = []
    last_stop = 0
    for start, negative, rank, m in rules.search.matches(text):
        if out and start < out[-1].end:
            continue
        if _SENTENCE.search(text, last_stop, start + 1):
            reader.year = None
            reader.months.clear()
        last_stop = start
        period = _READERS[rules.templates[rank][0]](reader, m)
        if period is None:
            continue
        around = _around(reader, replace(period, end=-negative), reader.stated(m) is not None)
        if (
            out
            and out[-1].kind == "base"
            and out[-1].grain == around.grain
            and around.kind in ("span", "point")
            and rules.phrases["plain_list"].fullmatch(text, out[-1].end, around.start)
        ):
            around = replace(around, kind="base")  # over 2020 and 2019
        named = reader.months.get(period.high.month) if period.grain == "month" and period.high else None
        # in February, against low numbers in February 2009: the next months are not of 2009
        again = named is not None and period.high is not None and named > period.high.year
        if (
            reader.stated(m) is not None
            and period.low
            and around.kind in ("span", "point", "until", "since")
            and not again
        ):
            reader.year = period.low.year
        if (
            period.grain in ("month", "day")
            and period.high
            and period.kind in ("span", "point")
            and not again
        ):
            reader.month = (period.high.year, period.high.month)
            reader.months[period.high.month] = period.high.year
        if period.low and period.grain in _GRAINS:
            reader.named = True
        if (
            period.low
            and period.grain in ("day", "year", "launch")
            and period.kind in ("point", "span", "since")
        ):
            reader.day = period.low
        out.append(around)
    return out


_READERS: dict[str, Callable[[Reader, re.Match[str]], Period | None]] = {
    "date": calendar.read_date,
    "iso": calendar.read_iso,
    "numeric": calendar.read_numeric,
    "day_range": calendar.read_day_range,
    "month_range": calendar.read_month_range,
    "month_list": calendar.read_month_list,
    "month": calendar.read_month,
    "first_months": calendar.read_first_months,
    "nth_month": calendar.read_nth_month,
    "back_months": calendar.read_back_months,
    "weekend": calendar.read_weekend,
    "in_months": calendar.read_in_months,
    "half_year": calendar.read_half_year,
    "last_months": calendar.read_last_months,
    "part_of_month": calendar.read_part_of_month,
    "period_to": calendar.read_period_to,
    "fiscal_to": calendar.read_fiscal_to,
    "rolling_year": calendar.read_rolling_year,
    "fiscal_year": fiscal.read_fiscal_year,
    "fiscal_months": fiscal.read_fiscal_months,
    "fiscal_part": fiscal.read_fiscal_part,
    "fiscal_range": fiscal.read_fiscal_range,
    "first_quarters": calendar.read_first_quarters,
    "quarter": calendar.read_quarter,
    "half": calendar.read_half,
    "ytd_to": calendar.read_ytd_to,
    "since_ytd": relative.read_since_ytd,
    "day_to_now": relative.read_day_to_now,
    "last_named_month": calendar.read_last_named_month,
    "since_back": relative.just("same"),
    "since_then": relative.read_since_then,
    "launch": relative.read_launch,
    "year_end": relative.read_year_end,
    "month_end": relative.read_month_end,
    "month_end_rel": relative.read_month_end_rel,
    "year_start": relative.read_year_start,
    "plan_period": calendar.read_plan_period,
    "year_range": calendar.read_year_range,
    "year": calendar.read_year,
    "relative_year": relative.read_relative_year,
    "next_month": relative.read_next_month,
    "turn_of_year": relative.read_turn_of_year,
    "last_month": relative.read_last_month,
    "this_month": relative.read_this_month,
    "month_to_date": relative.read_month_to_date,
    "last_quarter": relative.read_last_quarter,
    "last_week": relative.read_last_week,
    "this_week": relative.read_this_week,
    "back": relative.read_back,
    "yesterday": relative.days_ago(1),
    "last_day": relative.days_ago(1),
    "today": relative.days_ago(0),
    "weekday_range": relative.read_weekday_range,
    "weekday": relative.read_weekday,
    "now": relative.read_now,
    "base": relative.read_base,
    "month_base": relative.read_month_base,
    "same": relative.just("same"),
    "elapsed_month": relative.elapsed(1),
    "elapsed_quarter": relative.elapsed(3),
    "elapsed_half": relative.elapsed(6),
    "elapsed_year": relative.elapsed(12),
    "whole_year": relative.read_whole_year,
    "holiday": relative.read_holiday,
    "former": relative.just("former"),
}
TEMPLATES = frozenset(_READERS)
"""Names that a grammar's templates may have."""


# ------------------------------------------------------------------ the words around


def _around(r: Reader, p: Period, stated: bool) -> Period:
    """Let the words before an expression turn it into until, since, or a base."""
    rules, text = r.rules, r.text
    if p.kind == "since" and p.grain != "back" and rules.record.search(text, max(0, p.start - 60), p.start):
        return replace(p, kind="same")  # a daily record since the opening in 2018
    if p.grain == "back" and (
        rules.phrases["not_for"].search(text, max(0, p.start - 60), p.start)
        or rules.record.search(text, max(0, p.start - 60), p.start)
    ):
        return replace(p, kind="same")  # no such volume, the best result in the past 20 years
    if p.kind in ("now", "same", "former") or p.kind == "base":
        return p
    start = max(0, p.start - 48)
    base = rules.base_before.search(text, start, p.start)
    ahead = p.low is not None and r.today.published is not None and p.low > r.today.published
    if (
        base
        and not ahead
        and p.kind in ("span", "open", "point")
        and p.grain not in ("day", "holiday", "range")
    ):
        words = base.group().strip()
        unsure = rules.base_unsure.match(words)
        floor = max(text.rfind(c, 0, base.start()) for c in (". ", ";", "\n")) + 1
        toward = rules.phrases["base_toward"].match(words) and (
            p.high is None or r.today.published is None or p.high < r.today.published
        )
        if words.lower() == "over" and rules.phrases["verb_over"].search(text, floor, base.start()):
            return p
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
    if since and rules.record.search(text, max(0, since.start() - 60), since.start()):
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
        if (
            lead == "through"
            and p.grain == "quarter"
            and p.low
            and p.low.month > 1
            and "end" in until.group()
        ):
            return replace(p, low=p.low.replace(month=1), grain="months")  # to the end of the third quarter
        if low:
            return p  # through the first seven months
        if lead == "through" and p.high and p.grain in ("month", "month_end"):
            return replace(p, kind="span", low=p.high.replace(month=1, day=1), grain="months")
        if p.grain == "day" and p.high and _of_this_year(text[p.start : p.end], rules):
            return replace(p, kind="span", low=p.high.replace(month=1, day=1), grain="range")
        if p.grain in ("month", "day", "month_end") and not stated:
            p = _just_over(p, r.today.published)
        return replace(p, kind="until", start=until.start())
    return p


def _of_this_year(text: str, rules: PeriodRules) -> bool:
    """Tell whether a day is said to be of this year, so that what is counted until then is the year's."""
    words = text.lower()
    return any(offset == 0 and words.endswith(name) for name, offset in rules.relative_years.items())


def _just_over(p: Period, published: date | None) -> Period:
    """Read "by May", "as of Nov. 5" as the last that came: 1,200 in 2016, 3,000 by May; since 2013, … as of Nov. 5."""
    if published is None or p.high is None:
        return p
    if p.grain == "day":
        for year in (published.year, published.year - 1):
            last = day_of(year, p.high.month, p.high.day)
            if last and last <= published:
                return replace(p, low=last, high=last)
        return p
    for last in (month_end(published.year, published.month), published.replace(day=1) - timedelta(1)):
        if last.month == p.high.month:
            return replace(p, low=last.replace(day=1), high=min(last, published))
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


_DATELINE_START = re.compile(
    r"\s*(?:\([A-ZА-ЯЁ][\w .]{1,30}\),?\s?|[A-ZА-ЯЁ][\w.'’ /-]{1,40}(?:,\s?|\s\([A-ZА-ЯЁ][\w .]{1,30}\),?\s|\s[-–—]\s))?"
)


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
