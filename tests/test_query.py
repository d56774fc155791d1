"""Finding views, ports and metrics by what people write, and the rows that filters leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bookmaker import Q1, Q1_BEFORE, Book, clean_book
from tallybook.query import (
    Answer,
    Filters,
    QueryError,
    find_metric,
    find_port,
    find_view,
    resolve,
    saved_views,
)

LISTED = "`tallybook sql -c 'select slug, name_en from port'` lists them"


def name_ports(book: Book) -> Book:
    book.con.execute(
        "update port set unlocode = 'CNHRS', name_zh_hans = '霍尔果斯', name_zh_hant = '霍爾果斯', "
        "name_ru = 'Хоргос', aliases = 'Horgos|Huo''erguosi|Gate' where slug = 'khorgos'"
    )
    book.con.execute("update port set aliases = 'Ala Pass|Gate' where slug = 'alashankou'")
    return book


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield name_ports(made)


@pytest.fixture
def kept() -> Book:
    """A book whose rows other cursors see."""
    return name_ports(Book())


def test_views_have_their_comment_and_columns(book: Book) -> None:
    views = {view.name: view for view in saved_views(book.con)}
    assert views["level_link"].about == "Which level each stated growth or share belongs to."
    assert views["level_link"].columns == ("observation_id", "role", "level_observation_id", "link")
    assert list(views) == sorted(views)


def test_a_view_of_ones_own_is_listed_too(kept: Book) -> None:
    kept.con.execute('create view "my ""own"" view" as select port, 1 as "select" from observation')
    kept.add(kept.article(), "khorgos", "trains", "total", 1)
    view = find_view(kept.con, 'my "own" view')
    assert (view.about, view.columns) == ("", ("port", "select"))
    assert list(Answer(kept.con, view, Filters(ports=("khorgos",))).rows()) == [("khorgos", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "khorgos",
        "KHORGOS",
        " Khorgos ",
        "CNHRS",
        "cnhrs",
        "霍尔果斯",
        "霍爾果斯",
        "ХОРГОС",
        "Ｈorgos",
        "huo'erguosi",
    ],
)
def test_a_port_by_any_of_its_names(book: Book, text: str) -> None:
    assert find_port(book.con, text) == "khorgos"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("khorgso", "there is no port khorgso in the book: did you mean khorgos or khorgos-road?"),
        ("gate", "gate is the name of several places: give one of the slugs alashankou, khorgos"),
        ("zzzz", f"there is no port zzzz in the book: {LISTED}"),
        ("'; drop table port; --", f"there is no port '; drop table port; -- in the book: {LISTED}"),
    ],
)
def test_a_name_of_no_port(book: Book, text: str, message: str) -> None:
    with pytest.raises(QueryError) as raised:
        find_port(book.con, text)
    assert str(raised.value) == message
    assert raised.value.exit_code == 2


def test_a_slug_comes_before_the_name_of_another_place(book: Book) -> None:
    book.con.execute("update port set aliases = 'xian' where slug = 'chengdu'")
    assert find_port(book.con, "xian") == "xian"


@pytest.mark.parametrize("text", ["cargo_tonnes", "Cargo_Tonnes", "cargo tonnes", "cargo-tonnes"])
def test_a_metric_by_its_names(book: Book, text: str) -> None:
    assert find_metric(book.con, text) == "cargo_tonnes"


def test_a_name_of_no_metric(book: Book) -> None:
    with pytest.raises(QueryError, match=r"^there is no metric train: did you mean trains\?$"):
        find_metric(book.con, "train")
    with pytest.raises(
        QueryError, match="there is no metric xyzzy: known are cargo_tonnes, containers, load_ratio"
    ):
        find_metric(book.con, "xyzzy")


def test_a_name_of_no_view(book: Book) -> None:
    with pytest.raises(QueryError, match=r"no saved view port_compare: did you mean port_comparison\?"):
        find_view(book.con, "port_compare")
    with pytest.raises(QueryError, match="no saved view zzz: `tallybook query` lists"):
        find_view(book.con, "zzz")
    with pytest.raises(QueryError, match="no saved view article"):
        find_view(book.con, "article")


@pytest.mark.parametrize(
    ("filters", "option", "column"),
    [
        (Filters(ports=("khorgos",)), "--port", "port"),
        (Filters(metrics=("trains",)), "--metric", "metric"),
        (Filters(since=date(2025, 1, 1)), "--since", "period_end"),
        (Filters(until=date(2025, 1, 1)), "--until", "period_end"),
    ],
)
def test_a_filter_that_a_view_has_no_column_for(
    book: Book, filters: Filters, option: str, column: str
) -> None:
    with pytest.raises(QueryError) as raised:
        Answer(book.con, find_view(book.con, "unkeyed"), filters)
    assert str(raised.value) == f"the view unkeyed has no column {column}, so {option} means nothing to it"


def values(book: Book, limit: int | None = None, **about: object) -> list[int]:
    answer = Answer(book.con, find_view(book.con, "current_observation"), resolve(book.con, **about), limit)
    return [int(row[answer.columns.index("value")]) for row in answer.rows()]


def test_filters_leave_the_rows_that_meet_all(kept: Book) -> None:
    article = kept.article()
    kept.add(article, "khorgos", "trains", "total", 1, Q1)
    kept.add(article, "khorgos", "teu", "total", 2, Q1)
    kept.add(article, "alashankou", "trains", "total", 3, Q1)
    kept.add(article, "manzhouli", "trains", "total", 4, Q1_BEFORE)
    kept.add(article, "manzhouli", "trains", "total", 5, None)
    assert sorted(values(kept)) == [1, 2, 3, 4, 5]
    assert sorted(values(kept, ports=["khorgos"])) == [1, 2]
    assert sorted(values(kept, ports=["Хоргос", "alashankou"], metrics=["trains"])) == [1, 3]
    assert sorted(values(kept, metrics=["teu", "trains"], since=date(2025, 3, 31))) == [1, 2, 3]
    assert sorted(values(kept, since=date(2025, 4, 1))) == []
    assert sorted(values(kept, until=date(2025, 3, 30))) == [4]
    assert sorted(values(kept, until=date(2025, 3, 31), since=date(2024, 3, 31))) == [1, 2, 3, 4]
    assert sorted(values(kept, until=date(2024, 3, 31))) == [4]


def test_rows_come_in_order_and_a_limit_tells_what_it_keeps_back(kept: Book) -> None:
    article = kept.article()
    for port in ("khorgos", "alashankou", "manzhouli"):
        kept.add(article, port, "trains", "total", len(port))
    view = find_view(kept.con, "current_observation")
    whole = Answer(kept.con, view, Filters())
    assert [row[0] for row in whole.rows()] == ["alashankou", "khorgos", "manzhouli"]
    assert whole.left_out() == 0
    first = Answer(kept.con, view, Filters(), limit=2)
    assert [row[0] for row in first.rows()] == ["alashankou", "khorgos"]
    assert (first.left_out(), first.table().num_rows) == (1, 2)
    assert Answer(kept.con, view, Filters(), limit=3).left_out() == 0
    assert Answer(kept.con, view, Filters(ports=("xian",)), limit=0).left_out() == 0


def test_ranks_of_one_comparison_stay_together(kept: Book) -> None:
    article = kept.article()
    for mode, values_of in (
        ("rail", (("khorgos", 9), ("alashankou", 5))),
        ("road", (("khorgos", 8), ("alashankou", 7))),
    ):
        for port, value in values_of:
            kept.add(article, port, "trains", "total", value, mode=mode)
    answer = Answer(kept.con, find_view(kept.con, "port_comparison"), Filters())
    at = [answer.columns.index(name) for name in ("mode", "rank", "port")]
    assert [tuple(row[i] for i in at) for row in answer.rows()] == [
        ("rail", 1, "khorgos"),
        ("rail", 2, "alashankou"),
        ("road", 1, "khorgos"),
        ("road", 2, "alashankou"),
    ]
