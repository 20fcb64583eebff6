# SPDX-License-Identifier: Apache-2.0
"""How long contacts wait to become calls. Part of the room's queries."""

from datetime import datetime

from django.db import connection


def oldest_unread_contact(read_up_to: tuple[int, int]) -> datetime | None:
    """When the oldest contact after a reading position came; also one that readers may not see yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(received_at) FROM door_contact WHERE (xid, seq) > (%s::text::xid8, %s)",
            [str(read_up_to[0]), read_up_to[1]],
        )
        found: datetime | None = cursor.fetchone()[0]
    return found
