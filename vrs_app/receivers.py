"""Signal receivers: keep image and text rows in sync with saves, and enqueue on commit.

Errors are suppressed, except where the save's own transaction is lost.
"""

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
from .indexing.enqueue import enqueue_on_commit
from .indexing.resync import resync_on_commit
from .infra.log import EventLog
from .infra.transactions import SuppressErrors

log = EventLog(__name__)

NEW_FILES = "_vrs_new_files"
PRODUCTS_BEFORE = "_vrs_products_before"
"""Names in a row's `__dict__` of what pre_save leaves for post_save."""

MAX_PRODUCTS_TO_RESYNC = 100
"""Products of one row that are synced again on commit. A category has more, and no pictures."""

_logged: set[tuple[type[models.Model], type[Exception]]] = set()

_paused: ContextVar[bool] = ContextVar("vrs_paused", default=False)


@contextmanager
def paused() -> Iterator[None]:
    """Saves inside this block sync and enqueue nothing; `vrs_embed` catches up afterwards.

    Holds for this thread or asyncio task alone, also for deletions.
    """
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


def connect() -> None:
    """Connect the receivers to the models that the Catalogue watches, and to their subclasses.

    To no other model: a receiver of every model's signals would disable Django's fast deletes.
    """
    try:
        watched = tuple(catalogue().watched_models())
    except Exception as error:  # the shop's Catalogue may raise anything; a check reports it too
        log.error("saves_not_watched", error=error, stack=error)
        return
    for model in apps.get_models():
        if issubclass(model, watched):
            file_changes.track_writes(model)
            pre_save.connect(before_save, model, dispatch_uid="vrs_app.before")
            post_save.connect(after_save, model, dispatch_uid="vrs_app.saved")
            post_delete.connect(after_delete, model, dispatch_uid="vrs_app.deleted")


def suppressing_errors(receiver: Callable[[models.Model, str], None]) -> Callable[..., None]:
    """Turn `receiver` into a signal receiver that logs and suppresses its errors.

    It is not called for raw saves, nor while paused. Our tables may not be migrated yet, or
    the shop's Catalogue may raise: the shop's row is saved all the same, and the next
    reconcile finds what was missed. If the save's own transaction is lost with its
    connection, the error is raised.
    """

    def connected(
        sender: type[models.Model],
        instance: models.Model,
        using: str,
        raw: bool = False,
        **kwargs: Any,
    ) -> None:
        with SuppressErrors(partial(_log, sender)):
            if not raw and not conf.PAUSED and not _paused.get():
                receiver(instance, using)

    return connected


def _log(sender: type[models.Model], error: Exception) -> None:
    """Log the error; with its stack trace only once, since each save of the model repeats it."""
    kind = (sender, type(error))
    log.error(
        "save_not_synced",
        model=sender.__name__,
        error=error,
        stack=error if kind not in _logged else None,
    )
    _logged.add(kind)


@suppressing_errors
def before_save(instance: models.Model, using: str) -> None:
    """pre_save: keep on the row which files this save writes, and its products until now."""
    kept = instance.__dict__
    kept[NEW_FILES] = file_changes.changed_fields(instance)
    kept[PRODUCTS_BEFORE] = []
    if not instance._state.adding and not isinstance(instance, catalogue().model):
        with transaction.atomic(using=using):
            stored = type(instance)._base_manager.using(using).filter(pk=instance.pk).first()
            kept[PRODUCTS_BEFORE] = list(catalogue().products_of(stored)) if stored else []


@suppressing_errors
def after_save(instance: models.Model, using: str) -> None:
    """post_save: sync image and text rows of the row's products, enqueue on commit.

    The products are queried once for both. An error in one sync does not undo the other.
    """
    with transaction.atomic(using=using):
        before = instance.__dict__.pop(PRODUCTS_BEFORE, [])
        keys = {*before, *catalogue().products_of(instance)}
        products = products_with(keys)
    suppress_errors = SuppressErrors(partial(_log, type(instance)))
    with suppress_errors:
        with transaction.atomic(using=using):
            changes = _sync_images(instance, keys, products)
        if changes:
            enqueue_on_commit(using)
        if changes or _may_race(instance, keys, using):
            resync_on_commit(keys, using)
    with suppress_errors, transaction.atomic(using=using):
        text_rows.sync(keys, products)


def _may_race(instance: models.Model, keys: set[Any], using: str) -> bool:
    """Whether a save that changes no image row may still shift the positions of others' pictures.

    Only in a transaction, while concurrent saves cannot see it. A product's own save is left
    out, since each price change would be synced twice: if it reorders pictures while others
    are saved, reconcile finds it.
    """
    is_product = isinstance(instance, catalogue().model) and keys <= {instance.pk}
    is_uncommitted = connections[using].in_atomic_block
    return is_uncommitted and not is_product and len(keys) <= MAX_PRODUCTS_TO_RESYNC


def _sync_images(instance: models.Model, keys: set[Any], products: models.QuerySet[Any]) -> int:
    """Sync the products' image rows; invalidate those of files that the save wrote."""
    fields = instance.__dict__.pop(NEW_FILES, [])
    file_changes.clear(instance)
    names = [getattr(instance, field).name for field in fields]
    changes = image_rows.invalidate_files(keys, names) if names else 0
    return changes + image_rows.sync(keys, products)


@suppressing_errors
def after_delete(instance: models.Model, using: str) -> None:
    """post_delete: delete the image rows of this row's pictures, sync the text rows.

    Nothing is done for a product: its rows are deleted by their foreign keys.
    """
    if not isinstance(instance, catalogue().model):
        with transaction.atomic(using=using):
            keys = set(catalogue().products_of(instance))
            has_changed = image_rows.sync(keys, may_create=False) > 0
        if has_changed or _may_race(instance, keys, using):
            resync_on_commit(keys, using)
        if has_changed:
            with transaction.atomic(using=using):
                text_rows.sync(keys)
