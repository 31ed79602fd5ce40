"""The demo's options, from the environment."""

import os
import socket
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from shop import services
from shop.services.folders import REPOSITORY

from .errors import UsageError

_IMAGENET = "imagenet"


@dataclass(frozen=True, kw_only=True)
class Options:
    """PORT and PHOTOS; the servers' URLs and WEIGHTS are read by the child processes."""

    port: int
    photos: Path | None
    # When the command began, in seconds since 1970; `make` includes the installation.
    began: float = field(default_factory=time.time)

    @property
    def shop_address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def data(self) -> Path:
        """The data folder: one for the demo's clothes, and one for each folder of photos."""
        if self.photos is None:
            return services.data_folder()
        return services.data_folder(f"photos-{services.short_name(self.photos)}")


def from_environment() -> Options:
    """Read the options; raises UsageError, which names the invalid variable."""
    _require_weights(os.environ.get("WEIGHTS") or _IMAGENET)
    return Options(
        port=_port(os.environ.get("PORT") or "8000"),
        photos=_photos(os.environ.get("PHOTOS") or None),
        began=float(os.environ.get("DEMO_BEGAN") or time.time()),
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise UsageError(f"PORT={text} is not a port: take a number from 1024 to 65535.")
    return int(text)


def _require_weights(text: str) -> None:
    """Check WEIGHTS, relative to the repository; the worker reads it itself."""
    if text != _IMAGENET and not (REPOSITORY / text).is_file():
        raise UsageError(
            f"WEIGHTS={text} is not a file: name one that holds the weights of a Keras ResNet50, "
            f'or take "{_IMAGENET}".'
        )


def _photos(text: str | None) -> Path | None:
    if text is None:
        return None
    folder = Path(text).expanduser().resolve()
    if not folder.is_dir():
        raise UsageError(f"PHOTOS={text} is not a folder: name one that holds <category>/<photo>.")
    return folder


def require_free(port: int) -> None:
    """Raise UsageError where the web server could not listen on 127.0.0.1:`port`."""
    with closing(socket.socket()) as listener:
        # As the web server does: a port in TIME_WAIT counts as free.
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
