# SPDX-License-Identifier: Apache-2.0
"""The folders of one database server, private to the user it runs as."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from callbox.host.account import Account
from callbox.host.binaries import plain_environment
from callbox.host.errors import HostError

SOCKET_LIMIT = 107  # bytes of a Unix socket's path on Linux, less the end mark
SOCKET_NAME = ".s.PGSQL.5432"

_reached: set[tuple[Account, Path]] = set()  # which user entered which folder, in this process


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a server keeps what. home belongs to the starting user, all of `server` to the server's user."""

    home: Path

    @property
    def server(self) -> Path:
        """The folder nobody but the server's user may enter."""
        return self.home / "postgresql"

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.server / "data"

    @property
    def log(self) -> Path:
        """The folder of the server's log files."""
        return self.server / "log"

    @property
    def sockets(self) -> Path:
        """The folder of the socket: inside `server`, or a short private one when that path is too long."""
        inside = self.server / "run"
        if len(os.fsencode(f"{inside}/{SOCKET_NAME}.lock")) <= SOCKET_LIMIT:
            return inside
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(
            os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir(), f"callbox-{os.geteuid()}-{name}"
        )

    @property
    def socket(self) -> Path:
        """The socket by which the server is reached."""
        return self.sockets / SOCKET_NAME

    def make(self, account: Account) -> None:
        """Make all folders, closed to everybody else.

        Raises HostError when the server's user cannot reach them, or a folder belongs to somebody else.
        """
        self.home.mkdir(mode=0o711 if account.other else 0o700, parents=True, exist_ok=True)
        if account.other:
            os.chmod(self.home, 0o711)  # noqa: S103 entered by the server's user on its way, listed by root alone
        for folder in (self.server, self.log, self.sockets):
            _private_folder(folder, account)
        if not self._is_reached(account):
            raise HostError(
                f"The database's user {account.name} cannot enter {self.server}: "
                "open the folders above it (chmod o+x), or set CALLBOX_HOME to another folder."
            )

    def _is_reached(self, account: Account) -> bool:
        """Whether the server's user can enter; a server that died is started again without asking once more."""
        if account.other and (account, self.server) not in _reached:
            if not account.can_run(["/bin/sh", "-c", f'cd "{self.server}"'], plain_environment()):
                return False
            _reached.add((account, self.server))
        return True


def _private_folder(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), account.uid):
        raise HostError(f"{folder} belongs to somebody else: remove it and start again.")
    account.own(folder, 0o700)
