# SPDX-License-Identifier: Apache-2.0
"""What an installation uses while a drill goes on: memory, descriptors, connections and disk, every two seconds."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil
import psycopg

from callbox.drills.result import Broken
from callbox.drills.site import Site

EVERY_S = 2.0
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. memory: resident bytes by process; files: descriptors by process; None: could not be asked."""

    memory: dict[str, int]
    files: dict[str, int]
    spool: int
    connections: int | None
    waiting: int | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may never be passed, set by this project for a site of a drill: bytes, counts."""

    memory: int = 700 << 20
    files: int = 600
    spool: int = 17 << 20
    connections: int = 60
    waiting: int = 5_000


def within(samples: Sequence[Sample], bounds: Bounds) -> Iterator[Broken]:
    """Every bound that was passed, once, with how far. Pure."""
    worst: dict[str, tuple[int, int]] = {}
    for sample in samples:
        for name, size in sample.memory.items():
            worst[f"memory of {name}"] = max(worst.get(f"memory of {name}", (0, 0)), (size, bounds.memory))
        for name, count in sample.files.items():
            worst[f"files of {name}"] = max(worst.get(f"files of {name}", (0, 0)), (count, bounds.files))
        rest = {"spool": (sample.spool, bounds.spool)}
        rest["connections"] = (sample.connections or 0, bounds.connections)
        rest["waiting contacts"] = (sample.waiting or 0, bounds.waiting)
        for name, found in rest.items():
            worst[name] = max(worst.get(name, (0, 0)), found)
    for name, (found_most, limit) in worst.items():
        if found_most > limit:
            yield Broken("bounds", f"{name}: {found_most}, more than {limit}")


def sample(site: Site) -> Sample:
    """How it is now."""
    memory: dict[str, int] = {}
    files: dict[str, int] = {}
    for name in ("door", "web", "worker"):
        for pid in site.pids(name):
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                memory[name] = memory.get(name, 0) + process.memory_info().rss
                files[name] = files.get(name, 0) + process.num_fds()
    return Sample(memory, files, _spool(site), _connections(site), _waiting(site))


def _spool(site: Site) -> int:
    """Bytes of the spool and of whatever stands beside it."""
    return sum(path.stat().st_blocks * 512 for path in site.spool.parent.glob(f"{site.spool.name}*"))


def _connections(site: Site) -> int | None:
    try:
        return int(site.rows(CONNECTIONS)[0][0])
    except psycopg.Error:
        return None


def _waiting(site: Site) -> int | None:
    said = site.door_says()
    return int(said["spool"]["waiting"]) if said else None


@contextmanager
def sampled(site: Site) -> Iterator[list[Sample]]:
    """The samples taken during the block. A frozen database is not asked: that would hold the sampler."""
    found: list[Sample] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(EVERY_S):
            found.append(sample(site))

    sampler = threading.Thread(target=look, name="sampler", daemon=True)
    sampler.start()
    try:
        yield found
    finally:
        ended.set()
        sampler.join()
