# SPDX-License-Identifier: Apache-2.0
"""Noting that personal data was erased at its date. Part of the room's actions."""

from datetime import datetime
from uuid import uuid5

from callbox.access.actions import NAMESPACE
from callbox.journal.actions import append
from callbox.kernel.actor import Actor


def note_erased(table: str, rows: int, *, by: Actor, at: datetime) -> int:
    """Journal that so many rows of a table were erased, in the transaction that erases them; nothing for 0.

    Returns rows. Raises NotAllowed.
    """
    role = by.require("personal.erase")
    if rows:
        facts = {"table": table, "rows": rows}
        chain = uuid5(NAMESPACE, f"erasure/{table}")
        append(chain, "erasure", "erase", facts=facts, actor=by.id, role=role, at=at)
    return rows
