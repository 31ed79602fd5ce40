"""Which file fields a save writes, also where the file is stored before the row is saved."""

from collections.abc import Callable, Collection
from functools import cache, wraps
from typing import Any

from django.core.files.storage import Storage
from django.db import models

WRITTEN = "_vrs_written_files"
"""Name in a row's `__dict__` of the set of its file fields written since its last save."""


def track_writes(model: type[models.Model]) -> None:
    """Let the file fields of `model` record on a row that a file was written for it.

    `row.image.save(name, content)` stores the file before the row is saved, or leaves the
    saving to its caller. Only a write calls the field's `generate_filename`, so that method
    is wrapped: the classes of the field and of its files, which the shop may have chosen,
    stay as they are. Idempotent.
    """
    for field in _file_fields(model):
        if not hasattr(field.generate_filename, "is_tracked"):
            tracked = _tracking(field.attname, field.generate_filename)
            field.generate_filename = tracked  # type: ignore[method-assign, assignment]


def _tracking(attname: str, generate: Callable[[Any, str], str]) -> Callable[[Any, str], str]:
    @wraps(generate)
    def generate_filename(instance: Any, filename: str) -> str:
        if isinstance(instance, models.Model):
            instance.__dict__.setdefault(WRITTEN, set()).add(attname)
        return generate(instance, filename)

    generate_filename.is_tracked = True  # type: ignore[attr-defined]
    return generate_filename


def saved_fields(instance: models.Model, update_fields: Collection[str] | None) -> list[str]:
    """Names of the file fields that a save of the row writes; deferred ones are left out."""
    fields = _file_fields(type(instance))
    deferred = instance.get_deferred_fields() if fields else ()
    return [
        field.attname
        for field in fields
        if field.attname not in deferred and (update_fields is None or field.name in update_fields)
    ]


def changed_fields(instance: models.Model, fields: Collection[str]) -> list[str]:
    """Those of `fields` with new bytes: written since the last save, or by this one."""
    written = instance.__dict__.get(WRITTEN, ())
    return [
        name
        for name in fields
        if (file := getattr(instance, name))
        if name in written or not file._committed
    ]


def may_hold_former_file(instance: models.Model, name: str) -> bool:
    """Whether another row may show a file by the name that this field has written.

    A new row's file has a name that was free, unless the storage overwrites files: one whose
    `get_available_name` is its own, or which is told to.
    """
    storage: Any = getattr(instance, name).storage
    gives_free_names = getattr(storage.get_available_name, "__func__", None)
    is_plain = gives_free_names is Storage.get_available_name
    return not is_plain or bool(getattr(storage, "_allow_overwrite", False))


def clear(instance: models.Model, fields: Collection[str]) -> None:
    """Forget the writes of these fields: the row was saved."""
    if WRITTEN in instance.__dict__:
        instance.__dict__[WRITTEN] -= {*fields}


@cache
def _file_fields(model: type[models.Model]) -> list["models.FileField"]:
    return [each for each in model._meta.concrete_fields if isinstance(each, models.FileField)]
