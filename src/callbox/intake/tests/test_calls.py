# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from tests.world import AT, INTAKE, LATER, call_taker, crew_of, dispatcher, journal_size, waiting_call

from callbox.access.models import PersonalRead
from callbox.intake import actions, queries
from callbox.intake.callers import told_of
from callbox.intake.domain import Said
from callbox.intake.models import Call, Caller
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from callbox.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def taken(contact: UUID, **said: object) -> Call | None:
    arrived = actions.Arrived("text", "emergency", AT, contact)
    return actions.take_contact(arrived, Said(**said), by=INTAKE, at=AT)  # type: ignore[arg-type]  # a test's own words


def test_a_contact_becomes_one_call_however_often_it_comes() -> None:
    contact = new_id()
    first = taken(contact, words="made-up")
    size = journal_size()
    assert first is not None
    assert taken(contact, words="made-up") is None
    assert (Call.objects.count(), journal_size()) == (1, size)


def test_messages_of_a_thread_join_its_open_call() -> None:
    first = taken(new_id(), words="a", thread="555-0100")
    second = taken(new_id(), words="b", thread="555-0100", lon=1.0, lat=2.0)
    other = taken(new_id(), words="c", thread="555-0199")
    assert first is not None
    assert second is not None
    assert other is not None
    assert first.pk == second.pk != other.pk
    caller = told_of(Caller.objects.get(call=first))
    assert (caller.words, caller.lon, caller.lat) == ("a\nb", 1.0, 2.0)


def test_a_thread_whose_call_is_finished_begins_a_new_one() -> None:
    first = taken(new_id(), words="a", thread="555-0100")
    assert first is not None
    actions.claim_call(first.pk, by=call_taker(), at=AT)
    actions.wrap_up_call(first.pk, "information", by=call_taker(), at=AT)
    second = taken(new_id(), words="b", thread="555-0100")
    assert second is not None
    assert second.pk != first.pk


def test_the_number_stands_only_where_it_is_erased_one_day() -> None:
    call = taken(new_id(), number="555-0100", words="secret words", thread="555-0100")
    assert call is not None
    told = str([entry.facts for entry in journal.history(call.pk)]) + str(Call.objects.values().get())
    assert "555-0100" not in told
    assert "secret" not in told
    assert Caller.objects.get(call=call).retain_until == AT + actions.RETENTION


def test_an_exchange_may_say_that_the_caller_hung_up() -> None:
    call = taken(new_id(), number="555-0100", lost=True)
    assert call is not None
    assert Call.objects.select_related("matter").get(pk=call.pk).matter.state == "lost"
    actions.try_back(call.pk, "no_answer", by=call_taker(), at=LATER)
    assert actions.claim_call(call.pk, by=call_taker(), at=LATER).state == "answered"


def test_the_way_of_a_call() -> None:
    call, by = waiting_call(), call_taker()
    actions.claim_call(call.pk, by=by, at=AT)
    assert [c.pk for c in queries.answered_by(by)] == [call.pk]
    assert queries.queue(by) == []
    actions.release_call(call.pk, "shift_change", by=by, at=AT)
    assert [c.pk for c in queries.queue(by)] == [call.pk]
    actions.claim_call(call.pk, by=call_taker("b"), at=LATER)
    assert queries.answered_by(by) == []
    actions.wrap_up_call(call.pk, "no_help_needed", by=call_taker("b"), at=LATER)
    owners = [entry.facts.get("owner") for entry in journal.history(call.pk)]
    assert owners == ["desk:answering", by.id, "desk:answering", call_taker("b").id, None]


@pytest.mark.parametrize(
    ("step", "refusal"),
    [
        (lambda c: actions.wrap_up_call(c.pk, "information", by=call_taker(), at=AT), Conflict),
        (lambda c: actions.wrap_up_call(c.pk, "because", by=call_taker(), at=AT), Invalid),
        (lambda c: actions.wrap_up_call(c.pk, "incident", by=call_taker(), at=AT), Invalid),
        (lambda c: actions.claim_call(c.pk, by=crew_of(new_id()), at=AT), NotFound),
        (lambda c: actions.claim_call(new_id(), by=call_taker(), at=AT), NotFound),
        (lambda c: actions.lose_call(c.pk, by=dispatcher(), at=AT), NotAllowed),
        (lambda c: actions.note_words(c.pk, Said(words="x"), by=call_taker(), at=AT), Conflict),
    ],
)
def test_a_refusal_changes_nothing(step: Callable[[Call], object], refusal: type[Refusal]) -> None:
    call = waiting_call()
    size, words = journal_size(), Caller.objects.values().get()
    with pytest.raises(refusal):
        step(call)
    assert (journal_size(), Caller.objects.values().get()) == (size, words)


def test_a_read_of_who_called_is_noted_first() -> None:
    call = waiting_call()
    queries.caller_for(call_taker(), call, purpose="answer", at=LATER)
    noted = PersonalRead.objects.get()
    assert (noted.actor, noted.subject, noted.subject_id, noted.purpose) == (
        call_taker().id,
        "call",
        call.pk,
        "answer",
    )
    with pytest.raises(NotFound):
        queries.caller_for(crew_of(new_id()), call, purpose="curiosity", at=LATER)
    assert PersonalRead.objects.count() == 1


def test_a_call_that_nobody_answers_is_late() -> None:
    from callbox.matters.actions import fire_due_clocks

    call = waiting_call()
    assert fire_due_clocks(by=INTAKE, at=AT + timedelta(seconds=14)) == 0
    assert fire_due_clocks(by=INTAKE, at=AT + timedelta(seconds=15)) == 1
    assert journal.history(call.pk)[-1].move == "late"


def test_an_id_that_a_contact_has_opens_no_second_call() -> None:
    said = Said(words="made-up: first", thread="made-up")
    actions.take_contact(actions.Arrived("text", "emergency", AT, new_id()), said, by=INTAKE, at=AT)
    joined = new_id()
    actions.take_contact(actions.Arrived("text", "emergency", AT, joined), said, by=INTAKE, at=AT)
    with pytest.raises(Conflict):
        actions.open_call(call_id=joined, by=call_taker(), at=AT)
