"""The newspaper page: all of its firm facts, and copies whose numbers, ports and dates are others."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tallybook.evaluate import load_gold, score
from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Article, Observation, contract_records

NAME = "wenweipo-2020-alashankou"


@pytest.fixture(scope="module")
def page(shared: Path) -> str:
    return (shared / "articles" / f"{NAME}.txt").read_text(encoding="utf-8")


def read(text: str, lexicon: Lexicon) -> tuple[Observation, ...]:
    return extract(Article(NAME, text), lexicon).observations


def shape(o: Observation, *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """What an observation says, without where it stands."""
    away = {"start", "end", "text", "relates_to", "evidence", "confidence", *but}
    return {k: v for k, v in asdict(o).items() if k not in away}


def test_every_firm_fact_and_nothing_else(page: str, shared: Path, lexicon: Lexicon) -> None:
    article = Article(NAME, page)
    tally = score(
        load_gold(shared / "gold" / "seed.jsonl"), contract_records(article, extract(article, lexicon))
    ).groups["all"]
    assert (tally.gold, tally.found, tally.full, tally.precision) == (24, 24, 24, 1.0)


def test_other_numbers_change_values_only(page: str, lexicon: Lexicon) -> None:
    def other(m: re.Match[str]) -> str:
        return (
            m.group()
            .replace("1,482", "2,683")
            .replace("1482", "2683")
            .replace("7.39", "8.41")
            .replace("1,010", "2,020")
        )

    changed = re.sub(r"1,?482|7\.39|1,010", other, page)
    assert changed != page
    before, after = read(page, lexicon), read(changed, lexicon)
    away = ("value", "low", "high")
    assert [shape(o, but=away) for o in after] == [shape(o, but=away) for o in before]
    turned = {o.text: str(n.value) for o, n in zip(before, after, strict=True) if o.value != n.value}
    assert set(turned.values()) == {"2683", "8.41", "20200000"}


def test_other_ports_change_ports_only(page: str, lexicon: Lexicon) -> None:
    gap = r"\s*"  # the page cuts lines in mid-word
    pattern = re.compile(f"({gap.join('阿拉山口')})|({gap.join('霍爾果斯')})")
    changed = pattern.sub(lambda m: "霍爾果斯" if m[1] else "阿拉山口", page)
    before, after = read(page, lexicon), read(changed, lexicon)
    trade = {"alashankou": "khorgos", "khorgos": "alashankou"}
    assert [trade.get(o.port, o.port) for o in before] == [o.port for o in after]
    assert {"alashankou", "khorgos"} <= {o.port for o in before}
    assert [shape(o, but=("port",)) for o in before] == [shape(o, but=("port",)) for o in after]


def test_another_year_moves_every_period(page: str, lexicon: Lexicon) -> None:
    changed = page.replace("2020年", "2023年")
    assert changed != page
    before, after = read(page, lexicon), read(changed, lexicon)
    assert len(before) == len(after)
    moved = 0
    for old, new in zip(before, after, strict=True):
        if old.period_end and old.period_end.year == 2020:
            assert new.period_end is not None
            assert (new.period_end.year, new.period_end.month) == (2023, old.period_end.month)
            moved += 1
    assert moved >= 10
