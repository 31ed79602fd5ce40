"""Waiting until the shop's first page is served."""

import time
import urllib.error
import urllib.request

from .errors import DemoError
from .supervisor import Household

_PATIENCE = 60.0

# The shop is on this machine: a proxy in the environment is for other addresses.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def wait_until_served(address: str, household: Household) -> None:
    """Raises DemoError where the web server died, stayed silent, or answered an error."""
    patience = time.monotonic() + _PATIENCE
    while True:
        household.check()
        try:
            with _direct.open(address, timeout=30):
                return
        except urllib.error.HTTPError as error:
            raise DemoError(f"{address} answers with an error: {error}") from None
        except OSError as error:
            if time.monotonic() > patience:
                raise DemoError(f"{address} does not answer: {error}") from None
            time.sleep(0.1)
