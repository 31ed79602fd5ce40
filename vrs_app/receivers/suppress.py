"""What every receiver does: nothing while paused, and no error reaches the shop's save."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, wraps
from typing import Any

from django.db import models

from ..conf import conf
from ..infra.log import EventLog
from ..infra.transactions import SuppressErrors

log = EventLog(__name__)

_logged: set[tuple[type[models.Model], type[Exception]]] = set()

_paused: ContextVar[bool] = ContextVar("vrs_paused", default=False)


@contextmanager
def paused() -> Iterator[None]:
    """Saves inside this block append and enqueue nothing; `vrs_embed` catches up afterwards.

    Holds for this thread or asyncio task alone, also for deletions.
    """
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


def suppressing_errors(receiver: Callable[..., None]) -> Callable[..., None]:
    """Turn `receiver` into a signal receiver that logs and suppresses its errors.

    It is not called while paused. The shop's Catalogue may raise: the shop's row is saved all
    the same. If the save's own transaction is lost with its connection, the error is raised.
    """

    @wraps(receiver)
    def connected(
        sender: type[models.Model], instance: models.Model, using: str, **kwargs: Any
    ) -> None:
        if not conf.PAUSED and not _paused.get():
            with SuppressErrors(partial(log_once, type(instance)), using=using):
                receiver(instance, sender=sender, using=using, **kwargs)

    return connected


def log_once(model: type[models.Model], error: Exception) -> None:
    """Log the error; with its stack trace only once, since each save of the model repeats it."""
    kind = (model, type(error))
    log.error(
        "save_not_noted",
        model=model.__name__,
        error=error,
        stack=error if kind not in _logged else None,
    )
    _logged.add(kind)
