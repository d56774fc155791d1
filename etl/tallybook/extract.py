"""Extraction: one article in, every number of it out, keyed or unkeyed.

Pure: the same article and the same lexicon give the same result, on any machine.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import cast

from tallybook.bind.drafts import Draft
from tallybook.bind.engine import Binder
from tallybook.bind.heads import OTHER
from tallybook.bind.places import NOWHERE, Mention, find_places
from tallybook.bind.spaced import Spaced
from tallybook.bind.spaced.places import PlaceReader
from tallybook.bind.structure import Sentence, split, within
from tallybook.lexicon import Lexicon, Mark, Place
from tallybook.lexicon.grammar import Grammar
from tallybook.recognise.figures import MONEY, TIME, Figure, compose, of_words
from tallybook.recognise.fold import Block, Folded, fold
from tallybook.recognise.numbers import Number, find_chinese
from tallybook.recognise.others import find_others
from tallybook.recognise.periods import Period, Today, find_periods, join_ranges
from tallybook.recognise.spaced import recognise_spaced
from tallybook.recognise.spaced_dates import infer_spaced
from tallybook.records import (
    Article,
    Direction,
    Evidence,
    Extraction,
    Nature,
    Observation,
    Qualifier,
    Reason,
    Scope,
    Unkeyed,
)

EXTRACTOR = "1"
"""Version of the rules; with the lexicon's own version it names what read an article."""

_OF_LANDS = frozenset({"trade_value", "passengers", "declarations"})
"""Metrics that a customs territory reports where it shares a name with its port."""

_HANT = re.compile(r"[\u3400-\u9fff]")
_SHADOWS = frozenset(
    {
        "shadow",
        "place",
        "service",
        "metric",
        "world",
        "measure",
        "dir",
        "scope",
        "nature",
        "suffix",
        "partner",
        "placelist",
        "ref",
        "number",
    }
)
_CN_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千万亿几数半壹贰叁肆伍陆柒捌玖拾佰仟]")


def extractor_version(lexicon: Lexicon) -> str:
    """Name the reader: rules and knowledge."""
    return f"{EXTRACTOR}-{lexicon.version}"


def extract(article: Article, lexicon: Lexicon) -> Extraction:
    """Find every number of an article and bind those that can be keyed.

    Raises nothing on any text: what cannot be read is an unkeyed figure with its reason.
    """
    view = fold(article.text, lexicon.simplified)
    lang = detect_language(article.text, lexicon)
    published, inferred = article.published_on, False
    if published is None:
        spoken = [g for g in grammars_of(view.text, view.blocks, lexicon) if g is not None]
        if lang.startswith("zh") or not spoken:
            published, year = infer_published(view.text, lexicon)
        else:
            published, year = infer_spaced(view.text, spoken[0].period, lexicon.holidays)
        inferred = published is not None
        today = Today(published, lexicon.holidays, year)
    else:
        today = Today(published, lexicon.holidays)

    marks, periods, figures = recognise(view.text, lexicon, today, view.blocks)
    grammars = grammars_of(view.text, view.blocks, lexicon)
    sentences = split(view.text, view.blocks, marks, periods, figures, grammars)
    binder = Binder(view.text, lexicon, published, _places(view.text, marks, lexicon, view.blocks, grammars))
    spaced = Spaced.beside(binder)
    binder.default_country = "cn"
    binder.of_country = lang.startswith("zh")
    binder.border = _border(view.text, marks, lexicon, grammars)
    offices = [e for m in marks if (e := m.get("national")) is not None and e.attrs.get("lang", lang) == lang]
    # An office of Hong Kong, Macau or Taiwan says more of whose paper this is than one of the mainland.
    binder.national = next(
        (e.value for e in offices if e.attrs.get("lang")), offices[0].value if offices else None
    )
    _prime(binder, article, lexicon, today, grammars)
    for number, sentence in enumerate(sentences):
        grammar = grammars[sentence.block]
        if grammar is None:
            binder.sentence(number, sentence)
        else:
            spaced.use(grammar)
            spaced.sentence(number, sentence)
        for draft in binder.drafts[-len(sentence.figures) :] if sentence.figures else ():
            if draft.metric not in (None, OTHER) and draft.reason is None and draft.figure.sense == "":
                if draft.figure.unit not in TIME:
                    binder.state.counted = draft
                binder.state.last = binder.state.recent[draft.figure.unit or ""] = draft
            if draft.partner:
                binder.state.partner = draft.partner
    return _finish(article, view, binder, sentences, lexicon, periods, lang, published, inferred)


def recognise(
    text: str,
    lexicon: Lexicon,
    today: Today,
    blocks: Sequence[Block] = (),
    grammars: Sequence[Grammar | None] = (),
) -> tuple[list[Mark], list[Period], list[Figure]]:
    """Find the words, periods and figures of a folded text; no two figures overlap.

    Each paragraph is read by the grammar of its own language: a Chinese story may have an
    English caption. Dates, clocks, ordinals and identifiers come back as figures that have
    a reason.
    """
    blocks = blocks or [Block(0, len(text), False)]
    grammars = grammars or grammars_of(text, blocks, lexicon)
    spoken = list(dict.fromkeys(grammars))
    marks = _spoken(text, lexicon, blocks, grammars)
    if spoken == [None]:
        return _recognise_chinese(text, lexicon, today, marks)
    periods: list[Period] = []
    figures: list[Figure] = []
    for grammar in spoken:
        own = [b for b, g in zip(blocks, grammars, strict=True) if g is grammar]
        only = _masked(text, own)
        inside = (
            [m for m in marks if any(b.start <= m.start < b.end for b in own)] if len(spoken) > 1 else marks
        )
        if grammar is None:
            _, found, counted = _recognise_chinese(only, lexicon, today, inside)
        else:
            found, counted = recognise_spaced(only, lexicon, today, inside, grammar)
        periods += found
        figures += counted
    periods.sort(key=lambda p: p.start)
    figures.sort(key=lambda f: f.start)
    covered = [(f.start, f.end) for f in figures]
    whens = [(p.start, p.end) for p in periods] if any(spoken) else []
    marks = [
        m for m in marks if not _overlaps(covered, m.start, m.end) and not _lies_in(whens, m.start, m.end)
    ]
    return marks, periods, figures


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
        han, cyrillic, latin = (
            len(_HANT.findall(sample)),
            len(_CYRILLIC.findall(sample)),
            len(_LATIN.findall(sample)),
        )
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


def _spoken(
    text: str, lexicon: Lexicon, blocks: Sequence[Block], grammars: Sequence[Grammar | None]
) -> list[Mark]:
    """Find in each paragraph the words of its own language, and those of none."""
    langs = ["zh" if g is None else g.lang for g in grammars]
    if len(set(langs)) == 1:
        return lexicon.scan(text, langs[0])
    starts = [b.start for b in blocks]
    return sorted(
        (
            mark
            for lang in dict.fromkeys(langs)
            for mark in lexicon.scan(text, lang)
            if langs[max(0, bisect_right(starts, mark.start) - 1)] == lang
        ),
        key=lambda m: m.start,
    )


def _lies_in(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether one of the sorted spans holds [start, end), as "a year earlier" holds "a year"."""
    i = bisect_right(spans, (start, len(spans) + (1 << 40))) - 1
    return i >= 0 and spans[i][0] <= start and end <= spans[i][1]


def _masked(text: str, blocks: Sequence[Block]) -> str:
    """Blank all but the blocks, so that offsets stay."""
    out, at = [], 0
    for block in blocks:
        out.append("\n" * (block.start - at))
        out.append(text[block.start : block.end])
        at = block.end
    out.append("\n" * (len(text) - at))
    return "".join(out)


def _places(
    text: str,
    marks: Sequence[Mark],
    lexicon: Lexicon,
    blocks: Sequence[Block],
    grammars: Sequence[Grammar | None],
) -> list[Mention]:
    """Find the places of every paragraph by the rules of its language."""
    if not any(grammars):
        return find_places(text, marks, lexicon)
    starts = frozenset(b.start for b in blocks)
    out: list[Mention] = []
    for grammar in dict.fromkeys(grammars):
        spans = [(b.start, b.end) for b, g in zip(blocks, grammars, strict=True) if g is grammar]
        inside = [m for m in marks if any(a <= m.start < b for a, b in spans)]
        out += (
            find_places(text, inside, lexicon)
            if grammar is None
            else PlaceReader(text, inside, lexicon, grammar, starts).find(spans)
        )
    return sorted(out, key=lambda m: (m.start, m.linked))


def _border(text: str, marks: Sequence[Mark], lexicon: Lexicon, grammars: Sequence[Grammar | None]) -> bool:
    """Tell whether the article speaks of a border, a port or customs at all."""
    # Chinese papers tell of airports and seaside towns in all news; 口岸 and 出入境 are words of their own.
    crossing = ("rail", "road") if _HANT.search(text) else ("rail", "road", "sea", "air")
    if any(
        (e := m.get("place")) is not None
        and (p := lexicon.place.get(e.value)) is not None
        and p.kind in crossing
        for m in marks
    ):
        return True
    if any(g is not None and g.phrases["border"].search(text) for g in grammars):
        return True
    return any(m.get("border") for m in marks) or any(
        e.lang in ("", "zh") and word in text for word, e in lexicon.words("border").items()
    )


def _recognise_chinese(
    text: str, lexicon: Lexicon, today: Today, marks: list[Mark]
) -> tuple[list[Mark], list[Period], list[Figure]]:
    periods = join_ranges(text, find_periods(text, today))
    taken: list[tuple[int, int, Reason]] = []
    counted = {m.end(m.lastindex or 1) for m in _COUNTED.finditer(text)}
    for start, end, reason in sorted(find_others(text)):
        if reason == "ordinal" and any(start < at <= end for at in counted):
            continue
        if not any(p.start < end and start < p.end for p in periods) and (not taken or start >= taken[-1][1]):
            taken.append((start, end, reason))
    skip = [(p.start, p.end) for p in periods] + [(s, e) for s, e, _ in taken]
    skip += [(m.start, m.end) for m in marks if _shadows(m, text)]
    skip.sort()
    quals = [m for m in marks if m.get("qual")]
    numbers = [n for n in find_chinese(text, 0, len(text), skip) if not _article_word(text, n)]
    figures = compose(text, numbers, lexicon, quals)
    figures = [
        replace(f, ordinal=True)
        if text[f.start - 1 : f.start] == "第" or _NTH.search(text, f.start, f.number.end)
        else f
        for f in figures
    ]
    figures += of_words(marks)
    figures += [_dead(p.start, p.end, "date") for p in periods if p.digits]
    figures += [_dead(s, e, reason) for s, e, reason in taken]
    figures.sort(key=lambda f: (f.start, -f.end))
    clean: list[Figure] = []
    for f in figures:
        if clean and f.start < clean[-1].end:
            continue
        clean.append(f)
    clean = _every_digit(text, clean)
    clean = [
        replace(f, inside=tuple(within(marks, f.number.end, f.end)))
        if f.reason is None and f.end > f.number.end + 12
        else f
        for f in clean
    ]
    covered = [(f.start, f.end) for f in clean]
    marks = _parted(text, marks, [(f.start, f.end) for f in clean if f.reason == "date"], lexicon)
    marks = [m for m in marks if not _overlaps(covered, m.start, m.end)]
    return marks, periods, clean


def _parted(text: str, marks: list[Mark], dates: Sequence[tuple[int, int]], lexicon: Lexicon) -> list[Mark]:
    """Read again the words that a date cuts: 2023年增长 is no 年增."""
    ends = {end for _, end in dates}
    out: list[Mark] = []
    for mark in marks:
        cut = next((at for at in range(mark.start + 1, mark.end) if at in ends), None)
        if cut is None:
            out.append(mark)
            continue
        for again in lexicon.scan(text[cut : mark.end + 6]):
            if cut + again.start < mark.end:
                out.append(Mark(cut + again.start, cut + again.end, again.entries))
    return out


_COUNTED = re.compile(
    r"第\s?(\d[\d,.]{0,20}万?)(?=[列标箱T件票单吨])"
    r"|\b(\d[\d,]{2,20})(?:st|nd|rd|th) (?=(?:\S+ ){0,3}(?:train|TEU|parcel|container|truck))"
)
"""An ordinal of something counted: 第6001列 may tell how many there have been."""
_NTH = re.compile(r"\d(?:st|nd|rd|th)$")


def _every_digit(text: str, figures: list[Figure]) -> list[Figure]:
    """Add the digits that no grammar read, because two readings met or a letter stood beside them."""
    spans = [(f.start, f.end) for f in figures]
    lost = [m.span() for m in _DIGIT_RUN.finditer(text) if not _overlaps(spans, *m.span())]
    if not lost:
        return figures
    return sorted([*figures, *(_dead(start, end, "no_metric") for start, end in lost)], key=lambda f: f.start)


_DIGIT_RUN = re.compile(r"\d+")


def _shadows(mark: Mark, text: str) -> bool:
    return (
        mark.end - mark.start >= 2
        and bool(_CN_NUMERAL.search(text, mark.start, mark.end))
        and any(e.kind in _SHADOWS for e in mark.entries)
    )


def _article_word(text: str, n: Number) -> bool:
    """Tell whether a lone 一, 两, 几 … is no number but part of a word."""
    if not n.words or n.kind or n.end - n.start > 1:
        return False
    if text.startswith(("一倍", "一番"), n.start):
        return False
    return text[n.start] in "一万千百亿几数" and text[max(0, n.start - 1) : n.start] not in (
        "超",
        "近",
        "破",
        "上",
        "逾",
        "过",
        "约",
    )


def _dead(start: int, end: int, reason: Reason) -> Figure:
    return Figure(start, end, Number(start, end, Decimal(0), Decimal(0)), Decimal(0), None, reason=reason)


def _overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    from bisect import bisect_left

    i = bisect_left(spans, (start, -1))
    return any(s < end and start < e for s, e in spans[max(0, i - 1) : i + 1])


def _prime(
    binder: Binder, article: Article, lexicon: Lexicon, today: Today, spoken: Sequence[Grammar | None]
) -> None:
    if not article.title:
        return
    view = fold(article.title, lexicon.simplified)
    whole = Block(0, len(view.text), False)
    grammars = grammars_of(view.text, [whole], lexicon, [g for g in spoken if g])
    marks, periods, figures = recognise(view.text, lexicon, today, [whole], grammars)
    sentence = split(view.text, [whole], marks, periods, figures, grammars)[0]
    sentence.marks, sentence.periods = marks, periods
    binder.border = binder.border or _border(view.text, marks, lexicon, grammars)
    reader = Spaced.beside(binder) if grammars[0] else binder
    reader.prime(sentence, _places(view.text, marks, lexicon, [whole], grammars), view.text)


_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")


def detect_language(text: str, lexicon: Lexicon) -> str:
    """Name the language by script and words: zh-hans, zh-hant, that of a grammar file, or und."""
    sample = text[:20000]
    han = _HANT.findall(sample)
    cyrillic, latin = len(_CYRILLIC.findall(sample)), len(_LATIN.findall(sample))
    if len(han) * 3 >= latin + cyrillic and han:
        turned = sum(1 for c in han if ord(c) in lexicon.simplified)
        return "zh-hant" if turned * 12 > len(han) else "zh-hans"
    if not latin and not cyrillic:
        return "und"
    spoken = _grammar_of(sample, "cyrillic" if cyrillic > latin else "latin", lexicon)
    return spoken.lang if spoken else "und"


_FULL_DATE = re.compile(r"((?:19|20)\d{2}) ?年 ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?[日号])?")
_YEAR_STATED = re.compile(r"(?<!\d)((?:19|20)\d{2}) ?年")


def infer_published(text: str, lexicon: Lexicon) -> tuple[date | None, int | None]:
    """Find the latest full date that the text tells of as past, and the year in force.

    A year stated in the text resolves month and day; without one nothing is guessed.
    """
    years = [int(m[1]) for m in _YEAR_STATED.finditer(text)]
    dated = [int(m[1]) for m in _FULL_DATE.finditer(text)]
    if not years:
        return None, None
    year = max(dated) if dated else max(years)
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


# -------------------------------------------------------------------- results


def _finish(
    article: Article,
    view: Folded,
    binder: Binder,
    sentences: list[Sentence],
    lexicon: Lexicon,
    periods: Sequence[Period],
    lang: str,
    published: date | None,
    inferred: bool,
) -> Extraction:
    observations: list[Observation] = []
    unkeyed: list[Unkeyed] = []
    for draft in binder.drafts:
        start, end = view.span(draft.figure.start, draft.figure.end)
        text = article.text[start:end]
        done = _observe(draft, view, article, binder, lexicon, published, start, end)
        if isinstance(done, Observation):
            observations.append(done)
        else:
            reason, missing = done
            unkeyed.append(Unkeyed(start, end, text, reason, missing))
    spans = [view.span(s.start, s.end) for s in sentences if s.end > s.start]
    return Extraction(
        tuple(observations), tuple(unkeyed), _cover(spans, observations, unkeyed), lang, published, inferred
    )


def _cover(
    spans: list[tuple[int, int]], observations: Sequence[Observation], unkeyed: Sequence[Unkeyed]
) -> tuple[tuple[int, int], ...]:
    return tuple(spans)


def _observe(
    d: Draft,
    view: Folded,
    article: Article,
    binder: Binder,
    lexicon: Lexicon,
    published: date | None,
    start: int,
    end: int,
) -> Observation | tuple[Reason, str | None]:
    """Make the observation of a draft, or give the reason that it is none."""
    if d.reason:
        return d.reason, d.missing
    r = d.reading
    if d.metric is None:
        return "no_metric", "a word that names what is counted"
    if d.metric == OTHER:
        word = d.head.mark if d.head else None
        return "no_metric", f"counts {view.text[word.start : word.end]}" if word else "counts something else"
    if r is None or r.measure is None:
        return "no_metric", "a rate per something" if r and r.rate else "a word of growth, share or level"
    if d.relates is not None and (
        d.relates.reason is not None or not d.relates.reading or d.relates.reading.measure is None
    ):
        return "no_metric", "the figure that it qualifies is unkeyed"
    metric = lexicon.metric[d.metric]
    if metric.gate == "border" and not (binder.border or _at_border(d, view, lexicon)):
        return "no_metric", "a border or a port of entry"
    if not d.ports:
        return "no_port", "a place"
    if NOWHERE in d.ports:
        return "no_port", "a place of the gazetteer: " + "、".join(view.text[a:b] for a, b in d.port_marks)
    if len(d.ports) > 1:
        return "ambiguous", "one place: the text names " + ", ".join(d.ports)
    if metric.flow == "price" and r.unit in MONEY and abs(r.value) >= _NO_PRICE:
        return "no_metric", "a price of one shipment"
    port = d.ports[0]
    if metric.metric in _OF_LANDS:
        port = lexicon.land.get(port, port)
    place = lexicon.place.get(port)
    measure = r.measure
    if d.scope == "shipment" and measure == "total":
        measure = "single"
    if metric.stock and (measure == "total" or (measure in _PER_TIME and metric.flow == "stock")):
        measure = "level"  # 每周班轮航线超100条 are lines, not lines a week
    if measure.endswith("_pct") and r.unit not in ("%", "pp"):
        return "no_metric", "a percentage"  # so many times something that is no figure of a series
    low, high, kind = _period(d, measure, metric.stock, binder, published, lexicon)
    if kind is None:
        return "no_period", "a period"
    if low and high and low > high:
        return "no_period", "a period: the dates around it contradict each other"
    return Observation(
        start=start,
        end=end,
        text=article.text[start:end],
        port=port,
        metric=d.metric,
        measure=measure,
        value=r.value,
        # 清单1230万票: what a parcel is counted by counts declarations too.
        unit=metric.unit
        if metric.unit in metric.units and r.unit in metric.units
        else _currency(d, r.unit, place, view),
        qualifier=cast(Qualifier, r.qualifier),
        low=r.low,
        high=r.high,
        period_start=low,
        period_end=high,
        scope=cast(Scope, d.scope),
        partner=d.partner,
        direction=cast("Direction | None", d.direction),
        mode=d.mode,
        service=d.service,
        breakdown=d.breakdown,
        nature=cast(Nature, d.nature),
        reporter=d.reporter,
        whole=_whole(d, port),
        relates_to=view.span(d.relates.figure.start, d.relates.figure.end) if d.relates else None,
        confidence=d.confidence,
        evidence=_evidence(d, view, article),
    )


_PORT_NAMES = ("口岸", "海关", "港", "港区")


def _at_border(d: Draft, view: Folded, lexicon: Lexicon) -> bool:
    """Tell whether the place of a draft is a land crossing, or is called a port or an airport."""
    place = lexicon.place.get(d.ports[0]) if len(d.ports) == 1 else None
    if place is None or place.kind not in ("rail", "road", "sea", "air"):
        return False
    return (
        place.kind in ("rail", "road")
        or any(
            word in lexicon.words("suffix")
            for a, b in d.port_marks
            for word in re.findall(r"[^\W\d_]+", view.text[max(0, a - 20) : b].lower())
        )
        or any(view.text[a:b].endswith(_PORT_NAMES) for a, b in d.port_marks)
    )


_NO_PRICE = Decimal(1_000_000)
"""Money that is no price of a box or a tonne, but what many firms saved together."""
_PER_TIME = frozenset({"daily_mean", "weekly_mean", "monthly_mean", "daily_max"})
_OWN_MONEY = {"HK": "HKD", "TW": "TWD", "MO": "MOP"}


def _currency(d: Draft, unit: str, place: Place | None, view: Folded) -> str:
    """Read a bare 元 in the money of the place that reports it."""
    if unit != "CNY" or place is None or place.country not in _OWN_MONEY:
        return unit
    said = view.text[d.figure.start : d.figure.end]
    return unit if "人民币" in said or "¥" in said or not said.endswith("元") else _OWN_MONEY[place.country]


def _whole(d: Draft, port: str) -> str | None:
    """Give the place that a share is of; a partner's or a part's share of trade is of the place's own."""
    if d.whole or not (d.reading and d.reading.share):
        return d.whole
    return port if d.metric == "trade_value" and (d.partner or d.breakdown) else None


def _period(
    d: Draft, measure: str, stock: bool, binder: Binder, published: date | None, lexicon: Lexicon
) -> tuple[date | None, date | None, str | None]:
    """Resolve the draft's frame for its measure; the third is None where a period is needed and missing."""
    if (
        d.relates is not None
        and d.reading
        and (d.reading.change or d.reading.share)
        and d.relates.reading
        and d.relates.reading.measure
        and d.relates.relates is not d
    ):
        known = lexicon.metric.get(d.relates.metric or "")
        if not (stock and known and not known.stock):
            return _period(
                d.relates, d.relates.reading.measure, bool(known and known.stock), binder, published, lexicon
            )
    frame = d.frame
    if d.nature == "capacity" and (frame.inherited or frame.kind in ("none", "open")):
        return None, None, "capacity"
    if d.begins and frame.kind == "since" and frame.marks and frame.marks[-1].grain in ("back", "launch"):
        return None, None, "former"  # 三年来由4列增至14列: what it was before
    if frame.kind == "former" or (d.scope == "shipment" and frame.inherited):
        return None, None, "former"
    if d.begins and frame.inherited and (stock or measure in _PER_TIME):
        return None, None, "former"
    if (
        d.begins
        and frame.kind == "since"
        and frame.marks
        and frame.marks[-1].grain == "year"
        and frame.low
        and not stock
    ):
        return frame.low, date(frame.low.year, 12, 31), "since"
    if d.nature == "plan" and frame.kind == "open" and frame.grain == "year" and frame.low and not stock:
        return frame.low, date(frame.low.year, 12, 31), "plan"
    if (
        stock
        and lexicon.metric[d.metric or ""].flow in ("duration", "price", "rate")
        and (
            frame.kind == "span"
            or (
                frame.kind == "open" and not frame.inherited and lexicon.metric[d.metric or ""].flow == "rate"
            )
        )
        and measure != "change_pct"
    ):
        return (published, published, "stock") if frame.inherited else (frame.low, frame.high, frame.kind)
    if stock and measure in (
        "level",
        "mean",
        "minimum",
        "maximum",
        "single",
        "change_abs",
        "change_pct",
        "yoy_abs",
    ):
        day = published
        if not frame.inherited and frame.kind in ("until", "point") and frame.high:
            day = frame.high
        elif (
            not frame.inherited
            and frame.kind == "span"
            and frame.grain in ("year", "month", "quarter", "half", "months", "range")
            and frame.high
        ):
            day = frame.high if not published or frame.high <= published else published
        return day, day, "stock"
    if frame.kind == "none" and binder.title_frame.known:
        frame = binder.title_frame
    if frame.kind == "none":
        return (
            (None, published, "open")
            if measure in ("total", "yoy_pct", "share_pct", "lead_days", "single", "daily_max")
            else (published, published, "rate")
        )
    if frame.kind == "until" and frame.low is None and not frame.inherited and binder.state.launch:
        return binder.state.launch, frame.high, frame.kind
    if d.running and frame.kind == "point" and frame.grain == "day" and measure == "total":
        return None, frame.high, frame.kind
    if (measure == "weekly_mean" and frame.inherited) or (d.present and measure == "daily_mean"):
        return published, published, "now"  # 每周开行: a present rate
    if measure in ("daily_mean", "weekly_mean", "monthly_mean") and (
        frame.kind == "now"
        or (
            frame.marks
            and frame.marks[-1].kind == "now"
            and (measure == "weekly_mean" or 0 <= d.figure.start - frame.marks[-1].end <= 3)
        )
    ):
        return frame.high, frame.high, "now"
    return frame.low, frame.high, frame.kind


def _evidence(d: Draft, view: Folded, article: Article) -> tuple[Evidence, ...]:
    out: list[Evidence] = []

    def add(part: str, start: int, end: int, rule: str) -> None:
        a, b = view.span(start, end)
        out.append(Evidence(part, a, b, article.text[a:b], rule))

    for start, end in d.port_marks:
        add("port", start, end, d.port_rule)
    if d.head and d.head.mark:
        add("metric", d.head.mark.start, d.head.mark.end, d.head.rule)
    if d.reading and d.reading.mark:
        add("measure", d.reading.mark.start, d.reading.mark.end, d.reading.measure or "")
    for p in (d.relates or d).frame.marks:
        add("period", p.start, p.end, p.kind)
    return tuple(out)
