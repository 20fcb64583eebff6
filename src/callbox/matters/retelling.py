# SPDX-License-Identifier: Apache-2.0
"""Steps that were taken and not told yet follow the quiet hours: when others are loaded. Part of the room's actions."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.calendars import Calendar
from callbox.matters import queries
from callbox.matters.ladders import Ladders, tell_at
from callbox.matters.models import LadderEdition, Step
from callbox.matters.settling import LADDERS_CHAIN

# A sweep that began before others were loaded may take a step by the older ones for as long as this.
UNDER_WAY = timedelta(minutes=1)
MOVE = """
UPDATE matters_step s SET tell_at = said.tell_at
FROM unnest(%(ids)s::bigint[], %(tells)s::timestamptz[]) AS said (id, tell_at)
WHERE s.id = said.id AND s.told_at IS NULL
"""


def told_otherwise(
    ladders: Ladders, calendar: Calendar, at: datetime, *, taken_before: datetime | None = None
) -> dict[int, datetime]:
    """When the steps that wait for the end of the quiet hours would be told by these, by id: those that would move.

    Nobody is told before now, nor within the new quiet hours. taken_before: only those taken before then.
    """
    waiting = Step.objects.filter(told_at=None, tell_at__gt=at)
    if taken_before is not None:
        waiting = waiting.filter(taken_at__lt=taken_before)
    found = {}
    for key, role, taken_at, was in waiting.values_list("id", "role", "taken_at", "tell_at"):
        becomes = tell_at(taken_at, role, calendar, ladders)
        if becomes <= at:
            becomes = tell_at(at, role, calendar, ladders)
        if becomes != was:
            found[key] = becomes
    return found


@transaction.atomic
def tell_anew(*, by: Actor, at: datetime) -> int:
    """Move when untold steps are told to where the quiet hours in force put it; how many. Safe to repeat."""
    loaded_at = LadderEdition.objects.order_by("-edition").values_list("loaded_at", flat=True).first()
    if loaded_at is None:
        return 0
    known = queries.known_now()
    moved = told_otherwise(known.ladders, known.calendar, at, taken_before=loaded_at + UNDER_WAY)
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(MOVE, {"ids": list(moved), "tells": list(moved.values())})
        facts = {"edition": known.ladders.edition, "steps": len(moved)}
        append(LADDERS_CHAIN, "ladders", "settle", facts=facts, actor=by.id, role="system", at=at)
    return len(moved)
