"""The admin list of products by coverage: never recommended, or too often."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from vrs_app.admin import product_url
from vrs_app.display import name_of
from vrs_app.models import IndexedImage

from .. import coverage
from ..models import CoverageRow, Hidden
from ..permissions import ProductPermissionsAdmin, may_change_products
from ..tasks import enqueue


def percent(share: float) -> str:
    """A share of 0 to 1 as a localized percentage."""
    return f"{number_format(share * 100, 1)} %"


class HowOften(admin.SimpleListFilter):
    title = _("how often")
    parameter_name = "often"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("never", _("Never recommended")), ("too-often", _("Too often"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        report = coverage.latest()
        if self.value() == "never":
            return queryset.filter(pages=0)
        if self.value() == "too-often" and report:
            return queryset.filter(pages__gt=coverage.limit_of(report))
        return queryset


@admin.register(CoverageRow)
class CoverageAdmin(ProductPermissionsAdmin):
    """The products by how many pages recommend them, as of the last finished report."""

    list_display = ("product_link", "pages", "remark")
    list_display_links = None
    list_filter = (HowOften,)
    list_select_related = ("product",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("pages", "pk")
    actions = None
    empty_value_display = ""

    class Media:
        css = {"all": ["vrs_merchandising/section.css"]}  # noqa: RUF012

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        hidden = Hidden.objects.filter(product=None, hidden=OuterRef("product"))
        pictures = IndexedImage.objects.shown().filter(product=OuterRef("product"))
        rows = CoverageRow.objects.filter(report=coverage.latest()).order_by(*self.ordering)
        return rows.annotate(is_hidden=Exists(hidden), has_picture=Exists(pictures))

    @admin.display(description=_("product"))
    def product_link(self, row: CoverageRow) -> str:
        url = product_url(row.product, self.admin_site.name)
        name = name_of(row.product)
        return format_html('<a href="{}">{}</a>', url, name) if url else name

    @admin.display(description=_("remark"))
    def remark(self, row: Any) -> str:
        if row.is_hidden:
            return str(_("hidden everywhere"))
        return "" if row.has_picture else str(_("has no picture"))

    # --- the page --------------------------------------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        report = coverage.latest()
        found = coverage.summary(report) if report else None
        context = {
            "title": _("Coverage of the recommendations"),
            "report": report,
            "summary": found,
            "share": percent(found.share) if found else "",
            "top_share": percent(found.top_share) if found else "",
            "under_way": coverage.under_way(),
            "may_compute": may_change_products(request),
            "compute_url": reverse(f"{self.admin_site.name}:{self._compute_name}"),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    @property
    def _compute_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_compute"

    def get_urls(self) -> list[URLPattern]:
        compute = self.admin_site.admin_view(self.compute)
        return [path("compute/", compute, name=self._compute_name), *super().get_urls()]

    @method_decorator(require_POST)
    def compute(self, request: HttpRequest) -> HttpResponse:
        """Begin a report, or continue one that stopped, and enqueue the count."""
        if not may_change_products(request):
            raise PermissionDenied
        coverage.begin()
        if enqueue():
            text = _("A worker counts now; the new report is shown here when it is done.")
            self.message_user(request, text, messages.SUCCESS)
        else:
            text = _("The count could not be enqueued: the broker does not answer.")
            self.message_user(request, text, messages.ERROR)
        changelist = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:{changelist}"))

    # --- read-only --------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self._is_own_page(request)
