# SPDX-License-Identifier: Apache-2.0
"""One contact that the database refuses as it is: it goes in as plainly as it can, or is named as unfit."""

import struct
from dataclasses import replace
from datetime import datetime

import asyncpg

from callbox.door.domain import OTHER, Sealed, channels, contact_from, unpacked
from callbox.door.sealing import Sealer
from callbox.door.store import insert

# What the database says about a contact, and not about itself.
UNFIT = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, asyncpg.ProgramLimitExceededError)
BROKEN_RECORD = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
SOUND = {
    "channel": str,
    "lane": str,
    "digest": bytes,
    "cut": bool,
    "remote_at": datetime | None,
    "received_at": datetime,
    "retain_until": datetime,
}


class _Undo(Exception):  # noqa: N818 - it only ends a transaction
    """The attempt was a question."""


def contact_in(payload: bytes, sealer: Sealer, *, at: datetime) -> Sealed:
    """The contact of a spool's record; of one that nobody understands, its bytes as they are, for a person.

    What the release before this one kept open is sealed, and stays known by the id it has.
    """
    try:
        found = unpacked(payload)
        if all(isinstance(getattr(found, name), kind) for name, kind in SOUND.items()):
            return found if isinstance(found, Sealed) else sealer.seal(found, known_as=found.id)
    except BROKEN_RECORD:
        pass
    return sealer.seal(contact_from(OTHER, {"idempotency-key": "spool"}, payload, received_at=at))


def plainly(contact: Sealed) -> Sealed:
    """The same contact, same id and words, with nothing in its other fields that a database could mind."""
    channel = channels().get(contact.channel) or channels()[OTHER]
    return replace(contact, channel=channel.name, lane=channel.lane, remote_at=None)


async def insert_plainly(link: asyncpg.Connection, contact: Sealed, sealer: Sealer, *, at: datetime) -> bool:
    """Insert one contact of the spool, as it is or plainly; False when it is taken in no form, and others are.

    Raises one of DATABASE_FAILURES when the fault is the database's: it takes no other contact either.
    """
    for form in (contact, plainly(contact)):
        try:
            await insert(link, [form], "spool")
        except UNFIT:
            continue
        return True
    await _takes_others(link, sealer.seal(contact_from(OTHER, {}, b"?", received_at=at)))
    return False


async def _takes_others(link: asyncpg.Connection, made_up: Sealed) -> None:
    """Insert a contact made up for the question, and take it back."""
    try:
        async with link.transaction():
            await insert(link, [made_up], "spool")
            raise _Undo
    except _Undo:
        return
