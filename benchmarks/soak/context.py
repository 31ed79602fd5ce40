"""The state that all actors share."""

from dataclasses import dataclass, field
from threading import Event

from .expected import ExpectedCatalogue
from .report import Report
from .timeline import Outages


@dataclass(frozen=True, kw_only=True)
class SoakContext:
    """The shop's URL, the seed, the staff's password, what is expected, and the end of it all."""

    address: str
    seed: int
    password: str
    report: Report = field(default_factory=Report)
    catalogue: ExpectedCatalogue = field(default_factory=ExpectedCatalogue)
    outages: Outages = field(default_factory=Outages)
    is_over: Event = field(default_factory=Event)
