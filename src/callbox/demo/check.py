# SPDX-License-Identifier: Apache-2.0
"""The whole job without a clock: calls arrive for some minutes of city time, then on until the last incident closes.

Time jumps from moment to moment and is handed to the same actions that serve real people. Contacts come in
through the door's own statement, clocks fire at the very moment at which they are due.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from callbox.access.domain import system_actor
from callbox.demo.actions import set_up
from callbox.demo.crews import Crews
from callbox.demo.dispatchers import Dispatcher
from callbox.demo.domain import Sending, Town, sendings
from callbox.demo.everybody import act
from callbox.demo.figures import figures
from callbox.demo.play import Play
from callbox.demo.queries import staff
from callbox.demo.roads import spots
from callbox.geo.queries import City
from callbox.intake.reactions import take_contacts
from callbox.journal.actions import seal_entries
from callbox.matters.actions import fire_due_clocks
from callbox.matters.queries import next_due

BEGIN = datetime(2026, 6, 1, 17, 0, tzinfo=UTC)
LONGEST = timedelta(hours=24)
Send = Callable[[Sending, datetime], UUID]

INTAKE, CLOCKS, SETUP = (system_actor(part) for part in ("intake", "clocks", "setup"))


def check(city: City, town: Town, seed: int, minutes: float, send: Send) -> Mapping[str, object]:
    """Play some minutes of calls to their end; the figures of `figures`, with seconds, city and seed.

    send: makes a contact durable and returns its id. Needs an empty database.
    """
    begun = time.monotonic()
    set_up(city, town, by=SETUP, at=BEGIN)
    play = Play(city, staff(BEGIN), f"check/{seed}")
    told = sendings(f"check/{seed}", town, town.check, spots(city), minutes * 60)
    Day(play, told, send).run()
    return {**figures(), "seconds": round(time.monotonic() - begun, 1), "city": city.name, "seed": seed}


class Day:
    """A play whose time jumps to the next moment at which anything happens."""

    def __init__(self, play: Play, told: Iterator[Sending], send: Send) -> None:
        self.play = play
        self._send = send
        self._told = told
        self._next = next(told, None)
        self._dispatcher = Dispatcher(play)
        self._crews = Crews(play, BEGIN)

    def run(self) -> None:
        """Play until nobody waits for anything any more."""
        at: datetime | None = BEGIN
        while at is not None and at < BEGIN + LONGEST:
            self._fire_clocks(at)
            self._take_in(at)
            self._play(at)
            at = self._next_moment(at)
        while seal_entries(at=BEGIN + LONGEST):
            pass

    def _play(self, at: datetime) -> None:
        """Let everybody act until nobody has anything to do at this moment."""
        while True:
            act(self.play, self._dispatcher, self._crews, at)
            if not self.play.did:
                return

    def _fire_clocks(self, upto: datetime) -> None:
        while (due := next_due()) is not None and due <= upto:
            fire_due_clocks(by=CLOCKS, at=due)

    def _take_in(self, at: datetime) -> None:
        while self._next is not None and self._moment_of(self._next) <= at:
            self.play.known[self._send(self._next, at)] = self._next
            take_contacts(by=INTAKE, at=at)
            self._next = next(self._told, None)

    def _moment_of(self, sending: Sending) -> datetime:
        return BEGIN + timedelta(seconds=round(sending.after_s, 3))

    def _next_moment(self, at: datetime) -> datetime | None:
        waiting = [self.play.next_moment(at), self._moment_of(self._next) if self._next else None]
        return min((moment for moment in waiting if moment is not None), default=None)
