"""What all tests share: the labelled data beside the checkout, and Hypothesis's settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tallybook.lexicon import Lexicon, load_lexicon

ROOT = Path(__file__).resolve().parents[1]

# No deadline: the two cores of the test machine are shared. Derandomized: a run can be repeated.
settings.register_profile(
    "tallybook", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tallybook")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled articles, which is no part of the checkout."""
    folder = Path(os.environ.get("TALLYBOOK_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"needs the labelled articles: no folder {folder} (set TALLYBOOK_SHARED to name it)")
    return folder


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The shipped knowledge."""
    return load_lexicon()
