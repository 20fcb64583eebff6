# SPDX-License-Identifier: Apache-2.0
"""What was said of one history, packed: 13 bytes for each activation. Part of the domain: pure, on NumPy.

A rule and an event are named by digests of their names (four and eight bytes), so that what was packed is read again by
another process and another release; a verdict by its code.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from callbox.oversight.columns import Whole
from callbox.oversight.domain.verdicts import UNKNOWN, VERDICTS
from callbox.oversight.verdict_codes import CODES

PACKED = np.dtype([("rule", "<u4"), ("event", "<u8"), ("code", "u1")])
type Packed = NDArray[np.void]


def rule_mark(code: str) -> int:
    """Four bytes that stand for a rule; a test holds that no two shipped rules share them."""
    return int.from_bytes(blake2b(code.encode(), digest_size=4).digest())


def event_mark(event: str) -> int:
    """Eight bytes that stand for an event, among the few of one history."""
    return int.from_bytes(blake2b(event.encode(), digest_size=8).digest())


def pack(rule: str, events: Sequence[str], codes: Whole) -> Packed:
    """What one rule says of these activations."""
    found = np.empty(len(events), PACKED)
    found["rule"] = rule_mark(rule)
    found["event"] = [event_mark(event) for event in events]
    found["code"] = codes
    return found


def split(owners: Sequence[Whole], packed: Sequence[Packed], which: Whole) -> list[bytes]:
    """The state of each of these histories (ascending), from what each rule says of activations of any of them."""
    owner = np.concatenate([*owners, np.empty(0, np.int64)])
    told = np.concatenate([*packed, np.empty(0, PACKED)])
    order = np.argsort(owner, kind="stable")
    whole, size = told[order].tobytes(), PACKED.itemsize
    ends = (np.searchsorted(owner[order], which, "right") * size).tolist()
    starts = (np.searchsorted(owner[order], which) * size).tolist()
    return [whole[start:end] for start, end in zip(starts, ends, strict=True)]


def holds_any(state: bytes, verdicts: Collection[str]) -> bool:
    """Whether any activation has one of these verdicts."""
    codes = [CODES[verdict] for verdict in verdicts]
    return bool(np.isin(np.frombuffer(state, PACKED)["code"], codes).any())


def count_unknown(states: bytes) -> dict[tuple[int, bool], int]:
    """How many activations there are in these states, by the rule's mark and whether the verdict is unknown."""
    found = np.frombuffer(states, PACKED)
    said = found["rule"].astype(np.int64) * 2 + (found["code"] == CODES[UNKNOWN])
    kinds, counts = np.unique(said, return_counts=True)
    return {
        (kind >> 1, bool(kind & 1)): count
        for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True)
    }


def unpack(state: bytes, rules: Mapping[int, str], events: Iterable[str]) -> dict[tuple[str, str], str]:
    """The verdicts by rule and event, for the rules (by mark) and events that are still known."""
    names = {event_mark(event): event for event in events}
    found = np.frombuffer(state, PACKED)
    return {
        (rules[rule], names[event]): VERDICTS[code]
        for rule, event, code in found.tolist()
        if rule in rules and event in names
    }
