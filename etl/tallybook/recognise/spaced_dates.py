"""When an article without a publication date was written, as far as it tells itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from tallybook.lexicon.grammar import PeriodRules
from tallybook.recognise.periods import Period, Today
from tallybook.recognise.spaced_periods import find_spaced_periods

_YEAR = re.compile(r"(?<![\d.,$€£¥№-])(?:19|20)\d\d(?![\d%]|[.,]\d)")
_DAYS = ("day", "range")


def infer_spaced(
    text: str, rules: PeriodRules, holidays: Mapping[tuple[str, int], tuple[date, date]]
) -> tuple[date | None, int | None]:
    """Find the latest full date that the text tells of as past, and the year in force."""
    stated = [p for p in _past(text, rules, Today(None, holidays)) if p.grain in _DAYS and p.high]
    years = [p.high.year for p in stated if p.high]
    if not years:
        years = [int(m.group()) for m in _YEAR.finditer(text) if not _ahead(text, rules, m.start())]
    if not years:
        return None, None
    year = max(years)
    found = [
        p.high
        for p in _past(text, rules, Today(None, holidays, year))
        if p.high and p.grain in _DAYS and p.high.year <= year
    ]
    return (max(found) if found else None), year


def _past(text: str, rules: PeriodRules, today: Today) -> list[Period]:
    return [
        p
        for p in find_spaced_periods(text, rules, today)
        if p.kind in ("point", "until", "span", "since") and not _ahead(text, rules, p.start)
    ]


def _ahead(text: str, rules: PeriodRules, at: int) -> bool:
    start = max(text.rfind(c, 0, at) for c in (". ", "\n", ";")) + 1
    return rules.ahead.search(text, max(start, at - 60), at) is not None
