# SPDX-License-Identifier: Apache-2.0
"""A private folder of keys, outside the database: each key 32 random bytes in a file of its own."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from callbox.host.durable import keep_secret, make_secret, sync_folder
from callbox.host.errors import HostError

SIZE = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Keyring:
    """Makes, reads and destroys keys by name. A key is on the disk before anybody can use it."""

    def __init__(self, folder: Path) -> None:
        """Raises HostError when anybody else could read the folder or a key in it."""
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check(folder, 0o700)
        for path in folder.iterdir():
            _check(path, 0o600)

    def names(self) -> list[str]:
        """The names of all keys, sorted; of a key that is just being made, nothing."""
        return sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("."))

    def get(self, name: str) -> bytes | None:
        """The key of this name; None when there is none, it cannot be read, or what is there is no key."""
        try:
            key = (self.folder / name).read_bytes()
            sync_folder(self.folder)  # whoever made it may not have come so far yet
        except OSError:
            return None
        return key if len(key) == SIZE else None

    def make(self, names: Iterable[str]) -> None:
        """Make those keys that are not there yet; on the disk when this returns. Raises OSError."""
        missing = [name for name in names if not (self.folder / name).exists()]
        for name in missing:
            make_secret(self.folder / name, SIZE)
        if missing:
            sync_folder(self.folder)

    def put(self, name: str, key: bytes) -> None:
        """Keep a key under a name that is free; on the disk when this returns. Raises OSError."""
        keep_secret(self.folder / name, key)
        sync_folder(self.folder)

    def destroy(self, name: str) -> None:
        """Overwrite the key and remove it. Destroying it twice changes nothing. Raises OSError."""
        path = self.folder / name
        try:
            with path.open("r+b") as file:
                file.write(bytes(SIZE))
                file.flush()
                os.fsync(file.fileno())
        except FileNotFoundError:
            return
        path.unlink(missing_ok=True)
        sync_folder(self.folder)


def _check(path: Path, mode: int) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return  # a key that another process has just finished making or destroying
    if stat.S_ISLNK(found.st_mode) or found.st_mode & OTHERS:
        raise HostError(
            f"{path} is open to others than its owner, and it holds keys. "
            f"Find out who could read it, then: chmod {mode:o} {path}"
        )
    if found.st_uid != os.geteuid():
        raise HostError(
            f"{path} belongs to another user, and it holds keys. Start Callbox as that user, or: "
            f"chown {os.geteuid()} {path}"
        )
