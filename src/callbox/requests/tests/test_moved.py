# SPDX-License-Identifier: Apache-2.0
"""Who waits and who works are told once when a new edition moved a due time, and when the quiet hours are over."""

from datetime import timedelta

import pytest
from tests.faults.kill import every_point
from tests.world import AT, CLOCKS, LATER, call_taker

from callbox.access.domain import system_actor
from callbox.access.models import Agency
from callbox.journal import queries as journal
from callbox.matters.models import Clock
from callbox.matters.promises import shipped_table
from callbox.matters.settling import settle_clocks
from callbox.matters.terms import load_terms, plan_terms
from callbox.messages.actions import quiet_until, set_reach
from callbox.messages.models import Message
from callbox.messages.queries import letter_of
from callbox.requests.actions import accept_request, withdraw_request
from callbox.requests.domain import RESOLVE
from callbox.requests.models import Request
from callbox.requests.personal import Contact
from callbox.requests.telling import tell_residents
from callbox.requests.tests.scene import desk_of, request, town

SETUP = system_actor("setup")
TEXT = shipped_table().text
ZH = Contact("Made-up Name", "made-up@city.example", "zh-hans")


@pytest.fixture(autouse=True)
def in_town(committed: None) -> None:
    """Agencies, areas and rules; the roads have an address of their own."""
    town()
    set_reach(f"agency:{roads()}", "email", "roads@city.example", "zh-hans", by=SETUP, at=AT)


def roads() -> str:
    return str(Agency.objects.get(code="roads").pk)


def accepted(contact: Contact = ZH) -> Request:
    row = request(contact=contact)
    accept_request(row.pk, by=desk_of("roads"), at=LATER)
    tell()
    return row


def tell() -> None:
    while tell_residents(at=LATER):
        pass


def load(old: str, new: str) -> None:
    assert old in TEXT
    load_terms(plan_terms(TEXT.replace(old, new), by=SETUP, at=LATER), by=SETUP, at=LATER)
    while settle_clocks(by=CLOCKS, at=LATER):
        pass


def moved(row: Request) -> dict[str, Message]:
    found = Message.objects.filter(matter_id=row.pk, letter__startswith="requests.moved")
    return {each.letter.removeprefix("requests."): each for each in found}


def test_resident_and_desk_are_told_once_of_the_new_date() -> None:
    row = accepted()
    was = Clock.objects.get(matter_id=row.pk, name=RESOLVE).due_at
    load("5 working_days", "7 working_days")
    tell()
    tell()
    due = Clock.objects.get(matter_id=row.pk, name=RESOLVE).due_at
    assert due > was
    assert Message.objects.filter(letter__startswith="requests.moved").count() == 2
    found = moved(row)
    resident, desk = letter_of(found["moved"]), letter_of(found["moved_desk"])
    assert resident
    assert desk
    assert (resident.to, desk.to) == ("made-up@city.example", "roads@city.example")
    zone_due = str(journal.history(row.pk)[-1].facts["due_at"])[:10]
    assert "承诺办结时间已调整为" in resident.body
    assert "时限由" in desk.body
    assert zone_due[:4] in desk.body
    assert found["moved"].due_at == quiet_until(LATER) == found["moved_desk"].due_at


def test_of_a_promise_to_contact_them_the_desk_alone_is_told() -> None:
    row = accepted()
    load("first_contact\t*\t1-5\t1 working_days", "first_contact\t*\t1-5\t2 working_days")
    tell()
    assert list(moved(row)) == ["moved_desk"]


def test_nobody_is_told_where_nothing_moved() -> None:
    row = accepted()
    load("7200 seconds at_once", "7300 seconds at_once")
    tell()
    assert moved(row) == {}


def test_nobody_at_the_desk_is_told_of_what_is_over() -> None:
    row = accepted()
    load("5 working_days", "7 working_days")
    withdraw_request(row.pk, "by_reporter", by=call_taker(), at=LATER + timedelta(minutes=1))
    tell()
    assert "moved_desk" not in moved(row)


def test_killed_anywhere_each_is_told_once() -> None:
    accepted()
    load("5 working_days", "6 working_days")
    days = [6]

    def check(_alive: bool) -> None:
        tell()
        assert Message.objects.filter(letter__startswith="requests.moved").count() == 2 * len(days)
        days.append(days[-1] + 1)
        load("5 working_days", f"{days[-1]} working_days")

    assert every_point(lambda: tell_residents(at=LATER), check) > 3
