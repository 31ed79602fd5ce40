"""Recording a shopper's interactions, and forgetting them."""

import logging
from functools import partial
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.utils import timezone

from vrs_app.catalogue import catalogue

from .event_types import parse_kind
from .fail_safe import database, fail_safe
from .models import InteractionRow
from .shopper import SESSION_KEY, Shopper, Who, shopper_from

logger = logging.getLogger(__name__)


def record(who: Who, product: Model, kind: str) -> bool:
    """Record that a shopper viewed, liked, … a product; returns whether it was recorded.

    One upsert, idempotent but for the time. The first of a visitor gives their session an id. A
    database error is logged and suppressed, unless the caller's own transaction is lost with it.
    Raises TypeError for what is no saved product or no shopper, ValueError for an unknown kind.
    """
    columns = {"product_id": _key_of(product), "kind": parse_kind(kind)}
    what = "An interaction was not recorded"
    return fail_safe(what, partial(_record, who, columns), False)


def _record(who: Who, columns: dict[str, Any]) -> bool:
    shopper = shopper_from(who)  # may query: a lazy user or session is loaded here
    if shopper is not None:
        return _upsert(shopper, columns)
    session = getattr(who, "session", None)
    if session is None:
        logger.warning("An interaction of a visitor without a session was not recorded.")
        return False
    newcomer = Shopper(visitor=uuid4())
    is_recorded = _upsert(newcomer, columns)
    if is_recorded:
        session[SESSION_KEY] = str(newcomer.visitor)
    return is_recorded


def forget(who: Who, product: Model, kind: str) -> bool:
    """Delete a recorded interaction, such as a like; returns whether there was one.

    Errors as in `record`.
    """
    columns = {"product_id": _key_of(product), "kind": parse_kind(kind)}
    what = "An interaction was not deleted"
    return fail_safe(what, partial(_forget, who, columns), False)


def _forget(who: Who, columns: dict[str, Any]) -> bool:
    shopper = shopper_from(who)
    if shopper is None:
        return False
    rows = InteractionRow.objects.using(database()).filter(**shopper.columns, **columns)
    return bool(rows._raw_delete(database()))  # not into an audit log, as in `privacy.erase`


def _upsert(shopper: Shopper, columns: dict[str, Any]) -> bool:
    """Insert the row, or renew `at` of the one there is."""
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
