# SPDX-License-Identifier: Apache-2.0
"""Power cuts: an installation on a disk made of a file, whose copy at one moment is what a cut would have left.

The file lies on a file system that shares blocks between files, so a copy is made at once and is exact: it holds
what the installation's file system had handed to its disk by then, and nothing that was still in memory.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callbox.drills.ledger import Ledger
from callbox.drills.load import load
from callbox.drills.loops import cut, disks, made_disk, unmounted
from callbox.drills.senders import Pace
from callbox.drills.site import Site, await_true, site
from callbox.drills.wreck import known_at

STORE_MIB, DISK_MIB = 12_000, 1_500
SETTINGS = {"max_wal_size": "96MB", "min_wal_size": "32MB", "checkpoint_timeout": "30s"}
PACE = Pace(rate=25)
INSIDE = "site"
DISK = "disk.img"
LONGEST_S = 0.4  # until the cut, once the phase has begun
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Image:
    """What one cut left: the disk's copy, and what had been promised by then."""

    path: Path
    promised: Ledger
    phase: str


class Ground:
    """An installation on a disk of its own, under load."""

    def __init__(self, store: Path, here: Site, ledger: Ledger, seed: int) -> None:
        self._store, self.here, self.ledger = store, here, ledger
        self._seed = seed
        self._dice = random.Random(f"cuts/{seed}")  # noqa: S311 - repeatable on purpose
        self._number = 0

    def cut(self, phase: str) -> Image:
        """Bring the installation into that phase, and cut the power at a moment that the seed gives."""
        with PHASES[phase](self.here):
            time.sleep(self._dice.random() * LONGEST_S)
            self._number += 1
            path = self._store / f"cut-{self._seed}-{self._number}.img"
            moves, moment = list(self.ledger.moves), time.monotonic()
            cut(self._store / DISK, path)
            promised = known_at(self.ledger, moment)
        promised.moves = moves
        return Image(path, promised, phase)


@contextmanager
def store() -> Iterator[Path]:
    """Where disks and their copies lie, on a file system that shares blocks. Raises Skipped."""
    with disks() as folder:
        yield made_disk(folder / "store.img", folder / "store", STORE_MIB, "xfs")


@contextmanager
def ground(place: Path, seed: int, **options: Any) -> Iterator[Ground]:
    """An installation on a fresh disk of this store, under load. Raises Skipped; options: as of `Site`."""
    image = place / DISK
    with ExitStack() as stack:
        stack.callback(image.unlink)
        disk = made_disk(image, place / "disk", DISK_MIB)
        stack.callback(unmounted, disk)
        (disk / INSIDE).mkdir()
        here = stack.enter_context(site(disk / INSIDE, **{"settings": SETTINGS} | options))
        ledger = stack.enter_context(load(here, seed, PACE))
        yield Ground(place, here, ledger, seed)


@contextmanager
def _healthy(here: Site) -> Iterator[None]:
    """Contacts go into the database; under load there is always one that waits to become a call."""
    await_true(lambda: _says(here) == ("up", 0), PATIENCE_S, "the database does not take contacts")
    yield


@contextmanager
def _frozen(here: Site) -> Iterator[None]:
    """The database hangs: contacts go to the spool."""
    here.cluster.freeze()
    try:
        await_true(lambda: _says(here)[1] > 3, PATIENCE_S, "nothing is in the spool")
        yield
    finally:
        here.cluster.thaw()


@contextmanager
def _draining(here: Site) -> Iterator[None]:
    """The database is back, and what the spool holds goes in."""
    with _frozen(here):
        pass
    yield


@contextmanager
def _recovering(here: Site) -> Iterator[None]:
    """The database was killed and comes up."""
    here.cluster.kill()
    yield


PHASES: dict[str, Callable[[Site], AbstractContextManager[None]]] = {
    "healthy": _healthy,
    "frozen": _frozen,
    "draining": _draining,
    "recovering": _recovering,
}


def _says(here: Site) -> tuple[str, int]:
    """What the door says of its database, and how many contacts wait in its spool."""
    said = here.door_says()
    return (str(said["database"]), int(said["spool"]["waiting"])) if said else ("unknown", 0)
