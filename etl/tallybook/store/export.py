"""Write the book as Parquet: the same rows give the same bytes, whenever and however they were loaded.

The clocks of the book are in `run`, and which run stored a row depends on when a job met it. So
the numbers of runs stay behind, and the tables `run`, `rejection` and `book` with them; of a
replaced reading the export says only that it is (`figure.superseded`). Rows are in the order of
their key, the writer's settings are fixed, and no file has a time in it.
"""

from __future__ import annotations

import fcntl
import filecmp
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tallybook import __version__
from tallybook.errors import TallybookError
from tallybook.store import months
from tallybook.store.computed import computed
from tallybook.store.faults import reach
from tallybook.store.publish import reading
from tallybook.store.stamp import left

_ROW_GROUP = 100_000
_UNFINISHED = ".unfinished"
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_FIGURE = "* exclude (recorded_run, superseded_run), superseded_run is not null as superseded"
_CORRECTION = "* exclude (recorded_run, undone_run), undone_run is not null as undone"
_SUPERSEDED = "True where a newer extractor replaced this reading."
_UNDONE = "True where somebody took the correction back."
VIEWS = (
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


def export_parquet(
    database: Path,
    directory: Path,
    views: Sequence[str] = VIEWS,
    known: dict[str, str] | None = None,
) -> list[Path]:
    """Write the tables and comparisons of a published book as Parquet; give the files, in order.

    `article`, `correction`, `figure`, `metric` and `port` are a file each, `observation` is a folder with one
    file in each `port=…/`, the comparing views are files in `view/`. Each file is written under
    another name, synced and renamed; one that would not change is left alone, and one whose port
    has no more rows is removed. Files that no export wrote are not touched. Another export into
    the same directory is waited for.

    `known` is what an earlier export noted of its files, by name: what has the same rows as then, and
    lies there as it was left, is not made again. It is brought up to date.

    Raises DatabaseError where the book cannot be opened, ExportError for a port whose slug
    cannot be the name of a folder; nothing is written then.
    """
    with reading(database) as con:
        _ports(con)
    _make(directory)
    # Opened when the others are done: an older state must not come over theirs.
    with _alone(directory), reading(database) as con:
        ports = _ports(con)
        _sweep(directory)
        kept = _Kept(directory, known)
        rows = _prints(con) if known is not None else {}
        written: list[Path] = []
        for data_set in _TABLES:
            for port in ports if data_set.by_port else [None]:
                folder = directory / data_set.name / f"port={port}" if port else directory
                path = folder / f"{data_set.name}.parquet"
                written.append(path)
                if not kept.has(path, rows.get((data_set.name, port))):
                    _write(con, data_set, path, port)
                    kept.note(path, rows.get((data_set.name, port)))
        of_all = hashlib.sha256(repr(sorted(rows.items(), key=repr)).encode()).hexdigest() if rows else None
        paths = {view: directory / "view" / f"{view}.parquet" for view in views}
        due = [view for view in views if not kept.has(paths[view], of_all)]
        if due:
            with computed(database, due) as made:
                for view in due:
                    _write(made, _DataSet(view, "*", "all"), paths[view], comments=con)
                    kept.note(paths[view], of_all)
        written += paths.values()
        _remove_others(directory, written)
        kept.only(written)
    return written


class _Kept:
    """What earlier exports left in a folder: for each file its rows' print, its size and its time."""

    def __init__(self, directory: Path, known: dict[str, str] | None) -> None:
        self._directory, self._known = directory, known

    def has(self, path: Path, rows: str | None) -> bool:
        if self._known is None or rows is None or not path.is_file():
            return False
        return self._known.get(self._name(path)) == self._print(path, rows)

    def note(self, path: Path, rows: str | None) -> None:
        if self._known is not None and rows is not None:
            self._known[self._name(path)] = self._print(path, rows)

    def only(self, written: Sequence[Path]) -> None:
        names = {self._name(path) for path in written}
        for name in [name for name in self._known or () if name not in names]:
            assert self._known is not None
            del self._known[name]
            if name.startswith("view/"):  # one that is not asked for any more would grow stale
                (self._directory / name).unlink(missing_ok=True)

    def _name(self, path: Path) -> str:
        return path.relative_to(self._directory).as_posix()

    def _print(self, path: Path, rows: str) -> str:
        return " ".join([rows, *(left(path) or ())])


def _prints(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str | None], str]:
    """Give a print of the rows of each table, and of each port's: one pass, and nothing is sorted."""
    row = con.execute("select shape, schema_version from book").fetchone()
    start = f"{__version__} {pa.__version__} {row}"
    prints: dict[tuple[str, str | None], str] = {}
    # The views read tables too that are no files.
    for data_set in (*_TABLES, *(_DataSet(name, "*", "all") for name in (*months.TABLES, "band"))):
        port = "port" if data_set.by_port else "null"
        for name, *found in con.execute(
            f"select {port}, count(*), bit_xor(hash(t)), sum(hash(t)::hugeint) "
            f"from (select {data_set.columns} from {data_set.name}) t group by 1"
        ).fetchall():
            prints[data_set.name, name] = hashlib.sha256(f"{start} {found}".encode()).hexdigest()[:32]
    return prints


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


def _write(
    con: duckdb.DuckDBPyConnection,
    data_set: _DataSet,
    path: Path,
    port: str | None = None,
    comments: duckdb.DuckDBPyConnection | None = None,
) -> None:
    _make(path.parent)
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
    schema = _with_comments(comments or con, data_set.name, rows.schema)
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


def _make(folder: Path) -> None:
    """Make a folder that a power cut does not take away again."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
