"""Knowledge as data: words, places, metrics and holidays from `data/`."""

from tallybook.lexicon.load import LexiconError, load_lexicon
from tallybook.lexicon.matcher import Lexicon
from tallybook.lexicon.model import Entry, Mark, Metric, Place, mark_of

__all__ = ["Entry", "Lexicon", "LexiconError", "Mark", "Metric", "Place", "load_lexicon", "mark_of"]
