# SPDX-License-Identifier: Apache-2.0
"""The rows of a crew's phone as plain data. Part of its API."""

from typing import Any

from callbox.access.queries import names_of
from callbox.dispatch.availability import reason_text
from callbox.dispatch.crew_reads import Duty
from callbox.dispatch.domain import MILESTONES
from callbox.dispatch.models import Position, Unit
from callbox.geo.domain.things import Route
from callbox.incidents.catalogue import load_types
from callbox.pictures.rows import picture_rows


def unit_row(unit: Unit, last: Position | None, language: str) -> dict[str, Any]:
    """The crew's own unit."""
    return {
        "id": unit.matter_id,
        "callsign": unit.callsign,
        "kind": unit.kind,
        "agency": unit.agency.name_zh if language.startswith("zh") else unit.agency.name_en,
        "station": unit.station.name if unit.station else None,
        "state": unit.matter.state,
        "version": unit.matter.version,
        "reason": unit.reason,
        "reason_text": reason_text(unit.reason, language) if unit.reason else "",
        "position": {"lon": last.lon, "lat": last.lat, "at": last.at} if last else None,
    }


def duty_row(duty: Duty, language: str) -> dict[str, Any]:
    """One assignment with its incident."""
    assignment = duty.assignment
    return {
        "id": assignment.pk,
        "state": assignment.matter.state,
        "version": assignment.matter.version,
        "active": assignment.active,
        "assigned_at": assignment.assigned_at,
        **{name: getattr(assignment, name) for name in MILESTONES.values()},
        "clocks": [
            {"name": c.name, "started_at": c.started_at, "due_at": c.due_at, "fired_at": c.fired_at}
            for c in duty.clocks
        ],
        "route_url": f"/api/crew/route/{assignment.pk}",
        "incident": _incident_row(duty, language),
    }


def _incident_row(duty: Duty, language: str) -> dict[str, Any]:
    incident, details = duty.incident, duty.details
    kind = load_types().get(incident.type)
    return {
        "id": incident.pk,
        "number": incident.number,
        "state": incident.matter.state,
        "version": incident.matter.version,
        "type": incident.type,
        "type_name": kind.name.in_language(language) if kind else "",
        "group": kind.group if kind else "",
        "priority": incident.priority,
        "alarm_level": incident.alarm_level,
        "sensitive": incident.sensitive,
        "safety_alarm": incident.safety_alarm,
        "opened_at": incident.matter.opened_at,
        "lon": details.lon,
        "lat": details.lat,
        "address": details.address,
        "note": details.note,
        "remarks": [{"id": one.id, "at": one.at, "text": one.text} for one in details.remarks],
        "others": list(duty.others),
        "pictures": picture_rows(duty.pictures, names_of(picture.by for picture in duty.pictures)),
    }


def route_row(route: Route | None, source: str) -> dict[str, Any]:
    """The way: metres, seconds of travel, streets in order. source: where it begins, position or station."""
    if route is None:
        return {"source": source, "seconds": None, "metres": None, "legs": [], "lonlat": []}
    return {
        "source": source,
        "seconds": route.seconds,
        "metres": route.metres,
        "legs": [{"name": leg.name, "metres": leg.metres} for leg in route.legs],
        "lonlat": route.lonlat,
    }
