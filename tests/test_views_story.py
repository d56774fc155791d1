"""From an article to the views: what the extractor writes is what the views join."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tallybook.cli import main

Q1_2024 = (
    "title: 一季度\npublished_on: 2024-04-03\npublisher: 甲报\n\n"
    "2024年一季度，霍尔果斯铁路口岸通行中欧班列1380列。\n"
)
Q1_2025 = (
    "title: 一季度\npublished_on: 2025-04-08\npublisher: 乙报\n\n"
    "2025年一季度，霍尔果斯铁路口岸通行中欧班列1482列，同比增长7.39%，约占全国中欧班列总量的两成。"
    "阿拉山口铁路口岸通行中欧班列988列。😀3月霍尔果斯日均通行班列17列，单日最高21列。\n"
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("story")
    for name, text in (("2024.txt", Q1_2024), ("2025.txt", Q1_2025)):
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "tallybook.duckdb"
    files = [str(folder / "2024.txt"), str(folder / "2025.txt")]
    done = CliRunner().invoke(main, ["add", *files, "--database", str(path)])
    assert done.exit_code == 0, done.output
    return path


def ask(database: Path, *args: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(main, ["query", *args, "--format", "jsonl", "--database", str(database)])
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_growth_its_level_its_base_and_their_sentences(database: Path) -> None:
    (row,) = ask(database, "yoy_growth")
    assert (row["growth"], row["level"], row["link"], row["publisher"]) == (7.39, 1482, "words", "乙报")
    assert round(row["implied_base"], 1) == 1380.0
    assert row["implied_base_low"] < 1380 < row["implied_base_high"]
    assert (row["base"], row["agrees"]) == (1380, True)
    said = {p["observation_id"]: p for p in ask(database, "provenance")}
    assert said[row["observation_id"]]["figure"] == "7.39%"
    assert said[row["level_observation_id"]]["figure"] == "1482列"
    assert (
        said[row["base_observation_id"]]["sentence"] == "2024年一季度，霍尔果斯铁路口岸通行中欧班列1380列。"
    )
    assert (said[row["base_observation_id"]]["publisher"], said[row["base_observation_id"]]["article"]) == (
        "甲报",
        "2024",
    )


def test_two_ports_of_one_quarter(database: Path) -> None:
    rows = ask(database, "port_comparison", "--metric", "trains", "--since", "2025-01-01")
    assert [(r["rank"], r["port"], r["value"], round(r["ratio"], 3)) for r in rows] == [
        (1, "khorgos", 1482, 1.0),
        (2, "alashankou", 988, 0.667),
    ]


def test_mean_and_peak_after_an_emoji(database: Path) -> None:
    (row,) = ask(database, "daily_train_counts", "--port", "霍爾果斯")
    assert (row["period_start"], row["period_end"], row["mean"], row["peak"]) == (
        "2025-03-01",
        "2025-03-31",
        17,
        21,
    )
    said = {p["observation_id"]: p["figure"] for p in ask(database, "provenance")}
    assert (said[row["mean_observation_id"]], said[row["peak_observation_id"]]) == ("17列", "21列")


def test_a_share_of_the_country(database: Path) -> None:
    (row,) = ask(database, "shares")
    assert (row["share"], row["whole_port"], row["part"], row["implied_whole"]) == (20, "cn", 1482, 7410)


def test_every_number_is_an_observation_or_unkeyed(database: Path) -> None:
    unkeyed = ask(database, "unkeyed")
    assert {row["reason"] for row in unkeyed} <= {"date", "headline"}
    assert all(row["figure"] in row["sentence"] for row in unkeyed)
