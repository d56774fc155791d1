"""Text of every encoding that people save articles in comes out as it was written."""

from __future__ import annotations

import codecs
import gzip
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallybook.read.decode import UndecodableError, decode

HANS = (
    "据口岸办统计，今年一季度二连浩特口岸进出境中欧班列达到612列，同比增长4.1%；其中出境班列330列，回程282列。",
    "五月份过境货物约12.6万吨，较上月略有下降。",
    "日均通行货车超过900辆，创历史新高。",
    "海关总署数据：出口1.2亿元",
    "班列线路共有14条",
    "增长近两成",
    "12列",
)
HANT = (
    "據港務局統計，上半年該港完成集裝箱吞吐量五百二十萬標箱，同比下降2.3%，其中國際中轉佔四成。",
    "口岸日均通關旅客約三萬人次，較去年同期增加一成半。",
    "海鐵聯運班列已開行1,024列。",
    "當局預計全年貨運量將達到八百萬噸",
    "跨境電商包裹逾百萬件",
    "增長近兩成",
    "出口貨值",
)
RUSSIAN = (
    "За первые четыре месяца через станцию Забайкальск проследовало 1 350 контейнерных поездов.",
    "Объём перевалки вырос на 8,4% — до 12,1 млн тонн.",
    "«Порт Ванино» обработал свыше 300 судов за январь–март",
    "В среднем в сутки проходит 14 поездов",
    "рост на 7%",
    "поезд",
)
WESTERN = (
    "The port’s throughput rose 7.4% — “a record”, the operator said.",
    "Trains from Małaszewicze aside, tolls cost €3m (£2.6m) a year",
    "The train left for Liège",
)


@pytest.mark.parametrize("text", HANS + HANT + RUSSIAN + WESTERN)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
def test_unicode_encodings_with_and_without_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("text", HANS + HANT)
def test_gb18030_holds_both_scripts(text: str) -> None:
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize("text", HANT)
@pytest.mark.parametrize("encoding", ["big5", "cp950", "big5hkscs"])
def test_big5(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("text", RUSSIAN)
def test_windows_1251(text: str) -> None:
    assert decode(text.encode("cp1251")).text == text


@pytest.mark.parametrize("text", WESTERN[:1] + WESTERN[2:])
def test_windows_1252(text: str) -> None:
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize(
    ("texts", "encoding"),
    [(HANS, "gb18030"), (HANT, "gb18030"), (HANT, "big5"), (RUSSIAN, "cp1251"), (HANT, "utf-16-be")],
)
def test_pieces_of_any_length_from_four_characters_on(texts: tuple[str, ...], encoding: str) -> None:
    wrong = []
    long = "\n".join(texts)
    for length in (4, 6, 9, 14, 30, 80):
        for start in range(0, len(long) - length, 7):
            piece = long[start : start + length]
            if sum(not c.isascii() for c in piece) >= 4 and decode(piece.encode(encoding)).text != piece:
                wrong.append(piece)
    assert wrong == []


def test_the_first_foreign_letter_may_come_late() -> None:
    text = "Trains. " * 10_000 + "рост составил 7%"
    assert decode(text.encode("cp1251")).text == text


def test_a_character_may_lie_across_the_end_of_the_sample() -> None:
    for shift in range(4):
        text = "x" * shift + "口岸班列" * 10_000
        assert decode(text.encode("gb18030")).text == text


def test_line_ends_and_stray_controls_stay() -> None:
    text = "一季度\r\n612列\x0c\r第二頁\x1b\n" + "口岸" * 20
    assert decode(text.encode()).text == text
    assert decode(text.encode("utf-16")).text == text


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" * 10,
        b"\x00\x01" * 50,
        b"\x01\x00\x00\x00" * 50,
        b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 4,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x06",
        gzip.compress(b"twelve trains a day " * 200, mtime=0),
        zlib.compress("列車".encode() * 500),
        b"\x01\x02\x03\x04\x05",
        b"Twelve trains left in May\x00and thirteen in June, for Duisburg.",
        random.Random(5).randbytes(64),
        random.Random(6).randbytes(4096),
        codecs.BOM_UTF16_LE + b"\x00\xd8\x00\x00",
        "中歐班列".encode() * 10 + b"\xe4",
    ],
    ids=lambda data: repr(data[:8]),
)
def test_what_is_no_text_is_refused_with_advice(data: bytes) -> None:
    with pytest.raises(UndecodableError, match="UTF-8"):
        decode(data)


@given(st.binary(max_size=400))
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        decoded = decode(data)
    except UndecodableError:
        return
    assert "\x00" not in decoded.text
    decoded.text.encode()


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1))
def test_utf8_is_never_taken_for_another(text: str) -> None:
    assert decode(text.encode()).text == text.removeprefix("\ufeff")
