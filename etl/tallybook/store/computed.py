"""A published book with the views that many others build on computed once, for many questions in a row.

A view that five others read is worked out five times and more, one inside the other. Here those
are tables of a database in memory, and the rest are views over them: the rows are the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from tallybook.resources import query_files
from tallybook.store.build import in_order, needs
from tallybook.store.publish import reading

_VIEW = re.compile(r"^create or replace view (\w+) as\n(.*?;)$", re.M | re.S)


@contextmanager
def computed(database: Path, names: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published book for these views and macros, and what they need; no other is there.

    The tables are views on the published file, which is attached read-only and stays the state
    that it had. Raises DatabaseError as `reading` does.
    """
    reading(database).close()
    files = query_files()
    order = in_order({name: needs(sql) for name, sql in files.items()})
    wanted = set(names)
    for name in reversed(order):
        if name in wanted:
            wanted.update(needs(files[name]))
    readers = Counter(other for name in wanted for other in needs(files[name]))
    with TemporaryDirectory(prefix="tallybook-") as spill, duckdb.connect() as con:
        # The working directory may be no place to write to.
        con.execute("set temp_directory = ?", [spill])
        con.execute(f"attach '{str(database).replace(chr(39), chr(39) * 2)}' as published (read_only)")
        for (table,) in con.execute(
            "select table_name from duckdb_tables() "
            "where database_name = 'published' and schema_name = 'main'"
        ).fetchall():
            con.execute(f'create view "{table}" as from published.main."{table}"')
        for name in order:
            if name not in wanted:
                continue
            made = _VIEW.search(files[name])
            if made and readers[name] + (name in names) > 1:
                con.execute(f"create table {name} as\n{made[2]}")
            else:
                con.execute(files[name].split("\ncomment on ")[0])
        yield con
