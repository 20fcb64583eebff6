# SPDX-License-Identifier: Apache-2.0
"""Clocks follow their calendar and their rule: after either was loaded they are reckoned anew, some at a time."""

from datetime import datetime

from callbox.access.domain import system_actor
from callbox.matters.settling import PORTION, settle_clocks
from callbox.worker.loop import Loop

ACTOR = system_actor("clocks")


def step(at: datetime) -> int:
    """Settle what waits for it."""
    return settle_clocks(by=ACTOR, at=at)


LOOP = Loop("calendars", step, every_s=5.0, full=PORTION)
