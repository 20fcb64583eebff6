# SPDX-License-Identifier: Apache-2.0
"""The connected screens: what each may see, and a short queue for each."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from uuid import UUID

from callbox.access.sight import Sight
from callbox.door.tail import Event, Position
from callbox.door.tickets import Ticket

QUEUE_BYTES = 4 << 20


class Screen:
    """One stream. What it is given waits in a queue; one that does not read in time is closed."""

    def __init__(self, ticket: Ticket, after: Position) -> None:
        self.ticket = ticket
        self.sight = ticket.sight
        self.after = after
        self.ended: str | None = None
        self._waiting: list[bytes] = []
        self._size = 0
        self._ready = asyncio.Event()

    def wants(self, event: Event) -> bool:
        """Whether its ticket lets a journal entry pass that it has not seen."""
        return event.position > self.after and self.ticket.may_see(event.kind, event.scope)

    def give(self, data: bytes) -> None:
        """Queue a message for this screen."""
        self._waiting.append(data)
        self._size += len(data)
        if self._size > QUEUE_BYTES:
            self._waiting.clear()
            self.end("slow")
        self._ready.set()

    def end(self, reason: str) -> None:
        """Close this stream after one last event that says why."""
        self.ended = self.ended or reason
        self._ready.set()

    async def next(self) -> bytes:
        """All that waits, at least something unless the stream ended."""
        while not self._waiting and self.ended is None:
            self._ready.clear()
            await self._ready.wait()
        data = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        return data


class Screens:
    """All screens of this process."""

    def __init__(self) -> None:
        self._all: set[Screen] = set()
        self.closing = False

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Screen]:
        return iter(tuple(self._all))

    def add(self, screen: Screen) -> None:
        """From now on it is given what happens."""
        self._all.add(screen)
        if self.closing:
            screen.end("closing")

    def remove(self, screen: Screen) -> None:
        """It is gone."""
        self._all.discard(screen)

    def sights(self, events: Sequence[Event]) -> set[Sight]:
        """The sights of those whose tickets let one of these entries pass."""
        return {screen.sight for screen in self if any(screen.wants(event) for event in events)}

    def show_entries(self, events: Iterable[Event], seen: Mapping[Sight, Set[int]]) -> None:
        """Hand journal entries to those whose ticket lets them pass and whose sight has them. seen: their numbers."""
        for event in events:
            for screen in self:
                if screen.wants(event) and event.position.seq in seen.get(screen.sight, ()):
                    screen.give(event.data)

    def show_contacts(self, events: Iterable[Event]) -> None:
        """Tell those who may know that contacts came in."""
        data = b"".join(event.data for event in events)
        for screen in self:
            if data and screen.ticket.contacts:
                screen.give(data)

    def show_positions(self, data: bytes, sight: Sight) -> None:
        """Tell those who may know where units are, and whose sight this is."""
        for screen in self:
            if screen.ticket.positions and screen.sight == sight:
                screen.give(data)

    def want_positions(self) -> set[Sight]:
        """The sights of those who look at positions."""
        return {screen.sight for screen in self if screen.ticket.positions}

    def signins(self) -> dict[UUID, list[Screen]]:
        """The screens of each sign-in."""
        found: dict[UUID, list[Screen]] = {}
        for screen in self:
            found.setdefault(screen.ticket.signin, []).append(screen)
        return found

    def end_all(self, reason: str) -> None:
        """Close every stream."""
        for screen in self:
            screen.end(reason)

    def close(self) -> None:
        """The process stops: end all, and whoever still comes."""
        self.closing = True
        self.end_all("closing")
