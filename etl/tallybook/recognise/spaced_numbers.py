"""Numbers of languages that part their words with blanks: digits, words, scales, fractions.

The tables are in the language's grammar file; here they are put together. As in `numbers`,
what a number is of is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from tallybook.frozen import replace
from tallybook.lexicon.grammar import NumberRules
from tallybook.recognise.numbers import Number

_WORD = re.compile(r"[^\W\d_]+", re.U)
_LETTER_AFTER = re.compile(r"[ -]?[^\W\d_]")

_LONGEST = 40
"""Words of a spelled number; a longer run of them is none."""


def find_spaced(
    text: str, rules: NumberRules, skip: Sequence[tuple[int, int]], is_unit: Callable[[int], bool]
) -> list[Number]:
    """Find the numbers of a text outside the sorted spans of `skip`.

    `is_unit(at)` tells whether a unit word stands at an offset: only then is the m of "3m TEU" million.
    """
    found = rules.search.matches(text)
    found += [(m.start(), -m.end(), len(rules.worded), m) for m in rules.arabic.finditer(text)]
    found.sort(key=lambda t: t[:3])
    out: list[Number] = []
    gap = at = 0
    for start, _, rank, m in found:
        if start < at:
            continue
        while gap < len(skip) and skip[gap][1] <= start:
            gap += 1
        if gap < len(skip) and skip[gap][0] < m.end():
            shorter = m.re.match(text[: skip[gap][0]].rstrip(), start) if start < skip[gap][0] else None
            if shorter is None:
                continue
            m = shorter
        form, known = rules.worded[rank] if rank < len(rules.worded) else ("arabic", None)
        number = _read(text, m, known, form, rules, is_unit)
        if number is None:
            continue
        if gap < len(skip) and skip[gap][0] < number.end:
            continue
        out.append(number)
        at = number.end
    return out


def _read(
    text: str,
    m: re.Match[str],
    known: Decimal | None,
    form: str,
    rules: NumberRules,
    is_unit: Callable[[int], bool],
) -> Number | None:
    start, end = m.span()
    if form == "fraction" and known is not None:
        return Number(
            start, end, known, Decimal(5) if known == 50 else Decimal(0), kind="percent", words=True
        )
    if form == "multiple" and known is not None:
        return Number(start, end, known, Decimal(0), kind="growth", words=True)
    if form == "vague":
        return Number(start, end, Decimal(0), Decimal(0), vague="few", words=True)
    if form == "half_of":
        word = (m["scale"] or "").lower()
        scale = Decimal(12) if word == "dozen" else rules.scales.get(word, Decimal(1))
        return Number(start, end, scale / 2, scale / 10, words=True)
    if form == "spelled":
        value = spelled_value(m.group(), rules)
        if value is None:
            return None
        number = Number(start, end, value, _coarse(m.group(), value, rules), words=True)
        return _ending(text, number, rules)
    return _ending(text, _arabic(text, m, rules, is_unit), rules)


def _coarse(words: str, value: Decimal, rules: NumberRules) -> Decimal:
    """A spelled number that ends with a scale word (two million) is written to that scale."""
    last = _WORD.findall(words.lower())[-1]
    scale = rules.scales.get(last, rules.scales.get(last + "."))
    if scale is None or scale < 1000:
        return Decimal(0)
    return scale / 10 if value != value.to_integral_value() or value % scale else scale


def read_arabic(text: str, rules: NumberRules) -> Decimal:
    """Give the worth of digits with the language's separators."""
    if rules.decimal == "." and re.fullmatch(r"\d+,\d{1,2}", text):
        return Decimal(text.replace(",", "."))  # 2,8 million
    plain = text
    point = "."
    if rules.decimal == "," and "," in plain:
        point = ","
    for group in rules.groups:
        if group == point and plain.count(group) == 1 and not re.fullmatch(r"\d{1,3}(?:\D\d{3})+", plain):
            continue
        if group == ".":
            if "," in plain or re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain):
                plain = plain.replace(".", "")
        else:
            plain = plain.replace(group, "")
    return Decimal(plain.replace(",", "."))


def _arabic(text: str, m: re.Match[str], rules: NumberRules, is_unit: Callable[[int], bool]) -> Number:
    start, end = m.span()
    value = read_arabic(m.group(), rules)
    exponent = value.as_tuple().exponent
    step = Decimal(1).scaleb(exponent) if isinstance(exponent, int) and exponent < 0 else Decimal(0)
    factor = Decimal(1)
    suffix = rules.suffix.match(text, end)
    if suffix and (
        rules.currency.search(text, max(0, start - 5), start)
        or suffix["suffix"] in "kK"
        or is_unit(suffix.end())
    ):
        factor, end = rules.suffixes[suffix["suffix"]], suffix.end()
    apart = rules.suffix.match(text, end + 1) if factor == 1 and text.startswith(" ", end) else None
    if apart and is_unit(apart.end()):  # 19.6 m tonnes
        factor, end = rules.suffixes[apart["suffix"]], apart.end()
    scaled = False
    half = rules.half_behind.match(text, end) if value == value.to_integral_value() else None
    if half:  # 11 с половиной миллионов
        value, step, end = value + Decimal("0.5"), Decimal("0.1"), half.end()
    over = rules.over.match(text, end)
    if over and rules.scale.match(text, over.end()):
        end = over.end()
    while True:
        scale = rules.scale.match(text, end)
        if not scale:
            break
        if not scaled and rules.decimal == "," and re.fullmatch(r"\d{1,3}\.\d{3}", m.group()):
            value = Decimal(m.group())  # 1.844 млн
        factor *= rules.scales[scale["scale"].lower()]
        end, scaled = scale.end(), True
    if factor != 1:
        step = (step or Decimal(1)) * factor
        value *= factor
        if scaled:
            end, value, step = _smaller(text, end, value, step, factor, rules)
    return Number(start, end, value, step, vague="over" if over and end > over.end() else "")


_PART = re.compile(r" (\d{1,3}(?:[.,]\d+)?)(?= )")
_REST = re.compile(r" (\d{3})(?= [^\W\d_])")


def _smaller(
    text: str, end: int, value: Decimal, step: Decimal, factor: Decimal, rules: NumberRules
) -> tuple[int, Decimal, Decimal]:
    """Take in the smaller scales of 2 млн 300 тыс. and 168 тыс. 300 TEU; give the end, the worth and its step."""
    while value % factor == 0:
        more = _PART.match(text, end)
        scale = rules.scale.match(text, more.end()) if more else None
        small = rules.scales[scale["scale"].lower()] if scale else factor
        if more is None or scale is None or small >= factor:
            break
        part = Decimal(more[1].replace(",", "."))
        places = part.as_tuple().exponent
        step = small.scaleb(places) if isinstance(places, int) else small
        end, value, factor = scale.end(), value + part * small, small
    rest = _REST.match(text, end) if factor == 1000 and value % factor == 0 else None
    return (rest.end(), value + Decimal(rest[1]), Decimal(0)) if rest else (end, value, step)


def _ending(text: str, number: Number, rules: NumberRules) -> Number:
    """Take in the percent sign, percentage points or "times" behind a number."""
    for kind, pattern in (("points", rules.points), ("percent", rules.percent), ("times", rules.times)):
        m = pattern.match(text, number.end)
        if m:
            step = number.step or (Decimal(0) if kind == "times" else Decimal(1))
            return replace(number, end=m.end(), kind=kind, step=step)
    return number


def spelled_value(words: str, rules: NumberRules) -> Decimal | None:
    """Give the worth of a spelled number: twenty-four hundred is 2400."""
    total = section = Decimal(0)
    seen = False
    text = words.lower()
    for name in rules.half_words:
        text = re.sub(rf"\b{re.escape(name)}\b", str(rules.half_words[name]), text)
    if rules.half in text:
        text = text.replace(rules.half, " 0.5 ", 1)
    tokens = re.findall(r"[^\W\d_]+\.?|\d+(?:\.\d+)?", text)
    if len(tokens) > _LONGEST:
        return None
    for token in tokens:
        word = token if token in rules.scales else token.rstrip(".")
        if re.match(r"\d", token):
            section += Decimal(token)
            seen = True
        elif word == "dozen":
            section, seen = (section or Decimal(1)) * 12, True
        elif word in rules.words:
            value = rules.words[word]
            if section and value < 10 and section % 10 > 0 and section % 1 == 0:
                return None  # "nine one" are two numbers
            section, seen = section + value, True
        elif word in rules.scales:
            scale = rules.scales[word]
            if scale == 100:
                section = (section or Decimal(1)) * 100
            else:
                total += (section or Decimal(1)) * scale
                section = Decimal(0)
            seen = True
    return total + section if seen else None
