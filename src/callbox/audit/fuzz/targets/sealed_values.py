# SPDX-License-Identifier: Apache-2.0
"""Sealed personal data: what was altered is not opened."""

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from callbox.host.vault import CannotOpen, Vault, day_of

REFUSALS: tuple[type[BaseException], ...] = (CannotOpen,)
SEEDS = (
    b"\x01" + bytes(4) + bytes(40),
    b"\x03\x00\x00\x00\x01" + bytes(40),
    b"\x02\xff\xff\xff\xff" + bytes(40),
)
UNTIL = datetime(2026, 1, 31, tzinfo=UTC)
CONTEXT = "table/sealed/1"


@cache
def _sealed() -> tuple[Vault, bytes]:
    vault = Vault(Path(tempfile.mkdtemp(prefix="callbox-fuzz-")))
    return vault, vault.encrypt(b"a name", UNTIL, CONTEXT)


def feed(data: bytes) -> None:
    """As it is, and a true value with these bytes laid over it."""
    vault, right = _sealed()
    altered = bytes(a ^ b for a, b in zip(right, data, strict=False)) + right[len(data) :]
    if altered != right:
        try:
            vault.decrypt(altered, CONTEXT)
        except CannotOpen:
            pass
        else:
            raise AssertionError("an altered value was opened")
    day_of(data)
    vault.decrypt(data, CONTEXT)
    raise AssertionError("a value that nobody sealed was opened")
