"""Places in languages that part their words with blanks: which place a name means, and its part.

The part is told by what stands before a name (through Khorgos, exports to Russia, bound for
Duisburg) and by what it is joined to; the words are rows of the language's lexicon.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tallybook.bind.places import NOWHERE, Mention, Role
from tallybook.bind.spaced.geography import holds, without_asides
from tallybook.frozen import replace
from tallybook.lexicon import Lexicon, Mark
from tallybook.lexicon.grammar import Grammar

_LINE_WORDS = frozenset(
    {"trains", "services", "route", "routes", "trade", "business", "cargo", "goods", "boxes", "containers"}
)
_POINTS = frozenset({"rail", "road", "sea", "air"})
_AREAS = frozenset({"country", "region", "customs_district"})
_WORDS = re.compile(r"[^\s]+")
_BREAK = re.compile(r"[,;:.!?()\n]")
_DATELINE = re.compile(
    r"(?:[,.]? ?[A-ZА-ЯЁ0-9][\w.]*)*[,.]?\s?(?:\([A-ZА-ЯЁ][^()\n]{1,30}\)|"
    r"/[A-Z][\w ]*/)?[.,]?\s?(?:-{1,2}\s|$)|[^\n(]{0,30}\((?:Xinhua|Reuters|AFP|AP|TASS|"
    r"Interfax)[^)]*\)"
)
_DATED = re.compile(
    r"(?:, [A-ZА-ЯЁ][\w. ]{1,24})?,? [A-ZА-ЯЁ][a-zа-яё]{2,8}\.? \d{1,2}(?:, \d{4})?\. ?(?=[A-ZА-ЯЁ])"
)
_COUNTED = re.compile(r"[^\W\d_]{0,5}[ .]{0,2}[$€£~]?\d")
_LIES_IN = re.compile(
    r",?(?: [a-z][\w-]*){0,4},? (?:in|of|near|outside) (?:the )?(?:[\w-]+(?:['’]s)? ){0,3}", re.I
)
_LARGEST = re.compile(
    r".{0,2}['’]s? (?:[\w-]+ )?(?:largest|biggest|busiest|main|most|top|key|leading|major|second|third|only|"
    r"first|oldest|newest|northernmost|westernmost|easternmost|southernmost)\b"
    r"(?! (?:[\w-]+ )?(?:ports|network|railways?|railroads?|stations|airports|lines|crossings|terminals)\b)",
    re.I,
)
_ROUTE = re.compile(r"\s?-\s?")
_SHARE_BETWEEN = re.compile(r"[^.;:\d\n]{0,24}\d[\d.,]*\s?%[^.;:\d\n]{0,16}[,;] (?:[^\W\d_]{1,3} )?")
_SHARE_NEXT = re.compile(r"\s?(?:[-(:]\s?)?(?:[^\W\d_]{1,12} )?\d[\d.,]*\s?%")
_OWNER = re.compile(r"['’]s?\s")
_LEAD_WORDS = 5
_REACH = 60


class PlaceReader:
    """Reads the places of one text in one language."""

    def __init__(
        self, text: str, marks: Sequence[Mark], lexicon: Lexicon, grammar: Grammar, starts: frozenset[int]
    ) -> None:
        self.text = text
        self.marks = marks
        self.lexicon = lexicon
        self.grammar = grammar
        self.starts = starts
        self.paired = -1
        self.told: list[Mention] = []

    def find(self) -> list[Mention]:
        """Resolve every place mark to a mention with a role, in text order."""
        nowhere = [
            Mention(m.start, m.end, NOWHERE, "subject", strong=True) for m in self.marks if m.get("nowhere")
        ]
        found = [r for i, m in enumerate(self.marks) if m.get("place") for r in [self._resolve(i)]]
        found = without_asides(self.text, found, self.lexicon)
        out: list[Mention] = []
        self.told = out
        for n, (start, end, slug, customs) in enumerate(found):
            previous = out[-1] if out else None
            follower = found[n + 1] if n + 1 < len(found) else None
            gap = self.text[previous.end : start] if previous else ""
            linked = previous is not None and bool(
                self.grammar.listing.fullmatch(self.grammar.phrases["article"].sub("", gap))
            )
            if linked and previous and "," in gap and self._holds(slug, previous.slug):
                linked = False  # Erenhot, Inner Mongolia
            held = next((m for m in reversed(out[-4:]) if m.role == "subject"), None)
            if held and not linked and self._holds(slug, held.slug) and self._describes(held.end, start):
                out.append(Mention(start, end, slug, "modifier"))  # Khorgos in northwest China's Xinjiang
                continue
            if (
                previous
                and previous.role == "modifier"
                and held
                and self._holds(slug, previous.slug)
                and self._holds(slug, held.slug)
                and self._describes(previous.end, start)
            ):
                out.append(Mention(start, end, slug, "modifier"))  # …, two crossings in Xinjiang in China
                continue
            if held and previous and out[-1] is held and not linked and self._lies(held, slug, gap):
                out.append(Mention(start, end, slug, "modifier"))  # Huu Nghi border gate in Lang Son
                continue
            mention = self._mention(start, end, slug, customs, previous, gap, linked, follower)
            if (
                previous
                and out[-1].role == "subject"
                and mention.role == "subject"
                and previous.slug != slug
                and self._holds(previous.slug, slug)
                and len(gap) < 40
                and not _BREAK.search(gap)
                and not self._verb_in(previous.end, start)
            ):
                out[-1] = replace(previous, role="modifier")  # Xinjiang's Khorgos
            out.append(mention)
        for i in range(
            len(out) - 1, 0, -1
        ):  # trade with Russia and Kazakhstan; what the list ends as, all of it is
            if out[i].linked and out[i].role == "modifier" and out[i - 1].role == "subject":
                out[i - 1] = replace(out[i - 1], role="modifier")
        for here in nowhere:
            before = next((m for m in reversed(out) if m.end <= here.start and m.role == "subject"), None)
            if before is None or not self._describes(before.end, here.start):
                out.append(here)
        return sorted(out, key=lambda m: m.start) if nowhere else out

    # ------------------------------------------------------------------ which place

    def _resolve(self, i: int) -> tuple[int, int, str, bool]:
        mark = self.marks[i]
        entry = mark.get("place")
        assert entry is not None
        slug, start, end = entry.value, mark.start, mark.end
        customs = slug.startswith("cust-")
        own = self.lexicon.place.get(slug)
        kinds = []
        if (
            i + 1 < len(self.marks)
            and (suffix := self.marks[i + 1].get("suffix"))
            and self.text[end : self.marks[i + 1].start] in (" ", "'s ", "-")
        ):
            kinds.append(suffix.value)
            end = self.marks[i + 1].end
        if (
            i
            and (prefix := self.marks[i - 1].get("suffix"))
            and self._kind_of(prefix.value, self.text[self.marks[i - 1].end : start])
            and not (own and own.kind == "country")
        ):
            kinds.append(prefix.value)
            start = self.marks[i - 1].start
        for kind in kinds:
            customs = customs or kind == "customs"
            slug = self._variant(slug, kind)
        return start, end, slug, customs

    def _kind_of(self, kind: str, between: str) -> bool:
        ways = self.grammar.phrases
        return bool(
            ways["kind_of"].fullmatch(between)
            or (kind == "customs" and ways["customs_in"].fullmatch(between))
        )

    def _variant(self, slug: str, kind: str) -> str:
        place = self.lexicon.place.get(slug)
        if place is None:
            return slug
        if kind == "road" and f"{slug}-road" in self.lexicon.place:
            return f"{slug}-road"
        if kind == "customs":
            for name in (f"{place.name_en} customs".lower(),):
                entry = self.lexicon.words("place", self.grammar.lang).get(name)
                if entry:
                    return entry.value
        wanted = {"sea": "sea", "air": "air"}.get(kind)
        if wanted and place.kind not in _POINTS:
            name = re.sub(r"\s*\(.*", "", place.name_en)
            for other in self.lexicon.ports:
                if (
                    other.kind == wanted
                    and other.country == place.country
                    and (
                        other.name_en.startswith((f"{name} ", f"Port of {name}"))
                        or other.name_en.split("-")[0] == name
                        or other.slug == f"{slug.removesuffix('-hub')}-port"
                    )
                ):
                    return other.slug
        return slug

    def _holds(self, area: str, slug: str) -> bool:
        """Tell whether a place lies in an area, by the gazetteer's parents and countries."""
        return holds(self.lexicon, area, slug)

    # ------------------------------------------------------------------ which part

    def _mention(
        self,
        start: int,
        end: int,
        slug: str,
        customs: bool,
        previous: Mention | None,
        gap: str,
        linked: bool,
        follower: tuple[int, int, str, bool] | None,
    ) -> Mention:
        lead, strong = self._lead(start)
        if self._is_area(slug) and previous and self._goes_on(previous, start, end):
            return Mention(start, end, self.lexicon.land.get(slug, slug), previous.role)
        if self._is_area(slug) and self.grammar.phrases["fell_to"].search(
            self.text, max(0, start - 60), start
        ):
            return Mention(start, end, self.lexicon.land.get(slug, slug), "partner")  # 16.8% fell to China
        if (
            linked
            and previous is not None
            and previous.role == "subject"
            and not previous.linked
            and self._is_land(slug)
            and self._is_land(previous.slug)
            and (self._trade_of(previous.start) or self._trade_with(end))
        ):
            # trade of A and B
            return Mention(start, end, self.lexicon.land.get(slug, slug), "partner", False)
        if linked and previous is not None and previous.end == self.paired and previous.role != "subject":
            return Mention(start, end, slug, previous.role)
        if linked and previous is not None and previous.end == self.paired and previous.role == "subject":
            place = self.lexicon.place.get(slug)
            return Mention(
                start,
                end,
                self.lexicon.land.get(slug, slug),
                "partner" if place and place.kind in _AREAS else "endpoint",
                False,
            )
        if lead == "between" and self._vague_region(slug):
            self.paired = end
            return Mention(start, end, slug, "modifier")  # between Asia and Europe: neither reports
        if (
            lead == "between"
            and self._is_land(slug)
            and follower is not None
            and self._is_spot(follower[2])
            and self.grammar.listing.fullmatch(self.text[end : follower[0]])
        ):
            return Mention(start, end, slug, "endpoint")  # between China and Hamburg: told of Hamburg
        if lead == "between":
            if self._counted_at(start, slug) and not self._trade_before(start):
                return Mention(start, end, slug, "endpoint")  # what Khorgos passed between China and Europe
            self.paired = end
            return Mention(start, end, slug, "subject", False, False, strong=True)
        if (
            self.grammar.into
            and strong
            and previous is not None
            and previous.role == "origin"
            and gap.strip().lower() in self.grammar.into
        ):
            return Mention(start, end, slug, "endpoint")  # from A into B
        if self.grammar.into and strong and self._into(start, end):
            place = self.lexicon.place.get(slug)
            if place and place.kind in _AREAS:
                return Mention(start, end, slug, "partner" if self._trade_before(start) else "endpoint")
        role = self._role(start, end, slug, customs, previous, gap, linked, follower, lead)
        if role == "partner":
            slug = self.lexicon.land.get(slug, slug)
        done = self.grammar.phrases["done_by"].search(self.text, max(0, start - 40), start) is not None
        return Mention(start, end, slug, role, linked, False, strong=strong or done)

    def _lead(self, start: int) -> tuple[str, bool]:
        """Give the kind of the words directly before a name, past articles and what describes the place."""
        floor = max(0, start - _REACH, self.text.rfind("\n", 0, start) + 1)
        before = self.text[floor:start].rstrip(' “"«(').lower()
        skip = self.lexicon.words("leadskip", self.grammar.lang)
        for _ in range(7):
            for length in range(1, _LEAD_WORDS + 1):
                words = " ".join(before.split(" ")[-length:])
                if words in skip and words:
                    before = before[: len(before) - len(words)].rstrip()
                    break
            else:
                break
        tokens = before.split(" ")
        if tokens[-1] == self.grammar.between:
            return "between", True
        for length in range(min(_LEAD_WORDS, len(tokens)), 0, -1):
            words = " ".join(tokens[-length:]).lstrip('(«"“')
            if words in self.lexicon.words("origin", self.grammar.lang) and not self._trade_before(start):
                return "origin", False
            for kind in ("aside", "partnerlead", "through", "endpoint", "origin", "wholelead"):
                if words in self.lexicon.words(kind, self.grammar.lang):
                    return kind, kind == "through"
        return "", False

    def _role(
        self,
        start: int,
        end: int,
        slug: str,
        customs: bool,
        previous: Mention | None,
        gap: str,
        linked: bool,
        follower: tuple[int, int, str, bool] | None,
        lead: str,
    ) -> Role:
        text, place = self.text, self.lexicon.place.get(slug)
        if (
            place is not None
            and place.kind in _AREAS
            and (self._in_bracket(start, end) or self._of_count(start))
        ):
            return "modifier"
        after = text[end : end + 40]
        area = place is not None and place.kind in _AREAS
        if (
            linked
            and previous
            and lead in ("", "endpoint")
            and previous.role in ("partner", "endpoint", "whole", "origin")
            and (area or previous.role != "partner")
            and not (self._is_spot(slug) and self._is_land(previous.slug) and self._between(previous.start))
        ):
            return previous.role
        if linked and previous and previous.role == "modifier" and lead == "" and not self._sets_out(start):
            return "modifier"  # for Hamburg and Duisburg
        routed = follower is not None and _ROUTE.fullmatch(text[end : follower[0]])
        if start in self.starts and not routed and self._dateline_at(end):
            return "modifier"
        if (
            previous
            and self.grammar.phrases["inside"].fullmatch(_BREAK.sub("", gap).strip())
            and len(gap) <= 12
            and self._holds(slug, previous.slug)
            and not linked
        ):
            return "modifier"  # Khorgos, Xinjiang
        if (
            previous
            and len(gap) < 60
            and self._holds(slug, previous.slug)
            and lead == "through"
            and not self._verb_in(previous.end, start)
            and not re.search(r"[;.\d]", gap)
        ):
            return "modifier"  # Khorgos in northwest China's Xinjiang
        if lead == "aside" and self.grammar.phrases["done_by"].search(text, max(0, start - 40), start):
            return "subject"  # 369,000 tons were handled by the port of Kuryk
        if self.grammar.phrases["part_of"].search(text, max(0, start - 90), start):
            return "modifier"  # the port, which is an important part of the corridor
        if lead == "aside":
            return "subject" if not area and self._story_of(start, previous) else "modifier"
        if lead == "wholelead":
            return "whole"
        if self.grammar.phrases["bound"].match(after):
            return "endpoint"
        if self.grammar.phrases["of_make"].match(after):
            return "modifier"  # Japan-made vehicles
        if self.grammar.phrases["based"].match(after):
            return "origin"  # a Geneva-based council
        if (
            area
            and (follower is None or follower[0] > end + 1)
            and re.match(r"-[A-Z]\w+ ", text[end : end + 20])
        ):
            return "modifier"  # the China-Kazakh border
        if area and (text[end : end + 1] == "/" or text[start - 1 : start] == "/"):
            return "endpoint"  # the China/Asia-Europe route
        if area and _LARGEST.match(text, end - 2):
            return "modifier"  # Germany's largest port
        word = (
            re.match(r"[ -]([^\W\d_]+(?: [^\W\d_]+)?)", after)
            if not re.search(r"['’]s?$", text[start:end])
            else None
        )
        if word:
            attributes = self.lexicon.words("attribute", self.grammar.lang)
            first = word[1].split(" ")[0].lower()
            if (word[1].lower() in attributes or (first in attributes and not customs)) and (
                area or first not in _LINE_WORDS
            ):
                return "modifier"
        if (
            follower
            and _ROUTE.fullmatch(text[end : follower[0]])
            and self._is_point(slug)
            and self._is_point(follower[2])
            and (
                lead == "through"
                or self._crossing_before(start)
                or self.grammar.phrases["crossing_of"].match(text[follower[1] : follower[1] + 30])
            )
        ):
            return "subject"  # the crossing Dostyk-Alashankou is the first one's
        if (previous and _ROUTE.fullmatch(gap)) or (follower and _ROUTE.fullmatch(text[end : follower[0]])):
            return "partner" if self._trade_behind(end) and area else "endpoint"
        if area and (
            self.grammar.phrases["partner_said"].match(text, end)
            or self.grammar.phrases["partner_led"].search(text, max(0, start - 60), start)
        ):
            return "partner"
        if customs and (self._said_near(start, end)):
            return "reporter"
        if lead not in ("endpoint", "origin", "partnerlead") and self._in_source(start):
            return "reporter"  # …, said the railway's office in Urumqi
        if previous and self.grammar.phrases["such_as"].fullmatch(gap):
            return "modifier" if previous.role == "subject" else previous.role
        if lead == "partnerlead":
            if (
                not area
                and self._trade_way(start) == "export"
                and self.grammar.phrases["from_place"].search(text, max(0, start - 12), start)
            ):
                return "subject"  # exported daily from Horgos
            if self._trade_before(start):
                return "partner"
            return "endpoint" if place is None or area or not self._is_point(slug) else "subject"
        if (
            lead == "endpoint"
            and not area
            and self.grammar.phrases["arrived"].search(self.text[max(0, start - 40) : start])
        ):
            return "subject"  # what arrived at Xi'an is told of Xi'an
        if (
            lead == "endpoint"
            and not area
            and self.grammar.phrases["linked_to"].match(text, end)
            and self.grammar.phrases["links"].search(text, max(0, start - 24), start)
        ):
            return "subject"  # 52 routes link the port with others
        if lead == "endpoint":
            return "partner" if area and self._trade_before(start) else "endpoint"
        if lead == "origin":
            way = self._trade_way(start) if area else None
            if way is None and (not area or self._province(slug)) and self._trains_of(start):
                return "subject"  # the trains from Zhengzhou are Zhengzhou's
            return "subject" if way == "export" else "partner" if way else "origin"
        if (
            lead == "through"
            and follower is not None
            and self._is_land(slug)
            and self._is_land(follower[2])
            and self._route_word(start)
            and self.grammar.listing.fullmatch(text[end : follower[0]])
        ):
            return "endpoint"  # through Russia, Kazakhstan and Belarus
        if (
            lead == "through"
            and area
            and place is not None
            and place.kind == "country"
            and self._route_word(start)
            and (customs or self._runs(start))
            and not (
                (previous is None or previous.role != "subject" or "." in self.text[previous.end : start])
                and self.grammar.phrases["transit_of"].search(text, max(0, start - 90), start)
            )
        ):
            return "endpoint"
        if self._vague_region(slug) and not self._ports_of(start, end):
            return "partner" if self._trade_before(start) or self._trade_behind(end) else "modifier"
        if (
            follower
            and self.grammar.phrases["area_of"].fullmatch(text[end : follower[0]])
            and self._holds(slug, follower[2])
        ):
            return "modifier"
        return "subject"

    def _dateline_at(self, end: int) -> bool:
        """Tell whether a dateline ends behind the name that opens a paragraph: no "Poti - 7.9 million t"."""
        m = _DATELINE.match(self.text, end, end + 70) or _DATED.match(self.text, end, end + 70)
        return m is not None and not _COUNTED.match(self.text, m.end())

    def _goes_on(self, previous: Mention, start: int, end: int) -> bool:
        """Tell whether a land goes on a list of partners and their shares: 8.3% to Kazakhstan."""
        return (
            previous.role == "partner"
            and _SHARE_BETWEEN.fullmatch(self.text, previous.end, start) is not None
            and _SHARE_NEXT.match(self.text, end) is not None
        )

    def _lies(self, held: Mention, slug: str, gap: str) -> bool:
        """Tell whether a place is where the one before it lies, by "in" and the country."""
        here, there = self.lexicon.place.get(held.slug), self.lexicon.place.get(slug)
        return (
            here is not None
            and there is not None
            and here.kind in _POINTS
            and there.kind not in _POINTS
            and here.country == there.country
            and _LIES_IN.fullmatch(gap) is not None
        )

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

    def _vague_region(self, slug: str) -> bool:
        """Tell whether a place is a part of the world that reports nothing of its own."""
        place = self.lexicon.place.get(slug)
        return (
            place is not None
            and place.kind == "region"
            and not place.country
            and not place.parent
            and not slug.startswith(("corridor", "nlstc", "titr", "china-laos", "gba", "xj-", "jing"))
        )

    def _into(self, start: int, end: int) -> bool:
        """Tell whether "в" leads into a place: the name is not in the locative (в Россию, but в России)."""
        before = self.text[max(0, start - 8) : start].lower().split()
        return (
            bool(before)
            and before[-1] in self.grammar.into
            and bool(self.grammar.phrases["into_form"].fullmatch(self.text[end - 1]))
        )

    def _between(self, start: int) -> bool:
        return self.text[:start].rstrip().endswith(self.grammar.between) and bool(self.grammar.between)

    def _is_spot(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and (place.kind in _POINTS or place.kind == "inland_hub")

    def _province(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind == "region" and place.country is not None

    def _is_area(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind in _AREAS

    def _is_land(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind == "country"

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

    def _is_point(self, slug: str) -> bool:
        place = self.lexicon.place.get(slug)
        return place is not None and place.kind in _POINTS

    def _clause_marks(self, start: int, end: int) -> list[Mark]:
        return [m for m in self.marks if start <= m.start and m.end <= end]

    def _trade_before(self, start: int) -> bool:
        """Tell whether a trade word stands before in the clause with no other figure of speech between."""
        floor = max(self.text.rfind(c, 0, start) for c in (";", "\n", ". ")) + 1
        for m in reversed(self._near(max(floor, start - 70), start)):
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
            if direction is not None and direction.attrs.get("trade"):
                return direction.value or "both"
        return "import" if self._trade_before(start) else None

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
        return bool(self.grammar.phrases["trains_from"].search(self.text, max(0, start - 60), start))

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
