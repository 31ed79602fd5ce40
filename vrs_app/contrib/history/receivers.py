"""A visitor logs in: what they did goes with them."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from .merge_on_login import hand_over
from .shopper import SESSION_KEY, visitor_in


def connect() -> None:
    user_logged_in.connect(take_along, dispatch_uid="vrs_history")


def take_along(request: HttpRequest | None = None, user: Any = None, **_: Any) -> None:
    """Django has renewed the session's key by now, and kept what is in the session."""
    session = getattr(request, "session", None)
    visitor = visitor_in(session)
    if visitor is None or session is None or user is None:
        return
    if hand_over(visitor, user):  # else the next login tries again
        del session[SESSION_KEY]  # whoever logs out is somebody new
