# SPDX-License-Identifier: Apache-2.0
"""Loading a calendar: first what would move, then the new version, then clock by clock. Part of the room's actions."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.calendars import Calendar, parse_calendar
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.matters import actions, clocks, queries
from callbox.matters.models import CalendarVersion, Clock
from callbox.matters.reckoning import Shift

NAMESPACE = UUID("3f0c4a52-8a0e-4f0e-9d43-5b1a6f0a2c55")
PORTION = 200  # clocks settled in one transaction
OTHER = _("This is the calendar “%(given)s”, this installation reckons with “%(own)s”.")
FORGETS = _("This calendar forgets years that are known: %(years)s. Add them to its table.")
UNREADABLE = _("The calendar cannot be read: %(problem)s")


@dataclass(frozen=True, slots=True)
class Plan:
    """A calendar that could be loaded, as the next version, and each running clock that it would move or settle."""

    calendar: Calendar
    about: str
    days: str
    shifts: Sequence[Shift]


def chain_of(code: str) -> UUID:
    """The journal's chain of a calendar."""
    return uuid5(NAMESPACE, f"calendar/{code}")


def plan_calendar(about: str, days: str, *, by: Actor) -> Plan:
    """Read the two tables and say what would move; nothing is changed. Raises NotAllowed or Invalid."""
    by.require("config.change")
    known = queries.calendar_in_force()
    try:
        given = parse_calendar(about, days)
    except TableError as problem:
        raise Invalid(UNREADABLE, problem=str(problem)) from problem
    if given.code != known.code:
        raise Invalid(OTHER, given=given.code, own=known.code)
    if known.years - given.years:
        raise Invalid(FORGETS, years=", ".join(map(str, sorted(known.years - given.years))))
    calendar = replace(given, version=known.version + 1)
    shifts = (_shift(clock, calendar) for clock in queries.reckoned_clocks(calendar))
    seen = [each for each in shifts if (each.was, each.was_provisional) != (each.becomes, each.provisional)]
    return Plan(calendar, about, days, sorted(seen, key=lambda shift: (shift.becomes, shift.clock)))


def _shift(clock: Clock, calendar: Calendar) -> Shift:
    found = clocks.kept(clock).reckoned(calendar)
    return Shift(
        clock.matter_id,
        clock.id,
        clock.name,
        clock.due_at,
        found.at,
        clock.provisional,
        found.provisional,
    )


@transaction.atomic
def load_calendar(plan: Plan, *, by: Actor, at: datetime) -> None:
    """Put the planned version in force: what starts from now on is reckoned with it, what runs is settled by and by.

    Raises NotAllowed, or Conflict when another version came in between: look at its plan first.
    """
    role = by.require("config.change")
    code, version = plan.calendar.code, plan.calendar.version
    row = CalendarVersion(
        id=new_id(), code=code, version=version, about=plan.about, days=plan.days, loaded_at=at
    )
    CalendarVersion.objects.bulk_create([row], ignore_conflicts=True)
    if not CalendarVersion.objects.filter(id=row.id).exists():
        raise Conflict
    text = hashlib.sha256(f"{plan.about}\0{plan.days}".encode()).hexdigest()
    facts = {"calendar": plan.calendar.label, "years": sorted(plan.calendar.years), "sha256": text}
    append(chain_of(code), "calendar", "load", facts=facts, actor=by.id, role=role, at=at)


@transaction.atomic
def settle_clocks(*, by: Actor, at: datetime, limit: int = PORTION) -> int:
    """Reckon clocks anew that were reckoned with an older version, some at a time; how many.

    Each that moves or is settled has an entry in its matter's journal. Until it is settled a clock does not fire.
    Safe with many sweepers and after a crash: matters are taken with SKIP LOCKED.
    """
    calendar = queries.calendar_in_force()
    waiting = queries.clocks_to_settle(calendar, limit)
    for clock in waiting:
        _settle(clock, calendar, by, at)
    if waiting:
        facts = {"calendar": calendar.label, "clocks": len(waiting)}
        append(chain_of(calendar.code), "calendar", "settle", facts=facts, actor=by.id, role="system", at=at)
    return len(waiting)


def _settle(clock: Clock, calendar: Calendar, by: Actor, at: datetime) -> None:
    found = clocks.kept(clock).reckoned(calendar)
    if (found.at, found.provisional) != (clock.due_at, clock.provisional):
        facts = {
            "clock": clock.name,
            "due_at": found.at,
            "was_due_at": clock.due_at,
            "calendar": calendar.label,
            "provisional": found.provisional,
        }
        role = by.require(f"{clock.matter.kind}.late")
        actions.note(clock.matter, "settle_clock", facts, role, by=by, at=at)
    clocks.change(clock, clocks.moved(clock, found, calendar))
