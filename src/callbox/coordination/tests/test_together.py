# SPDX-License-Identifier: Apache-2.0
"""Two desks at once, alerts that nobody accepts, and whatever anybody tries in any order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.world import (
    AT,
    CLOCKS,
    LATER,
    SETUP,
    dispatcher,
    incident,
    meanwhile,
    moves_in_between,
    supervisor,
)

from callbox.access.actions import agency_id
from callbox.access.domain import system_actor
from callbox.coordination import actions, domain, queries
from callbox.coordination.models import Response, Task
from callbox.coordination.tests.scene import ABSENT, AGENCIES, desk_of, fire, task_of, town
from callbox.incidents.actions import close_incident
from callbox.journal import queries as journal
from callbox.journal.domain import first_misfit
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Refusal
from callbox.matters.climbing import climb_ladders
from callbox.matters.models import Clock, Matter, Part, Step
from callbox.matters.queries import hold
from callbox.messages.actions import set_reach
from callbox.messages.models import Message
from callbox.messages.queries import words_for
from callbox.messages.telling import tell_steps

MESSAGES = system_actor("messages")


def moves(matter_id: Any) -> list[str]:
    return [entry.move for entry in journal.history(matter_id)]


def test_of_two_desks_that_accept_at_once_one_is_told(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    town()
    task = task_of(fire().pk, "fire")
    first, second = desk_of("fire", "first"), desk_of("fire", "second")
    moves_in_between(
        monkeypatch, queries, "task_for", lambda: actions.accept_task(task.pk, by=first, at=LATER)
    )
    with pytest.raises(Conflict):
        actions.accept_task(task.pk, by=second, at=LATER)
    entries = journal.history(task.pk)
    assert [(entry.move, entry.actor) for entry in entries[1:]] == [("accept", first.id)]
    steps = [entry.move for entry in journal.history(task.incident_id)]
    assert steps.count("task_step") == 1


def test_what_is_withdrawn_while_it_is_accepted_is_one_or_the_other(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    town()
    task = task_of(fire().pk, "ems")
    moves_in_between(
        monkeypatch,
        queries,
        "task_for",
        lambda: actions.withdraw_task(task.pk, "not_needed", by=dispatcher(), at=LATER),
    )
    with pytest.raises(Conflict):
        actions.accept_task(task.pk, by=desk_of("ems"), at=LATER)
    assert (moves(task.pk), Matter.objects.get(pk=task.pk).owner) == (["open", "withdraw"], "desk:dispatch")


def test_of_two_that_apply_a_plan_at_once_the_second_finds_the_first_ones_tasks(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one moves after this one has begun and before it holds the incident."""
    town()
    found = incident()
    original = hold

    def other_first(*ids: Any) -> None:
        monkeypatch.setattr(actions, "hold", original)
        meanwhile(lambda: actions.apply_plan(found.pk, 2, by=dispatcher("second"), at=LATER))
        original(*ids)

    monkeypatch.setattr(actions, "hold", other_first)
    actions.apply_plan(found.pk, 2, by=dispatcher(), at=LATER)
    assert Task.objects.filter(incident=found.pk).count() == 5


@pytest.mark.django_db
def test_an_alert_that_nobody_accepts_climbs_to_the_second_contact_then_the_lead() -> None:
    town()
    second = f"agency:{agency_id('ems')}/second"
    set_reach(second, "sms", "+15550104799", "en", by=SETUP, at=AT)
    task = task_of(fire().pk, "ems")
    told: list[tuple[str, str]] = []
    for minute in (2, 3, 4, 5, 6, 8, 9, 30):
        at = AT + timedelta(minutes=minute)
        while climb_ladders(by=CLOCKS, at=at):
            pass
        tell_steps(by=MESSAGES, at=at)
        found = (
            Message.objects.filter(matter=task.pk, letter="coordination.step")
            .exclude(way="")
            .order_by("queued_at", "pk")
        )
        told = [(message.key.split("/", 2)[2], message.way) for message in found]
    fire_key = f"agency:{agency_id('fire')}"
    assert told[:2] == [(second, "sms"), (fire_key, "email")]
    assert moves(task.pk) == ["open", "remind", "supervise", "report"]
    assert [step.role for step in Step.objects.filter(matter=task.pk).order_by("number")] == [
        "coordination.second",
        "coordination.lead",
        "coordination.supervisor",
    ]
    first = Message.objects.get(matter=task.pk, way="sms")
    assert "Agency task" in words_for(supervisor(), first.pk, at=LATER).subject


@pytest.mark.django_db
def test_an_agency_that_stops_answering_is_followed_until_it_feeds_back() -> None:
    town()
    task = task_of(fire().pk, "police")
    actions.accept_task(task.pk, by=desk_of("police"), at=LATER)
    late = LATER + timedelta(hours=5)
    while climb_ladders(by=CLOCKS, at=late):
        pass
    assert sorted(Step.objects.filter(matter=task.pk).values_list("clock__name", "level")) == [
        ("arrive", 1),
        ("arrive", 2),
        ("arrive", 3),
        ("feed_back", 1),
        ("feed_back", 2),
        ("feed_back", 3),
    ]
    actions.feed_back(task.pk, "done", by=desk_of("police"), at=late)
    assert not Clock.objects.filter(matter=task.pk, stopped_at=None).exists()
    assert Matter.objects.get(pk=task.pk).owner == f"agency:{task.agency_id}"


CODES = (*AGENCIES, ABSENT)
WORKS = ("treat", "water", "cordon")
type Try = Callable[[Any, st.DataObject], object]


def some_task(found: Any, data: st.DataObject) -> Task:
    return data.draw(st.sampled_from(list(queries.tasks_of(found))))


def some_actor(data: st.DataObject) -> Actor:
    return data.draw(st.sampled_from([dispatcher(), *map(desk_of, CODES)]))


TRIES: dict[str, Try] = {
    "plan": lambda f, d: actions.apply_plan(f.pk, d.draw(st.integers(1, 4)), by=dispatcher(), at=LATER),
    "add": lambda f, d: actions.add_task(
        f.pk, d.draw(st.sampled_from(CODES)), d.draw(st.sampled_from(WORKS)), by=dispatcher(), at=LATER
    ),
    "lead": lambda f, d: actions.name_lead(f.pk, d.draw(st.sampled_from(CODES)), by=dispatcher(), at=LATER),
    "accept": lambda f, d: actions.accept_task(some_task(f, d).pk, by=some_actor(d), at=LATER),
    "cannot": lambda f, d: actions.refuse_task(some_task(f, d).pk, "no_people", by=some_actor(d), at=LATER),
    "arrive": lambda f, d: actions.arrive_on_site(some_task(f, d).pk, by=some_actor(d), at=LATER),
    "feed_back": lambda f, d: actions.feed_back(some_task(f, d).pk, "done", by=some_actor(d), at=LATER),
    "close": lambda f, d: actions.close_task(some_task(f, d).pk, by=some_actor(d), at=LATER),
    "withdraw": lambda f, d: actions.withdraw_task(
        some_task(f, d).pk, "in_error", by=some_actor(d), at=LATER
    ),
    "pass_on": lambda f, d: actions.pass_task_on(
        some_task(f, d).pk, d.draw(st.sampled_from(CODES)), "nearer", by=dispatcher(), at=LATER
    ),
    "end": lambda f, _d: close_incident(f.pk, "handled", by=dispatcher(), at=LATER),
}


def everything(found: Any) -> object:
    tasks = Task.objects.filter(incident=found).order_by("pk").values()
    chains = [found.pk, *(task["matter_id"] for task in tasks)]
    matters = Matter.objects.filter(pk__in=chains).order_by("pk").values()
    sizes = [len(journal.history(chain)) for chain in chains]
    return list(tasks), list(matters), sizes, list(Response.objects.values()), Message.objects.count()


def check(found: Any) -> None:
    """What holds whatever was tried."""
    whole = Matter.objects.get(pk=found.pk)
    tasks = list(Task.objects.select_related("matter").filter(incident=found))
    inside = {task.agency_id for task in tasks if task.state not in domain.LEFT}
    reached = {key for key in whole.scope if key.startswith("agency:")}
    assert reached == {f"agency:{agency}" for agency in inside}
    response = Response.objects.get(incident=found)
    assert not inside or response.lead_id in inside
    for task in tasks:
        assert task.state == task.matter.state
        held = task.state not in domain.LEFT
        assert (f"agency:{task.agency_id}" in task.matter.scope) == held
        mine = task.state not in (domain.ALERTED, *domain.LEFT)
        assert task.matter.owner == (f"agency:{task.agency_id}" if mine else "desk:dispatch")
        assert first_misfit(journal.history(task.pk)) is None
        part = Part.objects.get(part=task.pk)
        if whole.final:
            assert task.matter.final or not part.mandatory
    assert first_misfit(journal.history(found.pk)) is None


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_tried_in_any_order_holds_together(data: st.DataObject) -> None:
    with transaction.atomic():
        town()
        found = fire(4)
        for name in data.draw(st.lists(st.sampled_from(sorted(TRIES)), max_size=14)):
            before = everything(found)
            try:
                with transaction.atomic():
                    TRIES[name](found, data)
            except Refusal:
                assert everything(found) == before, name
            check(found)
        transaction.set_rollback(True)
