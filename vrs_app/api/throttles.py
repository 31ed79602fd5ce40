"""Rate limits of the API, a user or an address each."""

import logging
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from ..conf import conf

logger = logging.getLogger(__name__)

IPV6_SUBSCRIBER = 64
"""Bits of an IPv6 address that identify a subscriber, who chooses the others."""


class Throttle(SimpleRateThrottle):
    """The rate limit `VRS["API_THROTTLES"][name]`, if there is one, for each visitor."""

    def __init__(self, name: str) -> None:
        self.scope = f"vrs_{name}"
        self.rate = conf.API_THROTTLES.get(name)
        self.num_requests, self.duration = self.parse_rate(self.rate)

    def get_cache_key(self, request: Request, view: Any) -> str:
        user = getattr(request, "user", None)  # a plain form's request may have none
        if user is not None and user.is_authenticated:
            return f"throttle_{self.scope}_user_{user.pk}"
        return f"throttle_{self.scope}_{self.get_ident(request)}"

    def get_ident(self, request: Request) -> str:
        """The client's IP address, from X-Forwarded-For only where NUM_PROXIES is set."""
        if api_settings.NUM_PROXIES is None:
            return _subscriber(request.META.get("REMOTE_ADDR") or "")
        return _subscriber(super().get_ident(request) or "")

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether the rate allows it; True while the cache that counts fails."""
        try:
            return bool(super().allow_request(request, view))
        except Exception as error:  # each cache backend raises errors of its own
            logger.error("Nothing is throttled, the cache fails: %r", error)
            return True


def _subscriber(address: str) -> str:
    """An IPv4 address, or the /64 network of an IPv6 address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "".join(address.split())  # a Unix socket has none; memcached keys take no blanks
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Network((parsed, IPV6_SUBSCRIBER), strict=False).network_address)
    return str(parsed)
