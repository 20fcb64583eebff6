# SPDX-License-Identifier: Apache-2.0
"""Putting an edition of dated tables in force: once, with an entry in its own chain. Part of the actions.

Every room that has such tables uses it: what would change is shown by the room, this only keeps it.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import models

from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict

POWER = "config.change"


def put_in_force(
    row: models.Model,
    chain: UUID,
    kind: str,
    facts: Mapping[str, object],
    *,
    text: str,
    by: Actor,
    at: datetime,
) -> None:
    """Keep a new edition and write that it was loaded; call inside a transaction. text: its digest is in the entry.

    Two who looked at the same one before do not both load: the row's number of edition is unique, and whoever comes
    second has looked at something else. Raises NotAllowed, Conflict.
    """
    role = by.require(POWER)
    rows = type(row)._default_manager
    rows.bulk_create([row], ignore_conflicts=True)
    if not rows.filter(pk=row.pk).exists():
        raise Conflict
    said = {**facts, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    append(chain, kind, "load", facts=said, actor=by.id, role=role, at=at)
