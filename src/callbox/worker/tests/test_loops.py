# SPDX-License-Identifier: Apache-2.0
"""No error ends a loop: neither a fault of ours, nor a contact that breaks its reader, nor a killed database."""

import os
import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from tests.contacts import raw_contact
from tests.world import moves_in_between

from callbox.intake import reactions, reading
from callbox.intake.models import Call, CallContact
from callbox.journal import clock
from callbox.worker import main
from callbox.worker.loop import DATABASE_PAUSE_S, LONGEST_PAUSE_S, Loop, Runner, running
from callbox.worker.loops import contacts

pytestmark = pytest.mark.usefixtures("committed")


def runner(loop: Loop) -> Runner:
    return Runner(loop, threading.Event())


def test_every_loop_registers_itself() -> None:
    assert [loop.name for loop in main.all_loops()] == [
        "calendars",
        "clocks",
        "contacts",
        "findings",
        "following",
        "histories",
        "judged",
        "messages",
        "outcomes",
        "printout",
        "residents",
        "retention",
        "seals",
        "sign-ins",
        "unread",
        "witnesses",
    ]


def test_a_loop_goes_on_after_an_error_and_waits_longer_each_time(caplog: pytest.LogCaptureFixture) -> None:
    outcomes = [ZeroDivisionError("made up"), ZeroDivisionError("made up"), None]

    def step(_at: datetime) -> int:
        error = outcomes.pop(0)
        if error:
            raise error
        return 1

    one = runner(Loop("fragile", step, every_s=0.2))
    assert (one.step(), one.pause_s) == (0, 0.4)
    assert (one.step(), one.pause_s) == (0, 0.8)
    assert "ZeroDivisionError" in caplog.text
    assert (one.step(), one.pause_s) == (1, 0.2)


def test_a_pause_is_never_long() -> None:
    one = runner(Loop("fragile", lambda _at: 1 // 0, every_s=0.2))
    for _ in range(30):
        one.step()
    assert one.pause_s == LONGEST_PAUSE_S


@pytest.mark.parametrize(("every_s", "longest_s"), [(0.2, DATABASE_PAUSE_S), (10.0, 10.0)])
def test_a_database_that_is_back_is_found_soon(every_s: float, longest_s: float) -> None:
    def gone(_at: datetime) -> int:
        raise OperationalError("made up: it starts up")

    one = runner(Loop("fragile", gone, every_s=every_s))
    for _ in range(30):
        one.step()
    assert one.pause_s == longest_s


def test_a_loop_opens_a_new_connection_when_its_own_was_killed() -> None:
    def step(_at: datetime) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    one = runner(Loop("reader", step, every_s=0.2))
    first = one.step()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as link:
        link.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    assert one.step() == 0
    assert one.step() not in (0, first)


def test_a_contact_that_breaks_its_reader_becomes_a_call_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, after = raw_contact(b"break"), raw_contact()
    original = reading.read_contact

    def read(channel: str, body: bytes, content_type: str) -> object:
        if body == b"break":
            raise AttributeError("made up: a fault in a channel's reader")
        return original(channel, body, content_type)

    monkeypatch.setattr(reactions, "read_contact", read)
    one = runner(contacts.LOOP)
    for _ in range(4):
        one.step()
    assert {call.pk: call.readable for call in Call.objects.all()} == {broken: False, after: True}


def test_an_error_of_the_database_sets_no_contact_aside() -> None:
    rescued: list[datetime] = []

    def gone(_at: datetime) -> int:
        raise OperationalError("made up")

    def rescue(at: datetime) -> int:
        rescued.append(at)
        return 1

    one = runner(Loop("contacts", gone, every_s=0.2, rescue=rescue))
    for _ in range(5):
        one.step()
    assert one.failures == 5
    assert not rescued


def test_two_workers_at_once_take_each_contact_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = {raw_contact() for _ in range(12)}
    other = runner(contacts.LOOP)
    moves_in_between(monkeypatch, reactions, "contacts_after", lambda: other.step())
    one = runner(contacts.LOOP)
    assert one.step() == 0, "the other one was first, with all of them"
    assert {row.contact for row in CallContact.objects.all()} == sent
    assert Call.objects.count() == len(sent)


def test_threads_of_two_workers_take_each_contact_once() -> None:
    sent = {raw_contact() for _ in range(40)}
    stop, done = threading.Event(), threading.Event()

    def step(at: datetime) -> int:
        taken = contacts.step(at)
        if CallContact.objects.count() >= len(sent):
            done.set()
        return taken

    loop = Loop("contacts", step, every_s=0.01, full=1)
    with running([loop, loop], stop):
        assert done.wait(30)
    assert {row.contact for row in CallContact.objects.all()} == sent


def notify() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as link:
        link.execute("NOTIFY callbox")


def test_a_notify_wakes_the_loop_that_wants_it() -> None:
    from callbox.worker.listen import listen

    stop = threading.Event()
    eager, calm = (
        runner(Loop(name, lambda _at: 0, every_s=9, woken=name == "eager")) for name in ("eager", "calm")
    )
    ear = threading.Thread(target=listen, args=([eager, calm], stop))
    ear.start()
    try:
        while not eager.wake.wait(0.05):  # until it listens
            notify()
    finally:
        stop.set()
        ear.join()
    assert not calm.wake.is_set()


def test_a_step_is_told_the_time_of_the_clock_it_was_given() -> None:
    """A worker whose own machine's clock leaps must not call a promise late: it asks the database."""
    told: list[datetime] = []

    def step(at: datetime) -> int:
        told.append(at)
        return 0

    moment = datetime(2031, 1, 1, tzinfo=UTC)
    Runner(Loop("made-up", step, every_s=1.0), threading.Event(), lambda: moment).step()
    assert told == [moment]


def test_the_worker_takes_its_time_from_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    leapt = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: leapt)
    assert clock.database_time() < leapt - timedelta(minutes=30)
