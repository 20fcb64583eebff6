# SPDX-License-Identifier: Apache-2.0
"""What stands in for psycopg below Django: its PostgreSQL backend, over the simulated server."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import errors

from callbox.access.sight import Sight
from callbox.drills.sim.compiling import KeepingOperations
from callbox.drills.sim.schedule import Schedule
from callbox.drills.sim.server import Fault, Request, Server, Session
from callbox.drills.sim.sql_running import Answer

ERRORS: Mapping[str, type[psycopg.Error]] = {
    "gone": psycopg.OperationalError,
    "refused": psycopg.OperationalError,
    "unique": errors.UniqueViolation,
    "deadlock": errors.DeadlockDetected,
    "failed": errors.InFailedSqlTransaction,
}


def heard(schedule: Schedule, request: Request) -> Answer:
    """Wait, as a process, for what the server says. Raises psycopg's errors."""
    if not request.done.happened:
        schedule.wait(request.done)
    try:
        return request.result()
    except Fault as fault:
        raise ERRORS[fault.kind](fault.text or fault.kind) from None


class SimConnection:
    """A connection as Django's backend uses it."""

    def __init__(self, server: Server, session: Session) -> None:
        self.server = server
        self.session = session
        self.autocommit = True

    def run(self, sql: str, params: Any = ()) -> Answer:
        """One statement; the transaction begins with the first."""
        if self.session.closed:
            raise psycopg.OperationalError("the connection is closed")
        if not self.autocommit and self.session.tx is None:
            self._run("BEGIN", ())
        return self._run(sql, params)

    def _run(self, sql: str, params: Any) -> Answer:
        try:
            answer = self.server.at_once(self.session, sql, params)
        except Fault as fault:
            raise ERRORS[fault.kind](fault.text or fault.kind) from None
        if answer is not None:
            return answer
        return heard(self.server.schedule, self.server.ask(self.session, sql, params))

    def commit(self) -> None:
        """End the transaction."""
        if self.session.tx is not None:
            self.run("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction."""
        if self.session.tx is not None:
            self.run("ROLLBACK")

    def close(self) -> None:
        """Let go."""
        self.server.close(self.session)


class SimCursor:
    """A cursor."""

    def __init__(self, connection: SimConnection) -> None:
        self._connection = connection
        self._answer = Answer()
        self._at = 0

    @property
    def rowcount(self) -> int:
        """How many rows."""
        return self._answer.count

    @property
    def description(self) -> list[tuple[str]]:
        """The names of the columns."""
        return [(name,) for name in self._answer.names]

    def execute(self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> None:
        """Run a statement."""
        self._answer, self._at = self._connection.run(sql, params or ()), 0

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return next(iter(self.fetchmany(1)), None)

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        """The next rows."""
        found = self._answer.rows[self._at : self._at + size]
        self._at += len(found)
        return found

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All that are left."""
        return self.fetchmany(len(self._answer.rows))

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> "SimCursor":
        return self

    def __exit__(self, *_: object) -> None:
        pass


class SimWrapper(DatabaseWrapper):
    """Django's connection of one simulated process."""

    pg_version = 180_000

    def __init__(self, server: Server, name: str, host: str) -> None:
        super().__init__({**connections["default"].settings_dict, "OPTIONS": {}}, "default")
        self.ops = KeepingOperations(self)
        self._server, self._name, self._host = server, name, host
        self.sight: Sight | None = None  # row-level security is not simulated

    def end_reading(self) -> None:
        """Nothing is read in a transaction of its own here."""

    def ensure_connection(self) -> None:
        """Connect when there is no connection."""
        if self.connection is None:
            with self.wrap_database_errors:
                self._connect()

    def _connect(self) -> None:
        """As Django does, without telling the rest of Django: it would ask the server for its types."""
        self.in_atomic_block = self.needs_rollback = self.closed_in_transaction = False
        self.savepoint_ids, self.atomic_blocks, self.run_on_commit = [], [], []
        self.health_check_enabled = self.errors_occurred = False
        self.connection = self.get_new_connection({})
        self.autocommit = True

    def get_connection_params(self) -> dict[str, Any]:
        """None are needed."""
        return {}

    def get_new_connection(self, conn_params: dict[str, Any]) -> SimConnection:
        """A session of the simulated server."""
        request = self._server.connect(self._name, self._host)
        heard(self._server.schedule, request)
        return SimConnection(self._server, request.session)

    def init_connection_state(self) -> None:
        """Nothing to set."""

    def create_cursor(self, name: str | None = None) -> SimCursor:
        """A cursor."""
        assert self.connection is not None  # Django has connected
        return SimCursor(self.connection)

    def _set_autocommit(self, autocommit: bool) -> None:
        assert self.connection is not None  # Django has connected
        self.connection.autocommit = autocommit

    def is_usable(self) -> bool:
        """Whether the session lives."""
        return self.connection is not None and not self.connection.session.closed


def as_process(server: Server, name: str, host: str, work: Callable[[], None], delay: float = 0.0) -> Any:
    """A process whose Django has a connection of its own to the server."""
    wrapper = SimWrapper(server, name, host)
    process = server.schedule.start(name, work, delay)
    process.before = lambda: connections.__setitem__("default", wrapper)
    return process
