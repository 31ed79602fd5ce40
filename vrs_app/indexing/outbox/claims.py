"""Claims on the outbox: workers take rows of it under a lease.

As with pictures, an attempt is counted before the shop's code is called. A token that stays
behind is that of a lost worker: any of its products may have killed it, so each is claimed alone
from then on, and given up after `VRS["MAX_ATTEMPTS"]` attempts. A product that raises is retried
later and later. All times are of the database's clock.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from uuid import uuid4

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from ...conf import conf
from ...infra.db import database
from ...infra.transactions import forget_noted, read_committed
from ...models import Change

MAX_CHANGES = 500
"""Rows that are claimed at once, and so the products that are compared in one transaction."""

LEASE_MARGIN = 30.0
"""Seconds from a task's soft time limit to the end of its lease: the task has ended by then."""

FIRST_RETRY, LAST_RETRY = 60, 3600
"""Seconds until a product that raised is retried, doubled each time, from and to."""

BUSY_RETRY = 1
"""Seconds until a product is retried whose rows another transaction holds."""

KEPT = datetime.timedelta(days=7)
"""Age at which a row that cannot be drained is deleted; each reconcile reports its product."""


def claim() -> list[Change]:
    """Claim one suspect product's rows, else up to MAX_CHANGES free ones, the oldest first."""
    forget_noted(database())  # a test saves and drains in one transaction
    with read_committed(database()):
        claimed = _lock(_suspects()[:1])
        if claimed and claimed[0].product:
            claimed = _lock(_available().filter(product=claimed[0].product)) or claimed
        claimed = claimed or _lock(_fresh()[:MAX_CHANGES])
        if claimed:
            _lease(claimed)
    return claimed


def exist() -> bool:
    """Whether a claim would find a row now."""
    return _suspects().exists() or _fresh().exists()


def due() -> QuerySet[Change]:
    """The rows that a claim would find now, but for those that raised before."""
    return (_suspects() | _fresh()).filter(error="")


def delete(claimed: Collection[Change]) -> None:
    """The rows are drained; call it in the transaction that compared their products."""
    rows = _held(claimed)
    rows._raw_delete(rows.db)  # no signals: an audit log of every model would log each


def release(claimed: Collection[Change], *, after: float = 0) -> None:
    """Release the claims without counting the attempt; they are free `after` seconds from now."""
    _held(claimed).update(token=None, attempts=F("attempts") - 1, not_before=_in(after))


def release_as_suspects(claimed: Collection[Change]) -> None:
    """End the leases and keep tokens and attempts: any of these products may be at fault."""
    _held(claimed).update(not_before=Now())


def retry_later(errors: Mapping[Change, str]) -> None:
    """Release the claims of rows whose products raised, with their errors."""
    for change, error in errors.items():
        delay = min(FIRST_RETRY * 2 ** (change.attempts - 1), LAST_RETRY)
        _held([change]).update(token=None, error=error, not_before=_in(delay))


def failed() -> QuerySet[Change]:
    """Rows that could not be drained: their products raised, or are given up."""
    return _rows().filter(is_failed())


def is_failed() -> Q:
    """The condition of `failed` rows. One that is given up has the token of a lost worker."""
    return ~Q(error="") | _is_given_up()


def given_up() -> set[str]:
    """The products, as text, that ended their worker in each of their attempts."""
    return set(_rows().filter(_is_given_up()).values_list("product", flat=True)) - {""}


def prune() -> int:
    """Delete rows that could not be drained for KEPT; returns their number."""
    rows = failed().filter(noted_at__lt=Now() - KEPT)
    return rows._raw_delete(rows.db)


def _rows() -> QuerySet[Change]:
    return Change.objects.using(database())


def _available() -> QuerySet[Change]:
    """Rows that no worker holds. A time later than any lease or retry is of a wrong clock.

    What raised before is not waited for once its product was saved again: that may have mended
    it.
    """
    latest = _in(max(conf.BATCH_TIME_LIMIT + LEASE_MARGIN, LAST_RETRY))
    is_free = Q(not_before=None) | Q(not_before__lte=Now()) | Q(not_before__gt=latest)
    is_saved_again = ~Q(error="") & ~Q(product="") & Q(Exists(_new_of_product()), token=None)
    return _rows().filter(is_free | is_saved_again).order_by("pk")


def _new_of_product() -> QuerySet[Change]:
    """Rows of the same product that were never claimed."""
    return _rows().filter(product=OuterRef("product"), attempts=0, token=None, not_before=None)


def _tainted() -> Exists:
    """Whether the product has a row that a worker holds, or was lost with."""
    return Exists(_rows().filter(product=OuterRef("product"), token__isnull=False))


def _fresh() -> QuerySet[Change]:
    return _available().filter(Q(product="") | ~_tainted(), token=None)


def _suspects() -> QuerySet[Change]:
    """Rows whose worker was lost, and newer rows of a product that was given up."""
    lost = Q(token__isnull=False, attempts__lt=conf.MAX_ATTEMPTS)
    given_up = _rows().filter(_is_given_up(), product=OuterRef("product"))
    return _available().filter(lost | Q(~Q(product=""), Exists(given_up), token=None))


def _is_given_up() -> Q:
    return Q(token__isnull=False, attempts__gte=conf.MAX_ATTEMPTS, not_before__lte=Now())


def _lock(rows: QuerySet[Change]) -> list[Change]:
    return list(rows.select_for_update(of=("self",), skip_locked=True))


def _lease(claimed: Sequence[Change]) -> None:
    token = uuid4()
    keys = [change.pk for change in claimed]
    until = _in(conf.BATCH_TIME_LIMIT + LEASE_MARGIN)
    _rows().filter(pk__in=keys).update(token=token, attempts=F("attempts") + 1, not_before=until)
    for change in claimed:
        change.token, change.attempts = token, change.attempts + 1


def _held(claimed: Collection[Change]) -> QuerySet[Change]:
    """The rows that still carry the tokens of these claims."""
    return _rows().filter(
        pk__in=[change.pk for change in claimed],
        token__in={change.token for change in claimed},
    )


def _in(seconds: float) -> CombinedExpression:
    return Now() + datetime.timedelta(seconds=seconds)
