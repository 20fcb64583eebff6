# SPDX-License-Identifier: Apache-2.0
"""The sweep of clocks killed with SIGKILL at every word to the database: each step and each firing once after it."""

from datetime import timedelta

import pytest

from callbox.journal import queries as journal
from callbox.matters import actions as matters
from callbox.matters.climbing import climb_ladders
from callbox.matters.models import Clock, Matter, Step
from callbox.matters.tests.test_ladders import FIVE
from callbox.matters.tests.test_standstill import START, WORKER, at, errand
from tests.faults.kill import every_point
from tests.faults.test_kills import check_agreement

pytestmark = pytest.mark.usefixtures("committed")

HOUR = timedelta(hours=1)
DUE = at("10-08 11:24")


def moves(matter: Matter) -> list[str]:
    return [entry.move for entry in journal.history(matter.id)]


def climb() -> int:
    return climb_ladders(by=WORKER, at=DUE)


def test_killed_between_the_change_and_its_step_and_swept_again_an_hour_later() -> None:
    waiting = [errand(FIVE), errand(FIVE)]

    def check(_came_to_its_end: bool) -> None:
        climb_ladders(by=WORKER, at=DUE + HOUR)
        assert climb_ladders(by=WORKER, at=DUE + HOUR) == 0
        for matter in waiting:
            assert moves(matter) == ["open", "remind"]
            assert Step.objects.filter(matter=matter).count() == 1
            assert Clock.objects.get(matter=matter).steps == 1
        check_agreement()
        waiting[:] = [errand(FIVE), errand(FIVE)]  # the next kill hits new ones

    assert every_point(climb, check) > 5


def test_killed_while_clocks_fire_each_is_late_once() -> None:
    waiting = [errand(timedelta(minutes=1)), errand(timedelta(minutes=2))]

    def check(_came_to_its_end: bool) -> None:
        matters.fire_due_clocks(by=WORKER, at=START + HOUR)
        assert all(moves(matter) == ["open", "late"] for matter in waiting)
        check_agreement()
        waiting[:] = [errand(timedelta(minutes=1)), errand(timedelta(minutes=2))]

    def fire() -> int:
        return matters.fire_due_clocks(by=WORKER, at=START + timedelta(minutes=5))

    assert every_point(fire, check) > 4
