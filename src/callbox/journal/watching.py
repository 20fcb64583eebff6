# SPDX-License-Identifier: Apache-2.0
"""Making tables watched, as their owner, after a migration. Part of the room's actions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from callbox.journal.actions import append
from callbox.journal.watched import ONE_SPELLING, TAKEN, Watched, fingerprint, triggers, watched

SCHEMA_CHAIN = UUID("6d1bb5f6-3f5b-4b0e-9a43-0f5a3f6f2f10")


@transaction.atomic
def watch_tables(*, at: datetime) -> list[str]:
    """Watch every table that watched.tsv names; which ones were new, or have other columns than before.

    Each of their rows is noted as it stands, and the journal says so: an upgrade is the one time when rows are
    taken as they are found, so it is never silent. Only the owner of the tables can.
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_SPELLING)
    noted = {table.table: count for table in watched() if (count := _watch(table)) is not None}
    if any(noted.values()):
        append(
            SCHEMA_CHAIN,
            "schema",
            "watch",
            facts={"rows": noted},
            actor="system:upgrade",
            role="system",
            at=at,
        )
    return list(noted)


def _watch(table: Watched) -> int | None:
    """Make one table watched; how many rows it has, None when it was watched just so before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND table_schema = 'public'",
            [table.table],
        )
        wanted = fingerprint([name for (name,) in cursor.fetchall()], table)
        cursor.execute(
            "SELECT obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgname = 'watched_update'"
            " AND tgrelid = %s::regclass",
            [table.table],
        )
        if cursor.fetchone() == (wanted,):
            return None
        for statement in triggers(table):
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON TRIGGER watched_update ON {table.table} IS '{wanted}'")
        cursor.execute(
            f"INSERT INTO journal_row (place, key, digest) SELECT '{table.table}', key, digest"
            f" FROM ({table.live()}) live WHERE {str(table.entry != TAKEN).upper()} OR EXISTS"
            f" (SELECT FROM journal_row r WHERE r.place = '{table.table}' AND r.key = live.key)"
        )
        return int(cursor.rowcount)


@transaction.atomic(savepoint=False)
def note_taken(table_name: str, keys: Sequence[UUID]) -> None:
    """Note rows that came unwatched, in the transaction that journals what they became."""
    table = next(table for table in watched() if table.table == table_name)
    with connection.cursor() as cursor:
        cursor.execute(ONE_SPELLING)
        cursor.execute(
            f"INSERT INTO journal_row (place, key, digest) SELECT '{table.table}', key, digest"
            f" FROM ({table.live(f'r.{table.key} = ANY (%s)')}) live",
            [list(keys)],
        )
