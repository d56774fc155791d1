"""Score observations against labelled facts.

A fact and an observation are paired by value and unit, the pairs that agree in most of the
other attributes first; each is used once. A paired fact is found; it is full when the key
(port, metric, measure, both ends of the period) is right too. Precision is full over
predicted, recall full over labelled. Facts marked `optional` count neither way, and a field
`also_X` of a fact lists further accepted values of X.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tallybook.errors import TallybookError

Record = Mapping[str, Any]


class GoldError(TallybookError):
    """The labelled facts cannot be used; the message names the file and line."""

    exit_code = 2


KEY = ("port", "metric", "measure", "period")
_SHOWN = ("text", "port", "metric", "measure", "value", "unit", "period_start", "period_end", "scope")
_VALUE_TOLERANCE = 0.0005


@dataclass(slots=True)
class Tally:
    """The counts of one group of articles."""

    gold: int = 0
    predicted: int = 0
    found: int = 0
    full: int = 0
    right: Counter[str] = field(default_factory=Counter)
    """How many found facts have each attribute right."""

    @property
    def precision(self) -> float:
        """Full keys over observations."""
        return self.full / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Full keys over facts."""
        return self.full / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Miss:
    """A fact, an observation, or a pair of them that is not right, and in what."""

    article: str
    gold: Record | None
    predicted: Record | None
    wrong: tuple[str, ...]


@dataclass(slots=True)
class Score:
    """Tallies: of all articles, then of each group (the article's id up to its first hyphen)."""

    groups: dict[str, Tally] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)
    noise_articles: int = 0
    noise_observations: int = 0

    def lines(self, misses: int = 0) -> Iterator[str]:
        """Give the report: a line a group, one for noise, then the first misses, three lines each."""
        for name, tally in self.groups.items():
            rates = " ".join(f"{name} {tally.right[name] / (tally.found or 1):.2f}" for name in _AGREES)
            yield (
                f"{name:6} gold {tally.gold:4} pred {tally.predicted:4}"
                f" found {tally.found / max(tally.gold, 1):.3f}"
                f" full-key P {tally.precision:.3f} R {tally.recall:.3f} F1 {tally.f1:.3f} | {rates}"
            )
        if self.noise_articles:
            yield (
                f"noise: {self.noise_observations} observations"
                f" in {self.noise_articles} articles without gold"
            )
        for miss in self.misses[:misses]:
            yield f"{miss.article} {','.join(miss.wrong)}"
            yield f"   gold {_shown(miss.gold)}"
            yield f"   pred {_shown(miss.predicted)}"


def load_gold(path: Path) -> list[dict[str, Any]]:
    """Read labelled facts, one JSON object a line."""
    facts: list[dict[str, Any]] = []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError) as error:
        raise GoldError(f"{path}: cannot be read ({error})") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                facts.append(_fact(json.loads(line)))
            except ValueError as error:
                raise GoldError(f"{path}:{number}: is no fact ({error}): give an object a line") from None
    if not facts:
        raise GoldError(f"{path}: has no facts: give one JSON object a line")
    return facts


def _fact(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("article"), str):
        raise ValueError("it is no object with an `article`")
    return value


def score(gold: Iterable[Record], records: Iterable[Record]) -> Score:
    """Compare contract records, of which only observations count, with labelled facts."""
    facts: dict[str, list[Record]] = defaultdict(list)
    for fact in gold:
        facts[fact["article"]].append(fact)
    observations: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.get("status", "observation") == "observation":
            observations[record["article"]].append(record)

    result = Score()
    for article in sorted(facts):
        valued = [fact for fact in facts[article] if fact.get("value") is not None]
        predicted = observations.get(article, [])
        outcome = _compare(article, valued, predicted)
        for name in dict.fromkeys(("all", article.split("-")[0])):
            _add(result.groups.setdefault(name, Tally()), outcome)
        result.misses += outcome.misses
    for article, predicted in observations.items():
        if article not in facts:
            result.noise_articles += 1
            result.noise_observations += len(predicted)
    return result


@dataclass(frozen=True, slots=True)
class _Outcome:
    tally: Tally
    misses: list[Miss]


def _compare(article: str, gold: Sequence[Record], predicted: Sequence[Record]) -> _Outcome:
    pairs = _pair(gold, predicted)
    paired_gold = {i for i, _ in pairs}
    paired_predicted = {j for _, j in pairs}
    tally = Tally(gold=sum(not fact.get("optional") for fact in gold), predicted=len(predicted))
    misses: list[Miss] = []
    for i, j in pairs:
        if gold[i].get("optional"):
            tally.predicted -= 1
            continue
        agrees = {name: test(gold[i], predicted[j]) for name, test in _AGREES.items()}
        tally.found += 1
        tally.right.update(name for name, right in agrees.items() if right)
        wrong = tuple(name for name in KEY if not agrees[name])
        if wrong:
            misses.append(Miss(article, gold[i], predicted[j], wrong))
        else:
            tally.full += 1
    extra = [j for j in range(len(predicted)) if j not in paired_predicted]
    # One number said of two series: the second observation of it counts neither way.
    tally.predicted -= sum(any(_second_reading(gold[i], predicted[j]) for i in paired_gold) for j in extra)
    misses += [
        Miss(article, fact, None, ("not found",))
        for i, fact in enumerate(gold)
        if i not in paired_gold and not fact.get("optional")
    ]
    misses += [Miss(article, None, predicted[j], ("extra",)) for j in extra]
    return _Outcome(tally, misses)


def _pair(gold: Sequence[Record], predicted: Sequence[Record]) -> list[tuple[int, int]]:
    """Pair facts with observations of their value and unit, greedily, the most alike first."""
    candidates: list[tuple[int, int, int]] = []
    for i, fact in enumerate(gold):
        for j, record in enumerate(predicted):
            if _same_figure(fact, record):
                alike = sum(4 if name in KEY else 1 for name, test in _AGREES.items() if test(fact, record))
                quoted = bool(fact.get("text")) and fact["text"] in (record.get("text") or "")
                candidates.append((-alike - quoted, i, j))
    used_gold: set[int] = set()
    used_predicted: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for _, i, j in sorted(candidates):
        if i not in used_gold and j not in used_predicted:
            used_gold.add(i)
            used_predicted.add(j)
            pairs.append((i, j))
    return pairs


def _add(tally: Tally, outcome: _Outcome) -> None:
    tally.gold += outcome.tally.gold
    tally.predicted += outcome.tally.predicted
    tally.found += outcome.tally.found
    tally.full += outcome.tally.full
    tally.right.update(outcome.tally.right)


def _accepted(fact: Record, name: str) -> list[Any]:
    return [fact.get(name), *fact.get(f"also_{name}", ())]


def _same_figure(fact: Record, record: Record) -> bool:
    return record.get("unit") in _accepted(fact, "unit") and any(
        _same_value(value, record.get("value")) for value in _accepted(fact, "value")
    )


def _second_reading(fact: Record, record: Record) -> bool:
    return _same_value(fact.get("value"), record.get("value")) and record.get("metric") in fact.get(
        "also_metric", ()
    )


def _same_value(one: Any, other: Any) -> bool:
    try:
        a, b = float(one), float(other)
    except (TypeError, ValueError):
        return False
    return abs(a - b) <= _VALUE_TOLERANCE * max(abs(a), abs(b), 1e-9)


def _same_period(fact: Record, record: Record) -> bool:
    # A period that ends a day off is the same statement: "to 19 May" as printed on the 20th.
    ends = [(fact.get("period_start"), fact.get("period_end")), *fact.get("also_period", ())]
    return any(
        start == record.get("period_start") and _within_a_day(end, record.get("period_end"))
        for start, end in ends
    )


def _within_a_day(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return one == other
    return abs((date.fromisoformat(one[:10]) - date.fromisoformat(other[:10])).days) <= 1


def _same_qualifier(fact: Record, record: Record) -> bool:
    given = record.get("qualifier") or "="
    stated = fact.get("qualifier") or "="
    return given in _accepted(fact, "qualifier") or given.rstrip("=") == stated.rstrip("=")


def _same_direction(fact: Record, record: Record) -> bool:
    return (record.get("direction") or "both") in [given or "both" for given in _accepted(fact, "direction")]


def _same_service(fact: Record, record: Record) -> bool:
    return fact.get("service") is None or _same("service")(fact, record)


def _same(name: str) -> Callable[[Record, Record], bool]:
    return lambda fact, record: record.get(name) in _accepted(fact, name)


_AGREES: dict[str, Callable[[Record, Record], bool]] = {
    "port": _same("port"),
    "metric": _same("metric"),
    "measure": _same("measure"),
    "period": _same_period,
    "qualifier": _same_qualifier,
    "scope": _same("scope"),
    "direction": _same_direction,
    "service": _same_service,
    "partner": _same("partner"),
}


def _shown(record: Record | None) -> dict[str, Any] | None:
    return {name: record.get(name) for name in _SHOWN} if record is not None else None
