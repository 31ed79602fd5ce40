"""The read-only list of interactions in the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from vrs_app.display import name_of

from .models import InteractionRow


class Who(admin.SimpleListFilter):
    title = _("shopper")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("user", _("Users")), ("visitor", _("Anonymous visitors"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in ("user", "visitor"):
            return queryset.filter(user__isnull=self.value() == "visitor")
        return queryset


@admin.register(InteractionRow)
class InteractionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Read-only. A trigger deletes the rows of a deleted product or user: no permission needed."""

    list_display = ("product_name", "kind", "user", "visitor", "at")
    list_display_links = None
    list_filter = ("kind", Who, "at")
    list_select_related = ("product", "user")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-at", "-pk")
    actions = None

    @admin.display(description=_("product"), ordering="product")
    def product_name(self, row: InteractionRow) -> str:
        return name_of(row.product)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return (f"user__{get_user_model().USERNAME_FIELD}",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
