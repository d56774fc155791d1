"""Tables of articles: CSV and Parquet, an article a row, with the columns of `row`."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tallybook.read.decode import UndecodableError, decode
from tallybook.read.fields import ARTICLE_LIMIT, limit_message
from tallybook.read.row import FIELDS, article_of
from tallybook.records import Article, Rejection

_SAMPLE = 64 * 1024
_BATCH = 64
_NO_TEXT = "has no column `text`: name the column of the articles' words so"
_NO_ARTICLE = "is empty: there is no article to read in it"


def read_csv(
    stream: BinaryIO, source: str, name: str, published: date | None = None
) -> Iterator[Article | Rejection]:
    """Read CSV with a header, parted by comma, semicolon or tab, holding one row at a time."""
    sample = stream.read(_SAMPLE)
    if not sample.strip():
        yield Rejection(source, _NO_ARTICLE)
        return
    try:
        encoding = _encoding(sample)
    except UndecodableError as error:
        yield Rejection(source, str(error))
        return
    lines = io.TextIOWrapper(io.BufferedReader(_Joined(sample, stream)), encoding=encoding, newline="")
    csv.field_size_limit(ARTICLE_LIMIT)
    try:
        header = lines.readline(ARTICLE_LIMIT)
        columns = _header(header)
        if columns is None:
            yield Rejection(source, _NO_TEXT)
            return
        names, parting = columns
        rows = csv.reader(_bounded(lines), delimiter=parting)
        empty = True
        while True:
            try:
                cells = next(rows)
            except StopIteration:
                break
            except csv.Error as error:
                yield Rejection(f"{source}:{rows.line_num + 1}", f"is no row of CSV ({error}): correct it")
                continue
            if not any(cells):
                continue
            empty = False
            value = dict(zip(names, cells, strict=False))
            known = {key: value[key] for key in FIELDS if value.get(key)}
            at = rows.line_num + 1
            yield article_of(known, f"{source}:{at}", f"{name}:{at}", published)
        if empty:
            yield Rejection(source, _NO_ARTICLE)
    except _TooLongError:
        yield Rejection(source, limit_message("a line"))
    except UnicodeDecodeError as error:
        yield Rejection(source, f"is not {encoding} throughout (at byte {error.start}): save it as UTF-8")
    finally:
        lines.detach()


def read_parquet(
    stream: BinaryIO, source: str, name: str, published: date | None = None
) -> Iterator[Article | Rejection]:
    """Read Parquet by batches of rows; dates and timestamps are dates of publication too."""
    try:
        file = pq.ParquetFile(stream)
        columns = [field for field in FIELDS if field in file.schema_arrow.names]
        if "text" not in columns:
            yield Rejection(source, _NO_TEXT)
            return
        place = 0
        for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
            for row in batch.to_pylist():
                place += 1
                stated = row.get("published_on")
                if isinstance(stated, date):  # a timestamp is a date too
                    row["published_on"] = stated.isoformat()
                if len(row.get("text") or "") > ARTICLE_LIMIT:
                    row["text"] = None
                yield article_of(row, f"{source}:{place}", f"{name}:{place}", published)
        if not place:
            yield Rejection(source, _NO_ARTICLE)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        yield Rejection(source, f"is no Parquet, or cut off ({reason[:120]}): write it again")


class _TooLongError(Exception):
    """A line is more than one article can be."""


def _bounded(lines: io.TextIOWrapper) -> Iterator[str]:
    while line := lines.readline(ARTICLE_LIMIT + 1):
        if len(line) > ARTICLE_LIMIT:
            raise _TooLongError
        yield line


def _encoding(sample: bytes) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Cut at a line's end: a sample must not stop inside a character.
    whole = sample[: sample.rfind(b"\n") + 1] or sample
    encoding = decode(whole).encoding
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _header(line: str) -> tuple[list[str], str] | None:
    for parting in (",", ";", "\t"):
        names = next(csv.reader([line.lstrip("\ufeff")], delimiter=parting), [])
        names = [name.strip().lower() for name in names]
        if "text" in names:
            return names, parting
    return None


class _Joined(io.RawIOBase):
    """What was looked at, and then the rest of the stream."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        data = self._start[: len(view)] or self._rest.read(len(view))
        self._start = self._start[len(data) :]
        view[: len(data)] = data
        return len(data)
