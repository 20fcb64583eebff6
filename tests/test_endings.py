# SPDX-License-Identifier: Apache-2.0
"""Door, web and worker whose parent was killed end by themselves, whatever became of the database; nothing is lost."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psutil
import psycopg
import pytest
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from callbox.door.tests.process import DoorProcess
from callbox.drills.proxy import Line
from callbox.host.config import CHECKOUT, load
from tests.signed_in import person, signed_in

SOCKET = ".s.PGSQL.5432"
PATIENCE_S = 120.0
FOR_EVER_S = 1e9
BODY = b'{"words": "made-up"}'


class Household:
    """All three processes under a parent of their own, on a line to the database that can be silenced or cut."""

    def __init__(self, folder: Path) -> None:
        (folder / "secret").write_bytes(load().secret)  # sessions of these tests are theirs too
        known = conninfo_to_dict(os.environ["DATABASE_URL"])
        url = f"postgresql://{known['user']}:{known['password']}@/{known['dbname']}?host={folder}&port=5432"
        self.line = Line(1, folder / SOCKET, Path(str(known["host"])) / SOCKET)
        self.door = DoorProcess(os.environ["DATABASE_URL"], folder)  # asked now; one like it drains later
        more = {
            "DATABASE_URL": url,
            "CALLBOX_HOME": str(folder),
            "CALLBOX_SPOOL": str(folder / "spool"),
            "CALLBOX_SPOOL_MIB": "4",
            "CALLBOX_CITY": "none",
            "CALLBOX_DOOR_PORT": str(self.door.port),
            "CALLBOX_WEB_PORT": str(self.door.web_port),
        }
        command = [sys.executable, "-m", "tests.orphans", str(self.door.web_port)]
        self.environment = {
            name: os.environ[name] for name in os.environ if name != "CALLBOX_OWNER_URL"
        } | more
        self.parent = subprocess.Popen(command, env=self.environment, cwd=CHECKOUT, stdin=subprocess.DEVNULL)

    def take(self, key: str) -> tuple[str, str]:
        """The id of a contact that the door acknowledged, and where it is."""
        answer = self.door.post(BODY, key, "sos")
        assert answer.status == 201, answer.body
        return answer.said["id"], answer.said["accepted"]

    def family(self) -> list[psutil.Process]:
        """All processes below the parent."""
        return psutil.Process(self.parent.pid).children(recursive=True)

    def end(self) -> None:
        """Kill whatever there still is."""
        if self.parent.poll() is None:
            for each in self.family():
                each.kill()
            self.parent.kill()
            self.parent.wait()


def until(true: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


def rows(text: str) -> set[str]:
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"]) as link:
        return {str(key) for (key,) in link.execute(text.encode()).fetchall()}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    path = Path(tempfile.mkdtemp(prefix="callbox-end-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def pages_under_way(here: Household, cookies: str) -> Iterator[None]:
    """Somebody waits for pages that need the database."""
    with ExitStack() as stack:
        for _ in range(2):
            link = HTTPConnection("127.0.0.1", here.door.port, timeout=PATIENCE_S)
            stack.callback(link.close)
            link.request("GET", "/api/me", headers={"Cookie": cookies})
        yield


def is_open(here: Household) -> bool:
    """The door answers, and trusts the database."""
    assert here.parent.poll() is None
    try:
        return bool(here.door.health()["database"] == "up")
    except OSError:
        return False


def is_up(here: Household, cookies: str) -> bool:
    """Web answers with the database's word, and the worker has made a call of what the door took."""
    try:
        answer = here.door.ask("GET", "/api/me", headers={"Cookie": cookies})
        return answer.status == 200 and bool(rows("SELECT contact FROM intake_callcontact"))
    except OSError:
        return False


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("harm", ["silent", pytest.param("gone", marks=pytest.mark.slow)])
def test_orphans_end_and_what_was_promised_is_kept(folder: Path, harm: str) -> None:
    session = signed_in(person("lin", "supervisor")).cookies[settings.SESSION_COOKIE_NAME].value
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}"
    here = Household(folder)
    with ExitStack() as last, ExitStack() as stack:
        last.callback(here.end)
        line = stack.enter_context(here.line.laid())
        until(lambda: is_open(here), "the door does not open")
        kept = [here.take("before")[0]]
        until(lambda: is_up(here, cookies), "they do not come up")
        family = here.family()
        line.weather.delay_s = FOR_EVER_S
        with pages_under_way(here, cookies):
            if harm == "gone":
                stack.close()
            until(lambda: here.take("meanwhile")[1] == "spool", "nothing is spooled")
            kept += [here.take(key)[0] for key in ("meanwhile", "later")]
            server = next(each for each in family if "granian" in each.cmdline())
            server.kill()  # what it started has nobody to end it in order
            here.parent.kill()
            here.parent.wait()
            _ended, left = psutil.wait_procs(family, PATIENCE_S)
        stuck = [each.cmdline() for each in left]
        for each in left:
            each.kill()
        assert not stuck, f"with a database that is {harm} they do not end"
    here.door.start()
    here.door.wait_drained()
    here.door.stop()
    assert rows("SELECT id FROM door_contact") == set(kept)
