# SPDX-License-Identifier: Apache-2.0
"""Due times of clocks as rows keep them: what is stored gives them again. Part of the domain: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from callbox.kernel.calendars import Calendar
from callbox.kernel.due import Due, Pause, due
from callbox.kernel.terms import Term, parse_term

SECOND = timedelta(seconds=1)
AHEAD = timedelta(days=60)  # issue: the administrator is warned 60 days before an unknown year begins


@dataclass(frozen=True, slots=True)
class Kept:
    """What a clock's row says: term in its one spelling ("" for the length from start to end), moments aware."""

    term: str
    started_at: datetime
    due_at: datetime
    pauses: Sequence[Sequence[str]]

    @property
    def promised(self) -> Term:
        """The term. A row without one was made before there were any; it is the length in seconds, at least one."""
        if self.term:
            return parse_term(self.term)
        return Term(max(1, ceil((self.due_at - self.started_at) / SECOND)), "seconds")

    def reckoned(self, calendar: Calendar, *, more: int = 0, paused: Pause | None = None) -> Due:
        """The due time, with so many more of the unit, or one more pause."""
        term = self.promised.extended(more) if more else self.promised
        stood = [Pause(*(datetime.fromisoformat(moment) for moment in pair)) for pair in self.pauses]
        return due(term, calendar, self.started_at, [*stood, paused] if paused else stood)


def written(pause: Pause) -> list[str]:
    """A pause as a row keeps it."""
    return [pause.start.isoformat(), pause.end.isoformat()]


@dataclass(frozen=True, slots=True)
class Shift:
    """A clock whose due time another calendar would move, or settle where it stands."""

    matter: UUID
    clock: int
    name: str
    was: datetime
    becomes: datetime
    was_provisional: bool
    provisional: bool


def unknown_soon(calendar: Calendar, at: datetime) -> int | None:
    """The first year within the next 60 days of which nothing is known."""
    first, last = calendar.day_of(at), calendar.day_of(at + AHEAD)
    return next((year for year in range(first.year, last.year + 1) if year not in calendar.years), None)
