# SPDX-License-Identifier: Apache-2.0
"""What events say, kept one after the other as it comes in. Part of the domain: pure, on NumPy."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import numpy as np

from callbox.oversight.columns import SCALE, Said, Whole, scaled
from callbox.oversight.domain.events import Value
from callbox.oversight.following.arrays import Growing


class Values:
    """The values of some names, for events that are known by their number.

    A name is of numbers or, as soon as one value is none, of words: then its numbers point into them.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        self._number = {name: number for number, name in enumerate(self.names)}
        self._words: list[dict[Value, int] | None] = [None for _ in self.names]
        self._starts, self._of, self._told = Growing(), Growing(), Growing()
        self._starts.add([0])

    def add(self, many: Iterable[Mapping[str, Value]]) -> None:
        """What the next events say, one after the other."""
        ends: list[int] = []
        names: list[int] = []
        told: list[int] = []
        end, known, words = self._told.count, self._number, self._words
        for values in many:
            for name, value in values.items():
                number = known.get(name)
                if number is None:
                    continue
                if words[number] is None:
                    whole = scaled(value)
                    if whole is None:
                        self._to_words(number, names, told)
                        whole = self._code(number, value)
                else:
                    whole = self._code(number, value)
                names.append(number)
                told.append(whole)
                end += 1
            ends.append(end)
        self._starts.add(ends)
        self._of.add(names)
        self._told.add(told)

    def of(self, rows: Whole) -> dict[str, Said]:
        """What these events say, by name; places are those in `rows`."""
        starts = self._starts.all
        first, counts = starts[rows], starts[rows + 1] - starts[rows]
        places = np.repeat(np.arange(len(rows), dtype=np.int64), counts)
        before = np.cumsum(counts) - counts
        which = np.arange(len(places), dtype=np.int64) + np.repeat(first - before, counts)
        names, told = self._of.all[which], self._told.all[which]
        order = np.argsort(names, kind="stable")
        edges = np.searchsorted(names[order], np.arange(len(self.names) + 1))
        return {
            name: Said(places[part], told[part], self._listed(number))
            for number, name in enumerate(self.names)
            if len(part := order[edges[number] : edges[number + 1]])
        }

    def _listed(self, number: int) -> list[Value] | None:
        words = self._words[number]
        return None if words is None else list(words)

    def _code(self, number: int, value: Value) -> int:
        words = self._words[number]
        assert words is not None  # noqa: S101 - asked for names of words alone
        return words.setdefault(value, len(words))

    def _to_words(self, number: int, names: list[int], told: list[int]) -> None:
        """A first value that is no number: what was said under this name until now becomes words too."""
        self._words[number] = {}
        there = np.flatnonzero(self._of.all == number)
        for place in there.tolist():
            self._told.all[place] = self._code(number, Decimal(int(self._told.all[place])) / SCALE)
        for place, of in enumerate(names):
            if of == number:
                told[place] = self._code(number, Decimal(told[place]) / SCALE)
