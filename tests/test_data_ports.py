"""The gazetteer: its form, that every name leads to its place, and that common words lead to none."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pytest

from tallybook.lexicon import Lexicon

COLUMNS = [
    "slug",
    "unlocode",
    "name_en",
    "name_zh_hans",
    "name_zh_hant",
    "name_ru",
    "aliases",
    "kind",
    "country",
    "parent",
    "customs_code",
    "lat",
    "lon",
    "source",
    "note",
    "needs",
]
CJK = re.compile("[\u3400-\u9fff]")

SHARED_NAMES = {
    "fuzhou": {"fuzhou", "fuzhou-jx"},
    "ji'an": {"jian", "jian-jx"},
    "pingxiang": {"pingxiang", "pingxiang-jx"},
    "suzhou": {"suzhou", "suzhou-ah"},
    "taizhou": {"taizhou", "taizhou-js"},
    "yichun": {"yichun", "yichun-hl"},
    "yulin": {"yulin", "yulin-sn"},
}
"""Spellings that two places share in fact; the first in the table is the one meant."""


def _rows(root: Path) -> list[dict[str, str]]:
    with (root / "data" / "ports.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _bare(name: str) -> str:
    """A Latin or Cyrillic name without the bracket that tells homonyms apart."""
    return name if CJK.search(name) else re.sub(r"\s*\([^)]*\)$", "", name)


def _places(lexicon: Lexicon, text: str) -> list[tuple[int, int, list[str]]]:
    folded = text.translate(lexicon.simplified)
    marks = lexicon.scan(folded)
    return [
        (mark.start, mark.end, [entry.value for entry in mark.entries if entry.kind == "place"])
        for mark in marks
        if mark.get("place")
    ]


def test_the_table_has_its_columns_and_no_row_twice(root: Path) -> None:
    rows = _rows(root)
    assert list(rows[0]) == COLUMNS
    for column in ("slug", "unlocode"):
        counts = Counter(row[column] for row in rows if row[column])
        assert [value for value, n in counts.items() if n > 1] == []
    assert [row["slug"] for row in rows if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", row["slug"])] == []


def test_no_cell_has_stray_blanks_or_an_empty_alias(root: Path) -> None:
    for row in _rows(root):
        assert all(value == value.strip() for value in row.values()), row["slug"]
        for column in ("aliases", "needs"):
            parts = row[column].split("|") if row[column] else []
            assert all(parts), (row["slug"], column)
            assert len(set(parts)) == len(parts), (row["slug"], column)


def test_the_table_fits_the_schema(root: Path) -> None:
    """Kinds, codes, coordinates and parents pass the checks and keys of a real database."""
    rows = {row["slug"]: row for row in _rows(root)}
    book = duckdb.connect()
    book.execute((root / "schema.sql").read_text(encoding="utf-8"))
    columns = COLUMNS[:-1]
    waiting, stored = dict(rows), set[str]()
    while waiting:
        ready = [row for row in waiting.values() if not row["parent"] or row["parent"] in stored]
        assert ready, f"parents missing or in a circle: {sorted(waiting)[:5]}"
        book.executemany(
            f"insert into port ({', '.join(columns)}) values ({', '.join('?' * len(columns))})",
            [[row[c] or None for c in columns] for row in ready],
        )
        stored.update(row["slug"] for row in ready)
        waiting = {slug: row for slug, row in waiting.items() if slug not in stored}
    assert book.execute("select count(*) from port").fetchone() == (len(rows),)


def test_countries_are_iso_codes_and_chinese_places_lie_in_china(root: Path) -> None:
    for row in _rows(root):
        if row["kind"] == "country":
            assert row["slug"] == row["country"].lower()
        if row["unlocode"]:
            assert row["unlocode"][:2] == row["country"], row["slug"]
        assert bool(row["lat"]) == bool(row["lon"]), row["slug"]
        if row["country"] == "CN" and row["lat"]:
            assert 3 < float(row["lat"]) < 54, row["slug"]
            assert 73 < float(row["lon"]) < 136, row["slug"]


def test_customs_districts_are_all_there(root: Path) -> None:
    assert sum(row["kind"] == "customs_district" for row in _rows(root)) == 42


def test_every_spelling_leads_to_its_place(lexicon: Lexicon) -> None:
    lost = []
    for place in lexicon.ports:
        for name in (place.name_en, place.name_zh_hans, place.name_zh_hant, place.name_ru, *place.aliases):
            if name is None:
                continue
            spelling = _bare(name)
            found = _places(lexicon, spelling + (place.needs[0] if place.needs else ""))
            if not any(s == 0 and e == len(spelling) and place.slug in slugs for s, e, slugs in found):
                lost.append((place.slug, spelling))
    assert lost == []


def test_two_places_share_a_spelling_only_where_that_is_meant(lexicon: Lexicon) -> None:
    owners = defaultdict(set)
    for place in lexicon.ports:
        for name in (place.name_en, place.name_zh_hans, place.name_zh_hant, place.name_ru, *place.aliases):
            if name:
                owners[_bare(name).translate(lexicon.simplified).lower()].add(place.slug)
    assert {name: slugs for name, slugs in owners.items() if len(slugs) > 1} == SHARED_NAMES


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("霍爾果斯", "khorgos"),
        ("霍尔果斯公路口岸", "khorgos-road"),
        ("Horgos", "khorgos"),
        ("Alataw Pass", "alashankou"),
        ("二連浩特", "erenhot"),
        ("烏魯木齊海關", "cust-urumqi"),
        ("海口海关", "cust-haikou"),
        ("新疆", "cn-xj"),
        ("港珠澳大橋珠海公路口岸", "hzmb"),
        ("深圳灣", "shenzhenwan"),
        ("西九龍", "west-kowloon"),
        ("長安號", "xian"),
        ("渝新欧", "chongqing"),
        ("共建“一带一路”国家", "belt-and-road"),
        ("沙烏地阿拉伯", "sa"),
        ("義大利", "it"),
        ("吉隆坡", "kuala-lumpur"),
        ("吉隆口岸", "gyirong"),
        ("集安口岸", "jian"),
        ("广西北部湾港", "beibu-gulf-port"),
        ("北海道", "hokkaido"),
        ("中东欧国家", "cee"),
    ],
)
def test_names_as_newspapers_print_them(lexicon: Lexicon, text: str, slug: str) -> None:
    found = _places(lexicon, text)
    assert [(start, slugs[0]) for start, _, slugs in found[:1]] == [(0, slug)]


@pytest.mark.parametrize(
    "text",
    [
        "目前海关已经放行",
        "聚集安全力量",
        "排水口",
        "扩大同各方的合作",
        "稳定西部",
        "长白山",
        "沿海地区",
        "增加纳税",
        "安员工",
        "一同登上",
        "边海防",
        "每天水果",
        "创新乡村治理",
    ],
)
def test_a_common_word_is_no_place(lexicon: Lexicon, text: str) -> None:
    assert _places(lexicon, text) == []
