"""`tallybook explain` shows each figure with its key and the words that decided it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tallybook.cli import main

TEXT = "今年一季度，阿拉山口口岸通行中欧班列1482列，同比增长7.39%。完成投资3亿元。\n电话12345\x1b[31m。"


@pytest.fixture
def article(tmp_path: Path) -> str:
    path = tmp_path / "bulletin.txt"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def run(*args: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["explain", *args])
    assert result.exit_code == code, result.output
    return result.output


def test_shows_the_article_with_numbered_figures_and_their_keys(article: str) -> None:
    out = run(article, "--published", "2025-04-03")
    assert out.startswith("bulletin  zh-hans  2025-04-03\n")
    assert "通行中欧班列1482列[1]，同比增长7.39%[2]。完成投资3亿元[3]。" in out
    assert re.search(r"\[1\] 1482列  alashankou  trains total  = 1482 train  2025-01-01 to 2025-03-31", out)
    assert "[3] 3亿元  no_metric: counts 投资" in out


def test_one_figure_in_full_names_the_words_that_decided_it(article: str) -> None:
    out = run(article, "--published", "2025-04-03", "--figure", "2")
    assert "qualifies  1482列" in out
    for part, word in (
        ("port", "阿拉山口口岸"),
        ("metric", "中欧班列"),
        ("measure", "增长"),
        ("period", "今年一季度"),
    ):
        assert re.search(rf"^    {part} .*“{word}”", out, re.M), part
    assert "7.38 … 7.40 %" in out


def test_a_figure_that_is_not_there_is_a_usage_error(article: str) -> None:
    assert "there are 5 figures" in run(article, "--figure", "9", code=2)


def test_no_control_character_of_the_article_reaches_the_terminal(article: str) -> None:
    assert "\x1b" not in run(article)
