"""The job: the same rows in any order, nothing lost, nothing done twice."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobmaker import ALASHANKOU, ARTICLES, KHORGOS, ask, job, names, rows, state
from tallybook.errors import ConfigError
from tallybook.records import Article, Rejection
from tallybook.resources import data_path


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of the five articles, loaded at once."""
    folder = tmp_path_factory.mktemp("reference")
    job(folder)
    return folder / "book.duckdb"


def test_figures_are_kept_with_their_key_and_their_words(reference: Path) -> None:
    found = ask(
        reference,
        """select o.port, o.metric, o.measure, o.value::varchar, o.unit, o.period_start, o.period_end, f.text
           from observation o join figure f using (figure_id) join article a on a.article_id = o.article_id
           where a.name = 'alashankou' order by f.span_start""",
    )
    q1 = (date(2025, 1, 1), date(2025, 3, 31))
    assert found == [
        ("alashankou", "trains", "total", "1500.0000000000", "train", *q1, "1500列"),
        ("alashankou", "trains", "yoy_pct", "5.2000000000", "%", *q1, "5.2%"),
        ("alashankou", "trains", "daily_max", "25.0000000000", "train", *q1, "25列"),
    ]


def test_a_change_points_to_the_figure_that_it_qualifies(reference: Path) -> None:
    found = ask(
        reference,
        """select f.text, g.text from observation o join figure f using (figure_id)
           join figure g on g.figure_id = o.relates_to join article a on a.article_id = f.article_id
           where a.name = 'alashankou'""",
    )
    assert ("5.2%", "1500列") in found


def test_every_span_is_true_and_every_number_is_there(reference: Path) -> None:
    wrong = ask(
        reference,
        """select f.figure_id from figure f join article a using (article_id)
           where f.text <> substring(a.text, f.span_start + 1, f.span_end - f.span_start)""",
    )
    assert wrong == []
    digits = ask(reference, "select sum(len(regexp_extract_all(text, '[0-9][0-9,.]*'))) from article")
    inside = ask(reference, "select sum(len(regexp_extract_all(text, '[0-9][0-9,.]*'))) from figure")
    assert digits == inside


def test_an_inferred_date_is_marked(reference: Path) -> None:
    found = ask(reference, "select name, published_inferred from article where published_on is not null")
    assert dict(found) == {
        "alashankou": False,
        "khorgos": False,
        "manzhouli": False,
        "erenhot": False,
    }


def test_a_run_has_counts_that_add_up(tmp_path: Path) -> None:
    offered = [*ARTICLES, ARTICLES[0], Rejection("bad.txt", "is empty"), Rejection("bad.txt", "is empty")]
    job(tmp_path, offered)
    book = tmp_path / "book.duckdb"
    (run,) = ask(
        book,
        """select run_id, offered, loaded, duplicate, rejected, figures, observations + unkeyed,
           extractor <> '', started_at <= finished_at from run""",
    )
    assert run[:5] == (1, 8, 5, 1, 2)
    assert run[5] == run[6] == ask(book, "select count(*) from figure")[0][0]
    assert run[7:] == (True, True)
    assert ask(book, "from rejection") == [(1, "bad.txt", "is empty", 2)]


@settings(max_examples=4)
@given(st.permutations(ARTICLES), st.lists(st.integers(1, 4), max_size=2))
def test_any_order_in_any_number_of_runs_gives_the_same_rows(
    reference: Path, order: Sequence[Article], cuts: list[int]
) -> None:
    with TemporaryDirectory() as name:
        bounds = [0, *sorted(cuts), len(order)]
        for start, end in pairwise(bounds):
            job(Path(name), [*order[start:end], *order[:start]])
        assert rows(Path(name) / "book.duckdb") == rows(reference)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_one_article_under_two_names_is_one_row_whichever_comes_first(
    order: tuple[int, int], together: bool, tmp_path: Path
) -> None:
    both = [replace(ARTICLES[0], name="b"), replace(ARTICLES[0], name="a")]
    offered = [both[i] for i in order]
    for batch in [offered] if together else [[a] for a in offered]:
        job(tmp_path, batch)
    assert ask(tmp_path / "book.duckdb", "select name from article") == [("a",)]
    assert not job(tmp_path, offered).published


def test_the_same_words_of_two_publishers_are_two_articles_of_one_content(tmp_path: Path) -> None:
    job(tmp_path, [replace(ARTICLES[0], publisher=p) for p in ("A", "B")])
    found = ask(tmp_path / "book.duckdb", "select count(*), count(distinct content_hash) from article")
    assert found == [(2, 1)]


def test_processes_do_not_change_the_rows(tmp_path: Path) -> None:
    many = [replace(a, name=f"{a.name}-{n}", publisher=f"publisher {n}") for n in range(65) for a in ARTICLES]
    for jobs in (1, 2):
        (tmp_path / str(jobs)).mkdir()
        report = job(tmp_path / str(jobs), many, jobs=jobs)
        assert report.counts.loaded == 325
    assert rows(tmp_path / "1" / "book.duckdb") == rows(tmp_path / "2" / "book.duckdb")
    order = "select name from article"
    assert ask(tmp_path / "1" / "book.duckdb", order) == ask(tmp_path / "2" / "book.duckdb", order)


def test_a_second_run_leaves_book_and_exports_untouched(tmp_path: Path) -> None:
    job(tmp_path, exports=True)
    files = sorted(p for p in tmp_path.rglob("*") if p.is_file())
    before = [state(p) for p in files]
    report = job(tmp_path, exports=True)
    assert not report.published
    assert report.exported is None
    assert report.counts.duplicate == len(ARTICLES)
    assert sorted(p for p in tmp_path.rglob("*") if p.is_file()) == files
    assert [state(p) for p in files] == before


def test_new_articles_are_added_and_the_old_ones_stay(tmp_path: Path) -> None:
    job(tmp_path, ARTICLES[:2])
    before = ask(tmp_path / "book.duckdb", "from observation order by all")
    report = job(tmp_path, ARTICLES[:3])
    assert (report.counts.loaded, report.counts.duplicate, report.run_id) == (1, 2, 2)
    after = ask(tmp_path / "book.duckdb", "from observation order by all")
    assert set(before) < set(after)
    assert ask(
        tmp_path / "book.duckdb", "select recorded_run, count(*) from article group by all order by 1"
    ) == [
        (1, 2),
        (2, 1),
    ]


def test_an_article_that_breaks_extraction_is_rejected_by_name_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plays a defect of the program that one article meets."""
    monkeypatch.setenv("TALLYBOOK_FAULT", "extract khorgos:raise")
    report = job(tmp_path)
    (rejection,) = report.rejected
    assert rejection.source == "khorgos"
    assert "please report it" in rejection.message
    found = ask(tmp_path / "book.duckdb", "select name from article order by 1")
    assert found == [("alashankou",), ("erenhot",), ("manzhouli",), ("undated",)]
    assert ask(tmp_path / "book.duckdb", "select source, times from rejection") == [("khorgos", 1)]
    monkeypatch.delenv("TALLYBOOK_FAULT")
    assert job(tmp_path).counts.loaded == 1


def test_rejections_that_the_book_knows_are_nothing_new(tmp_path: Path) -> None:
    bad = Rejection("bad.txt", "is empty")
    job(tmp_path, [*ARTICLES, bad])
    before = state(tmp_path / "book.duckdb")
    again = job(tmp_path, [*ARTICLES, bad])
    assert not again.published
    assert again.rejected == [bad]
    assert state(tmp_path / "book.duckdb") == before
    other = job(tmp_path, [*ARTICLES, bad, Rejection("worse.txt", "is empty")])
    assert other.published
    found = ask(tmp_path / "book.duckdb", "select run_id, source from rejection order by all")
    assert found == [(1, "bad.txt"), (2, "bad.txt"), (2, "worse.txt")]


def test_a_mistyped_name_makes_no_book(tmp_path: Path) -> None:
    report = job(tmp_path, [Rejection("nosuch.txt", "there is no such file")])
    assert not report.published
    assert names(tmp_path) == []


def test_no_articles_yet_make_an_empty_book(tmp_path: Path) -> None:
    assert job(tmp_path, []).published
    assert ask(tmp_path / "book.duckdb", "select count(*) from latest") == [(0,)]
    assert not job(tmp_path, []).published


HOSTILE = (
    "<script>alert('x')</script> \x00\x01\x1b[31m'; drop table article; -- \" \\ \u202e\u200b\r\n\t"
    " {{7*7}} %s $1 ? 🚂 é e\u0301 "
)


def test_hostile_text_changes_nothing_outside_its_own_row(reference: Path, tmp_path: Path) -> None:
    hostile = Article(
        name=f"x{HOSTILE}", text=HOSTILE + KHORGOS, title=HOSTILE, publisher=HOSTILE, url=HOSTILE
    )
    report = job(tmp_path, [*ARTICLES[:2], hostile, *ARTICLES[2:], Rejection(HOSTILE, HOSTILE)], exports=True)
    assert report.counts.loaded == 6
    book = tmp_path / "book.duckdb"
    with duckdb.connect(str(book), read_only=True) as con:
        kept = con.execute(
            "select name, text, title, publisher, url, article_id from article where title = ?", [HOSTILE]
        ).fetchone()
        assert kept is not None
        assert kept[:5] == (hostile.name, hostile.text, HOSTILE, HOSTILE, HOSTILE)
        values = con.execute("select value from observation where article_id = ?", [kept[5]]).fetchall()
        assert (4200,) in values
        assert con.execute("select source, message from rejection").fetchall() == [(HOSTILE, HOSTILE)]
    others = rows(book)
    at = {"article": 0, "figure": 1, "observation": 2}
    for table, expected in rows(reference).items():
        mine = [r for r in others[table] if table not in at or r[at[table]] != kept[5]]
        assert mine == expected


def own_ports(folder: Path, **changes: str) -> Path:
    """Write a gazetteer with one place that the shipped one lacks."""
    place = {
        "slug": "lanterngate",
        "name_en": "Lanterngate",
        "name_zh_hans": "灯笼门",
        "kind": "rail",
        **changes,
    }
    path = folder / "mine.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(place))
        writer.writeheader()
        writer.writerow(place)
    return path


def test_a_users_own_port_is_read_and_kept_up_to_date(tmp_path: Path) -> None:
    article = Article("own", "2025年上半年，灯笼门口岸通行中欧班列77列。", published_on=date(2025, 7, 2))
    job(tmp_path, [article], ports=[own_ports(tmp_path)])
    book = tmp_path / "book.duckdb"
    found = "select o.port, o.value::int, p.country from observation o join port p on p.slug = o.port"
    assert ask(book, found) == [("lanterngate", 77, None)]
    # Its row changes while observations refer to it.
    report = job(tmp_path, [article], ports=[own_ports(tmp_path, country="CN", parent="cn-xj")])
    assert report.published
    assert ask(book, found) == [("lanterngate", 77, "CN")]
    assert not job(tmp_path, [article], ports=[own_ports(tmp_path, country="CN", parent="cn-xj")]).published
    # Out of the list, it stays in the book: what was read can still be joined.
    assert job(tmp_path, [article]).older == 1
    assert ask(book, found) == [("lanterngate", 77, "CN")]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "station"},
        {"lat": "91", "lon": "0"},
        {"country": "China"},
        {"unlocode": "xx"},
        {"slug": "../x"},
    ],
)
def test_a_users_port_that_does_not_fit_is_named(change: dict[str, str], tmp_path: Path) -> None:
    job(tmp_path)
    before = state(tmp_path / "book.duckdb")
    with pytest.raises(ConfigError) as caught:
        job(tmp_path, ports=[own_ports(tmp_path, **change)])
    assert change.get("slug", "lanterngate") in str(caught.value)
    assert state(tmp_path / "book.duckdb") == before


def test_the_gazetteer_in_the_book_is_the_shipped_one(reference: Path) -> None:
    with data_path("ports.csv").open(encoding="utf-8", newline="") as stream:
        slugs = sorted(row["slug"] for row in csv.DictReader(stream))
    assert [s for (s,) in ask(reference, "select slug from port order by slug")] == slugs


def test_articles_that_an_older_version_read_are_told(tmp_path: Path) -> None:
    job(tmp_path, ARTICLES[:2])
    book = tmp_path / "book.duckdb"
    with duckdb.connect(str(book)) as con:
        con.execute("update reading set extractor = 'older'")
    report = job(tmp_path, ARTICLES[:3])
    assert report.older == 2
    assert report.counts.loaded == 1


def test_an_export_that_was_cut_off_is_made_good_by_the_next_run(tmp_path: Path) -> None:
    job(tmp_path, ARTICLES[:2])
    report = job(tmp_path, ARTICLES[:2], exports=True)
    assert not report.published
    assert report.exported
    job(tmp_path, ARTICLES)  # published, and the export did not come to it
    assert job(tmp_path, ARTICLES, exports=True).exported
    assert job(tmp_path, ARTICLES, exports=True).exported is None


def test_evidence_is_json_that_cites_the_text(reference: Path) -> None:
    found = ask(
        reference,
        """select o.evidence, a.text from observation o join article a using (article_id)
           where a.name = 'khorgos'""",
    )
    assert found
    for evidence, text in found:
        for e in json.loads(evidence):
            assert text[e["start"] : e["end"]] == e["text"]
            assert e["rule"]


def test_the_page_of_an_article_is_kept_as_it_was_read(reference: Path) -> None:
    assert ask(reference, "select text, publisher from article where name = 'alashankou'") == [
        (ALASHANKOU, "边境日报")
    ]
