# SPDX-License-Identifier: Apache-2.0
"""One reader for all screens: follows journal and contacts, and hands out what is new."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence

import asyncpg

from callbox.access.sight import Sight
from callbox.door import tail
from callbox.door.connecting import connect
from callbox.door.eyes import Eyes
from callbox.door.failures import DATABASE_FAILURES, why
from callbox.door.screens import Screen, Screens
from callbox.door.tail import Event, Position
from callbox.host.clock import CLOCK

log = logging.getLogger(__name__)

CHANNEL = "callbox"
TICK_S = 0.25
SOON_S = 0.004
DEADLINE_S = 2.0
RETRY_S = 0.5
BEAT_S = 1.0


class Hub:
    """Reads when woken (by this process or a NOTIFY) and on a tick; a lost hint costs 250 ms, no entry."""

    def __init__(self, dsn: str, screens: Screens) -> None:
        self._dsn = dsn
        self._eyes = Eyes(dsn)
        self.screens = screens
        self.entries: Position | None = None
        self._contacts = Position()
        self._woken = asyncio.Event()
        self._read_at = 0.0
        self.oldest_unread_s: float | None = None
        self._problem: str | None = None

    @property
    def age_s(self) -> float:
        """Seconds since everything there was had been read."""
        return time.monotonic() - self._read_at

    def wake(self, *_: object) -> None:
        """Something is new."""
        if self.screens:
            self._woken.set()

    async def run(self) -> None:
        """Follow for ever; a lost database is tried again."""
        while True:
            link: asyncpg.Connection | None = None
            try:
                link = await connect(self._dsn, DEADLINE_S)
                await self._follow(link)
            except DATABASE_FAILURES as error:
                self.oldest_unread_s = None
                self._say(f"The stream cannot read the database ({why(error)}).")
            finally:
                self._eyes.close()
                if link is not None:
                    link.terminate()
            await asyncio.sleep(RETRY_S)

    def _say(self, problem: str | None) -> None:
        """Into the log once an outage, not twice a second."""
        if (problem is None) != (self._problem is None):
            log.warning(problem or "The stream reads the database again.")
        self._problem = problem

    async def beat(self) -> None:
        """Every second tell every screen the time, how far it has seen everything, and how fresh that is."""
        while True:
            self.show_horizon()
            await asyncio.sleep(BEAT_S)

    def show_horizon(self, *screens: Screen) -> None:
        """Tell these screens, or all, where the stream stands."""
        if self.entries is None:
            return
        said = {
            "now": CLOCK.now().isoformat(),
            "position": str(self.entries),
            "age_s": round(self.age_s, 3),
            "up_s": round(time.monotonic(), 3),  # a clock that nobody sets: what comes late shows
        }
        data = tail.message("horizon", said)
        for screen in screens or self.screens:
            screen.give(data)

    async def _follow(self, link: asyncpg.Connection) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await link.add_listener(CHANNEL, self.wake)
            if self.entries is None:
                self.entries = await tail.last_of(link, "journal_entry")
                self._contacts = await tail.last_of(link, "door_contact")
        self._say(None)
        pause, measured = TICK_S, 0.0
        while True:
            if time.monotonic() - measured > BEAT_S:
                measured = time.monotonic()
                async with asyncio.timeout(DEADLINE_S):
                    self.oldest_unread_s = await tail.oldest_unread_s(link)
            async with asyncio.timeout(DEADLINE_S):
                found = await self._read(link)
            # What woke us may still be held back by an open transaction: look again soon, then less often.
            woken = await self._pause(pause)
            pause = SOON_S if found or woken else min(2 * pause, TICK_S)

    async def _pause(self, seconds: float) -> bool:
        await asyncio.sleep(SOON_S)  # under load: one read for all that came in meanwhile
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        woken = self._woken.is_set()
        self._woken.clear()
        return woken

    async def _read(self, link: asyncpg.Connection) -> int:
        found = 0
        if not self.screens and await self._pass_over(link):
            return found
        while True:
            entries = await tail.entries_after(link, self.entries or Position())
            contacts = await tail.contacts_after(link, self._contacts)
            seen = await self._seen(entries)
            # No await from here: a screen that joins sees each entry either in its catch-up or live.
            self.screens.show_entries(entries, seen)
            self.screens.show_contacts(contacts)
            self.entries = entries[-1].position if entries else self.entries
            self._contacts = contacts[-1].position if contacts else self._contacts
            found += len(entries) + len(contacts)
            if max(len(entries), len(contacts)) < tail.LIMIT:
                self._read_at = time.monotonic()
                return found

    async def _seen(self, entries: Sequence[Event]) -> dict[Sight, frozenset[int]]:
        """Which of these the database shows to those who would get them; who comes meanwhile is asked for too."""
        found: dict[Sight, frozenset[int]] = {}
        while unasked := self.screens.sights(entries) - found.keys():
            for sight in unasked:
                found[sight] = await self._eyes.entries(sight, [event.position.seq for event in entries])
        return found

    async def _pass_over(self, link: asyncpg.Connection) -> bool:
        """With nobody watching, only keep up; False when somebody came meanwhile: they are owed what came too."""
        entries, contacts = (
            await tail.last_of(link, "journal_entry"),
            await tail.last_of(link, "door_contact"),
        )
        if self.screens:
            return False
        self.entries, self._contacts, self._read_at = entries, contacts, time.monotonic()
        return True
