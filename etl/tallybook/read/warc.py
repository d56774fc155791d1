"""WARC: the pages of a web archive, by warcio; plain or compressed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from tallybook.read.fields import ARTICLE_LIMIT, limit_message
from tallybook.read.html import read_html
from tallybook.read.pdf import read_pdf
from tallybook.read.text import read_text
from tallybook.records import Article, Rejection

_HTML = ("text/html", "application/xhtml+xml")


def read_warc(
    stream: BinaryIO, source: str, name: str, published: date | None = None
) -> Iterator[Article | Rejection]:
    """Read the answers of an archive that are pages, PDF or plain text; its other records are no articles.

    The day of the crawl is not the day of publication, and is not taken for it.
    """
    place = 0
    seen = False
    try:
        for record in ArchiveIterator(stream):
            seen = True
            if record.rec_type != "response" or record.http_headers is None:
                continue
            kind, charset = _kind(record.http_headers.get_header("Content-Type") or "")
            if record.http_headers.get_statuscode() != "200" or kind not in (
                *_HTML,
                "application/pdf",
                "text/plain",
            ):
                continue
            place += 1
            url = record.rec_headers.get_header("WARC-Target-URI")
            where, called = f"{source}:{place}", f"{name}:{place}"
            data = record.content_stream().read(ARTICLE_LIMIT + 1)
            # What a record says is left of it when its file has ended.
            if len(data) <= ARTICLE_LIMIT and getattr(record.raw_stream, "limit", 0) > 0:
                yield Rejection(where, f"is cut off in the page {url}: fetch the archive again")
                return
            if len(data) > ARTICLE_LIMIT:
                yield Rejection(where, limit_message(f"the page {url}"))
            elif kind in _HTML:
                yield read_html(data, where, called, published, charset, url)
            elif kind == "application/pdf":
                yield read_pdf(data, where, called, published)
            else:
                yield read_text(data, where, called, published)
    except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()
        told = f" ({reason[0][:120]})" if reason else ""
        yield Rejection(
            source, f"is no WARC that can be read, or cut off behind page {place}{told}: fetch it again"
        )
        return
    if not seen:
        yield Rejection(source, "is empty: there is no article to read in it")


def _kind(header: str) -> tuple[str, str | None]:
    kind, _, rest = header.partition(";")
    _, found, charset = rest.lower().partition("charset=")
    return kind.strip().lower(), charset.strip().strip("\"'") if found else None
