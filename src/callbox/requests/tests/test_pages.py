# SPDX-License-Identifier: Apache-2.0
"""The pages of the desks without a browser: every form does what it says, and shows nobody what is not theirs."""

import pytest
from django.test import Client
from tests.request_scenes import DESK_KEYS
from tests.signed_in import person, signed_in
from tests.world import call_taker, journal_size

from callbox.access.models import PersonalRead
from callbox.requests import queries
from callbox.requests.models import Request
from callbox.requests.tests.scene import now, request, town

pytestmark = pytest.mark.django_db
NEW = {"category": "road.pothole", "q_size": "hand", "q_blocked": "yes", "words": "made-up words"}


@pytest.fixture(autouse=True)
def in_town() -> None:
    """Agencies, areas and rules."""
    town()


@pytest.fixture
def taker() -> Client:
    """Somebody at the desk of requests."""
    return signed_in(person("taker", "call_taker"))


@pytest.fixture
def roads() -> Client:
    """Somebody at the agency's desk."""
    return signed_in(person("roads", "agency_desk", keys=DESK_KEYS))


@pytest.fixture
def chief() -> Client:
    """A supervisor."""
    return signed_in(person("chief", "supervisor"))


def step(client: Client, row: Request, name: str, **said: str) -> int:
    """The status of taking a step by its form."""
    return client.post(f"/desk/requests/{row.pk}/step/{name}", said).status_code


def test_the_form_takes_a_request_with_its_answers_and_its_place(taker: Client) -> None:
    answer = taker.post(
        "/desk/requests/new", {**NEW, "place": "11.5,50.5", "hidden": "yes", "name": "Made-up"}
    )
    row = Request.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/requests/{row.pk}")
    assert (row.sub_grid, row.confidential) == ("S10", True)
    page = taker.get(answer["Location"]).content.decode()
    assert "made-up words" in page
    assert "Made-up" not in page, "hidden until it is asked for"
    asked = taker.get(f"{answer['Location']}?reporter=1").content.decode()
    assert "Made-up" in asked
    assert PersonalRead.objects.filter(purpose="call_back", subject_id=row.pk).count() == 1


@pytest.mark.parametrize(
    "said", [{"q_size": ""}, {"q_size": "huge"}, {"category": ""}, {"category": "no.such"}, {"words": "\x00"}]
)
def test_what_cannot_be_taken_is_asked_again_and_leaves_nothing(taker: Client, said: dict[str, str]) -> None:
    before = journal_size()
    answer = taker.post("/desk/requests/new", {**NEW, **said})
    assert (answer.status_code, journal_size()) == (422, before)
    assert b"error-summary" in answer.content


@pytest.mark.parametrize("place", ["", "nonsense", "1", "inf,1", "500,1", "1,2,3"])
def test_a_place_that_is_none_is_no_place(taker: Client, place: str) -> None:
    assert taker.post("/desk/requests/new", {**NEW, "place": place}).status_code == 302
    assert Request.objects.get().district == ""


def test_the_agency_works_through_its_forms(taker: Client, roads: Client, chief: Client) -> None:
    row = request()
    assert step(roads, row, "accept") == 302
    assert step(roads, row, "contact", contact="reached") == 302
    assert step(roads, row, "ask_extension", amount="2", reason="more_work") == 302
    assert step(chief, row, "answer_extension", grant="yes") == 302
    assert step(roads, row, "suspend", reason="weather") == 302
    assert step(roads, row, "resume") == 302
    assert step(taker, row, "split", agency="water") == 302
    (part,) = queries.parts_of(call_taker(), row)
    assert step(chief, row, "waive_part", part=str(part.request.pk), reason="not_needed") == 302
    assert step(roads, row, "remark", text="made-up remark") == 302
    assert step(roads, row, "feed_back", result="solved", words="made-up answer") == 302
    assert step(taker, row, "ask", said="satisfied") == 302
    assert now(row).matter.state == "closed"
    page = taker.get(f"/desk/requests/{row.pk}").content.decode()
    assert "made-up remark" in page
    assert step(taker, row, "reopen", reason="new_facts") == 302


@pytest.mark.parametrize("said", [{"grant": "no"}, {"grant": "yes", "refusal": "time_enough"}, {"grant": ""}])
def test_more_time_is_refused_with_a_reason_and_granted_with_none(
    roads: Client, chief: Client, said: dict[str, str]
) -> None:
    row = request()
    assert step(roads, row, "accept") == 302
    assert step(roads, row, "ask_extension", amount="2", reason="") == 422
    assert step(roads, row, "ask_extension", amount="2", reason="more_work") == 302
    before = journal_size()
    assert (step(chief, row, "answer_extension", **said), journal_size()) == (422, before)
    assert step(chief, row, "answer_extension", grant="no", refusal="time_enough") == 302
    assert journal_size() == before + 1


def test_what_is_given_away_leads_back_to_the_inbox(roads: Client) -> None:
    row = request()
    answer = roads.post(f"/desk/requests/{row.pk}/step/return", {"reason": "not_ours"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/requests")
    assert roads.get(f"/desk/requests/{row.pk}").status_code == 404


@pytest.mark.parametrize(
    ("name", "said", "status"),
    [
        ("fly", {}, 404),
        ("return", {}, 422),
        ("return", {"reason": "Mr Smith says no"}, 422),
        ("close", {"disposition": "solved"}, 403),
        ("feed_back", {"result": "solved"}, 409),
        ("accept", {"seen": "1"}, 409),
        ("answer_pass_on", {"accept": "yes"}, 409),
        ("answer_pass_on", {}, 422),
        ("waive_part", {"part": "nonsense", "reason": "not_needed"}, 404),
        ("merge", {"number": "999999"}, 422),
    ],
)
def test_a_form_that_is_not_right_changes_nothing(
    roads: Client, name: str, said: dict[str, str], status: int
) -> None:
    row = request()
    before = journal_size()
    assert (step(roads, row, name, **said), journal_size()) == (status, before)


def test_an_agency_sees_nothing_of_another_on_any_page(roads: Client) -> None:
    row = request("labour.wages", words="made-up wages")
    for address in (f"/desk/requests/{row.pk}", f"/field/requests/{row.pk}"):
        assert roads.get(address).status_code == 404
    for view in ("sign", "work", "late", "open", "over"):
        assert str(row.pk) not in roads.get(f"/desk/requests?view={view}").content.decode()


def test_the_inbox_follows_its_filters_and_pages(taker: Client) -> None:
    rows = [request() for _ in range(52)]
    page = taker.get("/desk/requests?view=away&rows=1").content.decode()
    assert page.count("<tr data-row") == 50
    assert f"after={rows[49].number}" in page
    rest = taker.get(f"/desk/requests?view=away&after={rows[49].number}").content.decode()
    assert rest.count("<tr data-row") == 2
    assert "data-follow" not in rest
    none = taker.get(
        "/desk/requests?view=away&category=labour.wages&agency=nonsense&after=x"
    ).content.decode()
    assert "<tr data-row" not in none


def test_the_phone_page_signs_and_feeds_back(roads: Client) -> None:
    row = request()
    address = f"/field/requests/{row.pk}"
    assert roads.post(address, {"step": "accept"}).status_code == 302
    assert roads.post(address, {"step": "withdraw", "reason": "by_reporter"}).status_code == 404
    answer = roads.post(address, {"step": "feed_back", "result": "solved", "words": ""})
    assert (answer.status_code, now(row).matter.state) == (302, "answered")


def test_the_figures_stand_on_a_page_for_those_who_may(taker: Client, roads: Client) -> None:
    request()
    for days in ("7", "365", "nonsense"):
        assert taker.get(f"/desk/requests/figures?days={days}").status_code == 200
    assert roads.get("/desk/requests/figures").status_code == 403


@pytest.mark.parametrize(("language", "words"), [("en", "Nobody is in danger?"), ("zh-hans", "没有危险？")])
def test_the_emergency_form_points_here_for_what_is_no_emergency(language: str, words: str) -> None:
    client = signed_in(None)
    client.cookies["callbox_language"] = language
    page = client.get("/report").content.decode()
    assert words in page
    assert 'href="/requests/"' in page
    assert page.index("report-numbers") < page.index('href="/requests/"'), "the telephone stands first"
