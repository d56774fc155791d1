"""Monthly series from what a run touched alone: whatever happened to a book, they are those of a rebuild."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bookmaker import Book, clean_book
from tallybook.store.months import KEPT, forget, refresh_months
from tallybook.store.once import computed

PORTS = ("khorgos", "alashankou", "cn")
PERIODS = (
    "2023-01-01..2023-06-30", "2024-01-01..2024-03-31", "2024-01-01..2024-06-30", "2024-03-01..2024-03-31",
    "2025-01-01..2025-03-31", "2025-01-01..2025-06-30", "2025-03-01..2025-03-31", None,
)  # fmt: skip
MEASURES = ("total",) * 5 + ("yoy_pct",) * 2 + ("share_pct",) * 2 + (
    "daily_mean", "daily_max", "mom_pct", "yoy_abs", "lead_days",
)  # fmt: skip
WORDS = {
    "value": ("300", "700"),
    "metric": ("trains", "teu"),
    "port": PORTS,
    "period": tuple(period for period in PERIODS if period),
    "rejected": ("true",),
}


class History:
    """What may happen to a book, a run each."""

    def __init__(self, book: Book, luck: random.Random) -> None:
        self.book, self.luck = book, luck
        self.articles: list[str] = []

    def run(self) -> None:
        """Begin a run and let it do something."""
        self.book.run += 1
        self.book.con.execute(
            "insert into run values (?, '2025-05-01', '2025-05-01', 'run', 'x1', 0, 0, 0, 0, 0, 0, 0)",
            [self.book.run],
        )
        happens = [self.added, self.added, self.read_again, self.dated, self.corrected, self.undone]
        self.luck.choice(happens if self.articles else [self.added])()

    def added(self) -> None:
        day = f"2025-0{self.luck.randint(1, 9)}-0{self.luck.randint(1, 9)}"
        self.articles.append(self.book.article(self.luck.choice(["Post", "Herald", None]), day))
        self.figures(self.articles[-1])

    def figures(self, article: str) -> None:
        """Add some, which words tie to one another, across years too."""
        pick = self.luck.choice
        known: list[str] = []
        port, metric = pick(PORTS), pick(["trains", "trains", "teu"])
        for _ in range(self.luck.randint(1, 5)):
            measure = pick(MEASURES)
            period = pick(PERIODS)
            more: dict[str, Any] = {}
            if measure == "lead_days":
                more["unit"], period = "day", pick(PERIODS[1:3])
            if measure == "yoy_abs":
                more["unit"] = "train" if metric == "trains" else "teu"
            if measure == "share_pct" and self.luck.random() < 0.5:
                more["whole"] = "cn"
            if known and self.luck.random() < 0.6:
                more["relates_to"] = pick(known)
            value = self.luck.choice([5, 20, 40]) if measure.endswith("_pct") else pick([300, 400, 500])
            known.append(
                self.book.add(article, pick([port, port, "cn"]), metric, measure, value, period, **more)
            )

    def read_again(self) -> None:
        article = self.luck.choice(self.articles)
        self.book.con.execute(
            "update figure set superseded_run = ? where superseded_run is null and article_id = ?",
            [self.book.run, article],
        )
        self.figures(article)

    def dated(self) -> None:
        """Another extractor finds another day in an article, and the same figures."""
        con, article, run = self.book.con, self.luck.choice(self.articles), self.book.run
        day = f"2025-0{self.luck.randint(1, 9)}-20"
        con.execute(
            """insert into reading select article_id, 1, 'x1', lang, published_on, false, null from article
               where article_id = $1 and not exists (from reading where article_id = $1)""",
            [article],
        )
        con.execute(
            "update reading set superseded_run = ? where article_id = ? and superseded_run is null",
            [run, article],
        )
        con.execute("insert into reading values (?, ?, 'x2', 'und', ?, false, null)", [article, run, day])
        con.execute("update article set published_on = ? where article_id = ?", [day, article])

    def corrected(self) -> None:
        con = self.book.con
        found = con.execute(
            """select article_id, span_start, span_end from figure where superseded_run is null
               order by figure_id"""
        ).fetchall()
        field = self.luck.choice(list(WORDS))
        word = self.luck.choice(WORDS[field])
        start, _, end = word.partition("..")
        new = {"period_start": start, "period_end": end} if field == "period" else {field: word}
        place = self.luck.choice(found)
        (number,) = con.execute("select count(distinct correction_id) + 1 from correction").fetchone() or (1,)
        for name, text in new.items():
            con.execute(
                "insert into correction values (?, ?, ?, ?, ?, null, ?, 'me', 'so', ?, null, null)",
                [number, name, *place, text, self.book.run],
            )

    def undone(self) -> None:
        self.book.con.execute(
            """update correction set undone_run = ?, undone_by = 'me'
               where correction_id = (select min(correction_id) from correction where undone_run is null)""",
            [self.book.run],
        )


def kept(book: Book) -> dict[str, list[tuple[Any, ...]]]:
    return {table: book.con.execute(f"from {table} order by all").fetchall() for table in KEPT}


def test_after_any_history_the_series_are_those_of_a_rebuild() -> None:
    solved = slips = 0

    @settings(max_examples=25)
    @given(st.integers(0, 10**9))
    def check(seed: int) -> None:
        nonlocal solved, slips
        with clean_book() as book:
            book.run = 1
            history = History(book, random.Random(seed))
            for _ in range(history.luck.randint(2, 5)):
                history.run()
                refresh_months(book.con)
                with computed(book.con, "series_fact"):
                    told = book.con.execute("from series_fact order by all").fetchall()
                claims = "select * exclude (series_id) from series_claim order by all"
                assert told == book.con.execute(claims).fetchall()
            after = kept(book)
            for table in KEPT:
                book.con.execute(f"delete from {table}")
            refresh_months(book.con)
            assert after == kept(book)
            solved += len(after["series"])
            slips += len(after["series_slip"])
            book.run = 1

    check()
    assert solved > 30
    assert slips


def test_what_a_run_does_not_touch_is_not_gathered() -> None:
    """Rows that were written over show which claims a run makes anew."""
    with clean_book() as book:
        old = book.article("Post", "2024-04-08")
        for port in ("khorgos", "manzhouli"):
            for metric in ("trains", "parcels"):
                for year in (2024, 2025):
                    book.add(old, port, metric, "total", 1482, f"{year}-01-01..{year}-03-31")
        refresh_months(book.con)
        book.con.execute("update series_claim set confidence = 0.5")
        try:
            book.run = 2
            book.con.execute(
                "insert into run values (2, '2025-05-01', '2025-05-01', 'run', 'x1', 0, 0, 0, 0, 0, 0, 0)"
            )
            book.add(book.article("Herald", "2025-05-01"), "khorgos", "trains", "total", 1490)
            assert refresh_months(book.con) == 2  # of khorgos, and of the same metric and year
        finally:
            book.run = 1
        anew = book.rows("series_claim where confidence = 1", "port, metric, period_end, value")
        assert anew == [
            ("khorgos", "trains", "2025-03-31", 1482.0),
            ("khorgos", "trains", "2025-03-31", 1490.0),
            ("manzhouli", "trains", "2025-03-31", 1482.0),
        ]
        forget(book.con)
        refresh_months(book.con)
        assert book.rows("series_claim where confidence < 1") == []
