# SPDX-License-Identifier: Apache-2.0
"""Keeping what requests came to, for the figures. A reaction: it reads the journal in order.

The rows are derived: deleted together with this reader's position they are made anew from the journal.
"""

from typing import Any

from django.db import connection, transaction

from callbox.journal.actions import move_position
from callbox.journal.queries import places_after, position_of
from callbox.requests.domain import KIND
from callbox.requests.told import COLUMNS, READER, TOLD, words

PORTION = 2_000
KEEP = f"""
WITH taken AS MATERIALIZED (
  SELECT chain FROM journal_entry
  WHERE chain = ANY (%(chains)s::uuid[]) AND number = 1 AND kind = %(kind)s AND move = 'open'
), {TOLD}
INSERT INTO requests_outcome (request_id, opened_at, {COLUMNS})
SELECT chain, opened_at, {COLUMNS} FROM outcome
ON CONFLICT (request_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", "))}
"""


@transaction.atomic
def keep_outcomes(limit: int = PORTION) -> int:
    """Keep what the requests of the next entries came to; how many entries were read. Safe with many at once."""
    before = position_of(READER)
    places = places_after(before, limit)
    if not places or not move_position(READER, before, places[-1].position):
        return 0
    chains = sorted({each.chain for each in places if each.kind == KIND})
    if chains:
        said: dict[str, Any] = words() | {"chains": chains}
        with connection.cursor() as cursor:
            cursor.execute(KEEP, said)
    return len(places)
