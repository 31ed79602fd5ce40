"""Failed pictures by reason: the summary above the list, and the list's filters."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .. import spaces
from ..exceptions import error_class
from ..models import ImageEmbedding, IndexedImage

FAILED = ImageEmbedding.State.FAILED

WITHHELD = "withheld"
"""The filter's name for pictures that a save withheld, whatever their state in the space."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """The number of pictures that failed by one error code."""

    code: str
    count: int

    @property
    def why(self) -> str | Promise:
        return error_class(self.code).why

    @property
    def way_out(self) -> str | Promise:
        return error_class(self.code).way_out


def by_reason() -> list[Failure]:
    """The failures in the active space, the most frequent first."""
    failed = IndexedImage.objects.shown().with_state(spaces.active()).filter(state=FAILED)
    counted = failed.values_list("error_code").annotate(count=Count("pk"))
    found = [Failure(code=code, count=count) for code, count in counted.order_by()]
    return sorted(found, key=lambda failure: (-failure.count, failure.code))


class StateFilter(admin.SimpleListFilter):
    """Filter by state in the active space."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*ImageEmbedding.State.choices, (WITHHELD, _("Replaced or deleted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == WITHHELD:
            return queryset.filter(withheld_at__isnull=False)
        is_known = self.value() in ImageEmbedding.State.values
        chosen = {"state": self.value(), "withheld_at": None} if is_known else {}
        return queryset.filter(**chosen)


class ReasonFilter(admin.SimpleListFilter):
    """Filter failed pictures by error code."""

    title = _("reason of a failure")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(failure.code, failure.why) for failure in by_reason()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_known = self.value() in dict(self.lookup_choices)
        chosen = {"state": FAILED, "error_code": self.value(), "withheld_at": None}
        return queryset.filter(**chosen) if is_known else queryset
