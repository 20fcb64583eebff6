# SPDX-License-Identifier: Apache-2.0
"""Who acts in a replay, and the units that the file names: agencies, stations, units on duty."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID, uuid5

from callbox.access.actions import define_agency
from callbox.access.domain import CALL_TAKER, CREW, DISPATCHER, actor, system_actor
from callbox.access.models import Agency
from callbox.analysis.replay import NAMESPACE
from callbox.analysis.sffd import CallRow
from callbox.analysis.sffd_codes import UnitKind, home_station_of, kind_of
from callbox.dispatch.models import Station
from callbox.dispatch.units import Equipment, define_station, define_unit, set_availability, unit_id
from callbox.geo.queries import City
from callbox.kernel.actor import Actor

AGENCIES = {
    "fire": ("sffd", "San Francisco Fire Department", "旧金山消防局"),
    "ems": ("sffd-ems", "San Francisco Fire Department, EMS", "旧金山消防局急救"),
}


@dataclass(frozen=True)
class People:
    """Those who act in a replay: made-up persons with the roles a person would have."""

    @cached_property
    def intake(self) -> Actor:
        """Takes contacts in."""
        return system_actor("intake")

    @cached_property
    def call_taker(self) -> Actor:
        """Answers and classifies."""
        return actor(_person("call-taker"), [CALL_TAKER], ())

    @cached_property
    def dispatcher(self) -> Actor:
        """Sends, withdraws and closes."""
        return actor(_person("dispatcher"), [DISPATCHER], ())

    def crew(self, unit: UUID) -> Actor:
        """The crew of a unit."""
        return actor(_person(f"crew/{unit}"), [CREW], [f"unit:{unit}"])


def _person(name: str) -> str:
    return f"person:{uuid5(NAMESPACE, name)}"


def define_world(calls: Iterable[CallRow], city: City | None, *, at: datetime) -> int:
    """Define the file's agencies, the city's fire stations and every unit of the file, on duty; how many units.

    Engines and trucks are at home in the station they are named after; the file says nothing of the others.
    """
    setup, people = system_actor("setup"), People()
    agencies = {kind: define_agency(*words, kind, by=setup, at=at) for kind, words in AGENCIES.items()}
    stations = _define_stations(city, agencies["fire"], setup, at) if city else {}
    kinds = units_in(calls)
    for callsign, kind in sorted(kinds.items()):
        station = stations.get(home_station_of(callsign) or "")
        equipment = Equipment(callsign, kind.kind, kind.capabilities)
        define_unit(equipment, agencies[kind.agency], station, by=setup, at=at)
        set_availability(unit_id(callsign), "begin_duty", by=people.dispatcher, at=at)
    return len(kinds)


def units_in(calls: Iterable[CallRow]) -> dict[str, UnitKind]:
    """Every unit of the file and what it is; raises LookupError for a type that is not in the table."""
    return {row.unit: kind_of(row.unit, row.unit_type) for call in calls for row in call.units}


def _define_stations(city: City, agency: Agency, by: Actor, at: datetime) -> dict[str, Station]:
    found = {}
    for place in city.places_of("fire_station"):
        number = place.name.rpartition("#")[2].strip().zfill(2)
        found[number] = define_station(
            f"SFFD-{number}", place.name, agency, place.lon, place.lat, by=by, at=at
        )
    return found
