"""Records of the inner stages: frozen to the type checker, plain at run time.

A frozen dataclass sets each field through a call, which makes it four times as slow to
build. Recognising an article builds thousands; what crosses a stage's border (`records`)
is frozen for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make a class a record with slots, hashed and compared by value."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
