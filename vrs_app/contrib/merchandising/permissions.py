"""Who may do what: the rules are part of the products, and ask for no permission of ours."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest

from vrs_app.catalogue import catalogue


def may_change_products(request: HttpRequest) -> bool:
    return _has(request, "change")


def may_see_products(request: HttpRequest) -> bool:
    return _has(request, "view") or _has(request, "change")


def _has(request: HttpRequest, action: str) -> bool:
    options = catalogue().model._meta
    codename = get_permission_codename(action, options)
    return request.user.has_perm(f"{options.app_label}.{codename}")


class LikeProducts(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that whoever may change products may add, change and delete."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_see_products(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see_products(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_change_products(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_products(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody is kept from deleting a product: the admin asks whether these may go along."""
        return may_change_products(request) or not self._is_asked_for(request)

    def _is_asked_for(self, request: HttpRequest) -> bool:
        """Whether this is a page of these rows, and not one of the products."""
        match = request.resolver_match
        name = f"{self.opts.app_label}_{self.opts.model_name}_"
        return bool(match and (match.url_name or "").startswith(name))
