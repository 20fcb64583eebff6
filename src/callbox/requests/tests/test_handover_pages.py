# SPDX-License-Identifier: Apache-2.0
"""The pages of hand-overs without a browser: who sees what was told, who may do what, and one query for all names."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.signed_in import person, signed_in
from tests.world import AT, CLOCKS, LATER, call_taker, incident, journal_size, waiting_call

from callbox.access.models import PersonalRead
from callbox.intake.actions import claim_call
from callbox.journal.models import Entry
from callbox.matters.handover import time_out_offers
from callbox.matters.models import HandOver
from callbox.requests import handed, handing, lines
from callbox.requests.models import HandedOver, Request
from callbox.requests.tests.scene import request, town

pytestmark = pytest.mark.django_db
WORDS = "made-up: the neighbour drills at night"


@pytest.fixture(autouse=True)
def in_town() -> None:
    """Agencies, areas and rules."""
    town()


@pytest.fixture
def taker() -> Client:
    """Somebody at the civic line."""
    return signed_in(person("civic", "call_taker"))


@pytest.fixture
def dispatcher() -> Client:
    """Somebody at the emergency line."""
    return signed_in(person("emergency", "dispatcher"))


def given() -> HandedOver:
    """A call that was handed over by somebody else."""
    call = waiting_call(WORDS, name="Made-up Name", number="+15550100", place="made-up street 9")
    claim_call(call.pk, by=call_taker("giver"), at=AT)
    return handing.hand_over(lines.CALL, call.pk, "not_urgent", by=call_taker("giver"), at=AT)


def step(client: Client, row: HandedOver, name: str, **said: str) -> int:
    """The status of taking a step by its form."""
    return client.post(f"/desk/handovers/{row.pk}/step/{name}", said).status_code


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_may_take_it_on_reads_what_was_told_and_nobody_else_does(
    taker: Client, dispatcher: Client
) -> None:
    row = given()
    assert WORDS in page(taker, f"/desk/handovers/{row.pk}")
    assert PersonalRead.objects.filter(purpose=handed.PURPOSE, subject_id=row.of).count() == 1
    assert WORDS not in page(dispatcher, f"/desk/handovers/{row.pk}")
    for client in (taker, dispatcher):
        assert WORDS not in page(client, "/desk/handovers")
    assert PersonalRead.objects.filter(purpose=handed.PURPOSE).count() == 1


def test_each_line_sees_it_in_its_own_list(taker: Client, dispatcher: Client) -> None:
    row = given()
    offered, gave = page(taker, "/desk/handovers?rows=1").split("<section")[1:]
    assert (str(row.pk) in offered, str(row.pk) in gave) == (True, False)
    offered, gave = page(dispatcher, "/desk/handovers?rows=1").split("<section")[1:]
    assert (str(row.pk) in offered, str(row.pk) in gave) == (False, True)


def test_a_step_does_what_its_form_says(taker: Client, dispatcher: Client) -> None:
    row = given()
    assert step(dispatcher, row, "talk", reason="unclear") == 302
    assert step(taker, row, "refuse", reason="not_civic") == 302
    entry = Entry.objects.get(chain=row.pk, move="offer_refused")
    assert entry.facts["reason"] == "not_civic"
    assert "No task of the civic line" in page(dispatcher, f"/desk/handovers/{row.pk}")
    assert step(dispatcher, row, "offer") == 302
    made = taker.post(f"/desk/handovers/{row.pk}/step/take", {"category": "other"})
    assert (made.status_code, made["Location"]) == (302, f"/desk/requests/{Request.objects.get().pk}")
    shown = page(taker, made["Location"])
    assert f"/desk/handovers/{row.pk}" in shown
    assert f"Request {Request.objects.get().number}" in page(dispatcher, f"/desk/handovers/{row.pk}")


@pytest.mark.parametrize(
    ("name", "said", "status"),
    [
        ("fly", {}, 404),
        ("refuse", {}, 422),
        ("refuse", {"reason": "Mr Smith says no"}, 422),
        ("talk", {"reason": "Mr Smith says no"}, 422),
        ("talk", {}, 422),
        ("take", {}, 422),
        ("take", {"category": "road.pothole", "q_size": "huge"}, 422),
        ("keep", {"reason": "dealt_with"}, 409),
        ("offer", {}, 409),
    ],
)
def test_a_form_that_is_not_right_changes_nothing(
    taker: Client, name: str, said: dict[str, str], status: int
) -> None:
    row = given()
    before = journal_size()
    assert (step(taker, row, name, **said), journal_size()) == (status, before)
    assert HandOver.objects.get(matter_id=row.pk).state == "offered"
    assert not Request.objects.exists()


def test_who_neither_gives_nor_takes_has_no_page() -> None:
    row = given()
    crew = signed_in(person("crew", "crew", keys=("unit:x",)))
    assert crew.get("/desk/handovers").status_code == 403
    assert crew.get(f"/desk/handovers/{row.pk}").status_code == 404
    assert crew.get(f"/desk/handovers/incident/{row.of}").status_code == 403
    assert step(crew, row, "refuse", reason="not_civic") == 404


def test_danger_is_reported_from_the_page_of_a_request_and_once(taker: Client) -> None:
    row = request(words=WORDS)
    address = f"/desk/requests/{row.pk}"
    assert "/step/danger" in page(taker, address)
    assert taker.post(f"{address}/step/danger", {"type": "NO.SUCH"}).status_code in (404, 422)
    assert not HandedOver.objects.exists()
    assert taker.post(f"{address}/step/danger", {"type": ""}).status_code == 302
    found = HandedOver.objects.get()
    assert (found.became_kind, found.of) == ("incident", row.pk)
    assert "/step/danger" not in page(taker, address)
    assert taker.post(f"{address}/step/danger", {}).status_code == 409


def test_danger_is_no_reason_to_go_to_the_civic_line(dispatcher: Client) -> None:
    row, before = incident(), journal_size()
    body: dict[str, Any] = {"source": "incident", "id": str(row.pk), "reason": "danger"}
    answer = dispatcher.post("/api/handovers", body, content_type="application/json")
    assert (answer.status_code, journal_size()) == (422, before)
    assert not HandedOver.objects.exists()


def test_the_names_of_a_long_list_cost_as_many_questions_as_those_of_a_short_one(dispatcher: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as kept:
            page(dispatcher, "/desk/handovers?rows=1")
        return len(kept)

    given()
    handing.report_danger(request().pk, by=call_taker(), at=LATER)
    asked()  # what is asked once and kept is asked now
    few = asked()
    for _each in range(5):
        given()
        handing.report_danger(request().pk, by=call_taker(), at=LATER)
    assert page(dispatcher, "/desk/handovers?rows=1").count("<tr data-row") == 12
    assert asked() == few


def waiting(client: Client) -> int:
    """The number beside the link to the hand-overs."""
    return int(client.get("/desk/handovers/waiting").json()["count"])


def test_what_came_back_is_counted_for_who_may_offer_it_again_until_somebody_does(
    taker: Client, dispatcher: Client
) -> None:
    row = given()
    assert (waiting(taker), waiting(dispatcher)) == (1, 0)
    handing.refuse_handover(row.pk, "not_civic", by=call_taker("civic line"), at=LATER)
    assert (waiting(taker), waiting(dispatcher)) == (1, 1)
    handing.offer_again(row.pk, by=call_taker("giver"), at=LATER)
    assert (waiting(taker), waiting(dispatcher)) == (1, 0)
    assert time_out_offers(by=CLOCKS, at=LATER + timedelta(days=1)) == 1
    assert (waiting(taker), waiting(dispatcher)) == (1, 1)
    handing.keep_handover(row.pk, "dealt_with", by=call_taker("giver"), at=LATER)
    assert (waiting(taker), waiting(dispatcher)) == (0, 0)
