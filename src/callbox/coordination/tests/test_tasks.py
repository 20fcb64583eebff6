# SPDX-License-Identifier: Apache-2.0
"""Agencies on one incident: called together, each with its own steps, and the incident ends when theirs have."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from tests.world import AT, LATER, call_taker, crew_of, dispatcher, incident, journal_size, supervisor

from callbox.coordination import actions, queries
from callbox.coordination.models import Response, Task
from callbox.coordination.tests.scene import ABSENT, desk_of, fire, task_of, town
from callbox.incidents.actions import close_incident
from callbox.incidents.linking import waive_incident_part
from callbox.incidents.models import Remark
from callbox.incidents.queries import incident_for
from callbox.journal import queries as journal
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from callbox.kernel.ids import new_id
from callbox.matters.models import Clock, Matter, Part
from callbox.messages.models import Message

pytestmark = pytest.mark.django_db
DISPOSITION = "handled"


@pytest.fixture(autouse=True)
def _town(db: None) -> None:
    town()


def refused(kind: type[Refusal], step: Callable[[], object]) -> None:
    """The step is refused, and changes nothing."""
    before = journal_size(), Task.objects.count(), Part.objects.count(), Message.objects.count()
    with pytest.raises(kind), transaction.atomic():
        step()
    assert (journal_size(), Task.objects.count(), Part.objects.count(), Message.objects.count()) == before


def moves(matter: object) -> list[str]:
    return [entry.move for entry in journal.history(matter)]  # type: ignore[arg-type]  # an id


def run(code: str, found: object, *steps: str) -> None:
    """Take these steps of an agency's first task, at its desk."""
    for step in steps:
        task, by = task_of(found.pk, code), desk_of(code)  # type: ignore[attr-defined]  # an incident
        if step == "feed_back":
            actions.feed_back(task.pk, "done", by=by, at=LATER)
        else:
            {
                "accept": actions.accept_task,
                "arrive": actions.arrive_on_site,
                "close": actions.close_task,
            }[step](task.pk, by=by, at=LATER)


def test_a_plan_calls_all_its_agencies_at_once() -> None:
    found = fire(2)
    shown = queries.handling_for(dispatcher(), found.pk)
    assert {(t.agency.code, t.work, t.mandatory) for t in shown.tasks} == {
        ("fire", "fight_fire", True),
        ("police", "cordon", True),
        ("ems", "treat", True),
        ("city", "water", True),
        ("city", "gas", False),
    }
    assert shown.response is not None
    assert (shown.response.level, shown.response.lead.code) == (2, "fire")
    assert moves(found.pk)[2:] == ["respond", *["take_part"] * 5]
    assert Message.objects.filter(letter="coordination.alert").count() == 5
    first = task_of(found.pk, "fire")
    assert (first.matter.owner, first.matter.scope) == (
        "desk:dispatch",
        sorted([f"agency:{first.agency_id}", "desk:dispatch"]),
    )
    clock = Clock.objects.get(matter=first.pk)
    assert (clock.name, clock.due_at - AT, clock.ladder) == ("accept", timedelta(minutes=3), "task_alert")


def test_a_plan_that_cannot_be_applied_alerts_nobody() -> None:
    bare, found = incident(None), incident()
    refused(Invalid, lambda: actions.apply_plan(bare.pk, 2, by=dispatcher(), at=AT))
    refused(Invalid, lambda: actions.apply_plan(found.pk, 5, by=dispatcher(), at=AT))
    refused(NotAllowed, lambda: actions.apply_plan(found.pk, 2, by=call_taker(), at=AT))
    refused(NotFound, lambda: actions.apply_plan(found.pk, 2, by=desk_of("fire"), at=AT))
    refused(Conflict, lambda: actions.apply_plan(found.pk, 2, seen=1, by=dispatcher(), at=AT))
    close_incident(found.pk, DISPOSITION, by=dispatcher(), at=AT)
    refused(Conflict, lambda: actions.apply_plan(found.pk, 2, by=dispatcher(), at=AT))


def test_a_graver_level_adds_agencies_and_takes_none_away() -> None:
    found = fire(4)
    assert {task.agency.code for task in queries.tasks_of(found)} == {"fire", "police"}
    actions.apply_plan(found.pk, 2, by=dispatcher(), at=LATER)
    tasks = queries.tasks_of(found)
    assert ({task.level for task in tasks}, len(tasks)) == ({2}, 5)
    assert moves(task_of(found.pk, "fire").pk) == ["open", "relevel"]
    actions.apply_plan(found.pk, 3, by=dispatcher(), at=LATER)
    actions.apply_plan(found.pk, 3, by=dispatcher(), at=LATER)
    assert len(queries.tasks_of(found)) == 5
    assert Response.objects.get(incident=found.pk).level == 3


def test_an_agency_accepts_goes_there_feeds_back_and_closes() -> None:
    found = fire()
    task, desk = task_of(found.pk, "ems"), desk_of("ems")
    actions.accept_task(task.pk, by=desk, at=LATER)
    matter = Matter.objects.get(pk=task.pk)
    assert matter.owner == f"agency:{task.agency_id}"
    running = Clock.objects.filter(matter=task.pk, stopped_at=None).values_list("name", flat=True)
    assert set(running) == {"arrive", "feed_back"}
    actions.arrive_on_site(task.pk, by=desk, at=LATER)
    actions.feed_back(task.pk, "done", "made-up words", by=desk, at=LATER)
    assert Remark.objects.filter(incident=found.pk, by=desk.id).exists()
    assert not Clock.objects.filter(matter=task.pk, stopped_at=None).exists()
    actions.close_task(task.pk, by=desk, at=LATER)
    assert moves(task.pk) == ["open", "accept", "arrive", "feed_back", "close"]
    now = task_of(found.pk, "ems")
    assert (now.state, now.result, now.matter.final) == ("closed", "done", True)
    steps = [e.facts["step"] for e in journal.history(found.pk) if e.move == "task_step"]
    assert steps == ["accept", "arrive", "feed_back", "close"]
    incident_for(desk, found.pk)  # it took part to the end


def test_an_incident_ends_when_its_mandatory_tasks_have_or_are_waived_with_a_reason() -> None:
    found = fire(2)
    run("fire", found, "accept", "arrive", "feed_back", "close")
    refused(Conflict, lambda: close_incident(found.pk, DISPOSITION, by=dispatcher(), at=LATER))
    run("police", found, "accept", "feed_back", "close")
    actions.refuse_task(task_of(found.pk, "ems").pk, "no_people", by=desk_of("ems"), at=LATER)
    refused(Conflict, lambda: close_incident(found.pk, DISPOSITION, by=dispatcher(), at=LATER))
    actions.withdraw_task(task_of(found.pk, "ems").pk, "not_needed", by=dispatcher(), at=LATER)
    water = task_of(found.pk, "city", "water")
    refused(Invalid, lambda: waive_incident_part(found.pk, water.pk, "in words", by=dispatcher(), at=LATER))
    waive_incident_part(found.pk, water.pk, "goes_on_after", by=dispatcher(), at=LATER)
    close_incident(found.pk, DISPOSITION, by=dispatcher(), at=LATER)
    ended = Matter.objects.get(pk=found.pk).closed_at
    later = LATER + timedelta(hours=1)
    actions.accept_task(water.pk, by=desk_of("city"), at=later)
    assert Matter.objects.get(pk=found.pk).closed_at == ended


def test_a_lead_is_always_named() -> None:
    found = fire(2)
    run("police", found, "accept")
    actions.refuse_task(task_of(found.pk, "fire").pk, "no_people", by=desk_of("fire"), at=LATER)
    assert Response.objects.get(incident=found.pk).lead.code == "police"
    actions.name_lead(found.pk, "ems", by=dispatcher(), at=LATER)
    refused(Invalid, lambda: actions.name_lead(found.pk, ABSENT, by=dispatcher(), at=LATER))
    refused(Invalid, lambda: actions.name_lead(found.pk, "fire", by=dispatcher(), at=LATER))
    actions.apply_plan(found.pk, 2, by=dispatcher(), at=LATER)  # its own lead said that it cannot
    assert Response.objects.get(incident=found.pk).lead.code == "ems"
    actions.withdraw_task(task_of(found.pk, "ems").pk, "not_needed", by=dispatcher(), at=LATER)
    assert Response.objects.get(incident=found.pk).lead.code == "police"


def test_whoever_is_added_first_leads_and_nobody_has_one_task_twice() -> None:
    found = incident()
    actions.add_task(found.pk, ABSENT, "water", by=dispatcher(), at=AT)
    response = Response.objects.get(incident=found.pk)
    assert (response.lead.code, response.level) == (ABSENT, 4)
    unreachable = Message.objects.get(matter=task_of(found.pk, ABSENT).pk)
    assert (unreachable.state, unreachable.problem) == ("undelivered", "no_address")
    refused(Conflict, lambda: actions.add_task(found.pk, ABSENT, "water", by=dispatcher(), at=AT))
    refused(Invalid, lambda: actions.add_task(found.pk, ABSENT, "dance", by=dispatcher(), at=AT))
    refused(Invalid, lambda: actions.add_task(found.pk, "nobody", "water", by=dispatcher(), at=AT))
    only = task_of(found.pk, ABSENT)
    actions.refuse_task(only.pk, "not_ours", by=desk_of(ABSENT), at=LATER)
    actions.add_task(found.pk, "city", "water", by=dispatcher(), at=LATER)
    assert Response.objects.get(incident=found.pk).lead.code == "city"


def test_a_task_is_passed_on_to_another_agency_which_is_alerted() -> None:
    found = fire(2)
    ems, city = task_of(found.pk, "ems"), desk_of("city")
    refused(Conflict, lambda: actions.pass_task_on(ems.pk, "ems", "nearer", by=dispatcher(), at=LATER))
    refused(NotFound, lambda: actions.pass_task_on(ems.pk, "city", "nearer", by=city, at=LATER))
    actions.pass_task_on(ems.pk, ABSENT, "nearer", by=dispatcher(), at=LATER)
    with pytest.raises(NotFound):
        queries.task_for(desk_of("ems"), ems.pk)
    with pytest.raises(NotFound):
        incident_for(desk_of("ems"), found.pk)
    actions.accept_task(ems.pk, by=desk_of(ABSENT), at=LATER)
    assert moves(ems.pk) == ["open", "pass_on", "accept"]
    assert Part.objects.get(part=ems.pk).mandatory


def outsiders() -> list[Actor]:
    return [desk_of(ABSENT), desk_of("ems"), crew_of(new_id())]


def test_nobody_but_the_agency_and_the_desk_moves_a_task() -> None:
    found = fire(2)
    fire_task = task_of(found.pk, "fire")
    for other in outsiders():
        refused(NotFound, lambda other=other: actions.accept_task(fire_task.pk, by=other, at=LATER))  # type: ignore[misc]
    refused(NotAllowed, lambda: actions.accept_task(fire_task.pk, by=call_taker(), at=LATER))
    refused(
        NotAllowed,
        lambda: actions.withdraw_task(fire_task.pk, "in_error", by=desk_of("fire"), at=LATER),
    )
    refused(
        Invalid, lambda: actions.refuse_task(fire_task.pk, "because I say so", by=desk_of("fire"), at=LATER)
    )
    refused(Conflict, lambda: actions.close_task(fire_task.pk, by=desk_of("fire"), at=LATER))
    actions.accept_task(fire_task.pk, by=supervisor(), at=LATER)  # told by telephone
    refused(Invalid, lambda: actions.feed_back(fire_task.pk, "dunno", by=desk_of("fire"), at=LATER))


def test_an_agency_sees_the_incident_from_the_alert_until_it_leaves() -> None:
    found, other = fire(4), incident()
    with pytest.raises(NotFound):
        incident_for(desk_of("ems"), found.pk)
    actions.add_task(found.pk, "ems", "treat", by=dispatcher(), at=LATER)
    assert incident_for(desk_of("ems"), found.pk).pk == found.pk
    assert [task.pk for task in queries.open_tasks(desk_of("ems"))] == [task_of(found.pk, "ems").pk]
    assert len(queries.handling_for(desk_of("ems"), found.pk).tasks) == 3
    with pytest.raises(NotFound):
        incident_for(desk_of("ems"), other.pk)
    actions.add_task(found.pk, "ems", "advise", by=dispatcher(), at=LATER)
    actions.refuse_task(task_of(found.pk, "ems", "treat").pk, "no_people", by=desk_of("ems"), at=LATER)
    assert incident_for(desk_of("ems"), found.pk).pk == found.pk  # it has another task
    actions.withdraw_task(task_of(found.pk, "ems", "advise").pk, "not_needed", by=dispatcher(), at=LATER)
    with pytest.raises(NotFound):
        incident_for(desk_of("ems"), found.pk)
    with pytest.raises(NotFound):
        queries.handling_for(desk_of("ems"), found.pk)
    assert queries.open_tasks(desk_of("ems")) == []
    assert moves(found.pk)[-1] == "leave"
