"""What a question takes from the page that it is asked for."""

from typing import Any, cast

from vrs_app.queries import Options

from .shopper import Who


def for_page_of(who: Who, options: Options) -> Options:
    """`options`, with the request for the shop's rules where `who` is one."""
    if "request" not in options and hasattr(who, "META"):
        request = cast(Any, who)
        return {**options, "request": request}
    return options
