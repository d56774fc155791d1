"""The errors that end a command: each has a sentence for people and an exit code for schedulers.

A message says what is wrong, in which file or key, and what to do next. `exit_code` is an
interface; `tallybook --help` lists the codes. A stage that needs a finer error subclasses one
of these in its own module.
"""

from __future__ import annotations


class TallybookError(Exception):
    """The job cannot be done, for a reason that a person can act on."""

    exit_code = 1


class LockedError(TallybookError):
    """Another job holds the lock of the same database."""

    exit_code = 4


class AuditError(TallybookError):
    """What was built is not right: nothing was published, the staging file is kept."""

    exit_code = 5


class DatabaseError(TallybookError):
    """The database is missing, not readable, not a tally book, or of another version."""

    exit_code = 6


class ConfigError(TallybookError):
    """The configuration file does not fit its form."""

    exit_code = 7
