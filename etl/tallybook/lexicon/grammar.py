"""Grammars: how a language that parts its words with blanks writes numbers and periods.

One file `data/lexicon/grammar-XX.toml` a language holds tables and patterns; here they are
read, checked and compiled. A language is added by adding its file and its words.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tallybook.recognise.openings import Forms
from tallybook.records import Reason

Phrases = dict[str, re.Pattern[str]]
"""Named patterns; a name that the language leaves out matches nothing."""

PHRASES = {
    # Beside a number without a noun.
    "counts": "between what is counted and the number: number of trains *was about* 1,482",
    "number_of": "before what is counted, however far the number: *the number of* trains",
    "led": "before a number that repeats what was counted: up *from* 1,200",
    "each_time": "behind such a number: 14 *a day*",
    "figure_was": "before it: *the number reached* 1,482",
    "of_them": "before a part: *of which* 804",
    "trips": "before a number of trips: *departures numbered* 40",
    "ends": "what may stand directly behind a bare number",
    "base_led": "before the level of a year before: *a year earlier it was* 1,200",
    "place_has": "between a place and its number: Riga *with* 300",
    "handled": "a verb before the number of a place: Riga *handled* 300",
    "more_behind": "behind a number that is so many more of what was counted: 300 *more*",
    "that_is": "before a number at the start of a sentence on what was counted: *that compares with* 1,200",
    "so_far": "behind a number: 300 *so far*",
    # Changes.
    "goal_word": "a word of goal that is a bound elsewhere: *to*, *up to*",
    "goal_gap": "between a change and what it led to: rose 7% *to* 1,482",
    "goal_between": "between two figures: from 16 *to* 11",
    "in_passing": "opens what is said of a name in passing: a crossing *that* opened in 2013",
    "goal_lead": "before a goal: *to* 11",
    "from_lead": "before an old level: *from* 16",
    "old_lead": "before an old level that stands alone: *up from* 16",
    "against": "before an old level: *compared with* 1,200",
    "base_was": "between a base of comparison and its level: a year earlier *it was* 1,200",
    "by": "before the size of a change: *by* 300",
    "by_gap": "all that may stand between a change and its size",
    "more_than_by": "before the size of a growth whose word stands ahead: *more than in June, by* 4%",
    "less_than_by": "the same of a fall",
    "by_itself": "words of change that need no such word: *up* 300",
    "up_down": "words that are both a change and a qualifier, and are a change beside a percentage",
    "than_next": "behind a word of change behind its size: 300 more *than*",
    "than_lead": "before what is compared with: *than*",
    "of_whole": "behind a share: 30 percent *of all*",
    "more_times": "behind a multiple that is a growth: 1.5 times *as many*",
    "other_side": "words that part a change from a noun behind it: *than*, *to*",
    "with_gap": "between a subject and a change that is not its own",
    "more_of": "between a percentage and what changed: 5 percent *more* trains",
    "rise_behind": "behind a percentage that is no share, whatever stands before it: a 7% *increase*",
    "this_figure": "before a change of the figure told last: *this figure represents* a 7% increase",
    "perfect": "before a word for what came new that tells of all there are: *has* opened 76 routes",
    "past": "a verb that tells of what is over",
    "present": "any word that may be a verb of the present",
    "to_within": "before a distance between two figures: *to within* 1 million of Singapore",
    "by_ships": "behind visits that ships made: 1,511 visits *by freight ships*",
    "by_vehicles": "behind trips that vehicles made: trips *made by transport vehicles*",
    "each_so_long": "before a time that is a rate: a train *every* 40 minutes",
    "any_unit": "a noun that says nothing of what is counted: 7,253 *units*",
    "located": "before cities or countries in which something merely is",
    "label_lead": "before the goods of a list that stand before a dash: *including* timber - 3 tonnes",
    "list_line": "between the place that begins a line of a list and its figure",
    "old_level": "before an old level that another is compared with: *down from* 861,080",
    "to_come": "behind a month that is to come: October *will* be busy",
    "ones_before": "before the number of the other kind: and international *ones*",
    "kind_behind": "behind it: 246 thousand *international*",
    "trip_word": "a unit that does not tell what made the trip: outbound *trips*",
    "verb_qual": "a qualifier that is a verb, so that what stands before it is counted: *surpassed* 14,700",
    "ship_size": "before the size of a ship: vessels *with a capacity of* 1,500 containers",
    "definite": "before a small number of things named before: *the* two ports",
    "appended": "before a change that is appended to an amount: 300 trains*,* up 5 percent",
    "pronoun": "stands for what the sentence before spoke of: in January *it* grew by 18 percent",
    "pronoun_was": "before a number that measures as the one before it does: *it had been* 35 a week",
    "which_of_two": "before a change of one of two amounts: the *former* and the latter",
    "volume_or_value": "before a change of goods or of their money: *volume* rose 28 percent and *value* 22",
    "were_of": "behind a share: 39.5 percent *were* general cargo",
    "shares_listed": "before a list of shares behind dashes: *most of the exports are* food - 7.5%",
    "share_was": "before a share, however long: *the share of* arrivals *amounted to* 53 percent",
    "gapped_in": "behind a percentage that goes on a list of growths: 30 percent *in* steel",
    "growth_was": "before the size of a growth: *growth* in the transit of cars *amounted to* 31 percent",
    "as_cargo": "says that vehicles are cargo: *ro-ro*",
    "caption": "opens the caption of a picture, whose place is not the story's",
    "in_land": "before a land named in passing: a shopping spree *in* China",
    "according": "before who says so: *according to* the railway of Guangxi",
    "border_of": "behind two lands that a border is between: China-Mongolia *border*",
    "plural_behind": "behind a number of something of another world: 12 *Chinese makers*",
    "linked_to": "behind the place that routes link with others: link the port *with*",
    "links": "before it: routes *link* the port",
    "share_of": "between a share and the amount that it is of: 49% *of the* 90 million tonnes",
    "and_next": "before the next of a list of growths with their goals: to 186 million *and* 14% to 24",
    "goal_next": "behind it: 14% *to* 24 million",
    "participle": "describes a noun directly behind it: 300 *loaded* containers",
    "nameless": "a port that a title does not name: Xinjiang's *border port*",
    "verb_over": "a verb before *over* that makes it no comparison: increased *over* the first nine months",
    "of_make": "behind a land that something comes from: Japan*-made* cars",
    "based": "behind the place of a firm: Geneva*-based*",
    "in_teu": "behind a growth that is counted in standard containers",
    "in_value": "behind a growth of goods that is counted in money",
    "in_tonnes": "behind a growth that is counted in tonnes",
    "how_long": "before a count that something took so long to reach",
    "aside": "words in passing between an amount and its rate: 500 vehicles*, including coaches,* a day",
    "perfect_before": "before a count from the beginning: *has handled* 50,000",
    "exported": "says that what is counted is itself traded: 300 vehicles were *exported*",
    "such_as": "between lands and examples of them: partner countries *such as* Kazakhstan",
    "goods_of": "behind a word of trade, what is traded (group goods): exports *of iron ore* rose",
    "goods_behind": "behind an amount, of what it is where no word of the lexicon says so (group goods)",
    "those_of": "stands for the word of trade before: exports of chips rose, and *those* of cars",
    "with_land": "before a land that something goes both to and from: traffic *with* China",
    "by_lead": "before a change that what it led to follows: cut *by* three days to 16 days",
    "two_way": "says that trade is with the land told of last: *bilateral* trade",
    "from_to": "between the one that sells and the one that buys: imports from China *to* Russia",
    "from_place": "before the port that something is exported from",
    "own_amount": "between a word of another world and its own amount: with a deficit *of* $3 million",
    "or_that": "between a change and the same in percent: by 282,729 tons, *or* 31.3%",
    "name_abbreviation": "an abbreviation that a name follows, so that no sentence ends with it: *пров.*",
    "transit_via": "before a land that goods of a crossing's story only pass: *in transit through*",
    "locative_head": "the head of a place's name in a case that tells where, not whither: *в порту*",
    "transit_of": "before a land that goods pass through, whose figure it is: *transit of goods through*",
    "both_ways": "adjectives of a noun, joined: 300 *loaded and empty* containers",
    "by_amount": "before the amount of a change: exceeding it *by* 1,250 vehicles",
    "done_by": "before the port that did something: were *handled by*",
    "apposed": "between a place and the land that it is a port of: Khorgos*, the nearest port of* China",
    "along": "before a route that something else is on: freight *along the* route grew",
    "set_out": "behind a part of what was counted before: of these 815 trains 431 *departed*",
    "part_of": "before what a place is a part of: which is *an important part of* the corridor",
    "added": "words for what came new: *opened* 12 routes",
    "turn": "where a sentence turns to something else: *while*",
    "plus": "a word for + before a percentage",
    "minus": "a word for - before a percentage",
    # Nouns.
    "of": "between a number and its noun: thousands *of* trains",
    "of_these": "the same, of a part of what was told before: 300 *of the* trains",
    "of_link": "between an amount and what it is of",
    "to_base": "behind a percentage that is of the base's level: 112% *of last year's*",
    "cars": "vehicles that a seaport handles as cargo: *cars*",
    "their_number": "means the things counted, and not their value: *their number* rose",
    "falls_on": "shares out what was told before: imports *accounted for* 46",
    "adjective": "what may stand between a number and its noun",
    "other_plural": "a noun of another world, which ends the search for the noun",
    "and": "between two adjectives of a noun",
    "each": "behind a spelled number that is a rate: one *a day*",
    "unit_list": "between two numbers of which the second has the unit of both",
    "definite_article": "behind it words of comparison set no bound: more than *the* 300 of 2019",
    "article_before": "a small word between a qualifier and its number",
    "shifts": "words of change before a range that is none: *rose* from A to B",
    "laden": "what a train is said to carry",
    "same_amount": "between an amount and the same in another currency",
    "sentence_start": "behind the dot of an abbreviation that ends a sentence too",
    "abbreviation": "ends with a dot that ends no sentence",
    # Lists and places.
    "border": "stands in an article that speaks of a border or of customs",
    "parts": "parts a noun from what describes another",
    "across": "says that people, vehicles or parcels cross a border",
    "national": "says that a figure is the whole country's",
    "says_way": "between a noun and the way that it went: 300 trains *were* outbound",
    "elided_part": "what a list goes on with, without a verb: coal rose by 12%, *oil by* 6%; `part` is it",
    "way_label": "between the way that goods went and its amount: imports*, at* 300 tons",
    "one_vehicle": "before what a single train or ship carries: *a train* with 55 containers",
    "beside": "between a place and its number: Riga*'s* 300",
    "compared": "before a place that another is compared with: *ahead of* Riga",
    "partner_gap": "between a land of a list and its amount: Russia *second -* 230 million dollars",
    "partner_shares": "before lands with their shares in brackets: the largest *part* fell to China (27%)",
    "partner_said": "behind a land that is called a trading partner: China *is the largest trading partner*",
    "partner_led": "the same, before the land",
    "stands_for": "a pronoun in place of trade, before the land it is with: those to Japan",
    "says_tail": "from a word for saying to a name, at a sentence's end: *, reports the office in* Urumqi",
    "whole_land": "opens a sentence on the whole country",
    "fell_to": "before a land that has a share of the trade: 16% *fell to* China",
    "trains_from": "before the place that trains come from: *trains from* Xi'an",
    "flown_from": "before the airport that a flight is of: *took off from* Zhengzhou",
    "named_in": "before the land of a port that is in no gazetteer: Harbour City *Port in* Mexico",
    "pluperfect": "a verb of what was before the period told of: in 2016 there *had been* 846",
    "plain_list": "between items of a list",
    "elided_list": "between two percentages that share a verb: 2.4% *and imports* 3.2% below",
    "list_words": "what may stand between the figures of a list that respectively speaks of",
    "article": "an article before a name",
    "kind_of": "between a kind of place and its name: port *of* Riga",
    "its_own": "between a land and a place of it: Sri Lanka's *port of* Colombo",
    "its_amount": "behind a period that an amount of its own follows: from the previous year*'s* 36 million",
    "inside": "between a place and what it lies in: Khorgos *in* Xinjiang",
    "bound": "behind the far end of a route: Duisburg*-bound*",
    "into_form": "last letter of a name that stands in the case of whither",
    "crossing_of": "behind two places that name one crossing",
    "apposition": "between a place and the area that tells where it lies: Xi'an, *capital of* Shaanxi",
    "office": "ends the name of a land's office, which is no place: Kenya Ports *Authority*",
    "port_counts": "behind a city listed with seaports, its boxes: Shanghai *with 43.5 million teu*",
    "area_of": "between an area and a place in it",
    "through_lead": "before a place that is passed through",
    "to_country": "before countries reached",
    "to_city": "before cities reached",
    # Periods.
    "of_year": "says that a count is of the year",
    "second": "a word for the second half",
    "earlier": "in an expression that means an earlier period",
    "changed": "before a period that is a base: rose 5% *on* 2023",
    "base_toward": "before a base of comparison where the change may follow: *against* 2023 it grew",
    "since_unsure": "words for since that may also open a range",
    "since_next": "the same, directly before the period",
    "until_sure": "words that always mean up to",
    "until_year_not": "words that mean up to, but not before a year",
    "goes_on": "behind the start of a range",
    "onwards": "behind a start without an end",
    "story_of": "before the place that a sentence is about: a good quarter *for* Altynkol",
    "lies_in": "between a port and the country that it lies in: Huu Nghi border gate *in* Lang Son",
    "largest": "behind a land that only says where the greatest one is: Germany*'s largest* port",
    "line_word": "behind a land, a word that makes it the name of a line's trade: Asia *services*",
    "people_sent": "behind the land that people came from: the Bay Area *sent 404,141 visitors*",
    "people_came": "before the land that people came to: *visitors arrived in* Macao",
    "arrived": "before the place that a train or a ship came to",
    "closes": "behind a bare number: nothing that it could count",
    "opening": "all that may stand before an earlier period that opens a sentence",
    "went_on": "before a bare number that goes on counting what the sentence before did",
    "level_named": "between a year and the level it had: 2023*'s total of* 4 million",
    "made_by": "behind a bare number of passages: 749,000 *were made by* residents",
    "of_them_behind": "behind a bare number that is a part: *of them*",
    "every_so": "behind an amount: a rate in other time than a day, *every two hours*",
    "compared_gap": "between a level and a word for formerly: *from* two days previously",
    "cleared": "before vehicles that are goods, for customs clear them: *cleared* 300 cars",
    "trucks": "a noun of vehicles that carry goods and are none",
    "fell_opens": "before a land that a share fell to, if `falls_on` stands behind: *На* Китай",
    "uncounted": "behind a bare number: a noun that counts nothing of trade",
    "not_for": "before a span in which nothing like it was: there had been none *for* 20 years",
    "customs": "says that a story is of customs or a crossing, for the vehicles and people that it counts",
    "another": "before a number that goes on with another part of what was told: *another* 3.6 million",
    "partners": "in the line before a list: the lands of the list are partners: top *buyers*:",
    "falls_on_it": "says that a share is of the place told before: *it accounts for* 18 percent",
    "customs_in": "between customs and the name of their place",
}
"""Names of the phrases that a grammar may have, and what each is for."""


@dataclass(frozen=True, eq=False)
class NumberRules:
    """Numerals: digits, words, scales, fractions, and what stands beside them."""

    arabic: re.Pattern[str]
    groups: str
    decimal: str
    words: dict[str, Decimal]
    scales: dict[str, Decimal]
    scale: re.Pattern[str]
    suffixes: dict[str, Decimal]
    suffix: re.Pattern[str]
    half: str
    half_behind: re.Pattern[str]
    over: re.Pattern[str]
    half_words: dict[str, Decimal]
    worded: tuple[tuple[str, Decimal | None], ...]
    """What each of the forms of `search` is, half_of, multiple, fraction, vague or spelled, and its worth."""
    search: Forms
    times: re.Pattern[str]
    percent: re.Pattern[str]
    points: re.Pattern[str]
    range: re.Pattern[str]
    range_led: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    shift_led: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    alone: frozenset[str]
    currency: re.Pattern[str]
    currencies: tuple[tuple[re.Pattern[str], str], ...]
    abbreviations: dict[str, re.Pattern[str]]
    """Abbreviations that take in a scale where the text says so: million tonnes (MT)."""


@dataclass(frozen=True, eq=False)
class PeriodRules:
    """Period templates, compiled, and the words that turn a period about."""

    months: dict[str, int]
    unsure_months: frozenset[str]
    month_lead: re.Pattern[str]
    month_tail: re.Pattern[str]
    weekdays: tuple[str, ...]
    ordinals: dict[str, int]
    relative_years: dict[str, int]
    templates: tuple[tuple[str, re.Pattern[str]], ...]
    search: Forms
    """All of these, in their order."""
    until: re.Pattern[str]
    until_grains: frozenset[str]
    since: re.Pattern[str]
    since_tail: re.Pattern[str]
    base_before: re.Pattern[str]
    base_unsure: re.Pattern[str]
    record: re.Pattern[str]
    """What before "since 2002" makes it a mere comparison: the lowest since 2002."""
    said: re.Pattern[str]
    ahead: re.Pattern[str]
    future: frozenset[str]
    year_lead: re.Pattern[str]
    n: dict[str, int]
    phrases: Phrases
    holidays: tuple[tuple[str, re.Pattern[str]], ...]
    units: tuple[tuple[str, re.Pattern[str]], ...]
    fiscal: tuple[tuple[int, bool, re.Pattern[str]], ...]
    """First month of a fiscal year, whether it is named for the year it begins in, and who counts so."""

    def unit_of(self, word: str) -> str:
        """Give year, month, week, day or decade for a word of the language; the word itself if none."""
        return next((unit for unit, form in self.units if form.fullmatch(word)), word)


@dataclass(frozen=True, eq=False)
class Grammar:
    """One language's rules."""

    lang: str
    script: str
    rank: int
    """The lowest of a script reads what no word tells the language of."""
    common: frozenset[str]
    endings: dict[str, tuple[str, ...]]
    """Classes of endings that the words of the language take."""
    names: tuple[tuple[str, tuple[str, ...]], ...]
    """How a place's name is inflected, by how it ends."""
    number: NumberRules
    others: tuple[tuple[Reason, re.Pattern[str]], ...]
    period: PeriodRules
    stop: frozenset[str]
    counted_tail: re.Pattern[str]
    listing: re.Pattern[str]
    respectively: re.Pattern[str]
    between: str
    """The word before two places that trade with each other."""
    into: frozenset[str]
    """Prepositions that mean "into" before a name that is not in the locative."""
    compounds: bool
    """True where a noun may describe the next: container trains."""
    reported_to_date: bool
    """True where a year to date ends with the month that the story reports."""
    phrases: Phrases

    def forms(self, word: str) -> list[str]:
        """Give all forms of a lexicon word: поезд{t} вперед gives поезд вперед, поезда вперед, …"""
        head, brace, rest = word.partition("{")
        if not brace:
            return [word]
        name, _, tail = rest.partition("}")
        return [head + ending + after for ending in self.endings[name] for after in self.forms(tail)]

    def inflect(self, name: str) -> list[str]:
        """Give the forms of a place's name, each of its words inflected by its own ending."""
        parts = [self._inflect_word(part) for part in re.split(r"(\W+)", name)]
        cases = max(len(part) for part in parts)
        if sum(len(part) > 1 for part in parts) > 2:  # of a long name the words stand in one case
            forms = ["".join(part[min(case, len(part) - 1)] for part in parts) for case in range(cases)]
        else:
            forms = [""]
            for part in parts:
                forms = [f + p for f in forms for p in part]
        return list(dict.fromkeys([name, *forms]))[:400]

    def _inflect_word(self, word: str) -> list[str]:
        for end, forms in self.names:
            if len(word) > len(end) + 1 and word.endswith(end) and word[-1:].islower():
                return [word[: len(word) - len(end)] + f for f in forms]
        return [word]


def parse_grammar(text: str) -> Grammar:
    """Read one grammar file; KeyError, ValueError or re.error where it does not fit its form."""
    raw = tomllib.loads(text)
    others = tuple((reason, re.compile("|".join(forms))) for reason, forms in raw["others"].items())
    syntax = raw["syntax"]
    phrases = _phrases(raw["phrases"])
    return Grammar(
        lang=raw["lang"],
        script=raw["script"],
        rank=raw.get("rank", 9),
        common=frozenset(raw["common"].split()),
        endings={k: tuple(v.split("|")) for k, v in raw["endings"].items()},
        names=tuple((end, tuple(forms.split("|"))) for end, forms in raw["names"]["rules"]),
        number=_numbers(raw["number"], phrases),
        others=others,
        period=_periods(raw["period"], raw["number"], phrases),
        stop=frozenset(syntax["stop"].split("|")),
        counted_tail=re.compile(rf"(?:{syntax['counted_tail']})$", re.I),
        listing=re.compile(rf"(?:{syntax['list']})$", re.I),
        between=syntax["between"],
        into=frozenset(syntax["into"].split("|")) - {""},
        respectively=re.compile(rf"\b(?:{syntax['respectively']})\b", re.I),
        compounds=syntax["compounds"],
        reported_to_date=syntax.get("reported_to_date", False),
        phrases=phrases,
    )


def _phrases(raw: dict[str, str]) -> Phrases:
    unknown = sorted(raw.keys() - PHRASES.keys())
    if unknown:
        raise ValueError(f"no phrase is called {', '.join(unknown)}")
    return {name: re.compile(raw.get(name, r"(?!)"), re.I) for name in PHRASES}


def _spellings(rows: list[list[Any]]) -> dict[str, Decimal]:
    return {
        w.replace("\\", "").lower(): Decimal(value) for value, words in rows for w in str(words).split("|")
    }


def _either(words: list[str], starts: str = "") -> str:
    """Give the words as alternatives; a dot that ends a sentence is none of a word's."""
    ended = rf"(?!{starts})" if starts else ""
    return (
        "|".join(
            re.escape(w) + (ended if w.endswith(".") else "") for w in sorted(words, key=len, reverse=True)
        )
        or r"(?!)"
    )


def _numbers(raw: dict[str, Any], phrases: Phrases) -> NumberRules:
    starts = phrases["sentence_start"].pattern
    words = {w.lower(): Decimal(value) for value, spellings in raw["words"] for w in spellings.split("|")}
    scales = _spellings(raw["scales"])
    suffixes = {w: Decimal(value) for value, spellings in raw["suffixes"] for w in spellings.split("|")}
    point = re.escape(raw["decimal"])
    other = r"\." if raw["decimal"] == "," else r"(?!)"
    ended = rf"(?=[ -]?(?:{_either(list(scales))}|{raw['percent']})(?!\w))"
    foreign = [rf"\d+,\d{{1,2}}{ended}"] if raw["decimal"] == "." else []  # 2,8 million
    if raw["decimal"] == ",":  # 14, 7 млн: a blank let in
        foreign.append(rf"\d{{1,3}}, \d{{1,2}}(?= (?:{_either(list(scales))})(?!\w))")
    groups = [rf"\d{{1,3}}(?:{re.escape(g)}\d{{3}})+(?!\d)(?:{point}\d+)?" for g in raw["group"]]
    if "," in raw["group"]:
        groups.append(r"\d{1,2}(?:,\d\d)+,\d{3}(?!\d)")  # 32,55,358: lakhs and crores
    arabic = "|".join(
        [*groups, *foreign, rf"\d+{other}\d+(?!\d|[.,]\d)", rf"\d+(?:{point}\d+)?(?!\d)", r"\d+"]
    )
    word, scale = _either(list(words)), _either(list(scales))
    article = rf"(?:{raw['article']}) (?=(?:{scale}|dozen)\b)" if raw["article"] else r"(?!)"
    joiner = rf"(?:{raw['joiner']} )?" if raw["joiner"] else ""
    half = re.escape(raw["half"])
    halves = {
        w: Decimal(value) for value, spellings in raw.get("half_words", []) for w in spellings.split("|")
    }
    one = rf"(?:{word}|{scale}|{_either(list(halves))})(?![\w])"
    spelled = (
        rf"(?<![\w-])(?:{article})?{one}(?:[ -]{joiner}(?:{half} )?{one})*(?: {half}(?! [\w-]*(?:year|"
        rf"month|hour)))?(?: (?:{scale})(?!\w))?"
    )

    def led(pairs: list[list[str]]) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
        return tuple(
            (
                re.compile(rf"(?<!\w)(?:{a}) (?:[^\d\s,.;]+ ){{0,3}}$", re.I),
                re.compile(rf"\s(?:{b})\s(?:[^\d\s,.;]+ ){{0,2}}", re.I),
            )
            for a, b in pairs
        )

    worded: list[tuple[str, Decimal | None, str]] = [
        ("half_of", None, rf"(?<!\w)(?:{raw['half_of']})(?: (?P<scale>{scale}|dozen))?(?!\w)"),
        *(("multiple", Decimal(value), rf"(?<!\w)(?:{words})(?!\w)") for value, words in raw["multiples"]),
        *(("fraction", _percent(part), rf"(?<![\w-])(?:{words})(?!\w)") for part, words in raw["fractions"]),
        ("vague", None, rf"(?<![\w-])(?:{raw['vague']})(?!\w)"),
        ("spelled", None, spelled),
    ]
    return NumberRules(
        arabic=re.compile(arabic),
        groups=raw["group"],
        decimal=raw["decimal"],
        words=words,
        scales=scales,
        scale=re.compile(rf"[ -]?(?P<scale>{_either(list(scales), starts)})(?:(?<=\.)|(?!\w))", re.I),
        suffixes=suffixes,
        suffix=re.compile(rf"(?P<suffix>{_either(list(suffixes))})(?!\w)"),
        half=raw["half"],
        half_behind=re.compile(rf" {half}(?=[ %])", re.I),
        over=re.compile(rf"(?:{raw['over']})(?!\w)", re.I),
        half_words=halves,
        worded=tuple((name, value) for name, value, _ in worded),
        search=Forms((re.compile(form, re.I) for _, _, form in worded), r"(?<!\w)"),
        times=re.compile(rf"[ -]?(?:{raw['times']})(?!\w)", re.I),
        percent=re.compile(rf"[ -]?(?:{raw['percent']})(?!\w)", re.I),
        points=re.compile(rf"[ -]?(?:{raw['points']})(?!\w)", re.I),
        range=re.compile(rf"-? ?(?:{raw['range']}) ?", re.I),
        range_led=led(raw["range_led"]),
        shift_led=led(raw["shift_led"]),
        alone=frozenset(raw["alone"].split("|")),
        currency=re.compile(
            rf"(?<![A-Za-z])(?:{'|'.join(words for _, words in raw['currency_before'])})\s?$"
        ),
        currencies=tuple((re.compile(words), code) for code, words in raw["currency_before"]),
        abbreviations={word: re.compile(form, re.I) for word, form in raw.get("abbreviations", ())},
    )


def _percent(fraction: str) -> Decimal:
    """Give the percent that a fraction such as 2/3 is."""
    share = Fraction(fraction) * 100
    value = Decimal(share.numerator) / Decimal(share.denominator)
    return value if share.denominator == 1 else value.quantize(Decimal("1e-10")).normalize()


def _optional_dot(word: str) -> tuple[str, ...]:
    """Give the spellings of a word whose dot may be left out."""
    bare = word.replace("\\.?", "").replace("\\.", "")
    return (bare, bare + ".") if bare != word else (word,)


def _once(pattern: str) -> str:
    """Number the groups that a template names again: year, year__2, year__3."""
    seen: dict[str, int] = {}

    def name(m: re.Match[str]) -> str:
        seen[m[1]] = seen.get(m[1], 0) + 1
        return m[0] if seen[m[1]] == 1 else f"(?P<{m[1]}__{seen[m[1]]}>"

    return re.sub(r"\(\?P<(\w+)>", name, pattern)


def _periods(raw: dict[str, Any], number: dict[str, Any], phrases: Phrases) -> PeriodRules:
    months = {
        form: value for value, words in raw["months"] for w in words.split("|") for form in _optional_dot(w)
    }
    month = "|".join(
        sorted((w for _, words in raw["months"] for w in words.split("|")), key=len, reverse=True)
    )
    n = {
        w.lower(): int(value)
        for value, words in number["words"]
        for w in words.split("|")
        if int(value) <= 60
    }
    ordinals = {w.lower(): value for value, words in raw["ordinals"] for w in words.split("|")}
    relative = {
        re.sub(r"\(\?.*$", "", w).replace("\\", "").lower(): value
        for value, words in raw["relative_years"]
        for w in words.split("|")
    }
    cased = raw["month_lead"] != ""
    months_form = rf"(?-i:{month})" if cased else rf"(?:{month})"
    slots = {
        "weekday": rf"(?P<weekday>(?-i:{raw['weekdays']}))" if cased else rf"(?P<weekday>{raw['weekdays']})",
        "n": rf"(?P<n>\d{{1,3}}|{_either(list(n))})",
        "ord": rf"(?P<ord>{_either(list(ordinals))})",
        "rel": "|".join(
            sorted((w for _, words in raw["relative_years"] for w in words.split("|")), key=len, reverse=True)
        ),
    }
    for key in ("month", "month2", "month3"):
        slots[key] = rf"(?<!\w)(?P<{key}>{months_form})(?!\w)"
    for key in ("day", "day2"):
        slots[key] = rf"(?<![\d.,])(?P<{key}>[0-3]?\d)(?!\d)"
    for key in ("year", "year1", "year2", "year3", "year4"):
        slots[key] = rf"(?<!\d)(?P<{key}>(?:19|20)\d\d)(?!\d)"
    templates = []
    for name, form in raw["templates"]:
        pattern = form.replace("{tail}", raw["tail"]).replace("{fiscal}", raw.get("fiscal_year", ""))
        for key, value in slots.items():
            pattern = pattern.replace("{" + key + "}", value)
        templates.append((name, re.compile(rf"(?<!\w)(?:{_once(pattern)})(?!\w)", re.I)))
    return PeriodRules(
        months={k.lower(): v for k, v in months.items()},
        unsure_months=frozenset(raw["unsure_months"].split("|")),
        month_lead=re.compile(raw["month_lead"], re.I),
        month_tail=re.compile(raw["month_tail"]),
        weekdays=tuple(raw["weekdays"].replace("\\", "").split("|")),
        ordinals=ordinals,
        relative_years=relative,
        templates=tuple(templates),
        search=Forms((pattern for _, pattern in templates), r"(?<!\w)"),
        until=re.compile(raw["until"], re.I),
        until_grains=frozenset(raw["until_grains"].split()),
        since=re.compile(raw["since"], re.I),
        since_tail=re.compile(raw["since_tail"], re.I),
        base_before=re.compile(raw["base_before"], re.I),
        base_unsure=re.compile(rf"\b(?:{raw['base_unsure']})", re.I),
        record=re.compile(raw["record"], re.I),
        said=re.compile(raw["said"], re.I),
        ahead=re.compile(raw["ahead"], re.I),
        future=frozenset(raw["future"].split("|")),
        year_lead=re.compile(raw["year_lead"], re.I),
        n=n,
        phrases=phrases,
        holidays=tuple((name, re.compile(form)) for name, form in raw["holidays"]),
        units=tuple((unit, re.compile(form)) for unit, form in raw["units"]),
        fiscal=tuple((month, opens, re.compile(form)) for month, opens, form in raw.get("fiscal", ())),
    )
