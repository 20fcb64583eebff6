# SPDX-License-Identifier: Apache-2.0
"""Reading raw contacts, for the room that makes calls of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from callbox.door.domain import Contact as Sent
from callbox.door.sealing import Sealer, opened
from callbox.host.vault import CannotOpen, vault


@dataclass(frozen=True, slots=True)
class Contact:
    """A raw contact and where it stands in the reading order. body is b"" once it was erased.

    readable: False when what it says was sealed with a key that is not there.
    """

    id: UUID
    channel: str
    lane: str
    content_type: str
    body: bytes
    received_at: datetime
    position: tuple[int, int]
    readable: bool = True


def contacts_after(position: tuple[int, int], limit: int, lane: str | None = None) -> list[Contact]:
    """The next contacts in reading order, of one lane or of all; only settled ones: none can come before them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, channel, lane, content_type, body, sealed, received_at, xid::text::bigint AS at_xid, seq"
            " FROM door_contact WHERE (xid, seq) > (%s::text::xid8, %s)"
            " AND xid < pg_snapshot_xmin(pg_current_snapshot()) AND (%s::text IS NULL OR lane = %s)"
            " ORDER BY xid, seq LIMIT %s",
            [str(position[0]), position[1], lane, lane, limit],
        )
        return [_contact(*row) for row in cursor.fetchall()]


def identity_of(contact: Sent) -> UUID:
    """The id under which the door keeps what was sent."""
    return Sealer(vault()).identity(contact)


def places_after(position: tuple[int, int], limit: int) -> list[tuple[str, tuple[int, int]]]:
    """The lane and place of the next settled contacts, without their words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lane, xid::text::bigint AS at_xid, seq FROM door_contact"
            " WHERE (xid, seq) > (%s::text::xid8, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot())"
            " ORDER BY xid, seq LIMIT %s",
            [str(position[0]), position[1], limit],
        )
        return [(lane, (xid, seq)) for lane, xid, seq in cursor.fetchall()]


def _contact(
    identity: UUID,
    channel: str,
    lane: str,
    content_type: str,
    body: bytes | None,
    sealed: bytes | None,
    at: datetime,
    xid: int,
    seq: int,
) -> Contact:
    position = (xid, seq)
    if sealed is None:  # erased, or of the release before this one
        return Contact(identity, channel, lane, content_type, bytes(body or b""), at, position)
    try:
        head, said = opened(vault(), identity, bytes(sealed))
    except CannotOpen:
        return Contact(identity, channel, lane, "", b"", at, position, readable=False)
    return Contact(identity, channel, lane, head["content_type"], said, at, position)
