"""Python in a process of its own that need not import Django once more.

A server, started once a run, has imported the libraries, and none of our modules; each step is
a fork of it. So a step begins as a new interpreter would, half a second sooner.
"""

import importlib
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

LIBRARIES = (
    *("celery", "celery.app.base", "celery.app.task", "kombu.transport.redis", "redis"),
    *("django.contrib.admin", "django.contrib.postgres.search", "django.core.management"),
    *("django.core.management.commands.migrate", "django.db.backends.postgresql.base"),
    *("django.db.migrations.executor", "django.test", "dj_database_url"),
    *("numpy", "PIL.Image", "pgvector.django", "psycopg", "tqdm"),
)

_server = get_context("forkserver")
_server.set_forkserver_preload(list(LIBRARIES))


def run(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """As `python arguments` in `folder`; raises TimeoutExpired after so many seconds."""
    with TemporaryDirectory(prefix="vrs-step-") as printed:
        files = [Path(printed, name) for name in ("out", "err")]
        step = _server.Process(target=_run, args=(arguments, folder, dict(environment), files))
        step.start()
        step.join(seconds)
        is_late = step.is_alive()
        step.kill()
        step.join()
        out, err = (file.read_text() if file.exists() else "" for file in files)
    if is_late:
        raise subprocess.TimeoutExpired(list(arguments), seconds, out, err)
    return subprocess.CompletedProcess(list(arguments), step.exitcode or 0, out, err)


def _run(
    arguments: Sequence[str], folder: Path, environment: dict[str, str], files: Sequence[Path]
) -> None:
    """In the fork: become what a new interpreter would be, then do the step."""
    for descriptor, file in enumerate(files, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = [str(folder), *environment.get("PYTHONPATH", "").split(os.pathsep)]
    sys.dont_write_bytecode = True  # the next step's modules may be as long and as old
    importlib.invalidate_caches()
    try:
        _execute(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _execute(arguments: Sequence[str]) -> None:
    """What Python does with its command line, in so far as the steps need it."""
    match arguments:
        case ["-c", text, *rest]:
            sys.argv = ["-c", *rest]
            exec(compile(text, "<string>", "exec"), {"__name__": "__main__"})
        case ["-m", module, *rest]:
            sys.argv = [module, *rest]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [script, *rest]:
            sys.argv = [script, *rest]
            runpy.run_path(script, run_name="__main__")
