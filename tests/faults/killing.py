"""Work in a forked process that is killed before a chosen statement, or before a commit."""

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from ..crashing import settled
from ..cutting import Execute


def killed_before_each_moment(work: Callable[[int], object]) -> Iterator[bool]:
    """Do `work` (0), (1) and so on, killed before its first statement, its second, and so on.

    A commit counts as a statement. Each time whether the process was killed. Ends with the
    time that it is not, in which `work` may raise nothing.
    """
    number, is_killed = 0, True
    while is_killed:
        is_killed = _is_killed_at(number, work)
        settled()
        number += 1
        yield is_killed


def _is_killed_at(number: int, work: Callable[[int], object]) -> bool:
    child = os.fork()
    if not child:
        _work_and_exit(number, work)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == os.EX_OK
    return os.WIFSIGNALED(status)


def _work_and_exit(number: int, work: Callable[[int], object]) -> None:
    """Do `work` on a connection of this process's own; that of its parent stays as it is."""
    inherited, connection.connection = connection.connection, None
    code = os.EX_SOFTWARE
    try:
        with pytest.MonkeyPatch.context() as patched:
            _count_moments(patched, number)
            work(number)
        code = os.EX_OK
    except BaseException:
        traceback.print_exc()
    finally:
        connection.close()
        del inherited
        os._exit(code)


def _count_moments(patched: pytest.MonkeyPatch, number: int) -> None:
    moments = iter(range(number, -1, -1))
    commit = connection._commit  # type: ignore[attr-defined]

    def pass_one() -> None:
        if next(moments, 0) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def executed(
        execute: Execute, statement: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        pass_one()
        return execute(statement, parameters, many, context)

    def committed() -> None:
        pass_one()
        commit()

    connection.connect()
    patched.setattr(connection, "_commit", committed)
    patched.setattr(connection, "execute_wrappers", [executed])
