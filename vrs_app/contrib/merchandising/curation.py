"""The merchant's rules as a `Curation` of the queries."""

from collections.abc import Mapping
from typing import Any

from django.db import connections
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value

from vrs_app.queries import Curation

from .is_migrated import tables_exist
from .models import Hidden, Pin


class Merchandising(Curation):
    """Pins and hidden products; implements `vrs_app.queries.Curation`.

    There are no rules as long as the tables of this app are not migrated.
    """

    def without_hidden(self, product: Model | None, queryset: QuerySet[Any]) -> QuerySet[Any]:
        where = Q(product=None) if product is None else Q(product=None) | Q(product=product.pk)
        return queryset.exclude(
            _ExistsOnceMigrated(Hidden.objects.filter(where, hidden=OuterRef("pk")))
        )

    def pins(self, product: Model) -> Mapping[int, Any]:
        pins = Pin.objects.filter(product=product.pk).order_by("position")
        if not tables_exist(connections[pins.db]):
            return {}
        return dict(pins.values_list("position", "recommended_id"))

    def pin_rows(self, product: Model) -> QuerySet[Any, Any] | None:
        pins = Pin.objects.filter(product=product.pk).order_by("position")
        if not tables_exist(connections[pins.db]):
            return None
        return pins.values("position", key=F("recommended_id"))


class _ExistsOnceMigrated(Exists):
    """EXISTS, or FALSE without the tables; decided when the query runs, as building it is lazy."""

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **options: Any) -> Any:
        if not tables_exist(connection):
            return compiler.compile(Value(False))
        return super().as_sql(compiler, connection, *args, **options)
