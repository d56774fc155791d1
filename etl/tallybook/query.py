"""Ask a saved view: which views there are, what their filters mean, the rows."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from tallybook.errors import TallybookError

_BATCH = 1000


class QueryError(TallybookError):
    """A question that the book cannot answer as it is put: an unknown view, port, metric or filter."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class View:
    """A saved view or macro: its name, what its comment says of it, and its columns in order.

    A macro has the names that it takes in `takes`, and `given` once they have values; a macro's
    columns are known only then.
    """

    name: str
    about: str
    columns: tuple[str, ...]
    takes: tuple[str, ...] = ()
    given: tuple[str, ...] = ()

    @property
    def call(self) -> str:
        """How people write it: the name, and what a macro takes."""
        return f"{self.name}({', '.join(self.takes)})" if self.takes else self.name

    @property
    def source(self) -> str:
        """How SQL reads from it, with a mark for each value given."""
        marks = ", ".join(f"{_quoted(name)} := ?" for name in self.takes)
        return f"{_quoted(self.name)}({marks})" if self.takes else _quoted(self.name)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows of a view are wanted.

    `ports` and `metrics` are ids, any of which may match; `since` and `until` bound the last day
    of the period, inclusive, and pass over rows that have none. `others` are further columns with
    the values wanted of each; None is a null.
    """

    ports: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    others: tuple[tuple[str, tuple[str | None, ...]], ...] = ()


class Answer:
    """The rows of a view that match, in the order of its columns from the left, `limit` at most."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, view: View, filters: Filters, limit: int | None = None
    ) -> None:
        where, values = _conditions(view, filters)
        self._values = [*view.given, *values]
        self._con = con
        self._from = f"from {view.source}{where}"
        self._order = _order(view)
        self._limit = limit
        self.columns = view.columns

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Give the rows as they are read."""
        cursor = self._con.cursor().execute(*self._select())
        while batch := cursor.fetchmany(_BATCH):
            yield from batch

    def table(self) -> pa.Table:
        """Give the rows as an Arrow table, with the types that the book has."""
        sql, values = self._select()
        return self._con.cursor().sql(sql, params=values).to_arrow_table()

    def left_out(self) -> int:
        """Count the rows that match and lie beyond the limit."""
        if self._limit is None:
            return 0
        found = self._con.cursor().execute(f"select count(*) {self._from}", self._values).fetchone()
        return max(0, int(found[0]) - self._limit) if found else 0

    def _select(self) -> tuple[str, list[Any]]:
        limit, values = ("", []) if self._limit is None else (" limit ?", [self._limit])
        sql = f"select * {self._from} order by {self._order}{limit}"
        return sql, [*self._values, *values]


def saved_views(con: duckdb.DuckDBPyConnection) -> list[View]:
    """Give the views and table macros of the book, by name."""
    columns: dict[str, list[str]] = {}
    for name, column in con.execute(
        "select table_name, column_name from duckdb_columns() "
        "where schema_name = 'main' and database_name = current_database() order by table_name, column_index"
    ).fetchall():
        columns.setdefault(name, []).append(column)
    found = con.execute(
        "select view_name, coalesce(comment, '') from duckdb_views() "
        "where not internal and schema_name = 'main' and database_name = current_database() "
        "and view_name not in (select table_name from duckdb_tables())"  # of a book as of a day
    ).fetchall()
    macros = con.execute(
        "select function_name, coalesce(comment, ''), parameters from duckdb_functions() "
        "where not internal and function_type = 'table_macro' and database_name = current_database()"
    ).fetchall()
    views = [View(name, about, tuple(columns.get(name, ()))) for name, about in found]
    views += [View(name, about, (), tuple(takes)) for name, about, takes in macros]
    return sorted(views, key=lambda view: view.name)


def find_view(con: duckdb.DuckDBPyConnection, name: str, given: Sequence[str] = ()) -> View:
    """Find a saved view by its name, or a macro with what it is given as `name=value`.

    QueryError names the views that are spelt alike, and what a macro takes.
    """
    views = {view.name: view for view in saved_views(con)}
    if name in views:
        return _with_values(con, views[name], given)
    close = difflib.get_close_matches(name, views)
    hint = f"did you mean {_one_of(close)}?" if close else "`tallybook query` lists the saved views"
    raise QueryError(f"there is no saved view {name}: {hint}")


def _with_values(con: duckdb.DuckDBPyConnection, view: View, given: Sequence[str]) -> View:
    values = dict(word.split("=", 1) for word in given if "=" in word)
    if len(values) != len(given) or set(values) != set(view.takes):
        if not view.takes:
            raise QueryError(f"the view {view.name} takes no {given[0]}: it is no macro")
        form = " ".join(f"{name}=…" for name in view.takes)
        raise QueryError(f"{view.name} is a macro: ask `tallybook query {view.name} {form}`")
    if not view.takes:
        return view
    called = replace(view, given=tuple(values[name] for name in view.takes))
    try:
        columns = con.execute(f"select * from {called.source} limit 0", list(called.given)).description
    except (duckdb.ConversionException, duckdb.BinderException) as error:
        raise QueryError(
            f"{' '.join(given)} is nothing for {view.call}: {str(error).splitlines()[0]}"
        ) from None
    return replace(called, columns=tuple(column[0] for column in columns or ()))


def find_port(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """Find the slug of a place by slug, UN/LOCODE, or any name that the gazetteer has for it.

    QueryError for a name of no place, with those spelt alike, and for a name of several.
    """
    names: dict[str, list[str]] = {}
    slugs: set[str] = set()
    for slug, *spellings, aliases in con.execute(
        "select slug, unlocode, name_en, name_zh_hans, name_zh_hant, name_ru, aliases from port order by slug"
    ).fetchall():
        slugs.add(slug)
        for name in (slug, *spellings, *(aliases or "").split("|")):
            if name and slug not in names.setdefault(_folded(name), []):
                names[_folded(name)].append(slug)
    if text in slugs:
        return text
    found = names.get(_folded(text), [])
    if len(found) == 1:
        return found[0]
    if found:
        raise QueryError(f"{text} is the name of several places: give one of the slugs {', '.join(found)}")
    close = [slug for name in difflib.get_close_matches(_folded(text), names) for slug in names[name]]
    hint = (
        f"did you mean {_one_of(list(dict.fromkeys(close)))}?"
        if close
        else "`tallybook sql -c 'select slug, name_en from port'` lists them"
    )
    raise QueryError(f"there is no port {text} in the book: {hint}")


def find_metric(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """Find the id of a metric by id or English name; QueryError names those spelt alike."""
    names: dict[str, str] = {}
    for metric, name in con.execute("select metric, name_en from metric order by metric").fetchall():
        names[_folded(name)] = metric
        names[_folded(metric)] = metric
    found = names.get(_folded(text)) or names.get(_folded(text).replace(" ", "_").replace("-", "_"))
    if found is not None:
        return found
    close = list(dict.fromkeys(names[name] for name in difflib.get_close_matches(_folded(text), names)))
    hint = (
        f"did you mean {_one_of(close)}?" if close else f"known are {', '.join(sorted(set(names.values())))}"
    )
    raise QueryError(f"there is no metric {text}: {hint}")


def _conditions(view: View, filters: Filters) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    for option, column, operator, wanted in (
        ("--port", "port", "in", filters.ports),
        ("--metric", "metric", "in", filters.metrics),
        ("--since", "period_end", ">=", filters.since),
        ("--until", "period_end", "<=", filters.until),
    ):
        if not wanted:
            continue
        if column not in view.columns:
            raise QueryError(f"the view {view.name} has no column {column}, so {option} means nothing to it")
        if isinstance(wanted, tuple):
            parts.append(f"{column} {operator} ({', '.join('?' * len(wanted))})")
            values.extend(wanted)
        else:
            parts.append(f"{column} {operator} ?")
            values.append(wanted)
    for column, choice in filters.others:
        if column not in view.columns:
            raise QueryError(
                f"the view {view.name} has no column {column}, so --{column} means nothing to it"
            )
        named = [value for value in choice if value is not None]
        some = [f"{column} in ({', '.join('?' * len(named))})"] if named else []
        parts.append(f"({' or '.join(some + ([f'{column} is null'] if None in choice else []))})")
        values.extend(named)
    return (f" where {' and '.join(parts)}" if parts else ""), values


def _order(view: View) -> str:
    # Months of one series and ranks of one comparison stay together; else the columns from the left.
    if "series_id" in view.columns:
        return ", ".join(dict.fromkeys(("port", "metric", "series_id", *map(_quoted, view.columns))))
    if "comparison" not in view.columns or "rank" not in view.columns:
        return "all"
    before = view.columns[: view.columns.index("rank")]
    return ", ".join(_quoted(name) for name in (*before, "comparison", "rank", "port"))


def resolve(
    con: duckdb.DuckDBPyConnection,
    ports: Sequence[str] = (),
    metrics: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    others: Mapping[str, Sequence[str]] | None = None,
) -> Filters:
    """Make filters from what a person wrote; QueryError where a name is not known.

    Of `others` the word none is a null.
    """
    return Filters(
        tuple(find_port(con, text) for text in ports),
        tuple(find_metric(con, text) for text in metrics),
        since,
        until,
        tuple(
            (column, tuple(None if word == "none" else word for word in words))
            for column, words in (others or {}).items()
            if words
        ),
    )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _one_of(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def as_lines(views: Sequence[View]) -> Iterator[str]:
    """List views, a line each: the name and what it is."""
    width = max((len(view.call) for view in views), default=0)
    for view in views:
        yield f"{view.call:{width}}  {view.about}".rstrip()
