"""The configuration of a job: tallybook.toml, checked as it is read."""

from __future__ import annotations

import glob
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tallybook.alarm import Alarm
from tallybook.check import Thresholds, parse_thresholds
from tallybook.errors import ConfigError
from tallybook.fetch.manners import Manners
from tallybook.read.paths import is_url
from tallybook.resources import data_path, query_files
from tallybook.sources import Source, SourceError, parse_manners, parse_source

DEFAULT_NAME = "tallybook.toml"
_KEYS: dict[str, type] = {
    "sources": list,
    "database": str,
    "exports": str,
    "export_views": list,
    "ports": list,
    "words": list,
    "jobs": int,
    "source": list,
    "fetch": dict,
    "on_failure": dict,
    "check": dict,
}
_ON_FAILURE: dict[str, type] = {"command": list, "webhook": str}
_WORDS = {list: "a list of paths", str: "a path", int: "a whole number", dict: "a table"}


@dataclass(frozen=True, slots=True)
class Config:
    """What a job reads and writes; paths are absolute or relative to the working directory.

    `sources` are files, folders, globs and URLs. `exports` is the folder for Parquet, None for no
    exports. `ports` and `words` are a user's own gazetteer and lexicon files. `jobs` is the
    number of processes that extract; 0 takes all cores. `alarm` says whom to tell of a run that failed.
    """

    sources: tuple[str, ...]
    database: Path
    exports: Path | None = None
    export_views: tuple[str, ...] | None = None
    """The comparing views among the exports; None for those that are exported by default."""
    ports: tuple[Path, ...] = ()
    words: tuple[Path, ...] = ()
    jobs: int = 0
    alarm: Alarm = field(default_factory=Alarm)
    more: tuple[Source, ...] = ()
    """Each `[[source]]`."""
    fetch: Manners = field(default_factory=Manners)
    check: Thresholds = field(default_factory=Thresholds)
    """What `tallybook check` takes for a finding."""


def shipped_config() -> Config:
    """Give the configuration of a job without a file: the shipped samples, output where one stands."""
    return Config(
        sources=(str(data_path("samples")),), database=Path("tallybook.duckdb"), exports=Path("exports")
    )


def load_config(path: Path) -> Config:
    """Read a configuration file; paths in it are relative to its folder.

    Raises ConfigError, which names the file and the key, for a file that cannot be read, is no
    TOML, or has a key that is unknown, missing or of another type.
    """
    try:
        with path.open("rb") as stream:
            table = tomllib.load(stream)
    except FileNotFoundError:
        raise ConfigError(f"there is no configuration {path}: check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is no TOML: {error}") from error
    _check(path, table)
    base = path.parent

    def at(name: str) -> str:
        return str(base / _home(path, name))

    def pattern(name: str) -> str:
        # What stands for others in a pattern is part of the name in the folder before it.
        if is_url(name):
            return name
        if not glob.has_magic(name):
            return at(name)
        return str(Path(glob.escape(str(base))) / _home(path, name))

    def own(key: str) -> tuple[Path, ...]:
        paths = tuple(Path(at(name)) for name in table.get(key, []))
        for found in paths:
            if not found.is_file():
                raise ConfigError(f"{path}: {key} names {found}, and there is no such file: correct the path")
        return paths

    more, manners = _sources(path, table, pattern)
    return Config(
        sources=tuple(pattern(name) for name in table.get("sources", ())),
        database=Path(at(table.get("database", "tallybook.duckdb"))),
        exports=Path(at(table["exports"])) if "exports" in table else None,
        export_views=_views(path, table.get("export_views")),
        ports=own("ports"),
        words=own("words"),
        jobs=table.get("jobs", 0),
        alarm=_alarm(path, table.get("on_failure", {})),
        more=more,
        fetch=manners,
        check=_thresholds(path, table.get("check", {})),
    )


def _home(path: Path, name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{path}: {name} names a home folder that is not there: write it out") from error


def _sources(
    path: Path, table: Mapping[str, Any], pattern: Callable[[str], str]
) -> tuple[tuple[Source, ...], Manners]:
    where = "[fetch]"
    try:
        manners = parse_manners(table.get("fetch", {}), Manners())
        found = []
        for place, entry in enumerate(table.get("source", []), 1):
            where = f"[[source]] {place}"
            found.append(parse_source(entry, manners, pattern))
    except SourceError as error:
        raise ConfigError(f"{path}: {where}: {error}") from None
    return tuple(found), manners


def _views(path: Path, names: list[str] | None) -> tuple[str, ...] | None:
    known = [name for name, sql in query_files().items() if f"\ncreate or replace view {name} as" in sql]
    for name in names or ():
        if name not in known:
            raise ConfigError(
                f"{path}: export_views names {name}, which is no view: `tallybook query` lists them"
            )
    return None if names is None else tuple(dict.fromkeys(names))


def _thresholds(path: Path, table: Mapping[str, Any]) -> Thresholds:
    try:
        return parse_thresholds(table)
    except ValueError as error:
        raise ConfigError(f"{path}: [check]: {error}") from None


def _alarm(path: Path, table: Mapping[str, Any]) -> Alarm:
    for key, value in table.items():
        wanted = _ON_FAILURE.get(key)
        if wanted is None:
            raise ConfigError(f"{path}: unknown key on_failure.{key}; known are {', '.join(_ON_FAILURE)}")
        words = value if isinstance(value, list) else [value]
        if not isinstance(value, wanted) or not words or not all(isinstance(w, str) and w for w in words):
            form = "a list: the program and its arguments" if wanted is list else "a URL"
            raise ConfigError(f"{path}: on_failure.{key} must be {form}, not {value!r}")
    webhook = table.get("webhook")
    if webhook is not None and not webhook.startswith(("https://", "http://")):
        raise ConfigError(f"{path}: on_failure.webhook must begin with https:// or http://, not {webhook!r}")
    return Alarm(tuple(table.get("command", ())), webhook)


def _check(path: Path, table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        wanted = _KEYS.get(key)
        if wanted is None:
            raise ConfigError(f"{path}: unknown key {key}; known are {', '.join(_KEYS)}")
        if key == "source":
            if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
                raise ConfigError(
                    f"{path}: source must be tables, each begun by [[source]]; a list of paths is `sources`"
                )
            continue
        if not isinstance(value, wanted) or isinstance(value, bool) or value == "":
            raise ConfigError(f"{path}: {key} must be {_WORDS[wanted]}, not {value!r}")
        if isinstance(value, list) and not all(isinstance(item, str) and item for item in value):
            kind = "names" if key == "export_views" else "paths"
            raise ConfigError(f"{path}: {key} must be a list of {kind}, not {value!r}")
        if "\0" in "".join(map(str, value if isinstance(value, list) else [value])):
            raise ConfigError(f"{path}: {key} has a character that no path has: {value!r}")
    if not table.get("sources") and not table.get("source"):
        raise ConfigError(f"{path}: sources is missing or empty; name the files, folders or globs to read")
    if table.get("jobs", 0) < 0:
        raise ConfigError(f"{path}: jobs must be 0 (all cores) or more, not {table['jobs']}")
