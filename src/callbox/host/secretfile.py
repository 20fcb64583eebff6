# SPDX-License-Identifier: Apache-2.0
"""Passwords of the database roles, made once, readable by the starting user alone."""

import json
import os
import secrets
from pathlib import Path


def passwords(path: Path, names: tuple[str, ...]) -> dict[str, str]:
    """The password of each role; those not there yet are made and kept (mode 0600, atomically)."""
    try:
        known: dict[str, str] = json.loads(path.read_text())
    except FileNotFoundError:
        known = {}
    if missing := [name for name in names if name not in known]:
        known |= {name: secrets.token_hex(24) for name in missing}
        write_private(path, json.dumps(known))
    return known


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
