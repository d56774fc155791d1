"""Migrate: bring a book of an older layout to this program's, in the staging file.

Each file `migrations/NNN_what_it_brings.sql` makes layout NNN of the one before, in one
transaction with its record in `book`. What comes out is compared with what schema.sql makes
before anybody may publish it.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import duckdb

from tallybook.errors import DatabaseError
from tallybook.resources import migration_files
from tallybook.store.build import SCHEMA_VERSION, create, schema_version
from tallybook.store.faults import reach

_LAYOUT = """
    select 'table ' || table_name, coalesce(comment, '') from duckdb_tables()
    where not internal and database_name = current_database()
    union all
    select
        'column ' || c.table_name || '.' || c.column_name,
        concat_ws(' ', c.column_index, c.data_type, c.is_nullable, coalesce(c.column_default, 'no default'),
                  coalesce(c.comment, ''))
    from duckdb_columns() as c
    inner join duckdb_tables() as t on c.table_oid = t.table_oid and c.database_oid = t.database_oid
    where not c.internal and c.database_name = current_database()
    union all
    select
        'rules of ' || table_name,
        string_agg(constraint_text, '; ' order by constraint_text)
    from duckdb_constraints() where database_name = current_database()
    group by table_name
    union all
    select 'record in book', schema_version || ' ' || note from book
"""


class MigrationError(DatabaseError):
    """A book of an older layout could not be brought to this one; nothing was published."""


def migrate(con: duckdb.DuckDBPyConnection, database: Path) -> list[str]:
    """Apply the migrations that an open staging file lacks; give their names.

    `database` is the book that the file is a copy of. Raises MigrationError; what had been
    applied then is of no use, and the file must not be published.
    """
    version = schema_version(con) or SCHEMA_VERSION
    applied = []
    for name, sql in migration_files().items():
        number, _, what = name.partition("_")
        if int(number) <= version:
            continue
        try:
            _apply(con, sql, int(number), what.replace("_", " "))
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            raise  # of the machine, not of the book
        except duckdb.Error as error:
            raise _failed(database, version, name, str(error).splitlines()[0]) from error
        applied.append(name)
    if applied and (found := differences(con)):
        raise _failed(database, version, applied[-1], f"it made another {found[0]} than schema.sql")
    return applied


def differences(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Name the tables, columns, rules and comments in which a file differs from schema.sql.

    Tables that schema.sql does not know are left out: somebody may have put his own there.
    """
    with duckdb.connect() as fresh:
        create(fresh)
        wanted = dict(fresh.execute(_LAYOUT).fetchall())
    found = dict(con.execute(_LAYOUT).fetchall())
    tables = {name.removeprefix("table ") for name in wanted if name.startswith("table ")}
    more = {name for name in found if name.startswith("column ") and name[7:].split(".")[0] in tables}
    return sorted(name for name in wanted.keys() | more if wanted.get(name) != found.get(name))


def _apply(con: duckdb.DuckDBPyConnection, sql: str, number: int, note: str) -> None:
    con.execute("begin")
    try:
        con.execute(sql)
        # Without a shape, the views are made anew: those of the file speak of the old layout.
        con.execute("update book set schema_version = ?, note = ?, shape = null", [number, note])
        reach(f"migrate {number}")
        con.execute("commit")
    except BaseException:
        with suppress(duckdb.TransactionException):  # the statement that failed may have ended it
            con.execute("rollback")
        raise


def _failed(database: Path, version: int, name: str, reason: str) -> MigrationError:
    return MigrationError(
        f"{database} has layout {version}, and migration {name} failed ({reason}): nothing published, the "
        "book is as it was; use the Tallybook that wrote it, and report this"
    )
