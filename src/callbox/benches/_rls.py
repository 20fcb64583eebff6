# SPDX-License-Identifier: Apache-2.0
"""The measurement behind `callbox bench rls`, on a throw-away server that does not wait for the disk."""

import statistics
import time
from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import psycopg

from callbox.access.rows import protected
from callbox.benches._database import throw_away_database

WAYS = ("without", "with")
Times = dict[
    tuple[str, str], list[tuple[float, float]]
]  # request and way: seconds of the wall's clock and of CPU


def measure(rounds: int, each: int, incidents: int) -> dict[str, Any]:
    """Medians of each request both ways, and their ratios."""
    with throw_away_database() as urls:
        from callbox.benches._rls_world import World

        world = World(incidents)
        times: Times = {}
        for number in range(rounds):
            for way in WAYS if number % 2 else reversed(WAYS):
                _switch(urls.owner, on=way == "with")
                for name, request in world.requests.items():
                    _ask(world, request, way)  # the first after a change reads the rules anew
                    times.setdefault((name, way), []).extend(_ask(world, request, way) for _ in range(each))
    return _told(times, list(world.requests))


def _switch(owner: str, *, on: bool) -> None:
    verb = "ENABLE" if on else "DISABLE"
    with psycopg.connect(owner) as link:
        for row in protected():
            link.execute(f"ALTER TABLE {row.table} {verb} ROW LEVEL SECURITY".encode())


def _ask(world: Any, request: Callable[[Any], object], way: str) -> tuple[float, float]:
    """One request as the middleware makes it: who asks is found out, then it is answered."""
    from callbox.access.seeing import end_reading, seeing
    from callbox.access.sight import GATE, sight_of

    at, cpu = time.perf_counter(), world.cpu_s()
    with seeing(GATE) if way == "with" else nullcontext():
        actor = world.who()
        with seeing(sight_of(actor)) if way == "with" else nullcontext():
            request(SimpleNamespace(actor=actor))
        end_reading()
    return time.perf_counter() - at, world.cpu_s() - cpu


def _told(times: Times, names: list[str]) -> dict[str, Any]:
    rows = {name: _row(times, name) for name in names}
    together = [sum(row[f"{way}_ms"] for row in rows.values()) for way in WAYS]
    return {"rls_ratio": round(together[1] / together[0], 3), "requests": rows}


def _row(times: Times, name: str) -> dict[str, float]:
    without, given = (times[name, way] for way in WAYS)
    wall = [1000 * statistics.median(wall for wall, _cpu in found) for found in (without, given)]
    cpu = [sum(cpu for _wall, cpu in found) for found in (without, given)]
    return {
        "without_ms": round(wall[0], 3),
        "with_ms": round(wall[1], 3),
        "ratio": round(wall[1] / wall[0], 3),
        "cpu_ratio": round(cpu[1] / cpu[0], 3) if cpu[0] else 1.0,
    }
