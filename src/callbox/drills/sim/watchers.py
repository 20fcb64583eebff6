# SPDX-License-Identifier: Apache-2.0
"""Screens: a snapshot from web, then the door's stream, and back again from the last position after every break."""

import json
import re
from uuid import UUID

from callbox.door.tickets import LIFETIME_S, Ticket, sign
from callbox.drills.sim.doors import SECRET, Asked
from callbox.drills.sim.record import Seen
from callbox.drills.sim.schedule import BEGIN
from callbox.drills.sim.world import World
from callbox.journal.queries import horizon

PLACE = re.compile(rb"^id: (\d+)\.(\d+)$", re.MULTILINE)
KINDS = frozenset({"call", "incident", "assignment", "unit"})
SIGNED_OUT_S = 5.0 + 2.0  # the promise, and one round of asking
STALE_S = 3.0
BLIND_S = 2.5


class Watcher:
    """One screen of one person."""

    def __init__(self, world: World, number: int, person: UUID, signin: UUID) -> None:
        self._world = world
        self._signin = signin
        self._person = person
        self._asked: Asked | None = None
        ticket = self._ticket()
        self.seen = Seen(f"screen{number}", ticket)
        world.record.screens.append(self.seen)
        world.process(self.seen.name, "web", self._begin, 1.0 + number)

    def drop(self) -> None:
        """The network of this screen breaks."""
        if self._asked is not None:
            self._world.door.leave(self._asked)

    def _ticket(self) -> Ticket:
        at = int(BEGIN.timestamp() + self._world.now)
        return Ticket(self._person, self._signin, 1, at, at + LIFETIME_S, all_kinds=KINDS, contacts=True)

    def _begin(self) -> None:
        while self.seen.begun is None:
            self._world.attempt("look", self._look)
            self._world.pause(1.0)
        self._connect()

    def _look(self) -> None:
        self.seen.begun = horizon()

    def _connect(self) -> None:
        assert self.seen.begun is not None  # it looked first
        place = self.seen.places[-1] if self.seen.places else self.seen.begun
        ticket = sign(self._ticket(), SECRET)
        signed_out = self._world.record.signed_out.get(self._signin)
        self._asked = asked = self._world.door.stream(ticket, f"{place[0]}.{place[1]}", self._hear)
        self.seen.open_since = self.seen.heard_at = self._world.now
        asked.ended.then(lambda: self._again(asked, signed_out))
        if signed_out is None:
            self._world.schedule.after(5.0, lambda: self._still(asked))

    def _still(self, asked: Asked) -> None:
        """Every second a living stream says something."""
        if asked.ended.happened or asked is not self._asked:
            return
        blind = self._world.door_blind_since
        if asked.status == 200 and blind is not None and self._world.now - blind > SIGNED_OUT_S + 1.0:
            self._world.record.note("signed out is out: a stream goes on that nobody can check")
        if asked.status == 200 and self._world.now - self.seen.heard_at > STALE_S:
            self._world.record.note("screens know their age: a stream says nothing for 3 s")
        self._world.schedule.after(1.5, lambda: self._still(asked))

    def _again(self, asked: Asked, signed_out: float | None) -> None:
        world = self._world
        if asked.status == 200 and signed_out is not None:
            world.record.note("signed out is out: a stream was opened after it")
        if not (self._signin in world.record.signed_out and world.dice.random() < 0.5):
            world.schedule.after(world.dice.uniform(0.05, 2.0), self._connect)

    def _hear(self, data: bytes) -> None:
        world, out = self._world, self._world.record.signed_out.get(self._signin)
        self.seen.heard_at = world.now
        if out is not None and world.now - out > SIGNED_OUT_S:
            world.record.note("signed out is out: a stream goes on after 5 s")
        for piece in data.split(b"\n\n"):
            if piece.startswith(b"event: entry"):
                found = PLACE.search(piece)
                assert found is not None  # every entry has its place
                self.seen.places.append((int(found[1]), int(found[2])))
            elif piece.startswith(b"event: horizon"):
                self._check_age(piece)

    def _check_age(self, piece: bytes) -> None:
        blind = self._world.door_blind_since
        if blind is None or self._world.now - blind < BLIND_S:
            return
        age = json.loads(piece.split(b"data: ", 1)[1])["age_s"]
        if age < self._world.now - blind - BLIND_S:
            self._world.record.note("screens know their age: one thinks it is fresh and the door is blind")
