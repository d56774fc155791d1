"""Check a book's health: what contradicts itself, leaps, slips by powers of ten, is overdue or went quiet.

Each check is a saved view or macro, and a row of it a finding. The thresholds are the user's
(`[check]` in tallybook.toml). Nothing here looks at the clock: the day is given, or is the newest
day of publication in the book.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tallybook.errors import TallybookError

if TYPE_CHECKING:
    import duckdb

CHECKS = ("contradictions", "slips", "jumps", "overdue", "quiet_sources")
"""The checks in the order in which they are told; each is a file in queries/."""


class FindingsError(TallybookError):
    """The book was checked, and something in it wants a look."""

    exit_code = 8


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something is a finding; docs/check.md says what each means."""

    jump: float = 5.0
    slip: float = 1.5
    releases: int = 4
    late: float = 1.5
    articles: int = 8
    quiet: float = 3.0
    accepted: tuple[str, ...] = ()
    """Ids of observations whose findings people have looked at."""


@dataclass(frozen=True, slots=True)
class Citation:
    """The words behind a value: the sentence, and the article that has it."""

    observation_id: str | None
    sentence: str | None
    article_id: str
    article: str
    publisher: str | None
    published_on: date | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: where, which two values, what is wrong, and the words of both.

    A source that went quiet has no port, metric, period or value.
    """

    check: str
    what: str
    port: str | None = None
    metric: str | None = None
    measure: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    value: float | None = None
    other_value: float | None = None
    other_period_start: date | None = None
    other_period_end: date | None = None
    unit: str | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """What the checks found, and the day that they took for today (None in a book without dates)."""

    day: date | None
    findings: tuple[Finding, ...]
    accepted: int = 0
    """Findings left out since somebody accepted an observation of theirs."""


def parse_thresholds(table: Mapping[str, Any]) -> Thresholds:
    """Read `[check]`. Raises ValueError, which names the key and what it must be."""
    known = {f.name: f.default for f in fields(Thresholds)}
    given: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise ValueError(f"{key} is not known; known are {', '.join(known)}")
        if key == "accepted":
            if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
                raise ValueError(f"accepted must be a list of observation ids, not {value!r}")
            given[key] = tuple(value)
            continue
        whole = isinstance(known[key], int)
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise ValueError(f"{key} must be a {'whole ' if whole else ''}number, not {value!r}")
        least = 3 if whole else 1
        if not least <= value < 1e6 or (not whole and value == 1):
            raise ValueError(f"{key} must be {'3 or more' if whole else 'greater than 1'}, not {value!r}")
        given[key] = value if whole else float(value)
    return Thresholds(**given)


def check_book(
    database: Path, thresholds: Thresholds, day: date | None = None, only: Sequence[str] = CHECKS
) -> Health:
    """Run the checks over a published book; `day` is what is taken for today.

    Raises DatabaseError where the book cannot be opened.
    """
    from tallybook.store.computed import computed

    with computed(database, (*only, "current_observation")) as con:
        if day is None:
            row = con.execute("select max(published_on) from article").fetchone()
            day = row[0] if row else None
        found: list[tuple[Finding, list[str]]] = []
        for check in CHECKS:
            if check in only and (day is not None or check not in ("overdue", "quiet_sources")):
                found += _FINDERS[check](con, thresholds, day)
        # A slip is a jump too: it is told once, with its likely cause.
        slips = {tuple(ids) for finding, ids in found if finding.check == "slips"}
        kept = [item for item in found if item[0].check != "jumps" or tuple(item[1]) not in slips]
        accepted = set(thresholds.accepted)
        open_ones = [item for item in kept if accepted.isdisjoint(item[1])]
        return Health(day, tuple(_cited(con, open_ones)), len(kept) - len(open_ones))


_Found = Iterator[tuple[Finding, list[str]]]


def _contradictions(con: duckdb.DuckDBPyConnection, thresholds: Thresholds, day: date | None) -> _Found:
    for row in _rows(
        con,
        """select identity, port, metric, measure, period_start, period_end, stated_value, other_value, unit,
             stated_low, stated_high, other_low, other_high, observation_ids
           from contradictions
           order by port, metric, period_end, identity, observation_ids""",
    ):
        what = (
            f"{row['identity']}: {_interval(row['stated_low'], row['stated_high'])} cannot meet "
            f"{_interval(row['other_low'], row['other_high'])}"
        )
        ids = [i for i in row["observation_ids"] if i]
        yield _finding("contradictions", what, row, row["stated_value"], row["other_value"]), ids


def _slips(con: duckdb.DuckDBPyConnection, thresholds: Thresholds, day: date | None) -> _Found:
    for row in _neighbours(con, "slips", thresholds.slip):
        what = f"{row['times']:.4g} times its neighbour: a factor of {row['factor']:,}?"
        if row["step"] < 0:
            what = f"its neighbour is {row['times']:.4g} times as much: a factor of {row['factor']:,}?"
        yield _of_neighbours("slips", what, row)


def _jumps(con: duckdb.DuckDBPyConnection, thresholds: Thresholds, day: date | None) -> _Found:
    for row in _neighbours(con, "jumps", thresholds.jump):
        way = "up" if row["step"] > 0 else "down"
        yield _of_neighbours("jumps", f"{way} {row['times']:.3g} times from its neighbour", row)


def _overdue(con: duckdb.DuckDBPyConnection, thresholds: Thresholds, day: date | None) -> _Found:
    for row in _rows(
        con,
        """select * from overdue(?, ?, ?)
           order by port, metric, measure, observation_id""",
        [day, thresholds.releases, thresholds.late],
    ):
        what = (
            f"nothing for {row['silent_days']} days; it comes every {row['usual_gap']:g}, at most "
            f"{row['longest_gap']}: due on {row['due_on']}"
        )
        yield _finding("overdue", what, row, row["value"]), [row["observation_id"]]


def _quiet_sources(con: duckdb.DuckDBPyConnection, thresholds: Thresholds, day: date | None) -> _Found:
    for row in _rows(
        con,
        """select q.*, a.article_id, a.name, a.publisher, a.published_on
           from quiet_sources(?, ?, ?) q join article a on q.last_article_id = a.article_id
           order by source""",
        [day, thresholds.articles, thresholds.quiet],
    ):
        what = (
            f"{row['source']}: no article for {row['silent_days']} days; its longest gap was "
            f"{row['longest_gap']}"
        )
        last = Citation(None, None, row["article_id"], row["name"], row["publisher"], row["published_on"])
        yield Finding("quiet_sources", what, citations=(last,)), []


_FINDERS = {
    "contradictions": _contradictions,
    "slips": _slips,
    "jumps": _jumps,
    "overdue": _overdue,
    "quiet_sources": _quiet_sources,
}


def _neighbours(con: duckdb.DuckDBPyConnection, macro: str, threshold: float) -> Iterator[dict[str, Any]]:
    return _rows(
        con,
        f"select * from {macro}(?) order by port, metric, measure, period_end, observation_id",
        [threshold],
    )


def _of_neighbours(check: str, what: str, row: Mapping[str, Any]) -> tuple[Finding, list[str]]:
    finding = _finding(
        check,
        what,
        row,
        row["value"],
        row["before_value"],
        row["before_period_start"],
        row["before_period_end"],
    )
    return finding, [row["observation_id"], row["before_observation_id"]]


def _finding(
    check: str,
    what: str,
    row: Mapping[str, Any],
    value: Any,
    other_value: Any = None,
    other_start: date | None = None,
    other_end: date | None = None,
) -> Finding:
    return Finding(
        check,
        what,
        port=row["port"],
        metric=row["metric"],
        measure=row["measure"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        value=None if value is None else float(value),
        other_value=None if other_value is None else float(other_value),
        other_period_start=other_start,
        other_period_end=other_end,
        unit=row["unit"],
    )


def _interval(low: float | None, high: float | None) -> str:
    if low is not None and low == high:
        return f"{low:.12g}"
    ends = ("-inf" if low is None else f"{low:.12g}", "inf" if high is None else f"{high:.12g}")
    return f"{ends[0]} … {ends[1]}"


def _rows(con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] = ()) -> Iterator[dict[str, Any]]:
    cursor = con.execute(sql, list(values))
    names = [column[0] for column in cursor.description or ()]
    for row in cursor.fetchall():
        yield dict(zip(names, row, strict=True))


def _cited(con: duckdb.DuckDBPyConnection, found: list[tuple[Finding, list[str]]]) -> Iterator[Finding]:
    """Give the findings with the sentence and article of each of their observations."""
    wanted = sorted({i for _, ids in found for i in ids})
    words: dict[str, Citation] = {}
    for row in con.execute(
        """select o.observation_id,
             substring(a.text, o.sentence_start + 1, o.sentence_end - o.sentence_start),
             a.article_id, a.name, a.publisher, a.published_on
           from current_observation o
           join article a on o.article_id = a.article_id
           semi join (select unnest(?::varchar[]) as id) w on o.observation_id = w.id""",
        [wanted],
    ).fetchall():
        words[row[0]] = Citation(*row)
    for finding, ids in found:
        citations = tuple(words[i] for i in dict.fromkeys(ids) if i in words)
        yield replace(finding, citations=citations) if ids else finding
