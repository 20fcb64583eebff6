# SPDX-License-Identifier: Apache-2.0
"""A request from start to end: who has it, what is promised, and what nobody may do."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.world import AT, LATER, call_taker, journal_size, someone, supervisor

from callbox.access.domain import system_actor
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from callbox.matters.models import Clock
from callbox.requests import queries
from callbox.requests.actions import (
    accept_request,
    add_remark,
    assign_request,
    close_request,
    feed_back,
    merge_request,
    note_contact,
    reopen_request,
    resume_request,
    return_request,
    set_confidential,
    suspend_request,
    withdraw_request,
)
from callbox.requests.models import Details, Remark, Reporter, Request
from callbox.requests.retention import erase_expired
from callbox.requests.taking import Report, open_request
from callbox.requests.tests.scene import WHERE, desk_of, now, request, town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_town() -> None:
    """Agencies, areas and rules."""
    town()


def test_a_request_goes_to_whom_the_rules_name_and_says_why() -> None:
    row = now(request())
    assert row.agency is not None
    assert (row.agency.code, row.rule, row.why) == ("roads", "road/*/*/*/2026-01-01", "group/any")
    assert (row.district, row.grid, row.sub_grid) == ("D1", "G00", "S10")
    assert (row.matter.state, row.matter.owner) == ("assigned", f"agency:{row.agency.pk}")
    entries = journal.history(row.pk)
    assert [(entry.move, entry.actor) for entry in entries[1:]] == [("assign", "system:routing")]
    assert entries[1].facts["fits"] == "group/any"
    assert not {"made-up words", "Made-up Name", "made-up street 1"} & set(
        str([e.facts for e in entries]).split("'")
    )


def test_what_no_rule_names_anybody_for_stays_with_the_desk() -> None:
    from tests.world import SETUP

    from callbox.requests.editions import load_edition, plan_edition
    from callbox.requests.tests.drawn import rules

    load_edition(plan_edition("rules", rules("water/* * - water - -"), by=SETUP), by=SETUP, at=AT)
    row = now(request())
    assert (row.matter.state, row.matter.owner, row.agency) == ("received", "desk:requests", None)
    assign_request(row.pk, "power", by=call_taker(), at=LATER)
    assert now(row).matter.state == "assigned"
    assert queries.request_for(desk_of("power"), row.pk)


def test_a_request_from_start_to_end_with_its_promises() -> None:
    row, roads = request(), desk_of("roads")
    assert running(row) == {"sign_for"}
    accept_request(row.pk, by=roads, at=LATER)
    assert running(row) == {"first_contact", "resolve"}
    note_contact(row.pk, "reached", by=roads, at=LATER)
    feed_back(row.pk, "solved", "made-up: filled", by=roads, at=LATER)
    assert (running(row), now(row).matter.owner) == ({"call_back"}, "desk:requests")
    close_request(row.pk, "solved", by=call_taker(), at=LATER)
    assert (running(row), now(row).open, now(row).matter.final) == (set(), False, True)
    reopen_request(row.pk, "unsatisfied", by=supervisor(), at=LATER)
    again = now(row)
    assert (again.matter.round, again.matter.state, again.open) == (2, "assigned", True)
    assert again.matter.owner in roads.keys
    assert running(row) == {"sign_for"}


def running(row: Request) -> set[str]:
    return set(Clock.objects.filter(matter_id=row.pk, stopped_at=None).values_list("name", flat=True))


def test_the_journal_alone_tells_how_promises_were_kept() -> None:
    row, roads = request(), desk_of("roads")
    accept_request(row.pk, by=roads, at=AT)
    (kept,) = [kept for chain, kept in queries.promises_kept("resolve") if chain == row.pk]
    clock = Clock.objects.get(matter_id=row.pk, name="resolve")
    assert (kept.due_at, kept.answered_at, kept.overdue(clock.due_at)) == (clock.due_at, None, False)
    assert kept.overdue(clock.due_at + timedelta(seconds=1))
    suspend_request(row.pk, "waits_for_parts", by=roads, at=LATER)
    resume_request(row.pk, by=roads, at=LATER + timedelta(days=3))
    clock.refresh_from_db()
    (kept,) = [kept for chain, kept in queries.promises_kept("resolve") if chain == row.pk]
    assert kept.due_at == clock.due_at
    feed_back(row.pk, "solved", by=roads, at=clock.due_at + timedelta(seconds=1))
    (kept,) = [kept for chain, kept in queries.promises_kept("resolve") if chain == row.pk]
    assert kept.late


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, False), (1, True)])
def test_a_promise_of_another_system_is_kept_as_it_was_given(seconds: int, late: bool) -> None:
    due_at = datetime(2026, 11, 3, tzinfo=UTC)
    row, roads = request(due_at=due_at), desk_of("roads")
    accept_request(row.pk, by=roads, at=LATER)
    assert Clock.objects.get(matter_id=row.pk, name="resolve").due_at == due_at
    feed_back(row.pk, "solved", by=roads, at=due_at + timedelta(seconds=seconds))
    assert [kept.late for _chain, kept in queries.promises_kept("resolve")] == [late]


def test_what_is_returned_too_often_goes_to_the_backstop_which_may_not_return_it() -> None:
    row = request()
    return_request(row.pk, "not_ours", by=desk_of("roads"), at=LATER)
    back = now(row)
    assert (back.matter.state, back.matter.owner, back.returns) == ("returned", "desk:requests", 1)
    with pytest.raises(NotFound):
        queries.request_for(desk_of("roads"), row.pk)
    assign_request(row.pk, "power", by=call_taker(), at=LATER)
    return_request(row.pk, "not_ours", by=desk_of("power"), at=LATER)
    last = now(row)
    assert last.agency is not None
    assert (last.agency.code, last.at_backstop, last.matter.state) == ("city", True, "assigned")
    before = journal_size()
    with pytest.raises(Conflict, match="returned too often"):
        return_request(row.pk, "not_ours", by=desk_of("city"), at=LATER)
    assert (journal_size(), now(row).returns) == (before, 2)
    accept_request(row.pk, by=desk_of("city"), at=LATER)


def test_what_was_promised_to_the_resident_stays_when_another_agency_gets_it() -> None:
    row, roads = request(), desk_of("roads")
    accept_request(row.pk, by=roads, at=AT)
    suspend_request(row.pk, "waits_for_parts", by=roads, at=LATER)
    assign_request(row.pk, "water", "wrong_agency", by=call_taker(), at=LATER + timedelta(days=4))
    clock = Clock.objects.get(matter_id=row.pk, name="resolve")
    assert (clock.stopped_at, clock.paused_at, len(clock.pauses)) == (None, None, 1)
    accept_request(row.pk, by=desk_of("water"), at=LATER + timedelta(days=5))
    assert Clock.objects.get(matter_id=row.pk, name="resolve").due_at == clock.due_at


def test_who_assists_sees_it_and_decides_nothing() -> None:
    row, power = request(), desk_of("power")
    assert queries.request_for(power, row.pk)
    before = journal_size()
    for step in (accept_request, resume_request):
        with pytest.raises(NotAllowed):
            step(row.pk, by=power, at=LATER)
    with pytest.raises(NotAllowed):
        return_request(row.pk, "not_ours", by=power, at=LATER)
    assert journal_size() == before


def test_an_agency_that_has_nothing_to_do_with_it_sees_nothing() -> None:
    row, water = request(), desk_of("water")
    assert queries.inbox(water, queries.Wanted()) == []
    for step in (accept_request, resume_request):
        with pytest.raises(NotFound):
            step(row.pk, by=water, at=LATER)
    assign_request(row.pk, "water", "wrong_agency", by=call_taker(), at=LATER)
    assert queries.request_for(water, row.pk)
    with pytest.raises(NotFound):
        queries.request_for(desk_of("roads"), row.pk)


def test_a_hidden_reporter_is_hidden_from_the_agency_alone() -> None:
    row, roads = now(request(hidden=True)), desk_of("roads")
    told = queries.details_for(roads, row, purpose="handle", at=LATER)[1]
    assert (told.words, told.contact.name, told.contact.number) == ("made-up words", "", "")
    with pytest.raises(NotFound):
        queries.reporter_for(roads, row, purpose="handle", at=LATER)
    assert queries.reporter_for(call_taker(), row, purpose="handle", at=LATER).name == "Made-up Name"
    set_confidential(row.pk, False, by=call_taker(), at=LATER)
    assert queries.details_for(roads, row, purpose="handle", at=LATER)[1].contact.name == "Made-up Name"
    set_confidential(row.pk, True, by=call_taker(), at=LATER)
    assert queries.details_for(roads, row, purpose="handle", at=LATER)[1].contact.name == ""


def test_a_sensitive_category_hides_the_reporter_by_itself() -> None:
    assert now(request("labour.wages")).confidential
    assert not now(request("labour.wages", hidden=False)).confidential


def test_the_same_matter_twice_is_merged_into_an_open_one() -> None:
    one, other = request(), request()
    with pytest.raises(Invalid):
        merge_request(one.pk, one.pk, by=call_taker(), at=LATER)
    merge_request(one.pk, other.pk, by=call_taker(), at=LATER)
    assert (now(one).merged_into, now(one).open) == (other.pk, False)
    with pytest.raises(Conflict):
        merge_request(other.pk, one.pk, by=call_taker(), at=LATER)
    withdraw_request(other.pk, "by_reporter", by=call_taker(), at=LATER)


@pytest.mark.parametrize(
    ("report", "error"),
    [
        (Report("no.such"), NotFound),
        (Report("road.pothole", WHERE), Invalid),
        (Report("road.pothole", WHERE, answers={"size": "huge"}), Invalid),
    ],
)
def test_a_report_that_cannot_be_taken_leaves_nothing(report: Report, error: type[Exception]) -> None:
    before = journal_size()
    with pytest.raises(error):
        open_request(report, by=call_taker(), at=AT)
    assert (journal_size(), Request.objects.count(), Details.objects.count()) == (before, 0, 0)


def test_reasons_and_results_are_codes() -> None:
    row, roads = request(), desk_of("roads")
    with pytest.raises(Invalid):
        return_request(row.pk, "Mr Smith says no", by=roads, at=LATER)
    accept_request(row.pk, by=roads, at=LATER)
    with pytest.raises(Invalid):
        feed_back(row.pk, "done somehow", by=roads, at=LATER)
    assert now(row).matter.state == "accepted"


def test_what_is_personal_is_erased_when_the_request_is_over_and_its_date_has_come() -> None:
    row, later = request(), AT + timedelta(days=400)
    add_remark(row.pk, "made-up remark", by=call_taker(), at=AT)
    retention = system_actor("retention")
    assert erase_expired(by=retention, at=later) == 0
    withdraw_request(row.pk, "by_reporter", by=call_taker(), at=AT)
    assert erase_expired(by=retention, at=AT) == 0
    assert erase_expired(by=retention, at=later) == 3
    details = Details.objects.get(request=row)
    assert (details.sealed, details.lon, details.lat) == (None, None, None)
    assert (Reporter.objects.get(request=row).sealed, Remark.objects.get(request=row).sealed) == (None, None)
    assert now(row).district == "D1"


def test_new_rules_are_tried_on_what_was() -> None:
    from callbox.requests.routing import elsewhere, parse_rules
    from callbox.requests.tests.scene import RULES

    for _ in range(3):
        request()
    request("other")
    rules = parse_rules(RULES.replace("\troads\t", "\tpower\t"))
    assert elsewhere(rules, queries.history(AT)) == (4, {("roads", "power"): 3})
    assert elsewhere(rules, queries.history(LATER)) == (0, {})


def test_a_dispatcher_of_emergencies_sees_no_requests() -> None:
    row = request()
    with pytest.raises(NotFound):
        queries.request_for(someone("dispatcher"), row.pk)
