# SPDX-License-Identifier: Apache-2.0
"""The play: everybody simulated looks at what there is and does the next thing when its moment has come.

The same play runs beside people in a live demo, where the clock is the wall's, and by itself in a check,
where time jumps to the next moment. Everything goes through the actions that a person's screen uses, and
nothing is remembered that a second start would miss: what is open is read anew each time.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from callbox.demo.dice import dice
from callbox.demo.domain import Sending
from callbox.demo.queries import Staff
from callbox.demo.roads import Drive
from callbox.demo.times import seconds
from callbox.geo.queries import City
from callbox.kernel.errors import Refusal

log = logging.getLogger(__name__)

AGAIN_S = 5.0


@dataclass
class Play:
    """One play of a city.

    speed: city seconds a second. patience: whether simulated people leave what is new to a person first.
    known: what the contacts that were sent tell of, by the id of the contact. every_s: seconds between
    positions of a unit on its way; None: only where it begins and ends.
    """

    city: City
    staff: Staff
    seed: str
    speed: float = 1.0
    patience: bool = False
    every_s: float | None = None
    known: dict[UUID, Sending] = field(default_factory=dict)
    drives: dict[UUID, Drive] = field(default_factory=dict)
    did: int = 0
    _planned: dict[str, datetime] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Begin a round: forget the plans nobody asked for in the last one."""
        self._planned = {key: when for key, when in self._planned.items() if key in self._asked}
        self._asked = set()
        self.did = 0

    def is_due(self, key: str, at: datetime, city_s: float, patience_s: tuple[float, float] = (0, 0)) -> bool:
        """Whether the moment has come: so many city seconds after this was first asked.

        patience_s: in a live demo, at least and most seconds by the wall's clock that a person has before that.
        """
        wait = dice(self.seed, key, "patience").uniform(*patience_s) if self.patience else 0.0
        due = self._planned.setdefault(key, at + timedelta(seconds=city_s / self.speed + wait))
        self._asked.add(key)
        return due <= at

    def time(self, key: str, what: str, agency: str = "*", group: str = "*") -> float:
        """City seconds that something takes, from the table; the same for the same key."""
        return seconds(f"{self.seed}/{key}", what, agency, group)

    def do(self, key: str, at: datetime, doing: Callable[[], object]) -> bool:
        """Do something whose moment has come; when a person was first, look again a little later."""
        try:
            doing()
        except Refusal as refusal:
            log.info("Not done, somebody was first: %s", refusal)
            self._planned[key] = at + timedelta(seconds=AGAIN_S)
            return False
        self._planned.pop(key, None)
        self.did += 1
        return True

    def later(self, key: str, at: datetime, city_s: float) -> None:
        """Put something off."""
        self._planned[key] = at + timedelta(seconds=city_s / self.speed)
        self._asked.add(key)

    def next_moment(self, at: datetime) -> datetime | None:
        """The next moment that somebody waits for, None when nobody does."""
        return min(
            (self._planned[key] for key in self._asked if self._planned.get(key, at) > at), default=None
        )
