# SPDX-License-Identifier: Apache-2.0
"""After a network break all screens come back at once: none is turned away because the others came too."""

import asyncio
import time
from collections.abc import MutableMapping
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from callbox.door import stream
from callbox.door.connecting import connect
from callbox.door.hub import Hub
from callbox.door.screens import Screen, Screens
from callbox.door.stream import Streams
from callbox.door.tail import Position
from callbox.door.tests.conftest import Guest, Server
from callbox.door.tests.process import DoorProcess
from callbox.door.tests.test_stream import DESK, position, write_entry
from callbox.door.tickets import Ticket
from callbox.door.watch import Watch

MANY = 60
# Nothing older is under way, the server's own upkeep included: readers are told of it.
SETTLED = "SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::text::xid8"


def ticket(person: UUID, signin: UUID) -> Ticket:
    now = int(time.time())
    return Ticket(person=person, signin=signin, epoch=1, iat=now, exp=now + 60, **DESK)


class Asked(Watch):
    """A database that knows one ticket, and answers when it may."""

    def __init__(self, known: Ticket) -> None:
        super().__init__("", Screens())
        self._known = known
        self.questions: list[int] = []
        self.may_answer = asyncio.Event()

    async def _in_force(self, tickets: list[Ticket]) -> set[Ticket]:
        self.questions.append(len(tickets))
        await self.may_answer.wait()
        if self._known not in tickets:
            raise TimeoutError
        return {self._known}


def test_those_who_come_while_a_question_is_under_way_are_asked_about_together() -> None:
    async def come() -> None:
        mine = ticket(uuid4(), uuid4())
        watch = Asked(mine)
        first = asyncio.create_task(watch.may_connect(mine))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        others = [asyncio.create_task(watch.may_connect(mine)) for _ in range(MANY)]
        stranger = asyncio.create_task(watch.may_connect(ticket(mine.person, uuid4())))
        await asyncio.sleep(0)
        watch.may_answer.set()
        assert all(await asyncio.gather(first, *others))
        assert not await stranger
        assert watch.questions == [1, MANY + 1]
        assert not await watch.may_connect(ticket(uuid4(), uuid4())), "not found out"
        assert await watch.may_connect(mine), "one that was not answered spoils none after it"

    asyncio.run(come())


def test_what_is_long_is_sent_in_pieces_each_with_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow line all of it would not pass within the time after which a screen counts as gone."""
    said: list[bytes] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message["body"])

    monkeypatch.setattr(stream, "PIECE", 4)
    asyncio.run(stream._say(send, b"0123456789"))
    assert said == [b"0123", b"4567", b"89"]


def test_those_who_missed_something_catch_up_over_a_few_connections(
    server: Server, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_entry(server)
    before, opened = Position.read(position(server)), list[asyncpg.Connection]()
    assert before
    chain = write_entry(server)
    until = Position.read(position(server))
    assert until
    DoorProcess.wait_until(lambda: server.rows(SETTLED, until.xid) == [(True,)])

    async def counted(dsn: str, deadline_s: float) -> asyncpg.Connection:
        opened.append(await connect(dsn, deadline_s))
        return opened[-1]

    async def catch_up(streams: Streams) -> bytes:
        said = bytearray()

        async def send(message: MutableMapping[str, Any]) -> None:
            said.extend(message["body"])

        screen = Screen(ticket(guest.person, guest.signin), before)
        assert await streams._catch_up(screen, until, send)
        return bytes(said)

    async def come() -> None:
        screens = Screens()
        streams = Streams(
            server.urls.app, b"", Hub(server.urls.app, screens), Watch(server.urls.app, screens)
        )
        told = await asyncio.gather(*[catch_up(streams) for _ in range(MANY)])
        assert all(str(chain).encode() in each for each in told)
        assert len(opened) <= stream.AT_ONCE
        assert all(link.is_closed() for link in opened), "none is kept when nobody waits"

    monkeypatch.setattr(stream, "connect", counted)
    asyncio.run(come())
