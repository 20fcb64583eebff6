# SPDX-License-Identifier: Apache-2.0
"""The engine event by event: the log as a stream in the order of its days, in memory and with all of it durable."""

import time
from collections.abc import Iterator
from datetime import datetime
from resource import RUSAGE_SELF, getrusage
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from callbox.benches._database import durable_database
from callbox.benches._oversight_world import AS_OF, copied, fines_log, imported, twelve
from callbox.oversight.columns import Columns
from callbox.oversight.domain.events import Event, Value
from callbox.oversight.following.follower import Follower

if TYPE_CHECKING:
    from callbox.oversight.following.watch import Watch

PORTION = 5_000  # events that are judged together
COMMITTED = 10_000  # and in one transaction


def in_memory(copies: int, rounds: int) -> dict[str, Any]:
    """Followed in memory: only what the engine does counts, not the making of the events."""
    columns, rules = _log(copies), twelve()
    spent, walls, looked = [], [], 0
    for _round in range(rounds):
        follower, cpu, wall, looked = Follower("case", rules), 0.0, 0.0, 0
        for events in _stream(columns, PORTION):
            began, cpu_began = time.perf_counter(), time.process_time()
            looked += len(follower.look(events, _last(events)).which)
            wall, cpu = wall + time.perf_counter() - began, cpu + time.process_time() - cpu_began
        walls.append(wall)
        spent.append(cpu)
    return {
        "events": len(columns),
        "rate": round(len(columns) / median(spent)),
        "by_the_clock": round(len(columns) / median(walls)),
        "looks_at_a_history": looked,
        "counts": follower.counts(),
        "peak_mib": getrusage(RUSAGE_SELF).ru_maxrss // 1024,
    }


def durable(copies: int) -> dict[str, Any]:
    """Followed with each state, each timer and the place in the stream on disk after every portion, by the clock."""
    columns, rules = _log(copies), {rule.code: rule for rule in twelve()}
    with durable_database():
        from django.db import transaction

        from callbox.journal.actions import move_position
        from callbox.oversight.following.watch import Watch

        watch, wall, longest, place = Watch(rules, "bench"), 0.0, 0.0, 0
        cpu_began = time.process_time()
        for events in _stream(columns, COMMITTED):
            began = time.perf_counter()
            with transaction.atomic():
                watch.look("case", events, _last(events))
                move_position("bench", (0, place), (0, place + len(events) + 1))
            place += len(events) + 1
            took = time.perf_counter() - began
            wall, longest = wall + took, max(longest, took)
        return {
            "events": len(columns),
            "rate": round(len(columns) / wall),
            "longest_between_commits_s": round(longest, 2),
            "cpu_s": round(time.process_time() - cpu_began, 1),
            "counts": watch.followers["case"].counts(),
            "kept": _kept(watch),
            "peak_mib": getrusage(RUSAGE_SELF).ru_maxrss // 1024,
        }


def _kept(watch: "Watch") -> dict[str, int]:
    """What PostgreSQL holds: objects, timers, and those whose state is not what the process remembers."""
    from callbox.oversight.following import ledger
    from callbox.oversight.models import Followed

    follower = watch.followers["case"]
    numbers = np.arange(len(follower.log.keys))
    states = dict(zip(follower.log.keys, follower.states(numbers), strict=True))
    rows = ledger.rows_of("case", states)
    return {
        "objects": len(rows),
        "timers": Followed.objects.filter(next_at__isnull=False).count(),
        "differ": sum(key not in rows or rows[key].state != state for key, state in states.items()),
    }


def _log(copies: int) -> Columns:
    one = imported(fines_log())
    return copied(one, copies) if copies > 1 else one


def _stream(columns: Columns, size: int) -> Iterator[list[Event]]:
    """The events in the order of their moments, made just before they are handed over, as they come off a wire.

    At last none: only the clock goes on, to the end.
    """
    said: list[dict[str, Value]] = [{} for _ in range(len(columns))]
    for name, told in columns.said.items():
        for which, place in enumerate(told.places.tolist()):
            said[place][name] = told.value(which)
    owner, order = columns.owner, np.lexsort((columns.seq, columns.at)).tolist()
    for first in range(0, len(order), size):
        yield [_event(columns, place, owner[place], said[place]) for place in order[first : first + size]]
    yield []


def _event(columns: Columns, place: int, owner: int, values: dict[str, Value]) -> Event:
    return Event(
        columns.ids[place],
        columns.names[place],
        columns.moment(place),
        seq=int(columns.seq[place]),
        objects=((columns.kind, columns.keys[owner]),),
        values=values,
    )


def _last(events: list[Event]) -> datetime:
    """When the last one happened: what time it is in the stream."""
    return (events[-1].happened if events else None) or AS_OF
