# SPDX-License-Identifier: Apache-2.0
"""Run a step in a process of its own that is killed (SIGKILL) just before or after its n-th word to the database."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

DONE = 0


class Killer:
    """Counts what is said to the database, COMMIT included, and dies at one point."""

    def __init__(self, at: int, after: bool) -> None:
        self.at, self.after, self.count = at, after, 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        return self.around(lambda: execute(*args))

    def around(self, step: Callable[[], Any]) -> Any:
        self.count += 1
        if self.count == self.at and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = step()
        if self.count == self.at and self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def killed_at(step: Callable[[], object], at: int, *, after: bool) -> bool:
    """Whether the step was killed; False when it came to its end first."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        _run(step, Killer(at, after))
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == DONE, "the step failed by itself"
    return False


def killed_after(step: Callable[[], object], seconds: float) -> bool:
    """Whether the step was still running after so long: then its whole process group is killed."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        _run(step, Killer(0, after=False))
    with contextlib.suppress(PermissionError, ProcessLookupError):
        os.setpgid(child, child)
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == DONE, "the step failed by itself"
    return os.WIFSIGNALED(status)


def _run(step: Callable[[], object], killer: Killer) -> None:
    """The child's life; never returns to the tests it was forked from."""
    code = 1
    try:
        commit = connection._commit  # type: ignore[attr-defined]  # Django's own place where COMMIT is sent
        connection._commit = lambda: killer.around(commit)  # type: ignore[attr-defined]  # the child's own copy
        with connection.execute_wrapper(killer):
            step()
        code = DONE
    finally:
        os._exit(code)


def every_point(step: Callable[[], object], check: Callable[[bool], None], *, most: int = 200) -> int:
    """Kill the step at every point in turn and check after each; how many points there were.

    check: is told whether the step came to its end. Stops when it did.
    """
    for point in range(1, most):
        for after in (False, True):
            alive = not killed_at(step, point, after=after)
            check(alive)
            if alive:
                return point - 1
    raise AssertionError(f"the step has more than {most} points")
