"""Who is told of a run that failed: a real command, a real HTTP server."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from jobmaker import KHORGOS, place, tallybook
from tallybook.store.publish import writing


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted; /gone answers 410."""

    heard: ClassVar[list[tuple[str, str, dict[str, object]]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(410 if self.path == "/gone" else 204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return place(tmp_path, khorgos=KHORGOS)


def on_failure(folder: Path, **keys: object) -> None:
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    with (folder / "tallybook.toml").open("a", encoding="utf-8") as stream:
        stream.write("\n".join(["[on_failure]", *lines, ""]))


def damaged(folder: Path) -> None:
    (folder / "book.duckdb").write_bytes(b"no database" * 1000)


def test_a_webhook_hears_of_a_failed_run(folder: Path, hook: str) -> None:
    on_failure(folder, webhook=f"{hook}/secret-path")
    damaged(folder)
    done = tallybook(folder, "run")
    assert done.returncode == 6
    ((path, kind, event),) = Hook.heard
    assert (path, kind) == ("/secret-path", "application/json")
    assert event["exit_code"] == 6
    assert event["command"] == "run"
    assert str(event["database"]).endswith("book.duckdb")
    assert str(event["message"]) in done.stderr


def test_a_command_hears_of_a_failed_run_on_its_standard_input(folder: Path) -> None:
    """Plays a defect of the program when rows were loaded."""
    program = folder / "tell"
    program.write_text('#!/bin/sh\necho loud\ncat > "$1"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    on_failure(folder, command=[str(program), str(folder / "told.json")])
    done = tallybook(folder, "run", fault="rows-loaded:raise")
    assert done.returncode == 1
    event = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    assert event["exit_code"] == 1
    assert event["message"]
    assert "loud" not in done.stdout


def test_nobody_hears_of_what_is_no_failure(folder: Path, hook: str) -> None:
    on_failure(folder, webhook=hook)
    (folder / "in" / "junk.txt").write_bytes(bytes(range(256)) * 9)
    assert tallybook(folder, "run").returncode == 3
    with writing(folder / "book.duckdb"):
        assert tallybook(folder, "run").returncode == 4
    assert Hook.heard == []


def test_telling_that_fails_is_told_and_changes_no_exit_code(folder: Path, hook: str) -> None:
    on_failure(folder, webhook=f"{hook}/gone", command=["./no-such-program"])
    damaged(folder)
    done = tallybook(folder, "run")
    assert done.returncode == 6
    assert f"on_failure: the webhook {hook} answered 410" in done.stderr
    assert "on_failure: the command ./no-such-program cannot be run: No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_webhook_that_nobody_answers_is_told_without_its_path(folder: Path) -> None:
    on_failure(folder, webhook="http://127.0.0.1:9/token-of-ours", command=["false"])
    damaged(folder)
    done = tallybook(folder, "run")
    assert done.returncode == 6
    assert "on_failure: the webhook http://127.0.0.1:9 cannot be reached" in done.stderr
    assert "on_failure: the command false ended with 1" in done.stderr
    assert "token-of-ours" not in done.stderr


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"email": "a@b"}, "unknown key on_failure.email; known are command, webhook"),
        ({"command": "mail me"}, "on_failure.command must be a list: the program and its arguments"),
        ({"command": []}, "on_failure.command must be a list: the program and its arguments"),
        ({"webhook": "ftp://x"}, "on_failure.webhook must begin with https:// or http://"),
        ({"webhook": 3}, "on_failure.webhook must be a URL"),
    ],
)
def test_a_wrong_key_is_named(keys: dict[str, object], message: str, folder: Path) -> None:
    on_failure(folder, **keys)
    done = tallybook(folder, "run")
    assert done.returncode == 7
    assert message in done.stderr
