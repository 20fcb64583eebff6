# SPDX-License-Identifier: Apache-2.0
"""Erasing the raw bytes of contacts at their date. Part of the room's actions."""

from datetime import datetime

from django.db import connection, transaction

from callbox.access.retention import note_erased
from callbox.door.tail import CALLS_READER
from callbox.journal.queries import position_of
from callbox.kernel.actor import Actor

PORTION = 500
ERASE = """
UPDATE door_contact SET sealed = NULL, body = NULL, key = '', source = '', content_type = '', digest = ''
WHERE id IN (
  SELECT id FROM door_contact WHERE retain_until <= %s AND (sealed IS NOT NULL OR body IS NOT NULL)
  AND (xid, seq) <= (%s::text::xid8, %s) ORDER BY retain_until LIMIT %s)
"""


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Erase the bytes of contacts past their date; how many. The row stays, so that a repeat stays one.

    A contact that has not become a call is kept.
    """
    read_up_to = position_of(CALLS_READER)
    with connection.cursor() as cursor:
        cursor.execute(ERASE, [at, str(read_up_to[0]), read_up_to[1], PORTION])
        count = cursor.rowcount
    return note_erased("door_contact", count, by=by, at=at)
