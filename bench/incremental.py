"""What a run costs: 100 new articles of the last year on 100,000 stored, 10,000 and none; and nothing new.

Each size has a folder of text files, one article each, made from data/samples with other years and
publishers, and a book of them. The program is run as a scheduler runs it; Parquet exports, which are written
anew where they change, are out of it, in with --exports tables or all (the views too). Beside it stand the
raw limits on the same disk: a walk of the folder with `os.scandir` and `stat` for the run that finds
nothing, a copy of the book's file with fsync for the run that publishes a new one. Processor seconds stand
beside those of the clock: they mean something on a busy machine too.

    python bench/incremental.py [--stored 100000] [--new 100] [--repeat 3] [--exports none] [--keep DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tallybook.config import load_config
from tallybook.extract import extract
from tallybook.job import run_table
from tallybook.lexicon import load_lexicon
from tallybook.read import read_paths
from tallybook.records import Article, Extraction

ROOT = Path(__file__).resolve().parents[1]
_YEARS = range(1981, 2026, 3)
"""A bulletin speaks of its year and the one before: of years apart, none contradicts another."""
_FOLDER = 1000
"""Files in one folder."""
CONFIG = 'sources = ["in"]\ndatabase = "book.duckdb"\n'
EXPORTS = {
    "none": "",
    "tables": 'exports = "exports"\nexport_views = []\n',
    "all": 'exports = "exports"\n',
}
Cost = tuple[float, float]
"""Seconds of the clock, and of processors."""


def bulletins(count: int, start: int = 0, newest: bool = False) -> Iterator[tuple[str, str]]:
    """Give names and contents of `count` articles, each of another year or publisher than all others.

    `newest` ones are all of the last year, as news is; publishers of that year have others' names then.
    """
    samples = []
    for path in sorted((ROOT / "data" / "samples").glob("*.txt")):
        samples.append(re.sub(r"\A(?:\w+: .*\n)+\n", "", path.read_text(encoding="utf-8")))
    for n in range(start, start + count):
        desk, text = divmod(n, len(samples))
        year = _YEARS[-1 if newest else desk % len(_YEARS)]
        body = samples[text].replace("2024", str(year - 1)).replace("2025", str(year))
        publisher = f"Late desk {desk}" if newest else f"Desk {desk // len(_YEARS)}"
        head = f"published_on: {year}-12-{text % 28 + 1:02}\npublisher: {publisher}\n\n"
        yield f"{n // _FOLDER:04}/{n:07}.txt", head + body


def write(folder: Path, articles: Iterator[tuple[str, str]]) -> None:
    """Write articles as files."""
    for name, text in articles:
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def fill(folder: Path) -> None:
    """Put the articles of a folder into its book; the same words of the same day are extracted once."""
    lexicon = load_lexicon()
    known: dict[tuple[str, object], Extraction] = {}

    def rows() -> Iterator[tuple[Article, Extraction]]:
        for article in read_paths([str(folder / "in")]):
            assert isinstance(article, Article)
            words = article.text, article.published_on
            if words not in known:
                known[words] = extract(article, lexicon)
            yield article, known[words]

    run_table(replace(load_config(folder / "tallybook.toml"), exports=None), rows())


def run(folder: Path) -> dict[str, int]:
    """Run the job; give its summary."""
    done = subprocess.run(
        [sys.executable, "-m", "tallybook", "run", "--log", "json"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    summary: dict[str, int] = json.loads(done.stdout)
    return summary


def walk(folder: Path) -> int:
    """Look at each file of a folder with nothing but scandir and stat."""
    count = 0
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    count += entry.stat().st_size > 0
    return count


def copy(book: Path) -> None:
    """Copy a book beside itself, synced: the least that a new file of it costs."""
    beside = book.with_name("copy")
    shutil.copyfile(book, beside)
    fd = os.open(beside, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
    beside.unlink()


def timed(action: Callable[[], object]) -> Cost:
    """Give what an action costs, with the programs that it runs."""
    begin, before = time.perf_counter(), os.times()
    action()
    after = os.times()
    return time.perf_counter() - begin, max(sum(after[:4]) - sum(before[:4]), 0.01)  # the clock's step


def median(costs: list[Cost]) -> Cost:
    """Give the medians of both kinds of seconds."""
    return statistics.median(c[0] for c in costs), statistics.median(c[1] for c in costs)


def prepare(folder: Path, exports: str) -> None:
    """Make a folder with a configuration and no articles."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tallybook.toml").write_text(CONFIG + EXPORTS[exports], encoding="utf-8")


def add(folder: Path, count: int, start: int) -> Cost:
    """Put new articles into a folder and run the job; give what the run costs."""
    while (folder / "in" / f"{start // _FOLDER:04}" / f"{start:07}.txt").exists():
        start += count  # of an earlier measurement in the same folder
    write(folder, bulletins(count, start, newest=True))
    time.sleep(2.1)  # younger files are read twice: tallybook/read/seen.py
    loaded: list[int] = []
    cost = timed(lambda: loaded.append(run(folder)["loaded"]))
    assert loaded == [count], loaded
    return cost


def measure(folder: Path, stored: int, new: int, repeat: int, exports: str) -> dict[str, Any]:
    """Build a book of `stored` articles, run with nothing new, then with `new` ones, `repeat` times."""
    prepare(folder, exports)
    out: dict[str, Any] = {"stored": stored}
    book = folder / "book.duckdb"
    if not stored:
        costs = []
        for _ in range(repeat):
            shutil.rmtree(folder)
            prepare(folder, exports)
            costs.append(add(folder, new, 0))
        return {**out, "new": median(costs)}
    if not book.exists():
        write(folder, bulletins(stored))
        fill(folder)
    run(folder)  # remembers the files, and makes the exports
    out["nothing_new"] = median([timed(lambda: run(folder)) for _ in range(repeat)])
    out["walk"] = median([timed(lambda: walk(folder / "in")) for _ in range(repeat)])
    out["copy"] = median([timed(lambda: copy(book)) for _ in range(repeat)])
    out["megabytes"] = book.stat().st_size / 1e6
    out["new"] = median([add(folder, new, stored) for _ in range(repeat)])
    return out


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--exports", choices=sorted(EXPORTS), default="none")
    parser.add_argument("--keep", type=Path, help="work here, and use the books that are there already")
    parser.add_argument("--json", type=Path, help="write the numbers to FILE as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = options.keep or Path(temporary)
        sizes = sorted({0, options.stored // 10, options.stored})
        found = []
        for size in sizes:
            row = measure(base / str(size), size, options.new, options.repeat, options.exports)
            found.append(row)
            _print(row, found[0]["new"], options.new)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _print(row: dict[str, Any], empty: Cost, new: int) -> None:
    wall, cpu = row["new"]
    print(f"{row['stored']:>8,} stored, {new} new: {wall:.2f} s, {cpu:.2f} s of processors:"
          f" {wall / empty[0]:.2f} and {cpu / empty[1]:.2f} × the same on an empty book")  # fmt: skip
    if row["stored"]:
        more, copied = wall - empty[0], row["copy"][0]
        print(f"         beyond the empty book {more:.2f} s; a synced copy of the file"
              f" ({row['megabytes']:.0f} MB) {copied:.2f} s: {more / copied:.1f} ×")  # fmt: skip
        nothing, walked = row["nothing_new"], row["walk"]
        print(f"         nothing new: {nothing[0]:.2f} s, {nothing[1]:.2f} s of processors; a bare walk"
              f" {walked[0]:.2f} and {walked[1]:.2f} s: {nothing[0] / walked[0]:.1f} and"
              f" {nothing[1] / walked[1]:.1f} ×", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
