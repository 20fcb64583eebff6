# SPDX-License-Identifier: Apache-2.0
"""Reading units and assignments."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from callbox.access.seeing import seeing_everything
from callbox.dispatch.domain import ASSIGNMENT, OFF_DUTY, STACKED, UNIT
from callbox.dispatch.models import Assignment, CrewMessage, Position, Station, Unit
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.matters.queries import only_visible

SEE_UNIT, SEE_ASSIGNMENT = f"{UNIT}.see", f"{ASSIGNMENT}.see"


def unit_for(actor: Actor, unit_id: UUID) -> Unit:
    """The unit with its matter, if this actor may see it. Raises NotFound."""
    unit = Unit.objects.select_related("matter", "agency", "station").filter(matter_id=unit_id).first()
    if unit is None:
        raise NotFound
    actor.require_sight(SEE_UNIT, unit.matter.scope)
    return unit


def units(actor: Actor, *, on_duty: bool = False) -> Sequence[Unit]:
    """All units this actor may see, by call sign."""
    found = _units(actor).order_by("callsign")
    return list(found.exclude(matter__state=OFF_DUTY) if on_duty else found)


def _units(actor: Actor) -> QuerySet[Unit]:
    found = Unit.objects.select_related("matter", "agency", "station")
    return found if actor.may(SEE_UNIT) else found.none()


def unit_of_crew(actor: Actor) -> Unit | None:
    """The unit on which this person rides now, by the scope keys of their role."""
    ids = [UUID(key.removeprefix("unit:")) for key in actor.keys if key.startswith("unit:")]
    return (
        Unit.objects.select_related("matter", "agency", "station")
        .filter(matter_id__in=ids)
        .order_by("callsign")
        .first()
    )


def positions(actor: Actor) -> Sequence[Position]:
    """The last position of each unit on duty."""
    return list(Position.objects.exclude(unit__matter__state=OFF_DUTY)) if actor.may(SEE_UNIT) else []


def stations() -> Sequence[Station]:
    """All stations. Where they stand is public knowledge."""
    return list(Station.objects.select_related("agency").order_by("code"))


def assignment_for(actor: Actor, assignment_id: UUID) -> Assignment:
    """The assignment with its matter and unit, if this actor may see it. Raises NotFound."""
    found = (
        Assignment.objects.select_related("matter", "unit__matter", "unit__agency")
        .filter(matter_id=assignment_id)
        .first()
    )
    if found is None:
        raise NotFound
    actor.require_sight(SEE_ASSIGNMENT, found.matter.scope)
    return found


def visible_assignments(actor: Actor) -> QuerySet[Assignment]:
    """All assignments this actor may see, with matter and unit."""
    found = Assignment.objects.select_related("matter", "unit__agency")
    return only_visible(found, actor, SEE_ASSIGNMENT)


def open_assignments(actor: Actor) -> Sequence[Assignment]:
    """Assignments that are not over, oldest first."""
    return list(visible_assignments(actor).filter(matter__final=False).order_by("assigned_at"))


def assignments_of_incident(actor: Actor, incident_id: UUID) -> Sequence[Assignment]:
    """All assignments of an incident, oldest first."""
    return list(visible_assignments(actor).filter(incident_id=incident_id).order_by("assigned_at"))


def assignments_of_unit(actor: Actor, unit_id: UUID) -> Sequence[Assignment]:
    """What a unit has to do: the active assignment first, then the stacked ones by age."""
    found = visible_assignments(actor).filter(unit_id=unit_id, matter__final=False)
    return list(found.order_by("-active", "assigned_at"))


def active_assignment(unit_id: UUID) -> Assignment | None:
    """The one assignment that the unit is on, if any."""
    return (
        Assignment.objects.select_related("matter", "unit__matter")
        .filter(unit_id=unit_id, active=True)
        .first()
    )


def next_stacked(unit_id: UUID) -> Assignment | None:
    """The oldest assignment that waits behind what the unit is doing, if any."""
    stacked = Assignment.objects.select_related("matter", "unit__agency").filter(
        unit_id=unit_id, matter__state=STACKED
    )
    return stacked.order_by("assigned_at").first()


def unfinished_of_unit(unit_id: UUID) -> Sequence[UUID]:
    """What the unit is doing and what waits behind it."""
    return list(
        Assignment.objects.filter(unit_id=unit_id, matter__final=False).values_list("matter_id", flat=True)
    )


def others_going(incident_id: UUID, but: UUID) -> bool:
    """Whether another unit still has something to do at the incident."""
    going = Assignment.objects.filter(incident_id=incident_id, matter__final=False).exclude(matter_id=but)
    with seeing_everything():  # a crew does not see the others' assignments, and yet they count
        return going.exists()


def message_result(key: UUID) -> str | None:
    """What came of a crew's message that was dealt with already."""
    return CrewMessage.objects.filter(key=key).values_list("result", flat=True).first()


def active_assignment_ids(actor: Actor, unit_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The assignment that each unit is on, by unit; those without one, or with one not theirs to see, are left out."""
    found = visible_assignments(actor).filter(unit_id__in=unit_ids, active=True)
    return dict(found.values_list("unit_id", "matter_id"))


def callsigns_of(assignment_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, UUID, str]]:
    """Incident, unit and call sign of each assignment, by its id."""
    found = Assignment.objects.filter(matter_id__in=assignment_ids)
    rows = found.values_list("matter_id", "incident_id", "unit_id", "unit__callsign")
    return {key: (incident, unit, callsign) for key, incident, unit, callsign in rows}
