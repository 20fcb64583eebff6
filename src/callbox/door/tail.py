# SPDX-License-Identifier: Apache-2.0
"""Reading what was committed, in order, and never past the snapshot horizon.

A sequence number is given out before its transaction commits, so the highest number seen says nothing about
lower ones still to come. Rows of a transaction below `pg_snapshot_xmin` can get no company any more.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import asyncpg

LIMIT = 500
CALLS_READER = "intake.contacts"  # the reading position of whoever makes calls of contacts
# The text of xid bears another name: ORDER BY would prefer a column of the answer, and "9" comes after "10".
HORIZON = "xid < pg_snapshot_xmin(pg_current_snapshot())"
ENTRY_COLUMNS = (
    "xid::text AS at_xid, seq, chain, number, kind, move, was, becomes, at, recorded_at, facts::text, scope"
)
CONTACT_COLUMNS = "xid::text AS at_xid, seq, id, channel, lane, received_at"


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """A place in the reading order: transaction, then number."""

    xid: int = 0
    seq: int = 0

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The position written as `xid.seq`, or None."""
        xid, _, seq = text.partition(".")
        small = len(text) < 40
        return cls(int(xid), int(seq)) if small and _is_number(xid) and _is_number(seq) else None

    def __str__(self) -> str:
        return f"{self.xid}.{self.seq}"


@dataclass(frozen=True, slots=True)
class Event:
    """One message of the stream, ready to send; `kind` and `scope` say who may have it."""

    position: Position
    kind: str
    scope: frozenset[str]
    data: bytes


async def entries_after(link: asyncpg.Connection, after: Position, limit: int = LIMIT) -> list[Event]:
    """The next settled journal entries."""
    return [
        _entry(row) for row in await link.fetch(_next("journal_entry", ENTRY_COLUMNS), *_place(after), limit)
    ]


async def entries_for(
    link: asyncpg.Connection, after: Position, until: Position, scopes: Sequence[Any], limit: int
) -> list[Event]:
    """The settled entries in (after, until] that a ticket's (kinds, all_kinds, keys) lets pass."""
    rows = await link.fetch(
        f"SELECT {ENTRY_COLUMNS} FROM journal_entry WHERE (xid, seq) > ($1::text::xid8, $2)"
        " AND (xid, seq) <= ($3::text::xid8, $4) AND (kind = ANY($5::text[]) OR (kind = ANY($6::text[])"
        " AND scope && $7::text[])) ORDER BY xid, seq LIMIT $8",
        *_place(after),
        *_place(until),
        *scopes,
        limit,
    )
    return [_entry(row) for row in rows]


async def contacts_after(link: asyncpg.Connection, after: Position, limit: int = LIMIT) -> list[Event]:
    """The next settled contacts, without their words."""
    return [
        _contact(row)
        for row in await link.fetch(_next("door_contact", CONTACT_COLUMNS), *_place(after), limit)
    ]


async def last_of(link: asyncpg.Connection, table: str) -> Position:
    """Where the settled part of a table ends."""
    row = await link.fetchrow(  # nosemgrep: built-sql - the two callers name a table of ours
        f"SELECT xid::text AS at_xid, seq FROM {table} WHERE {HORIZON} ORDER BY xid DESC, seq DESC LIMIT 1"
    )
    return Position(int(row["at_xid"]), row["seq"]) if row else Position()


async def oldest_unread_s(link: asyncpg.Connection) -> float:
    """Age in seconds of the oldest row that waits for a reader, 0 when there is none.

    Rows that an open transaction keeps from all readers, and contacts that have not become calls.
    """
    age = await link.fetchval(
        "SELECT extract(epoch FROM clock_timestamp() - min(came))::float8 FROM ("
        f" SELECT min(recorded_at) AS came FROM journal_entry WHERE NOT {HORIZON}"
        f" UNION ALL SELECT min(received_at) FROM door_contact WHERE NOT {HORIZON}"
        " UNION ALL (SELECT received_at FROM door_contact WHERE (xid, seq) >"
        " (SELECT xid, seq FROM journal_position WHERE name = $1) ORDER BY xid, seq LIMIT 1)) AS waiting",
        CALLS_READER,
    )
    return max(0.0, float(age or 0))


def message(event: str, data: Mapping[str, object], position: Position | None = None) -> bytes:
    """A server-sent event. JSON without line breaks needs no splitting."""
    mark = f"id: {position}\n" if position else ""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {event}\n{mark}data: {text}\n\n".encode()


def _next(table: str, columns: str) -> str:
    return (
        f"SELECT {columns} FROM {table} WHERE (xid, seq) > ($1::text::xid8, $2) AND {HORIZON}"
        " ORDER BY xid, seq LIMIT $3"
    )


def _place(position: Position) -> tuple[str, int]:
    return str(position.xid), position.seq


def _entry(row: asyncpg.Record) -> Event:
    position = Position(int(row["at_xid"]), row["seq"])
    data = {
        "id": str(position),
        "kind": row["kind"],
        "matter": str(row["chain"]),
        "move": row["move"],
        "was": row["was"],
        "becomes": row["becomes"],
        "at": row["at"].isoformat(),
        "recorded_at": row["recorded_at"].isoformat(),
        "facts": json.loads(row["facts"]),
        "number": row["number"],
    }
    return Event(position, row["kind"], frozenset(row["scope"]), message("entry", data, position))


def _contact(row: asyncpg.Record) -> Event:
    position = Position(int(row["at_xid"]), row["seq"])
    data = {
        "id": str(row["id"]),
        "channel": row["channel"],
        "lane": row["lane"],
        "received_at": row["received_at"].isoformat(),
    }
    return Event(position, "contact", frozenset(), message("contact", data))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) < 2**63
