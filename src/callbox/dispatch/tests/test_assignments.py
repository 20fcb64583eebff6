# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests import world
from tests.world import AT, CLOCKS, LATER, call_taker, crew_of, dispatcher, journal_size, supervisor

from callbox.dispatch import actions, queries, units
from callbox.dispatch.models import Assignment
from callbox.incidents.actions import close_incident, reopen_incident
from callbox.incidents.models import Incident
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from callbox.kernel.ids import new_id
from callbox.matters import promises
from callbox.matters.actions import fire_due_clocks
from callbox.matters.models import Clock, Matter
from callbox.matters.queries import promises_on

pytestmark = pytest.mark.django_db


def send(incident: Incident, unit: Any, **more: Any) -> Assignment:
    return actions.assign_unit(incident.pk, unit.pk, by=dispatcher(), at=AT, **more)


def go(assignment: Assignment, name: str, **more: Any) -> None:
    actions.move_assignment(assignment.pk, name, by=dispatcher(), at=LATER, **more)


def state(matter_id: Any) -> str:
    return Matter.objects.get(pk=matter_id).state


def test_the_way_of_an_assignment_takes_the_incident_along() -> None:
    unit, found = world.unit(), world.incident()
    sent = send(found, unit)
    assert state(found.pk) == "dispatched"
    seen = []
    for name in ("acknowledge", "go", "arrive", "clear"):
        go(sent, name)
        seen.append((state(sent.pk), state(found.pk)))
    assert seen == [
        ("acknowledged", "dispatched"),
        ("en_route", "dispatched"),
        ("on_scene", "on_scene"),
        ("clear", "on_scene"),
    ]
    stored = Assignment.objects.get(pk=sent.pk)
    assert {stored.acknowledged_at, stored.en_route_at, stored.on_scene_at, stored.clear_at} == {LATER}
    assert not stored.active


def test_what_is_set_by_radio_is_journalled_as_that() -> None:
    sent = send(world.incident(), world.unit())
    go(sent, "acknowledge", radio=True)
    entry = journal.history(sent.pk)[-1]
    assert (entry.facts["radio"], entry.actor, entry.role) == (True, dispatcher().id, "dispatcher")


def test_a_crew_sees_its_incident_from_the_moment_it_is_sent() -> None:
    from callbox.incidents.queries import incident_for

    unit, found = world.unit(), world.incident()
    with pytest.raises(NotFound):
        incident_for(crew_of(unit.pk), found.pk)
    send(found, unit)
    assert incident_for(crew_of(unit.pk), found.pk).pk == found.pk
    assert [a.incident_id for a in queries.assignments_of_unit(crew_of(unit.pk), unit.pk)] == [found.pk]


@pytest.mark.parametrize(
    ("step", "refusal"),
    [
        (lambda i, u: actions.assign_unit(i.pk, u.pk, by=call_taker(), at=AT), NotAllowed),
        (lambda i, u: actions.assign_unit(i.pk, u.pk, by=crew_of(u.pk), at=AT), NotFound),
        (lambda i, u: actions.assign_unit(i.pk, new_id(), by=dispatcher(), at=AT), NotFound),
        (lambda i, u: actions.assign_unit(new_id(), u.pk, by=dispatcher(), at=AT), NotFound),
        (lambda i, u: actions.assign_unit(world.incident(None).pk, u.pk, by=dispatcher(), at=AT), Conflict),
        (lambda i, u: actions.move_assignment(new_id(), "go", by=dispatcher(), at=AT), NotFound),
        (lambda i, u: actions.move_assignment(new_id(), "fly", by=dispatcher(), at=AT), Invalid),
        (lambda i, u: units.set_availability(u.pk, "set_unavailable", by=dispatcher(), at=AT), Invalid),
        (lambda i, u: units.set_availability(u.pk, "set_available", by=dispatcher(), at=AT), Conflict),
    ],
)
def test_a_refusal_changes_nothing(step: Callable[[Any, Any], object], refusal: type[Refusal]) -> None:
    found, unit = world.incident(), world.unit()
    before = (Assignment.objects.count(), state(found.pk), state(unit.pk))
    with pytest.raises(refusal):
        step(found, unit)
    assert (Assignment.objects.count(), state(found.pk), state(unit.pk)) == before


@pytest.mark.parametrize("how", ["set_unavailable", "end_duty"])
def test_a_unit_that_cannot_go_is_not_sent(how: str) -> None:
    unit, found = world.unit(), world.incident()
    units.set_availability(unit.pk, how, "flat_tyre", by=dispatcher(), at=AT)
    size = journal_size()
    with pytest.raises(Conflict, match="E01 cannot be sent"):
        send(found, unit)
    assert journal_size() == size


def test_a_busy_unit_is_sent_elsewhere_only_behind_what_it_does() -> None:
    unit, first, second = world.unit(), world.incident(), world.incident()
    one = send(first, unit)
    with pytest.raises(Conflict, match=f"E01 was sent to incident {first.number}"):
        send(second, unit)
    two = send(second, unit, stack=True)
    assert (state(one.pk), state(two.pk)) == ("assigned", "stacked")
    go(one, "clear")
    assert state(two.pk) == "assigned"
    assert Assignment.objects.get(active=True).pk == two.pk
    assert Clock.objects.filter(matter_id=two.pk, name="acknowledge", stopped_at=None).exists()


def test_a_stacked_assignment_may_be_taken_up_first() -> None:
    unit, first, second = world.unit(), world.incident(), world.incident()
    one, two = send(first, unit), send(second, unit, stack=True)
    actions.activate_assignment(two.pk, by=crew_of(unit.pk), at=LATER)
    assert (state(one.pk), state(two.pk)) == ("stacked", "assigned")
    assert Assignment.objects.get(active=True).pk == two.pk


def test_an_incident_whose_last_unit_turns_back_waits_for_one_again() -> None:
    first, second, found = world.unit("E01"), world.unit("E02"), world.incident()
    one, two = send(found, first), send(found, second)
    actions.withdraw_assignment(one.pk, "recall", "not_needed", by=dispatcher(), at=LATER)
    assert state(found.pk) == "dispatched"
    actions.withdraw_assignment(two.pk, "cancel", "mistake", by=dispatcher(), at=LATER)
    assert state(found.pk) == "assessed"
    assert Clock.objects.filter(matter_id=found.pk, name="dispatch", stopped_at=None).exists()


def test_who_was_there_before_it_was_reopened_does_not_count_as_there_again() -> None:
    unit, found = world.unit(), world.incident()
    once = send(found, unit)
    go(once, "arrive")
    go(once, "clear")
    assert state(found.pk) == "on_scene"
    close_incident(found.pk, "handled", by=dispatcher(), at=LATER)
    reopen_incident(found.pk, "more", by=supervisor(), at=LATER)
    again = send(found, unit)
    actions.withdraw_assignment(again.pk, "recall", "not_needed", by=dispatcher(), at=LATER)
    assert state(found.pk) == "assessed"
    assert Clock.objects.filter(matter_id=found.pk, name="dispatch", stopped_at=None).exists()


def test_a_unit_on_scene_is_not_called_back_but_cleared() -> None:
    sent = send(world.incident(), world.unit())
    go(sent, "arrive")
    with pytest.raises(Conflict):
        actions.withdraw_assignment(sent.pk, "recall", "x", by=dispatcher(), at=LATER)


def test_diverting_sends_the_unit_to_the_other_incident_in_one_step() -> None:
    unit, first, second = world.unit(), world.incident(), world.incident()
    sent = send(first, unit)
    other = actions.divert_unit(sent.pk, second.pk, by=dispatcher(), at=LATER)
    assert (state(sent.pk), state(first.pk), state(second.pk)) == ("withdrawn", "assessed", "dispatched")
    assert other.incident_id == second.pk


def test_a_divert_that_fails_leaves_the_unit_where_it_was_going() -> None:
    unit, first = world.unit(), world.incident()
    sent = send(first, unit)
    with pytest.raises(NotFound):
        actions.divert_unit(sent.pk, new_id(), by=dispatcher(), at=LATER)
    assert (state(sent.pk), state(first.pk)) == ("assigned", "dispatched")


def test_no_acknowledgement_in_time_is_journalled_as_late() -> None:
    found = world.incident()
    sent = send(found, world.unit())
    within = promises.clock("acknowledge", "fire", found.priority, promises_on(AT.date()))["acknowledge"]
    fire_due_clocks(by=CLOCKS, at=AT + within - timedelta(seconds=1))
    assert [entry.move for entry in journal.history(sent.pk)] == ["open"]
    fire_due_clocks(by=CLOCKS, at=AT + within)
    late = journal.history(sent.pk)[-1]
    assert (late.move, late.facts["clock"]) == ("late", "acknowledge")
    go(sent, "acknowledge")
    assert not Clock.objects.filter(matter_id=sent.pk, stopped_at=None).exists()


def test_a_wrong_milestone_is_put_right_and_the_old_time_stays_in_the_journal() -> None:
    sent = send(world.incident(), world.unit())
    go(sent, "arrive")
    right = AT + timedelta(seconds=30)
    actions.correct_milestone(sent.pk, "on_scene_at", right, "told_late", by=dispatcher(), at=LATER)
    assert Assignment.objects.get(pk=sent.pk).on_scene_at == right
    entry = journal.history(sent.pk)[-1]
    assert (entry.facts["was"], entry.facts["now"]) == (
        str(LATER.isoformat(timespec="microseconds")),
        right.isoformat(timespec="microseconds"),
    )


def test_nothing_was_so_before_the_unit_was_assigned() -> None:
    sent = send(world.incident(), world.unit())
    early = AT - timedelta(seconds=1)
    with pytest.raises(Invalid, match="before the unit was assigned"):
        actions.move_assignment(sent.pk, "arrive", by=dispatcher(), at=early)
    go(sent, "arrive")
    with pytest.raises(Invalid, match="before the unit was assigned"):
        actions.correct_milestone(sent.pk, "on_scene_at", early, "typo", by=dispatcher(), at=LATER)
    assert Assignment.objects.get(pk=sent.pk).on_scene_at == LATER


def test_duty_does_not_end_on_an_assignment() -> None:
    unit = world.unit()
    send(world.incident(), unit)
    with pytest.raises(Conflict, match="still has an assignment"):
        units.set_availability(unit.pk, "end_duty", by=crew_of(unit.pk), at=LATER)
    assert state(unit.pk) == "available"


def test_the_database_itself_refuses_a_second_active_assignment() -> None:
    unit, first, second = world.unit(), world.incident(), world.incident()
    send(first, unit)
    stacked = send(second, unit, stack=True)
    with pytest.raises(Exception, match="dispatch_one_active_assignment"):
        Assignment.objects.filter(pk=stacked.pk).update(active=True)
