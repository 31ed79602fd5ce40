"""The API's description in OpenAPI 3: each address, its parameters and its answers."""

from typing import Any, ClassVar

from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import normalize_result_object, sanitize_result_object
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from .. import __version__
from .keys import key_schema
from .parameters import CarouselParameters, SimilarParameters
from .serializers import SimilarPage

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


HEADERS = [
    header("ETag", "Send it as If-None-Match: what is unchanged is answered with 304.", 200, 304),
    header("Cache-Control", "How long the answer may be kept.", 200, 304),
    header("Retry-After", "Seconds to wait.", 429, 503, type=int),
]


class ProductSchema(AutoSchema):
    """Of an address below one product; nothing of the shop's own views is described."""

    operation_id: str
    summary: str
    parameters: type[SimilarParameters] | type[CarouselParameters]
    found: ClassVar[dict[int, Any]]

    def get_operation_id(self) -> str:
        return self.operation_id

    def get_summary(self) -> str:
        return self.summary

    def get_tags(self) -> list[str]:
        return ["recommendations"]

    def get_override_parameters(self) -> list[Any]:
        key = OpenApiParameter(
            "id", key_schema(), OpenApiParameter.PATH, description="The product's primary key."
        )
        return [key, self.parameters, *HEADERS]

    def get_request_serializer(self) -> None:
        return None

    def get_response_serializers(self) -> Any:
        problems = {
            code: OpenApiResponse(self._problem(said), description=description)
            for code, (description, said) in PROBLEMS.items()
        }
        unchanged = OpenApiResponse(description="Unchanged since the ETag that was sent.")
        return {**self.found, 304: unchanged, **problems}

    def _problem(self, said: dict[str, Any]) -> Any:
        return said


class SimilarSchema(ProductSchema):
    operation_id = "similar"
    summary = "Products similar to one of them"
    parameters = SimilarParameters
    found: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(SimilarPage, description="The most similar products first.")
    }


class CarouselSchema(ProductSchema):
    operation_id = "carousel"
    summary = "The carousel of a product's page, as a fragment of HTML"
    parameters = CarouselParameters
    found: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(OpenApiTypes.STR, description="The carousel."),
        204: OpenApiResponse(description="There is nothing to show."),
    }

    def _problem(self, said: dict[str, Any]) -> Any:
        return OpenApiTypes.STR


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
    """The OpenAPI document of the API that a shop serves under `prefix`, such as "/api"."""
    return Generator(urlconf=URLS).describe(prefix)  # type: ignore[no-untyped-call]
