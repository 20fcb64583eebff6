# SPDX-License-Identifier: Apache-2.0
"""What a crew comes upon: an incident that nobody has called about, or its own danger. Part of the actions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from callbox.dispatch import crew_reads, domain, queries
from callbox.dispatch.actions import activate_assignment, assign_unit, move_assignment
from callbox.dispatch.models import Unit
from callbox.incidents.actions import Kind, Where, classify_incident, open_incident, sound_safety_alarm
from callbox.incidents.models import Incident
from callbox.kernel.actor import Actor

CREW_IN_DANGER = "OTH.CREW_DANGER"


@dataclass(frozen=True, slots=True)
class Found:
    """What a crew found. stays: it deals with it itself, as its first unit; else it only reports it.

    assignment: the id that the phone gave the crew's own assignment, so that it can go on without network.
    """

    where: Where
    type: str
    stays: bool = False
    assignment: UUID | None = None


@transaction.atomic
def open_found_incident(unit: Unit, incident_id: UUID, found: Found, *, by: Actor, at: datetime) -> Incident:
    """Open an incident that a crew came upon; when it stays it is on scene already.

    What it was doing goes behind. Raises NotAllowed, Invalid (unknown type), Conflict when the id is taken.
    """
    keys = [f"unit:{unit.matter_id}"]  # not its agency's: that one sees what it has a task on
    incident = open_incident(found.where, scope=keys, incident_id=incident_id, by=by, at=at)
    classify_incident(incident_id, Kind(found.type), by=by, at=at)
    state = queries.unit_for(by, unit.matter_id).matter.state
    if found.stays and state not in (domain.OFF_DUTY, domain.UNAVAILABLE):
        _stay(unit, incident_id, found.assignment, by, at)
    return incident


def _stay(unit: Unit, incident_id: UUID, assignment_id: UUID | None, by: Actor, at: datetime) -> None:
    busy = queries.active_assignment(unit.matter_id) is not None
    taken = assign_unit(incident_id, unit.matter_id, stack=busy, assignment_id=assignment_id, by=by, at=at)
    if busy:
        activate_assignment(taken.pk, by=by, at=at)
    move_assignment(taken.pk, "arrive", by=by, at=at)


@transaction.atomic
def sound_alarm(unit: Unit, target: UUID, new_incident: UUID, *, by: Actor, at: datetime) -> UUID:
    """The crew is in danger; the incident on which the alarm stands.

    That is the target when it is open and the crew's own, else what the unit is on, else a new incident where
    the unit was last: such an alarm is never refused for want of an incident.
    """
    incident_id = crew_reads.incident_of_alarm(by, unit, target)
    if incident_id is None:
        where = _last_place(unit)
        open_found_incident(unit, new_incident, Found(where, CREW_IN_DANGER), by=by, at=at)
    sound_safety_alarm(incident_id or new_incident, unit.matter_id, by=by, at=at)
    return incident_id or new_incident


def _last_place(unit: Unit) -> Where:
    last = crew_reads.last_position(unit.matter_id)
    if last is not None:
        return Where(last.lon, last.lat, unit.callsign)
    station = unit.station
    return Where(station.lon, station.lat, unit.callsign) if station else Where(address=unit.callsign)
