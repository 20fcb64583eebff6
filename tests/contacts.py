# SPDX-License-Identifier: Apache-2.0
"""Raw contacts as the door would have written them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from callbox.kernel.ids import new_id
from tests.world import AT


def raw_contact(
    body: bytes = b'{"words": "made up"}',
    channel: str = "web",
    *,
    lane: str = "written",
    at: datetime = AT,
    days: int = 30,
) -> UUID:
    """A contact that nobody has read yet."""
    identity = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO door_contact (id, channel, lane, source, key, digest, content_type, body, received_at,"
            " taken_by, retain_until)"
            " VALUES (%s, %s, %s, '', %s, %s, 'application/json', %s, %s, 'database', %s)",
            [identity, channel, lane, str(identity), b"", body, at, at + timedelta(days=days)],
        )
    return identity
