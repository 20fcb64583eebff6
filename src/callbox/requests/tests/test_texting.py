# SPDX-License-Identifier: Apache-2.0
"""What was written to the civic line becomes a request, by one person and once."""

from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from tests.signed_in import person, signed_in
from tests.world import AT, call_taker, journal_size

from callbox.access.models import PersonalRead
from callbox.access.queries import actor_of
from callbox.intake.actions import claim_call, note_words, open_call, release_call, wrap_up_call
from callbox.intake.domain import CIVIC, EMERGENCY, Said
from callbox.intake.models import Call
from callbox.journal import queries as journal
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.requests.models import Request
from callbox.requests.taking import Report
from callbox.requests.tests.scene import town
from callbox.requests.texting import take_text, told_in

pytestmark = pytest.mark.django_db
REPORT = Report("road.light_out", words="the lamp is dark", channel="text")


def message(lane: str = CIVIC) -> UUID:
    """A message that waits on this lane."""
    by = call_taker("reader")
    call = open_call("civic", lane=lane, by=by, at=AT)
    note_words(call.pk, Said(words="the lamp is dark", number="+15550100", lon=11.5, lat=50.5), by=by, at=AT)
    release_call(call.pk, "made_up", by=by, at=AT)
    return UUID(str(call.pk))


@pytest.fixture
def taker() -> tuple[Client, Actor]:
    """Somebody at the desk of requests, in a town."""
    town()
    who = person("taker", "call_taker")
    return signed_in(who), actor_of(who, timezone.now())


def test_a_message_becomes_a_request_by_two_presses(taker: tuple[Client, Actor]) -> None:
    desk, _actor = taker
    call = message()
    listed = desk.get("/desk/requests/texts").content.decode()
    assert str(call) in listed
    assert "lamp" not in listed
    answer = desk.post(f"/desk/requests/texts/{call}/take")
    assert answer["Location"] == f"/desk/requests/new?call={call}"
    form = desk.get(answer["Location"]).content.decode()
    assert "the lamp is dark" in form
    assert "+15550100" in form
    assert PersonalRead.objects.filter(subject="call", subject_id=call, purpose="request").count() == 1
    sent = {"call": str(call), "category": "road.light_out", "words": "the lamp is dark", "channel": "text"}
    assert desk.post("/desk/requests/new", sent).status_code == 302
    row = Request.objects.get()
    assert (row.channel, Call.objects.get(pk=call).outcome) == ("text", "request")
    assert journal.history(call)[-1].facts["request"] == str(row.pk)
    assert str(call) not in desk.get("/desk/requests/texts").content.decode()
    assert desk.post("/desk/requests/new", sent).status_code == 409
    assert Request.objects.count() == 1


def test_only_who_has_it_in_hand_makes_a_request_of_it() -> None:
    town()
    call, mine = message(), call_taker("mine")
    with pytest.raises(Conflict):
        take_text(call, REPORT, by=mine, at=AT)
    claim_call(call, by=call_taker("other"), at=AT)
    before = journal_size()
    for act in (lambda: take_text(call, REPORT, by=mine, at=AT), lambda: told_in(mine, call, at=AT)):
        with pytest.raises(Conflict):
            act()
    assert (journal_size(), Request.objects.count()) == (before, 0)


def test_what_came_on_the_emergency_line_is_handed_over_first() -> None:
    town()
    call, mine = message(EMERGENCY), call_taker("mine")
    claim_call(call, by=mine, at=AT)
    with pytest.raises(Conflict, match="emergency line"):
        take_text(call, REPORT, by=mine, at=AT)
    assert Request.objects.count() == 0


def test_no_call_ends_as_a_request_without_one() -> None:
    call, mine = message(), call_taker("mine")
    claim_call(call, by=mine, at=AT)
    with pytest.raises(Invalid):
        wrap_up_call(call, "request", by=mine, at=AT)
    with pytest.raises(Invalid):
        wrap_up_call(call, "information", became=call, by=mine, at=AT)


def test_an_address_without_a_message_leads_nowhere(taker: tuple[Client, Actor]) -> None:
    desk, _actor = taker
    assert desk.get("/desk/requests/new?call=nonsense").status_code == 404
    assert desk.get(f"/desk/requests/new?call={Request().pk or UUID(int=1)}").status_code == 404
