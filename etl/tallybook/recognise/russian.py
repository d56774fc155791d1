"""Numbers and periods as Russian prose writes them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tallybook.recognise.numbers import Number
from tallybook.recognise.periods import Period, Today, month_end

# Stems: the endings of a case do not matter to what a number is worth.
_WORDS = {
    "один": 1, "одн": 1, "два": 2, "две": 2, "двух": 2, "двум": 2, "двумя": 2, "три": 3, "трёх": 3, "трех": 3, "трем": 3,
    "четыр": 4, "пят": 5, "шест": 6, "сем": 7, "восем": 8, "восьм": 8, "девят": 9, "десят": 10, "одиннадцат": 11,
    "двенадцат": 12, "тринадцат": 13, "четырнадцат": 14, "пятнадцат": 15, "шестнадцат": 16, "семнадцат": 17,
    "восемнадцат": 18, "девятнадцат": 19, "двадцат": 20, "тридцат": 30, "сорок": 40, "пятьдесят": 50, "пятидесят": 50,
    "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80, "девяност": 90, "сто": 100, "двести": 200, "триста": 300,
}  # fmt: skip
_STEM = "|".join(sorted(_WORDS, key=len, reverse=True))
_SCALES = (
    ("тыс", 10**3),
    ("млн", 10**6),
    ("миллион", 10**6),
    ("млрд", 10**9),
    ("миллиард", 10**9),
    ("трлн", 10**12),
    ("триллион", 10**12),
)
_SCALE = r"(?P<scale>тыс(?:яч\w{0,3})?\.?|млн\.?|миллион\w{0,2}|млрд\.?|миллиард\w{0,2}|трлн\.?|триллион\w{0,2})(?![а-яё])"
_DIGITS = re.compile(rf"(?P<num>\d{{1,3}}(?:[ .]\d{{3}})+(?:,\d+)?(?!\d)|\d+(?:[,.]\d+)?)(?:[ -]?{_SCALE})?")
_SPELLED = re.compile(
    rf"(?P<words>(?:{_STEM})[а-яё]{{0,3}}(?: (?:{_STEM})[а-яё]{{0,3}}){{0,2}})(?: {_SCALE})?(?![а-яё])", re.I
)
_HALF_MORE = re.compile(rf"полтор(?:а|ы|ых)(?: {_SCALE})?(?![а-яё])", re.I)
_VAGUE = re.compile(
    r"(?:несколько|десятки|десятков|сотни|сотен|тысячи|тысяч|миллионы)(?: (?:десятков|сотен|тысяч|миллионов))?(?= [а-яё])",
    re.I,
)
_FRACTIONS = {
    "треть": 33,
    "трети": 33,
    "четверть": 25,
    "четверти": 25,
    "половина": 50,
    "половину": 50,
    "половины": 50,
    "пятая часть": 20,
}
_FRACTION = re.compile(
    r"(?:(?P<two>две) )?(?P<word>треть|трети|четверть|четверти|половин[ауы]|пятая часть)(?![а-яё])", re.I
)
_START = re.compile(
    rf"\d|\b(?:{_STEM}|полтор|несколько|десятк|сотн|тысяч|миллионы|трет|четверт|половин|пятая часть)", re.I
)
_LONE = frozenset({"один", "одна", "одно", "одной", "одного", "одном", "сторон", "стороны", "сторону"})


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
        top = Decimal(2 if m["two"] else 1)
        word = m["word"].lower()
        share = top * 100 / 3 if word.startswith("трет") else Decimal(_FRACTIONS[word])
        return Number(
            at,
            m.end(),
            share.quantize(Decimal("1e-10")) if word.startswith("трет") else share,
            Decimal(0),
            kind="percent",
            words=True,
        )
    m = _HALF_MORE.match(text, at)
    if m:
        return Number(
            at, m.end(), Decimal("1.5") * _scale(m["scale"]), Decimal("0.1") * _scale(m["scale"]), words=True
        )
    m = _VAGUE.match(text, at)
    if m:
        return Number(at, m.end(), Decimal(0), Decimal(0), vague="few", words=True)
    m = _SPELLED.match(text, at)
    return _spelled(m, at) if m else None


def _scale(word: str | None) -> int:
    return next((n for stem, n in _SCALES if word and word.lower().startswith(stem)), 1)


def _digits(m: re.Match[str], at: int) -> Number | None:
    num = m["num"]
    scale = _scale(m["scale"])
    plain = re.sub(r"[ ]", "", num)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", plain):
        plain = plain.replace(".", "")
    plain = plain.replace(",", ".")
    point = plain.find(".")
    step = Decimal(1) if point < 0 else Decimal(1).scaleb(-(len(plain) - point - 1))
    exact = scale == 1 and point < 0
    return Number(at, m.end(), Decimal(plain) * scale, Decimal(0) if exact else step * scale)


def _spelled(m: re.Match[str], at: int) -> Number | None:
    words = m["words"].lower().split()
    if len(words) == 1 and (words[0] in _LONE or (not m["scale"] and not _is_number(words[0]))):
        return None
    total = 0
    for word in words:
        stem = next((s for s in sorted(_WORDS, key=len, reverse=True) if word.startswith(s)), None)
        if stem is None or len(word) - len(stem) > 3:
            return None
        total += _WORDS[stem]
    return Number(
        at,
        m.end(),
        Decimal(total) * _scale(m["scale"]),
        Decimal(_scale(m["scale"])) if m["scale"] else Decimal(0),
        words=True,
    )


_CARDINAL = re.compile(
    r"(?:дв(?:а|е|ух|ум|умя)|тр(?:и|ёх|ех|ем|ём|емя)|четыр(?:е|ёх|ех|ем|ём|ьмя)|(?:пят|шест|сем|девят|десят|\w+надцат|двадцат|тридцат)(?:ь|и|ью)"
    r"|вос(?:емь|ьми|емью)|сорока?|\w+десят|(?:пят|шест|сем|восьм)идесяти|девяност[оа]|сто|ста|двести|двухсот|триста|трехсот|трёхсот)"
)


def _is_number(word: str) -> bool:
    return _CARDINAL.fullmatch(word) is not None


# ------------------------------------------------------------------ periods

_MONTHS = {
    "январ": 1,
    "феврал": 2,
    "март": 3,
    "апрел": 4,
    "ма": 5,
    "июн": 6,
    "июл": 7,
    "август": 8,
    "сентябр": 9,
    "октябр": 10,
    "ноябр": 11,
    "декабр": 12,
}
_MONTH = r"(?:январ[ьяею]|феврал[ьяею]|март[аеу]?|апрел[ьяею]|ма[йяею]|июн[ьяею]|июл[ьяею]|август[аеу]?|сентябр[ьяею]|октябр[ьяею]|ноябр[ьяею]|декабр[ьяею])(?![а-яё])"
_YEAR = r"(?:19|20)\d{2}"
_Y = r"(?:года?|году|гг?\.)"
_OF = rf"(?:\s(?:(?P<{{0}}y>{_YEAR})\s?{_Y}?|(?P<{{0}}w>текущего\sгода|этого\sгода|прошлого\sгода|минувшего\sгода|нынешнего\sгода|того\sже\sгода|года)))?"
_COUNT = {
    "дв": 2,
    "тр": 3,
    "четыр": 4,
    "пят": 5,
    "шест": 6,
    "сем": 7,
    "восьм": 8,
    "восем": 8,
    "девят": 9,
    "десят": 10,
    "одиннадцат": 11,
    "двенадцат": 12,
}
_N = r"(?:\d{1,2}|одиннадцат\w{0,2}|двенадцат\w{0,2}|дв\w{1,3}|тр\w{1,3}|четыр\w{1,3}|пят\w{1,2}|шест\w{1,2}|сем\w{1,2}|вос\w{2,4}|девят\w{1,2}|десят\w{1,2})"
_ORDINAL = {
    "перв": 1,
    "втор": 2,
    "трет": 3,
    "четверт": 4,
    "четвёрт": 4,
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
}


def _of(name: str) -> str:
    return _OF.replace("{0}", name)


_PERIOD = re.compile(
    rf"""
      (?P<base>(?:за\s|в\s|с\s|к\s)?(?:аналогичн\w+|соответствующ\w+|т(?:от|ого|ем|ому)\sже|сопоставим\w+)\s(?:период\w*|месяц\w*|квартал\w*|показател\w+)(?:\s(?:прошлого|минувшего|предыдущего|прошедшего|{_YEAR})(?:\sгода)?)?
        |год(?:ом)?\s(?:ранее|назад)|(?:показател\w+|уровн\w+)\s(?:прошлого|минувшего)\sгода|(?:прошлогодн\w+)\s(?:показател\w+|уровн\w+))
    | (?P<first>(?:перв\w{{2,3}}\s|итогам\s|итоги\s)(?P<fn>{_N})\sмесяц\w{{0,3}}){_of("f")}
    | (?:за\s|по\sитогам\s)?(?P<nmonths>(?:(?<=за\s)|(?<=итогам\s))?(?P<nn>{_N})\sмесяц(?:ев|а)(?=\s(?:{_YEAR}|текущ|этого|нынешн|прошл))){_of("n")}
    | (?P<nplain>за\s(?P<np>{_N})\sмесяц(?:ев|а))
    | (?P<halfyear>(?:за\s)?(?:перво[ей]\s)?полгода)
    | (?P<quarter>(?P<qo>перв\w{{2,3}}|втор\w{{2,3}}|трет\w{{2,4}}|четв[её]рт\w{{2,3}}|IV|I{{1,3}}|[1-4](?:-\w+|-?й|-?м)?)\sквартал\w*){_of("q")}
    | (?P<half>(?P<ho>перв\w{{2,3}}|втор\w{{2,3}}|I{{1,2}}|[12](?:-\w+)?)\s(?:полугоди\w+|половин\w+(?=\sгода))){_of("h")}
    | (?P<drange>(?:с\s)?(?P<d1>\d{{1,2}})(?:\s(?P<d1m>{_MONTH}))?\s?(?:по|-|до)\s?(?P<d2>\d{{1,2}})\s(?P<d2m>{_MONTH})){_of("d")}
    | (?P<months>(?:с\s)?(?P<m1>{_MONTH})\s?(?:-|по|до|и)\s?(?P<m2>{_MONTH})){_of("m")}
    | (?P<day>(?P<ad>\d{{1,2}})(?:-го)?\s(?P<am>{_MONTH})){_of("a")}
    | (?P<numeric>(?P<nd>\d{{1,2}})\.(?P<nm>\d{{2}})\.(?P<nyr>{_YEAR}))(?!\d)
    | (?P<month>(?P<om>{_MONTH})){_of("o")}
    | (?P<years>(?P<ya>{_YEAR})\s?(?:-|по)\s?(?P<yb>{_YEAR})\s?{_Y}?)
    | (?P<open>с\sначала\s(?:(?P<opy>{_YEAR})\s)?(?:текущего\s|этого\s)?года|(?:в|за)\s(?:этом|текущем|нынешнем)\sгоду)
    | (?P<yearend>(?:до\sконца|к\sконцу|по\sитогам)\s(?:этого\s|текущего\s|нынешнего\s)?года(?!\s\d))
    | (?P<lastyear>(?:в\s)?(?:прошл\w{{2,3}}|минувш\w{{2,3}}|прошедш\w{{2,3}})\sгод(?:у|а)?(?![а-яё]))
    | (?P<nextyear>(?:в\s)?(?:следующ\w{{2,3}}|будущ\w{{2,3}})\sгод(?:у|а)?(?![а-яё])|к\s(?P<by>20[3-9]\d)\sгоду)
    | (?P<lastmonth>(?:в\s)?прошл\w{{2,3}}\sмесяце?|минувш\w{{2,3}}\sмесяце?)
    | (?P<back>(?:за\s)?последни[ех]\s(?P<bn>{_N})\s(?P<bu>лет|года|месяц\w*)|за\s(?P<bn2>{_N})\s(?P<bu2>лет|года)(?=[ ,.]))
    | (?P<dayword>вчера|сегодня|за\s(?:минувшие|прошедшие|последние)\sсутки)
    | (?P<launch>с\sмомента\s(?:запуска|открытия|начала\s\w+)(?:\sв\s(?P<ly>{_YEAR})\sгоду)?)
    | (?P<now>в\sнастоящее\sвремя|сейчас|на\sсегодняшний\sдень|на\sданный\sмомент|к\sнастоящему\sвремени)(?![а-яё])
    | (?P<former>ранее|прежде|раньше|изначально)(?![а-яё])
    | (?P<year>(?P<yy>{_YEAR})(?:\s?{_Y}|-й|-м|-го))
    """,
    re.X | re.I,
)
_DATELINE = re.compile(r"(?:^|\n)[А-ЯЁ][А-ЯЁ .-]{2,}, $")
_SINCE = re.compile(r"(?:с|начиная с) (?:начала |конца |середины )?$", re.I)
_UNTIL = re.compile(r"(?:по состоянию на|по итогам на|на|до|по|к|к концу|до конца|на конец) $", re.I)
_AS_OF = re.compile(r"(?:по состоянию на|на|до|по|к) $", re.I)
_THAN = re.compile(
    r"\b(?:чем|сравнению с|относительно|против|к|к уровню|уровня|по отношению к|выше|ниже|больше|меньше) (?:в |во |за )?$",
    re.I,
)


def find_periods(text: str, start: int, end: int, today: Today) -> list[Period]:
    """Find the period expressions of a Russian text, in order, never overlapping."""
    out: list[Period] = []
    context: int | None = None
    for m in _PERIOD.finditer(text, start, end):
        if m.start() and text[m.start() - 1].isalnum():
            continue
        if m["day"] and _DATELINE.search(text, max(start, m.start() - 40), m.start()):
            out.append(Period(m.start(), m.end(), "same", None, None, "word"))
            continue
        found = _read(m, today, context)
        if found is None:
            continue
        if re.search(r"[.!?]\s", text[out[-1].end : found.start] if out else ""):
            context = None
        if found.low and found.kind in ("span", "point", "open"):
            context = found.low.year
        out.append(_around(found, text, today))
    return out


def _month(word: str) -> int:
    low = word.lower()
    if low[:2] == "ма" and not low.startswith("март"):
        return 5
    return next(n for stem, n in _MONTHS.items() if stem != "ма" and low.startswith(stem))


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    low = word.lower()
    return next(n for stem, n in sorted(_COUNT.items(), key=lambda t: -len(t[0])) if low.startswith(stem))


def _ordinal(word: str) -> int:
    low = word.lower()
    return next(
        (n for stem, n in sorted(_ORDINAL.items(), key=lambda t: -len(t[0])) if low.startswith(stem)), 1
    )


def _year(m: re.Match[str], name: str, today: Today, context: int | None) -> tuple[int | None, bool]:
    groups = m.groupdict()
    if groups.get(f"{name}y"):
        return int(groups[f"{name}y"]), True
    word = (groups.get(f"{name}w") or "").lower()
    base = today.this_year
    if word.startswith(("текущ", "этого", "нынеш")):
        return base, True
    if word.startswith(("прошл", "минув")):
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


def _day(m: re.Match[str], today: Today, year: int | None, stated: bool, month: int, day: int) -> Period:
    when: date | None = None
    if year is not None:
        try:
            when = date(year, month, day)
            if today.published and when > today.published and not stated:
                when = date(year - 1, month, day)
        except ValueError:
            when = None
    return Period(m.start(), m.end(), "point", when, when, "day")


def _read(m: re.Match[str], today: Today, context: int | None) -> Period | None:
    published = today.published
    digits = any(c.isdigit() for c in m.group())
    if m["base"]:
        return Period(m.start(), m.end(), "base", None, None, "word", digits)
    if m["first"] or m["nmonths"]:
        year, stated = _year(m, "f" if m["first"] else "n", today, context)
        n = _number(m["fn"] or m["nn"])
        return _span(m, today, year, stated, 1, n, "months") if 1 <= n <= 12 else None
    if m["nplain"]:
        year, n = context or today.this_year, _number(m["np"])
        return _span(m, today, year, context is not None, 1, n, "months") if 1 <= n <= 12 else None
    if m["halfyear"]:
        return _span(m, today, context or today.this_year, context is not None, 1, 6, "months")
    if m["quarter"]:
        year, stated = _year(m, "q", today, context)
        n = _ordinal(m["qo"])
        return _span(m, today, year, stated, 3 * n - 2, 3 * n, "quarter")
    if m["half"]:
        year, stated = _year(m, "h", today, context)
        n = min(_ordinal(m["ho"]), 2)
        return _span(m, today, year, stated, 6 * n - 5, 6 * n, "half")
    if m["drange"]:
        year, stated = _year(m, "d", today, context)
        b = _day(m, today, year, stated, _month(m["d2m"]), int(m["d2"]))
        a = _day(m, today, b.low.year if b.low else year, True, _month(m["d1m"] or m["d2m"]), int(m["d1"]))
        return Period(m.start(), m.end(), "span", a.low, b.low, "range")
    if m["months"]:
        year, stated = _year(m, "m", today, context)
        return _span(m, today, year, stated, _month(m["m1"]), _month(m["m2"]), "months")
    if m["day"]:
        year, stated = _year(m, "a", today, context)
        return _day(m, today, year, stated, _month(m["am"]), int(m["ad"]))
    if m["numeric"]:
        return _day(m, today, int(m["nyr"]), True, int(m["nm"]), int(m["nd"]))
    if m["month"]:
        year, stated = _year(m, "o", today, context)
        n = _month(m["om"])
        return _span(m, today, year, stated, n, n, "month")
    if m["years"]:
        return Period(
            m.start(), m.end(), "span", date(int(m["ya"]), 1, 1), date(int(m["yb"]), 12, 31), "years"
        )
    if m["open"]:
        year = int(m["opy"]) if m["opy"] else today.this_year
        return Period(
            m.start(), m.end(), "open", date(year, 1, 1) if year else None, published, "year", bool(m["opy"])
        )
    if m["yearend"]:
        year = today.this_year
        return Period(
            m.start(),
            m.end(),
            "span",
            date(year, 1, 1) if year else None,
            date(year, 12, 31) if year else None,
            "year",
            False,
        )
    if m["lastyear"]:
        year = today.this_year - 1 if today.this_year else None
        return Period(
            m.start(),
            m.end(),
            "span",
            date(year, 1, 1) if year else None,
            date(year, 12, 31) if year else None,
            "year",
            False,
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
            digits,
        )
    if m["launch"]:
        return Period(
            m.start(),
            m.end(),
            "since",
            date(int(m["ly"]), 1, 1) if m["ly"] else None,
            published,
            "launch",
            digits,
        )
    if m["now"]:
        return Period(m.start(), m.end(), "now", published, published, "word", False)
    if m["former"]:
        return Period(m.start(), m.end(), "former", None, None, "word", False)
    if m["year"]:
        n = int(m["yy"])
        return Period(m.start(), m.end(), "span", date(n, 1, 1), date(n, 12, 31), "year")
    if published is None:
        return Period(m.start(), m.end(), "span", None, None, "word", digits)
    if m["lastmonth"]:
        last = published.replace(day=1) - timedelta(1)
        return Period(m.start(), m.end(), "span", last.replace(day=1), last, "month", False)
    if m["back"]:
        n, unit = _number(m["bn"] or m["bn2"]), (m["bu"] or m["bu2"]).lower()
        if unit.startswith("месяц"):
            total = published.year * 12 + published.month - 1 - n
            low = date(
                total // 12, total % 12 + 1, min(published.day, month_end(total // 12, total % 12 + 1).day)
            )
        else:
            low = published.replace(
                year=published.year - n, day=min(published.day, 28) if published.month == 2 else published.day
            )
        return Period(m.start(), m.end(), "since", low, published, "back", digits)
    if m["dayword"]:
        when = published - timedelta(0 if m.group().lower() == "сегодня" else 1)
        return Period(m.start(), m.end(), "point", when, when, "day", False)
    return None


def _around(found: Period, text: str, today: Today) -> Period:
    """Let the words before an expression turn it into since, until or what is compared with."""
    before = text[max(0, found.start - 28) : found.start]
    if found.kind not in ("span", "point"):
        return found
    if _THAN.search(before) and found.grain in ("year", "month", "quarter", "half", "months"):
        return replace(found, kind="base")
    since = _SINCE.search(before)
    if since and found.grain in ("year", "month", "day"):
        return replace(found, kind="since", start=found.start - len(since.group()), high=today.published)
    until = _UNTIL.search(before)
    if until and (found.kind == "point" or until.group().endswith(("конец ", "конца ", "концу "))):
        when = found.high
        if when is not None and found.kind == "point" and when.day == 1 and _AS_OF.search(before):
            when = when - timedelta(1)  # на 1 июля: the state at the end of June
        return replace(found, kind="until", start=found.start - len(until.group()), low=when, high=when)
    return found
