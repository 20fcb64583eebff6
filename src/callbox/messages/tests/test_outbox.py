# SPDX-License-Identifier: Apache-2.0
"""Queued with the move, sent once by key, retried, given up, tried again by hand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests.world import AT, call_taker, journal_size, moves_in_between, second_waits_for, supervisor

from callbox.access.models import PersonalRead
from callbox.access.seeing import seeing
from callbox.access.sight import sight_of
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from callbox.kernel.ids import new_id
from callbox.messages import actions, queries, sending, turns
from callbox.messages.domain import NOT_TAKEN, REFUSED, SENT, SETTLED, TAKEN, UNDELIVERED, WAITING, Answer
from callbox.messages.gateways import hand_over
from callbox.messages.models import Message, Text
from callbox.messages.retention import erase_expired, kept_spans
from callbox.messages.tests.outbox import (
    ERASER,
    LATER,
    SENDER,
    TO,
    files_in,
    folder,
    queued,
    run,
    state_of,
    turn,
    wanted,
)
from callbox.messages.ways import kind_on

pytestmark = pytest.mark.usefixtures("committed")
LONG_AFTER = AT + timedelta(days=5)


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    return folder(monkeypatch, tmp_path)


def moves(message_id: UUID) -> list[str]:
    return [entry.move for entry in journal.history(message_id)]


def serve(at: datetime = AT) -> None:
    turns.look_after(at)
    run("file", at)


def test_a_message_goes_out_once_for_its_key(out: Path) -> None:
    message = queued()
    assert actions.queue_message(wanted(), by=SENDER, at=LATER) is None
    serve()
    serve(LATER)
    (sent,) = files_in(out)
    assert (sent["id"], sent["to"]) == (str(message), TO["email"])
    assert sent["subject"] == "Request: Reminder, level 1"
    assert state_of(message) == (SENT, "")
    assert moves(message) == ["queue", "take"]
    assert journal.verify().ok


def test_whoever_moves_a_matter_need_not_see_what_is_sent_because_of_it(out: Path) -> None:
    with seeing(sight_of(call_taker())):
        message = queued()
        assert not Message.objects.filter(pk=message).exists()
    assert Message.objects.filter(pk=message).exists()


def test_a_move_that_is_undone_sends_nothing(out: Path) -> None:
    with transaction.atomic():
        queued()
        transaction.set_rollback(True)
    serve()
    assert Message.objects.count() == journal_size() == 0
    assert files_in(out) == []


def test_two_who_queue_one_key_at_once_queue_one(monkeypatch: pytest.MonkeyPatch, out: Path) -> None:
    moves_in_between(monkeypatch, actions, "kind_on", lambda: queued())
    assert actions.queue_message(wanted(), by=SENDER, at=AT) is None
    serve()
    assert len(files_in(out)) == 1


def test_two_workers_at_once_send_one(monkeypatch: pytest.MonkeyPatch, out: Path) -> None:
    message = queued()
    turns.look_after(AT)
    tries: list[str] = []
    original = hand_over

    def counted(*args: object) -> Answer:
        assert not connection.in_atomic_block, "a gateway is never asked inside a transaction"
        tries.append("tried")
        return original(*args)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(sending, "hand_over", counted)
    moves_in_between(monkeypatch, queries, "due_messages", lambda: run("file"))
    run("file")
    assert tries == ["tried"]
    assert state_of(message) == (SENT, "")
    assert moves(message) == ["queue", "take"]


def test_who_was_taken_for_cut_off_writes_nothing_over_the_one_who_took_over(out: Path) -> None:
    message = queued()
    turns.look_after(AT)
    slow = sending.claim_message(message, "file", by=SENDER, at=AT)
    assert slow is not None
    serve(LATER)  # its lease is over
    serve(LATER + timedelta(minutes=1))
    assert state_of(message) == (SENT, "")
    assert sending.note_answer(slow, Answer(NOT_TAKEN), by=SENDER, at=LATER) is False
    assert state_of(message) == (SENT, "")
    assert len(files_in(out)) == 1


def test_waits_grow_and_come_to_an_end(monkeypatch: pytest.MonkeyPatch, out: Path) -> None:
    message = queued()
    turns.look_after(AT)
    monkeypatch.setattr(sending, "hand_over", lambda *_: Answer(NOT_TAKEN, "no_line"))
    at, waits = AT, []
    for _ in range(200):
        run("file", at)
        row = Message.objects.get(pk=message)
        if row.state != WAITING:
            break
        waits.append(round((row.due_at - at).total_seconds()))
        at = row.due_at
    assert waits[:5] == [30, 60, 300, 900, 3600]
    assert state_of(message) == (UNDELIVERED, "no_line")
    assert moves(message) == ["queue", "give_up"]
    assert at - AT >= timedelta(days=3)


def test_what_no_gateway_serves_is_given_up_and_seen() -> None:
    message = queued()
    turns.look_after(AT + timedelta(days=2))
    assert state_of(message) == (WAITING, "")
    turns.look_after(LONG_AFTER)
    assert state_of(message) == (UNDELIVERED, "no_gateway")
    assert [row.pk for row in queries.undelivered(supervisor())] == [message]


def test_a_supervisor_tries_again_or_settles_it(out: Path) -> None:
    message = queued()
    sending.give_up_unserved([], by=SENDER, at=LONG_AFTER)
    actions.retry_message(message, by=supervisor(), at=LONG_AFTER)
    with pytest.raises(Conflict):
        actions.retry_message(message, by=supervisor(), at=LONG_AFTER)
    with pytest.raises(Conflict):
        actions.settle_message(message, by=supervisor(), at=LONG_AFTER)
    serve(LONG_AFTER)
    assert state_of(message) == (SENT, "")
    assert moves(message) == ["queue", "give_up", "retry", "take"]
    other = queued("k2")
    sending.give_up_unserved([], by=SENDER, at=LONG_AFTER)
    actions.settle_message(other, by=supervisor(), at=LONG_AFTER)
    assert state_of(other)[0] == SETTLED
    assert queries.undelivered(supervisor()) == []


def test_others_may_neither_see_nor_retry() -> None:
    message = queued()
    sending.give_up_unserved([], by=SENDER, at=LONG_AFTER)
    before = journal_size()
    for act in (actions.retry_message, actions.settle_message):
        with pytest.raises(NotAllowed):
            act(message, by=call_taker(), at=LONG_AFTER)
    with pytest.raises(NotFound):
        queries.undelivered(call_taker())
    with pytest.raises(NotFound):
        queries.words_for(call_taker(), message, at=AT)
    with pytest.raises(NotAllowed):
        actions.queue_message(wanted("k2"), by=call_taker(), at=AT)
    assert (journal_size(), state_of(message)[0]) == (before, UNDELIVERED)


def test_recipient_and_words_are_sealed_and_a_read_of_them_is_noted() -> None:
    message = queued()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m::text || t::text || (SELECT string_agg(e::text, '') FROM journal_entry e)"
            " FROM messages_message m, messages_text t"
        )
        said = cursor.fetchone()[0]
    assert TO["email"] not in said
    assert "Reminder" not in said
    words = queries.words_for(supervisor(), message, at=AT)
    assert (words.to, words.erased) == (TO["email"], False)
    read = PersonalRead.objects.get()
    assert (read.subject, read.subject_id) == ("message", message)


def test_erased_at_its_date_it_cannot_be_sent_again(out: Path) -> None:
    message = queued()
    until = Text.objects.get().retain_until
    assert erase_expired(by=ERASER, at=until) == 0, "it is still on its way"
    sending.give_up_unserved([], by=SENDER, at=LONG_AFTER)
    assert erase_expired(by=ERASER, at=until - timedelta(seconds=1)) == 0
    assert erase_expired(by=ERASER, at=until) == 1
    assert (Text.objects.get().sealed, Message.objects.get().mark) == (None, "")
    assert queries.words_for(supervisor(), message, at=until).erased
    with pytest.raises(Conflict, match="nobody is named"):
        actions.retry_message(message, by=supervisor(), at=until)
    assert journal.verify().ok
    assert all(until - AT <= span + timedelta(days=1) for span in [max(kept_spans(AT))])


def test_only_so_many_codes_go_to_one_recipient(monkeypatch: pytest.MonkeyPatch, out: Path) -> None:
    as_codes(monkeypatch)
    for number in range(5):
        queued(f"c{number}", "sms")
    before = journal_size()
    with pytest.raises(Unavailable, match="15 minutes"):
        queued("c5", "sms")
    assert (journal_size(), Message.objects.count()) == (before, 5)
    queued("c6", "email")
    queued("c7", "sms", at=AT + timedelta(minutes=16))


def test_two_codes_at_once_are_counted_both(monkeypatch: pytest.MonkeyPatch) -> None:
    as_codes(monkeypatch)
    for number in range(4):
        queued(f"c{number}", "sms")
    moves_in_between(monkeypatch, actions, "form", lambda: queued("quick", "sms"))
    with pytest.raises(Unavailable):
        queued("slow", "sms")
    assert Message.objects.count() == 5


def test_of_two_codes_queued_at_once_the_second_waits_to_count_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    as_codes(monkeypatch)
    for number in range(4):
        queued(f"c{number}", "sms")
    with pytest.raises(Unavailable):
        second_waits_for(lambda: queued("first", "sms"), lambda: queued("second", "sms"))
    assert Message.objects.count() == 5


def as_codes(patch: pytest.MonkeyPatch) -> None:
    """The letter is a code."""
    original = kind_on
    patch.setattr(actions, "kind_on", lambda _kind, day: original("code", day))


def test_notices_wait_for_the_morning_and_codes_do_not(monkeypatch: pytest.MonkeyPatch, out: Path) -> None:
    night = datetime(2026, 11, 1, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    notice = queued("n", at=night)
    as_codes(monkeypatch)
    queued("c", at=night)
    serve(night)
    assert [sent["id"] for sent in files_in(out)] == [str(Message.objects.get(key="c").pk)]
    serve(night + timedelta(hours=7))
    assert state_of(notice) == (SENT, "")


def test_a_try_that_failed_at_night_is_made_again_in_the_morning(
    monkeypatch: pytest.MonkeyPatch, out: Path
) -> None:
    evening = datetime(2026, 11, 1, 13, 59, 50, tzinfo=UTC)
    message = queued(at=evening)
    turns.look_after(evening)
    monkeypatch.setattr(sending, "hand_over", lambda *_: Answer(NOT_TAKEN, "no_line"))
    run("file", evening)
    assert Message.objects.get(pk=message).due_at == datetime(2026, 11, 1, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("way", "to"),
    [("email", "a@b\nBcc: c@d"), ("email", "nobody"), ("sms", "12"), ("sms", "+1555x"), ("email", "")],
)
def test_what_is_no_address_is_refused(way: str, to: str) -> None:
    before = Message.objects.count()
    said = wanted("k", way)
    with pytest.raises(Invalid):
        actions.queue_message(
            actions.Wanted(said.key, said.letter, way, to, "en", said.words), by=SENDER, at=AT
        )
    assert (Message.objects.count(), journal_size()) == (before, 0)


def test_a_gateway_that_is_away_three_times_gives_the_rest_to_the_next(
    monkeypatch: pytest.MonkeyPatch, out: Path
) -> None:
    monkeypatch.setenv("CALLBOX_GATEWAY_MAIL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("CALLBOX_GATEWAY_MAIL_FROM", "callbox@city.example")
    for number in range(8):
        queued(f"k{number}")
    mail = turn("mail")
    assert [mail.step(AT) for _ in range(3)] == [0, 0, 0]
    assert Message.objects.filter(gateway="mail").count() == 5
    mail.step(AT)
    assert Message.objects.filter(gateway="mail", attempts=0).count() == 0
    run("file", LATER)
    assert len(files_in(out)) == 8


def test_what_somebody_tries_is_not_claimed_again(out: Path) -> None:
    message = queued()
    turns.look_after(AT)
    assert sending.claim_message(message, "file", by=SENDER, at=AT) is not None
    assert sending.claim_message(message, "file", by=SENDER, at=AT) is None


def test_what_is_not_due_is_not_claimed(out: Path) -> None:
    message = queued(at=LATER)
    turns.look_after(LATER)
    assert sending.claim_message(message, "file", by=SENDER, at=LATER - timedelta(seconds=1)) is None
    assert Message.objects.get(pk=message).attempts == 0
    assert sending.claim_message(message, "file", by=SENDER, at=LATER) is not None


def test_who_was_taken_for_cut_off_says_nothing_while_another_tries(out: Path) -> None:
    message = queued()
    turns.look_after(AT)
    slow = sending.claim_message(message, "file", by=SENDER, at=AT)
    sending.end_cut_off(by=SENDER, at=LATER)
    again = sending.claim_message(message, "file", by=SENDER, at=LATER + timedelta(hours=1))
    assert slow is not None
    assert again is not None
    before, row = journal_size(), Message.objects.values().get()
    for answer in (Answer(TAKEN), Answer(NOT_TAKEN), Answer(REFUSED, "no")):
        assert sending.note_answer(slow, answer, by=SENDER, at=LATER + timedelta(hours=1)) is False
        assert (journal_size(), Message.objects.values().get()) == (before, row)


@pytest.mark.parametrize("held", [{"stuck": True}, {"claim": new_id(), "claimed_until": LATER}])
def test_what_is_stuck_or_being_tried_is_not_handed_on(held: dict[str, object]) -> None:
    message, free = queued(), queued("free")
    Message.objects.filter(pk=message).update(**held)
    away = Message.objects.get(pk=message).gateway
    assert sending.hand_on(away, ["email"], "other", keep=0, by=SENDER, at=AT) == 1
    assert [Message.objects.get(pk=each).gateway for each in (message, free)] == [away, "other"]


def test_what_somebody_tries_is_not_given_up(out: Path) -> None:
    message = queued()
    turns.look_after(AT)
    trying = sending.claim_message(message, "file", by=SENDER, at=AT)
    assert sending.give_up_unserved([], by=SENDER, at=LONG_AFTER) == 0
    assert trying is not None
    assert sending.note_answer(trying, Answer(TAKEN), by=SENDER, at=LONG_AFTER) is True
    assert moves(message) == ["queue", "take"]
