# SPDX-License-Identifier: Apache-2.0
"""A disk that forgets: what was written and not yet synchronised may be lost or torn when the power goes.

`Os` and `Fcntl` stand in for the modules of these names in the spool's code.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

from callbox.drills.sim.schedule import Schedule

SECTOR = 512


class Disk:
    """One file of bytes: what the medium holds, and what is only in memory yet."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self.medium = bytearray()
        self.seen = bytearray()
        self._unsynced: list[tuple[int, bytes]] = []
        self.sync_s = 0.001
        self.trap: Callable[[], None] | None = None  # called once, in the midst of the next sync
        self.syncs = 0

    def write(self, offset: int, data: bytes) -> int:
        """Into memory only."""
        end = offset + len(data)
        if end > len(self.seen):
            self.seen.extend(bytes(end - len(self.seen)))
        self.seen[offset:end] = data
        self._unsynced.append((offset, data))
        return len(data)

    def resize(self, size: int) -> None:
        """Shorter or longer, on the medium at once: blocks are allocated with a journal of their own."""
        for each in (self.medium, self.seen):
            del each[size:]
            each.extend(bytes(size - len(each)))

    def sync(self) -> None:
        """Everything written is on the medium when this returns."""
        if self.trap is not None:
            trap, self.trap = self.trap, None
            self._schedule.after(self.sync_s / 2, trap)
        self._schedule.sleep(self.sync_s)
        self.syncs += 1
        for offset, data in self._unsynced:
            self.medium[offset : offset + len(data)] = data
        self._unsynced.clear()

    def lose_power(self) -> None:
        """Of what was not synchronised, each sector is there or not, as it happens."""
        for offset, data in self._unsynced:
            for begin, end in _sectors(offset, offset + len(data)):
                if self._schedule.chance(0.5):
                    self.medium[begin:end] = data[begin - offset : end - offset]
        self._unsynced.clear()
        self.seen = bytearray(self.medium)


def _sectors(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The part of each sector that lies between these offsets."""
    while begin < end:
        after = min(end, (begin // SECTOR + 1) * SECTOR)
        yield begin, after
        begin = after


class Os:
    """The calls of `os` that the spool makes."""

    O_RDWR, O_CREAT, O_CLOEXEC, O_RDONLY, O_DIRECTORY = (
        os.O_RDWR,
        os.O_CREAT,
        os.O_CLOEXEC,
        os.O_RDONLY,
        os.O_DIRECTORY,
    )

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def open(self, *_: object) -> int:
        """There is one file."""
        return 3

    def close(self, file: int) -> None:
        """Nothing to let go of."""

    def pread(self, file: int, length: int, offset: int) -> bytes:
        """What was written, synchronised or not."""
        return bytes(self._disk.seen[offset : offset + length])

    def pwrite(self, file: int, data: bytes, offset: int) -> int:
        """Into memory only."""
        return self._disk.write(offset, bytes(data))

    def ftruncate(self, file: int, size: int) -> None:
        """A new size."""
        self._disk.resize(size)

    def posix_fallocate(self, file: int, offset: int, size: int) -> None:
        """A new size."""
        self._disk.resize(offset + size)

    def fdatasync(self, file: int) -> None:
        """Onto the medium."""
        self._disk.sync()

    def fsync(self, file: int) -> None:
        """Onto the medium."""
        self._disk.sync()

    def sync_folder(self, _folder: object) -> None:
        """Onto the medium."""
        self._disk.sync()

    def fstat(self, file: int) -> os.stat_result:
        """Only the size is told."""
        return os.stat_result((0o100600, 0, 0, 1, 0, 0, len(self._disk.seen), 0, 0, 0))


class Fcntl:
    """The module `fcntl`: nobody else is there."""

    LOCK_EX = LOCK_NB = 0

    def flock(self, *_: object) -> None:
        """Granted."""


class FakePath:
    """The spool's path: its folder is there, and nothing else in it."""

    name = "spool"

    @property
    def parent(self) -> "FakePath":
        """The folder."""
        return self

    def with_name(self, name: str) -> "FakePath":
        """A neighbour."""
        return self

    def __truediv__(self, name: str) -> "FakePath":
        raise OSError("there is one file on this disk")

    def mkdir(self, **_: Any) -> None:
        """It is there."""

    def glob(self, pattern: str) -> list["FakePath"]:
        """Nothing."""
        return []

    def unlink(self, **_: Any) -> None:
        """It is gone."""
