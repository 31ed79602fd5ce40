"""The buttons that let failed pictures be tried again: one, those chosen, or all."""

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

from ..indexing import image_rows
from ..indexing.on_commit import enqueue_on_commit
from ..infra.db import database
from ..models import ImageEmbedding, IndexedImage

PERMISSION = "vrs_app.change_indexedimage"

MOST_DIGITS = 18
"""Of a key of ours; Python reads no number of thousands."""


def _picture(key: str) -> QuerySet[IndexedImage]:
    return IndexedImage.objects.filter(pk=key)


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) <= MOST_DIGITS


class Retrying(admin.ModelAdmin):  # type: ignore[type-arg]
    """Two pages that take nothing but a POST, the action, and what their buttons need."""

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
        # The list's annotations have no place in an UPDATE.
        self._embed_again(request, IndexedImage.objects.filter(pk__in=queryset.values("pk")))

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[IndexedImage], *more: Any, **named: Any
    ) -> HttpResponse | None:
        if not all(map(_is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise SuspiciousOperation("A picture was chosen by something that is no key.")
        return super().response_action(request, queryset, *more, **named)

    @method_decorator(require_POST)
    def retry(self, request: HttpRequest) -> HttpResponse:
        """The one picture whose key is posted as `image`."""
        key = request.POST.get("image", "")
        self._check(request)
        if not _is_key(key) or not self._embed_again(request, _picture(key)):
            raise Http404
        return self._back(request)

    @method_decorator(require_POST)
    def retry_failed(self, request: HttpRequest) -> HttpResponse:
        """All that failed in the space that shoppers see."""
        self._check(request)
        self._embed_again(request, image_rows.failed())
        return self._back(request)

    def _check(self, request: HttpRequest) -> None:
        if not self.has_embed_permission(request):
            raise PermissionDenied

    def _embed_again(self, request: HttpRequest, chosen: QuerySet[IndexedImage]) -> int:
        count = image_rows.embed_again(chosen)
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
        """To the page with the button, if it names one of this site."""
        page = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(page, request.get_host(), request.is_secure()):
            page = self._url("changelist")
        return HttpResponseRedirect(page)

    def _retry_context(self, request: HttpRequest) -> dict[str, Any]:
        """For the templates with the buttons."""
        return {
            "may_retry": self.has_embed_permission(request),
            "retry_url": self._url("retry"),
            "retry_failed_url": self._url("retry_failed"),
            "next": request.get_full_path(),
        }

    def retry_button(self, image: Any) -> str:
        """Its form stands above the list, since that is a form itself."""
        if image.state != ImageEmbedding.State.FAILED:
            return ""
        return format_html(
            '<button class="button vrs-again" form="vrs-retry" name="image" value="{}" '
            'aria-label="{}">{}</button>',
            image.pk,
            _("Try again: %(product)s") % {"product": image.product},
            _("Try again"),
        )

    def has_embed_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _url(self, page: str) -> str:
        return reverse(f"{self.admin_site.name}:{self._name(page)}")
