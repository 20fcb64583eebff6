# SPDX-License-Identifier: Apache-2.0
"""Complaints of the demo: taken, dealt with and asked about by simulated people, and left to a quicker person."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from tests import world

from callbox.access.actions import define_agency
from callbox.access.domain import system_actor
from callbox.demo import civic
from callbox.demo.actions import set_up_civic
from callbox.demo.civic import Civic, complaints
from callbox.demo.domain import MADE_UP, Spot, towns
from callbox.demo.play import Play
from callbox.demo.queries import Staff, agency_desk
from callbox.geo.queries import City
from callbox.journal.domain import first_misfit
from callbox.journal.queries import history
from callbox.requests.actions import accept_request
from callbox.requests.domain import load_dispositions
from callbox.requests.models import Request
from callbox.requests.queries import catalogue_in_force, details_for

BEGIN = datetime(2026, 11, 20, 8, tzinfo=UTC)
SETUP = system_actor("setup")
pytestmark = pytest.mark.django_db


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    define_agency("city", "City works", "市政", "city", by=SETUP, at=BEGIN)
    assert set_up_civic(by=SETUP, at=BEGIN)
    monkeypatch.setattr(civic, "spots", lambda _city: lambda _random: Spot(24.94, 60.17, "Made-up street"))
    monkeypatch.setattr(civic, "EVERY_S", 1_200.0)
    taker = world.call_taker("taker")
    return Play(cast(City, None), Staff((taker,), taker, {}, None), "a", speed=60.0)


def played(play: Play, minutes: int) -> None:
    someone = Civic(play, towns()["helsinki"], BEGIN)
    for minute in range(minutes):
        play.begin()
        someone.work(BEGIN + timedelta(minutes=minute))


def test_every_complaint_can_be_taken_and_ends_as_requests_do() -> None:
    known = catalogue_in_force()
    for each in complaints():
        known.category(each.category).check_answers(each.answers)
        assert set(each.ends) <= set(load_dispositions())
        assert set(each.words) == set(MADE_UP)


def test_complaints_are_dealt_with_to_their_end(play: Play) -> None:
    played(play, 240)
    rows = list(Request.objects.order_by("number").select_related("matter", "agency"))
    assert len(rows) > civic.FIRST
    closed = [row for row in rows if row.matter.state == "closed"]
    assert closed
    assert {row.said for row in closed} == {"satisfied"}
    assert {row.agency.code for row in closed if row.agency} == {"city"}
    assert all(first_misfit(history(row.pk)) is None for row in rows)


def test_words_say_that_they_are_made_up(play: Play) -> None:
    played(play, 1)
    row = Request.objects.first()
    assert row is not None
    _, told = details_for(play.staff.takers[0], row, purpose="answer", at=BEGIN)
    assert told.words.startswith(tuple(MADE_UP.values()))


def test_what_a_person_does_first_is_theirs(play: Play) -> None:
    played(play, 1)
    row = Request.objects.order_by("number").first()
    assert row is not None
    accept_request(row.pk, by=agency_desk(BEGIN), at=BEGIN)
    played(play, 60)
    accepted = [entry.at for entry in history(row.pk) if entry.move == "accept" and entry.round == 1]
    assert accepted == [BEGIN]


def test_a_second_start_sets_nothing_up_again(play: Play) -> None:
    assert play
    before = world.journal_size()
    assert not set_up_civic(by=SETUP, at=BEGIN)
    assert world.journal_size() == before
