"""How the files of the admin's forms are received."""

from pathlib import PurePath
from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler

MOST_SUFFIX = 50
"""Characters of a name's ending that a temporary file takes over."""


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Django's own, which fails on an ending that is longer than a file system takes."""

    def new_file(self, field_name: str, file_name: str, *args: Any, **options: Any) -> None:
        name = PurePath(file_name)
        clipped = str(name.with_suffix(name.suffix[:MOST_SUFFIX])) if name.suffix else file_name
        super().new_file(field_name, clipped, *args, **options)
