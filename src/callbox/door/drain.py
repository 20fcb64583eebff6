# SPDX-License-Identifier: Apache-2.0
"""From the spool into the database, later and once; and how the door learns that it is well again."""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

import asyncpg

from callbox.door.failures import DATABASE_FAILURES, why
from callbox.door.salvage import UNFIT, contact_in, insert_plainly
from callbox.door.sealing import Sealer
from callbox.door.spool import Spool
from callbox.door.steps import step
from callbox.door.store import Store, insert

log = logging.getLogger(__name__)

RECORDS = 200
PAUSE_S = 0.3
DEADLINE_S = 5.0
ASIDE_EVERY_S = 3600.0


class Drain:
    """While the database is down or the spool holds something, tries every 0.3 s to insert what waits.

    Only a success makes the database count as well: with a full disk it connects, and takes nothing. A record
    that it takes in no form is put aside, so that it holds up none behind it.
    """

    def __init__(self, spool: Spool, store: Store, sealer: Sealer) -> None:
        self._spool = spool
        self._store = store
        self._sealer = sealer
        self._link: asyncpg.Connection | None = None
        self._singly = 0  # so many of the first records go one by one: one of them was refused

    async def run(self) -> None:
        """Drain for ever; now and then try again what was put aside, which a new version may understand."""
        try:
            while True:
                self._store.stirred.clear()  # before looking: what comes from now on is not overlooked
                if not self._spool.waiting and not self._store.down:
                    await self._offer_aside()
                    await self._wait()
                elif not await self._round():
                    await asyncio.sleep(PAUSE_S)
        finally:
            self._drop()

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASIDE_EVERY_S):
                await self._store.stirred.wait()

    async def _round(self) -> bool:
        """One attempt; True when it came to its end."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                done = await self._attempt()
                if self._store.down:
                    await self._store.reconnect(DEADLINE_S)
        except DATABASE_FAILURES as error:
            self._store.mark_down(why(error))
            self._drop()
            return False
        self._store.mark_up()
        return done

    async def _attempt(self) -> bool:
        link = await self._connected()
        payloads = await self._spool.peek(1 if self._singly else RECORDS)
        if not payloads:
            await link.execute("SELECT 1")
            return True
        try:
            now = datetime.now(UTC)
            await insert(link, [contact_in(payload, self._sealer, at=now) for payload in payloads], "spool")
        except UNFIT as error:
            log.error("The database refuses a contact of the spool (%s).", type(error).__name__)
            if not self._singly:
                self._singly = len(payloads)
                return True
            if not await self._take_or_put_aside(link, payloads[0]):
                return False
        step("drained")
        await self._spool.advance(len(payloads))
        self._singly = max(0, self._singly - 1)
        step("advanced")
        log.warning(
            "%d contacts of the spool are in the database, %d wait.", len(payloads), self._spool.waiting
        )
        return True

    async def _connected(self) -> asyncpg.Connection:
        if self._link is None or self._link.is_closed():
            self._link = await self._store.connect(DEADLINE_S)
        return self._link

    async def _take_or_put_aside(self, link: asyncpg.Connection, payload: bytes) -> bool:
        now = datetime.now(UTC)
        contact = contact_in(payload, self._sealer, at=now)
        if await insert_plainly(link, contact, self._sealer, at=now):
            return True
        return await self._spool.put_aside(payload, contact.retain_until.date())

    async def _offer_aside(self) -> None:
        try:
            async with asyncio.timeout(DEADLINE_S):
                now = datetime.now(UTC)
                for path, payload in await self._spool.aside_records(now.date()):
                    contact = contact_in(payload, self._sealer, at=now)
                    if await insert_plainly(await self._connected(), contact, self._sealer, at=now):
                        await self._spool.take_back(path)
        except DATABASE_FAILURES:  # it is tried again in an hour
            self._drop()

    def _drop(self) -> None:
        if self._link is not None:
            self._link.terminate()
            self._link = None
