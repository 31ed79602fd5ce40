"""Exporting and erasing everything that is stored about one shopper."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from vrs_app.catalogue import catalogue
from vrs_app.display import title_of

from .fail_safe import database
from .models import InteractionRow
from .shopper import Shopper


def rows_of(shopper: Shopper) -> QuerySet[InteractionRow]:
    """The rows of one shopper."""
    return InteractionRow.objects.using(database()).filter(**shopper.columns)


def export(shopper: Shopper) -> dict[str, Any]:
    """All that is stored about a shopper, as JSON types; the oldest interaction first."""
    rows = list(rows_of(shopper).order_by("at", "pk"))
    keys = {row.product_id for row in rows}
    products = catalogue().products().using(database()).in_bulk(keys)
    return {
        "user": None if shopper.user is None else shopper.user.get_username(),
        "visitor": None if shopper.visitor is None else str(shopper.visitor),
        "exported_at": timezone.now().isoformat(),
        "interactions": [
            {
                "product": row.product_id
                if isinstance(row.product_id, int)
                else str(row.product_id),
                "title": title_of(products[row.product_id]),
                "kind": row.kind,
                "at": row.at.isoformat(),
            }
            for row in rows
            if row.product_id in products  # else it was deleted meanwhile
        ],
    }


def erase(shopper: Shopper) -> int:
    """Delete all that is stored about a shopper; returns the number of rows deleted.

    Without signals: an audit log of all models would copy each row before it is erased.
    """
    return rows_of(shopper)._raw_delete(database())
