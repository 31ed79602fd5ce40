"""Changes that wait to be compared: on a product's page, and as a column of lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model
from django.forms import Media
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..indexing.outbox import state
from ..indexing.outbox.state import Waiting
from ..infra.db import database
from ..infra.log import EventLog
from ..infra.transactions import SuppressErrors, savepoint_if_needed

log = EventLog(__name__)

NOTICE = "_vrs_notice"
"""Name in a row's `__dict__` of the notice that its list shows."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is said of a product's changes that wait; `error` is for a technician."""

    text: str
    error: str = ""
    has_failed: bool = False


def notices_of(products: Iterable[Model]) -> dict[str, Notice]:
    """The notices of these products, by their keys as text, in one query."""
    return _notices([product.pk for product in products if not product._state.adding])


def _notices(keys: Iterable[Any]) -> dict[str, Notice]:
    """Empty if the query fails, as before `migrate`: the page must open."""
    with SuppressErrors(_log_not_read), savepoint_if_needed(database()):
        found = state.of_products({*keys})
        return {key: _notice(waiting) for key, waiting in found.items()}
    return {}


def _log_not_read(error: Exception) -> None:
    log.error("outbox_not_read", error=error)


def _notice(waiting: Waiting) -> Notice:
    if not waiting.has_failed:
        text = _("Changed %(age)s ago, waiting to be compared") % {"age": _age(waiting.seconds)}
        return Notice(text=text)
    return Notice(text=_failure(waiting), error=waiting.error, has_failed=True)


def _failure(waiting: Waiting) -> str:
    if waiting.is_given_up:
        return _("Could not be compared: the worker was lost each time. Save it to try again.")
    return _("Could not be compared, tried again in %(time)s") % {
        "time": _age(waiting.retried_in or 0)
    }


def _age(seconds: int) -> str:
    """The time as "12 s", "5 minutes" or "2 days, 3 hours"."""
    if seconds < 60:
        return _("%(seconds)d s") % {"seconds": seconds}
    now = timezone.now()
    return timeuntil(now + timedelta(seconds=seconds), now)


class WaitingMixin:
    """For the ModelAdmin of products: put "vrs_waiting" into its `list_display`.

    The column says which products have changes that a worker has yet to compare. It takes one
    query a page.
    """

    @property
    def media(self) -> Media:
        base: Media = super().media  # type: ignore[misc]
        return base + Media(css={"all": ["vrs_app/admin.css"]})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        base: type[ChangeList] = super().get_changelist(request, **kwargs)  # type: ignore[misc]
        return type(base.__name__, (_WaitingChangeList, base), {})

    def product_key(self, row: Any) -> Any:
        """The primary key of the product that a row of the list is about."""
        return row.pk

    @admin.display(description=gettext_lazy("changes"))
    def vrs_waiting(self, row: Any) -> str:
        notice: Notice | None = row.__dict__.get(NOTICE)
        if notice is None:
            return ""
        text = format_html('<span class="vrs-waiting-cell">{}</span>', notice.text)
        if not notice.error:
            return text
        return format_html(
            '{}<details class="vrs-detail vrs-waiting-cell"><summary>{}</summary>'
            "<p>{}</p></details>",
            text,
            _("Details"),
            notice.error,
        )


class _WaitingChangeList(ChangeList):
    """Keeps each row's notice on the row, once the rows of the page are known."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        model_admin: Any = self.model_admin
        key_of = model_admin.product_key
        notices = _notices(key_of(row) for row in self.result_list)
        for row in self.result_list:
            row.__dict__[NOTICE] = notices.get(str(key_of(row)))
