# SPDX-License-Identifier: Apache-2.0
"""Taking the steps of ladders, each once. Part of the matters room's actions.

The step's row, the clock's count and the journal's entry are written in one transaction, each for many matters
with one statement: a sweep over a whole city's open requests is a few statements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Json

from callbox.kernel.actor import Actor
from callbox.kernel.chain import moment
from callbox.kernel.tables import TableError
from callbox.matters import clocks, queries
from callbox.matters.ladders import Ladders, Rung, next_step, tell_at
from callbox.matters.queries import Ticking
from callbox.matters.sweeping import PORTION, PutOff, sweep

# Compare-and-swap on the count of steps: who comes second takes none of them.
CLIMB = """
UPDATE matters_clock c SET steps = c.steps + 1, step_at = said.next_at
FROM unnest(%(ids)s::bigint[], %(steps)s::smallint[], %(next)s::timestamptz[]) AS said (id, steps, next_at)
WHERE c.id = said.id AND c.steps = said.steps AND c.stopped_at IS NULL AND c.paused_at IS NULL
RETURNING c.id
"""
STEPS = """
INSERT INTO matters_step (matter_id, clock_id, number, level, action, role, due_at, tell_at, taken_at)
SELECT *, %(at)s::timestamptz FROM json_to_recordset(%(rows)s::json) AS t (matter uuid, clock bigint,
  number smallint, level smallint, action text, role text, due_at timestamptz, tell_at timestamptz)
"""


@dataclass(frozen=True, slots=True)
class Taking:
    """A step about to be taken: which, when it was due, and when the one after it is."""

    clock: Ticking
    rung: Rung
    due_at: datetime
    next_at: datetime | None


def climb_ladders(
    *,
    by: Actor,
    at: datetime,
    limit: int = PORTION,
    known: queries.Known | None = None,
    put_off: PutOff | None = None,
) -> int:
    """Take the next step of each ladder whose time has come, at most `limit` of them; how many.

    After an hour without a sweep each step that was missed is taken, in its order, one in each sweep. Safe with many
    sweepers and after a crash: matters are taken with SKIP LOCKED, and a step has one row for each who is told.
    known, put_off: as in `fire_due_clocks`.
    """
    now = known or queries.known_now()
    read = partial(queries.clocks_to_climb, now, at)
    return sweep(read, partial(_climb, now, by, at), limit, put_off or PutOff(), at)


def _climb(now: queries.Known, by: Actor, at: datetime, found: Sequence[Ticking]) -> int:
    """Take one step of each of these clocks, each of another matter."""
    taking = {clock.id: _taking(clock, now) for clock in found}
    said: dict[str, Any] = {
        "ids": list(taking),
        "steps": [each.clock.steps for each in taking.values()],
        "next": [each.next_at for each in taking.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(CLIMB, said)
        climbed = [taking[row[0]] for row in cursor.fetchall()]
        rows: Any = Json([row for each in climbed for row in _rows(each, now, at)])
        cursor.execute(STEPS, {"at": at, "rows": rows})
    told = [(each.clock, each.rung.action, _facts(each, now.ladders)) for each in climbed]
    clocks.write(told, by=by, at=at)
    return len(climbed)


def _taking(clock: Ticking, now: queries.Known) -> Taking:
    rung = now.ladders.next_rung(clock.ladder, clock.climbed, now.calendar.day_of(clock.started_at))
    if rung is None or clock.step_at is None:
        raise TableError(f"ladders.tsv: the ladder {clock.ladder!r} has fewer steps than were climbed")
    following = next_step(now.ladders, clock.ladder, rung.level, clock.started_at, clock.due_at, now.calendar)
    return Taking(clock, rung, clock.step_at, following)


def _rows(taking: Taking, now: queries.Known, at: datetime) -> list[dict[str, object]]:
    same = {
        "matter": str(taking.clock.matter_id),
        "clock": taking.clock.id,
        "number": taking.clock.steps + 1,
        "level": taking.rung.level,
        "action": taking.rung.action,
        "due_at": moment(taking.due_at),
    }
    return [
        {**same, "role": role, "tell_at": moment(tell_at(at, role, now.calendar, now.ladders))}
        for role in taking.rung.roles
    ]


def _facts(taking: Taking, ladders: Ladders) -> Mapping[str, object]:
    return {
        "clock": taking.clock.name,
        "step": taking.clock.steps + 1,
        "level": taking.rung.level,
        "action": taking.rung.action,
        "roles": list(taking.rung.roles),
        "due_at": taking.clock.due_at,
        "step_due_at": taking.due_at,
        "ladders": ladders.edition,
    }


@transaction.atomic
def note_told(step_ids: Sequence[int], *, at: datetime) -> set[int]:
    """Note that the people of these steps have been told; which of them had not been before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_step SET told_at = %s WHERE id = ANY (%s::bigint[]) AND told_at IS NULL RETURNING id",
            [at, list(step_ids)],
        )
        return {row[0] for row in cursor.fetchall()}
