"""Web pages: the article of a page, without its menus, by trafilatura.

Title, date, publisher and address are the page's own metadata. A date is taken only where the
page states it (metadata, JSON-LD, a `time` element), never guessed from its text.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import trafilatura
from lxml import html as lxml_html
from lxml.etree import ParserError

from tallybook.read.decode import UndecodableError, decode
from tallybook.read.fields import FieldError, is_blank, parse_date, well_formed
from tallybook.records import Article, Rejection

_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:-]+)""", re.I
)
_HEAD = 4096
# A page that says GB2312 has the characters of its supersets as a rule.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252"}
_BLOCKS = (
    *("p", "div", "br", "li", "tr", "article", "section", "blockquote", "table", "ul", "ol"),
    *("td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6"),
)


def read_html(
    data: bytes,
    source: str,
    name: str,
    published: date | None = None,
    charset: str | None = None,
    url: str | None = None,
) -> Article | Rejection:
    """Read a page as one article; `charset` and `url` are what the server said."""
    try:
        page = decode_page(data, charset)
    except UndecodableError as error:
        return Rejection(source, str(error))
    if is_blank(page):
        return Rejection(source, "is empty: there is no article to read in it")
    found: Any = trafilatura.bare_extraction(
        page,
        url=url,
        include_comments=False,
        include_links=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
        with_metadata=True,
    )
    text = (found.text or "") if found is not None else ""
    if found is None or is_blank(text):
        return Rejection(source, "has no article in it that could be told from its menus: give its text")
    return Article(
        name=name,
        text=well_formed(text),
        title=_words(found.title),
        published_on=_day(found.date) or published,
        url=url or _words(found.url),
        publisher=_words(found.sitename) or _words(found.hostname),
    )


def decode_page(data: bytes, charset: str | None = None) -> str:
    """Decode a page: by its byte order mark, by what the server or the page says, or by its looks."""
    stated = _CHARSET.search(data, 0, _HEAD)
    for label in (charset, stated[1].decode("ascii") if stated else None):
        if label is None or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            continue
        name = label.strip().strip("\"'").lower()
        try:
            text = data.decode(_WIDER.get(name, name))
        except (LookupError, UnicodeDecodeError):
            continue  # it says so wrongly: let the bytes speak
        return text
    return decode(data).text


def plain_text(fragment: str) -> str:
    """Give the words of a piece of HTML, a block a line; of plain text itself."""
    if "<" not in fragment and "&" not in fragment:
        return fragment
    try:
        tree = lxml_html.fragment_fromstring(fragment, create_parent="div")
    except (ParserError, ValueError):
        return fragment
    for node in list(tree.iter("script", "style", "template")):
        node.drop_tree()
    for node in tree.iter(*_BLOCKS):
        node.tail = "\n" + (node.tail or "")
        if node.tag not in ("br", "td", "th"):
            node.text = "\n" + (node.text or "")
    lines = (" ".join(line.split()) for line in str(tree.text_content()).splitlines())
    return "\n".join(line for line in lines if line)


def _words(value: str | None) -> str | None:
    return well_formed(value).strip() or None if value else None


def _day(value: str | None) -> date | None:
    try:
        return parse_date("date", value) if value else None
    except FieldError:
        return None
