"""Which files a save writes, also where they lie in the storage before it begins."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import models

WRITTEN = "_vrs_written_files"


def watch(model: type[models.Model]) -> None:
    """Let the file fields of `model` note on a row that a file was written for it.

    `row.image.save(name, content)` writes before it saves the row, or leaves that to its
    caller. It asks its field for the name first, and nothing else does; the field's class and
    its files', which the shop may have chosen, stay as they are.
    """
    for field in _file_fields(model):
        if not hasattr(field.generate_filename, "is_noted"):
            naming = _noting(field.attname, field.generate_filename)
            field.generate_filename = naming  # type: ignore[method-assign, assignment]


def _noting(attname: str, naming: Callable[[Any, str], str]) -> Callable[[Any, str], str]:
    @wraps(naming)
    def generate_filename(instance: Any, filename: str) -> str:
        if isinstance(instance, models.Model):
            instance.__dict__.setdefault(WRITTEN, set()).add(attname)
        return naming(instance, filename)

    generate_filename.is_noted = True  # type: ignore[attr-defined]
    return generate_filename


def of(instance: models.Model) -> list[str]:
    """The names of the file fields with new bytes, since the row was last saved or now."""
    deferred = instance.get_deferred_fields()
    written = instance.__dict__.get(WRITTEN, ())
    return [
        field.attname
        for field in _file_fields(type(instance))
        if field.attname not in deferred
        if (file := getattr(instance, field.attname))
        if field.attname in written or not file._committed
    ]


def forget(instance: models.Model) -> None:
    """The row was saved."""
    instance.__dict__.pop(WRITTEN, None)


def _file_fields(model: type[models.Model]) -> list["models.FileField"]:
    return [each for each in model._meta.concrete_fields if isinstance(each, models.FileField)]
