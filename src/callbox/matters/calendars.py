# SPDX-License-Identifier: Apache-2.0
"""Loading a calendar: first what would move, then the new version. Part of the room's actions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from callbox.kernel.actor import Actor
from callbox.kernel.calendars import Calendar, parse_calendar
from callbox.kernel.errors import Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.matters import queries
from callbox.matters.editions import POWER, put_in_force
from callbox.matters.models import CalendarVersion
from callbox.matters.queries import Known
from callbox.matters.reckoning import Shift
from callbox.matters.settling import chain_of, shifts_by

OTHER = _("This is the calendar “%(given)s”, this installation reckons with “%(own)s”.")
FORGETS = _("This calendar forgets years that are known: %(years)s. Add them to its table.")
UNREADABLE = _("The calendar cannot be read: %(problem)s")
NO_HOURS = _(
    "This calendar says nothing of open hours, and promises are counted in them: %(rules)s. Add the hours."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A calendar that could be loaded, as the next version, and each running clock that it would move or settle."""

    calendar: Calendar
    about: str
    days: str
    shifts: Sequence[Shift]


def plan_calendar(about: str, days: str, *, by: Actor) -> Plan:
    """Read the two tables and say what would move; nothing is changed. Raises NotAllowed or Invalid."""
    by.require(POWER)
    known = queries.calendar_in_force()
    try:
        given = parse_calendar(about, days)
    except TableError as problem:
        raise Invalid(UNREADABLE, problem=str(problem)) from problem
    if given.code != known.code:
        raise Invalid(OTHER, given=given.code, own=known.code)
    if known.years - given.years:
        raise Invalid(FORGETS, years=", ".join(map(str, sorted(known.years - given.years))))
    calendar, table = replace(given, version=known.version + 1), queries.table_in_force()
    if not calendar.hours and table.by_hours:
        raise Invalid(NO_HOURS, rules=", ".join(table.by_hours))
    shifts = shifts_by(Known(calendar, table, queries.ladders_in_force()))
    return Plan(calendar, about, days, shifts)


@transaction.atomic
def load_calendar(plan: Plan, *, by: Actor, at: datetime) -> None:
    """Put the planned version in force: what starts from now on is reckoned with it, what runs is settled by and by.

    Raises NotAllowed, or Conflict when another version came in between: look at its plan first.
    """
    code, version = plan.calendar.code, plan.calendar.version
    row = CalendarVersion(
        id=new_id(), code=code, version=version, about=plan.about, days=plan.days, loaded_at=at
    )
    facts = {"calendar": plan.calendar.label, "years": sorted(plan.calendar.years)}
    put_in_force(row, chain_of(code), "calendar", facts, text=f"{plan.about}\0{plan.days}", by=by, at=at)
