# SPDX-License-Identifier: Apache-2.0
"""Whether those who watch may still: asked every second; when it cannot be asked for 5 s, nobody may."""

import asyncio
import logging
import time
from dataclasses import dataclass, field

import asyncpg

from callbox.door.connecting import connect
from callbox.door.failures import DATABASE_FAILURES
from callbox.door.screens import Screens
from callbox.door.tickets import Ticket

log = logging.getLogger(__name__)

EVERY_S = 0.7
DEADLINE_S = 1.0
BLIND_S = 5.0
STILL_IN_FORCE = (
    "SELECT s.id, p.id AS person, p.epoch FROM access_signin s JOIN access_person p ON p.id = s.person_id"
    " WHERE s.id = ANY($1::uuid[]) AND s.ended_at IS NULL AND p.is_active"
)


@dataclass(eq=False, slots=True)
class Round:
    """Tickets that are asked about in one question. known: those in force, once it is answered."""

    tickets: list[Ticket] = field(default_factory=list)
    known: asyncio.Future[set[Ticket]] | None = None


class Watch:
    """Ends the streams of those who signed out, or whose roles changed."""

    def __init__(self, dsn: str, screens: Screens) -> None:
        self._dsn = dsn
        self._screens = screens
        self._link: asyncpg.Connection | None = None
        self._asking = asyncio.Lock()
        self._round = Round()
        self._one_round = asyncio.Lock()

    async def may_connect(self, ticket: Ticket) -> bool:
        """Whether that ticket's sign-in and epoch are in force; False also when it cannot be found out.

        All who come while a question is under way are asked about in the next one: after a network break everybody
        comes at once, and one after the other would not be answered in time.
        """
        mine = self._round
        mine.tickets.append(ticket)
        if mine.known is None:
            mine.known = asyncio.ensure_future(self._ask(mine))
        return ticket in await asyncio.shield(mine.known)

    async def has_ended(self, ticket: Ticket) -> bool:
        """Whether that sign-in is known to be over; False also when it cannot be found out."""
        try:
            return not await self._in_force([ticket])
        except DATABASE_FAILURES:
            return False

    async def run(self) -> None:
        """Watch for ever."""
        known_at, blind = time.monotonic(), False
        try:
            while True:
                screens = list(self._screens)
                try:
                    allowed = await self._in_force([screen.ticket for screen in screens])
                except DATABASE_FAILURES as error:
                    if not blind:
                        log.warning("Sign-ins cannot be checked (%s).", type(error).__name__)
                    blind = True
                else:
                    blind = False
                    known_at = time.monotonic()
                    for screen in screens:
                        if screen.ticket not in allowed:
                            screen.end("signed-out")
                if time.monotonic() - known_at > BLIND_S:
                    self._screens.end_all("unchecked")
                await asyncio.sleep(EVERY_S)
        finally:
            self._drop()

    async def _ask(self, asked: Round) -> set[Ticket]:
        async with self._one_round:
            self._round = Round()  # who comes from here on did so after the question
            try:
                return await self._in_force(asked.tickets)
            except DATABASE_FAILURES:
                return set()

    async def _in_force(self, tickets: list[Ticket]) -> set[Ticket]:
        if not tickets:
            return set()
        async with asyncio.timeout(DEADLINE_S), self._asking:
            try:
                if self._link is None or self._link.is_closed():
                    self._link = await connect(self._dsn, DEADLINE_S)
                rows = await self._link.fetch(STILL_IN_FORCE, list({ticket.signin for ticket in tickets}))
            except BaseException:  # cancelled by the deadline too: an interrupted connection is of no use
                self._drop()
                raise
        known = {(row["id"], row["person"], row["epoch"]) for row in rows}
        return {ticket for ticket in tickets if (ticket.signin, ticket.person, ticket.epoch) in known}

    def _drop(self) -> None:
        if self._link is not None:
            self._link.terminate()
            self._link = None
