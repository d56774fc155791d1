"""RSS and Atom: an article an entry, by feedparser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser

from tallybook.read.fields import is_blank, well_formed
from tallybook.read.html import plain_text
from tallybook.records import Article, Rejection


def read_feed(
    data: bytes, source: str, name: str, published: date | None = None
) -> Iterator[Article | Rejection]:
    """Read the entries of a feed: their full content where they have it, else their summary."""
    feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    if not feed.version and not feed.entries:
        yield Rejection(source, "is no RSS or Atom feed, or cut off: fetch it again")
        return
    publisher = _words(feed.feed.get("title"))
    for place, entry in enumerate(feed.entries, 1):
        text = plain_text(_body(entry))
        if is_blank(text):
            yield Rejection(
                f"{source}:{place}", "has no words but its title: fetch the page that it links to"
            )
            continue
        yield Article(
            name=_words(entry.get("id")) or f"{name}:{place}",
            text=well_formed(text),
            title=_words(plain_text(entry.get("title", ""))),
            published_on=_day(entry.get("published") or entry.get("updated")) or published,
            url=_words(entry.get("link")),
            publisher=publisher,
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
