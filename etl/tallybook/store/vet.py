"""Vet a reading before it is stored: the rules of the audit that no constraint of a table can say.

The audit would find the same faults later and stop the whole run. Found here, they cost one
article: it is rejected with its name, and the rest of the batch goes on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tallybook.lexicon import Lexicon
from tallybook.lexicon.model import Metric
from tallybook.records import Article, Extraction, Observation, Unkeyed

LIMIT = 10**28
"""Values from here on do not fit decimal(38, 10)."""
_PERCENT = frozenset({"yoy_pct", "mom_pct", "change_pct", "share_pct"})
_DIFFERENCES = frozenset({"yoy_abs", "change_abs"})
_TIME = frozenset({"day", "hour", "minute"})
_CLASSES = frozenset({"money", "time"})
"""Stand for the units of their kind in a metric's list, and are none themselves."""
_CURRENCY = re.compile("[A-Z]{3}")


class Vet:
    """The rules, ready to be asked of many readings made with one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._places = frozenset(place.slug for place in lexicon.ports)
        self._metrics: Mapping[str, Metric] = {m.metric: m for m in lexicon.metrics}

    def fault(self, article: Article, found: Extraction) -> str | None:
        """Say what is wrong with a reading, or give None where it is sound."""
        end = 0
        figures: list[Observation | Unkeyed] = [*found.observations, *found.unkeyed]
        for f in sorted(figures, key=lambda f: (f.start, f.end)):
            if f.start < end:
                return f"the figure {f.text!r} at {f.start} overlaps the one before it"
            if f.end <= f.start or article.text[f.start : f.end] != f.text:
                return f"the figure {f.text!r} is not what the text has at {f.start}"
            end = f.end
        spans = {(f.start, f.end) for f in figures}
        for o in found.observations:
            fault = self._key(o) or _number(o) or _evidence(article, o)
            if o.relates_to is not None and o.relates_to not in spans:
                fault = f"qualifies what is no figure, at {o.relates_to[0]}"
            if fault:
                return f"the figure {o.text!r} at {o.start} {fault}"
        return None

    def _key(self, o: Observation) -> str | None:
        metric = self._metrics.get(o.metric)
        if metric is None:
            return f"has a metric that is not in the list: {o.metric}"
        if not unit_fits(metric, o.measure, o.unit):
            return f"has a unit that does not fit {o.metric} {o.measure}: {o.unit}"
        for place in filter(None, (o.port, o.whole)):
            if place not in self._places:
                return f"has a place that is not in the gazetteer: {place}"
        return None


def unit_fits(metric: Metric, measure: str, unit: str) -> bool:
    """Tell whether a unit is one that this measure of the metric may have."""
    if measure in _PERCENT:
        return unit in ("%", "pp")
    if measure == "lead_days":
        return unit == "day"
    if measure == "rank":
        return True
    if measure in _DIFFERENCES and unit == "pp":
        return True
    return (
        (unit in metric.units and unit not in _CLASSES)
        or ("money" in metric.units and _CURRENCY.fullmatch(unit) is not None)
        or ("time" in metric.units and unit in _TIME)
    )


def _number(o: Observation) -> str | None:
    if any(n is not None and (not n.is_finite() or abs(n) >= LIMIT) for n in (o.value, o.low, o.high)):
        return "is a number too large to store"
    if (o.low is not None and o.low > o.value) or (o.high is not None and o.high < o.value):
        return f"has a value outside its interval: {o.low} … {o.value} … {o.high}"
    return None


def _evidence(article: Article, o: Observation) -> str | None:
    for e in o.evidence:
        if article.text[e.start : e.end] != e.text:
            return f"cites {e.text!r} for its {e.part}, and the text has other words at {e.start}"
    return None
