# SPDX-License-Identifier: Apache-2.0
"""A whole installation of a drill's own: durable PostgreSQL, door, web, worker, people and units, in one folder."""

import atexit
import http.client
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import psycopg

from callbox.drills import snapshot
from callbox.drills.folders import SERVER, new_folder, scratch, throw_away
from callbox.drills.running import run_python
from callbox.drills.snapshot import Snapshot
from callbox.host.cluster import Cluster
from callbox.host.embedded import kept_running
from callbox.host.processes import DOOR, LOCAL, WORKER, Household, Part, Process, free_port, web
from callbox.host.provision import APP, Urls, provision

HEALTHY_S = 120.0  # longer, and it counts as broken; what is late is measured apart
TICK_S = 0.08
SETTLED_S = 0.3  # killed again and again, a process that came up counts as well at once
SETTINGS = {"shared_buffers": "64MB", "track_commit_timestamp": "on"}
CSRF = "d" * 32


class Site:
    """One running installation. `people`: the session of taker, desk and chief. `units`: ids of units on duty.

    database_port: by this port of 127.0.0.1 the processes reach the database, instead of by its socket.
    environment: more variables for the processes; server_environment and settings: for PostgreSQL.
    durable=False: without fsync, and `door`, `worker`: other ones, as controls that must fail.
    lines: what stands between the parts; entered
    before the processes start. It may set `front`, the port by which everybody comes, and `database_port`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
        server_environment: Mapping[str, str] | None = None,
        durable: bool = True,
        database_port: int | None = None,
        door: Part = DOOR,
        worker: Part = WORKER,
        lines: Callable[["Site"], AbstractContextManager[object]] | None = None,
    ) -> None:
        self.folder = folder
        self._parts = (worker, door)
        self.database_port = database_port
        self.front: int | None = None
        self._lines = lines
        self.settings = SETTINGS | dict(settings or {})
        self.server_environment = dict(server_environment or {})
        self.durable = durable
        self.cluster = Cluster(folder / SERVER)
        self.spool = folder / "spool"
        self.port = free_port(0)
        self.web_port = free_port(0, but=self.port)
        self._more = dict(environment or {})
        self._stack = ExitStack()
        self._keeping = ExitStack()
        self._taken_before = 0
        self.people: dict[str, str] = {}
        self.units: list[str] = []

    @property
    def address(self) -> str:
        """Where the door answers; pages and API come through it."""
        return f"http://{LOCAL}:{self.front or self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the processes are started with."""
        known = {
            "DATABASE_URL": self._database_url,
            "CALLBOX_HOME": str(self.folder),
            "CALLBOX_SPOOL": str(self.spool),
            "CALLBOX_SPOOL_MIB": "16",
            "CALLBOX_CITY": "none",
            "CALLBOX_DOOR_PORT": str(self.port),
            "CALLBOX_WEB_PORT": str(self.web_port),
        }
        inherited = {name: value for name, value in os.environ.items() if name != "CALLBOX_OWNER_URL"}
        return inherited | known | self._more

    @property
    def _database_url(self) -> str:
        if self.database_port is None:
            return self.urls.app
        return f"postgresql://{APP}:{self.cluster.passwords()[APP]}@{LOCAL}:{self.database_port}/callbox"

    def open(self) -> None:
        """Bring everything up; returns when it is healthy."""
        if not (self.folder / SERVER).exists():
            copy_of_prepared(self.folder)
        self.start_database()
        self._stack.callback(self._end_database)
        self.urls: Urls = provision(self.cluster)
        said = json.loads((self.folder / "people.json").read_text())
        self.people, self.units = said["sessions"], said["units"]
        self._keep_database()
        if self._lines is not None:
            self._stack.enter_context(self._lines(self))
        self.start_processes()
        self.await_healthy()

    def close(self) -> None:
        """End everything that was started."""
        self._keeping.close()
        self.stop_processes()
        self._stack.close()

    def start_database(self) -> None:
        """Start PostgreSQL as it was started first; returns when it takes connections."""
        self.cluster.start(self.settings, environment=self.server_environment, durable=self.durable)

    def start_processes(self) -> None:
        """Start door, web and worker, watched by a household of their own."""
        worker, door = self._parts
        parts = (worker, web(self.web_port), door)
        self.household = Household(parts, self.environment, settled_s=SETTLED_S)
        self.household.start()
        self._watch = threading.Thread(target=self.household.watch, name="household", daemon=True)
        self._watch.start()

    def stop_processes(self) -> None:
        """End door, web and worker, in order."""
        if hasattr(self, "household"):
            self.household.ask_to_stop()
            self._watch.join()
            self.household.stop()

    def process(self, name: str) -> Process:
        """One of door, web, worker."""
        return next(each for each in self.household.processes if each.part.name == name)

    def pids(self, name: str) -> list[int]:
        """The process of that name, then its children; empty when it does not run now."""
        pid = self.process(name).pid
        if pid is None:
            return []
        try:
            return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        except psutil.NoSuchProcess:
            return []

    def kill(self, name: str) -> bool:
        """SIGKILL a process with its children; False when it does not run now. The household starts it again."""
        found = self.pids(name)
        if name == "worker":
            with suppress(psycopg.Error):
                self._taken_before = self.taken()
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(found)

    def is_up(self, name: str) -> bool:
        """Whether that process does its work: door and web answer, the worker made a call since it was killed."""
        try:
            if name == "worker":
                return bool(self.pids(name)) and (self.taken() > self._taken_before or not self.rows(WAITING))
            return self.status("/door/health" if name == "door" else "/api/me", "chief") == 200
        except (OSError, http.client.HTTPException, psycopg.Error):
            return False

    def await_up(self) -> float:
        """Wait until door, web and worker do their work; how many seconds that took. Raises TimeoutError."""

        def working() -> bool:
            return all(self.is_up(each.part.name) for each in self.household.processes)

        return await_true(working, HEALTHY_S, "door, web or worker does not work", self._progress)

    def is_healthy(self) -> bool:
        """The door trusts the database, its spool is empty, pages come, and no contact waits to become a call."""
        try:
            said = self.ask("/door/health")
            return (
                said["database"] == "up"
                and said["spool"]["waiting"] == 0
                and self.status("/api/me", "chief") == 200
                and not self.rows(WAITING)
            )
        except (OSError, ValueError, http.client.HTTPException, psycopg.Error):
            return False

    def await_healthy(self, patience_s: float = HEALTHY_S) -> float:
        """Wait until all is well; how many seconds that took.

        A slow machine's contacts become calls slowly: patience ends when none did for so long. Raises TimeoutError.
        """
        return await_true(self.is_healthy, patience_s, "the installation is not healthy", self._progress)

    def _progress(self) -> int | None:
        with suppress(psycopg.Error):
            return self.taken()
        return None

    def ask(self, path: str, person: str = "", headers: Mapping[str, str] | None = None) -> Any:
        """The JSON that a GET through the door answers with. Raises OSError, ValueError or HTTPException."""
        link = http.client.HTTPConnection(LOCAL, self.port, timeout=5)
        try:
            link.request("GET", path, headers=self.cookies(person) | dict(headers or {}))
            return json.loads(link.getresponse().read())
        finally:
            link.close()

    def door_says(self) -> dict[str, Any]:
        """What the door says of its health; empty when it does not answer."""
        try:
            return dict(self.ask("/door/health"))
        except (OSError, ValueError, http.client.HTTPException):
            return {}

    def tell(self, path: str, person: str, body: object) -> int:
        """The status that a POST through the door is answered with; 0 when it is not answered."""
        headers = self.cookies(person) | {"Content-Type": "application/json"}
        link = http.client.HTTPConnection(LOCAL, self.port, timeout=10)
        try:
            link.request("POST", path, json.dumps(body), headers)
            found = link.getresponse()
            found.read()
            return found.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            link.close()

    def cookies(self, person: str) -> dict[str, str]:
        """The headers with which that person asks; none for nobody."""
        if not person:
            return {}
        session = f"callbox_session={self.people[person]}; callbox_csrf={CSRF}"
        return {"Cookie": session, "X-CSRFToken": CSRF}

    def rows(self, text: str, *values: object) -> list[Any]:
        """Rows as the database's owner reads them."""
        with psycopg.connect(self.urls.owner, connect_timeout=5) as link:
            return link.execute(text.encode(), values).fetchall()

    def look(self) -> Snapshot:
        """All rows, read in a process of the site's own surroundings, and the journal verified."""
        return snapshot.read(self.inside("look"))

    def inside(self, what: str) -> str:
        """The last line that `callbox.drills.inside` says. Raises RuntimeError with its errors."""
        said = run_python("-m", "callbox.drills.inside", what, environment=self.environment)
        return said.splitlines()[-1]

    def prepare(self) -> None:
        """Make the database with its tables, people and units, and leave it stopped.

        The tables by a command of the product: whatever brings a database up to date there does so here.
        """
        self.start_database()
        try:
            self.urls = provision(self.cluster)
            known = self.environment | {"CALLBOX_OWNER_URL": self.urls.owner}
            run_python("-m", "callbox", "journal", "verify", environment=known)
            (self.folder / "people.json").write_text(self.inside("prepare"))
            self.cluster.stop()
        finally:
            self._end_database()

    def taken(self) -> int:
        """How many contacts belong to a call."""
        return int(self.rows("SELECT count(*) FROM intake_callcontact")[0][0])

    def status(self, path: str, person: str) -> int:
        """The status that a GET through the door answers with. Raises OSError or HTTPException."""
        link = http.client.HTTPConnection(LOCAL, self.port, timeout=5)
        try:
            link.request("GET", path, headers=self.cookies(person))
            return link.getresponse().status
        finally:
            link.close()

    def _keep_database(self) -> None:
        self._keeping.enter_context(kept_running(self.cluster, self.start_database))

    def _end_database(self) -> None:
        self.cluster.kill()
        shutil.rmtree(self.cluster.layout.sockets, ignore_errors=True)


WAITING = """
SELECT id FROM door_contact WHERE NOT EXISTS (SELECT FROM intake_callcontact WHERE contact = id) LIMIT 1
"""


def await_true(
    done: Callable[[], bool],
    patience_s: float,
    otherwise: str,
    progress: Callable[[], object] = lambda: None,
) -> float:
    """Wait for a condition; seconds waited. Raises TimeoutError with what to say otherwise.

    progress: as long as what it answers changes, patience begins anew.
    """
    begun = since = time.monotonic()
    seen = progress()
    while not done():
        if (now := progress()) != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > patience_s:
            raise TimeoutError(f"After {patience_s:.0f} s {otherwise}.")
        time.sleep(TICK_S)
    return time.monotonic() - begun


@cache
def _prepared() -> Path:
    """The folder of an installation with tables, people and units, stopped; made once in a process's life."""
    folder = new_folder()
    atexit.register(throw_away, folder)
    Site(folder).prepare()
    return folder


def copy_of_prepared(folder: Path) -> None:
    """Copy it there and write the copy to the disk: a power cut must not find half of it."""
    subprocess.run(["cp", "-a", "--reflink=auto", f"{_prepared()}/.", str(folder)], check=True)  # noqa: S603, S607
    subprocess.run(["sync", "-f", str(folder)], check=True)  # noqa: S603, S607


@contextmanager
def site(folder: Path | None = None, **options: Any) -> Iterator[Site]:
    """A running installation under that folder, or under a new one; ended at the end. Options: as of `Site`."""
    with ExitStack() as stack:
        made = Site(folder or stack.enter_context(scratch()), **options)
        stack.callback(made.close)
        made.open()
        yield made
