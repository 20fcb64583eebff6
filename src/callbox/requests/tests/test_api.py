# SPDX-License-Identifier: Apache-2.0
"""Requests through the API: lists by page and filter, one request, taking and refusing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.request_scenes import DESK_KEYS
from tests.signed_in import Signed, person, signed_in
from tests.world import AT, call_taker, journal_size

from callbox.access.models import PersonalRead
from callbox.requests.actions import accept_request, close_request, feed_back, withdraw_request
from callbox.requests.models import Request
from callbox.requests.tests.scene import desk_of, now, request, town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_town() -> None:
    """Agencies, areas and rules."""
    town()


@pytest.fixture
def desk() -> Signed:
    """Somebody at the desk of requests."""
    return signed_in(person("taker", "call_taker"))


@pytest.fixture
def roads() -> Signed:
    """Somebody at the agency's desk."""
    return signed_in(person("roads", "agency_desk", keys=DESK_KEYS))


def numbers(client: Signed, query: str = "") -> list[int]:
    return [each["number"] for each in client.get(f"/api/requests{query}").json()["requests"]]


def test_pages_follow_one_another_and_end(desk: Signed) -> None:
    made = [request().number for _ in range(5)]
    first = desk.get("/api/requests?limit=2").json()
    second = desk.get(f"/api/requests?limit=2&after={first['next']}").json()
    last = desk.get(f"/api/requests?limit=2&after={second['next']}").json()
    assert [each["number"] for page in (first, second, last) for each in page["requests"]] == made
    assert (first["next"], second["next"], last["next"]) == (made[1], made[3], None)
    assert "count" not in first


def test_each_filter_leaves_out_the_others(desk: Signed) -> None:
    pothole, wages = request(), request("labour.wages")
    gone = request()
    withdraw_request(gone.pk, "by_reporter", by=call_taker(), at=AT)
    accept_request(pothole.pk, by=desk_of("roads"), at=timezone.now())
    assert numbers(desk) == [pothole.number, wages.number]
    assert numbers(desk, "?agency=roads") == [pothole.number]
    assert numbers(desk, "?state=assigned") == [wages.number]
    assert numbers(desk, "?state=assigned&state=accepted") == [pothole.number, wages.number]
    assert numbers(desk, "?category=labour.wages") == [wages.number]
    assert numbers(desk, "?area=D1") == [pothole.number, wages.number]
    assert numbers(desk, "?area=D2") == []
    assert numbers(desk, "?ended=true") == [gone.number]
    assert numbers(desk, "?late=true") == [wages.number], "nobody signed for it"
    assert desk.get("/api/requests?agency=nobody").status_code == 422


def test_those_that_are_over_come_the_newest_first(desk: Signed) -> None:
    made = [request() for _ in range(3)]
    for row in made:
        withdraw_request(row.pk, "by_reporter", by=call_taker(), at=AT)
    found = desk.get("/api/requests?ended=true&limit=2").json()
    assert [each["number"] for each in found["requests"]] == [made[2].number, made[1].number]
    assert numbers(desk, f"?ended=true&after={found['next']}") == [made[0].number]


def test_an_agency_lists_what_is_sent_to_it_alone(roads: Signed) -> None:
    ours, theirs = request(), request("labour.wages")
    assert numbers(roads) == [ours.number]
    assert roads.get(f"/api/requests/{theirs.pk}").status_code == 404
    assert roads.get(f"/api/requests/{theirs.pk}/row").status_code == 404


def taken(client: Signed, **said: object) -> Any:
    body = {"category": "road.pothole", "answers": {"size": "hand"}, "words": "made-up words", **said}
    return client.post_json("/api/requests", body)


def test_taking_a_request_routes_it_and_shows_no_more_than_a_row(desk: Signed, roads: Signed) -> None:
    answer = taken(desk, lon=11.5, lat=50.5, name="Made-up Name", number="+15550100", hidden=True)
    row = answer.json()
    assert (answer.status_code, row["agency"], row["state"]) == (200, "roads", "assigned")
    assert (row["sub_grid"], row["confidential"], row["late"]) == ("S10", True, False)
    assert "made-up" not in answer.content.decode().lower()
    shown = roads.get(f"/api/requests/{row['id']}").json()
    details = shown["details"]
    assert (details["words"], details["name"], details["lon"]) == ("made-up words", "", 11.5)
    assert [each["answer"] for each in details["answers"]] != ["hand"], "in words, not as a code"
    assert set(shown["moves"]) == {"accept", "return", "remark", "add_picture"}
    assert roads.get(f"/api/requests/{row['id']}/reporter").status_code == 404
    told = desk.get(f"/api/requests/{row['id']}/reporter?purpose=call_back").json()
    assert told == {"name": "Made-up Name", "number": "+15550100"}
    reads = PersonalRead.objects.filter(subject="request", subject_id=row["id"])
    assert sorted(reads.values_list("role", "purpose")) == [
        ("agency_desk", "handle"),
        ("call_taker", "call_back"),
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"answers": {}}, "size"),
        ({"answers": {"size": "huge"}}, "size"),
        ({"answers": {"size": True}}, "size"),
        ({"answers": {"size": "hand", "other": "x"}}, "other"),
        ({"anonymous": True, "name": "Made-up Name"}, "anonymous"),
        ({"lon": 500}, "lon"),
        ({"words": "\x00"}, "words"),
    ],
)
def test_what_cannot_be_taken_is_named_and_leaves_nothing(
    desk: Signed, said: dict[str, object], field: str
) -> None:
    before = journal_size()
    answer = taken(desk, **said)
    assert answer.status_code == 422
    assert any(field in each["field"] for each in answer.json()["errors"]), answer.content
    assert (journal_size(), Request.objects.count()) == (before, 0)


def test_the_same_id_is_taken_once(desk: Signed) -> None:
    row = taken(desk).json()
    assert taken(desk, id=row["id"]).status_code == 409
    assert Request.objects.count() == 1


def test_who_gives_it_back_hears_so_though_they_see_it_no_more(roads: Signed) -> None:
    row = request()
    answer = roads.post_json(f"/api/requests/{row.pk}/return", {"reason": "not_ours"})
    assert (answer.status_code, answer.json()["state"]) == (200, "returned")
    assert roads.get(f"/api/requests/{row.pk}/row").status_code == 404


def test_a_step_on_what_changed_meanwhile_is_refused(roads: Signed) -> None:
    row = request()
    seen = now(row).matter.version
    accept_request(row.pk, by=desk_of("roads"), at=timezone.now())
    before = journal_size()
    answer = roads.post_json(f"/api/requests/{row.pk}/feed-back", {"result": "solved", "seen": seen})
    assert (answer.status_code, journal_size()) == (409, before)


def test_reasons_are_codes_so_that_the_journal_names_nobody(roads: Signed) -> None:
    row = request()
    answer = roads.post_json(f"/api/requests/{row.pk}/return", {"reason": "Mr Smith says no"})
    assert (answer.status_code, now(row).matter.state) == (422, "assigned")


def test_a_round_that_is_over_shows_how_it_ended(desk: Signed) -> None:
    row, at = request(), timezone.now()
    accept_request(row.pk, by=desk_of("roads"), at=at)
    feed_back(row.pk, "solved", by=desk_of("roads"), at=at)
    close_request(row.pk, "solved", by=call_taker(), at=at + timedelta(seconds=1))
    shown = desk.get(f"/api/requests/{row.pk}").json()
    assert (shown["state"], shown["disposition"], shown["clocks"]) == ("closed", "solved", [])
    assert [entry["move"] for entry in shown["history"]][-1] == "close"
    assert "reopen" in shown["moves"]


def test_the_catalogue_tells_what_is_asked(desk: Signed) -> None:
    found = {each["code"]: each for each in desk.get("/api/request-categories").json()}
    size = found["road.pothole"]["questions"][0]
    assert (size["kind"], size["needed"]) == ("choice", True)
    assert "hand" in size["choices"]
    assert found["office.hours"]["article"]
