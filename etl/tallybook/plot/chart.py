"""What a chart is: which view, what is on its axes, what has an interval, and what each point cites."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from tallybook.errors import TallybookError
from tallybook.resources import data_path

SERIES = (
    "port", "metric", "unit", "partner", "scope", "direction", "mode", "service", "breakdown", "nature",
)  # fmt: skip
"""The facet of a chart that names none: what tells two series apart."""
MARKS = ("line", "point", "bar", "tick", "heat")


class PlotError(TallybookError):
    """A chart that cannot be drawn as it was asked for."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Layer:
    """Something drawn: a column with the value, two with its interval, and what its points cite."""

    name: str
    mark: str
    value: str | None
    low: str | None
    high: str | None
    cites: tuple[str, ...]
    cites_from: int
    cites_to: int | None
    """Of the observations in those columns the first that is cited, and the one after the last."""
    limits: bool
    """True where low and high are a background and no interval of a value."""
    down: tuple[str, ...]
    """Of a heat map: the columns that name a line."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Layers that have one scale; `unit` is a column, or a word in quotes."""

    title: str
    unit: str
    log: bool
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as data/charts.toml has it."""

    name: str
    title: str
    about: str
    view: str
    x: str | tuple[str, ...]
    across: bool
    facet: tuple[str, ...]
    at_least: tuple[tuple[str, float], ...]
    panels: tuple[Panel, ...]


@cache
def charts() -> dict[str, Chart]:
    """Read data/charts.toml: name to chart, in its order."""
    return {name: _chart(name, table) for name, table in _data().items() if name != "words"}


@cache
def words() -> dict[str, str]:
    """Give what labels say for an id that is no word of its own: `[words]` of data/charts.toml."""
    return dict(_data()["words"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(data_path("charts.toml").read_text(encoding="utf-8"))


def find_chart(name: str) -> Chart:
    """Find a chart by its name, or the only one of a view; PlotError names those spelt alike."""
    known = charts()
    if name in known:
        return known[name]
    of_view = [chart for chart in known.values() if chart.view == name]
    if len(of_view) == 1:
        return of_view[0]
    close = difflib.get_close_matches(name, [*known, *(chart.view for chart in known.values())])
    hint = f"did you mean {' or '.join(close)}?" if close else "`tallybook plot` lists the charts"
    raise PlotError(f"there is no chart {name}: {hint}")


def _chart(name: str, table: dict[str, Any]) -> Chart:
    x = table["x"]
    return Chart(
        name=name,
        title=table["title"],
        about=table["about"],
        view=table["view"],
        x=x if isinstance(x, str) else tuple(x),
        across=table.get("across", False),
        facet=tuple(table.get("facet", SERIES)),
        at_least=tuple(table.get("at_least", {}).items()),
        panels=tuple(
            Panel(
                panel["title"],
                panel["unit"],
                panel.get("log", False),
                tuple(_layer(layer) for layer in panel["layer"]),
            )
            for panel in table["panel"]
        ),
    )


def _layer(table: dict[str, Any]) -> Layer:
    assert table["mark"] in MARKS, table
    return Layer(
        name=table["name"],
        mark=table["mark"],
        value=table.get("value"),
        low=table.get("low"),
        high=table.get("high"),
        cites=tuple(table.get("cites", ())),
        cites_from=table.get("cites_from", 0),
        cites_to=table.get("cites_to"),
        limits=table.get("limits", False),
        down=tuple(table.get("down", ())),
    )
