# SPDX-License-Identifier: Apache-2.0
"""Due times: a function of term, calendar, start and pauses, with its arithmetic. Pure.

The one rule of days: a day counts when the clock runs at its end, at 24:00 local time. So a pause that begins and
ends on one day moves nothing, and one over three midnights takes three days out of the count.
"""

import calendar as gregorian
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from callbox.kernel.calendars import DAY, HOLIDAY, Calendar
from callbox.kernel.tables import TableError, Words
from callbox.kernel.terms import BUSINESS, DAYS, LENGTHS, MONTHS, NEXT_DAY, NEXT_HOUR, WORKING_DAYS, Term

WEEKEND, PAUSED, START_DAY, ROLLED = "weekend", "paused", "start_day", "rolled"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stood still from `start` until `end`. One that still stands is given with the moment of asking."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """One local day on the way: `number` is its place in the count, 0 when it is not counted, `why` then says why.

    why: start_day, weekend, holiday, paused, rolled (the term was over, but the last day must be a working day);
    make_up for a weekend day that counts; else empty. name: of the holiday.
    """

    day: date
    number: int
    why: str = ""
    name: Words | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """When a term ends, and how that was reckoned.

    at: aware UTC. calendar: its label. began: the moment from which it was counted (the last restart that came in
    time, else the start). days: every day on the way, for terms in days. pauses: those that lengthened it.
    unknown_years: years without data that the count went through as plain weeks.
    """

    at: datetime
    term: Term
    calendar: str
    start: datetime
    began: datetime
    days: tuple[Day, ...] = ()
    pauses: tuple[Pause, ...] = ()
    unknown_years: frozenset[int] = frozenset()

    @property
    def provisional(self) -> bool:
        """Whether it must be reckoned again when the calendar of a year is known."""
        return bool(self.unknown_years)

    @property
    def last_day(self) -> date | None:
        """The last day of the term, for terms in days."""
        return self.days[-1].day if self.days else None

    def keeps(self, at: datetime) -> bool:
        """Whether what is done at this moment is in time."""
        return at <= self.at if self.term.inclusive else at < self.at


def due(
    term: Term,
    calendar: Calendar,
    start: datetime,
    pauses: Iterable[Pause] = (),
    restarts: Iterable[datetime] = (),
) -> Due:
    """When the term ends. start, pauses and restarts are aware.

    A restart begins the count anew, if it comes before the term has ended; a later one heals nothing.
    """
    still = joined(pauses)
    found = _reckon(term, calendar, start, start, still)
    for restart in sorted(restarts):
        if start < restart and found.keeps(restart):
            found = _reckon(term, calendar, start, restart, still)
    return found


def joined(pauses: Iterable[Pause]) -> list[Pause]:
    """The same standstill as pauses that neither overlap nor touch, in order, in UTC."""
    made: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: each.start):
        start, end = pause.start.astimezone(UTC), pause.end.astimezone(UTC)
        if end <= start:
            continue
        if made and start <= made[-1].end:
            made[-1] = Pause(made[-1].start, max(made[-1].end, end))
        else:
            made.append(Pause(start, end))
    return made


def _reckon(term: Term, calendar: Calendar, start: datetime, began: datetime, pauses: Sequence[Pause]) -> Due:
    began = began.astimezone(UTC)
    if term.unit in (DAYS, WORKING_DAYS, MONTHS):
        days = tuple(_days(term, calendar, began, pauses))
        at = calendar.begins(days[-1].day + DAY)
        asked = [day.day for day in days] if term.unit == WORKING_DAYS else _asked_by_roll(term, days)
    elif term.unit in BUSINESS:
        days = ()
        at, asked = _in_open_hours(term, calendar, began, pauses)
    else:
        days, asked = (), []
        at = _absolute(term.amount * LENGTHS[term.unit], _from(term, calendar, began), pauses)
    return Due(
        at=at,
        term=term,
        calendar=calendar.label,
        start=start.astimezone(UTC),
        began=began,
        days=days,
        pauses=tuple(each for each in pauses if each.end > began and each.start < at),
        unknown_years=frozenset(day.year for day in asked) - calendar.years,
    )


def _from(term: Term, calendar: Calendar, began: datetime) -> datetime:
    """The moment at which hours begin to run."""
    if term.begins == NEXT_DAY:
        return calendar.begins(calendar.day_of(began) + DAY)
    if term.begins == NEXT_HOUR:
        return began.replace(minute=0, second=0, microsecond=0) + HOUR
    return began


def _absolute(length: timedelta, runs_from: datetime, pauses: Sequence[Pause]) -> datetime:
    at = runs_from + length
    for pause in pauses:
        if pause.end > runs_from and pause.start < at:
            at += pause.end - max(pause.start, runs_from)
    return at


def _days(term: Term, calendar: Calendar, began: datetime, pauses: Sequence[Pause]) -> Iterator[Day]:
    """Every day from the start day to the last."""
    day, left = calendar.day_of(began), _amount(term, calendar.day_of(began))
    if term.begins == NEXT_DAY:
        yield Day(day, 0, START_DAY)
        day += DAY
    number = 0
    while number < left:
        why, name = _why_not(term, calendar, day, pauses)
        number += 0 if why else 1
        yield Day(day, 0, why, name) if why else _counted(term, calendar, day, number)
        day += DAY
    while term.rolls and not calendar.works(day - DAY):
        yield Day(day, 0, ROLLED)
        day += DAY


def _amount(term: Term, first: date) -> int:
    """How many days a term has that begins on this day."""
    if term.unit != MONTHS:
        return term.amount
    return (add_months(first, term.amount) - first).days


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


def _why_not(term: Term, calendar: Calendar, day: date, pauses: Sequence[Pause]) -> tuple[str, Words | None]:
    if term.unit == WORKING_DAYS and not calendar.works(day):
        special = calendar.days.get(day)
        return (HOLIDAY, special.name) if special else (WEEKEND, None)
    if not pauses:
        return "", None
    end = calendar.begins(day + DAY)
    return (PAUSED if any(each.start < end <= each.end for each in pauses) else ""), None


def _counted(term: Term, calendar: Calendar, day: date, number: int) -> Day:
    special = calendar.days.get(day) if term.unit == WORKING_DAYS else None
    return Day(day, number, special.kind, special.name) if special else Day(day, number)


def _asked_by_roll(term: Term, days: Sequence[Day]) -> list[date]:
    """The days of which it mattered whether they are worked: the last that counted, and those after it."""
    if not term.rolls:
        return []
    last = max(index for index, day in enumerate(days) if day.number)
    return [day.day for day in days[last:]]


def _in_open_hours(
    term: Term, calendar: Calendar, began: datetime, pauses: Sequence[Pause]
) -> tuple[datetime, list[date]]:
    """When so much open time has run, and the days that were asked for."""
    if not calendar.hours:
        raise TableError(
            f"The calendar {calendar.label} says nothing of open hours, the term {term} needs them"
        )
    left, runs_from = term.amount * BUSINESS[term.unit], _from(term, calendar, began)
    day, asked = calendar.day_of(runs_from), []
    while True:
        asked.append(day)
        for opens, closes in calendar.open_hours(day):
            for begins, ends in running(max(opens, runs_from), closes, pauses):
                if ends - begins >= left:
                    return begins + left, asked
                left -= ends - begins
        day += DAY


def running(begins: datetime, ends: datetime, pauses: Sequence[Pause]) -> Iterator[tuple[datetime, datetime]]:
    """The pieces of a span in which the clock runs."""
    for pause in pauses:
        if pause.end <= begins or begins >= ends:
            continue
        if pause.start >= ends:
            break
        if pause.start > begins:
            yield begins, pause.start
        begins = pause.end
    if begins < ends:
        yield begins, ends
