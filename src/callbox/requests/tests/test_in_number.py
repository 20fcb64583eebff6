# SPDX-License-Identifier: Apache-2.0
"""Lists and creations that cost the same among a million: by an index in their order, in a bounded number of steps."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.signed_in import person, signed_in
from tests.world import AT, LATER, call_taker

from callbox.access.actions import agency_id
from callbox.kernel.actor import Actor
from callbox.requests import queries
from callbox.requests.models import Request
from callbox.requests.passing import pass_on
from callbox.requests.queries import Wanted, inbox
from callbox.requests.tests.scene import AGENCIES, desk_of, request, town
from callbox.requests.tests.test_figures import some_steps

pytestmark = pytest.mark.django_db
ALL = 1_000
MOST_QUERIES = 31  # of taking a request that a rule sends on, with the session and the answer


@pytest.fixture(autouse=True)
def in_town() -> None:
    """Agencies, areas and rules."""
    town()


def test_an_agency_misses_nothing_that_it_may_see() -> None:
    chance, found = random.Random(5), 0
    for number in range(40):
        some_steps(chance, number)
    for code in AGENCIES:
        desk = desk_of(code)
        for ended in (False, True):
            seen = queries.visible(desk).filter(open=not ended).order_by("-number" if ended else "number")
            shown = inbox(desk, Wanted(ended=ended), ALL)
            assert [row.pk for row in shown] == [row.pk for row in seen]
            found += len(shown)
    assert found > 40, "several agencies see some of them"


def test_who_assists_or_is_asked_has_it_in_the_inbox_in_its_order() -> None:
    first, second, third = request(), request(), request("labour.wages")
    pass_on(third.pk, "power", by=desk_of("city"), at=LATER)
    power = desk_of("power")
    assert first.assisting == [agency_id("power")]
    assert [row.pk for row in inbox(power, Wanted())] == [first.pk, second.pk, third.pk]
    assert [row.pk for row in inbox(power, Wanted(), 2)] == [first.pk, second.pk]
    assert [row.pk for row in inbox(power, Wanted(after=first.number))] == [second.pk, third.pk]


def test_other_keys_than_an_agencys_show_what_they_reach() -> None:
    made = request("other")
    Request.objects.filter(pk=made.pk).update(agency=None, assisting=[])
    desk = desk_of("city")
    assert inbox(desk, Wanted()) == []
    wider = Actor(desk.id, desk.roles, desk.keys | {"desk:requests"}, desk.powers)
    assert [row.pk for row in inbox(wider, Wanted())] == [made.pk]


@pytest.mark.parametrize("few", [0, ALL])
def test_a_list_says_the_same_whether_few_or_many_fit(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "FEW", few)
    chance = random.Random(6)
    for number in range(20):
        some_steps(chance, number)
    taker, late = call_taker(), AT + timedelta(days=30)
    for wanted in (
        Wanted(states=("accepted", "answered")),
        Wanted(late_at=late),
        Wanted(states=("returned",)),
    ):
        expected = [
            row.pk
            for row in queries.visible(taker).filter(open=True).order_by("number")
            if (not wanted.states or row.matter.state in wanted.states)
            and (
                not wanted.late_at
                or row.matter.clocks.filter(stopped_at=None, paused_at=None, due_at__lt=late).exists()
            )
        ]
        assert [row.pk for row in inbox(taker, wanted, ALL)] == expected


def test_taking_a_request_asks_the_database_a_bounded_number_of_times() -> None:
    desk = signed_in(person("taker", "call_taker"))
    body = {"category": "road.pothole", "answers": {"size": "hand"}, "lon": 11.5, "lat": 50.5}
    with CaptureQueriesContext(connection) as asked:
        made = desk.post_json("/api/requests", body)
    assert made.status_code == 200
    assert made.json()["agency"] == "roads"
    assert len(asked) <= MOST_QUERIES, [query["sql"][:90] for query in asked]
