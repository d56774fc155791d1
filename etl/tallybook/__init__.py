"""Tallybook: the figures that newspapers print about trade, each with the words it comes from."""

__version__ = "0.1.0"
