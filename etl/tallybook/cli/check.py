"""`tallybook check`: what in the book wants a look, with an exit code to alert on."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from tallybook.check import CHECKS, Finding, FindingsError, Health, check_book
from tallybook.cli import say
from tallybook.cli.job import CONFIG, Told, find_config


class _Day(click.ParamType[Any]):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value in ("newest", "today"):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is neither newest, today nor a date as YYYY-MM-DD", param, ctx)


@click.command("check")
@click.option(
    "--only", "only", multiple=True, type=click.Choice(CHECKS), help="Run this check alone; repeatable."
)
@click.option(
    "--day",
    type=_Day(),
    default="newest",
    show_default=True,
    metavar="DAY",
    help="What overdue and quiet_sources take for today: newest (publication in the book), today or a date.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the output.",
)
@click.option("--database", type=click.Path(path_type=Path), help="The book; by default the configuration's.")
@CONFIG
@click.pass_context
def check_command(
    ctx: click.Context,
    only: tuple[str, ...],
    day: date | str,
    form: str,
    database: Path | None,
    config_path: Path | None,
) -> None:
    """Check the book: contradictions, jumps, slips, overdue series, quiet sources.

    A slip is by a power of ten. Each finding has the two values and the words of both. With any, the
    exit code is 8. The thresholds are in [check] of tallybook.toml; behind each check is the saved view
    or macro of its name. A scheduler gives --day today, so that silence is noticed when everything is
    silent.
    """
    config = find_config(config_path, Told())
    if database is not None:
        config = replace(config, database=database)
    today = date.today() if day == "today" else day if isinstance(day, date) else None
    health = check_book(config.database, config.check, today, only or CHECKS)
    if form == "json":
        click.echo(json.dumps(_as_json(health, only or CHECKS), ensure_ascii=False, default=str))
    else:
        for finding in health.findings:
            for line in _lines(finding):
                click.echo(line)
    if health.accepted:
        say(f"{health.accepted} findings left out: [check] accepts an observation of each")
    counts = Counter(finding.check for finding in health.findings)
    if counts:
        told = ", ".join(f"{counts[name]} {name}" for name in CHECKS if counts[name])
        say(f"{config.database} wants a look: {told}")
        ctx.exit(FindingsError.exit_code)
    say(f"{config.database}: nothing found{f', as of {health.day}' if health.day else ''}")


def _as_json(health: Health, only: tuple[str, ...]) -> dict[str, object]:
    counts = Counter(finding.check for finding in health.findings)
    return {
        "day": health.day,
        "counts": {name: counts[name] for name in CHECKS if name in only},
        "accepted": health.accepted,
        "findings": [asdict(finding) for finding in health.findings],
    }


def _lines(finding: Finding) -> list[str]:
    where = " ".join(filter(None, (finding.port, finding.metric, finding.measure)))
    first = f"{finding.check}: {where}"
    if finding.period_end:
        first += f" {_period(finding.period_start, finding.period_end)}"
    if finding.value is not None:
        first += f": {finding.value:.12g} {finding.unit}"
    if finding.other_value is not None:
        first += f", {'' if finding.other_period_end else 'other '}{finding.other_value:.12g}"
        if finding.other_period_end:
            first += f" in {_period(finding.other_period_start, finding.other_period_end)}"
    lines = [first.rstrip(": ") if not where else first, f"    {finding.what}"]
    for c in finding.citations:
        who = ", ".join(str(word) for word in (c.publisher, c.published_on) if word)
        sentence = f": {c.sentence}" if c.sentence else ""
        lines.append(f"    {c.article}{f' ({who})' if who else ''}{sentence}")
        if c.observation_id:
            lines.append(f"        {c.observation_id}")
    return [_plain(line) for line in lines]


def _period(start: date | None, end: date | None) -> str:
    return f"{end}" if start == end else f"{start or '…'} to {end or '…'}"


def _plain(line: str) -> str:
    return "".join(c if c.isprintable() else " " if c.isspace() else ascii(c)[1:-1] for c in line)
