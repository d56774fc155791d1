"""`kill -9` at random moments while readers poll: how many reads fail, see half a run, or find leftovers.

A job is forked from a process that has loaded the program already, so that a kill lands in its work and
not in its imports. It reads a folder, as `tallybook run` does; some new files come before each. After
every tenth kill a job runs to its end, and must leave nothing but the book and its exports. Readers
open the book anew for each look, and an exported file too.

    python tests/kills.py [--kills 200] [--readers 4] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from jobmaker import ALASHANKOU, KHORGOS, MANZHOULI, names
from tallybook.config import Config, load_config
from tallybook.job import run_job
from tallybook.lexicon import load_lexicon
from tallybook.sources import make_seen, offered

BOOK = "book.duckdb"
WHOLE = [BOOK, f"{BOOK}.exported", "exports", "in", "tallybook.toml"]
_NEW = 3
"""Articles that come before each job."""
_READER = """
import glob, json, os, random, select, sys
import duckdb, pyarrow.parquet as pq
book, exports = sys.argv[1:]
print("reading", flush=True)
told = {"reads": 0, "failed": [], "mixed": [], "states": 0}
last, done = 0, False
sources = ["observation"] * 9 + ["provenance"]  # a view costs ten times as much
while not done:
    done = bool(select.select([sys.stdin], [], [], 0.05)[0])
    told["reads"] += 1
    try:
        with duckdb.connect(book, read_only=True) as con:
            seen = con.execute(
                "select (select count(*) from article), (select sum(loaded)::int from run), "
                "(select count(*) from figure), (select sum(figures)::int from run), "
                f"(select count(*) from {random.choice(sources)}), (select sum(observations)::int from run)"
            ).fetchone()
        files = sorted(glob.glob(exports + "/**/*.parquet", recursive=True))
        if files:
            with open(random.choice(files), "rb") as file:  # by its path pyarrow opens it twice
                pq.read_table(file)
    except Exception as error:
        told["failed"].append(repr(error))
        continue
    if seen[0] != seen[1] or seen[2] != seen[3] or seen[4] != seen[5] or seen[0] < last:
        told["mixed"].append(seen)
    if seen[0] != last:
        told["states"] += 1
    last = seen[0]
print(json.dumps(told), flush=True)
"""


@dataclass
class Tally:
    """What the sweep saw."""

    kills: int = 0
    """Jobs that were killed while they ran."""
    finished: int = 0
    """Jobs that were done before their kill came."""
    published: int = 0
    """Killed jobs that had published their book already."""
    whole_runs: int = 0
    reads: int = 0
    states: int = 0
    """Books that the readers told apart."""
    failed_reads: list[str] = field(default_factory=list)
    mixed_generations: list[object] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    articles: int = 0
    """In the book at the end; all that was offered must be."""
    offered: int = 0

    @property
    def clean(self) -> bool:
        """True where nothing went wrong."""
        wrong = self.failed_reads or self.mixed_generations or self.leftovers
        return not wrong and self.articles == self.offered


def sweep(folder: Path, kills: int, readers: int, seed: int) -> Tally:
    """Kill `kills` jobs in a folder of their own while `readers` programs read."""
    chance = random.Random(seed)
    tally = Tally()
    (folder / "in").mkdir()
    (folder / "tallybook.toml").write_text(
        f'sources = ["in"]\ndatabase = "{BOOK}"\nexports = "exports"\njobs = 1\n'
        'export_views = ["port_comparison"]\n',
        encoding="utf-8",
    )
    config = load_config(folder / "tallybook.toml")
    load_lexicon()
    _more(folder, tally, 30)
    _whole(config, folder, tally)
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _READER, str(folder / BOOK), str(folder / "exports")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        )
        for _ in range(readers)
    ]  # fmt: skip
    for program in programs:
        assert program.stdout is not None
        program.stdout.readline()
    spent = []
    for _ in range(3):
        _more(folder, tally, _NEW)
        begin = time.perf_counter()
        _whole(config, folder, tally)
        spent.append(time.perf_counter() - begin)
    while tally.kills < kills:
        _more(folder, tally, _NEW)
        before = (folder / BOOK).stat().st_ino
        begin = time.perf_counter()
        job = _start(config)
        time.sleep(chance.uniform(0, 1.2 * statistics.median(spent)))
        os.kill(job, signal.SIGKILL)
        _, status = os.waitpid(job, 0)
        if os.WIFSIGNALED(status):
            tally.kills += 1
            tally.published += (folder / BOOK).stat().st_ino != before
        else:
            tally.finished += 1
            spent.append(time.perf_counter() - begin)
        staged = {n for n in names(folder) if ".staging-" in n and f".staging-{job}" not in n}
        tally.leftovers += sorted(staged)  # of a job before the last one
        if tally.kills % 10 == 0:
            _whole(config, folder, tally)
            print(f"{tally.kills} kills, {tally.published} published", file=sys.stderr, flush=True)
    _whole(config, folder, tally)
    for program in programs:
        out, _ = program.communicate("stop\n")
        told = json.loads(out)
        tally.reads += told["reads"]
        tally.states = max(tally.states, told["states"])
        tally.failed_reads += told["failed"]
        tally.mixed_generations += told["mixed"]
    with duckdb.connect(str(folder / BOOK), read_only=True) as con:
        row = con.execute("select count(*) from article").fetchone()
    tally.articles = row[0] if row else 0
    return tally


def _more(folder: Path, tally: Tally, count: int) -> None:
    for _ in range(count):
        n = tally.offered
        text = (ALASHANKOU, KHORGOS, MANZHOULI)[n % 3]
        (folder / "in" / f"{n}.txt").write_text(f"publisher: Post {n}\n\n{text}", encoding="utf-8")
        tally.offered += 1


def _start(config: Config) -> int:
    job = os.fork()
    if job:
        return job
    code = 1
    try:
        os.setsid()  # a session gets its share of a busy machine, however many readers there are
        seen = make_seen(config)
        run_job(config, offered(config, seen), "run", seen=seen)
        code = 0
    finally:
        os._exit(code)  # nothing of the parent is to be tidied up twice


def _whole(config: Config, folder: Path, tally: Tally) -> None:
    _, status = os.waitpid(_start(config), 0)
    if status:
        tally.leftovers.append(f"the next run ended with {status}")
    tally.whole_runs += 1
    tally.leftovers += sorted(set(names(folder)) - set(WHOLE))
    tally.leftovers += sorted(str(p) for p in (folder / "exports").rglob("*unfinished*"))


def main() -> None:
    """Run the sweep and print its counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = sweep(Path(folder), options.kills, options.readers, options.seed)
    for name, value in asdict(tally).items():
        print(f"{name:18} {len(value) if isinstance(value, list) else value}")
        for line in value[:5] if isinstance(value, list) else ():
            print(f"    {line}")
    sys.exit(0 if tally.clean else 1)


if __name__ == "__main__":
    main()
