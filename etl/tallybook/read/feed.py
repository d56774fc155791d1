"""RSS and Atom: an article an entry, by feedparser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser

from tallybook.read.fields import is_blank, well_formed
from tallybook.read.html import plain_text
from tallybook.records import Article, Rejection


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed; `text` is what the feed itself has of the article."""

    place: int
    name: str
    text: str
    title: str | None
    day: date | None
    link: str | None
    publisher: str | None
    mark: str
    """Changes when the feed says something else of the article."""


def read_feed(
    data: bytes, source: str, name: str, published: date | None = None
) -> Iterator[Article | Rejection]:
    """Read the entries of a feed: their full content where they have it, else their summary."""
    for entry in entries(data, source, name):
        yield entry if isinstance(entry, Rejection) else article_of_entry(entry, source, published)


def article_of_entry(entry: Entry, source: str, published: date | None) -> Article | Rejection:
    """Make an article of what the feed has."""
    if is_blank(entry.text):
        return Rejection(
            f"{source}:{entry.place}",
            "has no words but its title: fetch the page that it links to, or set links = true for the feed",
        )
    return Article(
        name=entry.name,
        text=entry.text,
        title=entry.title,
        published_on=entry.day or published,
        url=entry.link,
        publisher=entry.publisher,
    )


def entries(data: bytes, source: str, name: str) -> Iterator[Entry | Rejection]:
    """Give the entries of a feed in its order."""
    feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    if not feed.version and not feed.entries:
        yield Rejection(source, "is no RSS or Atom feed, or cut off: fetch it again")
        return
    publisher = _words(feed.feed.get("title"))
    for place, entry in enumerate(feed.entries, 1):
        stated = entry.get("published") or entry.get("updated")
        text = well_formed(plain_text(_body(entry)))
        # Asked for by name, feedparser gives one date for the other, with a warning.
        said = "\n".join(str(dict.get(entry, key)) for key in ("published", "updated", "title")) + text
        yield Entry(
            place=place,
            name=_words(entry.get("id")) or f"{name}:{place}",
            text=text,
            title=_words(plain_text(entry.get("title", ""))),
            day=_day(stated),
            link=_words(entry.get("link")),
            publisher=publisher,
            mark=hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16],
        )
    if not feed.entries:
        yield Rejection(source, "is a feed without entries: there is no article to read in it")


def _body(entry: Any) -> str:
    contents: list[str] = [content.get("value", "") for content in entry.get("content", [])]
    return max([*contents, str(entry.get("summary", ""))], key=len)


def _words(value: str | None) -> str | None:
    return well_formed(value).strip() or None if value else None


def _day(stated: str | None) -> date | None:
    """Give the date as the feed's own time zone has it: an evening in Peking is no earlier day."""
    if not stated:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return read(stated.strip()).date()
        except ValueError:
            continue
    return None
