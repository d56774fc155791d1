"""The book as a job sees it: the published file until there is something new, then the staging file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import duckdb

from tallybook.lexicon import Lexicon
from tallybook.records import Article, Extraction, Rejection
from tallybook.store import build, load, reread, stamp
from tallybook.store.audit import audit
from tallybook.store.faults import reach, spoilt
from tallybook.store.load import Counts
from tallybook.store.months import refresh_months
from tallybook.store.publish import Staging, reading


class Book:
    """A book that is read where it stands, and copied aside by the first thing to write."""

    def __init__(self, staging: Staging, lexicon: Lexicon, extractor: str, command: str) -> None:
        self._staging, self._lexicon, self._extractor, self._command = staging, lexicon, extractor, command
        self._published = reading(staging.database, older=True) if staging.database.exists() else None
        self._con = self._published
        self.is_new = self._published is None
        self.run_id: int | None = None
        self._started = load.now()

    def __enter__(self) -> Self:
        if self._published is not None and build.schema_version(self._published) != build.SCHEMA_VERSION:
            self._write()  # opening it for writing brings it to this layout
        return self

    def __exit__(self, *error: object) -> None:
        if self._published is not None:
            self._published.close()

    @property
    def changed(self) -> bool:
        """True once something was written."""
        return self.run_id is not None

    def unknown(self, batch: Sequence[Article], counts: Counts) -> list[Article]:
        """Give the articles that the book does not hold, each once; count the others as duplicates.

        Of several names for one article the first of the alphabet stays, so that the rows do not
        depend on the order of the offer.
        """
        fresh: dict[str, Article] = {}
        for article in batch:
            key = article.article_id
            if key not in fresh or article.name < fresh[key].name:
                fresh[key] = article  # a key keeps its first place in the dict
        stored = load.stored_names(self._con, list(fresh)) if self._con is not None else {}
        renamed = {key: fresh[key].name for key, name in stored.items() if fresh[key].name < name}
        if renamed:
            load.rename(self._write(), renamed)
        unknown = [article for key, article in fresh.items() if key not in stored]
        counts.duplicate += len(batch) - len(unknown)
        return unknown

    @property
    def state(self) -> str | None:
        """Identify the published file as it is read here; None where there is none."""
        return stamp.state(self._staging.database) if self._published is not None else None

    def names(self, article_ids: Sequence[str]) -> dict[str, str]:
        """Give the names of those articles that the book holds."""
        return load.stored_names(self._con, article_ids) if self._con is not None else {}

    def load(self, read: Sequence[tuple[Article, Extraction]], counts: Counts) -> list[Rejection]:
        """Store a batch; the first one opens the staging file. Gives the articles that do not fit."""
        con = self._write()
        assert self.run_id is not None
        refused = load.load(con, read, self.run_id, self._extractor, counts)
        if spoilt("rows-loaded"):
            con.execute("update figure set text = '!' where figure_id = (select min(figure_id) from figure)")
        reach("rows-loaded")
        return refused

    def read_by_others(self, everything: bool = False) -> list[str]:
        """Give the ids of the stored articles that another extractor read last, or of all."""
        if self._con is None:
            return []
        return reread.read_by_others(self._con, None if everything else self._extractor)

    def stored(self, article_ids: Sequence[str]) -> list[Article]:
        """Give stored articles as they were offered."""
        return [] if self._con is None else reread.stored_articles(self._con, article_ids)

    def supersede(self, read: Sequence[tuple[Article, Extraction]], counts: Counts) -> list[Rejection]:
        """Store new readings of stored articles. Gives the articles that do not fit."""
        con = self._write()
        assert self.run_id is not None
        refused = reread.supersede(con, read, self.run_id, self._extractor, counts)
        reach("rows-loaded")
        return refused

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The staging file once something was written, to be read only."""
        return self._write()

    def out_of_date(self) -> bool:
        """Tell whether views, gazetteer or metrics of the published file are of another version."""
        return self._published is None or build.stored_shape(self._published) != build.shape(self._lexicon)

    def has_recorded(self, rejected: Sequence[Rejection]) -> bool:
        """Tell whether the book knows all these rejections from an earlier run."""
        return self._con is not None and load.all_recorded(self._con, rejected)

    def older(self) -> int:
        """Count the stored articles that another version of program or lexicon read last."""
        if self._published is None or self._con is None:
            return 0
        return load.older(self._con, self._extractor)

    def finish(self, counts: Counts, rejected: Sequence[Rejection]) -> None:
        """Close the run, bring the views up to date and audit what was stored."""
        con = self._write()
        assert self.run_id is not None
        load.finish_run(con, self.run_id, counts, rejected)
        reach("run-committed")
        if build.stored_shape(con) != build.shape(self._lexicon):
            self._refresh(con)
        reach("views-created")
        con.execute("begin")
        refresh_months(con)
        con.execute("commit")
        reach("months-solved")
        audit(con, self.run_id)
        reach("audited")

    def _write(self) -> duckdb.DuckDBPyConnection:
        if self.run_id is None or self._con is None:
            con = self._con = self._staging.open()
            if self.is_new:
                con.execute("begin")
                build.create(con)
                con.execute("commit")
            if build.stored_shape(con) != build.shape(self._lexicon):
                self._refresh(con)  # observations refer to its places
            self.run_id = load.begin_run(con, self._command, self._extractor, self._started)
        return self._con

    def _refresh(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute("begin")
        build.refresh(con, self._lexicon)
        con.execute("commit")
