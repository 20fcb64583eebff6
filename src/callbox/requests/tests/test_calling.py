# SPDX-License-Identifier: Apache-2.0
"""Calling residents back: who waits longest comes first, what they say is noted, and whom nobody can ask is closed."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.request_scenes import DESK_KEYS
from tests.signed_in import person, signed_in
from tests.world import LATER, call_taker, journal_size

from callbox.access.domain import system_actor
from callbox.access.models import PersonalRead
from callbox.kernel.errors import Conflict, NotAllowed
from callbox.requests.actions import accept_request, feed_back
from callbox.requests.domain import limit
from callbox.requests.models import Request, Ringing
from callbox.requests.personal import Contact
from callbox.requests.retention import erase_expired
from callbox.requests.ringing import begin_ringing, end_ringing
from callbox.requests.tests.scene import desk_of, now, request, town

pytestmark = pytest.mark.django_db
NEXT = "/desk/requests/call-back"


@pytest.fixture
def taker() -> Client:
    """Somebody who calls back, in a town."""
    town()
    return signed_in(person("taker", "call_taker"))


def answered(**said: object) -> Request:
    """A request that the agency has answered."""
    row = request(**said)  # type: ignore[arg-type]  # of a pothole
    accept_request(row.pk, by=desk_of("roads"), at=LATER)
    feed_back(row.pk, "solved", "made-up: filled", by=desk_of("roads"), at=LATER)
    return row


def address(row: Request) -> str:
    return f"/desk/requests/{row.pk}/call-back"


def test_one_after_the_other_and_then_nobody(taker: Client) -> None:
    first, second = answered(), answered()
    assert taker.get(NEXT)["Location"] == address(first)
    assert taker.get(f"{NEXT}?after={first.number}")["Location"] == address(second)
    assert taker.get(f"{NEXT}?after=nonsense")["Location"] == address(first)
    said = {"said": "satisfied", "text": "made-up: glad", "seen": str(now(first).matter.version)}
    assert taker.post(address(first), said)["Location"] == NEXT
    assert (now(first).matter.state, now(first).said) == ("closed", "satisfied")
    assert now(first).remarks.count() == 2
    taker.post(address(second), {"said": "unreachable"})
    assert (now(second).matter.state, now(second).said) == ("closed", "unreachable")
    assert taker.get(NEXT)["Location"] == "/desk/requests?view=ask"


def test_who_is_not_satisfied_has_it_opened_again(taker: Client) -> None:
    row = answered()
    taker.post(address(row), {"said": "unsatisfied"})
    assert (now(row).matter.state, now(row).matter.round) == ("assigned", 2)
    assert taker.get(address(row))["Location"] == f"/desk/requests/{row.pk}"


def test_the_number_is_read_for_the_call_and_that_is_noted_also_where_the_agency_must_not_know_it(
    taker: Client,
) -> None:
    row = answered(hidden=True)
    page = taker.get(address(row)).content.decode()
    assert "tel:+15550100" in page
    assert "made-up: filled" in page
    assert PersonalRead.objects.filter(subject_id=row.pk, purpose="call_back").exists()


def test_whom_nobody_can_ask_is_closed_as_it_was_answered_and_counts_for_nobody(taker: Client) -> None:
    row = answered(contact=Contact())
    page = taker.get(address(row)).content.decode()
    assert 'name="said"' not in page
    taker.post(address(row), {"do": "close"})
    assert (now(row).matter.state, now(row).disposition, now(row).said) == ("closed", "solved", "")


@pytest.mark.parametrize(
    ("said", "status"), [({}, 422), ({"said": "delighted"}, 422), ({"said": "satisfied", "seen": "1"}, 409)]
)
def test_what_is_not_right_changes_nothing(taker: Client, said: dict[str, str], status: int) -> None:
    row = answered()
    before = journal_size()
    assert (taker.post(address(row), said).status_code, journal_size()) == (status, before)


def test_an_agency_calls_nobody_back(taker: Client) -> None:
    row = answered()
    roads = signed_in(person("roads", "agency_desk", keys=DESK_KEYS))
    before = journal_size()
    assert roads.get(NEXT).status_code == 403
    assert roads.get(address(row)).status_code in (403, 404)
    assert roads.post(address(row), {"said": "satisfied"}).status_code in (403, 404)
    assert journal_size() == before


@pytest.mark.parametrize("is_answered", [True, False])
def test_the_agency_does_not_ask_for_its_own_marks(taker: Client, is_answered: bool) -> None:
    row = answered() if is_answered else request()
    roads = signed_in(person("lead", "agency_desk", keys=DESK_KEYS))
    assert roads.get(f"/desk/requests/{row.pk}").status_code == 200, "it sees the request"
    before = journal_size()
    assert roads.get(address(row)).status_code == 403
    assert roads.post(address(row), {"said": "satisfied"}).status_code == 403
    assert roads.post(address(row), {}).status_code == 403
    assert (journal_size(), now(row).said) == (before, "")


def second_taker() -> Client:
    return signed_in(person("second", "call_taker"))


def test_two_call_takers_do_not_ring_the_same_resident(taker: Client) -> None:
    first, second = answered(), answered()
    other = second_taker()
    assert "tel:" in taker.get(address(first)).content.decode()
    assert taker.get(NEXT)["Location"] == address(first), "whoever has it goes on with it"
    assert other.get(NEXT)["Location"] == address(second)
    reads = PersonalRead.objects.count()
    assert other.get(address(first))["Location"] == f"/desk/requests/{first.pk}"
    before = journal_size()
    assert other.post(address(first), {"said": "satisfied"}).status_code == 409
    assert other.post(address(first), {}).status_code == 409
    assert (journal_size(), PersonalRead.objects.count(), now(first).said) == (before, reads, "")
    taker.get(address(second))  # and lets go of the first
    assert other.get(NEXT)["Location"] == address(first)
    assert taker.post(address(second), {"said": "satisfied"})["Location"] == NEXT
    assert not Ringing.objects.exists()


def test_what_somebody_opened_and_left_is_free_again_after_a_while() -> None:
    town()
    row, minutes = answered(), timedelta(minutes=limit("ring_minutes", LATER.date()))
    until = begin_ringing(row.pk, by=call_taker("first"), at=LATER)
    assert until == LATER + minutes
    with pytest.raises(Conflict):
        begin_ringing(row.pk, by=call_taker("second"), at=until - timedelta(seconds=1))
    assert Ringing.objects.get().by == call_taker("first").id
    assert begin_ringing(row.pk, by=call_taker("second"), at=until) == until + minutes
    with pytest.raises(Conflict):
        begin_ringing(row.pk, by=call_taker("first"), at=until)
    end_ringing(row.pk, by=call_taker("first"))
    assert Ringing.objects.get().by == call_taker("second").id
    erase_expired(by=system_actor("retention"), at=until + minutes)
    assert not Ringing.objects.exists()


def test_who_may_not_ask_does_not_ring() -> None:
    town()
    row = answered()
    with pytest.raises(NotAllowed):
        begin_ringing(row.pk, by=desk_of("roads"), at=LATER)
    assert not Ringing.objects.exists()
