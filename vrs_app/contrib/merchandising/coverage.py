"""How evenly the pages recommend the catalogue: the reports that `counting` made, in numbers."""

import datetime
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from .models import CoverageReport

TOO_OFTEN = 5.0
"""Times the mean. Some products are near to many in any such space (Radovanović et al.: Hubs in
Space, JMLR 11, 2010); several times the mean is where a shopper meets one again and again."""

MOST_AGE = datetime.timedelta(days=1)
"""A count that was begun longer ago starts anew: its first half would tell of another shop."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A finished report in numbers; shares are 0 to 1."""

    products: int
    recommended: int
    never: int
    too_often: int
    limit: float
    mean: float
    top_share: float
    """The share of all recommendations that the hundredth part recommended most has."""
    unanswered: int
    """Pages that an error kept from being looked at; the log says which."""

    @property
    def share(self) -> float:
        """The share of the products that at least one page recommends."""
        return self.recommended / self.products if self.products else 0.0


def latest() -> CoverageReport | None:
    """The report to show: the last that was finished."""
    return CoverageReport.objects.exclude(finished_at=None).order_by("-pk").first()


def under_way() -> CoverageReport | None:
    """The count that was begun and is not finished."""
    recent = timezone.now() - MOST_AGE
    begun = CoverageReport.objects.filter(finished_at=None, started_at__gte=recent)
    return begun.order_by("-pk").first()


def begin(*, too_often: float | None = None) -> CoverageReport:
    """A new count, unless one is under way: then that one is meant.

    `too_often`, times the mean, holds for that one too, since only its summary asks for it.
    """
    begun = under_way()
    if begun is None:
        return CoverageReport.objects.create(too_often_times=too_often or TOO_OFTEN)
    if too_often is not None:
        CoverageReport.objects.filter(pk=begun.pk).update(too_often_times=too_often)
    return begun


def limit_of(report: CoverageReport) -> float:
    """On more pages than this is too often; never below 1."""
    products = report.rows.count()
    return max(1.0, report.too_often_times * report.places / products) if products else 1.0


def summary(report: CoverageReport) -> Summary:
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
