"""Who a shopper is: a user, or an anonymous visitor by a random id of our own."""

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.contrib.auth import get_user_model
from django.http import HttpRequest

SESSION_KEY = "vrs_history_visitor"


@dataclass(frozen=True, kw_only=True)
class Shopper:
    """A row of the shop's user model, or the id of an anonymous visitor; never both."""

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
        """The shopper that a user is; raises TypeError for one that is not logged in or saved."""
        return cls(user=user)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns that name this shopper, by which their rows are found."""
        if self.user is not None:
            return {"user_id": self.user.pk}
        return {"visitor": self.visitor}


Who = Shopper | HttpRequest | Any | None
"""Wherever a shopper is asked for: a Shopper, a request, a user; None is somebody unknown."""


def shopper_of(request: HttpRequest) -> Shopper | None:
    """Who asks; None for a visitor of whom nothing was recorded yet. Begins no session."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return Shopper(user=user)
    visitor = visitor_in(getattr(request, "session", None))
    return Shopper(visitor=visitor) if visitor else None


def shopper_from(who: Who) -> Shopper | None:
    """The shopper that `who` stands for; raises TypeError for what is none."""
    if who is None or isinstance(who, Shopper):
        return who
    if hasattr(who, "META"):  # REST framework's requests are no HttpRequest
        return shopper_of(who)
    if getattr(who, "is_anonymous", False):
        return None
    return Shopper.of(who)


def can_be_known(request: HttpRequest) -> bool:
    """Whether who asks is logged in or has a session, new as it may be, to be known by."""
    return shopper_of(request) is not None or getattr(request, "session", None) is not None


def visitor_in(session: Any) -> UUID | None:
    """The id of the anonymous visitor whose session this is."""
    kept = session.get(SESSION_KEY) if session is not None else None
    try:
        return UUID(kept) if isinstance(kept, str) else None
    except ValueError:
        return None


def _is_user(user: Any) -> bool:
    return isinstance(user, get_user_model()) and user.pk is not None
