"""Receives a shopper's photo in memory: nothing of it is written to a disk."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from ..conf import conf

View = Callable[..., HttpResponseBase]


class PhotoUploadHandler(FileUploadHandler):
    """Keeps the first file named `field`, cut off one byte above MAX_IMAGE_BYTES.

    Other files are skipped; with `names_others` they stand in `request.FILES` without content,
    for a view that refuses unknown fields.
    """

    def __init__(
        self, request: HttpRequest | None = None, *, field: str, names_others: bool = False
    ) -> None:
        super().__init__(request)
        self._field = field
        self._names_others = names_others
        self._has_photo = self._is_photo = False
        self._content = BytesIO()
        self._size = 0

    def new_file(self, field_name: str, *args: Any, **options: Any) -> None:
        super().new_file(field_name, *args, **options)
        self._is_photo = field_name == self._field and not self._has_photo
        if not self._is_photo and not self._names_others:
            raise SkipFile
        self._has_photo = self._has_photo or self._is_photo
        self._content, self._size = BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._is_photo:
            self._size += len(raw_data)
            # One byte above the limit shows the caller that the file is too large.
            room = conf.MAX_IMAGE_BYTES + 1 - self._content.tell()
            self._content.write(raw_data[: max(0, room)])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._content.seek(0)
        return InMemoryUploadedFile(
            self._content,
            self.field_name,
            self.file_name or "",
            self.content_type,
            self._size,
            self.charset,
        )


def receive_in_memory(request: HttpRequest, field: str, *, names_others: bool = False) -> None:
    """Install the handler; call it before anything reads the request's body."""
    if not hasattr(request, "_files"):  # else a middleware has read the body already
        request.upload_handlers = [
            PhotoUploadHandler(request, field=field, names_others=names_others)
        ]


def in_memory(field: str) -> Callable[[View], View]:
    """Decorate a view that takes a photo as the file `field`: it stays in memory.

    Django's own upload handlers write files above 2.5 MB to the disk. The CSRF token is checked
    after the handler is installed, since reading the token reads the whole form.
    """

    def decorated(view: View) -> View:
        protected = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def received(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
            receive_in_memory(request, field)
            return protected(request, *args, **options)

        return received

    return decorated
