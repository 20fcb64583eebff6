# SPDX-License-Identifier: Apache-2.0
"""Power cuts with a guard taken out. Each must lose something, else the drill would notice nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from callbox.drills.cutting import INSIDE, SETTINGS, ground, store
from callbox.drills.result import LOST, Result
from callbox.drills.shim import FaultyDisk
from callbox.drills.wreck import check_wreck
from callbox.host.processes import Part

MOST = 5  # cuts until it must have lost something
NO_WAIT = {"synchronous_commit": "off", "wal_writer_delay": "5s"}
UNSAFE_DOOR = Part("door", "callbox.drills.unsafe_door")


def all_lose(seed: int, result: Result) -> bool:
    """Whether each control lost something; how many cuts each took stands in the result."""
    found = {name: control(seed) for name, control in CONTROLS.items()}
    result.extra["controls"] = found
    return all(cuts > 0 for cuts in found.values())


def without_fsync(seed: int) -> int:
    """PostgreSQL with fsync=off."""
    return _cuts_until_lost(seed, "healthy", durable=False)


def without_waiting(seed: int) -> int:
    """PostgreSQL and door with synchronous_commit=off."""
    return _cuts_until_lost(seed, "healthy", settings=SETTINGS | NO_WAIT, door=UNSAFE_DOOR)


def with_a_lying_spool(seed: int) -> int:
    """A spool whose fdatasync does nothing."""
    with TemporaryDirectory(prefix="callbox-shim-") as folder:
        disk = FaultyDisk(Path(folder), files=f"{INSIDE}/spool")
        disk.order(lie=1)
        try:
            return _cuts_until_lost(seed, "frozen", environment=disk.environment)
        finally:
            disk.close()


CONTROLS: Mapping[str, Callable[[int], int]] = {
    "fsync_off": without_fsync,
    "synchronous_commit_off": without_waiting,
    "spool_not_flushed": with_a_lying_spool,
}


def _cuts_until_lost(seed: int, phase: str, **options: Any) -> int:
    """How many cuts it took, 0 when none lost anything."""
    with store() as place, ground(place, seed, **options) as here:
        for number in range(1, MOST + 1):
            image = here.cut(phase)
            broken, _ = check_wreck(image.path, INSIDE, image.promised, SETTINGS, thoroughly=False)
            if any(one.rule == LOST for one in broken):
                return number
    return 0
