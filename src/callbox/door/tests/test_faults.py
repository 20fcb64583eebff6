# SPDX-License-Identifier: Apache-2.0
"""The database gone, frozen or full, and the door itself killed: no accepted contact lost, none doubled."""

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from callbox.door.tests.conftest import Server
from callbox.door.tests.process import DoorProcess

PROMISED_S = 1.5  # a sender hears yes or no within this


class Crowd:
    """Senders that keep calling; each repeats a contact under its key until it hears yes."""

    def __init__(self, door: DoorProcess, senders: int = 8) -> None:
        self.accepted: set[UUID] = set()
        self.places: set[str] = set()
        self._door = door
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(senders)
        self._work = [self._pool.submit(self._send, number) for number in range(senders)]

    def _send(self, sender: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            while not self._stop.is_set() and not self._accepted(f"{sender}-{number}"):
                self._stop.wait(0.01)

    def _accepted(self, key: str) -> bool:
        try:
            answer = self._door.post(f"words {key}".encode(), key)
        except OSError:
            return False
        if answer.status == 201:
            self.accepted.add(UUID(answer.said["id"]))
            self.places.add(answer.said["accepted"])
        return answer.status == 201

    def wait_for(self, more: int) -> None:
        enough = len(self.accepted) + more
        self._door.wait_until(lambda: len(self.accepted) >= enough)

    def stop(self) -> None:
        self._stop.set()
        for work in self._work:
            work.result()
        self._pool.shutdown()


@pytest.fixture
def crowd(door: DoorProcess) -> Iterator[Crowd]:
    made = Crowd(door)
    yield made
    made.stop()


def check_nothing_lost_or_doubled(door: DoorProcess, server: Server, crowd: Crowd) -> None:
    crowd.stop()
    door.wait_drained()
    found = server.contacts()
    assert len(found) == len(set(found))
    assert crowd.accepted <= set(found)


def test_postgresql_killed_under_load(door: DoorProcess, server: Server, crowd: Crowd) -> None:
    crowd.wait_for(50)
    server.cluster.kill()
    crowd.wait_for(100)
    assert "spool" in crowd.places
    server.cluster.start(durable=False)
    crowd.wait_for(100)
    door.wait_drained()
    check_nothing_lost_or_doubled(door, server, crowd)


def test_postgresql_frozen_and_thawed_under_load(door: DoorProcess, server: Server, crowd: Crowd) -> None:
    crowd.wait_for(50)
    server.cluster.freeze()
    crowd.wait_for(100)
    assert "spool" in crowd.places
    server.cluster.thaw()
    crowd.wait_for(100)
    check_nothing_lost_or_doubled(door, server, crowd)


@pytest.mark.parametrize("harm", ["kill", "freeze"])
def test_without_its_database_a_contact_is_accepted_within_the_promise(
    door: DoorProcess, server: Server, harm: str
) -> None:
    assert door.post(b"before").said["accepted"] == "database"
    getattr(server.cluster, harm)()
    for number in range(3):
        answer = door.post(f"during {number}".encode(), timeout=PROMISED_S)
        assert (answer.status, answer.said["accepted"]) == (201, "spool")
    assert door.health()["database"] == "down"
    assert "database-down" in door.health()["alarms"]


def test_fifty_at_once_on_a_frozen_database_all_hear_within_the_promise(
    door: DoorProcess, server: Server
) -> None:
    server.cluster.freeze()
    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(lambda n: door.post(b"x", str(n), timeout=PROMISED_S), range(50)))
    assert {answer.said["accepted"] for answer in answers} == {"spool"}


def test_a_door_started_without_a_database_accepts_too(server: Server, tmp_path: Path) -> None:
    server.cluster.kill()
    door = DoorProcess(server.urls.app, tmp_path)
    door.start()
    try:
        assert door.post(b"x", timeout=PROMISED_S).said["accepted"] == "spool"
        server.cluster.start(durable=False)
        door.wait_drained()
        assert len(server.contacts()) == 1
    finally:
        door.kill()


def test_a_repeat_during_and_after_the_outage_stays_one(door: DoorProcess, server: Server) -> None:
    server.cluster.kill()
    first, second = (door.post(b"x", "same") for _ in range(2))
    assert (first.said["repeated"], second.said["repeated"]) == (False, True)
    assert door.health()["spool"]["waiting"] == 1
    server.cluster.start(durable=False)
    door.wait_drained()
    assert door.post(b"x", "same").said == {"id": first.said["id"], "accepted": "database", "repeated": True}
    assert server.rows("SELECT taken_by FROM door_contact") == [("spool",)]


def test_when_the_spool_is_full_too_the_answer_is_an_honest_no(door: DoorProcess, server: Server) -> None:
    server.cluster.kill()
    big = os.urandom(1 << 20)
    answers = [door.post(big + bytes([number])) for number in range(6)]
    statuses = [answer.status for answer in answers]
    assert statuses == [201, 201, 201, 503, 503, 503]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert "NOT accepted" in refused.said["title"]
    assert "112" in refused.said["detail"]
    chinese = door.ask("POST", "/door/contacts/web", big, {"Accept-Language": "zh-CN"})
    assert "112" in chinese.said["detail"]
    assert "未被接收" in chinese.said["title"]
    assert "spool-filling" in door.health()["alarms"]
    server.cluster.start(durable=False)
    door.wait_drained()
    assert len(server.contacts()) == 3


# Steps with the database there; then the same with it gone; then those of the drain.
@pytest.mark.parametrize("step", ["received", "insert", "inserted", "durable", "answer", "answered"])
def test_the_door_killed_at_each_step_of_accepting(server: Server, tmp_path: Path, step: str) -> None:
    door = DoorProcess(server.urls.app, tmp_path)
    door.start("callbox.door.tests.dying", step, "3")
    try:
        _kill_and_repeat(door, server)
    finally:
        door.kill()


@pytest.mark.parametrize("step", ["spool-write", "spool-written", "spooled", "answer"])
def test_the_door_killed_at_each_step_of_spooling(server: Server, tmp_path: Path, step: str) -> None:
    server.cluster.kill()
    door = DoorProcess(server.urls.app, tmp_path)
    door.start("callbox.door.tests.dying", step, "3")
    try:
        _kill_and_repeat(door, server)
    finally:
        door.kill()


@pytest.mark.parametrize("step", ["inserted", "drained", "advanced"])
def test_the_door_killed_at_each_step_of_draining(server: Server, tmp_path: Path, step: str) -> None:
    server.cluster.kill()
    door = DoorProcess(server.urls.app, tmp_path)
    door.start()
    try:
        accepted = [UUID(door.post(b"x", str(number)).said["id"]) for number in range(5)]
        door.kill()
        server.cluster.start(durable=False)
        _start_to_die(door, step)
        door.start()
        door.wait_drained()
        assert sorted(server.contacts()) == sorted(accepted)
    finally:
        door.kill()


def _start_to_die(door: DoorProcess, step: str) -> None:
    with contextlib.suppress(AssertionError):  # it drains while it starts, and may die before it listens
        door.start("callbox.door.tests.dying", step, "1")
    assert door.process is not None
    assert door.process.wait(20) == -9


def _kill_and_repeat(door: DoorProcess, server: Server) -> None:
    """Send under five keys; the door dies at the third; a new one takes over and each sender repeats."""
    accepted: set[UUID] = set()
    for number in range(5):
        try:
            accepted.add(UUID(door.post(b"x", str(number)).said["id"]))
        except OSError:
            break
    assert door.process is not None
    assert door.process.wait(20) == -9
    if server.cluster.pid is None:
        server.cluster.start(durable=False)
    door.start()
    accepted |= {UUID(door.post(b"x", str(number)).said["id"]) for number in range(5)}
    door.wait_drained()
    assert len(accepted) == 5
    assert sorted(server.contacts()) == sorted(accepted)


@pytest.fixture
def full_disk(server: Server) -> Iterator[None]:
    """The table of contacts on a disk of its own that is full: a real one of 1 MiB, which only root can mount."""
    if os.geteuid() != 0:
        pytest.skip("A full disk is tested as root only: it needs to mount one.")
    place = server.cluster.layout.server / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode != 0:
        place.rmdir()
        pytest.skip(
            f"A full disk is not tested: this machine mounts none ({mounted.stderr.decode().strip()})."
        )
    try:
        server.cluster.account.own(place, 0o700)
        with psycopg.connect(server.cluster.dsn("postgres", "callbox"), autocommit=True) as link:
            link.execute(f"CREATE TABLESPACE small LOCATION '{place}'".encode())
            link.execute("ALTER TABLE door_contact SET TABLESPACE small")
            yield
            link.execute("TRUNCATE door_contact")
            link.execute("ALTER TABLE door_contact SET TABLESPACE pg_default")
            link.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


def test_the_databases_disk_full(server: Server, door: DoorProcess, full_disk: None) -> None:
    answers = [door.post(os.urandom(100_000), str(number), timeout=PROMISED_S) for number in range(20)]
    assert {answer.status for answer in answers} == {201}
    places = [answer.said["accepted"] for answer in answers]
    assert places[0] == "database"
    assert places[-1] == "spool"
    assert door.health()["database"] == "down"
    with psycopg.connect(server.cluster.dsn("postgres", "callbox"), autocommit=True) as link:
        link.execute("ALTER TABLE door_contact SET TABLESPACE pg_default")
    door.wait_drained()
    assert sorted(server.contacts()) == sorted(UUID(answer.said["id"]) for answer in answers)
