"""Retry failed pictures: one, the selected ones, or all."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ..display import name_of
from ..indexing import image_rows
from ..indexing.enqueue import enqueue_on_commit
from ..infra.db import database
from ..models import IndexedImage
from .columns import has_failed

PERMISSION = "vrs_app.change_indexedimage"

MAX_DIGITS = 18
"""Digits of a primary key that surely fits into PostgreSQL's bigint."""


def _picture(key: str) -> QuerySet[IndexedImage]:
    return IndexedImage.objects.filter(pk=key)


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) <= MAX_DIGITS


class RetryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Two views that take POST only, an action, and the context of their buttons."""

    actions = ("embed_again",)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("retry/", self.admin_site.admin_view(self.retry), name=self._name("retry")),
            path(
                "retry-failed/",
                self.admin_site.admin_view(self.retry_failed),
                name=self._name("retry_failed"),
            ),
        ]
        return [*own, *super().get_urls()]

    @admin.action(description=_("Embed again"), permissions=["embed"])
    def embed_again(self, request: HttpRequest, queryset: QuerySet[IndexedImage]) -> None:
        # A fresh queryset, since an UPDATE takes no annotations.
        self._embed_again(request, IndexedImage.objects.filter(pk__in=queryset.values("pk")))

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[IndexedImage], *more: Any, **named: Any
    ) -> HttpResponse | None:
        """Raise SuspiciousOperation (400) for a chosen row that is no primary key, else a 500."""
        if not all(map(_is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise SuspiciousOperation("A picture was chosen by something that is no key.")
        return super().response_action(request, queryset, *more, **named)

    @method_decorator(require_POST)
    def retry(self, request: HttpRequest) -> HttpResponse:
        """Requeue the picture whose primary key is posted as `image`; 404 if there is none."""
        key = request.POST.get("image", "")
        self._check(request)
        if not _is_key(key) or not self._embed_again(request, _picture(key)):
            raise Http404
        return self._back(request)

    @method_decorator(require_POST)
    def retry_failed(self, request: HttpRequest) -> HttpResponse:
        """Requeue all pictures that failed in the active space."""
        self._check(request)
        self._embed_again(request, image_rows.failed())
        return self._back(request)

    def _check(self, request: HttpRequest) -> None:
        if not self.has_embed_permission(request):
            raise PermissionDenied

    def _embed_again(self, request: HttpRequest, chosen: QuerySet[IndexedImage]) -> int:
        count = image_rows.requeue(chosen)
        if not count:
            return 0
        enqueue_on_commit(database())
        text = ngettext(
            "%(count)d picture waits to be embedded again.",
            "%(count)d pictures wait to be embedded again.",
            count,
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS)
        return count

    def _back(self, request: HttpRequest) -> HttpResponse:
        """Redirect to the posted `next` if it is of this site, else to the list."""
        page = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(page, request.get_host(), request.is_secure()):
            page = self._url("changelist")
        return HttpResponseRedirect(page)

    def _retry_context(self, request: HttpRequest) -> dict[str, Any]:
        """Context of the templates with the buttons."""
        return {
            "may_retry": self.has_embed_permission(request),
            "retry_url": self._url("retry"),
            "retry_failed_url": self._url("retry_failed"),
            "next": request.get_full_path(),
        }

    def retry_button(self, image: Any) -> str:
        """A button of the form above the list, since the list itself is a form."""
        if not has_failed(image):
            return ""
        return format_html(
            '<button class="button vrs-again" form="vrs-retry" name="image" value="{}" '
            'aria-label="{}">{}</button>',
            image.pk,
            _("Try again: %(product)s") % {"product": name_of(image.product)},
            _("Try again"),
        )

    def has_embed_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _url(self, page: str) -> str:
        return reverse(f"{self.admin_site.name}:{self._name(page)}")
