"""Write a chart: SVG and PNG without a network, one HTML file that holds all it needs, or its data."""

from __future__ import annotations

import html
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tallybook.plot.chart import PlotError
from tallybook.plot.points import Drawn, Source

try:
    import altair as alt
    import vl_convert as vlc
except ImportError as error:
    raise PlotError(
        f"charts need more than the base has ({error.name}): pip install 'tallybook[plot]'"
    ) from None

from tallybook.plot.draw import draw

FORMATS = ("svg", "png", "html", "json")
_SCALE = 2
_VERSION = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
# Nothing may be fetched, whatever stands in the data; Vega makes functions of its expressions.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data: blob:"
)
_STYLE = """
body { font-family: "Noto Sans", "DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK TC", sans-serif;
       margin: 1.5em; color: #222; max-width: 70em; }
ol { line-height: 1.5; padding-left: 2.5em; }
li:target { background: #fff3c4; }
.by { color: #666; font-size: 90%; }
#vg-tooltip-element { max-width: 34em; }
"""


def rendered(drawn: Drawn, form: str, fonts: Sequence[Path] = ()) -> bytes:
    """Give a chart as `svg`, `png`, `html` or `json` (Vega-Lite).

    A point links to its article where that has an address; in HTML it links to its sentence, which
    the page lists with publisher, day and address. PlotError where it cannot be drawn.
    """
    for folder in fonts:
        vlc.register_font_directory(str(folder))
    try:
        if form == "html":
            return _page(drawn).encode()
        spec = draw(drawn, lambda ids: next((s.link for s in _of(drawn, ids) if s.link), None))
        if form == "json":
            return (json.dumps(spec, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        if form == "svg":
            svg: str = vlc.vegalite_to_svg(spec, vl_version=_VERSION, allowed_base_urls=[])
            return (svg + "\n").encode()
        png: bytes = vlc.vegalite_to_png(spec, vl_version=_VERSION, scale=_SCALE, allowed_base_urls=[])
        return png
    except ValueError as error:  # of the converter
        raise PlotError(
            f"the chart {drawn.chart.name} cannot be drawn: {str(error).splitlines()[0]}"
        ) from error


def lacks_chinese(drawn: Drawn) -> bool:
    """Tell whether labels have Chinese that no font of this system has, as far as fontconfig knows."""
    labels = [picture.label for picture in drawn.pictures]
    labels += [
        point[name]
        for p in drawn.pictures
        for panel in p.panels
        for point in panel
        for name in ("x", "down")
        if name in point
    ]
    if not any("\u2e80" <= c <= "\u9fff" for label in labels for c in label):
        return False
    program = shutil.which("fc-list")
    if program is None:
        return False
    found = subprocess.run([program, ":lang=zh", "family"], capture_output=True, check=False)
    return found.returncode == 0 and not found.stdout.strip()


def _of(drawn: Drawn, ids: Sequence[str]) -> list[Source]:
    return [drawn.sources[name] for name in ids if name in drawn.sources]


def _page(drawn: Drawn) -> str:
    number = {name: i for i, name in enumerate(drawn.sources, 1)}
    spec = draw(drawn, lambda ids: next((f"#s{number[name]}" for name in ids if name in number), None))
    title = html.escape(f"{drawn.chart.title} · Tallybook")
    # In a script, only < could end it or begin a comment.
    data = json.dumps(spec, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    data = data.replace("\u2029", "\\u2029")
    listed = "\n".join(
        f'<li id="s{number[s.observation_id]}">{_told(s)}</li>' for s in drawn.sources.values()
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{_STYLE}</style>
<script>{_bundle()}</script>
</head>
<body>
<div id="chart"></div>
<h2>The sentences behind it</h2>
<ol>
{listed}
</ol>
<script>
const spec = {data};
vegaEmbed("#chart", spec, {{
  renderer: "svg",
  actions: {{export: true, source: false, compiled: false, editor: false}},
  loader: {{target: "_self"}},
}});
</script>
</body>
</html>
"""


def _bundle() -> str:
    # Left out, the snippet puts vegaEmbed where the page finds it; the stubs do not know that.
    bundle: Any = vlc.javascript_bundle
    script: str = bundle(vl_version=_VERSION)
    return script


def _told(source: Source) -> str:
    sentence = html.escape(source.sentence)
    figure = html.escape(source.figure)
    sentence = sentence.replace(figure, f"<mark>{figure}</mark>", 1)
    by = html.escape(source.by)
    link = html.escape(source.link or "", quote=True)
    named = html.escape(source.title or source.observation_id)
    if link:
        named = f'<a href="{link}" rel="noopener noreferrer">{named}</a>'
    return f'{sentence} <span class="by">{named}{", " + by if by else ""}</span>'
