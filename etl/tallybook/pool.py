"""Extraction of many articles, in this process or in a pool, in the order they came.

Extraction is a pure function, so the records are the same however many processes there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Article, Extraction

_AHEAD = 4
"""Pieces in the pool's queue for each process: enough to keep it busy, few enough to hold."""
_PIECE = 16
"""Articles that go to a process at once: a short article costs less than its way there."""

Outcome = tuple[Article, Extraction | Exception]


def extract_all(articles: Iterable[Article], lexicon: Lexicon, jobs: int = 1) -> Iterator[Outcome]:
    """Extract articles in `jobs` processes; an article that breaks extraction gives its exception."""
    if jobs == 1:
        for article in articles:
            yield article, _try(article, lexicon)
        return
    waiting: deque[tuple[list[Article], Future[list[Extraction | Exception]]]] = deque()
    # Spawned, not forked: the caller may hold threads of a database.
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(lexicon,)
    ) as pool:
        for piece in _pieces(articles):
            waiting.append((piece, pool.submit(_work, piece)))
            if len(waiting) >= jobs * _AHEAD:
                yield from _finished(waiting.popleft())
        while waiting:
            yield from _finished(waiting.popleft())


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
        return extract(article, lexicon)
    except Exception as error:
        return error


_worker_lexicon: list[Lexicon] = []


def _start_worker(lexicon: Lexicon) -> None:
    _worker_lexicon[:] = [lexicon]


def _work(piece: list[Article]) -> list[Extraction | Exception]:
    return [_try(article, _worker_lexicon[0]) for article in piece]
