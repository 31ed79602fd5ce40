"""The field by which staff upload a product's picture."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from vrs_app import vision
from vrs_app.exceptions import PictureError


class PictureField(forms.ImageField):
    """Says why a picture can never be embedded, before Django has all of Pillow look at it.

    What lies behind a picture's header is not read here: whether that is whole, the worker
    tells.
    """

    def to_python(self, data: Any) -> Any:
        if isinstance(data, UploadedFile):
            try:
                vision.check(data)
            except PictureError as error:
                raise forms.ValidationError(error.text, code=error.code) from error
            data.seek(0)
        return super().to_python(data)
