# SPDX-License-Identifier: Apache-2.0
"""Clocks that the calendar decides: started, paused, resumed, extended; each refusal is shown to change nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.world import journal_size, moves_in_between

from callbox.journal import queries as journal
from callbox.journal.domain import first_misfit
from callbox.kernel.actor import Actor
from callbox.kernel.calendars import shipped_calendar
from callbox.kernel.due import Pause, due
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from callbox.kernel.ids import new_id
from callbox.kernel.terms import parse_term
from callbox.matters import actions, queries, standstill
from callbox.matters.domain import Change, Promised
from callbox.matters.models import Clock, Matter
from callbox.matters.promises import promised, shipped_table
from callbox.matters.tests.test_moves import ACTIONS, STRANGER, WORKFLOW

CHINA = ZoneInfo("Asia/Shanghai")
DESK = ("pause_clock", "resume_clock", "ask_extension", "answer_extension")


def somebody(name: str) -> Actor:
    powers = {f"errand.{each}": ("worker", "any") for each in (*ACTIONS, *DESK)}
    return Actor(f"person:{name}", frozenset({"worker"}), frozenset({"agency:a"}), powers)


WORKER, CHIEF = somebody("worker"), somebody("chief")
FIVE = Promised(parse_term("5 working_days next_day"), "resolve/*/3-5/2026-01-01")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA)


START = at("09-28 09:00")  # a Monday; 1 to 7 October are off, Saturday 10 October is worked


def errand(said: Promised | timedelta = FIVE, start: datetime = START) -> Matter:
    with transaction.atomic():
        return actions.open_matter(
            WORKFLOW,
            new_id(),
            owner="agency:a",
            scope=[],
            by=WORKER,
            at=start,
            change=Change(clocks={"resolve": said}),
        )


def clock(matter: Matter) -> Clock:
    return Clock.objects.get(matter=matter, name="resolve", stopped_at=None)


def local(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%m-%d %H:%M")


def do(step: Callable[..., Any], matter: Matter, *words: Any, when: str, by: Actor = WORKER) -> Any:
    with transaction.atomic():
        return step(matter, "resolve", *words, by=by, at=at(when))


@pytest.mark.django_db
def test_a_clock_says_under_what_it_runs() -> None:
    found = clock(errand())
    assert local(found.due_at) == "10-11 00:00"
    assert (found.term, found.rule) == ("5 working_days next_day", "resolve/*/3-5/2026-01-01")
    assert (found.calendar, found.calendar_version, found.provisional) == ("cn", 1, False)


@pytest.mark.django_db
def test_a_length_asks_no_calendar() -> None:
    found = clock(errand(timedelta(minutes=2)))
    assert (found.due_at - found.started_at, found.calendar) == (timedelta(minutes=2), "")


@pytest.mark.django_db
def test_the_promises_of_a_request_have_terms_of_their_own() -> None:
    kinds = ("sign_for", "first_contact", "resolve", "call_back")
    said = {name: promised(name, "city", 3, START.date(), shipped_table())[name] for name in kinds}
    assert {name: str(each.term) for name, each in said.items()} == {
        "sign_for": "2 business_hours at_once",
        "first_contact": "1 working_days next_day",
        "resolve": "5 working_days next_day",
        "call_back": "3 working_days next_day",
    }
    early = datetime(2025, 1, 1, tzinfo=CHINA).date()
    assert promised("resolve", "city", 3, early, shipped_table()) == {}


@pytest.mark.django_db
def test_a_paused_clock_does_not_fire_and_goes_on_where_it_stood() -> None:
    matter = errand()
    do(standstill.pause_clock, matter, "waits_for_expert", when="09-30 10:00")
    assert actions.fire_due_clocks(by=WORKER, at=at("12-01 00:00")) == 0
    assert local(do(standstill.resume_clock, matter, when="10-10 09:00")) == "10-15 00:00"
    assert actions.fire_due_clocks(by=WORKER, at=at("10-14 23:59:59")) == 0
    assert actions.fire_due_clocks(by=WORKER, at=at("10-15 00:00")) == 1
    entries = journal.history(matter.id)
    assert [entry.move for entry in entries] == ["open", "pause_clock", "resume_clock", "late"]
    assert entries[1].facts["reason"] == "waits_for_expert"
    assert entries[2].facts["was_due_at"] == "2026-10-10T16:00:00.000000+00:00"


@pytest.mark.django_db
def test_a_clock_of_seconds_stands_still_too() -> None:
    matter = errand(timedelta(seconds=90))
    do(standstill.pause_clock, matter, "road_closed", when="09-28 09:01")
    assert local(do(standstill.resume_clock, matter, when="09-28 10:00")) == "09-28 10:00"
    assert clock(matter).due_at == at("09-28 10:00:30")


@pytest.mark.django_db
def test_more_time_is_asked_for_in_time_and_granted_by_somebody_else() -> None:
    matter = errand()
    do(standstill.ask_extension, matter, 3, "needs_expert", when="10-10 23:59")
    assert local(clock(matter).due_at) == "10-11 00:00"
    do(standstill.answer_extension, matter, True, when="10-10 23:59:30", by=CHIEF)
    found = clock(matter)
    assert (local(found.due_at), found.term, found.asked) == ("10-15 00:00", "8 working_days next_day", 0)
    told = journal.history(matter.id)[-1]
    assert (told.move, told.facts["term"], told.actor) == (
        "grant_extension",
        "8 working_days next_day",
        CHIEF.id,
    )


@pytest.mark.django_db
def test_what_was_asked_in_time_and_granted_late_is_late_no_more_but_was() -> None:
    matter = errand()
    do(standstill.ask_extension, matter, 3, "needs_expert", when="10-10 20:00")
    actions.fire_due_clocks(by=WORKER, at=at("10-11 00:00"))
    do(standstill.answer_extension, matter, True, when="10-12 09:00", by=CHIEF)
    assert clock(matter).fired_at is None
    assert [entry.move for entry in journal.history(matter.id)][-2:] == ["late", "grant_extension"]
    assert actions.fire_due_clocks(by=WORKER, at=at("10-15 00:00")) == 1


@pytest.mark.django_db
def test_a_refused_extension_moves_nothing() -> None:
    matter = errand()
    do(standstill.ask_extension, matter, 3, "needs_expert", when="10-10 20:00")
    do(standstill.answer_extension, matter, False, "not_needed", when="10-10 21:00", by=CHIEF)
    assert (local(clock(matter).due_at), clock(matter).asked) == ("10-11 00:00", 0)


def paused(matter: Matter) -> None:
    do(standstill.pause_clock, matter, "r", when="09-29 09:00")


def asked(matter: Matter) -> None:
    do(standstill.ask_extension, matter, 1, "r", when="09-29 09:00")


def nothing(_matter: Matter) -> None: ...


REFUSED: list[tuple[Callable[[Matter], None], Callable[[Matter], Any], type[Refusal]]] = [
    (nothing, lambda m: do(standstill.pause_clock, m, "r", when="10-11 00:00"), Conflict),
    (nothing, lambda m: do(standstill.pause_clock, m, "Mrs Made-up is away", when="09-29 09:00"), Invalid),
    (nothing, lambda m: do(standstill.pause_clock, m, "", when="09-29 09:00"), Invalid),
    (nothing, lambda m: do(standstill.pause_clock, m, "r", when="09-29 09:00", by=STRANGER), NotAllowed),
    (nothing, lambda m: do(standstill.resume_clock, m, when="09-29 09:00"), Conflict),
    (paused, lambda m: do(standstill.pause_clock, m, "r", when="09-29 10:00"), Conflict),
    (paused, lambda m: do(standstill.resume_clock, m, when="09-29 10:00", by=STRANGER), NotAllowed),
    (nothing, lambda m: do(standstill.ask_extension, m, 1, "r", when="10-11 00:00"), Conflict),
    (nothing, lambda m: do(standstill.ask_extension, m, 0, "r", when="09-29 09:00"), Invalid),
    (nothing, lambda m: do(standstill.ask_extension, m, 9_999, "r", when="09-29 09:00"), Invalid),
    (nothing, lambda m: do(standstill.ask_extension, m, 1, "", when="09-29 09:00"), Invalid),
    (asked, lambda m: do(standstill.ask_extension, m, 1, "r", when="09-29 10:00"), Conflict),
    (asked, lambda m: do(standstill.answer_extension, m, True, when="09-29 10:00"), NotAllowed),
    (asked, lambda m: do(standstill.answer_extension, m, False, when="09-29 10:00", by=CHIEF), Invalid),
    (
        asked,
        lambda m: do(standstill.answer_extension, m, False, "No!", when="09-29 10:00", by=CHIEF),
        Invalid,
    ),
    (asked, lambda m: do(standstill.answer_extension, m, True, "r", when="09-29 10:00", by=CHIEF), Invalid),
    (nothing, lambda m: do(standstill.answer_extension, m, True, when="09-29 10:00", by=CHIEF), Conflict),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "step", "refusal"), REFUSED)
def test_a_refusal_changes_nothing(
    before: Callable[[Matter], None], step: Callable[[Matter], Any], refusal: type[Refusal]
) -> None:
    matter = errand()
    before(matter)
    row, size = Clock.objects.filter(matter=matter).values().get(), journal_size()
    with pytest.raises(refusal):
        step(matter)
    assert (Clock.objects.filter(matter=matter).values().get(), journal_size()) == (row, size)


@pytest.mark.django_db
def test_a_clock_that_was_answered_is_not_there_any_more() -> None:
    matter = errand()
    with transaction.atomic():
        actions.move(matter, "begin", by=WORKER, at=START)
        actions.move(matter, "finish", Change({"how": "well"}), by=WORKER, at=START)
    with pytest.raises(NotFound):
        do(standstill.pause_clock, matter, "r", when="09-29 09:00")


@pytest.mark.parametrize(
    ("ready", "mine", "theirs"),
    [
        (nothing, ("pause_clock", "r"), ("pause_clock", "r")),
        (nothing, ("ask_extension", 1, "r"), ("pause_clock", "r")),
        (paused, ("resume_clock",), ("resume_clock",)),
        (asked, ("answer_extension", True), ("answer_extension", True)),
        (asked, ("answer_extension", False, "r"), ("answer_extension", True)),
    ],
)
def test_who_read_before_the_other_moved_is_refused(
    committed: None,
    monkeypatch: pytest.MonkeyPatch,
    ready: Any,
    mine: tuple[Any, ...],
    theirs: tuple[Any, ...],
) -> None:
    matter = errand()
    ready(matter)

    def other() -> None:
        step, *words = theirs
        do(getattr(standstill, step), Matter.objects.get(pk=matter.pk), *words, when="09-30 09:00", by=CHIEF)

    moves_in_between(monkeypatch, queries, "clock_of", other)
    step, *words = mine
    size = journal_size()
    with pytest.raises(Conflict):
        do(getattr(standstill, step), matter, *words, when="09-30 10:00", by=somebody("third"))
    assert journal_size() == size + 1


STEPS = st.sampled_from(["pause", "resume", "ask", "grant", "refuse", "fire", "begin", "finish", "again"])


def walk(matter: Matter, step: str, when: datetime) -> None:
    name, by = "resolve", {"by": WORKER, "at": when}
    why: dict[str, tuple[str, ...]] = {"grant": (), "refuse": ("r",)}
    if step == "pause":
        standstill.pause_clock(matter, name, "r", **by)  # type: ignore[arg-type]  # an actor and a moment
    elif step == "resume":
        standstill.resume_clock(matter, name, **by)  # type: ignore[arg-type]  # an actor and a moment
    elif step == "ask":
        standstill.ask_extension(matter, name, 2, "r", **by)  # type: ignore[arg-type]  # an actor and a moment
    elif step in ("grant", "refuse"):
        standstill.answer_extension(matter, name, step == "grant", *why[step], by=CHIEF, at=when)
    elif step == "fire":
        actions.fire_due_clocks(by=WORKER, at=when)
    else:
        words = {"finish": {"how": "well"}, "again": {"reason": "not_well"}}.get(step, {})
        anew = Change(words, {"resolve": FIVE} if step == "again" else {})
        actions.move(matter, step, anew, by=WORKER, at=when)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STEPS, st.integers(1, 100)), max_size=14))
def test_whatever_is_tried_each_row_gives_its_due_time_again(steps: list[tuple[str, int]]) -> None:
    """And a clock that stands still has never fired, a new round begins a new clock, the old ones stay."""
    matter, when = errand(), START
    for step, hours in steps:
        when += timedelta(hours=hours)
        try:
            with transaction.atomic():
                walk(Matter.objects.get(pk=matter.pk), step, when)
        except Refusal:
            continue
    for found in Clock.objects.filter(matter=matter):
        pauses = [Pause(*map(datetime.fromisoformat, pair)) for pair in found.pauses]
        again = due(parse_term(found.term), shipped_calendar("cn"), found.started_at, pauses)
        assert (again.at, again.provisional) == (found.due_at, found.provisional)
        assert found.fired_at is None or found.fired_at >= found.due_at
        assert found.fired_at is None or found.paused_at is None
    rounds = list(Clock.objects.filter(matter=matter).order_by("id").values_list("round", flat=True))
    assert rounds == sorted(set(rounds))
    history = journal.history(matter.id)
    assert first_misfit(history) is None
    assert Matter.objects.get(pk=matter.pk).version == len(history)


@pytest.mark.django_db
def test_a_clock_that_runs_is_said_to_run() -> None:
    with pytest.raises(Conflict, match="runs already"):
        do(standstill.resume_clock, errand(), when="09-30 10:00")
