# SPDX-License-Identifier: Apache-2.0
"""Whatever hangs, the sender hears yes or no in time; and a screen never sees an entry twice."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from uuid import UUID

import asyncpg
import pytest

from callbox.access.sight import Sight
from callbox.door import tail
from callbox.door.accept import Acceptor
from callbox.door.domain import Contact, Sealed, contact_from
from callbox.door.failures import DatabaseDown, NotAccepted
from callbox.door.hub import Hub
from callbox.door.screens import Screen, Screens
from callbox.door.spool import Spool
from callbox.door.store import Store
from callbox.door.tail import Event, Position
from callbox.door.tickets import Ticket

PROMISED_S = 1.5
CONTACT = contact_from(
    "phone", {"idempotency-key": "k"}, b"x", received_at=datetime(2026, 11, 22, tzinfo=UTC)
)


def seal(contact: Contact) -> Sealed:
    """As the door would keep it, with what is said left out."""
    times = (contact.remote_at, contact.received_at, contact.retain_until)
    return Sealed(contact.id, contact.channel, contact.lane, contact.digest, b"sealed", contact.cut, *times)


class Gone(Store):
    """A database that is away."""

    def __init__(self) -> None:
        """No connection."""

    async def take(self, contact: Sealed) -> bool:
        raise DatabaseDown


class There(Store):
    """A database that has each contact from the second time on."""

    def __init__(self) -> None:
        """No connection."""
        self._seen: set[UUID] = set()

    async def take(self, contact: Sealed) -> bool:
        is_new = contact.id not in self._seen
        self._seen.add(contact.id)
        return is_new


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool", 32 << 10)
    yield made
    made.close()


def test_a_database_that_is_always_busy_is_given_up_in_time() -> None:
    async def scene() -> bool:
        store = Store("postgresql:///none", deadline_s=0.05, workers=0)
        with pytest.raises(DatabaseDown):
            async with asyncio.timeout(PROMISED_S):
                await store.take(seal(CONTACT))
        return store.down

    assert asyncio.run(scene())


def test_a_spool_that_hangs_is_a_no_in_time(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(payload: bytes) -> None:
        await asyncio.Event().wait()

    async def scene() -> None:
        with pytest.raises(NotAccepted):
            async with asyncio.timeout(PROMISED_S):
                await Acceptor(Gone(), spool, lambda: None, seal).accept(CONTACT)

    monkeypatch.setattr(spool, "append", hang)
    asyncio.run(scene())


def test_what_the_spool_refused_is_tried_again_when_repeated(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    acceptor = Acceptor(Gone(), spool, lambda: None, seal)
    real = spool.append

    async def fail(payload: bytes) -> None:
        raise OSError("no")

    async def scene() -> bool:
        monkeypatch.setattr(spool, "append", fail)
        with pytest.raises(NotAccepted):
            await acceptor.accept(CONTACT)
        monkeypatch.setattr(spool, "append", real)
        return (await acceptor.accept(CONTACT)).repeated

    assert asyncio.run(scene()) is False
    assert spool.waiting == 1


def ticket() -> Ticket:
    return Ticket(UUID(int=1), UUID(int=2), 1, 0, 60, all_kinds=frozenset({"incident"}))


def event(xid: int, seq: int, kind: str = "incident") -> Event:
    return Event(Position(xid, seq), kind, frozenset(), b"%d.%d " % (xid, seq))


def test_what_a_screen_has_seen_already_is_not_shown_again() -> None:
    async def scene() -> bytes:
        screen, screens = Screen(ticket(), Position(10, 2)), Screens()
        screens.add(screen)
        events = [event(9, 9), event(10, 1), event(10, 2), event(10, 3), event(11, 1)]
        screens.show_entries(events, {ticket().sight: {1, 2, 3, 9}})
        return await screen.next()

    assert asyncio.run(scene()) == b"10.3 11.1 "


def test_what_the_database_does_not_show_is_not_handed_out_whatever_the_ticket_says() -> None:
    async def scene() -> tuple[bytes, str | None]:
        screen, screens = Screen(ticket(), Position()), Screens()
        screens.add(screen)
        screens.show_entries([event(9, 1), event(9, 2)], {ticket().sight: {2}})
        screens.show_entries([event(9, 3)], {})
        return await screen.next(), screen.ended

    assert asyncio.run(scene()) == (b"9.2 ", None)


def test_a_screen_that_comes_while_the_database_is_asked_is_asked_for_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = Ticket(UUID(int=3), UUID(int=4), 1, 0, 60, all_kinds=frozenset({"incident", "call"}))

    async def scene() -> dict[Sight, frozenset[int]]:
        screens = Screens()
        hub = Hub("", screens)
        screens.add(Screen(ticket(), Position()))

        async def entries(sight: Sight, numbers: list[int]) -> frozenset[int]:
            screens.add(Screen(late, Position()))
            return frozenset(numbers)

        monkeypatch.setattr(hub._eyes, "entries", entries)
        return await hub._seen([event(9, 1)])

    assert asyncio.run(scene()) == dict.fromkeys((ticket().sight, late.sight), frozenset({1}))


def test_a_screen_that_comes_while_the_door_closes_is_closed() -> None:
    async def scene() -> str | None:
        screen, screens = Screen(ticket(), Position()), Screens()
        screens.close()
        screens.add(screen)
        return screen.ended

    assert asyncio.run(scene()) == "closing"


def test_an_entry_that_comes_while_the_first_screen_does_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The screen stands at 10.2; what came between that and the hub's look at the end must still be read."""

    async def scene() -> tuple[bool, Position | None]:
        screens = Screens()
        hub = Hub("", screens)
        hub.entries = Position(10, 2)

        async def meanwhile(link: object, table: str) -> Position:
            screens.add(Screen(ticket(), Position(10, 2)))
            return Position(12, 1)

        monkeypatch.setattr(tail, "last_of", meanwhile)
        passed_over = await hub._pass_over(cast(asyncpg.Connection, None))
        return passed_over, hub.entries

    assert asyncio.run(scene()) == (False, Position(10, 2))


def test_screens_are_woken_by_what_is_new_and_by_nothing_else(spool: Spool) -> None:
    woken: list[str] = []
    acceptor = Acceptor(There(), spool, lambda: woken.append("now"), seal)

    async def scene() -> list[bool]:
        return [(await acceptor.accept(CONTACT)).repeated for _ in range(2)]

    assert asyncio.run(scene()) == [False, True]
    assert woken == ["now"]
