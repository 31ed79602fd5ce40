"""From a saved row to image rows, words and a bell, without ever breaking the save."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connections, models, transaction
from django.db.models.signals import post_delete, post_save, pre_save

from .catalogue import catalogue, products_with
from .conf import conf
from .indexing import file_changes, image_rows, text_rows
from .indexing.on_commit import enqueue_on_commit, look_again_on_commit
from .infra.log import EventLog
from .infra.transactions import FaultsKept

log = EventLog(__name__)

NEW_FILES = "_vrs_new_files"
PRODUCTS_BEFORE = "_vrs_products_before"

MOST_OF_A_PICTURE = 100
"""Products that may share one picture's row, as variants do; a category bears on more."""

_logged: set[tuple[type[models.Model], type[Exception]]] = set()

_paused: ContextVar[bool] = ContextVar("vrs_paused", default=False)


@contextmanager
def paused() -> Iterator[None]:
    """Saves inside this block note nothing; `vrs_embed` catches up afterwards."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


def connect() -> None:
    """Listen to the models that the Catalogue watches, and to those that inherit from them.

    To no other: a listener to every model takes Django's fast deletes away from all.
    """
    try:
        watched = tuple(catalogue().watched_models())
    except Exception as error:  # whatever the shop's Catalogue does; `manage.py check` says it too
        log.error("saves_not_watched", error=error, stack=error)
        return
    for model in apps.get_models():
        if issubclass(model, watched):
            file_changes.watch(model)
            pre_save.connect(look_before_saving, model, dispatch_uid="vrs_app.before")
            post_save.connect(row_saved, model, dispatch_uid="vrs_app.saved")
            post_delete.connect(row_deleted, model, dispatch_uid="vrs_app.deleted")


def harmless(receiver: Callable[[models.Model, str], None]) -> Callable[..., None]:
    """Call `receiver` unless hooks are paused, and keep whatever goes wrong in it inside.

    A save belongs to the shop. Our tables may not be there yet, its Catalogue may have a
    fault: the shop's row is written all the same, the log says what happened, and the next
    reconciling finds what was missed. Only where the shop's own transaction is lost with the
    connection does that error reach whoever saves.
    """

    def guarded(
        sender: type[models.Model],
        instance: models.Model,
        using: str,
        raw: bool = False,
        **kwargs: Any,
    ) -> None:
        with FaultsKept(partial(_log, sender)):
            if not raw and not conf.PAUSED and not _paused.get():
                receiver(instance, using)

    return guarded


def _log(sender: type[models.Model], error: Exception) -> None:
    """With its stack the first time; such a fault meets every save of its model."""
    kind = (sender, type(error))
    log.error(
        "save_not_noted",
        model=sender.__name__,
        error=error,
        stack=error if kind not in _logged else None,
    )
    _logged.add(kind)


@harmless
def look_before_saving(instance: models.Model, using: str) -> None:
    """Remember what nothing tells afterwards: the files that this save will write, and the
    products that the row belonged to.
    """
    notes = instance.__dict__
    notes[NEW_FILES] = file_changes.of(instance)
    notes[PRODUCTS_BEFORE] = []
    if not instance._state.adding and not isinstance(instance, catalogue().model):
        with transaction.atomic(using=using):
            stored = type(instance)._base_manager.using(using).filter(pk=instance.pk).first()
            notes[PRODUCTS_BEFORE] = list(catalogue().products_of(stored)) if stored else []


@harmless
def row_saved(instance: models.Model, using: str) -> None:
    """Note the pictures and the words of the products that this row bears on.

    The products are read once for both; a fault in one loses nothing of the other.
    """
    with transaction.atomic(using=using):
        before = instance.__dict__.pop(PRODUCTS_BEFORE, [])
        keys = {*before, *catalogue().products_of(instance)}
        products = products_with(keys)
    faults_kept = FaultsKept(partial(_log, type(instance)))
    with faults_kept:
        with transaction.atomic(using=using):
            changes = _note_pictures(instance, keys, products)
        if changes:
            enqueue_on_commit(using)
        if changes or _may_mislead(instance, keys, using):
            look_again_on_commit(keys, using)
    with faults_kept, transaction.atomic(using=using):
        text_rows.sync(keys, products)


def _may_mislead(instance: models.Model, keys: set[Any], using: str) -> bool:
    """Whether a save that changes no row may stand between pictures that others are saving.

    Only while nobody else sees it, in a transaction. A product's own save is left out, for the
    price of a look at each new price: where it only puts pictures into another order, and
    others are saved meanwhile, reconciling finds it.
    """
    is_own = isinstance(instance, catalogue().model) and keys <= {instance.pk}
    is_unseen = connections[using].in_atomic_block
    return is_unseen and not is_own and len(keys) <= MOST_OF_A_PICTURE


def _note_pictures(instance: models.Model, keys: set[Any], products: models.QuerySet[Any]) -> int:
    fields = instance.__dict__.pop(NEW_FILES, [])
    file_changes.forget(instance)
    names = [getattr(instance, field).name for field in fields]
    changes = image_rows.note_new_bytes(keys, names) if names else 0
    return changes + image_rows.sync(keys, products)


@harmless
def row_deleted(instance: models.Model, using: str) -> None:
    """Forget the pictures that went with this row, and the words for their colours.

    A deleted product takes its own along.
    """
    if not isinstance(instance, catalogue().model):
        with transaction.atomic(using=using):
            keys = set(catalogue().products_of(instance))
            has_changed = image_rows.sync(keys, may_create=False) > 0
        if has_changed or _may_mislead(instance, keys, using):
            look_again_on_commit(keys, using)
        if has_changed:
            with transaction.atomic(using=using):
                text_rows.sync(keys)
