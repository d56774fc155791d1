"""Make a book: its tables, its gazetteer and metric list, its saved views."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa

from tallybook.errors import ConfigError, DatabaseError
from tallybook.lexicon import Lexicon
from tallybook.resources import data_path, query_files, schema_sql

SCHEMA_VERSION = 2
_NEEDS = re.compile(r"^-- needs:\s*(.+)$", re.M)
_WITH = re.compile(r" as\nwith (?:recursive )?")
_ONCE = re.compile(r"^-- once:\s*(.+)$", re.M)
_BODY = re.compile(r"^create or replace view \w+ as\n(.*?);$", re.M | re.S)
_PORT_COLUMNS = (
    "slug", "unlocode", "name_en", "name_zh_hans", "name_zh_hant", "name_ru", "aliases", "kind", "country",
    "parent", "customs_code", "lat", "lon", "source", "note",
)  # fmt: skip
_METRIC_COLUMNS = ("metric", "name_en", "definition", "unit", "units", "flow", "pitfalls", "basis")
_BAND_COLUMNS = (
    "band", "over_metric", "over_unit", "under_metric", "under_unit", "unit", "least", "most", "basis",
    "source",
)  # fmt: skip


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Apply schema.sql to an empty database."""
    con.execute(schema_sql())


def schema_version(con: duckdb.DuckDBPyConnection) -> int | None:
    """Give the schema version of an open file, None where it is no tally book."""
    try:
        row = con.execute("select schema_version from book").fetchone()
    except (duckdb.CatalogException, duckdb.BinderException):
        return None
    return int(row[0]) if row else None


def shape(lexicon: Lexicon) -> str:
    """Identify everything in a book that does not come from articles: views, gazetteer, metrics, bands."""
    digest = hashlib.sha256()
    for name, sql in query_files().items():
        digest.update(f"{name}\0{sql}\0".encode())
    for row in (*_port_rows(lexicon), *_metric_rows(lexicon), *_band_rows()):
        digest.update(repr(row).encode())
    return digest.hexdigest()[:16]


def stored_shape(con: duckdb.DuckDBPyConnection) -> str | None:
    """Give the shape that the file was last written with."""
    row = con.execute("select shape from book").fetchone()
    return row[0] if row else None


def refresh(con: duckdb.DuckDBPyConnection, lexicon: Lexicon) -> None:
    """Bring gazetteer, metric list and views up to date with the lexicon and the program.

    A place stays when the lexicon drops it: what was read once can still be joined. Raises
    ConfigError where a place of a user's own gazetteer does not fit the table.
    """
    _upsert(con, "port", _PORT_COLUMNS, _port_rows(lexicon), "slug")
    _upsert(con, "metric", _METRIC_COLUMNS, _metric_rows(lexicon), "metric")
    refresh_bands(con)
    create_views(con)
    con.execute("update book set shape = ?", [shape(lexicon)])


def refresh_bands(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the table of plausible ratios up to date with data/bands.csv; one that the file drops goes."""
    rows = _band_rows()
    _upsert(con, "band", _BAND_COLUMNS, rows, "band")
    con.execute("delete from band where not list_contains(?, band)", [[row[0] for row in rows]])


def create_views(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Create every saved view and macro, each after the ones it needs; give their names in that order.

    Views and macros that no file makes any more are dropped.
    """
    files = query_files()
    names = _named_in_order(files)
    old = con.execute(
        """select 'view', view_name from duckdb_views()
           where not internal and view_name not in (select table_name from duckdb_tables())
           union all
           select distinct if(function_type = 'table_macro', 'macro table', 'macro'), function_name
           from duckdb_functions() where not internal and function_type in ('macro', 'table_macro')"""
    ).fetchall()
    for kind, name in old:
        if name not in files:
            con.execute(f'drop {kind} "{name}"')
    for name in names:
        con.execute(made_of(name, files))
    return names


def needs(sql: str) -> tuple[str, ...]:
    """Read which other views a query file declares to build on (`-- needs: a, b`)."""
    return _listed(_NEEDS, sql)


def once(sql: str) -> tuple[str, ...]:
    """Read which of those it wants worked out once (`-- once: a`)."""
    return _listed(_ONCE, sql)


def made_of(name: str, files: Mapping[str, str]) -> str:
    """Give the SQL that makes a view: its file, and before it what it wants worked out once.

    A view that others inside of it read as well is worked out anew by each. So where a file says
    `-- once:`, those views, and the ones between that read them, are written into it as common table
    expressions: by the rules of scope that is what all of them then read, and the rows are the same.
    """
    kept = once(files[name])
    if not kept:
        return files[name]
    inside: set[str] = set()
    reading = set(kept)
    names = _named_in_order(files)
    for other in names:
        if reading.intersection(needs(files[other])):
            reading.add(other)
    for other in reversed(names):
        if other == name or other in inside:
            inside.update(reading.intersection(needs(files[other])))
    parts = []
    for other in names:
        if other in inside:
            body = _BODY.search(files[other])
            if body is None:
                raise DatabaseError(f"queries/{name}.sql says once, but needs {other}, which is no view")
            parts.append(f"{other} as {'materialized ' if other in kept else ''}(\n{body[1]}\n)")
    before = ",\n".join(parts) + ",\n"
    return _WITH.sub(lambda opening: opening[0] + before, files[name], count=1)


def _listed(header: re.Pattern[str], sql: str) -> tuple[str, ...]:
    found = header.search(sql)
    return tuple(n.strip() for n in found[1].split(",")) if found else ()


def _named_in_order(files: Mapping[str, str]) -> list[str]:
    return in_order({name: needs(sql) for name, sql in files.items()})


def in_order(wanted: Mapping[str, Iterable[str]]) -> list[str]:
    """Sort names so that each follows what it needs; DatabaseError on a circle or an unknown name."""
    out: list[str] = []
    open_names: list[str] = []

    def visit(name: str, by: str) -> None:
        if name in out:
            return
        if name not in wanted:
            raise DatabaseError(f"queries/{by}.sql needs {name}, and there is no queries/{name}.sql")
        if name in open_names:
            raise DatabaseError(f"queries/{name}.sql needs itself by way of {', '.join(open_names)}")
        open_names.append(name)
        for other in wanted[name]:
            visit(other, name)
        open_names.pop()
        out.append(name)

    for name in sorted(wanted):
        visit(name, name)
    return out


def _upsert(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: tuple[str, ...],
    rows: list[tuple[object, ...]],
    key: str,
) -> None:
    con.register("offered", pa.table({c: [row[i] for row in rows] for i, c in enumerate(columns)}))
    names = ", ".join(columns)
    typed = ", ".join(f"o.{c}" for c in columns)
    # Only rows whose words changed: an update rewrites what it touches.
    same = " and ".join(f"t.{c} is not distinct from o.{c}" for c in columns if c != key)
    sets = ", ".join(f"{c} = o.{c}" for c in columns if c != key)
    try:
        con.execute(
            f"insert into {table} ({names}) select {typed} from offered o anti join {table} t using ({key})"
        )
        con.execute(f"update {table} t set {sets} from offered o where t.{key} = o.{key} and not ({same})")
    except duckdb.ConstraintException as error:
        raise _misfit(table, columns, rows, error) from error
    finally:
        con.unregister("offered")


def _misfit(
    table: str, columns: tuple[str, ...], rows: list[tuple[object, ...]], error: duckdb.Error
) -> ConfigError:
    """Find which row broke a rule of its table: the bulk insert does not tell."""
    marks = ", ".join("?" * len(columns))
    with duckdb.connect() as con:
        create(con)
        for row in rows:
            try:
                con.execute(f"insert into {table} ({', '.join(columns)}) values ({marks})", list(row))
            except duckdb.ConstraintException as reason:
                rule = str(reason).splitlines()[0].removeprefix("Constraint Error: ")
                return ConfigError(f"{table} {row[0]} does not fit: {rule}; correct it in your own file")
    return ConfigError(f"the {table} list does not fit its table: {error}")


def _port_rows(lexicon: Lexicon) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for p in lexicon.ports:
        aliases = "|".join(p.aliases) or None
        rows.append(
            (
                p.slug, p.unlocode, p.name_en, p.name_zh_hans, p.name_zh_hant, p.name_ru, aliases, p.kind,
                p.country, p.parent, p.customs_code, p.lat, p.lon, p.source, p.note,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: str(row[0]))


def _metric_rows(lexicon: Lexicon) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [
        (m.metric, m.name_en, m.definition, m.unit, "|".join(sorted(m.units)), m.flow, m.pitfalls, m.basis)
        for m in lexicon.metrics
    ]
    return sorted(rows, key=lambda row: str(row[0]))


def _band_rows() -> list[tuple[object, ...]]:
    with data_path("bands.csv").open(encoding="utf-8", newline="") as file:
        return sorted(tuple(row[c] for c in _BAND_COLUMNS) for row in csv.DictReader(file))
