"""Bytes to articles: the first stage.

`read_paths` takes what a person names on a command line or in the configuration and gives
`Article`s, in the order named, and a `Rejection` for everything that is none. It never stops at
bad input and holds one article at a time. What a file is, its suffix says; standard input, and a
file without a suffix, are looked at instead.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from tallybook.read.fields import ARTICLE_LIMIT, limit_message
from tallybook.read.jsonl import read_json, read_lines
from tallybook.read.paths import Named, expand, printable_name
from tallybook.read.text import read_text
from tallybook.records import Article, Rejection

if TYPE_CHECKING:
    from tallybook.fetch.client import Fetcher

__all__ = ["ARTICLE_LIMIT", "read_file", "read_named", "read_paths"]

_PDF_LIMIT = 16 * ARTICLE_LIMIT
"""A page of a newspaper has pictures."""
_LOOK = 512
_MAGIC = ((b"%PDF-", "pdf"), (b"WARC/", "warc"), (b"PAR1", "parquet"))
_GZIP = b"\x1f\x8b"


def read_paths(
    paths: Sequence[str], published: date | None = None, fetcher: Fetcher | None = None
) -> Iterator[Article | Rejection]:
    """Read files, folders, globs, URLs and `-` for standard input.

    `published` is the publication date of the articles that state none themselves. A file that
    is named twice is read once. URLs are fetched with the default manners where no fetcher is given.
    """
    for item in expand(paths):
        if isinstance(item, Rejection):
            yield item
        elif item.url is not None:
            from tallybook.read.web import read_url

            if fetcher is None:
                from tallybook.fetch.client import Fetcher

                fetcher = Fetcher()
            yield from read_url(item.url, fetcher, published)
        else:
            yield from read_named(item, published)


def read_named(item: Named, published: date | None = None) -> Iterator[Article | Rejection]:
    """Read one file, or standard input."""
    if item.path is None:
        yield from _read_stdin(item, published)
    else:
        yield from read_file(item, item.path, published, closely=Path(item.path).suffix == "")


def read_file(
    item: Named, path: str, published: date | None, closely: bool = False
) -> Iterator[Article | Rejection]:
    """Read one file; `closely` asks its first bytes what it is."""
    try:
        with Path(path).open("rb") as stream:
            yield from _read_stream(_looked(stream, item, closely), published)
    except OSError as error:
        reason = error.strerror or str(error)
        yield Rejection(item.source, f"cannot be read ({reason}): check the path and its rights")


def _read_stdin(item: Named, published: date | None) -> Iterator[Article | Rejection]:
    if sys.stdin is None:
        yield Rejection(item.source, "standard input is closed: give it an article or name a file")
        return
    raw: Any = sys.stdin.buffer
    stream = io.BufferedReader(raw)
    try:
        yield from _read_stream(_looked(stream, item, True), published)
    finally:
        stream.detach()


def _looked(stream: BinaryIO, item: Named, closely: bool) -> tuple[BinaryIO, Named]:
    """Tell by its first bytes what a stream is, where its name does not say, or says it wrongly."""
    start = cast("io.BufferedReader", stream).peek(_LOOK)[:_LOOK].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_GZIP) and (closely or item.zipped) and item.kind != "warc":
        item = replace(item, zipped=True)
        unzipped = io.BufferedReader(cast("Any", gzip.GzipFile(fileobj=stream)))
        return _looked(unzipped, item, closely) if closely else (unzipped, item)
    kind = next((kind for magic, kind in _MAGIC if start.startswith(magic)), None)
    if kind is None and closely:
        low = start.lower()
        if low.startswith((b"<!doctype html", b"<html")):
            kind = "html"
        elif low.startswith((b"<?xml", b"<rss", b"<feed")) and re.search(rb"<(?:rss|feed|rdf)", low):
            kind = "feed"
        elif low.startswith(b"{") and item.path is None:
            kind = "lines"
    if kind and (closely or item.kind in ("text", "html")):
        item = replace(item, kind=kind)
    return stream, item


def _read_stream(looked: tuple[BinaryIO, Named], published: date | None) -> Iterator[Article | Rejection]:
    stream, item = looked
    try:
        yield from _read(stream, item, published)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield Rejection(item.source, "is no gzip file, or cut off: compress it again")


def _read(stream: BinaryIO, item: Named, published: date | None) -> Iterator[Article | Rejection]:
    source, name, kind = item.source, printable_name(item.name), item.kind
    # The readers of other kinds bring large libraries: they are loaded when one is met.
    if kind == "lines":
        yield from read_lines(stream, source, item.name, published)
    elif kind == "csv":
        from tallybook.read.table import read_csv

        yield from read_csv(stream, source, name, published)
    elif kind == "warc":
        from tallybook.read.warc import read_warc

        yield from read_warc(stream, source, name, published)
    elif kind == "parquet":
        if item.zipped or item.path is None:
            yield Rejection(source, "is Parquet in a stream, which is read from its end: give it as a file")
            return
        from tallybook.read.table import read_parquet

        yield from read_parquet(stream, source, name, published)
    else:
        yield from _read_whole(stream, item, name, published)


def _read_whole(
    stream: BinaryIO, item: Named, name: str, published: date | None
) -> Iterator[Article | Rejection]:
    limit = _PDF_LIMIT if item.kind == "pdf" else ARTICLE_LIMIT
    if item.path is not None and not item.zipped and os.path.getsize(item.path) > limit:
        yield Rejection(item.source, limit_message("the file", limit))
        return
    data = stream.read(limit + 1)
    if len(data) > limit:
        yield Rejection(item.source, limit_message("the file", limit))
    elif item.kind == "json":
        yield from read_json(data, item.source, item.name, published)
    elif item.kind == "html":
        from tallybook.read.html import read_html

        yield read_html(data, item.source, name, published, item.charset, item.url)
    elif item.kind == "pdf":
        from tallybook.read.pdf import read_pdf

        yield read_pdf(data, item.source, name, published)
    elif item.kind == "feed":
        from tallybook.read.feed import read_feed

        yield from read_feed(data, item.source, name, published)
    else:
        yield read_text(data, item.source, name, published)
