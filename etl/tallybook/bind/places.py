"""Places in the text: which place a name means with its suffix, and what part it plays.

A place is a *subject* (the figures near it are its own), a *partner* of a trade, an
*endpoint* of a route, the *whole* of a share, a *reporter* (the office that says so), or a
mere *modifier*. Only subjects, and failing them reporters, give a figure its port.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from tallybook.frozen import record, replace
from tallybook.lexicon import Lexicon, Mark, Place
from tallybook.spans import begun

Role = Literal["subject", "partner", "endpoint", "origin", "whole", "reporter", "modifier", "ref", "compared"]

NOWHERE = ""
"""Slug of a named area that the gazetteer does not hold: its figures are nobody else's."""

_SPECIFIC = frozenset({"rail", "road", "sea", "air"})
_PASSED = frozenset({"rail", "road", "air"})
"""Places whose travellers are those who pass: 桃园机场旅客 are no people of a land."""
_LIST = re.compile(r"(?:[、和与及暨]|以及|及其|或|\s?,\s?)+$")
_SAYS = re.compile(
    r"[^，。；]{0,8}?(?:统计|获悉|了解到|消息|介绍|数据|发布|公布|通报|透露|表示|称|说(?!明)|指出|最新|显示|提供|方面)"
)
_TRADE = re.compile(
    r"(?:(?:[^，。；：\d]|\d+(?=个|国|家)){0,14}?(?:进出口|出口|进口|贸易|外贸|外销|出超|入超|顺差|逆差|投资|采购|交易|国家进|成员国)|(?:则|分别|大幅|仍)*(?:增长|增加|下降|下跌|上升|升|跌|增|减))"
)
_ROUTE_NEXT = re.compile(r"(?:至|到|-|—|=|经)$")
_WAY_FROM = re.compile(r"(?:往|去|前往|飞往)")
_ATTRIBUTIVE = re.compile(
    r"(?:\d{1,4}[个座条家大][^，。；]{0,12}之一|最大|首创|率先|首[位个条家批次座趟列]|第[一二三四五]|唯一|重要|前列|前[三五十二百\d]|之[首一]|西部|北方|南方|主要|最早|开通|开放|最多|居|名列|铁路建设|境内|其他|各[地省市]|各国(?!际)|多[地个省]|范围|人民|政府|特色|制造|品牌|企业在|有史|海关总署|经济|市场|同类|同期|陆路口岸|[^，。；]{0,12}(?:贸易伙伴|出口市场|来源地|来源国))"
)
_BEFORE_MODIFIER = re.compile(
    r"(?:占|居|位居|位列|(?<![班专货车序])列|跃居|稳居|领先|约占|占到|成为|含|包括|包含|不含|排名|排在|名列|作为)$"
)


@record
class Mention:
    """A place named in the text, with its part in the sentence. `slugs` has several for a list."""

    start: int
    end: int
    slug: str
    role: Role
    linked: bool = False
    """True where it continues a list with the mention before (A、B和C)."""
    adjacent: bool = False
    """True where it stands directly behind the mention before (新疆阿拉山口)."""
    strong: bool = False


def find_places(text: str, marks: Sequence[Mark], lexicon: Lexicon, lang: str = "") -> list[Mention]:
    """Resolve every place mark to a mention with a role, in text order.

    A name that is one script's alone (本港 of Hong Kong's papers) is left out in a text of another.
    """
    if lang:
        marks = [m for m in marks if (e := m.get("place")) is None or e.attrs.get("lang", lang) == lang]
    out: list[Mention] = []
    spans = _resolve(text, marks, lexicon)
    named = [(m.start, m.end, e.value) for m in marks if (e := m.get("partner")) and not m.get("place")]
    for n, (start, end, slug, customs) in enumerate(spans):
        while named and named[0][0] < start:
            out.append(_counterpart(text, *named.pop(0), out[-1] if out else None))
        before = text[max(0, start - 10) : start]
        after = text[end : end + 24]
        previous = out[-1] if out else None
        gap = text[previous.end : start] if previous else ""
        linked = previous is not None and len(gap) <= 4 and bool(_LIST.fullmatch(gap.strip("“” ") or gap))
        adjacent = previous is not None and gap.strip("“”·的 （(国境内地") == "" and len(gap) <= 2
        follower = spans[n + 1] if n + 1 < len(spans) else None
        role = _role(
            text,
            start,
            end,
            before,
            after,
            lexicon.place.get(slug),
            customs,
            previous,
            linked,
            adjacent,
            lexicon,
            follower,
        )
        if linked and role in ("modifier", "partner"):
            back = len(out)
            while (
                back > 0
                and (back == len(out) or out[back].linked)
                and out[back - 1].role == "subject"
                and not (
                    role == "partner" and _home(lexicon, out[back - 1].slug) and not _home(lexicon, slug)
                )
            ):
                back -= 1  # 香港、澳门居民: what stands behind the list is said of all of it
                out[back] = replace(out[back], role=role)
        if role == "partner":
            slug = lexicon.land.get(slug, slug)
        out.append(
            Mention(
                start,
                end,
                slug,
                role,
                linked,
                adjacent,
                strong=before.endswith(("经", "经由", "在", "从")),
            )
        )
    for counterpart in named:
        out.append(_counterpart(text, *counterpart, out[-1] if out else None))
    return _with_lists(text, out, marks, lexicon)


def _counterpart(text: str, start: int, end: int, slug: str, previous: Mention | None) -> Mention:
    """Make the mention of a partner that a word of its own names (RCEP成员国), so that lists may go on from it."""
    gap = text[previous.end : start] if previous else ""
    linked = previous is not None and len(gap) <= 4 and bool(_LIST.fullmatch(gap.strip("“” ") or gap))
    return Mention(start, end, slug, "partner", linked)


_NAMED = frozenset({"rail", "road", "port", "customs", "sea", "air", "way"})
_NAME_REACH = 40
"""Characters before a name in which a word that goes on into it may begin."""
_NAME = re.compile(r"(?:^|[，。；：、“”（）()\n])([\u3400-\u9fff]{2,4})$")


def _unknown(text: str, mark: Mark, marks: Sequence[Mark], lexicon: Lexicon) -> int | None:
    """Give where a name begins that a port word makes a place's, and that the gazetteer lacks (平陆运河)."""
    suffix = mark.get("suffix")
    if suffix is None or suffix.value not in _NAMED or (mark.get("ref") and mark.start == 0):
        return None
    name = _NAME.search(text, max(0, mark.start - 5), mark.start)
    if name is None or any(g in name[1] for g in lexicon.words("generic")):
        return None
    start = name.start(1)
    return None if any(m.end > start for m in begun(marks, start - _NAME_REACH, mark.start)) else start


def slug_of(place: Place | None) -> str:
    """Give a place's slug, or what no place has."""
    return place.slug if place else ""


def slug_country(lexicon: Lexicon, slug: str) -> str | None:
    """Give the country that a place is in."""
    place = lexicon.place.get(slug)
    return place.country if place else None


_WITHIN = re.compile(r"[\u3400-\u9fff]{0,6}")


def _home(lexicon: Lexicon, slug: str) -> bool:
    place = lexicon.place.get(slug)
    return place is not None and place.country == "CN"


def _with_lists(text: str, mentions: list[Mention], marks: Sequence[Mark], lexicon: Lexicon) -> list[Mention]:
    """Add the places that one phrase names together (西、中、东三条通道), as a list in its order."""
    for mark in marks:
        unknown = _unknown(text, mark, marks, lexicon)
        if unknown is not None:
            mentions.append(Mention(unknown, mark.end, NOWHERE, "subject", strong=True))
        before = text[max(0, mark.start - 10) : mark.start]
        if (
            mark.get("nowhere")
            and not _AREA_REACHED.search(text, max(0, mark.start - 14), mark.start)
            and _lead(before, lexicon) is None
            and not _share_before(text, mark.start)
        ):
            mentions.append(Mention(mark.start, mark.end, NOWHERE, "subject", strong=True))
        entry = mark.get("placelist")
        if entry is not None:
            mentions += [
                Mention(mark.start, mark.end, slug, "subject", linked=n > 0)
                for n, slug in enumerate(entry.value.split("|"))
            ]
    return sorted(mentions, key=lambda m: (m.start, m.linked))


_AREA_REACHED = re.compile(
    r"(?:包括|涵盖|来自|辐射|覆盖|通飞|可飞|飞往|飞抵|直飞|通往|直达|抵达|面向|促进|推动|带动|服务|助力|通达|连接|运往|销往)[^，。；]{0,8}$"
)


def _resolve(text: str, marks: Sequence[Mark], lexicon: Lexicon) -> list[tuple[int, int, str, bool]]:
    out: list[tuple[int, int, str, bool]] = []
    for i, mark in enumerate(marks):
        entry = mark.get("place")
        if entry is None:
            beside = _crossing_beside(text, marks, i, out, lexicon)
            if beside:
                out.append((mark.start, mark.end, beside, False))
            continue
        slug, end, customs = entry.value, mark.end, entry.value.startswith("cust-")
        j = i + 1
        kinds: set[str] = set()
        while (
            j < len(marks)
            and marks[j].start - end <= (1 if text[end : end + 1] in "、" else 0)
            and marks[j].get("suffix")
        ):
            suffix = marks[j].get("suffix")
            assert suffix is not None
            kinds.add(suffix.value)
            customs = customs or suffix.value == "customs"
            end = marks[j].end
            j += 1
        if (
            j < len(marks)
            and marks[j].start == end
            and marks[j].get("reporter")
            and text.startswith("海关", end)
        ):
            customs, end = (
                True,
                end + 2,
            )  # 鄂州海关统计: 海关统计 is one word, and names the office all the same
        if not {"rail", "road"} <= kinds:  # 铁路、公路口岸 together are the port as a whole
            for kind in kinds:
                slug = variant(slug, kind, lexicon)
        out.append((mark.start, end, slug, customs))
    return out


def _crossing_beside(
    text: str, marks: Sequence[Mark], i: int, told: Sequence[tuple[int, int, str, bool]], lexicon: Lexicon
) -> str | None:
    """Give the place of a bare 公路口岸 or 铁路口岸 beside the other crossing of the same name."""
    suffix = marks[i].get("suffix")
    start = marks[i].start
    if (
        suffix is None
        or suffix.value not in ("road", "rail")
        or not told
        or not 0 <= start - told[-1][1] <= 60
    ):
        return None
    if text[marks[i].start : marks[i].end] not in ("公路口岸", "铁路口岸"):
        return None
    if not (start == 0 or text[start - 1] in "，；。、经从由在自与和\n"):
        return None
    base = told[-1][2].removesuffix("-road")
    return (f"{base}-road" if suffix.value == "road" else base) if f"{base}-road" in lexicon.place else None


def variant(slug: str, suffix: str, lexicon: Lexicon) -> str:
    """Give the place that the suffix makes of a name, where the gazetteer has it as its own."""
    if suffix == "road" and f"{slug}-road" in lexicon.place:
        return f"{slug}-road"
    if suffix in ("sea", "air"):
        place = lexicon.place.get(slug)
        if place and place.kind not in (suffix, "air") and place.name_zh_hans:
            name = place.name_zh_hans.removesuffix("港")  # 深圳港 and 深圳机场 are both of 深圳
            for other in lexicon.of_kind(suffix):
                if (
                    other.name_zh_hans
                    and other.name_zh_hans.startswith(name)
                    and other.country == place.country
                ):
                    return other.slug
    return slug


def _role(
    text: str,
    start: int,
    end: int,
    before: str,
    after: str,
    place: Place | None,
    customs: bool,
    previous: Mention | None,
    linked: bool,
    adjacent: bool,
    lexicon: Lexicon,
    follower: tuple[int, int, str, bool] | None,
) -> Role:
    if linked and previous and previous.role in ("partner", "endpoint", "whole"):
        return previous.role
    if (
        adjacent
        and previous
        and previous.role in ("endpoint", "partner")
        and (not previous.strong or not _home(lexicon, previous.slug))
        and not (previous.role == "partner" and place and place.kind in _SPECIFIC and place.country == "CN")
    ):
        return previous.role  # but 中哈霍尔果斯 is the port
    if (
        previous
        and previous.role == "endpoint"
        and place
        and place.country not in (None, "CN")
        and slug_country(lexicon, previous.slug) == place.country
        and _WITHIN.fullmatch(text, previous.end, start)
    ):
        return "endpoint"  # 开往德国钢铁城市杜伊斯堡
    if _DATELINE_AFTER.match(after) or _DATELINE_BEFORE.search(text, max(0, start - 24), start):
        return "modifier"
    if _SIGNED_AFTER.match(after) and _SIGNED.search(text, max(0, start - 20), start):
        return "modifier"
    if _OFFICE_OF.match(after):
        return "reporter"
    if _FIRM.match(after) and not (place and place.kind in _SPECIFIC):
        return "modifier"
    if _VENUE.match(after) or (_EXCEPTED.match(after) and _EXCEPT.search(text, max(0, start - 24), start)):
        return "modifier"
    lead = _lead(before, lexicon)
    share = _share_before(text, start)
    if share:
        return "whole"
    if (customs and _SAYS.match(after)) or _BOARD.match(after):
        return "reporter"
    if before.endswith(lexicon.spelled("aside")) and _LEVEL_OF.match(after):
        return "compared"  # 高于全国2.8%的增幅: that figure is the other place's, and nothing else is
    if (
        _BEFORE_MODIFIER.search(before)
        or before.endswith(lexicon.spelled("aside"))
        or _COMPARED_WITH.search(text, max(0, start - 16), start)
        or _WITH_CLAUSE.search(text, max(0, start - 40), start)
    ):
        return "modifier"
    if place and place.kind == "country" and _PEOPLE.match(after):
        return "modifier"
    if _TOGETHER.match(after) and before.endswith(("与", "同", "跟")) and not linked:
        return "modifier"  # 与西部陆海新通道有效衔接
    if place and place.kind in ("country", "region") and _RANKED.search(text, max(0, start - 16), start):
        return "partner"  # 其次为香港及台湾地区: where the visitors come from
    if _LADEN.search(text, max(0, start - 40), start) and _LOAD.match(after):
        return "modifier"  # 满载印尼起酥油、海南椰子汁等: where the goods come from
    opened = previous and (
        (previous.role == "subject" and _OPENED.search(before))
        or (previous.role == "modifier" and text[previous.end : start] in _QUOTED_NEXT)
    )
    if opened and _LINES.match(after):
        return "modifier"  # 义乌新增了“中吉乌”…等线路: the lines are whose they are
    if _AS_FOR.match(after) and any(lead + text[start:end] in text[end : end + 60] for lead in "对自向与"):
        return "partner"  # 中国大陆方面，前2月对中国大陆出口…
    if previous and previous.role == "endpoint" and _STATION_OF.fullmatch(text, previous.end, start):
        return "endpoint"  # 发往云南蒙自北站、广西靖西站
    attribute = (
        next(e for w, e in lexicon.words("attribute").items() if after.startswith(w))
        if after.startswith(lexicon.spelled("attribute"))
        else None
    )
    passed = place is not None and place.kind in _PASSED and attribute is not None and not attribute.value
    abroad = place is not None and place.kind in ("country", "region") and place.country != "CN"
    if abroad and attribute and attribute.value == "foreign" and lead == "partner" and _TRADE.match(after):
        return "partner"  # 从蒙古国进口原煤, but 蒙古国进口原煤的价格
    if abroad and _TRADED.search(before):
        return "partner"  # 出口俄罗斯蔬菜2万吨
    if (
        attribute
        and not passed
        and not (attribute.value == "foreign" and place and place.country in ("CN", "HK", "MO", "TW"))
    ):
        return (
            "partner"
            if attribute.value == "partner" and (adjacent or (place and place.country != "CN"))
            else "modifier"
        )
    if place and place.slug == "cn" and _BEING.search(before) and _CLASSED.match(after):
        return "modifier"  # 甘其毛都是我国一类陆路口岸: what a place is tells of that place
    if place and place.kind in ("country", "region") and _ATTRIBUTIVE.match(after) and not linked:
        if _COUNTERPART.match(after):
            ours = place.slug != "cn" and previous is not None and previous.role == "partner"
            return "partner" if place.country != "CN" else "subject" if ours else "modifier"
        return (
            "modifier"
            if place.slug == "cn" or re.match(r"其他|各[地省市]|各国(?!际)|多[地个]", after)
            else "subject"
        )
    if (
        previous
        and previous.role == "subject"
        and _SINCE_LAUNCH.match(after)
        and _SINCE_WHEN.search(text, max(0, start - 26), start)
    ):
        return "modifier"  # 满洲里站称，自2013年首列“苏满欧”开行以来，…
    if _CHANGED.match(after) and (
        _COUNTERPARTS.search(text, max(0, start - 160), start)
        or (previous and previous.role == "partner" and _BESIDES.fullmatch(text, previous.end, start))
    ):
        return "partner"
    area = place is not None and place.kind in ("country", "region")
    if (
        area
        and _MOVED.match(after)
        and previous
        and previous.role == "partner"
        and _GOES_ON.fullmatch(text, previous.end, start)
    ):
        return "partner"  # 对欧盟出口增长17.9%，美国下降3%
    if lead in ("endpoint", "partner") and area and (_MOVED.match(after) or _WORTH.match(after)):
        return "partner"  # 输往越南升38.5%, 产自欧盟(69.1亿元)的进口
    if linked_by_worth(text, previous, start) and area and _WORTH.match(after):
        return "partner"
    if (
        lead == "partner"
        and not (place and place.country == "CN" and place.slug != "cn")
        and (_TRADE.match(after) or follower_trades(text, end))
    ):
        return "partner"
    if (
        previous
        and previous.role in ("subject", "ref", "modifier")
        and text[previous.end : start].strip() in ("与", "和", "对", "同")
        and place
        and place.kind in ("country", "region")
        and _TRADE.match(after)
        and (text[previous.end : start].strip() != "和")
    ):
        return "partner"
    if lead == "partner" and abroad and _AMOUNT.match(after) and _TOLD_TRADE.search(text, max(0, start - 130), start):
        return "partner"  # 对东盟进出口…；对欧盟4693.8亿元
    if lead == "endpoint":
        return "endpoint"
    if _through(before, place) and not (follower and follower[0] == end and _home(lexicon, follower[2])):
        return "endpoint"
    if _ORIGIN_COUNTED.match(after) and not _SINGLE.search(text, max(0, start - 12), start):
        return "subject"
    if _ORIGIN.match(after) and (place is None or place.kind not in ("rail", "road", "sea", "air")):
        return "origin"
    if follower and before.endswith(("由", "从", "自")) and _WAY_FROM.fullmatch(text, end, follower[0]):
        return "endpoint"  # 由珠海往香港
    if follower and follower[0] - end <= 2 and _ROUTE_NEXT.fullmatch(text[end : follower[0]]):
        if (
            text[max(0, start - 1) : start] in ("", "。", "\n")
            and _home(lexicon, slug_of(place))
            and not _home(lexicon, follower[2])
        ):
            return "subject"  # 长春至汉堡的班列每周…: the line is its hub's
        return "endpoint"
    if previous and _ROUTE_NEXT.fullmatch(text[previous.end : start] or " "):
        return "endpoint"
    return "subject"


_TOGETHER = re.compile(
    r"[^，。；：\d]{0,20}?(?:衔接|对接|协商|磋商|协调|协作|合作|联动|会谈|会晤|签署|签订|携手|沟通|互动|共建|联手|结对)"
)
"""What is done with another place that is not the one counted."""
_OPENED = re.compile(r"(?:新增|开通|新开|新开通|开辟|新开辟|开行|增开|新辟|打造|推出)了?“$")
_RANKED = re.compile(r"(?:其次|依次|居首的?|首位的?)[是为](?:[^，。；\d]{1,10}[、和及与])?$")
_LADEN = re.compile(r"(?:满载|装载|搭载|载有|载着|装有)[^，。；]{0,36}$")
_LOAD = re.compile(r"[^，。；]{1,24}?(?:等(?!地|口岸|站)|的(?:集装箱|货物|班列|列车|专列))")
_QUOTED_NEXT = ("”“", "”、“")
_LINES = re.compile(r"”[^。；]{0,80}?(?:等[^。；，]{0,6}(?:线路|班列|航线|通道|专列|列车)|(?:线路|班列|航线|专列|列车)[、，。；])")
_AS_FOR = re.compile(r"(?:[与和及、][^，。；\d]{1,6})?方面[，,]")
"""A land that a clause is of: 中国大陆与香港方面."""
_STATION_OF = re.compile(r"[\u3400-\u9fff]{1,5}?(?:站|港|机场|口岸|中心)[、和及与]")
"""Between the ends of a list: 发往云南某某北站、广西靖西站."""
_COUNTERPART = re.compile(r"[^，。；]{0,14}(?:贸易伙伴|出口市场|进口市场|来源地|来源国|出口目的地)")
_TRADED = re.compile(r"(?:(?<!进)出口|进口|出口[至到往]|进口自)$")
_AMOUNT = re.compile(
    r"(?:则|也|亦|仅|只|已)?(?:达到?|为|有)?[约近超逾]?\d[\d.,]*[万亿兆]*(?:元|美元|港元|欧元|日元|人民币|美金)"
)
_TOLD_TRADE = re.compile(r"(?:进出口|出口|进口|贸易)[^。\n]{0,120}$")
_BEING = re.compile(r"(?:是|作为|成为|系|堪称|已成|跻身)$")
_CLASSED = re.compile(
    r"[^，。；：\d]{0,14}(?:口岸|港口?|通道|枢纽|门户|城市|省份|桥头堡|基地|企业|线路|平台|铁路|前沿|窗口)"
)
_CHANGED = re.compile(
    r"(?:\([^()\d]{2,6}\))?\((?:(?:同比|按年|年)?(?:升|跌|增|减|降|涨|挫|增长|下降|上升|下跌|减少|增加|[+-])\s?\d|[占约逾超]?\d[\d.,]*[万亿]*[港美欧日]?元)"
)
_COUNTERPARTS = re.compile(
    r"(?:输往|输出至|销往|出口至|出口往|目的地|供应地|供应国|来源地|来源国|装货国家|卸货国家|装货地|卸货地|贸易伙伴|出口市场|主要市场|来自|按目的地|按来源地|原产地)[^。\n]*$"
)
"""What a list of lands with a growth in brackets is of: 主要目的地…越南(升56.0%)、台湾(升50.2%)."""
_SINCE_WHEN = re.compile(r"自(?:从)?[^，。；]{0,24}$")
_SINCE_LAUNCH = re.compile(r"[^，。；]{0,12}?(?:开行|开通|首发|开航|启动|运营|成立)[^，。；]{0,4}以来")
_MOVED = re.compile(
    r"(?:则|亦|也|均|都|更|却|仅|只)?(?:同比|按年|年)?(?:大幅|微|略|急)?"
    r"(?:增长|下降|上升|下跌|减少|增加|成长|衰退|增|减|升|跌|降|涨|挫)(?:了|逾|超过?|近|约|幅?达)?\d"
)
"""What a land does whose trade is told of: 越南升38.5%."""
_WORTH = re.compile(r"\([约近超逾]?\d[\d,.]*[万亿兆]*(?:美元|港元|欧元|日元|澳门元|元|美金)[^()]{0,8}\)")
"""The value of the trade with a land, in brackets behind it."""
_GOES_ON = re.compile(r"[^。；：\n]{0,24}\d[\d.]*%[，、和及与而则至于以]{1,4}")
"""What stands between two partners of a list, each with its growth."""
_BESIDES = re.compile(
    r"\([^()]{2,12}\)[^，。；：\n]{0,8}[。；，]?(?:此外|另外|同时|而|至于|但|相反|与此同时)?[，、和及与]?"
)
"""Between partners with a growth in brackets: 中国大陆(升10.6%)。此外，美国(跌25.9%)."""
_COMPARED_WITH = re.compile(r"(?:较|(?<![占对])比|相较于?|相比)[^，。；：\d]{0,6}$")
_DATELINE_AFTER = re.compile(
    r"[^，。；、\s]{0,4}(?:报讯|商报|日报|文汇报|晚报|时报|电台|电视台|通讯社|中通社|中评社|中央社|新闻社|经济通|新闻网|文汇网|大公网|(?:综合)?(?:报导|报道|专电)[)）】])"
    r"|(?:\d{1,2}月)?(?:\d{1,2}日)?(?:综合)?(?:电|讯|专电)[ )）】(（]"
)
_DATELINE_BEFORE = re.compile(
    r"(?:新华社|中新社|中新网|中通社|中央社|中评社|央视网|人民网|本报|[（(]记者[^）)]{0,16})$"
)
_SIGNED = re.compile(r"记者[^，。；：\n从在自]{1,14}$")
_SIGNED_AFTER = re.compile(r"(?:综合|专题|特稿|电)?(?:报导|报道|电|讯|专电)(?:[\s。：:)）】]|$)")
"""A signature line: 记者某某/台北报导."""
_OFFICE_OF = re.compile(r"(?:铁路)?局(?:集团)?(?:有限)?(?:公司)?|铁路公安|铁路监管")
"""An office of railways: what it tells of may be a line, a station, or itself."""
_BOARD = re.compile(
    r"(?:片区|园区|开发区)?(?:管委会|管理委员会|口岸办|商务[厅局]|交通运输[厅局]|港航[局中心]{1,2}|发改委|港务局)"
    r"[^，。；\d“]{0,16}?(?:说(?!明)|表示|介绍|透露|告诉|称|公布|发布|统计|通报|显示|获悉)"
)
"""An office of a town or district that says so: 崇左片区管委会副主任介绍."""
_FIRM = re.compile(r"(?!港|口岸|铁路口岸)[\u3400-\u9fff]{2,16}?(?:有限公司|股份公司|有限责任公司)")
_PEOPLE = re.compile(r"(?:[、和及与][\u3400-\u9fff]{2,4}?){1,4}(?:居民|同胞|民众|旅客|游客|访客)")
"""What a list of lands is said of: 香港、澳门、台湾居民."""
_VENUE = re.compile(r"[^，。；、\d]{0,4}?(?:举行|举办|召开|开幕|揭幕|闭幕|落幕)")
_EXCEPT = re.compile(r"除(?!夕|湿|尘|草)了?[^，。；：\n]*$")
_EXCEPTED = re.compile(r"[^，。；：\n]{0,24}?(?:以外|之外|外)(?:[，,]|$)")
_LEVEL_OF = re.compile(r"\d[\d.]*%的")
_WITH_CLAUSE = re.compile(r"(?:随着|伴随着?)[^，。；：\n]*$")
_LIST_ON = re.compile(
    r"(?:[^，。；：\d]{0,30}?[、和及与])+[^，。；：\d]{0,16}?(?:进出口|出口|进口|贸易|分别(?:增|升|上升|下|降|跌|减))"
)


def linked_by_worth(text: str, previous: Mention | None, start: int) -> bool:
    """Tell whether only a value in brackets and a list word part a land from the partner before it."""
    if previous is None or previous.role != "partner":
        return False
    worth = _WORTH.match(text, previous.end)
    return worth is not None and _LIST.fullmatch(text, worth.end(), start) is not None


def follower_trades(text: str, end: int) -> bool:
    """Tell whether a list that begins here goes on to a trade word (对东盟、欧盟和日本进出口)."""
    return bool(_LIST_ON.match(text, end, end + 70))


_OWN = frozenset({"CN", "HK", "MO", "TW"})
_VIA = re.compile(r"(?:经|经由|途经|经过|取道)$")
_ORIGIN = re.compile(
    r"(?:(?!分别|依次|累计|各)[^，。；、]){0,8}?(?:始发|起始|发车|驶出|出发|启程|开出|首发|发出)"
)

_ORIGIN_COUNTED = re.compile(
    r"[^，。；、]{0,8}?(?:始发|起始|出发|开出|首发|发出|开行)的[^，。；\d]{0,8}(?:班列|列车)[^，。；\d]{0,6}(?:已|累计|共|达)[^，。；\d]{0,6}\d"
)
"""义乌始发的班列已达…: the trains of a hub, counted."""
_SINGLE = re.compile(r"[一首这该][列趟班]")


def _through(before: str, place: Place | None) -> bool:
    """Tell whether a route merely passes here: through a country, province or foreign place, not a port of entry."""
    return bool(
        place
        and _VIA.search(before)
        and (place.country not in _OWN or place.kind in ("country", "region"))
        and not place.slug.startswith(("corridor", "nlstc"))
    )


def _lead(before: str, lexicon: Lexicon) -> str | None:
    """Give the part that the words directly before a name give it: partner, endpoint or none."""
    for length in range(min(6, len(before)), 0, -1):
        word = before[-length:]
        for kind in ("endpoint", "partnerlead"):
            entry = lexicon.words(kind).get(word)
            if entry is None:
                continue
            longer = before[-length - 1 :]
            if longer in lexicon.words("notlead"):
                return None
            return "endpoint" if kind == "endpoint" else "partner"
    return None


def _share_before(text: str, start: int) -> bool:
    """Tell whether 占 governs this name: a share word before it in the clause with no number between."""
    clause = re.search(r"[^，。；：]*$", text[max(0, start - 24) : start])
    return bool(clause and re.search(r"占(?!比|地|用|据)[^\d%]*$", clause.group()))
