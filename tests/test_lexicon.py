"""The knowledge files: each row's example is recognised, a user's own rows count, bad rows are named."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from tallybook.extract import extract
from tallybook.lexicon import Lexicon, load_lexicon
from tallybook.lexicon.load import LexiconError
from tallybook.recognise.fold import fold
from tallybook.recognise.periods import Today
from tallybook.recognise.text import recognise
from tallybook.records import Article
from tallybook.resources import data_path

LANGUAGES = ("zh", "en", "ru")


def rows() -> list[object]:
    out = []
    for lang in LANGUAGES:
        with data_path(f"lexicon/{lang}.csv").open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), 2):
                if row["example"]:
                    out.append(pytest.param(row, id=f"{lang}-{line}-{row['kind']}-{row['value']}"))
    return out


@pytest.mark.parametrize("row", rows())
def test_the_example_of_a_row_is_recognised(row: dict[str, str], lexicon: Lexicon) -> None:
    view = fold(row["example"], lexicon.folding)
    _, _, figures = recognise(view.text, lexicon, Today(date(2025, 6, 2), lexicon.holidays))
    if row["kind"] in ("unit", "noun"):
        assert {f.unit for f in figures} & {row["value"], BECOMES.get(row["value"])}
        return
    if row["kind"] == "number":
        assert row["value"] in {str(f.value) for f in figures if f.growth}
        return
    if row["kind"] in LOOKED_UP and not any("\u3400" <= c <= "\u9fff" for c in row["example"]):
        words = lexicon.words(row["kind"])  # a small word beside a name is looked up, never found
        assert any(f" {word} " in f" {row['example'].lower()} " for word in words)
        return
    found = {(e.kind, e.value) for m in lexicon.scan(view.text) for e in m.entries}
    assert (row["kind"], row["value"]) in found, found


LOOKED_UP = {"through", "origin", "aside", "wholelead", "leadskip", "partnerlead", "endpoint", "attribute"}
BECOMES = {"permille": "%", "times": "fold"}
"""Units that a figure turns into another when it is composed."""


def test_a_users_own_port_and_word(tmp_path: Path) -> None:
    ports = tmp_path / "ports.csv"
    ports.write_text(
        "slug,name_en,name_zh_hans,kind,country\nmoon-base,Moon Base,月球基地,rail,CN\n", encoding="utf-8"
    )
    words = tmp_path / "words.csv"
    words.write_text("kind,value,words,attrs,example\nmetric,trains,月球车队,,\n", encoding="utf-8")
    article = Article("a", "今年一季度，月球基地通行月球车队300列。", published_on=date(2025, 6, 2))
    (seen,) = extract(article, load_lexicon([ports], [words])).observations
    assert (seen.port, seen.metric, seen.value) == ("moon-base", "trains", 300)
    assert not extract(article, load_lexicon()).observations


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind,value,words\nnonsense,x,y\n", "words.csv:2: unknown kind 'nonsense'"),
        ("kind,value,words\nmetric,trains,\n", "words.csv:2: no words"),
        ("kind,value\nmetric,trains\n", "words.csv: no column words in the first line"),
        ("kind,value,words,attrs\nmetric,trains,班车,goods\n", "attrs must be key=value"),
        ("kind,value,words\nmetric,trains,班车,,,,\n", "more cells than columns"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "words.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError) as error:
        load_lexicon([], [path])
    assert message in str(error.value)
    assert error.value.exit_code == 7


def test_a_file_of_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_bytes("kind,value,words\nmetric,trains,班车\n".encode("gb18030"))
    with pytest.raises(LexiconError, match=r"words\.csv: cannot be read as a UTF-8 CSV file"):
        load_lexicon([], [path])


def test_the_version_follows_the_words(tmp_path: Path, lexicon: Lexicon) -> None:
    path = tmp_path / "words.csv"
    path.write_text("kind,value,words\nmetric,trains,月球车队\n", encoding="utf-8")
    assert load_lexicon([], [path]).version != lexicon.version == load_lexicon().version
