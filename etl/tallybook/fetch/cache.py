"""What was fetched before: bodies, and what the server said to tell whether they are still so.

A cache and no record: an answer "not modified" gives the same bytes again, so a run sees the same
articles whether or not the run before it came to be published, and whichever book stands there.
It may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One body, and how to ask for it again."""

    url: str
    final: str
    """Where redirects led."""
    body: str
    """Name of its file: the key of the URL and the SHA-256 of the bytes."""
    media_type: str | None = None
    charset: str | None = None
    etag: str | None = None
    modified: str | None = None
    mark: str | None = None
    """What a feed said of the page when it was fetched."""


class Cache:
    """A folder of bodies; each entry is replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sweep(self) -> None:
        """Remove what killed runs left half done a day ago or more."""
        for left in self.folder.glob("tallybook-fetch-*"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > 86400:
                    shutil.rmtree(left)

    def find(self, url: str) -> Entry | None:
        """Give what is held of a URL; what is damaged is not held."""
        try:
            found = json.loads((self.folder / f"{_key(url)}.json").read_bytes())
            entry = Entry(**found)
            with self.path(entry).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except (OSError, ValueError, TypeError):
            return None
        sound = entry.url == url and entry.body == f"{_key(url)}-{digest}.body"
        return entry if sound else None

    def path(self, entry: Entry) -> Path:
        """Give the file of a body."""
        return self.folder / Path(entry.body).name

    def put(self, body: Path, url: str, **told: str | None) -> Entry:
        """Take a body over, and forget the one before it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with body.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        key = _key(url)
        entry = Entry(url=url, body=f"{key}-{digest}.body", **told)  # type: ignore[arg-type]
        os.replace(body, self.path(entry))
        unfinished = self.folder / f"{key}.new"
        unfinished.write_text(json.dumps(asdict(entry)), encoding="utf-8")
        os.replace(unfinished, self.folder / f"{key}.json")
        for old in self.folder.glob(f"{key}-*.body"):
            if old.name != entry.body:
                old.unlink(missing_ok=True)
        return entry

    def drop(self, url: str) -> None:
        """Forget a URL."""
        (self.folder / f"{_key(url)}.json").unlink(missing_ok=True)
        for old in self.folder.glob(f"{_key(url)}-*.body"):
            old.unlink(missing_ok=True)


def _key(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:24]
