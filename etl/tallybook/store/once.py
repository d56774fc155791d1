"""Compute a saved view with each view below it once: nested, it would compute some of them many times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import duckdb

from tallybook.resources import query_files
from tallybook.store.build import in_order, needs

_END = "select * from final;"


def below(view: str) -> list[str]:
    """Name a view and all that it needs, each after the ones it needs."""
    files = query_files()
    wanted = {view}
    waiting = [view]
    while waiting:
        more = [name for name in needs(files[waiting.pop()]) if name not in wanted]
        wanted.update(more)
        waiting += more
    return in_order({name: needs(files[name]) for name in wanted})


@contextmanager
def computed(con: duckdb.DuckDBPyConnection, view: str) -> Iterator[None]:
    """Have the rows of a view, and of all that it needs, as temporary tables of their names.

    In the block these stand before the views for whoever asks this connection.
    """
    files = query_files()
    made: list[str] = []
    try:
        for name in below(view):
            start = re.search(rf"^create or replace view {name} as$", files[name], re.M)
            assert start is not None, f"{name} is no view"
            select = files[name][start.end() : files[name].index(_END)]
            con.execute(f"create temp table {name} as {select} {_END}")
            made.append(name)
        yield
    finally:
        drop(con, made)


def drop(con: duckdb.DuckDBPyConnection, temporary: Iterable[str]) -> None:
    """Drop temporary tables, where they are there."""
    with suppress(duckdb.TransactionException):  # they go with the transaction that failed
        for name in temporary:
            con.execute(f"drop table if exists temp.{name}")
