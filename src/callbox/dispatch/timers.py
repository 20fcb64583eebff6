# SPDX-License-Identifier: Apache-2.0
"""How soon things are promised in dispatch: one dated table with the source of every number. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from callbox.dispatch.plans import ROOM, priorities_of
from callbox.kernel.tables import Row, TableError, read_table

CLOCKS = ("answer", "dispatch", "acknowledge", "turnout", "travel", "arrival")
SCOPES = ("fire", "ems", "police", "city", "*")


@dataclass(frozen=True, slots=True)
class Timer:
    """One promise: `clock` within `within` for `percent` of the cases, and whose number that is."""

    clock: str
    scope: str
    most_urgent: int
    least_urgent: int
    within: timedelta
    percent: int
    source: str


@cache
def load_timers(on: date) -> tuple[Timer, ...]:
    """The timers in force on a day; raises TableError."""
    return tuple(_timer(row) for row in read_table(ROOM, "timers.tsv") if row.in_force(on))


def _timer(row: Row) -> Timer:
    first, last = priorities_of(row)
    return Timer(
        clock=row.one_of("clock", CLOCKS),
        scope=row.one_of("scope", SCOPES),
        most_urgent=first,
        least_urgent=last,
        within=timedelta(seconds=row.whole("seconds", 1, 86_400)),
        percent=row.whole("percent", 1, 100),
        source=row.need("source"),
    )


def timers_for(clock: str, agency: str, priority: int, table: Iterable[Timer]) -> list[Timer]:
    """The promises that hold, strictest first; a named agency kind goes before *, then the narrower range.

    Several come back only where one clock has several percentages; none where nothing is promised.
    """
    fitting = [
        timer
        for timer in table
        if timer.clock == clock
        and timer.scope in (agency, "*")
        and timer.most_urgent <= priority <= timer.least_urgent
    ]
    best = min(map(_width, fitting), default=None)
    return sorted((timer for timer in fitting if _width(timer) == best), key=lambda timer: timer.within)


def _width(timer: Timer) -> tuple[bool, int]:
    return timer.scope == "*", timer.least_urgent - timer.most_urgent


def limit_for(clock: str, agency: str, priority: int, table: Iterable[Timer]) -> timedelta:
    """The strictest promise; raises TableError where nothing is promised."""
    found = timers_for(clock, agency, priority, table)
    if not found:
        raise TableError(f"timers.tsv: no {clock} time for {agency}, priority {priority}")
    return found[0].within
