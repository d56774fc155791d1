"""Remember which state of a book an export folder has, so that neither is written for nothing.

A job can die between publishing and exporting, and a folder can be named later than the book
was made. So the folder's state is kept beside the book, not in the exports: those have the same
bytes wherever the same articles are.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

_SUFFIX = ".exported"


def is_current(database: Path, directory: Path) -> bool:
    """Tell whether the folder was exported from the book as it is now."""
    return directory.is_dir() and _read(database).get(str(directory.resolve())) == state(database)


def put(database: Path, directory: Path) -> None:
    """Note that the folder was exported from the book as it is now."""
    stamps = {name: state for name, state in _read(database).items() if Path(name).is_dir()}
    stamps[str(directory.resolve())] = state(database)
    path = _path(database)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(json.dumps(stamps, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(unfinished, path)


def _path(database: Path) -> Path:
    return database.with_name(f"{database.name}{_SUFFIX}")


def state(database: Path) -> str:
    """Identify the state of a published book."""
    # A book is replaced, never written in place: another state is another file.
    found = database.stat()
    return f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}"


def _read(database: Path) -> dict[str, str]:
    try:
        stamps = json.loads(_path(database).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # lost or broken, it costs one export
    return {str(k): str(v) for k, v in stamps.items()} if isinstance(stamps, dict) else {}
