"""The one switch that breaks the store on purpose, for the tests that prove it survives.

`TALLYBOOK_FAULT=name` kills the process as `kill -9` would when it reaches the point `name`;
`TALLYBOOK_FAULT=name:full` raises what a full disk raises there. Unset, the points cost nothing
worth measuring.
"""

from __future__ import annotations

import errno
import os
import signal

POINTS = (
    "staging-copied",
    "rows-loaded",
    "run-committed",
    "audited",
    "checkpointed",
    "read-back",
    "synced",
    "renamed",
    "export-written",
)


def reach(point: str) -> None:
    """Pass a named point; break there if the switch says so."""
    told = os.environ.get("TALLYBOOK_FAULT")
    if not told:
        return
    name, _, kind = told.partition(":")
    if name != point:
        return
    if kind == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), point)
    os.kill(os.getpid(), signal.SIGKILL)
