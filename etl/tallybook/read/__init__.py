"""Bytes to articles: the first stage.

`read_paths` takes what a person names on a command line or in the configuration and gives
`Article`s, in the order named, and a `Rejection` for everything that is none. It never stops at
bad input and holds one article at a time. On standard input, text that begins with `{` is JSON
Lines, any other is one article.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from tallybook.read.fields import ARTICLE_LIMIT, limit_message
from tallybook.read.jsonl import read_json, read_lines
from tallybook.read.paths import JSON_SUFFIXES, LINE_SUFFIXES, Named, expand, printable_name
from tallybook.read.text import read_text
from tallybook.records import Article, Rejection

__all__ = ["ARTICLE_LIMIT", "read_paths"]


def read_paths(paths: Sequence[str], published: date | None = None) -> Iterator[Article | Rejection]:
    """Read files, folders, globs and `-` for standard input.

    `published` is the publication date of the articles that state none themselves. A file that
    is named twice is read once.
    """
    for item in expand(paths):
        if isinstance(item, Rejection):
            yield item
        elif item.path is None:
            yield from _read_stdin(item, published)
        else:
            yield from _read_file(item, item.path, published)


def _read_file(item: Named, path: str, published: date | None) -> Iterator[Article | Rejection]:
    try:
        with Path(path).open("rb") as stream:
            yield from _read_stream(stream, item, Path(path).suffix.lower(), published)
    except OSError as error:
        reason = error.strerror or str(error)
        yield Rejection(item.source, f"cannot be read ({reason}): check the path and its rights")


def _read_stdin(item: Named, published: date | None) -> Iterator[Article | Rejection]:
    if sys.stdin is None:
        yield Rejection(item.source, "standard input is closed: give it an article or name a file")
        return
    raw: Any = sys.stdin.buffer
    stream = io.BufferedReader(raw)
    start = stream.peek(256)[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        yield from _read_stream(stream, item, ".jsonl" if start.startswith(b"{") else ".txt", published)
    finally:
        stream.detach()


def _read_stream(
    stream: BinaryIO, item: Named, suffix: str, published: date | None
) -> Iterator[Article | Rejection]:
    if suffix in LINE_SUFFIXES:
        yield from read_lines(stream, item.source, item.name, published)
        return
    data = stream.read(ARTICLE_LIMIT + 1)
    if len(data) > ARTICLE_LIMIT:
        yield Rejection(item.source, limit_message("the file"))
    elif suffix in JSON_SUFFIXES:
        yield from read_json(data, item.source, item.name, published)
    else:
        yield read_text(data, item.source, printable_name(item.name), published)
