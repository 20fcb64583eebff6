# SPDX-License-Identifier: Apache-2.0
"""From the spool into the database, later and once; and how the door learns that it is well again."""

import asyncio
import logging

import asyncpg

from callbox.door.domain import unpacked
from callbox.door.failures import DATABASE_FAILURES
from callbox.door.spool import Spool
from callbox.door.steps import step
from callbox.door.store import Store, insert

log = logging.getLogger(__name__)

RECORDS = 200
PAUSE_S = 0.3
DEADLINE_S = 5.0


class Drain:
    """While the database is down or the spool holds something, tries every 0.3 s to insert what waits.

    Only a success makes the database count as well: with a full disk it connects, and takes nothing.
    """

    def __init__(self, spool: Spool, store: Store) -> None:
        self._spool = spool
        self._store = store
        self._link: asyncpg.Connection | None = None

    async def run(self) -> None:
        """Drain for ever."""
        try:
            while True:
                if not self._spool.waiting:
                    await self._store.went_down.wait()
                if not await self._round():
                    await asyncio.sleep(PAUSE_S)
        finally:
            self._drop()

    async def _round(self) -> bool:
        """One attempt; True when the database answered."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                await self._attempt()
        except DATABASE_FAILURES as error:
            self._store.mark_down(type(error).__name__)
            self._drop()
            return False
        self._store.mark_up()
        return True

    async def _attempt(self) -> None:
        payloads = await self._spool.peek(RECORDS)
        if self._link is None or self._link.is_closed():
            self._link = await self._store.connect()
        if not payloads:
            await self._link.execute("SELECT 1")
            return
        await insert(self._link, [unpacked(payload) for payload in payloads], "spool")
        step("drained")
        await self._spool.advance(len(payloads))
        step("advanced")
        log.warning(
            "%d contacts of the spool are in the database, %d wait.", len(payloads), self._spool.waiting
        )

    def _drop(self) -> None:
        if self._link is not None:
            self._link.terminate()
            self._link = None
