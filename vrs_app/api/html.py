"""The carousel as a fragment of HTML, for cached pages and other front ends."""

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
from .pagination import fetch
from .parameters import CarouselParameters, parse

TEMPLATE = "vrs_app/similar_products.html"


class FragmentRenderer(BaseRenderer):
    """HTML as it is; an error's messages as paragraphs."""

    media_type = "text/html"
    format = "html"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        if isinstance(data, Mapping):
            lines = (f"{name}: {_joined(messages)}" for name, messages in data.items())
            return "".join(f"<p>{escape(line)}</p>" for line in lines)
        return data or ""


def _joined(messages: Any) -> str:
    return messages if isinstance(messages, str) else " ".join(messages)


class CarouselView(ApiView):
    """The carousel of a product's page; 204 where that page would show none."""

    renderer_classes = (FragmentRenderer,)
    schema = CarouselSchema()
    throttle_name = "carousel"

    def get(self, request: Request, id: str) -> Response:
        values = parse(CarouselParameters, request.query_params)
        heading = values.pop("heading", None)
        items = fetch(request, partial(similar_products, product_or_404(request, id)), values)
        if not items:
            return Response(status=status.HTTP_204_NO_CONTENT)
        context = {
            "items": items,
            "heading": _("Products similar to this") if heading is None else heading,
            # The same at each request; a random id would change the ETag.
            "heading_id": f"vrs-similar-{_short_hash(request.get_full_path())}",
        }
        return Response(render_to_string(TEMPLATE, context, request._request))

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return errors.handle_any


def _short_hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]
