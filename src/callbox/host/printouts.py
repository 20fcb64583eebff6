# SPDX-License-Identifier: Apache-2.0
"""The folder of printable lists: the newest, and one of each of the last hours; closed to others."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callbox.host.secretfile import write_private

FOLDER, NEWEST, OLDER = "printout", "open-incidents.html", "open-incidents-%Y%m%dT%H.html"
KEPT = timedelta(hours=6)  # exact places in the open: no longer than they may be of use


def keep_printout(home: Path, text: str, at: datetime) -> Path:
    """Put a new list in the place of the last one; the last one of an hour stays until it is too old."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chmod(folder, 0o700)
    newest = folder / NEWEST
    if newest.exists():
        written = datetime.fromtimestamp(newest.stat().st_mtime, UTC)
        if written.strftime(OLDER) != at.astimezone(UTC).strftime(OLDER):
            newest.rename(folder / written.strftime(OLDER))
    erase_printouts(home, at - KEPT)
    write_private(newest, text)
    os.utime(newest, (at.timestamp(), at.timestamp()))
    return newest


def erase_printouts(home: Path, before: datetime) -> int:
    """Remove lists that were written before a time, unfinished ones included; how many."""
    folder = home / FOLDER
    old = [path for path in folder.glob("open-incidents*") if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
