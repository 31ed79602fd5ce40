"""Each address of the API in OpenAPI: its parameters and its answers."""

from typing import Any, ClassVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from .parameters import CarouselParameters, Parameters, SimilarParameters
from .photo_parameters import PhotoParameters
from .pk import key_schema
from .schema import DETAIL, PROBLEMS, REFUSED, header
from .search_parameters import SearchParameters
from .serializers import FoundPage, PhotoPage, SimilarPage

RETRY = header("Retry-After", "Seconds to wait.", 429, 503, type=int)
HEADERS = [
    header("ETag", "Send it as If-None-Match: what is unchanged is answered with 304.", 200, 304),
    header("Cache-Control", "How long the answer may be kept.", 200, 304),
    RETRY,
]
UNCHANGED = {304: OpenApiResponse(description="Unchanged since the ETag that was sent.")}


class OurSchema(AutoSchema):
    """Of one operation; nothing of the shop's own views is described."""

    operation_id: str
    summary: str
    description: str = ""
    """Where it says more than the view's docstring."""
    parameters: type[Parameters] | None
    found: ClassVar[dict[int, Any]]
    problems: ClassVar[dict[int, tuple[str, dict[str, Any]]]] = PROBLEMS

    def get_operation_id(self) -> str:
        return self.operation_id

    def get_summary(self) -> str:
        return self.summary

    def get_description(self) -> str:  # type: ignore[override]
        said: str = self.description or super().get_description()
        return said

    def get_tags(self) -> list[str]:
        return ["recommendations"]

    def get_override_parameters(self) -> list[Any]:
        return [self.parameters, *HEADERS]

    def get_request_serializer(self) -> Any:
        return None

    def get_response_serializers(self) -> Any:
        problems = {
            code: OpenApiResponse(self._problem(said), description=description)
            for code, (description, said) in self.problems.items()
        }
        return {**self.found, **problems}

    def _problem(self, said: dict[str, Any]) -> Any:
        return said


class ProductSchema(OurSchema):
    """Of an address below one product."""

    def get_override_parameters(self) -> list[Any]:
        key = OpenApiParameter(
            "id", key_schema(), OpenApiParameter.PATH, description="The product's primary key."
        )
        return [key, *super().get_override_parameters()]


class SimilarSchema(ProductSchema):
    operation_id = "similar"
    summary = "Products similar to one of them"
    parameters = SimilarParameters
    found: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(SimilarPage, description="The most similar products first."),
        **UNCHANGED,
    }


class CarouselSchema(ProductSchema):
    operation_id = "carousel"
    summary = "The carousel of a product's page, as a fragment of HTML"
    parameters = CarouselParameters
    found: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(OpenApiTypes.STR, description="The carousel."),
        204: OpenApiResponse(description="There is nothing to show."),
        **UNCHANGED,
    }

    def _problem(self, said: dict[str, Any]) -> Any:
        return OpenApiTypes.STR


class SearchSchema(OurSchema):
    operation_id = "search"
    summary = "Products that fit words, that look like others, or both"
    description = "Takes `words`, `positive` or both; `negative` products beside positive ones."
    parameters = SearchParameters
    found: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(FoundPage, description="What fits best first."),
        **UNCHANGED,
    }
    problems: ClassVar[Any] = {code: said for code, said in PROBLEMS.items() if code != 404}

    def get_tags(self) -> list[str]:
        return ["search"]


class PhotoSchema(SearchSchema):
    operation_id = "search_by_photo"
    summary = "Products that look like a photo, with or without words"
    description = (
        "All parameters are parts of the form, none of the address. The photo is not kept: for "
        "another page or another box, send it again. Whoever is logged in by a session sends "
        "the CSRF token too, as the part `csrfmiddlewaretoken` or the header `X-CSRFToken`."
    )
    found: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(PhotoPage, description="What looks most like it first."),
    }
    problems: ClassVar[Any] = {
        **SearchSchema.problems,
        413: ("The form is larger than a picture may be.", REFUSED),
        415: ("What was sent is no multipart form.", DETAIL),
        503: ("No photo worker is free, or none answers; come again after Retry-After.", DETAIL),
    }

    def get_override_parameters(self) -> list[Any]:
        return [header("Cache-Control", "Nobody keeps the answer.", 200), RETRY]

    def get_request_serializer(self) -> Any:
        return PhotoParameters
