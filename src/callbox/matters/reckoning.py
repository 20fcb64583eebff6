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

    def reckoned(
        self, calendar: Calendar, *, term: Term | None = None, more: int = 0, paused: Pause | None = None
    ) -> Due:
        """The due time, by another term, with so many more of the unit, or one more pause."""
        found = term or self.promised
        stood = stood_still(self.pauses)
        asked = found.extended(more) if more else found
        return due(asked, calendar, self.started_at, [*stood, paused] if paused else stood)


def stood_still(pauses: Sequence[Sequence[str]]) -> list[Pause]:
    """Pauses that are over, as a row keeps them."""
    return [Pause(*(datetime.fromisoformat(moment) for moment in pair)) for pair in pauses]


def written(pause: Pause) -> list[str]:
    """A pause as a row keeps it."""
    return [pause.start.isoformat(), pause.end.isoformat()]


@dataclass(frozen=True, slots=True)
class Shift:
    """A clock whose due time another calendar or edition would move, or settle where it stands."""

    matter: UUID
    kind: str
    clock: int
    name: str
    was: datetime
    becomes: datetime
    was_provisional: bool
    provisional: bool

    @property
    def by(self) -> timedelta:
        """By how much it would move; negative: it would be due earlier."""
        return self.becomes - self.was

    def late_at_once(self, at: datetime) -> bool:
        """Whether what is not late now would be."""
        return self.becomes <= at < self.was


def span(moved: timedelta) -> str:
    """A length in days, hours and minutes with its sign, such as `+2d 00:30`."""
    sign, minutes = ("-" if moved < timedelta() else "+"), abs(moved) // timedelta(minutes=1)
    days, hours = divmod(minutes // 60, 24)
    return f"{sign}{days}d {hours:02}:{minutes % 60:02}"


def unknown_soon(calendar: Calendar, at: datetime) -> int | None:
    """The first year within the next 60 days of which nothing is known."""
    first, last = calendar.day_of(at), calendar.day_of(at + AHEAD)
    return next((year for year in range(first.year, last.year + 1) if year not in calendar.years), None)
