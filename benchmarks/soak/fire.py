"""One fault after the other, by a plan of its own, and whatever died of them revived.

Runs in the main thread, which alone may start processes (see `household`).
"""

import time
from collections.abc import Callable

from . import schedule
from .faults import Faults
from .probes import sleep

PAUSES = (0.5, 4.0)
WEIGHTS = {
    "kill_pool_child": 6,
    "kill_worker": 5,
    "stop_worker": 3,
    "kill_beat": 1,
    "kill_broker": 3,
    "silence_broker": 2,
    "kill_cache": 1,
    "cut_connections": 6,
    "cut_every_connection": 2,
    "restart_postgres": 1,
}

NOT_BACK = "what was started again did not come back"


class Fire(Faults):
    def burn(self, seed: str, until: float, between: Callable[[], None]) -> None:
        """Faults until that moment of `time.monotonic`; `between` is called after each."""
        for step in schedule.steps(seed, WEIGHTS, PAUSES):
            if time.monotonic() + step.pause > until:
                break
            sleep(step.pause)
            try:
                getattr(self, step.name)(step.chance)
            except TimeoutError as error:
                self.journal.accuse(NOT_BACK, f"{step.name}: {error}")
            for name in self.house.revive():
                self.journal.notes[f"{name} had ended by itself and was started again"] += 1
            between()
        sleep(until - time.monotonic())
