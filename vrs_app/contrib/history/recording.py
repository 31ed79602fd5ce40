"""Noting what a shopper did, and taking it back."""

import logging
from functools import partial
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.utils import timezone

from vrs_app.catalogue import catalogue

from .event_types import kind_of
from .fail_safe import database, kept_from_the_page
from .models import InteractionRow
from .shopper import SESSION_KEY, Shopper, Who, shopper_from

logger = logging.getLogger(__name__)


def record(who: Who, product: Model, kind: str) -> bool:
    """Note that a shopper viewed, liked, … a product; whether it could be noted.

    One upsert. A visitor's first begins their session, if it is not begun yet. A database error
    is logged and goes no further, unless the caller's own transaction is lost with it. Raises
    TypeError for what is no saved product or no shopper, ValueError for a kind that there is not.
    """
    columns = {"product_id": _key_of(product), "kind": kind_of(kind)}
    what = "What a shopper did was not noted"
    return kept_from_the_page(what, partial(_record, who, columns), False)


def _record(who: Who, columns: dict[str, Any]) -> bool:
    shopper = shopper_from(who)  # whose row, or whose session, is read now
    if shopper is not None:
        return _noted(shopper, columns)
    session = getattr(who, "session", None)
    if session is None:
        logger.warning("Nothing is noted of a visitor who has no session.")
        return False
    newcomer = Shopper(visitor=uuid4())
    noted = _noted(newcomer, columns)
    if noted:
        session[SESSION_KEY] = str(newcomer.visitor)
    return noted


def forget(who: Who, product: Model, kind: str) -> bool:
    """Take back what was noted, as by a like that is taken back; whether there was such a note.

    Errors as in `record`.
    """
    columns = {"product_id": _key_of(product), "kind": kind_of(kind)}
    what = "What a shopper takes back was not forgotten"
    return kept_from_the_page(what, partial(_forget, who, columns), False)


def _forget(who: Who, columns: dict[str, Any]) -> bool:
    shopper = shopper_from(who)
    if shopper is None:
        return False
    rows = InteractionRow.objects.using(database()).filter(**shopper.columns, **columns)
    deleted, _ = rows.delete()
    return bool(deleted)


def _noted(shopper: Shopper, columns: dict[str, Any]) -> bool:
    row = InteractionRow(**shopper.columns, **columns, at=timezone.now())
    who = "user" if shopper.user is not None else "visitor"
    InteractionRow.objects.using(database()).bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=[who, "product", "kind"],
        update_fields=["at"],
    )
    return True


def _key_of(product: Model) -> Any:
    model = catalogue().model
    if not isinstance(product, model._meta.concrete_model or model) or product.pk is None:
        raise TypeError(f"product takes a saved {model.__name__}, not {product!r}.")
    return product.pk
