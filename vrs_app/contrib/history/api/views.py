"""What the shopper who asks may like, and what they did."""

from functools import partial
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ParseError, PermissionDenied, ValidationError
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from vrs_app.api.base import ApiView, product_or_404
from vrs_app.api.errors import Unavailable
from vrs_app.api.pagination import addressed, page
from vrs_app.api.parameters import read
from vrs_app.api.pk import shown_key

from ..recommending import recommend_for
from ..recording import forget, record
from ..shopper import can_be_known
from .parameters import InteractionParameters, RecommendationParameters
from .schema import InteractionsSchema, RecommendationsSchema
from .serializers import RecommendedPage


class RecommendationsView(ApiView):
    """For each shopper another answer, which no cache keeps."""

    schema = RecommendationsSchema()
    throttle_name = "recommendations"

    def get(self, request: Request) -> Response:
        values = read(RecommendationParameters, request.query_params)
        found = page(request, partial(recommend_for, request._request), values)
        answer = RecommendedPage(addressed(request, found), context={"request": request}).data
        return Response(answer, headers={"Cache-Control": "private, no-store"})


class AnyDepth(JSONParser):
    """Lists within lists, deeper than Python follows, are a mistake of who sent them."""

    def parse(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().parse(*arguments, **options)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error


class InteractionsView(ApiView):
    """What a shopper did, as a page that other programs draw tells it."""

    schema = InteractionsSchema()
    throttle_name = "recommendations"
    parser_classes = (AnyDepth, FormParser, MultiPartParser)

    def post(self, request: Request) -> Response:
        _require_known(request)
        product, kind = self._read(request, _sent(request))
        if not record(request, product, kind):
            raise Unavailable
        return Response(status=status.HTTP_204_NO_CONTENT)

    def delete(self, request: Request) -> Response:
        product, kind = self._read(request, request.query_params)
        forget(request, product, kind)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _read(self, request: Request, sent: Any) -> tuple[Model, str]:
        # REST framework asks for the token only of those whose session logged them in.
        if request.successful_authenticator is None:
            SessionAuthentication().enforce_csrf(request)
        serializer = InteractionParameters(data=sent)
        serializer.is_valid(raise_exception=True)
        key, kind = serializer.validated_data["product"], serializer.validated_data["kind"]
        return product_or_404(request, str(shown_key(key))), kind


def _require_known(request: Request) -> None:
    """Raises PermissionDenied for whom trying again never helps."""
    if not can_be_known(request):
        raise PermissionDenied(
            _(
                "Nothing can be noted of a visitor without a session. Log in; or let the shop add "
                "django.contrib.sessions.middleware.SessionMiddleware to its MIDDLEWARE."
            )
        )


def _sent(request: Request) -> Any:
    """What was sent; that it cannot be read is said in the same form as all that is wrong."""
    try:
        return request.data
    except ParseError as error:
        raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [error.detail]}) from error
