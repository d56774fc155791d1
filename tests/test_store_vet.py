"""A reading that is not sound costs its own article, and is told by what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from jobmaker import ARTICLES
from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Evidence, Extraction
from tallybook.store.vet import Vet

ARTICLE = ARTICLES[0]


@pytest.fixture(scope="module")
def sound(lexicon: Lexicon) -> Extraction:
    return extract(ARTICLE, lexicon)


def changed(found: Extraction, **changes: object) -> Extraction:
    first, *rest = found.observations
    return replace(found, observations=(replace(first, **changes), *rest))  # type: ignore[arg-type]


def twice(found: Extraction) -> Extraction:
    return replace(found, observations=(found.observations[0], *found.observations))


LARGEST = Decimal(10) ** 28 - 1


@pytest.mark.parametrize("value", [LARGEST, -LARGEST, Decimal("0.0000000001")])
def test_a_number_that_the_tables_hold_passes(value: Decimal, sound: Extraction, lexicon: Lexicon) -> None:
    assert Vet(lexicon).fault(ARTICLE, changed(sound, value=value, low=None, high=value)) is None


def test_sound_readings_pass(lexicon: Lexicon) -> None:
    vet = Vet(lexicon)
    assert [vet.fault(a, extract(a, lexicon)) for a in ARTICLES] == [None] * len(ARTICLES)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (twice, "overlaps the one before it"),
        (lambda f: changed(f, text="1501列"), "is not what the text has"),
        (lambda f: changed(f, end=f.observations[0].start), "is not what the text has"),
        (lambda f: changed(f, port="atlantis"), "a place that is not in the gazetteer: atlantis"),
        (lambda f: changed(f, whole="atlantis"), "a place that is not in the gazetteer: atlantis"),
        (lambda f: changed(f, metric="whales"), "a metric that is not in the list: whales"),
        (lambda f: changed(f, unit="teu"), "a unit that does not fit trains total: teu"),
        (lambda f: changed(f, metric="clearance_time", unit="time"), "fit clearance_time total: time"),
        (lambda f: changed(f, measure="yoy_pct"), "a unit that does not fit trains yoy_pct: train"),
        (lambda f: changed(f, low=Decimal(1501)), "a value outside its interval"),
        (lambda f: changed(f, high=Decimal(1499)), "a value outside its interval"),
        (lambda f: changed(f, value=Decimal(10) ** 28, high=None), "is a number too large to store"),
        (lambda f: changed(f, value=Decimal("NaN"), low=None, high=None), "is a number too large to store"),
        (lambda f: changed(f, relates_to=(0, 1)), "qualifies what is no figure"),
        (
            lambda f: changed(f, evidence=(Evidence("port", 0, 3, "霍尔果", "x"),)),
            "cites '霍尔果' for its port",
        ),
    ],
)
def test_an_unsound_reading_is_told(
    spoil: Callable[[Extraction], Extraction], message: str, sound: Extraction, lexicon: Lexicon
) -> None:
    fault = Vet(lexicon).fault(ARTICLE, spoil(sound))
    assert fault is not None
    assert message in fault
    assert "\n" not in fault
