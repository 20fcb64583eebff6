# SPDX-License-Identifier: Apache-2.0
"""Passwords of the database roles, made once, readable by the starting user alone."""

import json
import os
import secrets
from pathlib import Path

from callbox.host.errors import ConfigError


def passwords(path: Path, names: tuple[str, ...]) -> dict[str, str]:
    """The password of each role; those not there yet are made and kept (mode 0600, atomically).

    Raises ConfigError when the file is damaged: new passwords would lock us out of our own server.
    """
    known = _known(path) if path.exists() else {}
    if missing := [name for name in names if name not in known]:
        known |= {name: secrets.token_hex(24) for name in missing}
        write_private(path, json.dumps(known))
    return known


def _known(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(word, str) and word for word in found.values()):
        raise ConfigError(
            f"{path} is damaged: put it back from the backup, it holds the database's passwords."
        )
    return found


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
