# SPDX-License-Identifier: Apache-2.0
"""What the door knows of the other parts: asked every few seconds, and remembered when they no longer answer."""

import asyncio
import logging
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import asyncpg

from callbox.door.connecting import connect
from callbox.door.failures import DATABASE_FAILURES
from callbox.door.options import Options
from callbox.host.cities import current_version
from callbox.host.clock import CLOCK
from callbox.host.lastbackup import LastBackup, last_backup

log = logging.getLogger(__name__)

EVERY_S = 3.0
DEADLINE_S = 2.0
FACTS = (
    "SELECT clock_timestamp() AS now, pg_is_in_recovery() AS recovering,"
    " (SELECT count(*) FROM pg_stat_replication) AS standbys,"
    " (SELECT extract(epoch FROM max(replay_lag))::float8 FROM pg_stat_replication) AS lag_s,"
    " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS sessions"
)
WORKER = "SELECT part, behind_s, well, at FROM worker_health"


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """answer_s: how long it took to answer. clock_s: its clock less ours. lag_s: of the slowest standby.

    behind: seconds that each part the worker watches is behind, and whether that is well. worker_age_s: since
    the worker last wrote any of it; None when it never did.
    """

    answer_s: float
    clock_s: float
    standbys: int
    lag_s: float | None
    sessions: int
    behind: Mapping[str, tuple[float, bool]]
    worker_age_s: float | None


@dataclass(slots=True)
class Gauges:
    """The newest of each, with the (monotonic) time at which it was found."""

    options: Options
    database: DatabaseFacts | None = None
    database_at: float = field(default=float("-inf"))
    web_answers: bool | None = None
    web_clock_s: float = 0.0
    free: dict[str, int] = field(default_factory=dict)
    size: dict[str, int] = field(default_factory=dict)
    backup: LastBackup | None = None
    city: str | None = None
    keys: int = 0

    async def run(self) -> None:
        """Ask for ever."""
        link: asyncpg.Connection | None = None
        timeout = aiohttp.ClientTimeout(total=DEADLINE_S)
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
            try:
                while True:
                    link = await self._ask_database(link)
                    await self._ask_web(session)
                    await asyncio.to_thread(self._look_at_disk)
                    await asyncio.sleep(EVERY_S)
            finally:
                if link is not None:
                    link.terminate()

    async def _ask_database(self, link: asyncpg.Connection | None) -> asyncpg.Connection | None:
        try:
            async with asyncio.timeout(DEADLINE_S):
                if link is None or link.is_closed():
                    link = await connect(self.options.database_url, DEADLINE_S)
                begun = time.monotonic()
                [row] = await link.fetch(FACTS)
                answer_s, now = time.monotonic() - begun, datetime.now(UTC)
                CLOCK.learn(row["now"], begun)
                parts = await link.fetch(WORKER)
        except DATABASE_FAILURES:
            if link is not None:
                link.terminate()
            return None
        self.database_at = time.monotonic()
        newest = max((part["at"] for part in parts), default=None)
        self.database = DatabaseFacts(
            answer_s=answer_s,
            clock_s=(row["now"] - now).total_seconds() + answer_s / 2,
            standbys=row["standbys"],
            lag_s=row["lag_s"],
            sessions=row["sessions"],
            behind={part["part"]: (part["behind_s"], part["well"]) for part in parts},
            worker_age_s=max(0.0, (row["now"] - newest).total_seconds()) if newest else None,
        )
        return link

    async def _ask_web(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.get(f"http://127.0.0.1:{self.options.web_port}/web/health") as found:
                said = await found.json()
                self.web_clock_s = (datetime.fromisoformat(said["now"]) - datetime.now(UTC)).total_seconds()
                self.web_answers = found.status == 200
        except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError):
            self.web_answers = False

    def _look_at_disk(self) -> None:
        options = self.options
        for name, folder in (("home", options.home), ("spool", options.spool.parent)):
            if folder.exists():
                usage = shutil.disk_usage(folder)
                self.free[name], self.size[name] = usage.free, usage.total
        self.backup = last_backup(options.home)
        self.city = current_version(options.home / "cities", options.city)
        self.keys = sum(1 for _ in options.keys.iterdir()) if options.keys.is_dir() else 0

    def backup_age_s(self) -> float | None:
        """Seconds since the time up to which the last backup has everything."""
        return (datetime.now(UTC) - self.backup.complete_to).total_seconds() if self.backup else None

    @property
    def database_age_s(self) -> float:
        """Seconds since the database answered; infinite when it never did."""
        return time.monotonic() - self.database_at
