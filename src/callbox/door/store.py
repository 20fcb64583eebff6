# SPDX-License-Identifier: Apache-2.0
"""Contacts into the database: those that come in together share one INSERT, and none waits past its deadline.

A few workers have a connection each. A worker takes what waits, the most urgent lane first and up to a limit,
inserts it in one statement and answers each sender when the commit has returned. When anything fails or is late,
the database counts as down at once for everybody, until the drain finds it well again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import count
from uuid import UUID

import asyncpg

from callbox.door.connecting import connect
from callbox.door.domain import Sealed, rank
from callbox.door.failures import DATABASE_FAILURES, DatabaseDown, why
from callbox.door.steps import step

log = logging.getLogger(__name__)

TYPES = {
    "id": "uuid",
    "channel": "text",
    "lane": "text",
    "digest": "bytea",
    "sealed": "bytea",
    "cut": "boolean",
    "remote_at": "timestamptz",
    "received_at": "timestamptz",
    "retain_until": "timestamptz",
    "known_as": "uuid",
}
# A row of the release before this one has another id, and `known_as` says under which it would come in again.
INSERT = (
    f"INSERT INTO door_contact ({', '.join(TYPES)}, taken_by)"
    f" SELECT *, ${len(TYPES) + 1}::text FROM unnest("
    + ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(TYPES.values(), 1))
    + f") AS new ({', '.join(TYPES)})"
    " WHERE NOT EXISTS (SELECT FROM door_contact old WHERE old.known_as = new.id)"
    " ON CONFLICT (id) DO NOTHING RETURNING id"
)
BATCH = 256
BATCH_BYTES = 2 << 20  # an urgent contact waits for the batch under way: it may not be long
Waiter = tuple[Sealed, asyncio.Future[bool]]


async def insert(link: asyncpg.Connection, contacts: Sequence[Sealed], taken_by: str) -> set[UUID]:
    """Insert contacts in one transaction; the ids of those that were new.

    Sorted by id, so that two such statements with the same keys wait for each other in one order.
    """
    ordered = sorted(contacts, key=lambda contact: contact.id)
    columns = [[getattr(contact, name) for contact in ordered] for name in TYPES]
    step("insert")
    rows = await link.fetch(INSERT, *columns, taken_by)
    step("inserted")
    return {row["id"] for row in rows}


class Store:
    """The database as the door writes to it."""

    def __init__(self, dsn: str, *, deadline_s: float, workers: int = 2) -> None:
        self._dsn = dsn
        self._deadline_s = deadline_s
        self._waiting: list[tuple[int, int, Waiter]] = []  # a heap: rank, then who came first
        self._came = count()
        self._more = asyncio.Event()
        self._links: list[asyncpg.Connection | None] = [None] * workers
        self._tasks = [asyncio.create_task(self._work(number)) for number in range(workers)]
        self._down = False
        self.stirred = (
            asyncio.Event()
        )  # the spool may have something to drain, or the database is to be tried

    @property
    def down(self) -> bool:
        """Whether the database counts as gone."""
        return self._down

    @property
    def waiting(self) -> int:
        """How many contacts wait for a connection."""
        return len(self._waiting)

    async def take(self, contact: Sealed) -> bool:
        """Make a contact durable; True when it is new, False when it was there already.

        Raises DatabaseDown at once while the database counts as down, else within the deadline.
        """
        if self.down:
            raise DatabaseDown
        future = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (rank(contact.lane), next(self._came), (contact, future)))
        self._more.set()
        try:
            async with asyncio.timeout(self._deadline_s):
                return bool(await future)
        except TimeoutError:
            self.mark_down("no answer in time")
            raise DatabaseDown from None

    def mark_down(self, why: str) -> None:
        """From now on everything goes to the spool; whoever waits is told at once."""
        if not self.down:
            log.error("The database does not take contacts (%s): they go to the spool.", why)
        self._down = True
        self.stirred.set()
        waiting, self._waiting = self._waiting, []
        _refuse([waiter for _rank, _number, waiter in waiting])

    def mark_up(self) -> None:
        """The database took something: it is trusted again."""
        if self.down:
            log.warning("The database takes contacts again.")
        self._down = False

    async def connect(self, deadline_s: float) -> asyncpg.Connection:
        """A new connection, or one of DATABASE_FAILURES within the deadline."""
        return await connect(self._dsn, deadline_s)

    async def reconnect(self, deadline_s: float) -> None:
        """Before the database is trusted again: a connection for each worker, or one of DATABASE_FAILURES.

        A server that has just recovered is slow to connect to, slower than a sender may wait.
        """
        for number, link in enumerate(self._links):
            if link is None or link.is_closed():
                self._keep(number, await self.connect(deadline_s))

    async def close(self) -> None:
        """End the workers and their connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, number: int) -> None:
        try:
            while True:
                batch = await self._next_batch()
                if batch:
                    await self._insert(number, batch)
        finally:
            self._keep(number, None)

    async def _next_batch(self) -> list[Waiter]:
        while not self._waiting:
            self._more.clear()
            await self._more.wait()
        batch: list[Waiter] = []
        size = 0
        while self._waiting and len(batch) < BATCH and size < BATCH_BYTES:
            contact, future = heappop(self._waiting)[2]
            if not future.done():  # who gave up went to the spool
                batch.append((contact, future))
                size += len(contact.sealed)
        return batch

    async def _insert(self, number: int, batch: list[Waiter]) -> None:
        try:
            async with asyncio.timeout(self._deadline_s):
                link = self._links[number]
                if link is None or link.is_closed():
                    link = await self.connect(self._deadline_s)
                    self._keep(number, link)
                new = await insert(link, [contact for contact, _ in batch], "database")
        except DATABASE_FAILURES as error:
            self.mark_down(why(error))
            _refuse(batch)
            self._keep(number, None)
            return
        for contact, future in batch:
            if not future.done():
                future.set_result(contact.id in new)
            new.discard(contact.id)  # the same contact twice in one batch: the second is a repeat

    def _keep(self, number: int, link: asyncpg.Connection | None) -> None:
        """The connection of a worker from now on; the one before it is ended."""
        before, self._links[number] = self._links[number], link
        if before is not None:
            before.terminate()


def _refuse(batch: Sequence[Waiter]) -> None:
    for _, future in batch:
        if not future.done():
            with contextlib.suppress(asyncio.InvalidStateError):
                future.set_exception(DatabaseDown())
