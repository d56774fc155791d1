"""`tallybook extract` and `tallybook eval`: articles in, records or their score out, no database."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from tallybook.cli import SOME_REJECTED, articles_only, say
from tallybook.evaluate import load_gold, score
from tallybook.lexicon import load_lexicon
from tallybook.pool import Outcome, extract_all
from tallybook.read import read_paths
from tallybook.records import Article, Extraction, Observation, Rejection, contract_records

_COLUMNS = ("article", "article_id", "status", "reason", "missing", *(f.name for f in fields(Observation)))


def _day(_ctx: click.Context, _param: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of every command that reads articles: --published, --ports, --words."""
    own = click.Path(exists=True, dir_okay=False, path_type=Path)
    for option in (
        click.option("--words", type=own, multiple=True, metavar="CSV", help="Your own words; repeatable."),
        click.option("--ports", type=own, multiple=True, metavar="CSV", help="Your own places; repeatable."),
        click.option(
            "--published",
            type=click.DateTime(["%Y-%m-%d"]),
            callback=_day,
            metavar="DATE",
            help="Publication date of the articles that state none, as YYYY-MM-DD.",
        ),
    ):
        command = option(command)
    return command


_jobs_option = click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, help="How many processes."
)


@click.command("extract")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "json", "csv"]),
    default="jsonl",
    show_default=True,
    help="One JSON object a line, one JSON list, or CSV with a header.",
)
@reading_options
@_jobs_option
@click.pass_context
def extract_command(
    ctx: click.Context,
    files: tuple[str, ...],
    form: str,
    published: date | None,
    ports: tuple[Path, ...],
    words: tuple[Path, ...],
    jobs: int,
) -> None:
    """Print what each number in FILES says, without a database.

    FILES are text files, JSON or JSON Lines of articles, folders, globs, or - for standard
    input. Every number in them becomes one record, an observation or an unkeyed figure with its
    reason; docs/observation.md has the fields. Input that cannot be read is named on standard
    error, the rest goes on, and the exit code is 3.
    """
    rejected: list[Rejection] = []
    articles = articles_only(read_paths(files, published), rejected)
    found = _sound(extract_all(articles, load_lexicon(ports, words), jobs), rejected)
    records = (record for article, extraction in found for record in contract_records(article, extraction))
    _WRITERS[form](records, sys.stdout)
    if rejected:
        ctx.exit(SOME_REJECTED)


@click.command("eval")
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("files", nargs=-1)
@click.option("--list", "misses", type=click.IntRange(0), default=0, metavar="N", help="Show N misses.")
@reading_options
@_jobs_option
@click.pass_context
def eval_command(
    ctx: click.Context,
    gold: Path,
    files: tuple[str, ...],
    misses: int,
    published: date | None,
    ports: tuple[Path, ...],
    words: tuple[Path, ...],
    jobs: int,
) -> None:
    """Score extraction of FILES against the facts in GOLD.

    GOLD has one labelled fact a line, in JSON. For all articles and for each group of them
    (the id up to its first hyphen) it prints the share of facts found, precision, recall and F1
    of the full key, and the accuracy of each attribute among those found. Observations in
    articles that GOLD says nothing of are counted as noise. Without FILES, the articles that
    GOLD names are looked for in the folder ../articles beside it.
    """
    facts = load_gold(gold)
    wanted = {fact["article"] for fact in facts}
    rejected: list[Rejection] = []
    sources = files or _beside(gold, wanted)
    articles: Iterable[Article] = articles_only(read_paths(sources, published), rejected)
    if not files:
        articles = (article for article in articles if article.name in wanted)

    records: list[dict[str, Any]] = []
    seen: set[str] = set()
    for article, extraction in _sound(extract_all(articles, load_lexicon(ports, words), jobs), rejected):
        seen.add(article.name)
        records += contract_records(article, extraction)
    for name in sorted(wanted - seen):
        say(f"no article is named {name}: its facts count as not found")
    for line in score(facts, records).lines(misses):
        click.echo(line)
    if rejected:
        ctx.exit(SOME_REJECTED)


def _sound(outcomes: Iterable[Outcome], rejected: list[Rejection]) -> Iterator[tuple[Article, Extraction]]:
    """Pass the articles on that could be read; say which one broke extraction."""
    for article, found in outcomes:
        if isinstance(found, Exception):
            rejected.append(Rejection(article.name, f"cannot be read ({found!r}): please report it"))
            say(f"{article.name}: {rejected[-1].message}")
        else:
            yield article, found


def _beside(gold: Path, wanted: set[str]) -> tuple[str, ...]:
    folder = gold.resolve().parent.parent / "articles"
    found = [
        str(path)
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if path.stem in wanted or path.suffix in (".jsonl", ".ndjson", ".json")
    ]
    if not found:
        raise click.UsageError(f"name the articles: {folder} has none that {gold} tells of")
    return tuple(found)


def _write_jsonl(records: Iterable[dict[str, Any]], out: TextIO) -> None:
    for record in records:
        out.write(json.dumps(record, ensure_ascii=False) + "\n")


def _write_json(records: Iterable[dict[str, Any]], out: TextIO) -> None:
    before = "[\n"
    for record in records:
        out.write(before + json.dumps(record, ensure_ascii=False))
        before = ",\n"
    out.write("[]\n" if before == "[\n" else "\n]\n")


def _write_csv(records: Iterable[dict[str, Any]], out: TextIO) -> None:
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for record in records:
        nested = {
            key: json.dumps(value, ensure_ascii=False)
            for key, value in record.items()
            if isinstance(value, (list, tuple))
        }
        writer.writerow({**record, **nested})


_WRITERS = {"jsonl": _write_jsonl, "json": _write_json, "csv": _write_csv}
