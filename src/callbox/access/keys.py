# SPDX-License-Identifier: Apache-2.0
"""Keys at their date: destroyed once nothing is left that they open. Part of the room's actions."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid5

from django.db import connection, transaction

from callbox.access.actions import NAMESPACE
from callbox.access.retention import note_held
from callbox.access.sealing import Column, columns
from callbox.host.vault import OF_ANOTHER_DAY, CannotOpen, vault
from callbox.journal.actions import append
from callbox.kernel.actor import Actor

PORTION = 50  # a picture is half a megabyte
HELD = timedelta(days=7)
GRACE = timedelta(hours=2)  # after the end of the day: a clock may leap by an hour


def make_keys(kept: Iterable[timedelta], *, at: datetime) -> None:
    """Make the keys that data kept so long will need in the coming weeks. Raises OSError."""
    vault().make_ahead(at.date(), kept)


@transaction.atomic
def hold_rows(*, by: Actor, at: datetime) -> int:
    """Keep the rows of matters that are still open for another week, under the key of that day; how many.

    Called when all is erased that may be: what is past its date then belongs to something that goes on. So it
    holds up the key of no other row. Raises NotAllowed, OSError.
    """
    by.require("personal.erase")
    return sum(note_held(column.table, _hold(column, at), by=by, at=at) for column in columns())


def _hold(column: Column, at: datetime) -> int:
    until, held = at + HELD, 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column.key}, {column.name} FROM {column.table} WHERE {column.name} IS NOT NULL"
            f" AND length({column.name}) > 0 AND retain_until <= %s LIMIT %s FOR UPDATE SKIP LOCKED",
            [at, PORTION],
        )
        for key, sealed in cursor.fetchall():
            try:
                data = vault().decrypt(bytes(sealed), column.context(key))
            except CannotOpen:
                continue  # nobody can read it, with this key or the next
            anew = vault().encrypt(data, until, column.context(key))
            cursor.execute(
                f"UPDATE {column.table} SET {column.name} = %s, retain_until = %s WHERE {column.key} = %s",
                [anew, until, key],
            )
            held += 1
    return held


def destroy_keys(*, by: Actor, at: datetime) -> int:
    """Destroy the keys of days gone by, the journal says of which; how many.

    A key waits while a row is left that it opens: of a matter that is still open, or not erased yet. Raises
    NotAllowed, OSError.
    """
    over = [day for day in vault().days() if day < (at - GRACE).date() and not _is_needed(day)]
    if over:
        _note(over, by, at)
    for day in over:
        vault().destroy_day(day)
    return len(over)


@transaction.atomic
def _note(days: list[date], by: Actor, at: datetime) -> None:
    """Before they are destroyed: killed in between, they are destroyed, and told of, once more."""
    role = by.require("personal.erase")
    facts = {"keys": len(days), "first": days[0].isoformat(), "last": days[-1].isoformat()}
    chain = uuid5(NAMESPACE, "erasure/keys")
    append(chain, "erasure", "destroy_keys", facts=facts, actor=by.id, role=role, at=at)


def _is_needed(day: date) -> bool:
    return any(_holds(column, day) for column in columns())


def _holds(column: Column, day: date) -> bool:
    """Whether a row's date is that day (UTC), or its value was sealed with that day's key for want of its own."""
    begin = datetime.combine(day, time(), tzinfo=UTC)
    text = (
        f"SELECT EXISTS (SELECT FROM {column.table} WHERE {column.name} IS NOT NULL AND length({column.name}) > 0"
        f" AND retain_until >= %s AND retain_until < %s)"
        f" OR EXISTS (SELECT FROM {column.table} WHERE substr({column.name}, 1, 5) = %s)"
    )
    head = bytes([OF_ANOTHER_DAY]) + day.toordinal().to_bytes(4, "big")
    with connection.cursor() as cursor:
        cursor.execute(text, [begin, begin + timedelta(days=1), head])
        return bool(cursor.fetchone()[0])


def open_all() -> Counter[str]:
    """Open every sealed value: how many open, and how many do not by why (`key_gone`, `damaged`)."""
    found: Counter[str] = Counter()
    for column in columns():
        with connection.chunked_cursor() as cursor:  # no table's values are all in memory at once
            cursor.execute(
                f"SELECT {column.key}, {column.name} FROM {column.table}"
                f" WHERE {column.name} IS NOT NULL AND length({column.name}) > 0"
            )
            while rows := cursor.fetchmany(PORTION):
                found.update(_opens(column, key, bytes(value)) for key, value in rows)
    return found


def _opens(column: Column, key: object, value: bytes) -> str:
    try:
        vault().decrypt(value, column.context(key))
    except CannotOpen as refused:
        return refused.why
    return "opens"
