# SPDX-License-Identifier: Apache-2.0
"""Clocks that run out are late, ladders are climbed, offers that nobody answered end."""

from datetime import datetime

from callbox.access.domain import system_actor
from callbox.matters.actions import fire_due_clocks
from callbox.matters.climbing import climb_ladders
from callbox.matters.handover import time_out_offers
from callbox.matters.queries import anything_due, known_now
from callbox.matters.sweeping import PORTION, PutOff
from callbox.worker.loop import Loop

ACTOR = system_actor("clocks")
FIRING, CLIMBING = PutOff(), PutOff()


def step(at: datetime) -> int:
    """Fire what is due: emergencies' clocks first, the long ones' ladders after."""
    if not anything_due(at):
        return 0
    known = known_now()
    fired = fire_due_clocks(by=ACTOR, at=at, known=known, put_off=FIRING)
    climbed = climb_ladders(by=ACTOR, at=at, known=known, put_off=CLIMBING)
    return max(fired, climbed, time_out_offers(by=ACTOR, at=at))


LOOP = Loop("clocks", step, every_s=0.4, full=PORTION)
