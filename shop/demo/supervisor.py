"""The demo's own processes: commands of manage.py, and the children that stay."""

import os
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from shop.services.folders import REPOSITORY
from shop.services.processes import Child, run, start
from shop.services.signals import leave_if_asked

from .errors import DemoError

# A worker may be amidst a batch, and says goodbye to the broker.
_GRACE = 15.0

TOLD = (
    *("DATABASE_URL", "REDIS_URL", "CACHE_URL"),
    *("MEDIA_ROOT", "DJANGO_SETTINGS_MODULE", "WEIGHTS"),
)
"""Variables without which manage.py would ask other servers than the demo does."""


class Household:
    """Starts processes, notices one that died, and stops them all together."""

    def __init__(
        self, data: Path, environment: Mapping[str, str], servers: Sequence[Child] = ()
    ) -> None:
        self._data = data
        self.environment = environment
        self._servers = servers  # watched here, stopped by whoever started them
        self._children: list[Child] = []

    def __enter__(self) -> "Household":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def manage(self, *arguments: str) -> None:
        """Run `manage.py` with these arguments; raises DemoError where it fails."""
        command = [sys.executable, "manage.py", *arguments]
        status = run(command, environment=self.environment, working_folder=REPOSITORY)
        if status:
            raise DemoError(f"`manage.py {shlex.join(arguments)}` failed, see above.")
        self.check()

    def start(self, name: str, *arguments: str) -> None:
        """Start `python <arguments>`, which stays."""
        child = start(
            name,
            [sys.executable, *arguments],
            folder=self._data,
            environment=self.environment,
            working_folder=REPOSITORY,
        )
        self._children.append(child)

    def check(self) -> None:
        """Raises DemoError where a child has died, with what it said last.

        Raises SystemExit where the demo was asked to stop.
        """
        leave_if_asked()
        for child in (*self._servers, *self._children):
            if not child.running:
                raise DemoError(
                    f"The {child.name} process ended unexpectedly (exit status "
                    f"{child.process.returncode}). The end of {child.log}:\n{child.last_lines()}"
                )

    def watch(self) -> None:
        """Return never: only a child's death or a signal ends it."""
        while True:
            self.check()
            time.sleep(0.5)

    def stop(self) -> None:
        """All are asked at once, and each gets what is left of the same grace."""
        if not self._children:
            return
        with suppress(OSError):  # the terminal may be gone already
            print("\nStopping …", flush=True)
        for child in self._children:
            child.ask_to_stop()
        patience = time.monotonic() + _GRACE
        for child in self._children:
            child.stop(grace=max(0.0, patience - time.monotonic()))
        self._children.clear()


def environment(data: Path, addresses: Mapping[str, str]) -> dict[str, str]:
    """What every process of the demo sees."""
    return {
        "MEDIA_ROOT": str(data / "media"),
        **{name: value for name, value in os.environ.items() if value},
        **addresses,
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "PYTHONUNBUFFERED": "1",
    }


def write_environment(file: Path, values: Mapping[str, str]) -> None:
    """The same variables for a second terminal: `. file` and then any manage.py command."""
    lines = [f"export {name}={shlex.quote(values[name])}\n" for name in TOLD if name in values]
    programs = shlex.quote(str(Path(sys.executable).parent))
    lines.append(f'export PATH={programs}:"$PATH"\n')
    file.touch(mode=0o600)
    file.write_text("".join(lines))
