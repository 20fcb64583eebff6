# SPDX-License-Identifier: Apache-2.0
"""Calling agencies, and the steps of an alert's ladder, killed with SIGKILL at every word to the database."""

from datetime import timedelta
from uuid import UUID

import pytest

from callbox.access.queries import agency_of
from callbox.coordination.actions import accept_task, add_task, pass_task_on
from callbox.coordination.loading import set_webhook
from callbox.coordination.models import Response, Task
from callbox.coordination.tests.scene import town
from callbox.journal import queries as journal
from callbox.matters.climbing import climb_ladders
from callbox.matters.models import Matter, Part, Step
from callbox.messages.models import Message
from tests.faults.kill import every_point
from tests.faults.test_kills import check_agreement
from tests.world import AT, CLOCKS, LATER, SETUP, dispatcher, incident

pytestmark = pytest.mark.usefixtures("committed")
HOUR = timedelta(hours=1)


def test_an_agency_is_alerted_and_told_once_or_not_at_all() -> None:
    town()
    found = [incident()]

    def alert() -> object:
        return add_task(found[0].pk, "ems", "treat", by=dispatcher(), at=AT)

    def check(_came_to_its_end: bool) -> None:
        tasks = Task.objects.filter(incident=found[0])
        whole = Matter.objects.get(pk=found[0].pk)
        alerted = tasks.count()
        assert alerted == Part.objects.filter(whole=whole).count() <= 1
        assert alerted == Response.objects.filter(incident=found[0]).count()
        assert alerted == Message.objects.filter(matter__in=tasks.values("matter")).count()
        assert any(key.startswith("agency:") for key in whole.scope) == bool(alerted)
        check_agreement()
        found[0] = incident()  # the next kill hits a new one

    assert every_point(alert, check) > 20


def test_an_alert_climbs_each_step_once_also_an_hour_after_the_kill() -> None:
    town()
    waiting: list[UUID] = []

    def begin() -> None:
        waiting[:] = [add_task(incident().pk, "ems", "treat", by=dispatcher(), at=AT).pk]

    def check(_came_to_its_end: bool) -> None:
        for _ in range(5):
            climb_ladders(by=CLOCKS, at=AT + HOUR)
        assert climb_ladders(by=CLOCKS, at=AT + HOUR) == 0
        (task,) = waiting
        assert [e.move for e in journal.history(task)] == ["open", "remind", "supervise", "report"]
        assert Step.objects.filter(matter=task).count() == 3
        assert Matter.objects.get(pk=task).owner == "desk:dispatch"
        check_agreement()
        begin()

    begin()
    assert every_point(lambda: climb_ladders(by=CLOCKS, at=AT + timedelta(minutes=4)), check) > 4


def test_a_task_passed_on_has_an_owner_and_one_agency_at_every_moment() -> None:
    town()
    waiting: list[UUID] = []

    def begin() -> None:
        waiting[:] = [add_task(incident().pk, "ems", "treat", by=dispatcher(), at=AT).pk]

    def check(_came_to_its_end: bool) -> None:
        task = Task.objects.select_related("matter", "agency").get(pk=waiting[0])
        assert [key for key in task.matter.scope if key.startswith("agency:")] == [f"agency:{task.agency_id}"]
        assert Message.objects.filter(matter=task.pk).count() == (2 if task.agency.code == "city" else 1)
        check_agreement()
        begin()

    begin()
    pass_on = lambda: pass_task_on(waiting[0], "city", "nearer", by=dispatcher(), at=LATER)  # noqa: E731 - read anew
    assert every_point(pass_on, check) > 20


def test_an_acceptance_killed_anywhere_stops_the_ladder_or_leaves_it_and_has_one_owner() -> None:
    town()
    set_webhook(agency_of("ems"), "https://system.example/hook", by=SETUP, at=AT)
    waiting: list[UUID] = []

    def begin() -> None:
        waiting[:] = [add_task(incident().pk, "ems", "treat", by=dispatcher(), at=AT).pk]

    def check(_came_to_its_end: bool) -> None:
        task = Task.objects.select_related("matter").get(pk=waiting[0])
        accepted = task.state == "accepted"
        assert task.matter.state == task.state
        assert task.matter.owner == (f"agency:{task.agency_id}" if accepted else "desk:dispatch")
        climb_ladders(by=CLOCKS, at=AT + timedelta(minutes=4))
        steps = set(Step.objects.filter(matter=task.pk).values_list("clock__name", flat=True))
        assert ("accept" in steps) != accepted
        told = Message.objects.filter(matter=task.pk, way="webhook")
        assert told.count() == 1 + accepted
        check_agreement()
        begin()

    begin()
    accept = lambda: accept_task(waiting[0], by=dispatcher(), at=LATER)  # noqa: E731 - read anew
    assert every_point(accept, check) > 15
