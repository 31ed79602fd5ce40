"""The texts of a product that its text row is built from, by weight."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from hashlib import sha256
from typing import Any

from ..catalogue import catalogue
from ..infra.text_search import language_code, plain
from ..vision.colour_terms import words_of

FORMAT_VERSION = "2"
"""Part of every digest: a new version rewrites the text rows of all products."""


@dataclass(frozen=True, kw_only=True)
class Texts:
    """A product's plain texts by weight, and the text search configuration that reads them."""

    language: str
    title: str
    labels: str
    colours: str
    description: str

    @property
    def digest(self) -> str:
        """SHA-256 of all texts, the configuration and FORMAT_VERSION, in hexadecimal."""
        return sha256("\0".join((FORMAT_VERSION, *astuple(self))).encode()).hexdigest()

    @property
    def columns(self) -> tuple[str, ...]:
        """The digest, the configuration and the texts, as they are written."""
        return (self.digest, *astuple(self))


def texts_of(product: Any, language: str, colours: Mapping[str, float]) -> Texts:
    """The texts that the Catalogue gives for `product`, and words for its picture's colours.

    `language` is a text search configuration, `colours` shares by name. Call it in the shop's
    LANGUAGE_CODE.
    """
    shop = catalogue()
    labels = [shop.category_name(product), *shop.attributes(product).values()]
    own_words = shop.colour_words(product, colours)
    return Texts(
        language=language,
        title=plain(shop.title(product)),
        labels=plain(" ".join(str(label) for label in labels if label)),
        colours=plain(words_of(colours, language_code()) if own_words is None else own_words),
        description=plain(shop.text(product)),
    )
