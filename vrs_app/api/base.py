"""What all views of the API share: who may ask, how often, and how long answers keep."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import DataError
from django.db.models import Model
from django.http import Http404
from django.utils.decorators import method_decorator
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from ..catalogue import catalogue
from ..conf import conf
from . import errors
from .pk import read_key
from .throttles import Throttle


class _NoFormat:
    URL_FORMAT_OVERRIDE = None


class ByAcceptAlone(DefaultContentNegotiation):
    """`?format=` is no parameter of ours, whatever the shop's own API makes of it."""

    settings = _NoFormat()  # type: ignore[assignment]


@method_decorator(conditional_page, name="dispatch")
class ApiView(APIView):
    """The shop's own authentication, since what is visible may depend on who asks."""

    renderer_classes: Any = (JSONRenderer,)
    content_negotiation_class = ByAcceptAlone
    versioning_class = None
    throttle_name: ClassVar[str | None] = None

    def get_permissions(self) -> list[BasePermission]:
        return [import_string(path)() for path in conf.API_PERMISSIONS]

    def get_throttles(self) -> list[BaseThrottle]:
        return [Throttle(self.throttle_name)] if self.throttle_name else []

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return errors.answer

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", _cache_control(answer))
        return answer


def _cache_control(response: Response) -> str:
    """Unless the shop says otherwise, each answer is asked for anew.

    A product that was hidden is gone from the next one; unchanged, it costs a 304. Never for
    caches that visitors share: the shop's `visible` may go by a country, a cookie, anything.
    """
    if response.status_code >= 400:
        return "no-store"
    return f"private, max-age={conf.API_MAX_AGE}" if conf.API_MAX_AGE else "private, no-cache"


def product_or_404(request: Request, key: str) -> Model:
    """The product that is asked about; sold out it keeps its page, hidden it does not exist."""
    try:
        shown = catalogue().visible(request._request)
        product: Model | None = shown.filter(pk=read_key(key)).first()
    except (ValueError, DataError):
        product = None
    if product is None:
        raise Http404(_("There is no such product."))
    return product
