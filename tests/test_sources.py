"""Sources of tallybook.toml: what they may say, and a job over a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobmaker import ask, state, tallybook
from rudeserver import PAGE, serving
from tallybook.config import load_config
from tallybook.errors import ConfigError

LOCAL = '[fetch]\nprivate = ["127.0.0.0/8"]\ndelay = 0\nretries = 0\n'


def configured(folder: Path, text: str) -> Path:
    path = folder / "tallybook.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_sources_in_tables(tmp_path: Path) -> None:
    config = load_config(
        configured(
            tmp_path,
            """
            [fetch]
            user_agent = "desk/1 (desk@example.org)"
            delay = 2
            private = ["10.0.0.0/8"]

            [[source]]
            paths = ["in/*.pdf", "/abs"]
            publisher = "Border Daily"

            [[source]]
            feeds = ["https://example.org/rss"]
            links = true
            items = 50
            max_mb = 4
            delay = 10
            """,
        )
    )
    files, feeds = config.more
    assert config.sources == ()
    assert files.paths == (str(tmp_path / "in/*.pdf"), "/abs")
    assert files.publisher == "Border Daily"
    assert (feeds.feeds, feeds.links, feeds.items) == (("https://example.org/rss",), True, 50)
    assert (feeds.manners.max_mb, feeds.manners.delay) == (4, 10)
    assert feeds.manners.user_agent == files.manners.user_agent == "desk/1 (desk@example.org)"
    assert [str(network) for network in feeds.manners.private] == ["10.0.0.0/8"]


def test_a_url_among_the_sources_stays_as_it_is(tmp_path: Path) -> None:
    config = load_config(configured(tmp_path, 'sources = ["https://example.org/a?b=[1]*"]'))
    assert config.sources == ("https://example.org/a?b=[1]*",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[source]]\npath = ['a']", "[[source]] 1: path is not known; known are paths, urls, feeds, links"),
        ("[[source]]\nlinks = true", "[[source]] 1: names nothing to read: give paths, urls or feeds"),
        ("[[source]]\npaths = []", "[[source]] 1: names nothing to read"),
        (
            "[[source]]\npaths = ['a']\n[[source]]\nurls = ['ftp://a/b']",
            "[[source]] 2: 'ftp://a/b' must begin with https:// or http://",
        ),
        ("[[source]]\nfeeds = 'https://a'", "[[source]] 1: feeds must be a list of texts, not 'https://a'"),
        ("[[source]]\npaths = ['a']\nlinks = 1", "[[source]] 1: links must be true or false, not 1"),
        ("[[source]]\npaths = ['a']\nitems = 0", "[[source]] 1: items must be a whole number from 1, not 0"),
        ("[[source]]\npaths = ['a']\npublisher = 1", "[[source]] 1: publisher must be a name, not 1"),
        ("[[source]]\npaths = ['a']\nmax_mb = 0", "max_mb must be a whole number from 1 to 4096, not 0"),
        ("source = 'a'", "source must be tables, each begun by [[source]]"),
        ("sources = ['a']\nfetch = 1", "fetch must be a table, not 1"),
        ("sources = ['a']\n[fetch]\nproxy = 'x'", "[fetch]: proxy is not known; known are user_agent"),
        ("sources = ['a']\n[fetch]\ndelay = -1", "[fetch]: delay must be seconds from 0 to 3600, not -1"),
        ("sources = ['a']\n[fetch]\ntotal_timeout = 0", "must be seconds from 0.1 to 3600, not 0"),
        ("sources = ['a']\n[fetch]\ndelay = nan", "delay must be seconds"),
        ("sources = ['a']\n[fetch]\nprivate = ['10.0.0.1/8']", "private must be a list of networks such as"),
        ("sources = ['a']\n[fetch]\nuser_agent = 'ключ'", "[fetch]: user_agent must be a name in ASCII"),
        ('sources = ["a"]\n[fetch]\nuser_agent = "a\\nb: c"', "[fetch]: user_agent must be a name in ASCII"),
    ],
)
def test_a_wrong_source_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = configured(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_job_over_pages_and_feeds_publishes_once(tmp_path: Path) -> None:
    with serving() as server:
        page = server.give("/1.html", PAGE, ETag='"1"')
        server.give("/2.html", PAGE.replace("2,193", "3,041"), ETag='"2"')
        feed = server.give(
            "/feed",
            '<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title><item><title>Two</title>'
            "<link>/2.html</link><guid>2</guid></item></channel></rss>",
            "application/rss+xml",
            Last_Modified="Tue, 01 Apr 2025 10:00:00 GMT",
        )
        configured(
            tmp_path,
            f'sources = ["{page}", "{server.url("/gone")}"]\ndatabase = "book.duckdb"\n{LOCAL}\n'
            f'[[source]]\nfeeds = ["{feed}"]\nlinks = true\npublisher = "Daily"\n',
        )
        first = tallybook(tmp_path, "run")
        assert first.returncode == 3, first.stderr
        assert f"{server.url('/gone')}: answered 404: check the address" in first.stderr
        assert ask(tmp_path / "book.duckdb", "select value from observation order by 1") == [(2193,), (3041,)]
        assert ask(tmp_path / "book.duckdb", "select url from article order by 1") == [
            (page,),
            (server.url("/2.html"),),
        ]
        before = state(tmp_path / "book.duckdb")
        assert tallybook(tmp_path, "run").returncode == 3
        assert state(tmp_path / "book.duckdb") == before
        assert server.asked_for("/2.html") == 1
        assert "if-none-match" in {key for headers in server.headers for key in headers}

        # A book that is lost is made again from what was kept, though the servers send nothing anew.
        (tmp_path / "book.duckdb").unlink()
        assert tallybook(tmp_path, "run").returncode == 3
        assert ask(tmp_path / "book.duckdb", "select value from observation order by 1") == [(2193,), (3041,)]


def test_a_run_that_failed_loses_nothing_of_what_it_fetched(tmp_path: Path) -> None:
    """Plays `kill -9` when what was fetched is loaded, and not yet published."""
    with serving() as server:
        page = server.give("/1.html", PAGE, ETag='"1"')
        configured(tmp_path, f'sources = ["{page}"]\ndatabase = "book.duckdb"\n{LOCAL}')
        assert tallybook(tmp_path, "run", fault="rows-loaded").returncode != 0
        assert not (tmp_path / "book.duckdb").exists()
        assert tallybook(tmp_path, "run").returncode == 0
        assert ask(tmp_path / "book.duckdb", "select value from observation") == [(2193,)]


def test_add_and_extract_take_urls(tmp_path: Path) -> None:
    with serving() as server:
        page = server.give("/1.html", PAGE)
        configured(tmp_path, f'sources = ["in"]\ndatabase = "book.duckdb"\n{LOCAL}')
        assert tallybook(tmp_path, "add", page).returncode == 0
        assert ask(tmp_path / "book.duckdb", "select value from observation") == [(2193,)]
        # Without a configuration, no address of this machine.
        refused = tallybook(tmp_path, "extract", page)
        assert refused.returncode == 3
        assert "which is no public address" in refused.stderr
        assert server.asked_for("/1.html") == 1
