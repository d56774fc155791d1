"""The options that choose rows of a view, for the commands that share them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

DATE = click.DateTime(["%Y-%m-%d"])
KEY_OPTIONS = ("service", "direction", "mode", "scope", "partner", "breakdown", "nature", "unit")
_F = TypeVar("_F", bound=Callable[..., Any])


def filter_options(command: _F) -> _F:
    """Add --as-of, --port, --metric, --since, --until and an option for each column of the key."""
    options = [
        click.option(
            "--as-of", "as_of", type=DATE, metavar="DATE", help="What the articles published up to DATE say."
        ),
        click.option(
            "--port", "ports", multiple=True, metavar="PORT", help="Slug, UN/LOCODE or name; repeatable."
        ),
        click.option("--metric", "metrics", multiple=True, metavar="METRIC", help="Id or name; repeatable."),
        click.option("--since", type=DATE, metavar="DATE", help="Periods that end on DATE or later."),
        click.option("--until", type=DATE, metavar="DATE", help="Periods that end on DATE or before."),
        *(
            click.option(
                f"--{name}",
                name,
                multiple=True,
                metavar="WORD",
                help=f"Only this {name}, none for no word of it.",
            )
            for name in KEY_OPTIONS
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command
