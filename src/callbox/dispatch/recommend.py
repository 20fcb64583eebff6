# SPDX-License-Identifier: Apache-2.0
"""The recommendation for an incident: one reverse search over the roads, then `ranking.rank`. Part of the queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import numpy as np

from callbox.dispatch import domain, queries
from callbox.dispatch.limits import oldest_position
from callbox.dispatch.models import Assignment, Position, Unit
from callbox.dispatch.plans import ResponsePlan, load_plans, plan_for
from callbox.dispatch.ranking import Recommendation, UnitNow, rank
from callbox.geo.domain.things import RoadPosition, Route
from callbox.geo.domain.travel import TravelField
from callbox.geo.queries import City, current_city, speed_factor_on
from callbox.incidents.catalogue import load_types
from callbox.incidents.models import Incident
from callbox.incidents.queries import RECOMMEND, incident_for, note_place_read
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.matters.promises import Promise, promises_for
from callbox.matters.queries import promises_on


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation with the plan that it fills, and where each unit is taken to be."""

    incident: Incident
    plan: ResponsePlan
    ranked: Recommendation
    field: TravelField
    at_road: dict[UUID, RoadPosition]

    def route_of(self, unit_id: UUID) -> Route | None:
        """The way by which this unit would come, or None where no road leads."""
        start = self.at_road.get(unit_id)
        return self.field.route_from(start) if start else None


def recommendation_for(actor: Actor, incident_id: UUID, at: datetime) -> Advice:
    """Who should go to this incident, when they arrive and why. Works with the network cut.

    Raises NotFound, or Invalid when the incident has no type or no place on the map yet.
    """
    actor.require("incident.recommend")
    incident = incident_for(actor, incident_id)
    note_place_read(actor, [incident_id], purpose=RECOMMEND, at=at)
    place = incident.place
    if not incident.type or incident.priority is None or place.lon is None or place.lat is None:
        raise Invalid(
            _("Give the incident a type and a place on the map first: the units are ranked by both.")
        )
    city = current_city()
    field = city.graph.travel_to(city.graph.snap(place.lon, place.lat), speed_factor_on(city.name, at.date()))
    plan = plan_for(
        incident.type,
        load_types()[incident.type].group,
        incident.priority,
        incident.area_ids,
        incident.alarm_level,
        load_plans(at.date()),
    )
    units = queries.units(actor, on_duty=True)
    at_road, sources = roads_of(city, units, at)
    travel = _travel(field, units, at_road)
    now = _units_now(units, sources, incident_id, at)
    turnout_s = turnout_seconds(promises_on(at.date()))
    return Advice(incident, plan, rank(now, plan, travel, at, turnout_s=turnout_s), field, at_road)


def turnout_seconds(table: Sequence[Promise]) -> dict[str, float]:
    """Seconds of turnout by kind of agency, from the promises of a day; 60 where none is."""
    found = {kind: promises_for("turnout", kind, 1, table) for kind in ("fire", "ems", "police", "city")}
    return {kind: rows[0].within.total_seconds() if rows else 60.0 for kind, rows in found.items()}


def roads_of(
    city: City, units: Sequence[Unit], at: datetime
) -> tuple[dict[UUID, RoadPosition], dict[UUID, Position | None]]:
    """Where each unit is on the roads: its last position if that is fresh, else its station; and that position."""
    fresh = {p.unit_id: p for p in Position.objects.filter(at__gt=at - oldest_position(at.date()))}
    found: dict[UUID, RoadPosition] = {}
    sources: dict[UUID, Position | None] = {}
    for unit in units:
        last = fresh.get(unit.matter_id)
        sources[unit.matter_id] = last
        if last is not None and last.city == city.version:
            found[unit.matter_id] = RoadPosition(last.edge, last.along_m, 0.0, last.lon, last.lat)
        elif last is not None:
            found[unit.matter_id] = city.graph.snap(last.lon, last.lat)
        elif unit.station is not None:
            found[unit.matter_id] = _station_road(city, unit.station.lon, unit.station.lat)
    return found, sources


@cache
def _station_road(city: City, lon: float, lat: float) -> RoadPosition:
    return city.graph.snap(lon, lat)


def _travel(field: TravelField, units: Sequence[Unit], at_road: dict[UUID, RoadPosition]) -> Sequence[float]:
    placed = [at_road.get(unit.matter_id) for unit in units]
    edges = np.array([p.edge if p else 0 for p in placed], dtype=np.int64)
    along = np.array([p.along_m if p else 0.0 for p in placed])
    seconds = field.seconds_from(edges, along)
    seconds[[p is None for p in placed]] = np.inf
    return list(seconds.tolist())


def _units_now(
    units: Sequence[Unit], sources: dict[UUID, Position | None], incident_id: UUID, at: datetime
) -> list[UnitNow]:
    busy = {a.unit_id: a for a in Assignment.objects.select_related("matter").filter(active=True)}
    late = set(
        Assignment.objects.filter(
            incident_id=incident_id,
            matter__state=domain.ASSIGNED,
            matter__clocks__name=domain.ACKNOWLEDGE_CLOCK,
            matter__clocks__fired_at__isnull=False,
            matter__clocks__stopped_at=None,
        ).values_list("unit_id", flat=True)
    )
    return [
        _unit_now(unit, sources[unit.matter_id], busy.get(unit.matter_id), incident_id, late, at)
        for unit in units
    ]


def _unit_now(
    unit: Unit,
    last: Position | None,
    held: Assignment | None,
    incident_id: UUID,
    late: set[UUID],
    at: datetime,
) -> UnitNow:
    excluded = ""
    if held is not None and held.incident_id != incident_id:
        excluded = "holds_assignment"
    elif held is not None:
        excluded = "declined" if unit.matter_id in late else "already_assigned"
    states = {domain.AVAILABLE: "available", domain.CONDITIONAL: "conditional"}
    return UnitNow(
        id=unit.matter_id,
        callsign=unit.callsign,
        agency=unit.agency.kind,
        kind=unit.kind,
        capabilities=frozenset(unit.capabilities),
        availability=states.get(unit.matter.state, "not_available"),  # type: ignore[arg-type]  # the three words of the ranking
        position_age_s=(at - last.at).total_seconds() if last else 0.0,
        at_station=last is None or _is_at_station(unit, last),
        position_source="gps" if last else "station",
        held=held.matter_id if held else None,
        excluded=excluded,
    )


def _is_at_station(unit: Unit, last: Position) -> bool:
    station = unit.station
    return (
        station is not None and abs(station.lon - last.lon) < 0.0004 and abs(station.lat - last.lat) < 0.0004
    )
