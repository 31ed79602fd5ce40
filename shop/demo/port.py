"""Is the port free? Asked first, so that nobody waits a minute to be told no."""

import socket
from contextlib import closing

from .errors import UsageError


def require_free(port: int) -> None:
    """Raises UsageError where the web server could not listen on 127.0.0.1:`port`."""
    with closing(socket.socket()) as listener:
        # As the web server does: a port whose last user has just gone counts as free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except PermissionError:
            raise UsageError(
                f"Port {port} is reserved: choose one from 1024 on, for example "
                "make demo PORT=8001."
            ) from None
        except OSError:
            raise UsageError(
                f"Port {port} is taken by another program: choose another one, for example "
                f"make demo PORT={port + 1}."
            ) from None
