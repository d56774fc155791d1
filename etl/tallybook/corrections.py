"""Corrections by people: another value for a field of an observation, or no observation at all.

A correction is kept by the place of the figure in its article, and so holds for whichever extractor
reads the article. Fields that only make sense together are held fast together: with a value its
interval, with one end of a period the other, with a unit what it measures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb

from tallybook.config import Config
from tallybook.errors import TallybookError
from tallybook.extract import extractor_version
from tallybook.job import export_due
from tallybook.lexicon import Lexicon, load_lexicon
from tallybook.query import find_metric, find_port
from tallybook.store.book import Book
from tallybook.store.load import Counts
from tallybook.store.publish import reading, writing
from tallybook.store.vet import LIMIT, unit_fits

FIELDS = (
    "port", "partner", "metric", "measure", "value", "unit", "qualifier", "low", "high", "period_start",
    "period_end", "scope", "direction", "mode", "service", "breakdown", "nature", "reporter", "whole",
)  # fmt: skip
_NULLABLE = frozenset(FIELDS) - {"port", "metric", "measure", "value", "unit", "qualifier", "scope", "nature"}
_NUMBERS = ("value", "low", "high")
_TOGETHER = (("value", "low", "high"), ("period_start", "period_end"), ("metric", "measure", "unit"))
_STEP = Decimal("1e-10")
_Fields = dict[str, str | None]


class CorrectionError(TallybookError):
    """A correction that cannot be made as it is put."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction did: its number, the fields that changed with old and new, the export."""

    correction_id: int
    changes: tuple[tuple[str, str | None, str | None], ...]
    run_id: int
    exported: list[Path] | None


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure that stands, and what its observation says with the corrections that hold."""

    article_id: str
    span_start: int
    span_end: int
    fields: _Fields
    rejected: int | None
    """The correction that rejected it."""


def correct(config: Config, observation: str, sets: Mapping[str, str], who: str, why: str) -> Corrected:
    """Give fields of an observation other values; an empty one is none.

    Raises CorrectionError where the observation or a value is not known to the contract.
    """

    def make(con: duckdb.DuckDBPyConnection, lexicon: Lexicon, run_id: int) -> _Written:
        figure = _find(con, observation)
        if figure.rejected is not None:
            raise CorrectionError(
                f"{observation} is rejected: `tallybook undo {figure.rejected}` takes that back"
            )
        new = _fitting(con, lexicon, figure.fields, sets)
        return _insert(con, figure, new, who, why, run_id)

    return _publish(config, "correct", make)


def reject(config: Config, observation: str, who: str, why: str) -> Corrected:
    """Take an observation out of all views; CorrectionError where it is not there."""

    def make(con: duckdb.DuckDBPyConnection, lexicon: Lexicon, run_id: int) -> _Written:
        figure = _find(con, observation)
        if figure.rejected is not None:
            raise CorrectionError(f"{observation} is rejected already, by correction {figure.rejected}")
        figure.fields["rejected"] = "false"
        return _insert(con, figure, {"rejected": "true"}, who, why, run_id)

    return _publish(config, "reject", make)


def undo(config: Config, correction_id: int, who: str) -> Corrected:
    """Take a correction back; CorrectionError where there is none, or it is undone."""

    def make(con: duckdb.DuckDBPyConnection, lexicon: Lexicon, run_id: int) -> _Written:
        rows = con.execute(
            """select field, new, state, read_as, undone_by, article_id, span_start from corrections
               where correction_id = ? order by field""",
            [correction_id],
        ).fetchall()
        if not rows:
            raise CorrectionError(
                f"there is no correction {correction_id}: `tallybook corrections` lists them"
            )
        if rows[0][4] is not None:
            raise CorrectionError(f"correction {correction_id} was undone by {rows[0][4]}")
        con.execute(
            "update correction set undone_run = ?, undone_by = ? where correction_id = ?",
            [run_id, who, correction_id],
        )
        left = _standing(con, *rows[0][5:])
        back = [
            (field, new, left.get(field, read)) for field, new, state, read, *_ in rows if state == "holds"
        ]
        return correction_id, tuple(change for change in back if change[1] != change[2])

    return _publish(config, "undo", make)


_Written = tuple[int, tuple[tuple[str, str | None, str | None], ...]]


def _publish(
    config: Config, command: str, make: Callable[[duckdb.DuckDBPyConnection, Lexicon, int], _Written]
) -> Corrected:
    reading(config.database, older=True).close()  # there is something to correct
    lexicon = load_lexicon(config.ports, config.words)
    with writing(config.database) as staging:
        with Book(staging, lexicon, extractor_version(lexicon), command) as book:
            con = book.connection
            assert book.run_id is not None
            number, changes = make(con, lexicon, book.run_id)
            book.finish(Counts(), [])
        staging.publish()
        exported = None
        if config.exports is not None:
            exported = export_due(staging.database, config.exports, config.export_views)
    return Corrected(number, changes, book.run_id, exported)


def _standing(con: duckdb.DuckDBPyConnection, article_id: str, span_start: int) -> _Fields:
    """Give what people say of the figure at a place, by field."""
    rows = con.execute(
        """select field, new from correction
           where article_id = ? and span_start = ? and undone_run is null order by correction_id""",
        [article_id, span_start],
    ).fetchall()
    return dict(rows)


def _find(con: duckdb.DuckDBPyConnection, observation: str) -> _Figure:
    """Find the figure that stands where an observation is or was read."""
    columns = ", ".join(f"o.{name}::varchar" for name in FIELDS)
    row = con.execute(
        f"""select n.article_id, n.span_start, n.span_end, o.observation_id, {columns}
            from observation as told
            inner join figure as f on told.figure_id = f.figure_id
            inner join figure as n
              on f.article_id = n.article_id and f.span_start = n.span_start and n.superseded_run is null
            left join observation as o on n.figure_id = o.figure_id
            where told.observation_id = ?""",
        [observation],
    ).fetchone()
    if row is None or row[3] is None:
        known = con.execute("select 1 from observation where observation_id = ?", [observation]).fetchone()
        if known:
            raise CorrectionError(
                f"{observation} is of an older reading, and the newest has no observation at its place"
            )
        raise CorrectionError(
            f"there is no observation {observation}: the column observation_id of each view names them"
        )
    fields: _Fields = dict(zip(FIELDS, row[4:], strict=True))
    rejected = None
    for number, field, new in con.execute(
        """select correction_id, field, new from correction
           where article_id = ? and span_start = ? and undone_run is null order by correction_id""",
        row[:2],
    ).fetchall():
        if field == "rejected":
            rejected = number
        else:
            fields[field] = new
    for name in _NUMBERS:
        if (number_text := fields[name]) is not None:
            fields[name] = _plain(Decimal(number_text))
    return _Figure(row[0], row[1], row[2], fields, rejected)


def _fitting(
    con: duckdb.DuckDBPyConnection, lexicon: Lexicon, old: _Fields, sets: Mapping[str, str]
) -> _Fields:
    """Give what is to be stored: the fields that are set, and those that belong to them."""
    if not sets:
        raise CorrectionError("nothing to correct: give --set FIELD=VALUE")
    new: _Fields = {field: _parsed(con, field, text) for field, text in sets.items()}
    if all(old[field] == text for field, text in new.items()):
        standing = ", ".join(f"{field} is {text or 'none'}" for field, text in new.items())
        raise CorrectionError(f"nothing to correct: {standing}")
    whole = old | new
    if not {"low", "high"} & new.keys() and {"value", "qualifier"} & new.keys():
        whole["low"], whole["high"] = _interval(old, whole, "qualifier" in new)
    for group in _TOGETHER:
        if any(whole[name] != old[name] or name in new for name in group):
            new |= {name: whole[name] for name in group}
    if "qualifier" in new:
        new |= {name: whole[name] for name in _NUMBERS}
    _check(lexicon, whole)
    return new


def _parsed(con: duckdb.DuckDBPyConnection, field: str, text: str) -> str | None:
    if field not in FIELDS:
        raise CorrectionError(f"{field} is nothing to correct: there are {', '.join(FIELDS)}")
    text = text.strip()
    if not text:
        if field in _NULLABLE:
            return None
        raise CorrectionError(f"{field} cannot be none")
    if field in _NUMBERS:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise CorrectionError(f"{field}={text} is no number: write it as 1234.5") from None
        if not number.is_finite() or abs(number) >= LIMIT or number != number.quantize(_STEP):
            raise CorrectionError(f"{field}={text} does not fit: at most 28 digits, and 10 after the point")
        return _plain(number)
    if field in ("period_start", "period_end"):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise CorrectionError(f"{field}={text} is no day: write it as 2025-03-31") from None
    if field in ("port", "whole"):
        return find_port(con, text)
    if field == "metric":
        return find_metric(con, text)
    allowed = _allowed(con, field)
    if allowed and text not in allowed:
        raise CorrectionError(f"{field}={text} is nothing of the contract: there are {', '.join(allowed)}")
    return text


def _allowed(con: duckdb.DuckDBPyConnection, field: str) -> list[str]:
    """Read from the table's own rule which words a field may have; any where there is no rule."""
    for (text,) in con.execute(
        """select constraint_text from duckdb_constraints()
           where table_name = 'observation' and constraint_type = 'CHECK'"""
    ).fetchall():
        if found := re.fullmatch(rf'CHECK\(\("?{field}"? IN \((.*)\)\)\)', text):
            return re.findall("'([^']*)'", found[1])
    return []


def _interval(old: _Fields, whole: _Fields, requalified: bool) -> tuple[str | None, str | None]:
    """Give the ends that go with another value or qualifier, by the contract."""
    value = Decimal(whole["value"] or 0)
    if not requalified:
        # The same words about another number: the ends keep their proportion to it.
        was = Decimal(old["value"] or 0)
        ends = [None if (end := old[name]) is None else Decimal(end) for name in ("low", "high")]
        scaled = [None if end is None else value * end / was if was else value for end in ends]
        low, high = scaled if not was or value / was >= 0 else reversed(scaled)
        return _rounded(low), _rounded(high)
    match whole["qualifier"]:
        case "=":
            return _plain(value), _plain(value)
        case "~":
            margin = abs(value) / 10
            return _rounded(value - margin), _rounded(value + margin)
        case ">" | ">=":
            return _plain(value), None
        case "<" | "<=":
            return None, _plain(value)
    raise CorrectionError("qualifier=range wants its ends: --set low=… --set high=…")


def _check(lexicon: Lexicon, whole: _Fields) -> None:
    low, value, high = (
        None if (t := whole[name]) is None else Decimal(t) for name in ("low", "value", "high")
    )
    assert value is not None
    if (low is not None and low > value) or (high is not None and high < value):
        raise CorrectionError(
            f"low <= value <= high does not hold: {whole['low']}, {whole['value']}, {whole['high']}"
        )
    start, end = whole["period_start"], whole["period_end"]
    if start is not None and end is not None and start > end:
        raise CorrectionError(f"the period begins after its end: {start} to {end}")
    metric = next((m for m in lexicon.metrics if m.metric == whole["metric"]), None)
    if metric is not None and not unit_fits(metric, whole["measure"] or "", whole["unit"] or ""):
        raise CorrectionError(
            f"the unit {whole['unit']} does not fit {whole['metric']} {whole['measure']}: set both"
        )


def _insert(
    con: duckdb.DuckDBPyConnection, figure: _Figure, new: _Fields, who: str, why: str, run_id: int
) -> _Written:
    if not who.strip() or not why.strip():
        raise CorrectionError("a correction tells who made it and why: give --who and --why")
    row = con.execute("select coalesce(max(correction_id), 0) + 1 from correction").fetchone()
    number = int(row[0]) if row else 1
    changes = []
    for field, text in sorted(new.items()):
        old = figure.fields[field]
        con.execute(
            "insert into correction values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, null)",
            [
                number, field, figure.article_id, figure.span_start, figure.span_end, old, text,
                who.strip(), why.strip(), run_id,
            ],
        )  # fmt: skip
        if old != text:
            changes.append((field, old, text))
    return number, tuple(changes)


def _rounded(number: Decimal | None) -> str | None:
    return None if number is None else _plain(number.quantize(_STEP))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
