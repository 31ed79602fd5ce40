"""Whether an answer of the shop, or an actor's failure, breaks a promise.

Whether an outage excuses a failure is certain only once the outage is over, so failures are
collected and judged at the end.
"""

import logging
import re
import time
from dataclasses import dataclass

from .browser import Answer
from .context import SoakContext
from .expected import INVISIBLE, ProductState
from .report import Report
from .timeline import Outages, Part, Span

logger = logging.getLogger(__name__)

MAX_SAVE_SECONDS = 20.0
"""A watchdog: a save waits for PostgreSQL only."""

SLOW_SECONDS = 3.0
"""Answers that take longer are logged."""

PRODUCT_ADDRESS = re.compile(r"/products/([-\w]+)/")
API, PHOTO, SAVES, PICTURES_PAGE = "API", "photo search", "saves", "pictures in the admin"
"""Kinds of answers, as printed in the table."""

FAILED_PAGE = "a page answered 5xx, or not at all"
FAILED_SAVE = "a save failed, or took too long"
HIDDEN_SERVED = "a product was served that is hidden or deleted"
SHOWN_MISSING = "a product's page was 404 all the time that it was on show"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An answer of 5xx, or an exception in an actor.

    `is_timeout`: no answer at all, or much too late. A cut connection raises at once, so it
    does not excuse that. `where` is the file of the project in which a page failed.
    """

    what: str
    span: Span
    part: Part
    is_timeout: bool = False
    is_page: bool = False
    is_unavailable: bool = False
    where: str = ""


class Judge:
    """Checks answers at once, and collects failures until `judge_failures`."""

    def __init__(self, context: SoakContext) -> None:
        self._context = context
        self._failures: list[Failure] = []

    def check_answer(self, kind: str, answer: Answer) -> None:
        """Record the latency; a violation where it shows a product that was never visible."""
        self._context.report.count_action(kind)
        self._context.report.add_latency(kind, answer.span.seconds)
        if answer.span.seconds > SLOW_SECONDS:
            logger.info("slow: %s took %.1f s", answer.path, answer.span.seconds)
        if answer.status >= 500 or not answer.status:
            self.add_failed_answer(kind, answer)
            return
        for slug in set(PRODUCT_ADDRESS.findall(answer.text)):
            self._check_visible(slug, answer)

    def check_page(self, slug: str, answer: Answer) -> None:
        """A violation where a product that was shown throughout answers 404."""
        expected = self._context.catalogue.get(slug)
        if (
            answer.status == 404
            and expected
            and expected.states_during(answer.span) == {ProductState.SHOWN}
        ):
            self._context.report.add_violation(SHOWN_MISSING, answer.path, answer.span.began)

    def check_save(self, what: str, began: float) -> None:
        """Record a successful save and its latency; too long a save is a failure."""
        span = Span(began=began, ended=time.monotonic())
        self._context.report.count_action(what)
        self._context.report.add_latency(SAVES, span.seconds)
        if span.seconds > MAX_SAVE_SECONDS:
            text = f"{what}, after {span.seconds:.1f} s"
            part = Part.ACTORS_DATABASE
            self.add_failure(Failure(what=text, span=span, part=part, is_timeout=True))

    def add_failed_answer(self, kind: str, answer: Answer, *, is_save: bool = False) -> None:
        """Collect an answer of 5xx, or none; `is_save`: of a form saved in one transaction."""
        self.add_failure(
            Failure(
                what=f"{kind} {answer.path} → {answer.status} {answer.text[:300]}",
                span=answer.span,
                part=Part.WEB_DATABASE,
                is_timeout=not answer.status,
                is_page=kind not in (API, PHOTO, PICTURES_PAGE) and not is_save,
                is_unavailable=kind == PHOTO and answer.status == 503,
                where=answer.where,
            )
        )

    def add_failure(self, failure: Failure) -> None:
        self._failures.append(failure)

    def judge_failures(self) -> None:
        """Excuse each collected failure, or record a violation; all outages must be over."""
        for failure in self._failures:
            if why := excuse_for(failure, self._context.outages):
                self._context.report.count_excuse(why)
            else:
                self._add_violation(failure, self._context.report)
        self._failures.clear()

    def _add_violation(self, failure: Failure, report: Report) -> None:
        promise = FAILED_PAGE if failure.part == Part.WEB_DATABASE else FAILED_SAVE
        took = f" (after {failure.span.seconds:.2f} s)"
        report.add_violation(promise, failure.what + took, failure.span.began)

    def _check_visible(self, slug: str, answer: Answer) -> None:
        expected = self._context.catalogue.get(slug)
        states = expected.states_during(answer.span) if expected else set()
        if states and states <= set(INVISIBLE):
            detail = f"{slug}, {min(states)}, in {answer.path} ({answer.status})"
            self._context.report.add_violation(HIDDEN_SERVED, detail, answer.span.began)


def excuse_for(failure: Failure, outages: Outages) -> str:
    """Why an outage excuses the failure; empty where none does.

    While the database is cut off, the shop's own queries may fail a page, but vrs_app's may
    not: a page whose error was raised in `vrs_app/` is never excused. (The admin's list of
    pictures shows nothing but vrs_app's rows, and is not counted as a page.)
    """
    if failure.is_unavailable and outages.overlap(Part.PHOTOS, failure.span):
        return f"503 of photo search, without {Part.PHOTOS}"
    if failure.is_timeout or not outages.overlap(failure.part, failure.span):
        return ""
    if failure.is_page and failure.where.startswith("vrs_app/"):
        return ""
    kind = "pages and API" if failure.part == Part.WEB_DATABASE else "saves"
    return f"{kind}: PostgreSQL was cut off during it"
