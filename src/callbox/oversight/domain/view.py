# SPDX-License-Identifier: Apache-2.0
"""A history as one rule sees it at one moment: which events match, which come before and after, what was said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from callbox.kernel.calendars import Calendar
from callbox.oversight.domain.events import Event, History, Value
from callbox.oversight.domain.forms import EACH, FIRST, Acts


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for. sure: the event. doubtful: whether there may be one, or an earlier one, for all we know."""

    sure: Event | None = None
    doubtful: bool = False


NOTHING = Found()


@dataclass(frozen=True, slots=True)
class At:
    """One event in its history: what it says, and what was said last until then."""

    view: "View"
    place: int

    def value(self, name: str) -> Value | None:
        """What the event itself says."""
        return self.view.events[self.place].values.get(name)

    def latest(self, name: str) -> Value | None:
        """What was said last; None also where an event without a moment says it too: it may have been later."""
        if any(each.happened is None and name in each.values for each in self.view.events):
            return None
        told = (each.values[name] for each in self.view.events[self.place :: -1] if name in each.values)
        return next(told, None)


class View:
    """The events that had happened by `as_of`, in order."""

    def __init__(self, history: History, calendar: Calendar, as_of: datetime) -> None:
        self.key = history.key
        self.events = history.until(as_of).events
        self.calendar = calendar
        self.as_of = as_of

    def matches(self, acts: Acts, place: int) -> bool | None:
        """Whether the event is one of these; None where that hangs on something that is not known."""
        if self.events[place].activity not in acts.activities:
            return False
        return True if acts.where is None else acts.where(At(self, place))

    def triggers(self, acts: Acts, pairing: str) -> list[tuple[int, bool]]:
        """The places of the activations, and whether each of them surely is one."""
        matched = [(place, self.matches(acts, place)) for place in range(len(self.events))]
        found = [(place, sure is True) for place, sure in matched if sure is not False]
        if pairing == EACH:
            return found
        return found[:1] if pairing == FIRST else found[-1:]

    def after(self, acts: Acts | None, place: int) -> Found:
        """The first one after a place. What has no moment may be it."""
        return self._first(acts, range(place + 1, len(self.events)), place)

    def before(self, acts: Acts | None, place: int, *, nearest: bool = True) -> Found:
        """The nearest one before a place, or the first of the history. What has no moment may be it."""
        places = range(place - 1, -1, -1) if nearest else range(place)
        untimed = [other for other in range(place, len(self.events)) if not self.events[other].happened]
        return self._first(acts, [*places, *untimed], place)

    def all_after(self, acts: Acts | None, place: int) -> list[tuple[Event, bool]]:
        """All after a place, in order, and whether each surely is one."""
        if acts is None:
            return []
        found = []
        for other in range(place + 1, len(self.events)):
            matched = self.matches(acts, other)
            if matched is not False:
                found.append(
                    (self.events[other], matched is True and self.events[other].happened is not None)
                )
        return found

    def _first(self, acts: Acts | None, places: Iterable[int], than: int) -> Found:
        if acts is None:
            return NOTHING
        sure: Event | None = None
        doubtful = False
        for place in places:
            event = self.events[place]
            if place == than or (sure and event.happened):
                continue
            matched = self.matches(acts, place)
            if matched and event.happened:
                sure = event
            elif matched is not False:
                doubtful = True
        return Found(sure, doubtful)
