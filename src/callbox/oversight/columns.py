# SPDX-License-Identifier: Apache-2.0
"""The event log as columns, for engines that judge many histories at once. Part of the domain: pure, on NumPy.

One row an event, sorted by history and within it by its order, so that "the next", "the one before" and "what was said
last" are places in sorted arrays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from callbox.kernel.calendars import DAY, Calendar
from callbox.kernel.terms import DAYS, MOST
from callbox.oversight.domain.events import Event, History, Value, histories

type Whole = NDArray[np.int64]
type Truth = NDArray[np.bool_]

UNTIMED = int(np.iinfo(np.int64).min)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SCALE = 10_000  # numbers are kept in ten-thousandths: money is exact


@dataclass(frozen=True, slots=True)
class Said:
    """One value that some events say. places: which, ascending. numbers: in ten-thousandths.

    words: where the value is no number, the values that `numbers` then points into.
    """

    places: Whole
    numbers: Whole
    words: Sequence[Value] | None = None

    def value(self, which: int) -> Value:
        """The value that stands at this place of `places`."""
        number = int(self.numbers[which])
        return Decimal(number) / SCALE if self.words is None else self.words[number]


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a zone. first: the day at which they begin. midnights: when each begins, in microseconds.

    numbers: the local day of each event.
    """

    first: date
    midnights: Whole
    numbers: Whole
    calendar: Calendar

    def moment(self, number: int) -> datetime:
        """When a day begins."""
        return self.calendar.begins(self.first + number * DAY)

    def of(self, at: Whole) -> Whole:
        """The local day of each moment."""
        return np.searchsorted(self.midnights, at, "right") - 1


@dataclass(frozen=True)
class Columns:
    """All histories of one kind of object.

    keys: the objects. starts: where each history begins, and at the end where the last one ends. at: microseconds since
    1970 UTC, or UNTIMED. activities: the places of each. said: values by name.
    """

    kind: str
    keys: Sequence[str]
    starts: Whole
    ids: Sequence[str]
    at: Whole
    seq: Whole
    activities: Mapping[str, Whole]
    said: Mapping[str, Said] = field(default_factory=dict)
    zones: dict[str, Days] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def owner(self) -> Whole:
        """Of each event, the place of its object in `keys`."""
        return np.repeat(np.arange(len(self.keys), dtype=np.int64), np.diff(self.starts))

    def days(self, calendar: Calendar) -> Days:
        """The days of a calendar's zone, from the first event to as long after the last one as a limit can reach."""
        if calendar.zone.key not in self.zones:
            timed = self.at[self.at != UNTIMED] if (self.at != UNTIMED).any() else np.zeros(1, np.int64)
            first, last = (EPOCH + int(at) * MICROSECOND for at in (timed.min(), timed.max()))
            begins = calendar.day_of(first)
            count = (calendar.day_of(last) - begins).days + MOST[DAYS] + 2
            nights = (micros(calendar.begins(begins + number * DAY)) for number in range(count))
            midnights = np.fromiter(nights, np.int64, count)
            numbers = np.searchsorted(midnights, self.at, "right") - 1
            self.zones[calendar.zone.key] = Days(begins, midnights, numbers, calendar)
        return self.zones[calendar.zone.key]

    def moment(self, place: int) -> datetime | None:
        """When an event happened."""
        return moment_of(int(self.at[place]))

    @cached_property
    def names(self) -> Sequence[str]:
        """Of each event, its activity."""
        found = np.empty(len(self), object)
        for activity, places in self.activities.items():
            found[places] = activity
        return found.tolist()

    @cached_property
    def untimed(self) -> Truth:
        """Which histories hold an event without a moment: there nothing is plain."""
        found = np.zeros(len(self.keys), bool)
        found[self.owner[self.at == UNTIMED]] = True
        return found

    def history(self, number: int) -> History:
        """One history as events."""
        first, end = int(self.starts[number]), int(self.starts[number + 1])
        values: list[dict[str, Value]] = [{} for _ in range(first, end)]
        for name, said in self.said.items():
            low, high = np.searchsorted(said.places, (first, end))
            for which in range(low, high):
                values[int(said.places[which]) - first][name] = said.value(which)
        events = (self._event(n, values[n - first]) for n in range(first, end))
        return History(self.kind, self.keys[number], tuple(events))

    def _event(self, place: int, values: Mapping[str, Value]) -> Event:
        return Event(
            self.ids[place], self.names[place], self.moment(place), seq=int(self.seq[place]), values=values
        )


def moment_of(at: int) -> datetime | None:
    """A moment from its microseconds."""
    return None if at == UNTIMED else EPOCH + at * MICROSECOND


def micros(at: datetime | None) -> int:
    """The microseconds of a moment."""
    return UNTIMED if at is None else (at - EPOCH) // MICROSECOND


def columns_of(kind: str, events: Iterable[Event]) -> Columns:
    """The columns of all histories of a kind, whatever the order of arrival."""
    found = sorted(histories(kind, events).items())
    rows = [event for _key, history in found for event in history.events]
    lengths = [len(history.events) for _key, history in found]
    return Columns(
        kind,
        [key for key, _history in found],
        np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))).astype(np.int64),
        [event.id for event in rows],
        np.fromiter((micros(event.happened) for event in rows), np.int64, len(rows)),
        np.fromiter((event.seq for event in rows), np.int64, len(rows)),
        places_of([event.activity for event in rows]),
        {name: _said(name, rows) for name in sorted({name for event in rows for name in event.values})},
    )


def places_of(names: Sequence[str]) -> dict[str, Whole]:
    """Where each of the names stands, ascending."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        found.setdefault(name, []).append(place)
    return {name: np.array(places, np.int64) for name, places in found.items()}


def _said(name: str, rows: Sequence[Event]) -> Said:
    told = [(place, event.values[name]) for place, event in enumerate(rows) if name in event.values]
    places = np.array([place for place, _value in told], np.int64)
    numbers = [scaled(value) for _place, value in told]
    if None not in numbers:
        return Said(places, np.array(numbers, np.int64))
    words: dict[Value, int] = {}
    codes = [words.setdefault(value, len(words)) for _place, value in told]
    return Said(places, np.array(codes, np.int64), list(words))


@lru_cache(1 << 16)  # amounts come again and again
def scaled(value: Value) -> int | None:
    """A number in ten-thousandths; None for what is none, or is finer."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    exact = value * SCALE
    whole = int(exact)
    return whole if whole == exact else None
