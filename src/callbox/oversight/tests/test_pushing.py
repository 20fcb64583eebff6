# SPDX-License-Identifier: Apache-2.0
"""The push API: signed, an answer for each event, the same twice the same once, and nothing of another's."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from tests.world import AT, SETUP, journal_size

from callbox.access.actions import define_agency
from callbox.coordination.tests.signing import System, system_of
from callbox.host.config import CHECKOUT
from callbox.oversight import queries
from callbox.oversight.domain.judging import judge
from callbox.oversight.library import shipped_rules
from callbox.oversight.models import Aside, Event, EventObject, ObjectObject
from callbox.oversight.pushing import histories
from callbox.oversight.retention import limit

HERE = "/api/histories"
TOLD: dict[str, Any] = {
    "id": "1",
    "activity": "item.seized",
    "happened": "2026-01-31T08:30:00+08:00",
    "objects": [{"kind": "case", "id": "C1"}, {"kind": "item", "id": "I1", "qualifier": "seized"}],
    "values": {"level": {"number": "2"}},
}
LINK = {"one": {"kind": "item", "id": "I1"}, "other": {"kind": "case", "id": "C1"}, "qualifier": "of"}


@pytest.fixture
def system(db: None) -> System:
    for code in ("north", "south"):
        define_agency(code, "Made up", "虚构", "city", by=SETUP, at=AT)
    return replace(system_of("north"), here=HERE)


def answers(system: System, *events: object, links: tuple[object, ...] = ()) -> list[str]:
    said = system.post("/events", {"events": events, "links": links})
    assert said.status_code == 200, said.content
    return [each["answer"] for each in said.json()["events"]]


def test_each_event_is_answered_and_the_same_twice_is_the_same_once(system: System) -> None:
    assert answers(system, TOLD, TOLD, {**TOLD, "id": "2"}, links=(LINK,)) == ["new", "known", "new"]
    before = journal_size()
    assert answers(system, TOLD, links=(LINK,)) == ["known"]
    assert journal_size() == before
    assert answers(system, {**TOLD, "happened": "2026-01-30T08:30:00+08:00"}) == ["changed"]
    (aside,) = system.get("/aside").json()
    assert aside["id"] == "1"
    assert Event.objects.get(key="1").happened_at.isoformat() == "2026-01-31T00:30:00+00:00"  # type: ignore[union-attr]
    assert EventObject.objects.get(event__key="1", kind="item").qualifier == "seized"
    assert ObjectObject.objects.count() == 1


def test_another_system_has_ids_of_its_own_and_sees_nothing(system: System) -> None:
    other = replace(system_of("south"), here=HERE)
    answers(system, TOLD, {**TOLD, "activity": "x"})
    assert answers(other, TOLD) == ["new"]
    assert (len(system.get("/aside").json()), other.get("/aside").json()) == (1, [])
    assert len(set(Event.objects.values_list("source", flat=True))) == 2


@pytest.mark.parametrize(
    ("recorded", "minutes", "verdict"),
    [
        ("2026-01-31T09:02:11+08:00", 33, "fine"),
        ("2026-02-02T08:30:00+08:00", 2880, "broken_late"),
        (None, None, "unknown"),
    ],
)
def test_how_long_after_the_act_it_was_recorded_is_known(
    system: System, recorded: str | None, minutes: int | None, verdict: str
) -> None:
    told = {**TOLD, "activity": "case.filed", "recorded": recorded, "values": {}}
    assert answers(system, told, told) == ["new", "known"]
    history = queries.histories_of("case", ["C1"])["C1"]
    assert history.events[0].values == ({} if minutes is None else {"recorded_after": minutes})
    rule = shipped_rules()["h02_recorded_in_time"]
    assert [each.verdict for each in judge(rule, history, AT)] == [verdict]


def without(name: str) -> Mapping[str, object]:
    return {key: value for key, value in TOLD.items() if key != name}


REFUSED: dict[str, tuple[object, str]] = {
    "nothing": (None, "an event has"),
    "a list": ([], "an event has"),
    "no moment said": (without("happened"), "an event has"),
    "a word that is not known": ({**TOLD, "name": "canary"}, "an event has"),
    "a moment without a zone": ({**TOLD, "happened": "2026-01-31T08:30:00"}, "happened"),
    "no moment": ({**TOLD, "happened": "canary"}, "happened"),
    "a number for a moment": ({**TOLD, "happened": 7}, "happened"),
    "an early year": ({**TOLD, "happened": "0001-01-01T00:00:00+14:00"}, "happened"),
    "a float": ({**TOLD, "values": {"x": 1.5}}, "values"),
    "a fine number": ({**TOLD, "values": {"x": {"number": "1.00001"}}}, "values"),
    "no number": ({**TOLD, "values": {"x": {"number": "canary"}}}, "values"),
    "infinity": ({**TOLD, "values": {"x": {"number": "Infinity"}}}, "values"),
    "a truth for an order": ({**TOLD, "seq": True}, "seq"),
    "an officer": ({**TOLD, "objects": [{"kind": "officer", "id": "canary"}]}, "objects"),
    "no object": ({**TOLD, "objects": []}, "objects"),
    "objects of something else": ({**TOLD, "objects": "canary"}, "objects"),
    "half a character": ({**TOLD, "id": "\ud800"}, "id"),
    "what PostgreSQL cannot keep": ({**TOLD, "values": {"x": "\x00"}}, "values"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_taken_is_refused_by_its_field_and_the_rest_goes_on(system: System, what: str) -> None:
    said, begins = REFUSED[what]
    found = system.post("/events", {"events": [said, {**TOLD, "id": "good"}]}).json()["events"]
    assert [each["answer"] for each in found] == ["refused", "new"]
    assert found[0]["problem"].startswith(begins)
    assert "canary" not in found[0]["problem"]
    assert list(Event.objects.values_list("key", flat=True)) == ["good"]


@pytest.mark.parametrize(
    "link",
    [
        None,
        {},
        {**LINK, "one": 7},
        {**LINK, "other": {"kind": "officer", "id": "1"}},
        {**LINK, "other": LINK["one"]},
    ],
)
def test_a_link_that_cannot_be_taken_is_refused(system: System, link: object) -> None:
    said = system.post("/events", {"links": [link, LINK]}).json()["links"]
    assert [each["answer"] for each in said] == ["refused", "taken"]
    assert ObjectObject.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"evnts": []}', 422),
        (b'{"links": [], "evnts": [1]}', 422),
        (b'{"events": 7}', 422),
        (b'{"events": [' + b"0," * 1000 + b"0]}", 422),
        (b'{"events": [' + b"[" * 200_000, 400),
        (b" " * 1_000_001, 400),
    ],
)
def test_what_is_no_batch_is_refused_and_nothing_is_taken(system: System, body: bytes, status: int) -> None:
    before = journal_size()
    signed = system.raw("POST", "/events", body)
    assert (signed.status_code, journal_size(), Event.objects.count()) == (status, before, 0)


def test_no_operation_is_open_to_whoever_signs_nothing(system: System) -> None:
    paths = histories.get_openapi_schema(path_prefix=f"{HERE}/")["paths"]
    assert len(paths) == 2
    for path, entry in paths.items():
        for method in entry:
            assert Client().generic(method.upper(), path, b"{}").status_code == 401
    wrong = replace(system, secret="another").post("/events", {"events": [TOLD]})
    assert (wrong.status_code, Event.objects.count()) == (401, 0)


def test_a_request_that_is_sent_again_as_it_is_is_refused(system: System) -> None:
    answers(system, TOLD)
    sent = system.sent[-1]
    body = json.dumps(sent["said"]).encode()
    assert system.send("POST", "/events", body, sent["headers"]).status_code == 409
    assert (Event.objects.count(), Aside.objects.count()) == (1, 0)


def test_the_page_says_what_is_true(system: System) -> None:
    text = (CHECKOUT / "docs" / "reference" / "push-api.md").read_text(encoding="utf-8")
    said = json.loads(text.partition("```json")[2].partition("```")[0])
    assert answers(system, *said["events"], links=tuple(said["links"])) == ["new"]
    assert f"{limit('batch_most', AT.date()):,} events" in text
