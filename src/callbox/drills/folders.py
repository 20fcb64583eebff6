# SPDX-License-Identifier: Apache-2.0
"""The temporary folders of drills: gone when their process is, at the latest when the next drill begins."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from callbox.host.cluster import Cluster
from callbox.host.locks import Presence, is_used

PREFIX = "callbox-drill-"
LOCK = "drill.lock"
SERVER = "server"

_held: dict[Path, Presence] = {}


def new_folder() -> Path:
    """A new folder that the server's own user may enter; what killed drills left behind is swept first."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)
    _held[folder] = Presence(folder / LOCK)
    _held[folder].enter()
    return folder


def throw_away(folder: Path) -> None:
    """End a server that runs under it, and remove it."""
    cluster = Cluster(folder / SERVER)
    cluster.kill()
    shutil.rmtree(cluster.layout.sockets, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    if presence := _held.pop(folder, None):
        presence.leave()


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder, gone afterwards."""
    folder = new_folder()
    try:
        yield folder
    finally:
        throw_away(folder)


def _sweep() -> None:
    """A folder whose process has ended; one without a lock may just be being made."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = folder / LOCK
        with suppress(FileNotFoundError):  # another drill sweeps it, or it just ended
            if lock.exists() and not is_used(lock):
                throw_away(folder)
