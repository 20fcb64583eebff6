# SPDX-License-Identifier: Apache-2.0
"""Who called, as it is kept. Part of the room's queries."""

from typing import Any

from callbox.access.sealing import Column
from callbox.intake.domain import Told
from callbox.intake.models import Caller

COLUMN = Column("intake_caller", "call_id")
FIELDS = ("name", "number", "words", "place", "lon", "lat", "type_hint")


def told_of(caller: Caller) -> Told:
    """What is kept of who called."""
    fields, why = fields_of(caller)
    return Told(caller.retain_until, **fields, unreadable=why)


def fields_of(caller: Caller) -> tuple[dict[str, Any], str]:
    """The fields that are not empty, and why they cannot be read."""
    if caller.sealed is None:
        kept = {name: getattr(caller, name) for name in FIELDS}
        return {name: value for name, value in kept.items() if value not in ("", None)}, ""
    fields, why = COLUMN.read(caller.pk, caller.sealed)
    before, _still = COLUMN.read(caller.pk, caller.unread)
    if not why and before:
        words = "\n".join(each["words"] for each in (before, fields) if each.get("words"))
        fields = before | fields | {"words": words}
    return fields, why
