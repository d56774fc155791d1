"""The job: sources → extraction → load → audit → publish → export.

Safe to run again at any time: an article that the book holds is not read again, and a run with
nothing new leaves the published file as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tallybook.config import Config
from tallybook.errors import TallybookError
from tallybook.extract import extractor_version
from tallybook.lexicon import Lexicon, load_lexicon
from tallybook.pool import Pool
from tallybook.read.seen import Seen, Unchanged
from tallybook.records import Article, Extraction, Rejection
from tallybook.store import stamp
from tallybook.store.book import Book
from tallybook.store.faults import reach
from tallybook.store.load import Counts, stored_names
from tallybook.store.publish import Staging, first_line, reading, writing
from tallybook.store.vet import Vet
from tallybook.table import READER

_BATCH = 512
"""Articles that are looked up, extracted and loaded together: bounds the memory of a run."""
_BATCH_LENGTH = 16_000_000
"""Code points that end a batch before it has so many articles."""
_FEW = 256
"""Fewer articles than this are read in the time that processes and their lexicon need to start."""
_LOOKED_UP = 50_000
"""Unchanged files that are looked up in the book together."""
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Loaded:
    """One article that was stored, for the summary."""

    name: str
    lang: str
    published: str
    observations: int
    unkeyed: int


@dataclass(slots=True)
class Report:
    """What a job did."""

    database: Path
    counts: Counts = field(default_factory=Counts)
    rejected: list[Rejection] = field(default_factory=list)
    loaded: list[Loaded] = field(default_factory=list)
    """The first articles that were stored."""
    published: bool = False
    run_id: int | None = None
    older: int = 0
    """Articles of the book that another version of program or lexicon read."""
    migrated: list[str] = field(default_factory=list)
    """Migrations that brought an older book to this layout."""
    exported: list[Path] | None = None
    """The files of the export, None where none was due."""


class Heard:
    """Hears of a job as it goes; the base class says nothing."""

    def progress(self, counts: Counts) -> None:
        """A batch is done."""

    def rejected(self, rejection: Rejection) -> None:
        """An input was rejected."""


def run_job(
    config: Config,
    offered: Iterable[Article | Rejection | Unchanged],
    command: str,
    heard: Heard | None = None,
    seen: Seen | None = None,
) -> Report:
    """Put the offered articles into the book and publish it, with its exports.

    Where unchanged files are offered, `seen` is what offers them; it is saved when the book has all.
    Raises a TallybookError where the job failed; its message tells whether anything was published.
    """
    lexicon = load_lexicon(config.ports, config.words)
    report = Report(config.database)
    with writing(config.database) as staging:
        job = _Job(staging, lexicon, config.jobs or _cores(), command, report, heard or Heard())
        before = stamp.state(staging.database) if staging.database.exists() else None
        job.run(offered, seen)
        if seen is not None and staging.database.exists():
            with reading(staging.database) as con:
                held = stored_names(con, seen.newly_read())
            seen.save(stamp.state(staging.database), before, held)
        if config.exports is not None and staging.database.exists():
            report.exported = export_due(staging.database, config.exports, config.export_views)
    return report


def run_reread(
    config: Config,
    show: Callable[[duckdb.DuckDBPyConnection, int], None],
    everything: bool = False,
    publish: bool = True,
    heard: Heard | None = None,
) -> Report:
    """Read again the stored articles that another extractor read last, or `everything`.

    `show` is given the audited book that is not yet published, and the number of the run, for the
    view `rereading`. Without `publish` nothing more happens. Raises as `run_job` does.
    """
    reading(config.database, older=True).close()  # there is something to read again
    lexicon = load_lexicon(config.ports, config.words)
    report = Report(config.database)
    with writing(config.database) as staging:
        job = _Job(staging, lexicon, config.jobs or _cores(), "reextract", report, heard or Heard())
        job.reread(show, everything, publish)
        if publish and config.exports is not None:
            report.exported = export_due(staging.database, config.exports, config.export_views)
    return report


def run_table(
    config: Config, rows: Iterable[tuple[Article, Extraction] | Rejection], heard: Heard | None = None
) -> Report:
    """Put the rows of an official table into the book and publish it, as `run_job` does with articles."""
    lexicon = load_lexicon(config.ports, config.words)
    report = Report(config.database)
    with writing(config.database) as staging:
        _Job(staging, lexicon, 1, "load-table", report, heard or Heard()).keep(rows)
        if config.exports is not None and staging.database.exists():
            report.exported = export_due(staging.database, config.exports, config.export_views)
    return report


class _Job:
    def __init__(
        self, staging: Staging, lexicon: Lexicon, jobs: int, command: str, report: Report, heard: Heard
    ) -> None:
        self.staging, self.lexicon, self.jobs, self.command = staging, lexicon, jobs, command
        self.report, self.heard = report, heard
        self.vet = Vet(lexicon)

    def run(self, offered: Iterable[Article | Rejection | Unchanged], seen: Seen | None) -> None:
        report = self.report
        extractor = extractor_version(self.lexicon)
        with Book(self.staging, self.lexicon, extractor, self.command) as book:
            with Pool(self.lexicon, self.jobs) as pool:
                for batch in _batches(self._read_if_new(offered, seen, book), self._reject):
                    fresh = book.unknown(batch, report.counts)
                    self._load(book, self._extracted(pool, fresh))
                    self.heard.progress(report.counts)
            report.older = book.older()
            if not self._is_due(book):
                return
            book.finish(report.counts, report.rejected)
        self._publish(book)

    def _read_if_new(
        self, offered: Iterable[Article | Rejection | Unchanged], seen: Seen | None, book: Book
    ) -> Iterator[Article | Rejection]:
        """Pass on what was read; read unchanged files too where the book has not all that they gave."""
        waiting: list[Unchanged] = []
        for item in offered:
            if not isinstance(item, Unchanged):
                yield item
                continue
            waiting.append(item)
            if len(waiting) == _LOOKED_UP:
                yield from self._not_held(waiting, seen, book)
                waiting.clear()
        yield from self._not_held(waiting, seen, book)

    def _not_held(
        self, files: list[Unchanged], seen: Seen | None, book: Book
    ) -> Iterator[Article | Rejection]:
        if not files or seen is None:
            return
        counts = self.report.counts
        if seen.is_of(book.state):
            counts.duplicate += sum(file.articles for file in files)
        else:
            had = seen.articles(files)
            held = book.names([article for articles in had.values() for article, _ in articles])
            for file in files:
                # Of several names the first of the alphabet stays: a lower one is news to the book.
                if all(article in held and held[article] <= name for article, name in had[file.key]):
                    counts.duplicate += file.articles
                else:
                    yield from seen.again(file)
        self.heard.progress(counts)

    def keep(self, rows: Iterable[tuple[Article, Extraction] | Rejection]) -> None:
        report = self.report
        with Book(self.staging, self.lexicon, READER, self.command) as book:
            read: dict[str, Extraction] = {}

            def offered() -> Iterator[Article | Rejection]:
                for row in rows:
                    if isinstance(row, Rejection):
                        yield row
                        continue
                    fault = self.vet.fault(*row)
                    if fault:
                        yield Rejection(row[0].name, fault)
                    else:
                        read[row[0].article_id] = row[1]
                        yield row[0]

            for batch in _batches(offered(), self._reject):
                fresh = book.unknown(batch, report.counts)
                self._load(book, [(article, read[article.article_id]) for article in fresh])
                read.clear()
                self.heard.progress(report.counts)
            if not self._is_due(book):
                return
            book.finish(report.counts, report.rejected)
        self._publish(book)

    def reread(
        self, show: Callable[[duckdb.DuckDBPyConnection, int], None], everything: bool, publish: bool
    ) -> None:
        report = self.report
        with Book(self.staging, self.lexicon, extractor_version(self.lexicon), self.command) as book:
            ids = book.read_by_others(everything)
            with Pool(self.lexicon, self.jobs) as pool:
                for start in range(0, len(ids), _BATCH):
                    for batch in _batches(book.stored(ids[start : start + _BATCH]), self._reject):
                        if read := self._extracted(pool, batch):
                            for rejection in book.supersede(read, report.counts):
                                self._reject(rejection)
                        self.heard.progress(report.counts)
            if not book.changed and book.has_recorded(report.rejected):
                return
            book.finish(report.counts, report.rejected)
            if book.run_id is not None:
                show(book.connection, book.run_id)
        if publish:
            self._publish(book)

    def _publish(self, book: Book) -> None:
        self.staging.publish()
        self.report.published, self.report.run_id = True, book.run_id
        self.report.migrated = self.staging.migrated

    def _is_due(self, book: Book) -> bool:
        if book.is_new and self.report.rejected and not self.report.counts.loaded:
            return False  # a mistyped name makes no book
        return book.changed or book.out_of_date() or not book.has_recorded(self.report.rejected)

    def _extracted(self, pool: Pool, fresh: list[Article]) -> list[tuple[Article, Extraction]]:
        sound = []
        for article, found in pool.extract(fresh, few=len(fresh) < _FEW):
            fault = repr(found) if isinstance(found, Exception) else self.vet.fault(article, found)
            if fault is None and not isinstance(found, Exception):
                sound.append((article, found))
            else:
                self._reject(Rejection(article.name, f"cannot be read ({fault}): please report it"))
        return sound

    def _load(self, book: Book, read: list[tuple[Article, Extraction]]) -> None:
        if not read:
            return
        refused = book.load(read, self.report.counts)
        for rejection in refused:
            self._reject(rejection)
        names = {rejection.source for rejection in refused}
        for article, found in read[: _SHOWN - len(self.report.loaded)]:
            if article.name not in names:
                day = found.published_on.isoformat() if found.published_on else "undated"
                day += " (inferred)" if found.published_inferred else ""
                self.report.loaded.append(
                    Loaded(article.name, found.lang, day, len(found.observations), len(found.unkeyed))
                )

    def _reject(self, rejection: Rejection) -> None:
        self.report.rejected.append(rejection)
        self.report.counts.rejected += 1
        self.heard.rejected(rejection)


def _batches(
    offered: Iterable[Article | Rejection], reject: Callable[[Rejection], None]
) -> Iterator[list[Article]]:
    """Cut the offer into batches of articles; pass the rejections on as they come."""
    batch: list[Article] = []
    length = 0
    for item in offered:
        if isinstance(item, Rejection):
            reject(item)
            continue
        batch.append(item)
        length += len(item.text)
        if len(batch) == _BATCH or length > _BATCH_LENGTH:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch


def export_due(database: Path, directory: Path, views: Sequence[str] | None = None) -> list[Path] | None:
    """Export a published book where the folder has another state of it; None where it has not.

    Of the comparing views only `views` are exported, where they are named.
    """
    if stamp.is_current(database, directory):
        return None
    from tallybook.store.export import VIEWS, export_parquet

    try:
        known = stamp.files(database, directory)
        files = export_parquet(database, directory, VIEWS if views is None else views, known)
        reach("exported")
        stamp.put(database, directory, known)
    except (OSError, duckdb.Error) as error:
        raise TallybookError(
            f"{database} is published, but the export to {directory} failed ({first_line(error)}): "
            "mend that, and run again to have the rest"
        ) from error
    return files


def _cores() -> int:
    # What this process may use, where the system tells; a container often has fewer than the machine.
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
