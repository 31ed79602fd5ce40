"""What the pages say to caches."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

Answer = Callable[[HttpRequest], HttpResponse]


def private_pages(get_response: Answer) -> Answer:
    """Keeps pages that were drawn from a session out of caches that shoppers share.

    Django says `Vary: Cookie` of them, which not every such cache heeds.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and request.session.accessed and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True)
        return response

    return answer
