# SPDX-License-Identifier: Apache-2.0
"""The journal's words: who acts, what an entry says, and whether a chain of entries fits together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from callbox.kernel.chain import ZERO, leaf, link, moment, plain_facts, spell

Place = tuple[int, int, bytes]  # xid, seq and hash of an entry


@dataclass(frozen=True, slots=True)
class Written:
    """One journal entry as it stands in the database."""

    seq: int
    xid: int
    chain: UUID
    number: int
    kind: str
    move: str
    was: str
    becomes: str
    round: int
    actor: str
    role: str
    at: datetime
    recorded_at: datetime
    facts: Mapping[str, object]
    scope: tuple[str, ...]
    prev: bytes
    hash: bytes

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands in the order that readers follow."""
        return self.xid, self.seq


def said(
    *,
    chain: UUID,
    kind: str,
    move: str,
    was: str,
    becomes: str,
    round_: int,
    actor: str,
    role: str,
    at: datetime,
    recorded_at: datetime,
    facts: Mapping[str, object],
    scope: Iterable[str],
) -> dict[str, Any]:
    """What an entry's hash covers, beside the previous hash and its number: plain, in columns of the same names.

    Raises TypeError for facts with more than one spelling.
    """
    return {
        "chain": str(chain),
        "kind": kind,
        "move": move,
        "was": was,
        "becomes": becomes,
        "round": round_,
        "actor": actor,
        "role": role,
        "at": moment(at),
        "recorded_at": moment(recorded_at),
        "facts": plain_facts(facts),
        "scope": list(scope),
    }


def entry_hash(entry: Written) -> bytes:
    """The hash that this entry must carry, computed anew from what it says."""
    told = said(
        chain=entry.chain,
        kind=entry.kind,
        move=entry.move,
        was=entry.was,
        becomes=entry.becomes,
        round_=entry.round,
        actor=entry.actor,
        role=entry.role,
        at=entry.at,
        recorded_at=entry.recorded_at,
        facts=entry.facts,
        scope=entry.scope,
    )
    return link(entry.prev, entry.number, spell(told))


def first_misfit(entries: Iterable[Written]) -> tuple[Written, str] | None:
    """The first entry that does not fit, and why; entries ordered by chain and number.

    The reason is one of: gap (an entry before it is missing), link (it does not follow the one before it),
    hash (it does not say what was once written).
    """
    chain: UUID | None = None
    number, head = 0, ZERO
    for entry in entries:
        if entry.chain != chain:
            chain, number, head = entry.chain, 0, ZERO
        if entry.number != number + 1:
            return entry, "gap"
        if entry.prev != head:
            return entry, "link"
        try:
            right = entry_hash(entry)
        except TypeError:
            return entry, "hash"
        if entry.hash != right:
            return entry, "hash"
        number, head = entry.number, entry.hash
    return None


def entry_leaves(form: int, entries: Iterable[Place]) -> list[bytes]:
    """What stands under a seal for its entries; form 1 knew their hashes only, not where they stand."""
    if form == 1:
        return [digest for _xid, _seq, digest in entries]
    return [leaf({"xid": xid, "seq": seq, "hash": digest.hex()}) for xid, seq, digest in entries]


def seal_says(
    form: int, *, number: int, position: tuple[int, int], count: int, root: bytes, prev: bytes, at: datetime
) -> Mapping[str, object]:
    """What a seal's hash covers, beside the previous hash and its number."""
    told = {
        "number": number,
        "last_xid": position[0],
        "last_seq": position[1],
        "count": count,
        "root": root.hex(),
        "prev": prev.hex(),
        "at": at,
    }
    return told if form == 1 else {**told, "form": form}
