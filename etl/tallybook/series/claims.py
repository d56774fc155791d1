"""What a monthly series is made of and what comes out: key, claims, months, claims left out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from tallybook.resources import data_path

KEY = (
    "port", "metric", "unit", "partner", "scope", "direction", "mode", "service", "breakdown", "nature",
)  # fmt: skip
"""What two claims must have alike to speak of one series."""
CLAIM = (
    "measure", "of_measure", "period_start", "period_end", "base_start", "base_end", "value", "low", "high",
    "published_on", "publishers", "is_official", "confidence", "observation_ids",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of the view series_fact, without the key of its series."""

    measure: str
    of_measure: str | None
    period_start: date | None
    period_end: date
    base_start: date | None
    base_end: date | None
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    published_on: date | None
    publishers: int
    is_official: bool
    confidence: float
    observation_ids: tuple[str, ...]

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Claim:
        """Make it of the columns in CLAIM."""
        named = dict(zip(CLAIM, row, strict=True))
        return cls(**{**named, "observation_ids": tuple(named["observation_ids"])})


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month: bounds that hold, and the point in between.

    A bound is None where the claims set none; `estimate` where they do not speak of all its days.
    The observations are those that the bound rests on.
    """

    start: date
    end: date
    estimate: float | None
    low: Decimal
    high: Decimal | None
    low_ids: tuple[str, ...]
    high_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """A claim that cannot be true beside others that are trusted more, and was left out.

    `allowed_low` and `allowed_high` are what the others leave for it, in its own terms; `gap` is how
    far its interval is from that.
    """

    claim: Claim
    allowed_low: float | None
    allowed_high: float | None
    gap: float
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Solved:
    """The months of a series in order, and the claims that were left out."""

    months: tuple[Month, ...]
    slips: tuple[Slip, ...]


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(data_path("series.toml").read_text(encoding="utf-8"))


def is_whole(unit: str) -> bool:
    """Tell whether there are only whole ones of a unit."""
    return unit in _rules()["whole"]


def trust(claims: tuple[Claim, ...]) -> list[float]:
    """Weigh each claim by data/series.toml; all are above zero."""
    weights = _rules()
    interval, measure, source = weights["interval"], weights["measure"], weights["source"]
    days = sorted({claim.published_on or date.min for claim in claims})
    found = []
    for claim in claims:
        if claim.low is None or claim.high is None:
            kind = "one_sided"
        elif claim.low == claim.high:
            kind = "exact"
        elif claim.high - claim.low <= Decimal(str(interval["narrow_within"])) * abs(claim.value):
            kind = "narrow"
        else:
            kind = "wide"
        weight = interval[kind] * measure[claim.measure] * max(claim.confidence, 0.01)
        if claim.is_official:
            weight *= source["official"]
        weight *= 1 + source["publisher"] * min(claim.publishers - 1, source["most_publishers"])
        age = days.index(claim.published_on or date.min) / max(len(days) - 1, 1)
        found.append(weight * (1 + source["newest"] * age))
    return found
