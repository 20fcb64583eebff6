# SPDX-License-Identifier: Apache-2.0
"""Parts for several agencies, more time, and passing on: who may, what stays promised, and who sees it afterwards."""

from datetime import timedelta

import pytest
from django.db import transaction
from tests.world import AT, LATER, call_taker, dispatcher, journal_size, someone, supervisor

from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from callbox.matters.models import Clock
from callbox.matters.standstill import answer_extension, ask_extension
from callbox.requests import queries
from callbox.requests.actions import accept_request, close_request, feed_back
from callbox.requests.dividing import split_request, waive_request_part
from callbox.requests.extending import answer_for_time, ask_for_time
from callbox.requests.models import Request
from callbox.requests.passing import answer_pass_on, pass_on
from callbox.requests.tests.scene import desk_of, now, request, town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_town() -> None:
    """Agencies, areas and rules."""
    town()


def answered(row: Request) -> None:
    """The lead has fed back."""
    accept_request(row.pk, by=desk_of("roads"), at=LATER)
    feed_back(row.pk, "solved", by=desk_of("roads"), at=LATER)


def test_a_request_closes_only_after_its_parts() -> None:
    row = request(hidden=False)
    part = split_request(row.pk, "water", by=call_taker(), at=LATER)
    told = queries.details_for(desk_of("water"), now(part), purpose="handle", at=LATER)[1]
    assert (told.words, told.contact.name) == ("made-up words", "Made-up Name")
    assert queries.reporter_for(call_taker(), now(part), purpose="handle", at=LATER).number == ""
    with pytest.raises(NotFound):
        queries.request_for(desk_of("water"), row.pk)
    answered(row)
    before = journal_size()
    with pytest.raises(Conflict, match="Still open"):
        close_request(row.pk, "solved", by=call_taker(), at=LATER)
    assert (journal_size(), now(row).open) == (before, True)
    accept_request(part.pk, by=desk_of("water"), at=LATER)
    feed_back(part.pk, "solved", by=desk_of("water"), at=LATER)
    close_request(part.pk, "solved", by=call_taker(), at=LATER)
    close_request(row.pk, "solved", by=call_taker(), at=LATER)
    assert [each.request.pk for each in queries.parts_of(call_taker(), row)] == [part.pk]


def test_a_part_is_done_without_only_by_a_supervisor_and_with_a_reason() -> None:
    row = request()
    part = split_request(row.pk, "water", by=call_taker(), at=LATER)
    answered(row)
    with pytest.raises(NotAllowed):
        waive_request_part(row.pk, part.pk, "not_needed", by=call_taker(), at=LATER)
    with pytest.raises(Invalid):
        waive_request_part(row.pk, part.pk, "no need, says Mr Smith", by=supervisor(), at=LATER)
    waive_request_part(row.pk, part.pk, "not_needed", by=supervisor(), at=LATER)
    close_request(row.pk, "solved", by=call_taker(), at=LATER)
    assert now(part).open


def test_a_hidden_reporter_is_hidden_from_the_part_too_and_a_part_has_no_parts() -> None:
    row = request(hidden=True)
    part = split_request(row.pk, "water", by=call_taker(), at=LATER)
    told = queries.details_for(desk_of("water"), now(part), purpose="handle", at=LATER)[1]
    assert (told.words, told.contact.name, told.contact.number) == ("made-up words", "", "")
    before = (journal_size(), Request.objects.count())
    for who, agency, error in (
        (call_taker(), "power", Conflict),
        (call_taker(), "nobody", Invalid),
        (desk_of("water"), "power", NotAllowed),
    ):
        with pytest.raises(error):
            split_request(part.pk, agency, by=who, at=LATER)
    assert (journal_size(), Request.objects.count()) == before


def resolve_clock(row: Request) -> Clock:
    return Clock.objects.get(matter_id=row.pk, name="resolve", stopped_at=None)


def test_more_time_is_asked_before_it_ran_out_and_granted_by_somebody_else() -> None:
    row, roads = request(), desk_of("roads")
    accept_request(row.pk, by=roads, at=AT)
    was = resolve_clock(row).due_at
    ask_for_time(row.pk, 3, "needs_parts", by=roads, at=LATER)
    assert (queries.time_asked(row), resolve_clock(row).due_at) == (3, was)
    with pytest.raises(Conflict):
        ask_for_time(row.pk, 1, "needs_parts", by=roads, at=LATER)
    for nobody in (roads, call_taker()):
        with pytest.raises(NotAllowed):
            answer_for_time(row.pk, True, by=nobody, at=LATER)
    answer_for_time(row.pk, True, by=supervisor(), at=LATER)
    assert resolve_clock(row).due_at > was
    assert [entry.move for entry in journal.history(row.pk)][-2:] == ["ask_extension", "grant_extension"]


def test_what_is_late_is_not_extended_and_who_assists_asks_for_nothing() -> None:
    row = request()
    accept_request(row.pk, by=desk_of("roads"), at=AT)
    with pytest.raises(NotAllowed):
        ask_for_time(row.pk, 1, "needs_parts", by=desk_of("power"), at=LATER)
    after = resolve_clock(row).due_at
    before = journal_size()
    with pytest.raises(Conflict):
        ask_for_time(row.pk, 1, "needs_parts", by=desk_of("roads"), at=after)
    assert journal_size() == before


def test_only_a_desk_of_the_agency_asks_for_more_time_and_only_a_supervisor_answers() -> None:
    row, keys = request(), desk_of("roads").keys
    accept_request(row.pk, by=desk_of("roads"), at=AT)
    crew = someone("crew", *keys)  # theirs, and yet not theirs to ask for
    before = journal_size()
    with pytest.raises(NotAllowed), transaction.atomic():
        ask_extension(now(row).matter, "resolve", 1, "needs_parts", by=crew, at=LATER)
    ask_for_time(row.pk, 3, "needs_parts", by=desk_of("roads"), at=LATER)
    for nobody in (desk_of("roads", "another"), call_taker(), dispatcher()):
        with pytest.raises(NotAllowed), transaction.atomic():
            answer_extension(now(row).matter, "resolve", True, by=nobody, at=LATER)
    assert (journal_size(), queries.time_asked(row)) == (before + 1, 3)


def test_what_is_passed_on_stays_until_it_is_taken_over_and_its_promises_stay() -> None:
    row, roads, water = request(), desk_of("roads"), desk_of("water")
    accept_request(row.pk, by=roads, at=AT)
    was = resolve_clock(row).due_at
    pass_on(row.pk, "water", by=roads, at=LATER)
    assert now(row).matter.owner in roads.keys
    with pytest.raises(NotAllowed):
        feed_back(row.pk, "solved", by=water, at=LATER)
    with pytest.raises(Conflict):
        answer_pass_on(row.pk, True, by=roads, at=LATER)
    answer_pass_on(row.pk, True, by=water, at=LATER)
    taken = now(row)
    assert taken.agency is not None
    assert (taken.agency.code, taken.matter.owner in water.keys) == ("water", True)
    assert (taken.matter.state, resolve_clock(row).due_at) == ("accepted", was)
    with pytest.raises(NotFound):
        queries.request_for(roads, row.pk)
    feed_back(row.pk, "solved", by=water, at=LATER)


def test_what_is_refused_stays_and_who_refused_sees_it_no_more() -> None:
    row, roads, water = request(), desk_of("roads"), desk_of("water")
    pass_on(row.pk, "water", by=roads, at=LATER)
    answer_pass_on(row.pk, False, by=water, at=LATER)
    kept = now(row)
    assert kept.agency is not None
    assert (kept.agency.code, kept.matter.owner in roads.keys) == ("roads", True)
    with pytest.raises(NotFound):
        queries.request_for(water, row.pk)
    accept_request(row.pk, by=roads, at=LATER + timedelta(minutes=1))


@pytest.mark.parametrize(("agency", "error"), [("roads", Invalid), ("nobody", Invalid)])
def test_it_is_passed_on_to_another_agency_that_there_is(agency: str, error: type[Exception]) -> None:
    row = request()
    before = journal_size()
    with pytest.raises(error):
        pass_on(row.pk, agency, by=desk_of("roads"), at=LATER)
    with pytest.raises(NotAllowed):
        pass_on(row.pk, "water", by=desk_of("power"), at=LATER)
    assert journal_size() == before
