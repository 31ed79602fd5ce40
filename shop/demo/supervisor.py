"""The demo's processes: manage.py commands, and the children that keep running."""

import os
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from shop.services.folders import REPOSITORY
from shop.services.processes import Child, run, start
from shop.services.signals import raise_if_stopping

from .errors import DemoError

# A worker may have to finish a batch, and closes its connection to the broker.
_STOP_SECONDS = 15.0

EXPORTED = (
    *("DATABASE_URL", "REDIS_URL", "CACHE_URL"),
    *("MEDIA_ROOT", "DJANGO_SETTINGS_MODULE", "WEIGHTS"),
)
"""Variables that manage.py needs to use the demo's own servers and files."""


class Supervisor:
    """Starts child processes, detects one that died, and stops all of them together."""

    def __init__(
        self, data: Path, environment: Mapping[str, str], servers: Sequence[Child] = ()
    ) -> None:
        self._data = data
        self.environment = environment
        self._servers = servers  # checked here, stopped by their own context manager
        self._children: list[Child] = []

    def __enter__(self) -> "Supervisor":
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
        """Start `python <arguments>` as a child that keeps running."""
        child = start(
            name,
            [sys.executable, *arguments],
            folder=self._data,
            environment=self.environment,
            working_folder=REPOSITORY,
        )
        self._children.append(child)

    def check(self) -> None:
        """Raise DemoError where a child has died, with the end of its log.

        Raises SystemExit where a stop signal has come.
        """
        raise_if_stopping()
        for child in (*self._servers, *self._children):
            if not child.running:
                raise DemoError(
                    f"The {child.name} process ended unexpectedly (exit status "
                    f"{child.process.returncode}). The end of {child.log}:\n{child.last_lines()}"
                )

    def watch(self) -> None:
        """Check for ever; ends with DemoError or SystemExit."""
        while True:
            self.check()
            time.sleep(0.5)

    def stop(self) -> None:
        """Signal all children at once, then wait for them; _STOP_SECONDS for all together."""
        if not self._children:
            return
        with suppress(OSError):  # the terminal may be gone already
            print("\nStopping …", flush=True)
        for child in self._children:
            child.send_stop_signal()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self._children:
            child.stop(grace=max(0.0, deadline - time.monotonic()))
        self._children.clear()


def environment(data: Path, addresses: Mapping[str, str]) -> dict[str, str]:
    """The environment of the demo's processes."""
    return {
        "MEDIA_ROOT": str(data / "media"),
        **{name: value for name, value in os.environ.items() if value},
        **addresses,
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "PYTHONUNBUFFERED": "1",
    }


def write_environment(file: Path, values: Mapping[str, str]) -> None:
    """Write EXPORTED for a second terminal: `. file`, then any manage.py command."""
    lines = [f"export {name}={shlex.quote(values[name])}\n" for name in EXPORTED if name in values]
    programs = shlex.quote(str(Path(sys.executable).parent))
    lines.append(f'export PATH={programs}:"$PATH"\n')
    file.touch(mode=0o600)
    file.write_text("".join(lines))
