"""What the list of pictures and a product's page show of each picture alike."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext_lazy as _

from .. import spaces
from ..catalogue import Picture, catalogue
from ..exceptions import explain
from ..models import ImageEmbedding, IndexedImage

State = ImageEmbedding.State


def pictures_with_state() -> QuerySet[IndexedImage]:
    """Every picture with its state in the space that shoppers see."""
    return IndexedImage.objects.with_state(spaces.active())


def product_url(product: Model, site: str) -> str | None:
    """The product's page in the admin `site`; None where it has none."""
    options = product._meta
    name = f"{site}:{options.app_label}_{options.model_name}_change"
    try:
        return reverse(name, args=[product.pk])
    except NoReverseMatch:
        return None


class PictureColumns:
    @admin.display(description=_("picture"))
    def preview(self, image: IndexedImage) -> str:
        picture = Picture(name=image.name, width=image.width, height=image.height)
        return format_html(
            '<img src="{}" alt="" height="64" loading="lazy">', catalogue().thumbnail_url(picture)
        )

    @admin.display(description=_("state"), ordering="state")
    def state_label(self, image: Any) -> str:
        return str(State(image.state).label)

    @admin.display(description=_("reason"))
    def reason(self, image: Any) -> str:
        return explain(image.error_code, image.error_detail) if image.error_code else ""

    @admin.display(description=_("when"), ordering="finished_at")
    def when(self, image: Any) -> str:
        at = image.finished_at
        if not at:
            return ""
        return date_format(localtime(at) if is_aware(at) else at, "SHORT_DATETIME_FORMAT")
