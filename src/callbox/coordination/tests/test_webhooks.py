# SPDX-License-Identifier: Apache-2.0
"""What agencies' systems are told: each event once, whatever the far side does, and no move waits for it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from tests.faults.kill import killed_at
from tests.world import AT, LATER, SETUP, dispatcher, incident

from callbox.access.agency_keys import end_key
from callbox.access.queries import agency_of
from callbox.coordination import actions
from callbox.coordination.loading import set_webhook
from callbox.coordination.models import Task
from callbox.coordination.tests.scene import ABSENT, desk_of, fire, task_of, town
from callbox.coordination.tests.signing import System, key_id, system_of
from callbox.kernel.errors import Invalid
from callbox.messages.domain import SENT, UNDELIVERED, WAITING
from callbox.messages.gateways import webhook
from callbox.messages.models import Message
from callbox.messages.sending import end_cut_off
from callbox.messages.tests import far_sides
from callbox.messages.tests.far_sides import FarSide, agency_system
from callbox.messages.tests.outbox import SENDER, run, turn

pytestmark = pytest.mark.usefixtures("committed")
ALLOWED = "http://127.0.0.0/8"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _town(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOX_GATEWAY_WEBHOOK", ALLOWED)
    monkeypatch.setattr(webhook, "DEADLINE_S", 0.3)
    town()


@pytest.fixture
def serving() -> Iterator[Any]:
    """Lets agencies have systems on this machine, each with a key."""
    with ExitStack() as stack:

        def serve(code: str) -> FarSide:
            system = system_of(code)
            far = stack.enter_context(agency_system(system.secret))
            set_webhook(agency_of(code), f"http://127.0.0.1:{far.port}/hook?of={code}", by=SETUP, at=AT)
            return far

        yield serve


def told(far: FarSide) -> list[tuple[str, str]]:
    return [(each["event"], each["state"]) for each in sorted(far.taken.values(), key=lambda e: e["version"])]


def states(code: str) -> list[tuple[str, str]]:
    found = Message.objects.filter(way="webhook", key__contains=str(agency_of(code).pk)).order_by("queued_at")
    return [(row.state, row.problem) for row in found]


def test_a_system_is_told_of_all_that_becomes_of_its_task(serving: Any) -> None:
    far = serving("ems")
    task, desk = task_of(fire(2).pk, "ems"), desk_of("ems")
    actions.accept_task(task.pk, by=desk, at=LATER)
    actions.apply_plan(task.incident_id, 1, by=dispatcher(), at=LATER)
    actions.feed_back(task.pk, "done", "words for all", by=desk, at=LATER)
    actions.withdraw_task(task.pk, "not_needed", by=dispatcher(), at=LATER)
    assert run("webhook", LATER) == 5
    mine = {key: each for key, each in far.taken.items() if each["task"] == str(task.pk)}
    far.taken = mine
    assert told(far) == [
        ("task.alerted", "alerted"),
        ("task.changed", "accepted"),
        ("task.relevelled", "accepted"),
        ("task.changed", "fed_back"),
        ("task.withdrawn", "withdrawn"),
    ]
    first = min(mine.values(), key=lambda each: each["version"])
    assert (first["agency"], first["work"], first["level"]) == ("ems", "treat", 2)
    assert "words for all" not in str(mine)
    assert run("webhook", LATER + MINUTE) == 0
    assert len(far.asked) == 5


def test_nobody_is_told_of_what_is_anothers(serving: Any) -> None:
    ems, water = serving("ems"), serving(ABSENT)
    task = task_of(fire(2).pk, "ems")
    run("webhook", LATER)
    assert (len(ems.taken), water.taken) == (1, {})
    actions.pass_task_on(task.pk, ABSENT, "nearer", by=dispatcher(), at=LATER)
    actions.accept_task(task.pk, by=desk_of(ABSENT), at=LATER)
    run("webhook", LATER)
    assert told(ems)[1:] == [("task.passed_on", "alerted")]
    assert told(water) == [("task.alerted", "alerted"), ("task.changed", "accepted")]


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        (far_sides.HANG, "line_lost"),
        (far_sides.DRIP, "line_lost"),
        (far_sides.FAULT, "answer_500"),
        (far_sides.BUSY, "answer_503"),
        (far_sides.DROP_AFTER, "line_lost"),
        (far_sides.MOVED, "answer_307"),
    ],
)
def test_a_system_that_fails_holds_up_no_move_and_is_asked_again(
    serving: Any, behaviour: str, problem: str
) -> None:
    far, other = serving("ems"), serving("police")
    far.behaviour, far.elsewhere = behaviour, f"http://127.0.0.1:{other.port}/hook"
    found = fire(2)
    actions.accept_task(task_of(found.pk, "ems").pk, by=desk_of("ems"), at=AT)
    assert Task.objects.get(pk=task_of(found.pk, "ems").pk).state == "accepted"
    for _ in range(3):
        turn("webhook").step(AT)
    assert states("ems")[0] == (WAITING, problem) or states("ems")[1] == (WAITING, problem)
    assert len(far.asked) == 1, "the second event waits as long as the first"
    assert len(other.taken) == 1, "and the other agency waits for neither"
    far.behaviour = far_sides.WELL
    run("webhook", LATER)
    assert [state for state, _ in states("ems")] == [SENT, SENT]
    assert told(far) == [("task.alerted", "alerted"), ("task.changed", "accepted")]


def test_one_that_never_answers_comes_into_view(serving: Any) -> None:
    far = serving("ems")
    far.behaviour = far_sides.BUSY
    fire(2)
    at: datetime = AT
    while states("ems")[0][0] == WAITING and at < AT + timedelta(hours=6):
        run("webhook", at)
        at += 10 * MINUTE
    assert states("ems") == [(UNDELIVERED, "answer_503")]


def test_a_worker_killed_anywhere_tells_the_same_event_under_the_same_name(serving: Any) -> None:
    far, now, killed = serving("ems"), AT, 0
    for point in range(1, 30, 3):
        actions.add_task(incident().pk, "ems", "treat", by=dispatcher(), at=now)
        killed += killed_at(partial(turn("webhook").step, now), point, after=True)
        now += 5 * MINUTE  # the claim of whoever was killed is over
        end_cut_off(by=SENDER, at=now)
        now += MINUTE
        run("webhook", now)
        sent = Message.objects.filter(way="webhook")
        assert {row.state for row in sent} == {SENT}
        assert sorted(far.taken) == sorted(str(row.pk) for row in sent)
    assert killed > 3
    assert len(far.asked) > len(far.taken), "some were asked twice, and dropped the repeat"


def test_one_that_is_gone_is_told_once_it_is_back(serving: Any) -> None:
    far = serving("ems")
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        gone = nobody.getsockname()[1]
    set_webhook(agency_of("ems"), f"http://127.0.0.1:{gone}/hook", by=SETUP, at=AT)
    fire(2)
    turn("webhook").step(AT)
    assert states("ems") == [(WAITING, "no_line")]
    set_webhook(agency_of("ems"), f"http://127.0.0.1:{far.port}/hook", by=SETUP, at=AT)
    actions.accept_task(Task.objects.get(agency__code="ems").pk, by=desk_of("ems"), at=LATER)
    for _ in range(3):
        turn("webhook").step(LATER)
    assert told(far) == [("task.changed", "accepted")]


def test_a_key_that_has_ended_signs_nothing(serving: Any) -> None:
    far = serving("ems")
    system = System("", "")
    for row in agency_of("ems").keys.all():
        system.key = str(row.pk)
    end_key(key_id(system), by=SETUP, at=AT)
    fire(2)
    run("webhook", LATER)
    assert (states("ems"), far.asked) == ([(UNDELIVERED, "no_key")], [])


@pytest.mark.parametrize("said", ["public", "10.0.0.0/8", "127.0.0.0/8", "http://127.0.0.2/32"])
def test_an_address_of_this_machine_is_not_asked_unless_it_is_named(
    monkeypatch: pytest.MonkeyPatch, serving: Any, said: str
) -> None:
    far = serving("ems")
    monkeypatch.setenv("CALLBOX_GATEWAY_WEBHOOK", said)
    fire(2)
    run("webhook", LATER)
    assert (states("ems"), far.asked) == ([(UNDELIVERED, "not_a_place")], [])


def test_a_name_that_means_one_place_of_ours_among_others_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, serving: Any
) -> None:
    far = serving("ems")
    set_webhook(agency_of("ems"), f"http://two.example:{far.port}/hook", by=SETUP, at=AT)
    found = [(socket.AF_INET, 1, 6, "", (host, far.port)) for host in ("127.0.0.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    fire(2)
    run("webhook", LATER)
    assert (states("ems"), far.asked) == ([(UNDELIVERED, "not_a_place")], [])


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.example/x",
        "https://",
        "https://who:what@a.example",
        "https://a.example:0/",
        "https://a b/",
        "a",
    ],
)
def test_an_address_that_is_none_is_not_kept(address: str) -> None:
    with pytest.raises(Invalid):
        set_webhook(agency_of("ems"), address, by=SETUP, at=AT)
