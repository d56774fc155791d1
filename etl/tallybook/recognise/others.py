"""Numbers that are no figures: clocks, ordinals, identifiers, regimes, scores.

Each is a span with the contract's reason. What they are is a matter of form (a G before
digits, 第 before them, a colon between them), so it is grammar and not vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tallybook.recognise.openings import Forms
from tallybook.records import Reason

_CN = "零〇一二两三四五六七八九十百千万"
_FORMS: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (
        "regime",
        re.compile(
            r"(?:全年|一年)?365天[、×xX*]?(?:24小时|(?:全年)?(?=四季|全天候|无休|不间断|不打烊|不停|开放|通关|通车|运营|运行))|7[×xX*]?24小时?|(?:24|48|72|96|144|240)小时(?:直接)?(?:过境|免签)|24小时(?=运营|营运)|24小时(?!内)(?=不|无障碍|自助|便捷|全天|通关|作业|值守|开放|重点|连续|运转|运行|服务|在线|保障|预约|轮|生产|值班|客服|监|接|不间断|营业)|全天(?:候|天)?24小时|24小时(?=上网|网上|都|皆|随时|昼夜|循环|无人|自助)|24/7"
        ),
    ),
    (
        "clock",
        re.compile(
            r"(?=[\d凌上中下晚早清傍北零])(?:凌晨|上午|中午|下午|晚上|晚|早上|清晨|傍晚|北京时间|零)?\d{1,2}(?:时|点)(?:\d{1,2}分(?!钟)|整|许|半)?(?![\d间五零钟起到])|(?<![\d:])\d{1,2}[:：][0-5]\d(?::[0-5]\d)?(?![\d:])|\b\d{1,2}(?::\d\d)?\s?[ap]\.?m\b\.?"
        ),
    ),
    (
        "ordinal",
        re.compile(
            rf"第\s?(?:\d[\d,]*|[{_CN}]+)(?:\s?[余多])?(?:万|亿)?(?:[届次个批列趟期轮条位名家季天站款版号艘架班代大届章集回]|方|产业)?|\b\d[\d,]*(?:st|nd|rd|th)\b|\b\d+-(?:й|я|е|го|м|му|ый|ая|ое|ом|ой)\b"
        ),
    ),
    (
        "identifier",
        re.compile(
            r"(?=[\dA-Za-z№])(?:"  # most places end here
            r"(?<![A-Za-z])(?:No\.?|№|N°)\s?\d+"
            r"|(?<![A-Za-z])(?!US|USD|RMB|HK|CNY|EUR|Rs|RUB|TEU)[A-Za-z]{1,8}[-.]?\d[\dA-Za-z.\-]*(?:次)?"
            r"|(?<!\d)\d+[A-Za-z]{0,20}号(?:线|楼|院|机组|机|馆|门|台|令|公告|文件?|站|航站楼|泊位|井|船|轮|厅|码头|岛|地块|口岸|公路|桥|段|闸|仓|库|车间|标段|基地|卫星|火箭)?"
            r"|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}|(?<!\d)400-\d{3}-\d{4}|(?<!\d)9\d{4}(?=平台|系统|热线|客服|网)|(?<!\d)12345(?=热线|平台|政务)|(?<!\d)12306"
            r"|(?<!\d)\d+(?:G|g|D|K|k|C)(?=网络|通信|基站|时代|技术|手机|应用|[，。、”）)]|\b)"
            r"|https?://\S+|\b[A-Za-z0-9_.]{1,64}@[\w.]{1,255}\b)"
        ),
    ),
    ("no_metric", re.compile(r"(?<!\d)\d+比\d+(?=[，。的战击大逆获取])")),
)


_SEARCH = Forms(form for _, form in _FORMS)


def find_others(text: str) -> Iterator[tuple[int, int, Reason]]:
    """Give the spans that are no figures, each with its reason, in no order."""
    for start, negative, rank, _ in _SEARCH.matches(text):
        yield start, -negative, _FORMS[rank][0]
