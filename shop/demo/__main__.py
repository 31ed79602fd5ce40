"""The demo from first to last; `make demo` runs it as `python -m shop.demo`."""

import signal
import sys
from contextlib import ExitStack, suppress

from shop import services
from shop.services.signals import stopping

from . import options, steps
from .errors import DemoError
from .options import Options
from .steps import Stopwatch
from .supervisor import Household, environment, write_environment


def main() -> int:
    """Exit status: 0 stopped on request, 1 something failed, 2 asked for the impossible."""
    try:
        with stopping(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
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
        household = stack.enter_context(Household(chosen.data, values, servers.children))
        steps.set_up(chosen, stopwatch, household)
        steps.open_shop(chosen, stopwatch, household)
        steps.embed(chosen, stopwatch, household)
        steps.offer_photo_search(household)
        household.watch()


if __name__ == "__main__":
    sys.exit(main())
