"""Signals for the shop's own code: `embedding_ready` and `embedding_failed`.

The worker sends them once the result is committed, for each picture in each space, with these
arguments:

`image_id`    the primary key of the picture's `IndexedImage`
`product_id`  the primary key of the shop's product
`space_id`    the primary key of the `EmbeddingSpace`
`seconds`     the worker's time for this picture: loading it, and its share of the batch

and `embedding_failed` with two more:

`code`        the kind of failure, such as "damaged"; see `vrs_app.exceptions`
`reason`      why, and what to do about it, in sentences for staff

A picture that killed its worker at each attempt fails with the code "worker_lost", one at which
the embedder raised each time with "not_embedded"; their `seconds` is None. Nothing is sent for
a picture that was changed or deleted meanwhile, nor by a worker that is killed just after it
stored the result: the rows are the truth.

A receiver runs in the worker within the batch's time limit, so let it be quick, and enqueue a
task for what takes long. An exception that it raises is logged in one line and suppressed.
"""

from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.dispatch import Signal

from .infra.log import EventLog

log = EventLog(__name__)


class LoggedSignal(Signal):
    """A signal whose `send_robust` logs errors of receivers in one line each."""

    def _log_robust_failure(self, receiver: Any, err: Exception) -> None:
        """Replaces Django's, which logs a stack trace and fails at a receiver without a name."""
        if isinstance(err, SoftTimeLimitExceeded):  # the batch's, not the receiver's
            raise err
        name = getattr(receiver, "__qualname__", None) or type(receiver).__qualname__
        module = getattr(receiver, "__module__", None)
        log.error("receiver_failed", receiver=f"{module}.{name}", error=err)


embedding_ready = LoggedSignal()
embedding_failed = LoggedSignal()
