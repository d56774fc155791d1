"""What must hold of any Chinese article: other numbers, other ports, other lines, the same figures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Article, Extraction, Observation

CORPUS = Path(__file__).resolve().parent / "corpus"
PORTS = ["阿拉山口", "霍尔果斯", "满洲里", "二连浩特", "绥芬河", "磨憨", "友谊关", "瑞丽"]
SLUGS = ["alashankou", "khorgos", "manzhouli", "erenhot", "suifenhe", "mohan", "youyiguan", "ruili"]
PAIRED = [
    "今年前8个月，{a}口岸通行中欧班列5012列，{b}口岸通行6230列，同比分别增长4%和8%。",
    "前8个月，{a}口岸进出口货运量1980万吨，同比增长6.5%；{b}口岸进出口货运量2160万吨，同比下降2.6%。",
    "据{a}海关统计，8月{a}口岸出口货值31亿元。同期，{b}口岸出口货值29亿元，下降3%。",
    "8月，{a}、{b}口岸出入境车辆分别为2.1万辆次和1.8万辆次，同比分别增长16%、9%。",
]


def articles(name: str) -> list[Article]:
    rows = [json.loads(line) for line in (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return [
        Article(r["id"], r["text"], r.get("title"), date.fromisoformat(r["published_on"]))
        for r in rows
        if r.get("published_on")
    ]


def written(*names: str) -> list[Any]:
    return [pytest.param(a, id=a.name) for name in names for a in articles(name)]


def key(o: Observation) -> tuple[Any, ...]:
    return (
        *(o.port, o.partner, o.metric, o.measure, o.unit, o.qualifier, o.period_start, o.period_end),
        *(o.scope, o.direction, o.mode, o.service, o.breakdown, o.nature, o.whole),
    )


def keys(found: Extraction) -> list[tuple[Any, ...]]:
    return [key(o) for o in found.observations]


@pytest.mark.parametrize("article", written("noise-zh"))
def test_nothing_is_found_in_other_news(article: Article, lexicon: Lexicon) -> None:
    found = extract(article, lexicon)
    assert [(o.text, o.port, o.metric) for o in found.observations] == []


def renumbered(article: Article, found: Extraction) -> tuple[str, list[bool]]:
    """Change the last digit of every figure that has one; tell which were changed."""
    text, changed = article.text, []
    for o in found.observations:
        digits = [m.start() for m in re.finditer(r"[1-9]", text[o.start : o.end].split("英尺")[0])]
        changed.append(bool(digits))
        if digits:
            at = o.start + digits[-1]
            text = text[:at] + str(int(text[at]) % 9 + 1) + text[at + 1 :]
    return text, changed


@pytest.mark.parametrize("article", written("zh-c", "zh-d"))
def test_other_numbers_change_values_and_nothing_else(article: Article, lexicon: Lexicon) -> None:
    found = extract(article, lexicon)
    text, changed = renumbered(article, found)
    again = extract(replace(article, text=text), lexicon)
    assert keys(again) == keys(found)
    moved = [a.value != b.value for a, b in zip(found.observations, again.observations, strict=True)]
    assert moved == changed


@pytest.mark.parametrize("sentence", PAIRED)
@pytest.mark.parametrize(("one", "other"), [(0, 1), (2, 3), (4, 5), (6, 7), (1, 6)])
def test_swapping_two_ports_swaps_their_rows(sentence: str, one: int, other: int, lexicon: Lexicon) -> None:
    def rows(a: int, b: int) -> list[tuple[Any, ...]]:
        text = sentence.format(a=PORTS[a], b=PORTS[b])
        found = extract(Article("x", text, None, date(2025, 9, 5)), lexicon)
        return keys(
            replace(found, observations=tuple(replace(o, mode=None) for o in found.observations))
        )  # a port of a road has its own mode

    swap = {SLUGS[one]: SLUGS[other], SLUGS[other]: SLUGS[one]}
    there = rows(one, other)
    assert {row[0] for row in there} == {SLUGS[one], SLUGS[other]}
    assert rows(other, one) == [(swap[row[0]], *row[1:]) for row in there]


_NO_BREAK = re.compile(r"[\d.,%，。、；：”）)A-Za-z]")


def wrapped(text: str, width: int) -> Iterator[str]:
    """Break each paragraph into lines as a narrow column does: never within a number or before a stop."""
    for paragraph in text.split("\n"):
        inked = "　　" + paragraph
        start = 0
        while start < len(inked):
            end = min(len(inked), start + width)
            while end < len(inked) and _NO_BREAK.match(inked[end]):
                end += 1
            yield inked[start:end]
            start = end


@pytest.mark.parametrize("width", [14, 22])
@pytest.mark.parametrize("article", written("zh-c", "zh-d"))
def test_a_narrow_column_reads_the_same(article: Article, width: int, lexicon: Lexicon) -> None:
    column = replace(article, text="\n".join(wrapped(article.text, width)))
    assert keys(extract(column, lexicon)) == keys(extract(article, lexicon))


@pytest.mark.parametrize("article", written("zh-c", "zh-d"))
def test_blanks_beside_numbers_change_nothing(article: Article, lexicon: Lexicon) -> None:
    text = re.sub(r"(?<=[\u4e00-\u9fff])(?=\d)|(?<=\d)(?=[\u4e00-\u9fff])", " ", article.text)
    spaced = extract(replace(article, text=text), lexicon)
    assert keys(spaced) == keys(extract(article, lexicon))
