# SPDX-License-Identifier: Apache-2.0
"""What a contact says is on no disk in the open, and keys that are missing stop nobody from being heard."""

import asyncio
import hashlib
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from callbox.door.domain import Contact, contact_from, contact_id
from callbox.door.sealing import Sealer
from callbox.door.spool import Spool
from callbox.door.tests.conftest import Server, old_record, said_by, sealed
from callbox.door.tests.process import DoorProcess
from callbox.host.vault import Vault

WORDS = b'{"words": "kanarienvogel", "number": "555-0199"}'
HEADERS = {"x-source": "zaunkoenig", "idempotency-key": "rotkehlchen", "content-type": "text/x-dompfaff"}
BIRDS = (b"kanarienvogel", b"555-0199", b"zaunkoenig", b"rotkehlchen", b"dompfaff")


def sent(body: bytes = WORDS) -> Contact:
    return contact_from("app", HEADERS, body, received_at=datetime.now(UTC))


def post(door: DoorProcess) -> UUID:
    answer = door.ask("POST", "/door/contacts/app", WORDS, HEADERS)
    assert answer.status == 201
    return UUID(answer.said["id"])


def birds_in(data: bytes) -> list[bytes]:
    plain = {*BIRDS, hashlib.sha256(WORDS).digest(), sent().id.bytes, sent().id.hex.encode()}
    return [bird for bird in plain if bird in data]


def dumped(server: Server) -> bytes:
    """The whole table, its bytes as bytes."""
    copy = "COPY door_contact TO STDOUT (FORMAT binary)"
    with psycopg.connect(server.urls.owner) as link, link.cursor().copy(copy) as rows:
        return b"".join(bytes(row) for row in rows)


def test_the_database_holds_nothing_of_a_contact_in_the_open(door: DoorProcess, server: Server) -> None:
    identity = post(door)
    assert birds_in(dumped(server)) == []
    assert said_by(door, server, identity)[1] == WORDS


def test_the_spool_holds_nothing_in_the_open_and_drains_the_same_bytes(
    door: DoorProcess, server: Server
) -> None:
    server.cluster.kill()
    identity = post(door)
    assert birds_in((door.home / "spool").read_bytes()) == []
    assert identity.hex.encode() in (door.home / "spool").read_bytes(), "this is where it waits"
    server.cluster.start(durable=False)
    door.wait_drained()
    assert said_by(door, server, identity)[1] == WORDS
    assert post(door) == identity
    assert server.contacts() == [identity]


def old_row(server: Server, contact: Contact) -> None:
    """As the release before this one wrote it, and as the migration leaves it."""
    server.do(
        "INSERT INTO door_contact (id, channel, lane, source, key, digest, content_type, body, received_at,"
        " taken_by, retain_until) VALUES (%s, 'app', 'written', %s, %s, %s, '', %s, now(), 'database', now())",
        contact.id,
        contact.source,
        contact.key,
        contact.digest,
        contact.body,
    )


def test_a_repeat_of_a_contact_of_the_release_before_is_known_for_one(
    door: DoorProcess, server: Server
) -> None:
    old_row(server, sent())
    name = Sealer(Vault(door.home / "keys")).identity(sent())
    server.do("UPDATE door_contact SET known_as = %s", name)
    answer = door.ask("POST", "/door/contacts/app", WORDS, HEADERS)
    assert (answer.status, answer.said["repeated"]) == (201, True)
    assert server.contacts() == [sent().id]


def test_what_the_release_before_left_in_the_spool_comes_in_sealed_and_once(
    server: Server, tmp_path: Path
) -> None:
    spool = Spool(tmp_path / "spool", 4 << 20)
    asyncio.run(spool.append(old_record(sent())))
    spool.close()
    door = DoorProcess(server.urls.app, tmp_path)
    door.start()
    try:
        door.wait_drained()
        assert said_by(door, server, sent().id)[1] == WORDS
        assert [bird for bird in birds_in(dumped(server)) if bird != sent().id.bytes] == []
        post(door)
        assert server.contacts() == [sent().id]
    finally:
        door.kill()


def test_the_identity_is_the_old_one_keyed(tmp_path: Path) -> None:
    assert sent().id == contact_id("zaunkoenig", "rotkehlchen", hashlib.sha256(WORDS).digest())
    assert sealed(tmp_path / "one", sent()).id == sealed(tmp_path / "one", sent()).id
    assert sealed(tmp_path / "one", sent()).id != sealed(tmp_path / "other", sent()).id
    assert sealed(tmp_path / "one", sent()).id != sent().id
    assert sealed(tmp_path / "one", sent()).digest != hashlib.sha256(WORDS).digest()


def test_a_door_whose_keys_go_away_goes_on_accepting(
    door: DoorProcess, server: Server, tmp_path: Path
) -> None:
    post(door)
    aside = tmp_path / "aside"
    (door.home / "keys").rename(aside)
    answer = door.post(b"still heard", "k")
    assert answer.status == 201
    shutil.move(aside, door.home / "keys")
    assert said_by(door, server, UUID(answer.said["id"]))[1] == b"still heard"


def test_a_door_with_new_keys_accepts_and_the_old_rows_stay(door: DoorProcess, server: Server) -> None:
    first = post(door)
    door.stop()
    shutil.rmtree(door.home / "keys")
    door.start()
    second = door.post(b"new", "k")
    assert second.status == 201
    assert said_by(door, server, UUID(second.said["id"]))[1] == b"new"
    assert set(server.contacts()) == {first, UUID(second.said["id"])}


@pytest.mark.parametrize("mode", [0o750, 0o705])
def test_a_door_whose_keys_others_can_read_does_not_start(server: Server, tmp_path: Path, mode: int) -> None:
    Vault(tmp_path / "keys")
    (tmp_path / "keys").chmod(mode)
    door = DoorProcess(server.urls.app, tmp_path)
    environment = {"DATABASE_URL": server.urls.app, "CALLBOX_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-m", "callbox.door"],
        env=environment | {"CALLBOX_DOOR_PORT": str(door.port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "chmod 700" in done.stderr
