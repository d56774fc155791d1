"""Many patterns over one text: each is tried only where a match of it can begin.

A search asks every pattern of every character. Most could be told by the first letters that
no match begins there, and those letters follow from the pattern itself: here they are read
from its parsed form, once, and a table says for the letters of a text which patterns to try.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_DEPTH = 3
"""Characters of an opening: more tell hardly more patterns apart."""
_MOST = 500
"""Openings of one pattern."""
_WIDEST = 64
"""Characters of a range that is spelled out; a wider one may be anything."""

Opening = tuple[str, bool]
"""Lower-case characters, digits as 0, that a match begins with, and whether anything may follow them."""
_NOTHING: frozenset[Opening] = frozenset({("", False)})
_ANYTHING: frozenset[Opening] = frozenset({("", True)})
_DIGIT = re.compile(r"\d")


class Forms:
    """Patterns that are searched for together.

    `before` is a look-behind that each of them begins with or implies: it narrows where to look.
    """

    def __init__(self, patterns: Iterable[re.Pattern[str]], before: str = "") -> None:
        self.patterns = tuple(patterns)
        self._openings = tuple(openings(p) for p in self.patterns)
        first = {o[:1] for own in self._openings for o in own}
        letters = "".join(map(re.escape, sorted(first)))
        some = rf"(?i:[{letters}])" if first and "" not in first else r"(?s:.)"
        self._lead = re.compile(before + some.replace("0", r"\d"))
        self._known: dict[str, tuple[int, ...]] = {}

    def matches(self, text: str) -> list[tuple[int, int, int, re.Match[str]]]:
        """Give start, negative end, number and match of all matches that are not empty, in that order.

        They are those of each pattern's `finditer`: the matches of one pattern do not overlap.
        """
        shape = shape_of(text)
        free = [0] * len(self.patterns)
        out = []
        for lead in self._lead.finditer(text):
            start = lead.start()
            letters = shape[start : start + _DEPTH]
            ranks = self._known.get(letters)
            if ranks is None:
                ranks = self._known[letters] = self._tried(letters)
            for rank in ranks:
                if start >= free[rank]:
                    m = self.patterns[rank].match(text, start)
                    if m is not None and m.end() > start:
                        free[rank] = m.end()
                        out.append((start, -m.end(), rank, m))
        out.sort(key=_order)
        return out

    def _tried(self, letters: str) -> tuple[int, ...]:
        return tuple(
            rank
            for rank, own in enumerate(self._openings)
            if any(letters[: len(o)] in own for o in ("", *(letters[:n] for n in range(1, _DEPTH + 1))))
        )


def _order(found: tuple[int, int, int, re.Match[str]]) -> tuple[int, int, int]:
    return found[:3]


def shape_of(text: str) -> str:
    """Give a text in lower case with each digit a 0, character for character."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return _DIGIT.sub("0", lower)


def openings(pattern: re.Pattern[str]) -> frozenset[str]:
    """Give what the matches of a pattern begin with: whole openings, or shorter ones that anything follows."""
    parsed = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    return frozenset(letters for letters, _ in _sequence(parsed, _DEPTH))


def _sequence(parsed: Sequence[Any], depth: int) -> frozenset[Opening]:
    found = _NOTHING
    for code, detail in parsed:
        if all(free or len(letters) >= depth for letters, free in found):
            break
        found = _joined(found, _first(code, detail, depth), depth)
    return found


def _joined(left: frozenset[Opening], right: frozenset[Opening], depth: int) -> frozenset[Opening]:
    """Let each of the right follow each of the left; where these are too many, anything may follow."""
    ended = frozenset(o for o in left if o[1] or len(o[0]) >= depth)
    going = left - ended
    if len(going) * len(right) > _MOST:
        right = frozenset((b[:1], more or len(b) > 1) for b, more in right)
    return ended | {((a + b)[:depth], more) for a, _ in going for b, more in right}


def _first(code: Any, detail: Any, depth: int) -> frozenset[Opening]:
    if code is op.LITERAL:
        return frozenset({(shape_of(chr(detail)), False)})
    if code is op.IN:
        return _class(detail)
    if code is op.BRANCH:
        return frozenset().union(*(_sequence(branch, depth) for branch in detail[1]))
    if code is op.SUBPATTERN:
        return _sequence(detail[3], depth)
    if code is op.ATOMIC_GROUP:
        return _sequence(detail, depth)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return _repeat(detail[0], detail[1], detail[2], depth)
    if code is op.FAILURE or (code is op.ASSERT_NOT and not detail[1]):
        return frozenset()
    if code in (op.AT, op.ASSERT, op.ASSERT_NOT):
        return _NOTHING
    return _ANYTHING


def _repeat(least: int, most: int, parsed: Sequence[Any], depth: int) -> frozenset[Opening]:
    once = _sequence(parsed, depth)
    found = _NOTHING
    for _ in range(min(least, depth)):
        found = _joined(found, once, depth)
    out = found
    for _ in range(min(most - least, depth)):
        found = _joined(found, once, depth)
        out |= found
    return out


def _class(items: Sequence[Any]) -> frozenset[Opening]:
    found: set[Opening] = set()
    for code, detail in items:
        if code is op.LITERAL:
            found.add((shape_of(chr(detail)), False))
        elif code is op.RANGE and detail[1] - detail[0] < _WIDEST:
            found |= {(shape_of(chr(c)), False) for c in range(detail[0], detail[1] + 1)}
        elif code is op.CATEGORY and detail is op.CATEGORY_DIGIT:
            found.add(("0", False))
        else:
            return _ANYTHING
    return frozenset(found)
