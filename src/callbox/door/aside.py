# SPDX-License-Identifier: Apache-2.0
"""Records of the spool that no database takes: a file each, in a folder beside the spool, until their date."""

import hashlib
import logging
import os
import secrets
from datetime import date
from pathlib import Path

from callbox.host.durable import sync_folder

log = logging.getLogger(__name__)


class Aside:
    """The folder `<spool>.aside`. A file's name begins with the day on which its words must be gone."""

    def __init__(self, spool: Path) -> None:
        self.folder = spool.with_name(f"{spool.name}.aside")
        self.count = len(self.paths())

    def paths(self) -> list[Path]:
        """The files there are, the first to be erased first; none when the folder cannot be read."""
        return sorted(self.folder.glob("*.record"))

    def put(self, payload: bytes, until: date) -> None:
        """Keep a payload, durably; the same one once. Raises OSError."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        path = self.folder / f"{until.isoformat()}-{hashlib.sha256(payload).hexdigest()[:32]}.record"
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        sync_folder(self.folder)
        sync_folder(self.folder.parent)
        self.count = len(self.paths())
        log.critical("The database takes a contact in no form. It is kept as %s: show it to somebody.", path)

    def records(self, today: date) -> list[tuple[Path, bytes]]:
        """What is kept, after those whose date is past were erased. Raises OSError."""
        for path in self.paths():
            if path.name[:10] < today.isoformat():
                path.unlink()
        self.count = len(self.paths())
        return [(path, path.read_bytes()) for path in self.paths()]

    def take_back(self, path: Path) -> None:
        """Remove a file whose contact the database has now. Raises OSError."""
        path.unlink(missing_ok=True)
        self.count = len(self.paths())
