"""Binding in languages that part their words with blanks."""

from tallybook.bind.spaced.engine import Spaced

__all__ = ["Spaced"]
