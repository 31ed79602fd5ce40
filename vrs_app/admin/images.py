"""The list of all pictures with their states, reasons and buttons to retry."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..display import name_of
from ..models import IndexedImage
from . import failures, stalled
from .columns import PictureColumns, has_failed, pictures_with_state, product_url
from .failures import ReasonFilter, StateFilter
from .retry import RetryAdmin
from .waiting import WaitingMixin


@admin.register(IndexedImage)
class IndexedImageAdmin(PictureColumns, WaitingMixin, RetryAdmin):
    """A read-only list of image rows and their states in the active space."""

    list_display = ("preview", "product_link", "state_label", "short_reason", "when")
    list_filter = (StateFilter, ReasonFilter)
    list_select_related = ("product",)
    list_per_page = 50
    search_fields = ("name",)
    fields = readonly_fields = (
        "preview",
        "product_link",
        "name",
        "position",
        "state_label",
        "reason",
        "when",
    )

    class Media:
        css = {"all": ["vrs_app/admin.css"]}  # noqa: RUF012

    def product_key(self, row: Any) -> Any:
        return row.product_id

    def get_queryset(self, request: HttpRequest) -> QuerySet[IndexedImage]:
        return pictures_with_state().order_by("-pk")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the two filters only: any other lookup would query arbitrary columns."""
        return lookup in (StateFilter.parameter_name, ReasonFilter.parameter_name)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = list(super().get_list_display(request))
        if self.has_embed_permission(request):
            columns[columns.index("short_reason")] = "reason_and_retry"
        return columns

    @admin.display(description=_("reason"))
    def reason_and_retry(self, image: Any) -> str:
        """Reason and button in one column, since a phone shows no column to the right of it."""
        return format_html("{}{}", self.short_reason(image), self.retry_button(image))

    @admin.display(description=_("product"), ordering="product")
    def product_link(self, image: IndexedImage) -> str:
        """The product, linked to its admin page, and whether changes of it wait.

        On that page a new file can be uploaded.
        """
        url = product_url(image.product, self.admin_site.name)
        name = name_of(image.product)
        if url:  # without one the product model is not in this admin
            name = format_html('<a href="{}">{}</a>', url, name)
        return format_html("{}{}", name, self.vrs_waiting(image))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = failures.by_reason()
        context = {
            "title": _("Pictures"),
            "failures": found,
            "failed": sum(failure.count for failure in found),
            "hindrance": stalled.current_hindrance(),
        }
        context |= self._retry_context(request)
        return super().changelist_view(request, context | (extra_context or {}))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        image: Any = self.get_object(request, object_id)
        failed = image is not None and has_failed(image)
        context = {"has_failed": failed, **self._retry_context(request)}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(
            super().has_view_permission(request, obj) or self.has_embed_permission(request)
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows cannot be deleted on their own pages.

        Elsewhere the answer is True: when a product is deleted, the admin asks for permission
        to delete its image rows too.
        """
        match = request.resolver_match
        return not (match and (match.url_name or "").startswith("vrs_app_indexedimage"))
