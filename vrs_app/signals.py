"""What a shop's own code may listen to: a picture that was embedded, or that failed.

Both are sent by the worker once the result is committed, for each result in each space, with
these arguments:

`image_id`    the primary key of the picture's `IndexedImage`
`product_id`  the primary key of the shop's product
`space_id`    the primary key of the `EmbeddingSpace`
`seconds`     the worker's time for this picture: reading it, and its share of the batch

and `embedding_failed` with two more:

`code`        the kind of failure, such as "damaged"; see `vrs_app.exceptions`
`reason`      why, and what to do about it, in words for staff

A picture that killed its worker each time is given up with the code "worker_lost", one at which
the embedder failed each time with "not_embedded"; their `seconds` is None. Nothing is sent for
a picture that was changed or deleted meanwhile, nor by a worker that is killed in the moment
after it stored the result: the rows tell what is so.

A receiver runs in the worker between two pieces of work, within the batch's time limit, so let
it be quick: hand what takes long to a task. What it raises is logged in one line and harms
nothing.
"""

from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.dispatch import Signal

from .infra.log import EventLog

log = EventLog(__name__)


class HarmlessSignal(Signal):
    def _log_robust_failure(self, receiver: Any, err: Exception) -> None:
        """Django's own shows a stack trace, and trips over a receiver without a name."""
        if isinstance(err, SoftTimeLimitExceeded):  # of the batch; it is not the receiver's to end
            raise err
        name = getattr(receiver, "__qualname__", None) or type(receiver).__qualname__
        module = getattr(receiver, "__module__", None)
        log.error("receiver_failed", receiver=f"{module}.{name}", error=err)


embedding_ready = HarmlessSignal()
embedding_failed = HarmlessSignal()
