"""Sentences and clauses of the folded view, and the recognised things in each."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tallybook.lexicon import Mark
from tallybook.lexicon.grammar import Grammar
from tallybook.recognise.figures import Figure
from tallybook.recognise.fold import Block
from tallybook.recognise.periods import Period
from tallybook.spans import Spanned, beyond
from tallybook.spans import within as within

_SENTENCE_BREAK = re.compile(
    r"[。！？!?]+[”’)）]*|\.[”\"]?(?=\s+[\[A-ZА-ЯЁ“\"]|\s*$)|(?<=[/\w])\](?=\s+[A-ZА-ЯЁ])|(?<=[a-zа-яё]{4})\.(?=\s\d)|\n"
)
_ABBREVIATION = re.compile(
    r"(?:\b[A-ZА-Я]|\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|approx|No|Dr|Mr|Mrs|St)|\b(?:тыс|млн|млрд|трлн|руб|долл|г|гг|кв|р|п))$"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_ASIDE = re.compile(r"\([^()。；\d\n]{1,20}\)(?=[的达为约超近逾已是共仅])")
"""Words in brackets that gloss a noun, whose clause goes on: 占进出口总值(下同)的54.9%."""
_QUOTED = re.compile(r"(?<=[\u4e00-\u9fff])“(?=[^“”]*\d)[^“”。；，]{1,24}”(?=[\u4e00-\u9fff])")
"""Figures in quotation marks within a clause: 已实现每周“去程16班、回程18班”的开行."""
_CLAUSE_BREAK = re.compile(r"[，；：;:（）()“”]|,(?=\s)|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])|\s[-—]\s")


@dataclass(slots=True)
class Clause:
    """Words between two commas."""

    start: int
    end: int


@dataclass(slots=True)
class Sentence:
    """One sentence with what was recognised in it, each list in text order."""

    start: int
    end: int
    block: int
    heading: bool
    western: bool = False
    """True where nouns and periods stand behind their numbers: English, Russian, German."""
    clauses: list[Clause] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)

    def clause_of(self, at: int) -> Clause:
        """Give the clause that the offset lies in."""
        for clause in self.clauses:
            if at < clause.end:
                return clause
        return self.clauses[-1]


def split(
    text: str,
    blocks: Sequence[Block],
    marks: Sequence[Mark],
    periods: Sequence[Period],
    figures: Sequence[Figure],
    grammars: Sequence[Grammar | None] = (),
) -> list[Sentence]:
    """Cut the view into sentences and clauses; nothing recognised is ever cut through."""
    solid = _solid(marks, periods, figures)
    out: list[Sentence] = []
    for number, block in enumerate(blocks):
        western = _HAN.search(text, block.start, block.end) is None
        start = block.start
        for m in _SENTENCE_BREAK.finditer(text, block.start, block.end):
            if _inside(solid, m.start()):
                continue
            if m.group()[0] == "." and _abbreviated(
                text, block, m, grammars[number] if number < len(grammars) else None
            ):
                continue
            if m.end() > start:
                out.append(Sentence(start, m.end(), number, block.heading, western))
                start = m.end()
        if start < block.end:
            out.append(Sentence(start, block.end, number, block.heading, western))
    out = [part for sentence in out for part in _bounded(sentence, solid, marks, periods, figures)]
    asides = [m.span() for m in _ASIDE.finditer(text)] if "(" in text else []
    asides = [a for a in asides if not (_inside(solid, a[0]) or _inside(solid, a[1] - 1))]
    marks = [m for m in marks if not _inside(asides, m.start)] if asides else marks
    whole = sorted([*asides, *(m.span() for m in _QUOTED.finditer(text))])
    for sentence in out:
        at = sentence.start
        for m in _CLAUSE_BREAK.finditer(text, sentence.start, sentence.end):
            if _inside(solid, m.start()) or _inside(whole, m.start()):
                continue
            sentence.clauses.append(Clause(at, m.end()))
            at = m.end()
        sentence.clauses.append(Clause(at, sentence.end))
        sentence.marks = within(marks, sentence.start, sentence.end)
        sentence.periods = within(periods, sentence.start, sentence.end)
        sentence.figures = within(figures, sentence.start, sentence.end)
    return out


def _abbreviated(text: str, block: Block, dot: re.Match[str], grammar: Grammar | None) -> bool:
    """Tell whether a dot ends an abbreviation and no sentence."""
    start = max(block.start, dot.start() - 8)
    if grammar is None:
        return _ABBREVIATION.search(text, start, dot.start()) is not None
    if grammar.phrases["name_abbreviation"].search(text, start, dot.start()):
        return True
    known = _ABBREVIATION.search(text, start, dot.start()) or grammar.phrases["abbreviation"].search(
        text, start, dot.start()
    )
    return known is not None and not grammar.phrases["sentence_start"].match(text, dot.end())


def _solid(*groups: Iterable[Spanned]) -> list[tuple[int, int]]:
    return sorted((s.start, s.end) for group in groups for s in group)


_MOST = 60
_LONGEST = 4000


def _bounded(
    sentence: Sentence,
    solid: list[tuple[int, int]],
    marks: Sequence[Mark],
    periods: Sequence[Period],
    figures: Sequence[Figure],
) -> list[Sentence]:
    """Cut what is longer than any sentence: binding looks at every figure of one from every other."""
    if sentence.end - sentence.start <= _MOST:
        return [sentence]
    cuts: list[int] = []
    for items, most in ((figures, _MOST), (periods, _MOST), (marks, 4 * _MOST)):
        cuts += [item.start for item in beyond(items, sentence.start, sentence.end, most)]
    for at in range(sentence.start + _LONGEST, sentence.end, _LONGEST):
        i = bisect_left(solid, (at, at)) - 1
        cuts.append(solid[i][1] if i >= 0 and solid[i][0] < at < solid[i][1] else at)
    if not cuts:
        return [sentence]
    out, start = [], sentence.start
    for at in sorted({at for at in cuts if not _cuts_through(solid, at)}):
        if start < at < sentence.end:
            out.append(Sentence(start, at, sentence.block, sentence.heading, sentence.western))
            start = at
    out.append(Sentence(start, sentence.end, sentence.block, sentence.heading, sentence.western))
    return out


def _cuts_through(spans: list[tuple[int, int]], at: int) -> bool:
    i = bisect_left(spans, (at, -1))
    return any(s < at < e for s, e in spans[max(0, i - 4) : i + 1])


def _inside(spans: list[tuple[int, int]], at: int) -> bool:
    i = bisect_left(spans, (at + 1, -1))
    return any(at < e for _, e in spans[max(0, i - 3) : i])
