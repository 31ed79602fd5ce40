"""Signal receivers: append what a save, deletion or relation may change to the outbox.

Nothing is compared here: a worker does that, once all is committed.
"""

from .connect import connect
from .suppress import paused

__all__ = ["connect", "paused"]
