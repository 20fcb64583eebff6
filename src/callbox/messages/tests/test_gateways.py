# SPDX-License-Identifier: Apache-2.0
"""Real far sides that hang, refuse, fail, and drop the line after they took a message."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from tests.faults.kill import killed_at
from tests.world import AT

from callbox.host.errors import ConfigError
from callbox.messages import gateways, sending, turns
from callbox.messages.domain import CUT_OFF, SENT, UNDELIVERED, WAITING
from callbox.messages.gateways import asking, protocols, settings_of, signed_http, smtp
from callbox.messages.models import Message
from callbox.messages.tests import far_sides
from callbox.messages.tests.far_sides import FarSide, mail_server, text_gateway
from callbox.messages.tests.outbox import LATER, folder, queued, run, state_of, turn
from callbox.messages.ways import Gateway

pytestmark = pytest.mark.usefixtures("committed")
HOUR = timedelta(hours=1)


@pytest.fixture
def text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FarSide]:
    with text_gateway(monkeypatch, tmp_path) as far:
        yield far


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[FarSide]:
    with mail_server(monkeypatch) as far:
        yield far


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversations end soon: nobody waits ten seconds for a test."""
    for module in (signed_http, smtp):
        monkeypatch.setattr(module, "DEADLINE_S", 0.3)


def row(message_id: UUID) -> Message:
    return Message.objects.get(pk=message_id)


def test_a_text_message_is_signed_and_carries_its_id(text: FarSide) -> None:
    message = queued(way="sms")
    run("sms")
    assert state_of(message) == (SENT, "")
    assert list(text.taken) == [str(message)]
    said = text.taken[str(message)]
    assert (said["to"], said["from"]) == ("+15550104711", "Callbox")
    assert "Reminder" in said["text"]


def test_another_secret_is_our_fault_and_tried_again(text: FarSide, tmp_path: Path) -> None:
    message = queued(way="sms")
    (tmp_path / "SMS.key").write_text("quite another secret")
    run("sms")
    assert state_of(message) == (WAITING, "answer_401")
    assert text.taken == {}
    (tmp_path / "SMS.key").write_text(far_sides.SECRET)
    run("sms", LATER)
    assert state_of(message) == (SENT, "")


@pytest.mark.parametrize(
    ("behaviour", "problem", "stuck"),
    [
        (far_sides.HANG, "line_lost", True),
        (far_sides.DRIP, "line_lost", True),
        (far_sides.FAULT, "answer_500", True),
        (far_sides.DROP_AFTER, "line_lost", True),
        (far_sides.BUSY, "answer_503", False),
    ],
)
def test_what_the_gateway_may_have_taken_is_asked_of_it_again_and_taken_once(
    monkeypatch: pytest.MonkeyPatch,
    text: FarSide,
    tmp_path: Path,
    impatient: None,
    behaviour: str,
    problem: str,
    stuck: bool,
) -> None:
    with text_gateway(monkeypatch, tmp_path, "SMS_SECOND") as second:
        message = queued(way="sms")
        text.behaviour = behaviour
        assert turn("sms").step(AT) == 0
        found = row(message)
        assert (found.state, found.problem, found.stuck) == (WAITING, problem, stuck)
        assert found.gateway == ("sms" if stuck else "sms_second")
        text.behaviour = far_sides.WELL
        run("sms", LATER)
        run("sms_second", LATER)
        assert state_of(message) == (SENT, "")
        assert len(text.taken) + len(second.taken) == 1


def test_a_code_rather_comes_twice_than_not_at_all(
    monkeypatch: pytest.MonkeyPatch, text: FarSide, tmp_path: Path
) -> None:
    with text_gateway(monkeypatch, tmp_path, "SMS_SECOND") as second:
        message = queued(way="sms", kind="code")
        text.behaviour = far_sides.DROP_AFTER
        turn("sms").step(AT)
        assert (row(message).gateway, row(message).stuck) == ("sms_second", False)
        run("sms_second", LATER)
        assert state_of(message) == (SENT, "")
        assert list(text.taken) == list(second.taken) == [str(message)]


def test_a_number_that_there_is_not_is_not_tried_again(text: FarSide) -> None:
    message = queued(way="sms")
    text.behaviour = far_sides.REFUSE
    run("sms")
    assert state_of(message) == (UNDELIVERED, "answer_422")
    run("sms", AT + HOUR)
    assert len(text.asked) == 1


def test_a_gateway_that_is_not_there_gives_way_to_the_second(
    monkeypatch: pytest.MonkeyPatch, text: FarSide, tmp_path: Path
) -> None:
    with text_gateway(monkeypatch, tmp_path, "SMS_SECOND") as second:
        monkeypatch.setenv("CALLBOX_GATEWAY_SMS", "http://127.0.0.1:1/")
        message = queued(way="sms")
        turn("sms").step(AT)
        assert (row(message).gateway, row(message).problem) == ("sms_second", "no_line")
        run("sms_second", LATER)
        assert state_of(message) == (SENT, "")
        assert (text.asked, len(second.taken)) == ([], 1)


def test_a_gateway_that_hangs_holds_up_no_move_and_no_other_gateway(
    text: FarSide, mail: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the one hangs: no transaction is open, a move queues, the other gateway sends."""
    hanging, other = queued("k1", "sms"), queued("k2", "email")
    text.behaviour = far_sides.HANG
    seen: list[str] = []

    def meanwhile(*args: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE pid <> pg_backend_pid() AND relation IN"
                " ('messages_message'::regclass, 'messages_text'::regclass)"
            )
            assert cursor.fetchone() == (0,)
        assert not connection.in_atomic_block
        queued("k3", "email")
        run("mail")
        seen.append(state_of(other)[0])
        text.let_go.set()
        return original(*args)

    original = asking._asked
    monkeypatch.setattr(asking, "_asked", meanwhile)
    turn("sms").step(AT)
    assert seen == [SENT]
    assert state_of(hanging)[0] == WAITING
    assert len(mail.taken) == 2


def test_a_mail_bears_the_id_and_says_nothing_twice(mail: FarSide) -> None:
    message = queued()
    run("mail")
    assert state_of(message) == (SENT, "")
    (found,) = mail.taken.values()
    assert found["Message-ID"] == f"<{message}@city.example>"
    assert (found["To"], found["From"]) == ("made-up@city.example", "callbox@city.example")
    assert found["Subject"] == "Request: Reminder, level 1"
    assert "Open it in Callbox." in found.get_content()


def test_a_mail_in_chinese_arrives_as_it_was_written(mail: FarSide) -> None:
    from callbox.messages.actions import Wanted, queue_message
    from callbox.messages.tests.outbox import SENDER

    words = {"matter": "工单", "number": "1", "action": "催办", "level": "2", "due": "12:00"}
    wanted = Wanted("z", "messages.step", "email", "made-up@city.example", "zh-hans", words)
    queue_message(wanted, by=SENDER, at=AT)
    run("mail")
    (found,) = mail.taken.values()
    assert found["Subject"] == "工单：催办，2 级"
    assert "请在 Callbox 中打开办理" in found.get_content()


@pytest.mark.parametrize(
    ("behaviour", "state", "problem"),
    [
        (far_sides.REFUSE, UNDELIVERED, "answer_550"),
        (far_sides.BUSY, WAITING, "answer_451"),
        (far_sides.FAULT, WAITING, "answer_451"),
        (far_sides.HANG, WAITING, "line_lost"),
        (far_sides.DROP_AFTER, UNDELIVERED, "line_lost"),
    ],
)
def test_a_mail_server_that_does_otherwise(
    mail: FarSide, impatient: None, behaviour: str, state: str, problem: str
) -> None:
    """A notice that the server may have taken is left to a person: it would not drop a repeat."""
    message = queued()
    mail.behaviour = behaviour
    turn("mail").step(AT)
    assert state_of(message) == (state, problem)


def test_an_alert_that_a_mail_server_may_have_taken_is_sent_again(mail: FarSide) -> None:
    message = queued(kind="alert")
    mail.behaviour = far_sides.DROP_AFTER
    turn("mail").step(AT)
    assert state_of(message) == (WAITING, "line_lost")
    mail.behaviour = far_sides.WELL
    run("mail", LATER)
    assert [found["Message-ID"] for found in mail.taken.values()] == [f"<{message}@city.example>"] * 2


@pytest.mark.parametrize(
    ("name", "address", "more"),
    [
        ("sms", "http://sms.example/", {}),
        ("sms", "https://", {}),
        ("sms", "https://sms.example/", {"_KEY": ""}),
        ("mail", "smtp://mail.example", {"_FROM": "callbox@city.example"}),
        ("mail", "smtps://mail.example:x", {"_FROM": "callbox@city.example"}),
        ("mail", "smtps://mail.example", {"_FROM": "nobody"}),
        ("mail", "smtps://callbox@mail.example", {"_FROM": "callbox@city.example"}),
        ("file", "messages", {}),
    ],
)
def test_settings_that_cannot_be_meant_stop_the_worker(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str, more: dict[str, str]
) -> None:
    monkeypatch.setenv(f"CALLBOX_GATEWAY_{name.upper()}", address)
    for ending, word in more.items():
        monkeypatch.setenv(f"CALLBOX_GATEWAY_{name.upper()}{ending}", word)
    with pytest.raises(ConfigError, match=f"CALLBOX_GATEWAY_{name.upper()}"):
        turns.served(AT)


def test_a_new_folder_is_a_protocol_and_touches_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = tmp_path / "made_up_pigeon"
    made.mkdir()
    (made / "__init__.py").write_text(
        "from callbox.messages.domain import Answer\nDROPS_REPEATS = True\nFAR_SIDE_OF_ITS_OWN = False\n"
        "def check(settings):\n    pass\ndef send(settings, letter):\n    return Answer('taken')\n"
    )
    monkeypatch.setattr(gateways, "__path__", [*gateways.__path__, str(tmp_path)])
    monkeypatch.setenv("CALLBOX_GATEWAY_PIGEON", "the roof")
    protocols.cache_clear()
    try:
        assert set(protocols()) == {"file", "made_up_pigeon", "signed_http", "smtp", "webhook"}
        assert settings_of(Gateway("pigeon", ("email",), 1, "made_up_pigeon")) is not None
    finally:
        protocols.cache_clear()


def test_every_protocol_says_what_it_promises() -> None:
    for name, each in protocols().items():
        assert isinstance(each.DROPS_REPEATS, bool), name
        assert isinstance(each.FAR_SIDE_OF_ITS_OWN, bool), name
        assert callable(each.check), name
        assert callable(each.send), name


def test_the_file_gateway_writes_a_message_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    out = folder(monkeypatch, tmp_path)
    message = queued(way="sms")
    turns.look_after(AT)
    run("file")
    written = out / f"{message}.json"
    assert written.stat().st_mode & 0o077 == 0
    written.write_text("it was read")
    Message.objects.update(state=WAITING, gateway="file")
    run("file", LATER)
    assert written.read_text() == "it was read"


def killed_before_noting(name: str) -> None:
    """A worker takes a turn and is killed with SIGKILL once the gateway has answered."""

    def step() -> None:
        with pytest.MonkeyPatch.context() as patch:  # in the child alone
            patch.setattr(sending, "note_answer", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
            turn(name).step(AT)

    assert killed_at(step, 1_000_000, after=False)


def test_killed_between_sending_and_noting_a_text_message_arrives_once(text: FarSide) -> None:
    message = queued(way="sms")
    killed_before_noting("sms")
    run("sms", AT)
    assert text.asked == [str(message)], "while its claim lasts nobody else tries"
    turns.look_after(LATER)
    assert (row(message).problem, row(message).stuck) == (CUT_OFF, True)
    run("sms", LATER + HOUR)
    assert state_of(message) == (SENT, "")
    assert (text.asked, list(text.taken)) == ([str(message)] * 2, [str(message)])


def test_killed_between_sending_and_noting_a_mail_is_not_sent_twice_but_put_into_view(mail: FarSide) -> None:
    message = queued()
    killed_before_noting("mail")
    turns.look_after(LATER)
    run("mail", LATER + HOUR)
    assert state_of(message) == (UNDELIVERED, CUT_OFF)
    assert len(mail.taken) == 1
