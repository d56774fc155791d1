"""Numbers and periods as English prose writes them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tallybook.recognise.numbers import Number
from tallybook.recognise.periods import Period, Today, month_end

_UNITS = dict(
    zip(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(1, 20),
        strict=True,
    )
)
_TENS = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        range(20, 100, 10),
        strict=True,
    )
)
_SCALES = {
    "hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "k": 10**3, "m": 10**6, "mn": 10**6, "mln": 10**6, "bn": 10**9, "bln": 10**9, "b": 10**9, "tn": 10**12, "trn": 10**12,
}  # fmt: skip
_SMALL = "|".join([*_UNITS, *_TENS])
_WORD = rf"(?:{_SMALL})(?:[- ](?:{_SMALL}))?"
_DIGITS = re.compile(
    r"(?P<num>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[ -]?(?P<scale>hundred|thousand|million|billion|trillion|mln|bln|mn|bn|tn|trn)(?![A-Za-z])|(?P<tight>[KkMmBb])(?![A-Za-z])|(?P<nth>st|nd|rd|th)\b)?"
)
_WORDS = re.compile(
    rf"(?P<half>half an?|a)[ ](?P<hscale>hundred|thousand|million|billion|trillion|dozen)(?![a-z])"
    rf"|(?P<words>{_WORD})(?P<scales>(?:[ ](?:hundred|thousand|million|billion|trillion))*)(?:[ ]and[ ](?P<tail>{_WORD}))?(?![a-z])",
    re.I,
)
_VAGUE = re.compile(
    r"(?:dozens|scores|hundreds|thousands|tens of thousands|hundreds of thousands|millions|billions|several hundred|several thousand|several dozen)(?: of)?(?![a-z])",
    re.I,
)
_FRACTIONS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_FRACTION = re.compile(
    r"(?P<top>an?|one|two|three|four|five|seven|nine)[ -](?P<bottom>third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth)s?(?= of|[ ,.;)]|$)(?! (?:year|time|month|quarter|day|week|straight|consecutive|successive))"
    r"|(?P<half>half)(?= (?:of|the)\b)|(?P<hour>half)(?= an hour\b)",
    re.I,
)
_START = re.compile(
    rf"\d|\b(?:{_SMALL}|an?|half|dozens|scores|hundreds|thousands|tens|millions|billions|several)\b", re.I
)
# Words that are numbers only beside a scale or a unit: "one of the" counts nothing.
_PRONOUNS = frozenset({"one"})


def find_numbers(text: str, start: int, end: int, skip: list[tuple[int, int]]) -> list[Number]:
    """Find the numbers of text[start:end], passing over the sorted spans in `skip`."""
    out: list[Number] = []
    at, gap = start, 0
    while at < end:
        m = _START.search(text, at, end)
        if not m:
            break
        at = m.start()
        while gap < len(skip) and skip[gap][1] <= at:
            gap += 1
        if gap < len(skip) and skip[gap][0] <= at:
            at = skip[gap][1]
            continue
        found = number_at(text, at)
        if found is None or found.end > end:
            at = m.end()
            continue
        out.append(found)
        at = found.end
    return out


def number_at(text: str, at: int) -> Number | None:
    """Match a number at `at`, or None."""
    if text[at].isdigit():
        m = _DIGITS.match(text, at)
        return _digits(m, at) if m else None
    m = _FRACTION.match(text, at)
    if m:
        return _fraction(m, at)
    m = _VAGUE.match(text, at)
    if m:
        return Number(at, m.end(), Decimal(0), Decimal(0), vague="few", words=True)
    m = _WORDS.match(text, at)
    return _words(m, at) if m else None


def _digits(m: re.Match[str], at: int) -> Number:
    word = (m["scale"] or m["tight"] or "").lower()
    scale = _SCALES.get(word, 1)
    value = Decimal(m["num"].replace(",", ""))
    point = m["num"].find(".")
    step = Decimal(1) if point < 0 else Decimal(1).scaleb(-(len(m["num"]) - point - 1))
    plain = not word and point < 0
    return Number(at, m.end(), value * scale, Decimal(0) if plain else step * scale)


def _fraction(m: re.Match[str], at: int) -> Number:
    if m["hour"]:
        return Number(
            at, m.end(), Decimal("0.5"), Decimal(0), words=True
        )  # half an hour: of the unit "an hour"
    if m["half"]:
        return Number(at, m.end(), Decimal(50), Decimal(5), kind="percent", words=True)
    top = {"a": 1, "an": 1}.get(m["top"].lower()) or _UNITS[m["top"].lower()]
    value = (Decimal(top) * 100 / Decimal(_FRACTIONS[m["bottom"].lower()])).quantize(Decimal("1e-10"))
    return Number(
        at,
        m.end(),
        value.normalize() if value == value.to_integral_value() else value,
        Decimal(0),
        kind="percent",
        words=True,
    )


def _words(m: re.Match[str], at: int) -> Number | None:
    if m["half"]:
        scale = Decimal(12 if m["hscale"].lower() == "dozen" else _SCALES[m["hscale"].lower()])
        value = scale / 2 if m["half"].lower().startswith("half") else scale
        return Number(at, m.end(), value, value / 10 if scale > 100 else Decimal(0), words=True)
    value = Decimal(_small(m["words"]))
    scales = m["scales"].split()
    if m["words"].lower() in _PRONOUNS and not scales:
        return None
    for word in scales:
        value *= _SCALES[word.lower()]
    if m["tail"] and scales:
        value += _small(m["tail"])
        end = m.end()
    else:
        end = m.start("tail") - 5 if m["tail"] else m.end()
    return Number(at, end, value, Decimal(_SCALES[scales[-1].lower()]) if scales else Decimal(0), words=True)


def _small(words: str) -> int:
    return sum(_UNITS.get(w, 0) + _TENS.get(w, 0) for w in re.split(r"[- ]", words.lower()))


# ------------------------------------------------------------------ periods

_MONTHS = {
    m: i
    for i, m in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        1,
    )
}
_MONTHS.update({m[:3]: i for m, i in _MONTHS.items()})
_MONTHS["sept"] = 9
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_COUNT = {**{w: n for w, n in _UNITS.items() if n <= 12}, **{str(n): n for n in range(1, 13)}}
_N = "(?:" + "|".join(sorted(_COUNT, key=len, reverse=True)) + r")\b"
_YEAR = r"(?:19|20)\d{2}"
_OF = rf"(?:(?:,|\ of|\ in)?\ (?:(?P<{{0}}y>{_YEAR})(?!\d)|(?P<{{0}}w>this\ year|last\ year|the\ year|the\ same\ year)\b))?"
_ORD = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "opening": 1,
    "last": 4,
    "final": 4,
}
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _of(name: str) -> str:
    return _OF.replace("{0}", name)


_PERIOD = re.compile(
    rf"""
      (?P<base>(?:the\ )?(?:same|corresponding|equivalent|year-earlier|prior-year|like)\ (?:period|months?|quarter|time|half)(?:\ (?:of\ |in\ |from\ )?(?:last\ year|a\ year\ (?:ago|earlier|before)|the\ previous\ year|the\ year\ before|{_YEAR}))?
        |(?:a|one|the)\ year\ (?:earlier|ago|before)|year-earlier\ (?:period|level|figure)|the\ (?:previous|preceding|prior)\ year|the\ year-ago\ (?:period|quarter|month))
    | (?P<first>(?:the\ |its\ )?first\ (?P<fn>{_N})\ months?){_of("f")}
    | (?P<quarter>(?:the\ )?(?:(?P<qo>first|second|third|fourth|final|opening)[ -]quarter|q(?P<qn>[1-4])|(?P<qb>[1-4])q)\b){_of("q")}
    | (?P<half>(?:the\ )?(?:(?P<ho>first|second|opening)[ -]half|h(?P<hn>[12]))\b){_of("h")}
    | (?P<three>(?:the\ )?(?:first\ (?P<tq>two|three)\ quarters)){_of("t")}
    | (?:from\ |between\ )?(?P<drange>(?P<d1m>{_MONTH})\ (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:,\ (?P<d1y>{_YEAR}))?\ ?(?:-|to|through|until|and)\ ?(?:(?P<d2m>{_MONTH})\ )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|%|\.\d)){_of("d")}
    | (?:from\ |between\ )?(?P<months>(?P<m1>{_MONTH})(?:\ (?P<m1y>{_YEAR}))?\ ?(?:-|to|through|until|and)\ ?(?P<m2>{_MONTH})(?!\ \d{{1,2}}\b(?!\d))){_of("m")}
    | (?P<dmy>(?P<xd>\d{{1,2}})(?:st|nd|rd|th)?\ (?P<xm>{_MONTH})){_of("x")}
    | (?P<day>(?P<am>{_MONTH})\ (?P<ad>\d{{1,2}})(?:st|nd|rd|th)?\b(?![,.]?\d))(?:,?\ (?P<ay>{_YEAR})(?!\d))?
    | (?P<month>(?P<om>{_MONTH})){_of("o")}
    | (?P<years>(?P<ya>{_YEAR})\ ?(?:-|to)\ ?(?P<yb>{_YEAR}))(?!\d)
    | (?P<launch>since\ (?:its|their|the)\ (?:launch|opening|inception|start|inauguration|operation|service\ began)(?:\ in)?(?:\ (?P<lm>{_MONTH}))?(?:\ (?P<ly>{_YEAR}))?)
    | (?P<open>(?:so\ far\ )?this\ year|year[ -]to[ -]date|since\ the\ (?:start|beginning)\ of\ (?:the|this)\ year)(?:\ so\ far)?
    | (?P<yearend>by\ (?:the\ end\ of\ (?:the|this)\ year|year[ -]end)|for\ the\ (?:whole|full)\ year)
    | (?P<lastyear>last\ year|(?:the\ )?full[ -]year(?:\ (?P<ful>{_YEAR}))?)
    | (?P<nextyear>next\ year|by\ (?P<by>20[3-9]\d)(?!\d))
    | (?P<lastmonth>last\ month|(?:the\ )?previous\ month)
    | (?P<thismonth>this\ month)
    | (?P<week>(?:last|this|the\ past)\ week)
    | (?P<back>(?:over\ |in\ |during\ )?(?:the\ )?(?:past|last)\ (?:(?P<bn>{_N})\ (?P<bu>years|months|days|decades)|(?P<bd>decade)))
    | (?P<holiday>(?:\w+-day\ )?(?:(?P<hnat>national\ day)|(?P<hspring>spring\ festival|lunar\ new\ year|chinese\ new\ year)|(?P<hmay>may\ day|labou?r\ day)|(?P<hqing>qingming)|(?P<hdrag>dragon\ boat))(?:\ and\ mid-autumn(?:\ festival)?)?(?:\ festival)?\ (?:holidays?|golden\ week|break))
    | (?P<dayword>yesterday|today)
    | (?P<weekday>on\ (?:{"|".join(_WEEKDAYS)}))\b
    | (?P<now>currently|at\ present|to\ date|now|so\ far|nowadays)\b
    | (?P<former>previously|formerly|initially|in\ the\ past|originally)\b
    | (?P<year>(?:in|for|during|of|since|by|from|throughout|,|year|to|than|with|versus|against|on|over|and|\()\s?(?P<yy>{_YEAR}))(?![\d,]\d|\d|[ -]?(?:percent|per\ cent|%|tons|tonnes|TEU|trains|km))
    """,
    re.X | re.I,
)
_DATELINE = re.compile(r"(?:^|\n)[A-Z][A-Z .'-]{2,}(?:, [A-Z][a-z]+)?,? \(?$")
_DATELINE_END = re.compile(r"\)?\s*(?:\([A-Za-z]+\)\s*)?(?:-|\.)")
_SINCE = re.compile(r"since (?:early |late |mid-)?$", re.I)
_UNTIL = re.compile(
    r"(?:as of|as at|through|until|till|up to|by|by the end of|at the end of|as of the end of|end of|end-) ?$",
    re.I,
)
_END_OF = re.compile(r"(?:the end of|end-|end of) ?$", re.I)
_THAN = re.compile(
    r"\b(?:than|compared (?:with|to)|from|over|versus|against|on|relative to) (?:the |in |a )*$", re.I
)
_GROWN = re.compile(
    r"(?:percent|per cent|pct|%|points?|up|down|rise|increase|decrease|drop|fall|higher|lower)\b[^.;]*$", re.I
)
_AHEAD = re.compile(
    r"(?:will|would|expected|expects|forecast|planned|plans|aims|target|projected|estimated to|set to)\b[^.;]{0,40}$",
    re.I,
)


def find_periods(text: str, start: int, end: int, today: Today) -> list[Period]:
    """Find the period expressions of an English text, in order, never overlapping."""
    out: list[Period] = []
    context: int | None = None
    for m in _PERIOD.finditer(text, start, end):
        if m.start() and (
            text[m.start() - 1].isalnum() or (text[m.start() - 1] == "-" and m["year"] is None)
        ):
            continue
        if (
            m["day"]
            and _DATELINE.search(text, max(start, m.start() - 40), m.start())
            and _DATELINE_END.match(text, m.end())
        ):
            out.append(Period(m.start(), m.end(), "same", None, None, "word"))
            continue
        if m["month"] and m["om"].rstrip(".").lower() in ("may", "mar", "march") and not m["om"][0].isupper():
            continue  # the verb
        found = _read(m, text, today, context)
        if found is None:
            continue
        if re.search(r"[.!?]\s", text[out[-1].end : found.start] if out else ""):
            context = None
        if found.low and found.kind in ("span", "point", "open"):
            context = found.low.year
        out.append(_around(found, text, today))
    return out


def _year(m: re.Match[str], name: str, today: Today, context: int | None) -> tuple[int | None, bool]:
    """Give the year that an expression names, or the one in force; the second tells that it was named."""
    stated = m.groupdict().get(f"{name}y")
    if stated:
        return int(stated), True
    word = (m.groupdict().get(f"{name}w") or "").lower()
    base = today.this_year
    if word in ("this year", "the year"):
        return base, True
    if word == "last year":
        return (None if base is None else base - 1), True
    return (context or base), context is not None


def _span(
    m: re.Match[str], today: Today, year: int | None, stated: bool, a: int, b: int, grain: str
) -> Period:
    if year is None:
        return Period(m.start(), m.end(), "span", None, None, grain)
    low, high = date(year, a, 1), month_end(year + (b < a), b)
    published = today.published
    ahead = published is not None and (
        low > published or (grain == "months" and high > month_end(published.year, published.month))
    )
    if ahead and not stated:
        low, high = low.replace(year=low.year - 1), month_end(high.year - 1, b)
    return Period(m.start(), m.end(), "span", low, high, grain)


def _day(
    m: re.Match[str],
    today: Today,
    year: int | None,
    stated: bool,
    month: int,
    day: int,
    end: int | None = None,
) -> Period:
    when: date | None = None
    if year is not None:
        try:
            when = date(year, month, day)
            if today.published and when > today.published and not stated:
                when = date(year - 1, month, day)
        except ValueError:
            when = None
    return Period(m.start(), end or m.end(), "point", when, when, "day")


def _read(m: re.Match[str], text: str, today: Today, context: int | None) -> Period | None:
    published = today.published
    kind = m.lastgroup
    if m["base"]:
        words = m.group().lower()
        if (
            words.startswith(("the same", "same"))
            and not re.search(r"year|\d", words)
            and not _THAN.search(text, max(0, m.start() - 28), m.start())
        ):
            return Period(m.start(), m.end(), "same", None, None, "word", False)
        return Period(m.start(), m.end(), "base", None, None, "word", any(c.isdigit() for c in m.group()))
    if m["first"]:
        year, stated = _year(m, "f", today, context)
        return _span(m, today, year, stated, 1, _COUNT[m["fn"].lower()], "months")
    if m["quarter"]:
        year, stated = _year(m, "q", today, context)
        n = int(m["qn"] or m["qb"]) if m["qn"] or m["qb"] else _ORD[m["qo"].lower()]
        return _span(m, today, year, stated, 3 * n - 2, 3 * n, "quarter")
    if m["half"]:
        year, stated = _year(m, "h", today, context)
        n = int(m["hn"]) if m["hn"] else _ORD[m["ho"].lower()]
        return _span(m, today, year, stated, 6 * n - 5, 6 * n, "half")
    if m["three"]:
        year, stated = _year(m, "t", today, context)
        return _span(m, today, year, stated, 1, 6 if m["tq"].lower() == "two" else 9, "quarter")
    if m["drange"]:
        year, stated = _year(m, "d", today, context)
        if m["d1y"]:
            year, stated = int(m["d1y"]), True
        a = _day(m, today, year, stated, _month(m["d1m"]), int(m["d1"]))
        b = _day(m, today, a.low.year if a.low else year, True, _month(m["d2m"] or m["d1m"]), int(m["d2"]))
        return Period(m.start(), m.end(), "span", a.low, b.low, "range")
    if m["months"]:
        year, stated = _year(m, "m", today, context)
        a_, b_ = _month(m["m1"]), _month(m["m2"])
        if m["m1y"] and year is not None:
            return Period(
                m.start(),
                m.end(),
                "span",
                date(int(m["m1y"]), a_, 1),
                month_end(year if m["my"] else int(m["m1y"]), b_),
                "months",
            )
        return _span(m, today, year, stated, a_, b_, "months")
    if m["dmy"]:
        year, stated = _year(m, "x", today, context)
        return _day(m, today, year, stated, _month(m["xm"]), int(m["xd"]))
    if m["day"]:
        return _day(
            m,
            today,
            int(m["ay"]) if m["ay"] else context or today.this_year,
            bool(m["ay"]),
            _month(m["am"]),
            int(m["ad"]),
        )
    if m["month"]:
        year, stated = _year(m, "o", today, context)
        n = _month(m["om"])
        return _span(
            m,
            today,
            year,
            stated or bool(_AHEAD.search(text, max(0, m.start() - 60), m.start())),
            n,
            n,
            "month",
        )
    if m["years"]:
        return Period(
            m.start(), m.end(), "span", date(int(m["ya"]), 1, 1), date(int(m["yb"]), 12, 31), "years"
        )
    if m["launch"]:
        low = date(int(m["ly"]), _month(m["lm"]) if m["lm"] else 1, 1) if m["ly"] else None
        return Period(m.start(), m.end(), "since", low, published, "launch", bool(m["ly"]))
    if m["open"]:
        this = today.this_year
        return Period(
            m.start(), m.end(), "open", date(this, 1, 1) if this else None, published, "year", False
        )
    if m["yearend"]:
        this = today.this_year
        return Period(
            m.start(),
            m.end(),
            "span",
            date(this, 1, 1) if this else None,
            date(this, 12, 31) if this else None,
            "year",
            False,
        )
    if m["lastyear"]:
        year = int(m["ful"]) if m["ful"] else (today.this_year - 1 if today.this_year else None)
        return Period(
            m.start(),
            m.end(),
            "span",
            date(year, 1, 1) if year else None,
            date(year, 12, 31) if year else None,
            "year",
            bool(m["ful"]),
        )
    if m["nextyear"]:
        year = int(m["by"]) if m["by"] else (today.this_year + 1 if today.this_year else None)
        return Period(
            m.start(),
            m.end(),
            "future",
            date(year, 1, 1) if year else None,
            date(year, 12, 31) if year else None,
            "year",
            bool(m["by"]),
        )
    if m["former"]:
        return Period(m.start(), m.end(), "former", None, None, "word", False)
    if m["now"]:
        return Period(m.start(), m.end(), "now", published, published, "word", False)
    if m["year"]:
        at = m.start("yy")
        n = int(m["yy"])
        return Period(at, m.end(), "span", date(n, 1, 1), date(n, 12, 31), "year")
    if m["holiday"]:
        name = next(n for g, n in _HOLIDAYS if m[g])
        found = today.holidays.get((name, context or today.this_year or 0))
        if found and published and found[0] > published:
            found = today.holidays.get((name, found[0].year - 1))
        digits = any(c.isdigit() for c in m.group())
        return Period(m.start(), m.end(), "span", *found, "holiday", digits) if found else None
    if published is None:
        return Period(m.start(), m.end(), "span", None, None, kind or "word", False)
    if m["lastmonth"]:
        last = published.replace(day=1) - timedelta(1)
        return Period(m.start(), m.end(), "span", last.replace(day=1), last, "month", False)
    if m["thismonth"]:
        return Period(m.start(), m.end(), "open", published.replace(day=1), published, "month", False)
    if m["week"]:
        monday = published - timedelta(
            published.weekday() + (0 if m.group().lower().startswith("this") else 7)
        )
        return Period(
            m.start(), m.end(), "span", monday, min(monday + timedelta(6), published), "week", False
        )
    if m["back"]:
        n = 10 if m["bd"] else _COUNT[m["bn"].lower()] * (10 if m["bu"].lower() == "decades" else 1)
        unit = (m["bu"] or "years").lower()
        if unit == "months":
            total = published.year * 12 + published.month - 1 - n
            low = date(
                total // 12, total % 12 + 1, min(published.day, month_end(total // 12, total % 12 + 1).day)
            )
        elif unit == "days":
            low = published - timedelta(n)
        else:
            low = published.replace(
                year=published.year - n, day=min(published.day, 28) if published.month == 2 else published.day
            )
        return Period(
            m.start(), m.end(), "since", low, published, "back", any(c.isdigit() for c in m.group())
        )
    if m["dayword"]:
        when = published - timedelta(1 if m.group().lower() == "yesterday" else 0)
        return Period(m.start(), m.end(), "point", when, when, "day", False)
    if m["weekday"]:
        back = (published.weekday() - _WEEKDAYS.index(m.group().lower().split()[1])) % 7
        when = published - timedelta(back)
        return Period(m.start(), m.end(), "point", when, when, "day", False)
    return None


_HOLIDAYS = (
    ("hnat", "national"),
    ("hspring", "spring"),
    ("hmay", "mayday"),
    ("hqing", "qingming"),
    ("hdrag", "duanwu"),
)


def _month(word: str) -> int:
    return _MONTHS[word.rstrip(".").lower()]


def _around(found: Period, text: str, today: Today) -> Period:
    """Let the words before an expression turn it into since, until or what is compared with."""
    before = text[max(0, found.start - 28) : found.start]
    if found.kind not in ("span", "point"):
        return found
    since = _SINCE.search(before)
    if since:
        return replace(found, kind="since", start=found.start - len(since.group()), high=today.published)
    compared = _THAN.search(before)
    if compared and compared.group().lower().startswith("from") and not _GROWN.search(before):
        compared = None  # from 2013 to 2023 is a span, up 10 percent from 2013 a comparison
    if (
        compared
        and compared.group().lower().startswith(("over", "on", "against"))
        and not _GROWN.search(before)
    ):
        compared = None  # over the first seven months
    if compared and found.grain in ("year", "month", "quarter", "half", "months"):
        return replace(found, kind="base")
    until = _UNTIL.search(before)
    if until and (found.kind == "point" or _END_OF.search(before) or "as of" in before.lower()):
        when = found.high
        return replace(found, kind="until", start=found.start - len(until.group()), low=when, high=when)
    return found
