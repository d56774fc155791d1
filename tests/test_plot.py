"""Charts: each is drawn, shows intervals, leads to its sentences, and nothing in the data is acted on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bookmaker import Q1_BEFORE, Book, clean_book
from tallybook.cli import main
from tallybook.plot.chart import SERIES, charts
from tallybook.plot.points import period_words
from tallybook.store.months import refresh_months

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
ADDRESS = 'https://example.org/a?x=1&y="><i>'
XLINK = "{http://www.w3.org/1999/xlink}href"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with something for each chart; names, words and addresses that would do harm as HTML."""
    path = tmp_path_factory.mktemp("plot") / "book.duckdb"
    book = Book(path)
    book.con.execute(
        "update port set name_en = ?, name_zh_hans = '霍尔果斯' where slug = 'khorgos'",
        [f"Khorgos {HOSTILE}"],
    )
    one = book.article("Post", "2025-04-08", f"1,482 {HOSTILE} 列", url=ADDRESS, title=HOSTILE)
    two = book.article(HOSTILE, "2025-05-01", "1,490 trains", url="javascript:alert(3)")
    of = book.add(one, "khorgos", "trains", "total", 1482, words="1,482")
    book.add(one, "khorgos", "trains", "yoy_pct", "7.4", low="7.3", high="7.5", relates_to=of)
    book.add(two, "khorgos", "trains", "total", 1380, Q1_BEFORE)
    book.add(two, "khorgos", "trains", "total", 1490)
    book.add(two, "khorgos", "trains", "total", 2000, "2025-01-01..2025-04-30", low=1990, high=2010)
    book.add(two, "khorgos", "trains", "daily_mean", 16)
    book.add(two, "khorgos", "trains", "daily_max", 25)
    book.add(two, "khorgos", "trains", "total", 9000, "2025-01-01..2025-12-31", nature="plan")
    book.add(two, "khorgos", "trains", "total", 700, direction="export", breakdown=HOSTILE)
    book.add(two, "khorgos", "trains", "total", 600, direction="import", breakdown=HOSTILE)
    book.add(two, "khorgos", "trains", "total", 1300, direction="both", breakdown=HOSTILE)
    book.add(two, "khorgos", "cargo_tonnes", "total", 1_500_000)
    book.add(two, "alashankou", "trains", "total", 1200)
    book.add(two, "alashankou", "trains", "share_pct", 20, low=18, high=22, whole="cn")
    refresh_months(book.con)
    book.close()
    return path


def plot(database: Path, *args: str | Path) -> Result:
    return CliRunner().invoke(
        main, ["plot", *map(str, args), "--database", str(database)], prog_name="tallybook"
    )


def spec(database: Path, *args: str | Path) -> Any:
    done = plot(database, *args, "--format", "json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def points(tree: Any) -> list[dict[str, Any]]:
    """Find the data of a specification, wherever it is."""
    if isinstance(tree, dict):
        found = [v for key, v in tree.items() if key == "datasets"]
        own = tree.get("values") if "what" in str(tree.get("values", ""))[:2000] else None
        inside = [p for key, v in tree.items() if key != "values" for p in points(v)]
        return [p for sets in found for rows in sets.values() for p in rows] + (own or []) + inside
    return [p for item in tree for p in points(item)] if isinstance(tree, list) else []


def test_every_chart_names_a_view_and_columns_that_there_are() -> None:
    with clean_book() as book:
        for chart in charts().values():
            columns = {
                c
                for (c,) in book.con.execute(
                    f"select column_name from duckdb_columns() where table_name = '{chart.view}'"
                ).fetchall()
            }
            wanted = {column for column, _ in chart.at_least} | (set(chart.facet) - {"period", *SERIES})
            wanted |= set(chart.x) - {"period", "layer"} if isinstance(chart.x, tuple) else set()
            for panel in chart.panels:
                wanted |= set() if panel.unit.startswith("'") else {panel.unit}
                for layer in panel.layers:
                    wanted |= {layer.value, layer.low, layer.high, *layer.cites, *layer.down} - {None}
            assert wanted <= columns, (chart.name, wanted - columns)


def test_the_list_has_every_chart_and_the_docs_too(database: Path, root: Path) -> None:
    done = plot(database)
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(charts())
    text = (root / "docs" / "plots.md").read_text(encoding="utf-8")
    assert [name for name in charts() if f"| `{name}` |" not in text] == []


@pytest.mark.parametrize("name", list(charts()))
def test_every_chart_is_drawn_and_leads_to_articles_that_a_browser_may_open(
    name: str, database: Path
) -> None:
    done = plot(database, name)
    assert done.exit_code == 0, done.stderr
    picture = ET.fromstring(done.stdout)
    tags = {element.tag.rpartition("}")[2] for element in picture.iter()}
    assert tags <= {
        "svg",
        "g",
        "path",
        "text",
        "a",
        "rect",
        "line",
        "defs",
        "clipPath",
        "tspan",
        "linearGradient",
        "stop",
    }
    links = {
        element.get(XLINK) or element.get("href") for element in picture.iter() if element.tag.endswith("}a")
    }
    assert links <= {ADDRESS}
    data = points(spec(database, name))
    cited = [point for point in data if point["what"] != "plausible"]
    if name == "coverage":  # a month in which nothing was told has nothing to cite
        cited = [point for point in cited if point["said"]]
    assert cited
    assert all(point["said"] for point in cited)
    assert {point["link"] for point in data} <= {ADDRESS, None}


def test_a_point_has_its_interval_and_its_sentence(database: Path) -> None:
    data = points(spec(database, "growth", "--port", "khorgos"))
    (stated,) = [point for point in data if point["what"] == "stated change"]
    assert (stated["value"], stated["low"], stated["high"]) == (7.4, 7.3, 7.5)
    assert stated["said"] == f"1,482 {HOSTILE} 列"
    assert (stated["by"], stated["when"]) == ("Post, 2025-04-08", "2025 Q1")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and data.strip():
            self.scripts.append(data)


def test_the_page_holds_all_it_needs_and_does_nothing_that_the_data_say(
    database: Path, tmp_path: Path
) -> None:
    out = tmp_path / "growth.html"
    assert plot(database, "growth", "--output", out).exit_code == 0
    text = out.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("script") == 2
    assert not {"img", "i", "iframe", "link"} & set(tags)
    assert [a["src"] for _, a in page.tags if "src" in a] == []
    assert {a["href"] for tag, a in page.tags if tag == "a"} == {ADDRESS}
    assert "default-src 'none'" in text
    (drawn,) = re.findall(r"^const spec = (.*);$", text, re.M)
    anchors = {f"#{a['id']}" for tag, a in page.tags if tag == "li"}
    data = points(json.loads(drawn))
    assert data
    assert {point["link"] for point in data} <= anchors


def test_a_png_and_the_names_of_places_in_another_language(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "ports.png"
    done = plot(database, "ports", "--lang", "zh-hans", "--output", out)
    assert done.exit_code == 0
    assert out.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert "霍尔果斯" in {point["x"] for point in points(spec(database, "ports", "--lang", "zh-hans"))}


def test_what_is_not_drawn_is_told(database: Path) -> None:
    done = plot(database, "monthly", "--most", "1")
    assert re.fullmatch(r"tallybook: \d more pictures match: --port, .*\n", done.stderr)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("grwth",), "tallybook: there is no chart grwth: did you mean growth or yoy_growth?\n"),
        (("shares", "--port", "manzhouli"), "tallybook: there is nothing to draw: no row of shares matches"),
        (("contradictions", "--service", "none"), "tallybook: the view contradictions has no column service"),
        (("growth", "--output", "a.gif"), "tallybook: a.gif does not tell the form of the chart"),
    ],
)
def test_a_chart_that_cannot_be_drawn(args: tuple[str, ...], message: str, database: Path) -> None:
    done = plot(database, *args)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(message)


def test_without_the_extra_the_error_says_what_to_install(database: Path) -> None:
    code = (
        "import sys; sys.modules['vl_convert'] = None; from tallybook.cli import main; "
        f"main(['plot', 'growth', '--database', {str(database)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.returncode == 2
    assert done.stderr == (
        "tallybook: charts need more than the base has (vl_convert): pip install 'tallybook[plot]'\n"
    )


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), "2025"),
        (date(2025, 4, 1), date(2025, 6, 30), "2025 Q2"),
        (date(2025, 7, 1), date(2025, 12, 31), "2025 H2"),
        (date(2024, 2, 1), date(2024, 2, 29), "2024-02"),
        (date(2025, 1, 1), date(2025, 7, 31), "2025-01…07"),
        (date(2024, 7, 1), date(2025, 6, 30), "2024-07…2025-06"),
        (date(2025, 1, 1), date(2025, 5, 19), "2025-01-01…05-19"),
        (date(2025, 5, 19), date(2025, 5, 19), "2025-05-19"),
        (None, date(2025, 6, 30), "until 2025-06"),
        (None, None, "undated"),
    ],
)
def test_a_period_in_words(start: date | None, end: date | None, words: str) -> None:
    assert period_words(start, end) == words


def test_what_is_exact_is_full_and_what_lies_between_bounds_is_hollow(database: Path) -> None:
    data = points(spec(database, "monthly", "--port", "khorgos", "--nature", "actual", "--direction", "none"))
    assert {(point["when"], point["open"]) for point in data} >= {("2025-01", True)}
    assert {point["when"] for point in data} >= {"2024-03", "2025-03", "2025-04"}
