"""JSON: an article an object, many a file.

The fields are those of `row`. In JSON Lines an article is a line and one bad line is one
rejection; a .json file is one article or a list of them.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

from tallybook.read.fields import ARTICLE_LIMIT, FieldError, limit_message
from tallybook.read.row import article_of
from tallybook.records import Article, Rejection

_CHUNK = 1024 * 1024
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_ARTICLE = "is empty: there is no article to read in it"


def read_lines(
    stream: BinaryIO, source: str, name: str, published: date | None = None
) -> Iterator[Article | Rejection]:
    """Read JSON Lines, holding one line at a time; a line over the limit is skipped, not held."""
    number = 0
    empty = True
    while line := stream.readline(ARTICLE_LIMIT + 1):
        number += 1
        where = f"{source}:{number}"
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
            if line.startswith(_WIDE_MARKS) or b"\x00" in line[:4096]:
                yield Rejection(source, "is not JSON Lines in UTF-8: save it as UTF-8")
                return
        if len(line) > ARTICLE_LIMIT and not line.endswith(b"\n"):
            empty = False
            yield Rejection(where, limit_message("the line"))
            while (line := stream.readline(_CHUNK)) and not line.endswith(b"\n"):
                pass
        elif line.strip():
            empty = False
            yield _parse(line, where, f"{name}:{number}", published)
    if empty:
        yield Rejection(source, _NO_ARTICLE)


def read_json(
    data: bytes, source: str, name: str, published: date | None = None
) -> Iterator[Article | Rejection]:
    """Read one article, or a list of them, whose sources and names then have its place in the list."""
    try:
        value = _loads(data.removeprefix(codecs.BOM_UTF8))
    except FieldError as error:
        hint = "; name it .jsonl if it has one article a line" if "Extra data" in str(error) else ""
        yield Rejection(source, _NO_ARTICLE if not data.strip() else str(error) + hint)
        return
    if not isinstance(value, list):
        yield article_of(value, source, name, published)
        return
    if not value:
        yield Rejection(source, _NO_ARTICLE)
    for place, item in enumerate(value, 1):
        yield article_of(item, f"{source}:{place}", f"{name}:{place}", published)


def _parse(line: bytes, source: str, name: str, published: date | None) -> Article | Rejection:
    try:
        value = _loads(line)
    except FieldError as error:
        return Rejection(source, str(error))
    return article_of(value, source, name, published)


def _loads(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise FieldError(f"is not UTF-8 at byte {error.start}: save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise FieldError(f"is not JSON ({error.msg}, column {error.colno}): correct it") from None
    except (RecursionError, ValueError):
        raise FieldError("is JSON nested too deep, or with a number too long, to be an article") from None
