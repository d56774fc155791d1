"""`tallybook extract` and `tallybook eval`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tallybook.cli import main

HANS = "5月，二连浩特铁路口岸共开行中欧班列240列，同比增长5%。\r\n满洲里铁路口岸日均开行14列。\n"
HANT = "今年一季度，霍爾果斯口岸共出口跨境電商包裹超過120萬件。"


def run(*args: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], input=stdin)


def records(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.split("\n")[:-1]]


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "may.txt"
    path.write_bytes(f"published_on: 2024-06-02\n\n{HANS}".encode())
    return path


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.jsonl"
    items = [
        {"id": "hans", "text": HANS, "published_on": "2024-06-02"},
        {"id": "hant", "text": HANT, "published_on": "2021-04-10"},
        {"text": "The weather was fine."},
        {"text": HANS},
    ]
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return path


def test_every_number_is_one_record_that_cites_its_characters(article: Path) -> None:
    done = run("extract", article)
    assert (done.exit_code, done.stderr) == (0, "")
    found = records(done)
    assert [record["start"] for record in found] == sorted(record["start"] for record in found)
    for record in found:
        assert record["article"] == "may"
        assert HANS[record["start"] : record["end"]] == record["text"]
    keyed = {record["text"]: record for record in found if record["status"] == "observation"}
    assert set(keyed) == {"240列", "5%", "14列"}
    total = keyed["240列"]
    key = ("port", "metric", "measure", "value", "unit", "period_start", "period_end")
    assert [total[name] for name in key] == [
        "erenhot",
        "trains",
        "total",
        240,
        "train",
        "2024-05-01",
        "2024-05-31",
    ]


def test_records_carry_the_given_id(feed: Path) -> None:
    names = [record["article"] for record in records(run("extract", feed))]
    assert list(dict.fromkeys(names)) == ["hans", "hant", "feed:4"]


@pytest.mark.parametrize("jobs", [2, 3])
def test_more_processes_give_the_same_bytes(feed: Path, tmp_path: Path, jobs: int) -> None:
    long = tmp_path / "long.jsonl"
    long.write_bytes(feed.read_bytes() * 20)
    assert run("extract", long, "--jobs", str(jobs)).stdout_bytes == run("extract", long).stdout_bytes


def test_the_formats_say_the_same(feed: Path) -> None:
    lines = records(run("extract", feed))
    assert json.loads(run("extract", feed, "--format", "json").stdout) == lines
    rows = list(csv.DictReader(io.StringIO(run("extract", feed, "--format", "csv").stdout, newline="")))
    assert len(rows) == len(lines)
    for row, record in zip(rows, lines, strict=True):
        assert set(record) <= set(row)
        for key, text in row.items():
            value = record.get(key)
            if isinstance(value, (list, dict)):
                assert json.loads(text) == value
            else:
                assert text == ("" if value is None else str(value))


def test_formats_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("No number at all.", encoding="utf-8")
    assert run("extract", path).stdout == ""
    assert json.loads(run("extract", path, "--format", "json").stdout) == []
    assert len(run("extract", path, "--format", "csv").stdout.splitlines()) == 1


def test_bad_input_is_named_and_the_rest_is_done(article: Path, tmp_path: Path) -> None:
    (tmp_path / "junk.txt").write_bytes(b"\x00\x01" * 50)
    (tmp_path / "empty.txt").touch()
    (tmp_path / "date.txt").write_text("published_on: 2024-02-30\n\n12 trains", encoding="utf-8")
    names = ("missing.txt", "junk.txt", "empty.txt", "date.txt")
    done = run("extract", *(tmp_path / name for name in names), article)
    assert done.exit_code == 3
    assert done.stdout == run("extract", article).stdout
    lines = done.stderr.splitlines()
    assert [line.split(": ")[1] for line in lines] == [str(tmp_path / name) for name in names]


def test_published_is_for_those_that_state_no_date(feed: Path) -> None:
    ends = {
        record["article"]: record["period_end"]
        for record in records(run("extract", feed, "--published", "2019-06-10"))
        if record["text"] == "240列"
    }
    assert ends == {"hans": "2024-05-31", "feed:4": "2019-05-31"}


@pytest.mark.parametrize("day", ["2024-02-30", "2月30日", "yesterday"])
def test_published_must_exist(article: Path, day: str) -> None:
    done = run("extract", article, "--published", day)
    assert (done.exit_code, done.stdout) == (2, "")


def test_standard_input() -> None:
    done = run("extract", "-", "--published", "2024-06-02", stdin=HANS.encode("gb18030"))
    assert {record["article"] for record in records(done)} == {"stdin"}
    assert "240列" in {record["text"] for record in records(done)}


def test_controls_and_html_in_one_article_leave_the_others_alone(feed: Path, tmp_path: Path) -> None:
    dirt = "<script>alert(1)</script>\x1b[2J\x07</td>'; drop table article; --\x0b\u202e\u2028 " + HANS
    dirty = {"id": 'x"><b>\x1b', "title": "<h1>\x00", "text": dirt + "\x00", "published_on": "2024-06-02"}
    path = tmp_path / "dirty.jsonl"
    first, *rest = feed.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([first, json.dumps(dirty) + "\n", *rest]), encoding="utf-8")
    found = records(run("extract", path))
    clean = [record for record in found if record["article"] != dirty["id"]]
    expected = records(run("extract", feed))
    for one, other in zip(clean, expected, strict=True):
        assert {**one, "article": None} == {**other, "article": None}
    mine = [record for record in found if record["article"] == dirty["id"]]
    assert mine
    assert all(dirty["text"][record["start"] : record["end"]] == record["text"] for record in mine)


# Evaluation


@pytest.fixture
def gold(tmp_path: Path, article: Path) -> Path:
    """A labelled folder as it is laid out: gold/ beside articles/."""
    (tmp_path / "articles").mkdir()
    article.rename(tmp_path / "articles" / article.name)
    fact = {
        "article": "may",
        "text": "240列",
        "port": "erenhot",
        "metric": "trains",
        "measure": "total",
        "value": 240,
        "unit": "train",
        "qualifier": "=",
        "period_start": "2024-05-01",
        "period_end": "2024-05-31",
        "scope": "port",
        "service": "china_europe",
    }
    growth = {**fact, "text": "5%", "measure": "yoy_pct", "value": 5, "unit": "%"}
    daily = {
        **fact,
        "text": "14列",
        "port": "manzhouli",
        "measure": "daily_mean",
        "value": 14,
        "optional": True,
    }
    missing = {**fact, "text": "9列", "value": 9}
    path = tmp_path / "gold" / "mine.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(f) + "\n" for f in (fact, growth, daily, missing)), encoding="utf-8")
    return path


def test_eval_prints_the_figures(gold: Path) -> None:
    done = run("eval", gold, gold.parents[1] / "articles" / "may.txt", "--list", "9")
    assert (done.exit_code, done.stderr) == (0, "")
    head, *misses = done.stdout.splitlines()
    assert head.startswith("all    gold    3 pred    2 found 0.667 full-key P 1.000 R 0.667 F1 0.800 |")
    assert misses[1] == "may not found"
    assert "9列" in misses[2]


def test_eval_finds_the_articles_beside_the_gold(gold: Path) -> None:
    folder = gold.parents[1] / "articles"
    (folder / "other.txt").write_text(HANS, encoding="utf-8")
    (folder / "more.jsonl").write_text(json.dumps({"id": "noise", "text": HANS}), encoding="utf-8")
    assert run("eval", gold).stdout == run("eval", gold, folder / "may.txt").stdout
    (folder / "may.txt").unlink()
    (folder / "more.jsonl").unlink()
    done = run("eval", gold)
    assert done.exit_code == 2
    assert "name the articles" in done.stderr


def test_eval_takes_json_lines_and_counts_noise(gold: Path, feed: Path) -> None:
    lines = json.dumps({"id": "may", "text": HANS, "published_on": "2024-06-02"}) + "\n"
    feed.write_text(lines + feed.read_text(encoding="utf-8"), encoding="utf-8")
    done = run("eval", gold, feed)
    assert "F1 0.800" in done.stdout
    assert "in 3 articles without gold" in done.stdout.splitlines()[-1]


def test_eval_says_which_articles_were_not_given(gold: Path, feed: Path) -> None:
    done = run("eval", gold, feed)
    assert "no article is named may" in done.stderr
    assert "found 0.000" in done.stdout


def test_eval_with_bad_input(gold: Path) -> None:
    done = run("eval", gold, gold.parents[1] / "articles" / "may.txt", "missing.txt")
    assert done.exit_code == 3
    assert "missing.txt" in done.stderr


def test_the_newspaper_page_is_read_whole(shared: Path) -> None:
    gold = shared / "gold" / "seed.jsonl"
    page = shared / "articles" / "wenweipo-2020-alashankou.txt"
    done = run("eval", gold, page)
    assert done.stdout.startswith(
        "all    gold   24 pred   24 found 1.000 full-key P 1.000 R 1.000 F1 1.000 |"
    )
    assert run("eval", gold).stdout == done.stdout
