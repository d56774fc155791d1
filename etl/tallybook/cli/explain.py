"""`tallybook explain`: an article in the terminal, with what keyed each of its figures."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from tallybook.cli import SOME_REJECTED, articles_only
from tallybook.cli.extract import reading_options
from tallybook.explain import details, key_line, marked_text, numbered
from tallybook.extract import extract
from tallybook.lexicon import load_lexicon
from tallybook.read import read_paths
from tallybook.records import Rejection


@click.command("explain")
@click.argument("files", nargs=-1, required=True)
@click.option("--figure", type=click.IntRange(1), metavar="N", help="Only figure N, in full.")
@reading_options
@click.pass_context
def explain_command(
    ctx: click.Context,
    files: tuple[str, ...],
    figure: int | None,
    published: date | None,
    ports: tuple[Path, ...],
    words: tuple[Path, ...],
) -> None:
    """Show why each number of FILES was keyed as it was.

    The article comes first, each figure coloured and numbered: green is keyed, yellow is not.
    Then one line a figure with its key, or its reason and what was missing. --figure N shows
    one figure in full, with the words that decided each part of its key and where they stand.
    """
    lexicon = load_lexicon(ports, words)
    rejected: list[Rejection] = []
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)
    highest = 0
    for article in articles_only(read_paths(files, published), rejected):
        found = extract(article, lexicon)
        figures = numbered(found)
        highest = max(highest, len(figures))
        heading = Text(article.name, "bold")
        day = found.published_on.isoformat() if found.published_on else "no publication date"
        heading.append(f"  {found.lang}  {day}{' (inferred)' if found.published_inferred else ''}", "dim")
        console.print(heading)
        if figure is not None:
            for entry in figures[figure - 1 : figure]:
                for line in details(article, entry):
                    console.print(line)
            continue
        console.print(marked_text(article, found))
        console.print()
        for entry in figures:
            console.print(key_line(entry))
        console.print()
    if figure is not None and figure > highest:
        raise click.UsageError(f"--figure {figure}: there are {highest} figures")
    if rejected:
        ctx.exit(SOME_REJECTED)
