# SPDX-License-Identifier: Apache-2.0
"""What is there: the installation's rows as plain data, read by the product's own queries where they hide how."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from callbox.drills.ledger import Position


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A raw contact: its id, SHA-256 of the bytes that the product's own reader gives, its place in the order."""

    id: str
    digest: str
    channel: str
    position: Position


@dataclass(frozen=True, slots=True)
class MatterRow:
    """A matter; `active` and `unit` of an assignment alone."""

    id: str
    kind: str
    state: str
    version: int
    owner: str
    active: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A journal entry; `contact` where its facts name one."""

    chain: str
    number: int
    kind: str
    move: str
    becomes: str
    position: Position
    contact: str = ""


@dataclass(slots=True)
class Snapshot:
    """All rows at one moment. taken: pairs of contact and call. reader: how far contacts were made calls.

    committed: of each transaction (the first number of a position) the second at which it was, where that is known.
    """

    contacts: list[ContactRow] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    matters: list[MatterRow] = field(default_factory=list)
    entries: list[EntryRow] = field(default_factory=list)
    reader: Position = (0, 0)
    committed: dict[int, float] = field(default_factory=dict)
    journal_problem: str = ""

    def written(self) -> str:
        """As text, for another process."""
        return json.dumps(asdict(self))


def read(text: str) -> Snapshot:
    """The snapshot that `written` made that text of."""
    said: dict[str, Any] = json.loads(text)
    return Snapshot(
        contacts=[ContactRow(**_placed(row)) for row in said["contacts"]],
        taken=[(contact, call) for contact, call in said["taken"]],
        matters=[MatterRow(**row) for row in said["matters"]],
        entries=[EntryRow(**_placed(row)) for row in said["entries"]],
        reader=tuple(said["reader"]),
        committed={int(xid): at for xid, at in said["committed"].items()},
        journal_problem=said["journal_problem"],
    )


def _placed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"position": tuple(row["position"])}
