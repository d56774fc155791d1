"""The job: sources → extraction → load → audit → publish → export.

Safe to run again at any time: an article that the book holds is not read again, and a run with
nothing new leaves the published file as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import duckdb

from tallybook.config import Config
from tallybook.errors import DatabaseError, TallybookError
from tallybook.extract import extractor_version
from tallybook.lexicon import Lexicon, load_lexicon
from tallybook.pool import extract_all
from tallybook.records import Article, Extraction, Rejection
from tallybook.store import build, load
from tallybook.store.audit import audit
from tallybook.store.faults import reach
from tallybook.store.load import Counts
from tallybook.store.publish import Staging, reading, writing

_BATCH = 512
"""Articles that are looked up, extracted and loaded together: bounds the memory of a run."""
_WORTH_A_POOL = 64
"""Fewer articles than this are read in the time that a pool needs to start."""

Told = Callable[[Counts], None]


@dataclass(slots=True)
class Report:
    """What a job did."""

    database: Path
    counts: Counts = field(default_factory=Counts)
    rejected: list[Rejection] = field(default_factory=list)
    published: bool = False
    run_id: int | None = None
    older: int = 0
    """Articles of the book that an older extractor read."""
    exported: list[Path] = field(default_factory=list)


def run_job(
    config: Config, offered: Iterable[Article | Rejection], command: str, told: Told = lambda counts: None
) -> Report:
    """Put the offered articles into the book and publish it; `told` hears the counts after each batch.

    Raises a TallybookError where nothing was published, and the published file is as it was.
    """
    lexicon = load_lexicon(config.ports, config.words)
    extractor = extractor_version(lexicon)
    report = Report(config.database)
    jobs = config.jobs or len(os.sched_getaffinity(0))
    with writing(config.database) as staging:
        try:
            _fill(staging, report, offered, lexicon, extractor, jobs, command, told)
        except duckdb.Error as error:
            raise TallybookError(
                f"{config.database}: {str(error).splitlines()[0]}; nothing published, the book is as it was"
            ) from error
        except OSError as error:
            raise TallybookError(
                f"{config.database}: {error.strerror or error}; nothing published, the book is as it was: "
                "make room or mend the rights, and run again"
            ) from error
    if config.exports is not None and (report.published or not config.exports.exists()):
        from tallybook.store.export import export_parquet

        report.exported = export_parquet(config.database, config.exports)
    return report


def _fill(
    staging: Staging,
    report: Report,
    offered: Iterable[Article | Rejection],
    lexicon: Lexicon,
    extractor: str,
    jobs: int,
    command: str,
    told: Told,
) -> None:
    book = Book(staging, lexicon, extractor, command)
    try:
        for batch in _batches(offered, report):
            fresh = book.unknown(batch, report.counts)
            pool = jobs if len(fresh) >= _WORTH_A_POOL else 1
            read: list[tuple[Article, Extraction]] = []
            for article, found in extract_all(fresh, lexicon, pool):
                if isinstance(found, Exception):
                    report.rejected.append(Rejection(article.name, f"cannot be read ({found!r}): please report it"))
                    report.counts.rejected += 1
                else:
                    read.append((article, found))
            if read:
                book.load(read, report.counts)
            told(report.counts)
        report.older = book.older()
        if book.run_id is None and not book.out_of_date():
            return
        book.finish(report)
    finally:
        book.close()
    staging.publish()
    report.published, report.run_id = True, book.run_id


class Book:
    """The book as a job sees it: the published file until there is something new, then the staging file."""

    def __init__(self, staging: Staging, lexicon: Lexicon, extractor: str, command: str) -> None:
        self.staging, self.lexicon, self.extractor, self.command = staging, lexicon, extractor, command
        self.run_id: int | None = None
        self._published = reading(staging.database) if staging.database.exists() else None
        self._con = self._published

    def unknown(self, batch: list[Article], counts: Counts) -> list[Article]:
        """Give the articles that the book does not hold, each once; count the others as duplicates."""
        ids = {article.article_id: article for article in reversed(batch)}
        known: set[str] = set()
        if self._con is not None:
            rows = self._con.execute(
                "select article_id from article where article_id in (select unnest(?))", [list(ids)]
            ).fetchall()
            known = {row[0] for row in rows}
        fresh = [a for a in dict.fromkeys(ids[article.article_id] for article in batch) if a.article_id not in known]
        counts.duplicate += len(batch) - len(fresh)
        return fresh

    def load(self, read: list[tuple[Article, Extraction]], counts: Counts) -> None:
        """Store a batch; the first one opens the staging file and its transaction."""
        con = self._write()
        assert self.run_id is not None
        load.load(con, read, self.run_id, self.extractor, counts)
        reach("rows-loaded")

    def out_of_date(self) -> bool:
        """Tell whether views, gazetteer or metrics of the published file are of another version."""
        return self._published is None or build.stored_shape(self._published) != build.shape(self.lexicon)

    def older(self) -> int:
        """Count the stored articles whose current reading is of another extractor."""
        if self._published is None:
            return 0
        row = self._published.execute(
            """select count(distinct article_id) from figure
               where superseded_run is null and extractor <> ?""",
            [self.extractor],
        ).fetchone()
        return int(row[0]) if row else 0

    def finish(self, report: Report) -> None:
        """Close the run, bring the views up to date and audit what was stored."""
        con = self._write()
        assert self.run_id is not None
        load.finish_run(con, self.run_id, report.counts, report.rejected)
        con.execute("commit")
        reach("run-committed")
        con.execute("begin")
        build.refresh(con, self.lexicon)
        con.execute("commit")
        audit(con, self.run_id)
        reach("audited")

    def close(self) -> None:
        """Let go of the published file."""
        if self._published is not None:
            self._published.close()

    def _write(self) -> duckdb.DuckDBPyConnection:
        if self.run_id is None:
            new = not self.staging.database.exists()
            con = self.staging.open()
            con.execute("begin")
            if new:
                build.create(con)
            if new or self.out_of_date():
                build.refresh(con, self.lexicon)  # observations refer to its places
            con.execute("commit")
            con.execute("begin")
            self.run_id = load.begin_run(con, self.command, self.extractor)
            self._con = con
        if self._con is None:
            raise DatabaseError("the book is closed")
        return self._con


def _batches(offered: Iterable[Article | Rejection], report: Report) -> Iterator[list[Article]]:
    """Cut the offer into batches of articles; note the rejections on the way."""

    def articles() -> Iterator[Article]:
        for item in offered:
            if isinstance(item, Article):
                yield item
            else:
                report.rejected.append(item)
                report.counts.rejected += 1

    stream = articles()
    while batch := list(islice(stream, _BATCH)):
        yield batch
