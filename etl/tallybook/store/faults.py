"""The one switch that breaks a job on purpose, for the tests that prove it survives.

`TALLYBOOK_FAULT=point` ends the process as `kill -9` would when it reaches that point.
`point:full` raises there what a full disk raises, `point:raise` a plain exception, `point:fill`
fills the disk of the working directory to its last byte (one of 256 MB at most, so that nobody's
own is filled), and `point:wrong` lets the caller spoil its own rows (`spoilt`). Unset, a point
costs a look at the environment.
"""

from __future__ import annotations

import errno
import os
import signal
from contextlib import suppress
from pathlib import Path

SWITCH = "TALLYBOOK_FAULT"
POINTS = (
    "locked",
    "copying",
    "staging-copied",
    "rows-loaded",
    "run-committed",
    "views-created",
    "months-solved",
    "audited",
    "checkpointed",
    "closed",
    "read-back",
    "synced",
    "renamed",
    "published",
    "export-written",
    "exported",
)
"""The points of a job in the order it passes them; beside them `extract NAME` and `migrate NUMBER`."""


BALLAST = "ballast"
"""The file that a disk is filled with."""
_SMALL = 256 << 20


def reach(point: str) -> None:
    """Pass a named point; break there if the switch says so."""
    kind = _kind(point)
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), point)
    if kind == "fill":
        _fill(Path(BALLAST))
    if kind == "raise":
        raise RuntimeError(f"{SWITCH} is set")


def _fill(ballast: Path) -> None:
    disk = os.statvfs(ballast.absolute().parent)
    if disk.f_blocks * disk.f_frsize > _SMALL:
        raise RuntimeError(f"{SWITCH} does not fill a disk that is larger than {_SMALL} bytes")
    with ballast.open("ab", buffering=0) as stream:
        for size in (1 << 16, 1 << 10, 1):
            with suppress(OSError):
                while True:
                    stream.write(bytes(size))


def spoilt(point: str) -> bool:
    """Tell whether the rows of this point are to be made wrong."""
    return _kind(point) == "wrong"


def _kind(point: str) -> str | None:
    told = os.environ.get(SWITCH)
    if not told:
        return None
    name, _, kind = told.partition(":")
    return (kind or "kill") if name == point else None
