"""Write the book as Parquet: the same rows give the same bytes, whenever and however they were loaded.

The clocks of the book are in `run`, and which run stored a row depends on when a job met it. So
the numbers of runs stay behind, and the tables `run`, `rejection` and `book` with them; of a
replaced reading the export says only that it is (`figure.superseded`). Rows are in the order of
their key, the writer's settings are fixed, and no file has a time in it.
"""

from __future__ import annotations

import fcntl
import filecmp
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tallybook.errors import TallybookError
from tallybook.store.faults import reach
from tallybook.store.publish import reading

_ROW_GROUP = 100_000
_UNFINISHED = ".unfinished"
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_FIGURE = "* exclude (recorded_run, superseded_run), superseded_run is not null as superseded"
_CORRECTION = "* exclude (recorded_run, undone_run), undone_run is not null as undone"
_SUPERSEDED = "True where a newer extractor replaced this reading."
_UNDONE = "True where somebody took the correction back."
_VIEWS = (
    "daily_train_counts", "monthly_series", "parcel_totals", "port_comparison", "series_slips", "shares",
    "yoy_growth",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _DataSet:
    """What one data set has: its columns and order, and whether it is cut by port."""

    name: str
    columns: str
    order: str
    by_port: bool = False


_TABLES = (
    _DataSet("article", "* exclude (recorded_run)", "article_id"),
    _DataSet("correction", _CORRECTION, "correction_id, field"),
    _DataSet("figure", _FIGURE, "figure_id"),
    _DataSet("metric", "*", "metric"),
    _DataSet("observation", "*", "observation_id", by_port=True),
    _DataSet("port", "*", "slug"),
)


class ExportError(TallybookError):
    """The book cannot be written as Parquet."""


def export_parquet(database: Path, directory: Path) -> list[Path]:
    """Write the tables and comparisons of a published book as Parquet; give the files, in order.

    `article`, `correction`, `figure`, `metric` and `port` are a file each, `observation` is a folder with one
    file in each `port=…/`, the comparing views are files in `view/`. Each file is written under
    another name, synced and renamed; one that would not change is left alone, and one whose port
    has no more rows is removed. Files that no export wrote are not touched. Another export into
    the same directory is waited for.

    Raises DatabaseError where the book cannot be opened, ExportError for a port whose slug
    cannot be the name of a folder; nothing is written then.
    """
    with reading(database) as con:
        _ports(con)
    directory.mkdir(parents=True, exist_ok=True)
    # Opened when the others are done: an older state must not come over theirs.
    with _alone(directory), reading(database) as con:
        ports = _ports(con)
        _sweep(directory)
        written: list[Path] = []
        for data_set in _TABLES:
            if not data_set.by_port:
                written.append(_write(con, data_set, directory / f"{data_set.name}.parquet"))
                continue
            for port in ports:
                path = directory / data_set.name / f"port={port}" / f"{data_set.name}.parquet"
                written.append(_write(con, data_set, path, port))
        for view in _VIEWS:
            written.append(_write(con, _DataSet(view, "*", "all"), directory / "view" / f"{view}.parquet"))
        _remove_others(directory, written)
    return written


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Wait for other exports into the directory; the lock is on it, so that no file of ours is in it."""
    fd = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _ports(con: duckdb.DuckDBPyConnection) -> list[str]:
    ports = [str(p) for (p,) in con.execute("select distinct port from observation order by port").fetchall()]
    for port in ports:
        if not _SLUG.fullmatch(port):
            raise ExportError(
                f"the port {port!r} cannot be the name of a folder, nothing was exported: give it a slug of "
                "a-z, 0-9, - and _ in your gazetteer file"
            )
    return ports


def _write(con: duckdb.DuckDBPyConnection, data_set: _DataSet, path: Path, port: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # With a dot before it, readers of the whole folder pass it over.
    unfinished = path.with_name(f".{path.name}{_UNFINISHED}")
    # A reader takes the port from the name of the folder, and would find it twice.
    columns = data_set.columns if port is None else "* exclude (port)"
    where, values = ("", []) if port is None else ("where port = ?", [port])
    # A cursor of its own: another statement on the same one would end the reader.
    rows = (
        con.cursor()
        .sql(f"select {columns} from {data_set.name} {where} order by {data_set.order}", params=values)
        .to_arrow_reader(_ROW_GROUP)
    )
    schema = _with_comments(con, data_set.name, rows.schema)
    try:
        with pq.ParquetWriter(
            unfinished, schema, version="2.6", compression="zstd", compression_level=3, write_statistics=True
        ) as writer:
            for table in _row_groups(rows, schema):
                writer.write_table(table, row_group_size=_ROW_GROUP)
        _sync(unfinished)
        reach("export-written")
        if path.is_file() and filecmp.cmp(unfinished, path, shallow=False):
            unfinished.unlink()
        else:
            os.replace(unfinished, path)
            _sync(path.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return path


def _row_groups(rows: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.Table]:
    # Batches come as the engine's threads hand them on; groups of one size make the bytes
    # independent of that.
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in rows:
        waiting.append(batch)
        count += batch.num_rows
        while count >= _ROW_GROUP:
            table = pa.Table.from_batches(waiting).cast(schema)
            yield table.slice(0, _ROW_GROUP).combine_chunks()
            waiting = table.slice(_ROW_GROUP).to_batches()
            count -= _ROW_GROUP
    if count:
        yield pa.Table.from_batches(waiting).cast(schema).combine_chunks()


def _with_comments(con: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema) -> pa.Schema:
    """Put the comments of a table and its columns into the file, as metadata of schema and fields."""
    about = con.execute(
        "select comment from duckdb_tables() where table_name = $1 and not internal "
        "union all select comment from duckdb_views() where view_name = $1 and not internal",
        [name],
    ).fetchone()
    comments = dict(
        con.execute(
            "select column_name, comment from duckdb_columns() where table_name = ? and not internal", [name]
        ).fetchall()
    )
    comments.setdefault("superseded", _SUPERSEDED)
    comments.setdefault("undone", _UNDONE)
    fields = [f.with_metadata({"comment": comments[f.name]}) if comments.get(f.name) else f for f in schema]
    return pa.schema(fields, metadata={"comment": about[0]} if about and about[0] else None)


def _remove_others(directory: Path, written: list[Path]) -> None:
    for path in sorted(directory.glob("observation/port=*/observation.parquet")):
        if path not in written:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
            _sync(path.parent.parent)


def _sweep(directory: Path) -> None:
    """Remove what an export that died left behind."""
    for folder in ("", "observation/port=*/", "view/"):
        for path in directory.glob(f"{folder}.*.parquet{_UNFINISHED}"):
            path.unlink()


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
