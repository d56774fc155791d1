"""Official tables: published series, a figure a row, as readings of the same kind as an article's.

A row becomes an article of two lines, the header and the record as they stand in the file, so that
its figure cites the characters of its cell. A map (TOML) says which column is what:

    [columns]                  # a field of the observation = the column that has it
    port = "place"
    value = "value"
    period = "month"           # 2024, 2024-05, 2024-Q1, 2024-05-03, 2024-01/2024-05
    [constants]                # what no column has
    metric = "trains"
    [[also]]                   # another figure of the same row
    value = "yoy"
    measure = "yoy_pct"
    unit = "%"
    [words.service]            # what a cell says = what it means
    CE = "china_europe"
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tallybook.errors import ConfigError
from tallybook.lexicon import Lexicon
from tallybook.read.decode import UndecodableError, decode
from tallybook.read.fields import FieldError, parse_date
from tallybook.recognise.figures import bounds
from tallybook.recognise.numbers import Number
from tallybook.records import Article, Evidence, Extraction, Observation, Rejection, Unkeyed

READER = "table-1"
"""The extractor of these readings: what no newer one of articles supersedes."""

_KEYED = (
    *("port", "metric", "measure", "unit", "partner", "scope", "direction", "mode", "service", "breakdown"),
    *("nature", "qualifier", "reporter"),
)
_PERIOD = ("period", "period_start", "period_end")
_KEYS = ("columns", "constants", "also", "words", "about")
_ARTICLE = ("publisher", "published_on", "url")
_FIELDS = (*_KEYED, *_PERIOD, *_ARTICLE, "value")
_DEFAULTS = {"measure": "total", "scope": "port", "nature": "actual", "qualifier": "="}
_VOCABULARY = {
    "scope": ("port", "company", "shipment", "route"),
    "direction": ("export", "import", "both"),
    "nature": ("actual", "plan", "capacity"),
    "qualifier": ("=", "~", ">", ">=", "<", "<="),
    "mode": ("rail", "road", "sea", "air"),
    "service": ("china_europe", "central_asia", "china_europe_central_asia", "other"),
    "reporter": ("customs", "railway", "port", "government", "company"),
    "measure": (
        *("total", "daily_mean", "daily_max", "weekly_mean", "monthly_mean", "level", "single", "yoy_pct"),
        *("yoy_abs", "mom_pct", "change_pct", "change_abs", "share_pct", "lead_days", "minimum", "maximum"),
        *("mean", "rank"),
    ),
}
_COUNTED = frozenset({"total", "level", "single", "daily_max", "minimum", "maximum", "rank"})
"""Measures of which a whole number is exact; a mean or a per cent is rounded at its last digit."""
_WEIGHED = re.compile("tonne|%|pp|[A-Z]{3}")
_NUMBER = re.compile(r"[+-]?\d[\d,   ]*(?:\.\d+)?")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])")


@dataclass(frozen=True, slots=True)
class TableMap:
    """Which column has which field, what is constant, and the further figures of a row."""

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    also: tuple[Mapping[str, str], ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    about_is_rounded: bool = False
    """Whether `~` marks a number that is rounded at its last digit that is not 0, instead of a guess."""


def load_map(path: Path) -> TableMap:
    """Read a map. Raises ConfigError, which names the file and the key."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"there is no map {path}: check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is no TOML: {error}") from error
    for key in table:
        if key not in _KEYS:
            raise ConfigError(f"{path}: unknown key {key}; known are {', '.join(_KEYS)}")
    columns, constants, also = table.get("columns", {}), table.get("constants", {}), table.get("also", [])
    for name, part in (("columns", columns), ("constants", constants), *(("also", a) for a in also)):
        for key, value in part.items():
            if key not in _FIELDS:
                raise ConfigError(f"{path}: {name} has no field {key}; known are {', '.join(_FIELDS)}")
            if isinstance(value, date):
                part[key] = value.isoformat()
            elif not isinstance(value, str) or not value:
                raise ConfigError(f"{path}: {name}.{key} must be a text, not {value!r}")
    if "value" not in columns:
        raise ConfigError(f"{path}: columns.value is missing: name the column of the numbers")
    for extra in also:
        if "value" not in extra:
            raise ConfigError(f"{path}: also.value is missing: name the column of its numbers")
    about = table.get("about", "tenth")
    if about not in ("tenth", "rounded"):
        raise ConfigError(f"{path}: about must be tenth or rounded, not {about!r}")
    return TableMap(columns, constants, tuple(also), _words(path, table.get("words", {})), about == "rounded")


def _words(path: Path, words: Any) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(words, dict):
        raise ConfigError(f"{path}: words must be tables, [words.FIELD], not {words!r}")
    for key, meanings in words.items():
        if key not in _KEYED:
            raise ConfigError(f"{path}: words has no field {key}; known are {', '.join(_KEYED)}")
        if not isinstance(meanings, dict) or not all(isinstance(m, str) for m in meanings.values()):
            raise ConfigError(f"{path}: words.{key} must be lines like 'what a cell says' = 'what it means'")
    return words


def read_table(
    path: Path, table_map: TableMap, lexicon: Lexicon
) -> Iterator[tuple[Article, Extraction] | Rejection]:
    """Read the rows of a CSV file as articles with their readings; a row that does not fit is a rejection."""
    try:
        text = decode(path.read_bytes()).text
    except OSError as error:
        reason = error.strerror or str(error)
        yield Rejection(str(path), f"cannot be read ({reason}): check the path and its rights")
        return
    except UndecodableError as error:
        yield Rejection(str(path), str(error))
        return
    reader = _Reader(path, table_map, lexicon)
    lines = text.splitlines(keepends=True)
    header, names, parting = reader.header(lines[0] if lines else "")
    if header is None:
        wanted = ", ".join(
            sorted({*table_map.columns.values(), *(a["value"] for a in table_map.also)} - set(names))
        )
        yield Rejection(str(path), f"has no column {wanted}: correct the map or the table")
        return
    rows = csv.reader(io.StringIO("".join(lines[1:])), delimiter=parting)
    before = 0
    for cells in rows:
        record = "".join(lines[1 + before : 1 + rows.line_num]).rstrip("\r\n")
        at = 2 + before
        before = rows.line_num
        if any(cells):
            yield reader.row(at, header, record, dict(zip(names, cells, strict=False)), parting)


class _Reader:
    def __init__(self, path: Path, table_map: TableMap, lexicon: Lexicon) -> None:
        self.path, self.map, self.lexicon = path, table_map, lexicon
        self.places: dict[str, str] = {}
        for place in reversed(lexicon.ports):
            names = (place.name_en, place.name_zh_hans, place.name_zh_hant, place.name_ru, place.unlocode)
            for name in names:
                if name:
                    self.places[name.casefold()] = place.slug

    def header(self, line: str) -> tuple[str | None, list[str], str]:
        wanted = {*self.map.columns.values(), *(a["value"] for a in self.map.also)}
        names: list[str] = []
        for parting in (",", ";", "\t"):
            names = [n.strip() for n in next(csv.reader([line.rstrip("\r\n")], delimiter=parting), [])]
            if wanted <= set(names):
                return line.rstrip("\r\n"), names, parting
        return None, names, ","

    def row(
        self, at: int, header: str, record: str, cells: Mapping[str, str], parting: str
    ) -> tuple[Article, Extraction] | Rejection:
        where = f"{self.path}:{at}"
        try:
            return self._row(at, header, record, cells, parting)
        except FieldError as error:
            return Rejection(where, str(error))

    def _row(
        self, at: int, header: str, record: str, cells: Mapping[str, str], parting: str
    ) -> tuple[Article, Extraction]:
        text = f"{header}\n{record}"
        found: list[Observation] = []
        figures = [dict(self.map.columns), *({**self.map.columns, **a} for a in self.map.also)]
        constants = [dict(self.map.constants), *({**self.map.constants, **_fixed(a)} for a in self.map.also)]
        spans = _spans(record, len(header) + 1, list(cells), parting)
        about = {key: self._field(key, cells, self.map.columns, self.map.constants) for key in _ARTICLE}
        stated = about["published_on"]
        for columns, fixed in zip(figures, constants, strict=True):
            if cells.get(columns["value"], "").strip():
                columns = {key: name for key, name in columns.items() if key not in fixed or key == "value"}
                found.append(self._figure(text, cells, columns, fixed, spans))
        if not found:
            raise FieldError("has no number in the column of values: leave the row out")
        article = Article(
            name=f"{self.path.stem}:{at}",
            text=text,
            title=self.path.name,
            published_on=parse_date("published_on", stated) if stated else None,
            url=about["url"],
            publisher=about["publisher"],
        )
        unkeyed = _others(text, found)
        return article, Extraction(
            tuple(found), unkeyed, ((0, len(text)),), "und", article.published_on, False
        )

    def _figure(
        self,
        text: str,
        cells: Mapping[str, str],
        columns: Mapping[str, str],
        fixed: Mapping[str, str],
        spans: Mapping[str, tuple[int, int]],
    ) -> Observation:
        def told(key: str) -> str | None:
            return self._field(key, cells, columns, fixed)

        start, end = spans[columns["value"]]
        cell = text[start:end]
        number = _NUMBER.search(cell)
        if number is None:
            raise FieldError(f"{columns['value']} {cell!r} is no number: correct it")
        start, end = start + number.start(), start + number.start() + len(number.group().rstrip())
        digits = re.sub(r"[,   ]", "", number.group())
        try:
            value = Decimal(digits)
        except InvalidOperation:
            raise FieldError(f"{columns['value']} {cell!r} is no number: correct it") from None
        known: dict[str, Any] = {key: told(key) or _DEFAULTS.get(key) for key in _KEYED}
        step = Decimal(1).scaleb(-len(digits.partition(".")[2]))
        if "." not in digits and known["measure"] in _COUNTED and not _WEIGHED.fullmatch(known["unit"] or ""):
            step = Decimal(0)  # so many trains are counted, not weighed
        for key, words in _VOCABULARY.items():
            if known[key] is not None and known[key] not in words:
                raise FieldError(f"{key} {known[key]!r} is none of {', '.join(words)}: correct it")
        for key in ("port", "metric", "unit"):
            if known[key] is None:
                raise FieldError(f"has no {key}: name its column or a constant in the map")
        known["port"] = self._place(known["port"])
        if known["metric"] not in self.lexicon.metric:
            raise FieldError(f"metric {known['metric']!r} is not in the list: see data/metrics.csv")
        sign = known["qualifier"]
        if sign == "~" and self.map.about_is_rounded:
            step = max(step, _last_place(value))
            sign = "="
        low, high, value = bounds(sign, value, Number(start, end, value, step), near=True)
        first, last = self._period(told)
        return Observation(
            start=start,
            end=end,
            text=text[start:end],
            value=value,
            low=low,
            high=high,
            period_start=first,
            period_end=last,
            evidence=(Evidence("value", start, end, text[start:end], "cell"),),
            **known,
        )

    def _field(
        self, key: str, cells: Mapping[str, str], columns: Mapping[str, str], fixed: Mapping[str, str]
    ) -> str | None:
        name = columns.get(key)
        said = cells.get(name, "").strip() if name else ""
        return self.map.words.get(key, {}).get(said, said) or fixed.get(key)

    def _place(self, name: str) -> str:
        if name in self.lexicon.place:
            return name
        found = self.places.get(name.casefold())
        if found is None:
            raise FieldError(f"place {name!r} is not in the gazetteer: give a slug of data/ports.csv")
        return found

    def _period(self, told: Any) -> tuple[date | None, date | None]:
        start, end, period = told("period_start"), told("period_end"), told("period")
        if period:
            first, _, last = period.partition("/")
            return read_period(first)[0], read_period(last or first)[1]
        return (
            read_period(start)[0] if start else None,
            read_period(end)[1] if end else None,
        )


def read_period(words: str) -> tuple[date, date]:
    """Give the first and last day of 2024, 2024-05, 2024-Q1 or 2024-05-03."""
    text = words.strip()
    try:
        if quarter := _QUARTER.fullmatch(text):
            year, n = int(quarter[1]), int(quarter[2])
            return date(year, 3 * n - 2, 1), _month_end(year, 3 * n)
        if re.fullmatch(r"\d{4}", text):
            return date(int(text), 1, 1), date(int(text), 12, 31)
        if re.fullmatch(r"\d{4}-\d{2}", text):
            year, month = int(text[:4]), int(text[5:])
            return date(year, month, 1), _month_end(year, month)
        return date.fromisoformat(text), date.fromisoformat(text)
    except ValueError:
        raise FieldError(f"period {words!r} is none: give 2024, 2024-05, 2024-Q1 or 2024-05-03") from None


def _last_place(value: Decimal) -> Decimal:
    """Give the size of the last digit that is not 0: 100 of 6300, 0.1 of 2.50."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _fixed(also: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in also.items() if key != "value"}


def _spans(record: str, offset: int, names: list[str], parting: str) -> dict[str, tuple[int, int]]:
    """Give where each cell of a record stands in the article's text, without its quotation marks."""
    out: dict[str, tuple[int, int]] = {}
    at = 0
    for name in names:
        if record[at : at + 1] == '"':
            end = at + 1
            while end < len(record) and (record[end] != '"' or record[end + 1 : end + 2] == '"'):
                end += 2 if record[end] == '"' else 1
            out[name] = (offset + at + 1, offset + end)
            at = end + 2
        else:
            end = record.find(parting, at)
            end = len(record) if end < 0 else end
            out[name] = (offset + at, offset + end)
            at = end + 1
    return out


def _others(text: str, found: list[Observation]) -> tuple[Unkeyed, ...]:
    """Account for the other numbers of a row: its dates, codes and addresses."""
    taken = sorted((o.start, o.end) for o in found)
    out = []
    for m in re.finditer(r"\d+", text):
        if not any(a < m.end() and m.start() < b for a, b in taken):
            out.append(Unkeyed(m.start(), m.end(), m[0], "identifier", "a value column in the map"))
    return tuple(out)
