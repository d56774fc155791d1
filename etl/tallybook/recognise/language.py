"""Of which language a text, or one of its paragraphs, is: by script and by words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tallybook.lexicon import Lexicon
from tallybook.lexicon.grammar import Grammar
from tallybook.recognise.fold import Block

HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[A-Za-z]+")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]+")


def grammars_of(
    text: str, blocks: Sequence[Block], lexicon: Lexicon, likely: Sequence[Grammar] = ()
) -> list[Grammar | None]:
    """Give the grammar that each paragraph is read by; None is Chinese.

    By script, and among languages of one script by their commonest words; a paragraph of
    neither goes with the one before it, one that does not tell with the whole text.
    """
    out: list[Grammar | None] = []
    whole = text[:20000] if len(blocks) > 1 else ""
    for block in blocks:
        sample = text[block.start : min(block.end, block.start + 4000)]
        han, cyrillic, latin = _letters(sample)
        if (han * 3 >= latin + cyrillic and han) or (not latin and not cyrillic):
            out.append(None if han or not out else out[-1])
            continue
        script = "cyrillic" if cyrillic > latin else "latin"
        near = [g for g in likely if g.script == script]  # a title is in a language of its article
        out.append(_grammar_of(sample, script, lexicon, near, whole))
    return out


def _grammar_of(
    sample: str, script: str, lexicon: Lexicon, likely: Sequence[Grammar] = (), whole: str = ""
) -> Grammar | None:
    """Give the grammar of a script whose commonest words and numerals a text has most of.

    Where these do not tell, that of the whole text; of that, whose lexicon, then the first by rank.
    """
    known = list(dict.fromkeys(likely)) or [g for g in lexicon.grammars if g.script == script]
    if len(known) < 2:
        return known[0] if known else None
    words = sample.lower().split()
    counts = {g.lang: sum(w in g.common or w in g.number.words for w in words) for g in known}
    best = [g for g in known if counts[g.lang] == max(counts.values())]
    if len(best) > 1 and whole:
        return _grammar_of(whole, script, lexicon, best)
    if len(best) > 1:
        told = [e.lang for m in lexicon.scan(sample) for e in m.entries]
        best = [g for g in best if told.count(g.lang) == max(told.count(b.lang) for b in best)]
    return min(best, key=lambda g: g.rank)


def detect_language(text: str, lexicon: Lexicon) -> str:
    """Name the language by script and words: zh-hans, zh-hant, that of a grammar file, or und."""
    sample = text[:20000]
    han, cyrillic, latin = _letters(sample)
    if han * 3 >= latin + cyrillic and han:
        turned = sum(map(len, lexicon.traditional.findall(sample)))
        return "zh-hant" if turned * 12 > han else "zh-hans"
    if not latin and not cyrillic:
        return "und"
    spoken = _grammar_of(sample, "cyrillic" if cyrillic > latin else "latin", lexicon)
    return spoken.lang if spoken else "und"


def _letters(sample: str) -> tuple[int, int, int]:
    """Count the letters of each script: Chinese, Cyrillic, Latin."""
    han, cyrillic, latin = (sum(map(len, p.findall(sample))) for p in _SCRIPTS)
    return han, cyrillic, latin


_SCRIPTS = (HAN, _CYRILLIC, _LATIN)
