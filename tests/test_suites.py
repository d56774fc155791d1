"""The case files of other recognisers: what we answer otherwise is listed, and nothing else fails."""

from __future__ import annotations

from pathlib import Path

import pytest

import suites
from tallybook.lexicon import Lexicon


@pytest.mark.parametrize("lang", ["zh", "en", "ru"])
def test_only_listed_cases_fail(lang: str, shared: Path, lexicon: Lexicon) -> None:
    root = shared / "reference" / "suites"
    if not root.is_dir():
        pytest.skip(f"needs the case files of other recognisers: no folder {root}")
    rates, failed = suites.failing(root, lang, lexicon)
    listed = set(suites.known(lang))
    assert sum(asked for _, asked in rates.values()) > 400, rates
    assert sorted(failed - listed) == [], "cases fail that are not listed"
    assert sorted(listed - failed) == [], "listed cases pass: take them off the list"


@pytest.mark.parametrize("lang", ["zh", "en", "ru"])
def test_every_listed_case_has_its_reason(lang: str) -> None:
    for case, reason in suites.known(lang).items():
        assert reason.startswith(suites.REASONS), (case, reason)
        assert reason not in suites.REASONS, case
