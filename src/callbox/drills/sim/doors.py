# SPDX-License-Identifier: Apache-2.0
"""The door, whole and unchanged, in the simulation: it can be killed, lose its power and be started again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import asyncpg

import callbox.door.app
import callbox.door.aside
import callbox.door.bytesfile
import callbox.door.connecting
import callbox.door.contacts
import callbox.door.domain
import callbox.door.drain
import callbox.door.gauges
import callbox.door.hub
import callbox.door.keys
import callbox.door.positions
import callbox.door.spool
import callbox.door.spoolfile
import callbox.door.stream
import callbox.door.watch
import callbox.host.clock
import callbox.host.vault
from callbox.door.app import Door
from callbox.door.options import Options
from callbox.drills.sim.disk import Disk, FakePath, Fcntl, Os
from callbox.drills.sim.links import connector
from callbox.drills.sim.loop import SimLoop
from callbox.drills.sim.schedule import Process, Schedule, Signal
from callbox.drills.sim.server import Server
from callbox.drills.sim.stand_ins import Change, Clock, Keys, Queues, Secrets, Threads, datetime_of
from callbox.host.vault import Vault

SECRET = b"simulated secret of 32 bytes, no more"
SPOOLS = (16 << 10, 20 << 10, 48 << 10)  # the smallest is full after some contacts


class Asked:
    """One request to the door: what it answered, and when nobody is left to answer."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.body = b""
        self.ended = Signal()
        self.pieces: Callable[[bytes], None] | None = None


class DoorHost:
    """The machine of the door."""

    def __init__(self, schedule: Schedule, server: Server) -> None:
        self.schedule = schedule
        self.server = server
        self.disk = Disk(schedule)
        with patch.object(callbox.host.vault, "Keyring", Keys):
            self.vault = Vault(Path("keys"))
        self.processes: list[Process] = []
        self.loop = SimLoop(schedule)
        self.loop.dead = True
        self.door: Door | None = None
        self.starts = 0
        self._spool = schedule.dice.choice(SPOOLS)
        self.errors: list[str] = []
        self._graves: list[Any] = []
        self._open: dict[Asked, SimLoop] = {}

    def changes(self) -> list[Change]:
        """What the door's modules meet instead of clock, disk, network, dice and threads."""
        schedule, door = self.schedule, callbox.door
        clock, now = Clock(schedule), datetime_of(schedule)
        secrets = Secrets(schedule.dice)
        timed = [(module, "time", clock) for module in (door.hub, door.watch, door.spool, callbox.host.clock)]
        dated = [(module, "datetime", now) for module in (door.drain, door.keys)]
        disk = Os(self.disk)
        return [
            *timed,
            *dated,
            *[(module, "os", disk) for module in (door.spoolfile, door.bytesfile, door.aside)],
            *[(module, "sync_folder", disk.sync_folder) for module in (door.spoolfile, door.aside)],
            (door.spoolfile, "fcntl", Fcntl()),
            (callbox.host.clock.CLOCK, "_ahead_s", clock.time() - clock.monotonic()),
            (door.app, "vault_at", lambda folder: self.vault),
            (callbox.host.vault, "vault_at", lambda folder: self.vault),
            (door.spoolfile, "secrets", secrets),
            (door.domain, "secrets", secrets),
            (door.spool, "threading", Threads(schedule, self.processes)),
            (door.spool, "queue", Queues(schedule)),
            (door.connecting, "_check_tables", _nothing),
            (door.gauges.Gauges, "run", _nothing),
            (asyncpg, "connect", connector(self.server, "door")),
        ]

    def start(self) -> None:
        """A new process over the same disk, unless one runs."""
        if not self.loop.dead:
            return
        self.starts += 1
        self.loop = SimLoop(self.schedule)
        options = Options(
            database_url="sim",
            secret=SECRET,
            keys=Path("keys"),
            spool=FakePath(),  # type: ignore[arg-type]  # the disk has one file
            spool_size=self._spool,
            emergency_number="110",
            port=0,
            web_port=0,
        )
        door = Door(options)

        async def live() -> None:
            await door.open()
            self.door = door

        self._graves.append(self.loop.begin(live()))

    def kill(self, *, power: bool) -> None:
        """SIGKILL; with `power` the disk loses what was not synchronised too."""
        if self.loop.dead:
            return
        self.errors += self.loop.errors
        self.loop.dead = True
        self._graves.append(self.door)  # nothing of it may run, not even its clean-up
        self.door = None
        for process in self.processes:
            process.kill()
        self.processes.clear()
        for session in tuple(self.server.sessions):
            if session.host == "door":
                self.server.close(session)
        if power:
            self.disk.lose_power()
        for asked in tuple(self._open):
            self._end(asked)

    def bury(self) -> None:
        """The run is over: forget what was killed."""
        self._graves.clear()
        self.loop = SimLoop(self.schedule)

    def post(self, channel: str, headers: dict[str, str], body: bytes) -> Asked:
        """Send a contact."""
        scope = self._scope("POST", f"/door/contacts/{channel}", headers)
        return self._ask(scope, body)

    def stream(self, ticket: str, after: str, pieces: Callable[[bytes], None]) -> Asked:
        """Open a stream; what it says goes to `pieces`."""
        scope = self._scope("GET", "/door/stream", {"host": "localhost"})
        scope["query_string"] = urlencode({"ticket": ticket, "after": after}).encode()
        asked = Asked()
        asked.pieces = pieces
        return self._ask(scope, b"", asked)

    def leave(self, asked: Asked) -> None:
        """The other end is gone."""
        self._end(asked)

    def _scope(self, method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        return {"type": "http", "method": method, "path": path, "query_string": b"", "headers": pairs}

    def _ask(self, scope: dict[str, Any], body: bytes, asked: Asked | None = None) -> Asked:
        asked = asked or Asked()
        if self.door is None:
            asked.ended.happen()
            return asked
        self._open[asked] = self.loop
        self._graves.append(self.loop.begin(self._serve(self.door, scope, body, asked)))
        return asked

    async def _serve(self, door: Door, scope: dict[str, Any], body: bytes, asked: Asked) -> None:
        told = [{"type": "http.request", "body": body}]
        loop = self.loop

        async def receive() -> dict[str, Any]:
            if told:
                return told.pop()
            if not asked.ended.happened:
                gone = loop.create_future()
                asked.ended.then(lambda: None if gone.done() else gone.set_result(None))
                await gone
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if asked.ended.happened:
                return
            if message["type"] == "http.response.start":
                asked.status = message["status"]
            elif asked.pieces is not None and asked.status == 200:
                asked.pieces(message.get("body", b""))
            else:
                asked.body += message.get("body", b"")

        try:
            await door(scope, receive, send)
        finally:
            self._end(asked)

    def _end(self, asked: Asked) -> None:
        self._open.pop(asked, None)
        if not asked.ended.happened:
            asked.ended.happen()


async def _nothing(_: object) -> None:
    """The tables are this release's, since they are made from its models; what watches the machine has none here."""
