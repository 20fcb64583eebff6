# SPDX-License-Identifier: Apache-2.0
"""Where the product's code reads a clock, rolls dice, opens a file or starts a thread: what it meets here instead."""

import hashlib
import queue
import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any
from unittest.mock import patch

from callbox.drills.sim.schedule import BEGIN, Process, Schedule, Signal
from callbox.journal.actions import Saying, append

Change = tuple[object, str, object]


@contextmanager
def changed(changes: Sequence[Change]) -> Iterator[None]:
    """These attributes have other values until the block ends."""
    with ExitStack() as stack:
        for target, name, value in changes:
            stack.enter_context(patch.object(target, name, value))
        yield


class Clock:
    """The module `time`."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def monotonic(self) -> float:
        """Seconds."""
        return self._schedule.now

    def time(self) -> float:
        """Seconds since 1970."""
        return BEGIN.timestamp() + self._schedule.now

    def time_ns(self) -> int:
        """Nanoseconds since 1970."""
        return int(self.time() * 1e9)


def datetime_of(schedule: Schedule) -> type[datetime]:
    """The class `datetime`, whose `now` is simulated."""

    class Simulated(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain datetime
            return schedule.wall.astimezone(tz or UTC)

    return Simulated


class Secrets:
    """The module `secrets`, from the run's own dice."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    def token_bytes(self, size: int = 32) -> bytes:
        """So many bytes."""
        return self._dice.randbytes(size)

    def token_hex(self, size: int = 32) -> str:
        """Twice so many letters."""
        return self._dice.randbytes(size).hex()

    def randbits(self, bits: int) -> int:
        """A number."""
        return self._dice.getrandbits(bits)


class Threads:
    """The module `threading`, for the spool: its thread is a process of the simulation."""

    def __init__(self, schedule: Schedule, processes: list[Process]) -> None:
        self._schedule = schedule
        self._processes = processes

    def Thread(self, target: Callable[[], None], name: str, **_: Any) -> "Thread":  # noqa: N802 - its name there
        """A thread that is not started."""
        return Thread(self._schedule, self._processes, target, name)


class Thread:
    """One thread."""

    def __init__(
        self, schedule: Schedule, processes: list[Process], target: Callable[[], None], name: str
    ) -> None:
        self._schedule, self._processes, self._target, self._name = schedule, processes, target, name

    def start(self) -> None:
        """From now on it runs."""
        self._process = self._schedule.start(self._name, self._target)
        self._processes.append(self._process)

    def join(self) -> None:
        """Wait for its end."""
        if not self._process.ended.happened:
            self._schedule.wait(self._process.ended)


class Queues:
    """The module `queue`, for the spool."""

    Empty = queue.Empty

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def SimpleQueue(self) -> "Queue":  # noqa: N802 - its name there
        """An empty queue."""
        return Queue(self._schedule)


class Queue:
    """A queue that one process reads."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._items: deque[Any] = deque()
        self._more = Signal()

    def put(self, item: Any) -> None:
        """Add an item."""
        self._items.append(item)
        self._more.happen()

    def get(self, timeout: float | None = None) -> Any:
        """The next item; waits for one. Raises queue.Empty when it waited so long in vain."""
        while not self._items:
            self._more = Signal()
            if not self._schedule.wait(self._more, timeout):
                raise queue.Empty
        return self._items.popleft()

    def empty(self) -> bool:
        """Whether there is none."""
        return not self._items


class Keys:
    """A keyring without a disk: each key follows from its name."""

    def __init__(self, folder: object) -> None:
        self._names: dict[str, None] = {}

    def make(self, names: Sequence[str]) -> None:
        """From now on they are there."""
        self._names.update(dict.fromkeys(names))

    def get(self, name: str) -> bytes | None:
        """The key, if it is there."""
        return hashlib.sha256(name.encode()).digest() if name in self._names else None

    def names(self) -> list[str]:
        """Those that are there."""
        return list(self._names)


def append_singly(sayings: Sequence[Saying], *, at: datetime) -> None:
    """As `append_many`, whose one statement for many the simulated database does not read."""
    for each in sayings:
        append(
            each.chain,
            each.kind,
            each.move,
            was=each.was,
            becomes=each.becomes,
            round_=each.round_,
            facts=each.facts,
            scope=each.scope,
            actor=each.actor,
            role=each.role,
            at=at,
        )
