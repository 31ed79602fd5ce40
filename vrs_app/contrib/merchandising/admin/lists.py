"""The admin lists of all pins and all hidden products."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from vrs_app.display import name_of

from ..models import Hidden, Pin
from ..permissions import ProductPermissionsAdmin


@admin.register(Pin)
class PinAdmin(ProductPermissionsAdmin):
    list_display = ("recommended_name", "product_name", "position")
    list_select_related = ("product", "recommended")
    list_per_page = 50
    raw_id_fields = ("product", "recommended")

    @admin.display(description=_("recommended product"), ordering="recommended")
    def recommended_name(self, row: Pin) -> str:
        return name_of(row.recommended)

    @admin.display(description=_("product"), ordering="product")
    def product_name(self, row: Pin) -> str:
        return name_of(row.product)


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

    list_display = ("hidden_name", "where")
    list_filter = (Where,)
    list_select_related = ("product", "hidden")
    list_per_page = 50
    raw_id_fields = ("product", "hidden")

    @admin.display(description=_("hidden product"), ordering="hidden")
    def hidden_name(self, row: Hidden) -> str:
        return name_of(row.hidden)

    @admin.display(description=_("where"), ordering="product")
    def where(self, row: Hidden) -> str:
        return name_of(row.product) if row.product else str(_("everywhere"))
