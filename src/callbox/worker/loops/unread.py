# SPDX-License-Identifier: Apache-2.0
"""An alarm on what waits too long to be read: a contact without a call, or an entry without a seal.

An open transaction holds all readers back, so this looks at what is there, not at what readers may see yet.
"""

import logging
from datetime import datetime

from callbox.door.unread import oldest_unread_contact
from callbox.intake.reactions import NAME
from callbox.journal.queries import position_of
from callbox.journal.unread import oldest_unsealed_entry
from callbox.worker.actions import note_health
from callbox.worker.loop import Loop

log = logging.getLogger(__name__)

LIMIT_S = 5.0  # set by the authority


def step(at: datetime) -> int:
    """Note both ages; 1 for each that is too high."""
    waiting = {
        "unread contact": oldest_unread_contact(position_of(NAME)),
        "unsealed entry": oldest_unsealed_entry(),
    }
    return sum(_note(part, since, at) for part, since in waiting.items())


def _note(part: str, since: datetime | None, at: datetime) -> bool:
    age_s = max(0.0, (at - since).total_seconds()) if since else 0.0
    is_well = age_s <= LIMIT_S
    was_well = note_health(part, age_s, is_well, at=at)
    if was_well and not is_well:
        log.warning("The oldest %s waits for %.0f s: something holds the readers back.", part, age_s)
    elif is_well and not was_well:
        log.warning("No %s waits too long any more.", part)
    return not is_well


LOOP = Loop("unread", step, every_s=2.0, settle_s=10.0)  # what came while nobody worked is caught up first
