# SPDX-License-Identifier: Apache-2.0
"""How long entries wait for their seal. Part of the room's queries."""

from datetime import datetime

from django.db import connection

from callbox.journal.queries import last_seal


def oldest_unsealed_entry() -> datetime | None:
    """When the oldest entry without a seal was recorded; also one that readers may not see yet."""
    xid, seq = last_seal().last_position
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(recorded_at) FROM journal_entry WHERE (xid, seq) > (%s::text::xid8, %s)",
            [str(xid), seq],
        )
        found: datetime | None = cursor.fetchone()[0]
    return found
