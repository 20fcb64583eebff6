# SPDX-License-Identifier: Apache-2.0
"""Playing with several processes at once: calls are dealt out, and each unit's steps keep their order.

Every process goes through its own calls in order of time. Before a step of a unit it waits until all earlier
steps of that unit are done, by whichever process. The earliest step of all never waits, so they cannot block
one another.
"""

import multiprocessing
import os
import time
from collections.abc import Sequence
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.queues import Queue
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.analysis.replay import Played, Step, steps_of
from callbox.analysis.sffd import CallRow, read_calls

if TYPE_CHECKING:
    from ctypes import Array, c_int

WAIT_S = 0.001
LOOK_S = 0.5


def chosen(path: Path, limit: int | None) -> tuple[CallRow, ...]:
    """The calls of the file that are played: all, or the first `limit`."""
    return read_calls(path).calls[:limit]


def play_all(path: Path, limit: int | None, workers: int) -> list[Played]:
    """Play a file with this many processes; what came of each. Raises RuntimeError when one of them died."""
    units = sorted({row.unit for call in chosen(path, limit) for row in call.units})
    spawn = multiprocessing.get_context("spawn")
    done, results = spawn.RawArray("i", max(len(units), 1)), spawn.Queue()
    processes = [_started(spawn, number, workers, path, limit, done, results) for number in range(workers)]
    try:
        return _gathered(processes, results)
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _started(
    spawn: SpawnContext,
    number: int,
    workers: int,
    path: Path,
    limit: int | None,
    done: "Array[c_int]",
    results: "Queue[Played]",
) -> SpawnProcess:
    process = spawn.Process(target=work, args=(number, workers, path, limit, done, results), daemon=True)
    process.start()
    return process


def _gathered(processes: Sequence[SpawnProcess], results: "Queue[Played]") -> list[Played]:
    found: list[Played] = []
    while len(found) < len(processes):
        if results.empty():
            broken = [process for process in processes if process.exitcode]
            if broken:
                raise RuntimeError(f"a process of the replay ended with {broken[0].exitcode}")
            time.sleep(LOOK_S / 10)
            continue
        found.append(results.get())
    return found


def work(
    number: int,
    workers: int,
    path: Path,
    limit: int | None,
    done: "Array[c_int]",
    results: "Queue[Played]",
) -> None:
    """One process: plays every `workers`-th call, beginning with `number`."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    django.setup()
    from callbox.access.seeing import work_as_system
    from callbox.analysis.replay_player import Player

    work_as_system()

    calls = chosen(path, limit)
    units = {unit: place for place, unit in enumerate(sorted({r.unit for c in calls for r in c.units}))}
    mine = {call.number for call in calls[number::workers]}
    player = Player()
    parent = os.getppid()
    for step in steps_of(calls):
        if os.getppid() != parent:
            return  # whoever started the replay was killed
        if step.call.number in mine:
            _wait_turn(step, units, done)
            player.play(step)
            _pass_on(step, units, done)
    results.put(player.played)


def _wait_turn(step: Step, units: dict[str, int], done: "Array[c_int]") -> None:
    if step.row:
        parent = os.getppid()
        while done[units[step.row.unit]] < step.turn and os.getppid() == parent:
            time.sleep(WAIT_S)


def _pass_on(step: Step, units: dict[str, int], done: "Array[c_int]") -> None:
    if step.row:
        done[units[step.row.unit]] = step.turn + 1
