# SPDX-License-Identifier: Apache-2.0
"""A loop: one step again and again, at its pace or when woken, that no error ends."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 10.0
DATABASE_PAUSE_S = 1.0  # a database that is back is found soon: what came meanwhile waits to be offered


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop. step: does what is due at a time; how much it did.

    every_s: seconds between steps. full: a step that did so much is followed by the next at once (0: never).
    settle_s: seconds before the first step. woken: also steps when the database tells that something is new.
    rescue: called instead of the next step after `patience` errors in a row that were not the database's.
    """

    name: str
    step: Callable[[datetime], int]
    every_s: float
    full: int = 0
    woken: bool = False
    settle_s: float = 0.0
    rescue: Callable[[datetime], int] | None = None
    patience: int = 2


class Runner:
    """Runs one loop until `stop`; errors are logged, waited out and never end it. clock: what time it is, if not
    this machine's."""

    def __init__(
        self, loop: Loop, stop: threading.Event, clock: Callable[[], datetime] | None = None
    ) -> None:
        self._clock = clock
        self.loop = loop
        self.wake = threading.Event()
        self.failures = 0
        self._went_well = time.monotonic()
        self._own_failures = 0  # those in a row that were not the database's
        self._stop = stop

    def run(self) -> None:
        """Step until told to stop."""
        try:
            self._stop.wait(self.loop.settle_s)
            while not self._stop.is_set():
                self.wake.clear()
                did = self.step()
                if not (self.loop.full and did >= self.loop.full):
                    self.wake.wait(self.pause_s)
        finally:
            connection.close()

    @property
    def pause_s(self) -> float:
        """Seconds to wait: the loop's pace, doubled with each failure in a row, but not long for a database."""
        is_database = self.failures > 0 and self._own_failures == 0
        longest = max(self.loop.every_s, DATABASE_PAUSE_S) if is_database else LONGEST_PAUSE_S
        return float(min(self.loop.every_s * 2 ** min(self.failures, 10), longest))

    def step(self) -> int:
        """One step; 0 when it failed."""
        rescue = self.loop.rescue if self._own_failures >= self.loop.patience else None
        try:
            did = (rescue or self.loop.step)((self._clock or timezone.now)())
        except Exception as error:  # the one place: whatever it is, the next contact must be taken
            log.exception("The loop %s failed; it goes on in %.1f s.", self.loop.name, self.pause_s)
            self._count(error)
            return 0
        self.failures = self._own_failures = 0
        self._went_well = time.monotonic()
        return did

    @property
    def quiet_s(self) -> float:
        """Seconds since a step went well, or since the beginning."""
        return time.monotonic() - self._went_well

    def _count(self, error: Exception) -> None:
        self.failures += 1
        is_database = isinstance(error, DatabaseError | InterfaceError)
        self._own_failures = 0 if is_database else self._own_failures + 1
        with contextlib.suppress(Exception):
            connection.close()  # the next step opens a new one


@contextmanager
def running(
    loops: list[Loop], stop: threading.Event, clock: Callable[[], datetime] | None = None
) -> Iterator[list[Runner]]:
    """Run each loop in a thread of its own, with its own connection, until the block ends."""
    runners = [Runner(loop, stop, clock) for loop in loops]
    threads = [threading.Thread(target=runner.run, name=runner.loop.name) for runner in runners]
    for thread in threads:
        thread.start()
    try:
        yield runners
    finally:
        stop.set()
        for runner in runners:
            runner.wake.set()
        for thread in threads:
            thread.join(timeout=10)
