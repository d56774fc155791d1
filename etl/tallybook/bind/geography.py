"""What lies in what, by the gazetteer, and places that a bracket merely says the whereabouts of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tallybook.lexicon import Lexicon

Named = tuple[int, int, str, bool]
"""A name in the text: its span, the place, and whether it is called a customs office."""

_SUBDIVISION = re.compile(r"[a-z]{2}-[a-z0-9]{1,3}")
_OPENS = re.compile(r"\s?[(/]\s?(?:[^\W\d_][\w-]*,? ){0,3}")
_CLOSES = re.compile(r"[^()/\n.;]{0,60}[)/]")


def holds(lexicon: Lexicon, area: str, slug: str) -> bool:
    """Tell whether a place lies in an area, by the gazetteer's parents and countries."""
    seen = 0
    here = lexicon.place.get(slug)
    container = lexicon.place.get(area)
    if here is None or container is None or area == slug:
        return False
    if container.kind == "country" and container.country == here.country:
        return True
    parent = here.parent
    while parent and seen < 6:
        if parent == area:
            return True
        above = lexicon.place.get(parent)
        parent = above.parent if above else None
        seen += 1
    if container.kind != "region" or not container.country or here.kind in ("country", "region"):
        return False
    if _SUBDIVISION.fullmatch(area) and here.parent and _SUBDIVISION.fullmatch(here.parent):
        return False  # the gazetteer tells its province, and it is another one
    return here.country == container.country


def without_asides(text: str, found: Sequence[Named], lexicon: Lexicon) -> list[Named]:
    """Let a place take in a bracket that says where it lies: Khorgos (Xinjiang, China) is Khorgos."""
    out: list[Named] = []
    for start, end, slug, customs in found:
        last = out[-1] if out else None
        if last is not None and start < last[1]:
            continue
        closing = _CLOSES.match(text, end)
        if (
            last is not None
            and closing
            and _OPENS.fullmatch(text, last[1], start)
            and holds(lexicon, slug, last[2])
        ):
            out[-1] = (last[0], closing.end(), last[2], last[3])
            continue
        out.append((start, end, slug, customs))
    return out
