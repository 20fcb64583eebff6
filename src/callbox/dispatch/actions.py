# SPDX-License-Identifier: Apache-2.0
"""Sending units and following them. Each action is one transaction that touches assignment, unit and incident."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from callbox.dispatch import domain, queries
from callbox.dispatch.models import Assignment, Unit
from callbox.incidents.actions import note_unit
from callbox.incidents.queries import incident_for
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import move, open_matter
from callbox.matters.domain import Change, Moved
from callbox.matters.promises import clock
from callbox.matters.queries import hold, hold_state, promises_on

ONE_ACTIVE = "dispatch_one_active_assignment"
TELLING = ("arrive", "clear")  # the milestones that move the incident too


@transaction.atomic
def assign_unit(
    incident_id: UUID,
    unit_id: UUID,
    *,
    reason: str = "",
    stack: bool = False,
    assignment_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Assignment:
    """Send a unit to an incident; with stack=True behind what it is doing when it is busy.

    reason: why this one, when it is not the one that was offered (a code or short text without personal data).
    Raises NotFound, NotAllowed, or Conflict: off duty, not available, or just sent elsewhere, saying where.
    """
    incident, unit = incident_for(by, incident_id), queries.unit_for(by, unit_id)
    _check_free(unit)
    busy = queries.active_assignment(unit_id) is not None
    if busy and not stack:
        raise _taken(by, unit)
    facts = {"unit": unit_id, "callsign": unit.callsign, "incident": incident_id, "number": incident.number}
    key = f"unit:{unit_id}"
    change = Change(
        facts | ({"reason": reason} if reason else {}),
        {} if busy else _acknowledge(unit, incident.priority, at),
    )
    matter = open_matter(
        domain.ASSIGNMENT_WORKFLOW,
        assignment_id or new_id(),
        owner=key,
        scope=[key, f"agency:{unit.agency_id}"],
        by=by,
        at=at,
        change=change,
        state=domain.STACKED if busy else domain.ASSIGNED,
        whole=incident.matter,
    )
    assignment = Assignment(
        matter=matter, unit=unit, incident_id=incident_id, active=not busy, assigned_at=at
    )
    _insert(assignment, by)
    seen_by = Change({"callsign": unit.callsign, "stacked": busy}, add_scope=frozenset({key}))
    note_unit(incident_id, "send", unit_id, change=seen_by, by=by, at=at)
    return assignment


def _check_free(unit: Unit) -> None:
    """The unit's state is held until COMMIT: its duty cannot end while it is being sent."""
    unit.matter.state = hold_state(unit.matter_id)
    if unit.matter.state in (domain.OFF_DUTY, domain.UNAVAILABLE):
        raise Conflict(
            _("%(unit)s cannot be sent: it is “%(state)s”. Choose another unit."),
            unit=unit.callsign,
            state=unit.matter.state,
        )


def _acknowledge(unit: Unit, priority: int | None, at: datetime) -> Mapping[str, timedelta]:
    return clock(domain.ACKNOWLEDGE_CLOCK, unit.agency.kind, priority, promises_on(at.date()))


def _insert(assignment: Assignment, by: Actor) -> None:
    try:
        with transaction.atomic():
            Assignment.objects.bulk_create([assignment])
    except IntegrityError as error:
        if ONE_ACTIVE not in str(error):
            raise
        raise _taken(by, assignment.unit) from None


def _taken(by: Actor, unit: Unit) -> Conflict:
    held = queries.active_assignment(unit.matter_id)
    if held is None:
        return Conflict()
    number = incident_for(by, held.incident_id).number
    return Conflict(
        _("%(unit)s was sent to incident %(number)s at %(at)s. Choose another unit, or stack this one."),
        unit=unit.callsign,
        number=number,
        at=held.assigned_at.isoformat(timespec="seconds"),
    )


@transaction.atomic
def move_assignment(
    assignment_id: UUID,
    name: str,
    *,
    radio: bool = False,
    facts: Mapping[str, object] | None = None,
    by: Actor,
    at: datetime,
) -> Moved:
    """A milestone: acknowledge, go, arrive or clear. at: when it was so. radio: set on the crew's behalf.

    Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    if name not in domain.MILESTONES:
        raise Invalid(
            _("There is no milestone “%(name)s”. Known: %(known)s."),
            name=name,
            known=", ".join(domain.MILESTONES),
        )
    assignment = queries.assignment_for(by, assignment_id)
    _check_time(assignment, at)
    if name in TELLING:
        _hold(assignment)
    said = {
        **(facts or {}),
        "unit": assignment.unit_id,
        "callsign": assignment.unit.callsign,
        "incident": assignment.incident_id,
    }
    moved = move(assignment.matter, name, Change({**said, "radio": True} if radio else said), by=by, at=at)
    over = name == "clear"
    Assignment.objects.filter(pk=assignment_id).update(
        **{domain.MILESTONES[name]: at}, **({"active": False} if over else {})
    )
    if name == "arrive":
        note_unit(assignment.incident_id, "arrive", assignment.unit_id, by=by, at=at)
    if over:
        _stand_down(assignment, by, at)
        _activate_next(assignment.unit_id, by, at)
    return moved


def _hold(assignment: Assignment, *more: UUID) -> None:
    """What the step may move: the unit's assignments, one of which may be taken up next, and the incident."""
    waiting = queries.unfinished_of_unit(assignment.unit_id)
    hold(assignment.matter_id, assignment.incident_id, *waiting, *more)


def _check_time(assignment: Assignment, at: datetime) -> None:
    if at < assignment.assigned_at:
        raise Invalid(
            _("This cannot have been before the unit was assigned at %(at)s. Correct the time."),
            at=assignment.assigned_at.isoformat(timespec="seconds"),
        )


def _stand_down(assignment: Assignment, by: Actor, at: datetime) -> None:
    """The incident waits for a unit again when the last one left before anybody got there in this round."""
    incident = assignment.incident_id
    if not queries.others_going(incident, assignment.matter_id):
        note_unit(incident, "stand_down", assignment.unit_id, by=by, at=at)


def _activate_next(unit_id: UUID, by: Actor, at: datetime) -> None:
    following = queries.next_stacked(unit_id)
    if following is not None and queries.active_assignment(unit_id) is None:
        _activate(following, by, at)


def _activate(assignment: Assignment, by: Actor, at: datetime) -> Moved:
    incident = incident_for(by, assignment.incident_id)
    change = Change(_said(assignment), _acknowledge(assignment.unit, incident.priority, at))
    moved = move(assignment.matter, "activate", change, by=by, at=at)
    Assignment.objects.filter(pk=assignment.pk).update(active=True)
    return moved


def _said(assignment: Assignment) -> dict[str, object]:
    return {
        "unit": assignment.unit_id,
        "callsign": assignment.unit.callsign,
        "incident": assignment.incident_id,
    }


@transaction.atomic
def activate_assignment(assignment_id: UUID, *, by: Actor, at: datetime) -> Moved:
    """Take up a stacked assignment now; the active one, if there is any, goes behind it."""
    assignment = queries.assignment_for(by, assignment_id)
    _hold(assignment)
    held = queries.active_assignment(assignment.unit_id)
    if held is not None and held.pk != assignment.pk:
        move(held.matter, "stack", Change(_said(held)), by=by, at=at)
        Assignment.objects.filter(pk=held.pk).update(active=False)
    return _activate(assignment, by, at)


@transaction.atomic
def withdraw_assignment(assignment_id: UUID, name: str, reason: str, *, by: Actor, at: datetime) -> Moved:
    """recall: called back on the way; cancel: it was never to go. Not possible once on scene."""
    if name not in ("recall", "cancel"):
        raise Invalid(_("An assignment is withdrawn by recall or cancel."))
    return _withdraw(assignment_id, name, {"reason": reason}, by, at)


def _withdraw(assignment_id: UUID, name: str, facts: Mapping[str, object], by: Actor, at: datetime) -> Moved:
    assignment = queries.assignment_for(by, assignment_id)
    _hold(assignment)
    moved = move(assignment.matter, name, Change({**_said(assignment), **facts}), by=by, at=at)
    Assignment.objects.filter(pk=assignment_id).update(active=False, clear_at=at)
    _stand_down(assignment, by, at)
    if name != "divert":
        _activate_next(assignment.unit_id, by, at)
    return moved


@transaction.atomic
def divert_unit(assignment_id: UUID, to_incident: UUID, *, by: Actor, at: datetime) -> Assignment:
    """Send a unit that is not yet on scene to another incident instead."""
    assignment = queries.assignment_for(by, assignment_id)
    _hold(assignment, to_incident)
    _withdraw(assignment_id, "divert", {"to": to_incident}, by, at)
    return assign_unit(to_incident, assignment.unit_id, by=by, at=at)


@transaction.atomic
def correct_milestone(
    assignment_id: UUID, milestone: str, now: datetime, reason: str, *, by: Actor, at: datetime
) -> Moved:
    """Put a milestone's time right. The old time stays in the journal."""
    if milestone not in domain.MILESTONES.values():
        raise Invalid(
            _("There is no milestone “%(name)s”. Known: %(known)s."),
            name=milestone,
            known=", ".join(domain.MILESTONES.values()),
        )
    assignment = queries.assignment_for(by, assignment_id)
    was = getattr(assignment, milestone)
    if was is None:
        raise Conflict(_("This milestone has no time yet: set it first."))
    _check_time(assignment, now)
    facts = {**_said(assignment), "milestone": milestone, "was": was, "now": now, "reason": reason}
    moved = move(assignment.matter, "correct", Change(facts), by=by, at=at)
    Assignment.objects.filter(pk=assignment_id).update(**{milestone: now})
    return moved
