"""The carousel alone, as HTML, for cached pages and other front ends."""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from ..queries import similar_products
from . import errors
from .base import ApiView, product_or_404
from .operations import CarouselSchema
from .pagination import ask
from .parameters import CarouselParameters, read

TEMPLATE = "vrs_app/similar_products.html"


class FragmentRenderer(BaseRenderer):
    """HTML as it is; of an error, what it says."""

    media_type = "text/html"
    format = "html"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        if isinstance(data, Mapping):
            said = (f"{name}: {_joined(messages)}" for name, messages in data.items())
            return "".join(f"<p>{escape(line)}</p>" for line in said)
        return data or ""


def _joined(messages: Any) -> str:
    return messages if isinstance(messages, str) else " ".join(messages)


class CarouselView(ApiView):
    """The carousel of a product's page; 204 where that page would show none."""

    renderer_classes = (FragmentRenderer,)
    schema = CarouselSchema()
    throttle_name = "carousel"

    def get(self, request: Request, id: str) -> Response:
        values = read(CarouselParameters, request.query_params)
        heading = values.pop("heading", None)
        items = ask(request, partial(similar_products, product_or_404(request, id)), values)
        if not items:
            return Response(status=status.HTTP_204_NO_CONTENT)
        drawn = {
            "items": items,
            "heading": _("Products similar to this") if heading is None else heading,
            # The same at each request, or no answer would ever count as unchanged.
            "heading_id": f"vrs-similar-{_short_name(request.get_full_path())}",
        }
        return Response(render_to_string(TEMPLATE, drawn, request._request))

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return errors.answer_anything


def _short_name(address: str) -> str:
    return sha256(address.encode()).hexdigest()[:8]
