"""The files that ship with the program: schema.sql, migrations/, queries/ and data/.

In a checkout they lie beside etl/; the wheel carries them as tallybook/_share. The package's
own folder decides which of the two holds, so an editable install reads the files that are
being edited and never a copy.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def share_dir() -> Path:
    """Find the folder that holds schema.sql, migrations/, queries/ and data/."""
    inside = _PACKAGE / "_share"
    return inside if inside.is_dir() else _PACKAGE.parents[1]


def schema_sql() -> str:
    """Read the statements that make an empty database."""
    return (share_dir() / "schema.sql").read_text(encoding="utf-8")


def migration_files() -> dict[str, str]:
    """Read the migrations: name to SQL text, in the order of their numbers."""
    files = sorted((share_dir() / "migrations").glob("[0-9][0-9][0-9]_*.sql"))
    return {path.stem: path.read_text(encoding="utf-8") for path in files}


def query_files() -> dict[str, str]:
    """Read the saved views and macros: name to SQL text, in the order of their names."""
    files = sorted((share_dir() / "queries").glob("*.sql"))
    return {path.stem: path.read_text(encoding="utf-8") for path in files}


def data_path(name: str) -> Path:
    """Give the path of a file or folder under data/, such as `ports.csv` or `samples`."""
    path = share_dir() / "data" / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: this copy of Tallybook is not complete")
    return path
