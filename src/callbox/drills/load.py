# SPDX-License-Identifier: Apache-2.0
"""The usual load of a drill, in a thread of its own: senders, a small staff and a screen, until the block ends."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from callbox.drills.follower import Follower
from callbox.drills.ledger import Ledger
from callbox.drills.senders import Pace, Senders
from callbox.drills.site import Site, await_true
from callbox.drills.staff import Staff

FIRST = 5  # acknowledged contacts before the faults begin
PATIENCE_S = 60.0


class Load:
    """Senders, staff and screen with their ledger."""

    def __init__(self, site: Site, seed: int, pace: Pace) -> None:
        self.ledger = Ledger()
        self._site, self._seed, self._pace = site, seed, pace
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="load")
        self._ready = threading.Event()

    def start(self) -> None:
        """Begin; returns when the first contacts were acknowledged."""
        self._thread.start()
        self._ready.wait()
        enough = lambda: sum(1 for _ in self.ledger.acknowledged()) >= FIRST  # noqa: E731
        await_true(enough, PATIENCE_S, "nothing was acknowledged")

    def stop(self) -> None:
        """No fresh contacts; returns when each sender has its yes or a minute has gone, and the staff has stopped."""
        self._tell(self._senders.stopping)
        self._tell(self._staff.stopping)
        self._thread.join(PATIENCE_S)
        self._tell(self._senders.giving_up)
        self._thread.join()

    def _tell(self, event: asyncio.Event) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended already
            self._loop.call_soon_threadsafe(event.set)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._senders = Senders(self._site.address, self.ledger, self._seed, self._pace)
        self._staff = Staff(self._site, self.ledger, self._seed)
        self._ready.set()
        screen = asyncio.create_task(Follower(self._site, self.ledger).run())
        try:
            await asyncio.gather(self._senders.run(), self._staff.run())
        finally:
            screen.cancel()
            await asyncio.gather(screen, return_exceptions=True)


@contextmanager
def load(site: Site, seed: int, pace: Pace | None = None) -> Iterator[Ledger]:
    """The ledger of a load that runs for the length of the block."""
    made = Load(site, seed, pace or Pace())
    made.start()
    try:
        yield made.ledger
    finally:
        made.stop()
