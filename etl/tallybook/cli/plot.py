"""`tallybook plot`: the comparisons that people would rather look at."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from tallybook.cli import say
from tallybook.cli.filters import filter_options
from tallybook.cli.query import DATABASE, opened, replacing
from tallybook.plot.chart import PlotError, charts, find_chart
from tallybook.plot.points import gather
from tallybook.query import resolve
from tallybook.store import months

_FORMATS = ("svg", "png", "html", "json")


@click.command("plot")
@click.argument("name", required=False)
@filter_options
@click.option(
    "--lang",
    type=click.Choice(["en", "zh-hans", "zh-hant", "ru"]),
    default="en",
    show_default=True,
    help="Language of the names of places.",
)
@click.option(
    "--most",
    type=click.IntRange(1),
    default=12,
    show_default=True,
    metavar="N",
    help="Draw N pictures at most, those with the newest figures.",
)
@click.option(
    "--fonts",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A folder with more fonts for PNG; repeatable.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="Form of the chart; by default what the name of FILE ends with, else svg.",
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write to FILE."
)
@DATABASE
def plot_command(
    name: str | None,
    as_of: datetime | None,
    ports: tuple[str, ...],
    metrics: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    lang: str,
    most: int,
    fonts: tuple[Path, ...],
    form: str | None,
    output: Path | None,
    database: Path,
    **key: tuple[str, ...],
) -> None:
    """List the charts, or draw one.

    NAME is a chart; docs/plots.md shows them. Each point has its interval and links to its sentence: in
    HTML to the list below the chart, in SVG to the article. Nothing is fetched, neither now nor when
    the file is opened.
    """
    if name is None:
        width = max(map(len, charts()))
        for chart in charts().values():
            click.echo(f"{chart.name:{width}}  {chart.about}")
        return
    chart = find_chart(name)
    form = form or _form_of(output)
    if form == "png" and output is None and sys.stdout.isatty():
        raise click.UsageError("PNG is not for a terminal: name a file with --output, or use a pipe")
    from tallybook.plot.page import lacks_chinese, rendered

    with opened(database, as_of.date() if as_of else None) as con:
        if as_of and chart.view in months.VIEWS:
            months.refresh_months(con)
        first, last = (day.date() if day else None for day in (since, until))
        drawn = gather(con, chart, resolve(con, ports, metrics, first, last, key), lang, most)
    data = rendered(drawn, form, fonts)
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        with replacing(output) as unfinished:
            unfinished.write_bytes(data)
    if drawn.left_out:
        say(f"{drawn.left_out} more pictures match: --port, --metric and the like choose, --most draws more")
    if drawn.points_left_out:
        say(
            f"{drawn.points_left_out} more lines match and are not drawn: --port, --since and the like choose"
        )
    if form in ("png", "svg") and not fonts and lacks_chinese(drawn):
        say(
            "no font of this system has Chinese, so it is missing in the picture: install one "
            "(fonts-noto-cjk), or name its folder with --fonts"
        )


def _form_of(output: Path | None) -> str:
    if output is None:
        return "svg"
    suffix = output.suffix.lstrip(".").lower()
    if suffix not in _FORMATS:
        raise PlotError(
            f"{output} does not tell the form of the chart: end it with .svg, .png, .html or .json"
        )
    return suffix
