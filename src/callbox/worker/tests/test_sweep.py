# SPDX-License-Identifier: Apache-2.0
"""A sweep of the clocks looks first whether there is anything to do: it never misses what the sweep would do."""

from datetime import timedelta

import pytest
from django.db import transaction

from callbox.matters import handover, standstill
from callbox.matters.calendars import load_calendar
from callbox.matters.domain import Promised
from callbox.matters.models import Step
from callbox.matters.queries import anything_due
from callbox.matters.tests.test_calendar_loading import ADMIN, plan
from callbox.matters.tests.test_ladders_loading import QUIET, TEXT, apply
from callbox.matters.tests.test_standstill import FIVE, START, WORKER, at, do, errand
from callbox.worker.loops import calendars, clocks

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _worker_of_errands(monkeypatch: pytest.MonkeyPatch) -> None:
    for loop in (calendars, clocks):
        monkeypatch.setattr(loop, "ACTOR", WORKER)  # errands are of the tests only


def test_a_clock_is_due_once() -> None:
    errand(HOUR)
    assert not anything_due(START + HOUR - timedelta(seconds=1))
    assert anything_due(START + HOUR)
    assert clocks.step(START + HOUR) == 1
    assert not anything_due(START + 2 * HOUR)
    assert clocks.step(START + 2 * HOUR) == 0


def test_a_paused_clock_is_not_due() -> None:
    do(standstill.pause_clock, errand(), "waits_for_expert", when="09-28 10:00")
    assert not anything_due(at("11-01 00:00"))


def test_a_step_of_a_ladder_is_due_before_the_clock() -> None:
    errand(Promised(FIVE.term, FIVE.rule, "request"))
    assert not anything_due(at("10-08 11:23"))
    assert anything_due(at("10-08 11:24"))
    assert clocks.step(at("10-08 11:24")) == 1
    assert not anything_due(at("10-08 11:24"))


def test_an_offer_without_an_answer_ends() -> None:
    with transaction.atomic():
        handover.offer_matter(errand(10 * HOUR), "agency:b", HOUR, by=WORKER, at=START)
    assert not anything_due(START + HOUR - timedelta(seconds=1))
    assert anything_due(START + HOUR)
    assert clocks.step(START + HOUR) == 1
    assert not anything_due(START + HOUR)


def test_the_loop_moves_what_is_not_told_yet_to_the_new_quiet_hours() -> None:
    errand(Promised(FIVE.term, FIVE.rule, "request"))
    apply(TEXT, QUIET.replace("22:00\t07:00", "10:00\t12:00"))
    clocks.step(at("10-08 11:24"))
    apply(TEXT, QUIET.replace("22:00\t07:00", "11:00\t15:00"), when="10-08 11:45")
    calendars.step(at("10-08 11:45"))
    assert [step.tell_at for step in Step.objects.all()] == [at("10-08 15:00")]


def test_a_new_calendar_is_followed_by_a_loop_of_its_own() -> None:
    errand(start=at("12-28 09:00"))
    when = at("12-30 09:00")
    load_calendar(plan(), by=ADMIN, at=when)
    assert not anything_due(when)
    assert (calendars.step(when), calendars.step(when)) == (1, 0)
