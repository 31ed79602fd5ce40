"""The shop's admin: products with their pictures."""

from collections.abc import Iterable

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from vrs_app.admin import PictureStateInline, WaitingMixin
from vrs_app.contrib.merchandising.admin import MerchandisingInline

from .media.thumbnails import THUMB, thumbnail_url
from .media.uploads import PictureField
from .models import Category, Product, ProductImage


def preview(rows: Iterable[ProductImage]) -> str:
    """An `<img>` of the first picture's thumbnail; empty without one. Opens no image file."""
    name = next((row.image.name for row in rows if row.image.name), None)
    if name is None:
        return ""
    return format_html(
        '<img src="{}" alt="" width="64" loading="lazy">', thumbnail_url(name, THUMB)
    )


class ProductImageInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ProductImage
    extra = 1
    fields = ("preview", "image", "position")
    readonly_fields = ("preview",)
    formfield_overrides = {models.ImageField: {"form_class": PictureField}}  # noqa: RUF012

    @admin.display(description=_("preview"))
    def preview(self, row: ProductImage) -> str:
        return preview([row])


@admin.register(Product)
class ProductAdmin(WaitingMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        *("preview", "name", "category", "size", "condition"),
        *("price", "stock", "published", "vrs_waiting"),
    )
    list_display_links = ("preview", "name")
    list_filter = ("category", "condition", "published")
    list_select_related = ("category",)
    list_per_page = 50
    search_fields = ("name", "description")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    inlines = (ProductImageInline, PictureStateInline, MerchandisingInline)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Product]:
        return super().get_queryset(request).prefetch_related("images")

    @admin.display(description=_("picture"))
    def preview(self, product: Product) -> str:
        return preview(product.images.all())


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    search_fields = ("name",)
