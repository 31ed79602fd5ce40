"""Each operation of the API in OpenAPI: its parameters and responses."""

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
    header("ETag", "Send it as If-None-Match; an unchanged response is then a 304.", 200, 304),
    header("Cache-Control", "How long the response may be cached.", 200, 304),
    RETRY,
]
UNCHANGED = {304: OpenApiResponse(description="Unchanged since the ETag that was sent.")}


class OperationSchema(AutoSchema):
    """Describes one operation of a view; subclasses fill in the attributes."""

    operation_id: str
    summary: str
    description: str = ""
    """Overrides the view's docstring."""
    parameters: type[Parameters] | None
    responses: ClassVar[dict[int, Any]]
    """Successful responses, by status code."""
    problems: ClassVar[dict[int, tuple[str, dict[str, Any]]]] = PROBLEMS
    """Error responses: status code → description and schema."""

    def get_operation_id(self) -> str:
        return self.operation_id

    def get_summary(self) -> str:
        return self.summary

    def get_description(self) -> str:  # type: ignore[override]
        description: str = self.description or super().get_description()
        return description

    def get_tags(self) -> list[str]:
        return ["recommendations"]

    def get_override_parameters(self) -> list[Any]:
        return [self.parameters, *HEADERS]

    def get_request_serializer(self) -> Any:
        return None

    def get_response_serializers(self) -> Any:
        problems = {
            code: OpenApiResponse(self._problem(schema), description=description)
            for code, (description, schema) in self.problems.items()
        }
        return {**self.responses, **problems}

    def _problem(self, schema: dict[str, Any]) -> Any:
        """The schema of an error response in the media type of this operation."""
        return schema


class ProductSchema(OperationSchema):
    """Describes an operation on one product, whose key is in the path."""

    def get_override_parameters(self) -> list[Any]:
        key = OpenApiParameter(
            "id", key_schema(), OpenApiParameter.PATH, description="The product's primary key."
        )
        return [key, *super().get_override_parameters()]


class SimilarSchema(ProductSchema):
    operation_id = "similar"
    summary = "Products similar to one of them"
    parameters = SimilarParameters
    responses: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(SimilarPage, description="The most similar products first."),
        **UNCHANGED,
    }


class CarouselSchema(ProductSchema):
    operation_id = "carousel"
    summary = "The carousel of a product's page, as a fragment of HTML"
    parameters = CarouselParameters
    responses: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(OpenApiTypes.STR, description="The carousel."),
        204: OpenApiResponse(description="There is nothing to show."),
        **UNCHANGED,
    }

    def _problem(self, schema: dict[str, Any]) -> Any:
        return OpenApiTypes.STR


class SearchSchema(OperationSchema):
    operation_id = "search"
    summary = "Products that fit words, that look like others, or both"
    description = "Takes `words`, `positive` or both; `negative` products beside positive ones."
    parameters = SearchParameters
    responses: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(FoundPage, description="What fits best first."),
        **UNCHANGED,
    }
    problems: ClassVar[Any] = {code: each for code, each in PROBLEMS.items() if code != 404}

    def get_tags(self) -> list[str]:
        return ["search"]


class PhotoSchema(SearchSchema):
    operation_id = "search_by_photo"
    summary = "Products that look like a photo, with or without words"
    description = (
        "All parameters are parts of the form, none of the URL. The photo is not stored: for "
        "another page or another box, send it again. A user who is logged in by a session sends "
        "the CSRF token too, as the part `csrfmiddlewaretoken` or the header `X-CSRFToken`."
    )
    responses: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(PhotoPage, description="The most similar products first."),
    }
    problems: ClassVar[Any] = {
        **SearchSchema.problems,
        413: ("The form is larger than a picture may be.", REFUSED),
        415: ("The body is no multipart form.", DETAIL),
        503: ("No photo worker is free, or none responds; retry after Retry-After.", DETAIL),
    }

    def get_override_parameters(self) -> list[Any]:
        return [header("Cache-Control", "The response is not cached.", 200), RETRY]

    def get_request_serializer(self) -> Any:
        return PhotoParameters
