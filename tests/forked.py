"""The command in a process of its own, without the seconds that its start takes.

`python tests/forked.py` imports the program and loads its words once; each request is a process forked
from it, with arguments, folder and environment as told, that does all a command does and ends as one does.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory


def command(folder: Path, args: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `tallybook ARGS` in a folder; standard input is empty."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with TemporaryDirectory(prefix="tallybook-") as place:
        out, err = Path(place) / "out", Path(place) / "err"
        told = {"args": list(args), "folder": str(folder), "env": dict(env), "out": str(out), "err": str(err)}
        server.stdin.write(json.dumps(told) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(
            ["tallybook", *args], code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        )


@cache
def _server() -> subprocess.Popen[str]:
    # Threads do not pass a fork: the server has none.
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=env
    )
    atexit.register(_end, server)
    return server


def _end(server: subprocess.Popen[str]) -> None:
    server.communicate()


def _serve() -> None:
    from tallybook.cli import job  # noqa: F401
    from tallybook.lexicon import load_lexicon

    load_lexicon()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if not child:
            _be(told)
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


def _be(told: dict[str, object]) -> None:
    """Be the command, in the child, to its end."""
    os.chdir(str(told["folder"]))
    os.environ.clear()
    env = told["env"]
    assert isinstance(env, dict)
    os.environ.update(env)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in ((0, nothing), (1, _new(told["out"])), (2, _new(told["err"]))):
        os.dup2(target, number)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(0, encoding="utf-8"),
        os.fdopen(1, "w", encoding="utf-8"),
        os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1),
    )
    args = told["args"]
    assert isinstance(args, list)
    sys.argv = ["tallybook", *args]
    code = 1
    try:
        from tallybook.cli import main

        main(prog_name="tallybook")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _new(path: object) -> int:
    return os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)


if __name__ == "__main__":
    _serve()
