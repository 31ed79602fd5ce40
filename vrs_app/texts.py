"""The words of products, noted where a search finds them."""

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import astuple, dataclass
from hashlib import sha256
from html import unescape
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.core.exceptions import SuspiciousOperation
from django.db.models import Exists, Expression, OuterRef, QuerySet, Value
from django.utils.html import strip_tags

from . import chunks
from .catalogue import catalogue
from .languages import text_language
from .models import ProductText
from .spaces import database

LONGEST = 20_000
"""Characters of one text that are read. A tsvector ends at 1 MB, its positions at 16,383."""

JOINTS = re.compile(r"[\0/\\]|\.(?=[^\W\d])")
"""What PostgreSQL would take for a part of a path or an address: "cotton/silk", "soft.Warm"."""


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What the words of a product are made from, by their weight; `language` reads them."""

    language: str
    title: str
    labels: str
    description: str

    @property
    def digest(self) -> str:
        return sha256("\0".join(astuple(self)).encode()).hexdigest()

    @property
    def words(self) -> Expression:
        title, labels, description = (
            SearchVector(Value(text), config=self.language, weight=weight)
            for text, weight in ((self.title, "A"), (self.labels, "B"), (self.description, "D"))
        )
        return title + labels + description


def sync(keys: Collection[Any], products: QuerySet[Any] | None = None) -> int:
    """Make the words of these products agree with their texts; the number of changes.

    `products`, where the caller reads them too, are those of `keys` from
    `chunks.products`. Most saves change no text, so what is the same is not written.
    """
    rows = ProductText.objects.using(database()).filter(pk__in=keys)
    noted = dict(rows.values_list("pk", "digest"))
    language = text_language()
    found = {
        product.pk: texts_of(product, language)
        for product in (chunks.products(keys) if products is None else products)
    }
    changed = {key: texts for key, texts in found.items() if texts.digest != noted.get(key)}
    _write(changed)
    return len(changed)


def sync_everything() -> int:
    """Compare the whole catalogue with its words; finds what sent no signal.

    Words of deleted products are left where the database could not delete them: Django takes
    our constraint away when a shop's migration changes the type of its products' key.
    """
    products = catalogue().model._base_manager.filter(pk=OuterRef("pk"))
    gone, _ = ProductText.objects.filter(~Exists(products)).delete()
    return gone + chunks.sync_everything(sync)


def texts_of(product: Any, language: str) -> Texts:
    """What the Catalogue says of a product in words."""
    shop = catalogue()
    labels = [shop.category_name(product), *shop.attributes(product).values()]
    return Texts(
        language=language,
        title=plain(shop.title(product)),
        labels=plain(" ".join(str(label) for label in labels if label)),
        description=plain(shop.text(product)),
    )


def plain(text: object) -> str:
    """A text as a reader sees it, without markup and without what joins two words to one."""
    written = str(text or "")[:LONGEST].encode(errors="replace").decode()
    with suppress(SuspiciousOperation):  # nested too deeply; PostgreSQL itself passes over tags
        written = strip_tags(written.replace("<", " <"))  # "<p>red</p><p>shoe</p>" are two words
    return " ".join(JOINTS.sub(" ", unescape(written)).split())


def _write(changed: dict[Any, Texts]) -> None:
    """In one order, so that two such writes never wait for each other in a circle."""
    rows = [
        ProductText(pk=key, digest=changed[key].digest, words=changed[key].words)
        for key in sorted(changed)
    ]
    ProductText.objects.using(database()).bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["product"],
        update_fields=["digest", "words"],
    )
