"""Periods as Chinese prose writes them, resolved against the publication date.

A period expression is composed: a year word, a month, quarter or half, a day or range, then
what stands around it (截至 before, 以来 behind). The past reading wins: a month after the
publication date is last year's.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from tallybook.recognise.numbers import chinese_value

Kind = Literal["span", "until", "since", "point", "now", "open", "same", "former", "base", "future"]


@dataclass(frozen=True, slots=True)
class Period:
    """A period expression: folded span, what it does to the period in force, its bounds."""

    start: int
    end: int
    kind: Kind
    low: date | None
    high: date | None
    grain: str
    """day, month, quarter, half, year, range, back, holiday or word."""
    digits: bool = True
    """True where the expression holds a number, which is then a figure `date`."""


_N = r"(?:\d{1,2}|[〇零一二三四五六七八九十]{1,3})"
_YEAR = (
    r"(?P<year>(?<!\d)(?:19|20)\d{2}(?=[ ]?年)|(?<![〇零一二三四五六七八九十])[一二][〇零○一二三四五六七八九]{3}(?=年)"
    r"|民国\d{2,3}(?=年)|(?<!\d)1[0-2]\d(?=年(?:\d|[前首上下第]|全年|度|[，。、至底初减增较]))|(?<!\d)\d{2}(?=年(?:\d|[一上下前底初全])))[ ]?年(?:度|份)?"
    r"|(?P<word>今年度?|去年|上年度?|前年|本年度?|明年|次年|当年|同年)"
)
_MONTHWORD = rf"(?P<m1>{_N})(?: ?月份?)"
_DASH = r"(?:至|到|-|~|—|、)"
_PATTERN = re.compile(
    rf"""
    (?:(?:{_YEAR})(?:的)?)?
    (?:
        (?P<md>(?P<a_m>{_N})[ ]?月[ ]?(?P<a_d>{_N})[日号]?{_DASH}(?:(?P<b_y>\d{{4}})年)?(?:(?P<b_m>{_N})[ ]?月[ ]?)?(?P<b_d>{_N})[日号])
      | (?P<dayspan>(?<![\d月])(?P<c_d1>\d{{1,2}})日?{_DASH}(?P<c_d2>\d{{1,2}})[日号])
      | (?P<years>(?<!\d)(?P<y_a>(?:19|20)\d{{2}})年?(?:至|到|-|~)(?P<y_b>(?:19|20)\d{{2}})年(?!\d))
      | (?P<used>(?P<u_m>{_N})月份?(?:仅用|只用|用时|用)(?P<u_d>\d{{1,2}})天)
      | (?P<months>(?<![\d.])(?P<m_a>{_N})[ ]?月?份?(?:至|到|-|~)(?:(?P<m_by>\d{{4}}年|次年|今年|当年))?(?P<m_b>{_N})[ ]?月份?(?![ ]?\d{{1,2}}[日号]))
      | (?P<day>(?P<d_m>{_N})[ ]?月[ ]?(?P<d_d>{_N})[日号])
      | (?P<first>(?:前(?!一个月)|(?<!码)头|首)(?P<f_n>{_N}|两)[ ]?个?月(?!\d))
      | (?P<quarters>前(?P<q_n>[一二两三四1-4])个?季度?|[前首头]三季)
      | (?P<quarter>(?:第?(?P<q>[一二三四1-4])个?季(?:度|(?=[，、的\s]))|第(?P<q_o>[一二三四1-4])季|首季度?))
      | (?P<half>上半年|下半年)
      | (?P<full>全年)
      | (?P<month>(?<![\d.])(?P<o_m>{_N})[ ]?月(?:(?:份|底|末|初|中旬|上旬|下旬|当月|单月)+|(?![ ]?\d{{1,2}}[日号至-]|球|亮|饼|台|光)))
      | (?P<yearend>年?[底末]|年初)
      | (?P<sum>夏季|冬季|春季|秋季)
    )
    |(?:{_YEAR.replace("year>", "year2>").replace("word>", "word2>")})(?P<yend>底|末|初)?
    """,
    re.X,
)
_DAY_WORD = re.compile(
    r"(?P<rel>昨天|今天|昨日|今日|前天|前日|当日|当天|截至目前|到目前为止|目前|当前|眼下|现在|(?<!截)至今(?!天|日)|迄今|如今|现阶段|日前)"
    r"(?:\((?P<p_m>\d{1,2})月(?P<p_d>\d{1,2})[日号]\)|\((?P<p_d2>\d{1,2})[日号]\))?"
    r"|(?P<tw>[昨今前])(?:天|日)?\((?P<tw_d>\d{1,2})\)(?:日|天)?"
)
_LONE_DAY = re.compile(r"(?<![\d.月])(?P<d>\d{1,2})[日号](?![\d线楼院机馆门台令])")
_LAST = re.compile(r"(?P<w>上个?月|本月|当月|同月|单月|上个?季度|本季度|上周|本周|当周|上一年|本世纪|这个月)")
_BACK = re.compile(
    r"(?:(?P<near>近|过去|最近|过往)(?:的)?(?P<n1>\d{1,2}|[一二两三四五六七八九十]{1,3})(?P<u1>年|个月|天|日)(?:来|间|以来|里|内|中)?"
    r"|满(?P<n3>\d{1,2}|[一二两三四五六七八九十]{1,3})(?P<u3>周年|年|个月)"
    r"|(?P<n2>\d{1,3}|[一二两三四五六七八九十]{1,3})多?(?P<u2>周年|年|个月|天)(?P<tail>以来|来|间)(?![自往到历看源宾访客临]))"
)
_PLAN = re.compile(
    r"[“”]?(?P<p>[一二三四五六七八九十]+五)[“”]?(?P<t>时期|期间|规划期)?(?P<s>以来|开局之年|收官|末)?"
)
_SAME = re.compile(r"(?:去年|上年|前年|\d{4}年)?(?:的)?同期|同比期|同时期|同一时期|上年同时期")
_FORMER = re.compile(
    r"开通初期|开行初期|运营初期|原先|此前|以前|过去(?!的?[\d一二两三四五六七八九十])|以往|曾经|最初|起初|初期|原来"
)
_OPENING = re.compile(
    r"(?:开行|开通|运营|启动|成立|首发|投运|投用|通车|开放|挂牌|启用|建成|开关|开港|建关|创立|首开)(?:运营|投用|建设)?(?:[一二两三四五六七八九十\d]{1,3}(?:个多?月|周?年|天))?以来"
)
_HOLIDAY = re.compile(
    r"""(?P<h>春节|[“”]?五一[“”]?|[“”]?十一[“”]?(?=假期|黄金周|期间)|国庆|中秋|端午|清明|元旦|春运|暑期|暑运|大年初一|正月初一|年初一|除夕|大年三十)
    (?:、?(?:国庆|中秋))?节?(?:假期|黄金周|期间|小长假|假日)?(?:期间|里)?(?:[前首](?P<n>[\d一二三四五六七八两])[天日]|(?P<first>首日|首天|第一天))?(?:至(?:大年|正月)?初(?P<to>[二三四五六七八九十]))?""",
    re.X,
)
_REFERRED = re.compile(
    r"(?:这|该|上述|前后|(?<![用需时前后短迟仅达共近约超至到早晚长快慢过了第\d]))(?:\d{1,2}|[两三四五六七八九十])(?:天|日)(?:里|内|间|期间)?"
    r"(?=，?(?:共|累计|总计|合计))"
)
_NEARS = re.compile(r"^[^。；]*?(?:临近|将至|即将|将迎|预计|预测|预期)")
_SOON = timedelta(60)
_HOLIDAY_ID = {
    "春节": "spring",
    "五一": "mayday",
    "十一": "national",
    "国庆": "national",
    "中秋": "zhongqiu",
    "端午": "duanwu",
    "清明": "qingming",
    "元旦": "newyear",
    "春运": "chunyun",
    "暑期": "shuqi",
    "暑运": "shuqi",
    "大年初一": "lunar",
    "正月初一": "lunar",
    "年初一": "lunar",
    "除夕": "eve",
    "大年三十": "eve",
}
_PLAN_START = {"十一五": 2006, "十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}
_UNTIL = re.compile(r"(?:截至|截止到?|截止至|截到|到)(?:了)?(?:今年|去年|本月|当地时间|北京时间)?$")
_FROM = re.compile(r"(?:自|从|自从|由)(?:今年|去年|当地时间)?$")
_SINCE_TAIL = re.compile(
    r"(?:份|起|底|初|末)?(?:以来|以後|以后|起至今|起|至今|迄今)(?!草|飞|步|点|来|动|因|运|诉|色|伏|到|源|重|降|航|落)"
)
_OPEN_TAIL = re.compile(r"以来|迄今|至今|已|起|开年以来|初以来|的?前")
_EVENT_SINCE = re.compile(r"[^，。；！？、]{0,32}?(?:以来|至今|起(?=，))|[^。；！？]{0,24}?(?<!初)以来")
_TO_LATER = re.compile(r"[^。；！？]{0,30}?[，,](?:截?至|到)$")
_SENTENCE = re.compile(r"[。！？；\n]")
_NO_JOIN = re.compile(r"[。！？；\n\d]")

# A period after 较 or 比, or whose total something reaches, is what is compared with, not what is told of.
_COMPARED = re.compile(
    r"(继|较之?|比|相较于?|对比|高于|低于|达到?|超过?|相当于|追平|接近|突破|与|同|和)(?:了)?$"
)
_YEAR_OF_HOLIDAY = re.compile(r"(?:去年|上年|前年|(?:19|20)\d\d年)的?$")
_COMPARATIVE = frozenset({"继", "较", "较之", "比", "相较", "相较于", "对比", "高于", "低于", "超", "超过"})
_TOTAL_OF = re.compile(
    r"(?:的)?(?:全年)?[^，。；\d]{0,6}?(?:总量|水平|总数|总和|同期|总额|总值|相比|之和|量|额|值)"
)
_AHEAD = re.compile(r"(?:预计|预估|预测|预期|有望|计划|力争|将于|将在|拟|定于)[^。；]{0,10}$")
_EVENT = re.compile(r"[^，。；]{0,4}(?:投用|启用|开通|开行|启动|开展|投运|开业|运营)")
_TIMES_OF = re.compile(r"(?:同期)?的?[约近超逾达到]{0,2}[\d.一二两三四五六七八九十]+多?倍")
_RECORD = re.compile(
    r"(?:的)?(?:同期|历史|单月|月度)?(?:最|新高|新低|首次|首位|峰值|纪录|次高|高位|高点)"
    r"|[^，。；：\d]{0,8}(?:新高|新低|纪录|峰值|次高)"
)


@dataclass(frozen=True, slots=True)
class Today:
    """What relative words are resolved against: the publication date, or none."""

    published: date | None
    holidays: Mapping[tuple[str, int], tuple[date, date]]
    year: int | None = None
    """Year in force where the publication date is not known."""

    @property
    def this_year(self) -> int | None:
        """The year that 今年 means."""
        return self.published.year if self.published else self.year


def _int(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if text.isdigit() and text.isascii() else chinese_value(text)


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    """Give the date, or None where it does not exist (2月30日) or a part is not known."""
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_end(year: int, month: int) -> date:
    """Give the last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def _months(
    year: int | None, first: int | None, last: int | None, last_year: int | None = None
) -> tuple[date, date] | None:
    if year is None or first is None or last is None or not (1 <= first <= 12 and 1 <= last <= 12):
        return None
    end_year = last_year or (year + 1 if last < first else year)
    return date(year, first, 1), month_end(end_year, last)


def _ends(span: tuple[date, date] | None) -> tuple[date | None, date | None]:
    return span if span else (None, None)


def _year_of(text: str | None, word: str | None, today: Today, context: int | None) -> int | None:
    base_year = today.this_year
    if text:
        if text.startswith("民国"):
            return int(text[2:]) + 1911
        value = _int(text)
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
            "上年": -1,
            "上年度": -1,
            "前年": -2,
            "明年": 1,
        }[word]
    )


def find_periods(text: str, today: Today) -> list[Period]:
    """Find the period expressions of a folded Chinese text, in order, never overlapping."""
    raw: list[Period] = []
    context: int | None = None
    last_month: tuple[int, int] | None = None
    last_stop = 0
    last_day: date | None = None
    for start, _, matcher, m in _candidates(text):
        if raw and start < raw[-1].end:
            continue
        if _SENTENCE.search(text, last_stop, start):
            context = None
        last_stop = start
        found = matcher(m, text, today, context, last_month)
        if found is None:
            continue
        if m.re is _DAY_WORD and (m["rel"] or "") in ("当日", "当天") and last_day:
            found = replace(found, low=last_day, high=last_day)
        if found.grain == "day" and found.high:
            last_day = found.high
        if (
            found.grain == "launch"
            and raw
            and raw[-1].kind == "since"
            and "，" not in text[raw[-1].end : start]
        ):
            continue  # 自2018年启动建设以来: the year already says since when
        if (
            found.kind in ("span", "point", "open")
            and found.low
            and m.re is _PATTERN
            and found.grain != "back"
        ):
            if m["year"] or m["word"] or m["year2"] or m["word2"]:
                context = found.low.year
            if found.grain in ("month", "day") and found.high:
                last_month = (found.high.year, found.high.month)
        raw.append(_around(text, found, today))
    return raw


def _candidates(text: str) -> list[tuple[int, int, _Reader, re.Match[str]]]:
    """All matches of all grammars, leftmost first, longest first at one place."""
    out = []
    for rank, (pattern, reader) in enumerate(_GRAMMARS):
        for m in pattern.finditer(text):
            if m.end() > m.start():
                out.append((m.start(), -m.end(), rank, reader, m))
    out.sort(key=lambda t: t[:3])
    return [(start, -negative, reader, m) for start, negative, _, reader, m in out]


def _read_calendar(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    year = _year_of(m["year"] or m["year2"], m["word"] or m["word2"], today, context)
    stated = year is not None or bool(_AHEAD.search(text, max(0, m.start() - 14), m.start()))
    if year is None:
        year = context or today.this_year
    make = _Maker(m.start(), m.end(), today, stated or context is not None)
    if m["md"]:
        end_year = int(m["b_y"]) if m["b_y"] else year
        first = _day(year, _int(m["a_m"]), _int(m["a_d"]))
        final = _day(end_year, _int(m["b_m"]) or _int(m["a_m"]), _int(m["b_d"]))
        if first and final and final < first and end_year is not None:
            final = final.replace(year=end_year + 1) if first.month > final.month else None
        return make("span", first, final, "range")
    if m["dayspan"]:
        named = last or (_month_before(today.published, _int(m["c_d2"]) or 1) if today.published else None)
        if named is None:
            return make("span", None, None, "range")
        return make("span", _day(*named, _int(m["c_d1"])), _day(*named, _int(m["c_d2"])), "range")
    if m["years"]:
        return make("span", date(int(m["y_a"]), 1, 1), date(int(m["y_b"]), 12, 31), "years")
    if m["used"]:
        month = _int(m["u_m"])
        return make("span", _day(year, month, 1), _day(year, month, int(m["u_d"])), "range")
    if m["months"]:
        a, b = _int(m["m_a"]), _int(m["m_b"])
        other = m["m_by"]
        later = (
            int(other[:4])
            if other and other[:4].isdigit()
            else (year + 1 if other == "次年" and year else None)
        )
        span = _months(year, a, b, later)
        return make("span", *_ends(span), "months")
    if m["day"]:
        when = _day(year, _int(m["d_m"]), _int(m["d_d"]))
        return make("point", when, when, "day")
    if m["first"]:
        span = _months(year, 1, _int(m["f_n"]))
        return make("span", *_ends(span), "months")
    if m["quarters"] or m["quarter"]:
        n = _int(m["q_n"] or m["q"] or m["q_o"]) or (3 if m["quarters"] else 1)
        span = _months(year, 1 if m["quarters"] else 3 * n - 2, 3 * n) if n <= 4 else None
        return make("span", *_ends(span), "quarter")
    if m["half"]:
        span = _months(year, *((1, 6) if m["half"][0] == "上" else (7, 12)))
        return make("span", *_ends(span), "half", digits=bool(m["year"]))
    if m["full"]:
        if not stated and today.published and (context or 0) == 0 and today.published.month <= 2:
            year = today.published.year - 1
        span = _months(year, 1, 12)
        return make("span", *_ends(span), "year", digits=bool(m["year"]))
    if m["month"]:
        return _read_month(m, make, year)
    if m["yearend"]:
        if not stated:
            return None
        return _year_edge(make, year, "初" if "初" in m["yearend"] else "底")
    if m["sum"]:
        return None
    if m["yend"]:
        return _year_edge(make, year, m["yend"])
    span = _months(year, 1, 12)
    word = m["word2"]
    if word in ("今年", "本年", "今年度", "本年度"):
        return make("open", span[0] if span else None, today.published, "year", digits=False)
    if word == "明年":
        return make("future", *_ends(span), "year", digits=False)
    kind: Kind = "span"
    return make(kind, *_ends(span), "year", digits=bool(m["year2"]))


def _read_month(m: re.Match[str], make: _Maker, year: int | None) -> Period | None:
    month = _int(m["o_m"])
    span = _months(year, month, month)
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
    return make("span", *_ends(span), "month")


def _year_edge(make: _Maker, year: int | None, edge: str) -> Period:
    if year is None:
        return make("point", None, None, "year")
    when = date(year, 1, 1) if edge == "初" else date(year, 12, 31)
    return make("point", when, when, "year")


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes a Period of one match; an unstated year falls back so that the start is not in the future."""

    start: int
    end: int
    today: Today
    stated: bool

    def __call__(
        self, kind: Kind, low: date | None, high: date | None, grain: str, digits: bool = True
    ) -> Period:
        published = self.today.published
        ahead = low and published and low > published
        if grain == "months" and high and published and high > month_end(published.year, published.month):
            ahead = True  # 1至7月 told in June is last year's
        if low and high and not self.stated and ahead:
            low, high = _back_a_year(low), _back_a_year(high)
        return Period(self.start, self.end, kind, low, high, grain, digits)


def _back_a_year(day: date) -> date:
    if day.month == 2 and day.day == 29:
        return date(day.year - 1, 2, 28)
    back = day.replace(year=day.year - 1)
    return month_end(back.year, 2) if day.month == 2 and day.day == 28 else back


def _month_before(day: date, number: int) -> tuple[int, int]:
    """Give the month that 'the Nth' names when said on `day`: this one, or the last where N is to come."""
    if number <= day.day:
        return day.year, day.month
    return (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)


def _read_day_word(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    if m["tw"]:
        published, n = today.published, int(m["tw_d"])
        if published is None:
            return Period(m.start(), m.end(), "point", None, None, "day")
        when = _day(*_month_before(published, n), n)
        return Period(m.start(), m.end(), "point", when, when, "day")
    word = m["rel"]
    published = today.published
    digits = bool(m["p_m"] or m["p_d2"])
    if word in ("截至目前", "到目前为止", "目前", "当前", "眼下", "现在", "至今", "迄今", "如今", "现阶段"):
        return Period(m.start(), m.end(), "now", published, published, "word", digits)
    if word == "日前":
        return None
    when = None
    if m["p_m"]:
        when = _day(context or today.this_year, int(m["p_m"]), int(m["p_d"]))
        if when and published and when > published:
            when = _back_a_year(when)
    elif published:
        when = published - timedelta({"昨": 1, "前": 2}.get(word[0], 0))
    if word in ("当日", "当天") and not digits:
        return None
    return Period(m.start(), m.end(), "point", when, when, "day", digits)


def _read_lone_day(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    number = int(m["d"])
    if not 1 <= number <= 31:
        return None
    month = _month_before(today.published, number) if today.published else last
    when = _day(*month, number) if month else None
    return Period(m.start(), m.end(), "point", when, when, "day")


def _read_last(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    word, published = m["w"], today.published
    if word == "同月" and last:
        return Period(m.start(), m.end(), "span", date(*last, 1), month_end(*last), "month", False)
    if word in ("当月", "单月", "同月"):
        month = last or (None if published is None else (published.year, published.month))
        return (
            Period(m.start(), m.end(), "same", None, None, "word", False) if last or month is None else None
        )
    if published is None:
        return Period(m.start(), m.end(), "span", None, None, "word", False)
    if word in ("上月", "上个月"):
        y, mo = _month_before(published.replace(day=1), 2)
        return Period(m.start(), m.end(), "span", date(y, mo, 1), month_end(y, mo), "month", False)
    if word in ("本月", "这个月"):
        return Period(m.start(), m.end(), "open", published.replace(day=1), published, "month", False)
    if word in ("本周", "当周", "上周"):
        monday = published - timedelta(published.weekday() + (7 if word == "上周" else 0))
        return Period(
            m.start(), m.end(), "span", monday, min(monday + timedelta(6), published), "week", False
        )
    if "季度" in word:
        quarter = (published.month - 1) // 3 - (1 if word[0] == "上" else 0)
        year, quarter = (published.year, quarter) if quarter >= 0 else (published.year - 1, 3)
        return Period(
            m.start(),
            m.end(),
            "span",
            date(year, 3 * quarter + 1, 1),
            month_end(year, 3 * quarter + 3),
            "quarter",
            False,
        )
    if word == "上一年":
        return Period(
            m.start(),
            m.end(),
            "span",
            date(published.year - 1, 1, 1),
            date(published.year - 1, 12, 31),
            "year",
            False,
        )
    return None


def _read_back(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    n, unit = _int(m["n1"] or m["n2"] or m["n3"]), m["u1"] or m["u2"] or m["u3"]
    published = today.published
    if n is None:
        return None
    low = None
    if published is not None:
        if unit in ("年", "周年"):
            low = _day(
                published.year - n,
                published.month,
                min(published.day, 28) if published.month == 2 else published.day,
            )
        elif unit == "个月":
            total = published.year * 12 + published.month - 1 - n
            low = _day(
                total // 12,
                total % 12 + 1,
                min(published.day, calendar.monthrange(total // 12, total % 12 + 1)[1]),
            )
        else:
            low = published - timedelta(n)
    return Period(m.start(), m.end(), "since", low, published, "back")


def _read_plan(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    year = _PLAN_START.get(m["p"])
    if year is None:
        return None
    if m["s"] == "以来":
        return Period(m.start(), m.end(), "since", date(year, 1, 1), today.published, "plan")
    if m["s"] == "末":
        return Period(m.start(), m.end(), "future", date(year + 4, 12, 31), date(year + 4, 12, 31), "plan")
    if m["t"]:
        end = date(year + 4, 12, 31)
        if today.published and today.published < end:
            return Period(m.start(), m.end(), "since", date(year, 1, 1), today.published, "plan")
        return Period(m.start(), m.end(), "span", date(year, 1, 1), end, "plan")
    return None


def _read_same(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    base = m.group() not in ("同期", "同时期", "同一时期")
    return Period(m.start(), m.end(), "base" if base else "same", None, None, "word", m.group()[0].isdigit())


def _read_referred(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    return Period(m.start(), m.end(), "same", None, None, "word")


def _read_former(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    return Period(m.start(), m.end(), "former", None, None, "word", False)


def _read_opening(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    back = re.search(r"([一二两三四五六七八九十\d]{1,3})(个多?月|周?年|天)以来$", m.group())
    if back:
        n = _int(back[1]) or 0
        inner = _BACK.search(text, m.start(), m.end())
        if inner:
            found = _read_back(inner, text, today, context, last)
            if found:
                return replace(found, start=m.start(), end=m.end(), digits=bool(n))
    return Period(m.start(), m.end(), "since", None, today.published, "launch", False)


def _read_holiday(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    year = context or today.this_year
    name = _HOLIDAY_ID[m["h"].strip("“”")]
    if year is None or (name == "mayday" and len(m.group()) < 3 and "“" not in m.group()):
        return None
    span = today.holidays.get((name, year))
    if name == "eve" and (lunar := today.holidays.get(("lunar", year))):
        span = (lunar[0] - timedelta(1), lunar[0] - timedelta(1))
    ahead = span is not None and today.published is not None and span[0] > today.published
    if ahead and not (_NEARS.search(text, m.end(), m.end() + 40) and span and span[0] - today.published < _SOON):  # type: ignore[operator]
        span = today.holidays.get((name, year - 1))
    if span is None:
        return Period(m.start(), m.end(), "former", None, None, "holiday", False)
    low, high = span
    if m["n"] or m["first"]:
        high = low + timedelta((_int(m["n"]) or 1) - 1)
    elif m["to"] and name == "lunar":
        high = low + timedelta((_int(m["to"]) or 1) - 1)
    elif name == "lunar":
        high = low
    if today.published and low <= today.published < high and not (m["n"] or m["first"]):
        high = today.published
    return Period(m.start(), m.end(), "span", low, high, "holiday", bool(m["n"]))


_Reader = Callable[[re.Match[str], str, Today, int | None, tuple[int, int] | None], Period | None]
_GRAMMARS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_PATTERN, _read_calendar),
    (_DAY_WORD, _read_day_word),
    (_BACK, _read_back),
    (_LAST, _read_last),
    (_PLAN, _read_plan),
    (_SAME, _read_same),
    (_REFERRED, _read_referred),
    (_OPENING, _read_opening),
    (_HOLIDAY, _read_holiday),
    (_FORMER, _read_former),
    (_LONE_DAY, _read_lone_day),
)


def _around(text: str, found: Period, today: Today) -> Period:
    """Let the words before and behind turn an expression into since, until or plain."""
    before = text[max(0, found.start - 8) : found.start]
    tail = _SINCE_TAIL.match(text, found.end)
    if found.kind in ("now", "same", "base", "former", "future") or (found.grain == "plan"):
        return found
    if found.grain == "year" and _TIMES_OF.match(text, found.end):
        return replace(found, kind="base")
    # 较去年春节假期: the year stands between 较 and the holiday that it dates.
    compared = _COMPARED.search(_YEAR_OF_HOLIDAY.sub("", before) if found.grain == "holiday" else before)
    if _RECORD.match(text, found.end) and found.grain in ("launch", "back", "year"):
        return replace(found, kind="base")
    if (
        compared is not None
        and found.kind not in ("since", "until")
        and (compared[1] in _COMPARATIVE or _TOTAL_OF.match(text, found.end))
    ):
        return replace(found, kind="base")
    if found.grain in ("back", "launch"):
        return found
    if found.kind == "open":
        early = re.match(r"(?:年初)?(?:开年)?(?:初)?以来|(?:年初)?至今", text[found.end : found.end + 6])
        return replace(found, end=found.end + early.end()) if early else found
    until = _UNTIL.search(before)
    if until and found.grain == "year" and until.group().startswith("到"):
        return found  # 到2024年突破5000列 tells of that year
    if until and not (
        until.group().startswith("到")
        and re.search(r"(?:从|自|由)[^，。；]{1,16}$", text[max(0, found.start - 20) : found.start - 1])
    ):
        return replace(found, kind="until", start=found.start - len(until.group()))
    if tail:
        lead = _FROM.search(before)
        return replace(
            found,
            kind="since",
            end=tail.end(),
            high=today.published,
            start=found.start - (len(lead.group()) if lead else 0),
        )
    lead = _FROM.search(before)
    if lead and _EVENT_SINCE.match(text, found.end):
        return replace(found, kind="since", high=today.published, start=found.start - len(lead.group()))
    return found


def join_ranges(text: str, periods: list[Period]) -> list[Period]:
    """Let 从1月21日…，至4月11日 be one period: a start with 从 and an end with 至 in one sentence."""
    out: list[Period] = []
    for p in periods:
        before = text[max(0, p.start - 1) : p.start]
        if out and before in ("至", "到") and p.kind in ("point", "span") and p.high:
            q = out[-1]
            lead = text[max(0, q.start - 2) : q.start]
            between = text[q.end : p.start]
            if (
                q.low
                and q.low <= p.high
                and len(between) < 45
                and not _NO_JOIN.search(between)
                and (lead.endswith(("从", "自", "由")) or q.kind == "since" or _EVENT.match(text, q.end))
            ):
                out[-1] = replace(q, kind="point" if q.kind == "point" else q.kind)
                out.append(replace(p, kind="span", low=q.low, high=p.high, grain="range"))
                continue
        out.append(p)
    return out
