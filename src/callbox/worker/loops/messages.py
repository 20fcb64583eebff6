# SPDX-License-Identifier: Apache-2.0
"""Messages go out: a loop for each gateway that has a place, so that one that hangs holds up no other."""

from datetime import datetime

from django.utils import timezone

from callbox.messages.turns import Turn, look_after, served
from callbox.worker.loop import Loop

PACE_S = 1.0


def step(at: datetime) -> int:
    """What is no gateway's."""
    return look_after(at)


LOOP = Loop("messages", step, every_s=PACE_S, full=50)


def all_of_it() -> list[Loop]:
    """This one and the gateways'. Raises ConfigError for settings that cannot be meant: the worker does not start."""
    gateways = served(timezone.now())
    return [
        LOOP,
        *(Loop(f"messages {each.name}", Turn(each).step, every_s=PACE_S, full=1) for each in gateways),
    ]
