# SPDX-License-Identifier: Apache-2.0
"""Personal data past its date is erased; the journal keeps how many rows, not what stood in them."""

from datetime import datetime

from callbox.access import keys
from callbox.access import retention as access
from callbox.access.domain import system_actor
from callbox.dispatch import retention as dispatch
from callbox.door import old_rows as old_contacts
from callbox.door import retention as door
from callbox.incidents import old_rows as old_incidents
from callbox.incidents import retention as incidents
from callbox.incidents.actions import RETENTION as OF_INCIDENTS
from callbox.intake import old_rows as old_callers
from callbox.intake import retention as intake
from callbox.intake.actions import RETENTION as OF_CALLERS
from callbox.intake.reactions import NAME
from callbox.journal.queries import position_of
from callbox.messages import retention as messages
from callbox.pictures import retention as pictures
from callbox.requests import retention as requests
from callbox.worker.loop import Loop

ACTOR = system_actor("retention")


def step(at: datetime) -> int:
    """Erase a portion of each. When nothing is left to erase: the keys, and what is not sealed yet."""
    erased = (
        door.erase_expired(position_of(NAME), by=ACTOR, at=at)
        + intake.erase_expired(by=ACTOR, at=at)
        + incidents.erase_expired(by=ACTOR, at=at)
        + messages.erase_expired(by=ACTOR, at=at)
        + pictures.erase_expired(by=ACTOR, at=at)
        + requests.erase_expired(by=ACTOR, at=at)
        + access.erase_expired(by=ACTOR, at=at)
        + dispatch.forget_messages(by=ACTOR, at=at)
    )
    return erased or _look_after_keys(at)


def _look_after_keys(at: datetime) -> int:
    """Keys are made before they are needed and destroyed at their date; what an older release wrote is sealed."""
    keys.make_keys((OF_CALLERS, OF_INCIDENTS, *messages.kept_spans(at)), at=at)
    sealed = (
        old_contacts.seal_old(by=ACTOR, at=at)
        + old_callers.seal_old(by=ACTOR, at=at)
        + old_incidents.seal_old(by=ACTOR, at=at)
    )
    keys.hold_rows(by=ACTOR, at=at)
    keys.destroy_keys(by=ACTOR, at=at)
    return sealed


LOOP = Loop("retention", step, every_s=10.0, full=door.PORTION)
