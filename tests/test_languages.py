"""Languages come from their files: which one a text is in, and that none hides another's words."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tallybook.extract import extract
from tallybook.lexicon import Lexicon
from tallybook.lexicon.grammar import PHRASES, parse_grammar
from tallybook.recognise.language import detect_language
from tallybook.records import Article

GERMAN = "Der Hafen Hamburg hat im Mai 2025 rund 640.000 TEU umgeschlagen, 3,1 Prozent mehr als im Mai 2024."
ENGLISH = "In May 2025 the port of Hamburg handled some 640,000 TEUs, up 3.1 percent from May 2024."
RUSSIAN = "В мае 2025 года порт Гамбург обработал около 640 тыс. TEU, на 3,1% больше, чем в мае 2024 года."
ROOT = Path(__file__).resolve().parents[1]
GRAMMARS = sorted((ROOT / "data" / "lexicon").glob("grammar-*.toml"))


@pytest.mark.parametrize(
    ("text", "lang"), [(GERMAN, "de"), (ENGLISH, "en"), (RUSSIAN, "ru"), ("12 : 7", "und")]
)
def test_a_language_is_told_by_script_and_words(text: str, lang: str, lexicon: Lexicon) -> None:
    assert detect_language(text, lexicon) == lang


@pytest.mark.parametrize("text", ["US$4.7 billion", "TEU 4.7 billion", "sixty billion"])
def test_words_that_tell_no_language_are_english(text: str, lexicon: Lexicon) -> None:
    assert detect_language(text, lexicon) == "en"


def test_a_paragraph_that_tells_no_language_goes_with_its_text(lexicon: Lexicon) -> None:
    text = f"{GERMAN}\n\nHamburg-Export: 4,7 Mio. TEU"
    found = extract(Article("a", text, None, date(2025, 6, 11)), lexicon).observations[-1]
    assert found.end == len(text)
    assert found.value == 4_700_000


@pytest.mark.parametrize("text", [GERMAN, ENGLISH, RUSSIAN])
def test_the_same_is_read_in_every_language(text: str, lexicon: Lexicon) -> None:
    found = extract(Article("a", text, None, date(2025, 6, 11)), lexicon).observations
    told = [(o.port, o.metric, o.measure, float(o.value), o.qualifier, o.period_start) for o in found]
    assert told == [
        ("hamburg", "teu", "total", 640000.0, "~", date(2025, 5, 1)),
        ("hamburg", "teu", "yoy_pct", 3.1, "=", date(2025, 5, 1)),
    ]


def test_a_mixed_page_is_read_paragraph_by_paragraph(lexicon: Lexicon) -> None:
    page = "\n\n".join([GERMAN, ENGLISH, RUSSIAN])
    found = extract(Article("a", page, None, date(2025, 6, 11)), lexicon).observations
    assert [float(o.value) for o in found] == [640000.0, 3.1] * 3
    assert all(page[o.start : o.end] == o.text for o in found)


def test_every_phrase_is_read_by_some_rule() -> None:
    rules = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "etl" / "tallybook").rglob("*.py"))
    unread = [name for name in PHRASES if not re.search(rf'(?:phrases|ways)\["{name}"\]', rules)]
    assert [n for n in unread if n not in ("plus", "minus")] == []


def test_a_misspelt_phrase_is_refused() -> None:
    text = GRAMMARS[0].read_text(encoding="utf-8").replace("\ngoal_gap =", "\ngoal_gab =")
    with pytest.raises(ValueError, match="goal_gab"):
        parse_grammar(text)
