"""Load extractions: articles, figures and observations as rows, in bulk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any

import duckdb
import pyarrow as pa

from tallybook.records import Article, Evidence, Extraction, Observation, Rejection, Unkeyed

_NUMBER = pa.decimal128(38, 10)
_STEP = Decimal("1e-10")
_EXACT = Context(prec=38)
_Fields = list[tuple[str, pa.DataType]]
_ARTICLE: _Fields = [
    ("article_id", pa.string()), ("name", pa.string()), ("title", pa.string()), ("text", pa.string()),
    ("lang", pa.string()), ("publisher", pa.string()), ("url", pa.string()), ("published_on", pa.date32()),
    ("published_inferred", pa.bool_()), ("content_hash", pa.string()), ("recorded_run", pa.int32()),
]  # fmt: skip
_READING: _Fields = [
    ("article_id", pa.string()), ("run_id", pa.int32()), ("extractor", pa.string()), ("lang", pa.string()),
    ("published_on", pa.date32()), ("published_inferred", pa.bool_()),
]  # fmt: skip
_FIGURE: _Fields = [
    ("figure_id", pa.string()), ("article_id", pa.string()), ("span_start", pa.int32()),
    ("span_end", pa.int32()), ("text", pa.string()), ("sentence_start", pa.int32()),
    ("sentence_end", pa.int32()), ("status", pa.string()), ("reason", pa.string()),
    ("missing", pa.string()), ("extractor", pa.string()), ("recorded_run", pa.int32()),
    ("superseded_run", pa.int32()),
]  # fmt: skip
_OBSERVATION: _Fields = [
    ("observation_id", pa.string()), ("figure_id", pa.string()), ("article_id", pa.string()),
    ("port", pa.string()), ("partner", pa.string()), ("metric", pa.string()), ("measure", pa.string()),
    ("value", _NUMBER), ("unit", pa.string()), ("qualifier", pa.string()), ("low", _NUMBER),
    ("high", _NUMBER), ("period_start", pa.date32()), ("period_end", pa.date32()), ("scope", pa.string()),
    ("direction", pa.string()), ("mode", pa.string()), ("service", pa.string()),
    ("breakdown", pa.string()), ("nature", pa.string()), ("reporter", pa.string()), ("whole", pa.string()),
    ("relates_to", pa.string()), ("confidence", pa.float64()), ("evidence", pa.string()),
]  # fmt: skip
# By name: dataclasses.asdict copies deep, and takes longer than the insert.
_SHARED = tuple(f.name for f in fields(Observation) if f.name not in ("start", "end", "text"))
_EVIDENCE = tuple(f.name for f in fields(Evidence))


@dataclass(slots=True)
class Counts:
    """What a run met and stored; offered = loaded + duplicate + rejected."""

    loaded: int = 0
    duplicate: int = 0
    rejected: int = 0
    observations: int = 0
    unkeyed: int = 0

    @property
    def offered(self) -> int:
        """Articles that the sources offered."""
        return self.loaded + self.duplicate + self.rejected

    @property
    def figures(self) -> int:
        """Figures stored."""
        return self.observations + self.unkeyed


@dataclass(slots=True)
class Rows:
    """Rows of the four tables, on their way into the database."""

    article: list[dict[str, Any]] = field(default_factory=list)
    reading: list[dict[str, Any]] = field(default_factory=list)
    figure: list[dict[str, Any]] = field(default_factory=list)
    observation: list[dict[str, Any]] = field(default_factory=list)


def now() -> datetime:
    """Give the moment, UTC, as the run table stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


def begin_run(con: duckdb.DuckDBPyConnection, command: str, extractor: str, started: datetime) -> int:
    """Open a row in `run` and give its number; `finish_run` fills the counts in."""
    row = con.execute("select coalesce(max(run_id), 0) + 1 from run").fetchone()
    run_id = int(row[0]) if row else 1
    con.execute(
        "insert into run values (?, ?, null, ?, ?, 0, 0, 0, 0, 0, 0, 0)",
        [run_id, started, command, extractor],
    )
    return run_id


def finish_run(
    con: duckdb.DuckDBPyConnection, run_id: int, counts: Counts, rejected: Sequence[Rejection]
) -> None:
    """Write the counts of a run, and its rejections: one row for each input and message."""
    con.execute(
        """update run set finished_at = ?, offered = ?, loaded = ?, duplicate = ?, rejected = ?, figures = ?,
           observations = ?, unkeyed = ? where run_id = ?""",
        [
            now(), counts.offered, counts.loaded, counts.duplicate, counts.rejected, counts.figures,
            counts.observations, counts.unkeyed, run_id,
        ],
    )  # fmt: skip
    if rejected:
        con.register("offered", _rejections(rejected))
        con.execute(
            """insert into rejection
               select ?, source, message, count(*) from offered group by all order by source, message""",
            [run_id],
        )
        con.unregister("offered")


def all_recorded(con: duckdb.DuckDBPyConnection, rejected: Sequence[Rejection]) -> bool:
    """Tell whether some run has recorded each of these rejections."""
    if not rejected:
        return True
    con.register("offered", _rejections(rejected))
    new = con.execute("select 1 from offered anti join rejection using (source, message) limit 1").fetchall()
    con.unregister("offered")
    return not new


def _rejections(rejected: Sequence[Rejection]) -> pa.Table:
    return pa.table({"source": [r.source for r in rejected], "message": [r.message for r in rejected]})


def stored_names(con: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> dict[str, str]:
    """Give the names of those articles that the book holds."""
    con.register("offered", pa.table({"article_id": list(article_ids)}))
    rows = con.execute("select article_id, name from article semi join offered using (article_id)").fetchall()
    con.unregister("offered")
    return dict(rows)


def older(con: duckdb.DuckDBPyConnection, extractor: str) -> int:
    """Count the articles that another extractor read last."""
    row = con.execute(
        "select count(*) from reading where superseded_run is null and extractor <> ? "
        "and not starts_with(extractor, 'table-')",
        [extractor],
    ).fetchone()
    return int(row[0]) if row else 0


def rename(con: duckdb.DuckDBPyConnection, names: Mapping[str, str]) -> None:
    """Give stored articles other names."""
    con.register("offered", pa.table({"article_id": list(names), "name": list(names.values())}))
    con.execute(
        "update article set name = offered.name from offered where article.article_id = offered.article_id"
    )
    con.unregister("offered")


def load(
    con: duckdb.DuckDBPyConnection,
    batch: Sequence[tuple[Article, Extraction]],
    run_id: int,
    extractor: str,
    counts: Counts,
) -> list[Rejection]:
    """Store a batch of articles with all their figures, and count them.

    An article whose rows the tables refuse is given back as a rejection; the others are
    stored. The connection must not be in a transaction: a batch is one.
    """
    rows = Rows()
    for article, found in batch:
        add_article(rows, article, found, run_id)
        add_reading(rows, article, found, run_id, extractor)
        add_figures(rows, article, found, run_id, extractor)
    try:
        con.execute("begin")
        insert(con, rows)
        con.execute("commit")
    except (duckdb.ConstraintException, duckdb.ConversionException) as error:
        con.execute("rollback")
        if len(batch) == 1:
            reason = f"cannot be stored ({str(error).splitlines()[0]}): please report it"
            return [Rejection(batch[0][0].name, reason)]
        half = len(batch) // 2
        return [
            *load(con, batch[:half], run_id, extractor, counts),
            *load(con, batch[half:], run_id, extractor, counts),
        ]
    counts.loaded += len(rows.article)
    counts.observations += len(rows.observation)
    counts.unkeyed += len(rows.figure) - len(rows.observation)
    return []


def insert(con: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """Put rows into their tables, parents first."""
    for table, schema, lines in (
        ("article", _ARTICLE, rows.article),
        ("reading", _READING, rows.reading),
        ("figure", _FIGURE, rows.figure),
        ("observation", _OBSERVATION, rows.observation),
    ):
        if lines:
            con.register("offered", pa.Table.from_pylist(lines, schema=pa.schema(schema)))
            con.execute(f"insert into {table} by name select * from offered")
            con.unregister("offered")


def add_article(rows: Rows, article: Article, found: Extraction, run_id: int) -> None:
    """Make the row of an article."""
    rows.article.append(
        {
            "article_id": article.article_id,
            "name": article.name,
            "title": article.title,
            "text": article.text,
            "lang": found.lang,
            "publisher": article.publisher,
            "url": article.url,
            "published_on": found.published_on,
            "published_inferred": found.published_inferred,
            "content_hash": article.content_hash,
            "recorded_run": run_id,
        }
    )


def add_reading(rows: Rows, article: Article, found: Extraction, run_id: int, extractor: str) -> None:
    """Make the row that says who read an article."""
    rows.reading.append(
        {
            "article_id": article.article_id,
            "run_id": run_id,
            "extractor": extractor,
            "lang": found.lang,
            "published_on": found.published_on,
            "published_inferred": found.published_inferred,
        }
    )


def add_figures(
    rows: Rows, article: Article, found: Extraction, run_id: int, extractor: str, salt: str = ""
) -> None:
    """Make the rows of all figures of an article, as one extractor reads it; `salt` gives them other ids."""
    article_id = article.article_id
    reading = hashlib.sha256(f"{extractor}{salt}".encode()).hexdigest()[:8]
    sentences = iter(found.sentences)
    sentence = next(sentences, None)
    figures: list[Observation | Unkeyed] = [*found.observations, *found.unkeyed]
    by_span = {(f.start, f.end): figure_id(article_id, f.start, f.end, reading) for f in figures}
    for f in sorted(figures, key=lambda f: (f.start, f.end)):
        while sentence is not None and sentence[1] < f.end:
            sentence = next(sentences, None)
        start, end = sentence if sentence is not None and sentence[0] <= f.start else (f.start, f.end)
        keyed = isinstance(f, Observation)
        identity = figure_id(article_id, f.start, f.end, reading)
        rows.figure.append(
            {
                "figure_id": identity,
                "article_id": article_id,
                "span_start": f.start,
                "span_end": f.end,
                "text": f.text,
                "sentence_start": start,
                "sentence_end": end,
                "status": "observation" if keyed else "unkeyed",
                "reason": None if isinstance(f, Observation) else f.reason,
                "missing": None if isinstance(f, Observation) else f.missing,
                "extractor": extractor,
                "recorded_run": run_id,
                "superseded_run": None,
            }
        )
        if isinstance(f, Observation):
            rows.observation.append(_observation(f, identity, article_id, by_span))


def figure_id(article_id: str, start: int, end: int, reading: str) -> str:
    """Give the key of a figure: its article, its span and the extractor that read it."""
    return f"{article_id}-{start:06d}-{end - start}-{reading}"


def _observation(
    o: Observation, identity: str, article_id: str, by_span: dict[tuple[int, int], str]
) -> dict[str, Any]:
    row = {name: getattr(o, name) for name in _SHARED}
    for name in ("value", "low", "high"):
        if row[name] is not None:
            row[name] = row[name].quantize(_STEP, context=_EXACT)
    row["relates_to"] = by_span[o.relates_to] if o.relates_to else None
    evidence = [{name: getattr(e, name) for name in _EVIDENCE} for e in o.evidence]
    row["evidence"] = json.dumps(evidence, ensure_ascii=False)
    return {"observation_id": f"{identity}-1", "figure_id": identity, "article_id": article_id, **row}
