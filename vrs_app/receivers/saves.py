"""pre_save, post_save and pre_delete: note the row, withhold the pictures of files that go."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import QuerySet

from ..catalogue import Keys
from ..indexing import file_changes
from ..indexing.outbox.append import Note, append
from .suppress import suppressing_errors
from .watched import Model, Row, Watched, is_product, products_of, statement_of

BEFORE = "_vrs_before"
"""Name in a row's `__dict__` of what pre_save leaves for post_save.

A stack, since the shop's own receivers may save the row again in between."""

_watched: dict[Model, Watched] = {}


def watch(models: dict[Model, Watched]) -> None:
    """Set how the rows of these models are noted."""
    _watched.clear()
    _watched.update(models)


def watched_as(row: Row) -> Watched | None:
    """How this row is noted; None for one of another model."""
    return _watched.get(type(row))


@dataclass(kw_only=True)
class Before:
    """What is known before a save.

    `names` are the stored names of the files by field, `written` the fields that the save
    writes a file for, `overwritten` those of them whose names may have had another file, and
    `products` the keys of those of the stored row: afterwards a queryset would find others.
    """

    names: dict[str, str] = field(default_factory=dict)
    written: Collection[str] = ()
    overwritten: Collection[str] = ()
    products: Keys = ()


@suppressing_errors
def before_save(
    instance: Row,
    using: str,
    raw: bool = False,
    update_fields: Collection[str] | None = None,
    **kwargs: Any,
) -> None:
    """pre_save: keep on the row which files this save writes, and what is stored until now."""
    stack = instance.__dict__.setdefault(BEFORE, [])
    stack.append(Before())  # first, so that each post_save finds one
    files = file_changes.saved_fields(instance, update_fields)
    before = Before()
    if not raw:
        before.written = file_changes.changed_fields(instance, files)
        before.overwritten = _overwritten(instance, before.written)
    watched = _watched[type(instance)]
    if (raw or _may_be_stored(instance)) and (files or _may_move(watched, update_fields)):
        _add_stored(before, instance, watched, using, files, raw)
    stack[-1] = before


def _may_be_stored(instance: Row) -> bool:
    """Whether Django, too, would look for a stored row: one may be replaced by its key."""
    key = instance._meta.pk
    is_new = instance._state.adding and key.has_default()
    return instance.pk is not None and not is_new


def _overwritten(instance: Row, written: Collection[str]) -> list[str]:
    """Those of the `written` fields whose names may have had another file before."""
    is_new = instance._state.adding
    return [
        each for each in written if not is_new or file_changes.may_hold_former_file(instance, each)
    ]


def _may_move(watched: Watched, update_fields: Collection[str] | None) -> bool:
    """Whether the save may move the row to another product, as that of a picture does."""
    return not watched.is_product and (update_fields is None or bool(update_fields))


def _add_stored(
    before: Before, instance: Row, watched: Watched, using: str, files: list[str], raw: bool
) -> None:
    stored = type(instance)._base_manager.using(using).filter(pk=instance.pk).first()
    if stored is not None:
        before.names = {name: getattr(stored, name).name or "" for name in files}
        before.products = products_of(stored, watched, using, quiet=raw, fetch=True)


@suppressing_errors
def after_save(instance: Row, using: str, raw: bool = False, **kwargs: Any) -> None:
    """post_save: append the row to the outbox, enqueue on commit.

    A raw save (`loaddata`, a reverted version) enqueues nothing: the sweep drains it.
    """
    stack = instance.__dict__.get(BEFORE)
    before = stack.pop() if stack else Before()
    if not stack:
        instance.__dict__.pop(BEFORE, None)
    file_changes.clear(instance, before.written)
    names = {each: getattr(instance, each).name or "" for each in {*before.names, *before.written}}
    replaced = {old for each, old in before.names.items() if old != names[each]}
    watched = _watched[type(instance)]
    products = products_of(instance, watched, using, quiet=raw)
    note = Note(
        model=watched.label,
        key=str(watched.key_of(instance)),
        products=products,
        former=_former(before.products, products),
        replaced=replaced - {""},
        overwritten={names[each] for each in before.overwritten} - {""},
    )
    append(note, using, then_enqueue=not raw)


def _former(before: Keys, now: Keys) -> Collection[Any]:
    """The products before a save; none if they are the same queryset as those after it."""
    if not isinstance(before, QuerySet):
        return before
    is_same = isinstance(now, QuerySet) and statement_of(before) == statement_of(now)
    return () if is_same else list(before)


@suppressing_errors
def before_delete(instance: Row, using: str, origin: Any = None, **kwargs: Any) -> None:
    """pre_delete: append the row's products, withhold the pictures of its files.

    Before the deletion, while the row's relations are there. What goes with its product costs
    nothing: the database deletes our rows with that.
    """
    watched = _watched[type(instance)]
    if not watched.is_product and _goes_with_product(instance, origin):
        return
    key = watched.key_of(instance)
    products = products_of(instance, watched, using)
    if watched.is_product and not watched.foreign_key and not isinstance(products, QuerySet):
        products = {*products} - {key}
        if not products:
            return
    names = [] if watched.is_product else _names_until_now(instance, using)
    append(Note(model=watched.label, key=str(key), products=products, replaced=names), using)


def _names_until_now(instance: Row, using: str) -> Collection[str]:
    """The stored names of the row's files; read if one was cleared and not saved.

    As by `row.image.delete(save=False)`, with which shops delete the file along with the row.
    """
    files = file_changes.saved_fields(instance, None)
    names = {getattr(instance, each).name or "" for each in files}
    if "" in names:
        stored = type(instance)._base_manager.using(using).filter(pk=instance.pk)
        names |= {each or "" for row in stored.values_list(*files) for each in row}
    return names - {""}


def _goes_with_product(instance: Row, origin: Any) -> bool:
    """Whether the row is deleted by the deletion of its product, from which `origin` is."""
    model = origin.model if isinstance(origin, QuerySet) else type(origin)
    return origin is not None and is_product(model) and _cascades_from_products(type(instance))


def _cascades_from_products(model: Model, seen: frozenset[Model] = frozenset()) -> bool:
    """Whether only deletions of products cascade to rows of the model, perhaps by other models.

    As to the pictures of a product's variants.
    """
    fields: list[Any] = list(model._meta.concrete_fields)
    origins = {
        each.related_model
        for each in fields
        if each.remote_field and each.remote_field.on_delete is models.CASCADE
    }
    seen |= {model}
    others = (each for each in origins - seen if not is_product(each))
    return bool(origins - seen) and all(_cascades_from_products(each, seen) for each in others)
