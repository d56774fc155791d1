"""What deploy/ ships, run by the real schedulers: Airflow and Dagster in environments of their own."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
TALLYBOOK = Path(sys.executable).parent / "tallybook"
ARTICLE = "In the first quarter of 2025 Khorgos handled 2,193 China-Europe freight trains.\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a configuration and one article, as an operator would lay it out."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "khorgos.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "tallybook.toml").write_text(
        'sources = ["in"]\ndatabase = "book.duckdb"\nexports = "out"\n', encoding="utf-8"
    )
    return tmp_path


def scheduler(name: str) -> Path:
    """Give the bin folder of a scheduler's environment; `make test` makes it."""
    bin_ = ROOT / f".venv-{name}" / "bin"
    if not (bin_ / name).exists():
        pytest.skip(f"needs {name}: make schedulers")
    return bin_


def environment(place: Path, **more: str) -> dict[str, str]:
    return {
        "HOME": str(place),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TALLYBOOK": str(TALLYBOOK),
        "TALLYBOOK_CONFIG": str(place / "tallybook.toml"),
        **more,
    }


def articles(place: Path) -> int:
    with duckdb.connect(str(place / "book.duckdb"), read_only=True) as con:
        (count,) = con.execute("select count(*) from article").fetchall()[0]
        return int(count)


# systemd


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "systemd" / name, encoding="utf-8")
    return parser


def test_systemd_takes_service_and_timer(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("needs systemd-analyze")
    service = (DEPLOY / "systemd" / "tallybook.service").read_text(encoding="utf-8")
    assert "/opt/tallybook/bin/tallybook" in service
    (tmp_path / "tallybook.service").write_text(
        service.replace("/opt/tallybook/bin/tallybook", str(TALLYBOOK)), encoding="utf-8"
    )
    shutil.copy(DEPLOY / "systemd" / "tallybook.timer", tmp_path)
    done = subprocess.run(
        [analyze, "verify", str(tmp_path / "tallybook.service"), str(tmp_path / "tallybook.timer")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    about_ours = [line for line in done.stderr.splitlines() if "tallybook" in line]
    assert (done.returncode, about_ours) == (0, [])


def test_the_command_of_the_service_does_the_job(place: Path) -> None:
    command = unit("tallybook.service")["Service"]["ExecStart"]
    command = command.replace("/opt/tallybook/bin/tallybook", str(TALLYBOOK)).replace(
        "/srv/tallybook", str(place)
    )
    done = subprocess.run(
        shlex.split(command), cwd="/", env=environment(place), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert articles(place) == 1
    assert all(json.loads(line)["event"] for line in done.stderr.splitlines())


def test_the_service_counts_the_exit_codes_of_a_good_run_as_success(place: Path) -> None:
    good = {int(code) for code in unit("tallybook.service")["Service"]["SuccessExitStatus"].split()}
    (place / "in" / "bad.txt").write_bytes(b"\0\1\2\3" * 100)
    done = subprocess.run(
        [str(TALLYBOOK), "run"], cwd=place, env=environment(place), capture_output=True, check=False
    )
    assert done.returncode in good
    (place / "tallybook.toml").write_text("sources = 3\n", encoding="utf-8")
    done = subprocess.run(
        [str(TALLYBOOK), "run"], cwd=place, env=environment(place), capture_output=True, check=False
    )
    assert done.returncode not in good | {0}


# cron

_LINE = re.compile(r"^(?P<when>(?:\S+\s+){5})(?P<user>\S+)\s+(?P<command>.+)$")


def test_the_cron_line_does_the_job_in_cron_s_environment(place: Path) -> None:
    lines = (DEPLOY / "cron" / "tallybook").read_text(encoding="utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in lines if re.match(r"^[A-Z]+=", line))
    (entry,) = [m for m in map(_LINE.match, lines) if m and not m[0].startswith("#")]
    assert entry["when"].split() == ["17", "*", "*", "*", "*"]
    env = {"HOME": str(place), "LOGNAME": entry["user"], "SHELL": settings["SHELL"]}
    env["PATH"] = settings["PATH"].replace("/opt/tallybook/bin", str(TALLYBOOK.parent))

    def run() -> subprocess.CompletedProcess[str]:
        command = entry["command"].replace("/srv/tallybook", str(place))
        assert "%" not in command  # cron would take it for a new line
        return subprocess.run(
            [settings["SHELL"], "-c", command], env=env, capture_output=True, encoding="utf-8", check=False
        )

    done = run()
    # Nothing printed: cron sends no mail after a good run.
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert articles(place) == 1
    (place / "in" / "bad.txt").write_bytes(b"\0\1\2\3" * 100)
    done = run()
    assert done.returncode == 3
    assert "bad.txt" in done.stderr


# Airflow


def airflow(bin_: Path, place: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = environment(
        place,
        AIRFLOW_HOME=str(place / "airflow"),
        AIRFLOW__CORE__DAGS_FOLDER=str(DEPLOY / "airflow"),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        **more,
    )
    return subprocess.run(
        [str(bin_ / "airflow"), *words],
        cwd=place,
        env=env,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_airflow_loads_and_runs_the_dag(place: Path) -> None:
    bin_ = scheduler("airflow")
    assert airflow(bin_, place, "db", "migrate").returncode == 0
    faults = airflow(bin_, place, "dags", "list-import-errors")
    assert (faults.returncode, "No data found" in faults.stdout + faults.stderr) == (0, True)

    done = airflow(bin_, place, "dags", "test", "tallybook")
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert articles(place) == 1
    assert "'loaded': 1" in told

    # Rejected input is no failure, but it is told.
    (place / "in" / "bad.txt").write_bytes(b"\0\1\2\3" * 100)
    done = airflow(bin_, place, "dags", "test", "tallybook")
    told = done.stdout + done.stderr
    assert "state=success" in told
    assert "1 inputs were rejected" in told

    # A wrong configuration is a failure that waiting does not mend.
    done = airflow(bin_, place, "dags", "test", "tallybook", TALLYBOOK_CONFIG=str(place / "none.toml"))
    told = done.stdout + done.stderr
    assert "tallybook ended with 7" in told
    assert "none.toml" in told
    assert "state=failed" in told


# Dagster


def dagster(bin_: Path, place: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    (place / "dagster").mkdir(exist_ok=True)
    (place / "dagster" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    env = environment(place, DAGSTER_HOME=str(place / "dagster"), **more)
    return subprocess.run(
        [str(bin_ / "dagster"), *words, "-f", str(DEPLOY / "dagster" / "tallybook_dagster.py")],
        cwd=place,
        env={**env, "PATH": f"{bin_}:{env['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_dagster_loads_and_runs_the_job(place: Path) -> None:
    bin_ = scheduler("dagster")
    done = dagster(bin_, place, "definitions", "validate")
    assert done.returncode == 0, done.stdout + done.stderr

    done = dagster(bin_, place, "job", "execute", "-j", "tallybook")
    assert done.returncode == 0, done.stdout + done.stderr
    assert articles(place) == 1
    assert "ASSET_MATERIALIZATION" in done.stderr + done.stdout

    done = dagster(
        bin_, place, "job", "execute", "-j", "tallybook", TALLYBOOK_CONFIG=str(place / "none.toml")
    )
    assert done.returncode != 0
    assert "tallybook ended with 7" in done.stdout + done.stderr
