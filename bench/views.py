"""Time every saved view at two sizes, beside the same question in pandas and polars on the exported Parquet.

    python bench/views.py FOLDER [--sizes 1e6,1e7] [--views latest,shares] [--peers-up-to 1e7] [--cap 12]

Books are made in FOLDER where they are not there yet (bench/madebook.py; ten million take 1.5 GB and some
minutes). Each measurement is a process of its own with one thread and at most `cap` GiB of memory: DuckDB
is told so and spills to the disk, the peers are held to it by the system. What is printed is processor
time, as other work may share the machine. A view is read to its last column (a hash of each row); a peer's
time has its reading of the Parquet in it, as the view's has its reading of the book. `growth` is how much
faster than n log n a view grows from the first size to the last: 1.0 is n log n, less is better.
`measured.jsonl` in FOLDER keeps what was measured, so that a run that was stopped goes on where it was; a
view that changed is measured again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import duckdb
import madebook
import rivals

from tallybook.resources import query_files
from tallybook.store.build import create_views, made_of, needs

GIB = 1024**3
PEERS = {"pandas": rivals.Pandas, "polars": rivals.Polars}


@dataclass(frozen=True)
class Bench:
    """Where the books are, and what a measurement may take: GiB of memory, seconds on the clock."""

    folder: Path
    cap: float
    limit: float

    def book(self, size: int) -> Path:
        """Give the book of about so many observations."""
        return self.folder / f"book-{size}.duckdb"

    def seconds(self, system: str, size: int, question: str) -> float | str:
        """Measure once; a word where it needs more memory or time than it may take."""
        log = self.folder / "measured.jsonl"
        asked = {
            "system": system, "size": size, "question": question, "cap": self.cap,
            "of": version(question) if system == "tallybook" else "",
        }  # fmt: skip
        for line in log.read_text().splitlines() if log.exists() else ():
            known = json.loads(line)
            if all(known[key] == value for key, value in asked.items()):
                return known["failed"] or float(known["seconds"])
        got = self._measured(system, size, question)
        with log.open("a") as file:
            print(json.dumps(asked | got), file=file)
        print(json.dumps(asked | got), file=sys.stderr)
        return got["failed"] or float(got["seconds"])

    def _measured(self, system: str, size: int, question: str) -> dict[str, str | float]:
        command = [sys.executable, __file__, "--one", system, self.book(size), question, str(self.cap)]
        started = monotonic()
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=self.limit,
                env=os.environ | {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {"failed": "time"}
        clock = round(monotonic() - started, 1)
        if done.returncode:
            words = done.stderr.strip()
            print(f"{system} {question} {size}: {words[-300:]}", file=sys.stderr)
            is_memory = done.returncode < 0 or "memory" in words.lower() or "alloc" in words.lower()
            return {"failed": "memory" if is_memory else "error", "clock": clock}
        return {"failed": "", "clock": clock, **json.loads(done.stdout.splitlines()[-1])}


def version(view: str) -> str:
    """Tell what a view is made of, so that one that changed is known."""
    files, inside = query_files(), [view]
    for name in inside:
        inside += [other for other in needs(files[name]) if other not in inside]
    made = "".join(made_of(name, files).split("\ncomment on ")[0] for name in inside)
    return hashlib.sha256(made.encode()).hexdigest()[:12]


def measure(system: str, book: Path, question: str, cap: float) -> None:
    """Answer one question in this process and print its processor seconds and what was found."""
    folder = book.with_suffix("")
    if system == "tallybook":
        config = {"threads": 1, "memory_limit": f"{cap}GiB", "temp_directory": f"{folder}.tmp"}
        with duckdb.connect(str(book), read_only=True, config=config) as con:
            asked = f"select count(*), bit_xor(hash(t)) from {question} as t"
            rows = (con.execute(asked).fetchone() or (0,))[0]
    else:
        resource.setrlimit(resource.RLIMIT_DATA, (int(cap * GIB), int(cap * GIB)))
        found = getattr(PEERS[system](folder), question)()
        rows = found if isinstance(found, int) else len(found)
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = round(used.ru_utime + used.ru_stime, 2)
    print(json.dumps({"seconds": seconds, "rows": rows, "gib": round(used.ru_maxrss / 1024**2, 2)}))


def export(book: Path) -> None:
    """Write the observations and articles as `tallybook export` lays them out."""
    folder = book.with_suffix("")
    if folder.exists():
        return
    folder.mkdir()
    with duckdb.connect(str(book), read_only=True, config={"threads": 1, "memory_limit": "6GB"}) as con:
        con.execute(
            f"copy observation to '{folder}/observation' "
            "(format parquet, partition_by (port), compression zstd)"
        )
        for table, columns in (("article", "* exclude (recorded_run)"), ("figure", "*"), ("port", "*")):
            con.execute(
                f"copy (select {columns} from {table}) to '{folder}/{table}.parquet' "
                "(format parquet, compression zstd)"
            )


def prepared(bench: Bench, size: int) -> int:
    """Make the book of a size and its Parquet where they are missing; give how many observations it has."""
    book = bench.book(size)
    if not book.exists():
        madebook.make(book, size)
    with duckdb.connect(str(book)) as con:
        create_views(con)  # as they are now
        found = int((con.execute("select count(*) from observation").fetchone() or (0,))[0])
    export(book)
    return found


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], Path(sys.argv[3]), sys.argv[4], float(sys.argv[5]))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="1e6,1e7")
    parser.add_argument("--views", help="names parted by commas; all of them where it is missing")
    parser.add_argument("--peers-up-to", type=float, default=1e7)
    parser.add_argument("--cap", type=float, default=12, help="GiB of memory for one measurement")
    parser.add_argument("--limit", type=float, default=3600, help="seconds on the clock for one measurement")
    args = parser.parse_args()
    sizes = [int(float(size)) for size in args.sizes.split(",")]
    bench = Bench(args.folder, args.cap, args.limit)
    rows = {size: prepared(bench, size) for size in sizes}
    views = args.views.split(",") if args.views else views_of(bench.book(sizes[0]))
    heads = [f"{rows[size]:,}, s" for size in sizes]
    heads += [f"{peer} ÷ view at {size:,}" for size in sizes for peer in PEERS]
    print(f"| view | {' | '.join(heads[: len(sizes)])} | growth | {' | '.join(heads[len(sizes) :])} |")
    print("| --- |" + " ---: |" * (len(heads) + 1))
    for view in views:
        own = {size: bench.seconds("tallybook", size, view) for size in sizes}
        cells = [s if isinstance(s, str) else f"{s:.1f}" for s in own.values()]
        cells.append(growth(rows, own))
        for size in sizes:
            for peer, answers in PEERS.items():
                asked = hasattr(answers, view) and size <= args.peers_up_to
                cells.append(ratio(bench.seconds(peer, size, view), own[size]) if asked else "")
        print(f"| {view} | {' | '.join(cells)} |", flush=True)


def growth(rows: dict[int, int], own: dict[int, float | str]) -> str:
    """Compare how a view grew with n log n."""
    n, m = min(rows), max(rows)
    first, last = own[n], own[m]
    if n == m or isinstance(first, str) or isinstance(last, str):
        return ""
    return f"{last / first / (rows[m] * math.log(rows[m]) / (rows[n] * math.log(rows[n]))):.2f}"


def ratio(theirs: float | str, ours: float | str) -> str:
    """Say how many times longer a peer takes, or what it ran out of."""
    if isinstance(theirs, str):
        return f"out of {theirs}" if theirs != "error" else "fails"
    return "" if isinstance(ours, str) else f"{theirs / ours:.1f}"


def views_of(book: Path) -> list[str]:
    with duckdb.connect(str(book), read_only=True) as con:
        found = con.execute("select view_name from duckdb_views() where not internal order by 1").fetchall()
    return [name for (name,) in found]


if __name__ == "__main__":
    main()
