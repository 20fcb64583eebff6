# SPDX-License-Identifier: Apache-2.0
"""One write or flush of PostgreSQL's files or of the spool fails with EIO: the n-th from now, n walked."""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from callbox.drills.judge import judge
from callbox.drills.load import load
from callbox.drills.result import Broken, Result
from callbox.drills.senders import Pace
from callbox.drills.shim import FaultyDisk
from callbox.drills.site import Site, await_true, site
from callbox.drills.small import says, switch_wal, takes

HELP = "a write or flush of PostgreSQL or of the spool fails with EIO, the n-th from now"
TIMES = 8
PATIENCE_S = 90.0
KINDS = (
    ("database", "fail_sync_in"),
    ("spool", "fail_sync_in"),
    ("database", "fail_write_in"),
    ("spool", "fail_write_in"),
)


def run(seed: int, times: int) -> Result:
    """Let so many writes and flushes fail, in turn of both kinds and both places."""
    result = Result("eio", seed)
    with _disks() as faulty:
        database, spool = faulty["database"], faulty["spool"]
        here = site(environment=spool.environment, server_environment=database.environment)
        with here as running:
            with load(running, seed, Pace(rate=20)) as ledger:
                _walk(running, faulty, seed, times, result)
            result.gap_s = ledger.gap_s()
            return judge(running, ledger, result)


def _walk(here: Site, faulty: dict[str, FaultyDisk], seed: int, times: int, result: Result) -> None:
    dice = random.Random(f"eio/{seed}")  # noqa: S311 - repeatable on purpose
    for number in range(times):
        place, what = KINDS[number % len(KINDS)]
        nth = 1 + number // len(KINDS) + dice.randrange(3)
        with _frozen(here) if place == "spool" else nullcontext():
            _fail(here, faulty[place], what, nth)
            time.sleep(0.2)
        result.counts["eio"] += 1
        back = await_true(lambda: takes(here), PATIENCE_S, f"after EIO of {place} the database takes nothing")
        await_true(lambda: not _is_broken(here), PATIENCE_S, "the spool is not mended")
        result.recovery_s = max(result.recovery_s or 0.0, back)
    for place, disk in faulty.items():
        result.extra[f"failed_{place}"] = disk.count("failed")
        if times >= len(KINDS) and not disk.count("failed"):
            result.broken.append(
                Broken("drill", f"nothing failed under the {place}: the drill shows nothing")
            )


def _fail(here: Site, disk: FaultyDisk, what: str, nth: int) -> None:
    before = disk.count("failed")
    disk.order(**{what: nth})

    def failed() -> bool:
        if what == "fail_write_in":
            switch_wal(here)  # a page of a table is written only now and then
        return disk.count("failed") > before

    await_true(failed, PATIENCE_S, f"{what} {nth} is never reached")


@contextmanager
def _frozen(here: Site) -> Iterator[None]:
    here.cluster.freeze()
    try:
        await_true(lambda: says(here) == "down", PATIENCE_S, "the door does not notice")
        yield
    finally:
        here.cluster.thaw()


def _is_broken(here: Site) -> bool:
    said = here.door_says()
    return not said or "spool-broken" in said["alarms"]


@contextmanager
def _disks() -> Iterator[dict[str, FaultyDisk]]:
    with tempfile.TemporaryDirectory(prefix="callbox-shim-") as folder:
        Path(folder).chmod(0o711)
        made = {
            "database": FaultyDisk(Path(folder, "database"), files="/postgresql/data/"),
            "spool": FaultyDisk(Path(folder, "spool"), files="/spool"),
        }
        try:
            yield made
        finally:
            for disk in made.values():
                disk.close()
