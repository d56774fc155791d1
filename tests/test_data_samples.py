"""The sample bulletins: readable, keyed, and with the contradiction and the revision they are there for."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.read import read_paths
from tallybook.records import Article, contract_records

SERIES = [
    "port",
    "partner",
    "metric",
    "measure",
    "scope",
    "direction",
    "mode",
    "service",
    "breakdown",
    "nature",
    "unit",
]
SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"
NAMES = sorted(path.name for path in SAMPLES.glob("*.txt"))


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """All samples, as the job reads them."""
    read = list(read_paths([SAMPLES]))
    assert [item for item in read if not isinstance(item, Article)] == []
    return {item.name: item for item in read if isinstance(item, Article)}


@pytest.fixture(scope="module")
def records(articles: dict[str, Article], lexicon: Lexicon) -> dict[str, list[dict[str, Any]]]:
    """What each sample says."""
    return {name: list(contract_records(item, extract(item, lexicon))) for name, item in articles.items()}


def _script(text: str) -> str:
    letters = {"zh": "[\u4e00-\u9fff]", "ru": "[а-яё]", "en": "[a-z]"}
    return max(letters, key=lambda name: len(re.findall(letters[name], text)))


def _keyed(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in records if record["status"] == "observation"]


def _says(
    articles: dict[str, Article], records: dict[str, list[dict[str, Any]]]
) -> dict[tuple[Any, ...], list[tuple[Article, dict[str, Any]]]]:
    """Statements by key: series and period."""
    keys: dict[tuple[Any, ...], list[tuple[Article, dict[str, Any]]]] = defaultdict(list)
    for name, found in records.items():
        for record in _keyed(found):
            key = *(record.get(column) for column in SERIES), record["period_start"], record["period_end"]
            keys[key].append((articles[name], record))
    return keys


def _apart(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Tell whether two intervals do not meet."""
    return any(
        x["high"] is not None and y["low"] is not None and Decimal(str(x["high"])) < Decimal(str(y["low"]))
        for x, y in ((a, b), (b, a))
    )


def test_there_is_enough_to_look_at(articles: dict[str, Article]) -> None:
    scripts = [_script(item.text) for item in articles.values()]
    assert len(NAMES) >= 16
    assert scripts.count("en") >= 3
    assert scripts.count("ru") >= 2
    assert scripts.count("zh") >= 16


def test_each_sample_has_its_title_date_publisher_and_example_address(articles: dict[str, Article]) -> None:
    for name, item in articles.items():
        assert item.title, name
        assert item.publisher, name
        assert (item.url or "").startswith("https://example.org/"), name
        assert item.published_on is not None, name
        assert item.published_on.isoformat() in name
        assert date(2023, 1, 1) <= item.published_on <= date(2026, 12, 31), name


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(("-en.txt", "-ru.txt"))])
def test_a_chinese_bulletin_is_mostly_keyed(name: str, records: dict[str, list[dict[str, Any]]]) -> None:
    found = [record for record in records[name.removesuffix(".txt")] if record.get("reason") != "date"]
    assert len(_keyed(found)) >= max(1, 0.8 * len(found))


def test_every_brief_is_keyed(records: dict[str, list[dict[str, Any]]]) -> None:
    lines = (SAMPLES / "briefs.jsonl").read_text(encoding="utf-8").splitlines()
    ids = [json.loads(line)["id"] for line in lines]
    assert [name for name in ids if not _keyed(records[name])] == []


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_other_languages_are_keyed(
    lang: str, root: Path, articles: dict[str, Article], records: dict[str, list[dict[str, Any]]]
) -> None:
    with (root / "data" / "lexicon" / f"{lang}.csv").open(encoding="utf-8", newline="") as file:
        if len(list(csv.DictReader(file))) < 40:
            pytest.skip(f"data/lexicon/{lang}.csv has too few words yet to key anything in that language")
    names = [name for name, item in articles.items() if _script(item.text) == lang]
    assert [name for name in names if len(_keyed(records[name])) < 3] == []


def test_two_publishers_contradict_each_other(
    articles: dict[str, Article], records: dict[str, list[dict[str, Any]]]
) -> None:
    """Khorgos, trains of January to July 2025: two counts that cannot both be true."""
    pairs = {
        (a["port"], a["metric"], a["measure"], a["period_start"], a["period_end"])
        for said in _says(articles, records).values()
        for (first, a), (second, b) in combinations(said, 2)
        if first.publisher != second.publisher and _apart(a, b)
    }
    assert ("khorgos", "trains", "total", "2025-01-01", "2025-07-31") in pairs


def test_a_later_bulletin_of_the_same_publisher_revises_a_figure(
    articles: dict[str, Article], records: dict[str, list[dict[str, Any]]]
) -> None:
    """Alashankou, parcels and their value of 2025: first counts in January, final ones in March."""
    revised = set()
    for said in _says(articles, records).values():
        in_order = sorted(said, key=lambda pair: str(pair[0].published_on))
        for (first, a), (second, b) in combinations(in_order, 2):
            if first.publisher == second.publisher and first.name != second.name and _apart(a, b):
                revised.add((a["port"], a["metric"], a["period_end"], str(a["value"]), str(b["value"])))
    assert revised == {
        ("alashankou", "parcels", "2025-12-31", "12684000", "12817000"),
        ("alashankou", "parcel_value", "2025-12-31", "3420000000", "3460000000"),
    }


def test_two_ports_can_be_compared_over_several_periods(
    articles: dict[str, Article], records: dict[str, list[dict[str, Any]]]
) -> None:
    periods = defaultdict(set)
    for said in _says(articles, records).values():
        for _, record in said:
            if record["metric"] == "trains" and record["measure"] == "total":
                periods[record["port"]].add((record["period_start"], record["period_end"]))
    assert len(periods["alashankou"] & periods["khorgos"]) >= 6
