"""Search by photo: a page that works without a script, and the part of it that one fetches."""

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vrs_app import queries
from vrs_app.exceptions import PhotoSearchUnavailable, PictureError
from vrs_app.photos import in_memory, look
from vrs_app.queries import Options
from vrs_app.spaces import SpaceVector

from ..forms import PhotoForm
from ..presentation import reasons
from ..presentation.cards import cards_of_matches
from . import results
from .products import offered_categories
from .results import answered
from .search import counted, newest_cards

RETRY_LATER = 15
"""Seconds, while the database does not answer."""


@in_memory("photo")
@require_http_methods(["GET", "HEAD", "POST"])
def photo_search(request: HttpRequest) -> HttpResponse:
    """What looks like a shopper's photo."""
    if request.method != "POST":
        form = PhotoForm(None, categories=offered_categories())
        return render(request, "shop/photo_search.html", {"form": form})
    form = PhotoForm(request.POST, request.FILES, categories=offered_categories())
    try:
        photo = _looked_at(form)
    except PhotoSearchUnavailable as error:
        return _shown(request, {"form": form, "unavailable": str(error)}, retry=error.retry_after)
    return _shown(request, {"form": form, **(_results(photo, form, request) if photo else {})})


def _looked_at(form: PhotoForm) -> SpaceVector | None:
    """The photo's vector; None, and a word beside the field, for what is no good photo."""
    form.is_valid()
    if "photo" not in form.cleaned_data or "box" not in form.cleaned_data:
        return None
    try:
        return look(form.cleaned_data["photo"], form.cleaned_data["box"])
    except PictureError as error:
        form.add_error("photo", str(error.text))
    except ValueError:
        if form.cleaned_data["box"] is None:
            raise
        form.add_error("box", _("This part of the photo is too small. Choose a larger one."))
    except DatabaseError as error:
        text = _("Search by photo is not available at the moment. Try again a little later.")
        raise PhotoSearchUnavailable(text, retry_after=RETRY_LATER) from error
    return None


def _results(photo: SpaceVector, form: PhotoForm, request: HttpRequest) -> dict[str, Any]:
    words = form.cleaned_data.get("words", "")
    asked = form.options() | Options(limit=results.MOST_FOUND, request=request)
    alpha = form.cleaned_data.get("alpha")
    found = answered(queries.search(words, photo=photo, alpha=alpha, **asked))
    page = results.page_of(found, request.POST.get("page"))
    # Without a script each page would ask for the file again, so that all stand on one.
    shown = page.object_list if _is_fetched(request) else found
    return {
        "is_answered": True,
        "asked_words": words,
        "cards": cards_of_matches(
            shown, reasons.beside_words_and_photo if words else reasons.none
        ),
        "newest": [] if found else newest_cards(request),
        **counted(found),
        **results.paged(page),
    }


def _shown(
    request: HttpRequest, context: dict[str, Any], retry: int | None = None
) -> HttpResponse:
    is_fetched = _is_fetched(request)
    template = "shop/_photo_answer.html" if is_fetched else "shop/photo_search.html"
    answer = render(request, template, {**context, "is_fetched": is_fetched})
    if retry is not None:
        answer.status_code = 503
        answer["Retry-After"] = str(retry)
    return answer


def _is_fetched(request: HttpRequest) -> bool:
    """Whether the page's own script asks, which puts the answer into the page itself."""
    return request.headers.get("X-Requested-With") == "fetch"
