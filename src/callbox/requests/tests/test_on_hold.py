# SPDX-License-Identifier: Apache-2.0
"""Putting a request on hold: in time the promise stands still, late it stays late; the figures say so either way."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from tests.world import AT, CLOCKS, LATER

from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict
from callbox.matters.actions import fire_due_clocks
from callbox.matters.climbing import climb_ladders
from callbox.matters.models import Clock, Step
from callbox.matters.standstill import pause_clock
from callbox.requests import queries
from callbox.requests.actions import accept_request, feed_back, resume_request, suspend_request
from callbox.requests.models import Request
from callbox.requests.tests.scene import desk_of, now, request, town

SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)


@pytest.fixture(autouse=True)
def _town(db: None) -> None:
    town()


def taken_on() -> tuple[Request, datetime]:
    """A request that its agency has taken on, and when a solution is due."""
    row = request()
    accept_request(row.pk, by=desk_of("roads"), at=LATER)
    return row, clock(row).due_at


def clock(row: Request) -> Clock:
    return Clock.objects.get(matter_id=row.pk, name="resolve")


def kept(row: Request) -> tuple[bool, bool]:
    """Late, and overdue a year on, from the journal alone."""
    found = dict(queries.promises_kept("resolve"))[row.pk]
    return found.late, found.overdue(AT + timedelta(days=365))


@pytest.mark.parametrize(
    ("hold", "swept", "stands", "late"),
    [
        (-WEEK, False, True, False),
        (-SECOND, False, True, False),
        (timedelta(), False, False, True),
        (SECOND, False, False, True),
        (SECOND, True, False, True),
        (WEEK, True, False, True),
    ],
    ids=["long before", "a second before", "at the end", "late, not noted yet", "late", "a week late"],
)
def test_on_hold_in_time_the_promise_stands_still_and_late_it_stays_late(
    hold: timedelta, swept: bool, stands: bool, late: bool
) -> None:
    row, due_at = taken_on()
    roads, at = desk_of("roads"), due_at + hold
    if swept:
        assert fire_due_clocks(by=CLOCKS, at=at) == 2  # the first contact was due before
    suspend_request(row.pk, "waits_for_permit", by=roads, at=at)
    assert now(row).matter.state == "suspended"
    assert (clock(row).paused_at == at, queries.stands_still(row, "resolve")) == (stands, stands)
    fire_due_clocks(by=CLOCKS, at=at + WEEK)
    assert (clock(row).fired_at is not None) == late
    resume_request(row.pk, by=roads, at=at + WEEK)
    assert (clock(row).due_at > due_at) == stands
    feed_back(row.pk, "solved", by=roads, at=at + WEEK)
    assert kept(row) == (late, False)


def test_on_hold_is_no_way_out_of_the_ladder() -> None:
    row, due_at = taken_on()
    fire_due_clocks(by=CLOCKS, at=due_at)
    suspend_request(row.pk, "weather", by=desk_of("roads"), at=due_at)
    while climb_ladders(by=CLOCKS, at=due_at + 2 * WEEK):
        pass
    taken = Step.objects.filter(clock=clock(row)).values_list("action", flat=True).distinct()
    assert set(taken) == {"remind", "supervise", "report"}


def test_the_journal_says_that_it_was_late() -> None:
    row, due_at = taken_on()
    suspend_request(row.pk, "weather", by=desk_of("roads"), at=due_at)
    assert journal.history(row.pk)[-1].facts["late"] is True


def test_a_clock_that_has_run_out_cannot_be_made_to_stand_still() -> None:
    row, due_at = taken_on()
    with pytest.raises(Conflict, match="run out"), transaction.atomic():
        pause_clock(now(row).matter, "resolve", "weather", by=desk_of("roads"), at=due_at)
    assert clock(row).paused_at is None
