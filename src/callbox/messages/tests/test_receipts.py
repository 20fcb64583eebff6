# SPDX-License-Identifier: Apache-2.0
"""What a gateway says later: signed, once, in any order; what did not arrive is in view and can be sent again."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from tests.signed_in import person, signed_in
from tests.world import AT, call_taker, journal_size, moves_in_between, second_waits_for, supervisor

from callbox.journal import queries as journal
from callbox.kernel.errors import Invalid, NotAllowed, NotFound
from callbox.kernel.ids import new_id
from callbox.messages import actions, receipts, sending
from callbox.messages.domain import (
    DELIVERED,
    SENT,
    SETTLED,
    TAKEN,
    UNDELIVERED,
    WAITING,
    Answer,
    Receipt,
    decide_receipt,
    message_of,
)
from callbox.messages.gateways import hand_over
from callbox.messages.models import Message
from callbox.messages.tests.far_sides import SECRET, WELL, FarSide, text_gateway
from callbox.messages.tests.outbox import LATER, SENDER, queued, run, state_of

pytestmark = pytest.mark.usefixtures("committed")
PATH = "/gateways/sms/receipts"


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FarSide]:
    with text_gateway(monkeypatch, tmp_path) as side:
        yield side


def sent() -> UUID:
    message = queued("r1", "sms")
    run("sms")
    assert state_of(message) == (SENT, "")
    return message


def body_of(letter: object, status: object = "failed", **more: object) -> bytes:
    return json.dumps({"id": str(letter), "status": status, **more}).encode()


def signed(
    body: bytes, path: str = PATH, *, stamp: str = "", key: str = "k", secret: str = SECRET
) -> dict[str, str]:
    """The headers as the how-to says it, reckoned by hand."""
    at = stamp or str(int(timezone.now().timestamp()))
    said = "\n".join((at, "POST", path, key, hashlib.sha256(body).hexdigest()))
    sign = "v1=" + hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()
    return {"Callbox-Timestamp": at, "Idempotency-Key": key, "Callbox-Signature": sign}


def post(body: bytes, headers: dict[str, str] | None = None, path: str = PATH) -> int:
    client = Client(enforce_csrf_checks=True)
    said = signed(body, path) if headers is None else headers
    return client.post(path, body, content_type="application/json", headers=said).status_code


def moves(message: UUID) -> list[str]:
    return [entry.move for entry in journal.history(message)]


@pytest.mark.parametrize(
    ("state", "delivered", "is_last", "then"),
    [
        (WAITING, True, True, DELIVERED),
        (SENT, True, True, DELIVERED),
        (UNDELIVERED, True, True, DELIVERED),
        (UNDELIVERED, True, False, DELIVERED),
        (DELIVERED, True, True, DELIVERED),
        (SETTLED, True, True, SETTLED),
        (WAITING, False, True, UNDELIVERED),
        (SENT, False, True, UNDELIVERED),
        (SENT, False, False, SENT),
        (WAITING, False, False, WAITING),
        (UNDELIVERED, False, True, UNDELIVERED),
        (DELIVERED, False, True, DELIVERED),
        (SETTLED, False, True, SETTLED),
    ],
)
def test_what_a_receipt_makes_of_a_message(state: str, delivered: bool, is_last: bool, then: str) -> None:
    assert decide_receipt(state, delivered, is_last=is_last) == then


def test_delivered_is_in_view_and_journalled_once(far: FarSide) -> None:
    message = sent()
    assert [post(body_of(message, "delivered")) for _ in range(3)] == [204, 204, 204]
    assert state_of(message) == (DELIVERED, "")
    assert moves(message) == ["queue", "take", "arrive"]
    chief = signed_in(person("chief", "supervisor"))
    page = chief.get("/desk/messages").content.decode()
    assert "0 sent, 1 delivered for certain, 0 not delivered" in page
    assert "Delivered" in chief.get(f"/desk/messages/{message}").content.decode()


def test_failed_is_undelivered_and_tried_again_is_another_letter(far: FarSide) -> None:
    message = sent()
    assert post(body_of(message, code="30003")) == 204
    assert state_of(message) == (UNDELIVERED, "failed_30003")
    chief = signed_in(person("chief", "supervisor"))
    assert "did not arrive: 30003" in chief.get("/desk/messages").content.decode()
    actions.retry_message(message, by=supervisor(), at=LATER)
    run("sms", LATER)
    assert list(far.taken) == [str(message), f"{message}.1"]
    assert post(body_of(message)) == 204  # of the first letter, again
    assert state_of(message) == (SENT, "")
    assert post(body_of(f"{message}.1", "delivered")) == 204
    assert moves(message) == ["queue", "take", "fail", "retry", "take", "arrive"]
    assert journal.verify().ok


def test_a_receipt_that_comes_before_its_answer_is_noted_wins(
    far: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queued("r1", "sms")

    def quick(*args: object) -> Answer:
        answer = hand_over(*args)  # type: ignore[arg-type]  # as it was called
        assert post(body_of(message, "delivered")) == 204
        return answer

    monkeypatch.setattr(sending, "hand_over", quick)
    run("sms", most=1)
    assert state_of(message) == (DELIVERED, "")
    assert moves(message) == ["queue", "arrive"]


def test_two_receipts_at_once_are_one(far: FarSide, monkeypatch: pytest.MonkeyPatch) -> None:
    message = sent()
    receipt = Receipt(str(message), delivered=False)
    moves_in_between(
        monkeypatch,
        receipts,
        "message_of",
        lambda: receipts.note_receipt("sms", receipt, by=SENDER, at=LATER),
    )
    assert receipts.note_receipt("sms", receipt, by=SENDER, at=LATER) is False
    assert (moves(message), Message.objects.get().round) == (["queue", "take", "fail"], 1)


def test_the_second_of_two_receipts_waits_for_the_first_and_is_no_news(far: FarSide) -> None:
    message = sent()
    receipt = Receipt(str(message), delivered=False)

    def note() -> bool:
        return receipts.note_receipt("sms", receipt, by=SENDER, at=LATER)

    assert second_waits_for(note, note) == (True, False)
    assert (moves(message), Message.objects.get().round) == (["queue", "take", "fail"], 1)


def refused(message: UUID) -> dict[str, tuple[int, bytes, dict[str, str], str]]:
    """Each receipt that is not to be believed: the status, and what was sent where."""
    good, other = body_of(message), new_id()
    old = str(int(timezone.now().timestamp()) - 301)
    long = body_of(message, code="x" * 5000)
    return {
        "no signature": (403, good, {}, PATH),
        "another secret": (403, good, signed(good, secret="another made-up secret"), PATH),
        "another body": (403, good, signed(body_of(message, "delivered")), PATH),
        "another gateway": (403, good, signed(good, "/gateways/mail/receipts"), PATH),
        "too old": (403, good, signed(good, stamp=old), PATH),
        "no time": (403, good, signed(good, stamp="soon"), PATH),
        "no such message": (404, body_of(other), signed(body_of(other)), PATH),
        "a later round": (404, body_of(f"{message}.1"), signed(body_of(f"{message}.1")), PATH),
        "no id": (422, body_of("nonsense"), signed(body_of("nonsense")), PATH),
        "no state": (422, body_of(message, "maybe"), signed(body_of(message, "maybe")), PATH),
        "a list": (422, b"[1]", signed(b"[1]"), PATH),
        "words as a code": (422, body_of(message, code="Mr X"), signed(body_of(message, code="Mr X")), PATH),
        "too long": (422, long, signed(long), PATH),
        "no such gateway": (404, good, signed(good, "/gateways/none/receipts"), "/gateways/none/receipts"),
        "one that tells nothing": (
            404,
            good,
            signed(good, "/gateways/file/receipts"),
            "/gateways/file/receipts",
        ),
    }


def test_what_is_not_to_be_believed_changes_nothing(far: FarSide) -> None:
    message = sent()
    before, row = journal_size(), Message.objects.values().get()
    for name, (status, body, headers, path) in refused(message).items():
        assert post(body, headers, path) == status, name
        assert (journal_size(), Message.objects.values().get()) == (before, row), name


def test_a_gateway_tells_of_its_own_letters_alone_and_not_before_they_were_tried(far: FarSide) -> None:
    message = sent()
    untried = queued("r2", "sms")
    for gateway, of in (("sms_second", message), ("sms", untried)):
        with pytest.raises(NotFound):
            receipts.note_receipt(gateway, Receipt(str(of), delivered=True), by=SENDER, at=AT)
    assert (state_of(message)[0], state_of(untried)[0]) == (SENT, WAITING)


def test_nobody_but_callbox_notes_receipts(far: FarSide) -> None:
    message = sent()
    with pytest.raises(NotAllowed):
        receipts.note_receipt("sms", Receipt(str(message), delivered=True), by=call_taker(), at=AT)


@pytest.mark.parametrize("letter", ["", "x", "019aa5c5-7d31-7b9e-8d3c-0f2f1c0d6f11.x"])
def test_an_id_that_is_none_is_refused(letter: str) -> None:
    with pytest.raises(Invalid):
        message_of(letter)


def test_the_far_side_of_these_tests_takes_what_we_sign(far: FarSide) -> None:
    sent()
    assert (far.behaviour, Answer(TAKEN).outcome) == (WELL, "taken")
