# SPDX-License-Identifier: Apache-2.0
"""Waking the other processes: a NOTIFY after the commit, on its own connection, one for many contacts."""

import asyncio

import asyncpg

from callbox.door.connecting import connect
from callbox.door.failures import DATABASE_FAILURES
from callbox.door.hub import CHANNEL

GAP_S = 0.02
DEADLINE_S = 1.0


class Notifier:
    """Only a hint: whoever reads also looks by itself, so a lost one costs time and nothing else.

    Never within the transaction that inserts: NOTIFY takes a lock of the whole server until the commit.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._due = asyncio.Event()

    def wake(self) -> None:
        """Tell the others soon."""
        self._due.set()

    async def run(self) -> None:
        """Pass on hints for ever."""
        link: asyncpg.Connection | None = None
        try:
            while True:
                await self._due.wait()
                self._due.clear()
                try:
                    async with asyncio.timeout(DEADLINE_S):
                        link = link if link and not link.is_closed() else await connect(self._dsn, DEADLINE_S)
                        await link.execute(f"NOTIFY {CHANNEL}")
                except DATABASE_FAILURES:
                    if link is not None:
                        link.terminate()
                    link = None
                await asyncio.sleep(GAP_S)
        finally:
            if link is not None:
                link.terminate()
