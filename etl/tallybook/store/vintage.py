"""A book as it was on a day: the saved views over the articles published until then."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from tallybook.store import months
from tallybook.store.build import create_views
from tallybook.store.publish import reading


def book_of(database: Path, day: date) -> duckdb.DuckDBPyConnection:
    """Open every saved view of a published book over the articles published up to a day.

    The tables are views on the published file, which is attached read-only; `article`, `figure`
    and `observation` have the rows of those articles alone. The monthly series are empty until
    `months.refresh_months` is called. Raises as `reading` does.
    """
    reading(database).close()
    con = duckdb.connect()
    try:
        con.execute(f"attach '{str(database).replace(chr(39), chr(39) * 2)}' as published (read_only)")
        tables = con.execute(
            "select table_name, list_contains(columns, 'article_id') from duckdb_tables() "
            "join (select table_oid, list(column_name) as columns from duckdb_columns() "
            "where database_name = 'published' group by table_oid) using (table_oid) "
            "where database_name = 'published' and schema_name = 'main'"
        ).fetchall()
        known = f"published.main.article where published_on <= date '{day.isoformat()}'"
        for name, of_article in tables:
            rows = f"select * from published.main.{name}"
            if name in months.KEPT:
                # Of another day other months follow: `months.refresh_months` fills them for who asks.
                con.execute(f"create table {name} as {rows} limit 0")
                continue
            if name == "article":
                rows = f"select * from {known}"
            elif of_article:
                rows += f" where article_id in (select article_id from {known})"
            con.execute(f"create view {name} as {rows}")
        create_views(con)
    except BaseException:
        con.close()
        raise
    return con
