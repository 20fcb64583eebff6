# SPDX-License-Identifier: Apache-2.0
"""Residents are told of each step in their language, each once, and nobody who gave no address."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django import Settings
from tests.faults.kill import every_point
from tests.world import AT, LATER, call_taker, moves_in_between, supervisor

from callbox.matters.models import Clock
from callbox.matters.standstill import answer_extension, ask_extension
from callbox.messages.letters import forms_of
from callbox.messages.models import Message
from callbox.messages.queries import letter_of
from callbox.requests import telling
from callbox.requests.actions import (
    accept_request,
    assign_request,
    feed_back,
    merge_request,
    resume_request,
    return_request,
    suspend_request,
    withdraw_request,
)
from callbox.requests.asking import note_said
from callbox.requests.domain import RESOLVE
from callbox.requests.models import Request
from callbox.requests.personal import Contact
from callbox.requests.telling import tell_residents
from callbox.requests.tests.scene import desk_of, now, request, town

ZH = Contact("Made-up Name", "made-up@city.example", "zh-hans")


@pytest.fixture(autouse=True)
def in_town(committed: None) -> None:
    """Agencies, areas and rules."""
    town()


def tell() -> None:
    while tell_residents(at=LATER):
        pass


def told(row: Request) -> list[str]:
    """The letters of a request, in the order of its journal."""
    tell()
    rows = Message.objects.filter(matter_id=row.pk).order_by("key")
    return [each.letter.removeprefix("requests.") for each in sorted(rows, key=_number)]


def _number(message: Message) -> int:
    return int(message.key.rpartition("/")[2])


def said(row: Request, letter: str) -> str:
    found = letter_of(Message.objects.filter(matter_id=row.pk, letter=f"requests.{letter}").latest("key"))
    assert found is not None
    return f"{found.to} {found.subject} {found.body}"


def test_a_resident_is_told_of_each_step() -> None:
    row, roads = request(), desk_of("roads")
    accept_request(row.pk, by=roads, at=LATER)
    suspend_request(row.pk, "waits_for_parts", by=roads, at=LATER)
    resume_request(row.pk, by=roads, at=LATER)
    matter = now(row).matter
    ask_extension(matter, RESOLVE, 2, "waits_for_parts", by=roads, at=LATER)
    answer_extension(matter, RESOLVE, True, by=supervisor(), at=LATER)
    feed_back(row.pk, "solved", by=roads, at=LATER)
    note_said(row.pk, "unsatisfied", by=call_taker(), at=LATER)
    return_request(row.pk, "not_ours", by=roads, at=LATER)
    assign_request(row.pk, "water", by=call_taker(), at=LATER)
    accept_request(row.pk, by=desk_of("water"), at=LATER)
    feed_back(row.pk, "solved", by=desk_of("water"), at=LATER)
    note_said(row.pk, "not_resolved", by=call_taker(), at=LATER)
    withdraw_request(row.pk, "by_reporter", by=call_taker(), at=LATER)
    assert told(row) == [
        *("received_by", "accepted", "suspended", "resumed", "extended", "question", "reopened"),
        *("returned", "passed_on", "accepted", "question", "supervised", "withdrawn"),
    ]
    assert f"+15550100 We have your report {row.number}" in said(row, "received_by")
    assert "Roads deals with it." in said(row, "received_by")
    assert "Water now deals with" in said(row, "passed_on")


def test_who_waits_is_told_that_the_promised_time_had_run_out_before() -> None:
    row, roads = request(), desk_of("roads")
    accept_request(row.pk, by=roads, at=LATER)
    late = Clock.objects.get(matter_id=row.pk, name=RESOLVE).due_at
    suspend_request(row.pk, "waits_for_parts", by=roads, at=late)
    resume_request(row.pk, by=roads, at=late)
    assert told(row)[-2:] == ["suspended_late", "resumed_late"]
    assert "had run out before" in said(row, "suspended_late")


def test_every_letter_of_the_room_is_one_that_is_told() -> None:
    sent = {
        f"requests.{name}" for name in (*telling.LETTERS.values(), *telling.OF_LATE.values(), "received_by")
    }
    assert {form.name for form in forms_of("requests")} >= sent


def test_one_is_told_in_ones_own_language_by_mail() -> None:
    row = request(contact=ZH)
    tell()
    assert said(row, "received_by").startswith("made-up@city.example 您的诉求")


def test_who_gave_no_address_is_told_nothing() -> None:
    row, other = request(contact=Contact()), request(contact=Contact("Name", "no number"))
    merge_request(row.pk, other.pk, by=call_taker(), at=LATER)
    assert told(row) == told(other) == []


def test_what_is_long_ago_is_told_nobody() -> None:
    row = request()
    telling.tell_residents(at=AT + timedelta(days=2000))
    assert told(row) == []


def test_two_workers_at_once_tell_once(monkeypatch: pytest.MonkeyPatch) -> None:
    row = request()
    moves_in_between(monkeypatch, telling, "entries_after", tell)
    tell_residents(at=LATER)
    assert told(row) == ["received_by"]


def test_killed_anywhere_each_is_told_once() -> None:
    tell()
    rows = [request()]

    def check(_alive: bool) -> None:
        tell()
        assert Message.objects.count() == len(rows)
        rows.append(request())

    assert every_point(lambda: tell_residents(at=LATER), check) > 3


def test_the_page_where_it_is_followed_is_named_with_its_address_where_that_is_known(
    settings: Settings,
) -> None:
    named = request(contact=Contact("Made-up Name", "+15550100"))
    tell()
    assert "Follow it under “Follow a report”" in said(named, "received_by")
    settings.CONFIG = replace(settings.CONFIG, public_address="https://help.example")
    linked, chinese = request(contact=Contact("Made-up Name", "+15550100")), request(contact=ZH)
    tell()
    for row in (linked, chinese):
        assert f"https://help.example{reverse('civic-follow')}" in said(row, "received_by")
