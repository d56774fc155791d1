"""Extraction: one article in, every number of it out, keyed or unkeyed.

Pure: the same article and the same lexicon give the same result, on any machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tallybook.bind.engine import Binder
from tallybook.bind.heads import OTHER
from tallybook.bind.observe import finish
from tallybook.bind.places import Mention, find_places
from tallybook.bind.spaced import Spaced
from tallybook.bind.spaced.places import PlaceReader
from tallybook.bind.spaced.spans import only_period
from tallybook.bind.spaced.undated import settle
from tallybook.bind.starts import of_the_whole, of_the_year, unbound
from tallybook.bind.structure import split
from tallybook.lexicon import Lexicon, Mark
from tallybook.lexicon.grammar import Grammar
from tallybook.recognise.figures import TIME
from tallybook.recognise.fold import Block, fold
from tallybook.recognise.language import HAN, detect_language, grammars_of
from tallybook.recognise.periods import Today, find_periods
from tallybook.recognise.spaced_dates import infer_spaced
from tallybook.recognise.text import recognise
from tallybook.records import Article, Extraction
from tallybook.spans import begun

EXTRACTOR = "1"
"""Version of the rules; with the lexicon's own version it names what read an article."""


def extractor_version(lexicon: Lexicon) -> str:
    """Name the reader: rules and knowledge."""
    return f"{EXTRACTOR}-{lexicon.version}"


def extract(article: Article, lexicon: Lexicon) -> Extraction:
    """Find every number of an article and bind those that can be keyed.

    Raises nothing on any text: what cannot be read is an unkeyed figure with its reason.
    """
    view = fold(article.text, lexicon.folding)
    lang = detect_language(article.text, lexicon)
    grammars = grammars_of(view.text, view.blocks, lexicon)
    published, inferred = article.published_on, False
    if published is None:
        spoken = [g for g in grammars if g is not None]
        if lang.startswith("zh") or not spoken:
            published, year = infer_published(view.text, lexicon)
        else:
            told = view.text + (fold(article.title, lexicon.folding).text if article.title else "")
            published, year = infer_spaced(told, spoken[0].period, lexicon.holidays)
        inferred = published is not None
        today = Today(published, lexicon.holidays, year)
    else:
        today = Today(published, lexicon.holidays)

    marks, periods, figures = recognise(view.text, lexicon, today, view.blocks, grammars)
    sentences = split(view.text, view.blocks, marks, periods, figures, grammars)
    places = _places(view.text, marks, lexicon, view.blocks, grammars, lang)
    papers = [e for m in marks if (e := m.get("paper")) is not None and e.attrs.get("lang", lang) == lang]
    paper = papers[0].value if papers else None
    if paper is not None:  # 我国 is the land whose paper this is
        places = [
            replace(m, slug=paper) if view.text.startswith("我", m.start) and m.slug == "cn" else m
            for m in places
        ]
    binder = Binder(view.text, lexicon, published, places)
    binder.lang = lang
    spaced = Spaced.beside(binder)
    binder.default_country = "cn"
    binder.of_country = lang.startswith("zh")
    binder.border = _border(view.text, marks, lexicon, grammars)
    binder.freight = any(grammars) or any(word in view.text for word in lexicon.words("freight"))
    binder.national = _office(marks, lang)
    _prime(binder, article, lexicon, today, grammars, lang)
    spaced.only_frame = only_period([s for s in sentences if grammars[s.block]])
    for number, sentence in enumerate(sentences):
        grammar = grammars[sentence.block]
        if grammar is None:
            binder.sentence(number, sentence)
        else:
            spaced.use(grammar)
            spaced.sentence(number, sentence)
        for draft in binder.drafts[-len(sentence.figures) :] if sentence.figures else ():
            amount = draft.figure.sense == "" and not draft.compared
            if draft.metric not in (None, OTHER) and draft.reason is None and amount:
                if draft.figure.unit not in TIME:
                    binder.state.counted = draft
                binder.state.last = binder.state.recent[draft.figure.unit or ""] = draft
            if draft.partner:
                binder.state.partner = draft.partner
    if any(grammars) and not binder.title_frame.known:
        settle(binder.drafts, lexicon, published)
    of_the_year(binder.drafts)
    of_the_whole(binder.drafts)
    unbound(binder.drafts, published)
    return finish(article, view, binder, sentences, lexicon, periods, lang, published, inferred)


def _places(
    text: str,
    marks: Sequence[Mark],
    lexicon: Lexicon,
    blocks: Sequence[Block],
    grammars: Sequence[Grammar | None],
    lang: str,
) -> list[Mention]:
    """Find the places of every paragraph by the rules of its language."""
    if not any(grammars):
        return find_places(text, marks, lexicon, lang)
    starts = frozenset(b.start for b in blocks)
    out: list[Mention] = []
    for grammar in dict.fromkeys(grammars):
        spans = [(b.start, b.end) for b, g in zip(blocks, grammars, strict=True) if g is grammar]
        inside = [m for a, b in spans for m in begun(marks, a, b)]
        out += (
            find_places(text, inside, lexicon, lang)
            if grammar is None
            else PlaceReader(text, inside, lexicon, grammar, starts).find()
        )
    return sorted(out, key=lambda m: (m.start, m.linked))


def _border(text: str, marks: Sequence[Mark], lexicon: Lexicon, grammars: Sequence[Grammar | None]) -> bool:
    """Tell whether the article speaks of a border, a port or customs at all."""
    # Chinese papers tell of airports and seaside towns in all news; 口岸 and 出入境 are words of their own.
    crossing = ("rail", "road") if HAN.search(text) else ("rail", "road", "sea", "air")
    if any(
        (e := m.first.get("place")) is not None
        and (p := lexicon.place.get(e.value)) is not None
        and p.kind in crossing
        for m in marks
    ):
        return True
    if any(g is not None and g.phrases["border"].search(text) for g in grammars):
        return True
    return any("border" in m.first for m in marks) or any(
        word in text for word in lexicon.spelled("border", lang="zh")
    )


def _office(marks: Sequence[Mark], lang: str) -> str | None:
    """Give the land whose national office the words name; None where they name none."""
    national = [e for m in marks if (e := m.first.get("national")) is not None]
    offices = [e for e in national if e.attrs.get("lang", lang) == lang]
    # An office of Hong Kong, Macau or Taiwan says more of whose paper this is than one of the mainland.
    return next((e.value for e in offices if e.attrs.get("lang")), offices[0].value if offices else None)


def _prime(
    binder: Binder,
    article: Article,
    lexicon: Lexicon,
    today: Today,
    spoken: Sequence[Grammar | None],
    lang: str,
) -> None:
    if not article.title:
        return
    view = fold(article.title, lexicon.folding)
    whole = Block(0, len(view.text), False)
    grammars = grammars_of(view.text, [whole], lexicon, [g for g in spoken if g])
    marks, periods, figures = recognise(view.text, lexicon, today, [whole], grammars)
    sentence = split(view.text, [whole], marks, periods, figures, grammars)[0]
    sentence.marks, sentence.periods = marks, periods
    binder.border = binder.border or _border(view.text, marks, lexicon, grammars)
    binder.national = binder.national or _office(marks, lang)
    reader: Binder = binder
    if grammars[0]:
        reader = spaced = Spaced.beside(binder)
        spaced.use(grammars[0])
    reader.prime(sentence, _places(view.text, marks, lexicon, [whole], grammars, lang), view.text)


_FULL_DATE = re.compile(r"((?:19|20)\d{2}) ?年 ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?[日号])?")
_YEAR_STATED = re.compile(r"(?<!\d)((?:19|20)\d{2}) ?年")
_YEAR_GLOSSED = re.compile(r"([今去前明])(?:\((?:民国)?((?:19|20)\d{2}|1[0-2]\d)年?\))")
"""去(2024)年: which year this one is."""
_AGO = {"今": 0, "去": 1, "前": 2, "明": -1}


def infer_published(text: str, lexicon: Lexicon) -> tuple[date | None, int | None]:
    """Find the latest full date that the text tells of as past, and the year in force.

    A year stated in the text resolves month and day; without one nothing is guessed.
    """
    years = [int(m[1]) for m in _YEAR_STATED.finditer(text)]
    dated = [int(m[1]) for m in _FULL_DATE.finditer(text)]
    glossed = [int(m[2]) + (1911 if len(m[2]) == 3 else 0) + _AGO[m[1]] for m in _YEAR_GLOSSED.finditer(text)]
    if not years and not glossed:
        return None, None
    year = glossed[0] if glossed else max(dated) if dated else max(years)
    found: list[date] = []
    for p in find_periods(text, Today(None, lexicon.holidays, year)):
        if (
            p.kind in ("point", "until", "span")
            and p.grain in ("day", "range")
            and p.high
            and p.high.year <= year
        ):
            before = text[max(0, p.start - 12) : p.start]
            if not re.search(r"(?:将于|预计|计划|拟|有望|力争|定于)[^，。；]{0,8}$", before):
                found.append(p.high)
    return (max(found) if found else None), year
