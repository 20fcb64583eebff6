# SPDX-License-Identifier: Apache-2.0
"""The spool for asyncio: a thread of its own writes what came in meanwhile with one fdatasync."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callbox.door.spoolfile import START, SpoolFile
from callbox.door.steps import step

log = logging.getLogger(__name__)

ALARMS = (0.95, 0.80, 0.50)  # shares of the spool at which its filling is said aloud


class SpoolFull(Exception):  # noqa: N818 - a state
    """There is no room for this contact."""


@dataclass(slots=True)
class Job:
    """One thing the thread is to do: keep a payload, or call something."""

    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    payload: bytes | None = None
    call: Callable[[], object] | None = None

    def answer(self, result: object = None, error: BaseException | None = None) -> None:
        """Tell whoever waits, in its own thread; it may have stopped waiting."""
        self.loop.call_soon_threadsafe(_settle, self.future, result, error)


class Spool:
    """Durable local storage for contacts while the database cannot take them."""

    def __init__(self, path: Path, size: int) -> None:
        self._file = SpoolFile(path, size)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._alarmed = 0.0
        self.broken = False
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many contacts wait for the database."""
        return len(self._file.waiting)

    @property
    def fill(self) -> float:
        """The share of the spool that is taken, 0 to 1."""
        return self._file.used / (self._file.size - START)

    @property
    def damaged(self) -> int:
        """How many stretches could not be read when the spool was opened."""
        return self._file.damaged

    @property
    def alarm(self) -> float:
        """The highest share passed of those that are alarmed, 0 when none."""
        return next((level for level in ALARMS if self.fill >= level), 0.0)

    async def append(self, payload: bytes) -> None:
        """Keep a payload; durable when this returns. Raises SpoolFull, or OSError when the disk failed."""
        await self._ask(payload=payload)

    async def peek(self, records: int) -> list[bytes]:
        """The first payloads that wait."""
        found: list[bytes] = await self._ask(call=lambda: self._file.peek(records))
        return found

    async def advance(self, records: int) -> None:
        """Forget the first records, durably."""
        await self._ask(call=lambda: self._file.advance(records))

    def close(self) -> None:
        """Finish what was asked, and let go of the file."""
        self._jobs.put(None)
        self._thread.join()
        self._file.close()

    async def _ask(self, payload: bytes | None = None, call: Callable[[], object] | None = None) -> Any:
        if self.broken:
            raise OSError("the spool's disk failed")
        loop = asyncio.get_running_loop()
        job = Job(loop.create_future(), loop, payload, call)
        self._jobs.put(job)
        return await job.future

    def _run(self) -> None:
        while True:
            jobs = self._collect()
            self._keep([job for job in jobs if job and job.payload is not None])
            for job in jobs:
                if job and job.call:
                    self._call(job)
            if None in jobs:
                return

    def _collect(self) -> list[Job | None]:
        jobs = [self._jobs.get()]
        while not self._jobs.empty():
            jobs.append(self._jobs.get())
        return jobs

    def _call(self, job: Job) -> None:
        try:
            job.answer(job.call() if job.call else None)
        except OSError as error:
            self._break(error)
            job.answer(error=error)

    def _keep(self, jobs: Sequence[Job]) -> None:
        fitting: list[Job] = []
        room = 0
        for job in jobs:
            room += _room(job)
            if self._file.fits(room):
                fitting.append(job)
            else:
                room -= _room(job)
                job.answer(error=SpoolFull())
        if fitting:
            self._write(fitting)

    def _write(self, jobs: Sequence[Job]) -> None:
        try:
            step("spool-write")
            self._file.append([job.payload for job in jobs if job.payload is not None])
            step("spool-written")
        except OSError as error:
            self._break(error)
            for job in jobs:
                job.answer(error=error)
            return
        for job in jobs:
            job.answer()
        self._say_how_full()

    def _break(self, error: OSError) -> None:
        """After a failed fdatasync the kernel forgets what it could not write: nothing more is promised."""
        self.broken = True
        log.critical("The spool's disk failed (%s). Contacts are refused while the database is away.", error)

    def _say_how_full(self) -> None:
        if self.alarm > self._alarmed:
            log.error("The spool is %.0f %% full and holds %d contacts.", 100 * self.fill, self.waiting)
        self._alarmed = self.alarm


def _room(job: Job) -> int:
    return len(job.payload or b"") + 64  # a record's head, rounded up


def _settle(future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
