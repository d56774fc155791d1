"""Draw the points of a chart in Vega-Lite: one drawer for all charts."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import altair as alt

from tallybook.plot.chart import Layer, Panel
from tallybook.plot.points import Drawn, Picture

_COLOURS = ("#1f5a94", "#d1642e", "#3f8f5f", "#7a5195", "#b8860b")
_BACK = "#e3e3e3"
_WIDE, _NARROW = 640, 380
_HIGH = 240
_STEP = 24
_ROOM = 2.5
"""How many times the greatest value a picture of months is high at most."""
# What a viewer has of these; Chinese needs the third or the fourth.
_FONT = "Noto Sans, DejaVu Sans, Noto Sans CJK SC, Noto Sans CJK TC, WenQuanYi Zen Hei, sans-serif"
_SHORT = "abs(datum.value) < 1e5 ? format(datum.value, ',~r') : replace(format(datum.value, '~s'), 'G', 'B')"

# A link that is null would be written as one to "null".
_LINKED = alt.HrefValue(
    alt.Undefined, condition={"test": "isValid(datum.link)", "field": "link", "type": "nominal"}
)

Link = Callable[[Sequence[str]], str | None]
"""Gives the address that a point with these observations leads to."""


def draw(drawn: Drawn, link: Link) -> dict[str, Any]:
    """Make the Vega-Lite specification of a chart, with its data inside."""
    single = len(drawn.pictures) == 1
    width = _WIDE if single else _NARROW
    seen = {point["what"] for picture in drawn.pictures for panel in picture.panels for point in panel}
    layers = [layer for panel in drawn.chart.panels for layer in panel.layers]
    colours = iter(_COLOURS * len(layers))
    names = {layer.name: _BACK if layer.limits else next(colours) for layer in layers if layer.name in seen}
    pictures = [_picture(drawn, picture, width, names, link) for picture in drawn.pictures]
    whole = pictures[0] if single else alt.concat(*pictures, columns=2, spacing=30)
    if not single:
        whole = whole.resolve_scale(color="shared", x="independent", y="independent")
    whole = whole.properties(
        title=alt.TitleParams(
            _lines(drawn.chart.title, width * (1 if single else 2)), anchor="start", fontSize=16, offset=12,
            subtitle=_lines(drawn.pictures[0].label, width) if single else alt.Undefined,
        ),
        padding=14,
    )  # fmt: skip
    spec: dict[str, Any] = (
        whole.configure(font=_FONT)
        .configure_view(stroke="#cccccc")
        .configure_axis(labelLimit=480, gridColor="#eeeeee", titleFontWeight="normal")
        .configure_legend(orient="bottom", title=None, labelLimit=300, symbolLimit=10)
        .to_dict()
    )
    return spec


def _picture(drawn: Drawn, picture: Picture, width: int, names: dict[str, str], link: Link) -> Any:
    panels = []
    for panel, points, unit in zip(drawn.chart.panels, picture.panels, picture.units, strict=True):
        if points:
            panels.append(_panel(drawn, panel, [*map(dict, points)], unit, width, names, link))
    whole = panels[0] if len(panels) == 1 else alt.vconcat(*panels, spacing=8)
    if len(panels) > 1:
        whole = whole.resolve_scale(color="shared")
    if len(drawn.pictures) > 1:
        whole = whole.properties(
            title=alt.TitleParams(
                _lines(picture.label, width), anchor="start", fontSize=12, fontWeight="normal"
            )
        )
    return whole


def _panel(
    drawn: Drawn,
    panel: Panel,
    points: list[dict[str, Any]],
    unit: str,
    width: int,
    names: dict[str, str],
    link: Link,
) -> Any:
    for point in points:
        point["link"] = link(point.pop("cites"))
        point["tip"] = ": ".join(word for word in (point["what"], point["range"], point["said"]) if word)
    if any(layer.mark == "heat" for layer in panel.layers):
        return _heat(points, unit, width)
    timed = drawn.chart.x if drawn.chart.x in ("month", "published_on") else ""
    assert isinstance(timed, str)
    if timed == "month":
        _run(points)
    places = list(dict.fromkeys(point["x"] for point in sorted(points, key=_in_time)))
    if drawn.chart.across:
        places = list(dict.fromkeys(point["x"] for point in points))
    layers: list[Any] = []
    dots = sum(layer.mark == "point" and not layer.limits for layer in panel.layers)
    spread = dots > 1 and not timed and drawn.chart.x != ("layer",)
    axes = _Axes(drawn.chart.across, timed, places, unit, names, panel, spread, points)
    for layer in panel.layers:
        own = [point for point in points if point["what"] == layer.name]
        if own:
            layers += axes.marks(layer, own)
    whole = alt.layer(*layers)
    if drawn.chart.across:
        return whole.properties(width=width, height=alt.Step(_STEP))
    if not timed:
        width = min(width, max(_NARROW // 2, 90 * len(places)))  # few bars are no beams
    return whole.properties(width=width, height=_HIGH if len(drawn.chart.panels) == 1 else _HIGH * 2 // 3)


class _Axes:
    """The encodings that all marks of a panel share."""

    def __init__(
        self,
        across: bool,
        timed: str,
        places: list[str],
        unit: str,
        names: dict[str, str],
        panel: Panel,
        spread: bool,
        points: Sequence[dict[str, Any]],
    ) -> None:
        self.across, self.spread = across, spread
        self._scale, self._cut = _scale(panel, points, timed)
        self._title = f"{panel.title}, {unit}" if unit else panel.title
        self._ticks = {"values": _powers(points)} if panel.log else {"labelOverlap": True}
        if self._cut:
            self._title += " (bands go on above)"
        self._places, self._timed, self._names = places, bool(timed), names
        self._middle = "middle" if timed == "month" else "x"

    def marks(self, layer: Layer, points: list[dict[str, Any]]) -> list[Any]:
        """Give the marks of a layer, what lies behind first."""
        base = alt.Chart(alt.InlineData(values=points))
        place = self._place()
        if layer.limits:
            bar = base.mark_bar(color=_BACK, size=_STEP - 6, tooltip=False)
            return [bar.encode(**place, **self._between())]
        colour = self._colour()
        tip = {
            "tooltip": [
                alt.Tooltip(f"{name}:N", title=title)
                for name, title in (
                    ("when", "period"), ("what", "what"), ("range", "number"), ("by", "by"),
                    ("said", "words"),
                )
            ],
            "href": _LINKED,
            "description": alt.Description("tip:N"),
        }  # fmt: skip
        spread: dict[str, Any] = {}
        if self.spread:
            offset = (alt.YOffset if self.across else alt.XOffset)("what:N", sort=list(self._names))
            spread = {("yOffset" if self.across else "xOffset"): offset}
        bounded = base.transform_filter("isValid(datum.low) && isValid(datum.high) && datum.low < datum.high")
        ends = bounded.mark_rule(strokeWidth=1.5 if layer.mark != "line" else 1, opacity=0.75).encode(
            **place, **self._between(), **colour, **spread
        )
        valued = base.transform_filter("isValid(datum.value)")
        value = self._value()
        if layer.mark == "bar":
            size: dict[str, Any] = {} if self.across else {"size": _STEP + 10}  # few bars are no beams
            bar = valued.mark_bar(opacity=0.55, cursor="pointer", **size).encode(
                **place, **value, **colour, **tip
            )
            return [bar, bounded.mark_rule(color="#333333").encode(**place, **self._between())]
        if layer.mark == "tick":
            tick = valued.mark_tick(thickness=3, size=_STEP - 8, cursor="pointer").encode(
                **place, **value, **colour, **tip
            )
            return [ends, tick]
        if layer.mark == "line":
            line = valued.mark_line(strokeWidth=1.5).encode(**place, **value, **colour, detail="run:N")
            # What is known is full, what lies somewhere between bounds is hollow.
            fill = alt.condition("datum.open", alt.value("white"), alt.Color("what:N", legend=None))
            dots = valued.mark_point(size=34, opacity=1, cursor="pointer", filled=False).encode(
                **place, **value, **colour, **tip, fill=fill
            )
            if "until" not in points[0]:
                return [ends, line, dots]
            days = {"x": alt.X("x:T"), "x2": alt.X2("until:T")}
            band = bounded.mark_rect(opacity=0.2, stroke="white", strokeWidth=0.5, clip=self._cut).encode(
                **days, **self._between(), **colour
            )
            return [band, line, dots]
        dots = valued.mark_point(filled=True, size=60, opacity=1, cursor="pointer").encode(
            **place, **value, **colour, **spread, **tip
        )
        return [ends, dots]

    def _place(self) -> dict[str, Any]:
        if self.across:
            return {"y": alt.Y("x:N", title=None, sort=self._places, axis=alt.Axis(ticks=False))}
        if self._timed:
            form = "%Y-%m" if self._middle == "middle" else "%Y-%m-%d"
            days: Any = {"values": self._places}
            if self._middle == "middle":
                ends = [date.fromisoformat(day) for day in (min(self._places), max(self._places))]
                months = 12 * (ends[1].year - ends[0].year) + ends[1].month - ends[0].month + 1
                step = next((n for n in (1, 2, 3, 6, 12, 24) if months <= 8 * n), 60)
                days = {"tickCount": {"interval": "month", "step": step}}
            axis = alt.Axis(format=form, labelAngle=0, labelOverlap="greedy", labelFlush=False, **days)
            return {"x": alt.X(f"{self._middle}:T", title=None, axis=axis, scale=alt.Scale(padding=12))}
        axis = alt.Axis(labelAngle=-35, labelOverlap=False, labelLimit=140)
        return {"x": alt.X("x:N", title=None, sort=self._places, axis=axis)}

    def _value(self) -> dict[str, Any]:
        axis = alt.Axis(labelExpr=_SHORT, labelFlush=False, **self._ticks)
        if self.across:
            return {"x": alt.X("value:Q", title=self._title, scale=self._scale, axis=axis)}
        return {"y": alt.Y("value:Q", title=self._title, scale=self._scale, axis=axis)}

    def _between(self) -> dict[str, Any]:
        axis = alt.Axis(labelExpr=_SHORT, labelFlush=False, **self._ticks)
        if self.across:
            return {
                "x": alt.X("low:Q", title=self._title, scale=self._scale, axis=axis),
                "x2": alt.X2("high:Q"),
            }
        return {
            "y": alt.Y("low:Q", title=self._title, scale=self._scale, axis=axis),
            "y2": alt.Y2("high:Q"),
        }

    def _colour(self) -> dict[str, Any]:
        scale = alt.Scale(domain=list(self._names), range=list(self._names.values()))
        legend = alt.Legend() if len(self._names) > 1 else None
        return {"color": alt.Color("what:N", scale=scale, legend=legend)}


def _scale(panel: Panel, points: Sequence[dict[str, Any]], timed: str) -> tuple[Any, bool]:
    """Choose a scale, and tell whether bands are cut off at its end.

    It goes from zero, but where small differences are what is shown: values of one key as they were
    published, and two that do not meet. A month of which little is known has a band as high as the
    year: the picture ends where the values can still be told apart.
    """
    if panel.log:
        return alt.Scale(type="log"), False
    ends = [point[name] for point in points for name in ("low", "value", "high") if point[name] is not None]
    is_close = timed == "published_on" or any(
        layer.name == point["x"] for layer in panel.layers for point in points
    )
    if is_close and not 0 <= min(ends) < max(ends) / 3:
        return alt.Scale(zero=False, padding=12), False
    values = [point["value"] for point in points if point["value"] is not None]
    most = max(ends)
    if timed == "month" and values and most > _ROOM * max(values) > 0:
        return alt.Scale(domain=[min(0, *ends), _ROOM * max(values)], nice=False), True
    # A dot at the very end would be half a dot.
    return alt.Scale(domain=[1.05 * min(0, *ends), 1.05 * max(0, most)] if most > 0 else alt.Undefined), False


def _powers(points: Sequence[dict[str, Any]]) -> list[float]:
    """Give the ticks of a logarithmic axis: powers of ten, and 2 and 5 times as much where they are few."""
    ends = [point[name] for point in points for name in ("low", "value", "high") if point[name]]
    first, last = (math.floor(math.log10(end)) for end in (min(ends), max(ends)))
    steps = (1, 2, 5) if last - first < 2 else (1,)
    return [step * 10.0**power for power in range(first, last + 2) for step in steps]


def _heat(points: list[dict[str, Any]], unit: str, width: int) -> Any:
    for point in points:
        point["x"] = point["x"][:7]
    shown = _months(min(point["x"] for point in points), max(point["x"] for point in points))
    every = max(1, len(shown) * 46 // width)
    axis = alt.Axis(labelAngle=-45, values=shown[::every], ticks=False, domain=False)
    return (
        alt.Chart(alt.InlineData(values=points))
        .mark_rect(cursor="pointer", stroke="white")
        .encode(
            x=alt.X("x:O", title=None, scale=alt.Scale(domain=shown), axis=axis),
            y=alt.Y("down:N", title=None, axis=alt.Axis(ticks=False, domain=False)),
            color=alt.Color(
                "value:Q", scale=alt.Scale(scheme="blues", domainMin=0), legend=alt.Legend(title=unit)
            ),
            tooltip=[
                alt.Tooltip(f"{name}:N", title=title)
                for name, title in (("down", "what"), ("x", "month"), ("value", unit), ("said", "words"))
            ],
            href=_LINKED,
            description=alt.Description("tip:N"),
        )
        .properties(width=max(width, min(12 * len(shown), 900)), height=alt.Step(16))
    )


def _months(first: str, last: str) -> list[str]:
    """Give each month from one to another, those with nothing in them too."""
    start, end = (12 * int(month[:4]) + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(start, end + 1)]


def _run(points: list[dict[str, Any]]) -> None:
    """Number the runs of months that follow each other: no line is drawn over a gap."""
    run, before = 0, None
    for point in sorted(points, key=_in_time):
        day = date.fromisoformat(point["x"])
        if before is not None and (day - before).days > 31:
            run += 1
        point["run"], before = run, day


def _in_time(point: dict[str, Any]) -> tuple[Any, ...]:
    return (point.get("order") or "", point["x"])


def _lines(text: str, width: int) -> list[str]:
    """Break a title at the width of a picture; a Chinese character is as wide as two letters."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    across = max(20, int(width / 6.8 * len(text) / (len(text) + wide))) if text else 20
    return textwrap.wrap(text, across) or [""]
