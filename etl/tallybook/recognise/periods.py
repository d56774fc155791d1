"""Periods as Chinese prose writes them, resolved against the publication date.

A period expression is composed: a year word, a month, quarter or half, a day or range, then
what stands around it (截至 before, 以来 behind). The past reading wins: a month after the
publication date is last year's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from tallybook.frozen import replace
from tallybook.recognise.calendar_words import CALENDAR, read_calendar
from tallybook.recognise.dates import Kind as Kind
from tallybook.recognise.dates import Period as Period
from tallybook.recognise.dates import Today as Today
from tallybook.recognise.dates import month_end as month_end
from tallybook.recognise.openings import Forms
from tallybook.recognise.relative_words import (
    BACK,
    DAY_WORD,
    FORMER,
    HOLIDAY,
    LAST,
    LONE_DAY,
    OPENING,
    PLAN,
    REFERRED,
    SAME,
    THAT_QUARTER,
    UNTIL_CLOCK,
    read_back,
    read_day_word,
    read_former,
    read_holiday,
    read_last,
    read_lone_day,
    read_opening,
    read_plan,
    read_referred,
    read_same,
    read_until_clock,
)

_OF_A_YEAR = frozenset({"month", "months", "quarter", "half", "year"})
_UNTIL = re.compile(r"(?:截至|截止到?|截止至|截到|到)(?:了)?(?:今年|去年|本月|当地时间|北京时间)?$")
_FROM = re.compile(r"(?:自|从|自从|由)(?:今年|去年|当地时间)?$")
_SINCE_TAIL = re.compile(
    r"(?:份|起|底|初|末)?(?:以来|以後|以后|起至今|起|至今|迄今)(?!草|飞|步|点|来|动|因|运|诉|色|伏|到|源|重|降|航|落)"
)
_OPEN_TAIL = re.compile(r"以来|迄今|至今|已|起|开年以来|初以来|的?前")
_EVENT_SINCE = re.compile(
    r"[^，。；！？、]{0,32}?(?:以来|至今|起(?=，))|[^。；！？]{0,24}?(?<!初)以来|[^。；！？]{0,32}?，(?:至今|迄今)"
)
_STARTED_SINCE = re.compile(
    r"[^，。；！？、\d]{0,20}?(?:启动|实施|开通|投用|启用|推行|开展|运行|上线|落地|施行|推出)[^，。；！？、\d]{0,26}?以来"
)
"""5月启动改革以来: since that month, where no 自 stands before it."""
_TO_LATER = re.compile(r"[^。；！？]{0,30}?[，,](?:截?至|到)$")
_SENTENCE = re.compile(r"[。！？；\n]")
_NO_JOIN = re.compile(r"[。！？；\n\d]")
# A period after 较 or 比, or whose total something reaches, is what is compared with, not what is told of.
_COMPARED = re.compile(
    r"(继|环比|较之?|比|相较于?|对比|高于|低于|多于|少于|高过|低过|多过|少过|超越|仅?次于|不及|不如|逊于|优于|达到?|超[过出]?|相当于|追平|接近|突破|与|同|和)(?:了)?$"
)
_COMPARED_AFAR = re.compile(r"(?:较|(?<![占对])比|相较于?)[^，。；\d的]{1,12}(?:的|、?即)$")
"""What stands between 较 and the year that it compares with: 较扩能改造前的2020年."""
_YEAR_OF_HOLIDAY = re.compile(r"(?:去年|上年|前年|(?:19|20)\d\d年)的?$")
_COMPARATIVE = frozenset(
    {
        "继",
        "环比",
        "较",
        "较之",
        "比",
        "相较",
        "相较于",
        "对比",
        "多于",
        "少于",
        "不如",
        "高于",
        "低于",
        "高过",
        "低过",
        "多过",
        "少过",
        "超越",
        "仅次于",
        "次于",
        "不及",
        "逊于",
        "优于",
        "超",
        "超出",
        "超过",
    }
)
_TOTAL_OF = re.compile(
    r"(?:的)?(?:全年)?[^，。；\d]{0,6}?(?:总量|水平|总数|总和|同期|总额|总值|相比|之和|量|额|值)"
)
_AGAINST = re.compile(
    r"(?:同期|全年|水平)?(?:\([^()]{1,16}\))?(?:大致|基本|大体)?(?:相比|比较(?!重)|相较|相若|相近|相当|持平|差不多|相差|不相上下|[较比](?=[低高多少增减]|[^，。；\d]{0,3}\d))"
)
_BESIDE = frozenset({"与", "同", "和"})
_COUNT_AGAINST = re.compile(r"[^，。；\d]{0,10}?\d[\d,.]*[万亿兆]*[^，。；\d]{1,5}相比")
"""与2017年全年开行的377列相比: the count of the year compared with stands between."""
_AIM = re.compile(r"[^，。；\d]{0,18}?(?:奠定|打下|夯实|开好局|开好头|起好步|提供|注入|增添)")
"""为全年稳增长奠定基础: a year that is hoped for, and not told of."""
_RESUMED = re.compile(r"恢复[至到]了?$")
_RANKED = re.compile(
    r"(?:同期)?的?(?:全[国球市省])?(?:排名|名次|位次|座次|第[\d一二三四五六七八九十]+[位名])"
)
"""由去年的排名第三升至第二: where it once stood, not what is told of."""
_OLD_TOO = re.compile(
    r"(?:次于|低于|高于|超过?|不及|少于|多于|[较比])(?:(?:19|20)\d\d|去|前|上)年[^，。；]{0,14}[与和及、]$"
)
"""仅次于2021年281万吨与2022年254万吨: the second year compared with."""
_DESPITE = re.compile(r"(?:[虽尽]然?管?[^，。；]{0,2}[逢遇值]|受|因|叠加|扣除|剔除)[^，。；\d]{0,4}$")
_WEIGHED = re.compile(r"(?:假期|长假)?(?:错[月位期]|因素|[^，。；\d]{0,4}(?:的?影响))")
"""受春节假期影响: a holiday that weighs on a month, and is not the time told of."""
_EVENT = re.compile(
    r"[^，。；]{0,4}(?:开航|首航|复航|复通|开关|开港|恢复|试运行|投用|启用|开通|开行|启动|开展|投运|开业|运营)"
)
_SINCE_EVENT = re.compile(
    r"(?:从|自|由)[^，。；\d]{0,10}?(?:开通|开行|通车|运营|开航|首航|复航|复通|开关|开港|投用|启用|投运|启动|恢复|成立|挂牌|首发|开馆)(?:运营|以来|之日起?)?$"
)
"""自通车到7月28日: counted from an event with no date."""
_TIMES_OF = re.compile(r"(?:同期)?的?[约近超逾达到]{0,2}[\d.一二两三四五六七八九十]+多?(?:倍|%|成)")
_SHARE_WAS = re.compile(r"(?:比重|占比|份额|比例|占有率)[^。；\n]*?(?:[由从]|(?<!恢复)[至到]了?)$")
"""比重由2013年的25%提升到2017年的26.5%: shares of those years, not so many percent of them."""
_HIGHEST = re.compile(r"的?(?:单月|月度)?(?:最[高低大多](?:值|点|水平|位|峰)|新高|新低|次高|峰值|高位|高点)")
"""9月升至今年以来最高值: since when it is the highest, not what the month is of."""
_RECORD = re.compile(
    r"(?:的)?(?:同期|历史|单月|月度)?(?:最|新高|新低|首次|首度|首见|首现|第一次|头一次|首位|峰值|纪录|次高|高位|高点)"
    r"|[^，。；：\d]{0,8}(?:新高|新低|纪录|峰值|次高)"
    r"|[，,]首[次度](?:单个?|年度?|全年|单年|月度)"
)


def find_periods(text: str, today: Today) -> list[Period]:
    """Find the period expressions of a folded Chinese text, in order, never overlapping."""
    raw: list[Period] = []
    context: int | None = None
    outer: int | None = None
    last_month: tuple[int, int] | None = None
    last_stop = 0
    last_day: date | None = None
    last_quarter: tuple[date, date] | None = None
    last_year: int | None = None
    ahead: tuple[date, date] | None = None
    for start, _, rank, m in _FORMS.matches(text):
        if raw and start < raw[-1].end:
            continue
        if _SENTENCE.search(text, last_stop, start):
            context = None
        last_stop = start
        # 全年 is the year that was told of last, however many sentences ago.
        year = last_year if m.re is CALENDAR and m["full"] and context is None else context
        found = _GRAMMARS[rank][1](m, text, today, year, last_month)
        if found is None:
            continue
        if m.re is LONE_DAY and raw and raw[-1].grain == "holiday" and text[raw[-1].end : start] == "(":
            continue  # 年三十至年初八（17日）: the holiday is dated already
        if m.re is LAST and m["w"] in THAT_QUARTER:
            if last_quarter is None:
                continue
            found = replace(found, low=last_quarter[0], high=last_quarter[1])
        if m.re is UNTIL_CLOCK and last_day and "昨" not in m.group() and "今" not in m.group():
            found = replace(found, low=last_day, high=last_day)
        if m.re is DAY_WORD and (m["rel"] or "") in ("当日", "当天") and last_day:
            found = replace(found, low=last_day, high=last_day)
        if m.re is DAY_WORD and (m["next"] or m["prior"]):
            if last_day is None:
                continue
            when = last_day + timedelta(1 if m["next"] else -1)
            found = replace(found, low=when, high=when)
        if found.high is None and m.re is DAY_WORD:
            continue
        if found.high and (found.grain in ("day", "range") or found.low == found.high):
            last_day = found.high
        if (
            found.grain == "launch"
            and raw
            and raw[-1].kind == "since"
            and "，" not in text[raw[-1].end : start]
        ):
            continue  # 自2018年启动建设以来: the year already says since when
        if m.re is HOLIDAY and raw and raw[-1].grain == "day" and text[raw[-1].end : start] == "(":
            raw.append(replace(found, kind="same", low=None, high=None, digits=True))
            continue  # 2月12日（正月初三）: the day is dated already
        if m.re is HOLIDAY and raw and raw[-1].grain == "year" and text[raw[-1].end : start] in ("", "的"):
            dated = raw.pop()  # 去年中秋: the year only says which
            found = replace(found, start=dated.start, digits=dated.digits or found.digits)
        placed = _around(text, found, today)
        if m.re is HOLIDAY and placed.kind == "base":
            context = outer  # nor is the year of a holiday compared with that of the days that follow
        if (
            found.kind in ("span", "point", "open")
            and placed.kind != "base"
            and found.low
            and m.re is CALENDAR
            and found.grain != "back"
        ):
            began = placed.kind == "since" and today.published and found.low.year < today.published.year
            # 自2018年10月开通以来，截至4月27日: the day is none of the year that it began in.
            if (m["year"] or m["word"] or m["year2"] or m["word2"]) and not began:
                outer = context
                context = found.low.year
            if found.grain in ("month", "day") and found.high:
                last_month = (found.high.year, found.high.month)
        if placed.kind in ("span", "open") and placed.low and placed.high:
            if placed.grain == "quarter":
                last_quarter = (placed.low, placed.high)
            if placed.grain in _OF_A_YEAR:
                last_year = placed.low.year
        if ahead and placed.kind == "point" and placed.high and placed.high < ahead[0]:
            later = _year_on(placed.high)
            if later and ahead[0] <= later <= ahead[1]:
                placed = replace(placed, low=later, high=later)  # of the days to come that were told before
        if placed.low and placed.high and today.published and placed.high > today.published:
            ahead = (placed.low, placed.high)
        raw.append(placed)
    return raw


_Reader = Callable[[re.Match[str], str, Today, int | None, tuple[int, int] | None], Period | None]
_GRAMMARS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (CALENDAR, read_calendar),
    (DAY_WORD, read_day_word),
    (BACK, read_back),
    (LAST, read_last),
    (PLAN, read_plan),
    (SAME, read_same),
    (UNTIL_CLOCK, read_until_clock),
    (REFERRED, read_referred),
    (OPENING, read_opening),
    (HOLIDAY, read_holiday),
    (FORMER, read_former),
    (LONE_DAY, read_lone_day),
)
_FORMS = Forms(pattern for pattern, _ in _GRAMMARS)


def _year_on(day: date) -> date | None:
    return None if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def _around(text: str, found: Period, today: Today) -> Period:
    """Let the words before and behind turn an expression into since, until or plain."""
    before = text[max(0, found.start - 8) : found.start]
    tail = _SINCE_TAIL.match(text, found.end)
    if found.kind in ("now", "same", "base", "former", "future") or (found.grain == "plan"):
        return found
    if (
        found.grain == "year"
        and _TIMES_OF.match(text, found.end)
        and not _SHARE_WAS.search(text, max(0, found.start - 50), found.start)
    ):
        return replace(found, kind="base")
    # 较去年春节假期: the year stands between 较 and the holiday that it dates.
    compared = _COMPARED.search(_YEAR_OF_HOLIDAY.sub("", before) if found.grain == "holiday" else before)
    if found.grain in ("year", "month") and _COMPARED_AFAR.search(
        text[max(0, found.start - 16) : found.start]
    ):
        return replace(found, kind="base")
    if found.grain in ("year", "month", "day", "holiday") and _AGAINST.match(text, found.end):
        return replace(found, kind="base")
    if found.grain == "holiday" and (_DESPITE.search(before) or _WEIGHED.match(text, found.end)):
        return replace(found, kind="same", low=None, high=None)
    if found.grain == "holiday" and _RESUMED.search(_YEAR_OF_HOLIDAY.sub("", before)):
        return replace(found, kind="base")  # 恢复至2019年春节同期的九成
    if found.grain in ("year", "month") and _RANKED.match(text, found.end):
        return replace(found, kind="base")
    if _RECORD.match(text, found.end) and found.grain in ("launch", "back", "year"):
        return replace(found, kind="base")
    if (
        compared is not None
        and found.kind not in ("since", "until")
        and (compared[1] in _COMPARATIVE or _TOTAL_OF.match(text, found.end))
    ):
        return replace(found, kind="base")
    if compared is not None and compared[1] in _BESIDE and _COUNT_AGAINST.match(text, found.end):
        return replace(found, kind="base")
    if found.grain == "year" and _AIM.match(text, found.end) and before.endswith(("为", "对")):
        return replace(found, kind="future")
    if found.grain == "year" and _OLD_TOO.search(text, max(0, found.start - 24), found.start):
        return replace(found, kind="base")
    if found.grain in ("back", "launch"):
        return found
    if found.kind == "open":
        early = re.match(r"(?:年初)?(?:开年)?(?:初)?以来|(?:年初)?至今", text[found.end : found.end + 6])
        if early is None:
            return found
        high = _HIGHEST.match(text, found.end + early.end())
        return replace(found, end=found.end + early.end(), kind="base" if high else found.kind)
    until = _UNTIL.search(before)
    past = found.kind == "point" and bool(found.high and today.published and found.high <= today.published)
    if until and found.grain == "year" and until.group().startswith("到") and not past:
        return found  # 到2024年突破5000列 tells of that year
    if before.endswith(("至", "到")) and _SINCE_EVENT.search(
        text, max(0, found.start - 20), found.start - 1
    ):
        return replace(found, kind="until", start=found.start - 1)  # 自开通至3月31日
    if until and not (
        until.group().startswith("到")
        and re.search(r"(?:从|自|由)[^，。；]{1,16}$", text[max(0, found.start - 20) : found.start - 1])
    ):
        start = found.start - len(until.group())
        if found.grain in ("months", "quarter", "half") and found.kind == "span" and found.low:
            return replace(found, start=start)  # 截至前十一个月 tells of all of them
        return replace(found, kind="until", start=start)
    if tail:
        lead = _FROM.search(before)
        return replace(
            found,
            kind="since",
            end=tail.end(),
            high=today.published,
            start=found.start - (len(lead.group()) if lead else 0),
        )
    if found.kind == "span" and found.grain == "month" and _STARTED_SINCE.match(text, found.end):
        return replace(found, kind="since", high=today.published)
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
