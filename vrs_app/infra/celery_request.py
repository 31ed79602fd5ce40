"""How a worker's main process logs a pool process that was stopped or died.

A module of its own, named by its path: only workers import `celery.worker`.
"""

from typing import Any

from celery.exceptions import TimeLimitExceeded, WorkerLostError
from celery.worker.request import Request

from .log import EventLog

log = EventLog(__name__)


class OneLineRequest(Request):
    """Logs the loss in one line. Celery would log a stack trace, always that of its own pool."""

    def on_failure(
        self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False
    ) -> None:
        error = exc_info.exception
        error = getattr(error, "exc", error)  # the pool wraps the error to carry its stack
        if isinstance(error, TimeLimitExceeded | WorkerLostError):
            log.error("process_lost", task=self.task_name, error=error)
            return_ok = True
        super().on_failure(exc_info, send_failed_event, return_ok)
