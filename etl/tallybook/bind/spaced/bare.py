"""Numbers without a noun: what they must count, and trips."""

from __future__ import annotations

import re
from dataclasses import replace

from tallybook.bind.drafts import Draft
from tallybook.bind.heads import Head
from tallybook.bind.spaced.heads import Headed
from tallybook.bind.spaced.words import PER_TIME
from tallybook.bind.structure import Sentence, within
from tallybook.recognise.figures import MONEY, TIME, Figure, bounds

_COUNTS = re.compile(
    r"(?:^|\b)(?:number\w*|total\w*|reach\w*|was|were|is|are|stood|of|to|at|from|hit|"
    r"amount\w*|came|including|составил\w*|достиг\w*|насчит\w*|до|с|[:–—-])\s?(?:a |the |"
    r"around |about |over )?$|^,?$|[:–—]$",
    re.I,
)
_OLD = re.compile(
    r"(?:\b(?:from|to|of|with|than|against|versus|на|с|со|до|против|чем)|[:–—-])\s(?:just |"
    r"only |about |around |over |nearly |some |a |the |почти |около )?$",
    re.I,
)
_EACH_TIME = re.compile(
    r"\s(?:a day|per day|daily|a week|per week|a month|in\b|a year earlier|last year|the year|"
    r"year|so far|в сутки|в день|годом ранее|в\b|за\b)",
    re.I,
)
_FIGURE_WAS = re.compile(
    r"\b(?:the number|the figure|the total|the count|the volume|показатель|количество|"
    r"число)\b[^.;,]{0,30}?(?:was|is|at|of|reached|:|составил\w*|—|-)\s(?:just |only |about |"
    r"over )?$",
    re.I,
)
_OF_THEM = re.compile(
    r"\b(?:of which|of them|of these|of those|including|of the \w+,|из них|в том числе|"
    r"из которых)\b[^\d,;.]{0,30}$",
    re.I,
)
_TRIPS = re.compile(
    r"\b(?:trips|departures|journeys|runs|рейсов)\b[^.;\d]{0,30}\b(?:at|of|to|numbered|"
    r"totall?ed|reached|were|was)\s(?:about |some |over |around |nearly )?$",
    re.I,
)
_MORE = re.compile(r"\s(?:more|fewer|less|higher|lower|up|down)\b(?! percent)|\s(?:больше|меньше)\b")
_THAT_IS = re.compile(
    r"(?:(?:this|last|next) year,? |in \d{4},? |a year (?:earlier|ago),? |by then,? |(?:in|by) \w+,? )?"
    r"(?:that|this|it|the (?:figure|number|total|tally|count)(?: (?:for|in) [^,.;\d]{3,30})?) "
    r"(?:will |would |is expected to |had )?(?:makes?|made|compares? with|compared with|is|was|"
    r"stands at|stood at|stand at|exceed|reach|reached|exceeded|came to|rose to|fell to|had been|"
    r"up from|brings? [^,.;\d]{4,40} to|brought [^,.;\d]{4,40} to) "
    r"(?:about |some |over |just |only |more than |nearly )?",
    re.I,
)
_ENDS = re.compile(r"\s?(?:[,.;)]|$|and\b|и\b|соответственно|respectively|were\b|was\b)", re.I)
_BASE_LED = re.compile(
    r"(?:a year (?:earlier|ago|before)|годом ранее|год назад)\W*(?:it |the figure |there |"
    r"this )?(?:was|were|had been|было|составляло|составлял|насчитывалось|были)?\s(?:only |"
    r"about |just |около )?$",
    re.I,
)


class Nouned(Headed):
    """Finds what a number without a noun counts."""

    def _bare(self, s: Sentence, d: Draft, earlier: list[Draft]) -> Figure:
        """Give a number without a noun the unit of what it must count: numbered 1,872; up from 12."""
        f = d.figure
        start = self._start(f)
        last = next(
            (
                e
                for e in reversed(earlier)
                if not e.figure.sense and e.figure.unit and e.figure.reason is None
            ),
            None,
        )
        left = within(s.marks, max(s.start, last.figure.end if last else s.start), f.start)
        for m in reversed([m for m in left if m.start >= d.clause.start or f.start - m.start < 60]):
            for e in m.entries:
                known = None
                if (
                    e.kind == "metric"
                    and (not e.attrs.get("weak") or e.value in ("flights", "vessels", "cargo_types"))
                    and not e.attrs.get("goods")
                ):
                    known = self.lexicon.metric.get(e.value.split("|")[0])
                elif e.kind == "service":
                    known = self.lexicon.metric.get("trains")
                units = (
                    (known.alone | known.nouns | (known.units if known.stock else frozenset()))
                    if known
                    else frozenset()
                )
                between = self.text[m.end : start].strip()
                if len(units) == 1 and known and len(between) < 60 and _COUNTS.search(between):
                    d.head = Head(known.metric, m, "counted")
                    return replace(f, unit=next(iter(units)))
        before = self.text[max(s.start, start - 50) : start]
        behind = self.text[f.end : f.end + 24]
        if _TRIPS.search(before):
            return replace(f, unit="trip")
        carried = last or (
            self.state.last if self.state.last and d.sentence - self.state.last.sentence <= 1 else None
        )
        if (
            carried is None
            or carried.reason is not None
            or carried.figure.unit in (None, "other")
            or carried.figure.sense
        ):
            return f
        named = within(s.marks, last.figure.end if last else s.start, f.start)
        placed = [m for m in named if m.get("place")]
        between = self.text[placed[-1].end : start] if placed else ""
        if (
            (last is not None and (_OLD.search(before) or _EACH_TIME.match(behind)))
            or (last is not None and _MORE.match(behind) and last.figure.unit not in (*MONEY, *TIME))
            or (last is None and f.value >= 2 and _THAT_IS.fullmatch(self.text, s.start, start) is not None)
            or any((x := m.get("measure")) is not None and x.value in PER_TIME for m in named)
            or (
                placed
                and re.fullmatch(
                    r"[\s,:–—-]*(?:with |has |had |handled |saw |reported )?(?:about |some |over |nearly )?",
                    between,
                )
                is not None
            )
            or _FIGURE_WAS.search(before)
            or _OF_THEM.search(before)
            or (
                any(m.get("dir") for m in within(s.marks, f.end, f.end + 30))
                and re.match(r"\s(?:were |was |are )?(?:\w+)", behind) is not None
                and f.number.step == 0
            )
            or re.match(r"\s(?:so far|to date|this year|last year)", behind) is not None
            or (f.number.step > 0 and re.search(r"[:–—-]\s$", before) is not None)
            or (
                last is not None
                and _ENDS.match(behind)
                and (f.number.step > 0 or f.value >= 10)
                and not f.number.words
                and last.figure.unit not in TIME
                and last.figure.unit not in MONEY
            )
            or (last is not None and last.figure.unit in MONEY and f.number.step >= 1000)
            or (_BASE_LED.search(before) and f.value >= 2)
            or (
                placed
                and last is None
                and re.search(
                    r"\b(?:run|ran|handled|processed|moved|received|sent|dispatched|carried|posted|reported|saw|recorded)\s$",
                    before,
                )
                is not None
            )
        ):
            d.head = replace(carried.head, rule="list") if carried.head else None
            return replace(f, unit=carried.figure.unit)
        return f

    def _goal(self, s: Sentence, f: Figure) -> Figure:
        """Read "grew 12% to 45" as a level and not as a bound: in some languages "up to" is the same word."""
        if (
            f.qualifier != "<="
            or f.qual_start is None
            or not re.match(r"(?:до|to)\s", self.text[f.qual_start : f.start].lower())
        ):
            return f
        clause = s.clause_of(f.start)
        if not any(
            m.get("change") for m in within(s.marks, max(s.start, clause.start - 80), f.start)
        ) and not any(g.sense and g.end <= f.start and f.start - g.end < 30 for g in s.figures):
            return f
        low, high, value = bounds("=", f.value, f.number, False)
        return replace(f, qualifier="=", low=low, high=high, value=value)

    def _trips(self, s: Sentence, figure: Figure) -> Figure:
        """Tell what made the trips: trains where the story is of trains, people where it is of travellers."""
        near = within(s.marks, s.start, s.end)
        if any(
            m.get("service") or ((e := m.get("metric")) is not None and e.value == "trains") for m in near
        ):
            return replace(figure, unit="train")
        if any((e := m.get("metric")) is not None and e.value == "passengers" for m in near):
            return replace(figure, unit="person")
        last = self.state.last
        if last is not None and last.figure.unit in ("train", "person", "vehicle"):
            return replace(figure, unit=last.figure.unit)
        if self.state.service or self.title_service or (last is not None and self.state.recent.get("train")):
            return replace(figure, unit="train")
        return replace(figure, unit=None)
