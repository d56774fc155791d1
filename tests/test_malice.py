"""Input made to do harm: each piece is refused or harmless, and the rest goes on."""

from __future__ import annotations

import gc
import os
import sys
import time
import tracemalloc
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from jobmaker import ARTICLES, ask, job, names
from tallybook import pool
from tallybook.errors import TallybookError
from tallybook.lexicon import Lexicon
from tallybook.pool import extract_all
from tallybook.read import pdf, read_paths
from tallybook.records import Article, Extraction, Rejection

# 8,000 characters each. With the patterns unbounded, several of these took minutes to hours.
KILLERS = {
    "digits": "1",
    "wide digits": "１",
    "groups": "1,",
    "thousands": ",111",
    "points": "1.",
    "blanks": " ",
    "wide blanks": "\u3000",
    "brackets": "(",
    "wide brackets": "（1",
    "book marks": "《",
    "numerals": "一",
    "hundreds": "一百",
    "ranges": "1-",
    "myriads": "1万亿",
    "percents": "1%、",
    "years": "1年",
    "days": "1日",
    "dates": "2025年1月1日至",
    "counts": "1列，",
    "growths": "同比增长1%，",
    "letters": "a",
    "capitals": "Aa ",
    "addresses": "a.",
    "hundred": "one hundred and ",
    "scales": "thousand million ",
    "money": "$1 ",
    "from-to": "from 1 to ",
    "counted": "1 trains, ",
    "places": "Khorgos, ",
    "russian scales": "тысяч ",
    "russian counts": "1 поездов, ",
    "russian days": "1 января 2025 года ",
}
AROUND = (
    ("2025年霍尔果斯口岸通行中欧班列", "列，同比增长5%。"),
    ("In 2025 Khorgos handled ", " freight trains, up 5 percent, the station said."),
    ("В 2025 году через Хоргос прошли ", " поездов, что на 5% больше, сообщила станция."),
)


@pytest.mark.parametrize("around", AROUND, ids=["zh", "en", "ru"])
def test_no_text_keeps_extraction_for_ever(
    around: tuple[str, str], lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of processor time, and generous: only what grows with the square or worse meets it.
    monkeypatch.setattr(pool, "SECONDS", 60)
    texts = {name: around[0] + unit * (8000 // len(unit)) + around[1] for name, unit in KILLERS.items()}
    articles = [Article(name, text, published_on=date(2025, 5, 1)) for name, text in texts.items()]
    for article, found in extract_all(articles, lexicon):
        assert isinstance(found, Extraction), article.name
        for figure in (*found.observations, *found.unkeyed):
            assert article.text[figure.start : figure.end] == figure.text


def test_an_article_that_takes_too_long_is_given_up(
    lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SECONDS", 0.3)
    endless = Article("endless", ARTICLES[0].text * 2000, published_on=date(2025, 4, 8))
    gc.disable()  # Hypothesis hears of each collection, and what is raised while it does is lost
    try:
        (_, first), (_, second) = extract_all([endless, ARTICLES[0]], lexicon)
    finally:
        gc.enable()
    assert isinstance(first, pool.TooLongError)
    assert isinstance(second, Extraction)
    assert second.observations


class Deaf:
    """Loses what is raised while it goes."""

    def __del__(self) -> None:
        with suppress(pool.TooLongError):
            _work(0.5)


def _work(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def _lose_one_and_work() -> None:
    Deaf()
    _work(5)


def test_an_alarm_that_is_lost_comes_again(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SECONDS", 0.2)
    monkeypatch.setattr(pool, "_AGAIN", 0.2)
    gc.disable()
    try:
        with pytest.raises(pool.TooLongError), pool._limited():
            _lose_one_and_work()
    finally:
        gc.enable()


# Files


def read(path: Path) -> list[Article | Rejection]:
    return list(read_paths([str(path)]))


@pytest.mark.parametrize(
    "suffix",
    ["", ".txt", ".md", ".html", ".json", ".jsonl", ".csv", ".tsv", ".parquet", ".warc", ".rss", ".pdf"],
)
def test_a_zip_under_another_name(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "612 trains passed Khorgos " * 500)
    items = read(path)
    assert [type(item) for item in items] == [Rejection]


def sparse(path: Path, start: bytes) -> Path:
    with path.open("wb") as stream:
        stream.write(start)
        stream.truncate(2 * 1024**3)
    return path


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.txt", b"612 trains"),
        ("a.html", b"<html>612 trains"),
        ("a.json", b'{"text": "'),
        ("a.jsonl", b'{"text": "' + b"a" * 5000),
        ("a.pdf", b"%PDF-1.7\n"),
        ("a.xml", b"<?xml version='1.0'?><rss>"),
        ("a.csv", b"text\n" + b"a" * 100_000),
    ],
)
def test_a_line_of_two_gigabytes_is_not_held(name: str, start: bytes, tmp_path: Path) -> None:
    path = sparse(tmp_path / name, start)
    tracemalloc.start()
    try:
        (item,) = read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(item, Rejection)
    assert "MiB" in item.message
    assert peak < (1 if name.endswith((".txt", ".html", ".json", ".pdf", ".xml")) else 200) * 1024**2


def broken_reader(folder: Path, what: str) -> str:
    """A program in place of the PDF reader's, which dies or sleeps."""
    path = folder / "reader"
    path.write_text(f"#!/bin/sh\n{what}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("what", "words"),
    [("kill -SEGV $$", "makes the PDF reader crash"), ("exec sleep 60", "takes more than 1 s")],
)
def test_a_pdf_reader_that_crashes_or_hangs_is_one_rejection(
    what: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    canvas = Canvas(str(tmp_path / "in" / "a.pdf"))
    canvas.drawString(60, 700, "612 trains")
    canvas.save()
    (tmp_path / "in" / "b.txt").write_text("612 trains", encoding="utf-8")
    monkeypatch.setattr(sys, "executable", broken_reader(tmp_path, what))
    monkeypatch.setattr(pdf, "SECONDS", 1)
    bad, good = read(tmp_path / "in")
    assert isinstance(bad, Rejection)
    assert words in bad.message
    assert isinstance(good, Article)


def test_script_and_controls_of_a_page_come_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<html><head><title>Khorgos\x1b[2J trains</title><script>var a = '9999 trains';</script></head>"
        "<body><article><p>Khorgos handled 612 trains in May 2025.\x08\x1b]0;gone\x07</p>"
        "<script>document.write('8888 trains')</script><style>p { width: 7777px }</style>"
        "<p onclick='alert(6666)'>The station said so on <a href='javascript:alert(5555)'>Monday</a>.</p>"
        "<!-- 4444 trains --><iframe srcdoc='3333 trains'></iframe></article></body></html>",
        encoding="utf-8",
    )
    (item,) = read(tmp_path / "a.html")
    assert isinstance(item, Article)
    assert "612 trains" in item.text
    assert not any(number in item.text for number in ("9999", "8888", "7777", "6666", "5555", "4444", "3333"))
    assert not any(c in item.text + (item.title or "") for c in "\x08\x1b\x07")


def test_a_page_with_a_nul_in_it_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<html><body><p>Khorgos handled 612\x00 trains.</p></body></html>")
    (item,) = read(tmp_path / "a.html")
    assert isinstance(item, Rejection)


EVIL = ("../../evil", "/etc/evil", "a'); drop table article; --", "<script>evil()</script>", "\x1b[2J")


def test_words_that_would_be_paths_or_sql_stay_words(tmp_path: Path) -> None:
    folder = tmp_path / "inner" / "book"
    folder.mkdir(parents=True)
    evil = [
        replace(ARTICLES[0], name=words, title=words, publisher=words, url=words, lang=words)
        for words in EVIL
    ]
    job(folder, [*evil, *ARTICLES[1:]], exports=True)
    book = folder / "book.duckdb"
    assert ask(book, "select count(*) from article") == [(len(EVIL) + len(ARTICLES) - 1,)]
    for article in evil:
        stored = ask(
            book, f"select name, title, publisher from article where article_id = '{article.article_id}'"
        )
        assert stored == [(article.name, article.title, article.publisher)]
    assert names(tmp_path) == ["inner"]
    assert names(tmp_path / "inner") == ["book"]
    assert names(folder) == ["book.duckdb", "book.duckdb.exported", "exports"]
    for base, _, files in os.walk(folder / "exports"):
        assert all("evil" not in os.path.join(base, name) and "<" not in name for name in files)


def own_port(folder: Path, slug: str, name: str) -> Path:
    shipped = (Path(__file__).resolve().parents[1] / "data" / "ports.csv").read_text(encoding="utf-8")
    head, first = shipped.splitlines()[:2]
    import csv
    import io

    row = next(csv.DictReader([head, first]))
    row.update({key: "" for key in row if key not in ("kind", "country")})
    row.update({"slug": slug, next(k for k in row if k in ("name_en", "name")): name})
    out = io.StringIO()
    writer = csv.DictWriter(out, head.split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerow(row)
    path = folder / "mine.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


@pytest.mark.parametrize("slug", ["../../evil", "/tmp/evil", "a/b", "a'; drop table port; --", ".."])
def test_a_slug_that_would_be_a_path_is_refused(slug: str, tmp_path: Path) -> None:
    with pytest.raises(TallybookError):
        job(tmp_path, ARTICLES, exports=True, ports=[own_port(tmp_path, slug, "Evil")])
    assert "book.duckdb" not in names(tmp_path)


def test_a_port_with_sql_for_a_name_is_a_port(tmp_path: Path) -> None:
    name = "Robert'); drop table observation; --"
    job(tmp_path, ARTICLES, exports=True, ports=[own_port(tmp_path, "bobby", name)])
    book = tmp_path / "book.duckdb"
    assert ask(book, "select count(*) from port where slug = 'bobby'") == [(1,)]
    assert ask(book, "select count(*) > 0 from observation") == [(True,)]
