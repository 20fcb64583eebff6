# SPDX-License-Identifier: Apache-2.0
"""Where units are: asked once a second while anybody looks, and only what changed is told."""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from callbox.door.connecting import connect
from callbox.door.eyes import Eyes
from callbox.door.failures import DATABASE_FAILURES
from callbox.door.screens import Screens
from callbox.door.tail import message
from callbox.host.clock import CLOCK

log = logging.getLogger(__name__)

EVERY_S = 1.0
DEADLINE_S = 2.0
OVERLAP = timedelta(seconds=30)  # a position may be recorded some seconds after it was so
CHANGED = "SELECT unit_id, callsign, lon, lat, at FROM dispatch_position WHERE at > $1"


class Positions:
    """Follows the table of last positions; while there is no such table, there is nothing to tell."""

    def __init__(self, dsn: str, screens: Screens) -> None:
        self._dsn = dsn
        self._screens = screens
        self._told: dict[UUID, datetime] = {}
        self._eyes = Eyes(dsn)

    async def run(self) -> None:
        """Follow for ever."""
        link: asyncpg.Connection | None = None
        try:
            while True:
                try:
                    async with asyncio.timeout(DEADLINE_S):
                        if self._screens.want_positions():
                            link = (
                                link
                                if link and not link.is_closed()
                                else await connect(self._dsn, DEADLINE_S)
                            )
                            await self._tell(link)
                except DATABASE_FAILURES as error:
                    log.debug("Positions cannot be read (%s).", type(error).__name__)
                    if link is not None:
                        link.terminate()
                    link = None
                await asyncio.sleep(EVERY_S)
        finally:
            self._eyes.close()
            if link is not None:
                link.terminate()

    async def _tell(self, link: asyncpg.Connection) -> None:
        newest = max(self._told.values(), default=CLOCK.now())
        rows = await link.fetch(CHANGED, newest - OVERLAP)
        changed = [row for row in rows if self._told.get(row["unit_id"]) != row["at"]]
        if not changed:
            return
        asked = [row["unit_id"] for row in changed]
        seen = {sight: await self._eyes.units(sight, asked) for sight in self._screens.want_positions()}
        self._told.update({row["unit_id"]: row["at"] for row in changed})
        for sight, units in seen.items():
            told = [_unit(row) for row in changed if row["unit_id"] in units]
            if told:
                self._screens.show_positions(message("position", {"units": told}), sight)


def _unit(row: asyncpg.Record) -> dict[str, object]:
    return {
        "unit": str(row["unit_id"]),
        "callsign": row["callsign"],
        "lon": row["lon"],
        "lat": row["lat"],
        "at": row["at"].isoformat(),
    }
