# SPDX-License-Identifier: Apache-2.0
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from callbox.access.protect import protect
from callbox.door.domain import META, Contact, Sealed
from callbox.door.sealing import Sealer, opened
from callbox.door.tests.process import DoorProcess
from callbox.door.tickets import Ticket, sign
from callbox.host.cluster import Cluster
from callbox.host.embedded import temporary_cluster
from callbox.host.provision import Urls, grant_app, provision
from callbox.host.vault import Vault

MIGRATE = (
    "import django; django.setup(); from django.core.management import call_command\n"
    "for room in ('journal', 'matters', 'access', 'door', 'worker'):\n"
    "    call_command('migrate', room, skip_checks=True, verbosity=0)"
)


@dataclass
class Server:
    """A server of these tests' own (they kill and freeze it), with the tables that the door needs."""

    cluster: Cluster
    urls: Urls

    def rows(self, text: str, *values: object) -> list[Any]:
        with psycopg.connect(self.urls.owner, connect_timeout=10) as link:
            return link.execute(text.encode(), values).fetchall()

    def do(self, text: str, *values: object) -> None:
        with psycopg.connect(self.urls.owner) as link:
            link.execute(text.encode(), values)

    def contacts(self) -> list[UUID]:
        return [row[0] for row in self.rows("SELECT id FROM door_contact")]


def sealed(home: Path, contact: Contact) -> Sealed:
    """The contact as a door of this home keeps it."""
    sealer = Sealer(Vault(home / "keys"))
    sealer.make_keys(contact.received_at.date())
    return sealer.seal(contact)


def old_record(contact: Contact, **more: object) -> bytes:
    """What the release before this one put into the spool, with these fields of its head changed."""
    head = {
        **{
            name: getattr(contact, name)
            for name in ("channel", "lane", "source", "key", "content_type", "cut")
        },
        "id": contact.id.hex,
        "remote_at": None,
        "received_at": contact.received_at.isoformat(),
        "retain_until": contact.retain_until.isoformat(),
    }
    text = json.dumps(head | more).encode()
    return META.pack(len(text)) + text + contact.body


def said_by(door: DoorProcess, server: Server, identity: UUID) -> tuple[dict[str, str], bytes]:
    """What a contact in the database says, with the door's keys."""
    ((kept,),) = server.rows("SELECT sealed FROM door_contact WHERE id = %s", identity)
    return opened(Vault(door.home / "keys"), identity, bytes(kept))


@pytest.fixture(scope="session")
def own_server() -> Iterator[Server]:
    with temporary_cluster() as cluster:
        urls = provision(cluster)
        env = os.environ | {"DATABASE_URL": urls.owner, "DJANGO_SETTINGS_MODULE": "callbox.settings"}
        subprocess.run([sys.executable, "-W", "ignore", "-c", MIGRATE], env=env, check=True)
        grant_app(urls.owner)
        protect(urls.owner)
        yield Server(cluster, urls)


@pytest.fixture
def server(own_server: Server) -> Iterator[Server]:
    own_server.do("TRUNCATE door_contact")
    yield own_server
    own_server.cluster.thaw()
    if own_server.cluster.pid is None:
        own_server.cluster.start(durable=False)


@pytest.fixture
def door(server: Server, tmp_path: Path) -> Iterator[DoorProcess]:
    made = DoorProcess(server.urls.app, tmp_path)
    made.start()
    yield made
    made.kill()


@dataclass
class Guest:
    """A signed-in person who may watch."""

    server: Server
    home: Path
    person: UUID
    signin: UUID

    def ticket(self, secret: bytes | None = None, age_s: int = 0, **more: Any) -> str:
        now = int(time.time()) - age_s
        said: dict[str, Any] = {
            "person": self.person,
            "signin": self.signin,
            "epoch": 1,
            "iat": now,
            "exp": now + 60,
        }
        return sign(Ticket(**said | more), secret or (self.home / "secret").read_bytes())


@pytest.fixture
def guest(server: Server, tmp_path: Path) -> Guest:
    person, signin = uuid4(), uuid4()
    server.do(
        "INSERT INTO access_person (id, username, name, password, epoch, is_active) VALUES (%s, %s, '', '', 1, true)",
        person,
        person.hex,
    )
    server.do("INSERT INTO access_signin (id, person_id, started_at) VALUES (%s, %s, now())", signin, person)
    return Guest(server, tmp_path, person, signin)
