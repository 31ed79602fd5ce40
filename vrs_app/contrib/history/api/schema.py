"""The operations in OpenAPI."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiResponse

from vrs_app.api.operations import RETRY, OperationSchema
from vrs_app.api.schema import PROBLEMS, header

from .parameters import InteractionParameters, RecommendationParameters
from .serializers import RecommendedPage


class RecommendationsSchema(OperationSchema):
    operation_id = "recommendations"
    summary = "Products that the shopper may like"
    parameters = RecommendationParameters
    responses: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(RecommendedPage, description="The best first, each with its reason.")
    }
    problems: ClassVar[Any] = {code: each for code, each in PROBLEMS.items() if code != 404}

    def get_override_parameters(self) -> list[Any]:
        cache = header("Cache-Control", "The response is private and not cached.", 200)
        return [self.parameters, cache, RETRY]


class InteractionsSchema(OperationSchema):
    """Describes POST and DELETE of one URL."""

    problems: ClassVar[Any] = {
        **PROBLEMS,
        403: (
            "The request is not permitted, the shop's CSRF token is missing, or the visitor has "
            "no session to be identified by.",
            PROBLEMS[403][1],
        ),
    }

    @property
    def is_post(self) -> bool:
        return self.method == "POST"

    def get_operation_id(self) -> str:
        return "record" if self.is_post else "forget"

    def get_summary(self) -> str:
        if self.is_post:
            return "Record what the shopper did with a product"
        return "Forget what was recorded"

    def get_override_parameters(self) -> list[Any]:
        return [RETRY] if self.is_post else [InteractionParameters, RETRY]

    def get_request_serializer(self) -> Any:
        return InteractionParameters if self.is_post else None

    @property
    def responses(self) -> dict[int, Any]:  # type: ignore[override]
        text = "It is recorded." if self.is_post else "It is not recorded any more, or never was."
        return {204: OpenApiResponse(description=text)}
