"""Calendar expressions of Chinese prose: years, months, quarters, halves, days and ranges of them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tallybook.recognise.dates import Kind, Maker, Period, Today, day, ends, month_before, months, number

_N = r"(?:\d{1,2}|[〇零一二三四五六七八九十廿卅]{1,3})"
_YEAR = (
    r"(?P<year>(?<!\d)(?:19|20)\d{2}(?=[ ]?年)|(?<![〇零一二三四五六七八九十])[一二][〇零○0一二三四五六七八九]{3}(?=年)"
    r"|民国\d{2,3}(?=年)|(?<![\d立建校办庆满近超约逾有达历共])1[0-2]\d(?=年(?![多余来间的之历史老后以]|前(?![\d一二三四五六七八九十季])))|(?<!\d)\d{2}(?=年(?:\d|[一上下前底初全])))[ ]?年(?:度|份)?"
    r"|(?P<word>今年度?|去年度?|上年度?|前年度?|本年度?|明年|次年|当年|同年(?!度))(?:\((?:民国)?(?:[12][\d〇零○一二三四五六七八九]{3}|1[0-2]\d)年?\))?"
    r"|(?P<glossed>[今去前明上本])\((?:民国)?(?:[12][\d〇零○一二三四五六七八九]{3}|1[0-2]\d)年?\)年?(?:度|份)?"
)
_MONTHWORD = rf"(?P<m1>{_N})(?: ?月份?)"
_DASH = r"(?:至|到|-|~|—|、)"
CALENDAR = re.compile(
    rf"""
    (?:(?:{_YEAR})(?:的)?)?
    (?:
        (?P<fiscal>(?<!\d)(?P<fy_a>(?:19|20)\d{{2}})(?:年?(?:至|到|-|~)|/)(?P<fy_b>(?:19|20)?\d{{2}})(?:年度|财年|财政年度|会计年度))
      | (?P<md>(?P<a_m>{_N})[ ]?月[ ]?(?P<a_d>{_N})[日号]?{_DASH}(?:(?P<b_y>\d{{4}})年)?(?:(?P<b_m>{_N})[ ]?月[ ]?)?(?P<b_d>{_N})[日号])
      | (?P<dayspan>(?<![\d月])(?P<c_d1>\d{{1,2}})日?{_DASH}(?P<c_d2>\d{{1,2}})[日号])
      | (?P<cndays>(?<=本月)(?P<n_d1>[一二三四五六七八九十廿卅]{{1,3}})日?{_DASH}(?P<n_d2>[一二三四五六七八九十廿卅]{{1,3}})日)
      | (?P<years>(?<!\d)(?P<y_a>(?:19|20)\d{{2}})年?(?:至|到|-|~)(?P<y_b>(?:19|20)\d{{2}})年(?!\d))
      | (?P<used>(?P<u_m>{_N})月份?(?:仅用|只用|用时|用)(?P<u_d>\d{{1,2}})天)
      | (?P<months>(?<![\d.])(?P<m_a>{_N})(?:[ ]?月?份?(?:至|到|-|~)|(?<=\d)、(?=\d))(?:(?P<m_by>\d{{4}}年|次年|今年|当年))?(?P<m_b>{_N})[ ]?月份?(?![ ]?\d{{1,2}}[日号]))
      | (?P<day>(?P<d_m>{_N})[ ]?月[ ]?(?P<d_d>{_N})[日号])
      | (?P<first>(?:前(?!一个月)|(?<!码)头|首)(?P<f_n>{_N}|两)[ ]?个?月(?![ ]?\d{{1,2}}[日号]))
      | (?P<quarters>前(?P<q_n>[一二两三四1-4])个?季度?|[前首头]三季)
      | (?P<quarter>(?:第?(?P<q>[一二三四1-4])个?季(?:度|(?=[，、的\s]))|第(?P<q_o>[一二三四1-4])季|首季度?))
      | (?P<half>上半年|下半年)
      | (?P<full>全年)
      | (?P<begun>首周|第一周|首个星期|首月|首日)
      | (?P<month>(?<![\d.])(?P<o_m>{_N})[ ]?月(?:(?:份|底|末|初|中旬|上旬|下旬|当月|单月)+|(?![ ]?\d{{1,2}}[日号至-]|球|亮|饼|台|光)))
      | (?P<yearend>年?[底末]|年初|开年)
      | (?P<within>(?<![\d〇零一二两三四五六七八九十几数百多半近周岁])年内(?!的?(?:单日|单月|单周|同期|历史|最|第|首|次高|新高|新低|高位|高点|纪录|峰值)))
      | (?P<sum>夏季|冬季|春季|秋季)
    )
    |(?:{_YEAR.replace("year>", "year2>").replace("word>", "word2>").replace("glossed>", "glossed2>")})(?P<yend>底|末|初)?
    """,
    re.X,
)
_GLOSS = {"今": "今年", "去": "去年", "前": "前年", "明": "明年", "上": "上年", "本": "本年"}
"""去(2024)年: a year word with its number in it."""
_RUNS_ON = re.compile(r"(?:截?至|截止|到)(?=[今\d一二三四五六七八九十目])|以来")
"""年初至3月14日: from the new year on."""
_WILL = re.compile(r"(?:之?前|时)?，?[^，。；\d]{0,6}?(?:可望|有望|预计|料将|将|力争|可达)")
_AHEAD = re.compile(r"(?:预计|预估|预测|预期|有望|计划|力争|将于|将在|拟|定于)[^。；]{0,10}$")


def _year_of(text: str | None, word: str | None, today: Today, context: int | None) -> int | None:
    base_year = today.this_year
    if text:
        if text.startswith("民国"):
            return int(text[2:]) + 1911
        value = number(text)
        if (
            value is not None and 100 <= value < 130
        ):  # a year of the Republic, where that is near the year told in
            return value + 1911 if base_year is None or abs(value + 1911 - base_year) <= 15 else None
        return 2000 + value if value is not None and value < 100 else value
    base = today.this_year
    if not word or base is None:
        return None
    if word in ("当年", "同年"):
        return context or base
    if word in ("上年", "上年度") and context:
        return context - 1
    if word == "次年":
        return (context or base) + 1
    return (
        base
        + {
            "今年": 0,
            "今年度": 0,
            "本年": 0,
            "本年度": 0,
            "去年": -1,
            "去年度": -1,
            "上年": -1,
            "上年度": -1,
            "前年": -2,
            "前年度": -2,
            "明年": 1,
        }[word]
    )


def read_calendar(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read an expression of the calendar."""
    glossed = m["glossed"] or m["glossed2"]
    told = _GLOSS[glossed] if glossed else m["word"] or m["word2"]
    year = _year_of(m["year"] or m["year2"], told, today, context)
    will = bool(m["yearend"]) and m["yearend"][0] == "年" and bool(_WILL.match(text, m.end()))
    stated = year is not None or will or bool(_AHEAD.search(text, max(0, m.start() - 14), m.start()))
    if year is None:
        year = context or today.this_year
    make = Maker(m.start(), m.end(), today, stated or context is not None)
    if m["fiscal"]:
        opened, closed = int(m["fy_a"]), int(m["fy_a"][: -len(m["fy_b"])] + m["fy_b"])
        if closed == opened + 1:  # as Hong Kong, Japan and India count
            return make("span", date(opened, 4, 1), date(closed, 3, 31), "year")
        return make("span", date(opened, 1, 1), date(closed, 12, 31), "years")
    if m["md"]:
        end_year = int(m["b_y"]) if m["b_y"] else year
        first = day(year, number(m["a_m"]), number(m["a_d"]))
        final = day(end_year, number(m["b_m"]) or number(m["a_m"]), number(m["b_d"]))
        if first and final and final < first and end_year is not None:
            final = final.replace(year=end_year + 1) if first.month > final.month else None
        return make("span", first, final, "range")
    if m["cndays"] and today.published:
        current = (today.published.year, today.published.month)
        return make("span", day(*current, number(m["n_d1"])), day(*current, number(m["n_d2"])), "range")
    if m["dayspan"]:
        named = last or (month_before(today.published, number(m["c_d2"]) or 1) if today.published else None)
        if named is None:
            return make("span", None, None, "range")
        return make("span", day(*named, number(m["c_d1"])), day(*named, number(m["c_d2"])), "range")
    if m["years"]:
        return make("span", date(int(m["y_a"]), 1, 1), date(int(m["y_b"]), 12, 31), "years")
    if m["used"]:
        month = number(m["u_m"])
        return make("span", day(year, month, 1), day(year, month, int(m["u_d"])), "range")
    if m["months"]:
        a, b = number(m["m_a"]), number(m["m_b"])
        other = m["m_by"]
        later = (
            int(other[:4])
            if other and other[:4].isdigit()
            else (year + 1 if other == "次年" and year else None)
        )
        span = months(year, a, b, later)
        return make("span", *ends(span), "months")
    if m["day"]:
        when = day(year, number(m["d_m"]), number(m["d_d"]))
        return make("point", when, when, "day")
    if m["first"]:
        span = months(year, 1, number(m["f_n"]))
        return make("span", *ends(span), "months")
    if m["quarters"] or m["quarter"]:
        n = number(m["q_n"] or m["q"] or m["q_o"]) or (3 if m["quarters"] else 1)
        span = months(year, 1 if m["quarters"] else 3 * n - 2, 3 * n) if n <= 4 else None
        return make("span", *ends(span), "quarter")
    if m["half"]:
        span = months(year, *((1, 6) if m["half"][0] == "上" else (7, 12)))
        return make("span", *ends(span), "half", digits=bool(m["year"]))
    if m["begun"]:
        if not stated or year is None:
            return None
        last_day = {"月": 31, "日": 1}.get(m["begun"][-1], 7)
        return make("span", date(year, 1, 1), date(year, 1, last_day), "range", digits=bool(m["year"]))
    if m["full"]:
        if not stated and today.published and (context or 0) == 0 and today.published.month <= 2:
            year = today.published.year - 1
        span = months(year, 1, 12)
        return make("span", *ends(span), "year", digits=bool(m["year"]))
    if m["month"]:
        return _read_month(m, make, year)
    if m["yearend"]:
        early = m["yearend"] in ("年初", "开年")
        if early and year is not None and _RUNS_ON.match(text, m.end()):
            return make("open", date(year, 1, 1), today.published, "year", digits=False)
        if not stated:
            return None
        return _year_edge(make, year, "初" if early else "底")
    if m["within"]:
        first_day = None if year is None else date(year, 1, 1)
        if year is not None and today.published and year < today.published.year:
            return make("span", first_day, date(year, 12, 31), "year", digits=bool(m["year"]))
        return make("open", first_day, today.published, "year", digits=bool(m["year"]))
    if m["sum"]:
        return None
    if m["yend"]:
        return _year_edge(make, year, m["yend"])
    span = months(year, 1, 12)
    word = told
    if word in ("今年", "本年", "今年度", "本年度"):
        return make("open", span[0] if span else None, today.published, "year", digits="(" in m.group())
    if year and today.published and year == today.published.year and m["year2"]:
        return make("open", date(year, 1, 1), today.published, "year")  # 2025年已开行…: so far
    if word == "明年":
        return make("future", *ends(span), "year", digits=False)
    kind: Kind = "span"
    return make(kind, *ends(span), "year", digits=bool(m["year2"] or "(" in m.group()))


def _read_month(m: re.Match[str], make: Maker, year: int | None) -> Period | None:
    month = number(m["o_m"])
    span = months(year, month, month)
    tail = m["month"]
    if span and ("底" in tail or "末" in tail):
        return make("point", span[1], span[1], "month")
    if span and "初" in tail:
        return make("point", span[0], span[0], "month")
    if span and "上旬" in tail:
        return make("span", span[0], span[0] + timedelta(9), "range")
    if span and "中旬" in tail:
        return make("span", span[0] + timedelta(10), span[0] + timedelta(19), "range")
    if span and "下旬" in tail:
        return make("span", span[0] + timedelta(20), span[1], "range")
    return make("span", *ends(span), "month")


def _year_edge(make: Maker, year: int | None, edge: str) -> Period:
    if year is None:
        return make("point", None, None, "year")
    when = date(year, 1, 1) if edge == "初" else date(year, 12, 31)
    return make("point", when, when, "year")
