"""Keep the tally book up to date from Apache Airflow 3: a DAG of one task.

TALLYBOOK is the command, where Tallybook has an environment of its own (it needs none of
Airflow's packages, and Airflow none of its). TALLYBOOK_CONFIG is its configuration.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

COMMAND = os.environ.get("TALLYBOOK", "tallybook")
CONFIG = os.environ.get("TALLYBOOK_CONFIG", "/srv/tallybook/tallybook.toml")

# The exit codes of `tallybook --help` that are no reason to try again, or no failure at all.
REJECTED, LOCKED, BY_HAND = 3, 4, {2, 5, 6, 7}

log = logging.getLogger(__name__)


@dag(
    dag_id="tallybook",
    description="Read new articles into the tally book, publish it, export it as Parquet",
    schedule="17 * * * *",
    start_date=datetime(2025, 1, 1, tzinfo=UTC),
    # A run reads whatever is new: one makes up for all that were missed.
    catchup=False,
    max_active_runs=1,
    tags=["tallybook"],
)
def tallybook() -> None:
    @task(retries=2, retry_delay=timedelta(minutes=5), execution_timeout=timedelta(hours=2))
    def run() -> dict[str, Any]:
        """Run the job; give its summary, with the counts of the run."""
        done = subprocess.run(
            [COMMAND, "run", "--config", CONFIG, "--log", "json"],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        for line in done.stderr.splitlines():
            log.info(line)
        if done.returncode == LOCKED:
            raise AirflowSkipException("another job is at work on the book")
        if done.returncode in BY_HAND:
            raise AirflowFailException(f"tallybook ended with {done.returncode}: {done.stderr[-2000:]}")
        if done.returncode not in (0, REJECTED):
            raise AirflowException(f"tallybook ended with {done.returncode}: {done.stderr[-2000:]}")
        summary: dict[str, Any] = json.loads(done.stdout)
        if done.returncode == REJECTED:
            log.warning("%d inputs were rejected: %s", summary["rejected"], summary["rejections"])
        return summary

    run()


tallybook()
