"""Numerals of Chinese prose: what they are worth and how finely they are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallybook.recognise.numbers import Number, chinese_at, chinese_value, find_chinese

DIGITS = "零一二三四五六七八九"


def spell(n: int) -> str:
    """Write a whole number below 10^16 as a careful writer does."""
    if n == 0:
        return "零"
    groups, scales = [], ["", "万", "亿", "万亿"]
    while n:
        groups.append(n % 10000)
        n //= 10000
    out = ""
    for i in range(len(groups) - 1, -1, -1):
        group = groups[i]
        if group:
            if out and group < 1000:
                out += "零"
            out += _group(group) + scales[i]
    return out[1:] if out.startswith("一十") else out


def _group(n: int) -> str:
    out, zero = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // scale % 10
        if digit:
            out += ("零" if zero and out else "") + DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return out


@given(st.integers(0, 99_999_999))
def test_spelled_numbers_read_back(n: int) -> None:
    assert chinese_value(spell(n)) == n


@given(st.integers(0, 10**12), st.sampled_from(["{:d}", "{:,d}"]), st.sampled_from(["", "万", "亿", "百万"]))
def test_digits_with_a_scale_read_back(n: int, form: str, scale: str) -> None:
    worth = {"": 1, "万": 10**4, "亿": 10**8, "百万": 10**6}[scale]
    number = only(form.format(n) + scale)
    assert number.value == Decimal(n) * worth


@given(st.integers(0, 10**6), st.integers(1, 999), st.sampled_from([("", 1), ("万", 10**4), ("亿", 10**8)]))
def test_decimals_keep_their_last_digit(whole: int, parts: int, scale: tuple[str, int]) -> None:
    text = f"{whole}.{parts:03d}{scale[0]}"
    number = only(text)
    assert number.value == Decimal(f"{whole}.{parts:03d}") * scale[1]
    assert number.step == Decimal("0.001") * scale[1]


def only(text: str) -> Number:
    (number,) = find_chinese(text, 0, len(text), [])
    assert (number.start, number.end) == (0, len(text))
    return number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,006.18万", "10061800"),
        ("3.26万", "32600"),
        ("1.06亿", "106000000"),
        ("三千二百万", "32000000"),
        ("2万亿", "2000000000000"),
        ("5千", "5000"),
        ("两万五", "25000"),
        ("伍仟", "5000"),
        ("廿八", "28"),
        ("百万", "1000000"),
        ("一百零三", "103"),
        ("二〇二四", "2024"),
        ("一点五", "1.5"),
        ("3亿5000万", "350000000"),
        ("一百五", "150"),
        ("两万半", "25000"),
        ("一千二百", "1200"),
        ("十", "10"),
        ("2.57亿", "257000000"),
    ],
)
def test_worth(text: str, value: str) -> None:
    assert only(text).value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value", "low_high"),
    [("三四十", "30", "40"), ("两三", "2", "3"), ("七八百", "700", "800"), ("十二三", "12", "13")],
)
def test_neighbouring_digits_are_a_range(text: str, value: str, low_high: str) -> None:
    number = only(text)
    assert (number.value, number.high) == (Decimal(value), Decimal(low_high))


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("七成", "70"),
        ("两成五", "25"),
        ("三成半", "35"),
        ("三分之一", "33.3333333333"),
        ("百分之六点五", "6.5"),
        ("千分之三", "0.3"),
        ("一半", "50"),
        ("四分之三", "75"),
        ("百分之12.5", "12.5"),
        ("半数", "50"),
    ],
)
def test_fractions_are_percent(text: str, percent: str) -> None:
    number = chinese_at(text, 0)
    assert number is not None
    assert (number.kind, number.value, number.end) == ("percent", Decimal(percent), len(text))


@pytest.mark.parametrize("text", ["几十", "数千", "十几万", "数百万"])
def test_sizes_without_a_number_are_vague(text: str) -> None:
    assert only(text).vague == "few"


@pytest.mark.parametrize("text", ["西部陆海新通道", "队伍", "收拾"])
def test_formal_numerals_in_words_are_no_numbers(text: str) -> None:
    assert find_chinese(text, 0, len(text), []) == []
