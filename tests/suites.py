"""Case files of other recognisers: read as cases, run through ours, held against a list of known failures.

The files lie outside the checkout. A case asks for values (with a unit where both sides name
one alike) or for the ends of a period; `relevant.json` says which cases concern news figures.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tallybook.bind.frames import Frame, run
from tallybook.lexicon import Lexicon
from tallybook.recognise.figures import Figure
from tallybook.recognise.fold import fold
from tallybook.recognise.periods import Today
from tallybook.recognise.text import recognise

KNOWN = Path(__file__).parent / "suites"
REASONS = ("contract differs: ", "open: ")
_PUBLISHED = date(2024, 6, 14)
_LAST = re.compile(r"\((\d{4}), (\d+), (\d+), [^)]*\)")
_MONEY = {
    "元": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "港元": "HKD",
    "日元": "JPY",
    "卢布": "RUB",
    "英镑": "GBP",
}
_PATHS = {"Chinese": "zh", "English": "en", "chinese": "zh", "english": "en"} | {
    x: x.lower() for x in ("ZH", "RU", "EN")
}


@dataclass(frozen=True, slots=True)
class Case:
    """One question of a suite: what a text says, in numbers or as a period."""

    suite: str
    number: str
    """File and index, which name the case."""
    lang: str
    text: str
    published: date
    values: tuple[tuple[Decimal, str | None], ...] = ()
    period: tuple[str | None, str | None] | None = None
    pair: str = ""
    """The same thing written otherwise: both sides must give the same values."""


def cases(root: Path) -> Iterator[Case]:
    """Read every relevant case that asks for values, percents, money, ranges, dates or periods."""
    chosen = json.loads((root / "relevant.json").read_text("utf-8"))
    for suite, files in chosen.items():
        for name, indices in files.items():
            yield from _READERS[suite](root, name, indices) if suite in _READERS else ()
    yield from _cn2an(root)
    yield from _natasha(root)
    yield from _text2num(root)


def _lang(name: str) -> str:
    return next((_PATHS[p] for p in re.split(r"[/_]", name) if p in _PATHS), "")


def _recognizers(root: Path, name: str, indices: list[int]) -> Iterator[Case]:
    kind = Path(name).stem
    if not re.match(r"(Number|Percent|Currency|Dimension|Date|DatePeriod)(Model|Parser)$", kind):
        return
    specs = json.loads((root / "recognizers-text/Specs" / name).read_text("utf-8-sig"))
    for i in indices:
        spec, lang = specs[i], _lang(name)
        at = spec.get("Context", {}).get("ReferenceDateTime", "")[:10]
        published = date.fromisoformat(at) if at else _PUBLISHED
        head = ("recognizers-text", f"{kind}#{i}", lang, spec["Input"], published)
        if kind.startswith("Date"):
            if len(spec["Results"]) != 1 or not (past := spec["Results"][0].get("Value", {})):
                continue
            told = past.get("PastResolution", {})
            if day := told.get("date"):
                yield Case(*head, period=(day, day))
            elif told.get("startDate") and told.get("endDate"):
                # Whole weeks, months, quarters and years end with the day after; spans of days do not.
                whole = not str(past.get("Timex", "")).startswith("(") or told["endDate"].endswith("-01")
                yield Case(*head, period=(told["startDate"], _before(told["endDate"], whole)))
            continue
        values = []
        for r in spec["Results"]:
            value = (r.get("Resolution") or {}).get("value")
            unit = "%" if kind == "PercentModel" else (r["Resolution"] or {}).get("isoCurrency")
            if value is not None and (number := _decimal(value.rstrip("%"))) is not None:
                values.append((number, unit))
        if values:
            yield Case(*head, values=tuple(values))


def _duckling(root: Path, name: str, indices: list[int]) -> Iterator[Case]:
    kind = Path(name).stem.partition("_")[2]
    if kind not in ("Numeral", "AmountOfMoney", "Time"):
        return
    found = json.loads((root / "duckling" / name).read_text("utf-8"))["cases"]
    for i in indices:
        text, told = found[i]["text"], found[i]["expected"]
        head = ("duckling", f"{Path(name).stem}#{i}", _lang(name), text, date(2013, 2, 12))
        if kind == "Time":
            if (ends := _duckling_ends(told)) is not None:
                yield Case(*head, period=ends)
            continue
        numbers = [_decimal(n) for n in re.findall(r"(?<![\w.])-?[\d.]+(?:e\d+)?", told)]
        unit = m[1] if (m := re.search(r"\b(USD|EUR|RUB|GBP|CNY|HKD|JPY)\b", told)) else None
        if told.startswith(("NumeralValue", "simple")) and len(numbers) == 1 and numbers[0] is not None:
            yield Case(*head, values=((numbers[0], unit),))
        elif told.startswith("between") and len(numbers) == 2:
            low, high = numbers
            if low is not None and high is not None:
                yield Case(*head, values=(((low + high) / 2, unit),))


def _duckling_ends(told: str) -> tuple[str, str] | None:
    grain = told.rsplit(" ", 1)[-1]
    days = [(int(y), int(m) or 1, int(d) or 1) for y, m, d in _LAST.findall(told)]
    if grain not in ("Day", "Week", "Month", "Quarter", "Year") or "Open" in told or not days:
        return None
    low = date(*days[0])
    if told.startswith("datetimeInterval") and len(days) == 2:
        return low.isoformat(), (date(*days[1]) - timedelta(1)).isoformat()
    if not told.startswith("datetime "):
        return None
    months = {"Month": 1, "Quarter": 3, "Year": 12}.get(grain)
    if months:
        turn = low.month - 1 + months
        end = date(low.year + turn // 12, turn % 12 + 1, 1) - timedelta(1)
    else:
        end = low + timedelta(6 if grain == "Week" else 0)
    return low.isoformat(), end.isoformat()


def _jionlp(root: Path, name: str, indices: list[int]) -> Iterator[Case]:
    found = json.loads((root / "jionlp" / name).read_text("utf-8"))["cases"]
    kind = Path(name).stem
    for i in indices:
        case = found[i]["case"]
        if kind == "money_parser":
            told = case[1]
            if isinstance(told, dict) and told.get("num") is not None:
                ends = told["num"] if isinstance(told["num"], list) else [told["num"]]
                numbers = [n for e in ends if (n := _decimal(str(e))) is not None]
                if numbers:
                    worth = sum(numbers, Decimal(0)) / len(numbers)
                    yield Case(
                        "jionlp",
                        f"{kind}#{i}",
                        "zh",
                        case[0],
                        _PUBLISHED,
                        ((worth, _MONEY.get(told["case"])),),
                    )
        elif kind == "time_parser" and isinstance(case[2], dict) and case[1] == 1623604000:
            ends = case[2].get("time")
            if (
                case[2].get("type") in ("time_span", "time_point")
                and isinstance(ends, list)
                and str(ends[0]).endswith("00:00:00")
                and str(ends[1]).endswith("23:59:59")
            ):
                period = (ends[0][:10], ends[1][:10])
                yield Case("jionlp", f"{kind}#{i}", "zh", case[0], date(2021, 6, 14), period=period)


def _pairs(suite: str) -> Any:
    def read(root: Path, name: str, indices: Any) -> Iterator[Case]:
        if not re.search(r"cardinal|decimal|money|measure|fraction|number", name):
            return
        sign = "~" if suite.startswith("nemo") else "=>"
        lines = (root / suite / name).read_text("utf-8").splitlines()
        folder = "itn" if "itn" in name or "inverse" in name else "tn"
        wanted = set(indices) if isinstance(indices, list) else None
        for i, line in enumerate(x for x in lines if sign in x):
            if wanted is not None and i not in wanted:
                continue
            left, _, right = line.partition(sign)
            lang = next((x for x in ("zh", "en", "ru") if f"/{x}/" in name), _lang(name))
            yield Case(
                suite, f"{folder}-{Path(name).stem}#{i}", lang, left.strip(), _PUBLISHED, pair=right.strip()
            )

    return read


def _cn2an(root: Path) -> Iterator[Case]:
    told = json.loads((root / "cn2an/cn2an_tests.json").read_text("utf-8"))["tests"]["cn2an_test"]
    for part in ("strict_data_dict", "normal_data_dict", "smart_data_dict"):
        pairs = told[part].items() if isinstance(told[part], dict) else told[part]
        for i, (text, value) in enumerate(pairs):
            yield Case("cn2an", f"{part}#{i}", "zh", str(text), _PUBLISHED, ((Decimal(str(value)), None),))


def _natasha(root: Path) -> Iterator[Case]:
    told = json.loads((root / "natasha/money_date.json").read_text("utf-8"))
    for i, (text, money) in enumerate(told["money"]):
        value, unit = money.split()
        yield Case("natasha", f"money#{i}", "ru", text, _PUBLISHED, ((Decimal(value), unit),))
    for i, (text, (year, month, day)) in enumerate(told["date"]):
        if year:
            low = date(year, month or 1, day or 1)
            after = date(year + 1, 1, 1) if not month or month == 12 else date(year, month + 1, 1)
            high = low if day else after - timedelta(1)
            yield Case("natasha", f"date#{i}", "ru", text, _PUBLISHED, period=(str(low), str(high)))


def _text2num(root: Path) -> Iterator[Case]:
    for lang in ("ru", "en"):
        told = json.loads((root / f"text2num/{lang}.json").read_text("utf-8"))["cases"]
        for i, case in enumerate(told):
            if case["fn"] == "text2num" and isinstance(case["expected"], int):
                yield Case(
                    "text2num",
                    f"{lang}#{i}",
                    lang,
                    case["input"],
                    _PUBLISHED,
                    ((Decimal(case["expected"]), None),),
                )


_READERS = {
    "recognizers-text": _recognizers,
    "duckling": _duckling,
    "jionlp": _jionlp,
    "nemo-text-processing": _pairs("nemo-text-processing"),
    "wetextprocessing": _pairs("wetextprocessing"),
}


def _before(day: str, whole: bool) -> str:
    return (date.fromisoformat(day) - timedelta(1)).isoformat() if whole else day


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _seen(text: str, lexicon: Lexicon, published: date) -> tuple[list[Any], list[Figure]]:
    view = fold(text, lexicon.folding)
    _, periods, figures = recognise(view.text, lexicon, Today(published, lexicon.holidays), view.blocks)
    return periods, [f for f in figures if f.reason is None]


def passes(case: Case, lexicon: Lexicon) -> bool:
    """Tell whether our recognisers answer a case as its suite does."""
    periods, figures = _seen(case.text, lexicon, case.published)
    if case.period is not None:
        frame = run(Frame(), periods, case.published)
        return (str(frame.low), str(frame.high)) == case.period
    if case.pair:
        _, others = _seen(case.pair, lexicon, case.published)
        return bool(figures) and [_worth(f) for f in figures] == [_worth(f) for f in others]
    left = [_worth(f) for f in figures]
    for value, unit in case.values:
        hit = next((x for x in left if _same(x, value) and (unit is None or x[1] == unit)), None)
        if hit is None:
            return False
        left.remove(hit)
    return True


def _worth(figure: Figure) -> tuple[Decimal, str | None]:
    return figure.value, figure.unit


def _same(ours: tuple[Decimal, str | None], value: Decimal) -> bool:
    """Compare in their terms: our shares are in percent, our kilograms in tonnes."""
    return (
        _near(ours[0], value)
        or (ours[1] == "%" and _near(ours[0], value * 100))
        or (ours[1] == "tonne" and _near(ours[0] * 1000, value))
    )


def _near(ours: Decimal, theirs: Decimal) -> bool:
    return abs(ours - theirs) <= abs(theirs) * Decimal("1e-9")


def known(lang: str) -> dict[tuple[str, str], str]:
    """Read the failures of a language that are known, each with its reason."""
    with (KNOWN / f"{lang}.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["suite"], row["case"]): row["reason"] for row in csv.DictReader(lines)}


def failing(root: Path, lang: str, lexicon: Lexicon) -> tuple[dict[str, list[int]], set[tuple[str, str]]]:
    """Run the cases of a language: passed and asked for each suite, and the cases that fail."""
    rates: dict[str, list[int]] = {}
    failed: set[tuple[str, str]] = set()
    for case in cases(root):
        if case.lang != lang:
            continue
        good = passes(case, lexicon)
        rate = rates.setdefault(case.suite, [0, 0])
        rate[0] += good
        rate[1] += 1
        if not good:
            failed.add((case.suite, case.number))
    return rates, failed
