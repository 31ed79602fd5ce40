"""The description of these addresses in OpenAPI."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiResponse

from vrs_app.api.operations import RETRY, OurSchema
from vrs_app.api.schema import PROBLEMS, header

from .parameters import InteractionParameters, RecommendationParameters
from .serializers import RecommendedPage


class RecommendationsSchema(OurSchema):
    operation_id = "recommendations"
    summary = "What the shopper who asks may like"
    parameters = RecommendationParameters
    found: ClassVar[dict[int, Any]] = {
        200: OpenApiResponse(RecommendedPage, description="The best first, each with its reason.")
    }
    problems: ClassVar[Any] = {code: said for code, said in PROBLEMS.items() if code != 404}

    def get_override_parameters(self) -> list[Any]:
        kept = header("Cache-Control", "It is one shopper's answer, and nobody keeps it.", 200)
        return [self.parameters, kept, RETRY]


class InteractionsSchema(OurSchema):
    """One address that notes and that takes back."""

    problems: ClassVar[Any] = {
        **PROBLEMS,
        403: (
            "Whoever asks may not, the shop's CSRF token is missing, or there is no session to "
            "know a visitor by.",
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
            return "Note what the shopper who asks did with a product"
        return "Take back what was noted"

    def get_override_parameters(self) -> list[Any]:
        return [RETRY] if self.is_post else [InteractionParameters, RETRY]

    def get_request_serializer(self) -> Any:
        return InteractionParameters if self.is_post else None

    @property
    def found(self) -> dict[int, Any]:  # type: ignore[override]
        text = "It is noted." if self.is_post else "It is not noted, or no more."
        return {204: OpenApiResponse(description=text)}
