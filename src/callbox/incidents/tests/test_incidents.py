# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable
from uuid import UUID

import pytest
from tests import world
from tests.world import AT, LATER, call_taker, crew_of, dispatcher, incident, journal_size, supervisor

from callbox.access.models import PersonalRead
from callbox.incidents import actions, linking, queries
from callbox.incidents.actions import Kind, Where
from callbox.incidents.models import Incident, IncidentCall, Place, Remark
from callbox.incidents.personal import remark_told
from callbox.intake import actions as intake
from callbox.intake import queries as intake_queries
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from callbox.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def fresh(found: Incident) -> Incident:
    return Incident.objects.select_related("matter", "place").get(pk=found.pk)


def test_type_and_answers_give_the_priority_that_is_stored_and_journalled() -> None:
    found = incident(None)
    actions.classify_incident(found.pk, Kind("FIRE.BUILDING", {"fire_out": "yes"}), by=call_taker(), at=AT)
    stored, entry = fresh(found), journal.history(found.pk)[-1]
    assert stored.priority == entry.facts["priority"]
    assert entry.facts["row"]
    actions.classify_incident(found.pk, Kind("FIRE.BUILDING"), by=dispatcher(), at=LATER)
    again = journal.history(found.pk)[-1]
    assert (again.move, again.facts["was_priority"]) == ("reclassify", stored.priority)
    assert fresh(found).priority == again.facts["priority"] != stored.priority


def test_a_priority_by_hand_says_why() -> None:
    found = incident(None)
    actions.classify_incident(
        found.pk, Kind("FIRE.BUILDING", priority=4, reason="drill"), by=dispatcher(), at=AT
    )
    assert (fresh(found).priority, journal.history(found.pk)[-1].facts["by_hand"]) == (4, "drill")


def test_words_about_a_priority_stand_in_a_remark_not_in_the_journal() -> None:
    found = incident(None)
    kind = Kind("FIRE.BUILDING", priority=4, reason="Mr Made-up rang before")
    actions.classify_incident(found.pk, kind, by=dispatcher(), at=AT)
    assert remark_told(Remark.objects.get()).text == "Mr Made-up rang before"
    history = journal.history(found.pk)
    assert [entry.facts.get("by_hand") for entry in history] == [None, "in_remark", None]
    assert "Mr" not in str([entry.facts for entry in history])


def test_the_place_stands_in_its_own_row_and_not_in_the_journal() -> None:
    found = incident()
    actions.relocate_incident(
        found.pk, Where(-122.41, 37.78, "made-up lane 7", "ring twice"), by=dispatcher(), at=LATER
    )
    actions.add_remark(found.pk, "made-up: the dog bites", by=dispatcher(), at=LATER)
    told = str([(entry.facts, entry.scope) for entry in journal.history(found.pk)])
    assert not any(word in told for word in ("lane", "ring", "dog", "37.7", "122.4", "address"))
    assert Place.objects.get().retain_until == AT + actions.RETENTION
    assert Remark.objects.get().retain_until == LATER + actions.RETENTION


def test_details_are_handed_out_only_with_a_note_of_who_read_them() -> None:
    found = incident()
    actions.add_remark(found.pk, "made-up", by=dispatcher(), at=AT)
    details = queries.details_for(dispatcher(), fresh(found), purpose="dispatch", at=LATER)
    assert (details.address, [remark.text for remark in details.remarks]) == (
        "made-up address 1",
        ["made-up"],
    )
    assert PersonalRead.objects.get().subject_id == found.pk


def test_a_crew_sees_only_what_it_was_sent_to() -> None:
    found, unit_id = incident(), new_id()
    with pytest.raises(NotFound):
        queries.incident_for(crew_of(unit_id), found.pk)
    assert queries.open_incidents(crew_of(unit_id)) == []
    assert [i.pk for i in queries.open_incidents(dispatcher())] == [found.pk]


def test_a_sensitive_place_stays_off_the_boards() -> None:
    found = incident("POL.DOMESTIC_DISPUTE")
    assert fresh(found).sensitive
    assert queries.places_for(dispatcher(), [fresh(found)], purpose="board", at=AT) == {}


@pytest.mark.parametrize(
    ("step", "refusal"),
    [
        (lambda i: actions.classify_incident(i.pk, Kind("NO.SUCH"), by=dispatcher(), at=AT), NotFound),
        (
            lambda i: actions.classify_incident(
                i.pk, Kind("FIRE.BUILDING", {"what": "x"}), by=dispatcher(), at=AT
            ),
            Invalid,
        ),
        (
            lambda i: actions.classify_incident(
                i.pk, Kind("FIRE.BUILDING", priority=1), by=dispatcher(), at=AT
            ),
            Invalid,
        ),
        (
            lambda i: actions.classify_incident(
                i.pk, Kind("FIRE.BUILDING", priority=9, reason="x"), by=dispatcher(), at=AT
            ),
            Invalid,
        ),
        (lambda i: actions.add_remark(i.pk, "  ", by=dispatcher(), at=AT), Invalid),
        (lambda i: actions.raise_alarm(i.pk, 1, by=dispatcher(), at=AT), Invalid),
        (lambda i: actions.raise_alarm(i.pk, 9, by=dispatcher(), at=AT), Invalid),
        (lambda i: actions.close_incident(i.pk, "vanished", by=dispatcher(), at=AT), Invalid),
        (lambda i: actions.close_incident(i.pk, "handled", by=call_taker(), at=AT), NotAllowed),
        (lambda i: actions.close_incident(i.pk, "handled", by=crew_of(new_id()), at=AT), NotFound),
        (lambda i: actions.reopen_incident(i.pk, "why", by=supervisor(), at=AT), Conflict),
        (lambda i: actions.merge_incident(i.pk, i.pk, by=dispatcher(), at=AT), Invalid),
        (lambda i: actions.merge_incident(i.pk, new_id(), by=dispatcher(), at=AT), NotFound),
        (lambda i: actions.relocate_incident(i.pk, Where(500.0, 1.0), by=dispatcher(), at=AT), Invalid),
        (lambda i: actions.clear_safety_alarm(i.pk, "", by=dispatcher(), at=AT), Invalid),
    ],
)
def test_a_refusal_changes_nothing(step: Callable[[Incident], object], refusal: type[Refusal]) -> None:
    found = incident()
    size, row = journal_size(), Incident.objects.values().get()
    with pytest.raises(refusal):
        step(found)
    assert (journal_size(), Incident.objects.values().get()) == (size, row)


def test_two_who_change_the_type_from_the_same_screen_collide() -> None:
    found = incident()
    version = found.matter.version
    actions.classify_incident(found.pk, Kind("FIRE.VEHICLE"), seen=version, by=dispatcher(), at=AT)
    with pytest.raises(Conflict):
        actions.classify_incident(found.pk, Kind("FIRE.HIGHRISE"), seen=version, by=dispatcher("b"), at=AT)
    assert fresh(found).type == "FIRE.VEHICLE"


def test_merging_takes_the_calls_along() -> None:
    first, second, call = incident(), incident(), new_id()
    actions.add_call(first.pk, call, by=call_taker(), at=AT)
    actions.merge_incident(first.pk, second.pk, by=dispatcher(), at=LATER)
    assert (fresh(first).matter.state, fresh(first).merged_into) == ("merged", second.pk)
    assert IncidentCall.objects.get(call=call).incident_id == second.pk
    assert journal.history(second.pk)[-1].facts["merged_from"] == str(first.pk)


def test_a_merged_incidents_calls_show_the_number_of_the_other() -> None:
    call, first, second = world.waiting_call(), incident(), incident()
    intake.claim_call(call.pk, by=call_taker(), at=AT)
    linking.link_call_to_incident(call.pk, first.pk, by=call_taker(), at=AT)
    actions.merge_incident(first.pk, second.pk, by=dispatcher(), at=LATER)
    assert [c.pk for c in intake_queries.calls_of_incident(dispatcher(), second.pk)] == [call.pk]


def test_a_call_belongs_to_one_incident() -> None:
    first, second, call = incident(), incident(), new_id()
    actions.add_call(first.pk, call, by=call_taker(), at=AT)
    size = journal_size()
    with pytest.raises(Conflict):
        actions.add_call(second.pk, call, by=call_taker(), at=AT)
    assert journal_size() == size


def test_a_closed_incident_may_be_opened_again_in_a_new_round() -> None:
    found = incident()
    actions.close_incident(found.pk, "handled", by=dispatcher(), at=AT)
    actions.reopen_incident(found.pk, "caller_rang_again", by=supervisor(), at=LATER)
    assert (fresh(found).matter.state, fresh(found).matter.round) == ("assessed", 2)


def test_a_remark_sent_twice_stands_once() -> None:
    found, key = incident(), new_id()
    for _ in range(2):
        actions.add_remark(found.pk, "made-up", remark_id=key, by=dispatcher(), at=AT)
    assert Remark.objects.count() == 1
    assert [e.move for e in journal.history(found.pk)].count("remark") == 1


def test_open_incidents_near_in_place_time_and_kind_are_suggested() -> None:
    near, far = incident(), incident(lon=-122.50, lat=37.72)
    found: list[UUID] = [
        s.incident
        for s in queries.similar_for(call_taker(), -122.4195, 37.7750, LATER, type_code="FIRE.BUILDING")
    ]
    assert found == [near.pk]
    assert far.pk not in found


def test_numbers_are_never_given_twice() -> None:
    assert len({incident(None).number for _ in range(5)}) == 5
