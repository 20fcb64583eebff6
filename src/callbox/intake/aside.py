# SPDX-License-Identifier: Apache-2.0
"""A contact that breaks whoever reads it still becomes a call, for a person to look at. Part of the reactions."""

from datetime import datetime

from callbox.door.queries import contacts_after
from callbox.intake import reactions
from callbox.intake.domain import Said
from callbox.journal.queries import position_of
from callbox.kernel.actor import Actor


def set_aside(*, by: Actor, at: datetime | None = None) -> int:
    """Make a call of the next contact without reading it, marked as unreadable; 0 when there is none."""
    before = position_of(reactions.NAME)
    for contact in contacts_after(before, 1):
        return int(reactions._take(contact, before, Said(readable=False), by, at))
    return 0
