"""The view that records an interaction from a plain form, such as "not interested"."""

import math
from importlib.util import find_spec

from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.db.models import Model
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
)
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from vrs_app.catalogue import catalogue

from .event_types import parse_browser_kind
from .recording import forget, record


@require_POST
@csrf_protect
def note(request: HttpRequest) -> HttpResponse:
    """Record the posted `kind` of `product`, or forget it if `undo` is posted; redirect to `next`.

    429 above the rate of the API, which counts requests of both together.
    """
    if (wait := _seconds_to_wait(request)) is not None:
        return _throttled(wait)
    try:
        kind = parse_browser_kind(request.POST.get("kind", ""))
    except ValueError as error:
        return HttpResponseBadRequest(f"kind: {error}", content_type="text/plain; charset=utf-8")
    product = _product(request)
    (forget if request.POST.get("undo") else record)(request, product, kind)
    return HttpResponseRedirect(_redirect_target(request))


def _seconds_to_wait(request: HttpRequest) -> int | None:
    """Seconds until `VRS["API_THROTTLES"]["recommendations"]` allows the request; None: now.

    Nothing is throttled without REST framework.
    """
    if find_spec("rest_framework") is None:
        return None
    from vrs_app.api.throttles import Throttle

    throttle = Throttle("recommendations")
    if throttle.allow_request(request, None):  # type: ignore[arg-type]
        return None
    return math.ceil(throttle.wait() or 1)


def _throttled(wait: int) -> HttpResponse:
    text = _("That was too often. Try again in %(seconds)s seconds.") % {"seconds": wait}
    response = HttpResponse(text, status=429, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(wait)
    return response


def _product(request: HttpRequest) -> Model:
    try:
        shown = catalogue().visible(request)
        product: Model | None = shown.filter(pk=request.POST.get("product", "")).first()
    except (ValueError, ValidationError, DataError) as error:
        raise BadRequest(str(error)) from error
    if product is None:
        raise Http404(_("There is no such product."))
    return product


def _redirect_target(request: HttpRequest) -> str:
    """The posted `next`, the Referer, or "/"; never a URL on another host."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if url_has_allowed_host_and_scheme(
            address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return address
    return "/"
