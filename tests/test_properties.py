"""What must hold of every article in every language: accounting, true spans, work in step with length."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Article, Extraction, Observation

CORPUS = Path(__file__).resolve().parent / "corpus"
FILES = sorted(p for p in CORPUS.glob("*.jsonl") if not p.name.endswith(".gold.jsonl"))


def load(path: Path) -> list[Article]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Article(
            r["id"],
            r["text"],
            r.get("title"),
            date.fromisoformat(d) if (d := r.get("published_on")) else None,
        )
        for r in rows
    ]


def key(o: Observation) -> tuple[Any, ...]:
    return (
        *(o.port, o.partner, o.metric, o.measure, o.unit, o.qualifier, o.period_start, o.period_end),
        *(o.scope, o.direction, o.service, o.breakdown, o.nature, o.whole),
    )


def rows(found: Extraction) -> list[tuple[Any, ...]]:
    return [key(o) for o in found.observations]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_number_of_every_article_is_in_one_figure(path: Path, lexicon: Lexicon) -> None:
    for article in load(path):
        found = extract(article, lexicon)
        figures = sorted([*found.observations, *found.unkeyed], key=lambda f: f.start)
        assert all(article.text[f.start : f.end] == f.text for f in figures), article.name
        assert all(a.end <= b.start for a, b in pairwise(figures)), article.name
        digits = {i for i, c in enumerate(article.text) if c.isdigit()}
        assert digits <= {i for f in figures for i in range(f.start, f.end)}, article.name


@pytest.mark.parametrize("name", ["en-a", "ru-a"])
def test_other_numbers_change_values_and_nothing_else(name: str, lexicon: Lexicon) -> None:
    for article in load(CORPUS / f"{name}.jsonl"):
        found = extract(article, lexicon)
        text, moved = article.text, 0
        for o in found.observations:
            last = re.search(r"[3-8](?=\D*$)", re.split(r"[ \u00a0]?[A-Za-zА-я%]", o.text)[0])
            if last and o.metric not in ("countries_reached", "cities_reached") and len(o.text) > 4:
                at = o.start + last.start()
                text = text[:at] + str(int(text[at]) + 1) + text[at + 1 :]
                moved += 1
        again = extract(replace(article, text=text), lexicon)
        assert rows(again) == rows(found), article.name
        differ = [a.value != b.value for a, b in zip(found.observations, again.observations, strict=True)]
        assert sum(differ) == moved, article.name


PAIRED = {
    "In the first eight months of 2025, {0} handled 5,012 China-Europe freight trains, up 4 percent year on "
    "year, while {1} handled 6,230, up 8 percent.": [("Alashankou", "Khorgos"), ("Manzhouli", "Erenhot")],
    "In August, cargo throughput at {0} port reached 1.98 million tonnes. {1} port handled 2.16 million "
    "tonnes, down 2.6 percent.": [("Rotterdam", "Antwerp"), ("Busan", "Hamburg")],
    "За восемь месяцев 2025 года через станцию {0} прошло 5012 контейнерных поездов, через станцию {1} — "
    "6230 поездов.": [("Забайкальск", "Достык"), ("Гродеково", "Забайкальск")],
}


@pytest.mark.parametrize(
    ("sentence", "one", "other"), [(s, *pair) for s, pairs in PAIRED.items() for pair in pairs]
)
def test_swapping_two_ports_swaps_their_rows(sentence: str, one: str, other: str, lexicon: Lexicon) -> None:
    def read(*names: str) -> list[tuple[Any, ...]]:
        return rows(extract(Article("x", sentence.format(*names), None, date(2025, 9, 5)), lexicon))

    there, back = read(one, other), read(other, one)
    first, second = dict.fromkeys(row[0] for row in there)
    swap = {first: second, second: first}
    assert back == [(swap[row[0]], *row[1:]) for row in there]


def calls(article: Article, lexicon: Lexicon) -> int:
    """Count the functions called, ours and those of C, to read an article."""
    count = 0

    def seen(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        extract(article, lexicon)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", ["zh-c", "en-a", "ru-a", "noise-zh", "noise-en"])
def test_work_grows_in_step_with_the_text(name: str, lexicon: Lexicon) -> None:
    text = "\n".join(a.text for a in load(CORPUS / f"{name}.jsonl")[:8])
    once, many = (
        calls(Article("long", "\n".join([text] * times), None, date(2025, 9, 5)), lexicon)
        for times in (2, 16)
    )
    assert many < 8 * 1.05 * once
