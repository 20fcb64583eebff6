# SPDX-License-Identifier: Apache-2.0
"""A small history made through the rooms' own actions, so that every watched table says something."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from callbox.access import domain as access
from callbox.access.actions import (
    create_person,
    define_agency,
    grant_role,
)
from callbox.access.domain import system_actor
from callbox.access.sign_ins import begin_sign_in, end_sign_in
from callbox.dispatch.actions import assign_unit, move_assignment
from callbox.dispatch.units import Equipment, define_station, define_unit, set_availability
from callbox.incidents.actions import Kind, Where, add_remark, classify_incident, open_incident
from callbox.incidents.queries import details_for, incident_for
from callbox.intake.actions import Arrived, claim_call, take_contact
from callbox.intake.domain import Said
from callbox.journal.actions import seal_entries
from callbox.kernel.actor import Actor
from callbox.kernel.ids import new_id
from callbox.matters.actions import fire_due_clocks
from callbox.matters.handover import answer_offer, offer_matter
from callbox.matters.queries import matter_for
from callbox.pictures.actions import keep_picture
from callbox.pictures.domain import Developed

AT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
EVENTS = 4
CONTACT = """
INSERT INTO door_contact
  (id, channel, lane, source, key, digest, content_type, body, received_at, taken_by, retain_until)
VALUES (%s, 'text', 'emergency', '', %s, '', 'text/plain', %s, %s, 'database', %s)
"""


def make_history() -> None:
    """People, units, and some events from contact to close; sealed in between."""
    setup = system_actor("setup")
    agency = define_agency("fire", "Fire", "Fire", "fire", by=setup, at=AT)
    people = {role: _person(role, setup) for role in ("call_taker", "dispatcher")}
    station = define_station("S1", "Station 1", agency, -122.42, 37.77, by=setup, at=AT)
    for number in range(EVENTS):
        equipment = Equipment(f"E{number:02d}", "engine", frozenset({"engine"}))
        unit = define_unit(equipment, agency, station, by=setup, at=AT)
        set_availability(unit.pk, "begin_duty", by=people["dispatcher"], at=AT)
        _event(number, unit.pk, people["call_taker"], people["dispatcher"])
        seal_entries(at=AT + timedelta(minutes=number))
    fire_due_clocks(by=system_actor("clocks"), at=AT + timedelta(days=1))
    seal_entries(at=AT + timedelta(days=1))


def _person(role: str, setup: Actor) -> Actor:
    person = create_person(f"drill-{role}", role, None, by=setup, at=AT)
    grant_role(person, role, [], by=setup, at=AT)
    end_sign_in(begin_sign_in(person, at=AT), at=AT + timedelta(hours=1))
    return access.actor(f"person:{person.pk}", [role], [])


def _event(number: int, unit: UUID, taker: Actor, desk: Actor) -> None:
    at = AT + timedelta(minutes=number)
    contact = new_id()
    with connection.cursor() as cursor:
        cursor.execute(CONTACT, [contact, str(contact), b"made-up smoke", at, at.replace(year=2027)])
    said = Said(words="made-up smoke", number="000")
    call = take_contact(Arrived("text", "emergency", at, contact), said, by=system_actor("intake"), at=at)
    if call is None:
        raise AssertionError("a new contact is a new call")
    claim_call(call.pk, by=taker, at=at)
    with transaction.atomic():
        matter = matter_for(taker, call.pk, "call")
        offered = offer_matter(matter, desk.id, answer_within=timedelta(minutes=1), by=taker, at=at)
        answer_offer(offered, False, by=desk, at=at)
    incident = open_incident(Where(-122.4194, 37.7749, "made-up street 1"), call=call.pk, by=taker, at=at)
    classify_incident(incident.pk, Kind("FIRE.BUILDING"), by=taker, at=at)
    add_remark(incident.pk, "made-up remark", by=desk, at=at)
    made = Developed(b"made-up", b"made-up", 4, 3)
    found, day = partial(matter_for, desk, incident.pk, "incident"), timedelta(days=1)
    keep_picture(found, made, kept=day, most=1, by=desk, at=at)
    assignment = assign_unit(incident.pk, unit, by=desk, at=at)
    move_assignment(assignment.pk, "acknowledge", by=desk, at=at)
    details_for(desk, incident_for(desk, incident.pk), purpose="board", at=at)
