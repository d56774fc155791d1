"""Publish: one writer at a time, built aside, renamed into place; readers never wait.

DuckDB lets one process write or many read. So a job copies the published file to a staging
file beside it, works there, and renames the staging file over the published one when it is
audited, closed and synced. A reader sees the old book or the new one, never half of either; a
job that dies leaves the old book and a staging file that the next job sweeps away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from tallybook.errors import AuditError, DatabaseError, LockedError, TallybookError
from tallybook.store.build import SCHEMA_VERSION, schema_version
from tallybook.store.faults import reach
from tallybook.store.migrate import migrate

_STAGING_CONFIG = {
    # 1.5 reads a file that 2.0 wrote only with this.
    "storage_compatibility_version": "v1.0.0",
    # Nobody needs the log of a staging file; small checkpoints on the way would only cost time.
    "checkpoint_threshold": "256MB",
}
_STAGING = ".staging-"
_FAILED = ".failed"
_HELD = "Could not set lock on file"
_HEADERS = 3 * 4096
"""What a DuckDB file has before its blocks."""
_AS_IT_IS = "it is left as it is; put a copy of the book in its place"
_READ_BACK = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
for schema, table in con.execute(
    "select schema_name, table_name from duckdb_tables() where not internal"
).fetchall():
    columns = [c for (c,) in con.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ?", [schema, table]
    ).fetchall()]
    hashes = ", ".join(f'bit_xor(hash("{c}"))' for c in columns)
    con.execute(f'select {hashes} from "{schema}"."{table}"').fetchall()
"""


class Staging:
    """A copy of the published file that a job may write to, and the way to publish it."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.path = database.with_name(f"{database.name}{_STAGING}{os.getpid()}")
        self.published = False
        self.migrated: list[str] = []
        """Migrations that opening it applied."""
        self._origin = _state(database)
        self._con: duckdb.DuckDBPyConnection | None = None

    def open(self) -> duckdb.DuckDBPyConnection:
        """Copy the published file, or make an empty one, and open it for writing.

        A copy of an older layout is brought to this one; MigrationError where that fails.
        """
        if self._con is None:
            self._origin = _state(self.database)
            if self._origin is not None:
                reach("copying")
                shutil.copyfile(self.database, self.path)
                reach("staging-copied")
            self._con = duckdb.connect(str(self.path), config=dict(_STAGING_CONFIG))
            if self._origin is not None:
                self.migrated = migrate(self._con, self.database)
        return self._con

    def publish(self) -> None:
        """Close the staging file and rename it over the published one, synced at each step."""
        con = self.open()
        con.execute("checkpoint")
        reach("checkpointed")
        self._close()
        wal = _wal(self.path)
        if wal.exists():
            raise AuditError(f"{self.path}: a write-ahead log is left after the checkpoint")
        reach("closed")
        try:
            _read_back(self.path)
        except AuditError:
            refuse_damaged(self.database)  # what it was copied from
            raise
        reach("read-back")
        if self._origin is not None:
            shutil.copymode(self.database, self.path)
        _sync(self.path)
        reach("synced")
        refuse_stale_log(self.database)
        if _state(self.database) != self._origin:
            raise DatabaseError(
                f"another program changed {self.database} during the run: nothing published; run again"
            )
        os.replace(self.path, self.database)
        self.published = True
        reach("renamed")
        _sync(self.database.parent)
        reach("published")

    def discard(self) -> None:
        """Close and remove the staging file, if there is one."""
        self._close()
        _remove(self.path)

    def keep(self) -> Path:
        """Close the staging file and keep it for a look, in place of one kept before."""
        self._close()
        kept = self.database.with_name(f"{self.database.name}{_FAILED}")
        _wal(kept).unlink(missing_ok=True)
        for path, to in ((_wal(self.path), _wal(kept)), (self.path, kept)):
            with suppress(FileNotFoundError):
                os.replace(path, to)
        return kept

    def _close(self) -> None:
        if self._con is not None:
            self._con.close()
            self._con = None


@contextmanager
def writing(database: Path) -> Iterator[Staging]:
    """Hold the lock of a book, sweep what dead jobs left, and give a staging place.

    Raises LockedError where another job holds the lock, DatabaseError where the file is no
    tally book, and TallybookError for what disk or database refuse in the block: the message
    tells whether anything was published. Until then the published file is as it was.
    """
    # Behind a link lies the one file that has the lock and the staging file beside it.
    database = _resolved(database)
    staging = Staging(database)
    with _explained(staging), _locked(database):
        try:
            reach("locked")
            sweep(database)
            refuse_stale_log(database)
            if database.exists():
                reading(database, older=True).close()
            yield staging
        except AuditError as error:
            kept = staging.keep()
            raise AuditError(f"{error}; nothing published, what was built is kept as {kept}") from error
        finally:
            staging.discard()


def reading(database: Path, older: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a published book read-only; DatabaseError says what is wrong and what to do.

    With `older`, a book of an older layout is opened too.
    """
    if not database.exists():
        raise DatabaseError(f"there is no book {database}: `tallybook run` or `tallybook add FILE` makes one")
    try:
        con = duckdb.connect(str(database), read_only=True)
    except duckdb.Error as error:
        reason = first_line(error)
        if _HELD in reason:
            raise LockedError(
                f"another program has {database} open for writing ({reason}): close it there, and try again"
            ) from error
        raise DatabaseError(
            f"{database} cannot be opened as a DuckDB file ({reason}); it is left as it is: "
            "name another file, or put a copy of the book in its place"
        ) from error
    try:
        _refuse_foreign(con, database, older)
    except BaseException:
        con.close()
        raise
    return con


def first_line(error: Exception) -> str:
    """Say in one line what disk or database complain of."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return (str(error).splitlines() or [repr(error)])[0]


def refuse_stale_log(database: Path) -> None:
    """Raise DatabaseError where a write-ahead log lies beside a book: it would mix with a new one."""
    log = _wal(database)
    if log.exists():
        raise DatabaseError(
            f"{log} lies beside the book: something wrote to it in place and was cut short. Open the book "
            f"once with `duckdb {database}` to take the log in, and run again"
        )


def refuse_damaged(database: Path) -> None:
    """Raise DatabaseError where a published book cannot be read to its end."""
    if database.exists():
        try:
            _read_back(database)
        except AuditError as error:
            raise DatabaseError(f"{error}: the book is damaged; {_AS_IT_IS}") from error


def sweep(database: Path) -> None:
    """Remove the staging files of jobs that died; only the holder of the lock may."""
    _remove(database.with_name(f"{database.name}{_STAGING}"))


def _resolved(database: Path) -> Path:
    try:
        found = database.resolve()
    except (OSError, RuntimeError) as error:  # links in a circle
        raise DatabaseError(f"{database} leads nowhere ({error}): name another file") from error
    if "?" in str(found):
        # DuckDB takes what follows for parameters, and puts its log somewhere else.
        raise DatabaseError(f"{found} cannot hold a book: give it a path without ?")
    return found


@contextmanager
def _locked(database: Path) -> Iterator[None]:
    database.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{database}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(
            f"another job is writing {database}: wait for it, or see who holds {database}.lock"
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _explained(staging: Staging) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # who read the output is gone; that is no fault of the disk
    except (duckdb.Error, OSError) as error:
        database = staging.database
        if staging.published:
            raise TallybookError(
                f"{database} is published, but its folder could not be synced ({first_line(error)}): "
                "look at the disk, and run again"
            ) from error
        if isinstance(error, duckdb.Error):
            refuse_damaged(database)
        raise TallybookError(
            f"{database}: {first_line(error)}; nothing published, the book is as it was: "
            "mend that, and run again"
        ) from error


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _remove(start: Path) -> None:
    """Remove every file and folder whose name starts so: a staging file, its log, what it spilt."""
    # By prefix, not by pattern: a file's name may have any character in it.
    for path in start.parent.iterdir():
        if path.name.startswith(start.name):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _refuse_foreign(con: duckdb.DuckDBPyConnection, database: Path, older: bool) -> None:
    try:
        # Not total_blocks: DuckDB takes free blocks at the end off the file, and goes on counting them.
        size = con.execute("select block_size * used_blocks from pragma_database_size()").fetchone()
        if size is not None and database.stat().st_size < _HEADERS + int(size[0]):
            raise DatabaseError(f"{database} is cut off: {_AS_IT_IS}")
        version = schema_version(con)
    except duckdb.Error as error:
        raise DatabaseError(f"{database} is damaged ({first_line(error)}): {_AS_IT_IS}") from error
    if version is None:
        raise DatabaseError(
            f"{database} is a DuckDB file, but no tally book: name another file, or move this one away"
        )
    if version > SCHEMA_VERSION:
        raise DatabaseError(
            f"{database} has layout {version}, this Tallybook writes {SCHEMA_VERSION}: "
            "use the Tallybook that wrote it, or a newer one"
        )
    if version < SCHEMA_VERSION and not older:
        raise DatabaseError(
            f"{database} has layout {version}, this Tallybook reads {SCHEMA_VERSION}: "
            "`tallybook run` brings it there"
        )


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _read_back(path: Path) -> None:
    # A new process: this one would read its own buffers. -P: the working directory has no modules.
    command = [sys.executable, "-P", "-c", _READ_BACK, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}"
        raise AuditError(f"{path} does not read back ({reason})")


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
