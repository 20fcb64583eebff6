# SPDX-License-Identifier: Apache-2.0
"""One simulated installation: server, door, workers, and the tables as everybody sees them."""

import gc
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection, connections

import callbox.journal.actions
import callbox.kernel.ids
import callbox.matters.clocks
import callbox.worker.loop
from callbox.drills.sim.backend import as_process
from callbox.drills.sim.doors import DoorHost
from callbox.drills.sim.record import Record
from callbox.drills.sim.schedule import Process, Schedule, Signal
from callbox.drills.sim.schema import make_tables
from callbox.drills.sim.server import Server
from callbox.drills.sim.stand_ins import Change, Clock, Secrets, append_singly, changed
from callbox.drills.sim.tables import Row, Table, Values
from callbox.kernel.errors import Refusal
from callbox.matters.domain import Moved


class World:
    """All parts, and the record. Use as a context: outside of it the product's modules are themselves again."""

    def __init__(self, seed: int, patches: Sequence[Change] = (), without: Sequence[str] = ()) -> None:
        self.seed = seed
        self.schedule = Schedule(seed)
        self.tables = make_tables(without)
        self.server = Server(self.schedule, self.tables)
        self.server.on_commit = self._look
        self.door = DoorHost(self.schedule, self.server)
        self.record = Record()
        self.dice = self.schedule.dice
        self.ending = False
        self.healthy: list[float] = [0.0]
        self.door_blind_since: float | None = None
        self.something_new = Signal()
        self.bell = Signal()
        self.news = {"contacts": 0.0, "clocks": 0.0, "seals": 0.0}
        self._sealing = False
        self._new: dict[str, Callable[[Values], None]] = {
            "door_contact": self._new_contact,
            "intake_callcontact": self._new_call,
            "journal_entry": self._new_entry,
            "incidents_incident": lambda values: self._ring(),
            "matters_clock": lambda values: self._at(values["due_at"]),
            "matters_handover": lambda values: self._at(values["answer_by"]),
        }
        self.processes: list[Process] = []
        self._patches = patches
        self._stack = ExitStack()

    @property
    def now(self) -> float:
        """Simulated seconds since the beginning."""
        return self.schedule.now

    def __enter__(self) -> "World":
        self._stack.callback(
            lambda before: connections.__setitem__("default", before), connections["default"]
        )
        logging.disable(logging.CRITICAL)
        self._stack.callback(logging.disable, logging.NOTSET)
        self._stack.enter_context(self._changes())
        return self

    def __exit__(self, *_: object) -> None:
        self.door.kill(power=False)
        for process in self.processes:
            process.kill()
        self.door.bury()
        gc.collect()  # while nobody is told that a killed coroutine would rather have gone on
        self._stack.close()

    def _changes(self) -> AbstractContextManager[None]:
        schedule = self.schedule
        own: list[Change] = [
            (sys, "unraisablehook", lambda _what: None),
            (callbox.kernel.ids, "time", Clock(schedule)),
            (callbox.kernel.ids, "secrets", Secrets(schedule.dice)),
            (callbox.journal.actions, "recorded_now", lambda: schedule.wall),
            (callbox.worker.loop, "time", Clock(schedule)),
            # One thread, and a connection for each process: a thread's own store would only cost time.
            (connections, "_connections", SimpleNamespace(default=connections["default"])),
            (callbox.matters.clocks, "append_many", append_singly),
        ]
        return changed([*self.door.changes(), *own, *self._patches])

    def process(self, name: str, host: str, work: Callable[[], None], delay: float = 0.0) -> Process:
        """Somebody who works with Django."""
        process: Process = as_process(self.server, name, host, work, delay)
        self.processes.append(process)
        return process

    def pause(self, seconds: float) -> None:
        """In a process: about so long."""
        self.schedule.sleep(seconds * self.dice.uniform(0.5, 1.5))

    def attempt(self, what: str, act: Callable[[], Any]) -> Any:
        """One action as a page makes it; None when it was refused or the database failed."""
        self.record.actions += 1
        try:
            result = act()
        except Refusal:
            self.record.refusals += 1
            return None
        except (DatabaseError, InterfaceError):
            self.record.refusals += 1
            connection.close()
            return None
        if isinstance(result, Moved) and result.entry:
            self.record.moved.append((result.id, result.entry, what))
        return True if result is None else result

    def rows(self, table: str) -> list[Values]:
        """What is committed."""
        return list(self.tables.tables[table].committed())

    def row(self, table: str, key: UUID, column: str = "matter_id") -> Values | None:
        """One committed row by its key."""
        for row in self.tables.tables[table].found(column, (key,)):
            if row.committed:
                return row.committed
        return None

    def matter(self, matter_id: UUID) -> Values:
        """A matter's row."""
        found = self.row("matters_matter", matter_id, "id")
        assert found is not None  # matters are never deleted
        return found

    def of_kind(self, table: str, *states: str) -> list[Values]:
        """The committed rows of a room's table whose matter is in one of the states."""
        return [row for row in self.rows(table) if self.matter(row["matter_id"])["state"] in states]

    def disturbed(self) -> None:
        """Something is out of order until now."""
        self.healthy.append(self.now)

    def _look(self, changes: list[tuple[Table, Row, Values | None]]) -> None:
        """After each commit: what can be seen at once."""
        for table, row, before in changes:
            values = row.committed
            if values is not None and table.name == "dispatch_assignment":
                self._look_at_unit(table, values)
            elif values is not None and table.name == "matters_matter" and values["kind"] == "call":
                self._look_at_call(values)
            elif values is not None and before is None and table.name in self._new:
                self._new[table.name](values)

    def _new_contact(self, values: Values) -> None:
        self.record.contacts_at.setdefault(values["id"], self.now)
        self.wake("contacts")

    def _new_call(self, values: Values) -> None:
        self.record.calls_at.setdefault(values["contact"], self.now)
        self._ring()

    def _ring(self) -> None:
        """Screens show it: everybody looks at once."""
        bell, self.bell = self.bell, Signal()
        self.schedule.after(0.05, bell.happen)

    def _new_entry(self, values: Values) -> None:
        if not self._sealing:
            self._sealing = True
            self.schedule.after(3.0, self._seal)

    def _at(self, moment: Any) -> None:
        self.schedule.after((moment - self.schedule.wall).total_seconds() + 0.01, lambda: self.wake("clocks"))

    def _seal(self) -> None:
        self._sealing = False
        self.wake("seals")

    def _look_at_unit(self, table: Table, values: Values) -> None:
        rows = [row.committed for row in table.found("unit_id", (values["unit_id"],)) if row.committed]
        if sum(row["active"] for row in rows) > 1:
            self.record.note("one unit, one assignment: two are active")

    def _look_at_call(self, values: Values) -> None:
        clocks = [
            row.committed for row in self.tables.tables["matters_clock"].found("matter_id", (values["id"],))
        ]
        if values["state"] == "waiting" and not any(row and row["stopped_at"] is None for row in clocks):
            self.record.note("promises: a waiting call has no clock")

    def overdue(self) -> list[str]:
        """The loops of the workers for which something waits: they go on looking, as they do in their own pace."""
        found = ["contacts"] if len(self.record.contacts_at) > len(self.record.calls_at) else []
        clocks = self.tables.tables["matters_clock"].found("stopped_at", (None,))
        now = self.schedule.wall
        if any(
            row.committed and not row.committed["fired_at"] and row.committed["due_at"] <= now
            for row in clocks
        ):
            found.append("clocks")
        return found

    def wake(self, loop: str) -> None:
        """This loop of the workers has something to do."""
        self.news[loop] = self.now
        signal, self.something_new = self.something_new, Signal()
        signal.happen()
