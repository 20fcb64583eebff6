# SPDX-License-Identifier: Apache-2.0
"""The spool for asyncio: a thread of its own writes what came in meanwhile with one fdatasync."""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from callbox.door.aside import Aside
from callbox.door.spoolfile import START, SpoolFile
from callbox.door.steps import step

log = logging.getLogger(__name__)

MEND_S = 5.0
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
        """Tell whoever waits, in its own thread; it may have stopped waiting, and its loop be closed."""
        try:
            self.loop.call_soon_threadsafe(_settle, self.future, result, error)
        except RuntimeError:
            if not self.loop.is_closed():
                raise


class Spool:
    """Durable local storage for contacts while the database cannot take them."""

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size = path, size
        self._file: SpoolFile | None = None
        self._aside = Aside(path)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._alarmed = 0.0
        self.broken = False
        self._broke_at = 0.0
        self._open()
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many contacts wait for the database."""
        return len(self._file.waiting) if self._file else 0

    @property
    def fill(self) -> float:
        """The share of the spool that is taken, 0 to 1."""
        return self._file.used / (self._file.size - START) if self._file else 0.0

    @property
    def damaged(self) -> int:
        """How many stretches could not be read when the spool was opened."""
        return self._file.damaged if self._file else 0

    @property
    def aside(self) -> int:
        """How many contacts were put aside, since the database takes them in no form."""
        return self._aside.count

    @property
    def alarm(self) -> float:
        """The highest share passed of those that are alarmed, 0 when none."""
        return next((level for level in ALARMS if self.fill >= level), 0.0)

    async def append(self, payload: bytes) -> None:
        """Keep a payload; durable when this returns. Raises SpoolFull, or OSError when the disk failed."""
        if self.broken:
            raise OSError("the spool's disk failed")
        await self._ask(payload=payload)

    async def peek(self, records: int) -> list[bytes]:
        """The first payloads that wait; also of a failed disk, which may still give back what it kept."""
        found: list[bytes] = await self._ask(call=lambda: self._file.peek(records) if self._file else [])
        return found

    async def advance(self, records: int) -> None:
        """Forget the first records; on a failed disk they come again at the next start, which does no harm."""
        await self._ask(call=lambda: self._advance(records))

    async def put_aside(self, payload: bytes, until: date) -> bool:
        """Keep a payload that no database takes in a file of its own; False when that could not be made durable."""
        done: bool = await self._ask(call=lambda: self._put_aside(payload, until))
        return done

    async def aside_records(self, today: date) -> list[tuple[Path, bytes]]:
        """What was put aside and is not past its date."""
        found: list[tuple[Path, bytes]] = await self._ask(call=lambda: self._aside_records(today))
        return found

    async def take_back(self, path: Path) -> None:
        """The database has what was put aside there."""
        await self._ask(call=lambda: self._aside.take_back(path))

    def close(self) -> None:
        """Finish what was asked, and let go of the file."""
        self._jobs.put(None)
        self._thread.join()
        if self._file:
            self._file.close()

    def _open(self) -> None:
        """Open the file. A disk that has no room for it, or fails, must not keep the door from opening."""
        try:
            self._file = SpoolFile(self._path, self._size)
        except OSError as error:
            self._break(error)
        else:
            self.broken = False

    async def _ask(self, payload: bytes | None = None, call: Callable[[], object] | None = None) -> Any:
        loop = asyncio.get_running_loop()
        job = Job(loop.create_future(), loop, payload, call)
        self._jobs.put(job)
        return await job.future

    def _run(self) -> None:
        while True:
            jobs = self._collect()
            if self.broken and time.monotonic() > self._broke_at + MEND_S:
                self._mend()
            self._keep([job for job in jobs if job and job.payload is not None])
            for job in jobs:
                if job and job.call:
                    self._call(job)
            if None in jobs:
                return

    def _call(self, job: Job) -> None:
        try:
            job.answer(job.call() if job.call else None)
        except OSError as error:
            job.answer(error=error)

    def _mend(self) -> None:
        """A failed disk may be well again, or have room: once nothing waits on it, the file is made anew."""
        if self.waiting:
            return
        try:
            if self._file:
                self._file.discard()
                self._file = None
            self._open()
        except (OSError, RuntimeError) as error:  # another door took the place
            self._break(error)
        if not self.broken:
            log.warning("The spool %s can be written again.", self._path)

    def _advance(self, records: int) -> None:
        try:
            if self._file:
                self._file.advance(records)
        except OSError as error:
            self._break(error)

    def _put_aside(self, payload: bytes, until: date) -> bool:
        try:
            self._aside.put(payload, until)
        except OSError as error:
            log.critical(
                "A contact that the database refuses cannot be put aside (%s): the spool waits.", error
            )
            return False
        return True

    def _aside_records(self, today: date) -> list[tuple[Path, bytes]]:
        try:
            return self._aside.records(today)
        except OSError as error:
            log.error("What was put aside cannot be read (%s).", error)
            return []

    def _collect(self) -> list[Job | None]:
        try:
            jobs = [self._jobs.get(timeout=MEND_S)]
        except queue.Empty:
            return []
        while not self._jobs.empty():
            jobs.append(self._jobs.get())
        return jobs

    def _keep(self, jobs: Sequence[Job]) -> None:
        fitting: list[Job] = []
        room = 0
        for job in jobs:
            room += _room(job)
            if self.broken or not self._file:
                job.answer(error=OSError("the spool's disk failed"))
            elif self._file.fits(room):
                fitting.append(job)
            else:
                room -= _room(job)
                job.answer(error=SpoolFull())
        if fitting and self._file:
            self._write(self._file, fitting)

    def _write(self, file: SpoolFile, jobs: Sequence[Job]) -> None:
        try:
            step("spool-write")
            file.append([job.payload for job in jobs if job.payload is not None])
            step("spool-written")
        except OSError as error:
            self._break(error)
            for job in jobs:
                job.answer(error=error)
            return
        for job in jobs:
            job.answer()
        self._say_how_full()

    def _break(self, error: Exception) -> None:
        """After a failed fdatasync the kernel forgets what it could not write: nothing more is promised."""
        said, self.broken, self._broke_at = self.broken, True, time.monotonic()
        if said:
            return
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
