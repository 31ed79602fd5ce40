"""Serving pictures and their thumbnails.

A shop of many machines leaves this to its storage or a proxy; here the shop does it, so
that one process is enough.
"""

from typing import TypeVar

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import register_converter
from django.urls.converters import IntConverter
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from django.views.static import serve

from vrs_app.exceptions import PictureError

from .thumbnails import WIDTHS, is_picture_name, no_file_is_not_found, thumbnail

Response = TypeVar("Response", bound=HttpResponseBase)

# An address stays when the picture behind it is replaced, so none is kept for long; asked
# again, an unchanged one costs a line.
HOUR = 60 * 60
MINUTE = 60
# Uploads are strangers' bytes: a browser that opens one runs nothing in it.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

HANGER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 100" width="80" height="100">'
    '<path fill="#e9e6e1" d="M0 0h80v100H0z"/>'
    '<path fill="none" stroke="#a39c92" stroke-width="2" stroke-linecap="round"'
    ' stroke-linejoin="round" d="M40 46v-4c4 0 6-2 6-5a6 6 0 0 0-12 0M40 46 19 60'
    'c-2 2-1 4 1 4h40c2 0 3-2 1-4z"/></svg>'
)


class WidthConverter(IntConverter):
    """A width that thumbnails are made of; any other address leads nowhere."""

    def to_python(self, value: str) -> int:
        if (width := int(value)) in WIDTHS:
            return width
        raise ValueError(value)


register_converter(WidthConverter, "width")


@require_safe
def thumbnail_view(request: HttpRequest, width: int, name: str) -> HttpResponseBase:
    """A picture at one of a few widths; a neutral drawing where it cannot be read."""
    if not is_picture_name(name):
        raise Http404
    try:
        file = thumbnail(name, width)
        told = file.stat()
        etag = f'"{told.st_mtime_ns:x}-{told.st_size:x}"'
    except FileNotFoundError:
        return placeholder(status=404)
    except PictureError:
        return placeholder(status=200)
    known = get_conditional_response(request, etag=etag)
    answer = known or FileResponse(file.open("rb"), content_type="image/webp")
    answer["ETag"] = etag
    return guarded(answer, HOUR)


def placeholder(*, status: int) -> HttpResponse:
    """Kept for a minute only: the picture may be replaced by one that can be read."""
    answer = HttpResponse(HANGER, status=status, content_type="image/svg+xml")
    return guarded(answer, MINUTE)


@require_safe
def media_view(request: HttpRequest, name: str) -> HttpResponseBase:
    """A product's picture as it was uploaded; never as anything but a picture."""
    if not is_picture_name(name):
        raise Http404
    try:
        with no_file_is_not_found(name):
            answer = serve(request, name, document_root=str(settings.MEDIA_ROOT))
    except FileNotFoundError as error:
        raise Http404 from error
    kind = answer.get("Content-Type", "")
    if answer.status_code == 200 and not (kind.startswith("image/") and "svg" not in kind):
        answer["Content-Type"] = "application/octet-stream"
        answer["Content-Disposition"] = "attachment"
    return guarded(answer, HOUR)


def guarded(answer: Response, seconds: int) -> Response:
    answer["Cache-Control"] = f"public, max-age={seconds}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    return answer
