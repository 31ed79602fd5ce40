"""Columns shared by the list of pictures and the inline on a product's page."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext_lazy as _

from .. import spaces
from ..catalogue import Picture
from ..display import thumbnail_url
from ..exceptions import error_class
from ..models import ImageEmbedding, IndexedImage
from .stalled import Hindrance, hindrance_of, with_hindrance

State = ImageEmbedding.State

WITHHELD = _("Replaced or deleted; a worker removes it")
"""The state of a picture that a save withheld, whatever its embedding is."""


def pictures_with_state() -> QuerySet[IndexedImage]:
    """Every picture, annotated with its state in the active space and the worker's heartbeat."""
    return with_hindrance(IndexedImage.objects.with_state(spaces.active()))


def product_url(product: Model, site: str) -> str | None:
    """URL of the product's page in the admin `site`; None if it has none."""
    options = product._meta
    name = f"{site}:{options.app_label}_{options.model_name}_change"
    try:
        return reverse(name, args=[product.pk])
    except NoReverseMatch:
        return None


def has_failed(image: Any) -> bool:
    """Whether the picture, annotated with its state, failed and is still the product's."""
    return bool(image.state == State.FAILED and not image.withheld_at)


def moment(at: datetime) -> str:
    """`at` in the current time zone and format."""
    return date_format(localtime(at) if is_aware(at) else at, "SHORT_DATETIME_FORMAT")


class PictureColumns:
    """A mixin of display methods for rows of `pictures_with_state`."""

    @admin.display(description=_("picture"))
    def preview(self, image: IndexedImage) -> str:
        """Empty where the Catalogue raises for it: the page opens, on which it can be mended."""
        picture = Picture(name=image.name, width=image.width, height=image.height)
        url = thumbnail_url(picture)
        return format_html('<img src="{}" alt="" height="64" loading="lazy">', url) if url else ""

    @admin.display(description=_("state"), ordering="state")
    def state_label(self, image: Any) -> str:
        return str(WITHHELD if image.withheld_at else State(image.state).label)

    @admin.display(description=_("reason"))
    def reason(self, image: Any) -> str:
        """Why it failed or waits and what to do, for staff; the technical detail folded."""
        hindrance = _hindrance(image)
        return _explained(hindrance) if hindrance else ""

    @admin.display(description=_("reason"))
    def short_reason(self, image: Any) -> str:
        """As `reason`, without the fix for what waits: the page shows that once at its top."""
        return self.reason(image) if has_failed(image) else _why(image)

    @admin.display(description=_("when"), ordering="finished_at")
    def when(self, image: Any) -> str:
        return moment(image.finished_at) if image.finished_at else ""


def _hindrance(image: Any) -> Hindrance | None:
    if image.withheld_at:
        return None
    if image.state == State.FAILED:
        kind = error_class(image.error_code)
        return Hindrance(kind.why, kind.way_out, image.error_detail)
    return hindrance_of(image) if image.state == State.WAITING else None


def _why(image: Any) -> str:
    hindrance = _hindrance(image)
    return str(hindrance.why) if hindrance else ""


def _explained(hindrance: Hindrance) -> str:
    text = format_html("{} {}", hindrance.why, hindrance.way_out)
    if not hindrance.detail:
        return text
    return format_html(
        '{}<details class="vrs-detail"><summary>{}</summary><p>{}</p></details>',
        text,
        _("Details"),
        hindrance.detail,
    )
