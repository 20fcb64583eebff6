# SPDX-License-Identifier: Apache-2.0
"""Histories that grow event by event, and the columns of those that something happened to. Part of the domain: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from callbox.kernel.calendars import DAY, Calendar
from callbox.kernel.terms import DAYS, MOST
from callbox.oversight.columns import EPOCH, MICROSECOND, UNTIMED, Columns, Days, Whole, micros
from callbox.oversight.domain.events import Event
from callbox.oversight.following.arrays import Growing, Picked
from callbox.oversight.following.values import Values

NEVER = int(np.iinfo(np.int64).max)
NO_ROW = -1


class _Numbers(dict[str, int]):
    """Each object's number: the next one for an object that is new, which is then written down."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = keys

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self._keys)
        self._keys.append(key)
        return number


class Log:
    """The events of one kind of object as they came in: a row for each event and object.

    From the last row of each history a chain leads back to its first one, so that a batch costs what its own histories
    hold, whatever else is known. names: of the values that are kept.
    """

    def __init__(self, kind: str, names: Iterable[str]) -> None:
        self.kind = kind
        self.keys: list[str] = []
        self.ids: list[str] = []
        self.activities: dict[str, int] = {}
        self.activity = Growing()
        self._seen: set[str] = set()  # event and object of each row, as one text: no id holds a NUL
        self._numbers = _Numbers(self.keys)
        self._owner, self._at, self._seq = Growing(), Growing(), Growing()
        self._previous, self._last = Growing(), Growing()
        self._values = Values(names)
        self._nights: dict[str, Days] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, events: Sequence[Event]) -> Whole:
        """Take events in, whatever their order; one that came before is let go. Returns the histories concerned."""
        rows, keys = self._fresh(events)
        if not rows:
            return np.empty(0, np.int64)
        owner = np.array([self._numbers[key] for key in keys], np.int64)
        acts = self.activities
        self._chain(owner)
        self._owner.add(owner)
        self._at.add([micros(event.happened) for event in rows])
        self._seq.add([event.seq for event in rows])
        self.activity.add([acts.setdefault(event.activity, len(acts)) for event in rows])
        self._values.add([event.values for event in rows])
        self.ids += [event.id for event in rows]
        return np.unique(owner)

    def key_of(self, row: int) -> str:
        """The object of a row."""
        return self.keys[int(self._owner.all[row])]

    def rows_of(self, which: Whole) -> tuple[Whole, Whole]:
        """All rows of these histories, in no order, and the history of each."""
        rows = self._rows(which)
        return rows, self._owner.all[rows]

    def numbers_of(self, keys: Iterable[str]) -> Whole:
        """The numbers of those of these objects of which anything is known."""
        found = [self._numbers[key] for key in keys if key in self._numbers]
        return np.unique(np.array(found, np.int64))

    def columns(self, which: Whole, now: datetime, calendars: Iterable[Calendar]) -> tuple[Columns, Whole]:
        """The whole histories of these objects (ascending), in order, and the row of each of their events."""
        rows = self._in_order(self._rows(which))
        starts = np.append(np.searchsorted(self._owner.all[rows], which), len(rows))
        at = self._at.all[rows]
        found = Columns(
            self.kind,
            Picked(self.keys, which),
            starts,
            Picked(self.ids, rows),
            at,
            self._seq.all[rows],
            self._places(rows),
            self._values.of(rows),
        )
        for calendar in calendars:
            found.zones[calendar.zone.key] = self._days(calendar, at, now)
        return found, rows

    def _fresh(self, events: Sequence[Event]) -> tuple[list[Event], list[str]]:
        """The event and the object of each row that is not known yet; of two with one id the first."""
        kind, seen = self.kind, self._seen
        rows: list[Event] = []
        keys: list[str] = []
        for event in events:
            for of, key in event.objects:
                if of == kind and (row := f"{event.id}\0{key}") not in seen:
                    seen.add(row)
                    rows.append(event)
                    keys.append(key)
        return rows, keys

    def _chain(self, owner: Whole) -> None:
        """Each row names the one before it of its history."""
        base = len(self.ids)
        self._last.fill_to(len(self.keys), NO_ROW)
        last = self._last.all
        order = np.argsort(owner, kind="stable")
        sorted_owner = owner[order]
        again = np.append(False, sorted_owner[1:] == sorted_owner[:-1])
        previous = np.empty(len(owner), np.int64)
        previous[order] = np.where(again, np.roll(order, 1) + base, last[sorted_owner])
        self._previous.add(previous)
        ends = np.append(~again[1:], True)
        last[sorted_owner[ends]] = order[ends] + base

    def _rows(self, which: Whole) -> Whole:
        """All rows of these histories, in no order."""
        here, found = self._last.all[which], []
        while len(here):
            found.append(here)
            here = self._previous.all[here]
            here = here[here != NO_ROW]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def _in_order(self, rows: Whole) -> Whole:
        """By history, moment (none comes last), seq and id."""
        at = self._at.all[rows]
        at = np.where(at == UNTIMED, NEVER, at)
        seq, owner = self._seq.all[rows], self._owner.all[rows]
        order = np.lexsort((seq, at, owner))
        ties = np.logical_and.reduce([each[order][1:] == each[order][:-1] for each in (owner, at, seq)])
        rows = rows[order]
        edges = np.flatnonzero(np.diff(np.concatenate(([False], ties, [False])).astype(np.int8)))
        for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            rows[first : last + 1] = sorted(rows[first : last + 1].tolist(), key=self.ids.__getitem__)
        return rows

    def _places(self, rows: Whole) -> dict[str, Whole]:
        acts = self.activity.all[rows]
        order = np.argsort(acts, kind="stable")
        edges = np.searchsorted(acts[order], np.arange(len(self.activities) + 1))
        return {
            name: order[edges[number] : edges[number + 1]]
            for name, number in self.activities.items()
            if edges[number] < edges[number + 1]
        }

    def _days(self, calendar: Calendar, at: Whole, now: datetime) -> Days:
        """The days of a zone, as far as any limit can reach: made once, and again when the events leave them."""
        timed = at[at != UNTIMED]
        ends = (int(timed.min()), int(timed.max())) if len(timed) else ()
        asked = [now, *(EPOCH + end * MICROSECOND for end in ends)]
        first, last = calendar.day_of(min(asked)), calendar.day_of(max(asked))
        known = self._nights.get(calendar.zone.key)
        reach = MOST[DAYS] + 2
        if known is None or first < known.first or (last - known.first).days + reach > len(known.midnights):
            first = min(first, known.first) if known else first
            known = _nights(calendar, first, (last - first).days + reach + 400)
            self._nights[calendar.zone.key] = known
        return replace(known, numbers=np.searchsorted(known.midnights, at, "right") - 1)


def _nights(calendar: Calendar, first: date, count: int) -> Days:
    nights: Sequence[int] = [micros(calendar.begins(first + number * DAY)) for number in range(count)]
    return Days(first, np.array(nights, np.int64), np.empty(0, np.int64), calendar)
