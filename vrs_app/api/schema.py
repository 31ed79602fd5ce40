"""Generating the API's OpenAPI 3 schema, and the parts that its operations share."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.plumbing import normalize_result_object, sanitize_result_object
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import OpenApiParameter

from .. import __version__

URLS = "vrs_app.api.urls"

REFUSED = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
    "example": {"limit": ["Write a whole number from 1 to 100."]},
}
DETAIL = {
    "type": "object",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
    "example": {"detail": "There is no such product."},
}
PROBLEMS: dict[int, tuple[str, dict[str, Any]]] = {
    400: ("What is wrong and the way out, by the parameter's name.", REFUSED),
    401: ("The credentials are missing or invalid.", DETAIL),
    403: ("The request is not permitted.", DETAIL),
    404: ("There is no such product, or it may not be shown.", DETAIL),
    406: ("None of the media types in Accept is available.", DETAIL),
    429: ("Too many requests; retry after Retry-After.", DETAIL),
    503: ("The database does not respond; retry after Retry-After.", DETAIL),
}


def header(name: str, description: str, *codes: int, type: Any = str) -> OpenApiParameter:
    """A header of the responses with these status codes."""
    return OpenApiParameter(
        name, type, OpenApiParameter.HEADER, description=description, response=list(codes)
    )


class _AllEndpoints(EndpointEnumerator):
    """Enumerates all endpoints, without the hooks by which a shop filters those of its own API."""

    def get_api_endpoints(self, patterns: Any = None, prefix: str = "") -> list[Any]:
        return sorted(self._get_api_endpoints(patterns, prefix))  # type: ignore[no-untyped-call]


class Generator(SchemaGenerator):
    """Generates the schema of this API, whatever SPECTACULAR_SETTINGS say of the shop's own.

    Patching those settings temporarily would affect concurrent requests.
    """

    endpoint_inspector_cls = _AllEndpoints

    def describe(self, prefix: str) -> dict[str, Any]:
        """The OpenAPI document, with `prefix` before each path."""
        reset_generator_stats()
        with GENERATOR_STATS.silence():  # it prints warnings about the shop's own classes
            paths = self.parse(None, public=True)  # type: ignore[no-untyped-call]
        described = {
            "openapi": spectacular_settings.OAS_VERSION,
            "info": {"title": "Visual recommendations", "version": __version__},
            "paths": {prefix + path: operations for path, operations in paths.items()},
            "components": self.registry.build({}),
        }
        normal = normalize_result_object(described)  # type: ignore[no-untyped-call]
        sane: dict[str, Any] = sanitize_result_object(normal)  # type: ignore[no-untyped-call]
        return sane


def describe(prefix: str) -> dict[str, Any]:
    """The OpenAPI document of the API that a shop serves under `prefix`, such as "/api".

    Includes the modules of `register_urls`, each under the prefix where the shop included it.
    """
    described = _described(URLS, prefix)
    for urls, (view, path) in _registered.items():
        try:
            other = _described(urls, reverse(view).removesuffix(path))
        except NoReverseMatch:  # imported, but not included by the shop
            continue
        described["paths"] |= other["paths"]
        for kind, named in other["components"].items():
            described["components"].setdefault(kind, {}).update(named)
    return described


_registered: dict[str, tuple[str, str]] = {}


def register_urls(urls: str, view: str, path: str) -> None:
    """Add the URL module `urls` of a contrib app to the schema.

    `view` is the name of one of its URLs and `path` that URL's path within the module, by which
    the prefix is found that the shop chose.
    """
    _registered[urls] = view, path


def _described(urls: str, prefix: str) -> dict[str, Any]:
    return Generator(urlconf=urls).describe(prefix)  # type: ignore[no-untyped-call]
