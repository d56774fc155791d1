"""Tell somebody that a job failed: run a command, or post to a webhook."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

_WAIT = 30.0
"""Seconds that a command or a webhook may take: a dead one must not keep the job's lock-step waiting."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Whom to tell. The command gets the event as JSON on standard input, the webhook as a POST."""

    command: tuple[str, ...] = ()
    webhook: str | None = None


def sound(alarm: Alarm, event: Mapping[str, object]) -> list[str]:
    """Tell of an event; give, in words, each way of telling that itself failed."""
    body = json.dumps(event).encode()
    faults = []
    if alarm.command:
        fault = _run(alarm.command, body)
        if fault:
            faults.append(f"on_failure: the command {alarm.command[0]} {fault}")
    if alarm.webhook:
        fault = _post(alarm.webhook, body)
        if fault:
            faults.append(f"on_failure: the webhook {_site(alarm.webhook)} {fault}")
    return faults


def _run(command: tuple[str, ...], body: bytes) -> str | None:
    try:
        # What it prints goes to standard error: standard output is data.
        done = subprocess.run(command, input=body, stdout=2, timeout=_WAIT, check=False)
    except subprocess.TimeoutExpired:
        return f"took more than {_WAIT:.0f} seconds and was stopped"
    except OSError as error:
        return f"cannot be run: {error.strerror or error}"
    return f"ended with {done.returncode}" if done.returncode else None


def _post(url: str, body: bytes) -> str | None:
    request = urllib.request.Request(
        url, body, {"Content-Type": "application/json", "User-Agent": "tallybook"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_WAIT):
            return None
    except urllib.error.HTTPError as error:
        error.close()
        return f"answered {error.code}"
    except urllib.error.URLError as error:
        return f"cannot be reached: {error.reason}"
    except OSError as error:
        return f"cannot be reached: {error}"


def _site(url: str) -> str:
    """Give a webhook's scheme and host: its path is often a secret, and a log is read by many."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}"
