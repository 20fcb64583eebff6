# SPDX-License-Identifier: Apache-2.0
"""Taking the steps of ladders, each once. Part of the matters room's actions.

The step's row, the clock's count and the journal's entry are written in one transaction, each for many matters
with one statement: a sweep over a whole city's open requests is a few statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from callbox.journal.actions import Saying, append_many
from callbox.kernel.actor import Actor
from callbox.kernel.calendars import Calendar
from callbox.matters import queries
from callbox.matters.ladders import Rung, next_step, rungs, tell_at
from callbox.matters.models import Clock, Step

# Compare-and-swap on the count of steps: who comes second takes none of them.
CLIMB = """
UPDATE matters_clock c SET steps = c.steps + 1, step_at = said.next_at
FROM unnest(%(ids)s::bigint[], %(steps)s::smallint[], %(next)s::timestamptz[]) AS said (id, steps, next_at)
WHERE c.id = said.id AND c.steps = said.steps AND c.stopped_at IS NULL AND c.paused_at IS NULL
RETURNING c.id
"""
COUNT = """
UPDATE matters_matter SET version = version + 1 WHERE id = ANY (%(ids)s::uuid[]) RETURNING id, state, round, scope
"""


@dataclass(frozen=True, slots=True)
class Taking:
    """A step about to be taken: which, when it was due, and when the one after it is."""

    clock: Clock
    rung: Rung
    due_at: datetime
    next_at: datetime | None


@transaction.atomic
def climb_ladders(*, by: Actor, at: datetime, limit: int = 2_000) -> int:
    """Take the next step of each ladder whose time has come; how many.

    After an hour without a sweep each step that was missed is taken, in its order, one in each sweep. Safe with many
    sweepers and after a crash: matters are taken with SKIP LOCKED, and a step has one row for each who is told.
    """
    calendar = queries.calendar_in_force()
    found = {clock.matter_id: clock for clock in queries.clocks_to_climb(calendar, at, limit)}
    taking = {clock.id: _taking(clock, calendar) for clock in found.values()}
    if not taking:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            CLIMB,
            {
                "ids": list(taking),
                "steps": [each.clock.steps for each in taking.values()],
                "next": [each.next_at for each in taking.values()],
            },
        )
        taken = [taking[row[0]] for row in cursor.fetchall()]
    Step.objects.bulk_create((step for each in taken for step in _rows(each, calendar, at)), batch_size=2_000)
    _write(taken, by, at)
    return len(taken)


def _taking(clock: Clock, calendar: Calendar) -> Taking:
    steps = rungs(clock.ladder, calendar.day_of(clock.started_at))
    following = next_step(clock.ladder, clock.steps + 1, clock.started_at, clock.due_at, calendar)
    due_at: datetime = clock.step_at  # type: ignore[assignment]  # the query asks for those that have one
    return Taking(clock, steps[clock.steps], due_at, following)


def _rows(taking: Taking, calendar: Calendar, at: datetime) -> list[Step]:
    return [
        Step(
            matter_id=taking.clock.matter_id,
            clock=taking.clock,
            number=taking.clock.steps + 1,
            level=taking.rung.level,
            action=taking.rung.action,
            role=role,
            due_at=taking.due_at,
            taken_at=at,
            tell_at=tell_at(at, role, calendar),
        )
        for role in taking.rung.roles
    ]


def _write(taken: Sequence[Taking], by: Actor, at: datetime) -> None:
    """Count the entries in the matters' versions, and write them."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"ids": [each.clock.matter_id for each in taken]})
        now: dict[Any, Any] = {row[0]: row[1:] for row in cursor.fetchall()}
    append_many([_saying(each, now[each.clock.matter_id], by) for each in taken], at=at)


def _saying(taking: Taking, now: tuple[str, int, list[str]], by: Actor) -> Saying:
    clock, kind, (state, round_, scope) = taking.clock, taking.clock.matter.kind, now
    facts = {
        "clock": clock.name,
        "step": clock.steps + 1,
        "level": taking.rung.level,
        "action": taking.rung.action,
        "roles": list(taking.rung.roles),
        "due_at": clock.due_at,
        "step_due_at": taking.due_at,
    }
    role = by.require(f"{kind}.late")
    return Saying(clock.matter_id, kind, taking.rung.action, state, state, round_, facts, scope, by.id, role)


@transaction.atomic
def note_told(step_ids: Sequence[int], *, at: datetime) -> set[int]:
    """Note that the people of these steps have been told; which of them had not been before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_step SET told_at = %s WHERE id = ANY (%s::bigint[]) AND told_at IS NULL RETURNING id",
            [at, list(step_ids)],
        )
        return {row[0] for row in cursor.fetchall()}
