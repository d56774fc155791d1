"""Plain text: one article a file, with an optional header.

A file whose first line is `title:`, `published_on:`, `publisher:`, `url:` or `lang:` begins with
a header of such lines; a blank line or `---` ends it, and the article's text begins on the next
line. Any other file is text from its first character on. Put a blank line first where a text
of its own begins with such a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from tallybook.read.decode import UndecodableError, decode
from tallybook.read.fields import FieldError, is_blank, parse_date
from tallybook.records import Article, Rejection

_KEYS = ("title", "published_on", "publisher", "url", "lang")
_FIELD = re.compile(rf"(?i)({'|'.join(_KEYS)})[ \t]*[:：](.*)")


@dataclass(slots=True)
class _Header:
    body: int = 0
    values: dict[str, str] = field(default_factory=dict)


def read_text(data: bytes, source: str, name: str, published: date | None = None) -> Article | Rejection:
    """Read the bytes of a text file as one article; line ends stay as they are."""
    try:
        text = decode(data).text
        header = _header(text)
        body = text[header.body :]
        if is_blank(body):
            return Rejection(source, "is empty: there is no article to read in it")
        stated = header.values.get("published_on")
        return Article(
            name=name,
            text=body,
            title=header.values.get("title"),
            published_on=parse_date("published_on", stated) if stated else published,
            url=header.values.get("url"),
            publisher=header.values.get("publisher"),
            lang=header.values.get("lang"),
        )
    except (UndecodableError, FieldError) as error:
        return Rejection(source, str(error))


def _header(text: str) -> _Header:
    header = _Header()
    if not _FIELD.match(text):
        return header
    # Not splitlines(): it also breaks at characters that stand inside a line, such as U+2028.
    for number, line in enumerate(re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|\Z)", text), 1):
        words = line[0].strip()
        if not words or set(words) == {"-"}:
            header.body = line.end()
            return header
        found = _FIELD.fullmatch(words)
        if not found:
            raise FieldError(
                f"line {number} of its header is none of {', '.join(f'`{key}:`' for key in _KEYS)}:"
                " end the header with a blank line, or begin the file with one if it has none"
            )
        if value := found[2].strip():
            header.values[found[1].lower()] = value
    return header
