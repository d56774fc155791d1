"""A disk that is really full, at each step of a run: a small tmpfs in a mount namespace of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from jobmaker import ALASHANKOU, COMMAND, KHORGOS, MANZHOULI, environment, job, offered, place, rows
from tallybook.store.faults import BALLAST

BOOK = "book.duckdb"
# The disk goes with the process: what is to be looked at is copied out.
SCRIPT = f"""
set -eu
mount -t tmpfs -o size=48m none "$1/disk"
cp -r "$1/old/." "$1/disk/"
cd "$1/disk"
code=0; '{COMMAND}' run >"$1/out" 2>"$1/err" || code=$?
echo $code >"$1/code"
unset TALLYBOOK_FAULT
ls -A >"$1/names"
cp {BOOK} "$1/book-after"
rm {BALLAST}
code=0; '{COMMAND}' run >"$1/out-again" 2>&1 || code=$?
echo $code >"$1/code-again"
ls -A . exports >"$1/names-again"
cp {BOOK} "$1/book-again"
"""


@cache
def _may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    done = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return done.returncode == 0


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published book of one article and its exports, and two more articles."""
    if not _may_mount():
        pytest.skip("needs a tmpfs of its own: unshare -rm mount -t tmpfs none /mnt is refused here")
    folder = place(tmp_path_factory.mktemp("old"), alashankou=ALASHANKOU)
    with (folder / "tallybook.toml").open("a", encoding="utf-8") as stream:
        stream.write('jobs = 1\nexports = "exports"\nexport_views = ["port_comparison"]\n')
    job(folder, offered(folder))
    return place_more(folder)


def place_more(folder: Path) -> Path:
    """Put two more articles into in/; the configuration stays."""
    config = (folder / "tallybook.toml").read_text(encoding="utf-8")
    place(folder, khorgos=KHORGOS, manzhouli=MANZHOULI)
    (folder / "tallybook.toml").write_text(config, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("point", "step"),
    [
        ("copying", "the copy"),
        ("staging-copied", "the load"),
        ("audited", "the checkpoint"),
        ("published", "the export"),
    ],
)
def test_a_full_disk_is_told_and_the_book_is_whole(point: str, step: str, old: Path, tmp_path: Path) -> None:
    """Plays a disk that has not one byte left when a step begins, and is cleared up afterwards."""
    shutil.copytree(old, tmp_path / "old")
    (tmp_path / "disk").mkdir()
    subprocess.run(
        ["unshare", "-rm", "bash", "-c", SCRIPT, "bash", str(tmp_path)],
        env=environment(f"{point}:fill"),
        check=True,
    )

    def told(name: str) -> str:
        return (tmp_path / name).read_text(encoding="utf-8")

    assert told("code") == "1\n", step
    assert "Traceback" not in told("err")
    assert "No space left" in told("err") or "could not" in told("err").lower()
    after = (tmp_path / "book-after").read_bytes()
    if point == "published":
        assert f"{BOOK} is published, but the export to exports failed" in told("err")
        assert len(rows(tmp_path / "book-after")["article"]) == 3
    else:
        assert "nothing published, the book is as it was" in told("err")
        assert after == (old / BOOK).read_bytes()
    left = set(told("names").split()) - {BALLAST, BOOK, f"{BOOK}.lock", f"{BOOK}.seen", "exports", "in"}
    assert left == {"tallybook.toml"}
    assert told("code-again") == "0\n", told("out-again")
    assert len(rows(tmp_path / "book-again")["article"]) == 3
    assert "unfinished" not in told("names-again")
    assert ".staging" not in told("names-again")
    assert "article.parquet" in told("names-again")


def test_the_switch_fills_no_disk_of_somebodys_own(tmp_path: Path) -> None:
    disk = os.statvfs(tmp_path)
    if disk.f_blocks * disk.f_frsize <= 256 << 20:
        pytest.skip("the disk of the tests is a small one")
    place(tmp_path, alashankou=ALASHANKOU)
    done = subprocess.run(
        [COMMAND, "run"], cwd=tmp_path, env=environment("locked:fill"), capture_output=True, check=False
    )
    assert done.returncode == 1
    assert not (tmp_path / BALLAST).exists()
