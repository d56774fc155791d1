"""Patterns searched for together give what each of them gives alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tallybook.lexicon import Lexicon
from tallybook.recognise.fold import fold
from tallybook.recognise.openings import Forms

CORPUS = Path(__file__).parent / "corpus"
PATTERNS = [
    re.compile(form, flags)
    for form, flags in (
        (r"(?:the )?(?:first|last) \d{1,2} days", re.I),
        (r"\d{1,3}(?:,\d{3})+|\d+", 0),
        (r"(?<!\d)[12]\d(?=年)年?|[一二三]{1,3}年", 0),
        (r"[^,.;\d]{1,4}(?:st|th)", 0),
        (r"(?!)|a?b*c", re.I),
        (r"(?P<x>a|b)(?P=x)|x??yz", 0),
        (r"[A-Za-z]{1,8}-?\d\w*", 0),
        (r"\s?end", 0),
    )
]


def alone(patterns: list[re.Pattern[str]], text: str) -> list[tuple[int, int, int]]:
    return sorted(
        (m.start(), -m.end(), n)
        for n, p in enumerate(patterns)
        for m in p.finditer(text)
        if m.end() > m.start()
    )


@given(
    st.lists(
        st.sampled_from([*"the first10,24年一二三abcCyzx-. enDst", "the ", "THE last 7 days", "aabb"]),
        max_size=40,
    ).map("".join)
)
def test_forms_searched_together_are_those_searched_alone(text: str) -> None:
    assert [f[:3] for f in Forms(PATTERNS).matches(text)] == alone(PATTERNS, text)


def test_the_grammars_of_all_languages_find_in_every_bulletin_what_each_template_finds(
    lexicon: Lexicon,
) -> None:
    searches = [
        (search, [*search.patterns])
        for g in lexicon.grammars
        for search in (g.period.search, g.number.search)
    ]
    for path in sorted(CORPUS.glob("*-[ab].jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = fold(json.loads(line)["text"], lexicon.folding).text
            for search, patterns in searches:
                assert [f[:3] for f in search.matches(text)] == alone(patterns, text)
