"""How a shopper's photo is received: in memory, since nothing of it is to be kept."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from vrs_app.conf import conf


class PhotoUploadHandler(FileUploadHandler):
    """Takes one file named `photo`; of one above MAX_IMAGE_BYTES it keeps the size alone."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._content: BytesIO | None = None
        self._size = 0

    def new_file(self, field_name: str, *args: Any, **options: Any) -> None:
        super().new_file(field_name, *args, **options)
        if field_name != "photo" or self._content is not None:
            raise SkipFile
        self._content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._content is not None
        self._size += len(raw_data)
        if self._size <= conf.MAX_IMAGE_BYTES:
            self._content.write(raw_data)
        else:
            self._content = BytesIO()

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        assert self._content is not None
        self._content.seek(0)
        return InMemoryUploadedFile(
            self._content,
            self.field_name,
            self.file_name or "",
            self.content_type,
            self._size,
            self.charset,
        )
