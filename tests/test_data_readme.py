"""The examples of data/README.md: the tables that it tells people to write can be loaded."""

from __future__ import annotations

import re
from pathlib import Path

from tallybook.lexicon import load_lexicon


def test_the_examples_of_ones_own_tables_load(root: Path, tmp_path: Path) -> None:
    readme = (root / "data" / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", readme, re.S | re.M)
    ports, words = tmp_path / "my-ports.csv", tmp_path / "my-words.csv"
    ports.write_text(next(block for block in blocks if block.startswith("slug,")), encoding="utf-8")
    words.write_text(next(block for block in blocks if block.startswith("kind,")), encoding="utf-8")
    lexicon = load_lexicon(ports=[ports], words=[words])
    found = {entry.value for mark in lexicon.scan("热特拜到了12趟专列") for entry in mark.entries}
    assert {"zhetybay", "train"} <= found


def test_every_file_of_the_folder_is_described(root: Path) -> None:
    readme = (root / "data" / "README.md").read_text(encoding="utf-8")
    for path in (root / "data").rglob("*"):
        if path.is_file() and path.parent.name != "samples" and path.name != "README.md":
            assert path.name in readme, path
