# SPDX-License-Identifier: Apache-2.0
"""Agencies' systems take part by signed requests: as their desk may, each request once, and nobody else."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.world import AT, LATER, SETUP, call_taker, dispatcher, journal_size, moves_in_between

from callbox.access import agency_keys
from callbox.access.agency_keys import end_key, give_key
from callbox.access.factor_keys import rotate_lasting
from callbox.access.models import AgencyKey, FailedSignIn, PersonalRead, SignedRequest
from callbox.access.queries import agency_of
from callbox.coordination import actions, queries
from callbox.coordination.models import Task
from callbox.coordination.systems import systems
from callbox.coordination.tests.scene import ABSENT, fire, task_of, town
from callbox.coordination.tests.signing import HERE, key_id, system_of
from callbox.host.vault import vault
from callbox.incidents.models import Remark
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, NotAllowed, NotFound
from callbox.matters.models import Matter

WRONG = {
    "another secret": lambda system: replace(system, secret="another").get("/tasks"),
    "another agency's key": lambda system: replace(system, key=system_of("ems").key).get("/tasks"),
    "no such key": lambda system: replace(system, key=str(uuid4())).get("/tasks"),
    "no key at all": lambda system: replace(system, key="-- or nothing").get("/tasks"),
    "another body": lambda system: system.ask("POST", f"/tasks/{uuid4()}/accept", {}, body=b'{"seen": 1}'),
    "another time": lambda system: system.ask("GET", "/tasks", change={"Callbox-Timestamp": "1"}),
    "no number": lambda system: system.ask("GET", "/tasks", change={"Callbox-Timestamp": "²"}),
    "another name": lambda system: system.ask("GET", "/tasks", change={"Idempotency-Key": "other"}),
    "no name": lambda system: system.ask("GET", "/tasks", change={"Idempotency-Key": ""}),
    "no signature": lambda system: system.ask("GET", "/tasks", change={"Callbox-Signature": ""}),
    "letters of ours": lambda system: system.ask("GET", "/tasks", change={"Callbox-Signature": "v1=é"}),
    "an hour ago": lambda system: system.ask("GET", "/tasks", off_s=-3600),
    "an hour ahead": lambda system: system.ask("GET", "/tasks", off_s=3600),
}


@pytest.fixture(autouse=True)
def _town(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("committed" if "committed" in request.fixturenames else "db")
    town()


def test_an_agencys_system_takes_its_task_through_all_steps() -> None:
    found, system = fire(), system_of("ems")
    task = task_of(found.pk, "ems")
    (shown,) = system.get("/tasks").json()
    assert (shown["id"], shown["state"], shown["work"]) == (str(task.pk), "alerted", "treat")
    here = f"/tasks/{task.pk}"
    assert system.post(f"{here}/accept", {"seen": task.matter.version}).json()["state"] == "accepted"
    assert system.post(f"{here}/arrive").json()["state"] == "on_site"
    assert system.post(f"{here}/feed-back", {"result": "done", "words": "two treated"}).status_code == 200
    assert system.post(f"{here}/close").json()["state"] == "closed"
    entries = journal.history(task.pk)
    assert [entry.move for entry in entries] == ["open", "accept", "arrive", "feed_back", "close"]
    assert {(entry.actor, entry.role) for entry in entries[1:]} == {
        (f"agency:{task.agency_id}", "agency_desk")
    }
    assert Matter.objects.get(pk=task.pk).owner == f"agency:{task.agency_id}"
    assert Remark.objects.filter(incident=found.pk).count() == 1


def test_it_says_that_it_cannot_and_then_sees_nothing_more() -> None:
    found, system = fire(), system_of("ems")
    here = f"/tasks/{task_of(found.pk, 'ems').pk}"
    assert system.post(f"{here}/cannot", {"reason": "in words"}).status_code == 422
    assert system.post(f"{here}/cannot", {"reason": "no_people"}).json()["state"] == "unable"
    assert system.get("/tasks").json() == []
    for path in (here, f"{here}/incident"):
        answer = system.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert system.post(f"{here}/remarks", {"words": "still here"}).status_code == 404


def test_it_reads_its_incident_which_is_noted_and_says_each_remark_once() -> None:
    found, system = fire(), system_of("ems")
    task, said = task_of(found.pk, "ems"), {"words": "gate is locked", "id": str(uuid4())}
    for _ in range(2):
        assert system.post(f"/tasks/{task.pk}/remarks", said).status_code == 200
    told = system.get(f"/tasks/{task.pk}/incident").json()
    assert (told["lead"], told["level"], len(told["tasks"])) == ("fire", 2, 5)
    assert [each["text"] for each in told["remarks"]] == ["gate is locked"]
    assert told["lon"] is not None
    noted = PersonalRead.objects.get(subject="incident", purpose="system")
    assert (noted.subject_id, noted.actor) == (found.pk, f"agency:{task.agency_id}")


def test_anothers_task_is_not_there() -> None:
    found, system = fire(), system_of(ABSENT)
    other = task_of(found.pk, "ems")
    before = journal_size()
    assert system.get("/tasks").json() == []
    for name in ("accept", "arrive", "close"):
        assert system.post(f"/tasks/{other.pk}/{name}").status_code == 404
    assert system.get(f"/tasks/{other.pk}").status_code == 404
    assert journal_size() == before


@pytest.mark.parametrize("how", WRONG)
def test_what_is_not_signed_right_is_refused(how: str) -> None:
    fire()
    system = system_of("fire")
    assert system.get("/tasks").status_code == 200
    before = journal_size(), SignedRequest.objects.count()
    wrong: Any = WRONG[how](system)
    grown = 1 if how == "another agency's key" else 0  # the key itself
    assert (wrong.status_code, wrong["Content-Type"]) == (401, "application/problem+json")
    assert (journal_size() - grown, SignedRequest.objects.count()) == before


def test_no_operation_is_open_to_whoever_signs_nothing() -> None:
    paths = systems.get_openapi_schema(path_prefix=f"{HERE}/")["paths"]
    assert len(paths) > 6
    operations = [(path, method) for path, entry in paths.items() for method in entry]
    for number, (path, method) in enumerate(operations):
        asked = re.sub(r"{\w+}", lambda _: str(uuid4()), path)
        sender = Client(REMOTE_ADDR=f"198.51.100.{number + 1}")  # one alone would be locked out on the way
        assert sender.generic(method.upper(), asked, b"{}").status_code == 401, path


def test_a_request_is_taken_once() -> None:
    found, system = fire(), system_of("ems")
    task = task_of(found.pk, "ems")
    assert system.post(f"/tasks/{task.pk}/remarks", {"words": "once"}).status_code == 200
    first = system.sent[-1]
    before = journal_size()
    again = system.send("POST", first["path"], b'{"words": "once"}', first["headers"])
    assert (again.status_code, Remark.objects.count(), journal_size()) == (409, 1, before)
    assert system.ask("GET", "/tasks", once=first["once"]).status_code == 409
    assert system_of("fire").ask("GET", "/tasks", once=first["once"]).status_code == 200, "of another key"


def test_of_two_that_send_the_same_at_once_one_is_taken(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, system = task_of(fire().pk, "ems"), system_of("ems")
    path, answers = f"/tasks/{task.pk}/remarks", []

    def same() -> None:
        sent = system.sent[-1]
        answers.append(system.send("POST", path, b'{"words": "once"}', sent["headers"]).status_code)

    moves_in_between(monkeypatch, agency_keys, "_known", same)
    answers.append(system.post(path, {"words": "once"}).status_code)
    assert answers == [200, 409]
    assert Remark.objects.count() == 1


def test_what_was_seen_is_forgotten_only_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    system, now = system_of("ems"), timezone.now()
    system.ask("GET", "/tasks", off_s=290)
    first = system.sent[-1]
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=9))
    assert system.send("GET", "/tasks", b"", first["headers"]).status_code == 409
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=11))
    assert system.get("/tasks").status_code == 200
    assert SignedRequest.objects.count() == 1
    assert system.send("GET", "/tasks", b"", first["headers"]).status_code == 401


def test_wrong_signatures_count_as_guesses_of_whoever_guesses() -> None:
    system = system_of("ems")
    for _ in range(10):
        assert replace(system, secret="guessed").get("/tasks").status_code == 401
    assert FailedSignIn.objects.count() == 20
    assert system.get("/tasks").status_code == 403, "the right one waits too"
    assert replace(system, source="203.0.113.8").get("/tasks").status_code == 200, (
        "the agency itself does not"
    )


def test_a_key_is_shown_once_serves_beside_the_next_and_ends() -> None:
    old, new = system_of("ems"), system_of("ems")
    with pytest.raises(Conflict):
        give_key(agency_of("ems"), by=SETUP, at=AT)
    with pytest.raises(NotAllowed):
        give_key(agency_of("fire"), by=dispatcher(), at=AT)
    for row in AgencyKey.objects.all():
        assert old.secret.encode() not in bytes(row.sealed)
    assert [each.get("/tasks").status_code for each in (old, new)] == [200, 200]
    with pytest.raises(NotAllowed):
        end_key(key_id(old), by=call_taker(), at=AT)
    end_key(key_id(old), by=SETUP, at=AT)
    assert [each.get("/tasks").status_code for each in (old, new)] == [401, 200]
    with pytest.raises(NotFound):
        end_key(key_id(old), by=SETUP, at=LATER)
    assert bytes(AgencyKey.objects.get(pk=old.key).sealed) == b""
    moves = [entry.move for entry in journal.history(agency_of("ems").pk)]
    assert moves[1:] == ["give_key", "give_key", "end_key"]


def test_a_key_serves_on_when_the_lasting_key_is_renewed() -> None:
    system = system_of("ems")
    rotate_lasting()
    rotate_lasting()
    number = max(vault().generations())
    assert bytes(AgencyKey.objects.get(pk=system.key).sealed)[1:5] == number.to_bytes(4, "big")
    assert system.get("/tasks").status_code == 200


def test_two_of_one_agency_accept_at_once_its_desk_and_its_system(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, system = task_of(fire().pk, "ems"), system_of("ems")
    answers: list[int] = []
    moves_in_between(
        monkeypatch,
        queries,
        "task_for",
        lambda: answers.append(system.post(f"/tasks/{task.pk}/accept").status_code),
    )
    with pytest.raises(Conflict):
        actions.accept_task(task.pk, by=dispatcher(), at=LATER)
    assert answers == [200]
    assert [entry.move for entry in journal.history(task.pk)] == ["open", "accept"]
    assert Task.objects.get(pk=task.pk).state == "accepted"
