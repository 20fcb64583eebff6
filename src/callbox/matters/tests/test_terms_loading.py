# SPDX-License-Identifier: Apache-2.0
"""Loading how soon things are promised: shown first, applied knowingly, clock by clock."""

from datetime import timedelta

import pytest
from django.db import transaction
from tests.world import journal_size

from callbox.journal import queries as journal
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, Refusal
from callbox.matters import actions, queries, standstill
from callbox.matters.calendars import load_calendar, plan_calendar
from callbox.matters.domain import Promised
from callbox.matters.models import Clock, PromiseEdition
from callbox.matters.promises import promised, shipped_table
from callbox.matters.settling import settle_clocks
from callbox.matters.terms import CHAIN, LONGEST, TermsPlan, load_terms, plan_terms
from callbox.matters.tests.test_calendar_loading import ABOUT, ADMIN, DAYS, NEXT
from callbox.matters.tests.test_standstill import CHIEF, START, WORKER, at, clock, do, errand, local

pytestmark = pytest.mark.django_db

TEXT = shipped_table().text
OLD = "2026-01-01\t\tresolve\t*\t3-5\t5 working_days next_day\t100\trequest\tset by the authority\n"
assert OLD in TEXT
SEVEN = OLD.replace("5 working_days", "7 working_days")
HOURS = OLD.replace("5 working_days next_day", "24 business_hours at_once")
FROM_OCTOBER = OLD.replace("\t\tresolve", "\t2026-10-01\tresolve") + SEVEN.replace("2026-01-01", "2026-10-01")
SPLIT = SEVEN.replace("3-5", "3") + OLD.replace("3-5", "4-5")
NOW = at("09-29 09:00")


def wanted(priority: int = 3) -> Promised:
    day = queries.calendar_in_force().day_of(START)
    return promised("resolve", "city", priority, day, queries.table_in_force())["resolve"]


def plan(line: str = SEVEN, by: Actor = ADMIN) -> TermsPlan:
    return plan_terms(TEXT.replace(OLD, line), by=by, at=NOW)


def apply(line: str) -> None:
    load_terms(plan(line), by=ADMIN, at=NOW)
    while settle_clocks(by=WORKER, at=NOW):
        pass


def test_what_would_move_is_shown_and_moves_only_when_it_is_loaded() -> None:
    matter, size = errand(wanted()), journal_size()
    shown = plan()
    assert [(each.kind, each.rule) for each in shown.differences] == [
        ("altered", "resolve/*/3-5/2026-01-01 100 %")
    ]
    assert [(each.matter, local(each.was), local(each.becomes), each.by) for each in shown.shifts] == [
        (matter.id, "10-11 00:00", "10-14 00:00", timedelta(days=3))
    ]
    assert (journal_size(), PromiseEdition.objects.count(), local(clock(matter).due_at)) == (
        size,
        0,
        "10-11 00:00",
    )
    load_terms(shown, by=ADMIN, at=NOW)
    assert local(clock(matter).due_at) == "10-11 00:00"
    assert (settle_clocks(by=WORKER, at=NOW), settle_clocks(by=WORKER, at=NOW)) == (1, 0)
    found = clock(matter)
    assert (local(found.due_at), found.term, found.edition) == ("10-14 00:00", "7 working_days next_day", 1)
    told = journal.history(matter.id)[-1]
    assert (told.move, told.facts["edition"], told.facts["term"]) == (
        "settle_clock",
        1,
        "7 working_days next_day",
    )
    entry = journal.history(CHAIN)[-1]
    assert (entry.move, entry.actor, entry.facts["moves"]) == ("load", ADMIN.id, 1)


def test_what_starts_afterwards_has_the_new_promise_at_once() -> None:
    load_terms(plan(), by=ADMIN, at=NOW)
    found = clock(errand(wanted()))
    assert (local(found.due_at), found.edition) == ("10-14 00:00", 1)
    assert settle_clocks(by=WORKER, at=NOW) == 0


@pytest.mark.parametrize(
    ("line", "priority", "due"),
    [
        (OLD, 3, "10-11 00:00"),
        (SEVEN, 3, "10-14 00:00"),
        (FROM_OCTOBER, 3, "10-11 00:00"),
        (SPLIT, 3, "10-14 00:00"),
        (SPLIT, 4, "10-11 00:00"),
        ("", 3, "10-11 00:00"),
        (HOURS, 3, "10-08 12:00"),
    ],
    ids=["same", "corrected", "from-a-later-day", "split-3", "split-4", "dropped", "another-unit"],
)
def test_what_runs_moves_where_its_own_line_was_corrected(line: str, priority: int, due: str) -> None:
    matter = errand(wanted(priority))
    apply(line)
    found = clock(matter)
    assert (local(found.due_at), found.edition) == (due, 1)


def test_more_time_that_was_granted_stays_granted() -> None:
    matter = errand(wanted())
    do(standstill.ask_extension, matter, 3, "needs_expert", when="09-29 08:00")
    do(standstill.answer_extension, matter, True, when="09-29 08:01", by=CHIEF)
    assert clock(matter).term == "8 working_days next_day"
    apply(SEVEN)
    assert clock(matter).term == "10 working_days next_day"


@pytest.mark.parametrize("granted", [True, False])
def test_more_time_in_another_unit_keeps_the_old_promise(granted: bool) -> None:
    matter = errand(wanted())
    do(standstill.ask_extension, matter, 3, "needs_expert", when="09-29 08:00")
    if granted:
        do(standstill.answer_extension, matter, True, when="09-29 08:01", by=CHIEF)
    was = clock(matter).due_at
    apply(HOURS)
    assert (clock(matter).due_at, clock(matter).edition) == (was, 1)


def test_a_pause_counts_by_the_new_promise_too() -> None:
    matter = errand(wanted())
    do(standstill.pause_clock, matter, "waits_for_expert", when="09-29 08:00")
    do(standstill.resume_clock, matter, when="10-01 08:00")
    apply(SEVEN)
    assert local(clock(matter).due_at) == "10-16 00:00"


def test_what_was_late_stays_late() -> None:
    matter = errand(wanted())
    assert actions.fire_due_clocks(by=WORKER, at=at("10-11 00:00")) == 1
    shown = plan()
    assert shown.shifts == []
    load_terms(shown, by=ADMIN, at=NOW)
    assert settle_clocks(by=WORKER, at=NOW) == 0
    assert clock(matter).fired_at == at("10-11 00:00")


def test_what_was_late_by_a_provisional_end_is_settled_by_its_old_promise() -> None:
    matter = errand(wanted(), start=at("12-28 09:00"))
    assert actions.fire_due_clocks(by=WORKER, at=clock(matter).due_at) == 1
    apply(SEVEN)
    load_calendar(plan_calendar(ABOUT, DAYS + NEXT, by=ADMIN), by=ADMIN, at=NOW)
    while settle_clocks(by=WORKER, at=NOW):
        pass
    found = clock(matter)
    assert (found.fired_at, found.term, found.provisional) == (None, "5 working_days next_day", False)


def test_what_no_table_promises_is_left_alone() -> None:
    matter = errand(timedelta(minutes=2))
    apply(SEVEN)
    assert clock(matter).edition == 0


def test_a_clock_that_is_not_settled_yet_does_not_fire() -> None:
    matter = errand(wanted())
    load_terms(plan(), by=ADMIN, at=NOW)
    assert actions.fire_due_clocks(by=WORKER, at=at("10-11 00:00")) == 0
    settle_clocks(by=WORKER, at=at("10-11 00:00"))
    assert actions.fire_due_clocks(by=WORKER, at=at("10-11 00:00")) == 0
    assert actions.fire_due_clocks(by=WORKER, at=at("10-14 00:00")) == 1
    assert clock(matter).fired_at == at("10-14 00:00")


def test_a_calendar_that_comes_after_an_edition_keeps_it() -> None:
    matter = errand(wanted(), start=at("12-28 09:00"))
    apply(SEVEN)
    load_calendar(plan_calendar(ABOUT, DAYS + NEXT, by=ADMIN), by=ADMIN, at=NOW)
    while settle_clocks(by=WORKER, at=NOW):
        pass
    found = clock(matter)
    assert (found.term, found.provisional, found.calendar_version) == ("7 working_days next_day", False, 2)


def test_what_would_be_late_at_once_is_known_before() -> None:
    errand(wanted())
    (shift,) = plan(OLD.replace("5 working_days next_day", "1 hours at_once")).shifts
    assert shift.late_at_once(NOW)
    assert not shift.late_at_once(START)
    (later,) = plan().shifts
    assert not later.late_at_once(NOW)


def test_two_who_looked_at_the_same_plan_do_not_both_load() -> None:
    first, second = plan(), plan(HOURS)
    load_terms(first, by=ADMIN, at=NOW)
    size = journal_size()
    with pytest.raises(Conflict), transaction.atomic():
        load_terms(second, by=ADMIN, at=NOW)
    assert (journal_size(), PromiseEdition.objects.count()) == (size, 1)
    assert queries.table_in_force().text == first.table.text


@pytest.mark.parametrize(
    ("text", "by", "refusal"),
    [
        (TEXT, WORKER, NotAllowed),
        (TEXT + OLD, ADMIN, Invalid),
        (TEXT.replace("\trequest\t", "\tnowhere\t"), ADMIN, Invalid),
        (TEXT + "#" * LONGEST, ADMIN, Invalid),
        ("", ADMIN, Invalid),
    ],
    ids=["stranger", "twice", "no-ladder", "too-long", "empty"],
)
def test_what_may_not_be_loaded_is_refused(text: str, by: Actor, refusal: type[Refusal]) -> None:
    size = journal_size()
    with pytest.raises(refusal):
        plan_terms(text, by=by, at=NOW)
    assert (journal_size(), PromiseEdition.objects.count()) == (size, 0)


def test_a_plan_is_not_enough_for_others() -> None:
    with pytest.raises(NotAllowed), transaction.atomic():
        load_terms(plan(), by=WORKER, at=NOW)
    assert Clock.objects.count() == 0


def test_open_hours_are_there_where_a_promise_needs_them() -> None:
    """Else the first who signs for a request would find out."""
    without_hours = ABOUT.replace("09:00-12:00 13:30-17:30", "")
    assert without_hours != ABOUT
    with pytest.raises(Invalid, match="open hours"):
        plan_calendar(without_hours, DAYS, by=ADMIN)
    in_days = TEXT.replace("2 business_hours at_once", "1 working_days next_day")
    load_terms(plan_terms(in_days, by=ADMIN, at=NOW), by=ADMIN, at=NOW)
    load_calendar(plan_calendar(without_hours, DAYS, by=ADMIN), by=ADMIN, at=NOW)
    with pytest.raises(Invalid, match="open hours"):
        plan_terms(TEXT, by=ADMIN, at=NOW)
