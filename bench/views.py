"""Time every saved view at two sizes, beside the same question in pandas and polars on the exported Parquet.

    python bench/views.py FOLDER [--sizes 1e6,1e7] [--views latest,shares] [--peers-up-to 1e6]

Books are made in FOLDER where they are not there yet (bench/madebook.py; ten million take 1.5 GB and ten
minutes). Each measurement is a process of its own with two threads and at most 10 GB; what is printed is its
processor time, as other work may share the machine. A view is read to its last column (a hash of each row); a
peer's time has its reading of the Parquet in it, as the view's has its reading of the book. `growth` is how
much faster than n log n a view grows from the first size to the last: 1.0 is n log n, less is better.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import madebook
import rivals

QUESTIONS = [name for name in vars(rivals.Polars) if not name.startswith("_")]


def measure(system: str, book: Path, question: str) -> None:
    """Answer one question in this process and print its processor seconds and what was found."""
    folder = book.with_suffix("")
    if system == "tallybook":
        config = {"threads": 2, "memory_limit": "10GB", "temp_directory": str(book.with_suffix(".tmp"))}
        with duckdb.connect(str(book), read_only=True, config=config) as con:
            asked = f"select count(*), bit_xor(hash(t)) from {question} as t"
            rows = (con.execute(asked).fetchone() or (0,))[0]
    else:
        peer = rivals.Polars(folder) if system == "polars" else rivals.Pandas(folder)
        found = getattr(peer, question)()
        rows = found if isinstance(found, int) else len(found)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": used.ru_utime + used.ru_stime, "rows": rows, "kb": used.ru_maxrss}))


def seconds(system: str, book: Path, question: str, limit: float) -> float | None:
    """Measure in a process of its own; None where it fails or takes longer than the limit."""
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--one", system, str(book), question],
            capture_output=True, text=True, timeout=limit, env={"POLARS_MAX_THREADS": "2"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        print(f"{system} {question} at {book.stem}: {done.stderr.strip()[-200:]}", file=sys.stderr)
        return None
    got = json.loads(done.stdout)
    print(f"{book.stem} {question} {system} {got}", file=sys.stderr)
    return float(got["seconds"])


def export(book: Path) -> None:
    """Write the observations and articles as `tallybook export` lays them out."""
    folder = book.with_suffix("")
    if folder.exists():
        return
    folder.mkdir()
    with duckdb.connect(str(book), read_only=True, config={"threads": 2, "memory_limit": "8GB"}) as con:
        con.execute(
            f"copy observation to '{folder}/observation' "
            "(format parquet, partition_by (port), compression zstd)"
        )
        con.execute(
            f"copy (select * exclude (text, recorded_run) from article) to '{folder}/article.parquet' "
            "(format parquet, compression zstd)"
        )


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="1e6,1e7")
    parser.add_argument("--views", help="names parted by commas; all of them where it is missing")
    parser.add_argument("--peers-up-to", type=float, default=1e6)
    parser.add_argument("--limit", type=float, default=1800, help="seconds on the clock for one measurement")
    args = parser.parse_args()
    sizes = [int(float(size)) for size in args.sizes.split(",")]
    books = {size: args.folder / f"book-{size}.duckdb" for size in sizes}
    rows = {}
    for size, book in books.items():
        rows[size] = madebook.make(book, size) if not book.exists() else count(book)
        export(book)
    views = args.views.split(",") if args.views else sorted(views_of(books[sizes[0]]))
    marks = [f"{rows[size]:,}" for size in sizes]
    print(f"| view | {' | '.join(f'{mark}, s' for mark in marks)} | growth | pandas ÷ view | polars ÷ view |")
    print("| --- |" + " ---: |" * (len(sizes) + 3))
    for view in views:
        own = {size: seconds("tallybook", books[size], view, args.limit) for size in sizes}
        cells = ["–" if s is None else f"{s:.1f}" for s in own.values()]
        first, last = own[sizes[0]], own[sizes[-1]]
        growth = "–"
        if len(sizes) > 1 and first and last:
            n, m = rows[sizes[0]], rows[sizes[-1]]
            growth = f"{last / first / (m * math.log(m) / (n * math.log(n))):.2f}"
        for system in ("pandas", "polars"):
            peers = []
            for size in sizes:
                if view not in QUESTIONS or size > args.peers_up_to:
                    continue
                theirs, ours = seconds(system, books[size], view, args.limit), own[size]
                peers.append("–" if theirs is None or not ours else f"{theirs / ours:.1f}")
            cells.append(", ".join(peers))
        print(
            f"| {view} | {' | '.join(cells[: len(sizes)])} | {growth} | {' | '.join(cells[len(sizes) :])} |",
            flush=True,
        )


def count(book: Path) -> int:
    with duckdb.connect(str(book), read_only=True) as con:
        return int((con.execute("select count(*) from observation").fetchone() or (0,))[0])


def views_of(book: Path) -> list[str]:
    with duckdb.connect(str(book), read_only=True) as con:
        return [
            n for (n,) in con.execute("select view_name from duckdb_views() where not internal").fetchall()
        ]


if __name__ == "__main__":
    main()
