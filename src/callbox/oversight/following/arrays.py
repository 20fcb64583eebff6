# SPDX-License-Identifier: Apache-2.0
"""Arrays that grow at their end, and sequences that are picked from longer ones. Part of the domain: pure, on NumPy."""

from collections.abc import Sequence
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from callbox.oversight.columns import Whole

FIRST_ROOM = 1024


class Growing:
    """Whole numbers to which more are added at the end: room is doubled, so each is moved a few times at most."""

    __slots__ = ("_room", "count")

    def __init__(self) -> None:
        self._room: Whole = np.empty(FIRST_ROOM, np.int64)
        self.count = 0

    @property
    def all(self) -> Whole:
        """All numbers: a view that may be written to, until the next `add`."""
        return self._room[: self.count]

    def add(self, numbers: ArrayLike) -> None:
        """Add these at the end."""
        more: Whole = np.asarray(numbers, np.int64)
        end = self.count + len(more)
        if end > len(self._room):
            room = np.empty(max(end, 2 * len(self._room)), np.int64)
            room[: self.count] = self.all
            self._room = room
        self._room[self.count : end] = more
        self.count = end

    def fill_to(self, count: int, number: int) -> None:
        """Add one number again and again until there are so many."""
        if count > self.count:
            self.add(np.full(count - self.count, number, np.int64))


class Picked(Sequence[str]):
    """Some texts of a longer list, by their places: nothing is copied until it is asked for."""

    __slots__ = ("_texts", "_which")

    def __init__(self, texts: Sequence[str], which: Whole) -> None:
        self._texts = texts
        self._which = which

    def __len__(self) -> int:
        return len(self._which)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> "Picked": ...
    def __getitem__(self, place: int | slice) -> "str | Picked":
        if isinstance(place, slice):
            return Picked(self._texts, self._which[place])
        return self._texts[int(self._which[place])]
