# SPDX-License-Identifier: Apache-2.0
"""What a crew's phone reads: its unit, what it has to do with all that helps to find it, and the way there.

Part of the queries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callbox.dispatch import queries
from callbox.dispatch.models import Assignment, Position, Unit
from callbox.geo.domain.things import Route
from callbox.geo.queries import current_city, speed_factor_on
from callbox.incidents.models import Incident
from callbox.incidents.queries import ROUTE, Details, details_for, incident_for, note_place_read, visible
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.text import gettext_noop as _
from callbox.matters.models import Clock
from callbox.matters.queries import running_clocks
from callbox.pictures.models import Picture
from callbox.pictures.queries import pictures_of


@dataclass(frozen=True, slots=True)
class Duty:
    """One assignment with its incident, personal details included. others: call signs of units sent there too.

    pictures: that they are there; what they show is read by itself.
    """

    assignment: Assignment
    incident: Incident
    details: Details
    clocks: Sequence[Clock]
    others: Sequence[str]
    pictures: Sequence[Picture]


def unit_of_this_crew(actor: Actor) -> Unit:
    """The unit on which this person rides. Raises NotFound, saying what to do."""
    unit = queries.unit_of_crew(actor)
    if unit is None:
        raise NotFound(_("You are on no unit now. Ask the dispatcher to put you on one."))
    return unit


def duties_of(actor: Actor, unit: Unit, *, at: datetime) -> list[Duty]:
    """What the unit has to do, the active assignment first; that the details were read is noted."""
    assignments = queries.assignments_of_unit(actor, unit.matter_id)
    clocks = running_clocks([assignment.pk for assignment in assignments])
    return [_duty(actor, unit, one, clocks[one.pk], at) for one in assignments]


def _duty(actor: Actor, unit: Unit, assignment: Assignment, clocks: Sequence[Clock], at: datetime) -> Duty:
    incident = incident_for(actor, assignment.incident_id)
    others = queries.assignments_of_incident(actor, assignment.incident_id)
    callsigns = {
        one.unit.callsign for one in others if not one.matter.final and one.unit_id != unit.matter_id
    }
    details = details_for(actor, incident, purpose="crew", at=at)
    pictures = pictures_of(actor, [incident.matter])
    return Duty(assignment, incident, details, clocks, sorted(callsigns), pictures)


def own_incident(actor: Actor, unit: Unit, incident_id: UUID) -> Incident:
    """An incident to which this unit was sent, or that it opened. Raises NotFound for any other."""
    incident = incident_for(actor, incident_id)
    if f"unit:{unit.matter_id}" not in incident.matter.scope:
        raise NotFound
    return incident


def incident_of_alarm(actor: Actor, unit: Unit, target: UUID) -> UUID | None:
    """Where an alarm of this unit belongs: the target when open and its own, else what it is on, else nowhere."""
    key = f"unit:{unit.matter_id}"
    own = visible(actor).filter(matter__final=False, matter__scope__contains=[key])
    if own.filter(pk=target).exists():
        return target
    held = queries.active_assignment(unit.matter_id)
    return held.incident_id if held and own.filter(pk=held.incident_id).exists() else None


def last_position(unit_id: UUID) -> Position | None:
    """Where the unit was when it last said so."""
    return Position.objects.filter(unit_id=unit_id).first()


def way_to(actor: Actor, unit: Unit, assignment_id: UUID, *, at: datetime) -> tuple[Route | None, str]:
    """The quickest way from the unit's last position (else its station) to its incident, and which it was.

    None where no road leads. Raises NotFound, or Invalid when the incident has no place on the map.
    """
    assignment = queries.assignment_for(actor, assignment_id)
    if assignment.unit_id != unit.matter_id:
        raise NotFound
    incident = incident_for(actor, assignment.incident_id)
    note_place_read(actor, [incident.pk], purpose=ROUTE, at=at)
    place = incident.place
    if place.lon is None or place.lat is None:
        raise Invalid(_("This incident has no place on the map. Go by its address."))
    begins, source = _start(unit)
    if begins is None:
        return None, source
    city = current_city()
    factor = speed_factor_on(city.name, at.date())
    field = city.graph.travel_to(city.graph.snap(place.lon, place.lat), factor)
    return field.route_from(city.graph.snap(*begins)), source


def _start(unit: Unit) -> tuple[tuple[float, float] | None, str]:
    last = last_position(unit.matter_id)
    if last is not None:
        return (last.lon, last.lat), "position"
    station = unit.station
    return ((station.lon, station.lat), "station") if station else (None, "none")
