"""Which goods a figure of trade is of, where they have no metric of their own: exports of iron ore."""

from __future__ import annotations

from collections.abc import Sequence

from tallybook.bind.structure import within
from tallybook.lexicon import Mark
from tallybook.lexicon.grammar import Grammar


def traded(text: str, at: tuple[int, int, int], marks: Sequence[Mark], grammar: Grammar) -> str | None:
    """Give the goods of a figure of trade: "exports of iron ore", "steel exports", "80 tons of coal".

    `at` is where the figure's clause and the figure begin and where its unit ends, `marks` are those of its
    sentence. None where the words name no goods. Behind "exports of" goods are whatever stands there;
    elsewhere only what the lexicon knows as goods, for "Chinese exports" are all.
    """
    begin, start, tail = at
    behind = next((m for m in marks if m.start >= tail), None)
    if (
        behind is not None
        and _is_goods(behind)
        and grammar.phrases["of_link"].fullmatch(text[tail : behind.start])
    ):
        return text[behind.start : behind.end]
    unknown = grammar.phrases["goods_behind"].match(text, tail)
    if unknown is not None and (behind is None or behind.start >= unknown.end()):
        return unknown["goods"]
    stands = [m.end() for m in grammar.phrases["those_of"].finditer(text, begin, start)]
    if stands and (said := grammar.phrases["goods_of"].match(text, stands[-1])):
        return said["goods"]
    word = next((m for m in reversed(within(marks, begin, start)) if _is_trade(m)), None)
    if word is None:
        return None
    if said := grammar.phrases["goods_of"].match(text, word.end):
        return said["goods"]
    before = next((m for m in reversed(marks) if m.end == word.start - 1), None)
    if before is None or not _is_goods(before):
        return None
    return text[before.start : before.end]


def _is_trade(word: Mark) -> bool:
    entry = word.get("dir")
    return entry is not None and bool(entry.attrs.get("trade"))


def _is_goods(word: Mark) -> bool:
    entry = word.get("metric")
    return entry is not None and bool(entry.attrs.get("goods"))
