"""Read stored articles again: a newer extractor's reading supersedes the one before, and loses nothing.

Where an article comes out the same, its rows and their ids stay as they are. Where it does not,
all its figures are superseded and the new ones stored, so that one reading stands for an article.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from tallybook.records import Article, Extraction, Rejection
from tallybook.store.load import Counts, Rows, add_figures, add_reading, insert

_ABOUT_FIGURE = ("text", "sentence_start", "sentence_end", "status", "reason", "missing")
_ABOUT_OBSERVATION = (
    "port", "partner", "metric", "measure", "value", "unit", "qualifier", "low", "high", "period_start",
    "period_end", "scope", "direction", "mode", "service", "breakdown", "nature", "reporter", "whole",
    "confidence", "evidence",
)  # fmt: skip
_Span = tuple[int, int]
_Said = dict[_Span, tuple[Any, ...]]


def read_by_others(con: duckdb.DuckDBPyConnection, extractor: str | None) -> list[str]:
    """Give the articles that another extractor read last, all that were read where None is named."""
    rows = con.execute(
        """select article_id from reading
           where superseded_run is null and extractor is distinct from ?
           -- The rows of official tables are read by their map, not by an extractor.
           and not starts_with(extractor, 'table-') order by article_id""",
        [extractor],
    ).fetchall()
    return [article_id for (article_id,) in rows]


def stored_articles(con: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> list[Article]:
    """Give stored articles as they were offered, in the order of their ids."""
    con.register("offered", pa.table({"article_id": list(article_ids)}))
    rows = con.execute(
        """select name, text, title, if(published_inferred, null, published_on), url, publisher
           from article semi join offered using (article_id) order by article_id"""
    ).fetchall()
    con.unregister("offered")
    return [Article(*row) for row in rows]


def supersede(
    con: duckdb.DuckDBPyConnection,
    batch: Sequence[tuple[Article, Extraction]],
    run_id: int,
    extractor: str,
    counts: Counts,
) -> list[Rejection]:
    """Store new readings of stored articles, and count them as duplicates with their new figures.

    An article whose rows the tables refuse is given back as a rejection and keeps its reading.
    The connection must not be in a transaction: a batch is one.
    """
    con.register("again", pa.table({"article_id": [a.article_id for a, _ in batch]}))
    had = {
        article_id
        for (article_id,) in con.execute(
            "select distinct article_id from reading semi join again using (article_id) where extractor = ?",
            [extractor],
        ).fetchall()
    }
    rows = Rows()
    for article, found in batch:
        add_reading(rows, article, found, run_id, extractor)
        # An extractor that comes back gives its figures ids of their own.
        salt = f" {run_id}" if article.article_id in had else ""
        add_figures(rows, article, found, run_id, extractor, salt)
    before, after = _stored(con), _said(rows)
    changed = {a.article_id for a, _ in batch if before.get(a.article_id, {}) != after.get(a.article_id, {})}
    rows.figure = [row for row in rows.figure if row["article_id"] in changed]
    rows.observation = [row for row in rows.observation if row["article_id"] in changed]
    con.register("changed", pa.table({"article_id": pa.array(sorted(changed), pa.string())}))
    try:
        con.execute("begin")
        con.execute(
            """update reading set superseded_run = ?
               where superseded_run is null and article_id in (select article_id from again)""",
            [run_id],
        )
        con.execute(
            """update figure set superseded_run = ?
               where superseded_run is null and article_id in (select article_id from changed)""",
            [run_id],
        )
        insert(con, rows)
        con.execute(
            """update article set
                 lang = r.lang, published_on = r.published_on, published_inferred = r.published_inferred
               from reading as r
               where r.run_id = ? and r.article_id = article.article_id
                 and article.article_id in (select article_id from again)
                 and (article.lang, article.published_on, article.published_inferred)
                   is distinct from (r.lang, r.published_on, r.published_inferred)""",
            [run_id],
        )
        con.execute("commit")
    except (duckdb.ConstraintException, duckdb.ConversionException) as error:
        con.execute("rollback")
        if len(batch) == 1:
            reason = f"cannot be stored ({str(error).splitlines()[0]}): please report it"
            return [Rejection(batch[0][0].name, reason)]
        half = len(batch) // 2
        return [
            *supersede(con, batch[:half], run_id, extractor, counts),
            *supersede(con, batch[half:], run_id, extractor, counts),
        ]
    finally:
        for name in ("again", "changed"):
            con.unregister(name)
    counts.duplicate += len(batch)
    counts.observations += len(rows.observation)
    counts.unkeyed += len(rows.figure) - len(rows.observation)
    return []


def _stored(con: duckdb.DuckDBPyConnection) -> dict[str, _Said]:
    """Give what the book says now of the articles in `again`."""
    columns = ", ".join((*(f"f.{c}" for c in _ABOUT_FIGURE), *(f"o.{c}" for c in _ABOUT_OBSERVATION)))
    rows = con.execute(
        f"""select f.article_id, f.span_start, f.span_end, g.span_start, g.span_end, {columns}
            from figure as f
            left join observation as o using (figure_id)
            left join figure as g on o.relates_to = g.figure_id
            where f.superseded_run is null and f.article_id in (select article_id from again)"""
    ).fetchall()
    said: dict[str, _Said] = {}
    for article_id, start, end, other_start, other_end, *words in rows:
        said.setdefault(article_id, {})[start, end] = (other_start, other_end, *words)
    return said


def _said(rows: Rows) -> dict[str, _Said]:
    """Give the same of rows on their way in."""
    observed = {row["figure_id"]: row for row in rows.observation}
    spans = {row["figure_id"]: (row["span_start"], row["span_end"]) for row in rows.figure}
    said: dict[str, _Said] = {}
    for row in rows.figure:
        keyed = observed.get(row["figure_id"], {})
        other = spans.get(keyed.get("relates_to") or "", (None, None))
        words = [*(row[c] for c in _ABOUT_FIGURE), *(keyed.get(c) for c in _ABOUT_OBSERVATION)]
        said.setdefault(row["article_id"], {})[row["span_start"], row["span_end"]] = (*other, *words)
    return said
