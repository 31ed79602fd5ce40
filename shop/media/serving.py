"""Views that serve pictures and their thumbnails.

A shop on several machines leaves this to its storage or a proxy; the demo does it itself, so
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

from .thumbnails import WIDTHS, is_picture_name, missing_file_errors, thumbnail

Response = TypeVar("Response", bound=HttpResponseBase)

# A URL stays when its picture is replaced, so caches keep it an hour; then an ETag answers 304.
HOUR = 60 * 60
MINUTE = 60
# Uploads are untrusted: a browser that opens one must not run scripts in it.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

PLACEHOLDER_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 75 100" width="75" height="100">'
    '<path fill="#e9e6e1" d="M0 0h75v100H0z"/>'
    '<path fill="none" stroke="#a39c92" stroke-width="2" stroke-linecap="round"'
    ' stroke-linejoin="round" d="M37.5 46v-4c4 0 6-2 6-5a6 6 0 0 0-12 0M37.5 46 16.5 60'
    'c-2 2-1 4 1 4h40c2 0 3-2 1-4z"/></svg>'
)


class WidthConverter(IntConverter):
    """URL converter: one of the thumbnail WIDTHS; any other does not match."""

    def to_python(self, value: str) -> int:
        if (width := int(value)) in WIDTHS:
            return width
        raise ValueError(value)


register_converter(WidthConverter, "width")


@require_safe
def thumbnail_view(request: HttpRequest, width: int, name: str) -> HttpResponseBase:
    """A picture as WebP at one of WIDTHS; a placeholder where it cannot be read (404: missing)."""
    if not is_picture_name(name):
        raise Http404
    try:
        file = thumbnail(name, width)
        stat = file.stat()
        etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    except FileNotFoundError:
        return placeholder(status=404)
    except PictureError:
        return placeholder(status=200)
    not_modified = get_conditional_response(request, etag=etag)
    response = not_modified or FileResponse(file.open("rb"), content_type="image/webp")
    response["ETag"] = etag
    return with_headers(response, HOUR)


def placeholder(*, status: int) -> HttpResponse:
    """A neutral picture, cached for a minute: the picture may soon be replaced."""
    response = HttpResponse(PLACEHOLDER_SVG, status=status, content_type="image/svg+xml")
    return with_headers(response, MINUTE)


@require_safe
def media_view(request: HttpRequest, name: str) -> HttpResponseBase:
    """A product's picture as uploaded; a file of any other type is sent as a download."""
    if not is_picture_name(name):
        raise Http404
    try:
        with missing_file_errors(name):
            response = serve(request, name, document_root=str(settings.MEDIA_ROOT))
    except FileNotFoundError as error:
        raise Http404 from error
    content_type = response.get("Content-Type", "")
    if response.status_code == 200 and not (
        content_type.startswith("image/") and "svg" not in content_type
    ):
        response["Content-Type"] = "application/octet-stream"
        response["Content-Disposition"] = "attachment"
    return with_headers(response, HOUR)


def with_headers(response: Response, seconds: int) -> Response:
    """Cache for `seconds`; no MIME sniffing; a sandbox, since uploads are untrusted."""
    response["Cache-Control"] = f"public, max-age={seconds}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    return response
