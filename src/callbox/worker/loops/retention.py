# SPDX-License-Identifier: Apache-2.0
"""Personal data past its date is erased; the journal keeps how many rows, not what stood in them."""

from datetime import datetime

from callbox.access import retention as access
from callbox.access.domain import system_actor
from callbox.door import retention as door
from callbox.incidents import retention as incidents
from callbox.intake import retention as intake
from callbox.intake.reactions import NAME
from callbox.journal.queries import position_of
from callbox.worker.loop import Loop

ACTOR = system_actor("retention")


def step(at: datetime) -> int:
    """Erase a portion of each."""
    return (
        door.erase_expired(position_of(NAME), by=ACTOR, at=at)
        + intake.erase_expired(by=ACTOR, at=at)
        + incidents.erase_expired(by=ACTOR, at=at)
        + access.erase_expired(by=ACTOR, at=at)
    )


LOOP = Loop("retention", step, every_s=10.0, full=door.PORTION)
