"""What `read_paths` makes of files, folders, globs and standard input."""

from __future__ import annotations

import io
import json
import os
import sys
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallybook.read import ARTICLE_LIMIT, read_paths
from tallybook.read.text import read_text
from tallybook.records import Article, Rejection, content_hash


def read(*paths: Path | str, published: date | None = None) -> list[Article | Rejection]:
    return list(read_paths([str(path) for path in paths], published))


def only(items: list[Article | Rejection]) -> Article:
    (item,) = items
    assert isinstance(item, Article), item
    return item


def refusal(items: list[Article | Rejection]) -> Rejection:
    (item,) = items
    assert isinstance(item, Rejection), item
    assert "\n" not in item.message
    return item


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Text files


def test_a_text_file_is_one_article_named_for_it(tmp_path: Path) -> None:
    path = write(tmp_path / "bulletin.2024-05.txt", "五月\r\n612列\r\n")
    assert only(read(path)) == Article(name="bulletin.2024-05", text="五月\r\n612列\r\n")


def test_the_given_date_is_for_articles_that_state_none(tmp_path: Path) -> None:
    day = date(2024, 6, 1)
    plain = write(tmp_path / "a.txt", "12 trains")
    dated = write(tmp_path / "b.txt", "published_on: 2024-05-30\n\n12 trains")
    lines = write(tmp_path / "c.jsonl", '{"text": "1"}\n{"text": "2", "published_on": "2023-01-02"}\n')
    items = read(plain, dated, lines, published=day)
    dates = [item.published_on for item in items if isinstance(item, Article)]
    assert dates == [day, date(2024, 5, 30), day, date(2023, 1, 2)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("line", ["", "---"])
def test_header(tmp_path: Path, end: str, line: str) -> None:
    header = [
        "Title: 一季度班列",
        "published_on: 2024-04-03",
        "publisher：口岸辦",
        "url: https://example.org/a:b",
        "lang: zh-hant",
    ]
    path = write(tmp_path / "a.txt", end.join([*header, line, "", "共612列。", ""]))
    assert only(read(path)) == Article(
        name="a",
        text=f"{end}共612列。{end}",
        title="一季度班列",
        published_on=date(2024, 4, 3),
        url="https://example.org/a:b",
        publisher="口岸辦",
        lang="zh-hant",
    )


@pytest.mark.parametrize(
    "text",
    [
        "612 trains in May.\ntitle: none\n\nMore.",
        "\ntitle: a line of the text\n\n612 trains",
        "Titles: 612\n\ntrains",
        "--- \n612 trains",
    ],
)
def test_only_a_first_line_begins_a_header(tmp_path: Path, text: str) -> None:
    article = only(read(write(tmp_path / "a.txt", text)))
    assert (article.text, article.title) == (text, None)


def test_a_header_that_goes_wrong_is_no_text_by_silence(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "title: May\npublised_on: 2024-06-01\n\n612 trains")
    assert "line 2 of its header" in refusal(read(path)).message


@pytest.mark.parametrize("day", ["2024-02-30", "2023-02-29", "2月30日", "2024-13-01", "yesterday", "2024"])
def test_a_date_that_does_not_exist(tmp_path: Path, day: str) -> None:
    text = refusal(read(write(tmp_path / "a.txt", f"published_on: {day}\n\n612 trains")))
    line = refusal(read(write(tmp_path / "a.jsonl", json.dumps({"text": "612", "published_on": day}))))
    for message in (text.message, line.message):
        assert day in message
        assert "YYYY-MM-DD" in message


@pytest.mark.parametrize(
    "stated", ["2024-05-30T23:30:00+08:00", "20240530", "2024-05-30T00:00:00Z", " 2024-05-30 "]
)
def test_iso_dates_and_timestamps(tmp_path: Path, stated: str) -> None:
    path = write(tmp_path / "a.jsonl", json.dumps({"text": "612", "published_on": stated}))
    assert only(read(path)).published_on == date(2024, 5, 30)


@pytest.mark.parametrize("content", ["", " \r\n\t\n", "\ufeff", "　\u200b\n", "title: May\n\n", "title: May"])
def test_nothing_to_read(tmp_path: Path, content: str) -> None:
    assert "empty" in refusal(read(write(tmp_path / "a.txt", content))).message


def test_binary_junk_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "junk.txt", bytes(range(256)) * 40)
    item = refusal(read(path))
    assert item.source == str(path)
    assert "save it as UTF-8" in item.message


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16", "utf-8-sig"])
def test_legacy_encodings_from_a_file(tmp_path: Path, encoding: str) -> None:
    text = "口岸班列共612列，日均約20列。"
    assert only(read(write(tmp_path / "a.txt", text.encode(encoding)))).text == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1))
def test_the_body_under_a_header_is_kept_to_the_letter(text: str) -> None:
    article = read_text(f"title: t\n\n{text}".encode(), "a.txt", "a")
    if isinstance(article, Article):
        assert article.text == text
    else:
        assert article.message.startswith("is empty")


# JSON


def test_json_lines(tmp_path: Path) -> None:
    full = {
        "id": "p-1", "title": "五月", "text": "612列\r\n", "published_on": "2024-06-01",
        "url": "https://example.org/1", "publisher": "口岸辦", "lang": "zh-hant", "tags": [1, {"a": None}],
    }  # fmt: skip
    rest = '{"text": "7 trains", "title": null, "lang": ""}\n{"id": 9, "text": "1"}'
    path = write(tmp_path / "feed.jsonl", "\ufeff" + json.dumps(full) + "\r\n\n" + rest)
    assert read(path) == [
        Article("p-1", "612列\r\n", "五月", date(2024, 6, 1), "https://example.org/1", "口岸辦", "zh-hant"),
        Article("feed:3", "7 trains"),
        Article("9", "1"),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON"),
        ('{"text": "a"} {"text": "b"}', "not JSON"),
        ('"text"', "a string, not an object"),
        ("[1]", "a list, not an object"),
        ("null", "null, not an object"),
        ("{}", "no `text`"),
        ('{"text": null}', "no `text`"),
        ('{"text": "  "}', "empty `text`"),
        ('{"text": 5}', "`text` is a number"),
        ('{"text": ["a"]}', "`text` is a list"),
        ('{"text": "a", "title": true}', "`title` is true or false"),
        ('{"text": "a", "id": 1.5}', "`id` is a number"),
        ('{"text": "a", "published_on": 20240601}', "`published_on` is a number"),
        ('{"text": "a", "url": {}}', "`url` is an object"),
        ('{"text": "a", "n": ' + "[" * 100_000 + "]" * 100_000 + "}", "too deep"),
        ('{"text": "a", "n": ' + "9" * 10_000 + "}", "number too long"),
        (b'{"text": "\xd6\xd0\xce\xc4 12"}', "not UTF-8 at byte 10"),
    ],
    ids=range(17),
)
def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, line: str | bytes, words: str) -> None:
    raw = line.encode() if isinstance(line, str) else line
    path = write(tmp_path / "a.jsonl", b'{"text": "first 1"}\n' + raw + b'\n{"text": "last 3"}\n')
    first, bad, last = read(path)
    assert isinstance(bad, Rejection)
    assert bad.source == f"{path}:2"
    assert words in bad.message
    assert len(bad.message) < 200
    assert [first, last] == [Article("a:1", "first 1"), Article("a:3", "last 3")]


def test_lone_surrogates_become_replacement_characters(tmp_path: Path) -> None:
    line = r'{"id": "x\udfff", "title": "\ud800", "text": "12\ud83d列 \ud83d\ude82"}'
    path = write(tmp_path / "a.jsonl", line)
    article = only(read(path))
    assert (article.name, article.title, article.text) == ("x\ufffd", "\ufffd", "12\ufffd列 🚂")
    assert article.article_id


def test_a_json_file_is_one_article_or_a_list(tmp_path: Path) -> None:
    one = write(tmp_path / "one.json", '{\n "text": "12 trains"\n}')
    many = write(tmp_path / "many.json", '[{"text": "1"}, {"id": "b", "text": "2"}, 3]')
    items = read(one, many)
    assert items[:3] == [Article("one", "12 trains"), Article("many:1", "1"), Article("b", "2")]
    assert isinstance(items[3], Rejection)
    assert items[3].source == f"{many}:3"


def test_json_lines_named_json_are_told_to_change_their_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", '{"text": "1"}\n{"text": "2"}\n')
    assert ".jsonl" in refusal(read(path)).message


@pytest.mark.parametrize("suffix", ["jsonl", "ndjson", "json"])
@pytest.mark.parametrize("content", ["", "\n\n"])
def test_json_with_no_article(tmp_path: Path, suffix: str, content: str) -> None:
    assert "empty" in refusal(read(write(tmp_path / f"a.{suffix}", content))).message


def test_utf16_json_lines_are_one_refusal_and_not_one_a_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", ('{"text": "1"}\n' * 50).encode("utf-16"))
    assert "UTF-8" in refusal(read(path)).message


# Size


def test_a_line_of_100_mb_is_refused_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"text": "first 1"}\n{"text": "')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n{"text": "last 3"}\n')
    tracemalloc.start()
    try:
        first, bad, last = read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [first, last] == [Article("a:1", "first 1"), Article("a:3", "last 3")]
    assert isinstance(bad, Rejection)
    assert bad.source == f"{path}:2"
    assert "16 MiB" in bad.message
    assert peak < 3 * ARTICLE_LIMIT


def test_a_line_over_the_limit_may_be_the_last(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", b'{"text": "' + b"x" * (ARTICLE_LIMIT + 5))
    assert refusal(read(path)).source == f"{path}:1"


def test_a_text_file_over_the_limit(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"x" * (ARTICLE_LIMIT + 1))
    assert "split it" in refusal(read(path)).message


def test_an_article_of_the_limit_is_read(tmp_path: Path) -> None:
    assert len(only(read(write(tmp_path / "a.txt", b"x" * ARTICLE_LIMIT))).text) == ARTICLE_LIMIT


def test_reading_is_lazy(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "1"}\n')
    items = read_paths([str(path), str(tmp_path / "later.txt")])
    next(items)
    write(tmp_path / "later.txt", "2 trains")
    assert only(list(items)).text == "2 trains"


# Paths


def test_a_folder_is_walked_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a/2.txt", "a/1.JSONL", "c.ndjson", "d.json"):
        write(tmp_path / name, '{"text": "x"}')
    for name in ("README.md", "LICENSE", "ports.csv", ".hidden.txt", ".git/x.txt"):
        write(tmp_path / name, "no article")
    names = [item.name for item in read(tmp_path) if isinstance(item, Article)]
    assert names == ["1:1", "2", "b", "c:1", "d"]


@pytest.mark.parametrize("name", ["a.md", "A.TXT", "bulletin"])
def test_named_text_files(tmp_path: Path, name: str) -> None:
    assert only(read(write(tmp_path / name, "12 trains"))).text == "12 trains"


def test_a_kind_that_is_not_read_yet(tmp_path: Path) -> None:
    assert ".docx files are not read" in refusal(read(write(tmp_path / "a.docx", "PK"))).message


def test_globs(tmp_path: Path) -> None:
    for name in ("b1.txt", "a1.txt", "sub/c1.txt"):
        write(tmp_path / name, "12 trains")
    assert [i.name for i in read(tmp_path / "*1.txt") if isinstance(i, Article)] == ["a1", "b1"]
    assert [i.name for i in read(tmp_path / "**/*.txt") if isinstance(i, Article)] == ["a1", "b1", "c1"]
    assert "pattern" in refusal(read(tmp_path / "z*.txt")).message


def test_a_name_with_brackets_is_a_name_first(tmp_path: Path) -> None:
    assert only(read(write(tmp_path / "may [2024].txt", "12 trains"))).name == "may [2024]"


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "12 trains")
    missing = tmp_path / "missing.txt"
    items = read(path, tmp_path, tmp_path / "." / "a.txt", tmp_path / "*.txt", missing, missing)
    assert [type(item) for item in items] == [Article, Rejection]


def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "gone.txt")
    missing, empty, dangling, good = read(
        tmp_path / "missing.txt",
        tmp_path / "empty",
        tmp_path / "dangling.txt",
        write(tmp_path / "good.txt", "12 trains"),
    )
    assert isinstance(missing, Rejection)
    assert "no such file" in missing.message
    assert isinstance(empty, Rejection)
    assert "nothing to read" in empty.message
    assert isinstance(dangling, Rejection)
    assert isinstance(good, Article)


def test_names_too_long_or_with_a_nul_are_missing_files() -> None:
    assert [type(item) for item in read("x" * 5000 + ".txt", "a\0b.txt")] == [Rejection, Rejection]


@pytest.mark.skipif(os.geteuid() == 0, reason="needs a user whom rights bind: root reads everything")
def test_a_file_without_read_rights(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "12 trains")
    path.chmod(0)
    assert "rights" in refusal(read(path)).message


def test_a_folder_that_links_to_itself_and_a_pipe_in_it_end(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "12 trains")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    assert only(read(tmp_path)).name == "a"


def test_a_file_name_that_is_no_utf8(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xb0\xa2.txt"
    Path(os.fsdecode(raw)).write_text("12 trains", encoding="utf-8")
    article = only(read(tmp_path))
    assert article.name == "\ufffd\ufffd"
    assert content_hash(article.name, article.text)


def test_an_endless_device_is_too_large() -> None:
    assert "split it" in refusal(read("/dev/zero")).message


# Standard input


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> list[Article | Rejection]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    return read("-")


def test_stdin_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "口岸班列共612列。"
    assert only(stdin(monkeypatch, text.encode("gb18030"))) == Article("stdin", text)


def test_stdin_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = stdin(monkeypatch, b'\n {"text": "12 trains"}\n{\n')
    assert good == Article("stdin:2", "12 trains")
    assert isinstance(bad, Rejection)
    assert bad.source == "-:3"


def test_stdin_empty_or_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "empty" in refusal(stdin(monkeypatch, b"")).message
    monkeypatch.setattr(sys, "stdin", None)
    assert "closed" in refusal(read("-")).message


# The labelled articles


def test_the_newspaper_page_is_one_article_without_a_header(shared: Path) -> None:
    path = shared / "articles" / "wenweipo-2020-alashankou.txt"
    article = only(read(path))
    assert article.name == "wenweipo-2020-alashankou"
    assert article.text == path.read_bytes().decode()
    assert (article.title, article.published_on) == (None, None)


def test_the_labelled_articles_all_read(shared: Path) -> None:
    items = read(shared / "articles")
    assert [item for item in items if isinstance(item, Rejection)] == []
    assert len(items) > 100
