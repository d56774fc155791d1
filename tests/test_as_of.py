"""as_of(day): the whole book tells of a day what a book of the articles up to that day tells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from jobmaker import ARTICLES, job
from tallybook.cli import main
from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Article, Extraction
from tallybook.store import build, load
from tallybook.store.load import Counts
from tallybook.store.months import refresh_months
from tallybook.store.vintage import book_of

FIRST = date(2025, 1, 1)
TEXTS = (
    "2025年一季度，阿拉山口口岸通行中欧班列{n}列，同比增长5.2%。",
    "霍尔果斯口岸2025年上半年通行中欧班列{n}列，货运量610万吨。",
    "今年以来，满洲里口岸进出境中欧班列约{n}列。其中去程占六成。",
    "Khorgos handled {n} freight trains in the first quarter of 2025, up 10.5 percent year on year.",
    "截至2025年5月19日，阿拉山口口岸今年累计出口跨境电商包裹{n}万件。",
    "这里没有数字。",
)
days = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))
articles = st.builds(
    lambda text, n, day, publisher: Article("a", text.format(n=n), published_on=day, publisher=publisher),
    st.sampled_from(TEXTS),
    st.sampled_from([1482, 1490, 1500]),
    st.none() | days,
    st.sampled_from([None, "Post", "Herald"]),
)


class Both:
    """A book of everything and one of a part, in memory, emptied and filled again and again."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.read: dict[str, Extraction] = {}
        self.whole, self.part = self._made(), self._made()

    def _made(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect()
        build.create(con)
        build.refresh(con, self.lexicon)
        load.begin_run(con, "run", "x1", load.now())
        return con

    def fill(self, con: duckdb.DuckDBPyConnection, found: Sequence[Article]) -> None:
        for table in ("observation", "figure", "reading", "article"):
            con.execute(f"delete from {table}")
        for article in {a.article_id: a for a in found}.values():
            assert load.load(con, [(article, self.extraction(article))], 1, "x1", Counts()) == []

    def extraction(self, article: Article) -> Extraction:
        if article.article_id not in self.read:
            self.read[article.article_id] = extract(article, self.lexicon)
        return self.read[article.article_id]


@pytest.fixture(scope="module")
def both(lexicon: Lexicon) -> Both:
    return Both(lexicon)


def rows(con: duckdb.DuckDBPyConnection, source: str) -> list[tuple[Any, ...]]:
    return con.execute(f"select * from {source} order by all").fetchall()


def test_as_of_is_the_book_of_the_articles_up_to_that_day(both: Both) -> None:
    some = 0

    @given(st.lists(articles, max_size=8), days, st.randoms(use_true_random=False))
    def check(found: list[Article], cut: date, random: Any) -> None:
        nonlocal some
        known = [a for a in found if (p := both.extraction(a).published_on) is not None and p <= cut]
        both.fill(both.whole, found)
        random.shuffle(known)
        both.fill(both.part, known)
        told = rows(both.whole, f"as_of('{cut}')")
        assert told == rows(both.part, "current_observation")
        some += 0 < len(told) < len(rows(both.whole, "current_observation"))

    check()
    assert some > 10  # cuts that part a book in two


def test_an_inferred_day_counts_and_an_article_of_no_day_is_known_at_none(both: Both) -> None:
    inferred = Article("i", TEXTS[4].format(n=1))
    never = Article("n", "阿拉山口口岸通行中欧班列1482列。")
    both.fill(both.whole, [inferred, never])
    assert len(rows(both.whole, "current_observation")) >= 1
    assert rows(both.whole, "as_of('2025-05-18')") == []
    (one,) = rows(both.whole, "as_of(date '2025-05-19')")
    assert one in rows(both.whole, "current_observation")
    assert rows(both.whole, "as_of('9999-12-31')") == [one]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("it's")
    job(folder)
    return folder


def asked(database: Path, *args: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["query", *args, "--database", str(database)])
    assert done.exit_code == code, done.stderr
    return done.stderr if code else done.stdout


def test_every_view_as_of_a_day_is_that_of_a_smaller_book(folder: Path, tmp_path: Path) -> None:
    cut = date(2025, 7, 4)
    job(tmp_path, [a for a in ARTICLES if a.name in ("alashankou", "khorgos")])
    views = duckdb.connect(str(tmp_path / "book.duckdb"), read_only=True).sql(
        "select view_name from duckdb_views() where not internal order by 1"
    )
    names = [name for (name,) in views.fetchall()]
    assert {"current_observation", "yoy_growth", "unkeyed", "latest"} <= set(names)
    with (
        book_of(folder / "book.duckdb", cut) as then,
        duckdb.connect(str(tmp_path / "book.duckdb"), read_only=True) as smaller,
    ):
        refresh_months(then)
        for name in names:
            assert rows(then, name) == rows(smaller, name), name
        for table in ("article", "reading", "figure", "observation"):
            count = f"select count(*) from {table}"
            assert then.execute(count).fetchall() == smaller.execute(count).fetchall()
    for name in ("yoy_growth", "monthly_series"):  # as the command asks
        told = asked(folder / "book.duckdb", name, "--as-of", cut.isoformat(), "--format", "json")
        assert told == asked(tmp_path / "book.duckdb", name, "--format", "json"), name
    whole = asked(folder / "book.duckdb", "latest", "--format", "json")
    assert len(json.loads(whole)) > len(
        json.loads(asked(tmp_path / "book.duckdb", "latest", "--format", "json"))
    )


def test_the_macro_from_the_command_line(folder: Path) -> None:
    database = folder / "book.duckdb"
    assert "as_of(day) " in asked(database)
    told = asked(database, "as_of", "day=2025-07-04", "--port", "khorgos", "--format", "csv").splitlines()
    assert told[0].startswith("port,partner,metric")
    assert len(told) > 1
    assert all(line.startswith("khorgos,") for line in told[1:])
    day_before = asked(database, "as_of", "day=2025-07-03", "--port", "khorgos", "--format", "csv")
    assert day_before.splitlines() == told[:1]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("as_of",), "tallybook: as_of is a macro: ask `tallybook query as_of day=…`\n"),
        (("as_of", "dax=1"), "tallybook: as_of is a macro: ask `tallybook query as_of day=…`\n"),
        (("as_of", "2025-01-01"), "tallybook: as_of is a macro: ask `tallybook query as_of day=…`\n"),
        (("latest", "day=1"), "tallybook: the view latest takes no day=1: it is no macro\n"),
        (("article", "--as-of", "2025-01-01"), "tallybook: there is no saved view article: "),
    ],
)
def test_a_question_that_cannot_be_asked(folder: Path, args: tuple[str, ...], message: str) -> None:
    assert asked(folder / "book.duckdb", *args, code=2).startswith(message)


def test_a_day_that_is_none(folder: Path) -> None:
    told = asked(folder / "book.duckdb", "as_of", "day=soon", code=2)
    assert "soon" in told
    assert "damaged" not in told
