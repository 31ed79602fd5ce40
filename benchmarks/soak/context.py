"""What all actors share."""

from dataclasses import dataclass, field
from threading import Event

from .expected import Shelf
from .report import Journal
from .timeline import Outages


@dataclass(frozen=True, kw_only=True)
class Scenery:
    """The shop's address, what is known of it, and when all shall go home."""

    address: str
    seed: int
    password: str
    journal: Journal = field(default_factory=Journal)
    shelf: Shelf = field(default_factory=Shelf)
    outages: Outages = field(default_factory=Outages)
    is_over: Event = field(default_factory=Event)
