# SPDX-License-Identifier: Apache-2.0
"""Personal data past its date is erased; the journal keeps how many rows, not what stood in them.

A room that keeps something for a time has a module `retention` with `erase_expired(by=, at=)`, which erases a portion,
and, when it seals what it keeps, `kept_spans(at)`: for how long. It is found by its name.
"""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from callbox.access import keys
from callbox.access.domain import system_actor
from callbox.door.retention import PORTION
from callbox.rooms import ROOMS
from callbox.worker.loop import Loop

ACTOR = system_actor("retention")


def _rooms_with(name: str) -> Iterator[ModuleType]:
    for room in ROOMS:
        if find_spec(f"callbox.{room}.{name}"):
            yield import_module(f"callbox.{room}.{name}")


# All are read before the first step: a key is destroyed only when no sealed column known by then needs it.
KEEPING, OLDER = tuple(_rooms_with("retention")), tuple(_rooms_with("old_rows"))


def step(at: datetime) -> int:
    """Erase a portion of each. When nothing is left to erase: the keys, and what is not sealed yet."""
    erased: int = sum(room.erase_expired(by=ACTOR, at=at) for room in KEEPING)
    return erased or _look_after_keys(at)


def _look_after_keys(at: datetime) -> int:
    """Keys are made before they are needed and destroyed at their date; what an older release wrote is sealed."""
    sealing = [room for room in KEEPING if hasattr(room, "kept_spans")]
    keys.make_keys((span for room in sealing for span in room.kept_spans(at)), at=at)
    sealed: int = sum(room.seal_old(by=ACTOR, at=at) for room in OLDER)
    keys.hold_rows(by=ACTOR, at=at)
    keys.destroy_keys(by=ACTOR, at=at)
    return sealed


LOOP = Loop("retention", step, every_s=10.0, full=PORTION)
