"""A plain form's way to say what a shopper did, such as "not interested"."""

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

from .event_types import told_kind_of
from .recording import forget, record
from .throttling import seconds_to_wait


@require_POST
@csrf_protect
def note(request: HttpRequest) -> HttpResponse:
    """Record `kind` of `product`, or forget it where `undo` is sent; then go to `next`.

    As often as the API takes it, which counts both together.
    """
    if (wait := seconds_to_wait(request)) is not None:
        return _too_often(wait)
    try:
        kind = told_kind_of(request.POST.get("kind", ""))
    except ValueError as error:
        return HttpResponseBadRequest(f"kind: {error}", content_type="text/plain; charset=utf-8")
    product = _product(request)
    (forget if request.POST.get("undo") else record)(request, product, kind)
    return HttpResponseRedirect(_way_back(request))


def _too_often(wait: int) -> HttpResponse:
    said = _("That was too often. Try again in %(seconds)s seconds.") % {"seconds": wait}
    answer = HttpResponse(said, status=429, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = str(wait)
    return answer


def _product(request: HttpRequest) -> Model:
    try:
        shown = catalogue().visible(request)
        product: Model | None = shown.filter(pk=request.POST.get("product", "")).first()
    except (ValueError, ValidationError, DataError) as error:
        raise BadRequest(str(error)) from error
    if product is None:
        raise Http404(_("There is no such product."))
    return product


def _way_back(request: HttpRequest) -> str:
    """The page that the form was on; never another host's."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if url_has_allowed_host_and_scheme(
            address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return address
    return "/"
