"""Cache-Control of the shop's pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

GetResponse = Callable[[HttpRequest], HttpResponse]


def private_pages(get_response: GetResponse) -> GetResponse:
    """Mark HTML pages that used the session `Cache-Control: private`.

    Django sends `Vary: Cookie` with them, which not every shared cache heeds.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and request.session.accessed and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True)
        return response

    return middleware
