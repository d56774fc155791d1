"""Drafts: figures on their way to an observation, and what is in force while the engine reads on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from tallybook.bind.frames import Frame
from tallybook.bind.heads import Head
from tallybook.bind.measures import Reading
from tallybook.bind.structure import Clause
from tallybook.lexicon import Entry, Mark
from tallybook.recognise.figures import Figure
from tallybook.records import Reason


@dataclass(slots=True)
class Draft:
    """A figure on its way to an observation; None means not found yet."""

    figure: Figure
    sentence: int
    clause: Clause
    head: Head | None = None
    reading: Reading | None = None
    ports: tuple[str, ...] = ()
    port_marks: tuple[tuple[int, int], ...] = ()
    port_rule: str = ""
    frame: Frame = field(default_factory=Frame)
    partner: str | None = None
    partner_span: tuple[int, int] | None = None
    direction: str | None = None
    mode: str | None = None
    service: str | None = None
    own_service: bool = False
    """True where the sentence itself names the service."""
    breakdown: str | None = None
    nature: str = "actual"
    scope: str = "port"
    reporter: str | None = None
    whole: str | None = None
    relates: Draft | None = None
    parted: Draft | None = None
    """The figure that it would qualify, were it not of another period."""
    reason: Reason | None = None
    missing: str | None = None
    begins: bool = False
    """True for the A of 由A增至B: what once was."""
    present: bool = False
    """True where no period stands before it and the sentence before spoke of now."""
    ahead: bool = False
    """True for a lead whose count stands behind it."""
    compared: bool = False
    """True for an old level that another is compared with: the story is not of it."""
    running: bool = False
    """True where 累计 says that the count runs from the beginning."""
    confidence: float = 0.95

    @property
    def metric(self) -> str | None:
        """Metric id, OTHER, or None."""
        return self.head.metric if self.head else None


@dataclass(slots=True)
class State:
    """What is in force as the engine reads on."""

    topic: tuple[str, ...] = ()
    topic_span: tuple[tuple[int, int], ...] = ()
    topic_block: int = -1
    """The paragraph that named it."""
    story: str | None = None
    """The first land, province or hub that the story was of."""
    parts: set[str] = field(default_factory=set)
    """The places inside it that the paragraph told of, one after the other."""
    local: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    """The last list of places that a sentence told of together."""
    frame: Frame = field(default_factory=Frame)
    main: Frame = field(default_factory=Frame)
    """The first period of the story: what a new paragraph speaks of."""
    whole: Frame = field(default_factory=Frame)
    """What was in force before a day of it was told of."""
    apart: tuple[int, Frame] | None = None
    """Where a sentence ended that began with 其中 and a month, and that month."""
    present: bool = False
    """True where the sentence before spoke of now."""
    partner: str | None = None
    service: str | None = None
    land: str | None = None
    """The country that a service was told of with no nearer place named."""
    block: int = -1
    label: bool = False
    """True behind a line that ends with a colon."""
    label_marks: list[Mark] = field(default_factory=list)
    """The words of that line."""
    launch: date | None = None
    last: Draft | None = None
    counted: Draft | None = None
    """The last keyed amount that is no time."""
    recent: dict[str, Draft] = field(default_factory=dict)
    """The last keyed amount of each unit."""


def last_value(marks: Sequence[Mark], kind: str) -> str | None:
    for mark in reversed(marks):
        entry: Entry | None = mark.get(kind)
        if entry is not None and entry.value:
            return entry.value
    return None
