"""How the admin's forms receive picture files."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from vrs_app import vision
from vrs_app.exceptions import PictureError

MOST_SUFFIX = 50
"""Characters of a name's ending that a temporary file takes over."""


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Django's own, which fails on an ending that is longer than a file system takes."""

    def new_file(self, field_name: str, file_name: str, *args: Any, **options: Any) -> None:
        name = PurePath(file_name)
        clipped = str(name.with_suffix(name.suffix[:MOST_SUFFIX])) if name.suffix else file_name
        super().new_file(field_name, clipped, *args, **options)


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
