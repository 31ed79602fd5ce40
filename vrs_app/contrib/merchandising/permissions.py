"""Permissions: the merchant's rules need those of the product model, and none of their own."""

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


class ProductPermissionsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin for users who may view products, or, to edit, change them."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_see_products(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see_products(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_change_products(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_products(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """True outside these pages: on a product's deletion the admin checks related rows too."""
        return may_change_products(request) or not self._is_own_page(request)

    def _is_own_page(self, request: HttpRequest) -> bool:
        """Whether the request is for a page of this ModelAdmin."""
        match = request.resolver_match
        name = f"{self.opts.app_label}_{self.opts.model_name}_"
        return bool(match and (match.url_name or "").startswith(name))
