"""The points of a chart: rows of its view as numbers with labels, links and the sentences behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb

from tallybook.plot.chart import Chart, Layer, Panel, PlotError, words
from tallybook.query import Answer, Filters, find_view

_PICTURES = 12
_PLACES = 40
_LINES = 80
_CLIP = 30
_NAMES = {"en": "name_en", "zh-hans": "name_zh_hans", "zh-hant": "name_zh_hant", "ru": "name_ru"}
_USUAL = {"scope": "port", "nature": "actual"}
"""What a label leaves out where all is so."""
_PLACE = frozenset({"port", "whole_port", "partner"})


@dataclass(frozen=True, slots=True)
class Source:
    """An observation that points cite."""

    observation_id: str
    figure: str
    sentence: str
    title: str | None
    publisher: str | None
    published_on: date | None
    url: str | None

    @property
    def link(self) -> str | None:
        """The address of the article, where it is one that a browser may be led to."""
        return self.url if self.url and self.url.lower().startswith(("https://", "http://")) else None

    @property
    def by(self) -> str:
        """Who said it and when."""
        return ", ".join(str(word) for word in (self.publisher, self.published_on) if word)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a chart: its label, and the points of each panel."""

    label: str
    panels: tuple[tuple[dict[str, Any], ...], ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """All that a chart shows: pictures, sources by observation, and how much was left out."""

    chart: Chart
    pictures: tuple[Picture, ...]
    sources: Mapping[str, Source]
    left_out: int
    """Pictures that match and are not drawn."""
    points_left_out: int
    """Places on an axis that match and are not drawn."""


@dataclass(slots=True)
class _Group:
    rows: list[dict[str, Any]] = field(default_factory=list)
    last: date = date.min


def gather(
    con: duckdb.DuckDBPyConnection, chart: Chart, filters: Filters, lang: str = "en", most: int = _PICTURES
) -> Drawn:
    """Gather the points of a chart from its view; PlotError where none matches.

    Where more than `most` pictures would come of it, those with the newest and most rows are kept.
    """
    answer = Answer(con, find_view(con, chart.view), filters)
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows()]
    rows = [
        row
        for row in rows
        if all(row[column] is not None and row[column] >= least for column, least in chart.at_least)
    ]
    if not rows:
        raise PlotError(f"there is nothing to draw: no row of {chart.view} matches")
    names = _names(con, lang)
    groups: dict[tuple[str, ...], _Group] = {}
    for row in rows:
        _add_period(row)
        key = tuple(_word(row, column, names) for column in chart.facet)
        group = groups.setdefault(key, _Group())
        group.rows.append(row)
        group.last = max(group.last, row.get("period_end") or row.get("published_on") or date.min)
    order = sorted(groups, key=lambda key: (groups[key].last, len(groups[key].rows), key), reverse=True)
    chosen = sorted(order[:most])
    sources = _sources(con, chart, [row for key in chosen for row in groups[key].rows])
    told = _telling(chart.facet, chosen)
    pictures, beyond = [], 0
    for key in chosen:
        picture, cut = _picture(chart, groups[key].rows, _label(chart.facet, key, told), sources, names)
        beyond += cut
        if any(picture.panels):
            pictures.append(picture)
    if not pictures:
        raise PlotError(f"there is nothing to draw: what matches in {chart.view} has no number to show")
    return Drawn(chart, tuple(pictures), sources, len(order) - len(chosen), beyond)


def _picture(
    chart: Chart,
    rows: list[dict[str, Any]],
    label: str,
    sources: Mapping[str, Source],
    names: Mapping[str, str],
) -> tuple[Picture, int]:
    beyond = 0
    if not isinstance(chart.x, str):
        rows = sorted(rows, key=lambda row: row.get("period_end") or date.min, reverse=True)
        beyond = max(0, len(rows) - _PLACES)
        rows = rows[:_PLACES]
    telling = _telling_of(chart.x, rows, names) if not isinstance(chart.x, str) else frozenset()
    taken: Counter[str] = Counter()
    placed = []
    for row in rows:
        place = _place(chart, row, telling, names)
        if not isinstance(chart.x, str):
            place += "\u200b" * taken[place]  # two alike stay two places, and look alike
            taken[place.rstrip("\u200b")] += 1
        placed.append((row, place))
    panels = tuple(
        tuple(
            point
            for row, place in placed
            for layer in panel.layers
            if (point := _point(chart, layer, row, place, sources, names)) is not None
        )
        for panel in chart.panels
    )
    weight = Counter[str]()
    for point in (point for panel in panels for point in panel if "down" in point):
        weight[point["down"]] += point["value"]
    if len(weight) > _LINES:
        beyond += len(weight) - _LINES
        kept = {line for line, _ in sorted(weight.items(), key=lambda item: (-item[1], item[0]))[:_LINES]}
        panels = tuple(tuple(point for point in panel if point.get("down") in kept) for panel in panels)
    return Picture(label, panels, tuple(_unit(panel, rows) for panel in chart.panels)), beyond


def _point(
    chart: Chart,
    layer: Layer,
    row: dict[str, Any],
    place: str,
    sources: Mapping[str, Source],
    names: Mapping[str, str],
) -> dict[str, Any] | None:
    value = _number(row.get(layer.value)) if layer.value else None
    low, high = (_number(row.get(column)) if column else None for column in (layer.low, layer.high))
    if value is None and not (layer.limits and low is not None) and (low is None or high is None):
        return None
    ids = _cited(layer, row)
    cited = [sources[name] for name in ids if name in sources]
    point: dict[str, Any] = {
        "x": layer.name if chart.x == ("layer",) else place,
        "what": layer.name,
        "value": value,
        # An open end is drawn as far as the value.
        "low": value if low is None else low,
        "high": value if high is None else high,
        "said": " ⋯ ".join(_clipped(source.sentence, 300) for source in cited[:2]),
        "by": " ⋯ ".join(dict.fromkeys(source.by for source in cited[:4] if source.by)),
        "cites": ids,
        "order": str(row.get("period_end") or ""),
        "when": row["period"],
        "range": _range(value, low, high),
    }
    point["open"] = low is None or high is None or low < high
    if chart.x == "month" and row.get("period_end"):
        start = date.fromisoformat(place)
        until = row["period_end"] + timedelta(days=1)
        point["until"] = until.isoformat()
        point["middle"] = (start + (until - start) / 2).isoformat()
    if layer.down:
        point["down"] = " · ".join(filter(None, (_word(row, column, names) for column in layer.down)))
    return point


def _place(chart: Chart, row: dict[str, Any], telling: frozenset[str], names: Mapping[str, str]) -> str:
    if chart.x == "month":
        return str((row["period_start"] or row["period_end"]).isoformat())
    if chart.x == "period":
        return str(row["period"])
    if isinstance(chart.x, str):
        return str(row[chart.x])
    if chart.x == ("layer",):
        return ""
    words = [_clipped(_word(row, column, names), _CLIP) for column in chart.x if column in telling]
    return " · ".join(word for word in words if word) or str(row["period"])


def _cited(layer: Layer, row: dict[str, Any]) -> list[str]:
    ids: list[str] = []
    for column in layer.cites:
        cell = row.get(column)
        ids += [name for name in (cell if isinstance(cell, list) else [cell]) if name]
    ids = list(dict.fromkeys(ids))
    return ids[layer.cites_from : layer.cites_to]


def _sources(
    con: duckdb.DuckDBPyConnection, chart: Chart, rows: Iterable[dict[str, Any]]
) -> dict[str, Source]:
    layers = [layer for panel in chart.panels for layer in panel.layers]
    ids = sorted({name for row in rows for layer in layers for name in _cited(layer, row)})
    found = con.execute(
        """select observation_id, figure, sentence, title, publisher, published_on, url
           from provenance where list_contains(?, observation_id) order by published_on, observation_id""",
        [ids],
    ).fetchall()
    return {row[0]: Source(*row) for row in found}


def _names(con: duckdb.DuckDBPyConnection, lang: str) -> dict[str, str]:
    column = _NAMES[lang]
    return dict(con.execute(f"select slug, coalesce({column}, name_en) from port").fetchall())


def _add_period(row: dict[str, Any]) -> None:
    row["period"] = period_words(row.get("period_start"), row.get("period_end"))


def period_words(start: date | None, end: date | None) -> str:
    """Say a period shortly: 2025, 2025 Q1, 2025-03, 2025-01…07, or its days."""
    if end is None:
        return "undated"
    day = timedelta(days=1)
    ends_month = (end + day).day == 1
    if start is None:
        return f"until {_month(end)}" if ends_month else f"until {end}"
    if start == end:
        return str(end)
    if start.day == 1 and ends_month:
        months = 12 * (end.year - start.year) + end.month - start.month + 1
        if months == 1:
            return _month(end)
        if start.year == end.year:
            if months == 12:
                return f"{end.year}"
            if months == 3 and start.month % 3 == 1:
                return f"{end.year} Q{end.month // 3}"
            if months == 6 and start.month % 6 == 1:
                return f"{end.year} H{end.month // 6}"
            return f"{_month(start)}…{end.month:02}"
        return f"{_month(start)}…{_month(end)}"
    if start.year == end.year:
        return f"{start}…{end.month:02}-{end.day:02}"
    return f"{start}…{end}"


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02}"


def _telling(columns: Sequence[str], keys: Sequence[tuple[str, ...]]) -> frozenset[str]:
    """Find the columns that tell pictures apart; the first two and what is unusual always tell."""
    told = set(columns[:2])
    for place, column in enumerate(columns):
        words = {key[place] for key in keys}
        if len(words) > 1 or (column != "unit" and words != {""} and words != {_USUAL.get(column, "")}):
            told.add(column)
    return frozenset(told - {"unit", "level_unit"})


def _telling_of(
    columns: Sequence[str], rows: Sequence[dict[str, Any]], names: Mapping[str, str]
) -> frozenset[str]:
    told = {c for c in columns if len({_word(row, c, names) for row in rows}) > 1}
    return frozenset(told | ({"port", "period"} & set(columns)))


def _label(columns: Sequence[str], key: Sequence[str], told: frozenset[str]) -> str:
    words = [
        _clipped(word, _CLIP) for column, word in zip(columns, key, strict=True) if column in told and word
    ]
    return " · ".join(words)


def _word(row: dict[str, Any], column: str, names: Mapping[str, str]) -> str:
    cell = row.get(column)
    if cell is None:
        return ""
    text = names.get(str(cell), str(cell)) if column in _PLACE else str(cell)
    if column in ("metric", "service", "measure", "identity", "over_metric", "under_metric", "mode"):
        return words().get(text, text.replace("_", " "))
    if column == "runs_from":
        return f"from {text} on"
    return text


def _unit(panel: Panel, rows: Sequence[dict[str, Any]]) -> str:
    if panel.unit.startswith("'"):
        return panel.unit.strip("'")
    return " / ".join(sorted({str(row[panel.unit]) for row in rows if row.get(panel.unit)}))


def _range(value: float | None, low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "" if value is None else f"{value:,.10g}"
    if low == high == value:
        return f"{value:,.10g}"
    least = "…" if low is None else f"{low:,.6g}"
    most = "…" if high is None else f"{high:,.6g}"
    return (f"{value:,.6g}" if value is not None else "") + f" ({least} to {most})"


def _number(cell: Any) -> float | None:
    if cell is None or isinstance(cell, bool):
        return None
    number = float(cell)
    return number if abs(number) < float("inf") else None


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
