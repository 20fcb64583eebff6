# SPDX-License-Identifier: Apache-2.0
"""`callbox backup` while the journal is written, `callbox restore` elsewhere, and the journal verified there."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from callbox.door.spoolfile import SpoolFile
from callbox.host.cluster import Cluster
from callbox.host.config import CHECKOUT

WRITE = """
import os, sys, django
from datetime import UTC, datetime
django.setup()
from callbox.journal.actions import append
from callbox.kernel.ids import new_id
from django.db import transaction
chain = new_id()
while not os.path.exists(sys.argv[1]):
    with transaction.atomic():
        append(chain, "made_up", "open", actor="system:test", role="system", at=datetime.now(UTC))
    print("written", flush=True)
"""


def environment(home: Path) -> dict[str, str]:
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_URL", "CALLBOX_OWNER"))
    }
    return ours | {"CALLBOX_HOME": str(home)}


def callbox(home: Path, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "callbox", *words],
        cwd=CHECKOUT,
        env=environment(home),
        input=said,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="callbox-backup-"))
    path.chmod(0o711)
    yield path
    for home in (path / "home", path / "other"):
        Cluster(home).kill()
        shutil.rmtree(Cluster(home).layout.sockets, ignore_errors=True)
    shutil.rmtree(path, ignore_errors=True)


def entries(home: Path) -> int:
    cluster = Cluster(home)
    cluster.start()
    try:
        with psycopg.connect(cluster.dsn("callbox_owner", "callbox")) as link:
            ((count,),) = link.execute("SELECT count(*) FROM journal_entry").fetchall()
            return int(count)
    finally:
        cluster.leave()


def test_backup_under_writes_then_restore_with_the_journal_verified(place: Path) -> None:
    home, other = place / "home", place / "other"
    done = callbox(home, "admin", "create", "first", "--password-stdin", said="a-long-password-1\n")
    assert done.returncode == 0, done.stderr
    spool = SpoolFile(home / "spool", 1 << 16)
    spool.append([b"a contact that waits"])
    log = Path("oversight", "log.duckdb")
    (home / log).parent.mkdir()
    (home / log).write_bytes(b"an imported log")
    cluster = Cluster(home)
    cluster.start()
    more = {
        "DATABASE_URL": cluster.dsn("callbox_app", "callbox"),
        "DJANGO_SETTINGS_MODULE": "callbox.settings",
    }
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE, str(place / "enough")],
        env=environment(home) | more,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert writer.stdout
        assert writer.stdout.readline() == "written\n"
        before = entries(home)
        done = callbox(home, "backup", str(place / "kept"))
    finally:
        (place / "enough").touch()
        writer.communicate(timeout=60)
        cluster.leave()
        spool.close()
    assert done.returncode == 0, done.stderr
    assert "Everything up to" in done.stdout

    done = callbox(other, "restore", str(place / "kept"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The journal verifies" in done.stdout
    assert "no keys" in done.stdout
    assert "Case histories imported from files are in no backup" in done.stdout
    assert not (other / log).exists()
    assert before <= entries(other) <= entries(home)
    back = SpoolFile(other / "spool", 1 << 16)
    assert back.peek(5) == [b"a contact that waits"]
    back.close()

    done = callbox(other, "restore", str(place / "kept"))
    assert done.returncode == 1
    assert "not empty" in done.stderr


def test_a_journal_that_does_not_fit_is_told(place: Path) -> None:
    home, other = place / "home", place / "other"
    cluster = Cluster(home)
    cluster.start()
    with psycopg.connect(cluster.dsn("callbox_owner", "callbox"), autocommit=True) as link:
        link.execute("ALTER TABLE journal_entry DISABLE TRIGGER append_only")
        link.execute(
            "UPDATE journal_entry SET move = 'other' WHERE seq = (SELECT max(seq) FROM journal_entry)"
        )
    cluster.leave()
    assert callbox(home, "backup", str(place / "altered")).returncode == 0
    done = callbox(other, "restore", str(place / "altered"), "--replace")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "NOT verify" in done.stdout
    assert "1 contacts were added to the spool" in done.stdout
    both = SpoolFile(other / "spool", 1 << 16)
    assert both.peek(5) == [b"a contact that waits"] * 2
    both.close()
