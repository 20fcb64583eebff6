# SPDX-License-Identifier: Apache-2.0
"""The end of a request: the resident is asked, and what they say has consequences by itself."""

from datetime import datetime, timedelta

import pytest
from tests.world import AT, LATER, call_taker, journal_size, moves_in_between, supervisor

from callbox.access.domain import system_actor
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Invalid, NotAllowed
from callbox.matters.actions import fire_due_clocks
from callbox.matters.climbing import climb_ladders
from callbox.matters.domain import workflow_of
from callbox.matters.models import Clock, Matter, Step
from callbox.requests import queries
from callbox.requests.actions import accept_request, assign_request, close_request, feed_back
from callbox.requests.asking import may_say, note_said, supervise_request
from callbox.requests.domain import KIND, RESOLVE, limit
from callbox.requests.endings import NO, YES, load_answers, satisfaction
from callbox.requests.models import Request
from callbox.requests.speaking import answer_own
from callbox.requests.tests.scene import desk_of, now, request, town

OVER = AT + timedelta(days=limit("ask_days", AT.date()) + 1)


@pytest.fixture
def in_town(db: None) -> None:
    """Agencies, areas and rules."""
    town()


def answered(row: Request | None = None, at: datetime = LATER) -> Request:
    """A request that the agency has answered: the resident is asked."""
    row = row or request()
    accept_request(row.pk, by=desk_of("roads"), at=at)
    feed_back(row.pk, "solved", by=desk_of("roads"), at=at)
    return now(row)


def running(row: Request) -> set[str]:
    return set(Clock.objects.filter(matter_id=row.pk, stopped_at=None).values_list("name", flat=True))


@pytest.mark.usefixtures("in_town")
@pytest.mark.parametrize("said", ["satisfied", "unreachable", "no_answer"])
def test_who_is_satisfied_or_not_reached_ends_it_as_the_agency_said(said: str) -> None:
    row = answered()
    note_said(row.pk, said, by=call_taker(), at=LATER)
    row = now(row)
    assert (row.matter.state, row.disposition, row.said, row.reopened) == ("closed", "solved", said, 0)
    assert running(row) == set()
    moves = [(entry.move, entry.actor.split(":")[0]) for entry in journal.history(row.pk)[-2:]]
    assert moves == [("ask", "person"), ("close", "system")]


@pytest.mark.usefixtures("in_town")
@pytest.mark.parametrize("said", ["unsatisfied", "not_resolved"])
@pytest.mark.parametrize("closed", [False, True])
def test_who_is_not_satisfied_has_it_back_with_the_same_lead_once_then_with_the_supervisors(
    said: str, closed: bool
) -> None:
    row = answered()
    if closed:
        close_request(row.pk, "solved", by=call_taker(), at=LATER)
    answer_own(row.pk, said, at=LATER)
    row = now(row)
    assert row.agency is not None
    assert (row.matter.state, row.agency.code, row.matter.round) == ("assigned", "roads", 2)
    assert row.matter.owner in desk_of("roads").keys
    assert running(row) == {"sign_for"}
    answer_own(answered(row).pk, said, at=LATER)
    row = now(row)
    assert (row.matter.state, row.matter.owner, row.agency) == ("supervised", "desk:supervision", None)
    assert (row.matter.round, row.reopened, running(row)) == (3, 2, {"supervision"})
    assert queries.inbox(desk_of("roads"), queries.Wanted()) == []
    said_so = [entry.facts.get("said") for entry in journal.history(row.pk) if entry.move == "ask"]
    assert said_so == [said, said]


@pytest.mark.usefixtures("in_town")
def test_a_supervisor_sends_it_on_and_then_its_clock_stands() -> None:
    row = answered()
    supervise_request(row.pk, "not_resolved", by=supervisor(), at=LATER)
    with pytest.raises(NotAllowed):
        supervise_request(answered(request()).pk, "not_resolved", by=call_taker(), at=LATER)
    assign_request(row.pk, "water", by=supervisor(), at=LATER)
    row = now(row)
    assert (row.matter.state, running(row)) == ("assigned", {"sign_for"})
    assert row.matter.owner in desk_of("water").keys


@pytest.mark.usefixtures("in_town")
def test_supervision_has_a_ladder_of_its_own() -> None:
    row, clocks = answered(), system_actor("clocks")
    supervise_request(row.pk, "not_resolved", by=supervisor(), at=LATER)
    late = LATER + timedelta(days=20)
    climb_ladders(by=clocks, at=late)
    fire_due_clocks(by=clocks, at=late)
    climb_ladders(by=clocks, at=late)
    steps = Step.objects.filter(matter_id=row.pk, clock__name="supervision").order_by("number")
    assert [(step.action, step.role) for step in steps] == [
        ("supervise", "supervisor"),
        ("report", "supervisor"),
    ]


@pytest.mark.usefixtures("in_town")
def test_a_closed_one_can_be_spoken_of_within_its_window_and_no_longer() -> None:
    row = answered()
    close_request(row.pk, "solved", by=call_taker(), at=AT)
    assert may_say(now(row), LATER) == ["satisfied", "unsatisfied", "not_resolved"]
    assert may_say(now(row), OVER) == []
    before = journal_size()
    with pytest.raises(Conflict):
        answer_own(row.pk, "unsatisfied", at=OVER)
    assert journal_size() == before
    answer_own(row.pk, "satisfied", at=LATER)
    assert (now(row).matter.state, now(row).said) == ("closed", "satisfied")
    assert may_say(now(row), LATER) == ["unsatisfied", "not_resolved"]
    with pytest.raises(Conflict):
        answer_own(row.pk, "satisfied", at=LATER)


@pytest.mark.usefixtures("in_town")
@pytest.mark.parametrize("said", ["unreachable", "no_answer", "delighted", ""])
def test_a_resident_says_none_of_what_only_who_asked_can_know(said: str) -> None:
    row, before = answered(), journal_size()
    with pytest.raises(Invalid):
        answer_own(row.pk, said, at=LATER)
    assert (journal_size(), now(row).matter.state) == (before + 0, "answered")


@pytest.mark.usefixtures("in_town")
def test_nobody_is_asked_about_what_goes_on_and_an_agency_asks_nobody() -> None:
    row = request()
    assert may_say(now(row), LATER) == []
    with pytest.raises(Conflict):
        note_said(row.pk, "satisfied", by=call_taker(), at=LATER)
    row = answered(row)
    with pytest.raises(NotAllowed):
        note_said(row.pk, "satisfied", by=desk_of("power"), at=LATER)


def test_of_two_answers_at_once_one_counts(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    town()
    row = answered()
    moves_in_between(monkeypatch, queries, "request_for", lambda: answer_own(row.pk, "unsatisfied", at=LATER))
    with pytest.raises(Conflict):
        note_said(row.pk, "unsatisfied", by=call_taker(), at=LATER)
    assert (now(row).matter.state, now(row).matter.round, now(row).reopened) == ("assigned", 2, 1)


@pytest.mark.usefixtures("in_town")
def test_what_began_before_anybody_was_asked_ends_as_it_began() -> None:
    row = request()
    Matter.objects.filter(pk=row.pk).update(workflow_version=1)
    row = answered(row)
    assert may_say(row, LATER) == []
    before = journal_size()
    with pytest.raises(Invalid):
        note_said(row.pk, "satisfied", by=call_taker(), at=LATER)
    assert journal_size() == before
    close_request(row.pk, "solved", by=call_taker(), at=LATER)


def test_version_two_has_every_step_of_version_one() -> None:
    one, two = workflow_of(KIND, 1), workflow_of(KIND, 2)
    assert set(one.by_name) < set(two.by_name)
    for name, step in one.by_name.items():
        assert step.sources <= two.by_name[name].sources
        assert (step.to, step.starts) == (two.by_name[name].to, two.by_name[name].starts)


def test_who_was_not_reached_is_never_counted_as_satisfied() -> None:
    said = {"satisfied": 3, "unsatisfied": 1, "not_resolved": 1, "unreachable": 90, "no_answer": 5}
    found = satisfaction(said)
    assert (found.asked, found.answered, found.satisfied) == (100, 5, 3)
    assert [code for code, answer in load_answers().items() if answer.counts == YES] == ["satisfied"]
    assert {code for code, answer in load_answers().items() if answer.counts == NO} == {
        "unsatisfied",
        "not_resolved",
    }


@pytest.mark.usefixtures("in_town")
def test_a_promise_of_the_new_round_is_a_new_one() -> None:
    row = answered()
    first = queries.promise_of(row, RESOLVE)
    answer_own(row.pk, "unsatisfied", at=LATER + timedelta(days=10))
    accept_request(row.pk, by=desk_of("roads"), at=LATER + timedelta(days=10))
    again = queries.promise_of(row, RESOLVE)
    assert first is not None
    assert again is not None
    assert again > first + timedelta(days=9)
    assert Clock.objects.filter(matter_id=row.pk, name=RESOLVE).count() == 2
