"""Figures of languages that part their words with blanks: a number with its currency, unit and bounds.

The unit is often not the next word: in "1,482 China-Europe freight trains" adjectives stand
between. The figure's span then holds the number alone and `noun` says where the unit is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tallybook.frozen import replace
from tallybook.lexicon import Entry, Lexicon, Mark
from tallybook.lexicon.grammar import Grammar
from tallybook.recognise.figures import MONEY, TIME, Figure, bounds
from tallybook.recognise.numbers import Number

_TOKEN = re.compile(r"[ -]*([^\W\d_]+(?:['’.&][^\W\d_]+)*\.?|\S)", re.U)
_LONGEST_NOUN = 5
_REACH = 9
_CHAIN = re.compile(
    r",? to (?:just |only |under |about |less than |around |a mere )*(?:\d|(?:one|two|three|four|five|six|ten)\b)"
)
"""Behind the second of three ends: cut from two to three days to 16 hours."""
_WEAK_QUAL_GAP = re.compile(r"[ ,]*$")


@dataclass(frozen=True, slots=True)
class Nouns:
    """The unit words of one language, and how to find them."""

    words: Mapping[str, tuple[Entry, ...]]
    own: Mapping[str, tuple[Entry, ...]]
    starts: re.Pattern[str]

    def at(self, text: str, at: int) -> tuple[Entry, int] | None:
        """Give the longest unit word at an offset and where it ends."""
        ends = []
        end = at
        for _ in range(_LONGEST_NOUN):
            m = _TOKEN.match(text, end)
            if not m or "\n" in m.group():
                break
            end = m.end()
            ends.append(end)
        for end in reversed(ends):
            word = text[at:end].lower().strip()
            for candidate in (word, word.rstrip(".")):
                found = self.words.get(candidate) or self.own.get(candidate)
                if found and not (end < len(text) and text[end].isalnum()):
                    if candidate.endswith(".") and self.starts.match(text, end) and candidate == word:
                        return found[0], end - 1
                    return found[0], end if candidate == word else at + len(candidate)
        return None


def nouns_of(lexicon: Lexicon, grammar: Grammar, text: str = "") -> Nouns:
    """Give the unit words that a language's numbers take; `text` may define its own: million tonnes (MT)."""
    words = lexicon.nouns.get(grammar.lang, {})
    for word in grammar.number.abbreviations:
        entries = words.get(word, ())
        told = [
            e for e in entries if e.attrs.get("defined") and grammar.number.abbreviations[word].search(text)
        ]
        if told:
            words = {**words, word: (told[0], *entries)}
    return Nouns(words, lexicon.nouns.get("", {}), grammar.phrases["sentence_start"])


def compose_spaced(
    text: str,
    numbers: Sequence[Number],
    grammar: Grammar,
    nouns: Nouns,
    quals: Sequence[Mark],
    stops: Sequence[tuple[int, int]],
    names: Mapping[int, int],
) -> list[Figure]:
    """Turn the numbers into figures, joining ranges; `stops` are spans that no noun phrase goes into, `names` where names
    of several words begin and end, which it goes over."""
    before = {m.end: m for m in quals if _qual(m, "before")}
    after = {m.start: m for m in quals if _qual(m, "after")}
    stop_starts = {a for a, _ in stops}
    out: list[Figure] = []
    i = 0
    while i < len(numbers):
        used = 1
        number = numbers[i]
        figure = _one(text, number, grammar, nouns, stop_starts, names)
        if i + 1 < len(numbers) and not number.vague and number.kind in ("", "percent", "times", "points"):
            second = _one(text, numbers[i + 1], grammar, nouns, stop_starts, names)
            joined = _range(text, figure, second, grammar)
            if joined:
                figure, used = joined, 2
        i += used
        if out and figure.start < out[-1].end:
            continue
        if (
            not figure.sense
            and number.words
            and text[number.start : number.end].lower() in grammar.number.alone
            and not (figure.unit and grammar.phrases["each"].match(text, figure.end))
        ):
            continue
        out.append(figure)
    _share_units(text, out, grammar)
    return [_qualify(text, f, before, after, grammar) for f in out]


def _qual(mark: Mark, side: str) -> Entry | None:
    return next((e for e in mark.entries if e.kind == "qual" and e.attrs.get("pos") == side), None)


_WHOLE = frozenset(
    {"train", "wagon", "teu", "container", "person", "vehicle", "vessel", "flight", "parcel", "declaration"}
)
_THOUSANDS = re.compile(r"\d{1,3},\d{3}")


def _one(
    text: str, n: Number, grammar: Grammar, nouns: Nouns, stops: set[int], names: Mapping[int, int]
) -> Figure:
    rules = grammar.number
    if n.kind == "growth":
        return Figure(n.start, n.end, n, n.value, "%", "percent", growth=True)
    if n.kind == "times":
        return Figure(n.start, n.end, n, n.value, "fold", "fold")
    if n.kind == "points":
        return Figure(n.start, n.end, n, n.value, "pp", "points")
    if n.kind == "percent":
        return Figure(n.start, n.end, n, n.value, "%", "percent")
    start, end, unit, noun, factor = n.start, n.end, None, None, Decimal(1)
    sign = rules.currency.search(text, max(0, start - 6), start)
    if sign:
        words = sign.group().strip()
        unit = next(code for form, code in rules.currencies if form.fullmatch(words))
        start = sign.start()
        named = nouns.at(text, _skip_blank(text, end))
        if named and named[0].value in MONEY:
            end = named[1]
    else:
        found = noun_behind(text, end, grammar, nouns, stops, names)
        if found:
            entry, noun_start, noun_end = found
            unit, factor = entry.value, entry.factor
            if noun_start - end <= 1:
                end = noun_end
            noun = (noun_start, noun_end)
    if unit == "hour" and n.value == Decimal("0.5"):
        unit, factor = "minute", Decimal(60)  # half an hour
    if unit in _WHOLE and grammar.number.decimal == "," and _THOUSANDS.fullmatch(text, n.start, n.end):
        n = replace(n, value=(n.value * 1000).to_integral_value(), step=Decimal(0))  # 432,216 TEU: no box is counted in parts
    number = n if factor == 1 else replace(n, value=n.value * factor, step=n.step * factor)
    return Figure(start, end, number, number.value, unit, "", few=n.vague == "few", noun=noun)


def _skip_blank(text: str, at: int) -> int:
    return at + 1 if text[at : at + 1] in (" ", "-") else at


def noun_behind(
    text: str,
    at: int,
    grammar: Grammar,
    nouns: Nouns,
    stops: set[int],
    names: Mapping[int, int] | None = None,
) -> tuple[Entry, int, int] | None:
    """Find the unit behind a number: the head noun of its phrase, a few adjectives on."""
    found: tuple[Entry, int, int] | None = None
    end = at
    if text.startswith("-", at):  # 40-foot containers are no forty containers
        here = nouns.at(text, at + 1)
        return (here[0], at + 1, here[1]) if here else None
    if grammar.phrases["of_these"].match(text, at):
        return None
    lead = grammar.phrases["of"].match(text, at)
    if lead:
        end = lead.end()
    both = grammar.phrases["both_ways"].match(text, end)
    if both:
        end = both.end()
    for _ in range(_REACH):
        m = _TOKEN.match(text, end)
        if not m:
            break
        word_start = m.start(1)
        if (word_start in stops and found is None) or "\n" in text[end:word_start]:
            break
        here = nouns.at(text, word_start)
        if here is None and found is not None:
            if grammar.counted_tail.match(m[1]) and grammar.counted_tail.match(m[1]).end() == len(m[1]):  # type: ignore[union-attr]
                found = (found[0], found[1], m.end(1))
            break
        if here is not None:
            if (
                found is not None
                and here[0].value == "trip"
                and found[0].value in ("route", "city", "country")
            ):
                break  # 74 routes run through the port
            if found is not None and (text[found[2] : word_start] not in (" ", "-") or not grammar.compounds):
                break
            if found is not None and found[0].value == "other":
                break  # 300,000 dwt tankers
            found = (here[0], word_start, here[1])
            end = here[1]
            lead = grammar.phrases["of"].match(text, end)
            if lead and grammar.phrases["any_unit"].fullmatch(text, word_start, end):
                found, end = None, lead.end()  # units of trucks
                continue
            if not grammar.compounds:
                break
            continue
        if names and word_start in names:
            end = names[word_start]
            last = text.rfind(" ", word_start, end) + 1
            here = nouns.at(text, last) if found is None else None
            if here is not None and here[1] >= end:
                found = (here[0], last, here[1])  # 12 Belt and Road partner countries
            continue
        word = m[1].lower()
        if grammar.phrases["and"].fullmatch(word) and end > at + 3 and _list_noun(text, m.end(), nouns):
            end = m.end()  # Europe-bound and return trains
            continue
        after = _TOKEN.match(text, m.end())
        participle = end == at and after is not None and grammar.phrases["participle"].fullmatch(word)
        if participle and after is not None and nouns.at(text, after.start(1)) is not None:
            end = m.end()  # loaded containers
            continue
        halt = not m[1][0].isalpha() or (word in grammar.stop and text[word_start - 1] != "-")
        if halt and (found or m[1] not in ("'", "“", '"', "«", "(", ")")):
            break
        if m[1][0].isalpha() and not grammar.phrases["adjective"].search(m[1]):
            break
        if m[1].islower() and len(word) > 3 and grammar.phrases["other_plural"].search(word):
            break  # a plural of another world is what is counted
        end = m.end()
    return found


def _list_noun(text: str, at: int, nouns: Nouns) -> bool:
    """Tell whether one adjective and a unit follow."""
    m = _TOKEN.match(text, at)
    if m is None or nouns.at(text, m.start(1)):
        return False
    for _ in range(3):
        m = _TOKEN.match(text, m.end()) if m is not None else None
        if m is None or not m[1][0].isalpha():
            return False
        if nouns.at(text, m.start(1)) is not None:
            return True
    return False


def _range(text: str, first: Figure, second: Figure, grammar: Grammar) -> Figure | None:
    """Join two ends: 15 to 20, between $3 and $4 billion; "rose from A to B" stays two figures."""
    rules = grammar.number
    a, b = first.number, second.number
    if second.start < first.end or b.vague or (second.sense == "percent" and second.growth) or first.growth:
        return None
    gap = text[first.end : second.start]
    if len(gap) > 24 or re.search(r"[.;\n]", gap.replace("- ", "")):
        return None
    lead = text[max(0, first.start - 40) : first.start]
    joined = rules.range.fullmatch(gap)
    led = any(x.search(lead) and y.fullmatch(gap) for x, y in rules.range_led)
    shift = any(
        x.search(lead) and y.fullmatch(gap) for x, y in rules.shift_led
    ) and not gap.strip().startswith("-")
    chain = second.unit is not None and _CHAIN.match(
        text, max(second.end, second.noun[1] if second.noun else 0)
    )
    if (shift and not chain and _shifts(text, first.start, grammar)) or not (joined or led):
        return None
    unit = second.unit or first.unit
    if (
        first.unit
        and second.unit
        and first.unit != second.unit
        and not (first.noun and first.noun == second.noun)
    ):
        return None
    if first.unit and second.unit and grammar.phrases["by_lead"].search(lead):
        return None  # cut by three days to 16 days: a change and what it led to
    low = first.value
    if not first.sense and b.step > first.value and not a.step:
        scale = Decimal(1)
        while scale * 10 <= b.step or (scale * 1000 <= second.value and second.value / scale >= 1000):
            scale *= 10 if scale * 10 <= b.step else 1000
        for size in (Decimal(10) ** 12, Decimal(10) ** 9, Decimal(10) ** 6, Decimal(10) ** 3):
            if second.value >= size:
                scale = size
                break
        low = first.value * scale
    if low >= second.value or first.sense not in ("", second.sense):
        return None
    number = Number(first.number.start, b.end, low, a.step, second.value, b.kind, "", a.words)
    return replace(second, start=first.start, number=number, value=low, unit=unit)


def _shifts(text: str, at: int, grammar: Grammar) -> bool:
    """Tell whether a word of change stands before "from A to B" in its sentence."""
    start = max(text.rfind(c, max(0, at - 110), at) for c in (".", ";", "\n")) + 1
    return bool(grammar.phrases["shifts"].search(text, max(start, at - 110), at))


def _share_units(text: str, figures: list[Figure], grammar: Grammar) -> None:
    """Let "5.6 and 4.2 trillion yuan" and "8.4 and 0.2 percent" give the first the unit of the second."""
    for i in range(len(figures) - 2, -1, -1):
        a, b = figures[i], figures[i + 1]
        if (
            (a.unit is not None and not (a.unit == b.unit and b.unit in MONEY and not a.number.step))
            or a.reason
            or b.reason
            or b.unit is None
            or a.few
            or b.number.high is not None
            or b.growth
        ):
            continue
        gap = text[a.end : b.start]
        if b.sense and a.number.step >= 1000:
            continue  # 25.1 million, 17% more
        if not grammar.phrases["unit_list"].fullmatch(gap) or (b.unit in TIME and gap == ", "):
            continue
        value, step = a.value, a.number.step
        if not b.sense and b.value >= 1000 and b.number.step >= 10 and a.value < 1000:
            for size in (Decimal(10) ** 12, Decimal(10) ** 9, Decimal(10) ** 6, Decimal(10) ** 3):
                if b.value >= size:
                    value, step = a.value * size, (step or Decimal(1)) * size
                    break
        if b.sense and not step:
            step = Decimal(1)
        number = replace(a.number, value=value, step=step, kind=b.number.kind)
        figures[i] = replace(a, number=number, value=value, unit=b.unit, sense=b.sense, noun=b.noun)


def _qualify(
    text: str, f: Figure, before: dict[int, Mark], after: dict[int, Mark], grammar: Grammar
) -> Figure:
    at, word, first, definite = f.start, None, None, False
    for _ in range(3):
        while at > 0 and text[at - 1] == " ":
            at -= 1
        mark = before.get(at)
        entry = _qual(mark, "before") if mark else None
        if definite and mark is not None and (than := mark.get("change")) and than.attrs.get("than"):
            break  # 10% more than the 861,080 of 2019
        if mark is None or entry is None:
            article = grammar.phrases["article_before"].search(text[max(0, at - 4) : at])
            if article and word is None:
                definite = grammar.phrases["definite_article"].fullmatch(article.group()) is not None
                at -= len(article.group())
                continue
            break
        if word is None or word.value == "=":
            word = entry
        first = at = mark.start
    end = f.noun[1] if f.noun and f.noun[1] > f.end else f.end
    behind = None
    for place in (f.end, f.end + 1, end + 1, end + 2):
        tail = after.get(place)
        if tail and _WEAK_QUAL_GAP.fullmatch(text[f.end if place <= f.end + 1 else end : place]):
            behind = _qual(tail, "after")
            break
    sign = "="
    if f.number.high is not None:
        sign = "range"
    elif behind and behind.value != "=":
        sign = behind.value
    elif word:
        sign = word.value
    elif f.number.vague == "over":
        sign = ">"
    low, high, value = bounds(sign, f.value, f.number, word is not None and bool(word.attrs.get("near")))
    return replace(f, qualifier=sign, low=low, high=high, value=value, qual_start=first)
