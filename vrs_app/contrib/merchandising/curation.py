"""The merchant's rules as the core asks for them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from .models import Hidden, Pin


class Merchandising:
    """What staff pinned and hid; `vrs_app.queries.curation.Curation` says what each answers."""

    def shown(self, product: Model | None, queryset: QuerySet[Any]) -> QuerySet[Any]:
        where = Q(product=None) if product is None else Q(product=None) | Q(product=product.pk)
        return queryset.exclude(Exists(Hidden.objects.filter(where, hidden=OuterRef("pk"))))

    def pins(self, product: Model) -> Mapping[int, Any]:
        pins = Pin.objects.filter(product=product.pk).order_by("position")
        return dict(pins.values_list("position", "recommended_id"))
