# SPDX-License-Identifier: Apache-2.0
"""Reading the journal: in order, below the snapshot horizon, so that no reader ever skips an entry."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from callbox.journal.domain import Place, Written, entry_leaves, first_misfit, seal_says
from callbox.journal.rows import row_leaves, rows_problem
from callbox.kernel.chain import ZERO, canonical, link, merkle_root

COLUMNS = (
    "seq, xid::text::bigint AS at_xid, chain, number, kind, move, was, becomes, round, actor, role, at, recorded_at,"
    " facts::text, scope, prev, hash"
)
START = (0, 0)
LAST = 2**53 - 1  # no entry has so high a number, and JavaScript still knows it exactly


def _written(row: tuple[Any, ...]) -> Written:
    facts, scope, prev, digest = row[13:]
    return Written(*(*row[:13], json.loads(facts), tuple(scope), bytes(prev), bytes(digest)))


def _rows(sql: str, parameters: list[Any]) -> list[Written]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [_written(row) for row in cursor.fetchall()]


def entries_after(position: tuple[int, int], limit: int) -> list[Written]:
    """The next entries in reading order. Only settled ones: no transaction that could add an earlier one is open."""
    return _rows(
        f"SELECT {COLUMNS} FROM journal_entry WHERE (xid, seq) > (%s::text::xid8, %s)"
        " AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, seq LIMIT %s",
        [str(position[0]), position[1], limit],
    )


class Standing(NamedTuple):
    """Where an entry stands, and in which matter's chain."""

    xid: int
    seq: int
    chain: UUID
    kind: str

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands in the order that readers follow."""
        return self.xid, self.seq


def places_after(position: tuple[int, int], limit: int) -> list[Standing]:
    """Where the next entries in reading order stand, without what they say; settled ones, as `entries_after`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xid::text::bigint AS at_xid, seq, chain, kind FROM journal_entry"
            " WHERE (xid, seq) > (%s::text::xid8, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot())"
            " ORDER BY xid, seq LIMIT %s",
            [str(position[0]), position[1], limit],
        )
        return [Standing(*row) for row in cursor.fetchall()]


def history(chain: UUID) -> list[Written]:
    """All entries of one chain, in order. Whoever calls has asked whether the reader may see the matter."""
    return _rows(f"SELECT {COLUMNS} FROM journal_entry WHERE chain = %s ORDER BY number", [chain])


class Told(NamedTuple):
    """What an entry says to somebody who counts: of which matter, which move, when it was so, and its facts."""

    chain: UUID
    kind: str
    move: str
    at: datetime
    facts: Mapping[str, Any]


def told(kinds: Sequence[str], since: datetime | None = None, moves: Sequence[str] = ()) -> Iterator[Told]:
    """The entries of these kinds (and moves, if named) since a time, in the order written, in one pass.

    Whoever calls has asked whether the reader may see figures. All comes from one snapshot.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT chain, kind, move, at, facts::text FROM journal_entry WHERE kind = ANY (%(kinds)s::text[])"
            " AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)"
            " AND (%(moves)s::text[] = '{}' OR move = ANY (%(moves)s)) ORDER BY seq",
            {"kinds": list(kinds), "since": since, "moves": list(moves)},
        )
        while rows := cursor.fetchmany(2_000):
            for chain, kind, move, at, facts in rows:
                yield Told(chain, kind, move, at, json.loads(facts))


def position_of(name: str) -> tuple[int, int]:
    """How far the reader of this name has read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT xid::text::bigint, seq FROM journal_position WHERE name = %s", [name])
        row = cursor.fetchone()
    return (row[0], row[1]) if row else START


def positions_of(names: Iterable[str]) -> dict[str, tuple[int, int]]:
    """How far each of these readers has read, as of one moment."""
    wanted = list(names)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, xid::text::bigint, seq FROM journal_position WHERE name = ANY(%s)", [wanted]
        )
        found = {name: (xid, seq) for name, xid, seq in cursor.fetchall()}
    return {name: found.get(name, START) for name in wanted}


def horizon() -> tuple[int, int]:
    """A position after every settled entry and before all others: where a snapshot of a screen stands.

    It reads no entry, so that it is the same for everybody, whatever they may see of the journal.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1")
        return cursor.fetchone()[0], LAST


@dataclass(frozen=True, slots=True)
class LastSeal:
    """Where sealing stands."""

    number: int
    last_position: tuple[int, int]
    hash: bytes


def last_seal() -> LastSeal:
    """The newest seal, or the zero one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, last_xid::text::bigint, last_seq, hash FROM journal_seal ORDER BY number DESC LIMIT 1"
        )
        row = cursor.fetchone()
    return LastSeal(row[0], (row[1], row[2]), bytes(row[3])) if row else LastSeal(0, START, ZERO)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: ok, or the first misfit in words with the entry it names."""

    ok: bool
    entries: int
    chains: int
    seals: int
    problem: str = ""
    entry: Written | None = None


def all_entries() -> Iterator[Written]:
    """Every entry by chain and number, read in portions of a server-side cursor's size."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM journal_entry ORDER BY chain, number")
        while rows := cursor.fetchmany(2_000):
            yield from map(_written, rows)


def verify() -> Verdict:
    """Recompute every hash, link, head, seal and watched row, in one snapshot; name the first that does not fit."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return verify_here()


def verify_here() -> Verdict:
    """The same in the transaction that is open, with what it has changed itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM journal_chain)")
        entries, chains = cursor.fetchone()
    misfit = first_misfit(all_entries())
    if misfit:
        return Verdict(False, entries, chains, 0, misfit[1], misfit[0])
    problem, seals = _check_heads() or "", 0
    if not problem:
        problem, seals = _check_seals()
    problem = problem or rows_problem()
    return Verdict(not problem, entries, chains, seals, problem)


def _check_heads() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(c.id, e.chain), coalesce(c.length, 0), coalesce(e.number, 0)"
            " FROM journal_chain c FULL JOIN"
            " (SELECT DISTINCT ON (chain) chain, number, hash FROM journal_entry ORDER BY chain, number DESC) e"
            " ON e.chain = c.id WHERE c.head IS DISTINCT FROM e.hash OR c.length IS DISTINCT FROM e.number LIMIT 1"
        )
        row = cursor.fetchone()
    return f"head: chain {row[0]} should end at entry {row[1]} and ends at {row[2]}" if row else None


def _check_seals() -> tuple[str, int]:
    before, number = LastSeal(0, START, ZERO), 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, last_xid::text::bigint, last_seq, count, root, prev, hash, at, form"
            " FROM journal_seal ORDER BY number"
        )
        seals = cursor.fetchall()
    for number, xid, seq, count, root, prev, digest, at, form in seals:
        said = seal_says(
            form, number=number, position=(xid, seq), count=count, root=bytes(root), prev=bytes(prev), at=at
        )
        right = link(before.hash, number, canonical(said))
        if (number, bytes(prev), bytes(digest)) != (before.number + 1, before.hash, right):
            return f"seal: seal {number} does not follow the one before it", number
        entries = places_between(before.last_position, (xid, seq))
        if len(entries) != count or seal_root(form, entries, before.last_position[0], xid) != bytes(root):
            return (
                f"seal: what stands under seal {number} (to {(xid, seq)}) is not what was sealed",
                number,
            )
        before = LastSeal(number, (xid, seq), bytes(digest))
    return "", number


def places_between(after: tuple[int, int], upto: tuple[int, int]) -> list[Place]:
    """Where the entries after one position and up to another stand, and their hashes, in reading order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xid::text::bigint AS at_xid, seq, hash FROM journal_entry"
            " WHERE (xid, seq) > (%s::text::xid8, %s) AND (xid, seq) <= (%s::text::xid8, %s) ORDER BY xid, seq",
            [str(after[0]), after[1], str(upto[0]), upto[1]],
        )
        return [(xid, seq, bytes(digest)) for xid, seq, digest in cursor.fetchall()]


def seal_root(form: int, entries: Sequence[Place], after_xid: int, upto_xid: int) -> bytes:
    """The root over what a seal covers: these entries and, from form 2 on, the rows noted by their transactions."""
    rows = row_leaves(after_xid, upto_xid) if form > 1 else []
    return merkle_root(entry_leaves(form, entries) + rows)
