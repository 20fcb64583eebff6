# SPDX-License-Identifier: Apache-2.0
"""Units, assignments and stations as screens get them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from callbox.dispatch import queries
from callbox.dispatch.models import Assignment, Position, Station, Unit
from callbox.incidents.queries import numbers_of
from callbox.intake.rows import ClockRow, clock_rows
from callbox.kernel.actor import Actor
from callbox.matters.models import Clock
from callbox.matters.queries import running_clocks


class PositionShown(Schema):
    """Where a unit is (WGS84). source: `gps`, or `station` when it never said."""

    lon: float
    lat: float
    at: datetime | None
    source: str


class UnitRow(Schema):
    """A unit. `assignment`: the one it is on."""

    id: UUID
    callsign: str
    kind: str
    capabilities: list[str]
    agency: str
    agency_kind: str
    station: str | None = Field(description="code of its station")
    state: str
    version: int
    reason: str
    position: PositionShown | None
    assignment: UUID | None


class AssignmentRow(Schema):
    """One unit on one incident, with its milestones: when each was so."""

    id: UUID
    state: str
    version: int
    unit: UUID
    callsign: str
    incident: UUID
    incident_number: int | None
    active: bool
    assigned_at: datetime
    acknowledged_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    clear_at: datetime | None
    clocks: list[ClockRow]


class StationRow(Schema):
    """Where units stand. `made_up`: it does not exist in the world."""

    id: UUID
    code: str
    name: str
    agency: str
    agency_kind: str
    lon: float
    lat: float
    made_up: bool


def unit_rows(actor: Actor, units: Iterable[Unit]) -> list[dict[str, object]]:
    """Units as rows, in their order, with their last positions. Two queries, however many units."""
    shown = list(units)
    places = {place.unit_id: place for place in queries.positions(actor)}
    busy = queries.active_assignment_ids(actor, [unit.matter_id for unit in shown])
    return [_unit(unit, places.get(unit.matter_id), busy.get(unit.matter_id)) for unit in shown]


def unit_row(actor: Actor, unit_id: UUID) -> dict[str, object]:
    """One unit as a row. Raises NotFound."""
    return unit_rows(actor, [queries.unit_for(actor, unit_id)])[0]


def _unit(unit: Unit, place: Position | None, assignment: UUID | None) -> dict[str, object]:
    return {
        "id": unit.matter_id,
        "callsign": unit.callsign,
        "kind": unit.kind,
        "capabilities": unit.capabilities,
        "agency": unit.agency.code,
        "agency_kind": unit.agency.kind,
        "station": unit.station.code if unit.station else None,
        "state": unit.matter.state,
        "version": unit.matter.version,
        "reason": unit.reason,
        "position": _position(unit, place),
        "assignment": assignment,
    }


def _position(unit: Unit, place: Position | None) -> dict[str, object] | None:
    if place is not None:
        return {"lon": place.lon, "lat": place.lat, "at": place.at, "source": "gps"}
    if unit.station is not None:
        return {"lon": unit.station.lon, "lat": unit.station.lat, "at": None, "source": "station"}
    return None


def assignment_rows(assignments: Iterable[Assignment]) -> list[dict[str, object]]:
    """Assignments as rows, in their order. Two queries, however many."""
    shown = list(assignments)
    clocks = running_clocks([each.matter_id for each in shown])
    numbers = numbers_of([each.incident_id for each in shown])
    return [_assignment(each, clocks[each.matter_id], numbers) for each in shown]


def assignment_row(actor: Actor, assignment_id: UUID) -> dict[str, object]:
    """One assignment as a row. Raises NotFound."""
    return assignment_rows([queries.assignment_for(actor, assignment_id)])[0]


def _assignment(
    assignment: Assignment, clocks: Iterable[Clock], numbers: Mapping[UUID, int]
) -> dict[str, object]:
    plain = ("active", "assigned_at", "acknowledged_at", "en_route_at", "on_scene_at", "clear_at")
    return {name: getattr(assignment, name) for name in plain} | {
        "id": assignment.matter_id,
        "state": assignment.matter.state,
        "version": assignment.matter.version,
        "unit": assignment.unit_id,
        "callsign": assignment.unit.callsign,
        "incident": assignment.incident_id,
        "incident_number": numbers.get(assignment.incident_id),
        "clocks": clock_rows(clocks),
    }


def station_rows(stations: Iterable[Station]) -> list[dict[str, object]]:
    """Stations as rows."""
    plain = ("id", "code", "name", "lon", "lat", "made_up")
    return [
        {name: getattr(each, name) for name in plain}
        | {"agency": each.agency.code, "agency_kind": each.agency.kind}
        for each in stations
    ]
