# SPDX-License-Identifier: Apache-2.0
"""Units themselves: stations, duty, availability, positions. Part of the dispatch room's actions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import connection, transaction

from callbox.access.actions import NAMESPACE
from callbox.access.models import Agency
from callbox.dispatch import domain, queries
from callbox.dispatch.models import Station, Unit
from callbox.geo.queries import current_city
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import move, open_matter
from callbox.matters.domain import Change, Moved

LAST_WINS = """
INSERT INTO dispatch_position (unit_id, callsign, lon, lat, city, edge, along_m, at)
VALUES (%(unit)s, %(callsign)s, %(lon)s, %(lat)s, %(city)s, %(edge)s, %(along_m)s, %(at)s)
ON CONFLICT (unit_id) DO UPDATE SET lon = excluded.lon, lat = excluded.lat, city = excluded.city, edge = excluded.edge,
  along_m = excluded.along_m, at = excluded.at WHERE dispatch_position.at < excluded.at
"""


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a unit is and can do; codes of `data/capabilities.tsv`."""

    callsign: str
    kind: str
    capabilities: frozenset[str]


def unit_id(callsign: str) -> UUID:
    """The id of the unit with this call sign: the same on every installation."""
    return uuid5(NAMESPACE, f"unit/{callsign}")


@transaction.atomic
def define_station(
    code: str,
    name: str,
    agency: Agency,
    lon: float,
    lat: float,
    *,
    made_up: bool = False,
    by: Actor,
    at: datetime,
) -> Station:
    """Create a station, or change it. The change is journalled with its place: a station is no secret."""
    role = by.require("config.change")
    station, created = Station.objects.update_or_create(
        id=uuid5(NAMESPACE, f"station/{code}"),
        defaults={"code": code, "name": name, "agency": agency, "lon": lon, "lat": lat, "made_up": made_up},
    )
    facts = {
        "code": code,
        "name": name,
        "agency": agency.code,
        "place": f"{lon:.6f},{lat:.6f}",
        "made_up": made_up,
    }
    append(station.id, "station", "open" if created else "change", facts=facts, actor=by.id, role=role, at=at)
    return station


@transaction.atomic
def define_unit(
    equipment: Equipment, agency: Agency, station: Station | None, *, by: Actor, at: datetime
) -> Unit:
    """Create a unit, off duty. Raises Conflict when the call sign is taken."""
    identity = unit_id(equipment.callsign)
    facts = {
        "callsign": equipment.callsign,
        "kind": equipment.kind,
        "capabilities": sorted(equipment.capabilities),
        "agency": agency.code,
        "station": station.code if station else None,
    }
    matter = open_matter(
        domain.UNIT_WORKFLOW,
        identity,
        owner=f"agency:{agency.id}",
        scope=[f"unit:{identity}"],
        by=by,
        at=at,
        change=Change(facts),
    )
    return Unit.objects.create(
        matter=matter,
        callsign=equipment.callsign,
        agency=agency,
        kind=equipment.kind,
        capabilities=sorted(equipment.capabilities),
        station=station,
    )


@transaction.atomic
def set_availability(
    unit: UUID, name: str, reason: str = "", *, seen: int | None = None, by: Actor, at: datetime
) -> Moved:
    """begin_duty, end_duty, set_available, set_conditional or set_unavailable; the last two need a reason."""
    found = queries.unit_for(by, unit)
    facts = {"callsign": found.callsign} | ({"reason": reason} if reason else {})
    moved = move(found.matter, name, Change(facts, seen=seen), by=by, at=at)
    if name == "end_duty" and queries.assignments_of_unit(by, unit):
        # After the move, whose row an assignment in the making holds or waits for.
        raise Conflict(
            _("%(unit)s still has an assignment. Clear or withdraw it first."), unit=found.callsign
        )
    Unit.objects.filter(pk=unit).update(reason=reason)
    return moved


def report_position(unit: Unit, lon: float, lat: float, *, by: Actor, at: datetime) -> None:
    """Keep a unit's last position (WGS84), snapped to the road. An older one never replaces a newer one.

    Only the last is kept: there is no history of positions.
    """
    report_positions([(unit, lon, lat)], by=by, at=at)


@transaction.atomic
def report_positions(reports: Iterable[tuple[Unit, float, float]], *, by: Actor, at: datetime) -> None:
    """The same for many units at once."""
    city = current_city()
    with connection.cursor() as cursor:
        for unit, lon, lat in reports:
            by.require("unit.report_position", unit.matter.scope)
            snapped = city.graph.snap(lon, lat)
            cursor.execute(
                LAST_WINS,
                {
                    "unit": unit.matter_id,
                    "callsign": unit.callsign,
                    "lon": lon,
                    "lat": lat,
                    "city": city.version,
                    "edge": int(snapped.edge),
                    "along_m": float(snapped.along_m),
                    "at": at,
                },
            )
