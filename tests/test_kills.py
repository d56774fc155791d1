"""The short version of `python tests/kills.py`: some kills at random moments, four programs that read."""

from __future__ import annotations

from pathlib import Path

from kills import sweep


def test_killed_jobs_harm_no_reader_and_leave_nothing(tmp_path: Path) -> None:
    tally = sweep(tmp_path, kills=8, readers=4, seed=7)
    assert tally.clean, tally
    assert tally.kills == 8
    assert tally.reads > 20
