"""The written bulletins: their gold speaks of what they say, in the contract's terms."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "corpus"
HALVES = ["zh-a", "zh-b", "zh-c", "zh-d", "zh-e", "en-a", "en-b", "ru-a", "ru-b", "de"]
NOISE = ["noise-en", "noise-ru", "noise-zh"]
MEASURES = {
    *("total", "daily_mean", "daily_max", "weekly_mean", "monthly_mean", "level", "single"),
    *("yoy_pct", "yoy_abs", "mom_pct", "change_pct", "change_abs", "share_pct", "lead_days"),
    *("minimum", "maximum", "mean", "rank"),
}
PERCENTS = {"yoy_pct", "mom_pct", "change_pct", "share_pct"}
UNITS = {
    *("train", "wagon", "container", "teu", "tonne", "parcel", "vehicle", "vessel", "flight", "person"),
    *("declaration", "route", "country", "city", "cargo_type", "company", "%", "pp", "day", "hour"),
    *("minute", "km", "", "USD", "CNY", "EUR", "HKD", "TWD", "MOP", "RUB", "KZT"),
}
CHOICES = {
    "qualifier": {"=", "~", ">", ">=", "<", "<=", "range"},
    "scope": {"port", "company", "shipment", "route"},
    "direction": {"export", "import", "both"},
    "mode": {"rail", "road", "sea", "air"},
    "service": {"china_europe", "central_asia", "china_europe_central_asia", "other"},
    "nature": {"actual", "plan", "capacity"},
}
FIELDS = {
    *("article", "text", "port", "partner", "metric", "measure", "value", "unit", "low", "high"),
    *("period_start", "period_end", "breakdown", "whole", "reporter", "optional", *CHOICES),
}
REQUIRED = (
    FIELDS
    - {"partner", "low", "high", "breakdown", "whole", "reporter", "optional"}
    - (set(CHOICES) - {"qualifier", "scope"})
)


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines()]


def column(path: Path, name: str) -> set[str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {row[name] for row in csv.DictReader(lines)}


# The free trade port is no place of its own in the shipped list, but may be one in a user's.
SLUGS = column(ROOT / "data" / "ports.csv", "slug") | {"hainan-ftp"}
METRICS = column(ROOT / "data" / "metrics.csv", "metric")


def faults(fact: dict[str, Any]) -> list[str]:
    """Say what in a fact is not of the contract."""
    found = [f"no {name}" for name in sorted(REQUIRED - fact.keys())]
    for name, value in fact.items():
        base = name.removeprefix("also_")
        if base not in FIELDS | {"period"}:
            found.append(f"unknown field {name}")
        values = value if name != base else [value]
        allowed = {"port": SLUGS, "whole": SLUGS, "metric": METRICS, "measure": MEASURES, "unit": UNITS}
        for each in values if base in allowed or base in CHOICES else ():
            if each is not None and each not in {**allowed, **CHOICES}[base]:
                found.append(f"{name} {each!r}")
    for start, end in [(fact["period_start"], fact["period_end"]), *fact.get("also_period", ())]:
        days = [date.fromisoformat(day) for day in (start, end) if day]
        if days != sorted(days):
            found.append(f"period {start} to {end}")
    if (fact["measure"] == "rank") != (fact["unit"] == ""):
        found.append(f"{fact['measure']} in {fact['unit']!r}")
    if fact["measure"] in PERCENTS and fact["unit"] not in ("%", "pp"):
        found.append(f"{fact['measure']} in {fact['unit']}")
    return found


def digits(number: object) -> str:
    """Give the digits of a number without its size: 54.6, 546000 and 54.60 are all 546."""
    return re.sub(r"\D", "", f"{number:f}" if isinstance(number, float) else str(number)).strip("0")


@pytest.mark.parametrize("name", HALVES + NOISE)
def test_articles_have_ids_dates_and_text(name: str) -> None:
    articles = rows(name)
    ids = [article["id"] for article in articles]
    assert len(set(ids)) == len(ids)
    assert all(each.startswith(f"{name}-") for each in ids)
    assert len({article["text"] for article in articles}) == len(articles)
    for article in articles:
        assert article["text"].strip() == article["text"] != "", article["id"]
        assert article.keys() <= {"id", "title", "text", "published_on", "publisher", "url"}, article["id"]
        assert article["publisher"], article["id"]
        assert article["url"].startswith("https://example.org/"), article["id"]
        if day := article.get("published_on"):
            assert date(2015, 1, 1) <= date.fromisoformat(day) < date(2027, 1, 1), article["id"]


@pytest.mark.parametrize("name", HALVES)
def test_gold_speaks_of_its_articles_in_the_terms_of_the_contract(name: str) -> None:
    articles = {article["id"]: article for article in rows(name)}
    gold = rows(f"{name}.gold")
    assert {fact["article"] for fact in gold} == articles.keys()
    bad = [(fact["article"], fact["text"], fault) for fact in gold for fault in faults(fact)]
    bad += [
        (fact["article"], fact["text"], "not in the article")
        for fact in gold
        if fact["text"] not in articles[fact["article"]]["text"]
    ]
    assert bad == []


@pytest.mark.parametrize("name", ["en-a", "en-b", "ru-a", "ru-b", "de"])
def test_gold_gives_the_number_that_stands_in_the_text(name: str) -> None:
    counted = {"total", "daily_mean", "daily_max", "weekly_mean", "level", "share_pct", "yoy_abs"}
    wrong = [
        (fact["article"], fact["text"], fact["value"])
        for fact in rows(f"{name}.gold")
        if re.search(r"\d", fact["text"])
        and fact["measure"] in counted
        and fact["qualifier"] != "range"
        # A pair of trains is two; two scales in one number add up.
        and not re.search(r"пар|млн \d+ тыс", fact["text"])
        and digits(fact["value"]) != digits(fact["text"])
    ]
    assert wrong == []


@pytest.mark.parametrize("name", NOISE)
def test_other_news_has_plenty_of_numbers(name: str) -> None:
    assert [article["id"] for article in rows(name) if len(re.findall(r"\d+", article["text"])) < 5] == []


def test_halves_share_no_article() -> None:
    texts = [article["text"] for name in HALVES + NOISE for article in rows(name)]
    assert len(set(texts)) == len(texts)
