"""An article from named fields: an object of JSON, a row of CSV, of Parquet.

The fields are `text`, which must be there, and `id`, `title`, `published_on`, `url`,
`publisher` and `lang`; others are ignored.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tallybook.read.fields import FieldError, is_blank, parse_date, well_formed
from tallybook.read.paths import printable_name
from tallybook.records import Article, Rejection

FIELDS = ("id", "title", "text", "published_on", "url", "publisher", "lang")
_KINDS = {dict: "an object", list: "a list", str: "a string", bool: "true or false", int: "a number"}


def article_of(value: Any, source: str, name: str, published: date | None) -> Article | Rejection:
    """Make an article of a mapping of fields; `name` is for one without an `id`."""
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
