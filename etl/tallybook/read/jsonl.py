"""JSON: an article an object, many a file.

The fields are `text`, which must be there, and `id`, `title`, `published_on`, `url`,
`publisher` and `lang`; others are ignored. In JSON Lines an article is a line and one bad
line is one rejection; a .json file is one article or a list of them.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

from tallybook.read.fields import ARTICLE_LIMIT, FieldError, is_blank, limit_message, parse_date, well_formed
from tallybook.read.paths import printable_name
from tallybook.records import Article, Rejection

_CHUNK = 1024 * 1024
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KINDS = {dict: "an object", list: "a list", str: "a string", bool: "true or false", int: "a number"}
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
        yield _article(value, source, name, published)
        return
    if not value:
        yield Rejection(source, _NO_ARTICLE)
    for place, item in enumerate(value, 1):
        yield _article(item, f"{source}:{place}", f"{name}:{place}", published)


def _parse(line: bytes, source: str, name: str, published: date | None) -> Article | Rejection:
    try:
        value = _loads(line)
    except FieldError as error:
        return Rejection(source, str(error))
    return _article(value, source, name, published)


def _loads(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise FieldError(f"is not UTF-8 at byte {error.start}: save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise FieldError(f"is not JSON ({error.msg}, column {error.colno}): correct it") from None
    except (RecursionError, ValueError):
        raise FieldError("is JSON nested too deep, or with a number too long, to be an article") from None


def _article(value: Any, source: str, name: str, published: date | None) -> Article | Rejection:
    try:
        if not isinstance(value, dict):
            raise FieldError(f"is {_kind(value)}, not an object with a `text`: give one object an article")
        if value.get("text") is None:
            raise FieldError("has no `text`: give the article's words in it")
        text = _string(value, "text") or ""
        if is_blank(text):
            raise FieldError("has an empty `text`: give the article's words in it")
        stated = _string(value, "published_on")
        return Article(
            name=_name(value) or printable_name(name),
            text=text,
            title=_string(value, "title"),
            published_on=parse_date("published_on", stated) if stated else published,
            url=_string(value, "url"),
            publisher=_string(value, "publisher"),
            lang=_string(value, "lang"),
        )
    except FieldError as error:
        return Rejection(source, str(error))


def _name(value: dict[str, Any]) -> str | None:
    # Numbers are as common as strings for ids, and mean the same.
    given = value.get("id")
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return _string(value, "id")


def _string(value: dict[str, Any], key: str) -> str | None:
    given = value.get(key)
    if given is None or given == "":
        return None
    if not isinstance(given, str):
        raise FieldError(f"`{key}` is {_kind(given)}, not a string: correct it")
    return well_formed(given)


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "a number" if isinstance(value, float) else "null")
