# SPDX-License-Identifier: Apache-2.0
"""Where a screen says that it stopped."""

from callbox.audit.fuzz.targets._inputs import text_of
from callbox.door.tail import Position

REFUSALS: tuple[type[BaseException], ...] = ()
SEEDS = (b"7.9", b"9999999999999999999.1", "²".encode(), b"1" * 5000)


def feed(data: bytes) -> None:
    """A position that the database can hold, or None."""
    found = Position.read(text_of(data))
    assert found is None or (0 <= found.xid < 2**63 and 0 <= found.seq < 2**63)
