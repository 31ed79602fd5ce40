"""Coverage reports: how evenly the pages recommend the catalogue. `coverage_job` counts them."""

import datetime
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from .models import CoverageReport

TOO_OFTEN = 5.0
"""The multiple of the mean above which a product is recommended too often.

Some points are near neighbours of many in any high-dimensional space: Radovanović et al., Hubs in
Space, JMLR 11 (2010).
"""

MOST_AGE = datetime.timedelta(days=1)
"""The age above which an unfinished report is not continued: the catalogue has changed since."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The figures of a finished report.

    `limit`: pages above which a product is recommended too often. `mean`: pages a product. Shares
    are 0 to 1.
    """

    products: int
    recommended: int
    never: int
    too_often: int
    limit: float
    mean: float
    top_share: float
    """The share of all recommendations that falls to the most recommended 1% of products."""
    unanswered: int
    """Pages that were not counted because of an error, which is logged."""

    @property
    def share(self) -> float:
        """The share of products that at least one page recommends."""
        return self.recommended / self.products if self.products else 0.0


def latest() -> CoverageReport | None:
    """The last finished report."""
    return CoverageReport.objects.exclude(finished_at=None).order_by("-pk").first()


def under_way() -> CoverageReport | None:
    """The last report that was begun within MOST_AGE and is not finished."""
    recent = timezone.now() - MOST_AGE
    begun = CoverageReport.objects.filter(finished_at=None, started_at__gte=recent)
    return begun.order_by("-pk").first()


def begin(*, too_often: float | None = None) -> CoverageReport:
    """The report under way, else a new one.

    `too_often`, a multiple of the mean, also replaces that of a report under way, since only the
    summary uses it.
    """
    begun = under_way()
    if begun is None:
        return CoverageReport.objects.create(too_often_times=too_often or TOO_OFTEN)
    if too_often is not None:
        CoverageReport.objects.filter(pk=begun.pk).update(too_often_times=too_often)
    return begun


def limit_of(report: CoverageReport) -> float:
    """The number of pages, at least 1, above which a product is recommended too often."""
    products = report.rows.count()
    return max(1.0, report.too_often_times * report.places / products) if products else 1.0


def summary(report: CoverageReport) -> Summary:
    """The figures of a finished `report`."""
    rows = report.rows.order_by("-pages")
    products, limit = rows.count(), limit_of(report)
    top = rows.values("pages")[: max(1, products // 100)].aggregate(sum=Sum("pages"))["sum"] or 0
    recommended = rows.filter(pages__gt=0).count()
    return Summary(
        products=products,
        recommended=recommended,
        never=products - recommended,
        too_often=rows.filter(pages__gt=limit).count(),
        limit=limit,
        mean=report.places / products if products else 0.0,
        top_share=top / report.places if report.places else 0.0,
        unanswered=report.unanswered,
    )
