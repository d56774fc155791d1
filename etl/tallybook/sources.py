"""The sources of a job: what `sources` and each `[[source]]` of tallybook.toml name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from tallybook.fetch.manners import Manners
from tallybook.read import read_paths
from tallybook.read.paths import is_url
from tallybook.read.seen import Seen, Unchanged
from tallybook.records import Article, Rejection

if TYPE_CHECKING:
    from tallybook.config import Config
    from tallybook.fetch.client import Fetcher

_LISTS = ("paths", "urls", "feeds")
_OWN = (*_LISTS, "links", "items", "publisher")
_LIMITS = tuple(f.name for f in fields(Manners))
_LEAST = {"max_mb": 1, "redirects": 0, "retries": 0}
_MOST = {"max_mb": 4096, "redirects": 20, "retries": 10}


@dataclass(frozen=True, slots=True)
class Source:
    """One `[[source]]`: what to read, and how."""

    paths: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    links: bool = False
    """Read the pages that the feeds link to, in place of what the feeds have of them."""
    items: int | None = None
    """Entries of each feed, from its start; None for all."""
    publisher: str | None = None
    """Of the articles that state none."""
    manners: Manners = field(default_factory=Manners)


class SourceError(ValueError):
    """A source or limit that cannot be taken: the key, and what it must be."""


def offered(config: Config, seen: Seen) -> Iterator[Article | Rejection | Unchanged]:
    """Read all sources of a job, one after the other; of files that are as they were, say so."""
    fetcher = make_fetcher(config)
    yield from seen.offer([name for name in config.sources if not is_url(name)])
    yield from read_paths([name for name in config.sources if is_url(name)], None, fetcher)
    for source in config.more:
        yield from seen.offer(source.paths, source.publisher)
        for item in _fetch(source, fetcher):
            if isinstance(item, Article) and item.publisher is None and source.publisher:
                item = replace(item, publisher=source.publisher)
            yield item


def make_seen(config: Config) -> Seen:
    """Give what remembers the files of a job, beside the book."""
    return Seen(config.database.with_name(config.database.name + ".seen"))


def make_fetcher(config: Config) -> Fetcher:
    """Give the fetcher of a job, which keeps what it fetched beside the book."""
    from tallybook.fetch.client import Fetcher

    return Fetcher(config.fetch, config.database.with_name(config.database.name + ".fetched"))


def _fetch(source: Source, fetcher: Fetcher) -> Iterator[Article | Rejection]:
    if source.urls or source.feeds:
        from tallybook.read.web import read_feed_url, read_url

        for url in source.urls:
            yield from read_url(url, fetcher, None, source.manners)
        for url in source.feeds:
            yield from read_feed_url(url, fetcher, source.manners, source.links, source.items)


def parse_source(table: Mapping[str, Any], manners: Manners, pattern: Callable[[str], str]) -> Source:
    """Read one `[[source]]`; `pattern` puts a path in its place. Raises SourceError."""
    for key in table:
        if key not in _OWN and key not in _LIMITS:
            raise SourceError(f"{key} is not known; known are {', '.join((*_OWN, *_LIMITS))}")
    lists = {key: _texts(key, table[key]) for key in _LISTS if key in table}
    if not any(lists.values()):
        raise SourceError("names nothing to read: give paths, urls or feeds")
    for url in (*lists.get("urls", ()), *lists.get("feeds", ())):
        if not url.lower().startswith(("http://", "https://")):
            raise SourceError(f"{url!r} must begin with https:// or http://")
    links, items, publisher = table.get("links", False), table.get("items"), table.get("publisher")
    if not isinstance(links, bool):
        raise SourceError(f"links must be true or false, not {links!r}")
    if items is not None and (not isinstance(items, int) or isinstance(items, bool) or items < 1):
        raise SourceError(f"items must be a whole number from 1, not {items!r}")
    if publisher is not None and (not isinstance(publisher, str) or not publisher.strip()):
        raise SourceError(f"publisher must be a name, not {publisher!r}")
    return Source(
        paths=tuple(pattern(path) for path in lists.get("paths", ())),
        urls=lists.get("urls", ()),
        feeds=lists.get("feeds", ()),
        links=links,
        items=items,
        publisher=publisher,
        manners=parse_manners({k: v for k, v in table.items() if k in _LIMITS}, manners),
    )


def parse_manners(table: Mapping[str, Any], base: Manners) -> Manners:
    """Read limits over those of `base`. Raises SourceError."""
    given: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _LIMITS:
            raise SourceError(f"{key} is not known; known are {', '.join(_LIMITS)}")
        given[key] = _limit(key, value)
    return replace(base, **given)


def _limit(key: str, value: Any) -> Any:
    if key == "user_agent":
        if not isinstance(value, str) or not value.strip() or not (value.isascii() and value.isprintable()):
            raise SourceError(f"user_agent must be a name in ASCII letters, not {value!r}")
        return value.strip()
    if key == "robots":
        if not isinstance(value, bool):
            raise SourceError(f"robots must be true or false, not {value!r}")
        return value
    if key == "private":
        try:
            return tuple(ip_network(text) for text in _texts(key, value))
        except ValueError as error:
            raise SourceError(f"private must be a list of networks such as 10.1.0.0/16: {error}") from None
    if key in _LEAST:
        least, most = _LEAST[key], _MOST[key]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise SourceError(f"{key} must be a whole number from {least} to {most}, not {value!r}")
        return value
    least_time = 0.0 if key == "delay" else 0.1
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not least_time <= value <= 3600:
        raise SourceError(f"{key} must be seconds from {least_time:g} to 3600, not {value!r}")
    return float(value)


def _texts(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v and "\0" not in v for v in value):
        raise SourceError(f"{key} must be a list of texts, not {value!r}")
    return tuple(value)
