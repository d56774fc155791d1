"""Keep the tally book up to date from Dagster: the book as an asset, a job and a schedule.

TALLYBOOK is the command, where Tallybook has an environment of its own (it needs none of
Dagster's packages, and Dagster none of its). TALLYBOOK_CONFIG is its configuration.
"""

import json
import os
import subprocess

import dagster as dg

COMMAND = os.environ.get("TALLYBOOK", "tallybook")
CONFIG = os.environ.get("TALLYBOOK_CONFIG", "/srv/tallybook/tallybook.toml")

# The exit codes of `tallybook --help` that are no reason to try again, or no failure at all.
REJECTED, LOCKED, BY_HAND = 3, 4, {2, 5, 6, 7}


@dg.asset(retry_policy=dg.RetryPolicy(max_retries=2, delay=300), kinds={"duckdb", "parquet"})
def tally_book(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The published DuckDB file and its Parquet exports."""
    done = subprocess.run(
        [COMMAND, "run", "--config", CONFIG, "--log", "json"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    for line in done.stderr.splitlines():
        context.log.info(line)
    if done.returncode not in (0, REJECTED):
        raise dg.Failure(
            f"tallybook ended with {done.returncode}",
            metadata={"stderr": done.stderr[-2000:]},
            allow_retries=done.returncode not in BY_HAND | {LOCKED},
        )
    summary = json.loads(done.stdout)
    if done.returncode == REJECTED:
        context.log.warning(f"{summary['rejected']} inputs were rejected: {summary['rejections']}")
    return dg.MaterializeResult(
        metadata={name: value for name, value in summary.items() if value is not None}
    )


tallybook_job = dg.define_asset_job("tallybook", selection=[tally_book])

defs = dg.Definitions(
    assets=[tally_book],
    jobs=[tallybook_job],
    schedules=[dg.ScheduleDefinition(job=tallybook_job, cron_schedule="17 * * * *")],
)
