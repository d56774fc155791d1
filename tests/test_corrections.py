"""Corrections by people: applied in every view, alive after a re-read, listed, undone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from bookmaker import Book, clean_book
from jobmaker import ask, place, rows, state, tallybook
from tallybook.config import Config
from tallybook.corrections import FIELDS, CorrectionError, correct, reject, undo
from tallybook.errors import DatabaseError, LockedError, TallybookError
from tallybook.job import run_job, run_reread
from tallybook.read import read_paths
from tallybook.store.publish import writing

BOOK = "book.duckdb"
TEXT = (
    "published_on: 2025-04-08\n\n霍尔果斯口岸2025年一季度通行中欧班列1500列，同比增长5%。"
    "阿拉山口口岸2025年一季度通行中欧班列约2000列。\n"
)
WHO = "Ada"


def config(folder: Path, words: bool = False, exports: bool = False) -> Config:
    more = folder / "words.csv"
    more.write_text("kind,value,words,attrs,example\nunit,train,列火,,1200列火\n", encoding="utf-8")
    out = folder / "exports" if exports else None
    return Config(("-",), folder / BOOK, out, words=(more,) if words else (), jobs=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = place(tmp_path_factory.mktemp("made"), a=TEXT)
    run_job(config(folder), read_paths([str(folder / "in")]), "run")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A book of the one article, of each test's own."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def identity(folder: Path, value: int) -> str:
    """The observation of a value, as it was read."""
    ((found,),) = ask(
        folder / BOOK, f"select observation_id from provenance where value = {value} and not superseded"
    )
    return str(found)


def said(folder: Path, columns: str, view: str = "current_observation") -> list[tuple[Any, ...]]:
    return ask(folder / BOOK, f"select {columns} from {view} where measure = 'total' order by all")


def test_every_view_has_the_corrected_row_and_the_table_what_was_read(folder: Path) -> None:
    before = rows(folder / BOOK)
    done = correct(config(folder), identity(folder, 1500), {"value": "1600", "port": "满洲里"}, WHO, "a slip")
    assert done.changes == (
        ("high", "1500", "1600"),
        ("low", "1500", "1600"),
        ("port", "khorgos", "manzhouli"),
        ("value", "1500", "1600"),
    )
    for view in ("current_observation", "latest", "as_of('2025-04-08')", "statements", "revisions"):
        assert said(folder, "port, value, low, high", view)[1] == ("manzhouli", 1600, 1600, 1600), view
        assert len(said(folder, "port", view)) == 2
    assert rows(folder / BOOK) == before
    assert ask(folder / BOOK, "select value, corrections from provenance where value = 1500") == [
        (
            1500,
            (
                "high: 1500 → 1600 (Ada: a slip); low: 1500 → 1600 (Ada: a slip); "
                "port: khorgos → manzhouli (Ada: a slip); value: 1500 → 1600 (Ada: a slip)"
            ),
        )
    ]


def test_a_rejected_observation_is_in_no_view_but_provenance(folder: Path) -> None:
    gone = identity(folder, 1500)
    reject(config(folder), gone, WHO, "another line")
    assert said(folder, "value") == [(2000,)]
    assert said(folder, "value", "latest") == [(2000,)]
    assert ask(folder / BOOK, "select rejected, corrections from provenance where value = 1500") == [
        (True, "rejected: false → true (Ada: another line)")
    ]
    with pytest.raises(CorrectionError, match="is rejected already, by correction 1"):
        reject(config(folder), gone, WHO, "again")
    with pytest.raises(CorrectionError, match="is rejected: `tallybook undo 1` takes that back"):
        correct(config(folder), gone, {"value": "3"}, WHO, "again")


def test_undo_brings_back_what_stood(folder: Path) -> None:
    before = said(folder, "*")
    one, two = identity(folder, 1500), identity(folder, 2000)
    for number in (1, 2):
        assert correct(config(folder), one, {"value": str(number)}, WHO, "w").correction_id == number
    assert reject(config(folder), two, WHO, "w").correction_id == 3
    assert said(folder, "value") == [(2,)]
    undo(config(folder), 2, "Eve")
    assert said(folder, "value") == [(1,)]
    undo(config(folder), 3, "Eve")
    undo(config(folder), 1, "Eve")
    assert said(folder, "*") == before
    with pytest.raises(CorrectionError, match="correction 1 was undone by Eve"):
        undo(config(folder), 1, WHO)
    with pytest.raises(CorrectionError, match="there is no correction 9: `tallybook corrections` lists them"):
        undo(config(folder), 9, WHO)
    # A number is not given twice.
    assert reject(config(folder), two, WHO, "w").correction_id == 4


def test_fields_of_one_sense_are_held_fast_together(folder: Path) -> None:
    one = identity(folder, 1500)
    for sets in ({"period_start": ""}, {"measure": "daily_mean"}, {"qualifier": "~"}, {"mode": "sea"}):
        correct(config(folder), one, sets, WHO, "w")
    assert ask(
        folder / BOOK,
        "select correction_id, list(field order by field) from correction group by all order by all",
    ) == [
        (1, ["period_end", "period_start"]),
        (2, ["measure", "metric", "unit"]),
        (3, ["high", "low", "qualifier", "value"]),
        (4, ["mode"]),
    ]


def test_undo_tells_what_stands_again(folder: Path) -> None:
    one = identity(folder, 1500)
    for mode in ("sea", "air", "road"):
        correct(config(folder), one, {"mode": mode}, WHO, "w")
    assert undo(config(folder), 2, WHO).changes == ()  # it did not hold
    assert undo(config(folder), 3, WHO).changes == (("mode", "road", "sea"),)
    assert undo(config(folder), 1, WHO).changes == (("mode", "sea", "rail"),)


def test_the_list_tells_who_when_why_and_what_holds(folder: Path) -> None:
    one = identity(folder, 1500)
    correct(config(folder), one, {"direction": "export"}, WHO, "outbound")
    correct(config(folder), one, {"direction": "import"}, "Eve", "inbound")
    reject(config(folder), identity(folder, 2000), "Eve", "no")
    undo(config(folder), 3, WHO)
    assert ask(
        folder / BOOK,
        """select c.correction_id, field, old, new, state, who, why, undone_by, read_as, figure, article,
             c.corrected_at = r.finished_at, undone_at is not null
           from corrections c join run r on r.run_id = c.correction_id + 1 order by all""",
    ) == [
        (
            1,
            "direction",
            None,
            "export",
            "overruled",
            "Ada",
            "outbound",
            None,
            None,
            "1500列",
            "a",
            True,
            False,
        ),
        (
            2,
            "direction",
            "export",
            "import",
            "holds",
            "Eve",
            "inbound",
            None,
            None,
            "1500列",
            "a",
            True,
            False,
        ),
        (3, "rejected", "false", "true", "undone", "Eve", "no", "Ada", "false", "2000列", "a", True, True),
    ]
    assert ask(folder / BOOK, "select command, offered, figures from run order by run_id") == [
        ("run", 1, 5), ("correct", 0, 0), ("correct", 0, 0), ("reject", 0, 0), ("undo", 0, 0),
    ]  # fmt: skip


def test_a_correction_is_alive_after_a_re_read(folder: Path) -> None:
    """The newer words make the article come out otherwise, so that every figure has another id."""
    (folder / "in" / "a.txt").write_text(TEXT.replace("2000列", "2000列火"), encoding="utf-8")
    run_job(config(folder), read_paths([str(folder / "in")]), "run")
    changed = "(select article_id from article where text like '%火%')"
    ids = dict(
        ask(
            folder / BOOK,
            f"select value::integer, observation_id from provenance where article_id in {changed}",
        )
    )
    correct(config(folder), ids[1500], {"value": "1600"}, WHO, "w")
    reject(config(folder), ids[2000], WHO, "w")
    stands = f"select value from current_observation where measure = 'total' and article_id in {changed}"
    assert ask(folder / BOOK, stands) == [(1600,)]
    report = run_reread(config(folder, words=True), lambda con, run_id: None)
    assert report.counts.figures == 5
    new = f"select count(*) from figure where superseded_run is null and article_id in {changed}"
    assert ask(folder / BOOK, f"{new} and recorded_run = 5") == ask(folder / BOOK, new) == [(5,)]
    assert ask(folder / BOOK, stands) == [(1600,)]
    assert {state for (state,) in ask(folder / BOOK, "select state from corrections")} == {"holds"}
    # The old id finds what stands now.
    correct(config(folder, words=True), ids[1500], {"value": "1700"}, WHO, "w")
    assert ask(folder / BOOK, stands) == [(1700,)]


def test_a_correction_whose_figure_is_gone_is_told(folder: Path) -> None:
    correct(config(folder), identity(folder, 1500), {"value": "1600"}, WHO, "w")
    with duckdb.connect(str(folder / BOOK)) as con:
        con.execute("update figure set superseded_run = 2 where text = '1500列'")
    assert {state for (state,) in ask(folder / BOOK, "select state from corrections")} == {"without figure"}
    ((old,),) = ask(folder / BOOK, "select observation_id from provenance where value = 1500")
    with pytest.raises(CorrectionError, match="the newest has no observation at its place"):
        correct(config(folder), old, {"value": "1700"}, WHO, "w")


def test_reading_again_names_the_corrections_that_lost_their_figure(tmp_path: Path) -> None:
    """Without the place that somebody added, the figure is keyed no more."""
    folder = place(tmp_path, a=TEXT.replace("霍尔果斯", "虎山"))
    text = 'sources = ["in"]\ndatabase = "book.duckdb"\nports = ["ports.csv"]\n'
    (folder / "tallybook.toml").write_text(text, encoding="utf-8")
    hushan = "slug,name_en,name_zh_hans,kind,country\nhushan,Hushan,虎山,rail,CN\n"
    (folder / "ports.csv").write_text(hushan, encoding="utf-8")
    assert tallybook(folder, "run").returncode == 0
    correct_one = ("correct", identity(folder, 1500), "--set", "value=7", "--why", "w")
    assert tallybook(folder, *correct_one).returncode == 0
    (folder / "tallybook.toml").write_text(text.replace('ports = ["ports.csv"]\n', ""), encoding="utf-8")
    told = tallybook(folder, "reextract", "--dry-run")
    assert "corrections 1 have no observation any more at their place" in told.stderr


@pytest.mark.parametrize(
    ("value", "sets", "columns", "wanted"),
    [
        (1500, {"value": "15000"}, "value, low, high, qualifier", (15000, 15000, 15000, "=")),
        (2000, {"value": "200"}, "value, low, high, qualifier", (200, 180, 220, "~")),
        (2000, {"qualifier": "="}, "value, low, high, qualifier", (2000, 2000, 2000, "=")),
        (2000, {"qualifier": ">"}, "value, low, high, qualifier", (2000, 2000, None, ">")),
        (2000, {"qualifier": "<="}, "value, low, high, qualifier", (2000, None, 2000, "<=")),
        (1500, {"qualifier": "~", "value": "10"}, "value, low, high, qualifier", (10, 9, 11, "~")),
        (1500, {"value": "7", "low": "6.5", "high": ""}, "value, low, high", (7, Decimal("6.5"), None)),
        (1500, {"period_start": ""}, "period_start, period_end::varchar, days", (None, "2025-03-31", None)),
        (1500, {"period_end": "2025-01-31"}, "period_end::varchar, days", ("2025-01-31", 31)),
        (1500, {"metric": "Containers", "unit": "container"}, "metric, unit", ("containers", "container")),
        (1500, {"partner": " eu ", "whole": "cn"}, "partner, whole", ("eu", "cn")),
        (
            1500,
            {"scope": "route", "direction": "both", "mode": "sea"},
            "scope, direction, mode",
            ("route", "both", "sea"),
        ),
        (
            1500,
            {"service": "other", "nature": "plan", "reporter": "port"},
            "service, nature, reporter",
            ("other", "plan", "port"),
        ),
        (1500, {"breakdown": "reefer's"}, "breakdown", ("reefer's",)),
    ],
)
def test_what_a_correction_makes(
    folder: Path, value: int, sets: dict[str, str], columns: str, wanted: tuple[Any, ...]
) -> None:
    found = identity(folder, value)
    correct(config(folder), found, sets, WHO, "w")
    assert ask(
        folder / BOOK, f"select {columns} from current_observation where observation_id = '{found}'"
    ) == [wanted]


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        ({}, "nothing to correct: give --set FIELD=VALUE"),
        ({"value": "1500.0"}, "nothing to correct: value is 1500"),
        ({"evidence": "x"}, f"evidence is nothing to correct: there are {', '.join(FIELDS)}"),
        ({"value": ""}, "value cannot be none"),
        ({"value": "many"}, "value=many is no number: write it as 1234.5"),
        ({"value": "nan"}, "value=nan does not fit: at most 28 digits, and 10 after the point"),
        ({"value": "1e40"}, "value=1e40 does not fit: at most 28 digits, and 10 after the point"),
        (
            {"value": "0.00000000001"},
            "value=0.00000000001 does not fit: at most 28 digits, and 10 after the point",
        ),
        ({"low": "1501"}, "low <= value <= high does not hold: 1501, 1500, 1500"),
        ({"period_start": "March"}, "period_start=March is no day: write it as 2025-03-31"),
        ({"period_end": "2024-12-31"}, "the period begins after its end: 2025-01-01 to 2024-12-31"),
        ({"unit": "teu"}, "the unit teu does not fit trains total: set both"),
        ({"measure": "sum"}, "measure=sum is nothing of the contract: there are total, daily_mean, "),
        ({"mode": "foot"}, "mode=foot is nothing of the contract: there are rail, road, sea, air"),
        ({"qualifier": "range"}, "qualifier=range wants its ends: --set low=… --set high=…"),
        ({"port": "atlantis"}, "there is no port atlantis in the book: "),
        ({"metric": "whales"}, "there is no metric whales: "),
        (
            {"breakdown": "'; drop table observation; --", "scope": "x"},
            "scope=x is nothing of the contract: ",
        ),
    ],
)
def test_what_the_contract_does_not_know_is_refused(folder: Path, sets: dict[str, str], message: str) -> None:
    before = state(folder / BOOK)
    with pytest.raises(TallybookError) as raised:
        correct(config(folder), identity(folder, 1500), sets, WHO, "w")
    assert str(raised.value).startswith(message)
    assert raised.value.exit_code == 2
    assert state(folder / BOOK) == before


def test_an_observation_that_is_not_there(folder: Path) -> None:
    with pytest.raises(
        CorrectionError, match="there is no observation x-1: the column observation_id of each view"
    ):
        correct(config(folder), "x-1", {"value": "1"}, WHO, "w")
    for who, why in (("", "w"), ("w", " ")):
        with pytest.raises(CorrectionError, match="give --who and --why"):
            reject(config(folder), identity(folder, 1500), who, why)


def test_it_is_published_as_a_run_is(folder: Path) -> None:
    done = correct(config(folder, exports=True), identity(folder, 1500), {"value": "1600"}, WHO, "w")
    table = pq.read_table(folder / "exports" / "correction.parquet")
    assert table.column_names == [
        "correction_id", "field", "article_id", "span_start", "span_end", "old", "new", "who", "why",
        "undone_by", "undone",
    ]  # fmt: skip
    assert table.column("new").to_pylist() == ["1600", "1600", "1600"]
    assert table.schema.metadata[b"comment"].startswith(b"One row per field")
    assert done.exported is not None
    before = state(folder / BOOK)
    with writing(folder / BOOK), pytest.raises(LockedError):
        undo(config(folder), 1, WHO)
    assert state(folder / BOOK) == before
    with pytest.raises(DatabaseError, match="there is no book"):
        undo(config(folder / "in"), 1, WHO)


def test_the_commands(folder: Path) -> None:
    one = identity(folder, 1500)
    done = tallybook(folder, "correct", one, "--set", "value=1600", "--why", "a slip", "--who", "Ada")
    assert (done.returncode, done.stdout) == (0, "high: 1500 → 1600\nlow: 1500 → 1600\nvalue: 1500 → 1600\n")
    assert done.stderr == "tallybook: corrected, as correction 1; published book.duckdb (run 2)\n"
    done = tallybook(folder, "reject", one, "--why", "no", "--who", "Ada")
    assert done.stderr == "tallybook: rejected, as correction 2; published book.duckdb (run 3)\n"
    done = tallybook(folder, "corrections", "--format", "json")
    assert [(r["correction_id"], r["field"], r["state"]) for r in json.loads(done.stdout)] == [
        (1, "high", "holds"), (1, "low", "holds"), (1, "value", "holds"), (2, "rejected", "holds"),
    ]  # fmt: skip
    done = tallybook(folder, "undo", "2")
    assert (done.returncode, done.stdout) == (0, "rejected: true → false\n")
    for args in (
        ["correct", one, "--set", "value", "--why", "w"],
        ["correct", one, "--why", "w"],
        ["undo", "0"],
    ):
        assert tallybook(folder, *args).returncode == 2
    done = tallybook(folder, "correct", one, "--set", "port=atlantis", "--why", "w")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said(folder, "value", "latest") == [(1600,), (2000,)]


def test_a_kill_leaves_no_half_of_a_correction(folder: Path) -> None:
    """Plays kill -9 before the audited book is renamed."""
    before = state(folder / BOOK)
    args = ("correct", identity(folder, 1500), "--set", "value=1600", "--why", "w")
    for point in ("run-committed", "synced"):
        assert tallybook(folder, *args, fault=point).returncode == -9
        assert state(folder / BOOK) == before
    assert tallybook(folder, *args).returncode == 0


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


def test_a_correction_holds_for_the_figure_at_its_place_alone(book: Book) -> None:
    one, other = (book.article(p, text="1482 trains, 1482 wagons") for p in "AB")
    for article in (one, other):
        book.add(article, "khorgos", "trains", "total", 1482, words="1482 trains")
        book.add(article, "khorgos", "passengers", "total", 1482, words="1482 wagons")
    book.con.execute(
        "insert into correction values (1, 'value', ?, 13, 24, '1482', '9', 'me', 'why', 1, null, null)",
        [one],
    )
    assert book.rows("current_observation", "publisher, metric, value") == [
        ("A", "passengers", 9), ("A", "trains", 1482), ("B", "passengers", 1482), ("B", "trains", 1482),
    ]  # fmt: skip
