# SPDX-License-Identifier: Apache-2.0
"""Hash chains and seals, pure: what is hashed, how links join, how a batch gets one root."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

ZERO = bytes(32)
SPELLING = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
NO_SPELLING = "This has no spelling: half a character, or lists within lists without end."
SIMPLE = frozenset({str, int, bool, type(None)})


def canonical(value: Mapping[str, object]) -> bytes:
    """The one spelling of a mapping: sorted keys, no spaces, UTF-8; times in UTC with microseconds.

    Raises TypeError for anything that has more than one spelling, floats above all, and for what has none.
    """
    try:
        plain = _plain(value)
    except RecursionError as problem:
        raise TypeError(NO_SPELLING) from problem
    return spell(plain)


def spell(plain: object) -> bytes:
    """The one spelling of what `plain_facts` and `moment` have made plain before. Raises TypeError."""
    try:
        return SPELLING.encode(plain).encode()
    except (UnicodeEncodeError, RecursionError) as problem:
        raise TypeError(NO_SPELLING) from problem


def moment(at: datetime) -> str:
    """The one spelling of a moment: in UTC, with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(value: object) -> object:
    if type(value) in SIMPLE or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_plain(item) for item in value]
    raise TypeError(
        f"{type(value).__name__} has more than one spelling and may not stand in the journal: {value!r}"
    )


def plain_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as they will stand in the journal: only text, whole numbers, truth values, lists and maps of them."""
    plain = _plain(facts)
    if not isinstance(plain, dict):
        raise TypeError(facts)
    return plain


def link(previous: bytes, number: int, body: bytes) -> bytes:
    """The hash of entry `number` of a chain: SHA-256 over the previous hash, the number (8 bytes), the body.

    The database computes the same with sha256(head || int8send(number) || body).
    """
    return hashlib.sha256(previous + number.to_bytes(8, "big") + body).digest()


def leaf(said: Mapping[str, object]) -> bytes:
    """What stands under a seal for one thing said: SHA-256 of its one spelling."""
    return hashlib.sha256(canonical(said)).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """One hash over many (RFC 6962, section 2.1): leaves and nodes are told apart by a first byte."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + (level[-1:] if len(level) % 2 else [])
    return level[0]
