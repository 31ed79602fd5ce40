"""What the words of a product are made from."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import reduce
from hashlib import sha256
from operator import add
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchVector, SearchVectorCombinable
from django.db.models import Value
from django.utils.translation import override

from ..catalogue import catalogue
from ..infra.plain_text import plain
from ..infra.text_config import ANY_LANGUAGE, text_code
from ..vision.colour_terms import words_of

EDITION = "2"
"""Of what is noted; with another one every product's words are written anew."""


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What the words of a product are made from, by their weight; `language` reads them."""

    language: str
    title: str
    labels: str
    colours: str
    description: str

    @property
    def digest(self) -> str:
        return sha256("\0".join((EDITION, *astuple(self))).encode()).hexdigest()

    @property
    def words(self) -> SearchVectorCombinable:
        """As the language's stems."""
        return self._weighted(self.language, "ABCD")

    @property
    def begun(self) -> SearchVectorCombinable:
        """As they are written, so that a word can be found by its first letters, however few.

        Without the description, in which too much begins alike.
        """
        return self._weighted(ANY_LANGUAGE, "ABC")

    def _weighted(self, language: str, weights: str) -> SearchVectorCombinable:
        texts = (self.title, self.labels, self.colours, self.description)
        vectors = [
            SearchVector(Value(text), config=language, weight=weight)
            for text, weight in zip(texts, weights, strict=False)
        ]
        return reduce(add, vectors)


def texts_of(product: Any, language: str, colours: Mapping[str, float]) -> Texts:
    """What the Catalogue says of a product in words, and its picture by its colours.

    In the shop's own language, whatever that of the person who saves it.
    """
    shop = catalogue()
    with override(settings.LANGUAGE_CODE):
        labels = [shop.category_name(product), *shop.attributes(product).values()]
        called = shop.colour_words(product, colours)
        return Texts(
            language=language,
            title=plain(shop.title(product)),
            labels=plain(" ".join(str(label) for label in labels if label)),
            colours=plain(words_of(colours, text_code()) if called is None else called),
            description=plain(shop.text(product)),
        )
