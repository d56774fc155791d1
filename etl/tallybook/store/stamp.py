"""Remember which state of a book an export folder has, so that neither is written for nothing.

A job can die between publishing and exporting, and a folder can be named later than the book
was made. So the folder's state is kept beside the book, not in the exports: those have the same
bytes wherever the same articles are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

_SUFFIX = ".exported"


def is_current(database: Path, directory: Path) -> bool:
    """Tell whether the folder was exported from the book as it is now, and has the same files still."""
    if not directory.is_dir() or _of(database, directory).get("book") != state(database):
        return False
    noted = files(database, directory)
    return all(left(directory / name) == note.split()[-2:] for name, note in noted.items())


def left(path: Path) -> list[str] | None:
    """Tell size and time of a file as the notes of an export end with them; None where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [str(found.st_size), str(found.st_mtime_ns)]


def files(database: Path, directory: Path) -> dict[str, str]:
    """Give what the last export noted of each file that it left in the folder."""
    noted = _of(database, directory).get("files")
    return {str(k): str(v) for k, v in noted.items()} if isinstance(noted, dict) else {}


def put(database: Path, directory: Path, files: Mapping[str, str]) -> None:
    """Note that the folder was exported from the book as it is now, and its files."""
    stamps = {name: noted for name, noted in _read(database).items() if Path(name).is_dir()}
    stamps[str(directory.resolve())] = {"book": state(database), "files": dict(files)}
    path = _path(database)
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(stamps, indent=1, sort_keys=True) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(unfinished, path)


def _path(database: Path) -> Path:
    return database.with_name(f"{database.name}{_SUFFIX}")


def state(database: Path) -> str:
    """Identify the state of a published book."""
    # A book is replaced, never written in place: another state is another file.
    found = database.stat()
    return f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}"


def _of(database: Path, directory: Path) -> dict[str, object]:
    noted = _read(database).get(str(directory.resolve()))
    return noted if isinstance(noted, dict) else {}


def _read(database: Path) -> dict[str, object]:
    try:
        stamps = json.loads(_path(database).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # lost or broken, it costs one export
    return {str(k): v for k, v in stamps.items()} if isinstance(stamps, dict) else {}
