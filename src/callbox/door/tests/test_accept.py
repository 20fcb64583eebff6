# SPDX-License-Identifier: Apache-2.0
"""What a sender is told, and what is in the database then."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from callbox.door.domain import contact_from
from callbox.door.store import Store
from callbox.door.tests.conftest import Server, said_by, sealed
from callbox.door.tests.process import DoorProcess

COLUMNS = "channel, lane, cut, remote_at, taken_by"


def test_a_contact_is_in_the_database_byte_for_byte_when_the_sender_hears_yes(
    door: DoorProcess, server: Server
) -> None:
    raw = bytes(range(256))
    headers = {
        "Idempotency-Key": "k1",
        "X-Source": "110-东城",
        "Content-Type": "audio/x",
        "X-Sent-At": "2026-11-22T12:00:00+00:00",
    }
    sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    found = door.ask("POST", "/door/contacts/exchange", raw, sent)
    assert (found.status, found.said["accepted"], found.said["repeated"]) == (201, "database", False)
    identity = UUID(found.said["id"])
    (row,) = server.rows(f"SELECT {COLUMNS} FROM door_contact WHERE id = %s", identity)
    assert row == ("exchange", "live", False, datetime(2026, 11, 22, 12, tzinfo=UTC), "database")
    said = {"source": "110-东城", "key": "k1", "content_type": "audio/x"}
    assert said_by(door, server, identity) == (said, raw)


def test_a_repeat_is_told_so_and_stays_one(door: DoorProcess, server: Server) -> None:
    first, second = (door.post(b"fire", "k") for _ in range(2))
    assert (first.said["repeated"], second.said["repeated"]) == (False, True)
    assert first.said["id"] == second.said["id"]
    assert len(server.contacts()) == 1


def test_one_key_sent_fifty_times_at_once_is_one_contact(door: DoorProcess, server: Server) -> None:
    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(lambda _: door.post(b"fire", "same"), range(50)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.said["id"] for answer in answers}) == 1
    assert sum(not answer.said["repeated"] for answer in answers) == 1
    assert len(server.contacts()) == 1


@pytest.mark.parametrize("path", ["pigeon", "", "phone/deeper", "%00", "%E6%8A%A5"])
def test_an_unknown_channel_is_accepted_as_other(door: DoorProcess, server: Server, path: str) -> None:
    assert door.post(b"x", channel=path).status == 201
    assert server.rows("SELECT channel FROM door_contact") == [("other",)]


def test_under_a_strangers_name_it_is_accepted_too(door: DoorProcess) -> None:
    assert door.ask("POST", "/door/contacts/sos", b"x", {"Host": "old-name.example"}).status == 201


def test_what_is_too_long_is_kept_as_far_as_it_goes(door: DoorProcess, server: Server) -> None:
    door.stop()
    door.environment = {"CALLBOX_BODY_KIB": "1"}
    door.start()
    assert door.post(b"a" * 1024 + b"b" * 5000).status == 201
    ((identity, cut),) = server.rows("SELECT id, cut FROM door_contact")
    assert cut
    assert said_by(door, server, identity)[1] == b"a" * 1024


def test_nothing_of_the_door_needs_django() -> None:
    text = "import sys, callbox.door.main; sys.exit(any(m.split('.')[0] == 'django' for m in sys.modules))"
    subprocess.run([sys.executable, "-c", text], check=True)


def test_the_application_can_erase_words_and_the_row_stays(door: DoorProcess, server: Server) -> None:
    import psycopg

    from callbox.host.provision import with_part

    first = door.post(b"words", "k")
    with psycopg.connect(with_part(server.urls.app, "system")) as link:
        link.execute("UPDATE door_contact SET sealed = NULL WHERE id = %s", [UUID(first.said["id"])])
    again = door.post(b"words", "k")
    assert again.said["repeated"]
    assert server.rows("SELECT sealed FROM door_contact") == [(None,)]


def test_the_same_contact_many_times_in_one_statement_is_new_once(server: Server, tmp_path: Path) -> None:
    contact = sealed(
        tmp_path, contact_from("app", {"idempotency-key": "k"}, b"x", received_at=datetime.now(UTC))
    )

    async def scene() -> list[bool]:
        store = Store(server.urls.app, deadline_s=5, workers=1)
        found = await asyncio.gather(*(store.take(contact) for _ in range(20)))
        await store.close()
        return found

    assert asyncio.run(scene()).count(True) == 1
    assert server.contacts() == [contact.id]
