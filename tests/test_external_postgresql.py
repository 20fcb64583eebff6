# SPDX-License-Identifier: Apache-2.0
"""The how-to on an external PostgreSQL, block by block: two servers, TLS, a standby, the switch over."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from callbox.door.tests.process import DoorProcess
from callbox.host.config import CHECKOUT
from callbox.host.processes import free_port
from tests.own_servers import LOCAL, Server, speaking_tls
from tests.tls_proxies import make_certificate

PAGE = CHECKOUT / "docs/how-to/an-external-postgresql.md"
BLOCK = re.compile(r"```\w+\n(.*?)```", re.DOTALL)
PATIENCE_S = 120.0
SPOOLED = b'{"words": "made-up: while the primary was gone"}'


def block(mark: str) -> str:
    """The one block of the page with this in it."""
    [found] = [text for text in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if mark in text]
    return str(found)


def replaced(text: str, changes: dict[str, str]) -> str:
    """The text with these changes, each of which has its place."""
    for old, new in changes.items():
        assert old in text, f"the page says no longer {old!r}"
        text = text.replace(old, new)
    return text


def statements(mark: str) -> list[str]:
    """What that block tells PostgreSQL, one by one."""
    return [each for each in block(mark).split(";") if each.strip()]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can reach."""
    path = Path(tempfile.mkdtemp(prefix="callbox-external-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


class Installation:
    """Callbox with that page's settings, before two servers that speak TLS."""

    def __init__(self, folder: Path, ports: Sequence[int], certificate: Path) -> None:
        told = block("DATABASE_URL")
        hosts = ",".join(f"{LOCAL}:{port}" for port in ports)
        told = replaced(
            told, {"one,two": hosts, "/etc/ssl/callbox-ca.pem": str(certificate), "...": "made-up"}
        )
        self.variables = dict(line.split("=", 1) for line in shlex.split(told))
        folder.mkdir()
        more = {"CALLBOX_HOME": str(folder), "CALLBOX_CITY": "none"}
        self.environment = {**os.environ, **more, **self.variables}
        self.door = DoorProcess(self.variables["DATABASE_URL"], folder)

    def callbox(self, *words: str) -> str:
        """What a command says. Raises CalledProcessError."""
        done = subprocess.run(
            [sys.executable, "-m", *words],
            env=self.environment,
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout


def until(true: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


@pytest.mark.slow
def test_the_page_on_an_external_postgresql_holds_from_the_first_line_to_the_last(folder: Path) -> None:
    make_certificate(folder)
    with ExitStack() as stack:
        one, two = (Server(folder / name, free_port(0)) for name in ("one", "two"))
        for each in (one, two):
            stack.callback(each.stop)
        make_primary(one)
        files = (folder / "callbox.pem", folder / "callbox.key")
        ports = [stack.enter_context(speaking_tls(each, *files)) for each in (one, two)]
        here = Installation(folder / "home", ports, files[0])
        works_with_two_roles(here, one)
        follow(one, two)
        confirm(one)
        here.door.start()
        stack.callback(here.door.kill)
        switches_over(here, one, two)
        shutil.rmtree(one.folder)
        follow(two, one)
        confirm(two)
        assert here.door.post(b'{"words": "made-up: at last"}', "last").said["accepted"] == "database"


def make_primary(one: Server) -> None:
    """Settings, access and roles as on the page; TLS is left to what stands before it."""
    access = replaced(block("hostssl"), {"hostssl": "host", "10.0.0.0/24": f"{LOCAL}/32"})
    one.make(block("wal_level"), access)
    for statement in statements("CREATE ROLE"):
        one.ask(statement.replace("'...'", "'made-up'"))


def works_with_two_roles(here: Installation, one: Server) -> None:
    """The owner migrates, the application works, and neither gets in without TLS."""
    assert '"journal_ok": true' in here.callbox("callbox", "journal", "verify")
    here.callbox("callbox.drills.inside", "prepare")
    roles = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'callbox%' AND (rolsuper OR rolbypassrls)"
    assert one.ask(roles) == []
    url = here.variables["DATABASE_URL"].replace("verify-full", "disable")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url).close()
    with psycopg.connect(here.variables["DATABASE_URL"]) as link:
        assert link.pgconn.ssl_in_use
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            link.execute("CREATE TABLE made_up ()")


def follow(leader: Server, standby: Server) -> None:
    """Make a standby by the page's command; returns when it follows."""
    standby.make_folder()
    standby.write("passwords", "*:*:*:*:made-up\n")
    changes = {"host=one": f"host={LOCAL} port={leader.port}", "DATA": "data"}
    command = shlex.split(replaced(block("pg_basebackup -d"), changes))
    standby.run(*command, "--checkpoint=fast", PGPASSFILE=str(standby.folder / "passwords"))
    standby.start()
    shown = "SELECT application_name FROM pg_stat_replication"
    until(lambda: leader.ask(shown) == [("callbox_standby",)], "the standby does not follow")


def confirm(leader: Server) -> None:
    """From now on the standby confirms every commit."""
    for statement in statements("FIRST 1"):
        leader.ask(statement)
    state = "SELECT sync_state FROM pg_stat_replication"
    until(lambda: leader.ask(state) == [("sync",)], "the standby does not confirm")


def switches_over(here: Installation, one: Server, two: Server) -> None:
    """What came before is on the standby, what comes meanwhile in the spool, and both are there once."""
    first = here.door.post(b'{"words": "made-up: before"}', "before").said
    assert first["accepted"] == "database"
    one.stop()
    until(lambda: here.door.post(SPOOLED, "meanwhile").said["accepted"] == "spool", "nothing is spooled")
    two.run(*shlex.split(replaced(block("pg_ctl promote"), {"DATA": "data"})))
    for statement in statements("RESET synchronous"):
        two.ask(statement)
    here.door.wait_drained()
    after = here.door.post(b'{"words": "made-up: after"}', "after").said
    assert after["accepted"] == "database"
    with psycopg.connect(here.variables["CALLBOX_OWNER_URL"]) as link:
        kept = [str(key) for (key,) in link.execute("SELECT id FROM door_contact").fetchall()]
    meanwhile = here.door.post(SPOOLED, "meanwhile").said
    assert meanwhile["repeated"]
    assert sorted(kept) == sorted([first["id"], meanwhile["id"], after["id"]])
    assert '"journal_ok": true' in here.callbox("callbox", "journal", "verify")
