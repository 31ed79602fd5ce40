"""The merchant's rules as the core asks for them."""

from collections.abc import Mapping
from typing import Any

from django.db import connections
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Value

from .is_migrated import are_there
from .models import Hidden, Pin


class Merchandising:
    """What staff pinned and hid; `vrs_app.queries.curation.Curation` says what each answers.

    Between the deployment of this app and its `migrate` there are no rules.
    """

    def shown(self, product: Model | None, queryset: QuerySet[Any]) -> QuerySet[Any]:
        where = Q(product=None) if product is None else Q(product=None) | Q(product=product.pk)
        return queryset.exclude(
            _ExistsOnceMigrated(Hidden.objects.filter(where, hidden=OuterRef("pk")))
        )

    def pins(self, product: Model) -> Mapping[int, Any]:
        pins = Pin.objects.filter(product=product.pk).order_by("position")
        if not are_there(connections[pins.db]):
            return {}
        return dict(pins.values_list("position", "recommended_id"))


class _ExistsOnceMigrated(Exists):
    """Looks for the table when the query is run: making one asks the database nothing."""

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **options: Any) -> Any:
        if not are_there(connection):
            return compiler.compile(Value(False))
        return super().as_sql(compiler, connection, *args, **options)
