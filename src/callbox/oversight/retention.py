# SPDX-License-Identifier: Apache-2.0
"""Histories past their date leave the live log. Part of the room's actions."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from callbox.access.retention import note_erased
from callbox.kernel.actor import Actor
from callbox.kernel.tables import TableError, read_table

PORTION = 500  # objects
# An object that something is being told of just now is locked by whoever tells: it is not old any more.
OLD = "SELECT kind, key FROM oversight_object WHERE last_at < %s ORDER BY last_at LIMIT %s FOR UPDATE SKIP LOCKED"
OF_THESE = "(kind, key) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"
UNLINK = f"DELETE FROM oversight_eventobject WHERE {OF_THESE} RETURNING event_id"
# An event goes, with what was said of it otherwise, when it concerns no object any more.
EVENTS = """
DELETE FROM oversight_event e WHERE id = ANY (%s)
  AND NOT EXISTS (SELECT FROM oversight_eventobject o WHERE o.event_id = e.id) RETURNING source, key
"""
ASIDE = "DELETE FROM oversight_aside WHERE (source, key) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"
LINKS = f"""
DELETE FROM oversight_objectobject WHERE {OF_THESE}
  OR (other_kind, other_key) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
"""
FOLLOWED = f"DELETE FROM oversight_followed WHERE {OF_THESE}"
OBJECTS = f"DELETE FROM oversight_object WHERE {OF_THESE}"


def limit(name: str, on: date) -> int:
    """A number of limits.tsv that the authority sets, as in force on a day. Raises TableError."""
    for row in read_table("callbox.oversight", "limits.tsv"):
        if row["limit"] == name and row.in_force(on):
            return row.whole("value", 1, 1_000_000)
    raise TableError(f"limits.tsv: nothing says {name} on {on}")


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Erase a portion of the histories of which nothing was told for so long; how many objects. Raises NotAllowed."""
    before = at - timedelta(days=limit("history_kept", at.date()))
    with connection.cursor() as cursor:
        cursor.execute(OLD, [before, PORTION])
        rows = cursor.fetchall()
        if not rows:
            return 0
        old = [[kind for kind, _key in rows], [key for _kind, key in rows]]
        cursor.execute(UNLINK, old)
        cursor.execute(EVENTS, [[number for (number,) in cursor.fetchall()]])
        gone = cursor.fetchall()
        cursor.execute(ASIDE, [[source for source, _key in gone], [key for _source, key in gone]])
        cursor.execute(LINKS, [*old, *old])
        cursor.execute(FOLLOWED, old)
        cursor.execute(OBJECTS, old)
    note_erased("oversight_event", len(gone), by=by, at=at)
    return note_erased("oversight_object", len(rows), by=by, at=at)
