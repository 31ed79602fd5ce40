"""The API's description in OpenAPI 3."""

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
    401: ("Who asks could not be verified.", DETAIL),
    403: ("Whoever asks may not.", DETAIL),
    404: ("There is no such product, or it may not be shown.", DETAIL),
    406: ("None of the accepted types is answered in.", DETAIL),
    429: ("Too many requests; Retry-After says when to come again.", DETAIL),
    503: ("The database does not answer; come again after Retry-After.", DETAIL),
}


def header(name: str, description: str, *codes: int, type: Any = str) -> OpenApiParameter:
    return OpenApiParameter(
        name, type, OpenApiParameter.HEADER, description=description, response=list(codes)
    )


class _OurEndpoints(EndpointEnumerator):
    """Without the hooks by which a shop picks those of its own API."""

    def get_api_endpoints(self, patterns: Any = None, prefix: str = "") -> list[Any]:
        return sorted(self._get_api_endpoints(patterns, prefix))  # type: ignore[no-untyped-call]


class Generator(SchemaGenerator):
    """Describes this API under `prefix`, whatever SPECTACULAR_SETTINGS say of the shop's own.

    Patching those settings for a moment would show through to requests at the same time.
    """

    endpoint_inspector_cls = _OurEndpoints

    def describe(self, prefix: str) -> dict[str, Any]:
        reset_generator_stats()
        with GENERATOR_STATS.silence():  # it prints what it cannot read of the shop's own classes
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

    What other apps of ours serve is in it, wherever the shop included that.
    """
    described = _described(URLS, prefix)
    for urls, (view, path) in _others.items():
        try:
            other = _described(urls, reverse(view).removesuffix(path))
        except NoReverseMatch:  # imported, and not included
            continue
        described["paths"] |= other["paths"]
        for kind, named in other["components"].items():
            described["components"].setdefault(kind, {}).update(named)
    return described


_others: dict[str, tuple[str, str]] = {}


def describe_too(urls: str, view: str, path: str) -> None:
    """Describe the addresses in the module `urls` too, of which `view` is the one at `path`.

    For a contrib app, whose addresses the core does not know.
    """
    _others[urls] = view, path


def _described(urls: str, prefix: str) -> dict[str, Any]:
    return Generator(urlconf=urls).describe(prefix)  # type: ignore[no-untyped-call]
