# SPDX-License-Identifier: Apache-2.0
"""People who call for help: they wait, give up, say it again, and sometimes say it twice."""

import json

from callbox.door.accept import DATABASE_DEADLINE_S, SPOOL_DEADLINE_S
from callbox.drills.sim.doors import Asked
from callbox.drills.sim.record import Sending
from callbox.drills.sim.world import World

CHANNELS = ("sos", "text", "web", "app", "other", "phone")
PATIENCE_S = 4.0
ANSWER_S = 1.5 + 0.05  # the promise, and what the simulated disk's own call takes
MOST_TRIES = 60
assert DATABASE_DEADLINE_S + SPOOL_DEADLINE_S < ANSWER_S


class Senders:
    """All of them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._count = 0

    def send(self) -> None:
        """Somebody has something to say."""
        self._count += 1
        dice, number = self._world.dice, self._count
        channel = dice.choice(CHANNELS)
        source = f"person {dice.randrange(6)}"
        said = {"words": f"help {number}", "number": source}
        body = json.dumps(said).encode() if dice.random() < 0.5 else dice.randbytes(dice.randrange(1, 2500))
        sending = Sending(f"key {number}", source, channel, body)
        self._world.record.sendings.append(sending)
        self._try(sending)
        if dice.random() < 0.3:
            self._world.schedule.after(dice.expovariate(1.0), lambda: self._try(sending))

    def _try(self, sending: Sending) -> None:
        world = self._world
        sending.tries += 1
        headers = {
            "host": "localhost",
            "idempotency-key": sending.key,
            "x-source": sending.source,
            "content-type": "application/json",
        }
        begun, asked = world.now, world.door.post(sending.channel, headers, sending.body)
        door = world.door.starts
        world.schedule.after(ANSWER_S, lambda: self._in_time(asked, door))
        asked.ended.then(lambda: self._told(sending, asked, begun))
        world.schedule.after(PATIENCE_S, lambda: self._give_up(sending, asked))

    def _in_time(self, asked: Asked, door: int) -> None:
        if asked.status is None and not asked.ended.happened and door == self._world.door.starts:
            self._world.record.note("answered in time: a sender waits longer than 1.5 s")

    def _told(self, sending: Sending, asked: Asked, begun: float) -> None:
        world = self._world
        if asked.status == 201:
            if sending.told_at is None:
                sending.told_at = world.now
            sending.yes.append(json.loads(asked.body)["accepted"])
        elif not sending.yes and sending.tries < MOST_TRIES:
            world.schedule.after(world.dice.uniform(0.3, 3.0), lambda: self._try(sending))

    def _give_up(self, sending: Sending, asked: Asked) -> None:
        if not asked.ended.happened:
            self._world.door.leave(asked)
