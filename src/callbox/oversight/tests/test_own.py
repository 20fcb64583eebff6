# SPDX-License-Identifier: Apache-2.0
"""Callbox's own journal becomes events that its own promises are held against, each entry once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import DatabaseError
from tests.world import AT, LATER, call_taker, incident, moves_in_between, waiting_call

from callbox.access.domain import system_actor
from callbox.intake.actions import claim_call, link_call
from callbox.journal.actions import move_position
from callbox.journal.models import Entry
from callbox.journal.queries import position_of
from callbox.kernel.errors import NotAllowed
from callbox.matters.domain import workflow_of
from callbox.matters.promises import shipped_table
from callbox.oversight import own, queries
from callbox.oversight.actions import append_events
from callbox.oversight.domain.events import Event, Link
from callbox.oversight.domain.judging import judge
from callbox.oversight.library import shipped_rules
from callbox.oversight.models import Aside, EventObject, Object, ObjectObject
from callbox.oversight.models import Event as Row
from callbox.oversight.retention import erase_expired, limit

pytestmark = pytest.mark.usefixtures("committed")
RETENTION, TELLS = system_actor("retention"), system_actor("oversight")


def take_all() -> None:
    while own.take_journal(at=AT, limit=3):
        pass


def entries() -> Counter[str]:
    found = Entry.objects.filter(kind__in=own.KINDS).values_list("kind", "move")
    return Counter(f"{kind}.{move}" for kind, move in found)


def test_each_entry_becomes_one_event_however_often_it_is_read() -> None:
    call = waiting_call("canary words")
    claim_call(call.pk, by=call_taker(), at=call.matter.opened_at + timedelta(seconds=61))
    take_all()
    assert entries() == Counter(Row.objects.values_list("activity", flat=True))
    move_position(own.NAME, position_of(own.NAME), (0, 0))
    take_all()
    assert entries() == Counter(Row.objects.values_list("activity", flat=True))
    told = "".join(str(row) for row in Row.objects.values_list("key", "said"))
    assert "canary" not in told
    assert "person:" not in told
    history = queries.histories_of("call", [str(call.pk)])[str(call.pk)]
    verdicts = judge(shipped_rules()["own_call_answered"], history, AT + timedelta(days=1))
    assert [each.verdict for each in verdicts] == ["broken_late"]


def test_what_the_journal_says_belongs_together_is_linked() -> None:
    call = waiting_call("x")
    claim_call(call.pk, by=call_taker(), at=LATER)
    whole = incident()
    link_call(call.pk, whole.pk, by=call_taker(), at=LATER)
    take_all()
    found = ObjectObject.objects.values_list("kind", "key", "other_kind", "other_key", "qualifier")
    assert ("call", str(call.pk), "incident", str(whole.pk), "incident") in set(found)
    before = set(found.all())
    move_position(own.NAME, position_of(own.NAME), (0, 0))
    take_all()
    assert set(found.all()) == before


@pytest.mark.parametrize("activity", own.NAMED)
def test_each_move_that_names_another_matter_is_one_of_a_workflow(activity: str) -> None:
    kind, _dot, move = activity.partition(".")
    assert kind in own.KINDS
    assert move == "open" or move in workflow_of(kind, 1).by_name
    assert set(own.NAMED[activity].values()) <= own.KINDS


def test_a_request_is_signed_for_as_the_promise_has_it() -> None:
    """The model and the line of promises.tsv say the same term."""
    (promise,) = (each for each in shipped_table().on(AT.date()) if each.clock == "sign_for")
    (version,) = shipped_rules()["own_request_signed"].versions
    assert getattr(version.form, "limit", None) == promise.term


def test_of_two_that_read_at_once_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting_call("x")
    moves_in_between(monkeypatch, own, "entries_after", lambda: own.take_journal(at=AT))
    assert own.take_journal(at=AT) == 0, "the other one was first"
    assert entries() == Counter(Row.objects.values_list("activity", flat=True))


def test_killed_before_the_commit_nothing_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting_call("x")

    def gone(*_args: object, **_named: object) -> None:
        raise DatabaseError("made up")

    with monkeypatch.context() as patch:
        patch.setattr(own, "append_events", gone)
        with pytest.raises(DatabaseError):
            own.take_journal(at=AT)
    assert position_of(own.NAME) == (0, 0)
    take_all()
    assert entries() == Counter(Row.objects.values_list("activity", flat=True))


def test_a_history_goes_when_nothing_was_told_of_it_for_so_long_and_not_before() -> None:
    both = (("case", "C1"), ("item", "I1"))
    first = Event("1", "x", AT - timedelta(days=9999), objects=both)
    append_events("file:x", [first], [Link(*both)], by=TELLS, at=AT)
    append_events("file:x", [Event("1", "y", None, objects=both)], by=TELLS, at=AT)
    span = timedelta(days=limit("history_kept", AT.date()))
    later = AT + timedelta(days=30)
    append_events("file:x", [Event("2", "x", None, objects=both[:1])], by=TELLS, at=later)
    assert erase_expired(by=RETENTION, at=AT + span) == 0, "the event is old, what was told of it is not"
    with pytest.raises(NotAllowed):
        erase_expired(by=call_taker(), at=AT + span + timedelta(seconds=1))
    assert erase_expired(by=RETENTION, at=AT + span + timedelta(seconds=1)) == 1
    assert {row.key for row in Object.objects.all()} == {"C1"}
    assert Row.objects.count() == 2, "it is an event of the case too"
    assert not ObjectObject.objects.exists()
    assert erase_expired(by=RETENTION, at=later + span + timedelta(seconds=1)) == 1
    assert not any(model.objects.exists() for model in (Row, EventObject, Object, Aside))
