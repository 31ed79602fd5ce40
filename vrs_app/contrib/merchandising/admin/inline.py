"""The section "What shoppers see now" for a product's admin page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..formset import NoForm, SectionFormSet
from ..models import Pin


class MerchandisingInline(admin.StackedInline):  # type: ignore[type-arg]
    """Pinning and hiding on a product's admin page, saved together with the product.

    Users who may change the product may do both. Its ModelAdmin needs `search_fields`, for the
    autocomplete field of the product to pin.
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
        return Pin.objects.none()  # `section.section` queries what is shown

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **options)
        formset.request, formset.site = request, self.admin_site.name
        key = Pin._meta.get_field("recommended")
        formset.to_pin = self.formfield_for_foreignkey(
            key, request, required=False, label=_("Pin another product")
        )
        return formset

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """True: whoever may view the product may view this."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # no extra forms; `PlacesForm` has a field for a new pin

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        products = self.admin_site._registry[self.parent_model]
        return products.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
