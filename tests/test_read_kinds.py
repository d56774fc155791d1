"""Web pages, PDF, tables, archives and feeds: files made by other programs, read as articles."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from feedgen.feed import FeedGenerator
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.read import read_paths
from tallybook.read.pdf import PAGE_LIMIT, Box, in_reading_order
from tallybook.records import Article, Rejection

STORY = (
    "今年一季度，霍尔果斯铁路口岸通行中欧班列2193列，同比增长10.5%，口岸运行平稳有序，铁路部门增派了人手。",
    "其中，三月份通行八百零五列，单日最高达31列。口岸管理委员会介绍，货物以机电产品、日用百货和汽车零配件为主。",
    "海关与铁路部门实行全天候预约通关，企业在线申报后，货物到站即可验放，通关时间压缩到半小时以内。",
)


# warcio's writer leaves a temporary file to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def read(*paths: Path | str, published: date | None = None) -> list[Article | Rejection]:
    return list(read_paths([str(path) for path in paths], published))


def article(items: Sequence[Article | Rejection]) -> Article:
    (item,) = items
    assert isinstance(item, Article), item
    return item


def refusal(items: Sequence[Article | Rejection]) -> str:
    (item,) = items
    assert isinstance(item, Rejection), item
    assert "\n" not in item.message
    return item.message


def page(charset: str = "utf-8", body: Sequence[str] = STORY) -> str:
    paragraphs = "".join(f"<p>{p}</p>\n" for p in body)
    return (
        f'<!DOCTYPE html><html lang="zh"><head><meta charset="{charset}">'
        "<title>口岸班列增长 - 边境日报</title>"
        '<meta property="og:site_name" content="边境日报">'
        '<meta property="og:title" content="口岸班列增长">'
        '<meta property="article:published_time" content="2025-04-02T08:30:00+08:00">'
        '<link rel="canonical" href="https://example.org/news/1.html"></head><body>'
        '<nav><ul><li><a href="/">首页</a></li><li><a href="/a">访问量 9,999,999</a></li></ul></nav>'
        f"<article><h1>口岸班列增长</h1>{paragraphs}</article>"
        "<footer>热线 400-123-4567</footer><script>var trains = 77777;</script></body></html>"
    )


# Web pages


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "big5"])
def test_a_page_is_its_article_without_the_menus(charset: str, tmp_path: Path) -> None:
    path = tmp_path / "story.html"
    if charset == "big5":
        story = ["今年一季度，二連浩特口岸通行中歐班列1040列，同比增長2.4%，口岸運行平穩有序。"] * 3
        html = page(charset, story).replace("边境日报", "邊境日報").replace("岸班列增长", "岸班列增長")
        html = html.replace("首页", "首頁").replace("访问量", "訪問量").replace("热线", "熱線")
    else:
        html = page(charset)
    path.write_bytes(html.encode(charset))
    found = article(read(path))
    assert found.name == "story"
    assert found.published_on == date(2025, 4, 2)
    assert found.url == "https://example.org/news/1.html"
    assert found.publisher in ("边境日报", "邊境日報")
    assert "班列" in (found.title or "")
    assert "列，同比增" in found.text
    assert not any(noise in found.text for noise in ("9,999,999", "400-123", "77777"))


def test_a_page_that_lies_about_its_charset_is_read_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "story.htm"
    path.write_bytes(page("utf-8").encode("gb18030"))
    assert STORY[0] in article(read(path)).text


def test_figures_of_a_page_are_found_and_cite_its_text(tmp_path: Path, lexicon: Lexicon) -> None:
    path = tmp_path / "story.html"
    path.write_text(page(), encoding="utf-8")
    found = article(read(path))
    (first, *_) = extract(found, lexicon).observations
    assert (first.port, first.value, first.period_end) == ("khorgos", 2193, date(2025, 3, 31))
    assert found.text[first.start : first.end] == first.text


def test_a_page_without_an_article_is_told(tmp_path: Path) -> None:
    path = tmp_path / "menu.html"
    path.write_text("<html><body><script>var n = 612</script></body></html>", encoding="utf-8")
    assert "has no article in it" in refusal(read(path))


# PDF


def pdf(path: Path, draw: Sequence[tuple[float, float, int, str]], **more: object) -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A4, **more)
    for x, y, size, words in draw:
        canvas.setFont("STSong-Light", size)
        canvas.drawString(x, y, words)
    canvas.save()
    return path


def column(x: float, top: float, lines: Sequence[str]) -> list[tuple[float, float, int, str]]:
    return [(x, top - 16 * i, 11, line) for i, line in enumerate(lines)]


def test_the_columns_of_a_newspaper_page_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [
        "今年一季度，霍尔果斯铁路口岸",
        "通行中欧班列2193列，同比增",
        "长10.5%。其中，三月份通行",
        "八百零五列。",
    ]
    right = [
        "阿拉山口口岸一季度通行中欧",
        "班列1930列，同比增长5.2%，",
        "货物以机电产品为主，口岸运",
        "行平稳有序。",
    ]
    # Drawn line by line across both columns, as layout programs do.
    draw = [(60.0, 760.0, 22, "口岸班列双双增长，西部通道再创新高纪录")]
    for a, b in zip(column(60, 700, left), column(320, 700, right), strict=True):
        draw += [a, b]
    found = article(read(pdf(tmp_path / "page.pdf", draw), published=date(2025, 4, 2)))
    assert found.published_on == date(2025, 4, 2)
    lines = [line for line in found.text.split("\n") if line]
    assert lines == ["口岸班列双双增长，西部通道再创新高纪录", *left, *right]


def test_figures_of_a_pdf_are_found_across_its_line_ends(tmp_path: Path, lexicon: Lexicon) -> None:
    lines = ["今年一季度，霍尔果斯铁路口岸", "通行中欧班列2193列，同比增", "长10.5%。"]
    found = extract(
        article(read(pdf(tmp_path / "a.pdf", column(60, 700, lines)), published=date(2025, 4, 2))), lexicon
    )
    assert [(o.port, o.measure, float(o.value)) for o in found.observations] == [
        ("khorgos", "total", 2193.0),
        ("khorgos", "yoy_pct", 10.5),
    ]


def test_reading_order_keeps_a_line_of_one_column_together() -> None:
    words = [Box(10, 100, 50, 110, "14"), Box(52, 100, 90, 110, "trains"), Box(10, 85, 60, 95, "a day")]
    assert in_reading_order(words) == "14 trains\na day"


def test_a_pdf_of_pictures_is_told(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=A4)
    canvas.rect(50, 50, 300, 300, fill=1)
    canvas.save()
    assert "only pictures" in refusal(read(tmp_path / "scan.pdf"))


def test_a_locked_pdf_is_told(tmp_path: Path) -> None:
    lock = StandardEncryption("secret")
    path = pdf(tmp_path / "a.pdf", [(60, 700, 11, "612")], encrypt=lock)
    assert "locked by a password" in refusal(read(path))


def test_a_pdf_cut_off_is_told(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", column(60, 700, STORY))
    path.write_bytes(path.read_bytes()[:300])
    assert "no PDF that can be read" in refusal(read(path))


def test_a_pdf_of_a_hundred_thousand_pages_is_refused(tmp_path: Path) -> None:
    kids = "".join("3 0 R " for _ in range(100_000))
    body = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count 100000/Kids[{kids}]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    out, at = b"%PDF-1.4\n", []
    for n, text in enumerate(body, 1):
        at.append(len(out))
        out += f"{n} 0 obj{text}endobj\n".encode()
    start = len(out)
    out += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(f"{n:010} 00000 n \n".encode() for n in at)
    out += f"trailer<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()
    (tmp_path / "joke.pdf").write_bytes(out)
    assert f"has 100000 pages, more than {PAGE_LIMIT}" in refusal(read(tmp_path / "joke.pdf"))


def test_a_pdf_that_is_called_html_is_still_a_pdf(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", column(60, 700, STORY[:1])).rename(tmp_path / "a.html")
    assert "2193列" in article(read(path)).text


# Tables

ROWS = {
    "id": ["a", "b"],
    "title": ["甲", None],
    "text": ["霍尔果斯口岸通行班列612列，\n同比增长3%。", "500 trains, up 4%"],
    "published_on": ["2025-04-01", "2025-05-02"],
    "other": [1, 2],
}
WANTED = [
    Article("a", "霍尔果斯口岸通行班列612列，\n同比增长3%。", "甲", date(2025, 4, 1)),
    Article("b", "500 trains, up 4%", None, date(2025, 5, 2)),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("parting", [",", ";", "\t"])
def test_csv_of_a_spreadsheet(encoding: str, parting: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    pd.DataFrame(ROWS).to_csv(path, sep=parting, encoding=encoding, index=False)
    assert read(path) == WANTED


def test_a_bad_row_of_csv_is_named_and_the_rest_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerows(
            [["Text", "published_on"], ["12 trains", "2025-02-30"], ["13 trains", ""], ["", "2025-01-01"]]
        )
    first, second, third = read(path)
    assert isinstance(first, Rejection)
    assert first.source == f"{path}:2"
    assert "'2025-02-30' is not a date" in first.message
    assert second == Article("rows:3", "13 trains")
    assert isinstance(third, Rejection)
    assert third.source == f"{path}:4"


def test_parquet_of_another_library(tmp_path: Path) -> None:
    frame = pl.DataFrame(ROWS).with_columns(pl.col("published_on").str.to_date())
    frame.write_parquet(tmp_path / "rows.parquet")
    assert read(tmp_path / "rows.parquet") == WANTED
    stamped = frame.with_columns(pl.col("published_on").cast(pl.Datetime))
    stamped.write_parquet(tmp_path / "stamped.parquet")
    assert read(tmp_path / "stamped.parquet") == WANTED


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_without_text_is_told(suffix: str, tmp_path: Path) -> None:
    frame = pl.DataFrame({"body": ["a"]})
    path = tmp_path / f"rows{suffix}"
    if suffix == ".csv":
        frame.write_csv(path)
    else:
        frame.write_parquet(path)
    assert "has no column `text`" in refusal(read(path))


def test_parquet_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pl.DataFrame(ROWS).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    assert "is no Parquet, or cut off" in refusal(read(path))


# Archives


def warc(path: Path, answers: Sequence[tuple[str, str, str, bytes]]) -> Path:
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=path.suffix == ".gz")
        for url, status, kind, body in answers:
            headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.0")
            writer.write_record(
                writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers)
            )
    return path


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_the_pages_of_a_web_archive(name: str, tmp_path: Path) -> None:
    path = warc(
        tmp_path / name,
        [
            ("https://example.org/1", "200 OK", "text/html; charset=GBK", page("gbk").encode("gbk")),
            ("https://example.org/2", "404 Not Found", "text/html", b"<html><p>no</p></html>"),
            ("https://example.org/i.png", "200 OK", "image/png", b"\x89PNG"),
            ("https://example.org/3", "200 OK", "text/plain", b"612 trains"),
        ],
    )
    first, second = read(path)
    assert isinstance(first, Article)
    assert (first.name, first.url) == ("crawl:1", "https://example.org/1")
    assert STORY[0] in first.text
    assert second == Article("crawl:2", "612 trains")


def test_an_archive_cut_off_is_told_and_its_whole_pages_are_read(tmp_path: Path) -> None:
    html = page().encode()
    path = warc(
        tmp_path / "a.warc.gz", [(f"https://example.org/{n}", "200 OK", "text/html", html) for n in range(3)]
    )
    path.write_bytes(path.read_bytes()[:-300])
    *pages, last = read(path)
    assert [type(p) for p in pages[:2]] == [Article, Article]
    assert isinstance(last, Rejection)
    assert "is cut off" in last.message


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(b"this is no archive\n" * 9)
    assert "is no WARC" in refusal(read(tmp_path / "a.warc"))


# Feeds


@pytest.mark.parametrize("suffix", [".rss", ".atom", ".xml"])
def test_the_entries_of_a_feed(suffix: str, tmp_path: Path) -> None:
    feed = FeedGenerator()
    feed.id("https://example.org/")
    feed.title("边境日报")
    feed.link(href="https://example.org/")
    feed.description("news")
    entry = feed.add_entry()
    entry.id("https://example.org/1")
    entry.title("口岸班列增长")
    entry.link(href="https://example.org/1.html")
    entry.content(f"<p>{STORY[0]}</p><script>9999</script><p>{STORY[1]}</p>", type="html")
    # After midnight in Peking it is still the day before in Greenwich.
    entry.published(datetime(2025, 4, 2, 0, 30, tzinfo=timezone(timedelta(hours=8))))
    entry.updated(datetime(2025, 4, 9, tzinfo=UTC))
    path = tmp_path / f"feed{suffix}"
    if suffix == ".atom":
        feed.atom_file(str(path))
    else:
        feed.rss_file(str(path))
    assert article(read(path)) == Article(
        name="https://example.org/1",
        text=f"{STORY[0]}\n{STORY[1]}",
        title="口岸班列增长",
        published_on=date(2025, 4, 2),
        url="https://example.org/1.html",
        publisher="边境日报",
    )


def test_a_billion_laughs_are_not_laughed(tmp_path: Path) -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    (tmp_path / "joke.xml").write_text(
        f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]><rss version="2.0"><channel><title>t</title>'
        "<item><title>x</title><description>&a9; 612 trains</description></item></channel></rss>",
        encoding="utf-8",
    )
    for item in read(tmp_path / "joke.xml"):
        assert isinstance(item, Rejection) or len(item.text) < 10_000


def test_a_file_beside_the_feed_is_not_read_by_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("612345", encoding="utf-8")
    (tmp_path / "a.xml").write_text(
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
        '<rss version="2.0"><channel><title>t</title><item><title>x</title>'
        "<description>so &x; it is</description></item></channel></rss>",
        encoding="utf-8",
    )
    assert "612345" not in str(read(tmp_path / "a.xml"))


def test_xml_that_is_no_feed_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<?xml version='1.0'?><book><p>1</p></book>", encoding="utf-8")
    assert "is no RSS or Atom feed" in refusal(read(tmp_path / "a.xml"))


# Compressed, without a name, in a folder


def test_anything_may_be_compressed(tmp_path: Path) -> None:
    for name, data in [
        ("a.txt.gz", b"612 trains"),
        ("b.jsonl.gz", json.dumps({"id": "b", "text": "613 trains"}).encode()),
        ("c.html.gz", page().encode()),
        ("d.csv.gz", b"id,text\nd,614 trains\n"),
    ]:
        (tmp_path / name).write_bytes(gzip.compress(data))
    found = read(tmp_path)
    assert [item.name for item in found if isinstance(item, Article)] == ["a", "b", "c", "d"]


def test_a_gzip_bomb_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "bomb.txt.gz", "wb") as stream:
        for _ in range(300):
            stream.write(bytes(1024 * 1024))
    assert "is over 16 MiB" in refusal(read(tmp_path / "bomb.txt.gz"))


@pytest.mark.parametrize(
    "data",
    [b"\x1f\x8b\x08broken", gzip.compress(b"612 trains" * 99)[:-9], b"plain"],
    ids=["junk", "cut", "plain"],
)
def test_gzip_that_is_broken_is_told(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(data)
    if data == b"plain":
        assert article(read(tmp_path / "a.txt.gz")).text == "plain"
    else:
        assert "is no gzip file, or cut off" in refusal(read(tmp_path / "a.txt.gz"))


@pytest.mark.parametrize("kind", ["html", "pdf", "warc", "feed", "lines", "gzip"])
def test_standard_input_is_looked_at(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "pdf":
        data = pdf(tmp_path / "a.pdf", column(60, 700, STORY[:1])).read_bytes()
    elif kind == "warc":
        data = warc(
            tmp_path / "a.warc", [("https://e.org", "200 OK", "text/plain", b"2193 trains")]
        ).read_bytes()
    elif kind == "feed":
        data = (
            b"<?xml version='1.0'?>\n<rss version='2.0'><channel><title>t</title><item><title>x</title>"
            b"<description>2193 trains</description></item></channel></rss>"
        )
    elif kind == "lines":
        data = b'{"text": "2193 trains"}\n'
    else:
        data = page().encode()
    if kind == "gzip":
        data = gzip.compress(data)

    class Standard:
        buffer = io.BytesIO(data)

    monkeypatch.setattr(sys, "stdin", Standard())
    assert "2193" in article(read("-")).text
