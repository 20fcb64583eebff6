# SPDX-License-Identifier: Apache-2.0
"""As whom PostgreSQL runs: the starting user, or an unprivileged one when that user is root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from callbox.host.errors import HostError

SYSTEM_USER = "callbox"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine; `other` says that it is not the user this process runs as."""

    name: str
    uid: int
    gid: int
    other: bool

    def popen_arguments(self) -> dict[str, int | list[int]]:
        """What subprocess needs to start a program as this user, with no group of ours left over."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}

    def own(self, path: Path, mode: int) -> None:
        """Give a file or folder to this user alone."""
        os.chmod(path, mode)
        if self.other:
            os.chown(path, self.uid, self.gid)

    def can_run(self, command: Sequence[str], environment: Mapping[str, str]) -> bool:
        """Whether a short program succeeds as this user (folders above it may be closed to that user)."""
        try:
            done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
                command, cwd="/", env=dict(environment), capture_output=True, **self.popen_arguments()
            )
        except PermissionError:
            return False
        return bool(done.returncode == 0)


def account_for_server() -> Account:
    """The user PostgreSQL is to run as; as root, a system user `callbox` is made (else `nobody` serves).

    Raises HostError when neither exists.
    """
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return Account(me.pw_name, me.pw_uid, me.pw_gid, other=False)
    entry = _entry(SYSTEM_USER) or _made(SYSTEM_USER) or _entry("nobody")
    if entry is None:
        raise HostError(
            f"PostgreSQL does not run as root: make a system user {SYSTEM_USER}, or start as another."
        )
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, other=True)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made(name: str) -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", name]
    subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    return _entry(name)
