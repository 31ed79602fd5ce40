"""The section "What shoppers see now" for a product's admin page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..formset import NoForm, SectionFormSet
from ..models import Pin


class MerchandisingInline(admin.StackedInline):  # type: ignore[type-arg]
    """Whoever may change the product pins and hides here, saved together with the product.

    Its ModelAdmin needs `search_fields`, by which a product to pin is looked up.
    """

    model = Pin
    fk_name = "product"
    form = NoForm
    formset = SectionFormSet
    fields = ("recommended",)
    autocomplete_fields = ("recommended",)
    extra = max_num = 0
    can_delete = False
    verbose_name_plural = _("What shoppers see now")
    template = "vrs_merchandising/section.html"

    class Media:
        css = {"all": ["vrs_merchandising/section.css"]}  # noqa: RUF012

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pin]:
        return Pin.objects.none()  # the section reads for itself

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **options)
        formset.request, formset.site = request, self.admin_site.name
        key = Pin._meta.get_field("recommended")
        formset.to_pin = self.formfield_for_foreignkey(
            key, request, required=False, label=_("Pin another product")
        )
        return formset

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may open the product may read this."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # no rows of Django's; the section has a field of its own

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        products = self.admin_site._registry[self.parent_model]
        return products.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
