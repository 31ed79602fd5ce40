"""The job that counts on how many pages each product is recommended, batch by batch.

It runs one query a product: half a minute for a few thousand products, many minutes for fifty
thousand. So it runs outside any request, and stores each batch before the next: memory is bounded,
and a job that was stopped resumes after the last batch.
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

PRODUCTS_A_BATCH = 100
"""Products whose pages are queried between two writes, for about a second."""

Progress = Callable[[int], object]
"""Called after each batch with the number of products in it."""


def pages() -> QuerySet[Any]:
    """The products whose pages are counted, each once even if `visible` joins other tables."""
    all_products: QuerySet[Any] = catalogue().model._base_manager.all()
    return all_products.filter(pk__in=offered().values("pk"))


def run(*, seconds: float, progress: Progress = lambda count: None) -> bool:
    """Continue the report under way for about `seconds`, one batch at least.

    Returns whether more is left. Of two concurrent runs the one that finds the report locked
    returns at once, so that no page is counted twice.
    """
    began = time.monotonic()
    while (count := _next_batch()) is not None:
        progress(count)
        if time.monotonic() - began > seconds:
            return True
    return False


def _next_batch() -> int | None:
    """Count one batch, with one retry; the number of products, None where nothing is left."""
    try:
        return _count_batch()
    except IntegrityError:  # a product was deleted between the query and the commit
        return _count_batch()


def _count_batch() -> int | None:
    with transaction.atomic(using=router.db_for_write(CoverageReport)):
        begun = under_way()
        held = CoverageReport.objects.select_for_update(skip_locked=True)
        report = begun and held.filter(pk=begun.pk, finished_at=None).first()
        if not report:
            return None
        products = _products_after(report.cursor)
        if not products:
            _finish(report)
            return None
        keys = [each.pk for each in products]
        _add_counts(report, keys, [_recommended(each) for each in products])
    return len(products)


def _products_after(cursor: str) -> Sequence[Any]:
    """The next batch: products with keys above `cursor`, "" at the beginning."""
    products = pages().order_by("pk")
    if cursor:
        key = catalogue().model._meta.pk
        assert key is not None
        products = products.filter(pk__gt=key.to_python(cursor))
    return list(products[:PRODUCTS_A_BATCH])


def _recommended(product: Any) -> list[Any] | None:
    """The keys of the products that the product's page recommends, near-duplicates included.

    None on an error, which is logged: the job goes on with the other products.
    """
    try:
        # Atomic, so that an error in here leaves the count's own transaction intact.
        with transaction.atomic(using=database()):
            items = list(similar_products(product))
    except SoftTimeLimitExceeded:  # an Exception too, but no error of the product
        raise
    except Exception as error:  # the Catalogue is the shop's own code
        logger.error("Not counted, the page of product %s: %r", product.pk, error, exc_info=error)
        return None
    return [each.product.pk for item in items for each in (item, *item.duplicates)]


def _add_counts(
    report: CoverageReport, keys: Sequence[Any], recommended: Sequence[Sequence[Any] | None]
) -> None:
    """Add a batch to the report: the products `keys`, and what the page of each recommends."""
    more = Counter(key for each in recommended for key in each or ())
    more.update(dict.fromkeys(keys, 0))
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
    report.cursor = str(keys[-1])
    report.asked += len(keys)
    report.unanswered += recommended.count(None)
    report.places += sum(more[row.product_id] for row in rows)
    report.save()


def _finish(report: CoverageReport) -> None:
    """Make this the latest report, and delete all others."""
    report.finished_at = timezone.now()
    report.save()
    others = CoverageReport.objects.exclude(pk=report.pk)
    # No signals: an audit log of all models would fetch and log a row for each product.
    CoverageRow.objects.filter(report__in=others)._raw_delete(others.db)
    others.delete()
