# SPDX-License-Identifier: Apache-2.0
"""Loading plans: first what would change, then the edition. Part of the room's actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from callbox.access.queries import agencies_by_code
from callbox.coordination import plans, queries
from callbox.coordination.models import Edition
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.matters.editions import POWER, put_in_force

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
    by.require(POWER)
    try:
        found = plans.parse_plans(text)
    except TableError as problem:
        raise Invalid(UNREADABLE, problem=str(problem)) from problem
    version = queries.version_in_force() + 1
    return Planned(version, text, plans.changes(queries.plans_in_force(), found), found.agencies)


@transaction.atomic
def load_plans(planned: Planned, *, by: Actor, at: datetime) -> None:
    """Put the planned edition in force. Raises NotAllowed, Invalid (no such agency), Conflict when one came between."""
    by.require(POWER)
    missing = planned.agencies - agencies_by_code().keys()
    if missing:
        raise Invalid(
            _("The plans name agencies that are not defined: %(codes)s. Define them first."),
            codes=", ".join(sorted(missing)),
        )
    row = Edition(id=new_id(), version=planned.version, text=planned.text, loaded_at=at)
    facts = {"edition": "plans", "version": planned.version, "changes": len(planned.changes)}
    put_in_force(row, CHAIN, "edition", facts, text=planned.text, by=by, at=at)
