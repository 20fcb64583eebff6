# SPDX-License-Identifier: Apache-2.0
"""Starting, stopping and firing clocks. Part of the matters room's actions; called only from there and its tasks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection

from callbox.matters.models import Clock, Matter

# Written out: nearly every move stops clocks, and putting the query together cost more than running it.
STOP = """
UPDATE matters_clock SET stopped_at = %(at)s
WHERE matter_id = %(matter)s AND stopped_at IS NULL AND (%(all)s OR name = ANY (%(names)s::text[]))
"""

FIRE = """
UPDATE matters_clock SET fired_at = %(at)s
WHERE id = ANY (%(ids)s::bigint[]) AND stopped_at IS NULL AND fired_at IS NULL RETURNING id
"""


def start(matter: Matter, durations: Mapping[str, timedelta], at: datetime) -> None:
    """Start each named clock; one of that name that still runs, or has fired unanswered, is over."""
    if not durations:
        return
    stop(matter, durations, at)
    begin([(matter, durations, at)])


def begin(begun: Iterable[tuple[Matter, Mapping[str, timedelta], datetime]]) -> None:
    """Start the named clocks of matters in which none of these names runs."""
    Clock.objects.bulk_create(
        Clock(matter=matter, name=name, round=matter.round, started_at=at, due_at=at + length)
        for matter, durations, at in begun
        for name, length in durations.items()
    )


def stop(matter: Matter, names: Iterable[str], at: datetime, *, everything: bool = False) -> None:
    """Stop the named clocks, or all of the matter's."""
    wanted = list(names)
    if not wanted and not everything:
        return
    with connection.cursor() as cursor:
        cursor.execute(STOP, {"at": at, "matter": matter.id, "all": everything, "names": wanted})


def fire(due: Sequence[Clock], at: datetime) -> set[int]:
    """Flip the clocks that still run; which did. What was stopped after it was read stays quiet."""
    if not due:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(FIRE, {"at": at, "ids": [clock.id for clock in due]})
        return {row[0] for row in cursor.fetchall()}
