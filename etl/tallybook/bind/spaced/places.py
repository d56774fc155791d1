"""Places in languages that part their words with blanks: what part each plays in what is told.

The part is told by what stands before a name (through Khorgos, exports to Russia, bound for
Duisburg) and by what it is joined to; the words are rows of the language's lexicon.
"""

from __future__ import annotations

import re

from tallybook.bind.geography import without_asides
from tallybook.bind.places import NOWHERE, Mention, Role
from tallybook.bind.spaced.surroundings import Surroundings
from tallybook.frozen import replace

_POINTS = frozenset({"rail", "road", "sea", "air"})
_AREAS = frozenset({"country", "region", "customs_district"})
_DIGIT = re.compile(r"\d")
_HANDLED = 40
"""Characters behind a city in which an amount stands that its port handled."""
_REACH = 160
"""How far a port may stand behind the one that it is listed with."""
_BREAK = re.compile(r"[,;:.!?()\n]")
_NOUN = re.compile(r"[^\W\d_]{4,} $")
_ROUTE = re.compile(r"\s?-\s?")
_SHARE_BETWEEN = re.compile(
    r"[^.;:\d\n]{0,24}\d[\d.,]*\s?(?:%|[^\W\d_]{3,5}\b)[^.;:\d\n]{0,16}(?:[,;]|\)[,;]?) (?:[^\W\d_]{1,3} )?"
)
_SHARE_NEXT = re.compile(r"\s?(?:[-(:]\s?)?(?:[^\W\d_]{1,12} )?\d[\d.,]*\s?(?:%|[^\W\d_]{3,5}\b)")


class PlaceReader(Surroundings):
    """Reads the places of one text in one language."""

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
            if not linked and previous and previous.end == self.paired:
                joint = _NOUN.sub("", gap)  # between A and the countries of B
                linked = joint != gap and self.grammar.listing.fullmatch(joint) is not None
            if linked and previous and "," in gap and self._holds(slug, previous.slug):
                linked = False  # Erenhot, Inner Mongolia
            if previous and gap.strip() == "(" and slug == previous.slug and self.text.startswith(")", end):
                out.append(Mention(start, end, slug, previous.role, previous.linked))
                continue  # the European Union (EU)
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
            anchor = next((m for m in reversed(out[-2:]) if m.role in ("origin", "endpoint")), None)
            if (
                anchor
                and self._holds(slug, anchor.slug)
                and self.grammar.phrases["apposition"].fullmatch(self.text, anchor.end, start)
            ):
                out.append(Mention(start, end, slug, "modifier"))  # out of Xi'an, capital of Shaanxi
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
        out = self._as_ports(self._passed(out))
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

    def _passed(self, out: list[Mention]) -> list[Mention]:
        """Take a land that goods of a crossing's story only pass for a stage: in transit through Mongolia."""
        via = self.grammar.phrases["transit_via"]
        told = False
        for i, m in enumerate(out):
            told = told or (m.role == "subject" and self._is_point(m.slug))
            passed = told and m.role == "subject" and self._is_land(m.slug)
            if passed and via.search(self.text, max(0, m.start - 40), m.start):
                out[i] = replace(m, role="endpoint")
        return out

    def _as_ports(self, out: list[Mention]) -> list[Mention]:
        """Read as ports the cities that seaports are listed with, and those whose port was told of before.

        Busan, after Shanghai with 43 million TEU; Shanghai handled 4 million, after the port of Shanghai.
        """
        for i, m in enumerate(out):
            place = self.lexicon.place.get(m.slug)
            if (
                place is None
                or place.kind not in ("inland_hub", "country")
                or m.role not in ("subject", "modifier")
            ):
                continue
            amount = _DIGIT.search(self.text, m.end, min(len(self.text), m.end + _HANDLED))
            handled = amount and self.grammar.phrases["handled"].search(self.text, m.end, amount.start())
            listed = self.grammar.phrases["port_counts"].match(self.text, m.end) and any(
                self._is_sea(x.slug) and m.start - x.end < _REACH for x in out[:i][-3:]
            )
            if not handled and not listed:
                continue
            port = self._variant(m.slug, "sea")
            told = handled and any(x.slug == port and x.role == "subject" for x in out[:i])
            if told or listed:
                out[i] = replace(m, slug=port)  # the port of Shanghai; …, Shanghai handled
        return out

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
        ways = self.grammar.phrases
        if self._is_area(slug) and (
            ways["fell_to"].search(self.text, max(0, start - 60), start)
            or (
                ways["fell_opens"].search(self.text, max(0, start - 60), start)
                and ways["falls_on"].search(self.text, end, end + 60)
            )
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
        if (
            self.grammar.into
            and strong
            and previous is not None
            and previous.role == "partner"
            and self._is_land(slug)
            and gap.strip().lower() in self.grammar.into
        ):
            # supplies from China to Russia: one of them reports; of a crossing in Russia that is none of them
            return Mention(start, end, slug, "modifier" if self._around_story(slug) else "partner")
        if self.grammar.into and strong and self._into(start, end):
            place = self.lexicon.place.get(slug)
            if place and place.kind in _AREAS:
                if self._around_story(slug):
                    return Mention(start, end, slug, "modifier")  # into Russia, through its crossing
                if self._imported(start, end):
                    return Mention(start, end, slug, "subject")  # into Kyrgyzstan there were imported …
                return Mention(start, end, slug, "partner" if self._trade_before(start) else "endpoint")
        role = self._role(start, end, slug, customs, previous, gap, linked, follower, lead)
        if role == "partner":
            slug = self.lexicon.land.get(slug, slug)
        done = self.grammar.phrases["done_by"].search(self.text, max(0, start - 80), start) is not None
        return Mention(start, end, slug, role, linked, False, strong=strong or done)

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
            previous is not None
            and previous.start in self.starts
            and previous.role == "modifier"
            and gap.strip() == ","
            and self._dateline_at(end)
        ):
            return "modifier"  # Azerbaijan, Baku, 8 October /…/
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
        if lead == "aside" and self.grammar.phrases["done_by"].search(text, max(0, start - 80), start):
            return "subject"  # 369,000 tons were handled by the port of Kuryk
        if (
            area
            and self.grammar.phrases["office"].search(text, start, end)
            and any(m.role == "subject" and self._holds(slug, m.slug) for m in self.told)
        ):
            return "reporter"  # the Kenya Ports Authority in a story of Mombasa
        if (
            area
            and previous is not None
            and self._is_point(previous.slug)
            and self._holds(slug, previous.slug)
            and self.grammar.phrases["apposed"].fullmatch(gap)
        ):
            return "modifier"  # Khorgos, the nearest port of China to Central Asia
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
        if (
            area
            and (previous is None or start - previous.end > len(" in the "))
            and self.grammar.phrases["named_in"].search(text, max(0, start - 30), start)
        ):
            return "modifier"  # an airport in Mexico that the gazetteer does not know
        if area and self.grammar.phrases["people_sent"].match(text, end):
            return "origin"  # the nine cities of the Bay Area sent 404,141 visitors
        if area and self.grammar.phrases["largest"].match(text, end - 2):
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
                area or not self.grammar.phrases["line_word"].fullmatch(first)
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
        if (
            area
            and previous is not None
            and previous.role == "partner"
            and self._trade_way(previous.start) == "import"
            and self.grammar.phrases["from_to"].fullmatch(gap)
            and self._opens_trade(previous.start)
        ):
            return "subject"  # imports from China to Russia
        if lead == "partnerlead":
            if (
                (not area or self._opens_trade(start))
                and self._trade_way(start) == "export"
                and self.grammar.phrases["from_place"].search(text, max(0, start - 12), start)
            ):
                # exported daily from Horgos; exports from Kazakhstan to China
                return "modifier" if area and self._around_story(slug) else "subject"
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
        if (
            lead == "endpoint"
            and area
            and not self._trade_before(start)
            and self.grammar.phrases["people_came"].search(text, max(0, start - 80), start)
        ):
            return "subject"  # the visitors that arrived in Macao are Macao's
        if lead == "endpoint":
            return "partner" if area and self._trade_before(start) else "endpoint"
        if lead == "origin":
            way = self._trade_way(start) if area else None
            if way is None and (not area or self._province(slug)) and self._trains_of(start):
                return "subject"  # the trains from Zhengzhou are Zhengzhou's
            if way == "export" and area and self._around_story(slug):
                return "modifier"
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
            and follower is not None
            and self._is_land(slug)
            and self._is_land(follower[2])
            and text[end : follower[0]].strip().lower() in self.grammar.into
            and any(m.role == "subject" and m.slug != slug for m in self.told)
        ):
            return "endpoint"  # through Kazakhstan into China, in a story of Russia
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
            and self.grammar.phrases["lies_in"].fullmatch(gap) is not None
        )
