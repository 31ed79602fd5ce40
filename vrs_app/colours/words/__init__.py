"""The words by which shoppers call the colours, language by language."""

from collections.abc import Mapping

from .dutch import DUTCH
from .english import ENGLISH
from .french import FRENCH
from .german import GERMAN
from .italian import ITALIAN
from .polish import POLISH
from .portuguese import PORTUGUESE
from .spanish import SPANISH

# In Python and not in message files: these are no sentences to be translated one by one, and a
# language has as many words for a colour as it likes.
WORDS: Mapping[str, Mapping[str, str]] = {
    "de": GERMAN,
    "en": ENGLISH,
    "es": SPANISH,
    "fr": FRENCH,
    "it": ITALIAN,
    "nl": DUTCH,
    "pl": POLISH,
    "pt": PORTUGUESE,
}
"""By the first part of Django's codes, then by the names of the palette.

A shade has the words of its basic colours besides. Of a word's forms those stand here that
PostgreSQL's stemmer for the language does not lead to one.
"""

__all__ = ["WORDS"]
