# SPDX-License-Identifier: Apache-2.0
"""Handing over between the two lines: whoever gave it owns it until it is taken on, and both see what became of it."""

from datetime import timedelta
from typing import Any

import pytest
from tests.signed_in import person, signed_in
from tests.world import AT, CLOCKS, LATER, call_taker, crew_of, dispatcher, incident, supervisor, waiting_call

from callbox.access.models import PersonalRead
from callbox.incidents.models import Incident
from callbox.intake.actions import claim_call
from callbox.intake.models import Call
from callbox.journal.models import Entry
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from callbox.kernel.ids import new_id
from callbox.matters.actions import move
from callbox.matters.domain import Change
from callbox.matters.handover import time_out_offers
from callbox.matters.models import HandOver, Matter
from callbox.requests import domain, handed, handing, lines
from callbox.requests.models import HandedOver, Request
from callbox.requests.queries import details_for, reporter_for
from callbox.requests.tests.scene import request, town

pytestmark = pytest.mark.django_db
OTHER_LINE = call_taker("civic line")
WORDS = "made-up: the neighbour drills at night"


@pytest.fixture(autouse=True)
def there_is_a_town() -> None:
    town()


def a_call() -> Any:
    call = waiting_call(WORDS, name="Made-up Name", number="+15550100", place="made-up street 9")
    claim_call(call.pk, by=call_taker(), at=AT)
    return call


def given(source: str = lines.CALL) -> HandedOver:
    what = a_call().pk if source == lines.CALL else incident().pk
    return handing.hand_over(source, what, "not_urgent", by=call_taker(), at=AT)


def owner_of(row: HandedOver) -> tuple[str, str]:
    matter = Matter.objects.get(pk=row.pk)
    return matter.state, matter.owner


def taken(row: HandedOver) -> Request:
    return handing.take_over(row.pk, "other", {}, by=OTHER_LINE, at=LATER)


def test_a_call_is_handed_over_in_one_step_and_who_gave_it_owns_it_until_it_is_taken_on() -> None:
    row = given()
    assert owner_of(row) == ("open", "desk:answering")
    call = Call.objects.select_related("matter").get(pk=row.of)
    assert (call.matter.state, call.outcome) == ("done", "handed_over")
    made = taken(row)
    assert owner_of(row) == ("taken", "desk:requests")
    told = details_for(OTHER_LINE, made, purpose="handle", at=LATER)[1]
    assert (told.words, told.address) == (WORDS, "made-up street 9")
    assert reporter_for(OTHER_LINE, made, purpose="handle", at=LATER).number == "+15550100"
    assert made.matter.owner


def test_what_was_told_is_read_once_and_that_is_noted_and_stands_in_no_entry() -> None:
    row = given()
    before = PersonalRead.objects.filter(purpose=handed.PURPOSE).count()
    taken(row)
    assert PersonalRead.objects.filter(purpose=handed.PURPOSE).count() == before + 1
    facts = str([entry.facts for entry in Entry.objects.all()])
    assert WORDS not in facts
    assert "Made-up Name" not in facts


def test_an_incident_keeps_its_place_and_goes_on_by_itself() -> None:
    row = given(lines.INCIDENT)
    made = taken(row)
    details, told = details_for(OTHER_LINE, made, purpose="handle", at=LATER)
    place = Incident.objects.select_related("place").get(pk=row.of).place
    assert (details.lon, details.lat) == (place.lon, place.lat)
    assert told.address == "made-up address 1"
    assert not Matter.objects.get(pk=row.of).final


def test_refused_it_stays_with_who_gave_it_and_can_be_offered_again_or_kept() -> None:
    row = given()
    handing.refuse_handover(row.pk, "made_up", by=OTHER_LINE, at=LATER)
    assert owner_of(row) == ("open", "desk:answering")
    with pytest.raises(Conflict):
        taken(row)
    handing.offer_again(row.pk, by=call_taker(), at=LATER)
    handing.refuse_handover(row.pk, "made_up", by=OTHER_LINE, at=LATER)
    handing.keep_handover(row.pk, "made_up", by=call_taker(), at=LATER)
    assert owner_of(row) == ("kept", "desk:answering")
    assert handed.open_handovers(call_taker()) == []


def test_when_nobody_answers_in_time_it_is_back_with_who_gave_it() -> None:
    row = given()
    within = timedelta(minutes=domain.limit("line_minutes", AT.date()))
    assert time_out_offers(by=CLOCKS, at=AT + within - timedelta(seconds=1)) == 0
    assert time_out_offers(by=CLOCKS, at=AT + within) == 1
    assert owner_of(row) == ("open", "desk:answering")
    assert handed.latest_offers([row])[row.pk].state == "timed_out"
    with pytest.raises(Conflict):
        taken(row)
    assert not Request.objects.exists()


def test_who_gave_it_does_not_take_it_on_nor_refuse_it() -> None:
    row = given()
    for step in (
        lambda: handing.take_over(row.pk, "other", {}, by=call_taker(), at=LATER),
        lambda: handing.refuse_handover(row.pk, "made_up", by=call_taker(), at=LATER),
    ):
        with pytest.raises(NotAllowed):
            step()
    assert owner_of(row) == ("open", "desk:answering")
    assert HandOver.objects.get(matter_id=row.pk).state == "offered"


def test_nothing_is_kept_while_the_other_line_is_asked() -> None:
    row = given()
    with pytest.raises(Conflict):
        handing.keep_handover(row.pk, "made_up", by=call_taker(), at=LATER)
    assert owner_of(row)[0] == "open"


def test_one_thing_is_handed_over_once_at_a_time() -> None:
    row = given(lines.INCIDENT)
    size = Entry.objects.count()
    with pytest.raises(Conflict):
        handing.hand_over(lines.INCIDENT, row.of, "not_urgent", by=dispatcher(), at=LATER)
    assert Entry.objects.count() == size
    taken(row)
    handing.hand_over(lines.INCIDENT, row.of, "dispute", by=dispatcher(), at=LATER)


def test_a_reason_is_one_of_the_table_and_a_wrong_one_changes_nothing() -> None:
    call = a_call()
    with pytest.raises(Invalid):
        handing.hand_over(lines.CALL, call.pk, "because", by=call_taker(), at=AT)
    with pytest.raises(Invalid):
        handing.hand_over(lines.REQUEST, call.pk, "dispute", by=call_taker(), at=AT)
    assert Matter.objects.get(pk=call.pk).state == "answered"
    assert not HandedOver.objects.exists()


def test_what_the_category_does_not_know_refuses_the_whole_step() -> None:
    row = given()
    with pytest.raises((Invalid, NotFound)):
        handing.take_over(row.pk, "road.nothing", {}, by=OTHER_LINE, at=LATER)
    assert owner_of(row) == ("open", "desk:answering")
    assert HandOver.objects.get(matter_id=row.pk).state == "offered"


def test_a_crew_neither_sees_nor_answers_one() -> None:
    row = given()
    crew = crew_of(new_id())
    assert handed.open_handovers(crew) == []
    with pytest.raises(NotFound):
        handing.refuse_handover(row.pk, "made_up", by=crew, at=LATER)


def test_both_lines_talk_and_it_is_noted() -> None:
    row = given()
    handing.note_talk(row.pk, "resident_agrees", by=supervisor(), at=LATER)
    entry = Entry.objects.filter(chain=row.pk).latest("number")
    assert (entry.move, entry.facts["result"]) == ("talk", "resident_agrees")


def test_danger_goes_to_the_emergency_line_at_once_and_the_request_stays_open() -> None:
    found = request(words="made-up: a cable hangs down and sparks")
    row = handing.report_danger(found.pk, "FIRE.BUILDING", by=call_taker(), at=LATER)
    assert (row.became_kind, owner_of(row)) == ("incident", ("taken", "desk:dispatch"))
    became = Incident.objects.select_related("matter", "place").get(pk=row.became)
    assert (became.place.lon, became.place.lat) == (11.5, 50.5)
    assert (became.type, became.matter.state) == ("FIRE.BUILDING", "assessed")
    assert became.remarks.count() == 1
    assert Request.objects.get(pk=found.pk).open
    with pytest.raises(Conflict):
        handing.report_danger(found.pk, by=call_taker(), at=LATER)
    assert Incident.objects.count() == 1


def test_after_the_danger_the_dispute_is_handed_over_and_both_see_the_result() -> None:
    row = given(lines.INCIDENT)
    made = taken(row)
    shown = handed.handover_for(dispatcher(), row.pk)
    known = handed.named([shown.of, shown.became])
    assert shown.became is not None
    assert known[shown.became] == handed.Named("request", made.number, made.matter.state, "")
    assert known[shown.of].kind == "incident"


def test_a_hand_over_ends_once() -> None:
    row = given()
    taken(row)
    with pytest.raises(Conflict):
        move(Matter.objects.get(pk=row.pk), "keep", Change({"reason": "x"}), by=call_taker(), at=LATER)


@pytest.mark.parametrize("role", ["dispatcher", "call_taker"])
def test_the_desk_that_gave_it_sees_what_became_of_it_though_not_the_request_itself(role: str) -> None:
    row = given(lines.INCIDENT)
    made = taken(row)
    asker = signed_in(person(f"looks-{role}", role))
    (shown,) = asker.get(f"/api/handovers?of={row.of}").json()
    assert (shown["state"], shown["became"]["number"]) == ("taken", made.number)
    assert asker.get(f"/api/requests/{made.pk}").status_code == (404 if role == "dispatcher" else 200)
