"""What stands around a place in languages that part their words with blanks.

Questions only; what follows from the answers is the reader's.
"""

from __future__ import annotations

import re

from tallybook.bind.places import Mention
from tallybook.bind.spaced.naming import Naming
from tallybook.lexicon import Mark

_BREAK = re.compile(r"[,;:.!?()\n]")
_DATELINE = re.compile(
    r"(?:[,.]? ?[A-ZА-ЯЁ0-9][\w.]*)*[,.]?\s?(?:\([A-ZА-ЯЁ][^()\n]{1,30}\)|"
    r"/[A-Z][\w ]*/)?[.,]?\s?(?:-{1,2}\s|$)|[^\n(]{0,30}\((?:Xinhua|Reuters|AFP|AP|TASS|"
    r"Interfax)[^)]*\)| ?/[A-ZА-ЯЁ][^/\n]{1,30}/\s"
)
_DAY_LINE = re.compile(
    r"(?:, [A-ZА-ЯЁ][\w-]+)?[,.] \d{1,2} [а-яё]{3,8}\.?(?: \d{4})?"
    r"(?:[,.]? ?(?:/[^/\n]{2,40}/|[«\"“][^»\"”\n]{2,40}[»\"”]|-\s[^.\n-]{2,30}(?=\. [A-ZА-ЯЁ])|"
    r"[A-ZА-ЯЁ][\w.-]+(?: [\w.-]+)?))?[.,]?\s?(?:-{1,2}\s|$|(?=[A-ZА-ЯЁ0-9\n]))"
)
"""The same with a day behind the city: Москва. 16 октября. ИНТЕРФАКС - …"""
_DATED = re.compile(
    r"(?:, [A-ZА-ЯЁ][\w. ]{1,24})?,? [A-ZА-ЯЁ][a-zа-яё]{2,8}\.? \d{1,2}(?:, \d{4})?"
    r"(?:\. ?(?=[A-ZА-ЯЁ/(])|,? \([A-ZА-ЯЁ][\w/. ]{1,24}\))"
)
_LINES = (_DATELINE, _DAY_LINE, _DATED)
_COUNTED = re.compile(r"[^\W\d_]{0,5}[ .]{0,2}[$€£~]?\d")
_LEAD_WORDS = 5
_REACH = 60
_SHORT = re.compile(r"\s?\([^\W\d_]{2,8}\)$")
"""What a word is shortened to, before a name: the border crossing point (BCP) Bagratashen."""


class Surroundings(Naming):
    """Answers what words stand before and behind a name."""

    def _lead(self, start: int) -> tuple[str, bool]:
        """Give the kind of the words directly before a name, past articles and what describes the place."""
        floor = max(0, start - _REACH, self.text.rfind("\n", 0, start) + 1)
        before = _SHORT.sub("", self.text[floor:start].rstrip(' “"«(')).lower()
        skip = self.lexicon.words("leadskip", self.grammar.lang)
        for _ in range(7):
            for length in range(1, _LEAD_WORDS + 1):
                words = " ".join(before.split(" ")[-length:])
                if words in skip and words:
                    before = before[: len(before) - len(words)].rstrip()
                    break
            else:
                break
        tokens = before.replace("%", " %").split(" ")
        if tokens[-1] == self.grammar.between:
            return "between", True
        for length in range(min(_LEAD_WORDS, len(tokens)), 0, -1):
            words = " ".join(tokens[-length:]).lstrip('(«"“')
            if words in self.lexicon.words("origin", self.grammar.lang) and not self._trade_before(start):
                return "origin", False
            for kind in ("aside", "partnerlead", "through", "endpoint", "origin", "wholelead"):
                if words in self.lexicon.words(kind, self.grammar.lang):
                    if kind == "endpoint" and tokens[-1] in self.grammar.into and self._locative(start):
                        return "through", True  # перевалка контейнеров в порту Владивосток
                    return kind, kind == "through"
        return "", False

    def _dateline_at(self, end: int) -> bool:
        """Tell whether a dateline ends behind the name that opens a paragraph: no "Poti - 7.9 million t"."""
        m = next((m for x in _LINES if (m := x.match(self.text, end, end + 70))), None)
        return m is not None and not _COUNTED.match(self.text, m.end())

    def _describes(self, start: int, end: int) -> bool:
        """Tell whether only words that say where something is stand between two places."""
        between = self.text[start:end]
        if len(between) > 70 or re.search(r"[.;:\n\d]", between):
            return False
        return not any(
            (m.get("metric") and not m.get("transport")) or m.get("dir") or m.get("reach") or m.get("change")
            for m in self._near(start, end)
        )

    def _in_bracket(self, start: int, end: int) -> bool:
        """Tell whether a land stands in a bracket of words that tells who somebody is."""
        opened = self.text.rfind("(", max(0, start - 120), start)
        if opened < 0 or re.search(r"[)\d\n]", self.text[opened:start]):
            return False
        closed = re.compile(r"[^(\d\n]{0,80}\)").match(self.text, end)
        return closed is not None and len(self.text[opened:start].split()) > 2

    def _of_count(self, start: int) -> bool:
        """Tell whether what is counted is said to be of a land: 60 cities of China."""
        return any(
            (e := m.get("unit")) is not None and e.value in ("city", "country") and m.end == start - 1
            for m in self._near(max(0, start - 24), start)
        ) and bool(re.search(r"\d\D{0,24}$", self.text[max(0, start - 32) : start]))

    def _runs(self, start: int) -> bool:
        """Tell whether a way was told of before in the sentence: from A to B, or the place that counted."""
        floor = max(self.text.rfind(c, 0, start) for c in (". ", "\n")) + 1
        return any(
            m.role in ("origin", "endpoint", "partner") or self._is_point(m.slug)
            for m in self.told
            if m.start >= floor and m.start > self.paired + 12
        )

    def _counted_at(self, start: int, slug: str) -> bool:
        """Tell whether a place that reports stands before in the sentence."""
        floor = max(self.text.rfind(c, 0, start) for c in (". ", ";", "\n")) + 1
        return any(
            m.role == "subject" and not self._holds(m.slug, slug) for m in self.told if m.start >= floor
        )

    def _ports_of(self, start: int, end: int) -> bool:
        """Tell whether ports, stations or crossings are said to be of a part of the world."""
        kinds = self.lexicon.words("suffix", self.grammar.lang)
        return any(word in kinds for word in re.findall(r"[^\W\d_]+", self.text[start:end].lower()))

    def _locative(self, start: int) -> bool:
        """Tell whether a name begins with a word whose case says where: в порту Владивосток."""
        head = self.grammar.phrases["locative_head"].match(self.text, start)
        return head is not None and self.text.startswith(" ", head.end())

    def _into(self, start: int, end: int) -> bool:
        """Tell whether "в" leads into a place: the name is not in the locative (в Россию, but в России)."""
        before = self.text[max(0, start - 8) : start].lower().split()
        if self._locative(start):
            return False
        return (
            bool(before)
            and before[-1] in self.grammar.into
            and bool(self.grammar.phrases["into_form"].fullmatch(self.text[end - 1]))
        )

    def _imported(self, start: int, end: int) -> bool:
        """Tell whether what goes into a land is said to be imported, before its name or right behind it."""
        floor = max(self.text.rfind(c, 0, start) for c in (";", "\n", ". ", ", ")) + 1
        before = self._near(max(floor, start - 70), start)
        behind = self._near(end, min(len(self.text), end + 24))
        for m in [*reversed(before), *behind]:
            way = m.get("dir")
            if way is not None and way.attrs.get("trade"):
                return way.value == "import" and not _BREAK.search(self.text[end : m.start])
        return False

    def _between(self, start: int) -> bool:
        return self.text[:start].rstrip().endswith(self.grammar.between) and bool(self.grammar.between)

    def _trade_of(self, start: int) -> bool:
        """Tell whether a word for trade itself stands right before a name."""
        return any(
            (metric := m.get("metric")) is not None and metric.value == "trade_value" and start - m.end <= 9
            for m in self._near(max(0, start - 40), start)
        )

    def _trade_with(self, end: int) -> bool:
        """Tell whether a verb of trading with each other stands behind a name in its sentence."""
        stop = min(len(self.text), end + 60)
        return any(
            (metric := m.get("metric")) is not None and bool(metric.attrs.get("between"))
            for m in self._near(end, stop)
            if "." not in self.text[end : m.start]
        )

    def _crossing_before(self, start: int) -> bool:
        """Tell whether the name of a kind of crossing stands right before a name."""
        return any(
            (m.get("crossing") or m.get("suffix"))
            and (
                0 <= start - m.end <= 2
                or (
                    m.get("suffix")
                    and not _BREAK.search(self.text[m.end : start])
                    and not self._verb_in(m.end, start)
                )
            )
            for m in self._near(max(0, start - 60), start)
        )

    def _trade_before(self, start: int) -> bool:
        """Tell whether a trade word stands before in the clause with no other figure of speech between."""
        floor = max(self.text.rfind(c, 0, start) for c in (";", "\n", ". ")) + 1
        pronoun = self.grammar.phrases["stands_for"].search(self.text, max(floor, start - 16), start)
        reach = 160 if pronoun and pronoun.end() == start else 70
        for m in reversed(self._near(max(floor, start - reach), start)):
            direction, metric = m.get("dir"), m.get("metric")
            if (direction is not None and direction.attrs.get("trade")) or (
                metric is not None and metric.value == "trade_value"
            ):
                return True
        return False

    def _trade_way(self, start: int) -> str | None:
        """Give the direction of the trade word before in the clause."""
        floor = max(self.text.rfind(c, 0, start) for c in (";", "\n", ". ")) + 1
        for m in reversed(self._near(max(floor, start - 50), start)):
            direction = m.get("dir")
            if direction is not None and direction.attrs.get("trade") and m.end <= start:
                return direction.value or "both"
        return "import" if self._trade_before(start) else None

    def _opens_trade(self, start: int) -> bool:
        """Tell whether a sentence names no place before: exports of wheat from Kazakhstan to China."""
        floor = max(self.text.rfind(c, 0, start) for c in (";", "\n", ". ")) + 1
        return not any(floor <= m.start < start and m.role in ("subject", "partner") for m in self.told)

    def _around_story(self, area: str) -> bool:
        """Tell whether the story is of a port or station in an area: exports from Russia went through it."""
        return any(
            m.role == "subject" and self._is_point(m.slug) and self._holds(area, m.slug) for m in self.told
        )

    def _story_of(self, start: int, previous: Mention | None) -> bool:
        """Tell whether "for" names what a sentence is about: a good quarter for Altynkol."""
        floor = max(self.text.rfind(c, 0, start) for c in (". ", "\n")) + 1
        if previous is not None and previous.end > floor:
            return False
        return self.grammar.phrases["story_of"].search(self.text[floor:start]) is not None

    def _sets_out(self, start: int) -> bool:
        """Tell whether a name opens its paragraph, as a dateline does."""
        return start in self.starts

    def _trains_of(self, start: int) -> bool:
        """Tell whether a plural of trains or services stands right before "from" and a place."""
        ways, floor = self.grammar.phrases, max(0, start - 60)
        trains = ways["trains_from"].search(self.text, floor, start)
        return bool(trains or ways["flown_from"].search(self.text, floor, start))

    def _trade_behind(self, end: int) -> bool:
        return any(
            ((x := m.get("metric")) is not None and x.value == "trade_value") or m.get("dir")
            for m in self._near(end, end + 30)
        )

    def _near(self, start: int, end: int) -> list[Mark]:
        from bisect import bisect_left

        i = bisect_left(self.marks, start, key=lambda m: m.start)
        out = []
        while i < len(self.marks) and self.marks[i].start < end:
            out.append(self.marks[i])
            i += 1
        return out

    def _verb_in(self, start: int, end: int) -> bool:
        return any(
            m.get("reach") or m.get("change") or m.get("metric") or m.get("dir")
            for m in self._near(start, end)
        )

    def _route_word(self, start: int) -> bool:
        return bool(self.grammar.phrases["through_lead"].search(self.text, max(0, start - 12), start))

    def _in_source(self, start: int) -> bool:
        """Tell whether a name stands in the words at a sentence's end that say who said it."""
        floor = max(self.text.rfind(c, 0, start) for c in (". ", "\n")) + 1
        return self.grammar.phrases["says_tail"].search(self.text, max(floor, start - 160), start) is not None

    def _said_near(self, start: int, end: int) -> bool:
        rules = self.grammar.period
        return bool(
            rules.said.search(self.text, end, min(len(self.text), end + 40))
            or rules.said.search(self.text, max(0, start - 30), start)
        )
