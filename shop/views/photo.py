"""Search by photo: a page that works without JavaScript, and a fragment for its script."""

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
from ..models import Category
from ..presentation import reasons
from ..presentation.cards import recommendation_cards
from . import results
from .results import fetched
from .search import count_by_source, newest_cards

RETRY_SECONDS = 15
"""Retry-After while the database does not answer."""


@in_memory("photo")
@require_http_methods(["GET", "HEAD", "POST"])
def photo_search(request: HttpRequest) -> HttpResponse:
    """Products that look like an uploaded photo; 503 while no worker can embed it."""
    if request.method != "POST":
        form = PhotoForm(None, categories=Category.objects.offered())
        return render(request, "shop/photo_search.html", {"form": form})
    form = PhotoForm(request.POST, request.FILES, categories=Category.objects.offered())
    try:
        photo = _embedded_photo(form)
    except PhotoSearchUnavailable as error:
        return _response(
            request, {"form": form, "unavailable": str(error)}, retry=error.retry_after
        )
    return _response(request, {"form": form, **(_results(photo, form, request) if photo else {})})


def _embedded_photo(form: PhotoForm) -> SpaceVector | None:
    """The photo's vector; None, and a form error, for a photo or box that cannot be used.

    Raises PhotoSearchUnavailable where no worker, or no database, answers.
    """
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
        raise PhotoSearchUnavailable(text, retry_after=RETRY_SECONDS) from error
    return None


def _results(photo: SpaceVector, form: PhotoForm, request: HttpRequest) -> dict[str, Any]:
    words = form.cleaned_data.get("words", "")
    options = form.options() | Options(limit=results.MAX_RESULTS, request=request)
    alpha = form.cleaned_data.get("alpha")
    found = fetched(queries.search(words, photo=photo, alpha=alpha, **options))
    page = results.page_of(found, request.POST.get("page"))
    # Without the script a further page would need the file again: all results on one page.
    shown = page.object_list if _is_fetched(request) else found
    return {
        "is_answered": True,
        "asked_words": words,
        "cards": recommendation_cards(
            shown, reasons.in_photo_search if words else reasons.no_reason
        ),
        "newest": [] if found else newest_cards(request),
        **count_by_source(found),
        **results.page_context(page),
    }


def _response(
    request: HttpRequest, context: dict[str, Any], retry: int | None = None
) -> HttpResponse:
    is_fetched = _is_fetched(request)
    template = "shop/_photo_answer.html" if is_fetched else "shop/photo_search.html"
    response = render(request, template, {**context, "is_fetched": is_fetched})
    if retry is not None:
        response.status_code = 503
        response["Retry-After"] = str(retry)
    return response


def _is_fetched(request: HttpRequest) -> bool:
    """Whether the page's script sent the request and needs only the fragment."""
    return request.headers.get("X-Requested-With") == "fetch"
