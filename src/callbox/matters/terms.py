# SPDX-License-Identifier: Apache-2.0
"""Loading an edition of the promises: first what would move, then the edition. Part of the room's actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid5

from django.db import transaction

from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.matters import queries
from callbox.matters.editions import POWER, put_in_force
from callbox.matters.models import PromiseEdition
from callbox.matters.promises import Difference, Table, differences, parse_promises
from callbox.matters.queries import Known
from callbox.matters.reckoning import Shift
from callbox.matters.settling import NAMESPACE, shifts_by

CHAIN = uuid5(NAMESPACE, "promises")
LONGEST = 200_000  # characters
UNREADABLE = _("The promises cannot be read: %(problem)s")


@dataclass(frozen=True, slots=True)
class TermsPlan:
    """An edition that could be loaded: what its lines say otherwise, and each running clock that it would move."""

    table: Table
    differences: Sequence[Difference]
    shifts: Sequence[Shift]


def plan_terms(text: str, *, by: Actor, at: datetime) -> TermsPlan:
    """Read the table and say what would move; nothing is changed. Raises NotAllowed or Invalid."""
    by.require(POWER)
    known = queries.known_now()
    try:
        table = parse_promises(text[: LONGEST + 1], known.table.edition + 1)
        _check(table, known, at, len(text))
    except TableError as problem:
        raise Invalid(UNREADABLE, problem=str(problem)) from problem
    shifts = shifts_by(Known(known.calendar, table, known.ladders))
    return TermsPlan(table, differences(known.table, table), shifts)


def _check(table: Table, known: Known, at: datetime, length: int) -> None:
    """What would fail only when somebody waits for it: a ladder or open hours that there are none of."""
    if length > LONGEST:
        raise TableError(f"more than {LONGEST} characters")
    if table.by_hours and not known.calendar.hours:
        raise TableError(
            f"the calendar {known.calendar.label} says nothing of open hours, {table.by_hours[0]} needs them"
        )
    for row, promise in table.lines:
        try:
            known.ladders.rungs(promise.ladder, known.calendar.day_of(at))
        except TableError as problem:
            raise row.wrong(str(problem)) from problem


@transaction.atomic
def load_terms(plan: TermsPlan, *, by: Actor, at: datetime) -> None:
    """Put the planned edition in force: what starts from now on has it, what runs is settled by and by.

    Raises NotAllowed, or Conflict when another edition came in between: look at its plan first.
    """
    table = plan.table
    row = PromiseEdition(id=new_id(), edition=table.edition, text=table.text, loaded_at=at)
    facts = {"edition": table.edition, "differences": len(plan.differences), "moves": len(plan.shifts)}
    put_in_force(row, CHAIN, "promises", facts, text=table.text, by=by, at=at)
