"""Which metric a figure counts: the nearest head noun decides.

A head is a word that names what is counted, of a metric (货运量) or of another world
(投资). The nearest one that can have the figure's unit wins, so "完成投资2061亿元" in a
railway story is investment, and no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tallybook.frozen import record
from tallybook.lexicon import Entry, Lexicon, Mark
from tallybook.recognise.figures import MONEY, TIME, Figure

OTHER = "other"
"""Metric of a head of another world."""


@record
class Head:
    """The head that decided: metric id (or OTHER), the mark, and the rule that chose it."""

    metric: str
    mark: Mark | None
    rule: str


_CROSSING = {"person": "passengers"}
"""What crosses a border by its unit, where only the direction is named."""


def unit_class(unit: str | None) -> str | None:
    """Give the class that metrics.toml names units by: money, time, or the unit itself."""
    if unit in MONEY:
        return "money"
    if unit in TIME:
        return "time"
    return unit


def fits(entry: Entry, mark: Mark, unit: str | None, lexicon: Lexicon, change: bool) -> str | None:
    """Give the metric that a word means for a figure of that unit; OTHER, or None where it says nothing."""
    kind = unit_class(unit)
    if entry.kind == "world":
        units = entry.attrs.get("units", "*").split()
        return OTHER if "*" in units or kind in units else None
    if entry.kind == "metric":
        if change and (entry.attrs.get("goods") or entry.attrs.get("weak")):
            return None
        for metric in entry.value.split("|"):
            known = lexicon.metric.get(metric)
            if known is None:
                continue
            if change or (kind in known.units):
                return metric
        return None
    if entry.kind == "dir" and entry.attrs.get("trade"):
        if change or kind == "money":
            return "trade_value"
        return {
            "tonne": "cargo_tonnes",
            "teu": "teu",
            "container": "containers",
            "vehicle": "vehicles_shipped",
        }.get(kind or "")
    if entry.kind == "dir" and entry.value and kind in _CROSSING:
        return _CROSSING[kind]  # 出境338.4万人次
    if entry.kind == "service" and (kind in ("train", "flight") or change):
        return "trains"
    return None


def nearest(
    marks: Sequence[Mark], unit: str | None, lexicon: Lexicon, change: bool, rule: str
) -> Head | None:
    """Give the head nearest to the end of `marks` (they are read from the last to the first)."""
    trade = change and any((d := m.get("dir")) is not None and d.attrs.get("trade") for m in marks)
    moved = any(_moves(m) for m in marks)
    for mark in reversed(marks):
        if (
            mark.get("metric") is None
            and trade
            and (world := mark.get("world")) is not None
            and world.attrs.get("weak")
        ):
            continue  # 出口农业机械增长: a branch of industry is what is exported, not what grows
        head = of_mark(mark, unit, lexicon, change, rule)
        if head and head.mark and _goods_only(head.mark) and not moved:
            continue  # tonnes of grain are cargo only where something moves them
        if head:
            return head
    return None


def _goods_only(mark: Mark) -> bool:
    entry = mark.get("metric")
    return entry is not None and bool(entry.attrs.get("goods"))


def _moves(mark: Mark) -> bool:
    """Tell whether a word speaks of carrying or trading."""
    direction, metric = mark.get("dir"), mark.get("metric")
    if direction is not None or mark.get("service"):
        return True
    return (
        metric is not None
        and metric.value.startswith(("cargo_tonnes", "teu", "trains", "trade_value", "wagons"))
        and not metric.attrs.get("goods")
    )


def first(marks: Iterable[Mark], unit: str | None, lexicon: Lexicon, change: bool, rule: str) -> Head | None:
    """Give the first head in reading order."""
    for mark in marks:
        head = of_mark(mark, unit, lexicon, change, rule)
        if head:
            return head
    return None


def of_mark(mark: Mark, unit: str | None, lexicon: Lexicon, change: bool, rule: str) -> Head | None:
    """Give the head that a mark is for that unit; a metric meaning goes before a direction."""
    if mark.get("shadow"):
        return None
    best: Head | None = None
    for entry in mark.entries:
        metric = fits(entry, mark, unit, lexicon, change)
        if metric is None:
            continue
        if entry.kind == "metric" or best is None:
            best = Head(metric, mark, rule)
            if entry.kind == "metric":
                break
    return best


def alone(figure: Figure, lexicon: Lexicon, western: bool = False) -> Head | None:
    """Give the metric that the unit names by itself (列 is a train whatever stands around it).

    Where a number is followed by its noun, more units are names: 300 parcels are parcels.
    """
    for metric in lexicon.metrics:
        if figure.unit in metric.alone or (western and figure.unit in metric.nouns):
            return Head(metric.metric, None, "unit")
    return None
