# SPDX-License-Identifier: Apache-2.0
"""The limits that figures are compared with: the promises in force on a day, and the yardsticks. Pure."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from callbox.analysis.figures import MEASURE_OF_CLOCK, MEASURES, Promise, PromisesFor
from callbox.kernel.tables import Row, read_table
from callbox.kernel.terms import Term
from callbox.matters import promises

MOST_URGENT = 1


@cache
def yardsticks_on(day: date) -> tuple[promises.Promise, ...]:
    """The yardsticks in force on a day, each under the clock of its measure; raises TableError."""
    rows = read_table("callbox.analysis", "yardsticks.tsv")
    return tuple(_yardstick(row) for row in rows if row.in_force(day))


def _yardstick(row: Row) -> promises.Promise:
    clocks = {measure: clock for clock, measure in MEASURE_OF_CLOCK.items()}
    first, _dash, last = row.need("priorities").partition("-")
    return promises.Promise(
        clock=clocks[row.one_of("measure", set(MEASURES) & set(clocks))],
        scope=row.one_of("scope", promises.SCOPES),
        most_urgent=int(first),
        least_urgent=int(last or first),
        term=Term(row.whole("seconds", 1, 86_400), "seconds"),
        percent=row.whole("percent", 1, 100),
        source=row.need("source"),
        ladder="",
        rule="yardstick",
    )


def limits_on(day: date, table: Sequence[promises.Promise]) -> PromisesFor:
    """What to compare with: for a clock, a kind of agency and a priority (none counts as the most urgent).

    table: the promises in force on that day.
    """
    yardsticks = yardsticks_on(day)

    def limits(clock: str, agency: str, priority: int | None) -> tuple[Promise, ...]:
        urgency = priority or MOST_URGENT
        meant = [
            each
            for each in yardsticks
            if each.clock == clock
            and each.scope in (agency, "*")
            and each.most_urgent <= urgency <= each.least_urgent
        ]
        return (*promises.promises_for(clock, agency, urgency, table), *meant)

    return cache(limits)
