"""Views and lists of a book are made in order, again and again, and follow the program."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallybook.errors import DatabaseError
from tallybook.lexicon import Lexicon
from tallybook.resources import query_files
from tallybook.store import build

OBJECTS = """
select view_name, sql, comment from duckdb_views() where not internal
union all
select function_name, macro_definition, comment from duckdb_functions()
where not internal and function_type in ('macro', 'table_macro')
order by all
"""


@given(st.dictionaries(st.integers(0, 12), st.sets(st.integers(0, 12)), max_size=12))
def test_each_file_follows_what_it_needs(links: dict[int, set[int]]) -> None:
    # Links to smaller numbers only: no circle.
    wanted = {f"v{n}": [f"v{m}" for m in to if m < n and m in links] for n, to in links.items()}
    order = build.in_order(wanted)
    assert sorted(order) == sorted(wanted)
    assert all(order.index(other) < order.index(name) for name, others in wanted.items() for other in others)


def test_a_circle_is_told() -> None:
    with pytest.raises(DatabaseError, match=r"queries/a\.sql needs itself by way of a, b"):
        build.in_order({"a": ["b"], "b": ["a"]})


def test_a_need_that_no_file_meets_is_told() -> None:
    with pytest.raises(DatabaseError, match=r"queries/a\.sql needs b, and there is no queries/b\.sql"):
        build.in_order({"a": ["b"]})


def test_needs_are_read_from_the_header() -> None:
    assert build.needs("-- One row per x.\n-- needs: a, b\ncreate view c as select 1") == ("a", "b")
    assert build.needs("-- One row per x.\ncreate view c as select 1") == ()


def test_every_file_makes_the_view_or_macro_of_its_name(lexicon: Lexicon) -> None:
    with duckdb.connect() as con:
        build.create(con)
        build.refresh(con, lexicon)
        assert {name for name, _, _ in con.execute(OBJECTS).fetchall()} == set(query_files())


def test_a_refresh_drops_what_no_file_makes_and_changes_nothing_else(lexicon: Lexicon) -> None:
    with duckdb.connect() as con:
        build.create(con)
        build.refresh(con, lexicon)
        before = con.execute(OBJECTS).fetchall()
        con.execute('create view "an old; view" as select 1 as x')
        con.execute("create macro old_macro(a) as a + 1")
        con.execute("create macro old_table(a) as table select a as x")
        con.execute("create or replace view unkeyed as select 'an older one' as x")
        build.refresh(con, lexicon)
        assert con.execute(OBJECTS).fetchall() == before


def test_the_shape_of_a_book_is_that_of_program_and_lexicon(lexicon: Lexicon) -> None:
    with duckdb.connect() as con:
        build.create(con)
        assert build.stored_shape(con) is None
        build.refresh(con, lexicon)
        assert build.stored_shape(con) == build.shape(lexicon)


def test_metrics_have_the_units_that_the_audit_checks(lexicon: Lexicon) -> None:
    with duckdb.connect() as con:
        build.create(con)
        build.refresh(con, lexicon)
        found = dict(con.execute("select metric, units from metric").fetchall())
    assert found["trains"] == "flight|train"  # a service of trains leaves so many times a week
    assert found["trade_value"] == "money"
    assert found["transit_time"] == "time"
    # The audit knows money and time as the only unit of a metric, or plain units.
    assert all(u in ("money", "time") or not {"money", "time"} & set(u.split("|")) for u in found.values())
