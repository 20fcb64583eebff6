# SPDX-License-Identifier: Apache-2.0
"""The door killed at every network write of accepting one contact, web at every one of assigning one unit."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from uuid import uuid4

from callbox.drills.folders import scratch
from callbox.drills.judge import judge
from callbox.drills.ledger import Ledger, Move
from callbox.drills.result import Broken, Result
from callbox.drills.senders import Pace, Senders
from callbox.drills.site import HEALTHY_S, Site, await_true, site
from callbox.drills.staff import PLACE
from callbox.drills.wire import Trigger, wire

HELP = "SIGKILL of the door or web before and after each network write of one acceptance, one assignment"
TIMES = 24  # points, spread over all there are; 0 takes every one
Point = tuple[int, bool]


def run(seed: int, times: int) -> Result:
    """Kill at so many points, half of them in an acceptance; 0: at all points there are."""
    result, trigger, ledger = Result("kill-at-each-write", seed), Trigger(), Ledger()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch())
        database = stack.enter_context(wire(str(Site(folder).cluster.layout.socket), trigger))
        here = stack.enter_context(site(folder, database_port=database.port))
        front = stack.enter_context(wire(here.port, trigger))
        senders = Senders(f"http://127.0.0.1:{front.port}", ledger, seed, Pace(repeats=0.3, threads=0.0))
        _at_points(Acceptance(here, senders), here, trigger, times // 2, result)
        _at_points(Assignment(here, ledger, result), here, trigger, times // 2, result)
        return judge(here, ledger, result)


class Acceptance:
    """One contact accepted. The door opens a connection for it; those of its other parts do not count."""

    name, victim, fresh = "accept", "door", True

    def __init__(self, here: Site, senders: Senders) -> None:
        self._here, self._senders = here, senders

    def ready(self) -> bool:
        """The door runs, and its followers have their connections."""
        return self._here.door_says().get("oldest_unread_s") is not None

    def step(self) -> None:
        """Send one until its yes."""
        asyncio.run(self._senders.one())


class Assignment:
    """One unit assigned to an incident, and cleared again without a fault."""

    name, victim, fresh = "assign", "web", False

    def __init__(self, here: Site, ledger: Ledger, result: Result) -> None:
        self._here, self._ledger, self._result = here, ledger, result
        self._incident = str(uuid4())
        told = PLACE | {"id": self._incident}
        await_true(lambda: here.tell("/api/incidents", "taker", told) == 200, HEALTHY_S, "no incident")

    def ready(self) -> bool:
        """Web answers."""
        return self._here.is_up("web")

    def step(self) -> None:
        """Send a unit until it is told that it was sent, or that it was already."""
        identity = str(uuid4())
        body = {"id": identity, "incident": self._incident, "unit": self._here.units[0]}
        status = self._until_answered("/api/assignments", body)
        if status == 200:
            self._ledger.moves.append(Move(identity, "open"))
        path = f"/api/assignments/{identity}/clear"
        if (cleared := self._until_answered(path, {"radio": True})) != 200:
            self._result.broken.append(Broken("lost", f"assignment {identity}: {status}, then {cleared}"))
        else:
            self._ledger.moves.append(Move(identity, "clear"))

    def _until_answered(self, path: str, body: object) -> int:
        said: list[int] = []

        def asked() -> bool:
            said.append(self._here.tell(path, "desk", body))
            return said[-1] in (200, 404, 409, 422)

        await_true(asked, HEALTHY_S, "web does not answer")
        return said[-1]


def _at_points(
    what: Acceptance | Assignment, here: Site, trigger: Trigger, most: int, result: Result
) -> None:
    def made(at: int, act: Callable[[], object], *, after: bool) -> int:
        await_true(what.ready, HEALTHY_S, f"{what.victim} does not come up")
        trigger.arm(at, act, after=after, fresh=what.fresh)
        what.step()
        return trigger.count

    here.kill(what.victim)  # a fresh process opens its connections within the step
    writes = made(0, lambda: None, after=False)
    result.extra[f"{what.name}_writes"] = writes
    for at, after in chosen(writes, most):
        made(at, lambda: here.kill(what.victim), after=after)
        result.counts["app_kills"] += trigger.acted
    trigger.arm(0, lambda: None, after=False)


def chosen(writes: int, most: int) -> Sequence[Point]:
    """So many of the points before and after each write, spread evenly, first and last among them; 0: all."""
    points = [(at, after) for at in range(1, writes + 1) for after in (False, True)]
    if not most or most >= len(points):
        return points
    return [points[round(number * (len(points) - 1) / max(1, most - 1))] for number in range(most)]
