# SPDX-License-Identifier: Apache-2.0
"""Writing the journal. An entry is written in the transaction of the change it tells of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Json, Jsonb

from callbox.host.clock import CLOCK
from callbox.journal import domain, queries
from callbox.kernel.chain import ZERO, canonical, link, spell

APPEND = """
WITH head AS (
  INSERT INTO journal_chain (id, length, head)
  VALUES (%(chain)s, 1, sha256(%(zero)s || int8send(1) || %(body)s))
  ON CONFLICT (id) DO UPDATE SET
    length = journal_chain.length + 1,
    head = sha256(journal_chain.head || int8send(journal_chain.length + 1) || %(body)s)
  RETURNING coalesce(old.head, %(zero)s) AS prev, new.head AS hash, new.length AS number
)
INSERT INTO journal_entry
  (chain, number, kind, move, was, becomes, round, actor, role, at, recorded_at, facts, scope, prev, hash)
SELECT %(chain)s, number, %(kind)s, %(move)s, %(was)s, %(becomes)s, %(round)s, %(actor)s, %(role)s,
  %(at)s, %(recorded_at)s, %(facts)s, %(scope)s, prev, hash FROM head
RETURNING seq, number
"""

# The first entries of many new chains at once; what differs from one to the next comes as lists.
BEGIN_CHAINS = """
INSERT INTO journal_chain (id, head, length)
SELECT *, 1 FROM unnest(%(chains)s::uuid[], %(hashes)s::bytea[])
"""
FIRST_ENTRIES = """
INSERT INTO journal_entry
  (chain, at, facts, hash, number, kind, move, was, becomes, round, actor, role, recorded_at, scope, prev)
SELECT *, 1, %(kind)s::text, %(move)s::text, '', %(becomes)s::text, 1, %(actor)s::text, %(role)s::text,
  %(recorded_at)s::timestamptz, %(scope)s::text[], %(prev)s::bytea
FROM unnest(%(chains)s::uuid[], %(ats)s::timestamptz[], %(facts)s::jsonb[], %(hashes)s::bytea[])
"""
# Set-based: one entry for each of many chains that are there, none twice. What they say comes as one text: taking many
# lists apart, here and there, cost more than all the rest.
APPEND_MANY = """
WITH said AS (
  SELECT * FROM json_to_recordset(%(said)s::json) AS t (chain uuid, kind text, move text, was text, becomes text,
    round int, actor text, role text, at timestamptz, recorded_at timestamptz, facts jsonb, scope text[], body text)
), head AS (
  UPDATE journal_chain c SET length = c.length + 1,
    head = sha256(c.head || int8send(c.length + 1) || convert_to(said.body, 'UTF8'))
  FROM said WHERE c.id = said.chain
  RETURNING said.chain, old.head AS prev, new.head AS hash, new.length AS number
)
INSERT INTO journal_entry
  (chain, number, kind, move, was, becomes, round, actor, role, at, recorded_at, facts, scope, prev, hash)
SELECT chain, number, kind, move, was, becomes, round, actor, role, at, recorded_at, facts, scope, prev, hash
FROM head JOIN said USING (chain)
"""

BATCH = 5_000
FORM = 2  # of new seals; see models.Seal


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an entry came to stand."""

    seq: int
    number: int


@dataclass(frozen=True, slots=True)
class First:
    """What the first entry of a chain says of its own."""

    chain: UUID
    at: datetime
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Saying:
    """What an entry says; see `append`."""

    chain: UUID
    kind: str
    move: str
    was: str
    becomes: str
    round_: int
    facts: Mapping[str, object]
    scope: Iterable[str]
    actor: str
    role: str


def recorded_now() -> datetime:
    """The moment of recording. The journal is an edge in this one respect: it stamps what it writes."""
    return CLOCK.now()


def append(
    chain: UUID,
    kind: str,
    move: str,
    *,
    was: str = "",
    becomes: str = "",
    round_: int = 1,
    facts: Mapping[str, object] | None = None,
    scope: Iterable[str] = (),
    actor: str,
    role: str,
    at: datetime,
) -> Appended:
    """Write one entry at the end of its chain. Must run inside the transaction of the change.

    Raises TypeError for facts with more than one spelling (floats): they could not be verified later.
    """
    _need_transaction()
    recorded_at = recorded_now()
    said = _said(
        Saying(chain, kind, move, was, becomes, round_, facts or {}, scope, actor, role), at, recorded_at
    )
    typed: dict[str, Any] = {"chain": chain, "at": at, "recorded_at": recorded_at, "zero": ZERO}
    typed |= {"facts": Jsonb(said["facts"]), "body": spell(said)}
    with connection.cursor() as cursor:
        cursor.execute(APPEND, said | typed)
        seq, number = cursor.fetchone()
    _hint_once()
    return Appended(seq, number)


def begin_chains(
    firsts: Sequence[First],
    kind: str,
    move: str,
    *,
    becomes: str,
    scope: Iterable[str] = (),
    actor: str,
    role: str,
) -> None:
    """Write the first entry of each of many chains, in this order; they differ in what a First holds.

    Must run inside the transaction of the change. Raises IntegrityError for a chain that has begun already, and
    what `append` raises.
    """
    _need_transaction()
    recorded_at, keys = recorded_now(), sorted(set(scope))
    entries = [
        _said(
            Saying(first.chain, kind, move, "", becomes, 1, first.facts, keys, actor, role),
            first.at,
            recorded_at,
        )
        for first in firsts
    ]
    same: dict[str, Any] = {
        "kind": kind,
        "move": move,
        "becomes": becomes,
        "actor": actor,
        "role": role,
        "recorded_at": recorded_at,
        "scope": keys,
        "prev": ZERO,
    }
    each: dict[str, Any] = {
        "chains": [first.chain for first in firsts],
        "ats": [first.at for first in firsts],
        "facts": [Jsonb(said["facts"]) for said in entries],
        "hashes": [link(ZERO, 1, spell(said)) for said in entries],
    }
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_CHAINS, {name: each[name] for name in ("chains", "hashes")})
        cursor.execute(FIRST_ENTRIES, same | each)
    _hint_once()


def append_many(sayings: Sequence[Saying], *, at: datetime) -> None:
    """Write one entry at the end of each of many chains, each begun already, in one statement; else as `append`.

    Raises ValueError for a chain that is named twice, or was not begun.
    """
    _need_transaction()
    if not sayings:
        return
    if len({each.chain for each in sayings}) < len(sayings):
        raise ValueError("one entry for each chain")
    recorded_at = recorded_now()
    entries = [_said(each, at, recorded_at) for each in sayings]
    rows: Any = Json([{**said, "body": spell(said).decode()} for said in entries])
    with connection.cursor() as cursor:
        cursor.execute(APPEND_MANY, {"said": rows})
        if cursor.rowcount != len(sayings):
            raise ValueError("a chain was not begun")
    _hint_once()


def _said(saying: Saying, at: datetime, recorded_at: datetime) -> dict[str, Any]:
    """What the entry's hash covers, plain; its columns are called the same."""
    return domain.said(
        chain=saying.chain,
        kind=saying.kind,
        move=saying.move,
        was=saying.was,
        becomes=saying.becomes,
        round_=saying.round_,
        actor=saying.actor,
        role=saying.role,
        at=at,
        recorded_at=recorded_at,
        facts=saying.facts,
        scope=sorted(set(saying.scope)),
    )


def _need_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("a journal entry is written in the transaction of its change")


def _hint_once() -> None:
    """One hint for all that is new; what is committed is answered with a yes."""
    if not any(waiting[1] is hint for waiting in connection.run_on_commit):
        transaction.on_commit(hint, robust=True)


def hint() -> None:
    """Tell listeners that something is new. A hint only: it runs after the commit and may be lost."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY callbox")


@transaction.atomic
def seal_entries(*, at: datetime) -> int:
    """Seal all entries that are settled and not yet sealed, with the rows noted by then; how many entries.

    One sealer at a time: the seal's number is its primary key, so that a second one fails and changes nothing.
    """
    last = queries.last_seal()
    entries = queries.entries_after(last.last_position, BATCH)
    if not entries:
        return 0
    number, position, count = last.number + 1, entries[-1].position, len(entries)
    places = [(entry.xid, entry.seq, entry.hash) for entry in entries]
    root = queries.seal_root(FORM, places, last.last_position[0], position[0])
    said = domain.seal_says(
        FORM, number=number, position=position, count=count, root=root, prev=last.hash, at=at
    )
    row: list[Any] = [
        number,
        str(position[0]),
        position[1],
        count,
        root,
        last.hash,
        link(last.hash, number, canonical(said)),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_seal (number, last_xid, last_seq, count, root, prev, hash, at, form)"
            " VALUES (%s, %s::text::xid8, %s, %s, %s, %s, %s, %s, %s)",
            [*row, at, FORM],
        )
    return len(entries)


def move_position(name: str, before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Advance a reader by compare-and-swap; False when another reader of that name was first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_position (name, xid, seq) VALUES (%s, %s::text::xid8, %s)"
            " ON CONFLICT (name) DO UPDATE SET xid = excluded.xid, seq = excluded.seq"
            " WHERE journal_position.xid = %s::text::xid8 AND journal_position.seq = %s",
            [name, str(after[0]), after[1], str(before[0]), before[1]],
        )
        return bool(cursor.rowcount == 1)
