"""How the admin's forms receive picture files."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from vrs_app import vision
from vrs_app.exceptions import PictureError

MAX_SUFFIX_LENGTH = 50
"""Characters of a suffix that are kept in a temporary file's name."""


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Clips long suffixes: Django's handler fails where one is too long for the file system."""

    def new_file(self, field_name: str, file_name: str, *args: Any, **options: Any) -> None:
        name = PurePath(file_name)
        clipped = (
            str(name.with_suffix(name.suffix[:MAX_SUFFIX_LENGTH])) if name.suffix else file_name
        )
        super().new_file(field_name, clipped, *args, **options)


class PictureField(forms.ImageField):
    """Refuse a file that can never be embedded, with the reason.

    Only headers are read here; whether the pixels are whole is found out by the worker. Django's
    own look at the file is left out: it refuses harmless metadata that browsers do not mind.
    """

    def to_python(self, data: Any) -> Any:
        if isinstance(data, UploadedFile):
            try:
                vision.check(data)
            except PictureError as error:
                raise forms.ValidationError(error.text, code=error.code) from error
            data.seek(0)
        return forms.FileField.to_python(self, data)
