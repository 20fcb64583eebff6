# SPDX-License-Identifier: Apache-2.0
"""Clocks follow their calendar, rule and ladder: after one was loaded they are reckoned anew, some at a time."""

from datetime import datetime

from callbox.access.domain import system_actor
from callbox.matters.hanging import hang_anew
from callbox.matters.retelling import tell_anew
from callbox.matters.settling import PORTION, settle_clocks
from callbox.worker.loop import Loop

ACTOR = system_actor("clocks")


def step(at: datetime) -> int:
    """Settle what waits for it. Which untold steps move is one portion, however many."""
    tell_anew(by=ACTOR, at=at)
    return max(settle_clocks(by=ACTOR, at=at), hang_anew(by=ACTOR, at=at))


LOOP = Loop("calendars", step, every_s=5.0, full=PORTION)
