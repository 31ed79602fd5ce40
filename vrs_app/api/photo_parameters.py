"""The parameters of a search by photo, as the parts of a multipart form."""

import re
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from ..vision.crop import Box, checked
from .fields import NUMBER, refuse
from .search_parameters import SearchParameters

IMAGE = "image"
CSRF_FIELD = "csrfmiddlewaretoken"
"""The part in which a form of a page carries Django's CSRF token."""

FRACTION = NUMBER.removeprefix("-?")
BOX = rf"{FRACTION}(,{FRACTION}){{3}}"


@extend_schema_field({"type": "string", "format": "binary"})
class PhotoFile(serializers.FileField):
    """An uploaded file; `photos.look` validates that it is a picture."""

    def __init__(self, **options: Any) -> None:
        way_out = gettext_lazy('Send a picture, as a file in the part "image" of the form.')
        messages: dict[str, Any] = dict.fromkeys(("required", "invalid", "no_name"), way_out)
        super().__init__(allow_empty_file=True, error_messages=messages, **options)


@extend_schema_field(
    {"type": "string", "pattern": f"^{BOX}$", "maxLength": 200, "example": "0.1,0.2,0.6,0.95"}
)
class BoxField(serializers.Field[Box, str, str, Any]):
    """A crop box: four fractions, separated by commas."""

    def to_internal_value(self, data: str) -> Box:
        try:
            if len(data) > 200 or not re.fullmatch(BOX, data):
                raise ValueError
            return checked([float(number) for number in data.split(",")])
        except ValueError:
            refuse(
                _(
                    'Write left, top, right and bottom, such as "0.1,0.2,0.6,0.95": fractions of '
                    "the upright picture from 0 to 1, left less than right and top less than "
                    "bottom."
                )
            )


class PhotoParameters(SearchParameters):
    """A photo, and the parameters of a search."""

    image = PhotoFile(
        help_text="JPEG, PNG, WebP, an iPhone's HEIC or another kind of picture that the shop "
        "takes; an error of another kind of file names those that it does."
    )
    box = BoxField(
        required=False,
        help_text="The part of the picture to look at: left, top, right, bottom as fractions of "
        "the upright picture.",
    )

    has_photo = True


class PhotoParametersExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Describes PhotoParameters in OpenAPI: no other parts but the CSRF token are accepted."""

    target_class = "vrs_app.api.photo_parameters.PhotoParameters"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        described: dict[str, Any] = auto_schema._map_serializer(
            self.target, direction, bypass_extensions=True
        )
        token = {"type": "string", "description": "The CSRF token of a user who is logged in."}
        described["properties"] = {**described["properties"], CSRF_FIELD: token}
        return {**described, "additionalProperties": False}


def form_parts(request: Request) -> QueryDict:
    """The parts of the form, files and text, without the CSRF token.

    Raises ValidationError for parameters in the URL and for files where text belongs.
    """
    if request.query_params:
        elsewhere = _("Send it as a part of the form, not in the address.")
        raise serializers.ValidationError({name: [elsewhere] for name in request.query_params})
    texts = PhotoParameters().fields.keys() - {IMAGE}
    if files := texts & request.FILES.keys():
        raise serializers.ValidationError({name: [_("Send it as text.")] for name in files})
    parts = request.POST.copy()
    parts.pop(CSRF_FIELD, None)
    parts.update(request.FILES)
    return parts
