# SPDX-License-Identifier: Apache-2.0
"""Whether the watched tables still say what they said when they were changed. Part of the room's queries."""

from typing import Any

from django.db import connection

from callbox.journal.watched import ADDED, CHANGE, ONE_SPELLING, TAKEN, Watched, watched
from callbox.kernel.chain import leaf

LAST = "SELECT DISTINCT ON (key) key, digest, gone FROM journal_row WHERE place = %s ORDER BY key, seq DESC"
WITHOUT_ENTRY = """
SELECT place, key FROM journal_row r WHERE place = ANY (%s)
AND NOT EXISTS (SELECT FROM journal_entry e WHERE e.xid = r.xid) ORDER BY seq LIMIT 1
"""
CHANGED_WITHOUT_ENTRY = """
SELECT place, key FROM (
  SELECT place, key, xid, gone, row_number() OVER (PARTITION BY place, key ORDER BY seq) AS nth
  FROM journal_row WHERE place = ANY (%s)) r
WHERE (nth > 1 OR gone) AND NOT EXISTS (SELECT FROM journal_entry e WHERE e.xid = r.xid) LIMIT 1
"""
BETWEEN = """
SELECT seq, xid::text::bigint, place, key, digest, gone FROM journal_row
WHERE xid > %s::text::xid8 AND xid <= %s::text::xid8 ORDER BY xid, seq
"""


def row_leaves(after_xid: int, upto_xid: int) -> list[bytes]:
    """One hash for each row noted by the transactions after one and up to another, in order: for a seal."""
    with connection.cursor() as cursor:
        cursor.execute(BETWEEN, [str(after_xid), str(upto_xid)])
        return [_leaf(row) for row in cursor.fetchall()]


def _leaf(row: tuple[Any, ...]) -> bytes:
    seq, xid, place, key, digest, gone = row
    said = {"seq": seq, "xid": xid, "place": place, "key": key, "gone": gone}
    return leaf({**said, "digest": bytes(digest).hex()})


def rows_problem() -> str:
    """The first row that does not say what was last noted of it, or changed beside the journal; "" when none."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_SPELLING)
    for table in watched():
        found = _misfit(table)
        if found is not None:
            return f"row: {table.table} {found} is not as it was written"
    for statement, of in ((WITHOUT_ENTRY, (CHANGE, TAKEN)), (CHANGED_WITHOUT_ENTRY, (ADDED,))):
        with connection.cursor() as cursor:
            cursor.execute(statement, [[table.table for table in watched() if table.entry in of]])
            row = cursor.fetchone()
        if row:
            return f"row: {row[0]} {row[1]} was changed and no journal entry says why"
    return ""


def _misfit(table: Watched) -> str | None:
    unnoted_is_wrong = "false" if table.entry == TAKEN else "true"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(l.key, r.key) FROM ({LAST}) l FULL JOIN ({table.live()}) r ON r.key = l.key"
            f" WHERE CASE WHEN l.key IS NULL THEN {unnoted_is_wrong} WHEN l.gone THEN r.key IS NOT NULL"
            " ELSE r.digest IS DISTINCT FROM l.digest END LIMIT 1",
            [table.table],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else None
