"""Check of the workers beside this process, for `check --database` and `migrate`."""

from collections.abc import Collection
from typing import Any

from django.core.checks import CheckMessage
from django.db import transaction

from ..indexing.outbox.state import worker_is_old
from ..infra.db import database
from .messages import warning_message


def check_worker(databases: Collection[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A worker of an older version leaves the outbox as it is: nothing new is found or embedded.

    Says nothing where the database cannot tell, as before `migrate`.
    """
    if not _is_old(databases or ()):
        return []
    text = "The worker that last embedded is of an older version and compares no changes."
    hint = "Deploy workers first: restart all of them with the version that is here."
    return [warning_message(5, text, hint)]


def _is_old(databases: Collection[str]) -> bool:
    try:
        using = database()
        if using not in databases:
            return False
        with transaction.atomic(using=using):  # an error leaves the caller's transaction usable
            return worker_is_old()
    except Exception:  # no table yet, no database: `migrate` must run, and `vrs_status` reports it
        return False
