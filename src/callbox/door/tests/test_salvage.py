# SPDX-License-Identifier: Apache-2.0
"""A record of the spool that the database will not take holds up none behind it, and is offered to a person."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from callbox.door.domain import META, Contact, contact_from, packed
from callbox.door.salvage import contact_in
from callbox.door.sealing import Sealer
from callbox.door.spoolfile import SpoolFile
from callbox.door.tests.conftest import Server, old_record, said_by, sealed
from callbox.door.tests.process import DoorProcess
from callbox.host.vault import Vault

NOW = datetime.now(UTC).replace(microsecond=0)


def sent(key: str, body: bytes = b"help") -> Contact:
    return contact_from("web", {"idempotency-key": key}, body, received_at=NOW)


def record(sent_as: str, body: bytes = b"help", **more: object) -> bytes:
    """A spool's record of the release before, whose head has more in it, with these fields changed."""
    return old_record(sent(sent_as, body), **more)


def new_record(home: Path, **more: object) -> bytes:
    """A spool's record with these fields of its head changed."""
    whole = packed(sealed(home, sent("bad", b"the words")))
    (length,) = META.unpack_from(whole)
    head = json.dumps(json.loads(whole[META.size : META.size + length]) | more).encode()
    return META.pack(len(head)) + head + whole[META.size + length :]


def spooled(home: Path, *payloads: bytes) -> None:
    spool = SpoolFile(home / "spool", 4 << 20)
    spool.append(payloads)
    spool.close()


@pytest.fixture
def closed_door(server: Server, tmp_path: Path) -> Iterator[DoorProcess]:
    """A door that is not started yet."""
    made = DoorProcess(server.urls.app, tmp_path)
    yield made
    made.kill()


def drained(door: DoorProcess) -> None:
    """No wait for contacts alone: the spool may be empty before the door has looked."""
    door.start()
    door.wait_drained()


@pytest.mark.parametrize(
    "harm",
    [
        {"source": "a\0b"},
        {"key": "x" * 9 + "\0"},
        {"content_type": "text/\0"},
        {"channel": "no\0channel"},
        {"lane": "\0"},
    ],
)
def test_what_a_database_minds_is_taken_out_and_the_rest_is_there(
    closed_door: DoorProcess, server: Server, tmp_path: Path, harm: dict[str, str]
) -> None:
    spooled(tmp_path, record("first"), record("bad", b"the words", **harm), record("third"))
    drained(closed_door)
    said = {name: said_by(closed_door, server, name)[1] for name in server.contacts()}
    assert sorted(said.values()) == [b"help", b"help", b"the words"]
    assert said[sent("bad", b"the words").id] == b"the words"
    assert closed_door.health()["spool"]["aside"] == 0


@pytest.mark.parametrize("harm", [{"channel": "no\0channel"}, {"lane": "\0"}])
def test_the_same_of_a_record_of_today(
    closed_door: DoorProcess, server: Server, tmp_path: Path, harm: dict[str, str]
) -> None:
    spooled(tmp_path, record("first"), new_record(tmp_path, **harm), record("third"))
    drained(closed_door)
    bad = sealed(tmp_path, sent("bad", b"the words")).id
    assert said_by(closed_door, server, bad)[1] == b"the words"
    assert len(server.contacts()) == 3


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        META.pack(5) + b"[1,2]words",
        record("x", id="no id"),
        record("x", lane=7),
        record("x", retain_until=None),
        META.pack(1 << 30) + b"{}",
    ],
)
def test_a_record_that_nobody_understands_is_shown_as_it_is(
    closed_door: DoorProcess, server: Server, tmp_path: Path, payload: bytes
) -> None:
    spooled(tmp_path, payload, record("good"))
    drained(closed_door)
    ((name, lane),) = server.rows("SELECT id, lane FROM door_contact WHERE channel = 'other'")
    assert (said_by(closed_door, server, name)[1], lane) == (payload, "written")
    assert len(server.contacts()) == 2


def unfit(identity: UUID) -> str:
    return f"ALTER TABLE door_contact ADD CONSTRAINT unfit CHECK (id <> '{identity}')"


def test_what_is_taken_in_no_form_is_put_aside_and_offered_again(
    closed_door: DoorProcess, server: Server, tmp_path: Path
) -> None:
    bad = sealed(tmp_path, sent("bad", b"bad words"))
    spooled(tmp_path, record("first"), packed(bad), record("third"))
    server.do(unfit(bad.id))
    try:
        drained(closed_door)
        closed_door.wait_until(lambda: closed_door.health()["spool"]["aside"] == 1)
        assert "contacts-aside" in closed_door.health()["alarms"]
        assert len(server.contacts()) == 2
        assert bad.id not in server.contacts()
        (kept,) = (tmp_path / "spool.aside").iterdir()
        assert kept.read_bytes() == packed(bad)
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.name.startswith(bad.retain_until.date().isoformat())
        assert b"bad words" not in (tmp_path / "spool").read_bytes()
    finally:
        server.do("ALTER TABLE door_contact DROP CONSTRAINT unfit")
    closed_door.stop()
    closed_door.start()  # a new version may understand it
    closed_door.wait_until(lambda: bad.id in server.contacts())
    closed_door.wait_until(lambda: closed_door.health()["spool"]["aside"] == 0)
    assert not list((tmp_path / "spool.aside").iterdir())


def test_a_table_that_takes_nothing_is_no_fault_of_the_contacts(
    closed_door: DoorProcess, server: Server, tmp_path: Path
) -> None:
    """As with a half-made change of the tables: everything waits in the spool, nothing is put aside."""
    spooled(tmp_path, record("first"), record("second"))
    server.do("ALTER TABLE door_contact ADD COLUMN wanted int NOT NULL")
    try:
        closed_door.start()
        closed_door.wait_until(lambda: closed_door.health()["database"] == "down")
        assert closed_door.post(b"third", "third", timeout=1.5).said["accepted"] == "spool"
        said = closed_door.health()["spool"]
        assert (said["waiting"], said["aside"]) == (3, 0)
    finally:
        server.do("ALTER TABLE door_contact DROP COLUMN wanted")
    closed_door.wait_drained()
    assert len(server.contacts()) == 3


def test_words_put_aside_are_erased_at_their_date(tmp_path: Path) -> None:
    from callbox.door.aside import Aside

    aside, today = Aside(tmp_path / "spool"), NOW.date()
    aside.put(b"yesterday's", today - timedelta(days=1))
    aside.put(b"today's", today)
    aside.put(b"today's", today)
    assert [payload for _, payload in aside.records(today)] == [b"today's"]
    assert aside.count == 1
    assert aside.records(date.max) == []


def test_the_same_broken_record_has_the_same_identity_whenever_it_is_read(tmp_path: Path) -> None:
    sealer = Sealer(Vault(tmp_path / "keys"))
    sealer.make_keys(NOW.date())
    first, second = (contact_in(b"nonsense", sealer, at=NOW + timedelta(days=day)) for day in (0, 1))
    assert first.id == second.id
    assert contact_in(b"other nonsense", sealer, at=NOW).id != first.id
