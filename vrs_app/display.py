"""What pages show of a product and its picture; an error of the shop's Catalogue costs one item.

The methods of the Catalogue are the shop's own code and may raise for a single product: an empty
slug, a missing price, a thumbnail whose file is gone. Each kind of error is logged once an hour
and process, the first time with its stack trace, since it may occur on every page. An error of
the database is raised: it concerns the connection or the transaction, not one product.
"""

import time
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from celery.exceptions import SoftTimeLimitExceeded
from django.db import Error
from django.db.models import Model

from .catalogue import Picture, catalogue
from .infra.log import EventLog

T = TypeVar("T")

log = EventLog(__name__)

QUIET_SECONDS = 3600
"""Seconds in which an error of one kind and method is not logged again."""

_logged: dict[tuple[str, type[Exception]], float] = {}


def tolerate(method: str, work: Callable[[], T], fallback: T, **fields: object) -> T:
    """What `work` returns; `fallback` where the shop's `method` raises, which is logged."""
    try:
        return work()
    except (Error, SoftTimeLimitExceeded):
        raise
    except Exception as error:
        _report(method, error, fields)
        return fallback


def _report(method: str, error: Exception, fields: dict[str, object]) -> None:
    kind, now = (method, type(error)), time.monotonic()
    before = _logged.get(kind)
    if before is not None and now - before < QUIET_SECONDS:
        return
    _logged[kind] = now
    stack = error if before is None else None
    log.error("catalogue_method_failed", stack=stack, method=method, error=error, **fields)


class Display:
    """What pages show of `product` and `picture`, each read from the Catalogue once, when used.

    The pictures' URLs are None where they cannot be read. The other values raise what the
    Catalogue raises, until `can_show` has read them.
    """

    def __init__(self, product: Any, picture: Picture | None = None) -> None:
        self.product = product
        self.picture = picture

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle no value: languages differ, and URLs expire."""
        return type(self), (self.product, self.picture)

    def can_show(self, *names: str) -> bool:
        """Read the values of these names now; False, and logged, where one of them raises."""
        return all(self._can_read(name) for name in names)

    def _can_read(self, name: str) -> bool:
        def read() -> bool:
            getattr(self, name)
            return True

        return tolerate(name, read, False, product=_key_of(self.product))

    @cached_property
    def title(self) -> str:
        return str(catalogue().title(self.product))

    @cached_property
    def url(self) -> str | None:
        """The product's URL without the shop's campaign parameters; None where it has none."""
        return _valid_url(catalogue().url(self.product))

    @cached_property
    def price(self) -> Decimal | None:
        return catalogue().price(self.product)

    @cached_property
    def price_label(self) -> str | None:
        label = catalogue().price_label(self.product)
        return None if label is None else str(label)

    @cached_property
    def image_url(self) -> str | None:
        return image_url(self.picture) if self.picture else None

    @cached_property
    def thumbnail_url(self) -> str | None:
        return thumbnail_url(self.picture) if self.picture else None


SHOWN = ("title", "url", "price_label")
"""The values of a Display without which no page shows a product."""


def image_url(picture: Picture) -> str | None:
    """The Catalogue's URL of a picture; None where it raises, which is logged."""

    def read() -> str | None:
        return _valid_url(catalogue().image_url(picture))

    return tolerate("image_url", read, None, picture=picture.name)


def thumbnail_url(picture: Picture) -> str | None:
    """The Catalogue's URL of a picture's small version; None where it raises, which is logged."""

    def read() -> str | None:
        return _valid_url(catalogue().thumbnail_url(picture))

    return tolerate("thumbnail_url", read, None, picture=picture.name)


def title_of(product: Any) -> str:
    """The product's title for staff, who have to find it: a generic name where it raises."""
    display = Display(product)
    return display.title if display.can_show("title") else _generic_name(product)


def name_of(product: Any) -> str:
    """`str(product)` for staff: a generic name where it raises, which is logged."""
    key = _key_of(product)
    return tolerate("__str__", partial(str, product), None, product=key) or _generic_name(product)


def _generic_name(product: Any) -> str:
    """The name that Django gives to a row without a `__str__`: "Product object (17)"."""
    return Model.__str__(product)


def _key_of(product: Any) -> Any:
    return getattr(product, "pk", None)


def _valid_url(url: Any) -> str | None:
    """`url` as text, None where it is empty; raises ValueError if it cannot be parsed."""
    text = str(url) if url else None
    if text:
        urlsplit(text)
    return text
