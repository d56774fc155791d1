"""What a person names, as files: folders walked, globs matched, doubles left out."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tallybook.records import Rejection

KINDS = {
    "": "text",
    ".txt": "text",
    ".md": "text",
    ".json": "json",
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "feed",
}
"""What a file is read as, by its suffix; any of them may end in .gz."""
# A folder's .md and suffixless files are read-mes, licences and makefiles, its .xml may be anything;
# named, they are articles.
_WALKED = tuple(suffix for suffix in KINDS if suffix not in ("", ".md", ".xml"))
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Named:
    """A file to read: how to call it in messages, its articles' name, and its path (None: stdin)."""

    source: str
    name: str
    path: str | None
    kind: str = "text"
    """One of KINDS."""
    zipped: bool = False
    url: str | None = None
    """Where it was fetched from, or is to be."""
    charset: str | None = None
    """What the server said of a page."""
    stat: os.stat_result | None = field(default=None, compare=False, repr=False)
    """What the file system said of a file that was found in a folder."""


def expand(paths: Sequence[str]) -> Iterator[Named | Rejection]:
    """Give each file that the paths name, once, folders and globs in the order of file names."""
    seen: set[str] = set()
    for path in paths:
        for found in _expand_one(path):
            key = found.source if isinstance(found, Rejection) or found.url else _place(found)
            if key not in seen:
                seen.add(key)
                yield found


def is_url(path: str) -> bool:
    """True for what has a scheme, be it one that is fetched or not."""
    return _URL.match(str(path)) is not None  # callers may have Paths


def _place(found: Named) -> str:
    return os.path.normpath(found.path or "-")


def printable_name(name: str) -> str:
    """Make a name that any encoding can hold: bytes of a file name that are no UTF-8 become U+FFFD."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "replace")


def _expand_one(path: str) -> Iterator[Named | Rejection]:
    if path == "-":
        yield Named("-", "stdin", None)
    elif is_url(path):
        yield Named(path, path, None, url=path)
    elif os.path.isdir(path):
        yield from _walk(path)
    elif not os.path.lexists(path) and glob.has_magic(path):
        matches = sorted(glob.glob(path, recursive=True))
        if not matches:
            yield Rejection(printable_name(path), "matches no file: check the pattern")
        for match in matches:
            yield from _walk(match) if os.path.isdir(match) else iter((_file(match),))
    else:
        yield _file(path)


def _file(path: str) -> Named | Rejection:
    source = printable_name(path)
    if not os.path.exists(path):
        return Rejection(source, "there is no such file: check the path")
    name, suffix, zipped = suffix_of(path)
    if suffix not in KINDS:
        known = ", ".join(suffix for suffix in KINDS if suffix)
        return Rejection(source, f"{printable_name(suffix)} files are not read: give one of {known}")
    return Named(source, name, path, KINDS[suffix], zipped)


def suffix_of(path: str) -> tuple[str, str, bool]:
    """Part a file's name into its stem, its suffix, and whether .gz follows it."""
    name = os.path.basename(path)
    zipped = name.lower().endswith(".gz") and len(name) > 3
    if zipped:
        name = name[:-3]
    stem, suffix = os.path.splitext(name)
    return (name, "", zipped) if suffix == "." else (stem, suffix.lower(), zipped)


def _walk(folder: str) -> Iterator[Named | Rejection]:
    found: list[Named | Rejection] = []

    def unreadable(error: OSError) -> None:
        found.append(
            Rejection(
                printable_name(error.filename or folder),
                f"cannot be listed ({error.strerror}): check the folder's rights",
            )
        )

    # Links to folders are not followed: they may lead in a circle.
    for base, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.startswith("."):
                continue
            stem, suffix, zipped = suffix_of(name)
            if suffix not in _WALKED:
                continue
            path = os.path.join(base, name)
            try:
                seen = os.stat(path)
            except OSError:
                found.append(_file(path))  # tells why not
                continue
            # A pipe or device found by chance would keep the job waiting for ever.
            if stat.S_ISREG(seen.st_mode):
                found.append(Named(printable_name(path), stem, path, KINDS[suffix], zipped, stat=seen))
    if not found:
        yield Rejection(printable_name(folder), f"has nothing to read: no {', '.join(_WALKED)} file in it")
    yield from sorted(found, key=lambda item: item.source)
