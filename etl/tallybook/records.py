"""The record types that cross a stage border: Article, Observation, Unkeyed and Extraction.

Everything here is frozen and holds plain values, so a record can be hashed, pickled to
another process or written to Parquet as it is. Field meanings follow the observation
contract (docs/observation.md); a field is documented here only where a type cannot say it.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

Qualifier = Literal["=", "~", ">", ">=", "<", "<=", "range"]
Scope = Literal["port", "company", "shipment", "route"]
Direction = Literal["export", "import", "both"]
Nature = Literal["actual", "plan", "capacity"]
Reason = Literal[
    "headline",
    "date",
    "clock",
    "ordinal",
    "identifier",
    "regime",
    "no_metric",
    "no_port",
    "no_period",
    "ambiguous",
]


def content_hash(title: str | None, text: str) -> str:
    """Identify what an article says, whoever carries it: SHA-256 of title and text."""
    digest = hashlib.sha256()
    digest.update((title or "").encode())
    digest.update(b"\x00")
    digest.update(text.encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was read: the input of extraction.

    `text` is the body exactly as decoded; every span counts its code points. `name` is the
    caller's own id, or the file's name without its suffix. `published_on` is what the
    source states; where it states none, extraction may infer one (`Extraction.published_on`).
    """

    name: str
    text: str
    title: str | None = None
    published_on: date | None = None
    url: str | None = None
    publisher: str | None = None
    lang: str | None = None

    @property
    def content_hash(self) -> str:
        """SHA-256 of title and text, in hex."""
        return content_hash(self.title, self.text)

    @property
    def article_id(self) -> str:
        """The database key: 16 hex digits over content, date, publisher and URL.

        Two publishers that carry the same words are two articles of one content hash.
        """
        parts = (
            self.content_hash,
            self.published_on.isoformat() if self.published_on else "",
            self.publisher or "",
            self.url or "",
        )
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that decided one part of a key: a span of the article, and the rule's name."""

    part: str
    start: int
    end: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Observation:
    """A keyed figure: place, metric, measure and period are known."""

    start: int
    end: int
    text: str
    port: str
    metric: str
    measure: str
    value: Decimal
    unit: str
    qualifier: Qualifier
    low: Decimal | None
    high: Decimal | None
    period_start: date | None
    period_end: date | None
    scope: Scope = "port"
    partner: str | None = None
    direction: Direction | None = None
    mode: str | None = None
    service: str | None = None
    breakdown: str | None = None
    nature: Nature = "actual"
    reporter: str | None = None
    whole: str | None = None
    relates_to: tuple[int, int] | None = None
    """Span of the figure that a change, share or lead qualifies."""
    confidence: float = 1.0
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Unkeyed:
    """A number that is no observation, and why."""

    start: int
    end: int
    text: str
    reason: Reason
    missing: str | None = None
    """What would have made it an observation, in words, for people."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that extraction found in one article: every number of it, exactly once."""

    observations: tuple[Observation, ...]
    unkeyed: tuple[Unkeyed, ...]
    sentences: tuple[tuple[int, int], ...]
    """Spans of the sentences, in order; each figure lies inside one."""
    lang: str
    """zh-hans, zh-hant, en, ru, or und."""
    published_on: date | None
    """The date that periods were resolved against."""
    published_inferred: bool = False
    """True where `published_on` was taken from the latest date that the text tells of."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Input that could not be read: its name, and a sentence that says what to do."""

    source: str
    message: str


def contract_records(article: Article, found: Extraction) -> list[dict[str, Any]]:
    """Give the contract's records for one article in text order, ready for JSON.

    Each record has the contract's fields, `article` (the article's own name) and
    `article_id`. Decimals become JSON numbers where that loses nothing, dates ISO 8601.
    """
    out: list[dict[str, Any]] = []
    head = {"article": article.name, "article_id": article.article_id}
    for obs in found.observations:
        row = asdict(obs)
        row["evidence"] = [asdict(e) for e in obs.evidence]
        row["relates_to"] = list(obs.relates_to) if obs.relates_to else None
        for key in ("value", "low", "high"):
            row[key] = _number(row[key])
        for key in ("period_start", "period_end"):
            row[key] = row[key].isoformat() if row[key] else None
        out.append({**head, "status": "observation", "reason": None, **row})
    for fig in found.unkeyed:
        out.append({**head, "status": "unkeyed", **asdict(fig)})
    out.sort(key=lambda r: (r["start"], r["end"]))
    return out


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
