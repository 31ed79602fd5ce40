"""Search by photo: the photo, and the part of it to search by."""

import math
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vrs_app import vision
from vrs_app.conf import conf
from vrs_app.exceptions import (
    PictureEmpty,
    PictureError,
    PictureFormatRefused,
    PictureTooLarge,
)
from vrs_app.photos import Box

from .filters import FILTERS, FilterForm
from .search import alpha_field, words_field

PARTS = [
    ("", _("The whole photo")),
    ("0,0,1,0.5", _("Its upper half")),
    ("0,0.5,1,1", _("Its lower half")),
    ("0.2,0.2,0.8,0.8", _("Its middle")),
]
"""Parts to choose from without JavaScript; values are left, top, right, bottom."""

EMPTY_MESSAGE = format_lazy("{} {}", PictureEmpty.why, PictureEmpty.way_out)
FORMAT_MESSAGE = _("Choose a photo of one of these kinds: %(formats)s.")
BOX_MESSAGE = _("This part of the photo could not be read. Choose it again.")


class BoxField(forms.Field):
    """A box as fractions (0–1) of the upright photo: left, top, right, bottom; None: all of it."""

    widget = forms.Select(choices=PARTS)

    def to_python(self, value: Any) -> Box | None:
        if value in self.empty_values:
            return None
        try:
            left, top, right, bottom = (float(number) for number in value.split(","))
        except ValueError:
            raise forms.ValidationError(BOX_MESSAGE) from None
        box = left, top, right, bottom
        if not all(map(math.isfinite, box)) or left >= right or top >= bottom:
            raise forms.ValidationError(BOX_MESSAGE)
        return box


class PhotoForm(FilterForm):
    shown_filters = ("words", "alpha", *FILTERS)

    photo = forms.FileField(
        label=_("Your photo"),
        error_messages={"required": _("Choose a photo first."), "empty": EMPTY_MESSAGE},
    )
    box = BoxField(label=_("What to look at"), required=False)
    words = words_field(_("And in words"), placeholder=_("red, long sleeves …"))
    alpha = alpha_field()

    @property
    def accept(self) -> str:
        """What the file input offers: the kinds of pictures that are read here."""
        return vision.accept_attribute()

    @property
    def formats(self) -> str:
        """The same for people."""
        return ", ".join(vision.accepted_formats())

    def clean_photo(self) -> "File[bytes]":
        photo: File[bytes] = self.cleaned_data["photo"]
        if (photo.size or 0) > conf.MAX_IMAGE_BYTES:
            raise forms.ValidationError(PictureTooLarge().text)
        if photo.size:
            self._require_accepted(photo)
        return photo

    def _require_accepted(self, photo: "File[bytes]") -> None:
        """Refuse a kind of file that is not read, naming those that are; search does the rest."""
        try:
            vision.check(photo)
        except PictureFormatRefused as error:
            way_out = FORMAT_MESSAGE % {"formats": self.formats}
            raise forms.ValidationError(f"{error.why} {way_out}") from error
        except PictureError:
            return
