"""`tallybook check`: each check with rows given and rows expected, and silence where nothing is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookmaker import Book, clean_book
from jobmaker import job, tallybook
from tallybook.check import CHECKS, Finding, Thresholds, check_book, parse_thresholds
from tallybook.config import load_config
from tallybook.errors import ConfigError
from tallybook.read import read_paths
from tallybook.resources import data_path

_NUMBERS = count()
MONTHS = [(date(2025, m, 1), date(2025 + m // 12, m % 12 + 1, 1) - timedelta(1)) for m in range(1, 13)]


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


def months(
    book: Book, values: list[Any], port: str = "khorgos", metric: str = "trains", **more: Any
) -> list[str]:
    """Add a total for each month of 2025, each told by an article of the day after it ended."""
    ids = []
    for (start, end), value in zip(MONTHS, values, strict=False):
        text, url = f"{port} {value}, {start:%B}.", f"https://example.org/{next(_NUMBERS)}"
        article = book.article("Post", str(end + timedelta(1)), text=text, url=url)
        ids.append(
            book.add(article, port, metric, "total", value, f"{start}..{end}", words=str(value), **more)
        )
    return ids


def found(book: Book, macro: str, columns: str = "period_end, before_value, value") -> list[tuple[Any, ...]]:
    return book.rows(macro, columns)


def test_a_jump_is_told_once_with_the_value_before_it(book: Book) -> None:
    months(book, [700, 710, 4100, 690, 720])
    assert found(book, "jumps(5)") == [("2025-03-31", 710, 4100)]
    assert found(book, "jumps(6)") == []


def test_a_jump_down_and_a_new_level_that_stays(book: Book) -> None:
    months(book, [4200, 700, 710, 690])
    assert found(book, "jumps(5)") == [("2025-02-28", 4200, 700)]


def test_lengths_are_made_equal_by_the_day(book: Book) -> None:
    """A running total grows, and that is no jump; nor is a month a neighbour of a year."""
    article = book.article()
    for end, value in (("02-28", 1400), ("03-31", 2100), ("06-30", 4200), ("12-31", 8400)):
        book.add(article, "khorgos", "trains", "total", value, f"2025-01-01..2025-{end}")
    book.add(article, "khorgos", "trains", "total", 60, "2025-12-01..2025-12-31")
    assert found(book, "jumps(2)") == []
    book.add(article, "khorgos", "trains", "total", 31000, "2025-01-01..2025-05-31")
    assert found(book, "jumps(5)") == [("2025-05-31", 2100, 31000)]


def test_what_a_wording_leaves_open_is_no_jump(book: Book) -> None:
    """About 400 and about 2,050 may be 440 and 1,845."""
    article = book.article()
    for (start, end), value in zip(MONTHS, (400, 2050), strict=False):
        book.add(
            article, "khorgos", "trains", "total", value, f"{start}..{end}", low=value * 0.9, high=value * 1.1
        )
    assert found(book, "jumps(5)") == []
    assert found(book, "jumps(4)") == [("2025-02-28", 400, 2050)]


@pytest.mark.parametrize("factor", [10, 1000, 10_000])
@pytest.mark.parametrize("place", [0, 2, 4])
@pytest.mark.parametrize("up", [True, False])
def test_a_slip_of_powers_is_found_wherever_it_is(factor: int, place: int, up: bool, book: Book) -> None:
    """Plays 万 that was lost, or put where it does not belong."""
    values = [1_000_000, 1_200_000, 1_100_000, 1_250_000, 1_150_000]
    values[place] = values[place] * factor if up else values[place] // factor
    months(book, values, metric="parcels")
    pair = (0, 1) if place == 0 else (place - 1, place)
    assert found(book, "slips(1.5)", "factor, before_value, value") == [
        (factor, values[pair[0]], values[pair[1]])
    ]


def test_series_are_kept_apart(book: Book) -> None:
    """Exports are no neighbours of all, nor is rail one of road, nor a plan one of what was."""
    months(book, [700, 710])
    months(book, [7, 8], direction="export")
    months(book, [70, 71], mode="road")
    months(book, [70_000, 7], nature="plan")
    months(book, [70_000, 7], scope="company")
    months(book, [7000, 7100], port="manzhouli")
    assert found(book, "slips(1.5)") == []
    assert found(book, "jumps(5)") == []


@settings(max_examples=8, deadline=None)
@given(
    base=st.integers(50, 5_000_000),
    moves=st.lists(st.floats(0.6, 1.6), min_size=2, max_size=11),
)
def test_a_plausible_series_raises_no_alarm(base: int, moves: list[float]) -> None:
    values = [base]
    for move in moves:
        values.append(max(20, int(values[-1] * move)))
    with clean_book() as book:
        months(book, values)
        assert found(book, "jumps(5)") == found(book, "slips(1.5)") == []


def test_a_series_is_overdue_by_its_own_rhythm(book: Book) -> None:
    """Told on the first of each month: the longest gap is 31 days."""
    ids = months(book, [700, 710, 720, 730, 740])  # the last one on 1 June
    told = (
        "port, period_end, value, known_releases, usual_gap, longest_gap, due_on, silent_days, observation_id"
    )
    assert book.rows("overdue('2025-07-17', 4, 1.5)") == []
    assert book.rows("overdue('2025-07-18', 4, 1.5)", told) == [
        ("khorgos", "2025-05-31", 740, 5, 30.5, 31, "2025-07-02", 47, ids[-1])
    ]
    assert book.rows("overdue('2025-07-18', 6, 1.5)") == []
    assert book.rows("overdue('2025-04-02', 4, 1.5)") == []  # what came later is not known then
    assert book.rows("overdue('2027-07-18', 4, 1.5)") == []  # it has ended


def test_what_has_no_rhythm_is_never_overdue(book: Book) -> None:
    for day in ("2025-01-10", "2025-01-12", "2025-03-30", "2025-04-01", "2025-04-02"):
        book.add(book.article(published_on=day), "khorgos", "trains", "total", 9, f"2025-01-01..{day}")
    assert book.rows("overdue('2025-08-01', 4, 1.5)") == []


def test_a_period_that_is_told_again_is_no_release(book: Book) -> None:
    for day in ("2025-02-01", "2025-02-03", "2025-02-05", "2025-02-07"):
        book.add(book.article(published_on=day), "khorgos", "trains", "total", 700, "2025-01-01..2025-01-31")
    assert book.rows("overdue('2025-03-01', 3, 1.5)") == []


def test_a_source_that_went_quiet(book: Book) -> None:
    for n in range(10):
        book.article("Daily", str(date(2025, 3, 1) + timedelta(2 * n)))
        book.article("Weekly", str(date(2025, 3, 1) + timedelta(7 * n)))
        book.article(None, str(date(2025, 3, 1) + timedelta(2 * n)), url="https://example.org:80/news?x=1")
    book.article(None, "2025-03-01")
    told = "source, days_with_articles, usual_gap, longest_gap, last_published_on, silent_days"
    assert book.rows("quiet_sources('2025-03-25', 8, 3)", told) == []
    assert book.rows("quiet_sources('2025-04-01', 8, 3)", told) == [
        ("Daily", 10, 2, 2, "2025-03-19", 13),
        ("example.org", 10, 2, 2, "2025-03-19", 13),
    ]
    assert book.rows("quiet_sources('2025-04-01', 11, 3)", told) == []


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A book that has one finding of each check."""
    path = tmp_path / "book.duckdb"
    book = Book(path)
    months(book, [700, 710, 720, 4100, 730, 740])
    months(book, [2_000_000, 210, 2_200_000], port="alashankou", metric="parcels")
    other = book.article("Gazette", "2025-07-02", text="In May it was 520, they say.\nA second line.")
    book.add(other, "khorgos", "trains", "total", 520, "2025-05-01..2025-05-31", words="520", sentence=None)
    for n in range(10):
        book.article("Daily", str(date(2025, 3, 1) + timedelta(5 * n)))
    book.close()
    return path


def test_a_finding_has_both_values_the_sentences_and_the_articles(database: Path) -> None:
    health = check_book(database, Thresholds(), date(2025, 8, 25))
    by_check = {name: [f for f in health.findings if f.check == name] for name in CHECKS}
    assert {name: len(findings) for name, findings in by_check.items()} == {
        "contradictions": 1, "slips": 1, "jumps": 1, "overdue": 1, "quiet_sources": 1,
    }  # fmt: skip
    (jump,) = by_check["jumps"]
    assert isinstance(jump, Finding)
    assert (jump.port, jump.metric, jump.measure, jump.unit) == ("khorgos", "trains", "total", "train")
    assert (jump.period_end, jump.value) == (date(2025, 4, 30), 4100)
    assert (jump.other_period_end, jump.other_value) == (date(2025, 3, 31), 720)
    assert [c.sentence for c in jump.citations] == ["khorgos 4100, April.", "khorgos 720, March."]
    assert jump.citations[0].publisher == "Post"
    (slip,) = by_check["slips"]
    assert (slip.port, slip.value, slip.other_value) == ("alashankou", 210, 2_000_000)
    assert "a factor of 10,000?" in slip.what
    (contradiction,) = by_check["contradictions"]
    assert {contradiction.value, contradiction.other_value} == {730, 520}
    assert len(contradiction.citations) == 2
    (overdue,) = by_check["overdue"]
    assert (overdue.port, overdue.value) == ("khorgos", 740)
    (quiet,) = by_check["quiet_sources"]
    assert quiet.what.startswith("Daily: no article for 132 days")
    assert quiet.citations[0].published_on == date(2025, 4, 15)


def test_the_day_is_the_newest_of_the_book_and_no_clock(database: Path) -> None:
    health = check_book(database, Thresholds())
    assert health.day == date(2025, 7, 2)
    assert health == check_book(database, Thresholds(), date(2025, 7, 2))
    assert not [f for f in health.findings if f.check == "overdue"]


def test_what_somebody_accepted_is_left_out_and_counted(database: Path) -> None:
    health = check_book(database, Thresholds())
    jump = next(f for f in health.findings if f.check == "jumps")
    accepted = Thresholds(accepted=(str(jump.citations[0].observation_id),))
    again = check_book(database, accepted)
    assert again.accepted == 1
    assert set(health.findings) - set(again.findings) == {jump}


def test_the_command_ends_with_8_and_prints_what_a_program_reads(database: Path) -> None:
    folder = database.parent
    done = tallybook(folder, "check", "--database", "book.duckdb", "--day", "2025-08-25", "--format", "json")
    assert done.returncode == 8
    told = json.loads(done.stdout)
    assert told["day"] == "2025-08-25"
    assert told["counts"] == dict.fromkeys(CHECKS, 1)
    jump = next(f for f in told["findings"] if f["check"] == "jumps")
    assert jump["period_end"] == "2025-04-30"
    assert jump["citations"][0]["sentence"] == "khorgos 4100, April."
    assert "1 contradictions, 1 slips, 1 jumps, 1 overdue, 1 quiet_sources" in done.stderr
    text = tallybook(folder, "check", "--database", "book.duckdb", "--only", "jumps")
    assert text.returncode == 8
    assert (
        "jumps: khorgos trains total 2025-04-01 to 2025-04-30: 4100 train, 720 in 2025-03-01 to 2025-03-31"
    ) in text.stdout.splitlines()
    (folder / "tallybook.toml").write_text(
        'sources = ["in"]\ndatabase = "book.duckdb"\n[check]\njump = 20000\n', encoding="utf-8"
    )
    quiet = tallybook(folder, "check", "--only", "jumps")
    assert (quiet.returncode, quiet.stdout) == (0, "")
    assert "nothing found, as of 2025-07-02" in quiet.stderr
    # A person may ask the view behind it.
    asked = tallybook(folder, "query", "jumps", "least=5", "--format", "csv")
    assert asked.stdout.count("\n") == 3


def test_the_samples_have_the_one_contradiction_that_they_were_written_with(tmp_path: Path) -> None:
    job(tmp_path, read_paths([str(data_path("samples"))]))
    done = tallybook(tmp_path, "check", "--format", "json", "--database", "book.duckdb")
    assert done.returncode == 8
    told = json.loads(done.stdout)
    assert [n for name, n in told["counts"].items() if name != "contradictions"] == [0, 0, 0, 0]
    assert {(f["port"], f["period_end"]) for f in told["findings"]} == {("khorgos", "2025-07-31")}


def test_a_book_that_is_not_there_ends_with_6(tmp_path: Path) -> None:
    done = tallybook(tmp_path, "check")
    assert done.returncode == 6
    assert "there is no book" in done.stderr


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"jmp": 5}, "jmp is not known; known are jump, slip, releases"),
        ({"jump": "5"}, "jump must be a number, not '5'"),
        ({"jump": 1}, "jump must be greater than 1, not 1"),
        ({"slip": True}, "slip must be a number, not True"),
        ({"releases": 2.5}, "releases must be a whole number, not 2.5"),
        ({"releases": 2}, "releases must be 3 or more, not 2"),
        ({"accepted": "x"}, "accepted must be a list of observation ids, not 'x'"),
    ],
)
def test_a_threshold_that_is_none_is_named(table: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        parse_thresholds(table)
    path = tmp_path / "tallybook.toml"
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items())
    path.write_text(f'sources = ["in"]\n[check]\n{lines}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"tallybook\.toml: \[check\]: "):
        load_config(path)
