# SPDX-License-Identifier: Apache-2.0
"""A faulty disk under a program: `faulty_disk.c`, compiled now, loaded first, and ordered about while it runs."""

import mmap
import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from callbox.drills.result import Skipped

SOURCE = Path(__file__).with_name("faulty_disk.c")
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
        self._library = _compiled(folder)
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


def _compiled(folder: Path) -> Path:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise Skipped("a faulty disk needs a C compiler (on Debian: apt-get install gcc libc6-dev)")
    handle, name = tempfile.mkstemp(suffix=".so", dir=folder)
    os.close(handle)
    library = Path(name)
    command = [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-o", name, str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)  # noqa: S603 - our own words
    library.chmod(0o755)
    return library
