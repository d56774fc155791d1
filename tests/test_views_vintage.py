"""revisions and statements: what changed between publications, and who says it himself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bookmaker import Q1, Book, clean_book


@pytest.fixture
def book() -> Iterator[Book]:
    with clean_book() as made:
        yield made


def say(book: Book, day: str | None, value: float, publisher: str = "Post", **more: object) -> str:
    return book.add(book.article(publisher, day), "khorgos", "trains", "total", value, **more)


RELEASES = "release, releases, is_latest, kind, published_on, value, revision, days_since_previous"


def test_each_release_has_the_size_of_its_revision_and_the_days_between(book: Book) -> None:
    say(book, "2025-04-08", 1482)
    say(book, "2025-04-09", 1482, "Herald")
    say(book, "2025-05-01", 1490)
    last = say(book, "2025-06-10", 1480)
    assert book.rows("revisions", RELEASES) == [
        (1, 3, False, "first", "2025-04-08", 1482, None, None),
        (2, 3, False, "revised", "2025-05-01", 1490, 8, 23),
        (3, 3, True, "revised", "2025-06-10", 1480, -10, 40),
    ]
    assert book.rows(
        "revisions",
        "release, first_value, previous_value, revision_since_first, days_since_first, days_after_period",
    ) == [(1, 1482, None, 0, 0, 8), (2, 1482, 1482, 8, 23, 31), (3, 1482, 1490, -2, 63, 71)]
    (found,) = book.con.execute("select observation_id from revisions where is_latest").fetchall()
    assert found == (last,)


def test_a_revision_in_percent_is_of_the_value_before(book: Book) -> None:
    say(book, "2025-04-08", 200)
    say(book, "2025-04-09", 150)
    say(book, "2025-04-10", 0)
    say(book, "2025-04-11", 5)
    assert [row for (row,) in book.con.execute(
        "select revision_pct from revisions order by release"
    ).fetchall()] == [None, -25.0, -100.0, None]  # fmt: skip


def test_an_interval_that_meets_the_one_before_is_another_wording(book: Book) -> None:
    say(book, "2025-04-08", 1482)
    say(book, "2025-04-09", 1500, low=1350, high=1650)
    say(book, "2025-04-10", 1520, low=1510, high=1530)  # inside the one before, on neither side
    say(book, "2025-04-11", 1700, low=1700, high=None)
    say(book, "2025-04-12", 1600, low=None, high=1600)
    assert book.rows("revisions", "release, kind") == [
        (1, "first"),
        (2, "reworded"),
        (3, "reworded"),
        (4, "revised"),
        (5, "revised"),
    ]


def test_of_one_day_the_narrower_then_the_commoner_value_is_the_release(book: Book) -> None:
    say(book, "2025-04-08", 1500, low=1400, high=1600)
    say(book, "2025-04-08", 1482, "A")
    say(book, "2025-04-08", 1483, "B")
    say(book, "2025-04-08", 1483, "C")
    assert book.rows("revisions", "value, releases") == [(1483, 1)]


def test_what_is_no_release(book: Book) -> None:
    say(book, "2025-04-08", 1482)
    say(book, "2025-04-09", 1, superseded_run=1)  # another reading
    say(book, None, 2)  # an article of no day
    for more in ({"scope": "shipment"}, {"period": None}):
        say(book, "2025-04-10", 3, **more)
    book.add(book.article("Post", "2025-04-10"), "khorgos", "trains", "single", 4)
    assert book.rows("revisions", "value") == [(1482,)]


def test_another_key_has_its_own_releases(book: Book) -> None:
    say(book, "2025-04-08", 1)
    say(book, "2025-04-09", 2, breakdown="cars")
    say(book, "2025-04-10", 3, period="2024-01-01..2024-03-31")
    assert set(book.rows("revisions", "release, releases")) == {(1, 1)}


AGENCY = "一季度，霍尔果斯口岸通行中欧班列1482列，同比增长百分之七，创历史新高，货运量持续攀升。"


def copy_of(text: str, book: Book, publisher: str, day: str, value: int = 1482) -> str:
    article = book.article(publisher, day, text=text)
    sentence = text.split("\n")[-1]
    return book.add(article, "khorgos", "trains", "total", value, words=str(value), sentence=sentence)


COUNTS = "value, articles, texts, copies, publishers"


def test_a_claim_is_counted_once_with_its_sources(book: Book) -> None:
    first = copy_of(AGENCY, book, "Agency", "2025-04-08")
    own = copy_of(
        "霍尔果斯铁路部门昨天宣布，今年头三个月共有1482列国际货运列车经过该站。", book, "Port", "2025-04-09"
    )
    other = copy_of("今年一季度1500列左右。".replace("1500", "1483"), book, "Herald", "2025-04-09", 1483)
    assert book.rows("statements", COUNTS) == [(1482, 2, 2, 0, 2), (1483, 1, 1, 0, 1)]
    assert book.rows("statements", "observation_ids, publisher_names, first_published_on") == [
        ([first, own], ["Agency", "Port"], "2025-04-08"),
        ([other], ["Herald"], "2025-04-09"),
    ]


def test_a_syndicated_copy_is_no_text_of_its_own(book: Book) -> None:
    copy_of(AGENCY, book, "Agency", "2025-04-08")
    copy_of(f"本报讯。\n{AGENCY}", book, "Post", "2025-04-08")  # the sentence is the same
    copy_of(AGENCY.replace("持续", "不断"), book, "Herald", "2025-04-09")  # two letters of forty are not
    copy_of(AGENCY.replace("，", ", "), book, "Times", "2025-04-10")  # signs and spaces do not count
    assert book.rows("statements", COUNTS) == [(1482, 4, 1, 3, 4)]


def test_a_sentence_of_the_same_words_in_another_order_is_no_copy(book: Book) -> None:
    copy_of("khorgos handled 1482 trains in the first quarter of the year", book, "A", "2025-04-08")
    copy_of("in the first quarter of the year 1482 trains khorgos handled", book, "B", "2025-04-09")
    assert book.rows("statements", COUNTS) == [(1482, 2, 2, 0, 2)]


def test_an_article_that_says_it_twice_says_it_once(book: Book) -> None:
    article = book.article()
    ids = [book.add(article, "khorgos", "trains", "total", 1482) for _ in range(2)]
    assert book.rows("statements", "articles, texts, copies") == [(1, 1, 0)]
    assert book.rows("statements", "observation_ids") == [(ids,)]


def test_with_no_known_period_two_articles_make_two_claims(book: Book) -> None:
    for publisher in "AB":
        say(book, "2025-04-08", 9, publisher, period=None)
        say(book, "2025-04-08", 9, publisher, period=f"..{Q1[-10:]}")
    assert sorted(book.rows("statements", "period_end, articles"), key=str) == [
        ("2025-03-31", 2),
        (None, 1),
        (None, 1),
    ]


def test_the_words_shown_are_the_narrowest(book: Book) -> None:
    say(book, "2025-04-08", 1482, "A", low=1482, high=None, qualifier=">")
    narrow = say(book, "2025-04-09", 1482, "B")
    say(book, "2025-04-10", 1482, "C", superseded_run=1)
    assert book.rows("statements", "low, high, qualifier, observation_id, articles") == [
        (1482, 1482, "=", narrow, 2)
    ]
