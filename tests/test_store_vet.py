"""A reading that is not sound costs its own article, and is told by what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from jobmaker import ARTICLES
from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Evidence, Extraction, Observation
from tallybook.store import build, load
from tallybook.store.audit import audit
from tallybook.store.load import Counts
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


@pytest.mark.parametrize("value", [Decimal(10) ** 28 - 1, Decimal("0.0000000001"), -(Decimal(10) ** 28) + 1])
def test_the_largest_and_smallest_numbers_are_stored_as_they_are(
    value: Decimal, sound: Extraction, lexicon: Lexicon
) -> None:
    found = changed(sound, value=value, low=None, high=value)
    assert Vet(lexicon).fault(ARTICLE, found) is None
    with empty_book(lexicon) as con:
        assert load.load(con, [(ARTICLE, found)], 1, "x1", Counts()) == []
        assert (value,) in con.execute("select value from observation").fetchall()


def test_an_article_that_the_tables_refuse_is_rejected_and_the_others_are_stored(lexicon: Lexicon) -> None:
    batch = [(a, extract(a, lexicon)) for a in ARTICLES]
    for i in (1, 3):
        batch[i] = (batch[i][0], changed(batch[i][1], mode="foot"))
    with empty_book(lexicon) as con:
        counts = Counts()
        refused = load.load(con, batch, 1, "x1", counts)
        assert [r.source for r in refused] == ["khorgos", "erenhot"]
        assert all("CHECK constraint failed" in r.message and "\n" not in r.message for r in refused)
        stored = con.execute("select name from article order by name").fetchall()
        assert stored == [("alashankou",), ("manzhouli",), ("undated",)]
        counts.rejected = len(refused)
        load.finish_run(con, 1, counts, refused)
        audit(con, 1)


def empty_book(lexicon: Lexicon) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    build.create(con)
    build.refresh(con, lexicon)
    load.begin_run(con, "run", "x1", load.now())
    return con


def test_an_observation_says_all_that_extraction_said(sound: Extraction, lexicon: Lexicon) -> None:
    with empty_book(lexicon) as con:
        load.load(con, [(ARTICLE, sound)], 1, "x1", Counts())
        shared = [
            f for f in Observation.__slots__ if f not in ("start", "end", "text", "relates_to", "evidence")
        ]
        stored = con.execute(
            f"select {', '.join(shared)} from observation join figure using (figure_id) order by span_start"
        ).fetchall()
    assert stored == [tuple(getattr(o, f) for f in shared) for o in sound.observations]
