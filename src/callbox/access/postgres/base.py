# SPDX-License-Identifier: Apache-2.0
"""The database engine named in the settings: each transaction begins with the sight of who asks.

What is read outside a transaction is read in one of its own, which cannot write and ends when an action begins
or the request does; so no lock is held longer than the action that took it. A single write outside a transaction
gets one for itself.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

import psycopg
from django.db.backends.postgresql import base
from psycopg import sql
from psycopg.pq import TransactionStatus

from callbox.access.sight import PREFIX, Sight
from callbox.host.tuning import FAR_SIDE_GONE

READS = ("SELECT", "WITH", "DECLARE", "FETCH", "CLOSE")
NOTHING_SEEN = "NOTIFY callbox"  # the hint that something is new asks no table
Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


@lru_cache(maxsize=512)
def set_sight(sight: Sight) -> bytes:
    """The statements that set what a transaction may see, until it ends: all of it, whatever was set before.

    SET LOCAL, as PostgreSQL plans nothing for it.
    """
    said = sight.texts() | {name: _array(words) for name, words in sight.lists().items()}
    sets = [
        sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(*name.split(".")), sql.Literal(text))
        for name, text in said.items()
    ]
    return sql.SQL("; ").join(sets).as_bytes()


def _array(words: list[str]) -> str:
    """A list as PostgreSQL writes it; "" for an empty one, which the rules take for nothing."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}" if words else ""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection with a sight. `sight` None: that of the whole process (`part`), which web does not have."""

    part: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sight: Sight | None = None
        self._set: Sight | None = None  # in the transaction that is open now
        self.execute_wrappers.append(self._with_sight)

    def get_connection_params(self) -> dict[str, Any]:
        """As Django's; the part is always said, so that no variable of the environment can say it for us."""
        said = {f"{PREFIX}.part": self.part, **FAR_SIDE_GONE}
        options = " ".join(f"-c {name}={value}" for name, value in said.items())
        return {"options": options, **super().get_connection_params()}

    def end_reading(self) -> None:
        """End the transaction in which this connection only read, if there is one."""
        self._end(b"COMMIT")  # at a ROLLBACK the driver would drop the plans it keeps

    def _end(self, how: bytes) -> None:
        if self.connection is None or self.in_atomic_block or not self.autocommit or self._is_idle():
            return
        try:
            self.connection.execute(how, prepare=False)
        except psycopg.Error:
            self.close()  # it only read; whoever asks next gets a new connection

    def _set_autocommit(self, autocommit: bool) -> None:
        self.end_reading()
        self.ensure_connection()  # the server may have gone since the last read: a new one, or Django's own fault
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # the stubs leave out what Django asks engines for

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # the same
        self._set = None  # what was set since the savepoint is forgotten with it

    def _is_idle(self) -> bool:
        return bool(self.connection.pgconn.transaction_status == TransactionStatus.IDLE)

    def _with_sight(
        self, execute: Execute, text: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if self._is_idle():
            self._set = None
        if self.in_atomic_block or self.sight is None:
            self._look()
            return execute(text, params, many, context)
        if text == NOTHING_SEEN:
            self.end_reading()
            return execute(text, params, many, context)
        is_read = isinstance(text, str) and text.lstrip()[:7].upper().startswith(READS)
        if not is_read:
            self.end_reading()
        if self._is_idle():
            self._set = self.sight
            self._tell((b"BEGIN READ ONLY; " if is_read else b"BEGIN; ") + set_sight(self.sight))
        self._look()
        try:
            found = execute(text, params, many, context)
        except BaseException:
            self._end(b"ROLLBACK")
            raise
        if not is_read:
            self._tell(b"COMMIT")
        return found

    def _look(self) -> None:
        """Set what this transaction may see, unless that is so already."""
        wanted = self.sight or Sight(self.part)
        if self._set == wanted or (self._set is None and self.sight is None):
            return
        self._tell(set_sight(wanted))
        self._set = wanted

    def _tell(self, text: bytes) -> None:
        """Execute; what fails is a fault of Django's kinds, so that pages answer it and the connection is let go."""
        with self.wrap_database_errors:
            self.connection.execute(text, prepare=False)
