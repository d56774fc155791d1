"""What a run costs: 100 new articles on a stored 100,000, on 10,000 and on none, and nothing new at all.

Each size has a folder of text files, one article each, made from data/samples with other years and
publishers, and a book of them. The program is run as a scheduler runs it, exports included. Beside it
stand the raw limits on the same disk: a walk of the folder with `os.scandir` and `stat` for the run that
finds nothing, a copy of the book's file with fsync for the run that publishes a new one.

    python bench/incremental.py [--stored 100000] [--new 100] [--repeat 3] [--keep DIR] [--json FILE]
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

from tallybook.config import load_config
from tallybook.extract import extract
from tallybook.job import run_table
from tallybook.lexicon import load_lexicon
from tallybook.read import read_paths
from tallybook.records import Article, Extraction

ROOT = Path(__file__).resolve().parents[1]
COMMAND = Path(sys.executable).with_name("tallybook")
_YEARS = range(1996, 2026)
_FOLDER = 1000
"""Files in one folder."""
CONFIG = 'sources = ["in"]\ndatabase = "book.duckdb"\nexports = "exports"\n'


def bulletins(count: int, start: int = 0) -> Iterator[tuple[str, str]]:
    """Give names and contents of `count` articles, each of another year or publisher than all others."""
    samples = []
    for path in sorted((ROOT / "data" / "samples").glob("*.txt")):
        samples.append(re.sub(r"\A(?:\w+: .*\n)+\n", "", path.read_text(encoding="utf-8")))
    for n in range(start, start + count):
        desk, text = divmod(n, len(samples))
        year = _YEARS[desk % len(_YEARS)]
        body = samples[text].replace("2024", str(year - 1)).replace("2025", str(year))
        head = f"published_on: {year}-12-{text % 28 + 1:02}\npublisher: Desk {desk // len(_YEARS)}\n\n"
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


def run(folder: Path) -> tuple[float, dict[str, int]]:
    """Run the job; give its seconds and its summary."""
    begin = time.perf_counter()
    done = subprocess.run(
        [str(COMMAND), "run", "--log", "json"], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    return time.perf_counter() - begin, json.loads(done.stdout)


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


def timed(action: Callable[[], object], repeat: int) -> float:
    """Give the median seconds of an action."""
    spent = []
    for _ in range(repeat):
        begin = time.perf_counter()
        action()
        spent.append(time.perf_counter() - begin)
    return statistics.median(spent)


def measure(folder: Path, stored: int, new: int, repeat: int) -> dict[str, float]:
    """Build a book of `stored` articles, run with nothing new, then with `new` ones, `repeat` times."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tallybook.toml").write_text(CONFIG, encoding="utf-8")
    out: dict[str, float] = {"stored": stored}
    book = folder / "book.duckdb"
    if stored:
        if not book.exists():
            write(folder, bulletins(stored))
            fill(folder)
        run(folder)  # the exports
        out["nothing_new"] = timed(lambda: run(folder), repeat)
        out["walk"] = timed(lambda: walk(folder / "in"), repeat)
        out["copy"] = timed(lambda: copy(book), repeat)
        out["megabytes"] = book.stat().st_size / 1e6
    spent = []
    for turn in range(repeat):
        if not stored:
            shutil.rmtree(folder)
            folder.mkdir()
            (folder / "tallybook.toml").write_text(CONFIG, encoding="utf-8")
        fresh = stored + turn * new
        while (folder / "in" / f"{fresh // _FOLDER:04}" / f"{fresh:07}.txt").exists():
            fresh += new  # of an earlier measurement in the same folder
        write(folder, bulletins(new, fresh))
        seconds, summary = run(folder)
        assert summary["loaded"] == new, summary
        spent.append(seconds)
    out["new"] = statistics.median(spent)
    return out


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="work here, and use the books that are there already")
    parser.add_argument("--json", type=Path, help="write the numbers to FILE as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = options.keep or Path(temporary)
        sizes = sorted({0, options.stored // 10, options.stored})
        found = [measure(base / str(size), size, options.new, options.repeat) for size in sizes]
    empty = found[0]["new"]
    for row in found:
        print(f"{row['stored']:>8,.0f} stored, {options.new} new: {row['new']:7.2f} s"
              f" = {row['new'] / empty:5.2f} × the same on an empty book")  # fmt: skip
        if row["stored"]:
            more = row["new"] - empty
            print(f"{'':>8} beyond the empty book {more:.2f} s, a copy of the file ({row['megabytes']:.0f}"
                  f" MB) {row['copy']:.2f} s: {more / row['copy']:.1f} ×")  # fmt: skip
            print(f"{'':>8} nothing new: {row['nothing_new']:7.2f} s, a bare walk {row['walk']:.2f} s:"
                  f" {row['nothing_new'] / row['walk']:.1f} ×")  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
