# SPDX-License-Identifier: Apache-2.0
"""Many screens in a thread of their own, whose lines are all cut in the same moment."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from callbox.drills.follower import Follower
from callbox.drills.ledger import FOLLOWED, Ledger, Position
from callbox.drills.site import HEALTHY_S, Site, await_true

LAST = "SELECT xid::text::bigint, seq FROM journal_entry WHERE kind = ANY(%s) ORDER BY xid DESC, seq DESC LIMIT 1"


def last_entry(site: Site) -> Position:
    """Where what screens follow ends."""
    xid, seq = site.rows(LAST, sorted(FOLLOWED))[0]
    return xid, seq


class Screens:
    """So many followers of several people, each noting what it was shown. address: the door's, as they reach it."""

    def __init__(self, site: Site, ledger: Ledger, many: int, address: str = "") -> None:
        self._site = site
        if "screen-0" not in site.people:
            site.people |= json.loads(site.inside("screens"))
        people = sorted(name for name in site.people if name.startswith("screen-"))
        self._followers = [
            Follower(site, ledger, people[number % len(people)], address) for number in range(many)
        ]
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="screens")

    @property
    def away(self) -> int:
        """How many are without a stream."""
        return sum(not follower.joined for follower in self._followers)

    @property
    def youngest_s(self) -> float:
        """How old the one that is most up to date knows itself to be."""
        return min(follower.age_s for follower in self._followers)

    def late_s(self) -> list[float]:
        """Seconds that each word of the door spent on the lines, of all screens."""
        return [late for follower in self._followers for late in follower.late_s]

    def await_back(self) -> float:
        """Wait until each has its stream; how many seconds that took. Raises TimeoutError."""
        return await_true(lambda: self.away == 0, HEALTHY_S, "not every screen has its stream")

    def await_shown_all(self) -> None:
        """Wait until each was shown everything there is at this moment. Raises TimeoutError."""
        place = last_entry(self._site)
        shown = lambda: all(follower.at >= place for follower in self._followers)  # noqa: E731
        await_true(shown, HEALTHY_S, "not every screen was shown all")

    def cut_all(self) -> None:
        """Cut every line there is."""
        cut = threading.Event()
        self._loop.call_soon_threadsafe(self._cut, cut)
        cut.wait()

    @contextmanager
    def there(self) -> Iterator[None]:
        """They look for the length of the block, which begins when all have joined. Raises TimeoutError."""
        self._thread.start()
        self._ready.wait()
        try:
            self.await_back()
            yield
        finally:
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()

    def _cut(self, done: threading.Event) -> None:
        for follower in self._followers:
            follower.cut()
        done.set()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(follower.run()) for follower in self._followers]
        self._ready.set()
        await self._over.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
