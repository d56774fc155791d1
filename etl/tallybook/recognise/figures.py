"""Figures: a number with its unit and its bounds, as one span of the text.

Composition: numerals from `numbers`, a second numeral for a range, a unit word behind (or a
currency sign before), qualifier words on either side. What the figure is *of* is not
decided here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from tallybook.frozen import record, replace
from tallybook.lexicon import Entry, Lexicon, Mark
from tallybook.recognise.numbers import Number
from tallybook.records import Qualifier, Reason

MONEY = frozenset(
    [
        "CNY",
        "USD",
        "EUR",
        "HKD",
        "RUB",
        "KZT",
        "JPY",
        "GBP",
        "KRW",
        "TWD",
        "MOP",
        "AUD",
        "SGD",
        "INR",
        "BDT",
        "PKR",
        "VND",
        "THB",
        "IDR",
        "MYR",
        "PHP",
        "LKR",
        "NPR",
        "MMK",
        "KHR",
        "TRY",
        "UZS",
        "KGS",
        "TJS",
        "TMT",
        "AZN",
        "GEL",
        "AMD",
        "UAH",
        "BYN",
        "MNT",
        "ZAR",
        "KES",
        "TZS",
        "NGN",
        "EGP",
        "MAD",
        "BRL",
        "MXN",
        "CLP",
        "COP",
        "PEN",
        "CHF",
        "CAD",
        "NZD",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "SEK",
        "NOK",
        "DKK",
        "AED",
        "SAR",
        "QAR",
        "ILS",
    ]
)
"""Currencies by their ISO 4217 codes."""
TIME = frozenset({"day", "hour", "minute"})


@record
class Figure:
    """A number of the text in folded offsets: worth, unit and bounds, or why it is no figure.

    `sense` is '' for an amount, 'percent', 'points', 'fold' (倍), 'times' (1.8 times) or 'doubling' (番).
    `low`/`high` follow the contract's qualifier table, before any change of sign.
    """

    start: int
    end: int
    number: Number
    value: Decimal
    unit: str | None
    sense: str = ""
    qualifier: Qualifier = "="
    low: Decimal | None = None
    high: Decimal | None = None
    reason: Reason | None = None
    qual_start: int | None = None
    """Where the qualifying words before the figure begin."""
    few: bool = False
    """True for 数十, 几千, 十几: a size, not a number."""
    growth: bool = False
    """True where one word is both number and growth (翻番, doubled): the value is signed percent."""
    inside: tuple[Mark, ...] = ()
    """Words within the span, between the number and its noun (1,482 China-Europe freight trains)."""
    noun: tuple[int, int] | None = None
    """Where the words that name the unit stand, if other words part them from the number."""
    ordinal: bool = False
    """True behind 第: a place in a count, which tells the count where the words say so."""


_TO = re.compile(r"\s?(?:至|到|-|~|—|–|\bto\b|\band\b|до)\s?")
_SIGN = re.compile(r"(?:US|HK|NT|A|C)?\$|€|£|¥|人民币|USD\s?|CNY\s?|RMB\s?|EUR\s?|HKD\s?")
_SIGN_UNIT = {
    "US$": "USD",
    "$": "USD",
    "HK$": "HKD",
    "NT$": "TWD",
    "€": "EUR",
    "£": "GBP",
    "¥": "CNY",
    "USD": "USD",
    "CNY": "CNY",
    "RMB": "CNY",
    "EUR": "EUR",
    "HKD": "HKD",
    "人民币": "CNY",
}
_SPENT = re.compile(r"[^，。；\d]{0,4}(?:用|历时|耗时|花了?)")
"""从5001列到10000列只用了1年半: the places in a count that a time lies between."""
_VAGUE = re.compile(r"[余多来几]")
_SKIP_BEFORE = re.compile(r"[了达到为已至的约]{0,2}$")
_NOUN_REACH = 26
_NOUN_STOP = re.compile(r"[，。；、：！？\n\d（(]")


def compose(
    text: str, numbers: Sequence[Number], lexicon: Lexicon, quals: Sequence[Mark], reach: bool = False
) -> list[Figure]:
    """Turn the numbers of a folded text into figures, in order, joining the ends of ranges.

    `reach` lets adjectives stand between a number and its noun (1,482 China-Europe freight trains).
    """
    before = {m.end: m for m in quals if _qual(m, "before")}
    after = {m.start: m for m in quals if _qual(m, "after")}
    out: list[Figure] = []
    i = 0
    while i < len(numbers):
        figure, used = _compose_one(text, numbers, i, lexicon, reach)
        i += used
        if out and figure.start < out[-1].end:
            continue
        out.append(_qualify(text, figure, before, after))
    return out if reach else _shared_units(text, out)


_AND_MORE = re.compile(r"[、和及与](?:[\u4e00-\u9fff]{2,8}?(?:口岸|站)?)?(?:约|近|逾|超过?|以及)?")
"""What parts the numbers of a list, each behind its name or not: 拱北31万、青茂9.9万、横琴7.1万人次."""


def _shared_units(text: str, figures: list[Figure]) -> list[Figure]:
    """Give the numbers of a list the unit that stands behind the last: 20.8万、18.5万及11.8万人次."""
    for i in range(len(figures) - 2, -1, -1):
        a, b = figures[i], figures[i + 1]
        if (
            a.unit is None
            and b.unit in _LISTED
            and not (a.sense or b.sense or a.number.kind or a.number.vague == "few")
            and (a.value >= 1000 or a.number.words)
            and _AND_MORE.fullmatch(text, a.end, b.start)
        ):
            figures[i] = replace(a, unit=b.unit)
    return figures


_LISTED = frozenset({"person", "vehicle", "train", "teu", "container", "tonne", "parcel", "vessel", "flight"})


def _qual(mark: Mark, side: str) -> Entry | None:
    for entry in mark.entries:
        if entry.kind == "qual" and entry.attrs.get("pos") == side:
            return entry
    return None


def _compose_one(
    text: str, numbers: Sequence[Number], i: int, lexicon: Lexicon, reach: bool
) -> tuple[Figure, int]:
    number = numbers[i]
    used = 1
    entry, unit_end, over = unit_at(text, number.end, lexicon)
    if i + 1 < len(numbers) and not number.vague:
        second = numbers[i + 1]
        gap = _TO.match(text, unit_end if entry else number.end)
        if (
            gap
            and gap.end() == second.start
            and second.high is None
            and not (reach and _no_range(text, number.start, gap.group()))
        ):
            entry2, end2, over2 = unit_at(text, second.end, lexicon)
            joined = None if reach and entry and not entry2 else _range(number, second, entry, entry2)
            if joined is not None:
                number, entry, unit_end, over, used = (
                    joined,
                    entry2 or entry,
                    end2 if entry2 else second.end,
                    over2,
                    2,
                )
    start = number.start
    if entry is None and reach and number.kind != "percent":
        entry, unit_end = _phrase_unit(text, number.end, lexicon)
    elif entry is not None and reach:
        entry, unit_end = _compound(text, entry, unit_end, lexicon)
    unit = entry.value if entry else None
    sign = _sign_before(text, number.start)
    if sign and (unit is None or unit in MONEY or unit == "piece"):
        start, unit = sign
    if entry is None:
        unit_end = number.end
    if over and not number.vague:
        number = replace(number, vague="over")
    value, sense = number.value, ""
    factor = entry.factor if entry else Decimal(1)
    if number.kind == "percent":
        unit, sense, unit_end = "%", "percent", number.end
    elif unit == "%":
        sense = "percent"
    elif unit == "permille":
        unit, sense, factor = "%", "percent", Decimal("0.1")
    elif unit == "pp":
        sense = "points"
    elif unit in ("fold", "times"):
        sense, unit = unit, "fold"
    elif unit == "doubling":
        sense = "doubling"
    elif unit is None and number.kind == "" and _countable(number):
        unit = _counter_before(text, start, lexicon)
    elif unit == "piece":
        unit = _noun_after(text, unit_end, lexicon) or _noun_before(text, start, lexicon) or "other"
    told = text[max(0, start - 2) : start]
    if (
        used == 2
        and not reach
        and unit not in TIME
        and told[-1:] in ("从", "由")
        and _SPENT.match(text, unit_end)
    ):
        return Figure(start, unit_end, number, number.value, unit, sense, reason="ordinal"), used
    scaled = replace(
        number,
        value=value * factor,
        step=number.step * factor,
        high=None if number.high is None else number.high * factor,
    )
    if unit == "%" and not scaled.step and number.kind != "percent":
        scaled = replace(scaled, step=Decimal(1) * factor)
    return Figure(start, unit_end, scaled, scaled.value, unit, sense, few=number.vague == "few"), used


_COUNTER = re.compile(r"(?P<unit>人次|辆次|车次|架次|艘次|航次)(?:[共达到为约逾超过总计有突破近是合]|累计)*$")


def _countable(number: Number) -> bool:
    """Tell whether a bare number is large enough to be a count whose unit stands before it."""
    return number.value >= 1000


def _counter_before(text: str, at: int, lexicon: Lexicon) -> str | None:
    """Find the unit of a number that stands behind it: 出入境人次共611.3万."""
    m = _COUNTER.search(text, max(0, at - 10), at)
    entry = next((e for e in lexicon.units.get(m["unit"], ()) if e.kind == "unit"), None) if m else None
    return entry.value if entry else None


def _range(first: Number, second: Number, unit1: Entry | None, unit2: Entry | None) -> Number | None:
    """Join two ends of a range; the first takes the scale of the second (3—5万 is 30,000 to 50,000)."""
    if first.kind != second.kind:
        return None
    if unit1 and unit2 and unit1.value != unit2.value:
        return None
    low = first.value
    if not unit1 and second.step > first.value:
        low = first.value * _scale_of(second)
    if low >= second.value:
        return None
    return Number(first.start, second.end, low, first.step, second.value, first.kind, "", first.words)


def _scale_of(number: Number) -> Decimal:
    scale = Decimal(1)
    while scale * 10 <= number.step:
        scale *= 10
    return scale


def _sign_before(text: str, start: int) -> tuple[int, str] | None:
    for length in range(1, 5):
        sign = text[max(0, start - length) : start]
        if sign.strip() in _SIGN_UNIT and _SIGN.fullmatch(sign):
            longer = text[max(0, start - length - 2) : start]
            if longer in _SIGN_UNIT:
                return start - length - 2, _SIGN_UNIT[longer]
            return start - length, _SIGN_UNIT[sign.strip()]
    return None


_OVER = frozenset("余多来几")
_NOT_OVER = ("来自", "多于", "多个方")


def unit_at(text: str, at: int, lexicon: Lexicon) -> tuple[Entry | None, int, bool]:
    """Find the unit word behind a number: its entry, where it ends, and whether 余/多 stands between."""
    over = False
    if text[at : at + 1] in _OVER and at + 1 < len(text) and not text.startswith(_NOT_OVER, at):
        over, at = True, at + 1
    for gap in (0, 1):
        if gap and not text.startswith((" ", "-"), at):
            break
        for length in range(min(lexicon.longest_unit, len(text) - at - gap), 0, -1):
            word = text[at + gap : at + gap + length]
            entries = lexicon.units.get(word.lower())
            if not entries:
                continue
            if (
                word[-1].isalpha()
                and word[-1] < "\u2e80"
                and text[at + gap + length : at + gap + length + 1].isalpha()
                and text[at + gap + length] < "\u2e80"
            ):
                continue  # the beginning of a longer Latin or Cyrillic word
            for entry in entries:
                if entry.kind == "unit" and not _goes_on(text, at + gap + length, entry):
                    return entry, at + gap + length, over
    return None, at, over


_FROM = re.compile(r"\b(?:from|с|со|от)\s+(?:\S+\s)?$", re.I)
_BETWEEN = re.compile(r"\b(?:between|между)\s+(?:\S+\s)?$", re.I)
_PHRASE_WORD = re.compile(r"(?P<gap>[ -])(?P<word>[^\W\d_][\w'’\-]*)")
_BRACKET = re.compile(r" \([^\W\d_][\w -]{2,24}\)")
_VERBAL = re.compile(r"(?:ing|ed)$")


def _no_range(text: str, start: int, gap: str) -> bool:
    """Tell whether "X to Y" is no range: a growth (from X to Y), or two things (X and Y)."""
    before = text[max(0, start - 24) : start]
    if gap.strip().lower() in ("and", "и"):
        return not _BETWEEN.search(before)
    return gap.strip().lower() in ("to", "до") and bool(_FROM.search(before))


def _phrase_unit(text: str, at: int, lexicon: Lexicon) -> tuple[Entry | None, int]:
    """Find the noun that a number counts behind its adjectives: the last unit word before a small word."""
    stop = lexicon.words("stop")
    found: tuple[Entry | None, int] = (None, at)
    end = at
    for n in range(6):
        bracket = _BRACKET.match(text, end)
        if bracket and n:
            end = bracket.end()  # China-Europe (Central Asia) freight trains
        m = _PHRASE_WORD.match(text, end)
        if m is None or (n == 0 and m["gap"] == "-"):
            break  # 40-foot containers are no forty containers
        word = m["word"].lower()
        if word in stop or (found[0] is not None and _VERBAL.search(word)):
            break
        entry, stop_at = _longest_unit(text, m.start("word"), m.end(), lexicon)
        if entry:
            found = (entry, stop_at)
            end = stop_at
            continue
        if found[0] is not None:
            break
        end = m.end()
    return found


def _longest_unit(text: str, start: int, end: int, lexicon: Lexicon) -> tuple[Entry | None, int]:
    """Find the unit that begins with a word, of as many words as make one (freight train trips)."""
    best: tuple[Entry | None, int] = (None, end)
    for _ in range(3):
        word = text[start:end].lower()
        entry = next((e for e in lexicon.units.get(word, ()) if e.kind == "unit"), None)
        if entry:
            best = (entry, end)
        m = _PHRASE_WORD.match(text, end)
        if m is None or m["gap"] != " ":
            break
        end = m.end()
    return best


def _compound(text: str, entry: Entry, at: int, lexicon: Lexicon) -> tuple[Entry, int]:
    """Take the second noun of two: 350 container routes are routes."""
    m = _PHRASE_WORD.match(text, at)
    if (
        m is None
        or m["gap"] != " "
        or entry.word.lower().endswith("s")
        or entry.value not in ("container", "train", "vehicle", "vessel")
    ):
        return entry, at
    second = next((e for e in lexicon.units.get(m["word"].lower(), ()) if e.kind == "unit"), None)
    return (second, m.end()) if second else (entry, at)


def _goes_on(text: str, at: int, entry: Entry) -> bool:
    """Tell whether the word is part of a longer one that counts something else (两个集装箱泊位)."""
    unless = entry.attrs.get("unless")
    return unless is not None and text.startswith(tuple(unless.split("|")), at)


def _noun_after(text: str, at: int, lexicon: Lexicon) -> str | None:
    """Find what 个 counts: the first counted noun behind it in the clause."""
    stop = _NOUN_STOP.search(text, at)
    end = min(stop.start() if stop else len(text), at + _NOUN_REACH)
    for i in range(at, end):
        for length in range(min(6, end - i), 0 if i == at else 1, -1):
            for entry in lexicon.units.get(text[i : i + length], ()):
                if entry.kind == "noun" and not _goes_on(text, i + length, entry) and (length > 1 or i == at):
                    return entry.value  # 27个中国大陆城市 are no 27 国
    return None


def of_words(marks: Sequence[Mark]) -> list[Figure]:
    """Give the figures that one word holds whole: 翻番 is +100 %, 减半 is -50 %."""
    out = []
    for mark in marks:
        entry = mark.first.get("number")
        if entry is not None:
            value = Decimal(entry.value)
            number = Number(mark.start, mark.end, value, Decimal(0), words=True)
            out.append(
                Figure(
                    mark.start, mark.end, number, value, "%", "percent", low=value, high=value, growth=True
                )
            )
    return out


_LIST_LEAD = re.compile(
    r"(?:数量|总数|数|已|共|从|由|为|达|达到|有|超|超过|约|近|增至|增加到|扩大到|拓展到|\d+个)*$"
)


_ASIDE = re.compile(r"\([^()\d]{1,6}\)$")


def _noun_before(text: str, at: int, lexicon: Lexicon) -> str | None:
    """Find what 个 counts where the noun stands before the number: 国家和地区从193个增加到223个."""
    aside = _ASIDE.search(text, max(0, at - 10), at)  # 标箱(重箱)14039个
    at = aside.start() if aside else at
    lead = _LIST_LEAD.search(text, max(0, at - 16), at)
    stop = lead.start() if lead else at
    for length in range(min(6, stop), 0, -1):
        for entry in lexicon.units.get(text[stop - length : stop], ()):
            if entry.kind == "noun" and entry.value in (
                "country",
                "city",
                "company",
                "route",
                "container",
                "teu",
                "parcel",
            ):
                return entry.value
    return None


def _qualify(text: str, f: Figure, before: dict[int, Mark], after: dict[int, Mark]) -> Figure:
    number = f.number
    word, start = _word_before(text, f.start, before)
    tail = after.get(f.end) or (after.get(f.end + 1) if text[f.end : f.end + 1] == "的" else None)
    behind = _qual(tail, "after") if tail else None
    near = word is not None and bool(word.attrs.get("near"))
    sign: str = "="
    if number.high is not None:
        sign = "range"
    elif behind and behind.value in (">=", "<="):
        sign = behind.value
    elif word and word.value != "=":
        sign = word.value
    elif behind:
        sign = behind.value
    elif number.vague == "over":
        sign = ">"
    elif number.vague == "least":
        sign = ">="
    low, high, value = bounds(sign, f.value, number, near)
    return replace(f, qualifier=sign, low=low, high=high, value=value, qual_start=start)


def _word_before(text: str, start: int, before: dict[int, Mark]) -> tuple[Entry | None, int | None]:
    at, found, first = start, None, None
    for _ in range(3):
        mark = before.get(at)
        entry = _qual(mark, "before") if mark else None
        if (
            mark
            and entry
            and entry.attrs.get("not_after")
            and any(
                w in text[max(0, mark.start - 40) : mark.start].lower()
                for w in entry.attrs["not_after"].split("|")
            )
        ):
            break  # вырос на 12% до 45 тыс.: that is where it rose to, not a bound
        if mark is None or entry is None:
            if found is None and at > 0 and text[at - 1] in "了达到为已至 ":
                at -= 1
                continue
            break
        first = mark.start
        if found is None or found.value == "=":
            found = entry
        at = mark.start
    return found, first


def bounds(
    sign: str, value: Decimal, number: Number, near: bool
) -> tuple[Decimal | None, Decimal | None, Decimal]:
    """Give low, high and value for a qualifier, by the contract's table."""
    if sign == "range" and number.high is not None:
        return value, number.high, (value + number.high) / 2
    if sign == "=":
        return value - number.step, value + number.step, value
    if sign == "~":
        margin = abs(value) / 10
        return value - margin, value + margin, value
    if sign in (">", ">="):
        return value, None, value
    if sign == "<" and near:
        return value * Decimal("0.9"), value, value
    return None, value, value
