"""The demo's entry point; `make demo` runs `python -m shop.demo`."""

import signal
import sys
from contextlib import ExitStack, suppress

from shop import services
from shop.services.signals import exit_on_signals

from . import options, steps
from .errors import DemoError
from .options import Options
from .steps import Stopwatch
from .supervisor import Supervisor, environment, write_environment


def main() -> int:
    """Run the demo. Exit status: 0 stopped on request, 1 something failed, 2 invalid options."""
    try:
        with exit_on_signals(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            chosen = options.from_environment()
            options.require_free(chosen.port)
            _run(chosen, Stopwatch(chosen.began))
    except DemoError as error:
        print(f"\nError: {error}", file=sys.stderr)
        return error.exit_status
    except services.ServiceError as error:
        print(f"\nError: {error}", file=sys.stderr)
        return 1
    except SystemExit:
        with suppress(OSError):  # the terminal may be gone already
            print("Stopped. The data stay for the next start.", flush=True)
    return 0


def _run(chosen: Options, stopwatch: Stopwatch) -> None:
    with ExitStack() as stack:
        with stopwatch.step("Starting PostgreSQL and Redis"):
            servers = stack.enter_context(services.running(chosen.data))
        values = environment(chosen.data, servers.environment())
        write_environment(chosen.data / "environment", values)
        supervisor = stack.enter_context(Supervisor(chosen.data, values, servers.children))
        steps.set_up(chosen, stopwatch, supervisor)
        steps.open_shop(chosen, stopwatch, supervisor)
        steps.embed(chosen, stopwatch, supervisor)
        steps.offer_photo_search(supervisor)
        supervisor.watch()


if __name__ == "__main__":
    sys.exit(main())
