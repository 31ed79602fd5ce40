"""The words of products, noted where a search finds them."""

import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from hashlib import sha256
from html import unescape
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.db.models import Exists, Expression, OuterRef, Value
from django.utils.html import strip_tags
from django.utils.translation import override

from . import chunks
from .catalogue import catalogue
from .colours import words_of
from .languages import text_language
from .models import IndexedImage, ProductText
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
    colours: str
    description: str

    @property
    def digest(self) -> str:
        return sha256("\0".join(astuple(self)).encode()).hexdigest()

    @property
    def words(self) -> Expression:
        weighted = zip(
            (self.title, self.labels, self.colours, self.description), "ABCD", strict=True
        )
        title, labels, colours, description = (
            SearchVector(Value(text), config=self.language, weight=weight)
            for text, weight in weighted
        )
        return title + labels + colours + description


def sync(keys: Collection[Any], products: Iterable[Any] | None = None) -> int:
    """Make the words of these products agree with their texts and colours; the changes' number.

    `products`, where the caller reads them too, are those of `keys` from
    `chunks.products`. Most saves change no text, so what is the same is not written.
    """
    changed = _changed(keys, chunks.products(keys) if products is None else products)
    return _rewrite(list(changed)) if changed else 0


def _changed(keys: Collection[Any], products: Iterable[Any]) -> dict[Any, Texts]:
    """What the words of these products should be made from, where they are not."""
    rows = ProductText.objects.using(database()).filter(pk__in=keys)
    noted = dict(rows.values_list("pk", "digest"))
    language, colours = text_language(), _colours(keys)
    found = {
        product.pk: texts_of(product, language, colours.get(product.pk, {}))
        for product in products
    }
    return {key: texts for key, texts in found.items() if texts.digest != noted.get(key)}


def _rewrite(keys: list[Any]) -> int:
    """Lock the products' words, then read all anew that they are made from, and write it.

    A save and a worker write them: were they read before the lock, the later of the two
    would write what it knew before the other came.
    """
    with transaction.atomic(using=database()):
        _lock(keys)
        changed = _changed(keys, chunks.products(keys))
        if changed:
            _write(changed)
    return len(changed)


def _lock(keys: list[Any]) -> None:
    """Hold the rows of these products, made where there are none yet, in one order."""
    rows = ProductText.objects.using(database())
    present = set(rows.filter(pk__in=keys).values_list("pk", flat=True))
    if missing := sorted(set(keys) - present):
        new = [ProductText(pk=key, digest="", words="") for key in missing]
        rows.bulk_create(new, ignore_conflicts=True)
    list(rows.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _colours(keys: Collection[Any]) -> dict[Any, dict[str, float]]:
    """The colours of each product's first picture of which any are known."""
    measured = IndexedImage.objects.using(database()).filter(product__in=keys).exclude(colours={})
    firsts = measured.order_by("product_id", "position", "pk").distinct("product_id")
    return dict(firsts.values_list("product_id", "colours"))


def sync_everything() -> int:
    """Compare the whole catalogue with its words; finds what sent no signal.

    Words of deleted products are left where the database could not delete them: Django takes
    our constraint away when a shop's migration changes the type of its products' key.
    """
    products = catalogue().model._base_manager.filter(pk=OuterRef("pk"))
    gone, _ = ProductText.objects.filter(~Exists(products)).delete()
    return gone + chunks.sync_everything(sync)


def texts_of(product: Any, language: str, colours: Mapping[str, float]) -> Texts:
    """What the Catalogue says of a product in words, and its picture by its colours.

    In the shop's own language, whatever that of the person who saves it.
    """
    shop = catalogue()
    with override(settings.LANGUAGE_CODE):
        labels = [shop.category_name(product), *shop.attributes(product).values()]
        return Texts(
            language=language,
            title=plain(shop.title(product)),
            labels=plain(" ".join(str(label) for label in labels if label)),
            colours=words_of(colours),
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
