"""The wheel, installed in an environment of its own, works in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tallybook import __version__


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    # Without isolation, so that nothing is fetched: the test extra has the build backend.
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@dataclass(frozen=True)
class Installed:
    """A `tallybook` command with nothing of the checkout on its path, and an empty folder to run it in."""

    command: Path
    folder: Path

    def __call__(self, *args: str, code: int = 0) -> str:
        env = {"PATH": os.defpath, "HOME": str(self.folder.parent), "LANG": "C.UTF-8"}
        command = [str(self.command), *args]
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, encoding="utf-8")
        assert done.returncode == code, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("installed")
    venv, folder = place / "venv", place / "empty"
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = venv / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
    ]
    subprocess.run([*pip, "--disable-pip-version-check", str(wheel)], check=True)
    # The libraries come from the environment of the tests. A path in a .pth file goes to the end of
    # sys.path and its own .pth files do not count, so the checkout stays out.
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return Installed(venv / "bin" / "tallybook", folder)


def test_the_wheel_carries_every_shipped_file(wheel: Path, root: Path) -> None:
    files = [
        root / "schema.sql",
        *root.glob("queries/**/*.sql"),
        *root.glob("migrations/*.sql"),
        *(p for p in root.glob("data/**/*") if p.is_file()),
    ]
    with zipfile.ZipFile(wheel) as archive:
        for path in files:
            name = f"tallybook/_share/{path.relative_to(root)}"
            assert archive.read(name) == path.read_bytes(), name
        assert {"tallybook/py.typed", f"tallybook-{__version__}.dist-info/licenses/LICENSE"} <= set(
            archive.namelist()
        )
        data = f"tallybook-{__version__}.data"
        assert {name.split("/")[0] for name in archive.namelist()} == {
            "tallybook",
            data,
            f"tallybook-{__version__}.dist-info",
        }
        for path in (p for p in root.glob("deploy/**/*") if p.is_file() and p.suffix != ".pyc"):
            name = f"{data}/data/share/tallybook/{path.relative_to(root)}"
            assert archive.read(name) == path.read_bytes(), name


def test_the_installed_command_is_the_wheels(installed: Installed) -> None:
    assert installed("--version") == f"tallybook {__version__}\n"
    python = installed.command.parent / "python"
    code = "import tallybook.resources as r; print(r.share_dir())"
    where = subprocess.run(
        [str(python), "-c", code], cwd=installed.folder, capture_output=True, check=True, text=True
    )
    assert Path(where.stdout.strip()).is_relative_to(installed.command.parents[1])
