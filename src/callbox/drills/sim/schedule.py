# SPDX-License-Identifier: Apache-2.0
"""Simulated time: what happens next, in one thread, in an order that only the seed decides.

Code that waits in the ordinary, blocking way (Django's rooms, the spool's thread) runs as a `Process`, a
greenlet that gives way whenever it waits; what waits by asyncio has `loop.py`.
"""

import hashlib
import heapq
import random
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from greenlet import GreenletExit, getcurrent, greenlet

BEGIN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Signal:
    """Something to wait for; it happens once."""

    def __init__(self) -> None:
        self.happened = False
        self._calls: list[Callable[[], None]] = []

    def then(self, call: Callable[[], None]) -> None:
        """Call this when it happens; at once if it has."""
        if self.happened:
            call()
        else:
            self._calls.append(call)

    def happen(self) -> None:
        """It happens now."""
        self.happened = True
        calls, self._calls = self._calls, []
        for call in calls:
            call()


class Process:
    """One blocking thread of work. `before` is called each time it goes on."""

    def __init__(self, schedule: "Schedule", name: str, work: Callable[[], None]) -> None:
        self.name = name
        self.dead = False
        self.ended = Signal()
        self.before: Callable[[], None] = lambda: None
        self._schedule = schedule
        self._work = work
        self._greenlet = greenlet(self._run)

    def go_on(self) -> None:
        """Run until it waits again."""
        if self._greenlet.dead:
            return
        before, self._schedule.process = self._schedule.process, self
        self._greenlet.parent = getcurrent()
        try:
            self.before()
            self._greenlet.switch()
        finally:
            self._schedule.process = before

    def kill(self) -> None:
        """It does nothing any more; what it waited for never comes."""
        self.dead = True
        before, self._schedule.process = (
            self._schedule.process,
            self,
        )  # its clean-up may want to wait: it dies there
        try:
            if not self._greenlet.dead and self._greenlet:
                self._greenlet.parent = getcurrent()
                self._greenlet.throw(GreenletExit)
        finally:
            self._schedule.process = before
        self.ended.happen()

    def check(self) -> None:
        """Whoever was killed does not get as far as waiting."""
        if self.dead:
            raise GreenletExit

    def give_way(self) -> None:
        """Let others run until somebody calls `go_on`."""
        parent = self._greenlet.parent
        assert parent is not None  # it was started by go_on
        parent.switch()

    def _run(self) -> None:
        try:
            self._work()
        finally:
            self.ended.happen()


class Schedule:
    """Virtual time in seconds since BEGIN, and what is to happen; `dice` is the run's only chance."""

    def __init__(self, seed: int) -> None:
        self.now = 0.0
        self.dice = random.Random(seed)  # noqa: S311 - schedules, not secrets
        self.process: Process | None = None
        self._heap: list[tuple[float, int, Callable[[], object]]] = []
        self._soon: deque[Callable[[], object]] = deque()  # at this very moment, after all that was due at it
        self._number = 0
        self._trace = hashlib.blake2b(digest_size=8)
        self._notes: list[str] = []  # what the hash has not taken in yet

    @property
    def wall(self) -> datetime:
        """The time of day, aware UTC."""
        return BEGIN + timedelta(seconds=self.now)

    @property
    def trace(self) -> str:
        """A hash over all that was noted: the same for the same seed and the same code."""
        self._take_in()
        return self._trace.hexdigest()

    def note(self, what: str) -> None:
        """Add to the trace what happens now."""
        self._notes.append(f"{self.now:.6f} {what}\n")
        if len(self._notes) > 1_000:
            self._take_in()

    def _take_in(self) -> None:
        self._trace.update("".join(self._notes).encode())
        self._notes.clear()

    def after(self, seconds: float, call: Callable[[], object]) -> None:
        """Call this so much later."""
        if seconds <= 0.0:
            self._soon.append(call)
            return
        self._number += 1
        heapq.heappush(self._heap, (self.now + seconds, self._number, call))

    def run(self, until: float) -> None:
        """Let everything happen up to a time."""
        heap, soon = self._heap, self._soon
        while True:
            if soon and not (heap and heap[0][0] <= self.now):
                soon.popleft()()
            elif heap and heap[0][0] <= until:
                self.now, _, call = heapq.heappop(heap)
                call()
            else:
                break
        self.now = until

    def chance(self, share: float) -> bool:
        """True so often, 0 to 1."""
        return self.dice.random() < share

    def start(self, name: str, work: Callable[[], None], delay: float = 0.0) -> Process:
        """A new process, which begins after a delay."""
        process = Process(self, name, work)
        self.after(delay, process.go_on)
        return process

    def sleep(self, seconds: float) -> None:
        """In a process: wait; outside of any: time stands still."""
        process = self.process
        if process is None:
            return
        process.check()
        self.after(seconds, process.go_on)
        process.give_way()

    def wait(self, signal: Signal, seconds: float | None = None) -> bool:
        """In a process: wait until it happens, or so long; whether it happened."""
        process = self.process
        assert process is not None, "only a process can wait"
        process.check()
        waiting = [True]

        def wake() -> None:
            if waiting:
                waiting.clear()
                process.go_on()

        signal.then(lambda: self.after(0.0, wake))
        if seconds is not None:
            self.after(seconds, wake)
        process.give_way()
        return signal.happened
