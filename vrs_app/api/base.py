"""What all views of the API share: permissions, throttling, caching and error handling."""

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
from .pk import parse_key
from .throttles import Throttle


class _NoFormat:
    URL_FORMAT_OVERRIDE = None


class ByAcceptAlone(DefaultContentNegotiation):
    """Content negotiation that ignores `?format=`, whatever the shop's own API does with it."""

    settings = _NoFormat()  # type: ignore[assignment]


@method_decorator(conditional_page, name="dispatch")
class ApiView(APIView):
    """Base view: JSON, ETags, the permissions and rates of `VRS`.

    Authentication is the shop's own, since what is visible may depend on the user.
    """

    renderer_classes: Any = (JSONRenderer,)
    content_negotiation_class = ByAcceptAlone
    versioning_class = None
    throttle_name: ClassVar[str | None] = None

    def get_permissions(self) -> list[BasePermission]:
        return [import_string(path)() for path in conf.API_PERMISSIONS]

    def get_throttles(self) -> list[BaseThrottle]:
        return [Throttle(self.throttle_name)] if self.throttle_name else []

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return errors.handle

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", _cache_control(final))
        return final


def _cache_control(response: Response) -> str:
    """The Cache-Control header: revalidate each time, unless `VRS["API_MAX_AGE"]` allows more.

    So a product that was hidden is gone from the next response, and an unchanged one costs a 304.
    Always private: the shop's `visible` may depend on a country, a cookie, anything.
    """
    if response.status_code >= 400:
        return "no-store"
    return f"private, max-age={conf.API_MAX_AGE}" if conf.API_MAX_AGE else "private, no-cache"


def product_or_404(request: Request, key: str) -> Model:
    """The visible product with the primary key `key`, as in the URL; raises Http404.

    Sold-out products are found, hidden ones are not.
    """
    try:
        shown = catalogue().visible(request._request)
        product: Model | None = shown.filter(pk=parse_key(key)).first()
    except (ValueError, DataError):
        product = None
    if product is None:
        raise Http404(_("There is no such product."))
    return product
