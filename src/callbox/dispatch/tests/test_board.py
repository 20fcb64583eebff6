# SPDX-License-Identifier: Apache-2.0
"""The board asks the database the same few questions, however much is on it; and every late promise has its words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.scenes import ENDED
from tests.signed_in import person, signed_in
from tests.world import AT, CLOCKS, SETUP, call_taker, dispatcher, supervisor, unit, waiting_call

from callbox.access.actions import define_agency
from callbox.dispatch.actions import assign_unit
from callbox.dispatch.units import Equipment, define_unit, set_availability
from callbox.incidents.actions import Kind, Where, classify_incident, close_incident, open_incident
from callbox.incidents.models import Incident
from callbox.matters.actions import fire_due_clocks

pytestmark = pytest.mark.django_db


def fill(number: int) -> None:
    """So many units, each sent to an incident of its own, about which a call waits."""
    fire = define_agency("fire", "Fire", "消防", "fire", by=SETUP, at=AT)
    start = Incident.objects.count()
    for place in range(start, start + number):
        equipment = Equipment(f"U{place:03d}", "engine", frozenset({"engine"}))
        made = define_unit(equipment, fire, None, by=SETUP, at=AT)
        set_availability(made.pk, "begin_duty", by=dispatcher(), at=AT)
        found = open_incident(Where(-122.4, 37.7, "made-up"), by=call_taker(), at=AT)
        classify_incident(found.pk, Kind("FIRE.BUILDING"), by=call_taker(), at=AT)
        assign_unit(found.pk, made.pk, by=dispatcher(), at=AT)
        waiting_call()


@pytest.mark.parametrize("path", ["/api/board", "/api/queue", "/api/incidents", "/api/late?within=86400"])
def test_the_number_of_questions_does_not_grow(path: str) -> None:
    desk = signed_in(person("desk", "dispatcher"))
    counts = []
    for number in (2, 10):
        fill(number)
        desk.get(path)  # notes the reads of what is new
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[1] < 25


def test_a_sensitive_place_stays_off_the_board() -> None:
    found = open_incident(Where(-122.4, 37.7, "made-up home"), by=call_taker(), at=AT)
    classify_incident(found.pk, Kind("FIRE.BUILDING"), by=call_taker(), at=AT)
    desk = signed_in(person("desk", "dispatcher"))
    assert desk.get("/api/board").json()["incidents"][0]["place"]["address"] == "made-up home"
    Incident.objects.update(sensitive=True)
    assert desk.get("/api/board").json()["incidents"][0]["place"] is None
    assert desk.get(f"/api/incidents/{found.pk}").json()["details"]["address"] == "made-up home"


def test_each_late_promise_says_what_was_not_done() -> None:
    engine = unit()
    found = open_incident(Where(-122.4, 37.7), by=call_taker(), at=AT)
    classify_incident(found.pk, Kind("FIRE.BUILDING"), by=call_taker(), at=AT)
    assign_unit(found.pk, engine.pk, by=dispatcher(), at=AT)
    other = open_incident(Where(-122.4, 37.7), by=call_taker(), at=AT)
    classify_incident(other.pk, Kind("FIRE.BUILDING"), by=call_taker(), at=AT)
    waiting_call()
    fire_due_clocks(by=CLOCKS, at=AT + timedelta(hours=1))
    chief = signed_in(person("chief", "supervisor"))
    told = sorted(row["reason_text"] for row in chief.get("/api/late").json()["late"])
    number, second = found.number, other.number
    assert [text.partition(" within")[0] for text in told] == sorted(
        [
            "Call not answered",
            f"E01: incident {number} not acknowledged",
            f"Incident {number}: nobody there",
            f"Incident {second}: no unit sent",
        ]
    )
    close_incident(other.pk, ENDED, by=supervisor(), at=AT + timedelta(hours=2))
    assert len(chief.get("/api/late").json()["late"]) == 3
