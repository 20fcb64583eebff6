# SPDX-License-Identifier: Apache-2.0
"""One run: some hours of a quiet town, with bad minutes in between; what was broken in it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from callbox.access.models import Agency, Person, SignIn
from callbox.dispatch.units import Equipment, define_unit, set_availability
from callbox.drills.sim.faults import Faults
from callbox.drills.sim.invariants import broken_in
from callbox.drills.sim.riders import Crew
from callbox.drills.sim.senders import Senders
from callbox.drills.sim.staff import Staff, person
from callbox.drills.sim.stand_ins import Change
from callbox.drills.sim.watchers import Watcher
from callbox.drills.sim.workers import Workers
from callbox.drills.sim.world import World

UNITS = 3
BAD_S = 25.0
QUIET_S = (240.0, 900.0)
MEND_S = 120.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one run found. seconds: simulated; cpu_s: this process's. trace: the same for the same seed."""

    seed: int
    broken: tuple[str, ...]
    seconds: float
    cpu_s: float
    trace: str
    contacts: int
    actions: int
    faults: tuple[str, ...]


def play(
    seed: int,
    hours: float = 0.5,
    patches: Sequence[Change] = (),
    without: Sequence[str] = (),
    quiet: tuple[float, float] = QUIET_S,
) -> Run:
    """Simulate so many hours. patches: attributes of the product that are something else meanwhile."""
    begun = time.process_time()
    with World(seed, patches, without) as world:
        town = Town(world)
        while world.now < hours * 3600 - MEND_S and not world.record.broken:
            town.bad_minute(quiet)
        town.mend()
        world.record.broken += [each for each in broken_in(world) if each not in world.record.broken]
        return Run(
            seed,
            tuple(world.record.broken),
            world.now,
            time.process_time() - begun,
            world.schedule.trace,
            len(world.record.sendings),
            world.record.actions,
            tuple(town.faults.made),
        )


class Town:
    """Everybody and everything."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._units: list[UUID] = []
        self._people = [(UUID(int=900 + number), UUID(int=950 + number)) for number in range(2)]
        world.door.start()
        world.process("setup", "web", self._set_up)
        world.schedule.run(1.0)
        self._senders = Senders(world)
        self._staff = Staff(world, self._units)
        self._watchers = [Watcher(world, number, *ids) for number, ids in enumerate(self._people)]
        self._crews = [Crew(world, number, unit) for number, unit in enumerate(self._units)]
        self._workers = Workers(world)
        self.faults = Faults(world, self._workers, self._watchers, self._senders.send)

    def bad_minute(self, quiet: tuple[float, float]) -> None:
        """Many things at once, trouble in the midst of it; then quiet."""
        world, dice = self._world, self._world.dice
        end = world.now + BAD_S
        self._staff.busy_until = end + 20.0
        world.server.roughness = dice.choice((0.2, 0.4, 0.6))
        for _ in range(dice.randrange(1, 5)):
            self._call_for_help(dice.uniform(0.0, BAD_S))
        for _ in range(dice.choice((2, 2, 3))):
            world.schedule.run(world.now + dice.uniform(0.5, 6.0))
            over = self.faults.one()
            world.schedule.run(world.now + over)
        world.schedule.run(max(end, world.now) + 20.0)
        world.server.roughness = 0.0
        world.schedule.run(world.now + dice.uniform(*quiet))

    def _call_for_help(self, seconds: float) -> None:
        """Somebody calls; often several see the same thing at the same moment."""
        dice = self._world.dice
        for _ in range(dice.choice((1, 1, 1, 3))):
            self._world.schedule.after(seconds + dice.uniform(0.0, 0.004), self._senders.send)

    def mend(self) -> None:
        """Everything is well, and stays so; who watches is signed out at last."""
        world = self._world
        world.server.roughness, world.ending = 0.0, True
        self._staff.busy_until = world.now + MEND_S / 2
        world.process("sign-out", "web", self._sign_out)
        world.schedule.run(world.now + MEND_S)

    def _set_up(self) -> None:
        world, boss = self._world, person(1, "supervisor", "administrator", "dispatcher")
        at = world.schedule.wall
        agency = Agency.objects.create(id=UUID(int=7), code="FD", kind="fire", name_en="", name_zh="")
        for identity, signin in self._people:
            who = Person.objects.create(id=identity, username=str(identity), name="")
            SignIn.objects.create(id=signin, person=who, started_at=at)
        for number in range(UNITS):
            unit = define_unit(
                Equipment(f"E{number}", "engine", frozenset({"engine"})), agency, None, by=boss, at=at
            )
            set_availability(unit.matter_id, "begin_duty", by=boss, at=at)
            self._units.append(unit.matter_id)

    def _sign_out(self) -> None:
        signin = self._people[1][1]
        SignIn.objects.filter(id=signin).update(ended_at=self._world.schedule.wall)
        self._world.record.signed_out[signin] = self._world.now
