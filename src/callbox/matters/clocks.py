# SPDX-License-Identifier: Apache-2.0
"""Starting, stopping, moving and firing clocks. Part of the matters room's actions; called only from there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection

from callbox.journal.actions import Saying, append_many
from callbox.journal.inserting import insert
from callbox.kernel.actor import Actor
from callbox.kernel.calendars import Calendar
from callbox.kernel.due import Due, due
from callbox.kernel.errors import Conflict
from callbox.matters import queries
from callbox.matters.domain import Promised
from callbox.matters.ladders import Ladders, next_step
from callbox.matters.models import Clock, Matter
from callbox.matters.promises import Promise
from callbox.matters.queries import Known, Ticking
from callbox.matters.reckoning import Kept

# Written out: nearly every move stops clocks, and putting the query together cost more than running it.
STOP = """
UPDATE matters_clock SET stopped_at = %(at)s
WHERE matter_id = %(matter)s AND stopped_at IS NULL AND (%(all)s OR name = ANY (%(names)s::text[]))
"""

FIRE = """
UPDATE matters_clock SET fired_at = %(at)s
WHERE id = ANY (%(ids)s::bigint[]) AND stopped_at IS NULL AND fired_at IS NULL AND paused_at IS NULL
RETURNING matter_id
"""
# A form that was open when a clock told something is not out of date: `ticked_from` is the last version before it in
# which a person or a part of Callbox did something. Any other writer leaves both behind, and the form is refused again.
COUNT = """
UPDATE matters_matter SET version = version + 1, ticked_to = version + 1,
  ticked_from = CASE WHEN ticked_to = version THEN ticked_from ELSE version END
WHERE id = ANY (%(ids)s::uuid[]) RETURNING id, state, round, scope
"""


def begin(
    begun: Iterable[tuple[Matter, Mapping[str, timedelta | Promised], datetime]],
    calendar: Calendar | None = None,
) -> None:
    """Start the named clocks of matters in which none of these names runs. calendar: when it has been read."""
    wanted = [(matter, *each, at) for matter, promised, at in begun for each in promised.items()]
    if wanted:
        known = calendar or queries.calendar_in_force()
        insert([_clock(*each, known) for each in wanted])


def _clock(matter: Matter, name: str, said: timedelta | Promised, at: datetime, calendar: Calendar) -> Clock:
    clock = Clock(matter=matter, name=name, round=matter.round, started_at=at)
    if isinstance(said, timedelta):
        clock.due_at = at + said
        return clock
    clock.rule, clock.ladder = said.rule, said.ladder
    clock.chosen_for, clock.edition = said.chosen_for, said.edition
    for field, value in moved(clock, due(said.term, calendar, at), calendar).items():
        setattr(clock, field, value)
    return clock


def moved(clock: Clock, found: Due, calendar: Calendar) -> dict[str, object]:
    """What a clock's row says when its due time is this one. What had fired before it runs again."""
    asked = found.term.length is None
    return {
        "term": str(found.term),
        "due_at": found.at,
        "calendar": calendar.code if asked else "",
        "calendar_version": calendar.version if asked else 0,
        "provisional": found.provisional,
        "fired_at": clock.fired_at if clock.fired_at and clock.fired_at >= found.at else None,
        **hung(clock, found.at, calendar),
    }


def hung(
    clock: Clock, due_at: datetime, calendar: Calendar, ladders: Ladders | None = None
) -> dict[str, object]:
    """What a clock's row says of its next step, by this edition of the ladders or the one in force.

    What was climbed stays so: a level is taken at most once, and the next step is the first above it.
    """
    if not clock.ladder:
        return {"step_at": None}
    given = ladders or queries.ladders_in_force()
    climbed = queries.levels_climbed([clock.id]).get(clock.id, 0) if clock.steps else 0
    at = next_step(given, clock.ladder, climbed, clock.started_at, due_at, calendar)
    return {"step_at": at, "ladder_edition": given.edition}


def kept(clock: Clock) -> Kept:
    """What the row says of its promise."""
    return Kept(clock.term, clock.started_at, clock.due_at, clock.pauses)


def anew(clock: Clock, known: Known) -> tuple[Due, str]:
    """Its due time by this calendar and this edition of the promises, and the rule that it then runs under.

    The rule is the one in force on the day on which it began: what runs is moved where that line was corrected, and
    where a line from a later day takes its place nothing is. More time that was granted stays granted. What no line
    promises any more stays promised, and so does what was asked to be extended in another unit.
    """
    said, chosen = kept(clock), _chosen(clock, known)
    if chosen is None:
        return said.reckoned(known.calendar), clock.rule
    term = chosen.term.extended(clock.extended) if clock.extended else chosen.term
    return said.reckoned(known.calendar, term=term), chosen.rule


def _chosen(clock: Clock, known: Known) -> Promise | None:
    if not clock.chosen_for or clock.fired_at is not None:
        return None
    began = known.calendar.day_of(clock.started_at)
    found = known.table.chosen(clock.name, clock.chosen_for, began)
    if found is None or ((clock.extended or clock.asked) and found.term.unit != kept(clock).promised.unit):
        return None
    return found


def change(clock: Clock, said: Mapping[str, object]) -> None:
    """Change an unanswered clock, if it still says what was read. Raises Conflict."""
    seen = {
        "due_at": clock.due_at,
        "fired_at": clock.fired_at,
        "paused_at": clock.paused_at,
        "asked": clock.asked,
    }
    if not Clock.objects.filter(id=clock.id, stopped_at=None, **seen).update(**said):
        raise Conflict


def stop(matter: Matter, names: Iterable[str], at: datetime, *, everything: bool = False) -> None:
    """Stop the named clocks, or all of the matter's."""
    wanted = list(names)
    if not wanted and not everything:
        return
    with connection.cursor() as cursor:
        cursor.execute(STOP, {"at": at, "matter": matter.id, "all": everything, "names": wanted})


def fire(due: Sequence[Ticking], *, by: Actor, at: datetime) -> int:
    """Fire the clocks that still run, each of another matter, and write that they are late; how many.

    What was stopped after it was read stays quiet.
    """
    found = {clock.matter_id: clock for clock in due}
    with connection.cursor() as cursor:
        cursor.execute(FIRE, {"at": at, "ids": [clock.id for clock in due]})
        fired = [found[row[0]] for row in cursor.fetchall()]
    write([(clock, "late", _late(clock)) for clock in fired], by=by, at=at)
    return len(fired)


def _late(clock: Ticking) -> Mapping[str, object]:
    return {"clock": clock.name, "due_at": clock.due_at, "started_at": clock.started_at}


def write(told: Sequence[tuple[Ticking, str, Mapping[str, object]]], *, by: Actor, at: datetime) -> None:
    """Write what happened to clocks of so many matters: which, what and the facts. Raises NotAllowed.

    Each entry is counted in its matter's version, and tells of the state that the row stands in.
    """
    roles = {kind: by.require(f"{kind}.late") for kind in {clock.kind for clock, _move, _facts in told}}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"ids": [clock.matter_id for clock, _move, _facts in told]})
        now = {row[0]: row[1:] for row in cursor.fetchall()}
    append_many(
        [
            _saying(clock, move, facts, now[clock.matter_id], by.id, roles[clock.kind])
            for clock, move, facts in told
        ],
        at=at,
    )


def _saying(
    clock: Ticking,
    move: str,
    facts: Mapping[str, object],
    now: tuple[str, int, Sequence[str]],
    actor: str,
    role: str,
) -> Saying:
    state, round_, scope = now
    return Saying(clock.matter_id, clock.kind, move, state, state, round_, facts, scope, actor, role)
