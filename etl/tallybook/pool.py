"""Extraction of many articles, in this process or in a pool, in the order they came.

Extraction is a pure function, so the records are the same however many processes there are.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread, current_thread, main_thread
from typing import Self

from tallybook.errors import TallybookError
from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Article, Extraction
from tallybook.store.faults import reach

_AHEAD = 4
"""Pieces in the pool's queue for each process: enough to keep it busy, few enough to hold."""
_PIECE = 16
"""Articles that go to a process at once: a short article costs less than its way there."""
SECONDS = 300
"""Processor time that one article may take; a page of a newspaper takes a tenth of a second."""

Outcome = tuple[Article, Extraction | Exception]


class Pool:
    """Processes that extract, started when the first articles go to them and kept till the end."""

    def __init__(self, lexicon: Lexicon, jobs: int) -> None:
        self._lexicon, self._jobs = lexicon, jobs
        self._processes: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._processes is not None:
            self._processes.shutdown(cancel_futures=True)

    def extract(self, articles: Iterable[Article], few: bool = False) -> Iterator[Outcome]:
        """Extract articles in the order they come; `few` are not worth starting processes for.

        Raises TallybookError where a process died.
        """
        if self._jobs == 1 or (few and self._processes is None):
            for article in articles:
                yield article, _try(article, self._lexicon)
            return
        waiting: deque[tuple[list[Article], Future[list[Extraction | Exception]]]] = deque()
        try:
            for piece in _pieces(articles):
                waiting.append((piece, self._started().submit(_work, piece)))
                if len(waiting) >= self._jobs * _AHEAD:
                    yield from _finished(waiting.popleft())
            while waiting:
                yield from _finished(waiting.popleft())
        except BrokenProcessPool as error:
            raise TallybookError(
                "a process that reads articles died, most likely for lack of memory: try again with --jobs 1"
            ) from error

    def _started(self) -> ProcessPoolExecutor:
        if self._processes is None:
            # Spawned, not forked: the caller may hold threads of a database.
            self._processes = ProcessPoolExecutor(
                self._jobs,
                mp_context=get_context("spawn"),
                initializer=_start_worker,
                initargs=(self._lexicon,),
            )
        return self._processes


def extract_all(articles: Iterable[Article], lexicon: Lexicon, jobs: int = 1) -> Iterator[Outcome]:
    """Extract articles in `jobs` processes; an article that breaks extraction gives its exception."""
    with Pool(lexicon, jobs) as pool:
        yield from pool.extract(articles)


def _finished(item: tuple[list[Article], Future[list[Extraction | Exception]]]) -> Iterator[Outcome]:
    piece, future = item
    return zip(piece, future.result(), strict=True)


def _pieces(articles: Iterable[Article]) -> Iterator[list[Article]]:
    piece: list[Article] = []
    for article in articles:
        piece.append(article)
        if len(piece) == _PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


def _try(article: Article, lexicon: Lexicon) -> Extraction | Exception:
    try:
        reach(f"extract {article.name}")
        with _limited():
            return extract(article, lexicon)
    except Exception as error:
        return error


_AGAIN = 1.0
"""Seconds of work after which an article is stopped once more, where stopping it came to nothing."""


class TooLongError(Exception):
    """Extraction of one article took more than it may."""


@contextmanager
def _limited() -> Iterator[None]:
    """Raise TooLongError when the time of an article is up, in a regular expression too."""
    if current_thread() is not main_thread():
        yield  # signals reach the main thread only
        return

    def stop(*_: object) -> None:
        raise TooLongError(f"more than {SECONDS} seconds of work")

    before = signal.signal(signal.SIGVTALRM, stop)
    # Again and again: what is raised in a destructor or a callback of the collector is lost.
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


_worker_lexicon: list[Lexicon] = []


def _start_worker(lexicon: Lexicon) -> None:
    _worker_lexicon[:] = [lexicon]
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A killed job closes no queues: its processes would wait for work for ever.
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(piece: list[Article]) -> list[Extraction | Exception]:
    return [_try(article, _worker_lexicon[0]) for article in piece]
