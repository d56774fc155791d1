"""Figures of the opening that tell no period: what the story then says its period is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tallybook.bind.drafts import Draft
from tallybook.bind.heads import OTHER
from tallybook.frozen import replace
from tallybook.lexicon import Lexicon

_REPORTED = frozenset({"month", "months", "quarter", "half", "year"})
_SOON = 3
"""Sentences within which the story tells its period."""
_FRESH = 400
"""Days before publication within which a period is the one that is reported."""


def settle(drafts: Sequence[Draft], lexicon: Lexicon, published: date | None) -> None:
    """Give growths of the first sentences, and the amounts that grew, the period that is told of next.

    News opens with "carriage grew by 58%" and goes on with "6,558 boxes in ten months": the opening
    speaks of those ten months. A bare amount stays as it is, for it may be of all time.
    """
    grown = {(d.sentence, d.metric) for d in drafts if d.reason is None and d.reading and d.reading.change}
    for i, d in enumerate(drafts):
        if d.reason or not d.reading or d.relates is not None or d.metric in (None, OTHER):
            continue
        if d.frame.known:
            if not d.frame.inherited:
                return  # the story tells its periods from here on
            continue
        metric = lexicon.metric[d.metric or ""]
        if metric.stock or not (d.reading.change or (d.sentence, d.metric) in grown):
            continue
        told = next(
            (
                e.frame
                for e in drafts[i + 1 :]
                if e.reason is None and e.frame.known and e.frame.kind in ("span", "open")
            ),
            None,
        )
        after = next((e for e in drafts[i + 1 :] if e.frame is told), None)
        if (
            told is None
            or after is None
            or after.sentence - d.sentence > _SOON
            or told.grain not in _REPORTED
            or told.high is None
            or (published is not None and not 0 <= (published - told.high).days <= _FRESH)
        ):
            continue
        d.frame = replace(told, inherited=True)
