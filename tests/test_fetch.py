"""The fetcher against a real server that misbehaves."""

from __future__ import annotations

import socket
import tracemalloc
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from rudeserver import PAGE, STORY, Server, bomb, drips, endless, hangs, says, serving
from tallybook.fetch.address import is_public
from tallybook.fetch.client import Fetcher
from tallybook.fetch.manners import FetchError, Manners
from tallybook.fetch.robots import parse
from tallybook.read import read_paths
from tallybook.read.web import read_feed_url, read_url
from tallybook.records import Article, Rejection

HOME = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
POLITE = Manners(
    user_agent="tallybook-test/1",
    connect_timeout=2,
    read_timeout=0.3,
    total_timeout=20,
    max_mb=1,
    retries=0,
    delay=0,
    private=HOME,
)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


class Naps:
    """A sleep that only takes notes."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def fetcher(cache: Path | None = None, sleep: Naps | None = None, **limits: object) -> Fetcher:
    manners = Manners(**{f: getattr(POLITE, f) for f in POLITE.__slots__} | limits)  # type: ignore[arg-type]
    return Fetcher(manners, cache, sleep or Naps())


def body(found: Fetcher, url: str) -> bytes:
    with found.fetch(url) as got:
        return got.path.read_bytes()


def refused(found: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught, found.fetch(url):
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


def article(items: Iterator[Article | Rejection]) -> Article:
    (item,) = items
    assert isinstance(item, Article), item
    return item


# What a good server gives


def test_a_page_is_read_as_an_article_of_its_address(server: Server) -> None:
    url = server.give("/news/1", PAGE, "text/html; charset=utf-8")
    found = article(read_url(url, fetcher()))
    assert STORY in found.text
    assert found.url == url
    assert found.name == url
    assert found.title == "Khorgos trains"
    assert str(found.published_on) == "2025-04-24"
    assert server.headers[-1]["user-agent"] == "tallybook-test/1"


@pytest.mark.parametrize(
    ("path", "media_type", "data", "count"),
    [
        ("/a", "text/plain", STORY.encode(), 1),
        ("/a.csv", "text/plain", b"id,text\na,612 trains\nb,613 trains\n", 2),
        ("/a", "text/csv", b"id,text\na,612 trains\n", 1),
        ("/a.jsonl", "application/octet-stream", b'{"text":"1"}\n{"text":"2"}\n', 2),
        ("/a", "application/json", b'[{"text":"1"},{"text":"2"},{"text":"3"}]', 3),
        ("/a", "application/octet-stream", PAGE.encode(), 1),
        ("/a?x=1", "", PAGE.encode(), 1),
    ],
)
def test_a_kind_is_told_by_type_then_name_then_looks(
    path: str, media_type: str, data: bytes, count: int, server: Server
) -> None:
    items = list(read_url(server.give(path, data, media_type), fetcher()))
    assert [type(item) for item in items] == [Article] * count


def test_a_picture_is_no_article(server: Server) -> None:
    (item,) = read_url(server.give("/a.png", b"\x89PNG", "image/png"), fetcher())
    assert isinstance(item, Rejection)
    assert "is image/png, which is no article" in item.message


def test_a_packed_answer_is_unpacked(server: Server) -> None:
    import gzip

    url = server.give("/a", gzip.compress(PAGE.encode()), Content_Encoding="gzip")
    assert STORY in article(read_url(url, fetcher())).text


@pytest.mark.parametrize("charset", ["gb18030", "big5", "utf-8"])
def test_a_wrong_charset_in_the_header(charset: str, server: Server) -> None:
    story = "霍爾果斯口岸通行中歐班列4200列，同比增長百分之八，貨運量610萬噸。"
    page = f"<html><body><article><p>{story}</p><p>{story}</p></article></body></html>"
    data = page.encode("gb18030" if charset == "utf-8" else charset)
    url = server.give("/a", data, "text/html; charset=utf-8")
    assert "中歐班列4200列" in article(read_url(url, fetcher())).text


def test_a_name_in_other_letters_is_asked_for_in_ascii(server: Server) -> None:
    server.give("/%E6%96%B0%E9%97%BB?q=%D1%80", "612 trains", "text/plain")
    assert article(read_url(server.url("/新闻?q=р#part"), fetcher())).text == "612 trains"


# What a bad one gives


def test_one_that_hangs(server: Server) -> None:
    assert "sent nothing for 0.3 seconds" in refused(fetcher(), server.act("/", hangs(server)))


@pytest.mark.parametrize("head", [False, True], ids=["body", "head"])
def test_one_that_drips(head: bool, server: Server) -> None:
    url = server.act("/", drips(server, head))
    assert "was not through after 1 seconds" in refused(fetcher(total_timeout=1), url)


def test_a_body_without_end(server: Server) -> None:
    url = server.act("/", endless(server))
    assert "is over 1 MiB" in refused(fetcher(), url)


def test_a_body_whose_length_is_told_is_refused_before_it_comes(server: Server) -> None:
    url = server.act("/", says(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"))
    assert "is over 1 MiB" in refused(fetcher(), url)


def test_a_gzip_bomb(server: Server) -> None:
    url = server.give("/", bomb(200), Content_Encoding="gzip")
    tracemalloc.start()
    try:
        assert "is over 1 MiB" in refused(fetcher(), url)
        assert tracemalloc.get_traced_memory()[1] < 20 * 1024**2
    finally:
        tracemalloc.stop()


def test_gzip_that_is_none(server: Server) -> None:
    url = server.give("/", b"612 trains", Content_Encoding="gzip")
    assert "not packed as its Content-Encoding says" in refused(fetcher(), url)


def test_a_redirect_in_a_circle(server: Server) -> None:
    server.give("/b", "", status=302, Location="/a")
    url = server.give("/a", "", status=301, Location="/b")
    assert "redirects more than 5 times" in refused(fetcher(), url)
    assert server.asked_for("/a") + server.asked_for("/b") == 6


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("file:///etc/passwd", "redirects to an address that begins with file: and is not fetched"),
        ("ftp://127.0.0.1/a", "begins with ftp:"),
        ("http://169.254.169.254/latest/meta-data/", "is at 169.254.169.254, which is no public address"),
        ("http://[::ffff:10.0.0.1]/", "is no public address"),
        ("http://user:secret@127.0.0.1/", "has a user's name in it"),
        ("http://127.0.0.1:99999/", "cannot be understood"),
    ],
)
def test_a_redirect_to_where_nobody_should_go(where: str, words: str, server: Server) -> None:
    message = refused(fetcher(), server.give("/a", "", status=302, Location=where))
    assert words in message
    assert "secret" not in message


def test_a_redirect_is_followed_and_the_page_keeps_the_address_that_was_asked(server: Server) -> None:
    server.give("/new", PAGE)
    url = server.give("/old", "", status=301, Location="/new")
    assert article(read_url(url, fetcher())).url == url


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n612 trains",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n612 trains\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n612 trains",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n612\r\n",
        b"this is no HTTP at all\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n",
    ],
    ids=["short", "chunk-size", "chunk-cut", "no-last-chunk", "no-http", "nothing", "thousand-headers"],
)
def test_answers_that_break_off_or_break_the_rules(raw: bytes, server: Server) -> None:
    assert "broke off" in refused(fetcher(), server.act("/", says(raw)))


def test_a_connection_that_is_reset(server: Server) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n612"
    assert "broke off" in refused(fetcher(), server.act("/", says(raw, reset=True)))


def test_more_than_the_length_that_was_told_is_left(server: Server) -> None:
    url = server.act("/", says(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n612 trainsEVIL"))
    assert body(fetcher(), url) == b"612 trains"


def test_nobody_listens() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/"
    assert "run again later" in refused(fetcher(), url)


def test_a_host_that_does_not_exist() -> None:
    assert "has a host whose name cannot be resolved" in refused(fetcher(), "http://nowhere.invalid/")


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (410, 1), (403, 1), (500, 3), (429, 3), (503, 3)])
def test_what_may_pass_is_asked_again_and_the_rest_not(status: int, asked: int, server: Server) -> None:
    naps = Naps()
    url = server.give("/a", "no", status=status)
    assert f"answered {status}" in refused(fetcher(sleep=naps, retries=2, robots=False), url)
    assert server.asked_for("/a") == asked
    assert len(naps.taken) == asked - 1
    assert naps.taken == sorted(naps.taken)


def test_retry_after_is_kept_to(server: Server) -> None:
    naps = Naps()
    url = server.give("/a", "no", status=429, Retry_After="17")
    refused(fetcher(sleep=naps, retries=2, robots=False), url)
    assert naps.taken == [17, 17]


def test_who_asks_for_an_hour_is_left_alone(server: Server) -> None:
    naps = Naps()
    url = server.give("/a", "no", status=503, Retry_After="3600")
    assert "asks to be left alone for now" in refused(fetcher(sleep=naps, retries=2, robots=False), url)
    assert (server.asked_for("/a"), naps.taken) == (1, [])


def test_a_server_that_gets_well_is_read(server: Server) -> None:
    def ill(handler: object) -> None:
        del server.acts["/a"]
        says(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")(handler)  # type: ignore[arg-type]

    server.give("/a", "612 trains", "text/plain")
    assert body(fetcher(retries=1, robots=False), server.act("/a", ill)) == b"612 trains"
    assert server.asked_for("/a") == 2


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe"),
    ],
)
def test_inner_addresses(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_open_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "0"])
def test_this_machine_is_not_asked_unless_allowed(host: str, server: Server) -> None:
    server.give("/", PAGE)
    assert "which is no public address" in refused(fetcher(private=()), server.url("/", host))
    assert server.asked == []


def test_a_name_is_resolved_once_and_its_checked_address_is_what_is_asked(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A rebinding name server: allowed at the first question, another address at the second.
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, port: int, *args: object, **kw: object) -> object:
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", port, *args, **kw)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    server.give("/", "612 trains", "text/plain")
    only = (ip_network("127.0.0.1/32"),)
    assert body(fetcher(private=only, robots=False), server.url("/", "rebind.test")) == b"612 trains"
    assert asked == ["rebind.test"]
    assert "is at 127.0.0.2" in refused(fetcher(private=only, robots=False), server.url("/", "rebind.test"))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "begins with file:"),
        ("ftp://example.org/a", "begins with ftp:"),
        ("http://a b.org/", "blanks or control characters"),
        ("http://[::1/", "cannot be understood"),
        ("http:///a", "names no host"),
        ("https://me:secret@example.org/", "has a user's name in it"),
    ],
)
def test_what_is_no_address_of_the_web(url: str, words: str) -> None:
    (item,) = read_paths([url])
    assert isinstance(item, Rejection)
    assert words in item.message


# Robots and pace


def test_robots_txt_is_asked_once_and_obeyed(server: Server) -> None:
    server.give("/robots.txt", "User-agent: *\nDisallow: /private\nAllow: /private/open\n", "text/plain")
    server.give("/private/a", PAGE)
    server.give("/private/open", PAGE)
    found = fetcher()
    assert "may not be fetched, says the robots.txt" in refused(found, server.url("/private/a"))
    assert body(found, server.url("/private/open")) == PAGE.encode()
    assert server.asked == ["/robots.txt", "/private/open"]
    assert body(fetcher(robots=False), server.url("/private/a")) == PAGE.encode()


def test_a_redirect_into_what_robots_txt_forbids(server: Server) -> None:
    server.give("/robots.txt", "User-agent: tallybook-test\nDisallow: /b\n", "text/plain")
    server.give("/b", PAGE)
    assert "may not be fetched" in refused(fetcher(), server.give("/a", "", status=302, Location="/b"))
    assert server.asked_for("/b") == 0


@pytest.mark.parametrize("status", [500, 503])
def test_robots_txt_that_cannot_be_had_is_a_no(status: int, server: Server) -> None:
    server.give("/robots.txt", "", status=status)
    url = server.give("/a", PAGE)
    assert f"has a robots.txt that answered {status}" in refused(fetcher(), url)
    assert server.asked_for("/a") == 0


def test_requests_to_a_host_keep_their_distance(server: Server) -> None:
    naps = Naps()
    server.give("/robots.txt", "User-agent: *\nCrawl-delay: 7\n", "text/plain")
    found = fetcher(sleep=naps, delay=2)
    for path in ("/a", "/b"):
        body(found, server.give(path, PAGE))
    first, second = naps.taken
    assert 1.5 < first <= 2  # after robots.txt, which had not told yet
    assert 7 < second <= 9  # the naps took no time here, so they add up


@pytest.mark.parametrize(
    ("rules", "path", "may"),
    [
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: TallyBook/2\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\nUser-agent: tallybook\nDisallow: /x", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: /a*c*e", "/abcdef", False),
        ("User-agent: *\nDisallow: /a*b$", "/ab", False),
        ("User-agent: *\nDisallow: /ab*b$", "/ab", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b", True),
        ("User-agent: *\nDisallow: /%E6%96%B0", "/新", False),
        ("\ufeffUser-agent: * # all\r\nDisallow: /a # this\r\n", "/ab", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("no rules at all", "/a", True),
    ],
)
def test_rules(rules: str, path: str, may: bool) -> None:
    assert parse(rules, "tallybook").allows(path) is may


def test_a_rule_of_stars_ends() -> None:
    assert parse("User-agent: *\nDisallow: /" + "*a" * 5000 + "*b$", "x").allows("/" + "a" * 100_000)


# What was fetched before


def test_what_has_not_changed_is_not_sent_again(server: Server, tmp_path: Path) -> None:
    url = server.give("/a", PAGE, ETag='"1"')
    first = article(read_url(url, fetcher(tmp_path / "kept")))
    again = article(read_url(url, fetcher(tmp_path / "kept")))
    assert again == first
    assert server.headers[-1]["if-none-match"] == '"1"'
    server.give("/a", PAGE.replace("2,193", "2,194"), ETag='"2"')
    assert "2,194" in article(read_url(url, fetcher(tmp_path / "kept"))).text
    assert len(list((tmp_path / "kept").glob("*.body"))) == 1


def test_last_modified_is_asked_with_too(server: Server, tmp_path: Path) -> None:
    day = "Tue, 01 Apr 2025 10:00:00 GMT"
    url = server.give("/a", PAGE, Last_Modified=day)
    for _ in range(2):
        body(fetcher(tmp_path / "kept"), url)
    assert server.headers[-1]["if-modified-since"] == day


@pytest.mark.parametrize("harm", ["body-cut", "body-gone", "junk", "other"])
def test_a_damaged_cache_is_fetched_anew(harm: str, server: Server, tmp_path: Path) -> None:
    url = server.give("/a", PAGE, ETag='"1"')
    body(fetcher(tmp_path), url)
    (kept,), (entry,) = tmp_path.glob("*.body"), tmp_path.glob("*.json")
    if harm == "body-cut":
        kept.write_bytes(kept.read_bytes()[:50])
    elif harm == "body-gone":
        kept.unlink()
    else:
        entry.write_bytes(b"{" if harm == "junk" else b'{"url": 1}')
    assert body(fetcher(tmp_path), url) == PAGE.encode()
    assert "if-none-match" not in server.headers[-1]


def test_a_304_that_nobody_asked_for_is_no_page(server: Server) -> None:
    url = server.act("/a", says(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    assert "answered 304" in refused(fetcher(robots=False), url)


def test_without_a_cache_nothing_stays(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    body(fetcher(), server.give("/a", PAGE, ETag='"1"'))
    assert list(tmp_path.iterdir()) == []


# Feeds


def feed(server: Server, *items: tuple[str, str, str]) -> str:
    entries = "".join(
        f"<item><guid>{link}</guid><link>{link}</link><title>{title}</title>"
        f"<pubDate>Wed, 02 Apr 2025 08:00:00 +0800</pubDate><description>{text}</description></item>"
        for link, title, text in items
    )
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title>{entries}</channel></rss>'
    return server.give("/feed", text, "application/rss+xml")


def test_the_entries_of_a_feed_or_the_pages_that_they_link_to(server: Server, tmp_path: Path) -> None:
    server.give("/1.html", PAGE)
    url = feed(server, ("/1.html", "One", "612 trains"), ("/2.html", "Two", "613 trains"))
    short = list(read_feed_url(url, fetcher()))
    assert [item.text for item in short if isinstance(item, Article)] == ["612 trains", "613 trains"]
    assert [item.url for item in short if isinstance(item, Article)] == [
        server.url("/1.html"),
        server.url("/2.html"),
    ]

    page, missing = read_feed_url(url, fetcher(tmp_path), links=True)
    assert isinstance(page, Article)
    assert STORY in page.text
    assert (page.url, str(page.published_on)) == (server.url("/1.html"), "2025-04-24")
    assert missing == Rejection(server.url("/2.html"), "answered 404: check the address")

    assert list(read_feed_url(url, fetcher(tmp_path), links=True)) == [page, missing]
    assert server.asked_for("/1.html") == 1  # the feed says nothing new of it

    feed(server, ("/1.html", "One, corrected", "612 trains"))
    assert list(read_feed_url(url, fetcher(tmp_path), links=True)) == [page]
    assert server.asked_for("/1.html") == 2


def test_only_the_first_entries(server: Server) -> None:
    url = feed(server, *((f"/{n}", str(n), f"{n} trains") for n in range(9)))
    found = read_feed_url(url, fetcher(), items=2)
    assert [item.text for item in found if isinstance(item, Article)] == ["0 trains", "1 trains"]


def test_a_feed_cannot_lead_inside(server: Server) -> None:
    url = feed(server, ("http://169.254.169.254/latest", "x", "612 trains"), ("file:///etc/passwd", "y", "1"))
    items = list(read_feed_url(url, fetcher(), links=True))
    assert all(isinstance(item, Rejection) for item in items)
    assert [item.message.split(",")[0] for item in items if isinstance(item, Rejection)] == [
        "is at 169.254.169.254",
        "is an address that begins with file: and is not fetched; only http and https are",
    ]
