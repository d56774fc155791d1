"""What a page does to a text: it wraps, hyphenates, spaces, widens; the same figures must be read.

Each property takes our own bulletins, damages them as pages, scanners and web editors do, and demands
the same observations, in the same order, true spans, and every number in exactly one figure.
"""

from __future__ import annotations

import json
import random
import re
import textwrap
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from opencc import OpenCC

from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.records import Article, Extraction, Observation

CORPUS = Path(__file__).resolve().parent / "corpus"
HAN = "[\u4e00-\u9fff]"
Damage = Callable[[str, random.Random], str]


def load(name: str) -> list[Article]:
    rows = [json.loads(line) for line in (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return [
        Article(
            r["id"], r["text"], r.get("title"), date.fromisoformat(d) if (d := r["published_on"]) else None
        )
        for r in rows
    ]


def whole(article: Article) -> bool:
    """Tell whether a bulletin's paragraphs are lines, not the lines of a column already."""
    return max(map(len, article.text.split("\n"))) > 45


BULLETINS = {
    "zh": [a for n in ("zh-c", "zh-d") for a in load(n) if whole(a)],
    "en": load("en-a")[::2],
    "ru": load("ru-a"),
}


def narrow(text: str, r: random.Random) -> str:
    """A Chinese column: lines of one width that end wherever they end, in mid-number too."""
    width = r.randint(14, 34)
    return "\n".join(
        line
        for paragraph in text.split("\n")
        for line in (("　　" + paragraph)[i : i + width] for i in range(0, len(paragraph) + 2, width))
    )


def filled(text: str, r: random.Random) -> str:
    """Lines of a mail or a print page, an empty line between paragraphs."""
    width = r.randint(44, 76)
    return "\n\n".join(
        textwrap.fill(p, width, break_long_words=False, break_on_hyphens=False) for p in text.split("\n") if p
    )


def hyphenated(hyphen: str) -> Damage:
    """The same, long words broken at the end of a line."""

    def damage(text: str, r: random.Random) -> str:
        out = []
        for paragraph in filter(None, text.split("\n")):
            lines, line = [], ""
            for word in paragraph.split(" "):
                if line and len(line) + len(word) > 52:
                    at = r.randint(3, max(3, len(word) - 3))
                    broken = word.isalpha() and word.islower() and len(word) > 7
                    lines.append(f"{line} {word[:at]}{hyphen}" if broken else line)
                    line = word[at:] if broken else word
                else:
                    line = f"{line} {word}".strip()
            out.append("\n".join([*lines, line]))
        return "\n\n".join(out)

    return damage


def sown(character: str) -> Damage:
    """A character that shows nothing, anywhere: between letters, within numbers."""

    def damage(text: str, r: random.Random) -> str:
        return "".join(
            a + (character if r.random() < 0.15 and not (a + b).isspace() and a != "\n" != b else "")
            for a, b in zip(text, text[1:] + "\n", strict=True)
        )

    return damage


def turned(pattern: str, into: str) -> Damage:
    return lambda text, r: re.sub(pattern, into, text)


def wide(pattern: str) -> Damage:
    return lambda text, r: re.sub(pattern, lambda m: chr(ord(m[0]) + 0xFEE0), text)


UNSEEN = {"soft hyphens": "\u00ad", "zero-width spaces": "\u200b", "byte order marks": "\ufeff"}
UNSEEN |= {"word joiners": "\u2060", "marks of direction": "\u200e"}
EVERYWHERE: dict[str, Damage] = {name: sown(character) for name, character in UNSEEN.items()}
EVERYWHERE |= {"full-width digits": wide(r"[\d%]"), "a blank before the sign": turned(r"(?<=\d)%", " %")}
EVERYWHERE |= {"blanks about the point": turned(r"(?<=\d)\.(?=\d)", " . ")}
DAMAGES: dict[str, dict[str, Damage]] = {
    "zh": {
        **EVERYWHERE,
        "a narrow column": narrow,
        "full-width numbers": wide(r"[\d%]|(?<=\d)[.,](?=\d)"),
        "a blank in the thousands": turned(r"(?<=\d),(?=\d{3})", ", "),
        "a blank for the comma": turned(rf"(?<={HAN})(\d{{1,3}}),(?=\d{{3}}{HAN})", r"\1 "),
        "blanks beside digits": turned(rf"(?<=\d)(?={HAN})|(?<={HAN})(?=\d)", " "),
        "blanks everywhere": lambda text, r: re.sub(
            rf"(?<=\d)(?={HAN}|%)", " ", re.sub(r"(?<=\d)([.,])(?=\d)", r"\1 ", text)
        ),
    },
    "en": {
        **EVERYWHERE,
        "lines": filled,
        "hyphens": hyphenated("-"),
        "soft hyphens at line ends": hyphenated("\u00ad"),
        "no-break blanks": turned(r"(?<=\d) (?=\S)", "\u00a0"),
    },
    "ru": {
        **EVERYWHERE,
        "narrow no-break blanks": turned(r"(?<=\d) (?=\S)", "\u202f"),
        "thin blanks": turned(r"(?<=\d) (?=\S)", "\u2009"),
    },
}
CASES = [
    pytest.param(lang, damage, id=f"{lang}: {name}")
    for lang, damages in DAMAGES.items()
    for name, damage in damages.items()
]


def said(o: Observation) -> tuple[Any, ...]:
    """What an observation says; the spelling and the place of its words left out."""
    return (
        *(o.port, o.partner, o.metric, o.measure, o.value, o.low, o.high, o.unit, o.qualifier),
        *(
            o.period_start,
            o.period_end,
            o.scope,
            o.direction,
            o.mode,
            o.service,
            o.breakdown,
            o.nature,
            o.whole,
        ),
    )


def accounted(text: str, found: Extraction) -> None:
    """Every digit lies in exactly one figure, spans are true, nothing overlaps."""
    figures = sorted([*found.observations, *found.unkeyed], key=lambda f: f.start)
    assert all(text[f.start : f.end] == f.text for f in figures)
    assert all(a.end <= b.start for a, b in pairwise(figures))
    digits = {i for i, c in enumerate(text) if c.isdigit()}
    assert digits <= {i for f in figures for i in range(f.start, f.end)}


@pytest.mark.parametrize(("lang", "damage"), CASES)
def test_a_damaged_page_says_the_same(lang: str, damage: Damage, lexicon: Lexicon) -> None:
    r = random.Random(lang)
    for article in BULLETINS[lang]:
        text = damage(article.text, r)
        found = extract(replace(article, text=text), lexicon)
        accounted(text, found)
        if re.search(r"[:：]\n", text):
            continue  # what ends a line with a colon is a label, as far as a page tells
        assert [said(o) for o in found.observations] == [
            said(o) for o in extract(article, lexicon).observations
        ], article.name


def test_a_simplified_page_in_traditional_characters_says_the_same(lexicon: Lexicon) -> None:
    # The other way round says less: only a Traditional page tells that it is of Taiwan or Hong Kong.
    to_simplified, to_traditional = OpenCC("t2s").convert, OpenCC("s2t").convert
    for article in BULLETINS["zh"]:
        if to_simplified(article.text) == article.text:
            text = to_traditional(article.text)
            assert [said(o) for o in extract(replace(article, text=text), lexicon).observations] == [
                said(o) for o in extract(article, lexicon).observations
            ], article.name


BESIDE = {
    "zh": ["图为口岸卡口。（记者 王五 摄）", "本版责编：赵六 电话：010-65368888", "▲相关阅读 第3版"],
    "en": ["Photo: A crane lifts a box. [Photo by Li Si/Agency]", "Editor: John Doe | 08:15, 12 May"],
    "ru": ["Фото: пресс-служба порта", "Редактор: И. Иванов"],
}


@pytest.mark.parametrize("lang", BESIDE)
def test_captions_and_credits_behind_the_text_change_nothing(lang: str, lexicon: Lexicon) -> None:
    for article in BULLETINS[lang]:
        before = extract(article, lexicon).observations
        text = article.text + "\n" + "\n".join(BESIDE[lang])
        found = extract(replace(article, text=text), lexicon)
        accounted(text, found)
        assert [said(o) for o in found.observations] == [said(o) for o in before], article.name


@pytest.mark.parametrize("mark", ["\n", "\n\n", " "])
def test_numbers_of_a_table_stay_apart(mark: str, lexicon: Lexicon) -> None:
    text = (
        "上半年各口岸列数\n口岸"
        + mark
        + mark.join(["阿拉山口", "3 895", "120", "4,542", "350", "1.5", "230"])
    )
    accounted(text, extract(Article("table", text), lexicon))
    texts = [f.text for f in extract(Article("table", text), lexicon).unkeyed]
    assert {"120", "230"} <= set(texts)
