"""tallybook.toml: what it says, and what is said of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallybook.config import load_config, shipped_config
from tallybook.errors import ConfigError
from tallybook.read import read_paths
from tallybook.records import Article


def write(folder: Path, text: str, name: str = "tallybook.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").touch()
    (tmp_path / "words.csv").touch()
    config = load_config(
        write(
            tmp_path,
            """
            sources = ["news", "more/*.txt", "/abs/file.txt"]
            database = "out/book.duckdb"
            exports = "parquet"
            ports = ["mine.csv"]
            words = ["words.csv"]
            jobs = 3
            """,
        )
    )
    assert config.sources == (str(tmp_path / "news"), str(tmp_path / "more/*.txt"), "/abs/file.txt")
    assert config.database == tmp_path / "out/book.duckdb"
    assert config.exports == tmp_path / "parquet"
    assert config.ports == (tmp_path / "mine.csv",)
    assert config.words == (tmp_path / "words.csv",)
    assert config.jobs == 3


def test_sources_alone_are_enough(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, 'sources = ["news"]'))
    assert config.database == tmp_path / "tallybook.duckdb"
    assert config.exports is None
    assert (config.ports, config.words, config.jobs) == ((), (), 0)


def test_a_home_folder_may_be_short(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, 'sources = ["~/news"]'))
    assert config.sources == (str(Path.home() / "news"),)


def test_a_pattern_works_in_a_folder_whose_name_looks_like_one(tmp_path: Path) -> None:
    folder = tmp_path / "a[1]"
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "one.txt").write_text("霍尔果斯口岸通行班列100列。", encoding="utf-8")
    for source in ("in/*.txt", "in", "in/one.txt"):
        config = load_config(write(folder, f'sources = ["{source}"]'))
        (article,) = read_paths(config.sources)
        assert isinstance(article, Article)
        assert article.name == "one"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'sourcs = ["a"]',
            (
                "unknown key sourcs;"
                " known are sources, database, exports, export_views, ports, words, jobs, source, fetch,"
                " on_failure, check"
            ),
        ),
        (
            'source = ["a"]',
            "source must be tables, each begun by [[source]]; a list of paths is `sources`",
        ),
        ("", "sources is missing or empty; name the files, folders or globs to read"),
        ("sources = []", "sources is missing or empty; name the files, folders or globs to read"),
        ('sources = "a"', "sources must be a list of paths, not 'a'"),
        ("sources = [1]", "sources must be a list of paths, not [1]"),
        ('sources = [""]', "sources must be a list of paths, not ['']"),
        ('sources = ["a"]\ndatabase = 1', "database must be a path, not 1"),
        ('sources = ["a"]\ndatabase = ""', "database must be a path, not ''"),
        ('sources = ["a"]\nexports = false', "exports must be a path, not False"),
        (r'sources = ["a\u0000"]', r"sources has a character that no path has: ['a\x00']"),
        (
            'sources = ["~nobody-here/a"]',
            "~nobody-here/a names a home folder that is not there: write it out",
        ),
        (
            'sources = ["~nobody-here/*"]',
            "~nobody-here/* names a home folder that is not there: write it out",
        ),
        ('sources = ["a"]\njobs = "2"', "jobs must be a whole number, not '2'"),
        ('sources = ["a"]\njobs = true', "jobs must be a whole number, not True"),
        ('sources = ["a"]\njobs = -1', "jobs must be 0 (all cores) or more, not -1"),
    ],
)
def test_a_wrong_key_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value) == f"{path}: {message}"
    assert caught.value.exit_code == 7


@pytest.mark.parametrize("key", ["ports", "words"])
def test_a_list_that_is_not_there_is_named(key: str, tmp_path: Path) -> None:
    path = write(tmp_path, f'sources = ["a"]\n{key} = ["mine.csv"]')
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    missing = tmp_path / "mine.csv"
    assert str(caught.value) == f"{path}: {key} names {missing}, and there is no such file: correct the path"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no configuration .*none\.toml: check the path"):
        load_config(tmp_path / "none.toml")


@pytest.mark.parametrize("data", [b"sources = [", b"\xff\xfe\x00", b"\x00\x01\x02"])
def test_a_file_that_is_no_toml_is_named(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=r"bad\.toml (is no TOML|cannot be read): "):
        load_config(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path)


def test_the_sample_configuration_says_what_the_shipped_one_does(root: Path) -> None:
    sample = load_config(root / "tallybook.toml")
    shipped = shipped_config()
    assert [Path(s).resolve() for s in sample.sources] == [Path(s).resolve() for s in shipped.sources]
    assert sample.database == root / shipped.database
    assert sample.exports == root / str(shipped.exports)
