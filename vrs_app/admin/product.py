"""The inline "Visual recommendations" on a product's admin page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..display import thumbnail_url, title_of
from ..infra.db import database
from ..infra.log import EventLog
from ..infra.transactions import SuppressErrors
from ..models import IndexedImage
from ..reports.duplicates import Pair, duplicates_of
from .columns import PictureColumns, has_failed, pictures_with_state, product_url
from .retry import PERMISSION
from .waiting import Notice, notices_of

log = EventLog(__name__)

MAX_DUPLICATES = 5
"""Near-duplicates listed on the page; `vrs_duplicates` lists them all."""


@dataclass(frozen=True, kw_only=True)
class Duplicate:
    """A near-duplicate as the page shows it; `similarity` is a cosine, -1 to 1."""

    title: str
    url: str | None
    thumbnail_url: str | None
    similarity: float
    same_photo: bool


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """The first MAX_DUPLICATES, and whether there are more."""

    shown: Sequence[Duplicate] = ()
    there_are_more: bool = False


class PictureFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The product's pictures and near-duplicates.

    `site` is the admin site's name, set on the class that the inline makes per request.
    """

    site: str

    @cached_property
    def duplicates(self) -> Duplicates:
        """Empty for a new product, and if the query fails: the page opens anyway."""
        if self.instance._state.adding:
            return Duplicates()
        with SuppressErrors(_log_not_found), transaction.atomic(using=database()):
            found = duplicates_of(self.instance)
            shown = [self._duplicate(pair) for pair in found[:MAX_DUPLICATES]]
            return Duplicates(shown=shown, there_are_more=len(found) > MAX_DUPLICATES)
        return Duplicates()

    @cached_property
    def waiting(self) -> Notice | None:
        """What the page says of changes that a worker has yet to compare; None if none wait."""
        return notices_of([self.instance]).get(str(self.instance.pk))

    def _duplicate(self, pair: Pair) -> Duplicate:
        return Duplicate(
            title=title_of(pair.other),
            url=product_url(pair.other, self.site),
            thumbnail_url=thumbnail_url(pair.other_picture),
            similarity=pair.similarity,
            same_photo=pair.same_photo,
        )


def _log_not_found(error: Exception) -> None:
    """Log with the stack trace: the fault is ours or the Catalogue's."""
    log.error("duplicates_not_found", error=error, stack=error)


def _log_not_read(error: Exception) -> None:
    log.error("pictures_not_read", error=error)


class PictureStateInline(PictureColumns, admin.TabularInline):  # type: ignore[type-arg]
    """A read-only table of a product's pictures, their states, and its near-duplicates."""

    model = IndexedImage
    formset = PictureFormSet
    template = "vrs_app/admin/pictures.html"
    verbose_name_plural = _("Visual recommendations")
    fields = ("preview", "state_label", "reason", "when")
    fields_to_retry = ("preview", "state_label", "reason_and_retry", "when")
    readonly_fields = (*fields, "reason_and_retry")
    ordering = ("position", "pk")
    extra = max_num = 0
    can_delete = False

    class Media:
        css = {"all": ["vrs_app/admin.css"]}  # noqa: RUF012

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **options)
        formset.site = self.admin_site.name
        return formset

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        may_retry = request.user.has_perm(PERMISSION) and self._picture_page(0)
        return self.fields_to_retry if may_retry else self.fields

    @admin.display(description=_("reason"))
    def reason_and_retry(self, image: Any) -> str:
        """A link to retry, not a button: Enter in any field of this form would press a button."""
        if not has_failed(image):
            return self.reason(image)
        return format_html(
            '{}<a class="vrs-retry-link" href="{}">{}</a>',
            self.reason(image),
            self._picture_page(image.pk),
            _("Try again"),
        )

    def _picture_page(self, key: int) -> str | None:
        """URL of one picture's page in this admin; None if it has none."""
        try:
            return reverse(f"{self.admin_site.name}:vrs_app_indexedimage_change", args=[key])
        except NoReverseMatch:
            return None

    def get_queryset(self, request: HttpRequest) -> QuerySet[IndexedImage]:
        """The pictures; none if the query fails, as before `migrate`: the page must open."""
        with SuppressErrors(_log_not_read, DatabaseError), transaction.atomic(using=database()):
            pictures = pictures_with_state().order_by(*self.ordering)
            list(pictures[:1])  # runs the query here: the page evaluates it outside this block
            return pictures
        return IndexedImage.objects.none()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Everybody who may open the product; nobody for a new product, without pictures."""
        return obj is not None
