"""What a figure says of its metric: total, mean, peak, growth, share, lead.

Decided by the words between the figure and what stands before it in its clause, and by
the figure's own form (percent, 倍, 番, days).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from tallybook.frozen import record, replace
from tallybook.lexicon import Entry, Mark
from tallybook.recognise.dates import number
from tallybook.recognise.figures import TIME, Figure, bounds


@record
class Reading:
    """How a figure reads: measure, signed value and bounds, unit, and the deciding mark.

    `change` tells that the figure changes another one; `base` that it is stated against
    something other than the year before.
    """

    measure: str | None
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    unit: str
    qualifier: str
    mark: Mark | None = None
    change: bool = False
    share: bool = False
    rate: bool = False
    bare: bool = False
    """True for a change that names no base."""


_PERCENT_OF = {"yoy": "yoy_pct", "mom": "mom_pct", "change": "change_pct", "bare": "yoy_pct"}
_DAYS_OF = {"day": 1, "week": 7}
_RATES = {"hourly", "yearly"}
_BASE = re.compile(
    r"(?:(?:较(?![大小多少高低好快强]的)|(?<![占对可同环])比(?!重|例|值)|相较于?|相比于?|对比)(?P<base>[^，。；]{1,22}?)(?:相比|比较|的)?(?:[又再均都已分别共约]|(?=增|上升|提|下降|减|降|缩|压|高|低|多|少|快|涨|翻|净|节|大幅|显著|明显))|(?:与|和|同|跟)(?P<base2>[^，。；与和跟]{1,16})(?:相比|比较)|于(?P<base3>[^，。；]{1,16})相比)"
)
_PERCENT_OF_BASE = re.compile(
    r"(?:为|是|相当于|达到?|仅为|恢复到了?|恢复至|回到)(?:(?:((?:19|20)\d\d)年|去年|上年)(?:同期|全年|同月|[\u4e00-\u9fff]{1,4}?(?:假期|黄金周|期间|同期))?)(?:日均|月均)?(?:总?量|水平)?的?[约近超逾]{0,2}$"
)
_RECOVERED = re.compile(
    r"(?:(?:[较与比和](?P<than>(?:19|20)\d\d)年(?:(?![增升降涨跌减])[^，。；\d]){0,12})?(?:恢复|回复|复苏|回升|达)|相当于)(?:了|至|到|达|率|程度|为|已)*"
    r"(?:疫情?前)?(?:的?(?P<of>(?:19|20)\d\d)年)?(?:的?疫情?前)?的?(?:同期|同月|全年|水平|水准|总?量|的)*[约近超逾]{0,2}$"
)
"""Before how much of an old level is there again: 较2019年同期已恢复98%, 恢复至疫情前的九成."""
_OF_OLD = re.compile(r"(?:19|20)\d\d年|疫情?前")
_DATED_BASE = re.compile(
    r"(?:较|(?<![占对])比|相较于?|相比于?)((?:19|20)\d\d)年(?:同期|全年|同月|同季)?(?:的)?(?:水平)?"
    r"(?:[又再均都已分别共约]*|大幅|显著|明显)[增上升提下降减缩压高低多少快涨跌挫净成长退]{1,2}[近约逾超达了]*$"
)
"""A base with its year and the word of growth, right before the growth."""
_PERCENT_OF_IT = re.compile(r" of (?:the|its|all|total|China's|[A-Z]\w+'s)\b")
_OTHERS = re.compile(r"全国|整体|平均|增速|增幅|全省|全市|沿海")
"""A growth that is so many points above another's is no figure of a series."""
_AGAINST = re.compile(r"相比[较于]?$|[与和同跟][^，。；]{2,16}比较$")
"""What ends a clause that names the base of the growth behind it."""
_SHARE_RUN = re.compile(
    r"(?:比重|占比|份额|依存度)(?:(?!增速|增长|增幅|同比)[^。；\n])*?"
    r"(?:[升降滑增提高减落跌扩][至到]了?(?:(?:(?:19|20)\d\d年|目前|今年|如今|现在|当前|去年|上年|现今)[^，。；\d]{0,6}的?)?|[由从][^，。；\d]{0,4}(?:(?:19|20)\d\d年)?[^，。；\d]{0,6}的)$"
)
"""What a share went from or to: 比重由2013年的25%提升到了26.5%."""
_PART_GOES = re.compile(r"(?:多|以上|左右)?(?:是|均|都)?(?:通过|来自|经由)")
"""What is said of a part behind it: 货运量五成多通过铁路完成."""
_OLD_YEAR = re.compile(r"(?:[由从]|[是为达])((?:19|20)\d\d)年(?:同期)?的")
_THAN = re.compile(r" (?:than|чем)$", re.I)
_SIGNED = re.compile(r"(?:(?<!\w)|(?<=比))([+-])\s?$")
_LAST_YEAR = re.compile(r"去年|上年|同期|上一年|前一年|year")
_TIMES_OF = re.compile(
    r"(?:是|为|达|相当于|超过|达到|约为|近)(?:(?:19|20)\d\d年)?(?P<of>[^，。；\d]{0,14}的)?[^，。；\d]{0,6}$"
)
_OF_OTHERS = re.compile(
    r"(?:是|为|达|相当于|超过)(?!去年|上年|同期|前年)[^，。；\d]{1,12}的[约近超逾达到]{0,2}$"
)
_POINTS_FROM = re.compile(
    r"[较比](?P<base>(?:(?:19|20)\d\d年|去年|上年)[^，。；\d]{0,8}?)(?:又|还|已|则|再)?(?P<way>高|低)[了出约近超过达]{0,3}$"
)
"""比上年同期高3.6个百分点: how a share moved."""
_DOING = re.compile(r"^(?:开行|开出|发送|运送|发运|完成|到发|通行|查验|监管|验放|运输|进口|出口)了?")
_EXPECTED = re.compile(
    r"(?:低于|高于|逊于|优于|胜过?|不及|好于|差过|好过|超出|超过|少于|多于)[^，。；\d]{0,10}(?:预期|预测|预估|估计)[^，。；\d]{0,4}$"
)
_NAMED_BEHIND = re.compile(
    r"(?:以上|左右|上下|多)?(?:[、和及与]\d[\d.]*%)*(?:的?(?:同比|年度?|按年)?([增升涨降跌减衰成])(?:幅|速|长率|长幅度|退幅度)"
    r"|的(?:同比|年度?|按年)?([增升涨降跌减衰成])(?:长|加|升|降|跌|少|退)(?![^，。；]{0,6}(?:目标|预期|任务)))"
)
_MONTH_BASE = re.compile(r"[较比](1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?(?![\d至到])")
_PACE = frozenset({"加快", "快", "放缓", "收窄", "提速"})
"""Words of a growth that grows: so many points faster than the quarter before is no figure of a series."""
_OTHER_TIME = re.compile(r"日常|平日|平时|往常|节前|初期|以往|最初|首年|当初|年前|之初|上一年|此前")


def _last(marks: Sequence[Mark], kind: str) -> tuple[Mark, Entry] | None:
    for mark in reversed(marks):
        entry = mark.get(kind)
        if entry is not None:
            return mark, entry
    return None


def read(
    text: str,
    figure: Figure,
    window: Sequence[Mark],
    window_start: int,
    year: int | None,
    stock: bool,
    tail: Sequence[Mark] | None = None,
    month: int | None = None,
    quarter: int | None = None,
) -> Reading:
    """Read one figure; `window` holds the marks of its clause between the figure before and it.

    `tail` holds the marks behind it, for languages that say there what a number is
    (14 trains a day, 7 percent more than a year earlier). `month` is the one that the figure
    is of, if it is of one: 较7月增长 is by the month in August; `quarter` likewise.
    """
    if month is not None and figure.sense == "percent":
        comma = max(text.rfind(c, 0, figure.start) for c in "，。；：\n") + 1
        earlier = _MONTH_BASE.search(text, max(comma, figure.start - 30), figure.start)
        if earlier and number(earlier[1]) == (month - 2) % 12 + 1:
            monthly = _relative(text, figure, window, window_start, year, tail)
            return replace(monthly, measure="mom_pct") if monthly.measure == "change_pct" else monthly
    if figure.sense in ("percent", "points", "fold", "times", "doubling"):
        told = _relative(text, figure, window, window_start, year, tail)
        if told.measure == "change_pct" and _on_quarter(text, figure, quarter):
            return replace(told, measure="mom_pct")
        return told
    found = _change_amount(text, figure, window, window_start, year)
    if found:
        return found
    lead = _last([m for m in window if not _is_peak(m)], "measure")
    value = {
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "unit": figure.unit or "",
        "qualifier": figure.qualifier,
    }
    for mark in (*(tail or ()), *reversed(window)):
        entry = mark.get("measure")
        if entry is None or entry.value in ("yoy", "mom", "share", "rank", "cumulative", "peak"):
            continue
        if entry.value == "daily_mean" and says_peak(window, mark.start - 8, mark.start):
            return Reading("daily_max", mark=mark, **value)  # type: ignore[arg-type]
        if entry.value == "added":
            if stock:
                return Reading("change_abs", mark=mark, change=True, **value)  # type: ignore[arg-type]
            continue
        if entry.value == "lead":
            if figure.unit in _DAYS_OF:
                sign = -1 if entry.attrs.get("late") else 1
                lead_by = _signed(figure, "lead_days", sign, mark, "day")
                n = _DAYS_OF[figure.unit]
                low, high = lead_by.low and lead_by.low * n, lead_by.high and lead_by.high * n
                return replace(lead_by, value=lead_by.value * n, low=low, high=high)
            continue
        if entry.value == "yearly" and any(
            (e := m.get("nature")) is not None and e.value == "capacity" for m in window
        ):
            continue  # 设计吞吐能力为每年100万标箱
        if entry.value in _RATES:
            return Reading(None, mark=mark, rate=True, **value)  # type: ignore[arg-type]
        if entry.value in ("mean", "minimum", "maximum"):
            if figure.unit in TIME:
                return Reading(entry.value, mark=mark, **value)  # type: ignore[arg-type]
            continue
        return Reading(entry.value, mark=mark, **value)  # type: ignore[arg-type]
    return Reading("level" if stock else "total", mark=lead[0] if lead else None, **value)  # type: ignore[arg-type]


_QUARTER_BASE = re.compile(r"[较比](?:上一?|前一?|([一二三1-3]))季度?[^，。；\d]{0,4}$")


def _on_quarter(text: str, figure: Figure, quarter: int | None) -> bool:
    """Tell whether a growth is on the quarter before: 二季度…比一季度增长10.1%."""
    base = _QUARTER_BASE.search(text, max(0, figure.start - 16), figure.start)
    return base is not None and (not base[1] or (quarter is not None and number(base[1]) == quarter - 1))


def base_span(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Give the span of what 较 or 比 compares with, in text[start:end]."""
    found = None
    for m in _BASE.finditer(text, start, end):
        found = m
    if found is None:
        return None
    return next(found.span(name) for name in ("base", "base2", "base3") if found[name] is not None)


def says_year(window: Sequence[Mark]) -> bool:
    """Tell whether the words name the year before as the base."""
    return any((e := m.get("measure")) is not None and e.value == "yoy" for m in window)


def says_peak(window: Sequence[Mark], start: int, end: int) -> bool:
    """Tell whether a word like 最高 stands between two places: 最高达到每日19列."""
    return any(_is_peak(m) and start <= m.start < end for m in window)


def _is_peak(mark: Mark) -> bool:
    entry = mark.get("measure")
    return entry is not None and entry.value == "peak"


def mark_text(text: str, mark: Mark) -> str:
    """Give the folded words of a mark."""
    return text[mark.start : mark.end]


_RATE_TO = re.compile(
    r"(?P<on>同比|环比)?(?P<noun>增速|增幅|涨幅|升幅|增长率|增长速度|降幅|跌幅|减幅)"
    r"(?:[^，。；：\n\d]{0,10}[由从][^，。；：\n]{1,9})?[^，。；：\n\d的]{0,10}[至到为][约近超]?$"
)
"""A rate of growth that has become another: what stands behind is the rate now."""


def _signed(figure: Figure, measure: str, sign: int, mark: Mark | None, unit: str | None = None) -> Reading:
    value, low, high = figure.value, figure.low, figure.high
    if sign < 0:
        value, low, high = -value, None if high is None else -high, None if low is None else -low
    return Reading(measure, value, low, high, unit or figure.unit or "", figure.qualifier, mark, change=True)


def _change_behind(text: str, figure: Figure, tail: Sequence[Mark]) -> tuple[Mark, int] | None:
    """Find a growth word directly behind a percent: a 43-percent increase, 7 percent more."""
    for mark in tail:
        if not re.fullmatch(r"[ -](?:\w+ )?", text[figure.end : mark.start]):
            continue
        entry, bound = mark.get("change"), mark.get("qual")
        if entry is not None:
            return mark, 1 if entry.value == "+" else -1
        if bound is not None and bound.value in ("<", ">") and _THAN.search(text, mark.start, mark.end):
            return mark, 1 if bound.value == ">" else -1  # 2.8 percent more than in 2023
    return None


def _change_word(
    text: str, figure: Figure, window: Sequence[Mark], adjacent: bool, western: bool = False
) -> tuple[Mark, int] | None:
    """Find the word of growth or fall that governs the figure; a goal word (增至) between unmakes it."""
    edge = figure.qual_start if figure.qual_start is not None else figure.start
    for mark in reversed(window):
        if mark.start >= edge:
            continue
        gap = text[mark.end : edge]
        goal = mark.get("reach")
        if (
            goal
            and not goal.attrs.get("states")
            and len(gap) <= 3
            and not re.fullmatch(r"[达为了]*", mark_text(text, mark))
        ):
            return None
        entry = mark.get("change")
        if entry is not None:
            if adjacent and mark_text(text, mark).rstrip("达到为约近超").endswith(("幅", "速")):
                return None  # 以一成的增幅达到662万标箱: how much it grew is told in percent
            if adjacent and mark_text(text, mark) in ("多", "少"):
                gap = _DOING.sub("", gap)  # 比上年多开行161列
            if adjacent and gap.strip("了约近超逾达到又再共 幅度为仅最多高") != "":
                continue
            if not adjacent and len(gap) > (28 if western else 12):
                continue
            return mark, 1 if entry.value == "+" else -1
    return None


def _kind_of_change(
    text: str, figure: Figure, window: Sequence[Mark], window_start: int, year: int | None
) -> str:
    """Tell yoy, mom or change: by 同比/环比, else by what 较/比 names; silence means yoy."""
    comma = max(text.rfind(c, 0, figure.start) for c in "，。；：\n") + 1
    if _AGAINST.search(text, max(0, comma - 24), max(0, comma - 1)):  # 与2019年同期相比，…增长34.8%
        comma = max(text.rfind(c, 0, comma - 1) for c in "，。；：\n") + 1
    # A quotation mark parts clauses, not what is compared: 比“十三五”时期增长.
    said = text[min(window_start, max(comma, figure.start - 60)) : figure.start]
    base = _BASE.search(said)
    at = figure.start - len(said)
    dated = _DATED_BASE.search(said)
    if dated:  # 较2019年升近300%: 年升 is no word there
        return "yoy" if year is not None and int(dated[1]) == year - 1 else "change"
    for mark in reversed(window):
        entry = mark.get("measure")
        if entry is None:
            continue
        if base and mark.end <= at + base.start():
            break  # 去年的旅客量较2019年少20.4%: the base that stands nearer
        if entry.value == "yoy":
            explicit = re.search(r"(?<!\d)((?:19|20)\d\d)年", mark_text(text, mark))
            return "yoy" if not explicit or year is None or int(explicit[1]) == year - 1 else "change"
        if entry.value == "mom":
            return "mom"
        if entry.value == "yearly":
            return "change"
    old = _OLD_YEAR.search(said)
    if old:  # 由2020年的2,872万增加了近五成; 是2022年的2.6倍
        return "yoy" if year is not None and int(old[1]) == year - 1 else "change"
    if base:
        words = base["base"] or base["base2"] or base["base3"]
        explicit = re.search(r"(?<!\d)((?:19|20)\d\d|1[0-2]\d(?=年))", words)
        if explicit:
            told = int(explicit[1])
            told += 1911 if told < 200 else 0  # a year of the Republic
            return "yoy" if year is not None and told == year - 1 else "change"
        return "yoy" if _LAST_YEAR.search(words) else "change"
    return "bare"


def _change_amount(
    text: str, figure: Figure, window: Sequence[Mark], window_start: int, year: int | None
) -> Reading | None:
    found = _change_word(text, figure, window, adjacent=True)
    if found is None:
        return None
    mark, sign = found
    kind = _kind_of_change(text, figure, window, window_start, year)
    if kind == "bare" and figure.unit in TIME:
        kind = "change"
    if kind == "bare" and mark_text(text, mark) in ("多", "快", "少", "高", "慢"):
        return None
    read = _signed(figure, "yoy_abs" if kind == "yoy" else "change_abs", sign, mark)
    return replace(read, bare=kind == "bare")


def _relative(
    text: str,
    figure: Figure,
    window: Sequence[Mark],
    window_start: int,
    year: int | None,
    tail: Sequence[Mark] | None = None,
) -> Reading:
    if figure.growth:
        kind = _kind_of_change(text, figure, [*window, *(tail or ())], window_start, year)
        return Reading(
            _PERCENT_OF[kind], figure.value, figure.low, figure.high, "%", figure.qualifier, change=True
        )
    if _EXPECTED.search(text, max(0, figure.start - 24), figure.start):
        return Reading(  # 低于市场预测的5%: what others expected
            None, figure.value, figure.low, figure.high, "%", figure.qualifier
        )
    share = _last(window, "measure")
    shares = [m for m in window if (e := m.get("measure")) is not None and e.value == "share"]
    of_base = _PERCENT_OF_BASE.search(text, max(0, figure.start - 24), figure.start)
    if of_base and figure.sense == "percent":  # 为2019年同期的33.4%
        told = int(of_base[1]) if of_base[1] else None
        measure = "yoy_pct" if told is None or (year is not None and told == year - 1) else "change_pct"
        low, high = (None if x is None else x - 100 for x in (figure.low, figure.high))
        return Reading(measure, figure.value - 100, low, high, "%", figure.qualifier, change=True)
    again = None if tail is not None else _RECOVERED.search(text, max(0, figure.start - 30), figure.start)
    if again and figure.sense == "percent" and _OF_OLD.search(again[0]):
        told = int(again["than"] or again["of"] or 0)
        measure = "yoy_pct" if told and year is not None and told == year - 1 else "change_pct"
        low, high = (None if x is None else x - 100 for x in (figure.low, figure.high))
        return Reading(measure, figure.value - 100, low, high, "%", figure.qualifier, change=True)
    found = _change_word(text, figure, window, adjacent=False, western=tail is not None)
    named = None if tail is not None else _NAMED_BEHIND.match(text, figure.end)
    if named and figure.sense == "percent":  # 以一成以上增幅
        sign = -1 if (named[1] or named[2]) in "降跌减衰" else 1
        kind = _kind_of_change(text, figure, window, window_start, year)
        return replace(_signed(figure, _PERCENT_OF[kind], sign, None, "%"), bare=kind == "bare")
    if tail:
        behind = _change_behind(text, figure, tail)
        found = behind or found
        window = [*window, *tail]
        if not behind:
            shares += [
                m
                for m in tail
                if (e := m.get("measure")) is not None and e.value == "share" and m.start - figure.end < 12
            ]
    if figure.sense == "fold" and found and _OF_OTHERS.search(text, found[0].end, figure.start):
        found = None  # 增速是全国的5倍: what grows is no more than named
    if figure.sense in ("fold", "times", "doubling"):
        return _times(text, figure, window, window_start, year, found)
    plain = {
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "unit": "pp" if figure.sense == "points" else "%",
        "qualifier": figure.qualifier,
    }
    if shares and (found is None or found[0].start < shares[-1].start):
        about = shares[-1].get("qual")
        if about and figure.qualifier == "=":  # 约占…的七成: the share word holds the 约
            low, high, _ = bounds(about.value, figure.value, figure.number, False)
            plain |= {"qualifier": about.value, "low": low, "high": high}
        return Reading("share_pct", mark=shares[-1], share=True, **plain)  # type: ignore[arg-type]
    if tail is None and figure.sense == "percent":
        edge = figure.qual_start if figure.qual_start is not None else figure.start
        run = _SHARE_RUN.search(text, max(0, edge - 70), edge)
        if run or (found is None and _PART_GOES.match(text, figure.end)):
            return Reading("share_pct", share=True, **plain)  # type: ignore[arg-type]
    rate = _RATE_TO.search(text, max(0, figure.start - 40), figure.start) if found is None else None
    if rate and tail is None and figure.sense == "percent":  # 增速回升至6%, 降幅收窄至1.1%
        kind = "mom" if rate["on"] == "环比" else "yoy" if rate["on"] else "bare"
        read = _signed(figure, _PERCENT_OF[kind], -1 if rate["noun"][0] in "降跌减" else 1, None, "%")
        return replace(read, bare=not rate["on"])
    signed = _SIGNED.search(text, max(window_start, figure.start - 6), figure.start)
    if found is None and signed and figure.sense != "points":
        kind = _kind_of_change(text, figure, window, window_start, year)
        return _signed(figure, _PERCENT_OF[kind], -1 if signed[1] == "-" else 1, None, "%")
    if (
        found is None
        and tail is not None
        and figure.sense == "percent"
        and _PERCENT_OF_IT.match(text, figure.end)
        and any(m.get("metric") or m.get("measure") for m in tail)
    ):
        return Reading("share_pct", share=True, **plain)  # type: ignore[arg-type]
    moved = _POINTS_FROM.search(text, max(0, figure.start - 30), figure.start)
    if moved and figure.sense in ("points", "percent") and not _OTHERS.search(moved["base"]):
        way = 1 if moved["way"] == "高" else -1
        if figure.sense == "points":
            return _signed(figure, "yoy_abs", way, None, "pp")
        kind = _kind_of_change(text, figure, window, window_start, year)  # 比2019年同期高5%
        return _signed(figure, _PERCENT_OF[kind], way, None, "%")
    if found is None:
        return Reading(None, mark=share[0] if share else None, **plain)  # type: ignore[arg-type]
    kind = _kind_of_change(text, figure, window, window_start, year)
    base = base_span(text, max(window_start, figure.start - 40), figure.start)
    of_growth = base and _OTHERS.search(text, *base)
    than = any((e := m.get("change")) is not None and e.attrs.get("compare") for m in window)
    if figure.sense == "points" and (of_growth or than or mark_text(text, found[0]) in _PACE):
        return Reading(None, mark=found[0], **plain)  # type: ignore[arg-type]
    if figure.sense == "points":
        return _signed(figure, "yoy_abs", found[1], found[0], "pp")
    return replace(_signed(figure, _PERCENT_OF[kind], found[1], found[0], "%"), bare=kind == "bare")


def _times(
    text: str,
    figure: Figure,
    window: Sequence[Mark],
    window_start: int,
    year: int | None,
    found: tuple[Mark, int] | None,
) -> Reading:
    """Turn 倍 and 番 into percent: 增长1.2倍 is +120, 增至2.3倍 is +130, 翻两番 is +300."""
    hundred = Decimal(100)

    def pct(x: Decimal | None) -> Decimal | None:
        if x is None:
            return None
        if figure.sense == "doubling":
            return (Decimal(2) ** x - 1) * hundred
        return x * hundred if found and figure.sense == "fold" else (x - 1) * hundred

    if (
        figure.sense == "fold"
        and found is None
        and not _TIMES_OF.search(text[window_start : figure.start])
        and not any(m.get("reach") or ((e := m.get("measure")) and e.value == "yoy") for m in window)
    ):
        return Reading(None, figure.value, figure.low, figure.high, "fold", figure.qualifier)
    kind = _kind_of_change(text, figure, window, window_start, year)
    of = _TIMES_OF.search(text[window_start : figure.start]) if found is None and kind == "bare" else None
    if of and of["of"]:
        if not _OTHER_TIME.search(of["of"]):  # twice another's is no change of one's own
            return Reading(None, figure.value, figure.low, figure.high, "fold", figure.qualifier)
        kind = "change"
    measure = _PERCENT_OF[kind]
    value = pct(figure.value)
    assert value is not None
    return Reading(
        measure,
        value,
        pct(figure.low),
        pct(figure.high),
        "%",
        figure.qualifier,
        found[0] if found else None,
        change=True,
    )
