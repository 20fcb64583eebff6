# SPDX-License-Identifier: Apache-2.0
"""What stands in for asyncpg in the door, over the simulated server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from callbox.drills.sim.server import Fault, Request, Server, Session

ERRORS: dict[str, Callable[[str], Exception]] = {
    "gone": asyncpg.ConnectionDoesNotExistError,
    "refused": ConnectionRefusedError,
    "unique": asyncpg.UniqueViolationError,
    "deadlock": asyncpg.DeadlockDetectedError,
    "failed": asyncpg.InFailedSQLTransactionError,
}


class Link:
    """One connection, as far as the door uses asyncpg's."""

    def __init__(self, server: Server, session: Session) -> None:
        self._server = server
        self._session = session

    def is_closed(self) -> bool:
        """Whether it is of no use any more."""
        return self._session.closed

    def terminate(self) -> None:
        """Let go at once."""
        self._server.close(self._session)

    async def fetch(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """The rows."""
        if self._session.closed:
            raise asyncpg.InterfaceError("connection is closed")
        try:
            answer = self._server.at_once(self._session, sql, params)
        except Fault as fault:
            raise ERRORS[fault.kind](fault.text or fault.kind) from None
        if answer is None:
            answer = await _heard(self._server.ask(self._session, sql, params))
        return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]

    async def fetchrow(self, sql: str, *params: Any) -> dict[str, Any] | None:
        """The first row."""
        return next(iter(await self.fetch(sql, *params)), None)

    async def fetchval(self, sql: str, *params: Any) -> Any:
        """The first value."""
        row = await self.fetchrow(sql, *params)
        return next(iter(row.values())) if row else None

    async def execute(self, sql: str, *params: Any) -> str:
        """Only do it."""
        await self.fetch(sql, *params)
        return ""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """A transaction that an error undoes."""
        await self.execute("BEGIN")
        try:
            yield
        except BaseException:
            await self.execute("ROLLBACK")
            raise
        await self.execute("COMMIT")

    async def add_listener(self, channel: str, ear: Callable[..., object]) -> None:
        """Hear of NOTIFY from now on."""
        await self.fetch(f"LISTEN {channel}")  # nosemgrep: built-sql - a channel of ours
        loop = asyncio.get_running_loop()
        self._session.ears.append(lambda: loop.call_soon(ear))


def connector(server: Server, host: str) -> Callable[..., Awaitable[Link]]:
    """`asyncpg.connect` for one machine."""

    async def connect(
        dsn: str, *, timeout: float = 60.0, server_settings: dict[str, str] | None = None, **_: Any
    ) -> Link:
        async with asyncio.timeout(timeout):
            request = server.connect(host, host, server_settings)
            try:
                await _heard(request)
            except asyncio.CancelledError:
                server.close(request.session)
                raise
        return Link(server, request.session)

    return connect


async def _heard(request: Request) -> Any:
    if not request.done.happened:
        future = asyncio.get_running_loop().create_future()
        request.done.then(lambda: None if future.done() else future.set_result(None))
        await future
    try:
        return request.result()
    except Fault as fault:
        raise ERRORS[fault.kind](fault.text or fault.kind) from None
