"""Expressions that need something else to be dated: yesterday, last month, since the opening, holidays."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from tallybook.frozen import replace
from tallybook.recognise.dates import Period, Today, back_a_year, day, month_before, month_end, number
from tallybook.recognise.numbers import chinese_value

DAY_WORD = re.compile(
    r"(?P<rel>昨天|今天|昨日|今日|前天|前日|当日|当天|截至目前|到目前为止|目前|当前|眼下|现在|(?<!截)至今(?!天|日|年)|迄今|如今|现阶段|日前)"
    r"(?:\((?P<p_m>\d{1,2})月(?P<p_d>\d{1,2})[日号]\)|\((?P<p_d2>\d{1,2})[日号]\))?"
    r"|(?P<tw>[昨今前])(?:天|日)?\((?P<tw_d>\d{1,2})\)(?:日|天)?"
    r"|(?P<next>次日|翌日|隔日|隔天|次天|第二天)(?!达|送|起飞)|(?P<prior>前一日|前一天)"
)
LONE_DAY = re.compile(
    r"(?<![\d.月])(?P<d>\d{1,2})[日号](?!长?(?:假|连假)|[\d线楼院机馆门台令]|免签|过境|内|游|之内|无理由|有效)"
    r"|(?:(?<=截至)|(?<=截止)|(?<=[于在至到，。；\n]))(?P<cn>[一二三四五六七八九十廿卅]{1,3})日"
    r"(?=起|晚|早|中午|凌晨|清晨|傍晚|夜间|止|上午|下午|当天|公布|发布|表示|举行|宣布|指出|电|讯|零时|\d+时|[一二三四五六七八九十]+时|，|\(|[^\u3400-\u9fff])"
)
LAST = re.compile(
    r"(?P<w>季内|该季度?|同季(?!节)|上个?月|本月|当月|同月|单月|上个?季度|本季度|上周|本周|当周|上一年|本世纪|这个月)"
    r"(?:(?<=月)(?:(?P<d1>\d{1,2})[日号]?(?:至|到|-|~)(?P<d2>\d{1,2})[日号]|(?P<d>\d{1,2})[日号](?!线)|(?P<part>初|底|末|上旬|中旬|下旬)))?"
)
THAT_QUARTER = frozenset({"季内", "该季", "该季度", "同季"})
"""Words for the quarter that was told of last."""
BACK = re.compile(
    r"(?:(?P<near>近|过去|最近|过往)(?:的)?(?P<n1>\d{1,2}|[一二两三四五六七八九十]{1,3})(?P<u1>年|个月|天|日|周(?!年|岁|边|末))(?:来|间|以来|里|内|中)?"
    r"|满(?P<n3>\d{1,2}|[一二两三四五六七八九十]{1,3})(?P<u3>周年|年|个月)"
    r"|(?P<n2>\d{1,3}|[一二两三四五六七八九十]{1,3})多?(?P<u2>周年|年|个月|天)多?(?P<tail>以来|下来|来|间)(?![自往到历看源宾访客临]))"
)
PLAN = re.compile(
    r"[“”]?(?P<p>[一二三四五六七八九十]+五)[“”]?(?P<t>时期|期间|规划期)?(?P<s>以来|开局之年|收官|末)?"
)
SAME = re.compile(
    r"(?:去年|上年|前年|\d{4}年)?(?:的)?同期|(?:去年|上年|前年|\d{4}年)的?同(?:月|季|日|一月份)|同年度|同一年度|同财年|同财政年度|同比期|同时期|同一时期|上年同时期"
)
FORMER = re.compile(
    r"开通初期|开行初期|运营初期|原先|此前|(?:设立|成立|开通|开行|运营|启用|投用|改革|实施|建成|通车|封关|升级)(?:之前|以前|前(?=[，,这每日平]))|以前|(?<![超越])过去(?!年|的?[\d一二两三四五六七八九十])|以往|曾经|最初|起初|初期|原来"
)
OPENING = re.compile(
    r"(?:开行|开通|运营|启动|成立|首发|开航|首航|复航|复通|恢复通关|投运|投用|通车|开放|挂牌|启用|建成|开关|开港|建关|创立|首开)(?:运营|投用|建设)?(?:(?:[一二两三四五六七八九十\d]{1,3}(?:个多?月|周?年|年多|天))?以来|至今(?![天日]))|至此(?=[，,共累总已])"
)
UNTIL_CLOCK = re.compile(
    r"截[至止](?:(?:今日|今天|昨日|昨天|当日|当天)(?:\(\d{1,2}日\))?)?(?:凌晨|早上|清晨|上午|中午|正午|下午|傍晚|晚上|早|晚)?"
    r"(?:\d{1,2}|[零一二三四五六七八九十]{1,3})[时点](?:\d{1,2}分|正|整|半|许)?(?!间)"
)
HOLIDAY = re.compile(
    r"""(?P<h>春节|农历新年|农历年(?![初廿卅三二大尾])|劳动节|[“”]?五一[“”]?|[“”]?十一[“”]?(?=假期|黄金周|期间)|国庆|中秋|端午|清明|元旦|春运|暑期|暑运|(?:大年|正月|农历年|年)初(?P<ln>十[一二三四五]?|[一二三四五六七八九])(?![批个些系辆列次家项种条])|除夕|大年三十|年三十晚?|年卅晚?|大年夜|复活节|圣诞|双节(?=假期|期间))
    (?:节?[、和及与]?(?P<h2>国庆|中秋|清明|春假))?节?(?:双节)?(?:[\d一二三四五六七八]天)?(?:假期|黄金周|期间|小长假|假日|连假|长假|公众假期)?(?:期间|里)?(?:[前首](?P<n>[\d一二三四五六七八两])[天日]|(?P<first>首日|首天|第一天))?(?:(?:\(\d{1,2}日\))?至(?:大年|正月|年)?初(?P<to>[二三四五六七八九十]))?""",
    re.X,
)
REFERRED = re.compile(
    r"(?:这|该|上述|前后|(?<![用需时前后短迟仅达共近约超至到早晚长快慢过了第\d]))(?:\d{1,2}|[两三四五六七八九十])(?:天|日)(?:里|内|间|期间)?"
    r"(?=，?(?:共|累计|总计|合计))"
)
_ATTRIBUTE = re.compile(r"(?:是|为|作为|承接|成为|系|即)$")
_NEARS = re.compile(r"^[^。；]*?(?:临近|将至|即将|将迎|预计|预测|预期)")
_LAST_DAY = re.compile(
    r"(?:\d日|[\u4e00-\u9fff]{0,2}天)?(?:长假期?|假期|连假)?的?(?:最后一|首|第一|第二|第三|尾|末)[日天]"
)
_ON_DAY = {"newyear": (1, 1), "national": (10, 1), "mayday": (5, 1)}
_THAT_DAY = re.compile(r"当[日天]|这一?天")
"""元旦当日: the feast itself, on the same day of each year, and not its days off."""
_SOON = timedelta(60)
_VERY_SOON = timedelta(21)
"""A holiday so soon after publication is the one to come, whatever is told of it."""
_HOLIDAY_ID = {
    "春节": "spring",
    "农历新年": "spring",
    "农历年": "spring",
    "劳动节": "mayday",
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
    "除夕": "eve",
    "大年三十": "eve",
    "年三十": "eve",
    "年卅": "eve",
    "大年夜": "eve",
    "复活节": "easter",
    "圣诞": "christmas",
    "双节": "national",
}
_PLAN_START = {"十一五": 2006, "十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}


def read_day_word(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read 昨日, 目前 and the like."""
    if m["tw"]:
        published, n = today.published, int(m["tw_d"])
        if published is None:
            return Period(m.start(), m.end(), "point", None, None, "day")
        when = day(*month_before(published, n), n)
        return Period(m.start(), m.end(), "point", when, when, "day")
    if m["next"] or m["prior"]:
        return Period(m.start(), m.end(), "point", None, None, "day", False)  # dated by the day told before
    word = m["rel"]
    published = today.published
    digits = bool(m["p_m"] or m["p_d2"])
    if _ATTRIBUTE.search(text, max(0, m.start() - 3), m.start()):
        return None  # 承接目前西藏主要对外贸易的口岸
    if word in ("截至目前", "到目前为止", "目前", "当前", "眼下", "现在", "至今", "迄今", "如今", "现阶段"):
        return Period(m.start(), m.end(), "now", published, published, "word", digits)
    if word == "日前":
        return None
    when = None
    if m["p_m"]:
        when = day(context or today.this_year, int(m["p_m"]), int(m["p_d"]))
        if when and published and when > published:
            when = back_a_year(when)
    elif published:
        when = published - timedelta({"昨": 1, "前": 2}.get(word[0], 0))
    if word in ("当日", "当天") and not digits:
        return Period(m.start(), m.end(), "point", None, None, "day", False)  # the day told before
    return Period(m.start(), m.end(), "point", when, when, "day", digits)


def read_lone_day(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read a day without its month."""
    number = int(m["d"]) if m["d"] else chinese_value(m["cn"]) or 0
    if not 1 <= number <= 31:
        return None
    month = month_before(today.published, number) if today.published else last
    when = day(*month, number) if month else None
    return Period(m.start(), m.end(), "point", when, when, "day")


def read_last(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read 上月, 本周, 上季度."""
    word, published = m["w"], today.published
    if word in THAT_QUARTER:
        return Period(m.start(), m.end(), "span", None, None, "quarter", False)
    if m["d"] or m["d2"] or m["part"]:
        return _in_month(m, published, last)
    if word in ("同月", "当月") and last:
        return Period(m.start(), m.end(), "span", date(*last, 1), month_end(*last), "month", False)
    if word in ("当月", "单月", "同月"):
        month = last or (None if published is None else (published.year, published.month))
        return (
            Period(m.start(), m.end(), "same", None, None, "word", False) if last or month is None else None
        )
    if published is None:
        return Period(m.start(), m.end(), "span", None, None, "word", False)
    if word in ("上月", "上个月"):
        y, mo = month_before(published.replace(day=1), 2)
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


def _in_month(m: re.Match[str], published: date | None, last: tuple[int, int] | None) -> Period | None:
    """Read a day or a part of this month or the last: 本月22日, 上月下旬."""
    month: tuple[int, int] | None = None
    if m["w"] in ("当月", "同月"):
        month = last or ((published.year, published.month) if published else None)
    elif published and m["w"] in ("本月", "这个月"):
        month = (published.year, published.month)
    elif published and m["w"] in ("上月", "上个月"):
        month = month_before(published.replace(day=1), 2)
    low = day(*month, 1) if month else None
    if month is None or low is None:
        return Period(m.start(), m.end(), "point", None, None, "day") if m["d"] else None
    final = month_end(*month)
    if m["d"]:
        when = day(*month, int(m["d"]))
        return Period(m.start(), m.end(), "point", when, when, "day")
    if m["d2"]:
        return Period(
            m.start(), m.end(), "span", day(*month, int(m["d1"])), day(*month, int(m["d2"])), "range"
        )
    if m["part"] in ("底", "末"):
        return Period(m.start(), m.end(), "point", final, final, "month", False)
    if m["part"] == "初":
        return Period(m.start(), m.end(), "point", low, low, "month", False)
    first, to = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, final.day)}[m["part"]]
    return Period(m.start(), m.end(), "span", day(*month, first), day(*month, to), "range", False)


def _just_told(month: tuple[int, int], published: date) -> bool:
    """Tell whether a story is on a month just over: a count of months back ends with it, not today."""
    return 0 <= (published.year - month[0]) * 12 + published.month - month[1] <= 2


def read_back(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read 近五年, 三年来."""
    n, unit = number(m["n1"] or m["n2"] or m["n3"]), m["u1"] or m["u2"] or m["u3"]
    published = today.published
    if n is None:
        return None
    low = None
    if (
        m["near"] == "过去"
        and unit == "个月"
        and last
        and published
        and n > 2
        and _just_told(last, published)
    ):
        first = last[0] * 12 + last[1] - n
        span = date(first // 12, first % 12 + 1, 1), month_end(*last)
        return Period(m.start(), m.end(), "span", *span, "months", True)
    if published is not None:
        if unit in ("年", "周年"):
            low = day(
                published.year - n,
                published.month,
                min(published.day, 28) if published.month == 2 else published.day,
            )
        elif unit == "个月":
            total = published.year * 12 + published.month - 1 - n
            low = day(
                total // 12,
                total % 12 + 1,
                min(published.day, calendar.monthrange(total // 12, total % 12 + 1)[1]),
            )
        else:
            low = published - timedelta(n * 7 - 1 if unit == "周" else n)
    return Period(m.start(), m.end(), "since", low, published, "back")


def read_plan(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read a five-year plan."""
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


_IN_FORCE = frozenset({"同期", "同时期", "同一时期", "同年度", "同一年度", "同财年", "同财政年度"})
"""Words for the period in force; with a year before them they name a base."""


def read_same(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read 同期: the base of a comparison, or the period in force."""
    base = m.group() not in _IN_FORCE
    return Period(m.start(), m.end(), "base" if base else "same", None, None, "word", m.group()[0].isdigit())


def read_referred(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read 两天共: the days told of before."""
    return Period(m.start(), m.end(), "same", None, None, "word")


def read_until_clock(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read 截至早上10时: what the day told before, or today, came to so far."""
    back = timedelta(1) if "昨" in m.group() else timedelta(0)
    when = today.published - back if today.published else None
    return Period(m.start(), m.end(), "point", when, when, "day")


def read_former(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read 此前, 原先: a time with no date."""
    return Period(m.start(), m.end(), "former", None, None, "word", False)


def read_opening(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read 开行以来, and 至此, which runs to the end of what was told before."""
    if m.group() == "至此":
        return Period(m.start(), m.end(), "since", None, None, "thus", False)
    back = re.search(r"([一二两三四五六七八九十\d]{1,3})(个多?月|周?年|年多|天)以来$", m.group())
    if back:
        n = number(back[1]) or 0
        inner = BACK.search(text, m.start(), m.end())
        if inner:
            found = read_back(inner, text, today, context, last)
            if found:
                return replace(found, start=m.start(), end=m.end(), digits=bool(n))
    return Period(m.start(), m.end(), "since", None, today.published, "launch", False)


def _together(today: Today, year: int, name: str, other: str | None) -> tuple[date, date] | None:
    """Give the days of a holiday, or of two that a year joins (中秋国庆假期)."""
    names = (name, _HOLIDAY_ID.get(other or ""))
    spans = [span for n in names if n and (span := today.holidays.get((n, year)))]
    return (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None


def read_holiday(
    m: re.Match[str], text: str, today: Today, context: int | None, last: tuple[int, int] | None
) -> Period | None:
    """Read a holiday of the year in force."""
    year = context or today.this_year
    if text.startswith("第", m.end()):
        return None  # 暑期第4次创新高
    name = "lunar" if m["ln"] else _HOLIDAY_ID[m["h"].strip("“”晚")]
    if year is None or (name == "mayday" and len(m.group()) < 3 and "“" not in m.group()):
        return None
    if _LAST_DAY.match(text, m.end()):
        return None  # 今日是农历新年长假期最后一日: what day it is, and no span
    span = _together(today, year, name, m["h2"])
    if name == "eve" and (lunar := today.holidays.get(("lunar", year))):
        span = (lunar[0] - timedelta(1), lunar[0] - timedelta(1))
    soon = span is not None and today.published is not None and span[0] - today.published < _SOON
    if (
        span
        and today.published
        and span[0] > today.published
        and not (
            span[0] - today.published < _VERY_SOON or (soon and _NEARS.search(text, m.end(), m.end() + 40))
        )
    ):
        span = _together(today, year - 1, name, m["h2"])
    if span is None:
        return Period(m.start(), m.end(), "former", None, None, "holiday", False)
    low, high = span
    if name in _ON_DAY and _THAT_DAY.match(text, m.end()):
        low = high = date(high.year if name == "newyear" else low.year, *_ON_DAY[name])
    if m["ln"]:
        low += timedelta((number(m["ln"]) or 1) - 1)
    if m["n"] or m["first"]:
        high = low + timedelta((number(m["n"]) or 1) - 1)
    elif m["to"] and name in ("lunar", "eve"):
        high = span[0] + timedelta((number(m["to"]) or 1) - (1 if name == "lunar" else 0))
    elif name == "lunar":
        high = low
    if today.published and low <= today.published < high and not (m["n"] or m["first"]):
        high = today.published
    return Period(m.start(), m.end(), "span", low, high, "holiday", bool(m["n"]))
