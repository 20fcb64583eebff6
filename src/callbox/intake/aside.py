# SPDX-License-Identifier: Apache-2.0
"""A contact that breaks whoever reads it still becomes a call, for a person to look at. Part of the reactions."""

from datetime import datetime

from callbox.intake.reactions import next_contacts, take
from callbox.intake.reading import as_it_is
from callbox.kernel.actor import Actor


def set_aside(*, by: Actor, at: datetime | None = None) -> int:
    """Make a call of the next contact without reading it, marked as unreadable; 0 when there is none."""
    reader = next_contacts(1)
    if reader is None:
        return 0
    contact = reader.contacts[0]
    return int(take([(contact, as_it_is(contact.body))], reader, by=by, at=at) is not None)
