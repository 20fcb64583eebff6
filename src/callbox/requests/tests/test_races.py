# SPDX-License-Identifier: Apache-2.0
"""Two desks at once: one of them is told that the other was first, and nothing is done twice."""

import pytest
from tests.world import AT, LATER, call_taker, incident, journal_size, moves_in_between, second_waits_for

from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict
from callbox.matters.models import Clock
from callbox.requests import handing, lines, queries
from callbox.requests.actions import (
    accept_request,
    feed_back,
    merge_request,
    return_request,
    withdraw_request,
)
from callbox.requests.handed import open_handovers
from callbox.requests.models import Request, Ringing
from callbox.requests.ringing import begin_ringing
from callbox.requests.tests.scene import desk_of, now, request, town


def test_of_two_desks_that_accept_at_once_one_is_told(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    town()
    row = request()
    first, second = desk_of("roads", "first"), desk_of("roads", "second")
    moves_in_between(monkeypatch, queries, "request_for", lambda: accept_request(row.pk, by=first, at=LATER))
    with pytest.raises(Conflict):
        accept_request(row.pk, by=second, at=LATER)
    entries = journal.history(row.pk)
    assert [(entry.move, entry.actor) for entry in entries[2:]] == [("accept", first.id)]
    assert Clock.objects.filter(matter_id=row.pk, stopped_at=None).count() == 2


def test_what_is_returned_while_it_is_accepted_is_one_or_the_other(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    town()
    row, roads = request(), desk_of("roads")
    moves_in_between(monkeypatch, queries, "request_for", lambda: accept_request(row.pk, by=roads, at=LATER))
    with pytest.raises(Conflict):
        return_request(row.pk, "not_ours", by=roads, at=LATER)
    assert (now(row).matter.state, now(row).returns, now(row).matter.owner) == (
        "accepted",
        0,
        row.matter.owner,
    )


def test_nothing_is_merged_into_what_has_just_ended(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    town()
    one, other = request(), request()
    moves_in_between(
        monkeypatch,
        queries,
        "request_for",
        lambda: withdraw_request(other.pk, "by_reporter", by=call_taker(), at=LATER),
    )
    before = journal_size()
    with pytest.raises(Conflict):
        merge_request(one.pk, other.pk, by=call_taker(), at=LATER)
    assert (journal_size(), now(one).open) == (before + 1, True)


def test_of_two_at_the_other_line_who_take_something_on_at_once_one_is_told(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    town()
    row = handing.hand_over(lines.INCIDENT, incident().pk, "dispute", by=call_taker(), at=AT)

    def take_it(name: str) -> None:
        handing.take_over(row.pk, "other", {}, by=call_taker(name), at=LATER)

    moves_in_between(monkeypatch, handing, "handover_for", lambda: take_it("first"))
    with pytest.raises(Conflict):
        take_it("second")
    assert Request.objects.count() == 1
    assert [entry.move for entry in journal.history(row.pk)][-2:] == ["offer_accepted", "take"]


def test_what_is_handed_over_twice_at_once_is_handed_over_once(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    town()
    found = incident().pk

    def give(name: str) -> None:
        handing.hand_over(lines.INCIDENT, found, "dispute", by=call_taker(name), at=AT)

    moves_in_between(monkeypatch, handing, "source_of", lambda: give("first"))
    with pytest.raises(Conflict):
        give("second")
    assert len(open_handovers(call_taker())) == 1


def test_of_two_who_begin_at_once_one_rings(committed: None) -> None:
    town()
    row = request()
    accept_request(row.pk, by=desk_of("roads"), at=LATER)
    feed_back(row.pk, "solved", by=desk_of("roads"), at=LATER)
    with pytest.raises(Conflict):
        second_waits_for(
            lambda: begin_ringing(row.pk, by=call_taker("first"), at=LATER),
            lambda: begin_ringing(row.pk, by=call_taker("second"), at=LATER),
        )
    assert Ringing.objects.get().by == call_taker("first").id
