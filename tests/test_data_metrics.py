"""The metric table: one row for each id of the contract, with what a reader must know of it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb

COLUMNS = ["metric", "name_en", "name_zh", "name_ru", "definition", "unit", "flow", "pitfalls", "basis"]


def _rows(root: Path) -> list[dict[str, str]]:
    with (root / "data" / "metrics.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_the_table_has_the_metrics_of_the_contract(root: Path) -> None:
    contract = (root / "docs" / "observation.md").read_text(encoding="utf-8")
    listed = contract.split("## Metrics", 1)[1].split("A parcel's", 1)[0]
    assert [row["metric"] for row in _rows(root)] == re.findall(r"`([a-z_]+)`", listed)


def test_every_cell_that_people_read_is_filled(root: Path) -> None:
    rows = _rows(root)
    assert list(rows[0]) == COLUMNS
    for row in rows:
        assert all(row[c] for c in COLUMNS if c != "unit"), row["metric"]
        varies = row["flow"] in ("duration", "price") or row["metric"].endswith("_value")
        assert bool(row["unit"]) != varies, row["metric"]
        assert re.search("[\u4e00-\u9fff]", row["name_zh"]), row["metric"]
        assert re.search("[а-я]", row["name_ru"]), row["metric"]


def test_the_table_fits_the_schema(root: Path) -> None:
    rows = _rows(root)
    book = duckdb.connect()
    book.execute((root / "schema.sql").read_text(encoding="utf-8"))
    columns = ["metric", "name_en", "definition", "unit", "flow", "pitfalls", "basis"]
    book.executemany(
        f"insert into metric ({', '.join(columns)}) values ({', '.join('?' * len(columns))})",
        [[row[c] or None for c in columns] for row in rows],
    )
    assert book.execute("select count(*) from metric").fetchone() == (len(rows),)
