"""Identifying a shopper: a user, or an anonymous visitor by a random id in their session."""

from dataclasses import dataclass
from typing import Any, Self, cast
from uuid import UUID

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from vrs_app.queries import Options

SESSION_KEY = "vrs_history_visitor"


@dataclass(frozen=True, kw_only=True)
class Shopper:
    """A `user`, a row of the shop's user model, or the id of an anonymous `visitor`; not both."""

    user: Any | None = None
    visitor: UUID | None = None

    def __post_init__(self) -> None:
        if (self.user is None) == (self.visitor is None):
            raise TypeError("A Shopper is either a user or a visitor.")
        if self.visitor is not None and not isinstance(self.visitor, UUID):
            raise TypeError(f"visitor takes a UUID, not {self.visitor!r}.")
        if self.user is not None and not _is_user(self.user):
            raise TypeError(
                f"user takes a saved {get_user_model().__name__}, not {self.user!r}. Whoever "
                "is not logged in is known by the session: shopper_of(request)."
            )

    @classmethod
    def of(cls, user: Any) -> Self:
        """The shopper for a user; raises TypeError for one that is anonymous or not saved."""
        return cls(user=user)

    @property
    def columns(self) -> dict[str, Any]:
        """The column of InteractionRow that identifies this shopper, and its value."""
        if self.user is not None:
            return {"user_id": self.user.pk}
        return {"visitor": self.visitor}


Who = Shopper | HttpRequest | Any | None
"""A Shopper, a request or a user; None is an unknown shopper."""


def shopper_of(request: HttpRequest) -> Shopper | None:
    """The shopper of a request; None for a visitor without an id yet. Starts no session."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return Shopper(user=user)
    visitor = visitor_in(getattr(request, "session", None))
    return Shopper(visitor=visitor) if visitor else None


def shopper_from(who: Who) -> Shopper | None:
    """The shopper for `who`, None if unknown; raises TypeError for what is no shopper."""
    if who is None or isinstance(who, Shopper):
        return who
    if hasattr(who, "META"):  # REST framework's requests are no HttpRequest
        return shopper_of(who)
    if getattr(who, "is_anonymous", False):
        return None
    return Shopper.of(who)


def is_identifiable(request: HttpRequest) -> bool:
    """Whether the shopper is logged in, or has a session that can hold a visitor's id."""
    return shopper_of(request) is not None or getattr(request, "session", None) is not None


def with_request(who: Who, options: Options) -> Options:
    """`options` with `who` as the `request`, if `who` is one and `options` has none."""
    if "request" not in options and hasattr(who, "META"):
        request = cast(Any, who)
        return {**options, "request": request}
    return options


def visitor_in(session: Any) -> UUID | None:
    """The visitor's id in a session, if it has one."""
    text = session.get(SESSION_KEY) if session is not None else None
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _is_user(user: Any) -> bool:
    return isinstance(user, get_user_model()) and user.pk is not None
