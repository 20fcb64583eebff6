# SPDX-License-Identifier: Apache-2.0
"""The spool's file after a disk has done anything to it: records that are whole are found, nothing else is."""

from callbox.audit.fuzz.targets._inputs import file_of
from callbox.door.spoolfile import PAGE, START, SpoolFile

REFUSALS: tuple[type[BaseException], ...] = ()
SEEDS = (b"\x00\x00\x10", b"\x00\x30\x00" + b"\xff" * 60, b"\x00\x10\x00" + b"\xff" * 9)
KEPT = (b"one contact", b"another", b"a third")


def feed(data: bytes) -> None:
    """The first three bytes say where the others are laid over a spool with three records."""
    with file_of(b"", "spool") as path:
        spool = SpoolFile(path, START + PAGE)
        spool.append(KEPT)
        spool.close()
        whole = bytearray(path.read_bytes())
        at = int.from_bytes(data[:3], "big") % len(whole)
        for number, byte in enumerate(data[3 : 3 + len(whole) - at]):
            whole[at + number] ^= byte
        path.write_bytes(whole)
        again = SpoolFile(path, START + PAGE)
        found = again.peek(10)
        again.close()
    assert all(each in KEPT for each in found)
    assert found == sorted(found, key=KEPT.index)
