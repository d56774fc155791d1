"""What the readers share: an article's fields, checked, and the limit on its size."""

from __future__ import annotations

import re
from datetime import date, datetime

ARTICLE_LIMIT = 16 * 1024 * 1024
"""Bytes of one article, as a file or as a line of JSON Lines; five hundred newspaper pages."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class FieldError(ValueError):
    """A field that cannot be taken; the message says why and what to give."""


def limit_message(what: str, limit: int = ARTICLE_LIMIT) -> str:
    """Say that something is too large to be one article."""
    return f"{what} is over {limit // 1024 // 1024} MiB, more than one article: split it"


def well_formed(text: str) -> str:
    r"""Replace lone surrogates by U+FFFD: JSON can spell them (\ud800), but no encoding holds them."""
    return _SURROGATE.sub("\ufffd", text)


def is_blank(text: str) -> bool:
    """True for a text with nothing to see in it."""
    return not text.strip("\ufeff\u200b\u2060 \t\r\n\f\v\u00a0\u3000") or not text.strip()


def parse_date(key: str, value: str) -> date:
    """Read an ISO 8601 date, or the date of a timestamp, as its own time zone has it."""
    text = value.strip()
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise FieldError(f"{key} {value!r} is not a date of the calendar: give YYYY-MM-DD") from None
