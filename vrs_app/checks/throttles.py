"""How often the API may be asked."""

import re
from collections.abc import Iterator

from django.core.checks import CheckMessage

from ..conf import Settings, conf
from .messages import fault
from .values import misfit

THROTTLED = ("similar", "carousel", "search", "photo", "recommendations")
"""The parts of the API that may have a rate of their own."""
RATE = re.compile(r"[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)", re.ASCII)


def check_throttles() -> Iterator[CheckMessage]:
    """A rate that cannot be read would be a 500 at each request."""
    if misfit(Settings.API_THROTTLES, conf.API_THROTTLES):
        return
    for name, rate in conf.API_THROTTLES.items():
        if name not in THROTTLED:
            hint = f"Known are: {', '.join(THROTTLED)}."
            yield fault(12, f'VRS["API_THROTTLES"] has no part "{name}".', hint)
        elif not RATE.fullmatch(rate):
            hint = 'Write how many in which time, such as "5/s", "120/min" or "2000/day".'
            yield fault(12, f'VRS["API_THROTTLES"]["{name}"] is {rate!r}.', hint)
