# SPDX-License-Identifier: Apache-2.0
"""When the last backup was made and the last restore succeeded, kept in the home for the page of states."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from callbox.host.manifest import NO_DATABASE, Manifest
from callbox.host.secretfile import write_private

NAME = "backup.json"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The newest backup: where it was put, up to when it has everything, and when its files were read again.

    with_database: False when it has the files alone, because an external server's own tools keep the database.
    """

    target: str
    complete_to: datetime
    checked_at: datetime
    with_database: bool


def note_backup(home: Path, target: Path, manifest: Manifest) -> None:
    """Remember a backup whose files were written and read again."""
    said = {
        "target": str(target),
        "complete_to": manifest.complete_to.isoformat(),
        "checked_at": manifest.finished_at.isoformat(),
        "with_database": manifest.database != NO_DATABASE,
    }
    write_private(home / NAME, json.dumps(said))


def last_backup(home: Path) -> LastBackup | None:
    """The newest backup, None when there was none or the note cannot be read."""
    try:
        said = json.loads((home / NAME).read_text())
        complete_to, checked_at = (
            datetime.fromisoformat(said[name]) for name in ("complete_to", "checked_at")
        )
        return LastBackup(said["target"], complete_to, checked_at, said.get("with_database", True))
    except (OSError, ValueError, KeyError):
        return None
