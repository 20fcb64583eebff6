# SPDX-License-Identifier: Apache-2.0
"""Loading an edition of the ladders: first which steps would move, then the edition. Part of the room's actions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.calendars import Calendar
from callbox.kernel.errors import Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.matters import clocks, queries
from callbox.matters.editions import POWER, put_in_force
from callbox.matters.ladders import Ladders, Rung, parse_ladders, said
from callbox.matters.models import Clock, LadderEdition
from callbox.matters.promises import Difference, compared
from callbox.matters.queries import Known
from callbox.matters.retelling import told_otherwise
from callbox.matters.settling import LADDERS_CHAIN, PORTION

CHAIN = LADDERS_CHAIN
LONGEST = 200_000  # characters of both tables
UNREADABLE = _("The ladders cannot be read: %(problem)s")
NOBODY = _("Nobody is told of these: %(roles)s. Known are: %(known)s. Correct the column roles or role.")
NEEDED = _(
    "What runs climbs the ladder “%(ladder)s” since %(day)s, and these tables say nothing of it on that day. Leave its"
    " lines in, and give them an end by valid_to."
)
PROMISED = _(
    "The promise %(rule)s names the ladder “%(ladder)s”, which has no line that holds today. Add one."
)


@dataclass(frozen=True, slots=True)
class StepShift:
    """A clock whose next step another edition would move. was, becomes: level and time, None for no step any more."""

    matter: UUID
    kind: str
    clock: int
    name: str
    was: tuple[int, datetime] | None
    becomes: tuple[int, datetime] | None

    def at_once(self, at: datetime) -> bool:
        """Whether a step would be taken at once that is not due now."""
        return _due(self.becomes, at) and not _due(self.was, at)


def _due(step: tuple[int, datetime] | None, at: datetime) -> bool:
    return step is not None and step[1] <= at


@dataclass(frozen=True, slots=True)
class LaddersPlan:
    """An edition that could be loaded: what its lines say otherwise, and each clock whose next step it would move.

    told_otherwise: how many steps that were taken and wait for the end of the quiet hours would be told otherwise.
    """

    ladders: Ladders
    differences: Sequence[Difference]
    shifts: Sequence[StepShift]
    told_otherwise: int


def plan_ladders(
    text: str, quiet_text: str, *, told: Collection[str], by: Actor, at: datetime
) -> LaddersPlan:
    """Read the tables and say which steps would move; nothing is changed. told: the roles that somebody answers to.

    Raises NotAllowed or Invalid.
    """
    by.require(POWER)
    known = queries.known_now()
    try:
        if len(text) + len(quiet_text) > LONGEST:
            raise TableError(f"more than {LONGEST} characters")
        ladders = parse_ladders(text, quiet_text, known.ladders.edition + 1)
    except TableError as problem:
        raise Invalid(UNREADABLE, problem=str(problem)) from problem
    if strange := ladders.roles - set(told):
        raise Invalid(NOBODY, roles=", ".join(sorted(strange)), known=", ".join(sorted(told)))
    _check_promised(ladders, known, known.calendar.day_of(at))
    told_anew = len(told_otherwise(ladders, known.calendar, at))
    return LaddersPlan(
        ladders, compared(said(known.ladders), said(ladders)), _shifts(ladders, known), told_anew
    )


def _check_promised(ladders: Ladders, known: Known, day: date) -> None:
    for promise in known.table.on(day):
        if promise.ladder and not _there(ladders, promise.ladder, day):
            raise Invalid(PROMISED, rule=promise.rule, ladder=promise.ladder)


def _there(ladders: Ladders, ladder: str, day: date) -> bool:
    try:
        return bool(ladders.rungs(ladder, day))
    except TableError:
        return False


def _shifts(ladders: Ladders, known: Known) -> list[StepShift]:
    running = list(queries.laddered_clocks(ladders))
    climbed = queries.levels_climbed([clock.id for clock in running if clock.steps])
    found = [_shift(clock, climbed.get(clock.id, 0), ladders, known) for clock in running]
    moved = [each for each in found if each.was != each.becomes]
    return sorted(
        moved, key=lambda each: (each.becomes is None, each.becomes and each.becomes[1], each.clock)
    )


def _shift(clock: Clock, climbed: int, ladders: Ladders, known: Known) -> StepShift:
    day = known.calendar.day_of(clock.started_at)
    if not _there(ladders, clock.ladder, day):
        raise Invalid(NEEDED, ladder=clock.ladder, day=day.isoformat())
    was = _step(known.ladders.next_rung(clock.ladder, climbed, day), clock, known.calendar)
    becomes = _step(ladders.next_rung(clock.ladder, climbed, day), clock, known.calendar)
    return StepShift(clock.matter_id, clock.matter.kind, clock.id, clock.name, was, becomes)


def _step(rung: Rung | None, clock: Clock, calendar: Calendar) -> tuple[int, datetime] | None:
    return (rung.level, rung.at(clock.started_at, clock.due_at, calendar)) if rung else None


@transaction.atomic
def load_ladders(plan: LaddersPlan, *, by: Actor, at: datetime) -> None:
    """Put the planned edition in force: what starts from now on climbs by it, what runs is hung anew by and by.

    Raises NotAllowed, or Conflict when another edition came in between: look at its plan first.
    """
    new = plan.ladders
    row = LadderEdition(
        id=new_id(), edition=new.edition, text=new.text, quiet_text=new.quiet_text, loaded_at=at
    )
    facts = {"edition": new.edition, "differences": len(plan.differences), "moves": len(plan.shifts)}
    put_in_force(row, CHAIN, "ladders", facts, text=f"{new.text}\0{new.quiet_text}", by=by, at=at)


@transaction.atomic
def hang_anew(*, by: Actor, at: datetime, limit: int = PORTION) -> int:
    """Reckon anew when clocks take their next step, after an edition of the ladders, some at a time; how many.

    Until that is done a clock takes no step; a step that was taken stays taken and is never taken again. No promise
    moves, so no matter's journal has an entry: the step itself says by which edition it was taken. Safe with many
    sweepers and after a crash: matters are taken with SKIP LOCKED.
    """
    known = queries.known_now()
    waiting = queries.clocks_to_hang_anew(known.ladders, limit)
    for clock in waiting:
        clocks.change(clock, clocks.hung(clock, clock.due_at, known.calendar, known.ladders))
    if waiting:
        facts = {"edition": known.ladders.edition, "clocks": len(waiting)}
        append(CHAIN, "ladders", "settle", facts=facts, actor=by.id, role="system", at=at)
    return len(waiting)
