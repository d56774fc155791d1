"""From drafts to observations: what a bound figure becomes, or the reason that it is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import cast

from tallybook.bind.drafts import Draft
from tallybook.bind.engine import Binder
from tallybook.bind.heads import OTHER
from tallybook.bind.places import NOWHERE
from tallybook.bind.structure import Sentence
from tallybook.lexicon import Lexicon, Place
from tallybook.recognise.figures import MONEY, Figure
from tallybook.recognise.fold import Folded
from tallybook.recognise.periods import Period
from tallybook.records import (
    Article,
    Direction,
    Evidence,
    Extraction,
    Nature,
    Observation,
    Qualifier,
    Reason,
    Scope,
    Unkeyed,
)

_OF_LANDS = frozenset({"trade_value", "passengers", "declarations"})
"""Metrics that a customs territory reports where it shares a name with its port."""


def finish(
    article: Article,
    view: Folded,
    binder: Binder,
    sentences: list[Sentence],
    lexicon: Lexicon,
    periods: Sequence[Period],
    lang: str,
    published: date | None,
    inferred: bool,
) -> Extraction:
    """Make the observations of all drafts, and the unkeyed figures with their reasons."""
    observations: list[Observation] = []
    unkeyed: list[Unkeyed] = []
    for draft in binder.drafts:
        start, end = view.span(draft.figure.start, draft.figure.end)
        text = article.text[start:end]
        done = _observe(draft, view, article, binder, lexicon, published, start, end)
        if isinstance(done, Observation):
            observations.append(done)
        else:
            reason, missing = done
            unkeyed.append(Unkeyed(start, end, text, reason, missing))
    spans = [view.span(s.start, s.end) for s in sentences if s.end > s.start]
    return Extraction(tuple(observations), tuple(unkeyed), tuple(spans), lang, published, inferred)


def _observe(
    d: Draft,
    view: Folded,
    article: Article,
    binder: Binder,
    lexicon: Lexicon,
    published: date | None,
    start: int,
    end: int,
) -> Observation | tuple[Reason, str | None]:
    """Make the observation of a draft, or give the reason that it is none."""
    if d.reason:
        return d.reason, d.missing
    r = d.reading
    if d.metric is None:
        return "no_metric", "a word that names what is counted"
    if d.metric == OTHER:
        word = d.head.mark if d.head else None
        return "no_metric", f"counts {view.text[word.start : word.end]}" if word else "counts something else"
    if r is None or r.measure is None:
        return "no_metric", "a rate per something" if r and r.rate else "a word of growth, share or level"
    if d.relates is not None and (
        d.relates.reason is not None or not d.relates.reading or d.relates.reading.measure is None
    ):
        return "no_metric", "the figure that it qualifies is unkeyed"
    metric = lexicon.metric[d.metric]
    named = d.head.mark.get("metric") if d.head and d.head.mark else None
    traded = metric.gate == "trade" and named is not None and named.attrs.get("trade")
    aboard = d.scope == "shipment" and d.metric == "vehicles_shipped"  # a China-Europe train with 165 cars
    open_to = traded or aboard or binder.border or _at_border(d, view, lexicon)
    if metric.gate in ("border", "trade") and not open_to:
        return "no_metric", "a border or a port of entry"
    if metric.gate == "freight" and not (binder.freight or binder.border or _at_border(d, view, lexicon)):
        return "no_metric", "goods or a border"
    if not d.ports:
        return "no_port", "a place"
    if NOWHERE in d.ports:
        return "no_port", "a place of the gazetteer: " + "、".join(view.text[a:b] for a, b in d.port_marks)
    if len(d.ports) > 1:
        return "ambiguous", "one place: the text names " + ", ".join(d.ports)
    if metric.flow == "price" and r.unit in MONEY and abs(r.value) >= _NO_PRICE:
        return "no_metric", "a price of one shipment"
    port = d.ports[0]
    if metric.metric in _OF_LANDS:
        port = lexicon.land.get(port, port)
    place = lexicon.place.get(port)
    measure = r.measure
    if d.scope == "shipment" and measure == "total":
        measure = "single"
    if metric.stock and (measure == "total" or (measure in _PER_TIME and metric.flow == "stock")):
        measure = "level"  # 每周班轮航线超100条 are lines, not lines a week
    if measure.endswith("_pct") and r.unit not in ("%", "pp"):
        return "no_metric", "a percentage"  # so many times something that is no figure of a series
    if measure.endswith("_abs") and r.unit == "other":
        return "no_metric", "a unit of its own: 61 airports, ten fewer"
    low, high, kind = _period(d, measure, metric.stock, binder, published, lexicon)
    if kind is None:
        return "no_period", "a period"
    if low and high and low > high:
        return "no_period", "a period: the dates around it contradict each other"
    return Observation(
        start=start,
        end=end,
        text=article.text[start:end],
        port=port,
        metric=d.metric,
        measure=measure,
        value=r.value,
        # 清单1230万票: what a parcel is counted by counts declarations too.
        unit=metric.unit
        if metric.unit in metric.units and r.unit in metric.units
        else _currency(d, r.unit, place, view, binder.national),
        qualifier=cast(Qualifier, r.qualifier),
        low=r.low,
        high=r.high,
        period_start=low,
        period_end=high,
        scope=cast(Scope, d.scope),
        partner=d.partner,
        direction=cast("Direction | None", d.direction),
        mode=d.mode,
        service=d.service,
        breakdown=d.breakdown,
        nature=cast(Nature, d.nature),
        reporter=d.reporter,
        whole=_whole(d, port),
        relates_to=view.span(d.relates.figure.start, d.relates.figure.end) if d.relates else None,
        confidence=d.confidence,
        evidence=_evidence(d, view, article),
    )


_ALL_ABROAD = frozenset({"HK", "MO", "SG", "TW"})
"""Lands whose airports serve no flights at home, or few."""
ABROAD = ("nlstc", "titr", "china-laos")
"""Beginnings of the slugs of lines that cross a border by themselves."""
_PORT_NAMES = ("口岸", "海关", "港", "港区")


def _at_border(d: Draft, view: Folded, lexicon: Lexicon) -> bool:
    """Tell whether the place of a draft is a land crossing, or is called a port or an airport."""
    place = lexicon.place.get(d.ports[0]) if len(d.ports) == 1 else None
    if place is not None and place.slug.startswith(ABROAD):
        return True
    if place is None or place.kind not in ("rail", "road", "sea", "air"):
        return False
    return (
        place.kind in ("rail", "road")
        or (place.kind == "air" and place.country in _ALL_ABROAD)
        or any(
            word in lexicon.words("suffix")
            for a, b in d.port_marks
            for word in re.findall(r"[^\W\d_]+", view.text[max(0, a - 20) : b].lower())
        )
        or any(view.text[a:b].endswith(_PORT_NAMES) for a, b in d.port_marks)
    )


_NO_PRICE = Decimal(1_000_000)
"""Money that is no price of a box or a tonne, but what many firms saved together."""
_PER_TIME = frozenset({"daily_mean", "weekly_mean", "monthly_mean", "daily_max"})
_OWN_MONEY = {"HK": "HKD", "TW": "TWD", "MO": "MOP"}


_DOLLARS = {"hk": "HKD", "au": "AUD", "nz": "NZD", "ca": "CAD"}


def _currency(d: Draft, unit: str, place: Place | None, view: Folded, national: str | None) -> str:
    """Read a bare 元 in the money of its place, a bare $ in that of the land whose office speaks."""
    if unit == "USD" and national in _DOLLARS and place is not None and place.slug == national:
        return _DOLLARS[national] if view.text[d.figure.start] == "$" else unit
    if unit != "CNY" or place is None or place.country not in _OWN_MONEY:
        return unit
    said = view.text[d.figure.start : d.figure.end]
    return unit if "人民币" in said or "¥" in said or not said.endswith("元") else _OWN_MONEY[place.country]


def _whole(d: Draft, port: str) -> str | None:
    """Give the place that a share is of; a partner's or a part's share of trade is of the place's own."""
    if d.whole or not (d.reading and d.reading.share):
        return d.whole
    return port if d.metric == "trade_value" and (d.partner or d.breakdown) else None


def _period(
    d: Draft, measure: str, stock: bool, binder: Binder, published: date | None, lexicon: Lexicon
) -> tuple[date | None, date | None, str | None]:
    """Resolve the draft's frame for its measure; the third is None where a period is needed and missing."""
    if (
        d.relates is not None
        and d.reading
        and (d.reading.change or d.reading.share)
        and d.relates.reading
        and d.relates.reading.measure
        and d.relates.relates is not d
    ):
        known = lexicon.metric.get(d.relates.metric or "")
        if not (stock and known and not known.stock):
            return _period(
                d.relates, d.relates.reading.measure, bool(known and known.stock), binder, published, lexicon
            )
    frame = d.frame
    now = bool(frame.marks) and frame.marks[-1].kind == "now" and not frame.inherited
    if d.nature == "capacity" and now:
        return published, published, "now"
    if d.nature == "capacity" and (frame.inherited or frame.kind in ("none", "open")):
        return None, None, "capacity"
    if d.begins and frame.kind == "since" and frame.marks and frame.marks[-1].grain in ("back", "launch"):
        return None, None, "former"  # 三年来由4列增至14列: what it was before
    if frame.kind == "former" or (d.scope == "shipment" and frame.inherited):
        return None, None, "former"
    if d.begins and frame.inherited and (stock or measure in _PER_TIME):
        return None, None, "former"
    if (
        d.begins
        and frame.kind == "since"
        and frame.marks
        and frame.marks[-1].grain == "year"
        and frame.low
        and not stock
    ):
        return frame.low, date(frame.low.year, 12, 31), "since"
    day = frame.high
    if (
        d.nature == "plan"
        and frame.kind == "point"
        and measure == "total"
        and day is not None
        and (day.month, day.day) == (12, 31)
        and not stock
    ):
        return date(day.year, 1, 1), day, "plan"  # 到今年年底将达到400万吨
    if d.nature == "plan" and frame.kind == "open" and frame.grain == "year" and frame.low and not stock:
        return frame.low, date(frame.low.year, 12, 31), "plan"
    if d.nature == "plan" and (frame.kind, frame.grain) == ("point", "year") and frame.high and not stock:
        return date(frame.high.year, 1, 1), frame.high, "plan"  # 预计年底突破8000万吨
    if (
        stock
        and lexicon.metric[d.metric or ""].flow in ("duration", "price", "rate")
        and (
            frame.kind == "span"
            or (
                frame.kind == "open" and not frame.inherited and lexicon.metric[d.metric or ""].flow == "rate"
            )
        )
        and measure != "change_pct"
    ):
        return (published, published, "stock") if frame.inherited else (frame.low, frame.high, frame.kind)
    if stock and measure in (
        "level",
        "mean",
        "minimum",
        "maximum",
        "single",
        "change_abs",
        "change_pct",
        "yoy_abs",
    ):
        day = published
        if measure == "change_abs" and frame.kind == "span" and not frame.inherited:
            known = lexicon.metric[d.metric or ""]
            if known.flow == "stock":
                return frame.low, frame.high, frame.kind  # 2024年新增航线19条
        if not frame.inherited and frame.kind in ("until", "point") and frame.high:
            day = frame.high
        elif (
            not frame.inherited
            and frame.kind == "span"
            and frame.grain in ("year", "month", "quarter", "half", "months", "range")
            and frame.high
        ):
            day = frame.high if not published or frame.high <= published else published
        return day, day, "stock"
    if frame.kind == "none" and binder.title_frame.known:
        frame = binder.title_frame
    if frame.kind == "none":
        return (
            (None, published, "open")
            if measure in ("total", "yoy_pct", "share_pct", "lead_days", "single", "daily_max")
            else (published, published, "rate")
        )
    opened = frame.kind == "until" and not frame.inherited
    opened = opened or (frame.kind == "since" and frame.grain == "launch")
    if opened and frame.low is None and binder.state.launch:
        return binder.state.launch, frame.high, frame.kind
    if d.running and frame.kind == "point" and frame.grain == "day" and measure == "total":
        return None, frame.high, frame.kind
    if (measure == "weekly_mean" and frame.inherited) or (d.present and measure == "daily_mean"):
        return published, published, "now"  # 每周开行: a present rate
    if measure in ("daily_mean", "weekly_mean", "monthly_mean", "share_pct") and (
        frame.kind == "now"
        or (
            frame.marks
            and frame.marks[-1].kind == "now"
            and (measure == "weekly_mean" or 0 <= _told_at(d.figure) - frame.marks[-1].end <= 3)
        )
    ):
        return frame.high, frame.high, "now"
    running = frame.kind == "span" and frame.grain in ("month", "quarter") and measure in _PER_TIME
    running = running and d.nature == "actual"
    if running and published and frame.low and frame.high and frame.low <= published < frame.high:
        return frame.low, published, frame.kind  # 进入3月，日均8.5万标箱, told on the 20th
    return frame.low, frame.high, frame.kind


def _told_at(figure: Figure) -> int:
    return figure.start if figure.qual_start is None else figure.qual_start


def _evidence(d: Draft, view: Folded, article: Article) -> tuple[Evidence, ...]:
    out: list[Evidence] = []

    def add(part: str, start: int, end: int, rule: str) -> None:
        a, b = view.span(start, end)
        out.append(Evidence(part, a, b, article.text[a:b], rule))

    for start, end in d.port_marks:
        add("port", start, end, d.port_rule)
    if d.head and d.head.mark:
        add("metric", d.head.mark.start, d.head.mark.end, d.head.rule)
    if d.reading and d.reading.mark:
        add("measure", d.reading.mark.start, d.reading.mark.end, d.reading.measure or "")
    for p in (d.relates or d).frame.marks:
        add("period", p.start, p.end, p.kind)
    return tuple(out)
