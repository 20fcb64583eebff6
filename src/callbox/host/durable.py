# SPDX-License-Identifier: Apache-2.0
"""What must be on the disk before anybody relies on it: names in a folder, a file of secret bytes."""

import os
import secrets
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_secret(path: Path, size: int) -> None:
    """Make a file of so many random bytes, as `keep_secret` does. Raises OSError."""
    keep_secret(path, secrets.token_bytes(size))


def keep_secret(path: Path, secret: bytes) -> None:
    """Make a file that only its owner may read, whole or not at all. Raises OSError.

    One that is there stays, also when another process makes it at the same moment. The name is durable once
    `sync_folder` was called.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
