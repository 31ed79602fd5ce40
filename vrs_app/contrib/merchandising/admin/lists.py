"""The admin lists of all pins and all hidden products."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Hidden, Pin
from ..permissions import ProductPermissionsAdmin


@admin.register(Pin)
class PinAdmin(ProductPermissionsAdmin):
    list_display = ("recommended", "product", "position")
    list_select_related = ("product", "recommended")
    list_per_page = 50
    raw_id_fields = ("product", "recommended")


class Where(admin.SimpleListFilter):
    title = _("where")
    parameter_name = "where"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("everywhere", _("everywhere")), ("page", _("on one page"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("everywhere", "page"):
            return queryset.filter(product__isnull=self.value() == "everywhere")
        return queryset


@admin.register(Hidden)
class HiddenAdmin(ProductPermissionsAdmin):
    """The list of hidden products; deleting a row shows the product again."""

    list_display = ("hidden", "where")
    list_filter = (Where,)
    list_select_related = ("product", "hidden")
    list_per_page = 50
    raw_id_fields = ("product", "hidden")

    @admin.display(description=_("where"), ordering="product")
    def where(self, row: Hidden) -> str:
        return str(row.product) if row.product else str(_("everywhere"))
