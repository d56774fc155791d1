"""URLs: what a server gives, read by the reader of its kind; feeds, and the pages they link to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from urllib.parse import unquote, urljoin, urlsplit

from tallybook.fetch.client import Fetched, Fetcher
from tallybook.fetch.manners import FetchError, Manners
from tallybook.read.fields import ARTICLE_LIMIT, limit_message
from tallybook.read.paths import KINDS, Named, suffix_of
from tallybook.records import Article, Rejection

_TYPES = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "application/rdf+xml": "feed",
    "application/json": "json",
    "application/x-ndjson": "lines",
    "application/jsonl": "lines",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/warc": "warc",
    "application/vnd.apache.parquet": "parquet",
    "application/xml": "feed",
    "text/xml": "feed",
}
_NO_ARTICLE = ("image/", "video/", "audio/", "font/", "text/css", "text/javascript", "application/javascript")
_ONE = ("html", "pdf", "text")
"""Kinds of which a URL is one article, whose address it is."""


def read_url(
    url: str, fetcher: Fetcher, published: date | None = None, manners: Manners | None = None
) -> Iterator[Article | Rejection]:
    """Fetch a URL and read what comes, whatever it is."""
    try:
        with fetcher.fetch(url, manners) as found:
            yield from _read(found, published)
    except FetchError as error:
        yield Rejection(url, str(error))


def read_feed_url(
    url: str,
    fetcher: Fetcher,
    manners: Manners | None = None,
    links: bool = False,
    items: int | None = None,
    published: date | None = None,
) -> Iterator[Article | Rejection]:
    """Fetch a feed and read its first `items` entries, or with `links` the pages they lead to.

    With a cache, a page is fetched again only when the feed says something else of it.
    """
    from tallybook.read.feed import article_of_entry, entries

    try:
        with fetcher.fetch(url, manners) as found:
            with found.path.open("rb") as stream:
                data = stream.read(ARTICLE_LIMIT + 1)
            base = found.final
    except FetchError as error:
        yield Rejection(url, str(error))
        return
    if len(data) > ARTICLE_LIMIT:
        yield Rejection(url, limit_message("the feed"))
        return
    for entry in islice(entries(data, url, url), items):
        if isinstance(entry, Rejection):
            yield entry
            continue
        link = _joined(base, entry.link)
        if not links or link is None:
            yield article_of_entry(replace(entry, link=link), url, published)
            continue
        try:
            with fetcher.fetch(link, manners, mark=entry.mark) as page:
                for item in _read(page, entry.day or published):
                    if isinstance(item, Article):
                        title, publisher = item.title or entry.title, item.publisher or entry.publisher
                        item = replace(item, title=title, publisher=publisher)
                    yield item
        except FetchError as error:
            yield Rejection(link, str(error))


def _joined(base: str, link: str | None) -> str | None:
    if link is None:
        return None
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def _read(found: Fetched, published: date | None) -> Iterator[Article | Rejection]:
    from tallybook.read import read_file

    named = _named(found)
    if isinstance(named, Rejection):
        yield named
        return
    item, closely = named
    for read in read_file(item, str(found.path), published, closely):
        if isinstance(read, Article) and read.url is None and item.kind in _ONE:
            read = replace(read, url=found.url)
        yield read


def _named(found: Fetched) -> tuple[Named, bool] | Rejection:
    """Say what a body is: by its media type, else by the name of its URL, else by a look at it."""
    media = found.media_type or ""
    if media.startswith(_NO_ARTICLE):
        return Rejection(found.url, f"is {media}, which is no article: leave it out")
    last = unquote(urlsplit(found.final).path).rpartition("/")[2].replace("\0", "")
    _, suffix, zipped = suffix_of(last) if last.strip(".") else ("", "", False)
    kind = _TYPES.get(media) or (KINDS.get(suffix) if suffix else None)
    if media == "text/plain" and suffix in ("", ".txt", ".md"):
        kind = "text"
    item = Named(
        source=found.url,
        name=found.url,
        path=str(found.path),
        kind=kind or "text",
        zipped=zipped,
        url=found.url,
        charset=found.charset,
    )
    return item, kind is None or (zipped and media in ("application/gzip", "application/x-gzip"))
