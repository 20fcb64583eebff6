# SPDX-License-Identifier: Apache-2.0
"""Contacts become calls: a reaction that reads the door's table, most urgent lane first, each contact once.

Each lane has a reading position of its own, so that nobody on the line waits behind a thousand complaints. The
position named NAME follows behind all of them: what stands up to it has become calls, whatever its lane.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DataError, IntegrityError, transaction

from callbox.door.domain import lanes
from callbox.door.queries import Contact, contacts_after, places_after
from callbox.intake import actions
from callbox.intake.actions import Arrived, Incoming
from callbox.intake.domain import CIVIC, EMERGENCY, Said
from callbox.intake.reading import STUMBLES, as_it_is, read_contact
from callbox.journal.actions import move_position
from callbox.journal.queries import position_of, positions_of
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Refusal

log = logging.getLogger(__name__)

NAME = "intake.contacts"
# Contacts of one lane that become calls in one transaction, each in one of its own when that cannot be; then those
# of more urgent lanes are looked for again.
PORTION = 20
FOLLOWED = 1_000
# What one contact of a portion can bring about. With the database gone nothing is asked for a second time.
NOT_TOGETHER = (Refusal, DataError, IntegrityError, MemoryError, *STUMBLES)
Place = tuple[int, int]
Read = tuple[Contact, Said]


@dataclass(frozen=True, slots=True)
class Reader:
    """One reading position as it stands now, and what waits behind it."""

    name: str
    before: Place
    contacts: Sequence[Contact]


def take_contacts(*, by: Actor, at: datetime | None = None, limit: int = 100) -> int:
    """Make calls of the contacts that came since last time; how many. at: None stamps each with its own arrival."""
    follow()
    taken = 0
    while taken < limit and (some := _take_some(by, at)):
        taken += some
    return taken


def next_contacts(limit: int) -> Reader | None:
    """What is to be made calls next: contacts of the most urgent lane in which any waits."""
    read = positions_of([NAME, *map(_name, lanes())])
    for name, lane in zip(map(_name, lanes()), lanes(), strict=True):
        if found := contacts_after(max(read[name], read[NAME]), limit, lane):
            return Reader(name, read[name], found)
    follow()
    behind = position_of(NAME)
    found = contacts_after(behind, 1)  # of no lane that we know
    return Reader(NAME, behind, found) if found else None


def take(some: Sequence[Read], reader: Reader, *, by: Actor, at: datetime | None) -> Reader | None:
    """Make them calls and move on, in one transaction; None when another worker was first."""
    last = some[-1][0].position
    with transaction.atomic():
        if not move_position(reader.name, reader.before, last):
            return None
        actions.take_contacts([_incoming(contact, said, at) for contact, said in some], by=by)
    return Reader(reader.name, last, ())


def follow() -> None:
    """Move NAME over what the lanes have read; it stops before the first contact that is no call yet."""
    before = position_of(NAME)
    read = positions_of(map(_name, lanes()))
    passed = list(_passed(places_after(before, FOLLOWED), read))
    if passed:
        move_position(NAME, before, passed[-1])


def _passed(places: Sequence[tuple[str, Place]], read: Mapping[str, Place]) -> Iterator[Place]:
    for lane, place in places:
        if place > read.get(_name(lane), (0, 0)):
            return
        yield place


def _take_some(by: Actor, at: datetime | None) -> int:
    reader = next_contacts(PORTION)
    if reader is None:
        return 0
    if len(reader.contacts) > 1:
        try:
            together = take([(each, _read(each)) for each in reader.contacts], reader, by=by, at=at)
        except NOT_TOGETHER as problem:
            # What goes wrong with one of them goes wrong again below, where it stands alone.
            log.warning(
                "%d contacts were not taken together (%s): each alone.",
                len(reader.contacts),
                type(problem).__name__,
            )
        else:
            return len(reader.contacts) if together else 0
    return _take_each(reader, by, at)


def _take_each(reader: Reader, by: Actor, at: datetime | None) -> int:
    taken, moved = 0, reader
    for contact in reader.contacts:
        after = _take_one(contact, moved, by, at)
        if after is None:
            break
        taken, moved = taken + 1, after
    return taken


def _take_one(contact: Contact, reader: Reader, by: Actor, at: datetime | None) -> Reader | None:
    try:
        return take([(contact, _read(contact))], reader, by=by, at=at)
    except (Refusal, DataError, ValueError):
        # Whatever is in it that we cannot keep: a person gets it, and it holds up nobody behind it.
        return take([(contact, as_it_is(contact.body))], reader, by=by, at=at)


def _incoming(contact: Contact, said: Said, at: datetime | None) -> Incoming:
    arrived = Arrived(contact.channel, _lane(contact), contact.received_at, contact.id)
    return Incoming(arrived, said, at or contact.received_at)


def _read(contact: Contact) -> Said:
    """What it says; what cannot be opened becomes a call all the same."""
    if not contact.readable:
        return Said(readable=False)
    return read_contact(contact.channel, contact.body, contact.content_type)


def _name(lane: str) -> str:
    return f"{NAME}.{lane}"


def _lane(contact: Contact) -> str:
    return CIVIC if contact.lane == CIVIC else EMERGENCY
