"""How often one visitor may send the forms: as often as the API, whose count is theirs too."""

import math
from importlib.util import find_spec

from django.http import HttpRequest


def seconds_to_wait(request: HttpRequest) -> int | None:
    """Seconds until it may be sent again; None where it may be sent now.

    By `VRS["API_THROTTLES"]["recommendations"]`. Nothing is counted without REST framework.
    """
    if find_spec("rest_framework") is None:
        return None
    from vrs_app.api.throttles import Throttle

    throttle = Throttle("recommendations")
    if throttle.allow_request(request, None):  # type: ignore[arg-type]
        return None
    return math.ceil(throttle.wait() or 1)
