"""The views of personal recommendations and of interactions."""

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
from vrs_app.api.pagination import page, with_links
from vrs_app.api.parameters import parse
from vrs_app.api.pk import represent_key

from ..recommending import recommend_for
from ..recording import forget, record
from ..shopper import is_identifiable
from .parameters import InteractionParameters, RecommendationParameters
from .schema import InteractionsSchema, RecommendationsSchema
from .serializers import RecommendedPage


class RecommendationsView(ApiView):
    """Personal recommendations, which no cache stores."""

    schema = RecommendationsSchema()
    throttle_name = "recommendations"

    def get(self, request: Request) -> Response:
        values = parse(RecommendationParameters, request.query_params)
        found = page(request, partial(recommend_for, request._request), values)
        answer = RecommendedPage(with_links(request, found), context={"request": request}).data
        return Response(answer, headers={"Cache-Control": "private, no-store"})


class AnyDepth(JSONParser):
    """Parses JSON; nesting deeper than Python's recursion limit is a 400."""

    def parse(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().parse(*arguments, **options)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error


class InteractionsView(ApiView):
    """Interactions of the shopper, recorded by front ends that do not use the shop's pages."""

    schema = InteractionsSchema()
    throttle_name = "recommendations"
    parser_classes = (AnyDepth, FormParser, MultiPartParser)

    def post(self, request: Request) -> Response:
        _require_identifiable(request)
        product, kind = self._parse(request, _request_data(request))
        if not record(request, product, kind):
            raise Unavailable
        return Response(status=status.HTTP_204_NO_CONTENT)

    def delete(self, request: Request) -> Response:
        product, kind = self._parse(request, request.query_params)
        forget(request, product, kind)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _parse(self, request: Request, data: Any) -> tuple[Model, str]:
        """The product and the kind in `data`; raises the errors of REST framework and Http404."""
        # REST framework checks the CSRF token only of users logged in by a session.
        if request.successful_authenticator is None:
            SessionAuthentication().enforce_csrf(request)
        serializer = InteractionParameters(data=data)
        serializer.is_valid(raise_exception=True)
        key, kind = serializer.validated_data["product"], serializer.validated_data["kind"]
        return product_or_404(request, str(represent_key(key))), kind


def _require_identifiable(request: Request) -> None:
    """Raise PermissionDenied for a visitor without a session, for whom a retry never helps."""
    if not is_identifiable(request):
        raise PermissionDenied(
            _(
                "Interactions of a visitor without a session cannot be recorded. Log in; or "
                "let the shop add django.contrib.sessions.middleware.SessionMiddleware to its "
                "MIDDLEWARE."
            )
        )


def _request_data(request: Request) -> Any:
    """The parsed body; a ParseError becomes a ValidationError, with the errors' usual format."""
    try:
        return request.data
    except ParseError as error:
        raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [error.detail]}) from error
