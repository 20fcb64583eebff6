# SPDX-License-Identifier: Apache-2.0
"""Contacts become calls: a reaction that reads the door's table in order, each contact once."""

from datetime import datetime

from django.db import DataError, transaction

from callbox.door.queries import Contact, contacts_after
from callbox.intake.actions import Arrived, take_contact
from callbox.intake.domain import CIVIC, EMERGENCY, Said
from callbox.intake.reading import read_contact
from callbox.journal.actions import move_position
from callbox.journal.queries import position_of
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Refusal

NAME = "intake.contacts"


def take_contacts(*, by: Actor, at: datetime | None = None, limit: int = 100) -> int:
    """Make calls of the contacts that came since last time; how many. at: None stamps each with its own arrival."""
    before, taken = position_of(NAME), 0
    for contact in contacts_after(before, limit):
        try:
            moved = _take(contact, before, _read(contact), by, at)
        except (Refusal, DataError, ValueError):
            # Whatever is in it that we cannot keep: a person gets it, and it holds up nobody behind it.
            moved = _take(contact, before, Said(readable=False), by, at)
        if not moved:
            return taken
        before, taken = contact.position, taken + 1
    return taken


def _read(contact: Contact) -> Said:
    """What it says; what cannot be opened becomes a call all the same."""
    if not contact.readable:
        return Said(readable=False)
    return read_contact(contact.channel, contact.body, contact.content_type)


@transaction.atomic
def _take(contact: Contact, before: tuple[int, int], said: Said, by: Actor, at: datetime | None) -> bool:
    if not move_position(NAME, before, contact.position):
        return False  # another worker reads this position now
    arrived = Arrived(contact.channel, _lane(contact), contact.received_at, contact.id)
    take_contact(arrived, said, by=by, at=at or contact.received_at)
    return True


def _lane(contact: Contact) -> str:
    return CIVIC if contact.lane == CIVIC else EMERGENCY
