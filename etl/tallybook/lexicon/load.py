"""Read the knowledge files into a Lexicon: words, gazetteer, metrics, calendar.

Every file is checked as it is read; an error names the file, the line and the column.
A user's own CSV has the same form and is read after the shipped ones.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from tallybook.errors import TallybookError
from tallybook.lexicon.matcher import Lexicon
from tallybook.lexicon.model import Entry, Metric, Place
from tallybook.resources import data_path

KINDS = frozenset({
    "unit", "noun", "metric", "world", "measure", "change", "reach", "qual", "dir", "mode", "service",
    "nature", "scope", "reporter", "ref", "attribute", "border", "national", "placelist", "aside",
    "nowhere", "plain", "generic", "partner", "partnerlead", "endpoint", "notlead", "suffix", "shadow",
    "number", "stop", "place",
})  # fmt: skip
LANGUAGES = ("zh", "en", "ru")
_CYRILLIC = re.compile(r"[а-яё]", re.I)
_ACRONYM = re.compile(r"^[A-Z][A-Z0-9]{1,4}$")
_CJK = re.compile(r"[\u3400-\u9fff]")


class LexiconError(TallybookError):
    """A knowledge file that does not fit its form."""

    exit_code = 7


def load_lexicon(ports: Sequence[Path] = (), words: Sequence[Path] = ()) -> Lexicon:
    """Load the shipped knowledge, then the user's own gazetteer rows and words."""
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

    entries: list[Entry] = []
    for lang in LANGUAGES:
        entries += _words(shipped(f"lexicon/{lang}.csv"), f"data/lexicon/{lang}.csv")
    for path in words:
        entries += _words(own(path), str(path))
    for place in places.values():
        entries += _place_entries(place)

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
    )


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


def _words(text: str, name: str) -> Iterator[Entry]:
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
            for form in _inner_forms(word.strip()):
                yield _entry(row["kind"], row["value"], form, attrs)


_INNER_ENDINGS = (
    "", "а", "ы", "и", "у", "е", "ов", "ок", "ки", "ку", "ка", "ам", "ах", "ой", "ый", "ые", "ого", "ых",
    "ому", "ым", "ыми", "ом", "ая", "ую", "ое", "ий", "ие", "их", "ию", "ия", "ем", "ей", "ь", "я", "ю", "ке",
    "кой",
)  # fmt: skip


def _inner_forms(word: str) -> Iterator[str]:
    """Give a phrase with each ending that a star inside it stands for; a star at its end is the matcher's."""
    head, star, tail = word.partition("* ")
    if not star:
        yield word
        return
    for rest in _inner_forms(tail):
        for ending in _INNER_ENDINGS:
            yield f"{head}{ending} {rest}"


def _entry(kind: str, value: str, word: str, attrs: dict[str, str]) -> Entry:
    stem = word.endswith("*")
    bare = word.rstrip("*")
    return Entry(kind, value, bare, attrs, stem=stem, exact=bool(_ACRONYM.match(bare)))


def _place_entries(place: Place) -> Iterator[Entry]:
    """Every spelling of a place, as written: a Russian name in each of its cases.

    Letters of another alphabet must be in the case that the gazetteer has: Turkey is a country
    and turkey is not. `needs` speaks of Chinese names, where a name has no edges of its own.
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
        for form in russian_forms(plain) if _CYRILLIC.search(plain) else (plain,):
            if form not in seen and len(form) > 1:
                seen.add(form)
                yield Entry("place", place.slug, form, needs if chinese else {}, exact=not chinese)


def russian_forms(name: str) -> tuple[str, ...]:
    """Give a Russian place name in its cases: Забайкальск, Забайкальска, Забайкальске …

    Each word takes the endings of its class (_ENDINGS); a name that no class declines stands
    as it is. More forms than the grammar has are harmless: nobody writes them.
    """
    words = [_cases(word) for word in name.split(" ")]
    forms = [""]
    for cases in words:
        if len(forms) * len(cases) > 64:
            cases = cases[:1]
        forms = [f"{form} {case}".strip() for form in forms for case in cases]
    return tuple(dict.fromkeys(forms))


_ENDINGS = (
    ("ия", ("ия", "ии", "ию", "ией")),
    ("ая", ("ая", "ой", "ую")),
    ("ый", ("ый", "ого", "ому", "ом", "ым")),
    ("ий", ("ий", "ия", "ию", "ии", "ием", "его", "ему", "ем", "ого", "ому", "ом")),
    ("а", ("а", "ы", "и", "е", "у", "ой")),
    ("я", ("я", "и", "е", "ю", "ей")),
    ("ь", ("ь", "и", "ью", "я", "ю", "ем", "е")),
    ("й", ("й", "я", "ю", "ем", "е")),
)


def _cases(word: str) -> tuple[str, ...]:
    if (
        len(word) < 4
        or not word[0].isupper()
        or word.isupper()
        or word[-1] in "оеёиуюыэ"
        or not _CYRILLIC.match(word[-1])
    ):
        return (word,)
    for ending, cases in _ENDINGS:
        if word.endswith(ending):
            stem = word[: -len(ending)]
            return tuple(stem + case for case in cases)
    return (word, *(word + case for case in ("а", "у", "ом", "е")))


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
