# SPDX-License-Identifier: Apache-2.0
"""Numbers of dispatch that the authority sets: dated, in `data/limits.tsv`. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from callbox.dispatch.plans import ROOM
from callbox.kernel.tables import Row, TableError, read_table

OLDEST_POSITION = "oldest_position"
LONGEST_S = 86_400


@cache
def oldest_position(on: date) -> timedelta:
    """How old a position may be on a day and still be used; raises TableError where none is set."""
    return limit_in(read_table(ROOM, "limits.tsv"), OLDEST_POSITION, on)


def limit_in(rows: Iterable[Row], name: str, on: date) -> timedelta:
    """The limit of this name in force on a day; raises TableError where there is none, or more than one."""
    found = [row for row in rows if row["limit"] == name and row.in_force(on)]
    if len(found) != 1:
        raise TableError(f"limits.tsv: {len(found)} rows set {name} on {on}, expected one")
    return timedelta(seconds=found[0].whole("seconds", 1, LONGEST_S))
