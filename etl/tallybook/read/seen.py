"""Remember which files were read, so that noticing that nothing changed costs a look at each, no reading.

Of a file that gave articles and no rejection it keeps what the file system says of it, and the keys
and names of its articles. It is a cache and no record: the book is asked whether it has them, and
where the cache is lost, broken or of another version of the readers, the files are read again.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tallybook.read import read_named
from tallybook.read.paths import Named, expand
from tallybook.records import Article, Rejection

_TABLES = """
    create table if not exists about (version text, book text);
    create table if not exists file (
        path blob, publisher text, state text, articles integer, primary key (path, publisher)
    ) without rowid;
    create table if not exists article (path blob, publisher text, article_id text, name text);
    create index if not exists article_of on article (path, publisher);
"""
_RACY = 2.0
"""Seconds in which a file may be written again without the file system's clock showing it."""
_Key = tuple[bytes, str]
"""The absolute path (bytes: a name need be no text), and the publisher of articles that state none."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file that is as it was when it was read last, and how many articles it gave then."""

    key: _Key
    articles: int
    file: Named


class Seen:
    """The files that earlier runs read, in a file beside the book.

    The caller holds the lock of the book from the first look to `save`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: dict[_Key, tuple[str, int]] | None = None
        self._book: str | None = None
        self._read: dict[_Key, tuple[str, list[tuple[str, str]]]] = {}
        self._met: set[_Key] = set()

    def offer(
        self, paths: Sequence[str], publisher: str | None = None
    ) -> Iterator[Article | Rejection | Unchanged]:
        """Read files, folders and globs; of a file that is as it was, say so. URLs are not for here.

        `publisher` is that of the articles that state none.
        """
        files = self._known()
        for item in expand(paths):
            if isinstance(item, Rejection) or item.path is None:
                yield from [item] if isinstance(item, Rejection) else _of(item, publisher)
                continue
            key = (os.fsencode(os.path.abspath(item.path)), publisher or "")
            state = _state(item.path, item.stat)
            known = files.get(key)
            if known is not None and state is not None and known[0] == state:
                self._met.add(key)
                yield Unchanged(key, known[1], item)
            else:
                yield from self._reading(item, key, state)

    def again(self, unchanged: Unchanged) -> Iterator[Article | Rejection]:
        """Read a file after all: the book does not have what it gave."""
        self._met.discard(unchanged.key)
        yield from self._reading(unchanged.file, unchanged.key, _state(unchanged.file.path or ""))

    def articles(self, files: Sequence[Unchanged]) -> dict[_Key, list[tuple[str, str]]]:
        """Give the keys and names of the articles that unchanged files had."""
        wanted = {item.key for item in files}
        found: dict[_Key, list[tuple[str, str]]] = {key: [] for key in wanted}
        with self._open() as con:
            for path, publisher, article_id, name in con.execute("select * from article"):
                if (path, publisher) in wanted:
                    found[path, publisher].append((article_id, name))
        return found

    def is_of(self, book: str | None) -> bool:
        """Tell whether all that is remembered was seen to be in this state of the book."""
        self._known()
        return book is not None and self._book == book

    def newly_read(self) -> list[str]:
        """Give the keys of the articles of the files that this run read."""
        return [article_id for _, had in self._read.values() for article_id, _ in had]

    def save(self, book: str, before: str | None, held: Mapping[str, str]) -> None:
        """Keep what was read in this run, where the book holds it.

        `book` is the book's state now, `before` what it was when the run began, `held` the names that
        it has of the newly read articles.
        """
        files = self._known()
        self._read = {
            key: (state, had)
            for key, (state, had) in self._read.items()
            if all(article in held and held[article] <= name for article, name in had)
        }
        # Of a book that another command changed, only what was looked up is known to be in it.
        certain = self.is_of(before)
        unmet = files.keys() - self._met - self._read.keys()
        gone = [key for key in unmet if not certain or not os.path.exists(key[0])]
        if not self._read and not gone and self._book == book:
            return
        with suppress(sqlite3.Error), self._open() as con:
            con.execute("begin immediate")
            changed = [*gone, *self._read]
            con.executemany("delete from file where path = ? and publisher = ?", changed)
            con.executemany("delete from article where path = ? and publisher = ?", changed)
            con.executemany(
                "insert into file values (?, ?, ?, ?)",
                [(*key, state, len(had)) for key, (state, had) in self._read.items()],
            )
            con.executemany(
                "insert into article values (?, ?, ?, ?)",
                [(*key, *article) for key, (_, had) in self._read.items() for article in had],
            )
            con.execute("delete from about")
            con.execute("insert into about values (?, ?)", [version(), book])
            con.execute("commit")

    def _reading(self, item: Named, key: _Key, state: str | None) -> Iterator[Article | Rejection]:
        begun = time.time()
        had: list[tuple[str, str]] = []
        whole = state is not None
        for article in _of(item, key[1]):
            whole = whole and isinstance(article, Article)
            if isinstance(article, Article) and whole:
                had.append((article.article_id, article.name))
            yield article
        # Written while it was read, or just before: the same state may stand for other bytes.
        if whole and state == _state(item.path or "") and _changed(item.path or "") < begun - _RACY:
            self._read[key] = (str(state), had)

    def _known(self) -> dict[_Key, tuple[str, int]]:
        if self._files is None:
            self._files = {}
            if not self._path.exists():
                return self._files
            try:
                with self._open() as con:
                    about = con.execute("select version, book from about").fetchone()
                    if about is None or about[0] != version():
                        con.executescript("delete from file; delete from article; delete from about;")
                    else:
                        self._book = about[1]
                        rows = con.execute("select path, publisher, state, articles from file")
                        self._files = {(row[0], row[1]): (row[2], row[3]) for row in rows}
            except sqlite3.Error:
                # Cut off, or of somebody else: it costs one reading.
                self._files = {}
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)
        return self._files

    def _open(self) -> _Closing:
        return _Closing(self._path)


class _Closing:
    """A connection that is closed behind its block; sqlite3's own block only commits."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        self._con = sqlite3.connect(self._path, isolation_level=None)
        self._con.executescript(_TABLES)
        return self._con

    def __exit__(self, *error: object) -> None:
        self._con.close()


@cache
def version() -> str:
    """Identify the readers: other ones may find other articles in the same file."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _of(item: Named, publisher: str | None) -> Iterator[Article | Rejection]:
    for article in read_named(item):
        if isinstance(article, Article) and article.publisher is None and publisher:
            article = replace(article, publisher=publisher)
        yield article


def _state(path: str, found: os.stat_result | None = None) -> str | None:
    if found is None:
        try:
            found = os.stat(path)
        except OSError:
            return None
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino} {found.st_dev}"


def _changed(path: str) -> float:
    found = os.stat(path)
    return max(found.st_mtime, found.st_ctime)
