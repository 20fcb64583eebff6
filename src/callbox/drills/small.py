# SPDX-License-Identifier: Apache-2.0
"""Small disks that fill up: the database's data on one, its write-ahead log on another, each with a ballast."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from callbox.drills.folders import SERVER
from callbox.drills.judge import judge
from callbox.drills.ledger import Ledger
from callbox.drills.load import load
from callbox.drills.loops import disks, made_disk
from callbox.drills.result import Broken, Result
from callbox.drills.senders import Pace
from callbox.drills.site import Site, await_true, copy_of_prepared, site
from callbox.host.cluster import SUPERUSER

DATA_MIB, WAL_MIB = 320, 128
SETTINGS = {"max_wal_size": "48MB", "min_wal_size": "32MB", "checkpoint_timeout": "30s"}
PROMISED_S = 1.5
PATIENCE_S = 90.0
LONGEST_S = 0.7  # that it stays full once the door has noticed
BALLAST = "ballast"


@dataclass(frozen=True, slots=True)
class Small:
    """An installation and the disks of its database."""

    here: Site
    data: Path
    wal: Path


@contextmanager
def small_site() -> Iterator[Small]:
    """An installation whose database has two small disks of its own. Raises Skipped."""
    with ExitStack() as stack:
        folder = stack.enter_context(disks())
        copy_of_prepared(_made(folder / "site"))
        place = folder / "site" / SERVER / "postgresql"
        data = _onto_disk(place, folder / "data.img", DATA_MIB)
        wal = _onto_disk(place / "data" / "pg_wal", folder / "wal.img", WAL_MIB)
        yield Small(stack.enter_context(site(folder / "site", settings=SETTINGS)), data, wal)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o711)
    return folder


def _onto_disk(place: Path, image: Path, mib: int) -> Path:
    """A disk of its own for what stands at that place."""
    before = place.rename(place.with_name(f"{place.name}.before"))
    disk = made_disk(image, place, mib)
    (disk / "lost+found").rmdir()  # PostgreSQL minds it among its log
    subprocess.run(["cp", "-a", f"{before}/.", str(disk)], check=True)  # noqa: S603, S607 - our own paths
    shutil.rmtree(before)
    return disk


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Not a block is free on that disk, for the length of the block."""
    ballast = disk / BALLAST
    with ballast.open("wb") as file:
        size, step = 0, 64 << 20
        while step >= 4096:
            try:
                os.posix_fallocate(file.fileno(), size, step)
                size += step
            except OSError:
                step //= 2
    try:
        yield
    finally:
        ballast.unlink()


def filled_again_and_again(
    drill: str, seed: int, times: int, disk: Callable[[Small], Path], push: Callable[[Site], None]
) -> Result:
    """Fill a disk so many times under load; `push` makes the database want room. Then judge."""
    result = Result(drill, seed)
    dice = random.Random(f"{drill}/{seed}")  # noqa: S311 - repeatable on purpose
    with small_site() as small:
        with load(small.here, seed, Pace(rate=20)) as ledger:
            for _ in range(times):
                with full(disk(small)):
                    _until_noticed(small.here, push)
                    _check_said(small.here, result)
                    time.sleep(dice.random() * LONGEST_S)
                result.counts["disk_full"] += 1
                back = await_true(
                    lambda: takes(small.here), PATIENCE_S, "the database does not take contacts"
                )
                result.recovery_s = max(result.recovery_s or 0.0, back)
        return _judged(small.here, ledger, result)


def _until_noticed(here: Site, push: Callable[[Site], None]) -> None:
    def noticed() -> bool:
        push(here)
        return says(here) == "down"

    await_true(noticed, PATIENCE_S, "the door does not notice the full disk")


def _check_said(here: Site, result: Result) -> None:
    """Whoever looks is told, and a page is a page or says that it cannot be had now."""
    said = here.door_says()
    if said.get("database") == "down" and "database-down" not in said["alarms"]:
        result.broken.append(Broken("alarm", "the full disk is not among the alarms"))
    with suppress(OSError):
        status = here.status("/api/me", "chief")
        if status not in (200, 401, 502, 503):
            result.broken.append(Broken("reads", f"a page is answered with {status} while the disk is full"))


def _judged(here: Site, ledger: Ledger, result: Result) -> Result:
    if ledger.refused:
        result.broken.append(
            Broken("refused", f"{ledger.refused} contacts were refused though the spool had room")
        )
    result.gap_s = ledger.gap_s()
    if result.gap_s > PROMISED_S:
        result.late.append(f"a contact had its yes after {result.gap_s:.2f} s")
    return judge(here, ledger, result)


def says(here: Site) -> str:
    """What the door says of the database."""
    return str(here.door_says().get("database", "unknown"))


def takes(here: Site) -> bool:
    """Whether the database takes contacts again and the spool is empty."""
    said = here.door_says()
    return bool(said and said["database"] == "up" and said["spool"]["waiting"] == 0)


def switch_wal(here: Site) -> None:
    """Have the database begin another file of its log."""
    with (
        suppress(psycopg.Error),
        psycopg.connect(here.cluster.dsn(SUPERUSER, "postgres"), autocommit=True, connect_timeout=2) as link,
    ):
        link.execute("SELECT pg_switch_wal()")


def wait_for_load(_here: Site) -> None:
    """The load itself wants room."""
    time.sleep(0.05)
