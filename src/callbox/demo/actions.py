# SPDX-License-Identifier: Apache-2.0
"""Setting a demo city up: agencies, stations, units on duty, demo people and simulated ones. Once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from django.db import transaction

from callbox.access.actions import create_person, define_agency, grant_role
from callbox.access.domain import AGENCY_DESK, CALL_TAKER, CREW, DISPATCHER, LEGAL_OFFICER, UNIT_LEAD
from callbox.access.models import Agency
from callbox.access.queries import actor_of, agencies_by_code
from callbox.demo import queries
from callbox.demo.domain import Town
from callbox.demo.fleet import CENTRE, Crewed, Post, fleet
from callbox.demo.histories import histories_told
from callbox.dispatch.models import Station
from callbox.dispatch.units import Equipment, define_station, define_unit, set_availability
from callbox.geo.queries import City
from callbox.kernel.actor import Actor
from callbox.kernel.tables import read_table
from callbox.requests.answering import load_articles
from callbox.requests.articles import SHIPPED, read_articles
from callbox.requests.editions import load_edition, plan_edition
from callbox.requests.queries import RULES

ROOM = "callbox.demo"
OVERSEEING = (UNIT_LEAD, LEGAL_OFFICER)
STATION_AGENCY = {"fire_station": "fire", "ambulance_post": "ems", "police_station": "police", CENTRE: "city"}


@transaction.atomic
def set_up(city: City, town: Town, *, by: Actor, at: datetime) -> bool:
    """Make everything the demo needs; False when it is there already."""
    if queries.is_set_up():
        return False
    agencies = {
        row["code"]: define_agency(row["code"], row["en"], row["zh"], row["kind"], by=by, at=at)
        for row in read_table(ROOM, "agencies.tsv")
    }
    load_articles(read_articles(SHIPPED), by=by, at=at)
    posts = _posts(city)
    stations = {
        post.code: _station(post, kind, agencies, by, at) for kind, some in posts.items() for post in some
    }
    crewed = list(fleet(town.city, posts))
    units = {each.callsign: _unit(each, agencies, stations, by, at) for each in crewed}
    _people(agencies, units, next(iter(units.values())), by, at)
    for number in range(town.takers):
        _simulated(f"call-taker-{number + 1}", CALL_TAKER, agencies["police"], [], by, at)
    _simulated("dispatcher", DISPATCHER, agencies["fire"], [], by, at)
    for each in crewed:
        unit = units[each.callsign]
        crew = _simulated(f"crew-{each.callsign}", CREW, agencies[each.agency], [f"unit:{unit}"], by, at)
        set_availability(unit, "begin_duty", by=crew, at=at)
    return True


@transaction.atomic
def set_up_civic(*, by: Actor, at: datetime) -> bool:
    """Let the city's works deal with every complaint, at a desk for a person and a simulated one; False if done."""
    if queries.is_civic_set_up():
        return False
    works = agencies_by_code()["city"]
    text = files(ROOM).joinpath("data", "rules.tsv").read_text(encoding="utf-8")
    load_edition(plan_edition(RULES, text, by=by), by=by, at=at)
    keys = [f"agency:{works.pk}"]
    [row] = [row for row in read_table(ROOM, "people.tsv") if row["role"] == AGENCY_DESK]
    grant_role(
        create_person(row["username"], row["en"], works, by=by, at=at), AGENCY_DESK, keys, by=by, at=at
    )
    _simulated(queries.AGENCY, AGENCY_DESK, works, keys, by, at)
    return True


@transaction.atomic
def set_up_oversight(*, by: Actor, at: datetime) -> bool:
    """Make those who deal with findings, for people and simulated; False when they are there already."""
    if queries.is_oversight_set_up():
        return False
    agencies = agencies_by_code()
    for row in (row for row in read_table(ROOM, "people.tsv") if row["role"] in OVERSEEING):
        agency = agencies[row["agency"]]
        person = create_person(row["username"], row["en"], agency, by=by, at=at)
        keys = [f"agency:{agency.pk}"] if row["role"] == UNIT_LEAD else []
        grant_role(person, row["role"], keys, by=by, at=at)
    for code in sorted({each.agency for each in histories_told()}):
        keys = [f"agency:{agencies[code].pk}"]
        _simulated(f"case-officer-{code}", AGENCY_DESK, agencies[code], keys, by, at)
    _simulated("legal-officer", LEGAL_OFFICER, agencies["police"], [], by, at)
    return True


def _posts(city: City) -> Mapping[str, Sequence[Post]]:
    """The stations of the city by kind, real ones first, and one made-up yard in the middle."""
    lon, lat = city.centre
    found: dict[str, list[Post]] = {
        CENTRE: [Post("yard", "City yard (made up)", CENTRE, lon, lat, made_up=True)]
    }
    for kind in STATION_AGENCY:
        places = sorted(city.places_of(kind), key=lambda place: (place.made_up, place.name))
        for number, place in enumerate(places, 1):
            code = f"{kind}-{number:02d}"
            found.setdefault(kind, []).append(
                Post(code, place.name, kind, place.lon, place.lat, place.made_up)
            )
    return found


def _station(post: Post, kind: str, agencies: Mapping[str, Agency], by: Actor, at: datetime) -> Station:
    agency = agencies[STATION_AGENCY[kind]]
    return define_station(
        post.code, post.name, agency, post.lon, post.lat, made_up=post.made_up, by=by, at=at
    )


def _unit(
    each: Crewed,
    agencies: Mapping[str, Agency],
    stations: Mapping[str, Station],
    by: Actor,
    at: datetime,
) -> UUID:
    equipment = Equipment(each.callsign, each.kind, each.capabilities)
    unit = define_unit(equipment, agencies[each.agency], stations[each.post.code], by=by, at=at)
    return unit.matter_id


def _people(
    agencies: Mapping[str, Agency],
    units: Mapping[str, UUID],
    crew_unit: UUID,
    by: Actor,
    at: datetime,
) -> None:
    later = (AGENCY_DESK, *OVERSEEING)  # those who came with later releases: a demo may be of before
    emergency = [row for row in read_table(ROOM, "people.tsv") if row["role"] not in later]
    for row in emergency:
        person = create_person(row["username"], row["en"], agencies[row["agency"]], by=by, at=at)
        keys = [f"unit:{crew_unit}"] if row["role"] == CREW else []
        grant_role(person, row["role"], keys, by=by, at=at)


def _simulated(what: str, role: str, agency: Agency, keys: Sequence[str], by: Actor, at: datetime) -> Actor:
    username, name = f"simulated-{what.lower()}", f"Simulated {what.replace('-', ' ')}"
    person = create_person(username, name, agency, by=by, at=at)
    grant_role(person, role, keys, by=by, at=at)
    return actor_of(person, at)
