"""What holds of every article: the accounting, true spans, one reading whatever the script or process."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from tallybook.extract import extract
from tallybook.lexicon import load_lexicon
from tallybook.records import Article, Extraction, contract_records

LEXICON = load_lexicon()
P = date(2025, 6, 2)

PIECES = st.sampled_from(
    [
        "阿拉山口口岸",
        "霍尔果斯",
        "满洲里海关",
        "今年一季度",
        "截至5月19日",
        "2024年",
        "去年同期",
        "同比增长",
        "下降",
        "中欧班列",
        "货运量",
        "集装箱",
        "跨境电商包裹",
        "占全国的",
        "日均",
        "单日最高",
        "约",
        "超",
        "近",
        "以上",
        "左右",
        "1,482",
        "7.39%",
        "三成半",
        "12万吨",
        "1006.18万",
        "列",
        "标箱",
        "吨",
        "万件",
        "翻番",
        "20至30分钟",
        "第3次",
        "G7",
        "，",
        "。",
        "、",
        "；",
        "（",
        "）",
        "“",
        "”",
        "\n",
        "\n\n",
        " ",
        "分别",
        "和",
        "对东盟出口",
        "美元",
        "亿元",
        "Alashankou handled ",
        "1,482 trains",
        "up 7.39 percent",
        "за январь–май",
        "14 поездов",
        " in 2024 ",
        "$3.5bn",
        "２０２４",
        "365天24小时",
        "http://example.org/1",
        "\u200b",
        "<script>1</script>",
        "😀",
        "é",
        "2月30日",
    ]
)
PROSE = st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join)


def check(article: Article, found: Extraction) -> None:
    """Every digit is in exactly one figure; spans are true; sentences hold their figures."""
    text = article.text
    figures = sorted([*found.observations, *found.unkeyed], key=lambda f: f.start)
    at = 0
    for f in figures:
        assert at <= f.start < f.end <= len(text), "figures overlap or leave the text"
        assert text[f.start : f.end] == f.text
        assert any(s <= f.start and f.end <= e for s, e in found.sentences), (f.text, found.sentences)
        at = f.end
    for m in re.finditer(r"[0-9０-９]", text):
        assert any(f.start <= m.start() < f.end for f in figures), (
            f"{m.group()} at {m.start()} is in no figure"
        )
    for o in found.observations:
        assert o.low is None or o.low <= o.value
        assert o.high is None or o.high >= o.value
        assert not (o.period_start and o.period_end) or o.period_start <= o.period_end
        for e in o.evidence:
            assert text[e.start : e.end] == e.text


@given(PROSE)
def test_accounting_holds_for_any_text(text: str) -> None:
    article = Article("a", text, published_on=P)
    check(article, extract(article, LEXICON))


@given(PROSE)
def test_the_same_article_gives_the_same_records(text: str) -> None:
    article = Article("a", text)
    assert extract(article, LEXICON) == extract(article, LEXICON)


def shared_articles(shared: Path) -> Iterator[Article]:
    for name in ("dev", "dev-noise", "dev-unlabelled"):
        for line in (shared / "articles" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            yield article_of(json.loads(line))
    page = shared / "articles" / "wenweipo-2020-alashankou.txt"
    yield Article(page.stem, page.read_text(encoding="utf-8"))


def article_of(row: dict[str, Any]) -> Article:
    day = date.fromisoformat(row["published_on"]) if row.get("published_on") else None
    return Article(row["id"], row["text"], row.get("title"), day)


def test_accounting_holds_for_real_articles(shared: Path) -> None:
    for article in shared_articles(shared):
        check(article, extract(article, LEXICON))


def meaning(found: Extraction) -> list[tuple[Any, ...]]:
    return [
        (
            o.start,
            o.end,
            o.port,
            o.partner,
            o.metric,
            o.measure,
            o.value,
            o.unit,
            o.low,
            o.high,
            o.period_start,
            o.period_end,
            o.scope,
            o.direction,
            o.mode,
            o.service,
            o.nature,
            o.relates_to,
        )
        for o in found.observations
    ]


def same_in_both_scripts(article: Article) -> None:
    # Character by character, as a paper of the other script would set it: no span moves.
    turn = OpenCC("s2t")
    text = "".join(t if len(t := turn.convert(c)) == 1 else c for c in article.text)
    title = turn.convert(article.title) if article.title else None
    other = replace(article, text=text, title=title)
    assert meaning(extract(other, LEXICON)) == meaning(extract(article, LEXICON)), article.name


def test_both_scripts_read_the_same(shared: Path) -> None:
    for article in shared_articles(shared):
        same_in_both_scripts(article)


def cases() -> list[Article]:
    path = Path(__file__).parent / "cases" / "zh.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [article_of({**row, "id": row["why"]}) for row in rows]


@pytest.mark.parametrize("article", cases(), ids=lambda a: a.name)
def test_cases_read_the_same_in_both_scripts(article: Article) -> None:
    same_in_both_scripts(article)


def read(article: Article) -> list[dict[str, Any]]:
    return contract_records(article, extract(article, LEXICON))


def test_any_process_gives_the_same_records() -> None:
    articles = cases()
    with ProcessPoolExecutor(2) as pool:
        assert list(pool.map(read, reversed(articles))) == [read(a) for a in reversed(articles)]


def test_a_pickled_lexicon_reads_the_same() -> None:
    copy = pickle.loads(pickle.dumps(LEXICON))
    for article in cases():
        assert extract(article, copy) == extract(article, LEXICON)


@given(st.integers(2, 999_999), st.sampled_from(["{:d}", "{:,d}"]))
def test_a_changed_number_changes_the_value_only(number: int, form: str) -> None:
    def observed(n: int) -> Any:
        text = f"今年一季度，阿拉山口口岸进出境中欧班列{form.format(n)}列，同比增长7.39%。"
        return extract(Article("a", text, published_on=P), LEXICON).observations

    (level, growth), (plain, plain_growth) = observed(number), observed(1000)
    assert level.value == level.low == level.high == Decimal(number)
    assert (growth.value, growth.period_start) == (plain_growth.value, plain_growth.period_start)
    keys = ("port", "metric", "measure", "period_start", "period_end", "direction", "service")
    assert [getattr(level, k) for k in keys] == [getattr(plain, k) for k in keys]


def test_a_long_article_is_read_whole() -> None:
    sentence = "今年一季度，阿拉山口口岸进出境中欧班列1,482列，同比增长7.39%。"
    found = extract(Article("a", sentence * 300, published_on=P), LEXICON)
    assert len(found.observations) == 600
