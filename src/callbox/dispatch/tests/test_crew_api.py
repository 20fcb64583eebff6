# SPDX-License-Identifier: Apache-2.0
"""A crew's phone over HTTP: what it may read, what it may say, in which language it is answered."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.signed_in import Signed, person, signed_in
from tests.world import AT, dispatcher, incident, unit

from callbox.access.models import PersonalRead
from callbox.dispatch.actions import assign_unit
from callbox.dispatch.models import Assignment
from callbox.incidents.actions import add_remark
from callbox.incidents.models import Incident
from callbox.incidents.personal import remark_told
from callbox.kernel.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> tuple[Any, Any, Any]:
    engine, fire = unit(), incident()
    return engine, fire, assign_unit(fire.pk, engine.pk, by=dispatcher(), at=AT)


def crew_of(engine: Any, name: str = "crew") -> Signed:
    return signed_in(person(name, "crew", keys=(f"unit:{engine.pk}",)))


def press(what: str, target: Any, **more: object) -> dict[str, object]:
    now = timezone.now().isoformat()
    return {"key": str(new_id()), "number": 1, "what": what, "target": str(target), "pressed_at": now, **more}


def send(client: Signed, *messages: dict[str, object]) -> Any:
    body = {"phone_now": timezone.now().isoformat(), "messages": list(messages)}
    return client.post_json("/api/crew/messages", body)


def test_the_phone_gets_its_unit_and_what_helps_to_find_the_place(sent: Any) -> None:
    engine, fire, assignment = sent
    add_remark(fire.pk, "Made-up: dog in the yard.", by=dispatcher(), at=AT)
    answer = crew_of(engine).get("/api/crew").json()
    assert (answer["unit"]["callsign"], answer["unit"]["state"]) == ("E01", "available")
    row = answer["assignments"][0]
    assert (row["id"], row["state"], row["active"]) == (str(assignment.pk), "assigned", True)
    assert row["incident"]["address"] == "made-up address 1"
    assert [remark["text"] for remark in row["incident"]["remarks"]] == ["Made-up: dog in the yard."]
    assert re.fullmatch(r"\d+\.\d+", answer["position"])
    assert PersonalRead.objects.filter(subject_id=fire.pk, purpose="crew").count() == 1


def test_other_crews_see_nothing_of_it(sent: Any) -> None:
    _engine, _fire, assignment = sent
    client = crew_of(unit("E02"), "other")
    assert client.get("/api/crew").json()["assignments"] == []
    assert client.get(f"/api/crew/route/{assignment.pk}").status_code == 404
    assert send(client, press("acknowledge", assignment.pk)).json()["results"][0]["result"] == "refused"


@pytest.mark.parametrize("path", ["/api/crew", f"/api/crew/route/{new_id()}"], ids=["crew", "route"])
def test_who_rides_on_no_unit_is_told_so(path: str) -> None:
    assert signed_in(None).get(path).status_code == 401
    answer = signed_in(person("desk", "dispatcher")).get(path)
    assert answer.status_code == 404
    assert "on no unit" in answer.json()["detail"]


def test_a_press_is_taken_and_a_refusal_is_said_in_the_language_of_the_phone(sent: Any) -> None:
    engine, _fire, assignment = sent
    client = crew_of(engine)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    again = press("acknowledge", assignment.pk, number=2)
    answer = send(client, press("acknowledge", assignment.pk), again).json()
    assert [one["result"] for one in answer["results"]] == ["done", "refused"]
    assert re.search("[一-龥]", answer["results"][1]["text"])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "cannot be done" in send(client, again).json()["results"][0]["text"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"pressed_at": "yesterday"},
        {"pressed_at": "2026-11-22T12:00:00"},
        {"age_ms": -1},
        {"age_ms": 1e300},
        {"key": "no-uuid"},
        {"words": "x" * 3000},
        {"number": -1},
    ],
)
def test_what_cannot_be_meant_is_refused_whole(sent: Any, wrong: dict[str, object]) -> None:
    engine, _fire, assignment = sent
    answer = send(crew_of(engine), press("acknowledge", assignment.pk) | wrong)
    assert answer.status_code == 422
    assert Assignment.objects.get(pk=assignment.pk).acknowledged_at is None


def test_words_that_the_database_cannot_hold_lose_only_those(sent: Any) -> None:
    engine, fire, _assignment = sent
    assert (
        send(crew_of(engine), press("remark", fire.pk, words="Made-\x00up\x07")).json()["results"][0][
            "result"
        ]
        == "done"
    )
    assert remark_told(fire.remarks.get()).text == "Made-up"


def test_an_incident_found_on_the_way_counts_once(sent: Any) -> None:
    engine, _fire, _assignment = sent
    client = crew_of(engine)
    found = {"type": "TRA.HAZARD", "address": "made-up bridge", "stays": True, "assignment": str(new_id())}
    body = press("open_incident", new_id(), found=found) | {"phone_now": timezone.now().isoformat()}
    first, second = (
        client.post_json("/api/crew/incidents", body),
        client.post_json("/api/crew/incidents", body),
    )
    assert first.json()["results"] == second.json()["results"]
    opened = Incident.objects.get(type="TRA.HAZARD")
    assert Assignment.objects.get(incident_id=opened.pk).active


def test_the_page_has_no_data_of_its_own_and_the_worker_names_its_files(sent: Any) -> None:
    client = crew_of(sent[0])
    page = client.get("/crew")
    assert b"made-up address" not in page.content
    worker = client.get("/crew-worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    for name in (b"/static/dispatch/crew.js", b"/static/web/js/stream.js", b"/static/web/css/tokens.css"):
        assert name in worker.content
    assert client.get("/crew-worker.js").content == worker.content


def test_every_file_of_the_page_is_kept(sent: Any) -> None:
    client = crew_of(sent[0])
    worker, page = client.get("/crew-worker.js").content.decode(), client.get("/crew").content.decode()
    used = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)) - {"/static/web/icon.svg"}
    assert used
    assert {file for file in used if f'"{file}"' not in worker} == set()


def test_nobody_is_sent_to_the_sign_in_and_back() -> None:
    answer = signed_in(None).get("/crew")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=%2Fcrew")


def test_time_told_by_us_is_not_in_the_future(sent: Any) -> None:
    """A phone that claims to have heard of a later time than now changes nothing."""
    engine, _fire, assignment = sent
    ahead = (timezone.now() + timedelta(hours=5)).isoformat()
    assert send(crew_of(engine), press("acknowledge", assignment.pk, told_at=ahead)).status_code == 200
    at = Assignment.objects.get(pk=assignment.pk).acknowledged_at
    assert at is not None
    assert at <= timezone.now()
