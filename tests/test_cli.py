"""The command line as a shell sees it: what goes to which stream, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tallybook import __version__
from tallybook.cli import main

COMMANDS = (
    "run",
    "add",
    "extract",
    "explain",
    "query",
    "sql",
    "export",
    "reextract",
    "correct",
    "reject",
    "corrections",
    "undo",
    "eval",
)
TEXT = "published_on: 2024-06-02\n\n5月，二连浩特铁路口岸共开行中欧班列240列，同比增长5%。\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], prog_name="tallybook")


def shell(*args: str | Path, folder: Path | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process of its own, as only a process has a locale and pipes."""
    command = [sys.executable, "-m", "tallybook", *map(str, args)]
    return subprocess.run(command, cwd=folder, env={**os.environ, **env}, capture_output=True, timeout=120)


def test_version_is_that_of_the_package() -> None:
    assert run("--version").stdout == f"tallybook {__version__}\n"


def test_help_lists_every_command_and_exit_code() -> None:
    for arg in ("--help", "-h"):
        shown = run(arg)
        assert shown.exit_code == 0
        assert [c for c in COMMANDS if re.search(rf"^  {c} +\w", shown.stdout, re.M)] == list(COMMANDS)
        for code in (0, 1, 2, 3, 4, 5, 6, 7, 141):
            assert re.search(rf"^ +{code} +\w", shown.stdout, re.M)


def test_help_loads_no_library_that_it_does_not_need() -> None:
    code = (
        "import sys; from tallybook.cli import main; main(['--help'], standalone_mode=False);"
        "print({'duckdb', 'pandas', 'pyarrow', 'rich', 'opencc'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.endswith("set()\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_its_help(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    (listed,) = re.findall(rf"^  {name} +(\w.*)$", run("--help").stdout, re.M)
    assert command.help is not None
    assert listed == command.help.split("\n\n")[0].replace("\n", " ")
    shown = run(name, "--help")
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"Usage: tallybook {name}")
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help, option.name


@pytest.mark.parametrize(
    "args", [["nonsense"], ["--nonsense"], ["extract"], ["extract", "--format", "xml", "a"]]
)
def test_a_wrong_command_line(args: list[str]) -> None:
    done = run(*args)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Usage:" in done.stderr


def test_an_error_is_one_line_and_its_exit_code(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("{}\n", encoding="utf-8")
    done = run("eval", gold, "-")
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(r"tallybook: .*gold\.jsonl:1: .*\n", done.stderr)


def test_what_a_file_name_holds_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    done = run("extract", tmp_path / "a\x1b[31m\nb.txt")
    assert done.exit_code == 3
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr
    assert r"a\x1b[31m\nb.txt" in done.stderr


def test_output_is_utf8_whatever_the_locale(tmp_path: Path) -> None:
    (tmp_path / "口岸.txt").write_text(TEXT, encoding="utf-8")
    done = shell("extract", "口岸.txt", folder=tmp_path, PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode("utf-8").splitlines()[0])["article"] == "口岸"


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text((json.dumps({"text": TEXT}) + "\n") * 2000, encoding="utf-8")
    command = f"{sys.executable} -m tallybook extract {path} | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=120)
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1
    assert done.returncode == 141


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "tallybook", "extract", str(path)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", timeout=120)
    assert done.returncode == 1
    assert re.fullmatch(r"tallybook: .*No space left.*\n", done.stderr)
