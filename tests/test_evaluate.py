"""Scores agree with what a person counts by hand, and with the reference scorer."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tallybook.evaluate import GoldError, load_gold, score

FACT = {
    "article": "zh-1",
    "text": "612列",
    "port": "erenhot",
    "metric": "trains",
    "measure": "total",
    "value": 612,
    "unit": "train",
    "qualifier": "=",
    "period_start": "2024-01-01",
    "period_end": "2024-03-31",
    "scope": "port",
}
SEEN = {**FACT, "status": "observation", "direction": None, "service": None, "partner": None}


def lines(gold: list[dict[str, Any]], seen: list[dict[str, Any]], misses: int = 0) -> list[str]:
    return list(score(gold, seen).lines(misses))


def test_all_right() -> None:
    result = score([FACT], [SEEN, {"article": "zh-1", "status": "unkeyed", "text": "9"}])
    tally = result.groups["all"]
    assert (tally.gold, tally.predicted, tally.found, tally.full) == (1, 1, 1, 1)
    assert (tally.precision, tally.recall, tally.f1) == (1.0, 1.0, 1.0)
    assert result.misses == []


def test_nothing_predicted_and_nothing_labelled() -> None:
    assert "found 0.000 full-key P 0.000 R 0.000 F1 0.000" in lines([FACT], [])[0]
    assert lines([], [SEEN]) == ["noise: 1 observations in 1 articles without gold"]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"port": "manzhouli"}, ("port",)),
        ({"measure": "daily_mean", "metric": "wagons"}, ("metric", "measure")),
        ({"period_end": "2024-04-02"}, ("period",)),
        ({"period_start": "2024-01-02"}, ("period",)),
        ({"period_end": None}, ("period",)),
        ({"period_end": "2024-04-01"}, None),
        ({"qualifier": ">", "scope": "route", "direction": "export"}, None),
        ({"value": 612.3}, None),
    ],
)
def test_the_key_decides(change: dict[str, Any], wrong: tuple[str, ...] | None) -> None:
    result = score([FACT], [{**SEEN, **change}])
    assert result.groups["all"].found == 1
    assert [miss.wrong for miss in result.misses] == ([wrong] if wrong else [])


@pytest.mark.parametrize("change", [{"value": 613}, {"unit": "wagon"}, {"value": None}])
def test_another_value_or_unit_is_another_figure(change: dict[str, Any]) -> None:
    result = score([FACT], [{**SEEN, **change}])
    assert result.groups["all"].found == 0
    assert [miss.wrong for miss in result.misses] == [("not found",), ("extra",)]


def test_accepted_alternatives() -> None:
    fact = {
        **FACT,
        "also_port": ["cust-hohhot"],
        "also_value": [612000],
        "also_period": [["2024-01-01", None], [None, "2024-03-31"]],
    }
    for change in ({"port": "cust-hohhot"}, {"value": 612000}, {"period_end": None}, {"period_start": None}):
        assert score([fact], [{**SEEN, **change}]).groups["all"].full == 1


def test_optional_facts_count_neither_way() -> None:
    optional = {**FACT, "value": 7, "text": "7列", "optional": True}
    for seen in ([SEEN], [SEEN, {**SEEN, "value": 7}]):
        tally = score([FACT, optional], seen).groups["all"]
        assert (tally.gold, tally.predicted, tally.precision, tally.recall) == (1, 1, 1.0, 1.0)


def test_the_pair_that_agrees_in_most_is_taken() -> None:
    other = {**FACT, "port": "manzhouli", "text": "同為612列"}
    result = score([FACT, other], [{**SEEN, "port": "manzhouli"}, SEEN])
    assert result.groups["all"].full == 2


def test_groups_and_noise_in_the_report() -> None:
    english = {**FACT, "article": "en-1"}
    noise = [{**SEEN, "article": "weather"}] * 2 + [{**SEEN, "article": "sport"}]
    names = [line.split()[0] for line in lines([FACT, english], [SEEN, *noise])]
    assert names == ["all", "en", "zh", "noise:"]
    assert lines([FACT], noise)[-1] == "noise: 3 observations in 2 articles without gold"


def test_misses_are_listed_on_demand() -> None:
    seen = [{**SEEN, "port": "manzhouli"}]
    assert len(lines([FACT], seen)) == 2
    listed = lines([FACT], seen, misses=5)[2:]
    assert listed[0] == "zh-1 port"
    assert "erenhot" in listed[1]
    assert "manzhouli" in listed[2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no facts"),
        (b'{"article": "a"}\n{', ":2: is no fact"),
        (b'{"port": "a"}', ":1: is no fact"),
        (b"[]", ":1: is no fact"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_bad_gold_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(content)
    with pytest.raises(GoldError, match=words) as caught:
        load_gold(path)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 2


def _perturbed(facts: list[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """Make predictions that are wrong in every way that counts: keys, values, doubles, gaps, noise."""
    out: list[dict[str, Any]] = []
    for fact in facts:
        if fact.get("value") is None or rng.random() < 0.2:
            continue
        record = {**fact, "status": rng.choice(["observation"] * 5 + ["unkeyed"])}
        record.setdefault("qualifier", "=")
        other = rng.choice(facts)
        for key in ("port", "metric", "measure", "period_start", "period_end", "unit", "scope", "direction"):
            if rng.random() < 0.1:
                record[key] = other.get(key)
        for key in ("metric", "port", "measure", "service", "scope"):
            if fact.get(f"also_{key}") and rng.random() < 0.5:
                record[key] = rng.choice(fact[f"also_{key}"])
        if rng.random() < 0.1:
            record["value"] = record["value"] * rng.choice([1.0001, 1.1, 10])
        if rng.random() < 0.1:
            record["qualifier"] = rng.choice([">", ">=", "~", "<"])
        out.extend([record] * rng.choice([1, 1, 1, 1, 2]))
        if rng.random() < 0.05:
            out.append({**record, "article": f"noise-{rng.randrange(4)}"})
    rng.shuffle(out)
    return out


@pytest.mark.parametrize("name", ["seed", "dev"])
def test_the_figures_are_those_of_the_reference_scorer(shared: Path, tmp_path: Path, name: str) -> None:
    gold = shared / "gold" / f"{name}.jsonl"
    facts = load_gold(gold)
    for seed in range(8):
        predicted = _perturbed(facts, random.Random(seed))
        path = tmp_path / "predicted.jsonl"
        path.write_text("".join(json.dumps(p) + "\n" for p in predicted), encoding="utf-8")
        scorer = [sys.executable, str(shared / "gold" / "score.py"), str(gold), str(path), "--list", "500"]
        theirs = subprocess.run(scorer, capture_output=True, encoding="utf-8", check=True).stdout
        assert lines(facts, predicted, 500) == [line.rstrip() for line in theirs.splitlines()]
