# SPDX-License-Identifier: Apache-2.0
"""A faulty disk or a leaping clock under a program: compiled now, loaded first, and ordered about while it runs."""

import mmap
import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from callbox.drills.result import Skipped

DISK = Path(__file__).with_name("faulty_disk.c")
CLOCK = Path(__file__).with_name("leaping_clock.c")
PARTS = ("door", "worker", "web")  # in the order in which the clock's orders stand
NUMBER = struct.Struct("=q")
NAMES = ("delay_us", "lie", "fail_write_in", "fail_sync_in", "failed", "writes", "syncs", "spare")


class FaultyDisk:
    """One disk's orders. `files`: only paths that contain this are affected, all when it is empty.

    delay_us: every flush takes that much longer. lie: flushes do nothing and say that they did.
    fail_write_in, fail_sync_in: the so manieth one from now fails with EIO, once. failed, writes, syncs: counts.
    """

    def __init__(self, folder: Path, files: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)  # the database's own user passes through
        self._library = _compiled(DISK, folder)
        self._path = folder / "orders"
        self._path.write_bytes(bytes(NUMBER.size * len(NAMES)))
        self._path.chmod(0o666)
        self._files = files
        with self._path.open("r+b") as file:
            self._orders = mmap.mmap(file.fileno(), NUMBER.size * len(NAMES))

    @property
    def environment(self) -> dict[str, str]:
        """What the program has to be started with."""
        return {
            "LD_PRELOAD": str(self._library),
            "CALLBOX_DISK_ORDERS": str(self._path),
            "CALLBOX_DISK_FILES": self._files,
        }

    def order(self, **orders: int) -> None:
        """Change orders by name, from now on, for every process of the program."""
        for name, value in orders.items():
            NUMBER.pack_into(self._orders, NUMBER.size * NAMES.index(name), value)

    def count(self, name: str) -> int:
        """One of the numbers now."""
        found: int = NUMBER.unpack_from(self._orders, NUMBER.size * NAMES.index(name))[0]
        return found

    def close(self) -> None:
        """Let go of the orders' file."""
        self._orders.close()


class LeapingClock:
    """The clock of the day of door, worker and web, each to be put off by seconds while it runs."""

    def __init__(self, folder: Path) -> None:
        self._library = _compiled(CLOCK, folder)
        self._path = folder / "clock"
        self._path.write_bytes(bytes(NUMBER.size * len(PARTS)))
        with self._path.open("r+b") as file:
            self._orders = mmap.mmap(file.fileno(), NUMBER.size * len(PARTS))

    @property
    def environment(self) -> dict[str, str]:
        """What the processes have to be started with."""
        return {"LD_PRELOAD": str(self._library), "CALLBOX_CLOCK_ORDERS": str(self._path)}

    def put_off(self, part: str, seconds: int) -> None:
        """From now on, for that part; 0 puts it right."""
        NUMBER.pack_into(self._orders, NUMBER.size * PARTS.index(part), seconds)


def _compiled(source: Path, folder: Path) -> Path:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise Skipped("this drill needs a C compiler (on Debian: apt-get install gcc libc6-dev)")
    handle, name = tempfile.mkstemp(suffix=".so", dir=folder)
    os.close(handle)
    library = Path(name)
    command = [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-o", name, str(source), "-ldl"]
    subprocess.run(command, check=True)  # noqa: S603 - our own words
    library.chmod(0o755)
    return library
