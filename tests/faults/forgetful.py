"""A Redis that keeps nothing on a disk, at a port that it has again after each start."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NotConnected

from shop.services.redis import _program

from ..processes import wait_until


class ForgetfulRedis:
    def __init__(self, folder: Path) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            self.port: int = listener.getsockname()[1]
        self.program = _program(folder)
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [str(self.program), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until(self._answers, seconds=20)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        assert self.process.poll() is None, "it did not start"
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except NotConnected:
            return False


@contextmanager
def forgetful_redis(folder: Path) -> Iterator[ForgetfulRedis]:
    server = ForgetfulRedis(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
