# SPDX-License-Identifier: Apache-2.0
"""What the histories that are followed come to is noted once a day, for the rate of unknown in the figures."""

from datetime import datetime

from callbox.access.domain import system_actor
from callbox.findings.judging import note_followed
from callbox.matters.queries import calendar_in_force
from callbox.oversight.following.watch import is_idle
from callbox.oversight.library import shipped_rules
from callbox.worker.loop import Loop

ACTOR = system_actor("oversight")


def step(at: datetime) -> int:
    """Note it, unless this day has it. As long as no case was ever told of, the models are not even read."""
    return 0 if is_idle() else note_followed(shipped_rules(), calendar_in_force().zone, by=ACTOR, at=at)


LOOP = Loop("judged", step, every_s=600.0)
