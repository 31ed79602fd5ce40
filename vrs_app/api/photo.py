"""Search by a shopper's photo, which is embedded and not stored."""

from collections.abc import Callable
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework.exceptions import (
    APIException,
    ParseError,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ..conf import conf
from ..exceptions import PhotoSearchUnavailable, PictureError, PictureTooLarge
from ..photos import look
from ..photos.upload import receive_in_memory
from ..queries import search
from ..spaces.vectors import SpaceVector
from ..vision.crop import Box
from . import errors
from .base import ApiView
from .operations import PhotoSchema
from .pagination import page
from .parameters import parse
from .photo_parameters import IMAGE, PhotoParameters, form_parts
from .search_parameters import require_products
from .serializers import PhotoPage

FORM = "multipart/form-data"
FORM_OVERHEAD = 100_000
"""Bytes that a form may have beside its picture."""

FORM_ERRORS = (
    ParseError,
    MultiPartParserError,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    UnreadablePostError,
)


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"


class PhotoView(ApiView):
    """The products that look like a photo."""

    schema = PhotoSchema()
    throttle_name = "photo"
    parser_classes = (MultiPartParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reject what is no form or too large, and set up uploading into memory, not to disk.

        Before anything reads the body: Django's CSRF check, for one, reads all of it.
        """
        if request.method == "POST":
            _require_form(request)
            receive_in_memory(request._request, IMAGE, names_others=True)
        super().initial(request, *args, **kwargs)

    def post(self, request: Request) -> Response:
        values = parse(PhotoParameters, form_parts(request))
        require_products(request, values)
        photo = _embedded(values.pop(IMAGE), values.pop("box", None))
        found = page(request, search, values | {"photo": photo})
        serializer = PhotoPage(found, context={"request": request})
        return Response(serializer.data, headers={"Cache-Control": "no-store"})

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return _handle


def _require_form(request: Request) -> None:
    """Raise UnsupportedMediaType or TooLarge by the headers, without reading the body."""
    if request._request.content_type != FORM:
        way_out = _('Send a form as multipart/form-data, with the picture in its part "image".')
        raise UnsupportedMediaType(request.content_type, detail=way_out)
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0  # as Django does
    if length > conf.MAX_IMAGE_BYTES + FORM_OVERHEAD:
        error = PictureTooLarge(f"more than {conf.MAX_IMAGE_BYTES:,} bytes")
        raise TooLarge({IMAGE: [str(error)]})


def _embedded(image: IO[bytes], box: Box | None) -> SpaceVector:
    """The vector of the photo; raises ValidationError, and Unavailable without a worker."""
    try:
        return look(image, box)
    except PictureError as error:
        raise ValidationError({IMAGE: [str(error)]}) from error
    except PhotoSearchUnavailable as error:
        raise errors.Unavailable(str(error), wait=error.retry_after) from error
    except ValueError as error:
        if box is None:
            raise
        raise ValidationError({"box": [str(error)]}) from error


def _handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """As `errors.handle`; a form that cannot be parsed is a 400, whatever code parses it first."""
    if isinstance(error, FORM_ERRORS):
        way_out = _("The form could not be read. Send it again, with the picture as one file.")
        error = ValidationError({IMAGE: [way_out]})
    return errors.handle(error, context)
