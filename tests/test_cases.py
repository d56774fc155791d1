"""Sentences with what each of their figures says: one case a line of tests/cases/*.jsonl.

A case has `why`, `text`, `published_on`, perhaps `title`, and `says`: the observations in text
order, each with the fields that matter to it. Observations that a case does not list are
errors. `unkeyed` maps the text of a figure to its reason. A defect found becomes a case here.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Article

CASES = sorted(Path(__file__).parent.joinpath("cases").glob("*.jsonl"))


def cases() -> list[Any]:
    out = []
    for path in CASES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                case = json.loads(line)
                out.append(pytest.param(case, id=f"{path.stem}-{number}-{case['why']}"))
    return out


def value_of(observation: Any, field: str) -> Any:
    value = getattr(observation, field)
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any], lexicon: Lexicon) -> None:
    published = date.fromisoformat(case["published_on"]) if case.get("published_on") else None
    found = extract(Article("case", case["text"], case.get("title"), published), lexicon)
    told = [o.text for o in found.observations]
    assert told == [s["text"] for s in case["says"]]
    for observation, expected in zip(found.observations, case["says"], strict=True):
        seen = {field: value_of(observation, field) for field in expected if field != "relates_to"}
        assert seen == {k: v for k, v in expected.items() if k != "relates_to"}
        if "relates_to" in expected:
            span = observation.relates_to
            assert (case["text"][slice(*span)] if span else None) == expected["relates_to"]
    reasons = {u.text: u.reason for u in found.unkeyed}
    for text, reason in case.get("unkeyed", {}).items():
        assert reasons.get(text) == reason, reasons
