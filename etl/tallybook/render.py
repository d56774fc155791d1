"""Print rows: as a table for people, Markdown, CSV, JSON, JSON Lines or Parquet."""

from __future__ import annotations

import csv
import itertools
import json
import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq
from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = Sequence[Any]
_CELL = 40
"""Widest cell on a terminal; the rest of a longer one is told of, and is in the other formats."""
_GAP = 3
_ENDLESS = 10_000_000
_MARKDOWN = str.maketrans(
    {c: f"\\{c}" for c in "\\|[]*`"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": " ", "\r": " "}
)


def write_table(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    """Write every row and column, whatever the width: for a pipe or a file."""
    cells = [[_shown(cell) for cell in row] for row in rows]
    _print(columns, cells, _numeric(cells, len(columns)), out, _ENDLESS)


def write_screen(
    columns: Sequence[str], rows: Iterable[Row], out: TextIO, width: int, most: int | None
) -> list[str]:
    """Write what fits a terminal of `width` cells, `most` rows at most; say what does not, in words.

    Columns are kept from the left; those with nothing in any row make room for the others.
    """
    source = iter(rows)
    cells = [[_shown(cell) for cell in row] for row in itertools.islice(source, most)]
    more = sum(1 for _ in source)
    kept: list[int] = []
    used = 0
    filled = [i for i in range(len(columns)) if any(row[i] for row in cells)]
    for i in filled or range(len(columns)):
        wide = min(_CELL, max(cell_len(text) for text in (columns[i], *(row[i] for row in cells)))) + _GAP
        if kept and used + wide - _GAP > width:
            break
        kept.append(i)
        used += wide
    cut = sum(cell_len(row[i]) > _CELL for row in cells for i in kept)
    numeric = _numeric(cells, len(columns))
    shown = [[_fitted(row[i]) for i in kept] for row in cells]
    _print([columns[i] for i in kept], shown, [numeric[i] for i in kept], out, max(width, used))

    notes = []
    if more:
        notes.append(f"{len(cells)} of {len(cells) + more} rows")
    if len(kept) < len(columns):
        empty = len(columns) - len(filled) if filled else 0
        of_them = f" ({empty} of the others are empty)" if empty else ""
        notes.append(f"{len(kept)} of {len(columns)} columns{of_them}")
    if cut:
        notes.append(f"{cut} long cells in part")
    return notes


def write_markdown(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    """Write a table of GitHub's Markdown; what Markdown or HTML would act on is escaped."""
    out.write(f"| {' | '.join(name.translate(_MARKDOWN) for name in columns)} |\n")
    out.write(f"|{' --- |' * len(columns)}\n")
    for row in rows:
        out.write(f"| {' | '.join(_visible(_text(cell).translate(_MARKDOWN)) for cell in row)} |\n")


def write_csv(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    """Write CSV with a header; null is an empty cell, a list is JSON."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(cell) for cell in row] for row in rows)


def write_jsonl(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    """Write one JSON object a line."""
    for line in _objects(columns, rows):
        out.write(line + "\n")


def write_json(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    """Write one JSON list, an object a line."""
    before = "[\n"
    for line in _objects(columns, rows):
        out.write(before + line)
        before = ",\n"
    out.write("[]\n" if before == "[\n" else "\n]\n")


def write_parquet(table: pa.Table, out: IO[bytes]) -> None:
    """Write one Parquet file."""
    with pq.ParquetWriter(out, table.schema, version="2.6", compression="zstd") as writer:
        writer.write_table(table)


TEXT_WRITERS = {
    "table": write_table,
    "csv": write_csv,
    "json": write_json,
    "jsonl": write_jsonl,
    "md": write_markdown,
}


def _objects(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        named = {name: _json(cell) for name, cell in zip(columns, row, strict=True)}
        yield json.dumps(named, ensure_ascii=False, allow_nan=False)


def _json(cell: Any) -> Any:
    if cell is None or isinstance(cell, (bool, int, str)):
        return cell
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, (list, tuple)):
        return [_json(item) for item in cell]
    if isinstance(cell, dict):
        return {str(key): _json(item) for key, item in cell.items()}
    return _text(cell)


def _text(cell: Any) -> str:
    """Give a cell in full: no digit is lost and none is added."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return _trimmed(f"{cell:f}")
    if isinstance(cell, (datetime, date)):
        return cell.isoformat(*([" "] if isinstance(cell, datetime) else []))
    if isinstance(cell, (list, tuple, dict)):
        return json.dumps(_json(cell), ensure_ascii=False, allow_nan=False)
    return str(cell)


def _shown(cell: Any) -> str:
    """Give a cell for people: computed numbers to four decimals, on one line."""
    if isinstance(cell, float) and math.isfinite(cell):
        plain = cell == 0 or 0.001 <= abs(cell) < 1e15
        return _trimmed(f"{cell:.4f}") if plain else f"{cell:.4g}"
    return _visible(_text(cell))


def _trimmed(number: str) -> str:
    return (number.rstrip("0").rstrip(".") or "0") if "." in number else number


def _visible(text: str) -> str:
    # What would move the cursor or turn the text round is shown as an escape, not sent.
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else ascii(c)[1:-1] for c in text)


def _numeric(cells: Sequence[Sequence[str]], count: int) -> list[bool]:
    def number(text: str) -> bool:
        try:
            float(text)
        except ValueError:
            return False
        return True

    return [
        any(row[i] for row in cells) and all(number(row[i]) for row in cells if row[i]) for i in range(count)
    ]


def _fitted(text: str) -> str:
    return text if cell_len(text) <= _CELL else set_cell_size(text, _CELL - 1) + "…"


def _print(
    columns: Sequence[str], cells: Sequence[Sequence[str]], numeric: Sequence[bool], out: TextIO, width: int
) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    for name, is_number in zip(columns, numeric, strict=True):
        table.add_column(Text(name), no_wrap=True, justify="right" if is_number else "left")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(file=out, width=width, color_system=None, highlight=False, soft_wrap=False)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().removesuffix("\n").split("\n"):
        out.write(line.rstrip() + "\n")
