# SPDX-License-Identifier: Apache-2.0
"""Whatever hands out personal data notes who read it; and a resident who asks gets the answer."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

import callbox.urls  # noqa: F401 - hangs every room on the API
from callbox.access.actions import named_id
from callbox.access.domain import system_actor
from callbox.access.models import PersonalRead
from callbox.incidents.actions import Where, open_incident
from callbox.incidents.queries import details_for, incident_for
from callbox.incidents.reads import ask_who_read
from callbox.intake.queries import call_for, caller_for
from callbox.journal.models import Entry
from callbox.kernel.errors import NotAllowed, NotFound
from callbox.oversight.actions import append_events
from callbox.oversight.domain.events import Event
from callbox.web.api import api
from tests.scenes import SCENES, Scene, my_unit
from tests.signed_in import person, signed_in
from tests.test_endpoints import OPERATIONS, allowed
from tests.world import AT, call_taker, dispatcher, incident, supervisor

TELLING = {"address", "note", "words", "place", "lonlat", "distance_m", "remarks"}
# Fields of these names that tell nothing of a person who called, and why.
HARMLESS = {
    "GET /api/stations": "where stations stand is public",
    "GET /api/search": "the city's own book of addresses",
    "GET /api/request-categories": "what requests may be about is public",
}
HERE = (-122.4194, 37.7749)
ROLES = ("dispatcher", "call_taker", "crew")


def fields_of(schema: Any, whole: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names of all properties that an answer of this schema can have."""
    if isinstance(schema, list):
        for each in schema:
            yield from fields_of(each, whole, seen)
    elif isinstance(schema, dict):
        if (name := str(schema.get("$ref", "")).rpartition("/")[2]) and name not in seen:
            yield from fields_of(whole["components"]["schemas"][name], whole, seen | {name})
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from fields_of(value, whole, seen)


def telling() -> list[str]:
    """The operations whose answer may carry something personal."""
    whole = api.get_openapi_schema(path_prefix="/api/")
    found = []
    for operation in OPERATIONS:
        method, path = operation.split(" ")
        answer = whole["paths"][path][method.lower()]["responses"].get(200, {})
        if set(fields_of(answer, whole)) & TELLING:
            found.append(operation)
    return found


UNTYPED = [
    "GET /api/crew",
    "GET /api/crew/route/{assignment_id}",
    "GET /api/pictures/{picture_id}",
    "GET /api/pictures/{picture_id}/preview",
]  # their answers name no fields
NAMING = ["GET /api/requests/{request_id}/reporter"]  # its answer is a name and a number alone
TOLD = [*(operation for operation in telling() if operation not in HARMLESS), *UNTYPED, *NAMING]


def test_the_walk_finds_what_is_known_to_be_personal() -> None:
    known = {
        "GET /api/calls/{call_id}/caller",
        "GET /api/incidents/{incident_id}",
        "GET /api/incidents",
        "GET /api/board",
        "GET /api/similar",
        "GET /api/requests/{request_id}",
        "GET /api/requests/{request_id}/reporter",
    }
    assert known <= set(TOLD)


@pytest.mark.django_db
@pytest.mark.parametrize("operation", TOLD)
def test_an_answer_with_personal_data_was_noted(operation: str, sf_city: None) -> None:
    unit = my_unit()
    wanted = UNTYPED[1] if operation == UNTYPED[0] else operation  # a crew that was sent
    scene = SCENES[wanted](unit) if wanted in SCENES else Scene()
    if not scene.ids:
        open_incident(Where(*HERE, "made-up address 1"), by=call_taker(), at=timezone.now())
    keys = (f"unit:{unit}",)
    role = next(role for role in ROLES if allowed(operation, role, list(keys)))
    client = signed_in(person("reader", role, keys=keys if role == "crew" else ()))
    noted = PersonalRead.objects.filter(actor__startswith="person:")
    before = noted.count()
    method, path = operation.split(" ")
    address = path.format(**scene.ids) + scene.query
    answer = client.get(address) if method == "GET" else client.post_json(address, scene.body)
    assert answer.status_code == 200, answer.content
    assert noted.count() > before, answer.content


def a_call_and_its_incident() -> tuple[Any, Any]:
    from callbox.incidents.linking import link_call_to_incident
    from callbox.intake.actions import claim_call
    from tests.world import waiting_call

    call, found = waiting_call(number="555-0100"), incident()
    claim_call(call.pk, by=call_taker(), at=AT)
    link_call_to_incident(call.pk, found.pk, by=call_taker(), at=AT)
    return call, found


@pytest.mark.django_db
@pytest.mark.parametrize("by_call", [False, True])
def test_who_asks_hears_of_every_read_and_the_asking_is_journalled(by_call: bool) -> None:
    call, found = a_call_and_its_incident()
    caller_for(call_taker(), call_for(call_taker(), call.pk), purpose="answer", at=AT)
    details_for(dispatcher(), incident_for(dispatcher(), found.pk), purpose="handle", at=AT)
    asked = str(call.pk) if by_call else str(found.number)
    answer = ask_who_read(asked, by=supervisor(), at=AT)
    assert answer.number == found.number
    assert sorted((read.subject, read.purpose, read.role) for read in answer.reads) == [
        ("call", "answer", "call_taker"),
        ("incident", "handle", "dispatcher"),
    ]
    entry = Entry.objects.get(kind="reads")
    assert (entry.move, entry.actor, entry.facts) == (
        "ask",
        supervisor().id,
        {"of": str(found.pk), "reads": 2},
    )


def told_of(kind: str, key: str) -> None:
    """That something happened to an object that another system knows, or Callbox itself."""
    event = Event(f"{key}-1", f"{kind}.opened", AT, objects=((kind, key),))
    append_events("file:x", [event], by=system_actor("oversight"), at=AT)


def histories_read() -> set[tuple[UUID, str, str]]:
    rows = PersonalRead.objects.filter(subject="history")
    return set(rows.values_list("subject_id", "purpose", "role"))


@pytest.mark.django_db
def test_opening_the_history_of_a_case_is_noted_once_in_ten_minutes_and_told_to_who_asks() -> None:
    told_of("case", "A-100")
    chief: Client = signed_in(person("chief", "supervisor"))
    address = "/desk/oversight/case?kind=case&key="
    assert chief.post("/desk/reads", {"asked": "A-100"}).status_code == 422  # nobody has opened it yet
    assert chief.get(f"{address}A-101").status_code == 404
    assert histories_read() == set()
    assert [chief.get(f"{address}A-100").status_code for _twice in range(2)] == [200, 200]
    assert histories_read() == {(named_id("history", "A-100"), "oversee", "supervisor")}
    assert PersonalRead.objects.filter(subject="history").count() == 1
    page = chief.post("/desk/reads", {"asked": "A-100"}).content.decode()
    assert "Overseeing how the case was handled" in page
    chinese = {"accept-language": "zh-hans"}
    page = chief.post("/desk/reads", {"asked": "A-100"}, headers=chinese).content.decode()
    assert all(words in page for words in ("案件 A-100", "案件历程", "监督案件的办理"))


@pytest.mark.django_db
def test_who_may_not_see_histories_leaves_no_trace_of_a_read() -> None:
    told_of("case", "A-100")
    client: Client = signed_in(person("other", "dispatcher"))
    assert client.get("/desk/oversight/case?kind=case&key=A-100").status_code == 403
    assert histories_read() == set()


@pytest.mark.django_db
def test_the_history_of_an_incident_or_of_its_call_is_told_with_the_incident() -> None:
    call, found = a_call_and_its_incident()
    chief: Client = signed_in(person("chief", "supervisor"))
    for kind, of in (("incident", found), ("call", call)):
        told_of(kind, str(of.pk))
        assert chief.get(f"/desk/oversight/case?kind={kind}&key={of.pk}").status_code == 200
    answer = ask_who_read(str(found.number), by=supervisor(), at=AT)
    assert [(read.subject, read.purpose) for read in answer.reads] == [("history", "oversee")] * 2


@pytest.mark.django_db
def test_only_who_may_ask_is_answered() -> None:
    _call, found = a_call_and_its_incident()
    with pytest.raises(NotAllowed):
        ask_who_read(str(found.number), by=dispatcher(), at=AT)
    for asked in ("", "999999999", "nonsense", "９", "1" * 40, "\x00"):
        with pytest.raises(NotFound):
            ask_who_read(asked, by=supervisor(), at=AT)
    assert not Entry.objects.filter(kind="reads").exists()


@pytest.mark.django_db
def test_the_page_shows_it_in_words_and_refuses_others() -> None:
    _call, found = a_call_and_its_incident()
    taker = person("taker", "call_taker")
    client: Client = signed_in(taker)
    client.get(f"/api/incidents/{found.pk}/row")
    assert client.post("/desk/reads", {"asked": str(found.number)}).status_code == 403
    chief: Client = signed_in(person("chief", "supervisor"))
    page = chief.post("/desk/reads", {"asked": str(found.number)}).content.decode()
    assert "The board of incidents" in page
    assert taker.name in page
    assert "made-up address" not in page
    assert chief.post("/desk/reads", {"asked": "1234567"}).status_code == 422
