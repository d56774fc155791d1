"""Official tables: rows of a CSV file, by a map, as figures that cite their cells."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jobmaker import tallybook
from tallybook.read.fields import FieldError
from tallybook.table import read_period

MAP = """
[columns]
port = "station"
period = "month"
value = "trains"
publisher = "source"
published_on = "released"
[constants]
metric = "trains"
unit = "train"
service = "china_europe"
mode = "rail"
[[also]]
value = "yoy"
measure = "yoy_pct"
unit = "%"
"""
TABLE = """station,month,trains,yoy,source,released
khorgos,2025-05,"1,482",7.39,Railway,2025-06-08
阿拉山口,2025-01/2025-05,3 210,,Railway,2025-06-08
Erenhot,2025-Q1,"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    (tmp_path / "series.csv").write_text(TABLE + "520,-3,Railway,2025-06-08\n", encoding="utf-8")
    (tmp_path / "tallybook.toml").write_text('sources = ["in"]\ndatabase = "book.duckdb"\n', encoding="utf-8")
    return tmp_path


def ask(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "book.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def load(folder: Path, code: int = 0) -> str:
    done = tallybook(folder, "load-table", "series.csv", "--map", "map.toml")
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code in (0,) else done.stderr


def test_rows_are_figures_that_cite_their_cells(folder: Path) -> None:
    load(folder)
    found = ask(
        folder,
        "select port, measure, value::double, unit, period_start, period_end, figure, publisher, "
        "published_on from provenance order by all",
    )
    released = date(2025, 6, 8)
    assert found == [
        (
            "alashankou",
            "total",
            3210,
            "train",
            date(2025, 1, 1),
            date(2025, 5, 31),
            "3 210",
            "Railway",
            released,
        ),
        ("erenhot", "total", 520, "train", date(2025, 1, 1), date(2025, 3, 31), "520", "Railway", released),
        ("erenhot", "yoy_pct", -3, "%", date(2025, 1, 1), date(2025, 3, 31), "-3", "Railway", released),
        (
            "khorgos",
            "total",
            1482,
            "train",
            date(2025, 5, 1),
            date(2025, 5, 31),
            "1,482",
            "Railway",
            released,
        ),
        ("khorgos", "yoy_pct", 7.39, "%", date(2025, 5, 1), date(2025, 5, 31), "7.39", "Railway", released),
    ]
    (sentence,) = ask(folder, "select distinct sentence from provenance where port = 'khorgos'")[0]
    assert (
        sentence
        == 'station,month,trains,yoy,source,released\nkhorgos,2025-05,"1,482",7.39,Railway,2025-06-08'
    )
    cut = "substring(a.text, f.span_start + 1, f.span_end - f.span_start)"
    assert ask(
        folder, f"select count(*) from figure f join article a using (article_id) where {cut} <> f.text"
    ) == [(0,)]


def test_counts_are_exact_and_per_cent_is_rounded(folder: Path) -> None:
    load(folder)
    found = ask(
        folder,
        "select measure, low::double, high::double from observation where port <> 'alashankou' order by all",
    )
    assert found == [
        ("total", 520, 520),
        ("total", 1482, 1482),
        ("yoy_pct", -4, -2),
        ("yoy_pct", 7.38, 7.4),
    ]


def test_the_same_table_again_is_nothing_new(folder: Path) -> None:
    load(folder)
    before = os.stat(folder / "book.duckdb")
    assert "3 offered: 0 loaded, 3 already in the book" in load(folder)
    assert os.stat(folder / "book.duckdb").st_mtime_ns == before.st_mtime_ns


def test_a_row_that_changed_is_a_revision(folder: Path) -> None:
    load(folder)
    path = folder / "series.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            '"1,482",7.39,Railway,2025-06-08', '"1,490",8.0,Railway,2025-07-01'
        ),
        encoding="utf-8",
    )
    load(folder)
    assert ask(folder, "select value::int from latest where port = 'khorgos' and measure = 'total'") == [
        (1490,)
    ]
    assert ask(
        folder, "select kind from revisions where port = 'khorgos' and release = 2 and measure = 'total'"
    ) == [("revised",)]


def test_official_figures_and_those_of_articles_meet(folder: Path) -> None:
    load(folder)
    (folder / "in").mkdir()
    (folder / "in" / "a.txt").write_text(
        "publisher: Post\npublished_on: 2025-06-20\n\n5月，霍尔果斯口岸通行中欧班列1600列。", encoding="utf-8"
    )
    assert tallybook(folder, "run").returncode == 0
    found = ask(folder, "select identity, stated_value, other_value, publishers from contradictions")
    assert found == [("same_key", 1600, 1482, ["Post", "Railway"])]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("khorgos", "Atlantis", "series.csv:2: place 'Atlantis' is not in the gazetteer"),
        ("2025-05,", "May,", "series.csv:2: period 'May' is none: give 2024, 2024-05, 2024-Q1 or 2024-05-03"),
        ('"1,482"', "many", "series.csv:2: trains 'many' is no number"),
        ("2025-06-08", "2025-06-31", "series.csv:2: published_on '2025-06-31' is not a date of the calendar"),
    ],
)
def test_a_row_that_does_not_fit_is_named_and_the_rest_loaded(
    old: str, new: str, message: str, folder: Path
) -> None:
    path = folder / "series.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert message in load(folder, 3)
    assert ask(folder, "select count(*) from article") == [(2,)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[columns]\nport = 'a'", "columns.value is missing"),
        ("[columns]\nvalue = 'a'\nharbour = 'b'", "columns has no field harbour"),
        ("[column]\nvalue = 'a'", "unknown key column; known are columns, constants, also, words, about"),
        ("[columns]\nvalue = 3", "columns.value must be a text, not 3"),
        ("value =", "map.toml is no TOML"),
        ("about = 'so'\n[columns]\nvalue = 'a'", "about must be tenth or rounded, not 'so'"),
        ("[columns]\nvalue = 'a'\n[words.harbour]\na = 'b'", "words has no field harbour"),
        ("[columns]\nvalue = 'a'\n[words]\nport = 'b'", "words.port must be lines like"),
    ],
)
def test_a_map_that_is_wrong_is_named(text: str, message: str, folder: Path) -> None:
    (folder / "map.toml").write_text(text, encoding="utf-8")
    assert message in load(folder, 7)
    assert not (folder / "book.duckdb").exists()


def test_a_column_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "map.toml").write_text(MAP.replace('"trains"\npub', '"count"\npub'), encoding="utf-8")
    assert "series.csv: has no column count" in load(folder, 3)


def test_rows_of_tables_are_not_read_again_as_articles(folder: Path) -> None:
    load(folder)
    done = tallybook(folder, "reextract", "--all", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert ask(folder, "select count(*) from figure where superseded_run is not null") == [(0,)]


@pytest.mark.parametrize("words", ["2024-13", "2024-Q5", "spring", "24"])
def test_a_period_that_is_none(words: str) -> None:
    with pytest.raises(FieldError):
        read_period(words)


# The published series of the shared reference

SERIES_MAP = """
about = "rounded"
[words.service]
transit = "other"
[columns]
port = "place"
metric = "metric"
measure = "measure"
service = "service"
direction = "direction"
mode = "mode"
breakdown = "cargo"
period_start = "period_start"
period_end = "period_end"
value = "value"
unit = "unit"
qualifier = "qualifier"
publisher = "reporter"
url = "source_url"
[[also]]
value = "yoy_pct"
measure = "yoy_pct"
unit = "%"
qualifier = "="
"""


def test_published_series_keep_their_identities_and_show_their_contradictions(
    folder: Path, shared: Path
) -> None:
    series = shared / "reference" / "published-series.csv"
    (folder / "map.toml").write_text(SERIES_MAP, encoding="utf-8")
    done = tallybook(folder, "load-table", str(series), "--map", "map.toml")
    assert done.returncode == 0, done.stderr
    sums = ask(
        folder,
        "select parted_by, port, period_end, parts_sum::int, agrees "
        "from (select * from part_sum union all by name select * from balance) "
        "where metric = 'trains' and parted_by <> 'months' and whole is not null",
    )
    half, year = date(2023, 6, 30), date(2020, 12, 31)
    assert {
        ("directions", "cn", half, 8641, True),
        ("corridors", "cn", half, 8641, True),
        ("two periods", "cn", date(2023, 5, 31), 7126, True),
        ("joint count", "xj-two-ports", year, 9679, True),
        ("joint count", "xj-two-ports", date(2021, 1, 31), 956, True),
    } <= set(sums)
    assert [row for row in sums if row[4] is False] == [
        ("two periods", "cn", date(2021, 11, 30), 13851, False)
    ]
    found = ask(
        folder,
        "select identity, port, metric, year(period_end), stated_value::int, other_value::int "
        "from contradictions order by all",
    )
    assert found == [
        ("difference", "cn", "trains", 2021, 1246, 1212),
        ("growth", "khorgos", "trains", 2021, 27, 35),
        # One report of Manzhouli for 2022: its trains, its TEU, and the TEU of the year after.
        ("growth", "manzhouli", "teu", 2023, 16, 41),
        ("growth", "xj-two-ports", "trains", 2021, 22, 26),
        ("implied_base", "manzhouli", "teu", 2022, 275655, 389940),
        ("implied_base", "manzhouli", "trains", 2022, 3501, 4043),
        ("same_key", "cn", "trains", 2021, 13817, 13187),
    ]


def test_what_a_cell_says_and_what_rounded_means_is_the_maps(folder: Path) -> None:
    words = 'about = "rounded"\n[words.port]\nHorgos-2 = "khorgos"\n' + MAP.replace(
        "[[also]]", 'qualifier = "~"\n[[also]]'
    )
    (folder / "map.toml").write_text(words, encoding="utf-8")
    path = folder / "series.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("khorgos", "Horgos-2"), encoding="utf-8")
    load(folder)
    found = ask(
        folder, "select port, low::int, high::int from observation where measure = 'total' order by all"
    )
    assert found == [("alashankou", 3200, 3220), ("erenhot", 510, 530), ("khorgos", 1481, 1483)]
