"""Child processes that leave nothing behind, also where their parent is killed."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from .account import Account

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, kw_only=True)
class Child:
    """A child process, the leader of its own process group."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def last_lines(self, count: int = 15) -> str:
        """The last `count` lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def send_stop_signal(self) -> None:
        """Without waiting; `stop` waits."""
        if self.running:
            self.process.send_signal(self.stop_signal)

    def stop(self, grace: float = 10.0) -> None:
        """Send the stop signal, wait `grace` seconds, then kill the whole group."""
        _end(self.process, self.stop_signal, grace)


def start(
    name: str,
    command: Sequence[str],
    *,
    folder: Path,
    stop_signal: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    working_folder: Path | None = None,
) -> Child:
    """Start a command that logs to `folder`/<name>.log; kills one left over from a killed run."""
    record = folder / f"{name}.pid"
    kill_leftover(record)
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=working_folder,
            start_new_session=True,
            preexec_fn=lambda: _die_with_parent(stop_signal),
            **(account or {}),
        )
    _write_record(process.pid, record)
    return Child(name=name, process=process, log=log, stop_signal=stop_signal)


def run(command: Sequence[str], *, environment: Mapping[str, str], working_folder: Path) -> int:
    """Run a command on our own output; returns its exit status.

    In its own process group: Ctrl-C reaches only us, and we end the command.
    """
    process = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        env=environment,
        cwd=working_folder,
        start_new_session=True,
        preexec_fn=lambda: _die_with_parent(signal.SIGTERM),
    )
    try:
        return process.wait()
    finally:
        _end(process, signal.SIGTERM, grace=5.0)


def _end(process: subprocess.Popen[bytes], stop_signal: signal.Signals, grace: float) -> None:
    if process.poll() is None:
        process.send_signal(stop_signal)
    with suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_leftover(record: Path) -> None:
    """Kill the process in the file `record`, left over from a run that was killed."""
    try:
        pid, born = record.read_text().split()
        process = psutil.Process(int(pid))
        # The pid may belong to another process by now.
        if process.create_time() == float(born):
            process.kill()
            process.wait(10)
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        pass
    record.unlink(missing_ok=True)


def _write_record(pid: int, record: Path) -> None:
    with suppress(psutil.NoSuchProcess):
        record.write_text(f"{pid} {psutil.Process(pid).create_time()!r}")


def _die_with_parent(stop_signal: signal.Signals) -> None:
    """In the child: Linux sends it the signal when its parent dies."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, stop_signal)
