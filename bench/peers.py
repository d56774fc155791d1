"""Tallybook beside recognizers-text, JioNLP and quantulum3: the same articles, in one run.

Accuracy: of the labelled facts, how many have a quantity with the right value (and unit) at
their characters. That is all that the peers claim to find; the rest of a key (port, metric,
measure, period) has no counterpart there. Speed: characters a processor second, the text of all
articles read by each system, Tallybook `--repeat` times, the fastest taken.

    python bench/peers.py --lang zh --gold GOLD.jsonl… ARTICLES.jsonl… [--repeat N] [--json FILE]
    python bench/peers.py --lang en --gold tests/corpus/en-a.gold.jsonl tests/corpus/en-b.gold.jsonl \\
        -- tests/corpus/en-a.jsonl tests/corpus/en-b.jsonl

It needs what bench/requirements.txt names, and Tallybook's own requirements.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Quantity:
    """A quantity that a system found: span, value, and unit as a contract id where it names one."""

    start: int
    end: int
    value: Decimal
    unit: str | None


Reader = Callable[[str, date | None], list[Quantity]]


def tallybook() -> Reader:
    from tallybook.extract import extract
    from tallybook.lexicon import load_lexicon
    from tallybook.records import Article

    lexicon = load_lexicon()

    def read(text: str, published: date | None) -> list[Quantity]:
        found = extract(Article("bench", text, published_on=published), lexicon)
        return [Quantity(o.start, o.end, abs(o.value), o.unit) for o in found.observations]

    return read


def recognizers_zh() -> Reader:
    from recognizers_text import Culture

    return recognizers(Culture.Chinese)


def recognizers_en() -> Reader:
    from recognizers_text import Culture

    return recognizers(Culture.English)


def recognizers(culture: str) -> Reader:
    from recognizers_date_time import DateTimeRecognizer
    from recognizers_number import NumberRecognizer
    from recognizers_number_with_unit import NumberWithUnitRecognizer

    units = NumberWithUnitRecognizer(culture)
    models = [
        NumberRecognizer(culture).get_percentage_model(),
        units.get_currency_model(),
        units.get_dimension_model(),
        NumberRecognizer(culture).get_number_model(),
    ]
    dates = DateTimeRecognizer(culture).get_datetime_model()
    names = {"Ton": "tonne", "Metric ton": "tonne", "Kilometer": "km"}
    names |= {"Day": "day", "Hour": "hour", "Minute": "minute"}

    def read(text: str, published: date | None) -> list[Quantity]:
        now = datetime.combine(published, datetime.min.time()) if published else None
        dates.parse(text, now)
        out = []
        for model in models:
            for r in model.parse(text):
                said = str((r.resolution or {}).get("value") or "")
                try:
                    value = Decimal(said.rstrip("%"))
                except InvalidOperation:
                    continue
                resolution = r.resolution or {}
                unit = resolution.get("isoCurrency") or names.get(str(resolution.get("unit")))
                out.append(Quantity(r.start, r.end + 1, abs(value), "%" if said.endswith("%") else unit))
        return out

    return read


def jionlp() -> Reader:
    import jionlp as jio

    names = {"元": "CNY", "美元": "USD", "欧元": "EUR", "港元": "HKD", "日元": "JPY", "卢布": "RUB"}

    def read(text: str, published: date | None) -> list[Quantity]:
        base = time.mktime(published.timetuple()) if published else time.time()
        jio.ner.extract_time(text, time_base=base, with_parsing=True)
        out = []
        for found in jio.ner.extract_money(text, with_parsing=True):
            num = found["detail"]["num"]
            if isinstance(num, str):
                out.append(Quantity(*found["offset"], Decimal(num), names.get(found["detail"]["case"])))
        return out

    return read


def quantulum() -> Reader:
    from quantulum3 import parser

    names = {"percentage": "%", "tonne": "tonne", "metric ton": "tonne", "kilometre": "km"}
    names |= {"day": "day", "hour": "hour", "minute": "minute"}

    def read(text: str, published: date | None) -> list[Quantity]:
        out = []
        for found in parser.parse(text):
            unit = found.unit
            code = unit.currency_code if unit.entity.name == "currency" else names.get(unit.name)
            out.append(Quantity(*found.span, abs(Decimal(str(found.value))), code))
        return out

    return read


SYSTEMS: dict[str, dict[str, Callable[[], Reader]]] = {
    "zh": {"Tallybook": tallybook, "recognizers-text": recognizers_zh, "JioNLP": jionlp},
    "en": {"Tallybook": tallybook, "recognizers-text": recognizers_en, "quantulum3": quantulum},
}


def load(paths: Iterable[Path]) -> list[dict[str, Any]]:
    rows = []
    for path in paths:
        rows += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return rows


def close(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= Decimal("0.0005") * max(abs(a), abs(b), Decimal(1))


def accuracy(
    facts: list[dict[str, Any]], found: dict[str, list[Quantity]], texts: dict[str, str]
) -> tuple[float, float]:
    """Give the share of facts whose value, and whose value and unit, were found at their characters."""
    value = both = total = 0
    for fact in facts:
        if fact.get("optional") or fact.get("value") is None:
            continue
        total += 1
        spans = places(texts[fact["article"]], fact["text"])
        wanted = abs(Decimal(str(fact["value"])))
        hits = [
            q
            for q in found[fact["article"]]
            if close(q.value, wanted) and any(q.start < end and start < q.end for start, end in spans)
        ]
        value += bool(hits)
        both += any(q.unit == fact["unit"] for q in hits)
    return value / total, both / total


def places(text: str, words: str) -> list[tuple[int, int]]:
    out = []
    at = text.find(words)
    while at >= 0:
        out.append((at, at + len(words)))
        at = text.find(words, at + 1)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lang", choices=sorted(SYSTEMS), default="zh")
    parser.add_argument("--gold", type=Path, nargs="+", required=True)
    parser.add_argument("articles", type=Path, nargs="+")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    facts, articles = load(args.gold), load(args.articles)
    texts = {a["id"]: a["text"] for a in articles}
    days = {
        a["id"]: date.fromisoformat(a["published_on"]) if a.get("published_on") else None for a in articles
    }
    chars = sum(map(len, texts.values()))
    print(f"{len(articles)} articles, {chars} characters, {len(facts)} facts", file=sys.stderr)
    results = []
    for name, make in SYSTEMS[args.lang].items():
        read = make()
        for article in list(texts)[:3]:
            read(texts[article], days[article])  # lazy tables are not what is measured
        best = float("inf")
        for _ in range(args.repeat if name == "Tallybook" else 1):
            begun = time.process_time()
            found = {article: read(text, days[article]) for article, text in texts.items()}
            best = min(best, time.process_time() - begun)
        value, both = accuracy(facts, found, texts)
        results.append(
            {"system": name, "value": value, "value_and_unit": both, "chars_per_second": chars / best}
        )
    own = results[0]["chars_per_second"]
    print("| system | value | value and unit | characters a second | times slower |")
    print("| --- | --- | --- | --- | --- |")
    for r in results:
        print(
            f"| {r['system']} | {r['value']:.3f} | {r['value_and_unit']:.3f} "
            f"| {r['chars_per_second']:,.0f} | {own / r['chars_per_second']:.1f} |"
        )
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
