# SPDX-License-Identifier: Apache-2.0
"""What came of a check, counted from the database and its journal. Part of the room's queries."""

from collections.abc import Mapping

from django.db import connection

from callbox.journal.queries import verify

COUNTS = """
SELECT count(*) FILTER (WHERE kind = 'call'), count(*) FILTER (WHERE kind = 'call' AND final),
  count(*) FILTER (WHERE kind = 'incident'), count(*) FILTER (WHERE kind = 'incident' AND final),
  count(*) FILTER (WHERE kind = 'assignment'), count(*) FILTER (WHERE kind = 'assignment' AND final)
FROM matters_matter
"""
LATE = "SELECT count(*) FROM journal_entry WHERE move = 'late'"
LEFT = """
SELECT count(*) FROM door_contact c WHERE NOT EXISTS (SELECT FROM intake_callcontact t WHERE t.contact = c.id)
"""


def figures() -> Mapping[str, object]:
    """calls, incidents, assignments, closed (incidents), late (fired clocks), dealt_with, journal_ok.

    dealt_with: every contact became or joined a call, and every call, incident and assignment is over.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        calls, calls_done, incidents, closed, assignments, clear = cursor.fetchone()
        cursor.execute(LATE)
        (late,) = cursor.fetchone()
        cursor.execute(LEFT)
        (left,) = cursor.fetchone()
    return {
        "calls": calls,
        "incidents": incidents,
        "assignments": assignments,
        "closed": closed,
        "late": late,
        "dealt_with": left == 0 and (calls, incidents, assignments) == (calls_done, closed, clear),
        "journal_ok": verify().ok,
    }
