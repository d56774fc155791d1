"""Read the knowledge files into a Lexicon: words, gazetteer, metrics, calendar.

Every file is checked as it is read; an error names the file, the line and the column.
A user's own CSV has the same form and is read after the shipped ones.
"""

from __future__ import annotations

import csv
import gc
import hashlib
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from tallybook.errors import TallybookError
from tallybook.lexicon.grammar import Grammar, parse_grammar
from tallybook.lexicon.matcher import Lexicon
from tallybook.lexicon.model import Entry, Metric, Place
from tallybook.resources import data_path

KINDS = frozenset({
    "unit", "noun", "metric", "world", "measure", "change", "reach", "qual", "dir", "mode", "service",
    "nature", "scope", "reporter", "ref", "attribute", "border", "national", "placelist", "aside",
    "nowhere", "plain", "generic", "partner", "partnerlead", "endpoint", "notlead", "suffix", "shadow",
    "number", "stop", "place", "through", "origin", "wholelead", "leadskip", "crossing", "transport",
    "part", "province", "paper", "freight",
})  # fmt: skip
_GRAMMAR_FILE = "grammar-*.toml"
_CYRILLIC = re.compile(r"[а-яё]", re.I)
_ACRONYM = re.compile(r"^[A-Z][A-Z0-9]{1,4}$")
_CJK = re.compile(r"[\u3400-\u9fff]")


class LexiconError(TallybookError):
    """A knowledge file that does not fit its form."""

    exit_code = 7


def load_lexicon(ports: Sequence[Path] = (), words: Sequence[Path] = ()) -> Lexicon:
    """Load the shipped knowledge, then the user's own gazetteer rows and words."""
    # The shipped files do not change under a running program, and reading them takes a second or two.
    return _uncollected(ports, words) if ports or words else _shipped_alone()


@cache
def _shipped_alone() -> Lexicon:
    return _uncollected((), ())


def _uncollected(ports: Sequence[Path], words: Sequence[Path]) -> Lexicon:
    """Load without the collector, which would go through the hundred thousand entries again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        return _load(ports, words)
    finally:
        if was_on:
            gc.enable()


def _load(ports: Sequence[Path], words: Sequence[Path]) -> Lexicon:
    seal = hashlib.sha256()

    def shipped(name: str) -> str:
        text = data_path(name).read_text(encoding="utf-8")
        seal.update(text.encode())
        return text

    def own(path: Path) -> str:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise LexiconError(f"{path}: cannot be read as a UTF-8 CSV file ({error})") from error
        seal.update(text.encode())
        return text

    places: dict[str, Place] = {}
    for row in _places(shipped("ports.csv"), "data/ports.csv"):
        places[row.slug] = row
    for path in ports:
        for row in _places(own(path), str(path)):
            places[row.slug] = row
    for row in places.values():
        if row.parent is not None and row.parent not in places:
            raise LexiconError(
                f"place {row.slug}: parent {row.parent} is not in the gazetteer; add it or leave it empty"
            )

    found = sorted(data_path("lexicon").glob(_GRAMMAR_FILE))
    grammars = tuple(_grammar(shipped(f"lexicon/{path.name}"), path.name) for path in found)
    entries: list[Entry] = []
    for lang in ("zh", *(g.lang for g in grammars)):
        entries += _words(shipped(f"lexicon/{lang}.csv"), f"data/lexicon/{lang}.csv", lang, grammars)
    for path in words:
        entries += _words(own(path), str(path), "", grammars)
    for place in places.values():
        entries += _place_entries(place, grammars)
    entries += _shared_suffixes(entries)

    metrics = _metrics(shipped("metrics.csv"), shipped("lexicon/metrics.toml"))
    holidays = _holidays(shipped("lexicon/holidays.csv"))
    groups = _groups(shipped("lexicon/groups.csv"))
    return Lexicon.build(
        entries=entries,
        ports=tuple(places.values()),
        metrics=metrics,
        holidays=holidays,
        groups=groups,
        version=seal.hexdigest()[:12],
        grammars=grammars,
    )


def _grammar(text: str, name: str) -> Grammar:
    try:
        return parse_grammar(text)
    except (KeyError, ValueError, TypeError, re.error) as error:
        raise LexiconError(f"data/lexicon/{name}: {type(error).__name__}: {error}") from error


def _rows(text: str, name: str, needed: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text), restkey="", strict=True)
    missing = [c for c in needed if c not in (reader.fieldnames or [])]
    if missing:
        raise LexiconError(f"{name}: no column {', '.join(missing)} in the first line")
    try:
        for row in reader:
            if "" in row:
                raise LexiconError(
                    f"{name}:{reader.line_num}: more cells than columns; quote a cell that holds a comma"
                )
            yield reader.line_num, {k: (v or "").strip() for k, v in row.items()}
    except csv.Error as error:
        raise LexiconError(f"{name}:{reader.line_num}: {error}") from error


def _places(text: str, name: str) -> Iterator[Place]:
    for line, row in _rows(text, name, ("slug", "name_en", "kind")):
        if not row["slug"] or not row["name_en"]:
            raise LexiconError(f"{name}:{line}: slug and name_en must not be empty")

        def cell(key: str, row: dict[str, str] = row) -> str | None:
            return row.get(key) or None

        def number(key: str, row: dict[str, str] = row, line: int = line) -> float | None:
            try:
                return float(row[key]) if row.get(key) else None
            except ValueError:
                raise LexiconError(f"{name}:{line}: {key} is not a number: {row[key]}") from None

        yield Place(
            slug=row["slug"],
            unlocode=cell("unlocode"),
            name_en=row["name_en"],
            name_zh_hans=cell("name_zh_hans"),
            name_zh_hant=cell("name_zh_hant"),
            name_ru=cell("name_ru"),
            aliases=tuple(a.strip() for a in row.get("aliases", "").split("|") if a.strip()),
            kind=row["kind"],
            country=cell("country"),
            parent=cell("parent"),
            customs_code=cell("customs_code"),
            lat=number("lat"),
            lon=number("lon"),
            source=cell("source"),
            note=cell("note"),
            needs=tuple(a.strip() for a in row.get("needs", "").split("|") if a.strip()),
        )


def _words(text: str, name: str, lang: str, grammars: Sequence[Grammar]) -> Iterator[Entry]:
    for line, row in _rows(text, name, ("kind", "value", "words")):
        if row["kind"] not in KINDS:
            raise LexiconError(
                f"{name}:{line}: unknown kind {row['kind']!r}; one of {', '.join(sorted(KINDS))}"
            )
        if not row["words"]:
            raise LexiconError(f"{name}:{line}: no words")
        attrs: dict[str, str] = {}
        for part in filter(None, row.get("attrs", "").split(";")):
            key, equals, value = part.partition("=")
            if not equals:
                raise LexiconError(f"{name}:{line}: attrs must be key=value;key=value, not {part!r}")
            attrs[key.strip()] = value.strip()
        for word in row["words"].split("|"):
            if not word.strip():
                raise LexiconError(f"{name}:{line}: an empty word between two |")
            for form in _forms(word.strip(), lang, grammars, f"{name}:{line}"):
                yield _entry(row["kind"], row["value"], form, attrs, lang)


def _forms(word: str, lang: str, grammars: Sequence[Grammar], where: str) -> list[str]:
    """Give the forms of a word with a class of endings in braces: поезд{t}, train{s}."""
    if "{" not in word:
        return [word]
    for grammar in grammars:
        if lang in ("", grammar.lang):
            try:
                return [form for form in grammar.forms(word) if form.strip()]
            except KeyError:
                continue
    raise LexiconError(f"{where}: no grammar has the endings of {word!r}")


def _entry(kind: str, value: str, word: str, attrs: dict[str, str], lang: str) -> Entry:
    stem = word.endswith("*")
    bare = word.rstrip("*")
    return Entry(kind, value, bare, attrs, stem=stem, exact=bool(_ACRONYM.match(bare)), lang=lang)


def _place_entries(place: Place, grammars: Sequence[Grammar]) -> Iterator[Entry]:
    """Every spelling of a place, as written: a name in letters takes the endings of its script's languages.

    Letters must be in the case that the gazetteer has: Turkey is a country and turkey is not.
    `needs` speaks of Chinese names, where a name has no edges of its own.
    """
    names = [place.name_en, place.name_zh_hans, place.name_ru, *place.aliases]
    if place.name_zh_hant:
        names.append(place.name_zh_hant)
    needs = {"needs": "|".join(place.needs)} if place.needs else {}
    seen: set[str] = set()
    for name in names:
        if not name:
            continue
        chinese = _CJK.search(name) is not None
        plain = name if chinese else re.sub(r"\s*\([^)]*\)$", "", name)
        script = "cyrillic" if _CYRILLIC.search(plain) else "latin"
        forms = (
            [plain]
            if chinese
            else [plain, *(f for g in grammars if g.script == script for f in g.inflect(plain))]
        )
        for form in dict.fromkeys(forms):
            if form not in seen and len(form) > 1:
                seen.add(form)
                short = chinese or len(plain) <= 4 or bool(_ACRONYM.match(plain))
                yield Entry("place", place.slug, form, needs if chinese else {}, exact=short and not chinese)
        stem = plain.removesuffix("口岸")
        if len(stem) < len(plain) and not stem.endswith(("铁路", "公路")):
            for office in _AT_PORTS:  # 河口 is any river's mouth, 河口边检站 is at the port of that name
                yield Entry("place", place.slug, stem + office, {})


_AT_PORTS = ("边检站", "出入境边防检查站", "边防检查站", "出入境边检站", "海关", "边检")
"""Offices that stand at a port of entry and bear its name."""
_SHARED = ("口岸", "国际机场", "机场")
"""A word that the last of a list says for all: 福田、罗湖、莲塘口岸."""


def _shared_suffixes(entries: Sequence[Entry]) -> list[Entry]:
    """Give the names that are a port's only in a list whose last name has the word for all of them."""
    known = {e.word for e in entries if e.kind == "place"}
    return [
        Entry("place", e.value, stem, {"needs": "|".join(_SHARED)})
        for e in entries
        for word in _SHARED
        if e.kind == "place" and e.word.endswith(word)
        if len(stem := e.word.removesuffix(word)) > (1 if word == "口岸" else 3) and stem not in known
    ]


def _metrics(table: str, units: str) -> tuple[Metric, ...]:
    rules = tomllib.loads(units)
    out = []
    for line, row in _rows(table, "data/metrics.csv", ("metric", "name_en", "definition", "flow")):
        rule = rules.get(row["metric"])
        if rule is None:
            raise LexiconError(
                f"data/metrics.csv:{line}: {row['metric']} has no units in data/lexicon/metrics.toml"
            )
        out.append(
            Metric(
                metric=row["metric"],
                name_en=row["name_en"],
                definition=row["definition"],
                unit=row.get("unit") or None,
                flow=row["flow"],
                pitfalls=row.get("pitfalls") or None,
                basis=row.get("basis") or None,
                units=frozenset(rule["units"]),
                alone=frozenset(rule.get("alone", ())),
                stock=bool(rule.get("stock", False)),
                nouns=frozenset(rule.get("nouns", ())),
                gate=rule.get("gate"),
            )
        )
    return tuple(out)


def _holidays(text: str) -> dict[tuple[str, int], tuple[date, date]]:
    out: dict[tuple[str, int], tuple[date, date]] = {}
    for line, row in _rows(text, "data/lexicon/holidays.csv", ("holiday", "year", "start", "end")):
        try:
            span = (date.fromisoformat(row["start"]), date.fromisoformat(row["end"]))
            out[row["holiday"], int(row["year"])] = span
        except ValueError as error:
            raise LexiconError(f"data/lexicon/holidays.csv:{line}: {error}") from error
    return out


def _groups(text: str) -> dict[frozenset[str], tuple[str, ...]]:
    """Read which place stands for a list of places (满洲里、绥芬河、同江 are the eastern corridor)."""
    out: dict[frozenset[str], tuple[str, ...]] = {}
    for _, row in _rows(text, "data/lexicon/groups.csv", ("group", "members")):
        members = frozenset(row["members"].split("|"))
        out[members] = (*out.get(members, ()), row["group"])
    return out
