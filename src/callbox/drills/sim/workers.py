# SPDX-License-Identifier: Apache-2.0
"""The worker's own loops, stepped at their own pace; where nothing is due, the pace is skipped, not the step."""

import threading

from callbox.drills.sim.schedule import Process
from callbox.drills.sim.world import World
from callbox.worker.loop import Runner
from callbox.worker.loops import clocks, contacts, seals

LOOPS = {"contacts": contacts.LOOP, "clocks": clocks.LOOP, "seals": seals.LOOP}
SEEN_AGAIN = (
    3  # steps after the last that did something, while a transaction is open: what it held back is seen then
)


class Workers:
    """So many workers that may die at any time."""

    def __init__(self, world: World, count: int = 2) -> None:
        self._world = world
        self._processes: list[Process] = [self._start(number) for number in range(count)]

    def kill_one(self, back_in: float) -> None:
        """SIGKILL in the midst of whatever it does; a new one begins later."""
        number = self._world.dice.randrange(len(self._processes))
        victim, host = self._processes[number], f"worker{number}"
        victim.kill()
        for session in tuple(self._world.server.sessions):
            if session.host == host:
                self._world.server.close(session)
        self._processes[number] = self._start(number, back_in)

    def _start(self, number: int, delay: float = 0.0) -> Process:
        return self._world.process(f"worker{number}", f"worker{number}", self._work, delay)

    def _step(self, runner: Runner, left: int) -> int:
        """One step; how many are still to be made. Where no transaction was open, nothing is held back."""
        is_quiet = not self._world.tables.active
        if runner.step() or runner.failures:
            return left
        return 0 if is_quiet else left - 1

    def _work(self) -> None:
        """Steps the loops for which something is new, and for a while after: what was held back is seen then."""
        world = self._world
        runners = {
            name: Runner(loop, threading.Event(), lambda: world.schedule.wall) for name, loop in LOOPS.items()
        }
        left = dict.fromkeys(runners, SEEN_AGAIN)
        seen = dict.fromkeys(runners, -1.0)
        while True:
            for name, runner in runners.items():
                if seen[name] < world.news[name]:
                    seen[name], left[name] = world.news[name], SEEN_AGAIN
                if left[name]:
                    left[name] = self._step(runner, left[name])
            if not any(left.values()):
                left |= dict.fromkeys(world.overdue(), 1)
            if not any(left.values()):
                world.schedule.wait(world.something_new)
            world.pause(max((each.pause_s for each in runners.values() if each.failures), default=0.25))
