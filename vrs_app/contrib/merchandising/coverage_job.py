"""Counting on how many pages each product is recommended, a slice of the catalogue at a time.

A query a product makes half a minute for a few thousand products and many minutes for
fifty thousand, so the count is done outside any request and kept. Each chunk is written
before the next is asked: little memory, and a count that was stopped goes on from there.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, router, transaction
from django.db.models import QuerySet
from django.utils import timezone

from vrs_app.catalogue import catalogue
from vrs_app.infra.db import database
from vrs_app.queries import offered, similar_products

from .coverage import under_way
from .models import CoverageReport, CoverageRow

logger = logging.getLogger(__name__)

CHUNK = 100
"""Products asked for between two writes; a second or so of queries."""

Progress = Callable[[int], object]


def pages() -> QuerySet[Any]:
    """The products whose pages are looked at, each once even where `visible` joins."""
    all_products: QuerySet[Any] = catalogue().model._base_manager.all()
    return all_products.filter(pk__in=offered().values("pk"))


def go_on(*, seconds: float, progress: Progress = lambda count: None) -> bool:
    """Count for about so many seconds, one chunk at least; whether more is left to do.

    Two at once do not count twice: whoever finds a chunk taken leaves it to the other.
    """
    began = time.monotonic()
    while (asked := _next_chunk()) is not None:
        progress(asked)
        if time.monotonic() - began > seconds:
            return True
    return False


def _next_chunk() -> int | None:
    """Ask for the next products and note what was shown; None where nothing is left to do."""
    try:
        return _chunk()
    except IntegrityError:  # a product went between the last look at it and the commit
        return _chunk()


def _chunk() -> int | None:
    with transaction.atomic(using=router.db_for_write(CoverageReport)):
        begun = under_way()
        held = CoverageReport.objects.select_for_update(skip_locked=True)
        report = begun and held.filter(pk=begun.pk, finished_at=None).first()
        if not report:
            return None
        products = _after(report.cursor)
        if not products:
            _finish(report)
            return None
        _note(report, [each.pk for each in products], [_recommended(each) for each in products])
    return len(products)


def _after(cursor: str) -> Sequence[Any]:
    products = pages().order_by("pk")
    if cursor:
        key = catalogue().model._meta.pk
        assert key is not None
        products = products.filter(pk__gt=key.to_python(cursor))
    return list(products[:CHUNK])


def _recommended(product: Any) -> list[Any] | None:
    """The keys that the product's page links to, "Also offered as" included.

    None where an error came instead: one product's fault shall not keep the others waiting.
    """
    try:
        # Atomic, so that an error in here leaves the count's own transaction intact.
        with transaction.atomic(using=database()):
            items = list(similar_products(product))
    except SoftTimeLimitExceeded:  # an Exception too, and no fault of the product's
        raise
    except Exception as error:  # the Catalogue is the shop's own code
        logger.error("Not counted, the page of product %s: %r", product.pk, error, exc_info=error)
        return None
    return [each.product.pk for item in items for each in (item, *item.duplicates)]


def _note(
    report: CoverageReport, asked: Sequence[Any], answers: Sequence[Sequence[Any] | None]
) -> None:
    more = Counter(key for answer in answers for key in answer or ())
    more.update(dict.fromkeys(asked, 0))
    counted = dict(report.rows.filter(product__in=more).values_list("product_id", "pages"))
    still_there = catalogue().model._base_manager.filter(pk__in=more)
    rows = [
        CoverageRow(report=report, product_id=key, pages=counted.get(key, 0) + more[key])
        for key in still_there.values_list("pk", flat=True)
    ]
    CoverageRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["report", "product"],
        update_fields=["pages"],
    )
    report.cursor = str(asked[-1])
    report.asked += len(asked)
    report.unanswered += answers.count(None)
    report.places += sum(more[row.product_id] for row in rows)
    report.save()


def _finish(report: CoverageReport) -> None:
    """Show this report from now on, and forget those before it."""
    report.finished_at = timezone.now()
    report.save()
    CoverageReport.objects.exclude(pk=report.pk).delete()
