"""The list of all pictures with their states, and the way to try again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .. import heartbeats, rows
from ..models import IndexedImage
from ..receivers import ring_on_commit
from .columns import PictureColumns, State, pictures_with_state, product_url


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(IndexedImage)
class IndexedImageAdmin(PictureColumns, admin.ModelAdmin):  # type: ignore[type-arg]
    """The pictures, their states and reasons. Nothing here is typed in by hand."""

    list_display = ("preview", "state_label", "product_link", "reason", "when")
    list_filter = (StateFilter,)
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
    actions = ("embed_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[IndexedImage]:
        return pictures_with_state().order_by("-pk")

    @admin.display(description=_("product"), ordering="product")
    def product_link(self, image: IndexedImage) -> str:
        """The product, with the way to its page where a new file can be uploaded."""
        url = product_url(image.product, self.admin_site.name)
        if url is None:  # the shop's products are not in this admin
            return str(image.product)
        return format_html('<a href="{}">{}</a>', url, image.product)

    @admin.action(description=_("Embed again"), permissions=["embed"])
    def embed_again(self, request: HttpRequest, queryset: QuerySet[IndexedImage]) -> None:
        # The list's annotations have no place in an UPDATE.
        chosen = IndexedImage.objects.filter(pk__in=queryset.values("pk"))
        count = rows.embed_again(chosen)
        ring_on_commit(chosen.db)
        text = ngettext(
            "%(count)d picture waits to be embedded again.",
            "%(count)d pictures wait to be embedded again.",
            count,
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        worker = heartbeats.last(heartbeats.Part.WORKER)
        if worker and worker.problem and request.method == "GET":
            text = _("Pictures wait until this is mended: %(problem)s")
            self.message_user(request, text % {"problem": worker.problem}, messages.ERROR)
        return super().changelist_view(request, extra_context)

    def has_embed_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("vrs_app.change_indexedimage")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(
            super().has_view_permission(request, obj) or self.has_embed_permission(request)
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes these rows here, and nobody is kept from deleting a product.

        When a product is deleted, the admin asks whether its pictures may go with it.
        """
        match = request.resolver_match
        return not (match and (match.url_name or "").startswith("vrs_app_indexedimage"))
