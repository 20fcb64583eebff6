# SPDX-License-Identifier: Apache-2.0
"""Contacts become calls as soon as they are there."""

from datetime import datetime

from callbox.access.domain import system_actor
from callbox.intake.aside import set_aside
from callbox.intake.reactions import take_contacts
from callbox.worker.loop import Loop

ACTOR = system_actor("intake")


def step(at: datetime) -> int:
    """Take what has come."""
    return take_contacts(by=ACTOR, at=at)


def rescue(at: datetime) -> int:
    """The next contact breaks whoever reads it: a person gets it as it is."""
    return set_aside(by=ACTOR, at=at)


LOOP = Loop("contacts", step, every_s=0.2, full=1, woken=True, rescue=rescue)
