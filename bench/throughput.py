"""How fast the whole path is: text to observations, MB a second on one core, against bench/targets.toml.

Two texts for each language: `dense`, bulletins full of figures, and `news`, one of those in ten and
nine of other worlds. They are the written ones of tests/corpus and, where a folder of labelled
articles is named, those of it. Beside each figure, in the same run, what the machine does at most
with that text in native code: folding its characters (`str.translate`) and finding every word of
the lexicon (the bare automaton). Then the process pool: two processes against one, by the clock.

    python bench/throughput.py [--shared FOLDER] [--repeat N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import time
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import ahocorasick_rs

from tallybook.extract import extract
from tallybook.lexicon import Lexicon, load_lexicon
from tallybook.pool import Pool
from tallybook.records import Article

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "corpus"
LANGUAGES = ("zh", "en", "ru")
SHARE = 10
"""One item in so many of general news has trade figures."""


def load(path: Path) -> list[Article]:
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        day = row.get("published_on")
        out.append(
            Article(
                row["id"],
                row["text"],
                row.get("title"),
                published_on=date.fromisoformat(day) if day else None,
            )
        )
    return out


def texts(shared: Path | None) -> dict[str, dict[str, list[Article]]]:
    """Give the articles of each kind and language."""
    dense: dict[str, list[Article]] = {}
    noise: dict[str, list[Article]] = {}
    for lang in LANGUAGES:
        files = sorted(p for p in CORPUS.glob(f"{lang}-*.jsonl") if not p.name.endswith(".gold.jsonl"))
        dense[lang] = [a for p in files for a in load(p)]
        noise[lang] = load(CORPUS / f"noise-{lang}.jsonl")
    if shared is not None:
        dense["zh"] += load(shared / "articles" / "dev.jsonl")
        noise["zh"] += load(shared / "articles" / "dev-noise.jsonl")
    news = {lang: mixed(dense[lang], noise[lang]) for lang in LANGUAGES}
    return {"dense": dense, "news": news}


def mixed(dense: list[Article], noise: list[Article]) -> list[Article]:
    """Put one dense item before each nine of the others, spread over all of them."""
    groups = [noise[i : i + SHARE - 1] for i in range(0, len(noise), SHARE - 1)]
    step = max(1, len(dense) // len(groups))
    return [a for n, group in enumerate(groups) for a in (dense[n * step % len(dense)], *group)]


def fastest(work: Callable[[], object], repeat: int, clock: Callable[[], float]) -> float:
    best = float("inf")
    for _ in range(repeat):
        begun = clock()
        work()
        best = min(best, clock() - begun)
    return best


def raw(
    articles: list[Article], lexicon: Lexicon, automaton: ahocorasick_rs.AhoCorasick
) -> Callable[[], None]:
    def work() -> None:
        for a in articles:
            automaton.find_matches_as_indexes(a.text.translate(lexicon.folding).lower(), overlapping=True)  # type: ignore[arg-type]

    return work


def whole(articles: list[Article], lexicon: Lexicon) -> Callable[[], None]:
    def work() -> None:
        for a in articles:
            extract(a, lexicon)

    return work


def scaling(articles: list[Article], lexicon: Lexicon, repeat: int) -> float:
    """Give how many times as fast two processes are as one, both started before the clock."""
    times: dict[int, float] = {1: float("inf"), 2: float("inf")}
    with Pool(lexicon, 1) as one, Pool(lexicon, 2) as two:
        for pool in (one, two):
            list(pool.extract(articles[:64]))
        for _ in range(repeat):
            for jobs, pool in ((1, one), (2, two)):
                times[jobs] = min(
                    times[jobs], fastest(lambda p=pool: list(p.extract(articles)), 1, time.perf_counter)
                )
    return times[1] / times[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    named = os.environ.get("TALLYBOOK_SHARED")
    beside = ROOT.parent / "shared"
    parser.add_argument("--shared", type=Path, default=Path(named) if named else beside)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    targets = tomllib.loads((ROOT / "bench" / "targets.toml").read_text(encoding="utf-8"))
    lexicon = load_lexicon()
    automaton = ahocorasick_rs.AhoCorasick(sorted({e.word.lower() for e in lexicon.entries}))
    kinds = texts(args.shared if args.shared.is_dir() else None)
    rows = []
    print("| text | items | KB | MB/s | target | met | native scans, MB/s | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for kind, languages in kinds.items():
        for lang, articles in languages.items():
            size = sum(len(a.text.encode()) for a in articles) / 1e6
            whole(articles, lexicon)()
            speed = size / fastest(whole(articles, lexicon), args.repeat, time.process_time)
            limit = size / fastest(raw(articles, lexicon, automaton), args.repeat, time.process_time)
            target = targets[kind][lang]
            rows.append({"text": kind, "lang": lang, "speed": speed, "target": target, "limit": limit})
            print(
                f"| {kind} {lang} | {len(articles)} | {size * 1e3:.0f} | {speed:.2f} | {target} "
                f"| {'yes' if speed >= target else 'no'} | {limit:.0f} | 1 : {limit / speed:.0f} |"
            )
    every = [a for articles in kinds["dense"].values() for a in articles] * 4
    times = scaling(every, lexicon, min(args.repeat, 3))
    cores = len(os.sched_getaffinity(0))
    print(
        f"\nTwo processes over {len(every)} articles: {times:.2f} times as fast as one "
        f"(target {targets['pool']['two']}; {cores} cores, load {os.getloadavg()[0]:.1f} at the end)"
    )
    if args.json:
        args.json.write_text(json.dumps({"texts": rows, "two": times}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
