"""How much a question about one shopper takes, and what it takes from the page it is asked for."""

from typing import Any, cast

from vrs_app.queries import Options

from .shopper import Who

LIMIT = 10
"""Products in a row for a shopper, where nobody names another number."""

MOST_PLACES = 100
"""Nobody pages further through what is for them; each interest is asked for as many as that."""


def for_page_of(who: Who, options: Options) -> Options:
    """`options`, with the request for the shop's rules where `who` is one."""
    if "request" not in options and hasattr(who, "META"):
        request = cast(Any, who)
        return {**options, "request": request}
    return options
