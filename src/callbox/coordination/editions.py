# SPDX-License-Identifier: Apache-2.0
"""Loading plans: first what would change, then the edition. Part of the room's actions."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from callbox.access.queries import agencies_by_code
from callbox.coordination import plans, queries
from callbox.coordination.models import Edition
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _

CHAIN = uuid5(UUID("0a6a5d34-33c8-4b86-9c0c-7f3d2f0ca112"), "edition/plans")
UNREADABLE = _("This cannot be loaded: %(problem)s")


@dataclass(frozen=True, slots=True)
class Planned:
    """An edition that could be loaded, and what differs from the one in force."""

    version: int
    text: str
    changes: Sequence[tuple[str, str]]
    agencies: frozenset[str]


def plan_plans(text: str, *, by: Actor) -> Planned:
    """Read it and say what would change; nothing is changed. Raises NotAllowed or Invalid."""
    by.require("config.change")
    try:
        found = plans.parse_plans(text)
    except TableError as problem:
        raise Invalid(UNREADABLE, problem=str(problem)) from problem
    version = queries.version_in_force() + 1
    return Planned(version, text, plans.changes(queries.plans_in_force(), found), found.agencies)


@transaction.atomic
def load_plans(planned: Planned, *, by: Actor, at: datetime) -> None:
    """Put the planned edition in force. Raises NotAllowed, Invalid (no such agency), Conflict when one came between."""
    role = by.require("config.change")
    missing = planned.agencies - agencies_by_code().keys()
    if missing:
        raise Invalid(
            _("The plans name agencies that are not defined: %(codes)s. Define them first."),
            codes=", ".join(sorted(missing)),
        )
    row = Edition(id=new_id(), version=planned.version, text=planned.text, loaded_at=at)
    Edition.objects.bulk_create([row], ignore_conflicts=True)
    if not Edition.objects.filter(id=row.id).exists():
        raise Conflict
    facts = {
        "edition": "plans",
        "version": planned.version,
        "changes": len(planned.changes),
        "sha256": hashlib.sha256(planned.text.encode()).hexdigest(),
    }
    append(CHAIN, "edition", "load", facts=facts, actor=by.id, role=role, at=at)
