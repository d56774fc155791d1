"""Grammars: how a language that parts its words with blanks writes numbers and periods.

One file `data/lexicon/grammar-XX.toml` a language holds tables and patterns; here they are
read, checked and compiled. A language is added by adding its file and its words.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tallybook.records import Reason

Span = tuple[str, str]


@dataclass(frozen=True, eq=False)
class NumberRules:
    """Numerals: digits, words, scales, fractions, and what stands beside them."""

    arabic: re.Pattern[str]
    groups: str
    decimal: str
    words: dict[str, Decimal]
    scales: dict[str, Decimal]
    scale: re.Pattern[str]
    suffixes: dict[str, Decimal]
    suffix: re.Pattern[str]
    spelled: re.Pattern[str]
    half: str
    over: re.Pattern[str]
    half_of: re.Pattern[str]
    half_words: dict[str, Decimal]
    fractions: tuple[tuple[re.Pattern[str], Decimal, Decimal], ...]
    vague: re.Pattern[str]
    multiples: tuple[tuple[re.Pattern[str], Decimal], ...]
    times: re.Pattern[str]
    percent: re.Pattern[str]
    points: re.Pattern[str]
    range: re.Pattern[str]
    range_led: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    shift_led: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    alone: frozenset[str]
    currency: re.Pattern[str]
    currencies: tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True, eq=False)
class PeriodRules:
    """Period templates, compiled, and the words that turn a period about."""

    months: dict[str, int]
    unsure_months: frozenset[str]
    month_lead: re.Pattern[str]
    month_tail: re.Pattern[str]
    weekdays: tuple[str, ...]
    ordinals: dict[str, int]
    relative_years: dict[str, int]
    templates: tuple[tuple[str, re.Pattern[str]], ...]
    until: re.Pattern[str]
    until_grains: frozenset[str]
    since: re.Pattern[str]
    since_tail: re.Pattern[str]
    base_before: re.Pattern[str]
    base_unsure: re.Pattern[str]
    record: re.Pattern[str]
    """What before "since 2002" makes it a mere comparison: the lowest since 2002."""
    said: re.Pattern[str]
    ahead: re.Pattern[str]
    future: frozenset[str]
    year_lead: re.Pattern[str]
    n: dict[str, int]


@dataclass(frozen=True, eq=False)
class Grammar:
    """One language's rules."""

    lang: str
    script: str
    common: frozenset[str]
    endings: dict[str, tuple[str, ...]]
    """Classes of endings that the words of the language take."""
    names: tuple[tuple[str, tuple[str, ...]], ...]
    """How a place's name is inflected, by how it ends."""
    number: NumberRules
    others: tuple[tuple[Reason, re.Pattern[str]], ...]
    period: PeriodRules
    stop: frozenset[str]
    counted_tail: re.Pattern[str]
    listing: re.Pattern[str]
    respectively: re.Pattern[str]
    between: str
    """The word before two places that trade with each other."""
    into: frozenset[str]
    """Prepositions that mean "into" before a name that is not in the locative."""

    def forms(self, word: str) -> list[str]:
        """Give all forms of a lexicon word: поезд{t} вперед gives поезд вперед, поезда вперед, …"""
        head, brace, rest = word.partition("{")
        if not brace:
            return [word]
        name, _, tail = rest.partition("}")
        return [head + ending + after for ending in self.endings[name] for after in self.forms(tail)]

    def inflect(self, name: str) -> list[str]:
        """Give the forms of a place's name, each of its words inflected by its own ending."""
        forms = [""]
        for part in re.split(r"(\W+)", name):
            forms = [f + p for f in forms for p in self._inflect_word(part)]
        return list(dict.fromkeys(forms))[:400]

    def _inflect_word(self, word: str) -> list[str]:
        for end, forms in self.names:
            if len(word) > len(end) + 1 and word.endswith(end) and word[-1:].islower():
                return [word[: len(word) - len(end)] + f for f in forms]
        return [word]


def parse_grammar(text: str) -> Grammar:
    """Read one grammar file; KeyError, ValueError or re.error where it does not fit its form."""
    raw = tomllib.loads(text)
    others = tuple((reason, re.compile("|".join(forms))) for reason, forms in raw["others"].items())
    syntax = raw["syntax"]
    return Grammar(
        lang=raw["lang"],
        script=raw["script"],
        common=frozenset(raw["common"].split()),
        endings={k: tuple(v.split("|")) for k, v in raw["endings"].items()},
        names=tuple((end, tuple(forms.split("|"))) for end, forms in raw["names"]["rules"]),
        number=_numbers(raw["number"]),
        others=others,
        period=_periods(raw["period"], raw["number"]),
        stop=frozenset(syntax["stop"].split("|")),
        counted_tail=re.compile(rf"(?:{syntax['counted_tail']})$", re.I),
        listing=re.compile(rf"(?:{syntax['list']})$", re.I),
        between=syntax["between"],
        into=frozenset(syntax["into"].split("|")) - {""},
        respectively=re.compile(rf"\b(?:{syntax['respectively']})\b", re.I),
    )


def _spellings(rows: list[list[Any]]) -> dict[str, Decimal]:
    return {
        w.replace("\\", "").lower(): Decimal(value) for value, words in rows for w in str(words).split("|")
    }


def _either(words: list[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) or r"(?!)"


def _numbers(raw: dict[str, Any]) -> NumberRules:
    words = {w.lower(): Decimal(value) for value, spellings in raw["words"] for w in spellings.split("|")}
    scales = _spellings(raw["scales"])
    suffixes = {w: Decimal(value) for value, spellings in raw["suffixes"] for w in spellings.split("|")}
    point = re.escape(raw["decimal"])
    other = r"\." if raw["decimal"] == "," else r"(?!)"
    groups = [rf"\d{{1,3}}(?:{re.escape(g)}\d{{3}})+(?!\d)(?:{point}\d+)?" for g in raw["group"]]
    arabic = "|".join([*groups, rf"\d+{other}\d+(?!\d|[.,]\d)", rf"\d+(?:{point}\d+)?(?!\d)", r"\d+"])
    word, scale = _either(list(words)), _either(list(scales))
    article = rf"(?:{raw['article']}) (?=(?:{scale}|dozen)\b)" if raw["article"] else r"(?!)"
    joiner = rf"(?:{raw['joiner']} )?" if raw["joiner"] else ""
    half = re.escape(raw["half"])
    halves = {
        w: Decimal(value) for value, spellings in raw.get("half_words", []) for w in spellings.split("|")
    }
    one = rf"(?:{word}|{scale}|{_either(list(halves))})(?![\w])"
    spelled = (
        rf"(?<![\w-])(?:{article})?{one}(?:[ -]{joiner}(?:{half} )?{one})*(?: {half}(?! [\w-]*(?:year|"
        rf"month|hour)))?(?: (?:{scale})(?!\w))?"
    )

    def led(pairs: list[list[str]]) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
        return tuple(
            (
                re.compile(rf"(?<!\w)(?:{a}) (?:[^\d\s,.;]+ ){{0,3}}$", re.I),
                re.compile(rf"\s(?:{b})\s(?:[^\d\s,.;]+ ){{0,2}}", re.I),
            )
            for a, b in pairs
        )

    fractions = []
    for value, spellings in raw["fractions"]:
        top, _, bottom = value.partition("/")
        fractions.append(
            (re.compile(rf"(?<![\w-])(?:{spellings})(?!\w)", re.I), Decimal(top), Decimal(bottom))
        )
    return NumberRules(
        arabic=re.compile(arabic),
        groups=raw["group"],
        decimal=raw["decimal"],
        words=words,
        scales=scales,
        scale=re.compile(rf"[ -]?(?P<scale>{scale})(?!\w)", re.I),
        suffixes=suffixes,
        suffix=re.compile(rf"(?P<suffix>{_either(list(suffixes))})(?!\w)"),
        spelled=re.compile(spelled, re.I),
        half=raw["half"],
        over=re.compile(rf"(?:{raw['over']})(?!\w)", re.I),
        half_of=re.compile(rf"(?<!\w)(?:{raw['half_of']})(?: (?P<scale>{scale}|dozen))?(?!\w)", re.I),
        half_words=halves,
        fractions=tuple(fractions),
        vague=re.compile(rf"(?<![\w-])(?:{raw['vague']})(?!\w)", re.I),
        multiples=tuple(
            (re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I), Decimal(value))
            for value, words in raw["multiples"]
        ),
        times=re.compile(rf"[ -]?(?:{raw['times']})(?!\w)", re.I),
        percent=re.compile(rf"[ -]?(?:{raw['percent']})(?!\w)", re.I),
        points=re.compile(rf"[ -]?(?:{raw['points']})(?!\w)", re.I),
        range=re.compile(rf"-? ?(?:{raw['range']}) ?", re.I),
        range_led=led(raw["range_led"]),
        shift_led=led(raw["shift_led"]),
        alone=frozenset(raw["alone"].split("|")),
        currency=re.compile(
            rf"(?<![A-Za-z])(?:{'|'.join(words for _, words in raw['currency_before'])})\s?$"
        ),
        currencies=tuple((re.compile(words), code) for code, words in raw["currency_before"]),
    )


def _optional_dot(word: str) -> tuple[str, ...]:
    """Give the spellings of a word whose dot may be left out."""
    bare = word.replace("\\.?", "").replace("\\.", "")
    return (bare, bare + ".") if bare != word else (word,)


def _once(pattern: str) -> str:
    """Number the groups that a template names again: year, year__2, year__3."""
    seen: dict[str, int] = {}

    def name(m: re.Match[str]) -> str:
        seen[m[1]] = seen.get(m[1], 0) + 1
        return m[0] if seen[m[1]] == 1 else f"(?P<{m[1]}__{seen[m[1]]}>"

    return re.sub(r"\(\?P<(\w+)>", name, pattern)


def _periods(raw: dict[str, Any], number: dict[str, Any]) -> PeriodRules:
    months = {
        form: value for value, words in raw["months"] for w in words.split("|") for form in _optional_dot(w)
    }
    month = "|".join(
        sorted((w for _, words in raw["months"] for w in words.split("|")), key=len, reverse=True)
    )
    n = {
        w.lower(): int(value)
        for value, words in number["words"]
        for w in words.split("|")
        if int(value) <= 60
    }
    ordinals = {w.lower(): value for value, words in raw["ordinals"] for w in words.split("|")}
    relative = {
        w.replace("\\", "").lower(): value for value, words in raw["relative_years"] for w in words.split("|")
    }
    cased = raw["month_lead"] != ""
    months_form = rf"(?-i:{month})" if cased else rf"(?:{month})"
    slots = {
        "weekday": rf"(?P<weekday>(?-i:{raw['weekdays']}))" if cased else rf"(?P<weekday>{raw['weekdays']})",
        "n": rf"(?P<n>\d{{1,3}}|{_either(list(n))})",
        "ord": rf"(?P<ord>{_either(list(ordinals))})",
        "rel": "|".join(
            sorted((w for _, words in raw["relative_years"] for w in words.split("|")), key=len, reverse=True)
        ),
    }
    for key in ("month", "month2", "month3"):
        slots[key] = rf"(?<!\w)(?P<{key}>{months_form})(?!\w)"
    for key in ("day", "day2"):
        slots[key] = rf"(?<![\d.,])(?P<{key}>[0-3]?\d)(?!\d)"
    for key in ("year", "year1", "year2", "year3", "year4"):
        slots[key] = rf"(?<!\d)(?P<{key}>(?:19|20)\d\d)(?!\d)"
    templates = []
    for name, form in raw["templates"]:
        pattern = form.replace("{tail}", raw["tail"])
        for key, value in slots.items():
            pattern = pattern.replace("{" + key + "}", value)
        templates.append((name, re.compile(rf"(?<!\w)(?:{_once(pattern)})(?!\w)", re.I)))
    return PeriodRules(
        months={k.lower(): v for k, v in months.items()},
        unsure_months=frozenset(raw["unsure_months"].split("|")),
        month_lead=re.compile(raw["month_lead"], re.I),
        month_tail=re.compile(raw["month_tail"]),
        weekdays=tuple(raw["weekdays"].replace("\\", "").split("|")),
        ordinals=ordinals,
        relative_years=relative,
        templates=tuple(templates),
        until=re.compile(raw["until"], re.I),
        until_grains=frozenset(raw["until_grains"].split()),
        since=re.compile(raw["since"], re.I),
        since_tail=re.compile(raw["since_tail"], re.I),
        base_before=re.compile(raw["base_before"], re.I),
        base_unsure=re.compile(rf"\b(?:{raw['base_unsure']})", re.I),
        record=re.compile(raw["record"], re.I),
        said=re.compile(raw["said"], re.I),
        ahead=re.compile(raw["ahead"], re.I),
        future=frozenset(raw["future"].split("|")),
        year_lead=re.compile(raw["year_lead"], re.I),
        n=n,
    )
