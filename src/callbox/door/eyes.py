# SPDX-License-Identifier: Apache-2.0
"""The second layer of the stream: what is new, looked at through the eyes of those who would be told of it.

The door reads everything once, as a part of Callbox, and offers each screen what its ticket lets pass. Before that is
handed out the database is asked too, on a connection that is no part of Callbox and shows a person's rows alone.
"""

import asyncio
from collections.abc import Iterable
from uuid import UUID

import asyncpg

from callbox.access.sight import Sight
from callbox.door.connecting import connect

DEADLINE_S = 2.0
ENTRIES = "SELECT seq FROM journal_entry WHERE seq = ANY($1::bigint[])"
UNITS = "SELECT unit_id FROM dispatch_position WHERE unit_id = ANY($1::uuid[])"


class Eyes:
    """A connection that shows what one person may see, then what the next one may. For one task."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._link: asyncpg.Connection | None = None
        self._sight: Sight | None = None

    async def entries(self, sight: Sight, numbers: Iterable[int]) -> frozenset[int]:
        """Those of the journal's entries, by number, that the database shows. Raises one of DATABASE_FAILURES."""
        return frozenset(row["seq"] for row in await self._ask(sight, ENTRIES, list(numbers)))

    async def units(self, sight: Sight, units: Iterable[UUID]) -> frozenset[UUID]:
        """Those of the units whose position the database shows. Raises as above."""
        return frozenset(row["unit_id"] for row in await self._ask(sight, UNITS, list(units)))

    def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        if self._link is not None:
            self._link.terminate()
        self._link = self._sight = None

    async def _ask(self, sight: Sight, text: str, keys: list[int] | list[UUID]) -> list[asyncpg.Record]:
        try:
            async with asyncio.timeout(DEADLINE_S):
                if self._link is None or self._link.is_closed():
                    self._link, self._sight = await connect(self._dsn, DEADLINE_S), None
                if self._sight != sight:
                    self._sight = None
                    await look(self._link, sight)
                    self._sight = sight
                found: list[asyncpg.Record] = await self._link.fetch(text, keys)
                return found
        except BaseException:  # cancelled too: nobody may look through what another one's eyes were set to
            self.close()
            raise


async def look(link: asyncpg.Connection, sight: Sight) -> None:
    """From now on this connection shows what that person may see, and no part of Callbox is behind it."""
    said = sight.texts() | {name: _array(words) for name, words in sight.lists().items()}
    calls = ", ".join(f"set_config('{name}', ${number}, false)" for number, name in enumerate(said, start=1))
    await link.fetch(f"SELECT {calls}", *said.values())  # nosemgrep: built-sql - names of our own settings


def _array(words: Iterable[str]) -> str:
    """Words as PostgreSQL spells an array of text."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"
