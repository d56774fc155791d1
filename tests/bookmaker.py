"""A book made by hand: a real DuckDB with the shipped schema and views, and rows as a test gives them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from tallybook.resources import schema_sql
from tallybook.store.build import create_views, refresh_bands

PORTS = {
    "cn": ("country", None),
    "cn-xj": ("region", "cn"),
    "cust-urumqi": ("customs_district", "cn-xj"),
    "alashankou": ("rail", "cust-urumqi"),
    "khorgos": ("rail", "cust-urumqi"),
    "khorgos-road": ("road", "khorgos"),
    "manzhouli": ("rail", "cn"),
    "xian": ("inland_hub", "cn"),
    "chengdu": ("inland_hub", "cn"),
}
METRICS = {
    "trains": "train",
    "parcels": "parcel",
    "parcel_value": None,
    "trade_value": None,
    "cargo_tonnes": "tonne",
    "teu": "teu",
    "containers": "container",
    "routes": "route",
    "load_ratio": "%",
    "passengers": "person",
}
Q1 = "2025-01-01..2025-03-31"
Q1_BEFORE = "2024-01-01..2024-03-31"
_SAME = object()


class Book:
    """A database with tables and views, some ports and metrics, and one run."""

    def __init__(self, path: Path | None = None, schema: str | None = None) -> None:
        if path is not None and schema is None:
            path.write_bytes(_template())
        # As the job does, so that an older duckdb program opens it.
        config = {"storage_compatibility_version": "v1.0.0"}
        self.con = duckdb.connect(str(path) if path else ":memory:", config=config)
        if path is None or schema is not None:
            _fill(self.con, schema or schema_sql())
        self.run = 1
        self._figures = 0

    def close(self) -> None:
        """Close the file, so that others may open it."""
        self.con.close()

    def article(
        self,
        publisher: str | None = "Post",
        published_on: str | None = "2025-04-08",
        text: str | None = None,
        title: str | None = None,
        url: str | None = None,
        name: str | None = None,
    ) -> str:
        """Add an article and give its id."""
        n = self.con.execute("select count(*) from article").fetchone()
        assert n is not None
        body = f"Article {n[0]} of {publisher}." if text is None else text
        digest = hashlib.sha256(f"{body}|{publisher}|{published_on}|{url}".encode()).hexdigest()
        row = [
            digest[:16],
            name or f"a{n[0]}",
            title,
            body,
            "und",
            publisher,
            url,
            published_on,
            False,
            digest,
        ]
        self.con.execute("insert into article values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [*row, self.run])
        return digest[:16]

    def figure(
        self,
        article: str,
        words: str | None = None,
        reason: str | None = None,
        missing: str | None = None,
        sentence: str | None = None,
        superseded_run: int | None = None,
    ) -> str:
        """Add a figure and give its id; `words` and `sentence` are looked for in the article."""
        self._figures += 1
        found = self.con.execute("select text from article where article_id = ?", [article]).fetchone()
        assert found is not None
        body = found[0]
        start = body.index(words) if words else 0
        end = start + len(words) if words else 1
        first = body.index(sentence) if sentence else 0
        last = first + len(sentence) if sentence else len(body)
        figure_id = f"f{self._figures:03}"
        self.con.execute(
            "insert into figure values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'x1', ?, ?)",
            [
                figure_id, article, start, end, body[start:end], first, last,
                "unkeyed" if reason else "observation", reason, missing, self.run, superseded_run,
            ],
        )  # fmt: skip
        return figure_id

    def add(
        self,
        article: str,
        port: str,
        metric: str,
        measure: str,
        value: Any,
        period: str | None = Q1,
        *,
        low: Any = _SAME,
        high: Any = _SAME,
        unit: str | None = None,
        figure: str | None = None,
        words: str | None = None,
        sentence: str | None = None,
        superseded_run: int | None = None,
        relates_to: str | None = None,
        **more: Any,
    ) -> str:
        """Add an observation and its figure and give its id; `relates_to` is an observation's id."""
        figure_id = figure or self.figure(
            article, words=words, sentence=sentence, superseded_run=superseded_run
        )
        start, _, end = (period or "..").partition("..")
        percent = measure.endswith("_pct")
        row: dict[str, Any] = {
            "observation_id": f"o{figure_id[1:]}",
            "figure_id": figure_id,
            "article_id": article,
            "port": port,
            "metric": metric,
            "measure": measure,
            "value": Decimal(str(value)),
            "low": value if low is _SAME else low,
            "high": value if high is _SAME else high,
            "unit": unit or ("%" if percent else METRICS[metric]),
            "qualifier": "=",
            "period_start": date.fromisoformat(start) if start else None,
            "period_end": date.fromisoformat(end) if end else None,
            "scope": "port",
            "nature": "actual",
            "relates_to": f"f{relates_to[1:]}" if relates_to else None,
            "confidence": 1.0,
            "evidence": "[]",
            **more,
        }
        for key in ("low", "high"):
            row[key] = None if row[key] is None else Decimal(str(row[key]))
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self.con.execute(f"insert into observation ({names}) values ({marks})", list(row.values()))
        return str(row["observation_id"])

    def rows(self, view: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """Give a view's rows in their order, numbers rounded to six decimals."""
        got = self.con.execute(f"select {columns} from {view} order by all").fetchall()
        return [tuple(_plain(cell) for cell in row) for row in got]

    def row(self, view: str, columns: str = "*") -> dict[str, Any]:
        """Give the only row of a view as a mapping."""
        (got,) = self.rows(view, columns)
        assert self.con.description is not None
        return dict(zip((column[0] for column in self.con.description), got, strict=True))


def _fill(con: duckdb.DuckDBPyConnection, schema: str) -> None:
    con.execute(schema)
    for slug, (kind, parent) in PORTS.items():
        con.execute(
            "insert into port (slug, name_en, kind, parent) values (?, ?, ?, ?)",
            [slug, slug.title(), kind, parent],
        )
    for metric, unit in METRICS.items():
        con.execute(
            "insert into metric (metric, name_en, definition, unit, flow) values (?, ?, ?, ?, 'flow')",
            [metric, metric.title(), f"Count of {metric}", unit],
        )
    con.execute("insert into run values (1, '2025-05-01', '2025-05-01', 'run', 'x1', 0, 0, 0, 0, 0, 0, 0)")
    refresh_bands(con)
    create_views(con)


@cache
def _template() -> bytes:
    """Make an empty book once; a copy of a file costs less than its thousand statements."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.duckdb"
        Book(path, schema_sql()).close()
        return path.read_bytes()


@contextmanager
def clean_book() -> Iterator[Book]:
    """Give a book in memory without articles; it is made once, and what a test adds is undone."""
    book = _made_once()
    book.con.execute("begin")
    try:
        yield book
    finally:
        book.con.execute("rollback")
        book._figures = 0


@cache
def _made_once() -> Book:
    return Book()


def _plain(cell: Any) -> Any:
    if isinstance(cell, Decimal | float):
        return round(float(cell), 6)
    return cell.isoformat() if isinstance(cell, date) else cell
