"""Whether an answer, or a merchant's failure, breaks a promise.

Whether the database was cut meanwhile is only known once the cut is over, so that what went
wrong is kept, and judged at the end.
"""

import logging
import re
import time
from dataclasses import dataclass

from .browser import Answer
from .context import Scenery
from .expected import GONE_FROM_SIGHT, Standing
from .report import Journal
from .timeline import Outages, Part, Span

logger = logging.getLogger(__name__)

LONGEST_SAVE = 20.0
"""Seconds: a watchdog. A save waits for nobody but PostgreSQL."""

SLOW = 3.0
"""Seconds from which on the log names an answer."""

PRODUCT_ADDRESS = re.compile(r"/products/([-\w]+)/")
API, PHOTO, SAVES, PICTURES_PAGE = "API", "photo search", "saves", "pictures in the admin"
"""Kinds of answers, as the table names them."""

FAILED_PAGE = "a page answered 5xx, or not at all"
FAILED_SAVE = "a save failed, or waited for somebody"
HIDDEN_SERVED = "a product was served that nobody may see"
SHOWN_MISSING = "a product's page was 404 all the time that it was on show"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An answer of 5xx, or an exception that met a merchant.

    `is_silence`: there was no answer at all, or much too late. A cut connection is an error at
    once, so it is no excuse for that.
    """

    what: str
    span: Span
    part: Part
    is_silence: bool = False
    is_page: bool = False
    is_unavailable: bool = False
    where: str = ""


class Judge:
    def __init__(self, scenery: Scenery) -> None:
        self._scenery = scenery
        self._failures: list[Failure] = []

    def looked_at(self, kind: str, answer: Answer) -> None:
        """Note how long it took, and whether it shows what it may not."""
        self._scenery.journal.did(kind)
        self._scenery.journal.took(kind, answer.span.seconds)
        if answer.span.seconds > SLOW:
            logger.info("slow: %s took %.1f s", answer.path, answer.span.seconds)
        if answer.status >= 500 or not answer.status:
            self.failed_page(kind, answer)
            return
        for slug in set(PRODUCT_ADDRESS.findall(answer.text)):
            self._judge_shown(slug, answer)

    def page_of(self, slug: str, answer: Answer) -> None:
        """One that was on show from first to last has a page."""
        known = self._scenery.shelf.named(slug)
        if answer.status == 404 and known and known.during(answer.span) == {Standing.SHOWN}:
            self._scenery.journal.accuse(SHOWN_MISSING, answer.path, answer.span.began)

    def saved(self, what: str, began: float) -> None:
        """Note a save that succeeded, and how long its merchant waited for it."""
        span = Span(began=began, ended=time.monotonic())
        self._scenery.journal.did(what)
        self._scenery.journal.took(SAVES, span.seconds)
        if span.seconds > LONGEST_SAVE:
            text = f"{what}, after {span.seconds:.1f} s"
            part = Part.ACTORS_DATABASE
            self.failed(Failure(what=text, span=span, part=part, is_silence=True))

    def failed_page(self, kind: str, answer: Answer, *, is_save: bool = False) -> None:
        """`is_save`: what it writes is one transaction, and whoever notices its loss says so."""
        self.failed(
            Failure(
                what=f"{kind} {answer.path} → {answer.status} {answer.text[:300]}",
                span=answer.span,
                part=Part.WEB_DATABASE,
                is_silence=not answer.status,
                is_page=kind not in (API, PHOTO, PICTURES_PAGE) and not is_save,
                is_unavailable=kind == PHOTO and answer.status == 503,
                where=answer.where,
            )
        )

    def failed(self, failure: Failure) -> None:
        self._failures.append(failure)

    def conclude(self) -> None:
        """Excuse or accuse each failure, now that all outages are known."""
        for failure in self._failures:
            if why := excuse(failure, self._scenery.outages):
                self._scenery.journal.excuse(why)
            else:
                self._accuse(failure, self._scenery.journal)
        self._failures.clear()

    def _accuse(self, failure: Failure, journal: Journal) -> None:
        promise = FAILED_PAGE if failure.part == Part.WEB_DATABASE else FAILED_SAVE
        took = f" (after {failure.span.seconds:.2f} s)"
        journal.accuse(promise, failure.what + took, failure.span.began)

    def _judge_shown(self, slug: str, answer: Answer) -> None:
        known = self._scenery.shelf.named(slug)
        standings = known.during(answer.span) if known else set()
        if standings and standings <= set(GONE_FROM_SIGHT):
            detail = f"{slug}, {min(standings)}, in {answer.path} ({answer.status})"
            self._scenery.journal.accuse(HIDDEN_SERVED, detail, answer.span.began)


def excuse(failure: Failure, outages: Outages) -> str:
    """Why a failure is no fault of ours; empty where it is one.

    Where the database is cut off, the shop's own queries fail its page; ours never may: no
    page is excused whose error came out of `vrs_app`, but for that of the pictures in the
    admin, which shows nothing but our rows.
    """
    if failure.is_unavailable and outages.met(Part.PHOTOS, failure.span):
        return f"503 of photo search, without {Part.PHOTOS}"
    if failure.is_silence or not outages.met(failure.part, failure.span):
        return ""
    if failure.is_page and failure.where.startswith("vrs_app/"):
        return ""
    doing = "pages and API" if failure.part == Part.WEB_DATABASE else "saves"
    return f"{doing}: PostgreSQL was cut off during it"
