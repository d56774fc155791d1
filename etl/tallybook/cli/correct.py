"""`tallybook correct`, `reject`, `undo` and `corrections`: what people know better."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from tallybook.cli import say
from tallybook.cli.job import CONFIG, Told, find_config
from tallybook.cli.query import query_command
from tallybook.config import Config
from tallybook.corrections import FIELDS, Corrected, CorrectionError, correct, reject, undo
from tallybook.render import TEXT_WRITERS

_WHO = click.option("--who", metavar="NAME", help="Who says so; by default the user of this system.")
_WHY = click.option("--why", metavar="TEXT", required=True, help="Why; kept with the correction.")


@click.command("correct")
@click.argument("observation")
@click.option(
    "--set",
    "sets",
    multiple=True,
    required=True,
    metavar="FIELD=VALUE",
    help=f"Another value, empty for none; repeatable. FIELD is {', '.join(FIELDS)}.",
)
@_WHY
@_WHO
@CONFIG
def correct_command(
    observation: str, sets: tuple[str, ...], why: str, who: str | None, config_path: Path | None
) -> None:
    """Give fields of an OBSERVATION other values.

    OBSERVATION is its observation_id. The correction is applied in every view, stays when a newer
    version reads the article again, and can be undone. With another value the interval moves in
    proportion, unless low and high are set too.
    """
    pairs = dict(pair.partition("=")[::2] for pair in sets)
    if wrong := next((pair for pair in sets if "=" not in pair), None):
        raise click.UsageError(f"--set {wrong} is not FIELD=VALUE")
    config = find_config(config_path, Told())
    _tell(correct(config, observation, pairs, _user(who), why), config, "corrected")


@click.command("reject")
@click.argument("observation")
@_WHY
@_WHO
@CONFIG
def reject_command(observation: str, why: str, who: str | None, config_path: Path | None) -> None:
    """Take an OBSERVATION out of all views but provenance.

    OBSERVATION is its observation_id. It stays out when a newer version reads the article again.
    """
    config = find_config(config_path, Told())
    _tell(reject(config, observation, _user(who), why), config, "rejected")


@click.command("undo")
@click.argument("number", type=click.IntRange(1), metavar="N")
@_WHO
@CONFIG
def undo_command(number: int, who: str | None, config_path: Path | None) -> None:
    """Take correction N back.

    N is its number, as the corrections are listed.
    """
    config = find_config(config_path, Told())
    _tell(undo(config, number, _user(who)), config, "undone")


@click.command("corrections")
@click.option(
    "--format",
    "form",
    type=click.Choice([*TEXT_WRITERS]),
    default="table",
    show_default=True,
    help="Form of the list.",
)
@CONFIG
@click.pass_context
def corrections_command(ctx: click.Context, form: str, config_path: Path | None) -> None:
    """List what people corrected and rejected, undone ones too."""
    database = find_config(config_path, Told()).database
    ctx.invoke(query_command, name="corrections", form=form, database=database)


def _user(who: str | None) -> str:
    if who is not None:
        return who
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise CorrectionError("this system does not tell who you are: give --who") from None


def _tell(done: Corrected, config: Config, what: str) -> None:
    for field, old, new in done.changes:
        click.echo(f"{field}: {old or 'none'} → {new or 'none'}")
    say(f"{what}, as correction {done.correction_id}; published {config.database} (run {done.run_id})")
    if done.exported is not None:
        say(f"exported {len(done.exported)} Parquet files to {config.exports}")
