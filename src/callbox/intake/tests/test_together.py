# SPDX-License-Identifier: Apache-2.0
"""Contacts become calls many at a time, in one transaction, and one at a time where one of them cannot be taken."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError, OperationalError, connection
from tests.contacts import raw_contact
from tests.world import INTAKE

from callbox.intake import actions, reactions, reading
from callbox.intake.actions import Incoming
from callbox.intake.aside import set_aside
from callbox.intake.callers import told_of
from callbox.intake.models import Call, CallContact, Caller
from callbox.intake.reactions import next_contacts, take, take_contacts
from callbox.intake.reading import as_it_is, read_contact
from callbox.journal import queries as journal
from callbox.matters.models import Clock

pytestmark = pytest.mark.usefixtures("committed")


def text(words: str, number: str = "") -> UUID:
    body = json.dumps({"words": words, "number": number}).encode()
    return raw_contact(body, channel="text", lane="written")


def opened() -> list[UUID]:
    """The calls in the order in which the journal tells of them."""
    entries = journal.entries_after((0, 0), 1_000)
    return [entry.chain for entry in entries if (entry.kind, entry.move) == ("call", "open")]


def words_of(call_id: UUID) -> str:
    return told_of(Caller.objects.get(call_id=call_id)).words


def statements(limit: int) -> list[str]:
    """What the database was asked while so many contacts became calls."""
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert take_contacts(by=INTAKE, limit=limit) == limit
    return asked


def test_what_came_together_becomes_calls_in_one_transaction_in_its_order() -> None:
    sent = [text(f"words {number}") for number in range(7)]
    assert take_contacts(by=INTAKE) == len(sent)
    assert opened() == sent
    assert len({entry.xid for entry in journal.entries_after((0, 0), 100) if entry.kind == "call"}) == 1
    assert [words_of(each) for each in sent] == [f"words {number}" for number in range(7)]
    assert set(CallContact.objects.values_list("contact", "call_id")) == {(each, each) for each in sent}
    running = Clock.objects.filter(stopped_at=None, fired_at=None)
    assert sorted(running.values_list("matter_id", "name")) == sorted((each, "answer") for each in sent)
    assert journal.verify().ok


def test_more_contacts_ask_the_database_no_more_often() -> None:
    text("so that there is something to follow")
    statements(1)
    text("alone")
    few = statements(1)
    for number in range(9):
        text(f"words {number}")
    assert len(statements(9)) == len(few)


def test_messages_of_one_sender_that_came_together_are_one_call() -> None:
    first = text("smoke", "+1 555 0100")
    other = text("something else", "+1 555 0101")
    text("in the yard", "+1 555 0100")
    text("no number")
    text("hurry", "+1 555 0100")
    assert take_contacts(by=INTAKE) == 5
    assert Call.objects.count() == 3
    assert [entry.move for entry in journal.history(first)] == ["open", "contact", "contact"]
    assert words_of(first) == "smoke\nin the yard\nhurry"
    assert words_of(other) == "something else"
    assert CallContact.objects.count() == 5
    assert journal.verify().ok


def test_one_that_the_database_refuses_is_given_to_a_person_and_the_others_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = [text("good"), text("bad"), text("as good")]

    def refusing(some: Sequence[Incoming], *, by: Any) -> object:
        if any(each.said.words == "bad" and each.said.readable for each in some):
            raise DataError
        return take_all(some, by=by)

    take_all = actions.take_contacts
    monkeypatch.setattr(actions, "take_contacts", refusing)
    assert take_contacts(by=INTAKE) == 3
    assert opened() == sent
    assert [Call.objects.get(pk=each).readable for each in sent] == [True, False, True]


def test_one_that_breaks_whoever_reads_it_holds_up_none_before_it_and_is_set_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = [text("good"), text("breaks"), text("as good")]

    def breaking(channel: str, body: bytes, content_type: str) -> object:
        if b"breaks" in body:
            raise MemoryError
        return read_contact(channel, body, content_type)

    monkeypatch.setattr(reactions, "read_contact", breaking)
    for _ in range(2):
        with pytest.raises(MemoryError):
            take_contacts(by=INTAKE)
        assert opened() == sent[:1]
    assert set_aside(by=INTAKE) == 1
    assert take_contacts(by=INTAKE) == 1
    assert opened() == sent
    assert [Call.objects.get(pk=each).readable for each in sent] == [True, False, True]
    assert journal.verify().ok


@pytest.mark.parametrize("problem", [KeyError("made up"), RecursionError(), ValueError("made up")])
def test_whatever_a_reader_stumbles_over_is_a_call_at_once(
    monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def broken(_body: bytes, _content_type: str) -> object:
        raise problem

    monkeypatch.setattr(reading, "readers", lambda: {"text": broken})
    sent = [text("one"), text("two")]
    assert take_contacts(by=INTAKE) == 2
    assert opened() == sent
    assert [Call.objects.get(pk=each).readable for each in sent] == [False, False]


def test_a_database_that_is_gone_is_not_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def gone(some: Sequence[Incoming], *, by: Any) -> object:
        asked.append(len(some))
        raise OperationalError("made up")

    text("one"), text("two")
    monkeypatch.setattr(actions, "take_contacts", gone)
    with pytest.raises(OperationalError):
        take_contacts(by=INTAKE)
    assert asked == [2]


def test_a_fault_of_the_portion_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    take_all = actions.take_contacts

    def wrong(some: Sequence[Incoming], *, by: Any) -> object:
        if len(some) > 1:
            raise TypeError("words of somebody")
        return take_all(some, by=by)

    text("one"), text("two")
    monkeypatch.setattr(actions, "take_contacts", wrong)
    assert take_contacts(by=INTAKE) == 2
    assert "2 contacts were not taken together (TypeError)" in caplog.text
    assert "words of somebody" not in caplog.text


def test_what_another_worker_took_meanwhile_is_not_taken_again() -> None:
    sent = [text("one"), text("two")]
    reader = next_contacts(10)
    assert reader is not None
    assert take_contacts(by=INTAKE) == 2
    some = [(each, as_it_is(each.body)) for each in reader.contacts]
    assert take(some, reader, by=INTAKE, at=None) is None
    assert opened() == sent
