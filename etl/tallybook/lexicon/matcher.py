"""The Lexicon: all words in one automaton, found in one pass over the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import ahocorasick_rs
from opencc import OpenCC

from tallybook.lexicon.grammar import Grammar
from tallybook.lexicon.model import Entry, Mark, Metric, Place, first_of, mark_of
from tallybook.recognise.fold import folding

_WORD_CHAR = re.compile(r"[A-Za-zÀ-ÿĀ-žА-Яа-яЁё]")
_STEM_TAIL = re.compile(r"[а-яё]{0,4}(?![а-яёА-ЯЁ-])")
_LATIN_TAIL = re.compile(r"[a-z]{0,4}(?![A-Za-z])")


_LEADS = frozenset(
    {"partnerlead", "endpoint", "through", "origin", "aside", "wholelead", "leadskip", "attribute", "stop"}
)
"""Small words that stand beside a name and tell its part."""


@dataclass(frozen=True)
class Lexicon:
    """The engine's knowledge, ready to match. Pure data: safe to share and to pickle."""

    entries: tuple[Entry, ...]
    ports: tuple[Place, ...]
    metrics: tuple[Metric, ...]
    holidays: Mapping[tuple[str, int], tuple[date, date]]
    groups: Mapping[frozenset[str], tuple[str, ...]]
    version: str
    grammars: tuple[Grammar, ...] = field(default=(), compare=False, repr=False)

    # Made from the above by _prepare.
    simplified: Mapping[int, str] = field(init=False, repr=False, compare=False)
    traditional: re.Pattern[str] = field(init=False, repr=False, compare=False)
    """Runs of characters that have a Simplified form of their own."""
    folding: Sequence[str] = field(init=False, repr=False, compare=False)
    """The table that `recognise.fold.fold` takes."""
    units: Mapping[str, tuple[Entry, ...]] = field(init=False, repr=False, compare=False)
    nouns: Mapping[str, Mapping[str, tuple[Entry, ...]]] = field(init=False, repr=False, compare=False)
    """Unit words of each language that parts its words with blanks; under '' a user's own."""
    longest_unit: int = field(init=False, repr=False, compare=False)
    place: Mapping[str, Place] = field(init=False, repr=False, compare=False)
    land: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """Port to the country or region of the same name: 香港 is a port and a customs territory."""
    metric: Mapping[str, Metric] = field(init=False, repr=False, compare=False)
    of_unit: Mapping[str, Metric] = field(init=False, repr=False, compare=False)
    """Unit to the metric that it names by itself where the noun stands behind its number."""
    _by_kind: dict[str, dict[str, Entry]] = field(init=False, repr=False, compare=False)
    _spelled: dict[tuple[str, str], tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _of_kind: dict[str, tuple[Place, ...]] = field(init=False, repr=False, compare=False)
    haven: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """City or city state to the sea port that has its name: 上海 to 上海港."""
    _words: list[str] = field(init=False, repr=False, compare=False)
    _by_word: list[tuple[Entry, ...]] = field(init=False, repr=False, compare=False)
    _edges: list[tuple[bool, bool]] = field(init=False, repr=False, compare=False)
    _plain: dict[str, list[tuple[tuple[Entry, ...], dict[str, Entry]] | None]] = field(
        init=False, repr=False, compare=False
    )
    """For each language, the meanings of each word; None where they depend on how and where it stands."""
    _automaton: ahocorasick_rs.AhoCorasick = field(init=False, repr=False, compare=False)

    @staticmethod
    def build(
        entries: list[Entry],
        ports: tuple[Place, ...],
        metrics: tuple[Metric, ...],
        holidays: Mapping[tuple[str, int], tuple[date, date]],
        groups: Mapping[frozenset[str], tuple[str, ...]],
        version: str,
        grammars: tuple[Grammar, ...] = (),
    ) -> Lexicon:
        """Make a lexicon with its automaton and tables."""
        simplified = _simplified_table()
        kept = tuple(
            Entry(e.kind, e.value, e.word.translate(simplified), e.attrs, e.stem, e.exact, e.lang)
            for e in entries
        )
        return Lexicon(kept, ports, metrics, holidays, groups, version, grammars)._prepare(simplified)

    def _prepare(self, simplified: dict[int, str]) -> Lexicon:
        by_word: dict[str, list[Entry]] = defaultdict(list)
        after_number: dict[str, list[Entry]] = defaultdict(list)
        nouns: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        for entry in self.entries:
            if entry.kind in ("unit", "noun"):
                if entry.lang in ("", "zh"):
                    after_number[entry.word.lower()].append(entry)
                if entry.lang != "zh":
                    nouns[entry.lang][entry.word.lower()].append(entry)
                if entry.kind == "noun":
                    continue
            if entry.kind in ("plain", "generic", "province") or (
                entry.kind in _LEADS and entry.lang not in ("", "zh")
            ):
                continue  # a word that narrows nothing is looked up, never found: it must not hide another
            if entry.kind == "unit" and not (_WORD_CHAR.match(entry.word[0]) or len(entry.word) > 2):
                continue  # a one-character unit says nothing except behind a number
            known = by_word[entry.word.lower()]
            said = (entry.kind, entry.value)
            same = next(
                (i for i, k in enumerate(known) if (k.kind, k.value) == said and k.lang in ("", entry.lang)),
                None,
            )
            if same is None:
                known.append(entry)
            elif entry.stem and not known[same].stem and entry.lang and known[same].attrs == entry.attrs:
                known[same] = entry  # упал and упал*: the stem has all forms
        _inherit(by_word)
        words = sorted(by_word)
        put = object.__setattr__
        put(self, "_words", words)
        put(self, "_by_word", [tuple(by_word[w]) for w in words])
        put(self, "_edges", [(bool(_WORD_CHAR.match(w[0])), bool(_WORD_CHAR.match(w[-1]))) for w in words])
        put(self, "_plain", {})
        put(self, "_automaton", ahocorasick_rs.AhoCorasick(words))
        put(self, "units", {k: tuple(v) for k, v in after_number.items()})
        put(self, "nouns", {lang: {k: tuple(v) for k, v in words.items()} for lang, words in nouns.items()})
        put(self, "longest_unit", max(map(len, after_number), default=1))
        by_kind: dict[str, dict[str, Entry]] = defaultdict(dict)
        for entry in self.entries:
            by_kind[entry.kind].setdefault(entry.word.lower(), entry)
            for lang in [entry.lang] if entry.lang else ["zh", *(g.lang for g in self.grammars)]:
                by_kind[f"{entry.kind} {lang}"].setdefault(entry.word.lower(), entry)
        put(self, "_by_kind", dict(by_kind))
        spelled: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for kind, entries in by_kind.items():
            for word, entry in entries.items():
                spelled[kind, ""][word] = spelled[kind, entry.value][word] = None
        put(self, "_spelled", {k: tuple(v) for k, v in spelled.items()})
        put(self, "simplified", simplified)
        put(self, "traditional", re.compile(f"[{''.join(map(chr, simplified))}]+"))
        put(self, "folding", folding(simplified))
        put(self, "place", {p.slug: p for p in self.ports})
        kinds: dict[str, list[Place]] = defaultdict(list)
        for place in self.ports:
            kinds[place.kind].append(place)
        put(self, "_of_kind", {k: tuple(v) for k, v in kinds.items()})
        put(self, "haven", _havens(self.ports))
        put(self, "land", _lands(self.ports))
        put(self, "metric", {m.metric: m for m in self.metrics})
        put(self, "of_unit", {u: m for m in reversed(self.metrics) for u in m.alone | m.nouns})
        return self

    def __getstate__(self) -> tuple[object, ...]:
        return (
            self.entries,
            self.ports,
            self.metrics,
            dict(self.holidays),
            dict(self.groups),
            self.version,
            self.simplified,
            self.grammars,
        )

    def __setstate__(self, state: tuple[object, ...]) -> None:
        for name, value in zip(
            ("entries", "ports", "metrics", "holidays", "groups", "version"), state, strict=False
        ):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "grammars", state[7])
        self._prepare(state[6])  # type: ignore[arg-type]

    def of_kind(self, kind: str) -> tuple[Place, ...]:
        """Give the places of one kind (`sea`, `air`, …)."""
        return self._of_kind.get(kind, ())

    def words(self, kind: str, lang: str = "") -> Mapping[str, Entry]:
        """Give the words of one kind, in lower case; with `lang`, those of that language and of none."""
        return self._by_kind.get(f"{kind} {lang}" if lang else kind, {})

    def spelled(self, kind: str, value: str = "", lang: str = "") -> tuple[str, ...]:
        """Give the words of one kind (and value) as `str.startswith` and `str.endswith` take them."""
        return self._spelled.get((f"{kind} {lang}" if lang else kind, value), ())

    def scan(self, text: str, lang: str = "") -> list[Mark]:
        """Find the words, of one language and of none or of all: leftmost, longest, never overlapping."""
        lower = text.lower()
        if len(lower) != len(text):  # a character whose lower case is longer would move spans
            lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        hits: list[tuple[int, int, int]] = []
        for index, start, end in self._automaton.find_matches_as_indexes(lower, overlapping=True):
            left, right = self._edges[index]
            if left and start and _WORD_CHAR.match(text[start - 1]):
                continue
            stop = end
            if right and end < len(text) and _WORD_CHAR.match(text[end]):
                if not any(e.stem for e in self._by_word[index]):
                    continue
                tail = (_STEM_TAIL if "а" <= lower[end - 1] <= "ё" else _LATIN_TAIL).match(lower, end)
                if not tail:
                    continue
                stop = tail.end()
            hits.append((start, -stop, index))
        hits.sort()
        marks: list[Mark] = []
        plain = self._plain.get(lang)
        if plain is None:  # made when a text first wants it: many runs see one language, or none
            plain = self._plain[lang] = self._told(lang)
        at = 0
        for start, negative, index in hits:
            stop = -negative
            if start < at:
                if marks and marks[-1].start == start and marks[-1].end == stop:
                    entries = self._matching(index, text, start, stop, lang)
                    if entries:
                        marks[-1] = mark_of(start, stop, marks[-1].entries + entries)
                continue
            told = plain[index]
            if told is None:
                entries = self._matching(index, text, start, stop, lang)
                told = entries, first_of(entries)
            if told[0]:
                marks.append(Mark(start, stop, *told))
                at = stop
        return marks

    def _told(self, lang: str) -> list[tuple[tuple[Entry, ...], dict[str, Entry]] | None]:
        out: list[tuple[tuple[Entry, ...], dict[str, Entry]] | None] = []
        for entries in self._by_word:
            own = tuple(e for e in entries if not lang or e.lang in ("", lang))
            asked = any(e.exact or e.stem or "needs" in e.attrs for e in entries) or any(
                e.kind == "place" and e.word[0].isupper() for e in own
            )
            out.append(None if asked else (own, first_of(own)))
        return out

    def _matching(self, index: int, text: str, start: int, stop: int, lang: str) -> tuple[Entry, ...]:
        found = []
        word = self._words[index]
        for entry in self._by_word[index]:
            if lang and entry.lang not in ("", lang):
                continue
            if entry.exact and not text.startswith(entry.word, start):
                continue
            if entry.kind == "place" and entry.word[0].isupper() and not text[start].isupper():
                continue  # china, turkey and chop are no places
            if not entry.stem and stop != start + len(word):
                continue
            needs = entry.attrs.get("needs")
            if needs and not _followed(text, stop, tuple(needs.split("|"))):
                continue
            found.append(entry)
        return tuple(found)


_OF_SEVERAL = r"(?:等?这?[几多各两三四五六七八九十\d]{0,2}[个座大]?(?:主要|重点)?)"
_LIST_ON = re.compile(
    rf"(?:、[\u3400-\u9fff]{{2,6}}){{0,12}}(?:、|以及|[和及与])[\u3400-\u9fff]{{2,6}}?{_OF_SEVERAL}?(?=口岸|边检站|国际机场|机场)"
)
_SEVERAL = re.compile(_OF_SEVERAL)


def _followed(text: str, at: int, needs: tuple[str, ...]) -> bool:
    """Tell whether one of the words follows a name, at once or behind the list that it begins."""
    several = _SEVERAL.match(text, at)
    if text.startswith(needs, at) or (several and text.startswith(needs, several.end())):
        return True
    shared = _LIST_ON.match(text, at) if text[at : at + 1] in "、以和及与" else None
    return shared is not None and text.startswith(needs, shared.end())


def _lands(ports: tuple[Place, ...]) -> dict[str, str]:
    names = {p.name_zh_hans: p.slug for p in ports if p.kind in ("country", "region") and p.name_zh_hans}
    return {
        p.slug: names[p.name_zh_hans]
        for p in ports
        if p.kind not in ("country", "region") and p.name_zh_hans in names
    }


def _havens(ports: tuple[Place, ...]) -> dict[str, str]:
    names = {(p.name_zh_hans, p.country): p.slug for p in ports if p.kind == "sea"}
    return {
        p.slug: names[f"{p.name_zh_hans}港", p.country]
        for p in ports
        if p.kind in ("inland_hub", "country") and (f"{p.name_zh_hans}港", p.country) in names
    }


_INNER = (("dir", "metric"), ("service", "place"), ("change", "measure"))
"""A direction in a metric's name, a service in a place's, a growth in a measure's still say what they say."""


def _inherit(by_word: dict[str, list[Entry]]) -> None:
    for inner, outer in _INNER:
        short = sorted(
            (w for w, es in by_word.items() if any(e.kind == inner for e in es)), key=len, reverse=True
        )
        for word, entries in by_word.items():
            kinds = {e.kind for e in entries}
            if outer not in kinds or inner in kinds:
                continue
            for candidate in short:
                if candidate in word and (
                    inner != "change" or any(e.value in ("yearly", "yoy", "mom") for e in entries)
                ):
                    entries += [e for e in by_word[candidate] if e.kind == inner]
                    break


def _simplified_table() -> dict[int, str]:
    """Map every Traditional character to its Simplified one, one for one (OpenCC's tables)."""
    characters = [chr(c) for c in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00))]
    turned = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(a): b for a, b in zip(characters, turned, strict=True) if a != b and len(b) == 1}
