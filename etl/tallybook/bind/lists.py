"""Lists: items and figures paired in order (分别, respectively), heads and measures shared along a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from tallybook.bind import frames, heads
from tallybook.bind.drafts import Draft, last_value
from tallybook.bind.frames import Frame
from tallybook.bind.heads import OTHER, Head
from tallybook.bind.owners import Placed
from tallybook.bind.places import Mention
from tallybook.bind.structure import Sentence, within
from tallybook.frozen import replace
from tallybook.lexicon import Mark
from tallybook.recognise.figures import TIME, Figure
from tallybook.recognise.periods import month_end

_EACH_ITS = re.compile(
    r"分别|依次|各自|各(?=[增降升跌涨减占达为有约是多少近报](?![省市县区])|(?:验放|查验|监管|完成|开行|发运|进出口?)?[约近超逾达]{0,2}\d)"
)
"""Words behind which the figures of a list stand, one for each of its items."""
_THEY = re.compile(
    r"[两三四五六七八九十\d](?:家|者|港|地|市|省|口岸|个口岸|大口岸|大港|个港口|站)(?:的?[\u4e00-\u9fff]{0,4})?$"
)
"""What stands for a list of places told before: 三港分别."""
_ONE_CHANGE = re.compile(r"[\u4e00-\u9fff]{0,3}[，,、(]?(?:同比|按年)?[\u4e00-\u9fff]{1,5}")
_PORT_LEAD = re.compile(r"^(?:机场|口岸|港口|全港|全区|各口岸|全关区)")
_RISES_TO = re.compile(
    r"(?: year[ -]on[ -]year)?"
    r"(?:[\s,-]|(?:and |и )?(?:reached|reaching|hit|достиг\w*|составил\w*|to|до|at)\b)+"
    r"(?:(?!compared|against|versus|than|from|против|чем|по)[a-zа-я]+ ){0,2}",
    re.I,
)
_FEW_ITEMS = 2
"""A list so short may be no list where its items are single characters."""
_CONTRASTED = frozenset({"内外", "外内", "进出", "出进", "上下", "公铁", "铁公", "海河"})
"""What stands before the ending of the last item of a list, which is its own, too: 内、外贸."""


class Listed(Placed):
    """Shares what a list shares, and pairs what it pairs."""

    def _distribute(self, s: Sentence, drafts: list[Draft], mentions: Sequence[Mention]) -> None:
        """Pair the items of a list with the figures behind 分别, in order."""
        self._share_head(drafts)
        self._name_parts(drafts)
        self._one_each(drafts, s.marks)
        done: set[int] = set()
        for m in _EACH_ITS.finditer(self.text[s.start : s.end]):
            at = s.start + m.end()
            run = self._figure_run(drafts, at, s.marks)
            if len(run) < 2:
                continue
            self._own_heads(s, run, s.start + m.start())
            done.update(d.figure.start for d in run)
            self._pair(s, run, s.start + m.start(), drafts, mentions)
        for m in re.finditer(r"(?i)\brespectively\b|\bсоответственно\b", self.text[s.start : s.end]):
            run = self._run_before(drafts, s.start + m.start())
            if len(run) > 1:
                done.update(d.figure.start for d in run)
                self._pair(s, run, run[0].figure.start, drafts, mentions)
        self._each_place(s, drafts, done)
        self._each_partner(drafts, done, mentions)
        for i, d in enumerate(drafts):  # 分别为1980辆次和420辆次，同比增长16%、9%
            if (
                d.figure.start in done
                or not d.figure.sense
                or d.figure.growth
                or (i and drafts[i - 1].figure.sense)
            ):
                continue
            run = self._figure_run(drafts[i:], d.figure.start, s.marks)
            amounts = drafts[max(0, i - len(run)) : i]
            if (
                len(run) > 1
                and len(amounts) == len(run)
                and all(a.figure.sense == "" and a.reason is None for a in amounts)
                and (
                    len({a.figure.unit for a in amounts}) in (1, len(run))
                    or {a.figure.start for a in amounts} <= done
                )
                and all(x.reason is None for x in run)
            ):
                self._pair(s, run, d.figure.start, drafts, [])

    def _each_place(self, s: Sentence, drafts: list[Draft], done: set[int]) -> None:
        """Give as many figures as there are places each its own: A、B口岸日均7.5万人次、4.8万人次."""
        for i, d in enumerate(drafts):
            n = len(d.ports)
            if n < 2 or d.reason or d.figure.start in done or len(set(d.ports)) < n:
                continue
            run = self._figure_run(drafts[i:], d.figure.start, s.marks)
            if len(run) != n or any(r.ports != d.ports or r.figure.unit != d.figure.unit for r in run):
                continue
            marks, told = d.port_marks, len(d.port_marks) == n
            for k, (r, slug) in enumerate(zip(run, d.ports, strict=True)):
                r.ports, r.port_marks, r.port_rule = (slug,), marks[k : k + 1] if told else (), "respectively"
                done.add(r.figure.start)
            for r in run[1:]:
                r.head = d.head
            self._same_measure(run)
            if d.figure.sense:
                for r in run:
                    if r.relates is not None and r.relates.ports != r.ports:
                        r.relates = _amount_of(r, drafts)

    def _each_partner(self, drafts: list[Draft], done: set[int], mentions: Sequence[Mention]) -> None:
        """Give as many figures as there are partners each its own; what they share is of their list."""
        for i, d in enumerate(drafts):
            if d.partner is None or d.reason or d.figure.start in done or d.relates is not None:
                continue
            floor = max(d.clause.start, drafts[i - 1].figure.end if i else 0)
            block = _tail_list(
                [m for m in mentions if m.role == "partner" and floor <= m.start and m.end <= d.figure.start]
            )
            if len(block) < 2 or block[-1].slug != d.partner:
                continue
            run = [
                r for r in self._figure_run(drafts[i:], d.figure.start, ())
                if r.figure.unit == d.figure.unit and not r.reason
            ]  # fmt: skip
            if len(run) == len(block):
                for r, m in zip(run, block, strict=True):
                    r.partner, r.partner_span = m.slug, (m.start, m.end)
                    r.head, r.direction = d.head, d.direction
                    done.add(r.figure.start)
                self._same_measure(run)
            elif len(run) == 1:
                d.partner_span = (block[0].start, block[-1].end)
                d.partner = self.text[block[0].start : block[-1].end]
        for i, d in enumerate(drafts):
            if d.partner and d.figure.sense and _TOGETHER.search(self.text, d.clause.start, d.figure.start):
                spans = {e.partner_span: None for e in drafts[:i] if e.partner and e.partner_span}
                if len(spans) > 1:  # 三者合计占…的44.2%
                    d.partner = "、".join(self.text[a:b] for a, b in spans)

    def _name_parts(self, drafts: list[Draft]) -> None:
        """Name a part that 其中 makes of an amount by its own words: it must not share that key."""
        for whole, d in pairwise([d for d in drafts if not d.figure.sense and d.head and d.reason is None]):
            between = self.text[whole.figure.end : d.figure.start]
            at = between.rfind("其中")
            like = replace(whole, breakdown=d.breakdown) if d.breakdown is None else whole
            if at < 0 or _series(like) != _series(d) or d.metric == OTHER:
                continue
            words = _PART_WORDS.fullmatch(between[at + 2 :])
            if words:
                d.breakdown = words["part"]
                for e in drafts:  # 其中国际货量28.4万吨，增长35.9%: the growth of that part
                    if e.relates is d and e.breakdown is None:
                        e.breakdown = d.breakdown

    def _own_heads(self, s: Sentence, run: list[Draft], at: int) -> None:
        """Give 货运量、货值分别为287万吨、316亿元 each its own head, where their units tell them apart."""
        if run[0].figure.sense or len({d.figure.unit for d in run}) < len(run):
            return
        before = within(s.marks, s.clause_of(at).start, at)
        for d in run:
            d.head = heads.nearest(before, d.figure.unit, self.lexicon, False, "respectively") or d.head

    def _share_head(self, drafts: list[Draft]) -> None:
        """Give a figure the head of the one behind it where only that has one, or says it better."""
        for a, b in pairwise(drafts):
            if (
                a.reading
                and a.reading.change
                and a.figure.sense
                and b.head
                and not b.figure.sense
                and b.reason is None
                and a.head
                and a.head.metric != b.head.metric
                and _RISES_TO.fullmatch(self.text, a.figure.end, b.figure.start)
            ):
                a.head, a.relates = replace(b.head, rule="goal"), b  # exports rose 4% to 124,988 TEU
        for a, b in pairwise(drafts):
            if a.ahead and b.head and b.reason is None and b.figure.sense == "":
                a.head, a.ports, a.port_marks, a.port_rule, a.frame = (
                    b.head,
                    b.ports,
                    b.port_marks,
                    b.port_rule,
                    b.frame,
                )
                a.relates, a.service, a.mode, a.direction = b, b.service, b.mode, b.direction
        for a, b in pairwise(drafts):
            self._one_base(a, b)
        self._share_unit(drafts)

    def _one_each(self, drafts: list[Draft], marks: Sequence[Mark]) -> None:
        """Give each figure of a list its day or year, where the span told has as many: 17至19日A、B、C."""
        for i, d in enumerate(drafts):
            told = d.frame.marks[-1] if d.frame.marks else None
            if d.figure.sense or d.reason or told is None or not (told.low and told.high):
                continue
            if i and drafts[i - 1].frame == d.frame and drafts[i - 1].figure.unit == d.figure.unit:
                continue
            run = self._figure_run(drafts[i:], d.figure.start, marks)
            days = (told.high - told.low).days + 1
            years = told.high.year - told.low.year
            n = len(run)
            own = {r.breakdown for r in run} - {None}
            alike = all(r.frame == d.frame and r.figure.unit == d.figure.unit for r in run)
            if n < 2 or len(own) > 1 or not alike:
                continue
            if told.grain == "range" and days == n:
                spans = [(told.low + timedelta(k),) * 2 for k in range(n)]
            elif told.grain == "months" and _MONTHLY.search(self.text, told.end, d.figure.start) and (
                12 * years + told.high.month - told.low.month + 1 == n
            ):  # 1至3月各月分别为A、B、C
                first = told.low.year * 12 + told.low.month - 1
                spans = [
                    (date(k // 12, k % 12 + 1, 1), month_end(k // 12, k % 12 + 1))
                    for k in range(first, first + n)
                ]
            elif told.grain == "back" and years == n:
                last = told.high.year
                spans = [(date(y, 1, 1), date(y, 12, 31)) for y in range(last - n, last)]
            else:
                continue
            for r, (low, high) in zip(run, spans, strict=True):
                r.frame = Frame(low, high, "span", told.grain, d.frame.marks)

    def _one_base(self, a: Draft, b: Draft) -> None:
        """Let a change and its percent be against one base: 较2019年增加300列，增长8%; 增303亿元，升16.1%."""
        x, y = a.reading, b.reading
        if not (x and y and x.change and y.change and x.measure and y.measure and a.metric == b.metric):
            return
        if (
            bool(a.figure.sense) == bool(b.figure.sense)
            or {a.figure.unit, b.figure.unit} & TIME
            or "pp" in (x.unit, y.unit)
            or not _ONE_CHANGE.fullmatch(self.text, a.figure.end, b.figure.start)
        ):
            return
        base = (x.measure if y.bare else y.measure if x.bare else "").partition("_")[0]
        if x.bare and y.bare:
            base = "yoy"
        if base in ("yoy", "change"):
            for d, r in ((a, x), (b, y)):
                d.reading = (
                    replace(r, measure=f"{base}_{'pct' if d.figure.sense else 'abs'}") if r.bare else r
                )

    def _share_unit(self, drafts: list[Draft]) -> None:
        """Let 与19个国家的23个城市通航 count both by the one word behind them."""
        for a, b in pairwise(drafts):
            if (
                a.head is None
                and b.head
                and a.figure.unit == "country"
                and b.metric == "cities_reached"
                and self.text[a.figure.end : b.figure.start].strip() in ("的", "、", "和", "")
            ):
                a.head, a.ports, a.port_marks, a.port_rule = (
                    Head("countries_reached", b.head.mark, b.head.rule),
                    b.ports,
                    b.port_marks,
                    b.port_rule,
                )

    def _run_before(self, drafts: list[Draft], at: int) -> list[Draft]:
        """The figures of one list that ends at `at` (7 percent, 9 percent and 12 percent, respectively)."""
        run: list[Draft] = []
        edge = at
        for d in reversed([d for d in drafts if d.figure.end <= at]):
            gap = self.text[d.figure.end : edge]
            if not re.fullmatch(r"(?:\s|,|and|и|to|by|на|до|year on year|year-on-year)*", gap) or (
                run and not _alike(d.figure, run[0].figure)
            ):
                break
            run.insert(0, d)
            edge = d.figure.start
        return run

    def _figure_run(self, drafts: list[Draft], at: int, s_marks: Sequence[Mark]) -> list[Draft]:
        """The figures behind `at` that form one list: parted by 、和 and nothing else."""
        run: list[Draft] = []
        for d in drafts:
            if d.figure.start < at:
                continue
            if not run:
                if len(self.text[at : d.figure.start]) > 24 or "，" in self.text[at : d.figure.start]:
                    break
            else:
                gap = self.text[run[-1].figure.end : d.figure.start]
                for mark in within(s_marks, run[-1].figure.end, d.figure.start):
                    if mark.get("change"):  # 分别增长8.1%和下降2.4%
                        gap = gap.replace(self.text[mark.start : mark.end], "", 1)
                if (
                    len(gap) > 6
                    or not re.fullmatch(
                        r"(?:以上|左右|多)?\s?[、，和及与]*\s?(?:以及)?(?:超过?|近|约|逾)?", gap
                    )
                    or not _alike(d.figure, run[0].figure)
                ):
                    break
            run.append(d)
        return run

    def _pair(
        self, s: Sentence, run: list[Draft], at: int, drafts: list[Draft], mentions: Sequence[Mention]
    ) -> None:
        n = len(run)
        clause_start = s.clause_of(at).start
        months = [p for p in s.periods if p.end <= at and p.kind == "span"][-n:]
        if (
            len(months) == n
            and all(self.text[a.end : b.start] in ("、", "和", "及", "与") for a, b in pairwise(months))
            and at - months[-1].end <= 14
        ):
            for d, p in zip(run, months, strict=True):  # 4月、5月、6月分别为…, 环比分别增长…
                d.frame, d.relates = frames.run(Frame(), [p], self.published), None
            for d in run[1:]:
                d.head = run[0].head
            self._same_measure(run)
            return
        amounts = [
            d
            for d in drafts
            if d.figure.end <= at
            and d.figure.sense == ""
            and d.metric not in (None, OTHER)
            and d.reading
            and not d.reading.change
        ]
        referred = _THEY.search(self.text, max(clause_start, at - 8), at)
        listed = self.state.listed
        if referred and len(listed) == n:  # 三家分别为9625万吨、6477万吨、4445万吨
            for d, slug in zip(run, listed, strict=True):
                d.ports, d.port_marks, d.port_rule = (slug,), (), "respectively"
                d.head = d.head or run[0].head
            self._same_measure(run)
            return
        for role in ("partner", "subject"):
            items = [m for m in mentions if m.role == role and m.end <= at]
            block = _tail_list(items)
            nearer = [a for a in amounts[-n:] if block and a.figure.start >= block[-1].end]
            if run[0].figure.sense and len(nearer) == n and len({a.metric for a in nearer}) == n:
                break  # 满洲里、绥芬河开行A列、发送B标箱，分别增长: of the amounts, not of the places
            if len(block) == n and block[0].start >= clause_start - 40:
                abroad = role == "subject" and all(self._foreign(m.slug) for m in block)
                for d, m in zip(run, block, strict=True):
                    if role == "partner" or abroad:
                        d.partner, d.partner_span = m.slug, (m.start, m.end)
                    else:
                        d.ports, d.port_marks, d.port_rule = (m.slug,), ((m.start, m.end),), "respectively"
                    if role == "partner" or abroad:
                        d.relates = None
                    elif d.relates is not None and d.relates.ports != d.ports:
                        d.relates = _amount_of(d, drafts)
                    if run[0].head:
                        d.head = d.head or run[0].head
                if run[0].figure.sense == "":
                    for d in run[1:]:
                        d.head = run[0].head
                    self._same_measure(run)
                else:
                    self._same_head(run)
                return
        if run[0].figure.sense and len(amounts) >= n and not self._own_items(run[0], at, clause_start, n):
            for d, a in zip(run, amounts[-n:], strict=True):
                d.relates, d.head = a, replace(a.head, rule="respectively") if a.head else None
                d.ports, d.port_marks, d.port_rule = a.ports, a.port_marks, "respectively"
                d.frame, d.direction, d.partner, d.service, d.mode = (
                    a.frame,
                    a.direction,
                    a.partner,
                    a.service,
                    a.mode,
                )
                d.breakdown, d.scope = a.breakdown, a.scope
            self._same_measure(run)
            return
        items_text = self._own_items(run[0], at, clause_start, n)
        counts = self._counts_named(s, items_text, at, run[0].figure) if run[0].figure.sense else []
        if counts:
            for d, head in zip(run, counts, strict=True):
                d.head, d.breakdown = head, None
                amount = next((a for a in reversed(amounts) if a.metric == head.metric), None)
                d.relates = amount
            self._same_measure(run)
            return
        if items_text:
            for d, name in zip(run, items_text, strict=True):
                d.breakdown, d.relates = name, None
        self._same_head(run)
        self._same_measure(run)
        for d, name in zip(run, items_text, strict=False):
            self._part_named(s, name, at, d)

    def _part_named(self, s: Sentence, name: str, at: int, d: Draft) -> None:
        """Take the direction out of a part that a list names: 抵港和离港货物 are two directions."""
        start = self.text.rfind(name, s.start, at)
        marks = within(s.marks, start, start + len(name)) if start >= 0 else []
        way = next((m for m in marks if (e := m.get("dir")) is not None and e.value), None)
        if way is None:
            return
        d.direction = last_value([way], "dir")
        rest = name.replace(self.text[way.start : way.end], "", 1)
        if not rest or any(m.get("metric") and self.text[m.start : m.end] == rest for m in marks):
            d.breakdown = None

    def _counts_named(self, s: Sentence, items: Sequence[str], at: int, figure: Figure) -> list[Head]:
        """Give the metrics where the items of a list are metrics: 班次、货值、货重同比分别增长…"""
        out: list[Head] = []
        start = max(s.start, at - 60)
        for item in items:
            place = self.text.rfind(item, start, at)
            marks = within(s.marks, place, place + len(item)) if place >= 0 else []
            own = len(_PORT_LEAD.sub("", item))
            whole = [m for m in marks if m.end - m.start == own and (m.get("metric") or m.get("world"))]
            head = heads.of_mark(whole[0], "%", self.lexicon, True, "respectively") if whole else None
            head = self._carried(s, figure, head) if head else None  # 机场客运量及飞机起降量分别上升
            if head is None or head.metric == OTHER:
                return []
            out.append(head)
        return out if len({h.metric for h in out}) == len(out) else []

    def _same_head(self, run: list[Draft]) -> None:
        first = run[0]
        for d in run[1:]:
            if d.head is None or d.figure.sense or d.figure.unit == first.figure.unit:
                d.head = first.head
            d.ports = d.ports if d.port_rule == "respectively" else first.ports
            d.direction = first.direction
            if d.partner is None:
                d.partner = first.partner
        self._same_measure(run)

    def _same_measure(self, run: list[Draft]) -> None:
        first = run[0].reading
        if first is None:
            return
        for d in run[1:]:
            r = d.reading
            if r is None or (r.measure == first.measure and r.change == first.change):
                continue
            if r.change and first.change and r.mark is not None and r.mark.get("change"):
                d.reading = replace(r, measure=first.measure)  # 增长5.1%和下降2.3%: each has its own sign
                continue
            sign = -1 if first.change and first.value < 0 else 1
            f = d.figure
            value, low, high = f.value, f.low, f.high
            if f.sense == "fold" and first.unit == "%":  # 增长38.5%及1.1倍
                value, low, high = value * 100, low and low * 100, high and high * 100
            if sign < 0:
                value, low, high = -value, None if high is None else -high, None if low is None else -low
            d.reading = replace(
                first, value=value, low=low, high=high, qualifier=f.qualifier, unit=first.unit
            )

    def _own_items(self, first: Draft, at: int, clause_start: int, n: int) -> list[str]:
        """Give the n nouns of the list before 分别, in its clause or the one before, else nothing."""
        before = max(self.text.rfind(c, 0, max(0, clause_start - 1)) for c in "，。；：\n") + 1
        return self._items(clause_start, at, n) or self._items(before, max(before, clause_start - 1), n)

    def _items(self, start: int, end: int, n: int) -> list[str]:
        for m in within(self.mentions, start, end):
            if self.text[m.end : m.end + 1] not in "、和及与":
                start = max(start, m.end)
        words = self.text[start:end]
        words = re.sub(r"(?:同比|环比|较上年同期|比去年同期)?(?:则)?$", "", words)
        lead = re.search(r".*(?:出口|进口|进出口|其中|对\S{1,6}?出口)(?=.*[、和])", words)
        if lead:
            words = words[lead.end() :]
        words = re.sub(r"^(?:值|额|量)?较[大小多高]的", "", words)
        words = re.sub(
            r"(?:进出口|出口|进口)(?:增速|增势|额|值|量)?[^、]{0,10}$", "", words.strip("，；：,; ")
        )
        for parting in (r"、|以及", r"、|以及|(?<=[\u4e00-\u9fff])[和及与](?=[\u4e00-\u9fff])"):
            items = [p for p in re.split(parting, words) if p]
            items = [p + items[-1][1:] if p + items[-1][:1] in _CONTRASTED else p for p in items]
            least = 2 if n == _FEW_ITEMS else 1
            if len(items) == n and all(least <= len(p) <= 14 and not re.search(r"\d", p) for p in items):
                return [re.sub(r"(?:出口|进口|吞吐量|货运量|运量)$", "", p) or p for p in items]
        return []


def _alike(a: Figure, b: Figure) -> bool:
    """Tell whether two figures can stand in one list: both amounts, or both growths (38.5%及1.1倍)."""
    relative = {"percent", "fold", "doubling"}
    return a.sense == b.sense or (a.sense in relative and b.sense in relative)


_MONTHLY = re.compile(r"各月|逐月|每月|各个月|每个月|月度")
_TOGETHER = re.compile(r"(?:[两二三四五六七八九十]者|合计|共计|总计|合共|总共|一共|共)[^，。；、]{0,4}占")
_PART_WORDS = re.compile(
    r"[，,：:]?(?P<part>[\u3400-\u9fffA-Za-z“”、]{2,16}?)(?:的|已|共|合计|达到?|为|有|约|近|超过?|逾|突破|则)*"
)


def _series(d: Draft) -> tuple[object, ...]:
    """Give what tells a figure from another one of the same sentence."""
    measure = d.reading.measure if d.reading else None
    return (
        *(d.metric, measure, d.ports, d.partner, d.direction, d.service),
        *(d.breakdown, d.nature, d.scope, d.frame.low, d.frame.high),
    )


def _amount_of(growth: Draft, drafts: Sequence[Draft]) -> Draft | None:
    """Give the amount of a growth's own place."""
    return next(
        (a for a in drafts if a.metric == growth.metric and a.ports == growth.ports and not a.figure.sense),
        None,
    )


def _tail_list(items: Sequence[Mention]) -> list[Mention]:
    out: list[Mention] = []
    for m in reversed(items):
        out.insert(0, m)
        if not m.linked:
            break
    return out
