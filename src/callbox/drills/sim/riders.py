# SPDX-License-Identifier: Apache-2.0
"""Crews: their phones keep what was pressed and send it when there is a network, sometimes twice."""

from datetime import datetime, timedelta
from uuid import UUID

from callbox.dispatch.crew import Pressed, take_messages
from callbox.dispatch.phone_clock import Stamp
from callbox.dispatch.queries import unit_of_crew
from callbox.drills.sim.staff import person
from callbox.drills.sim.tables import Values
from callbox.drills.sim.world import World
from callbox.kernel.actor import Actor
from callbox.kernel.ids import new_id

NEXT = {"assigned": "acknowledge", "acknowledged": "go", "en_route": "arrive", "on_scene": "clear"}
SPEED = {"acknowledge": 5.0, "go": 15.0, "arrive": 90.0, "clear": 120.0}


class Crew:
    """One crew with its phone."""

    def __init__(self, world: World, number: int, unit: UUID) -> None:
        self._world = world
        self._unit = unit
        self._who = person(300 + number, "crew", keys=(f"unit:{unit}",))
        self._kept: list[Pressed] = []
        self._pressed = 0
        self._online_at = 0.0
        self._off = timedelta(seconds=world.dice.choice((0.0, 0.0, -3600.0, 1800.0)))
        world.process(f"crew{number}", "web", self._ride, 1.0)

    @property
    def _phone(self) -> datetime:
        return self._world.schedule.wall + self._off

    def _ride(self) -> None:
        world = self._world
        while True:
            row = self._active()
            if row is None:
                world.pause(2.0 if world.ending else 8.0)
                continue
            self._press(row)
            if world.dice.random() < 0.2 and not world.ending:
                self._online_at = world.now + world.dice.uniform(20.0, 200.0)
            if world.now >= self._online_at:
                self._send(self._who)

    def _active(self) -> Values | None:
        found = self._world.tables.tables["dispatch_assignment"].found("unit_id", (self._unit,))
        rows = [row.committed for row in found if row.committed and row.committed["active"]]
        return rows[0] if rows else None

    def _press(self, row: Values) -> None:
        """The next milestone, after the time it takes; offline the crew goes on by itself."""
        state = self._world.matter(row["matter_id"])["state"]
        told = [each.what for each in self._kept if each.target == row["matter_id"]]
        what = NEXT.get(state) if not told else self._following(told[-1])
        if what is None:
            self._world.pause(5.0)
            return
        self._world.pause(SPEED[what] * (0.1 if self._world.ending else 1.0))
        self._pressed += 1
        self._kept.append(Pressed(new_id(), self._pressed, what, row["matter_id"], Stamp(self._phone)))

    def _following(self, last: str) -> str | None:
        names = list(SPEED)
        at = names.index(last) + 1
        return names[at] if at < len(names) else None

    def _send(self, who: Actor) -> None:
        """All that waits; what is not answered is sent again with the next."""
        world, messages = self._world, list(self._kept)
        if world.dice.random() < 0.15:
            self._off += timedelta(hours=world.dice.choice((-1, 1)))  # somebody puts the phone's clock right
        for _ in range(1 + (world.dice.random() < 0.3)):
            if world.attempt("crew", lambda: self._take(messages, who)):
                self._kept = [each for each in self._kept if each not in messages]

    def _take(self, messages: list[Pressed], who: Actor) -> bool:
        unit = unit_of_crew(who)
        assert unit is not None  # it was there from the beginning
        answers = self._world.record.answers
        for taken in take_messages(unit, messages, self._phone, by=who, at=self._world.schedule.wall):
            answers.setdefault(taken.key, set()).add((taken.done, taken.message))
        return True
