"""What the tests of the job share: small articles, ways to run a job, and a book's rows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from forked import command
from tallybook.config import Config
from tallybook.job import Report, run_job
from tallybook.read import read_paths
from tallybook.records import Article, Rejection

ALASHANKOU = (
    "阿拉山口海关统计，2025年一季度，阿拉山口口岸通行中欧班列1500列，同比增长5.2%。其中，单日最高通行25列。"
)
KHORGOS = "霍尔果斯口岸2025年上半年通行中欧班列4200列，同比增长8%，货运量610万吨。"
MANZHOULI = "2025年1至7月，满洲里口岸进出境中欧班列3010列，比去年同期下降3.5%。"
ERENHOT = "二連浩特口岸2025年前10月累計通行中歐班列2800列，同比增長2.1%。"
UNDATED = "截至5月19日，阿拉山口口岸今年累计出口跨境电商包裹1006.18万件。"
ARTICLES = (
    Article("alashankou", ALASHANKOU, published_on=date(2025, 4, 8), publisher="边境日报"),
    Article("khorgos", KHORGOS, published_on=date(2025, 7, 4)),
    Article("manzhouli", MANZHOULI, published_on=date(2025, 8, 5)),
    Article("erenhot", ERENHOT, title="二連浩特班列增長", published_on=date(2025, 11, 9)),
    Article("undated", UNDATED),
)
ROWS = {
    "article": "* exclude (recorded_run)",
    "figure": "* exclude (recorded_run)",
    "observation": "*",
    "port": "*",
    "metric": "*",
}
COMMAND = Path(sys.executable).with_name("tallybook")


def job(
    folder: Path,
    offered: Iterable[Article | Rejection] = ARTICLES,
    jobs: int = 1,
    exports: bool = False,
    ports: Sequence[Path] = (),
) -> Report:
    """Run a job in this process, with a book in `folder`."""
    config = Config(
        sources=("-",),
        database=folder / "book.duckdb",
        exports=folder / "exports" if exports else None,
        ports=tuple(ports),
        jobs=jobs,
    )
    return run_job(config, offered, "run")


def place(folder: Path, **texts: str) -> Path:
    """Make a folder to run `tallybook` in: a configuration, and each text as a file in in/."""
    source = folder / "in"
    source.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (source / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "tallybook.toml").write_text('sources = ["in"]\ndatabase = "book.duckdb"\n', encoding="utf-8")
    return folder


def offered(folder: Path) -> list[Article | Rejection]:
    """Read what `place` wrote."""
    return list(read_paths([str(folder / "in")]))


def tallybook(folder: Path, *args: str, fault: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own, with a fault if one is named."""
    return command(folder, args, environment(fault))


def environment(fault: str | None = None) -> dict[str, str]:
    """The environment of a command; it breaks at `fault` if one is named."""
    env = {k: v for k, v in os.environ.items() if k != "TALLYBOOK_FAULT"}
    return {**env, "TALLYBOOK_FAULT": fault} if fault else env


def rows(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Give all that a book says, without which run stored it."""
    with duckdb.connect(str(database), read_only=True) as con:
        return {
            table: con.execute(f"select {columns} from {table} order by all").fetchall()
            for table, columns in ROWS.items()
        }


def ask(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask a book."""
    with duckdb.connect(str(database), read_only=True) as con:
        return con.execute(sql).fetchall()


def names(folder: Path) -> list[str]:
    """Name what lies in a folder, without the lock and the memory of files that were read."""
    return sorted(p.name for p in folder.iterdir() if not p.name.endswith((".lock", ".seen")))


def state(path: Path) -> tuple[int, int, bytes]:
    """Give what changes when somebody writes a file, or puts another in its place."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, path.read_bytes()
